// Package cards holds the screens from which rights cards and pocket cards are
// printed: by scheme and language, with the numbers of today. They are about
// nobody and name nobody.
package cards

import (
	"clew/internal/access"
	"clew/internal/letters"
	"clew/internal/letters/wording"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/cards", Action: access.PrintCards, Handle: choose},
	{Method: "GET", Path: "/cards/{kind}/{scheme}/{language}", Action: access.PrintCards, Handle: show},
	{Method: "GET", Path: "/cards/{kind}/{scheme}/{language}/pdf", Action: access.PrintCards, Handle: pdf},
}

// kinds are the cards by the word in their address.
var kinds = []struct {
	word string
	kind wording.Kind
	what string
}{
	{"rights", wording.RightsCard, "A sheet of A4 to read together, to hand over or to put on a wall."},
	{"pocket", wording.PocketCard, "To cut out and fold to the size of a bank card, 85 by 54 millimetres. Its outside is blank."},
}

func kindOf(word string) wording.Kind {
	for _, k := range kinds {
		if k.word == word {
			return k.kind
		}
	}
	return ""
}

// choose lists the cards of a scheme in every language.
func choose(rq *page.Request) error {
	schemeID := rq.URL.Query().Get("scheme")
	if _, err := rq.Site.Schemes.Scheme(schemeID); err != nil {
		schemeID = rq.Site.Scheme
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Rights cards"},
		ui.Para("Give somebody their rights in their own language, to keep. Ask first whether it is safe for them to have the card on them: the pocket card shows nothing on its outside.")}
	body = append(body, schemes(rq, schemeID)...)
	for _, k := range kinds {
		t := ui.Table{Caption: k.kind.Label(), RowHeader: true, Columns: []ui.Column{{Title: "Language"}, {Title: "In its own words"}, {Title: "PDF"}}}
		for _, l := range rq.Site.Letters.Languages(k.kind, schemeID) {
			path := "/cards/" + k.word + "/" + schemeID + "/" + l.Tag()
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: l.Name, Hidden: k.kind.Label(), Href: path}, ui.Text(l.Autonym),
				ui.Link{Text: "Download", Hidden: k.kind.Label() + " in " + l.Name, Href: path + "/pdf"}}})
		}
		body = append(body, ui.Para(k.what), t)
	}
	return rq.Show(ui.Page{Title: "Rights cards"}, body...)
}

// schemes offers the rules of another place: their numbers differ.
func schemes(rq *page.Request, current string) []ui.Component {
	var options []form.Option
	for _, id := range rq.Site.Schemes.IDs() {
		if s, err := rq.Site.Schemes.Scheme(id); err == nil {
			options = append(options, form.Option{Value: id, Label: s.Name})
		}
	}
	f := form.NewSearch("/cards")
	f.Select("scheme", "Rules of", options, form.Value(current))
	return []ui.Component{f.Buttons(ui.Button{Text: "Show these cards", Kind: ui.Secondary})}
}

func query(rq *page.Request) letters.CardQuery {
	return letters.CardQuery{Kind: kindOf(rq.PathValue("kind")), Scheme: rq.PathValue("scheme"), Language: rq.PathValue("language")}
}

func show(rq *page.Request) error {
	q := query(rq)
	l, err := rq.Site.Letters.Card(rq.Context(), rq.Actor, rq.Purpose, q)
	if err != nil {
		return err
	}
	title := q.Kind.Label()
	body := append([]ui.Component{ui.Heading{Level: 1, Text: title}}, page.Standing(l)...)
	body = append(body, ui.Buttons{Items: []ui.Button{{Text: "Download as PDF", Href: rq.URL.Path + "/pdf"}, {Text: "Print this page", Print: true, Kind: ui.Secondary}}})
	return rq.Show(ui.Page{Title: title, Back: "/cards?scheme=" + q.Scheme}, append(body, page.Sheets(l)...)...)
}

func pdf(rq *page.Request) error {
	q := query(rq)
	sheet, err := rq.Site.Letters.PrintCard(rq.Context(), rq.Actor, rq.Purpose, q)
	if err != nil {
		return err
	}
	return rq.SendPDF(rq.PathValue("kind")+"-card-"+q.Scheme+"-"+q.Language+".pdf", sheet)
}
