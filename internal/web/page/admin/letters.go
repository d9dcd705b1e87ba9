package admin

import (
	"fmt"

	"clew/internal/letters"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// texts lists the texts of letters and cards, language by language, and whether
// a professional translator has looked at them.
func texts(rq *page.Request) error {
	list, err := rq.Site.Letters.Catalogue(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return err
	}
	body := append(frame("Letters", "/admin/letters"), ui.Para("Decision letters, rights cards and pocket cards. A translation is served with the English beside it, and staff are told that it awaits review, until you record here that a professional translator has looked at it. A text that changes awaits review again."))
	for len(list) > 0 {
		n := 0
		for n < len(list) && list[n].Language.Code == list[0].Language.Code {
			n++
		}
		body = append(body, languageTable(list[:n]))
		list = list[n:]
	}
	return rq.Show(ui.Page{Title: "Letters"}, body...)
}

func languageTable(list []letters.Wording) ui.Component {
	t := ui.Table{Caption: list[0].Language.Name, RowHeader: true, Columns: []ui.Column{{Title: "Text"}, {Title: "Version"}, {Title: "Scheme"}, {Title: "Review"}}}
	for _, w := range list {
		scheme := "Any"
		if w.Scheme != "any" {
			scheme = w.Scheme
		}
		name := ui.Group{ui.Link{Text: w.Kind.Label(), Hidden: "in " + w.Language.Name, Href: "/admin/letters/" + w.Path}}
		if w.Local {
			name = append(name, ui.Badge{Text: "Added here"})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{name, ui.Text(w.Version), ui.Text(scheme), reviewTag(w)}})
	}
	return t
}

func reviewTag(w letters.Wording) ui.Component {
	switch {
	case w.Source():
		return ui.Muted("Source text")
	case w.Approval != nil:
		return ui.Tag{Text: "Approved", Tone: ui.Positive}
	}
	return ui.Stacked{Main: ui.Tag{Text: "Not reviewed", Tone: ui.Waiting}, Sub: "Needs a professional translator’s review"}
}

func pathOf(rq *page.Request) string {
	return rq.PathValue("scheme") + "/" + rq.PathValue("language") + "/" + rq.PathValue("kind")
}

// text shows one text with made-up values, beside the English, and asks for a
// judgement.
func text(rq *page.Request) error { return showText(rq, nil) }

func showText(rq *page.Request, refused error) error {
	w, docs, err := rq.Site.Letters.Wording(rq.Context(), rq.Actor, rq.Purpose, pathOf(rq), rq.Site.Scheme)
	if err != nil {
		return err
	}
	title := w.Kind.Label() + " in " + w.Language.Name
	rows := []ui.SummaryRow{{Key: "File", Value: ui.Text(w.Path + ".txt")}, {Key: "Version", Value: ui.Text(w.Version)},
		{Key: "Wording", Value: ui.Text(w.Digest)}, {Key: "Review", Value: reviewTag(w)}}
	if w.Approval != nil {
		rows = append(rows, ui.SummaryRow{Key: "Approved", Value: ui.Text(fmt.Sprintf("%s, by %s", long(w.Approval.At), rq.Site.UserName(rq.Context(), w.Approval.By)))})
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: title}, ui.SummaryList{Rows: rows}}
	f := judgement(rq, w)
	if refused != nil && !page.Refused(f, refused) {
		return refused
	}
	if !w.Source() {
		body = append(body, ui.Heading{Level: 2, Text: "Review"}, f)
	}
	body = append(body, ui.Heading{Level: 2, Text: "As it reads, with made-up values"})
	for _, d := range docs {
		body = append(body, page.Sheet(d))
	}
	return rq.ShowForm(ui.Page{Title: title, Back: "/admin/letters"}, f, body...)
}

// The two answers.
const (
	approve  = "approve"
	withdraw = "withdraw"
)

// judgement carries the digest of the text that was looked at, so that another
// one is never approved by it.
func judgement(rq *page.Request, w letters.Wording) *form.Form {
	f := rq.Form()
	f.Hidden("digest", w.Digest)
	if w.Approval != nil {
		return f.Buttons(ui.Button{Text: "Take the approval back", Name: "step", Value: withdraw, Kind: ui.Secondary})
	}
	f.Checkboxes("checked", "What you record", []form.Option{{Value: "yes", Label: "A professional translator has compared this text with the English and found it right"}},
		form.Required("Tick the box when a professional translator has looked at the text."))
	return f.Buttons(ui.Button{Text: "Approve this translation", Name: "step", Value: approve})
}

var (
	textApproved  = page.Flash("text-approved", "The translation is approved.")
	textWithdrawn = page.Flash("text-withdrawn", "The approval is taken back. The text awaits review again.")
)

func judgeText(rq *page.Request) error {
	w, _, err := rq.Site.Letters.Wording(rq.Context(), rq.Actor, rq.Purpose, pathOf(rq), rq.Site.Scheme)
	if err != nil {
		return err
	}
	f := judgement(rq, w)
	if err := rq.Read(f); err != nil {
		return err
	}
	ctx, digest, here := rq.Context(), f.Field("digest").Text(), "/admin/letters/"+w.Path
	if rq.PostFormValue("step") == withdraw {
		if err := rq.Site.Letters.Withdraw(ctx, rq.Actor, rq.Purpose, w.Path, digest); err != nil {
			return showText(rq, err)
		}
		return rq.Done(here, textWithdrawn)
	}
	if !f.Valid() {
		return rq.ShowForm(ui.Page{Title: w.Kind.Label() + " in " + w.Language.Name, Back: "/admin/letters"}, f,
			ui.Heading{Level: 1, Text: w.Kind.Label() + " in " + w.Language.Name}, f, ui.Link{Text: "See the text again", Href: here})
	}
	if err := rq.Site.Letters.Approve(ctx, rq.Actor, rq.Purpose, w.Path, digest); err != nil {
		return showText(rq, err)
	}
	return rq.Done(here, textApproved)
}
