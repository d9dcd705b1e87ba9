package page

import (
	"embed"
	"strings"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/web/ui"
)

//go:embed content.html
var contentFiles embed.FS

// place is one entry of the main navigation.
type place struct {
	text, path string
	action     access.Action
	role       core.Role // when set, only for those who hold it
}

var places = []place{
	{"Refer somebody", "/referrals/new", access.CreateReferral, ""},
	{"Referrals", "/referrals", access.ListCases, ""},
	{"Queue", "/queue", access.ListCases, ""},
	{"Second reviews", "/reviews", access.ListCases, core.RoleReviewer},
	{"Children", "/children", access.ListCases, core.RoleSafeguardingLead},
	{"Find a case", "/search", access.SearchPersons, ""},
	{"Same person?", "/matches", access.SearchPersons, ""},
	{"Rights cards", "/cards", access.PrintCards, ""},
	{"Support", "/support", access.GiveSupport, ""},
	{"Places", "/support/capacity", access.ViewCapacity, ""},
	{"Agreements", "/agreements", access.ManageAgreements, ""},
	{"Non-removal check", "/non-removal", access.CheckNonRemoval, ""},
	{"Public reports", "/desk", access.ListConcerns, ""},
	{"Advice line", "/line", access.CountCalls, ""},
	{"Advice", "/advice", access.UseAdvice, ""},
	{"Record", "/oversight", access.SearchLedger, ""},
	{"Agencies and users", "/admin", access.ManageUsers, ""},
}

// Navigation lists the places the actor may go to.
func Navigation(p *access.Policies, actor core.Actor, purpose core.Purpose, path string) []ui.NavItem {
	items := []ui.NavItem{{Text: "Home", Href: "/home", Current: path == "/home"}}
	for _, pl := range places {
		if inside := actor.AgencyKind == core.CompetentAuthority; pl.path == "/referrals" && inside || pl.path == "/queue" && !inside {
			continue // one list or the other
		}
		if pl.role != "" && !actor.Has(pl.role) {
			continue
		}
		if p.Check(actor, purposeAt(pl, actor, purpose), pl.action, wideResource(actor, pl.action)).Allowed {
			here := path == pl.path || pl.path != "/referrals" && strings.HasPrefix(path, pl.path+"/")
			items = append(items, ui.NavItem{Text: pl.text, Href: pl.path, Current: here})
		}
	}
	return items
}

// purposeAt is the purpose of a place: advisers protect there, whatever else they
// do in clew.
func purposeAt(pl place, actor core.Actor, usual core.Purpose) core.Purpose {
	switch pl.action {
	case access.ListConcerns, access.CountCalls, access.UseAdvice:
		if actor.Has(core.RoleAdviser) {
			return core.Protect
		}
	}
	return usual
}

// flashes are the sentences that may follow a redirect, by key.
var flashes = map[string]string{}

// Flash names a sentence that Done can show on the next page, and returns its
// key. Areas declare theirs as package variables.
func Flash(key, text string) string {
	flashes[key] = text
	return key
}

func flashOf(key string) *ui.Banner {
	text, ok := flashes[key]
	if !ok {
		return nil
	}
	return &ui.Banner{Heading: text, Success: true}
}
