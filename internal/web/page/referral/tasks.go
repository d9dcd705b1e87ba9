package referral

import (
	"fmt"
	"slices"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	shared   = page.Flash("draft-shared", "Colleagues in your agency can now continue this draft.")
	unshared = page.Flash("draft-unshared", "Only the person who began this draft can open it now.")
	deleted  = page.Flash("draft-deleted", "The draft and everything in it is deleted.")
)

// progress is how far one step is.
type progress struct {
	step     *step
	done     bool
	needed   bool // the referral cannot be sent without it
	problems []core.Field
}

// progressOf looks at every step the referral has.
func progressOf(rq *page.Request, a *answers) ([]progress, error) {
	rules, cat, err := rulesFor(rq, a.Jurisdiction)
	if err != nil {
		return nil, err
	}
	var list []progress
	for _, id := range casework.StepsFor(a.Track(rules.Day, rules.AdultAge.Value)) {
		st, ok := stepBy(id)
		if !ok {
			return nil, fmt.Errorf("referral: no page for step %s", id)
		}
		needed := len(casework.ValidateStep(id, &answers{}, rules, cat, rules.Day)) > 0
		list = append(list, progress{st, slices.Contains(a.Done, id), needed, casework.ValidateStep(id, a, rules, cat, rules.Day)})
	}
	return list, nil
}

// ready reports whether every step is done and sound.
func ready(list []progress) bool {
	return !slices.ContainsFunc(list, func(p progress) bool { return len(p.problems) > 0 })
}

func (p progress) status() ui.Component {
	switch {
	case p.done && len(p.problems) > 0:
		return ui.Tag{Text: "Needs another look", Tone: ui.Negative}
	case p.done:
		return ui.Text("Completed")
	case !p.needed:
		return ui.Tag{Text: "Optional", Tone: ui.Neutral}
	case len(p.problems) == 0:
		return ui.Tag{Text: "Begun", Tone: ui.Waiting}
	}
	return ui.Tag{Text: "To do", Tone: ui.Active}
}

func tasks(rq *page.Request) error {
	d, err := openDraft(rq)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	list, err := progressOf(rq, &d.Form)
	if err != nil {
		return err
	}
	rules, _, err := rulesFor(rq, d.Form.Jurisdiction)
	if err != nil {
		return err
	}
	done := 0
	for _, p := range list {
		if p.done && len(p.problems) == 0 {
			done++
		}
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Refer somebody"}}
	body = append(body, contradiction(&d.Form, rules)...)
	body = append(body, column(append(aboutDraft(rq, d, rules.DraftWarningDays),
		ui.Para(fmt.Sprintf("%d of %d parts are completed. Every page is saved and encrypted as you go; you can answer in any order, stop, and come back.", done, len(list))),
		taskList(d, list))))
	body = append(body, ui.Heading{Level: 2, Text: "This draft"}, column{draftActions(rq, d)})
	return rq.Show(ui.Page{Title: "Refer somebody", Back: "/referrals"}, body...)
}

func taskList(d *casework.OpenDraft, list []progress) ui.Component {
	var t ui.TaskList
	for _, p := range list {
		if n := len(t.Sections); n == 0 || t.Sections[n-1].Title != p.step.section {
			t.Sections = append(t.Sections, ui.TaskSection{Title: p.step.section})
		}
		sec := &t.Sections[len(t.Sections)-1]
		sec.Tasks = append(sec.Tasks, ui.Task{ID: string(p.step.id), Title: p.step.title, Href: stepPath(d.ID, p.step.id), Status: p.status()})
	}
	send := ui.Task{ID: "send", Title: "Check your answers and send", Status: ui.Text("Cannot be sent yet"), Href: draftPath(d.ID) + "/check",
		Hint: "You can look at everything on one page at any time."}
	if ready(list) {
		send.Status = ui.Tag{Text: "Ready", Tone: ui.Positive}
	}
	last := &t.Sections[len(t.Sections)-1]
	last.Tasks = append(last.Tasks, send)
	return t
}

// aboutDraft says what the draft is for, who began it, and when it goes.
func aboutDraft(rq *page.Request, d *casework.OpenDraft, warnDays int) []ui.Component {
	var body []ui.Component
	if soon(rq, &d.DraftRow, warnDays) {
		body = append(body, ui.Warning("This draft will be deleted on "+d.ExpiresAt.In(zone(rq)).Format("2 January 2006")+". Save any page to keep it for longer."))
	}
	if !d.UpgradesCase.IsZero() {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("This turns an earlier notification into a referral. It keeps its reference, and the person is counted once.")}})
	}
	if !d.EarlierCaseID.IsZero() {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("This is a new round for somebody referred before. The two are linked; nothing of the earlier file was copied.")}})
	}
	if d.Author != rq.Actor.UserID {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para(rq.Site.UserName(rq.Context(), d.Author) + " began this draft and shared it with you and your colleagues.")}})
	}
	return body
}

