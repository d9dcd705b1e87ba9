package queue

import (
	"net/http"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// search finds cases by identity. It is a post, so that nothing about a person
// stands in an address, a history or a log.
func search(rq *page.Request) error {
	f := form.New("/search", rq.CSRF()).Buttons(ui.Button{Text: "Search"})
	name := f.Text("name", "Name", form.Hint("Any part of any name, in any order and script."))
	born := f.PartialDate("birthDate", "Date of birth", form.Hint("As far as it is known. A date alone is not enough."))
	document := f.Text("document", "Document number", form.Width("20"))
	phone := f.Text("phone", "Phone number", form.Type("tel"), form.Width("20"))
	email := f.Text("email", "E-mail address", form.Type("email"))
	body := []ui.Component{ui.Heading{Level: 1, Text: "Find a case by person"},
		ui.Inset{Body: []ui.Component{ui.Para("Every search is recorded with your name and its purpose. What you type is not kept and never stands in an address.")}},
		ui.Para("Fill in what you know. All that you fill in must agree."), ui.Measure{f}}
	title := ui.Page{Title: "Find a case"}
	if rq.Method != http.MethodPost {
		return rq.ShowForm(title, f, body...)
	}
	if err := rq.Read(f); err != nil {
		return err
	}
	if !f.Valid() {
		return rq.ShowForm(title, f, body...)
	}
	found, err := rq.Site.Cases.SearchPersons(rq.Context(), rq.Actor, rq.Purpose, casework.PersonQuery{
		Name: name.Secret(), BirthDate: born.PartialDate(), Document: document.Secret(), Phone: phone.Secret(), Email: email.Secret()})
	if err != nil {
		if !page.Refused(f, err) {
			return err
		}
		return rq.ShowForm(title, f, body...)
	}
	return rq.Show(ui.Page{Title: "Search results"}, append([]ui.Component{ui.Heading{Level: 1, Text: "Find a case by person"}, results(rq, found), ui.Heading{Level: 2, Text: "Search again"}}, ui.Measure{f})...)
}

// mostFound is how many cases one search shows.
const mostFound = 50

// results shows what was found by reference and coded facts: the name is for
// the case page, where its reading is recorded.
func results(rq *page.Request, found []casework.Case) ui.Component {
	if len(found) == 0 {
		return ui.Inset{Body: []ui.Component{ui.Para("No case that you may see matches. Names are compared as they are written; try fewer fields, or another spelling.")}}
	}
	t := ui.Table{Caption: "Cases found", Columns: []ui.Column{{Title: "Case"}, {Title: "State"}, {Title: "Facts"}, {Title: "Referred"}}}
	for i := range found {
		c := &found[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: CaseLink(c), Sub: about(c)}, state(c), ui.Text(facts(c)),
			ui.Stacked{Main: ui.Text(rq.Site.AgencyName(rq.Context(), c.ReferringAgency)), Sub: Day(rq, c, c.SubmittedAt)}}})
	}
	if len(found) == mostFound {
		return ui.Group{ui.Inset{Body: []ui.Component{ui.Para("These are the 50 newest. Fill in more to find fewer.")}}, t}
	}
	return t
}

func facts(c *casework.Case) string {
	text := "Adult"
	if c.Child {
		text = "Child"
	}
	if g := core.Gender(c.Gender); g.Valid() {
		text += ", " + g.Label()
	}
	if n, ok := core.CountryByCode(c.Nationality); ok {
		text += ", " + n.Nationality
	}
	return text
}
