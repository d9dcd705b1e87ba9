package oversight

import (
	"net/url"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/keyset"
	"clew/internal/web/ui"
)

// pageSize is how many entries one page shows.
const pageSize = 50

// question is what the record is searched for. Every answer is a code, a
// reference or a day, so it may stand in the address.
type question struct {
	*form.Form
	actor, agency, reference, kind, action, from, until *form.Field
}

var kindLabels = map[ledger.Kind]string{ledger.Write: "Changed", ledger.Read: "Looked", ledger.Denied: "Refused", ledger.System: "System"}

func newQuestion(rq *page.Request, path string) (*question, error) {
	q := &question{Form: form.NewSearch(path)}
	users, err := rq.Site.Auth.Users(rq.Context(), core.ID{})
	if err != nil {
		return nil, err
	}
	agencies, err := rq.Site.Auth.Agencies(rq.Context())
	if err != nil {
		return nil, err
	}
	var people, places, kinds []form.Option
	for _, u := range users {
		people = append(people, form.Option{Value: u.ID.String(), Label: u.Name + " (" + u.Login + ")"})
	}
	for _, a := range agencies {
		places = append(places, form.Option{Value: a.ID.String(), Label: a.Name})
	}
	for _, k := range ledger.Kinds {
		kinds = append(kinds, form.Option{Value: string(k), Label: kindLabels[k]})
	}
	q.reference = q.Text("case", "Case reference", form.Width("10"))
	q.actor = q.Select("actor", "Who", people)
	q.agency = q.Select("agency", "Agency", places)
	q.kind = q.Radios("kind", "Kind", kinds, form.Small())
	q.action = q.Text("action", "Action", form.Hint("As the record names it, for example view_identity."), form.Max(80))
	q.from = q.Date("from", "From")
	q.until = q.Date("until", "Until, this day included")
	return q, q.Parse(rq.Request)
}

// filter turns the answers into what the ledger is asked. A reference that no
// case has finds nothing, and says so.
func (q *question) filter(rq *page.Request) (ledger.Filter, error) {
	f := ledger.Filter{Kind: ledger.Kind(q.kind.Choice()), Action: strings.ToLower(q.action.Text())}
	f.Actor, _ = core.ParseID(q.actor.Choice()) // empty, or checked against the list
	f.Agency, _ = core.ParseID(q.agency.Choice())
	if d := q.from.Date(); !d.IsZero() {
		f.From = d.StartIn(time.UTC)
	}
	if d := q.until.Date(); !d.IsZero() {
		f.To = d.AddDays(1).StartIn(time.UTC)
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.To.After(f.From) {
		q.until.Fail("The last day must not be before the first.")
	}
	if q.reference.Text() != "" && q.Valid() {
		c, err := rq.Site.Cases.FindReference(rq.Context(), rq.Actor, rq.Purpose, q.reference.Text())
		if core.KindOf(err) == core.NotFound {
			q.reference.Fail("No case has this reference. Check each letter and digit.")
			return f, nil
		}
		if err != nil {
			return f, err
		}
		f.Case = c.ID
	}
	return f, nil
}

// entries searches the record, the newest first.
func entries(rq *page.Request) error {
	q, err := newQuestion(rq, "/oversight/entries")
	if err != nil {
		return err
	}
	f, err := q.filter(rq)
	if err != nil {
		return err
	}
	after, err := decodeCursor(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	var found []ledger.Entry
	var next ledger.Cursor
	if q.Valid() {
		if found, next, err = rq.Site.Ledger.Search(rq.Context(), f, after, pageSize); err != nil {
			return err
		}
	}
	panel := ui.FilterPanel{Action: "/oversight/entries", ClearAll: "/oversight/entries", Fields: []ui.Component{q.reference, q.actor, q.agency, q.kind, q.action, q.from, q.until}}
	body := append(frame("Search the record", "/oversight/entries"), ui.Filtered{Filter: panel, Body: []ui.Component{table(rq, found, "Entries, newest first"), pages(rq, next)}})
	return rq.ShowForm(ui.Page{Title: "Search the record", Wide: true}, q.Form, body...)
}

// table lists entries by who, what and why.
func table(rq *page.Request, list []ledger.Entry, caption string) ui.Table {
	t := ui.Table{Caption: caption, Empty: "No entry matches.",
		Columns: []ui.Column{{Title: "When"}, {Title: "Who"}, {Title: "What"}, {Title: "Purpose"}, {Title: "Case"}, {Title: "Entry"}}}
	ctx := rq.Context()
	for _, e := range list {
		who := ui.Stacked{Main: ui.Text(rq.Site.UserName(ctx, e.Actor)), Sub: rq.Site.AgencyName(ctx, e.Agency)}
		what := ui.Stacked{Main: ui.Text(e.Action), Sub: kindLabels[e.Kind]}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{moment(e.At), who, what, ui.Text(e.Purpose), caseOf(rq, e.Case),
			ui.Link{Text: "Open", Href: "/oversight/entries/" + e.ID.String(), Hidden: "the entry " + e.Action + " of " + e.At.UTC().Format("2 January 15:04:05")}}})
	}
	return t
}

// caseOf leads to what else was done to the same case.
func caseOf(rq *page.Request, id core.ID) ui.Component {
	if id.IsZero() {
		return ui.Muted("None")
	}
	c, err := rq.Site.Cases.Status(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return ui.Muted("No longer held")
	}
	return ui.Link{Text: c.Reference, Href: "/oversight/entries?" + url.Values{"case": {c.Reference}}.Encode(), Ref: true}
}

// pages leads on through the entries, and back to the newest.
func pages(rq *page.Request, next ledger.Cursor) ui.Pagination {
	var p ui.Pagination
	v := rq.URL.Query()
	v.Del("done")
	if v.Get("after") != "" {
		v.Del("after")
		p.Previous, p.PreviousLabel = rq.URL.Path+"?"+v.Encode(), "from the newest"
	}
	if !next.ID.IsZero() {
		v.Set("after", encodeCursor(next))
		p.Next = rq.URL.Path + "?" + v.Encode()
	}
	return p
}

func encodeCursor(c ledger.Cursor) string { return keyset.Encode(c.At.UnixMicro(), c.ID) }

func decodeCursor(s string) (ledger.Cursor, error) {
	at, id, err := keyset.Decode(s)
	return ledger.Cursor{At: time.UnixMicro(at), ID: id}, err
}