// soon reports whether a draft is near its end.
func soon(rq *page.Request, d *casework.DraftRow, warnDays int) bool {
	return !d.WarnedAt.IsZero() || d.ExpiresAt.Sub(rq.Site.Clock.Now()) <= time.Duration(warnDays)*24*time.Hour
}

func draftActions(rq *page.Request, d *casework.OpenDraft) ui.Component {
	body := []ui.Component{ui.SummaryList{Rows: []ui.SummaryRow{
		{Key: "Last saved", Value: ui.Moment{At: d.UpdatedAt.In(zone(rq))}},
		{Key: "Kept until", Value: ui.Moment{At: d.ExpiresAt.In(zone(rq)), DateOnly: true}},
		{Key: "Who can open it", Value: ui.Text(openTo(d.Shared))},
	}}}
	f := form.New(draftPath(d.ID)+"/share", rq.CSRF())
	if d.Shared {
		f.Hidden("shared", "no")
		f.Buttons(ui.Button{Text: "Stop sharing with colleagues", Kind: ui.Secondary}, ui.Button{Text: "Delete this draft", Href: draftPath(d.ID) + "/delete", Kind: ui.Quiet})
	} else {
		f.Hidden("shared", "yes")
		f.Buttons(ui.Button{Text: "Share with colleagues", Kind: ui.Secondary}, ui.Button{Text: "Delete this draft", Href: draftPath(d.ID) + "/delete", Kind: ui.Quiet})
	}
	return ui.Group(append(body, f))
}

func openTo(shared bool) string {
	if shared {
		return "Everybody in your agency who may refer"
	}
	return "Only the person who began it"
}

func share(rq *page.Request) error {
	f := rq.Form()
	want := f.Hidden("shared", "")
	if err := rq.Read(f); err != nil {
		return err
	}
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	on := want.Text() == "yes"
	if err := rq.Site.Cases.ShareDraft(rq.Context(), rq.Actor, rq.Purpose, id, on); err != nil {
		return fromSubmitted(rq, err)
	}
	if !on {
		return rq.Done(afterUnsharing(rq, id), unshared)
	}
	return rq.Done(draftPath(id), shared)
}

// afterUnsharing leads back to the draft, or to the list when it is no longer
// the reader's to open.
func afterUnsharing(rq *page.Request, id core.ID) string {
	if _, err := rq.Site.Cases.Draft(rq.Context(), rq.Actor, rq.Purpose, id); err != nil {
		return "/referrals"
	}
	return draftPath(id)
}

// remove asks before it deletes a draft.
func remove(rq *page.Request) error {
	d, err := openDraft(rq)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	f := rq.Form().Buttons(ui.Button{Text: "Delete the draft", Kind: ui.Harmful}, ui.Button{Text: "Keep it", Href: draftPath(d.ID), Kind: ui.Quiet})
	if rq.Method == "POST" {
		if err := rq.Read(f); err != nil {
			return err
		}
		if err := rq.Site.Cases.DeleteDraft(rq.Context(), rq.Actor, rq.Purpose, d.ID); err != nil {
			return err
		}
		return rq.Done("/referrals", deleted)
	}
	return rq.Show(ui.Page{Title: "Delete this draft?", Back: draftPath(d.ID)}, ui.Heading{Level: 1, Text: "Delete this draft?"},
		column{ui.Para(fmt.Sprintf("Everything typed, and %s, will be gone for good. Nobody is told about the person.", files(len(d.Documents)))),
			ui.Warning("This cannot be undone."), f})
}

func files(n int) string {
	switch n {
	case 0:
		return "any file added"
	case 1:
		return "the file added"
	}
	return fmt.Sprintf("the %d files added", n)
}
