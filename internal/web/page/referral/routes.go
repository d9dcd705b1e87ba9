package referral

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area. Who may open which draft or case is for casework to say;
// what may not be seen is not found.
var Routes = []page.Route{
	{Method: "GET", Path: "/referrals", Action: access.ListCases, Handle: mine},
	{Method: "GET", Path: "/referrals/new", Action: access.CreateReferral, Handle: start},
	{Method: "POST", Path: "/referrals/new", Action: access.CreateReferral, Handle: start},
	{Method: "GET", Path: "/referrals/sent/{reference}", Handle: receipt},
	{Method: "POST", Path: "/cases/{id}/refer-again", Handle: referAgain},
	{Method: "POST", Path: "/cases/{id}/upgrade", Handle: upgrade},
	{Method: "GET", Path: "/drafts/{id}", Handle: tasks},
	{Method: "POST", Path: "/drafts/{id}/share", Handle: share},
	{Method: "GET", Path: "/drafts/{id}/delete", Handle: remove},
	{Method: "POST", Path: "/drafts/{id}/delete", Handle: remove},
	{Method: "GET", Path: "/drafts/{id}/check", Handle: check},
	{Method: "POST", Path: "/drafts/{id}/check", Handle: check},
	{Method: "GET", Path: "/drafts/{id}/evidence", Handle: evidence},
	{Method: "POST", Path: "/drafts/{id}/evidence", Handle: evidence},
	{Method: "POST", Path: "/drafts/{id}/evidence/{document}/remove", Handle: dropEvidence},
	{Method: "GET", Path: "/drafts/{id}/indicators", Handle: indicators},
	{Method: "POST", Path: "/drafts/{id}/indicators", Handle: indicators},
	{Method: "GET", Path: "/drafts/{id}/indicators/seen", Handle: seen},
	{Method: "POST", Path: "/drafts/{id}/indicators/seen", Handle: seen},
	{Method: "GET", Path: "/drafts/{id}/{step}", Handle: showStep},
	{Method: "POST", Path: "/drafts/{id}/{step}", Handle: saveStep},
}

// openDraft loads the draft that the address names.
func openDraft(rq *page.Request) (*casework.OpenDraft, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Cases.Draft(rq.Context(), rq.Actor, rq.Purpose, id)
}

func draftPath(id core.ID) string { return "/drafts/" + id.String() }

func stepPath(id core.ID, s casework.Step) string { return draftPath(id) + "/" + string(s) }

// zone is the time zone in which the reader's agency works.
func zone(rq *page.Request) *time.Location {
	sch, err := rq.Site.Schemes.Scheme(rq.Site.Scheme)
	if err != nil {
		return time.UTC
	}
	j := ""
	if rq.Session != nil {
		j = rq.Session.Agency.Jurisdiction
	}
	if cal, err := sch.Calendar(j); err == nil {
		return cal.Location()
	}
	return time.UTC
}

// jurisdictions lists the places whose rules the installation knows, and the
// one that is chosen already.
func jurisdictions(site *page.Site, chosen string) []string {
	var list []string
	for _, id := range append([]string{site.Scheme}, site.Schemes.IDs()...) {
		sch, err := site.Schemes.Scheme(id)
		if err != nil {
			continue
		}
		for _, j := range sch.Jurisdictions {
			if site.Schemes.ForJurisdiction(site.Scheme, j) == id && !slices.Contains(list, j) && ownPlace(site, id, j) {
				list = append(list, j)
			}
		}
	}
	if chosen != "" && !slices.Contains(list, chosen) {
		list = append(list, chosen)
	}
	return list
}

// ownPlace reports whether the scheme is the installation's, or one that the
// installation's names for another place.
func ownPlace(site *page.Site, id, jurisdiction string) bool {
	return id == site.Scheme || site.Schemes.ForJurisdiction(site.Scheme, jurisdiction) != site.Scheme
}

// contradiction tells kindly that the age answer and the date of birth do not
// agree, and what clew does until they do.
func contradiction(a *answers, rules scheme.Rules) []ui.Component {
	if a.Age.Stated != "adult" || !a.PresumedChild(rules.Day, rules.AdultAge.Value) {
		return nil
	}
	text := "The age answer says 18 or over, but by the date of birth the person may be under 18. That happens easily. Until it is settled the person is protected as a child: no consent is asked, and the local authority is told. Correct either answer if it is a slip; if both are what you were told, send them as they are."
	if a.AgeContradiction(rules.Day, rules.AdultAge.Value) {
		text = "The age answer says 18 or over, but by the date of birth the person is under 18. That happens easily. Until it is settled the person is protected as a child: no consent is asked, and the local authority is told. Correct either answer if it is a slip; if both are what you were told, send them as they are."
	}
	return []ui.Component{ui.Banner{Heading: "The age and the date of birth do not agree", Body: []ui.Component{ui.Para(text)}}}
}

// rulesFor are the rules in a jurisdiction on the day it is where the reader
// works: shortly after midnight that is not the day it is in UTC.
func rulesFor(rq *page.Request, jurisdiction string) (scheme.Rules, *scheme.Catalogue, error) {
	rules, catalogue, err := rq.Site.Rules(jurisdiction)
	rules.Day = core.DateIn(rq.Site.Clock.Now(), zone(rq))
	return rules, catalogue, err
}
