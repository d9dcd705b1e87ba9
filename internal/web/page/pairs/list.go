// Package pairs holds the screens on which an authority says whether two referral
// rounds are of one person: the list of pairs, and one pair side by side with what
// speaks for and against.
//
// The list opens no identity. The pair opens both, and that is recorded for both.
// Of a round that is another authority's it shows nothing but whose it is.
package pairs

import (
	"fmt"
	"net/url"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/page/keyset"
	"clew/internal/web/page/queue"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/matches", Action: access.SearchPersons, Handle: list},
	{Method: "GET", Path: "/matches/{id}", Action: access.SearchPersons, Handle: pair},
	{Method: "POST", Path: "/matches/{id}", Action: access.SearchPersons, Handle: pair},
	{Method: "POST", Path: "/matches/{id}/take-back", Action: access.SearchPersons, Handle: undo},
}

const pageSize = 50

// listNames are the states as the list's navigation names them.
var listNames = map[casework.PairState]string{casework.PairOpen: "To answer", casework.PairLater: "Later", casework.PairSame: "Same person",
	casework.PairNotSame: "Not the same"}

func list(rq *page.Request) error {
	ctx, cases := rq.Context(), rq.Site.Cases
	state := casework.PairState(rq.URL.Query().Get("show"))
	if state == "" {
		state = casework.PairOpen
	}
	if !state.Valid() {
		return page.ErrNotFound
	}
	_, after, err := keyset.Decode(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	p, err := cases.Pairs(ctx, rq.Actor, rq.Purpose, state, after, pageSize)
	if err != nil {
		return err
	}
	count, err := cases.CountPeople(ctx, rq.Actor, rq.Purpose)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Same person?"},
		ui.Para("clew compares every referral with earlier ones and asks here when two may be of one person. Nothing is joined by itself: what you answer links the rounds, and each keeps its own record. Every answer can be taken back."),
		ui.Para(counted(count))}
	if note := building(rq); note != nil {
		body = append(body, note)
	}
	nav := ui.SubNav{Label: "Pairs"}
	for _, s := range casework.PairStates {
		nav.Items = append(nav.Items, ui.NavItem{Text: listNames[s], Href: "/matches?show=" + string(s), Current: s == state})
	}
	body = append(body, nav, pairTable(rq, p.Pairs, state))
	if !after.IsZero() || !p.Next.IsZero() {
		body = append(body, pages(state, after, p.Next))
	}
	return rq.Show(ui.Page{Title: "Same person? " + listNames[state], Wide: true}, body...)
}

func counted(n casework.PeopleCount) string {
	people := "people"
	if n.People == 1 {
		people = "person"
	}
	return fmt.Sprintf("Your authority holds %d rounds of %d %s: linked rounds are counted as one person.", n.Rounds, n.People, people)
}

// building says that people who are merely alike are not compared yet.
func building(rq *page.Request) ui.Component {
	if s := rq.Site.Cases.Likeness(); !s.Whole && s.Total > 0 {
		return ui.Inset{Body: []ui.Component{ui.Para(fmt.Sprintf("clew is still reading who there is: %d of %d. Until then it compares documents, telephone numbers, e-mail addresses, and names with birth dates, as they are written.",
			min(s.Built, s.Total), s.Total))}}
	}
	return nil
}

func pairTable(rq *page.Request, pairs []casework.PairLine, state casework.PairState) ui.Component {
	t := ui.Table{Caption: listNames[state], CaptionHidden: true, RowHeader: true, Empty: "There is no such pair.",
		Columns: []ui.Column{{Title: "Newer round"}, {Title: "Older round"}, {Title: "How alike"}, {Title: "Asked"}, {Title: "Compare"}}}
	for i := range pairs {
		p := &pairs[i]
		asked := ui.Component(ui.Text(queue.Day(rq, &p.Newer, p.RaisedAt)))
		if state == casework.PairLater {
			asked = ui.Stacked{Main: asked, Sub: "Answer by " + p.Until.Long()}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{round(rq, &p.Newer), round(rq, &p.Older), alike(&p.Pair), asked,
			ui.Link{Text: "Compare", Href: path(p.ID), Hidden: p.Older.Reference + " and " + p.Newer.Reference}}})
	}
	return t
}

func round(rq *page.Request, c *casework.Case) ui.Component {
	return ui.Stacked{Main: queue.CaseLink(c), Sub: "Referred " + queue.Day(rq, c, c.SubmittedAt)}
}

func alike(p *casework.Pair) ui.Component {
	words := queue.Likely(p.Likeness)
	if p.Exact {
		words += ", with an exact match"
	}
	return ui.Text(words)
}

func pages(state casework.PairState, after, next core.ID) ui.Component {
	here := func(id core.ID) string {
		q := url.Values{"show": {string(state)}}
		if !id.IsZero() {
			q.Set("after", keyset.Encode(0, id))
		}
		return "/matches?" + q.Encode()
	}
	p := ui.Pagination{}
	if !after.IsZero() {
		p.Previous, p.PreviousLabel = here(core.ID{}), "From the newest"
	}
	if !next.IsZero() {
		p.Next, p.NextLabel = here(next), "Older"
	}
	return p
}

func path(id core.ID) string { return "/matches/" + id.String() }
