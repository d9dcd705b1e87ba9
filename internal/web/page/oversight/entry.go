package oversight

import (
	"encoding/hex"
	"strconv"

	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// entry shows one entry in full, and whether a signature covers it already.
func entry(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	e, err := rq.Site.Ledger.Get(rq.Context(), id)
	if err != nil {
		return err
	}
	body := append(frame("One entry of the record", ""), details(rq, e), ui.Heading{Level: 2, Text: "Proof"})
	p, err := rq.Site.Ledger.Prove(rq.Context(), id)
	switch {
	case err == nil:
		body = append(body, ui.Para("The checkpoint over "+strconv.FormatInt(p.Checkpoint.N, 10)+" entries covers this one. The proof shows it to anybody who has the public key, without the rest of the record."),
			ui.Buttons{Items: []ui.Button{{Text: "Download the proof", Href: "/oversight/entries/" + id.String() + "/proof", Kind: ui.Secondary}}},
			ui.Para("Check it with: clew ledger verify-proof FILE --public-key KEY"),
			ui.Details{Summary: "What was signed for this entry", Body: []ui.Component{ui.Prose(p.Leaf())}})
	case core.KindOf(err) == core.NotNow:
		body = append(body, ui.Para(page.Sentence(err)))
	default:
		return err
	}
	return rq.Show(ui.Page{Title: "One entry of the record", Back: "/oversight/entries"}, body...)
}

func details(rq *page.Request, e ledger.Entry) ui.SummaryList {
	ctx := rq.Context()
	rows := []ui.SummaryRow{
		{Key: "When", Value: moment(e.At)},
		{Key: "Kind", Value: ui.Text(kindLabels[e.Kind])},
		{Key: "Action", Value: ui.Text(e.Action)},
		{Key: "Who", Value: ui.Stacked{Main: ui.Text(rq.Site.UserName(ctx, e.Actor)), Sub: rq.Site.AgencyName(ctx, e.Agency)}},
		{Key: "By machine", Value: ui.Text(byMachine(e))},
		{Key: "Purpose", Value: ui.Text(e.Purpose)},
		{Key: "Case", Value: caseOf(rq, e.Case)},
		{Key: "Done to", Value: orNone(e.Object)},
		{Key: "Policies", Value: policies(e)},
		{Key: "Commitment", Value: ui.Text(hex.EncodeToString(e.Commitment[:]))},
		{Key: "Place in the record", Value: place(e)},
		{Key: "Id", Value: ui.Text(e.ID.String())},
	}
	return ui.SummaryList{Rows: rows}
}

func byMachine(e ledger.Entry) string {
	if e.Token.IsZero() {
		return "No, a person acted"
	}
	return "Yes, with the token " + e.Token.String()
}

func orNone(s string) ui.Component {
	if s == "" {
		return ui.Muted("None")
	}
	return ui.Text(s)
}

func policies(e ledger.Entry) ui.Component {
	if len(e.Policies) == 0 {
		return ui.Muted("None named")
	}
	l := ui.List{Plain: true}
	for _, p := range e.Policies {
		l.Items = append(l.Items, ui.Text(p))
	}
	return l
}

func place(e ledger.Entry) ui.Component {
	if e.Position < 0 {
		return ui.Muted("Not placed yet")
	}
	return ui.Text(strconv.FormatInt(e.Position, 10))
}

// proof hands the proof on as a file of text.
func proof(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	p, err := rq.Site.Ledger.Prove(rq.Context(), id)
	if err != nil {
		return err
	}
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="proof-`+id.String()+`.txt"`)
	h.Set("Cache-Control", "no-store")
	// A failed write means the reader has gone.
	_, _ = rq.W.Write(p.Text())
	return nil
}
