// Package home is the first page after signing in: for each role, what needs
// them today, and where their work begins. It is short on purpose.
//
// It shows references, coded facts and numbers; no identity is opened here.
package home

import (
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/page/children"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{{Method: "GET", Path: "/home", Access: page.SignedIn, Handle: home}}

// part is what one role finds on the page.
type part func(rq *page.Request) ([]ui.Component, error)

// parts are in the order in which somebody with several roles sees them.
var parts = []struct {
	role core.Role
	show part
}{
	{core.RoleManager, manager},
	{core.RoleCaseworker, caseworker},
	{core.RoleReviewer, reviewer},
	{core.RoleSafeguardingLead, safeguarding},
	{core.RoleAdviser, adviser},
	{core.RoleFirstResponder, responder},
	{core.RoleSupportWorker, support},
	{core.RoleOfficer, officer},
	{core.RoleImmigrationStaff, immigration},
	{core.RoleAuditor, auditor},
	{core.RoleStatistician, statistician},
	{core.RoleAdministrator, administrator},
}

func home(rq *page.Request) error {
	today := core.DateIn(rq.Site.Clock.Now(), rq.Zone())
	body := []ui.Component{ui.Heading{Level: 1, Text: "What needs you today"}, ui.Para(today.Long())}
	urgent, err := children.Urgent(rq)
	if err != nil {
		return err
	}
	body = append(body, urgent...)
	for _, p := range parts {
		if !rq.Actor.Has(p.role) {
			continue
		}
		shown, err := p.show(rq)
		if err != nil {
			return err
		}
		body = append(body, shown...)
	}
	return rq.Show(ui.Page{Title: "Home"}, body...)
}
