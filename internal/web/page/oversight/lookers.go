package oversight

import (
	"net/url"
	"strconv"

	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// mostLookers is how many people one page names.
const mostLookers = 200

// lookers shows who has looked at one case, and leads to each look.
func lookers(rq *page.Request) error {
	f := form.NewSearch("/oversight/lookers").Buttons(ui.Button{Text: "Show who has looked"})
	reference := f.Text("case", "Case reference", form.Width("10"), form.Required("Enter a case reference."))
	body := append(frame("Who has looked at a case", "/oversight/lookers"), f)
	if !rq.URL.Query().Has("case") {
		return rq.Show(ui.Page{Title: "Who has looked"}, body...)
	}
	if err := f.Parse(rq.Request); err != nil {
		return err
	}
	if f.Valid() {
		c, err := rq.Site.Cases.FindReference(rq.Context(), rq.Actor, rq.Purpose, reference.Text())
		switch {
		case err == nil:
			t, err := lookerTable(rq, c.ID, c.Reference)
			if err != nil {
				return err
			}
			body = append(body, t)
		case core.KindOf(err) == core.NotFound:
			reference.Fail("No case has this reference. Check each letter and digit.")
		default:
			return err
		}
	}
	return rq.ShowForm(ui.Page{Title: "Who has looked"}, f, body...)
}

func lookerTable(rq *page.Request, id core.ID, reference string) (ui.Component, error) {
	list, next, err := rq.Site.Ledger.Lookers(rq.Context(), id, ledger.LookersCursor{}, mostLookers)
	if err != nil {
		return nil, err
	}
	t := ui.Table{Caption: "Who has looked at " + reference, Empty: "Nobody has opened this case.",
		Columns: []ui.Column{{Title: "Who"}, {Title: "First"}, {Title: "Last"}, {Title: "Times", Numeric: true}, {Title: "Each look"}}}
	for _, k := range list {
		v := url.Values{"case": {reference}, "actor": {k.Actor.String()}, "kind": {string(ledger.Read)}}
		name := rq.Site.UserName(rq.Context(), k.Actor)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Text(name), Sub: rq.Site.AgencyName(rq.Context(), k.Agency)},
			moment(k.First), moment(k.Last), ui.Text(strconv.Itoa(k.Times)), ui.Link{Text: "Show", Href: "/oversight/entries?" + v.Encode(), Hidden: "each look by " + name}}})
	}
	if !next.Last.IsZero() {
		return ui.Group{t, ui.Para("These are the 200 latest. Search the record for the others.")}, nil
	}
	return t, nil
}

// exports lists what left the system as a file.
func exports(rq *page.Request) error {
	after, err := decodeCursor(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	found, next, err := rq.Site.Ledger.Search(rq.Context(), ledger.Filter{Action: "export_queue"}, after, pageSize)
	if err != nil {
		return err
	}
	t := table(rq, found, "Exports, newest first")
	t.Empty = "Nobody has exported anything."
	return rq.Show(ui.Page{Title: "Exports", Wide: true}, append(frame("Exports", "/oversight/exports"),
		ui.Para("Every download of the queue: coded facts and references, no identity."), t, pages(rq, next))...)
}
