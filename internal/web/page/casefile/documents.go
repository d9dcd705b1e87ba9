package casefile

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func documentsTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartDocuments)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Documents", RowHeader: true, Empty: "There are no documents that you may see.",
		Columns: []ui.Column{{Title: "File"}, {Title: "Type"}, {Title: "Size"}, {Title: "Added by"}, {Title: "Added"}, {Title: "Checked for viruses"}}}
	for _, d := range f.Documents {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{
			ui.Link{Text: d.Name.Reveal(), Href: Path(f, "documents/"+d.ID.String())}, ui.Text(mediaWords(d.MediaType)), ui.Text(size(d.Size)),
			ui.Text(who(rq, d.AuthorID, d.AgencyID)), when(f, d.At), ui.Text(scanWords(d.Scan))}})
	}
	body := []ui.Component{ui.Para("Opening a document is recorded. A document is sent to you as a download; open it only on a device that your agency keeps safe."), t}
	if f.Can[casework.CmdAddEvidence] {
		body = append(body, ui.Button{Text: "Add evidence", Href: Path(f, "documents/new"), Kind: ui.Secondary})
	}
	return show(rq, f, casework.PartDocuments, body...)
}

var mediaTypes = map[string]string{"application/pdf": "PDF", "image/jpeg": "Photograph", "image/png": "Picture", "text/plain": "Text"}

func mediaWords(t string) string {
	if words, ok := mediaTypes[t]; ok {
		return words
	}
	return t
}

func scanWords(scan string) string {
	if scan == "clean" {
		return "Yes, nothing found"
	}
	return "Not checked"
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// download sends a document as an attachment that no browser runs or keeps.
func download(rq *page.Request) error {
	f, err := Open(rq)
	if err != nil {
		return err
	}
	id, err := rq.ID("document")
	if err != nil {
		return err
	}
	d, err := rq.Site.Cases.OpenDocument(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return err
	}
	if d.OwnerID != f.ID {
		return page.ErrNotFound
	}
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", d.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name.Reveal()}))
	h.Set("Content-Length", strconv.Itoa(len(d.Content)))
	rq.W.WriteHeader(http.StatusOK)
	_, _ = rq.W.Write(d.Content) // a reader who has gone is told nothing
	return nil
}

func notesTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartNotes)
	if err != nil {
		return err
	}
	var body []ui.Component
	switch {
	case f.Can[casework.CmdAddNote]:
		body = append(body, ui.Button{Text: "Add a note", Href: Path(f, "notes/new"), Kind: ui.Secondary})
	case f.Can[casework.CmdAddSharedNote]:
		body = append(body, ui.Button{Text: "Add a shared note", Href: Path(f, "notes/shared"), Kind: ui.Secondary})
	}
	if len(f.Notes) == 0 {
		return show(rq, f, casework.PartNotes, append(body, ui.Para("There are no notes that you may see."))...)
	}
	t := ui.Timeline{}
	for _, n := range slices.Backward(f.Notes) {
		mark, title := ui.Tag{Text: "Internal", Tone: ui.Neutral}, "Internal note, for the authority only"
		if n.Shared {
			mark, title = ui.Tag{Text: "Shared", Tone: ui.Waiting}, "Shared note, for the agencies of this case"
		}
		t.Items = append(t.Items, ui.TimelineItem{Title: title, By: who(rq, n.AuthorID, n.AgencyID), When: moment(f, n.At), Key: n.Shared,
			Body: []ui.Component{blocks([]ui.Component{mark}), ui.Prose(n.Text.Reveal())}})
	}
	return show(rq, f, casework.PartNotes, append(body, t)...)
}

func requestsTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartRequests)
	if err != nil {
		return err
	}
	var body []ui.Component
	if f.Can[casework.CmdRequestInfo] {
		body = append(body, ui.Button{Text: "Ask for information", Href: Path(f, "requests/new"), Kind: ui.Secondary})
	}
	body = append(body, ui.Para("A request stops no clock: the decision is due on the same day, answered or not."))
	if len(f.Requests) == 0 {
		body = append(body, ui.Para("Nothing has been asked."))
	}
	for _, r := range slices.Backward(f.Requests) {
		body = append(body, request(rq, f, r))
	}
	return show(rq, f, casework.PartRequests, body...)
}

func request(rq *page.Request, f *casework.File, r casework.InfoRequestView) ui.Component {
	due := core.DateIn(r.DueAt, f.Calendar.Location())
	status := ui.Component(ui.Clock{Name: "Answer", Left: due.Sub(f.Today), Unit: "day", Due: "Answer by " + due.Long()})
	if !r.AnsweredAt.IsZero() {
		status = ui.Tag{Text: "Answered", Tone: ui.Positive}
	}
	list := ui.SummaryList{Title: "To " + rq.Site.AgencyName(rq.Context(), r.AgencyID) + ", " + moment(f, r.AskedAt).Words(), Rows: []ui.SummaryRow{
		{Key: "Status", Value: status},
		{Key: "Decision", Value: decisionClock(f)},
		{Key: "Question", Value: text(r.Ask)},
		{Key: "Asked by", Value: line(rq.Site.UserName(rq.Context(), r.AskedBy))},
	}}
	if !r.AnsweredAt.IsZero() {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Answer", Value: text(r.Reply)},
			ui.SummaryRow{Key: "Answered", Value: ui.Stacked{Main: when(f, r.AnsweredAt), Sub: rq.Site.UserName(rq.Context(), r.AnsweredBy)}})
	}
	if r.AnsweredAt.IsZero() && r.AgencyID == rq.Actor.AgencyID && f.Can[casework.CmdAnswerInfo] {
		list.Action = []ui.Link{{Text: "Answer", Href: Path(f, "requests/"+r.ID.String())}}
	}
	return list
}

// decisionClock is the case's own clock, which no question stops.
func decisionClock(f *casework.File) ui.Component {
	if c := Clock(f); c != nil {
		return *c
	}
	return ui.Muted("No deadline")
}
