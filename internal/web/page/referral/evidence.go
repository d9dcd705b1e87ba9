package referral

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	kept "clew/internal/evidence"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	fileAdded   = page.Flash("evidence-added", "The file is added.")
	fileDropped = page.Flash("evidence-removed", "The file is removed.")
)

// evidence lists the files of a draft, takes one more, and goes on.
func evidence(rq *page.Request) error {
	f := rq.Form()
	file := f.File("file", "Add a file", kept.MaxSize, form.Accept(".jpg,.jpeg,.png,.pdf,.doc,.docx,.odt,.txt"),
		form.Hint("A JPEG or PNG picture, a PDF, a Word or OpenDocument text, or plain text; up to 25 MB. Where and when a picture was taken is removed."))
	f.Buttons(ui.Button{Text: "Save and continue", Name: "go", Value: "on"}, ui.Button{Text: "Come back later", Kind: ui.Secondary, Href: "/drafts/" + rq.PathValue("id")})
	large := false
	if rq.Method == http.MethodPost {
		err := rq.Read(f)
		large = core.KindOf(err) == core.TooLarge
		if large {
			file.Fail("This file is larger than 25 MB. Send a smaller copy, or split it.")
		} else if err != nil {
			return err
		}
	}
	d, st, err := openStep(rq, casework.StepEvidence)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	if rq.Method != http.MethodPost || large || !f.Valid() {
		return showEvidence(rq, d, st, f)
	}
	return takeEvidence(rq, d, st, f, file)
}

func takeEvidence(rq *page.Request, d *casework.OpenDraft, st *step, f *form.Form, file *form.Field) error {
	adding := rq.PostFormValue("go") == ""
	if up := file.File(); up != nil {
		if err := addFile(rq, d, up); err != nil {
			if page.Refused(f, err) {
				return showEvidence(rq, d, st, f)
			}
			return err
		}
	} else if adding {
		file.Fail("Choose a file first.")
		return showEvidence(rq, d, st, f)
	}
	if adding {
		return rq.Done(rq.URL.RequestURI(), fileAdded)
	}
	next, err := copyOf(&d.Form)
	if err != nil {
		return err
	}
	markDone(next, st.id)
	// Nothing typed stands on this page, so a draft saved meanwhile is no conflict.
	if _, err := rq.Site.Cases.SaveDraft(rq.Context(), rq.Actor, rq.Purpose, d.ID, d.Rev, *next); err != nil {
		if page.Refused(f, err) {
			return showEvidence(rq, d, st, f)
		}
		return err
	}
	return rq.Redirect(nextPath(rq, d.ID, next, st.id))
}

func addFile(rq *page.Request, d *casework.OpenDraft, up *form.Upload) error {
	r, err := up.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, kept.MaxSize+1))
	if err != nil {
		return fmt.Errorf("read upload: %w", err)
	}
	_, err = rq.Site.Cases.AddDraftEvidence(rq.Context(), rq.Actor, rq.Purpose, d.ID, casework.Upload{Name: up.Name, Content: content})
	return err
}

func showEvidence(rq *page.Request, d *casework.OpenDraft, st *step, f *form.Form) error {
	body := []ui.Component{ui.Heading{Level: 1, Text: st.title}, why(st.why)}
	notify := notifying(rq, d)
	if notify {
		body = append(body, ui.Warning("A notification carries no files: a picture or a paper may show who the person is. Say in your own words what it shows."))
		if len(d.Documents) > 0 {
			body = append(body, ui.Para("Remove the files below before you send. If the person agrees to be referred after all, change the answer about consent and the files stay."))
		}
	}
	t := ui.Table{Caption: "Files added", Columns: []ui.Column{{Title: "File"}, {Title: "Size", Numeric: true}, {Title: "Checked for viruses"}, {Title: "Remove"}}}
	for i, doc := range d.Documents {
		drop := form.New(stepPath(d.ID, st.id)+"/"+doc.ID.String()+"/remove", rq.CSRF()).
			Buttons(ui.Button{Text: fmt.Sprintf("Remove file %d", i+1), Kind: ui.Secondary})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Text(doc.Name.Reveal()), Sub: doc.MediaType}, ui.Text(sizeWords(doc.Size)), ui.Text(scanWords(doc.Scan)), drop}})
	}
	if len(d.Documents) > 0 {
		body = append(body, t)
	} else {
		body = append(body, ui.Para("No file has been added yet."))
	}
	if notify {
		return rq.ShowForm(ui.Page{Title: st.title, Back: draftPath(d.ID)}, f, append(body, column{laidOut{Form: f, Plain: true}})...)
	}
	return rq.ShowForm(ui.Page{Title: st.title, Back: draftPath(d.ID)}, f, append(body, column{laidOut{Form: f, Plain: true, Parts: []ui.Component{f.Field("file"),
		ui.Buttons{Items: []ui.Button{{Text: "Add this file", Kind: ui.Secondary, Name: "add", Value: "file"}}}}}})...)
}

func notifying(rq *page.Request, d *casework.OpenDraft) bool {
	list, err := stepsOf(rq, &d.Form)
	return err == nil && slices.Contains(list, casework.StepNotify)
}

func sizeWords(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

func scanWords(scan string) string {
	if scan == "clean" {
		return "Yes, none found"
	}
	return "Not on this installation"
}

// dropEvidence removes a file from a draft.
func dropEvidence(rq *page.Request) error {
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	id, err1 := rq.ID("id")
	document, err2 := rq.ID("document")
	if err := errors.Join(err1, err2); err != nil {
		return page.ErrNotFound
	}
	if err := rq.Site.Cases.DropDraftEvidence(rq.Context(), rq.Actor, rq.Purpose, id, document); err != nil {
		return fromSubmitted(rq, err)
	}
	return rq.Done(stepPath(id, casework.StepEvidence), fileDropped)
}
