// Package papers is the pages of permits, leave to remain, voluntary return, and
// redress, for the provider that supports a person and the caseworker of the case.
//
// A return is reached only from its own page and never offered as a next step. No
// page names the person: the case's page does.
package papers

import (
	"clew/internal/access"
	"clew/internal/casework"
	domain "clew/internal/support"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/cases/{id}/papers", Handle: overview},
	{Method: "GET", Path: "/cases/{id}/papers/copy", Handle: personsCopy},
	{Method: "GET", Path: "/cases/{id}/papers/apply", Handle: apply},
	{Method: "POST", Path: "/cases/{id}/papers/apply", Handle: apply},
	{Method: "GET", Path: "/cases/{id}/papers/redress", Handle: redress},
	{Method: "POST", Path: "/cases/{id}/papers/redress", Handle: redress},
	{Method: "GET", Path: "/cases/{id}/papers/permits/{permit}/{step}", Handle: permitStep},
	{Method: "POST", Path: "/cases/{id}/papers/permits/{permit}/{step}", Handle: permitStep},
	{Method: "GET", Path: "/cases/{id}/return", Handle: returns},
	{Method: "GET", Path: "/cases/{id}/return/request", Handle: requestReturn},
	{Method: "POST", Path: "/cases/{id}/return/request", Handle: requestReturn},
	{Method: "GET", Path: "/cases/{id}/returns/{return}/{step}", Handle: returnStep},
	{Method: "POST", Path: "/cases/{id}/returns/{return}/{step}", Handle: returnStep},
}

// Panel leads from a case's page to its papers, for whoever may see them.
func Panel(rq *page.Request, c *casework.Case) []ui.Component {
	if !rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ViewPapers, c.Resource()).Allowed {
		return nil
	}
	return []ui.Component{ui.SummaryList{Title: "Papers and ways on", Rows: []ui.SummaryRow{
		{Key: "Permits and leave", Value: ui.Link{Text: "Open the papers", Href: "/cases/" + c.ID.String() + "/papers"}}}}}
}

var tones = map[domain.PermitState]ui.Tone{domain.PermitApplied: ui.Active, domain.PermitPaused: ui.Waiting, domain.PermitGranted: ui.Positive, domain.PermitRefused: ui.Negative,
	domain.PermitRenewed: ui.Neutral, domain.PermitExpired: ui.Negative, domain.PermitEnded: ui.Neutral}

var returnTones = map[domain.ReturnState]ui.Tone{domain.ReturnRequested: ui.Active, domain.ReturnAssessed: ui.Active, domain.ReturnPrepared: ui.Active,
	domain.ReturnTravelled: ui.Waiting, domain.ReturnFollowedUp: ui.Positive, domain.ReturnClosed: ui.Neutral, domain.ReturnWithdrawn: ui.Neutral}
