package oversight

import (
	"strconv"

	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// checkpoint shows how far the record is signed, and how anybody can check it
// without trusting this page.
func checkpoint(rq *page.Request) error {
	st, err := rq.Site.Ledger.Status(rq.Context())
	if err != nil {
		return err
	}
	body := append(frame("The record", "/oversight"),
		ui.Para("Every change and every opened identity is an entry of one record. Nothing in it can be altered or left out without the signed checkpoints showing it."),
		ui.Figures{
			{Value: strconv.FormatInt(st.Size, 10), Label: "Entries in order", Href: "/oversight/entries"},
			{Value: strconv.FormatInt(st.Pending, 10), Label: "Waiting for their place"},
			{Value: strconv.FormatInt(st.Unsigned, 10), Label: "Not covered by a signature yet"},
		})
	if st.Latest.At.IsZero() {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("No checkpoint has been signed yet. The first one follows within a minute of the first entry.")}})
	} else {
		body = append(body, ui.SummaryList{Title: "Latest checkpoint", Rows: []ui.SummaryRow{
			{Key: "Signed", Value: moment(st.Latest.At)},
			{Key: "Covers", Value: ui.Text(strconv.FormatInt(st.Latest.N, 10) + " entries")},
			{Key: "Root", Value: ui.Text(st.Latest.Hash.String())},
			{Key: "Signed text", Value: ui.Prose(st.Latest.Note)},
		}})
	}
	body = append(body, ui.Heading{Level: 2, Text: "Check it yourself"},
		ui.Para("Keep a copy of the public key and of the checkpoints where nobody who runs clew can change them. Then, on any machine with a copy or an export of the record:"),
		ui.List{Numbered: true, Items: []ui.Component{
			ui.Text("Ask the operator for an export: clew ledger export"),
			ui.Text("Run: clew ledger verify --export FILE --public-key KEY"),
			ui.Text("Compare the size and the root with the checkpoint above and with the ones you kept."),
		}},
		ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Public key", Value: ui.Text(string(st.Key))}}})
	return rq.Show(ui.Page{Title: "The record"}, body...)
}
