package queue

import (
	"net/http"
	"strings"

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
		ui.Para("Fill in what you know. Cases in which everything agrees come first, then people who are like the one you describe, with the reason."), ui.Measure{f}}
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

// results shows what was found by reference, coded facts and why: the name is for
// the case page, where its reading is recorded.
func results(rq *page.Request, found casework.PersonsFound) ui.Component {
	var notes ui.Group
	if found.Building {
		notes = append(notes, ui.Inset{Body: []ui.Component{ui.Para("clew is still reading who there is, as it does for a short while after it starts. Until then only what is written exactly so is found. Search again in a minute.")}})
	}
	if len(found.Persons) == 0 {
		return append(notes, ui.Inset{Body: []ui.Component{ui.Para("No case that you may see matches. Try fewer fields, or another spelling.")}})
	}
	t := ui.Table{Caption: "Cases found", Columns: []ui.Column{{Title: "Case"}, {Title: "Why"}, {Title: "State"}, {Title: "Facts"}, {Title: "Referred"}}}
	for i := range found.Persons {
		p := &found.Persons[i]
		c := &p.Case
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: CaseLink(c), Sub: about(c)}, why(p), state(c), ui.Text(facts(c)),
			ui.Stacked{Main: ui.Text(rq.Site.AgencyName(rq.Context(), c.ReferringAgency)), Sub: Day(rq, c, c.SubmittedAt)}}})
	}
	if found.More {
		notes = append(notes, ui.Inset{Body: []ui.Component{ui.Para("There are more. Fill in more to find fewer.")}})
	}
	return append(notes, t)
}

// why says how a case was found, without a word of what is sealed in it.
func why(p *casework.PersonFound) ui.Component {
	reasons := ui.Text(strings.Join(p.Reasons, "; "))
	if p.Exact {
		return ui.Group{ui.Badge{Text: "Everything agrees", Tone: ui.Positive}, reasons}
	}
	return ui.Group{ui.Badge{Text: Likely(p.Score), Tone: ui.Waiting}, reasons}
}

// Likely puts a score into words.
func Likely(score float64) string {
	switch {
	case score >= 0.999:
		return "Very alike"
	case score >= 0.95:
		return "Alike"
	}
	return "A little alike"
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
