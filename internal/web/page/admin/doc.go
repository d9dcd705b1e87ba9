// Package admin holds the screens of those who run an installation: agencies,
// users, tokens for machines, the policies in force, and jobs.
//
// An administrator sees no case: nothing here leads to one, and a job's payload
// is not shown. A first password or a token's secret is shown once, in the
// answer to the request that made it, and kept nowhere.
package admin

import (
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/admin", Action: access.ManageUsers, Handle: overview},
	{Method: "GET", Path: "/admin/agencies", Action: access.ManageAgencies, Handle: agencies},
	{Method: "GET", Path: "/admin/agencies/new", Action: access.ManageAgencies, Handle: addAgency},
	{Method: "POST", Path: "/admin/agencies/new", Action: access.ManageAgencies, Handle: addAgency},
	{Method: "GET", Path: "/admin/agencies/{id}", Action: access.ManageAgencies, Handle: changeAgency},
	{Method: "POST", Path: "/admin/agencies/{id}", Action: access.ManageAgencies, Handle: changeAgency},
	{Method: "GET", Path: "/admin/users", Action: access.ManageUsers, Handle: users},
	{Method: "GET", Path: "/admin/users/new", Action: access.ManageUsers, Handle: addUser},
	{Method: "POST", Path: "/admin/users/new", Action: access.ManageUsers, Handle: addUser},
	{Method: "GET", Path: "/admin/users/{id}", Action: access.ManageUsers, Handle: changeUser},
	{Method: "POST", Path: "/admin/users/{id}", Action: access.ManageUsers, Handle: changeUser},
	{Method: "POST", Path: "/admin/users/{id}/reset", Action: access.ManageUsers, Handle: resetUser},
	{Method: "GET", Path: "/admin/tokens", Action: access.ManageTokens, Handle: tokens},
	{Method: "GET", Path: "/admin/tokens/new", Action: access.ManageTokens, Handle: addToken},
	{Method: "POST", Path: "/admin/tokens/new", Action: access.ManageTokens, Handle: addToken},
	{Method: "POST", Path: "/admin/tokens/{id}/revoke", Action: access.ManageTokens, Handle: revokeToken},
	{Method: "GET", Path: "/admin/policies", Action: access.ViewPolicies, Handle: policies},
	{Method: "GET", Path: "/admin/policies/{name}", Action: access.ViewPolicies, Handle: policy},
	{Method: "GET", Path: "/admin/letters", Action: access.ApproveTranslation, Handle: texts},
	{Method: "GET", Path: "/admin/letters/{scheme}/{language}/{kind}", Action: access.ApproveTranslation, Handle: text},
	{Method: "POST", Path: "/admin/letters/{scheme}/{language}/{kind}", Action: access.ApproveTranslation, Handle: judgeText},
	{Method: "GET", Path: "/admin/jobs", Action: access.ManageJobs, Handle: jobs},
	{Method: "POST", Path: "/admin/jobs/{id}/retry", Action: access.ManageJobs, Handle: retryJob},
	{Method: "POST", Path: "/admin/jobs/{id}/discard", Action: access.ManageJobs, Handle: discardJob},
}

var places = []struct{ text, path, about string }{
	{"Agencies", "/admin/agencies", "The organisations that use clew, and which of them may refer."},
	{"Users", "/admin/users", "Accounts, their roles, first passwords and locks."},
	{"Tokens", "/admin/tokens", "What machines show to the interface for programs."},
	{"Policies", "/admin/policies", "The memoranda of understanding in force, and their text."},
	{"Letters", "/admin/letters", "The texts of letters and cards in every language, and which await a professional translator."},
	{"Articles", "/admin/advice", "What the advice line’s advisers look up during a call."},
	{"Languages", "/admin/languages", "Which of the public’s texts a translator has looked at."},
	{"Jobs", "/admin/jobs", "What clew does by itself, and what failed for good."},
}

// frame is what every screen of the area begins with.
func frame(title, here string) []ui.Component {
	nav := ui.SubNav{Label: "Administration"}
	for _, p := range places {
		nav.Items = append(nav.Items, ui.NavItem{Text: p.text, Href: p.path, Current: p.path == here})
	}
	return []ui.Component{ui.Heading{Level: 1, Text: title}, nav}
}

func overview(rq *page.Request) error {
	var cards ui.Cards
	for _, p := range places {
		cards = append(cards, ui.Card{Title: p.text, Href: p.path, Body: []ui.Component{ui.Para(p.about)}})
	}
	return rq.Show(ui.Page{Title: "Agencies and users"}, ui.Heading{Level: 1, Text: "Agencies and users"},
		ui.Para("You look after who may use clew and whether it runs. You see no case; every change you make is recorded."), cards)
}

func day(t time.Time) ui.Component {
	if t.IsZero() {
		return ui.Muted("Never")
	}
	return ui.Text(core.DateIn(t, time.UTC).Long())
}

// secret shows something once.
func secret(rq *page.Request, title, what, value, next string, then ui.Button) error {
	return rq.Show(ui.Page{Title: title}, ui.Measure{ui.Heading{Level: 1, Text: title},
		ui.SummaryList{Rows: []ui.SummaryRow{{Key: what, Value: ui.Text(value)}}}, ui.Warning("It is shown only now. clew keeps no copy that anybody could read."), ui.Para(next), ui.Buttons{Items: []ui.Button{then}}})
}
