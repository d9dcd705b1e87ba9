package referral

import (
	"net/http"
	"slices"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var savedForLater = page.Flash("draft-saved", "What you typed is saved. You can come back to it at any time.")

// openStep loads the draft and finds the page's step. A step that this referral
// does not have leads back to the task list.
func openStep(rq *page.Request, name casework.Step) (*casework.OpenDraft, *step, error) {
	st, ok := stepBy(name)
	if !ok {
		return nil, nil, page.ErrNotFound
	}
	d, err := openDraft(rq)
	if err != nil {
		return nil, nil, err
	}
	return d, st, nil
}

// applies reports whether the referral has the step.
func applies(rq *page.Request, d *casework.OpenDraft, st *step) bool {
	list, err := stepsOf(rq, &d.Form)
	return err == nil && slices.Contains(list, st.id)
}

func stepsOf(rq *page.Request, a *answers) ([]casework.Step, error) {
	rules, _, err := rulesFor(rq, a.Jurisdiction)
	if err != nil {
		return nil, err
	}
	return casework.StepsFor(a.Track(rules.Day, rules.AdultAge.Value)), nil
}

func showStep(rq *page.Request) error {
	d, st, err := openStep(rq, casework.Step(rq.PathValue("step")))
	if err != nil {
		return fromSubmitted(rq, err)
	}
	if !applies(rq, d, st) {
		return rq.Redirect(draftPath(d.ID))
	}
	s, err := newSheet(rq, d, st, nil)
	if err != nil {
		return err
	}
	return s.show()
}

// show sends the page, with what is wrong when it was refused.
func (s *sheet) show(first ...ui.Component) error {
	s.f.Buttons(ui.Button{Text: "Save and continue"}, ui.Button{Text: "Save and come back later", Kind: ui.Secondary, Name: "later", Value: "yes"})
	return s.rq.ShowForm(ui.Page{Title: s.step.title, Back: draftPath(s.draft.ID)}, s.f, append(s.heading(), append(first, s.laidOut())...)...)
}

func (s *sheet) heading() []ui.Component {
	body := []ui.Component{ui.Heading{Level: 1, Text: s.step.title}}
	if s.step.why != "" {
		body = append(body, why(s.step.why))
	}
	return body
}

func (s *sheet) laidOut() ui.Component {
	parts := slices.Clone(s.parts)
	for _, name := range []string{"rev", "seen"} {
		parts = append(parts, s.f.Field(name))
	}
	return column{laidOut{Form: s.f, Parts: parts, Enter: s.enter}}
}

// saveStep takes in a page: more or fewer rows, or the answers themselves.
func saveStep(rq *page.Request) error {
	if err := rq.Read(rq.Form()); err != nil { // the rows' number decides which fields there are
		return err
	}
	d, st, err := openStep(rq, casework.Step(rq.PathValue("step")))
	if err != nil {
		return fromSubmitted(rq, err)
	}
	if !applies(rq, d, st) {
		return rq.Redirect(draftPath(d.ID))
	}
	rows := changeRows(rq.PostForm)
	s, err := newSheet(rq, d, st, postedCounts(rq.PostForm))
	if err != nil {
		return err
	}
	if err := rq.Read(s.f); err != nil {
		return err
	}
	if rows {
		for _, f := range s.fields {
			f.Error = "" // nobody asked yet whether the answers are fine
		}
		return s.show()
	}
	return s.save()
}

// save keeps the answers when they are fine, and goes on.
func (s *sheet) save() error {
	later := s.rq.PostFormValue("later") != ""
	if !s.f.Valid() {
		return s.show()
	}
	next, err := s.typed()
	if err != nil {
		return err
	}
	problems := s.problems(next)
	if later {
		problems = slices.DeleteFunc(problems, func(f core.Field) bool { return f.Code == "required" })
	}
	if s.f.SetErrors(core.InvalidFields(problems)) {
		return s.show()
	}
	if !later && s.rq.PostFormValue("find") == "" {
		markDone(next, s.step.id)
	}
	if !s.current(next) {
		return s.conflict(next)
	}
	_, err = s.rq.Site.Cases.SaveDraft(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.draft.ID, s.draft.Rev, *next)
	switch {
	case core.KindOf(err) == core.Conflict:
		return s.raced(next)
	case err != nil && page.Refused(s.f, err):
		return s.show()
	case err != nil:
		return err
	case later:
		return s.rq.Done(draftPath(s.draft.ID), savedForLater)
	}
	if contradiction(next, s.rules) != nil && contradiction(&s.draft.Form, s.rules) == nil {
		return s.rq.Redirect(draftPath(s.draft.ID)) // which says so, and what it changes
	}
	if s.after != nil {
		return s.rq.Redirect(s.after(s, next))
	}
	return s.rq.Redirect(nextPath(s.rq, s.draft.ID, next, s.step.id))
}

// typed is the draft's answers with this page's put in.
func (s *sheet) typed() (*answers, error) {
	next, err := copyOf(&s.draft.Form)
	if err != nil {
		return nil, err
	}
	s.take(next)
	return next, nil
}

func markDone(a *answers, id casework.Step) {
	if !slices.Contains(a.Done, id) {
		a.Done = append(a.Done, id)
	}
}

// current reports whether nobody's answers would be lost: this page's are still
// those the page was made from, or the same were saved meanwhile (a double
// click). Another page of the draft may have been saved; that is no conflict.
func (s *sheet) current(next *answers) bool {
	rev, err := strconv.Atoi(s.rq.PostFormValue("rev"))
	saved := s.fingerprint(&s.draft.Form)
	return err == nil && rev == s.draft.Rev || s.rq.PostFormValue("seen") == saved || s.fingerprint(next) == saved
}

// raced is a conflict that arose between our look and our write.
func (s *sheet) raced(next *answers) error {
	fresh, err := openDraft(s.rq)
	if err != nil {
		return fromSubmitted(s.rq, err)
	}
	s.draft = fresh
	return s.conflict(next)
}

// conflict shows what was typed beside what somebody saved meanwhile. The form
// keeps what was typed and now stands on the newest revision.
func (s *sheet) conflict(next *answers) error {
	v := ui.Versions{Yours: "Your version", Theirs: "Saved meanwhile, at " + s.draft.UpdatedAt.In(zone(s.rq)).Format("3:04pm")}
	for _, q := range s.questions {
		if row := (ui.VersionRow{Field: q.label, Yours: joined("\n", q.show(next)...), Theirs: joined("\n", q.show(&s.draft.Form)...)}); row.Differs() {
			v.Rows = append(v.Rows, row)
		}
	}
	s.f.Field("rev").SetValue(strconv.Itoa(s.draft.Rev))
	s.f.Field("seen").SetValue(s.fingerprint(&s.draft.Form))
	s.f.Buttons(ui.Button{Text: "Save my version"}, ui.Button{Text: "Keep the version saved meanwhile", Kind: ui.Secondary, Href: s.rq.URL.RequestURI()})
	body := []ui.Component{
		ui.ErrorSummary{Items: []ui.ErrorItem{{Text: "This page was saved by somebody else, or in another window, while you were writing. Nothing of yours is lost.", Href: "#" + rowID("versions")}}},
		ui.Heading{Level: 1, Text: s.step.title},
		anchor("versions"), ui.Heading{Level: 2, Text: "Where the two differ"}, v,
		ui.Heading{Level: 2, Text: "Your version, to change or save"}, s.laidOut(),
	}
	return s.rq.ShowStatus(http.StatusConflict, ui.Page{Title: s.step.title, Error: true, Back: draftPath(s.draft.ID)}, body...)
}

// nextPath is the next page that is not done; from "check your answers" it is
// that again.
func nextPath(rq *page.Request, id core.ID, a *answers, after casework.Step) string {
	if rq.URL.Query().Get("from") == "check" {
		return draftPath(id) + "/check"
	}
	list, err := stepsOf(rq, a)
	if err != nil {
		return draftPath(id)
	}
	at := slices.Index(casework.Steps, after)
	for _, st := range list {
		if slices.Index(casework.Steps, st) > at && !slices.Contains(a.Done, st) {
			return stepPath(id, st)
		}
	}
	return draftPath(id)
}

// fromSubmitted leads somebody who opens a draft that was sent to its receipt:
// a second click, or the way back in the browser.
func fromSubmitted(rq *page.Request, err error) error {
	if core.KindOf(err) != core.NotFound {
		return err
	}
	id, bad := rq.ID("id")
	if bad != nil {
		return err
	}
	r, gone := rq.Site.Cases.SubmittedDraft(rq.Context(), rq.Actor, rq.Purpose, id)
	if gone != nil {
		return err // there is no such draft, or it was not sent
	}
	return rq.Done("/referrals/sent/"+r.Reference, alreadySent)
}
