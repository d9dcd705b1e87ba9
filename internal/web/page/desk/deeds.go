package desk

import (
	"errors"
	"strconv"
	"strings"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	doneMoved    = page.Flash("desk-moved", "The state was changed.")
	doneReplied  = page.Flash("desk-replied", "The answer is there for whoever has the number.")
	doneNoted    = page.Flash("desk-noted", "The message is marked as read.")
	doneGraded   = page.Flash("desk-graded", "The grading was changed.")
	donePassed   = page.Flash("desk-passed", "The police force can read it now.")
	doneHanded   = page.Flash("desk-handed", "It was handed on.")
	doneFollowUp = page.Flash("desk-follow-up", "The follow-up is agreed.")
	doneFinished = page.Flash("desk-finished", "The follow-up is marked as done.")
)

// deeds are the short forms beside a concern.
type deeds struct {
	rq     *page.Request
	f      *concern.File
	base   string
	forms  map[string]*form.Form
	failed *form.Form // the one that was refused
}

func newDeeds(rq *page.Request, f *concern.File) *deeds {
	d := &deeds{rq: rq, f: f, base: "/desk/" + f.ID.String() + "/", forms: map[string]*form.Form{}}
	if !f.MayWork {
		return d
	}
	d.add("reply", "Write the answer", func(q *form.Form) {
		q.Textarea("text", "Your answer", form.Required("Write a message."), form.Max(concern.MaxMessage),
			form.Hint("Whoever has the number reads it. Write plainly, in "+languageName(f.Lang)+" if you can, and promise nothing."))
	})
	d.add("noted", "I have read the message", nil)
	d.add("accept", "Look into it", nil)
	d.add("reopen", "Open it again", nil)
	d.add("discard", "Discard it", func(q *form.Form) {
		q.Radios("reason", "Why", options(concern.Discards), form.Required("Choose why it is discarded."))
	})
	d.add("close", "Close it", func(q *form.Form) {
		q.Select("outcome", "How it ended", options(concern.Outcomes), form.Required("Choose how it ended."))
	})
	d.add("grade", "Change the grading", func(q *form.Form) {
		var list []form.Option
		for _, g := range concern.Gradings {
			list = append(list, form.Option{Value: g.Code, Label: g.Text})
		}
		q.Radios("grading", "The source is", list, form.Required("Choose a grading from the list."), form.Value(f.Grading.Code))
	})
	d.add("pass", "Pass it to this force", func(q *form.Form) {
		q.Select("force", "Police force", d.agencies(core.Police), form.Required("Choose a police force from the list."))
	})
	d.add("referral", "Begin a referral", nil)
	d.add("intelligence", "Hand it on as intelligence", nil)
	d.add("safeguarding", "Alert this authority", func(q *form.Form) {
		q.Select("authority", "Local authority", d.agencies(core.LocalAuthority), form.Required("Choose the local authority that is told."))
	})
	d.add("follow-up", "Agree it", func(q *form.Form) {
		q.Text("what", "What is to be done", form.Required("Say what is to be done, in up to 500 characters."), form.Max(500))
		q.Date("due", "By", form.Required("Enter the day by which it is done."))
	})
	return d
}

func options(list []concern.Choice) []form.Option {
	out := make([]form.Option, len(list))
	for i, c := range list {
		out[i] = form.Option{Value: c.Code, Label: c.Label}
	}
	return out
}

func (d *deeds) agencies(kind core.AgencyKind) []form.Option {
	list, err := d.rq.Site.AgenciesOf(d.rq.Context(), kind)
	if err != nil {
		return nil
	}
	out := make([]form.Option, len(list))
	for i, a := range list {
		out[i] = form.Option{Value: a.ID.String(), Label: a.Name}
	}
	return out
}

func (d *deeds) add(name, button string, fill func(*form.Form)) {
	kind := ui.Secondary
	if name == "discard" {
		kind = ui.Harmful
	}
	q := form.New(d.base+name, d.rq.CSRF()).Buttons(ui.Button{Text: button, Kind: kind})
	if fill != nil {
		fill(q)
	}
	q.Hidden("rev", strconv.Itoa(d.f.Rev))
	d.forms[name] = q
}

// shown is the forms that the concern's state allows now.
func (d *deeds) shown() []ui.Component {
	if !d.f.MayWork {
		return []ui.Component{ui.Para("You can read this because it was passed to your force. The desk answers it.")}
	}
	f := d.f
	var out []ui.Component
	if d.f.State == concern.Quarantined {
		out = append(out, ui.Heading{Level: 2, Text: "Have a look first"}, ui.Para("Nobody can answer or hand on a report that nobody has looked at."), d.forms["accept"])
	}
	if f.State == concern.Open || f.State == concern.Running {
		if f.Kind == concern.Report {
			if f.Unread {
				out = append(out, d.forms["noted"])
			}
			out = append(out, d.unfold("Answer", "reply"))
		}
		out = append(out, d.followUps(), d.handOn())
	}
	if f.State == concern.Open {
		out = append(out, d.unfold("Pass to the police", "pass"))
	}
	if f.Kind == concern.Report && (f.State == concern.Open || f.State == concern.Quarantined) {
		out = append(out, d.unfold("Grade the source", "grade"))
	}
	if f.State.Leads(f.Kind, concern.Closed) {
		out = append(out, d.unfold("Close", "close"))
	}
	if f.State.Leads(f.Kind, concern.Discarded) {
		out = append(out, d.unfold("Discard", "discard"))
	}
	if f.State == concern.Closed || f.State == concern.Discarded {
		out = append(out, d.forms["reopen"])
	}
	return out
}

func (d *deeds) unfold(title, name string) ui.Component {
	return ui.Details{Summary: title, Open: d.forms[name] == d.failed, Body: []ui.Component{d.forms[name]}}
}

func (d *deeds) followUps() ui.Component {
	body := []ui.Component{}
	for _, u := range d.f.FollowUps {
		if !u.DoneAt.IsZero() {
			continue
		}
		due := ui.Group{ui.Text("By "), ui.Moment{At: u.DueAt.In(location(d.rq)), DateOnly: true}}
		if !u.RemindedAt.IsZero() {
			due = append(due, ui.Text(" "), ui.Tag{Text: "Due", Tone: ui.Negative})
		}
		q := form.New(d.base+"finish", d.rq.CSRF()).Buttons(ui.Button{Text: "Mark as done", Kind: ui.Quiet})
		q.Hidden("followup", u.ID.String())
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para(u.What.Reveal()), due, q}})
	}
	body = append(body, d.unfold("Agree a follow-up", "follow-up"))
	return ui.Group(append([]ui.Component{ui.Heading{Level: 2, Text: "Follow-ups"}}, body...))
}

func (d *deeds) handOn() ui.Component {
	body := []ui.Component{}
	if d.mayRefer() {
		body = append(body, ui.Details{Summary: "Turn it into a referral", Body: []ui.Component{ui.Para("The words are put into a draft. Nothing is sent before the person agrees."), d.forms["referral"]}})
	}
	body = append(body, d.unfold("Alert about a child", "safeguarding"), ui.Details{Summary: "Hand on as intelligence", Body: []ui.Component{d.forms["intelligence"]}})
	return ui.Group(append([]ui.Component{ui.Heading{Level: 2, Text: "Hand on"}}, body...))
}

func (d *deeds) mayRefer() bool {
	return d.rq.Site.Policies.Check(d.rq.Actor, core.Identify, access.CreateReferral, access.OwnAgency(d.rq.Actor)).Allowed
}

// act carries out one of the forms.
func act(rq *page.Request) error {
	f, err := open(rq)
	if err != nil {
		return err
	}
	d := newDeeds(rq, f)
	name := rq.PathValue("deed")
	if name == "finish" {
		return d.finish()
	}
	q := d.forms[name]
	if q == nil {
		return page.ErrNotFound
	}
	if err := rq.Read(q); err != nil {
		return err
	}
	if q.Valid() {
		to, flash, err := d.do(name, q)
		if err == nil {
			return rq.Done(to, flash)
		}
		if !page.Refused(q, err) {
			return err
		}
	}
	d.failed = q
	if f.Kind == concern.Call {
		return showCall(rq, f, newRecord(rq, f), d)
	}
	return showReport(rq, f, d)
}

func (d *deeds) finish() error {
	q := form.New("", "")
	which := q.Hidden("followup", "")
	if err := d.rq.Read(q); err != nil {
		return err
	}
	id, err := core.ParseID(which.Text())
	if err != nil {
		return errUnread
	}
	if err := d.rq.Site.Concerns.FinishFollowUp(d.rq.Context(), d.rq.Actor, purpose(d.rq), d.f.ID, id); err != nil {
		return err
	}
	return d.rq.Done(d.page(), doneFinished)
}

// page is the concern's own page.
func (d *deeds) page() string {
	if d.f.Kind == concern.Call {
		return "/line/" + d.f.ID.String()
	}
	return "/desk/" + d.f.ID.String()
}

// do gives the command behind a form.
func (d *deeds) do(name string, q *form.Form) (to, flash string, err error) {
	s, ctx, actor, why, id := d.rq.Site.Concerns, d.rq.Context(), d.rq.Actor, purpose(d.rq), d.f.ID
	rev, err := page.Revision(q.Field("rev"))
	if err != nil {
		return "", "", err
	}
	agency := func(field string) core.ID {
		a, _ := core.ParseID(q.Field(field).Choice()) // one that is none is refused by the use case
		return a
	}
	switch name {
	case "reply":
		return d.page(), doneReplied, s.Reply(ctx, actor, why, id, q.Field("text").Secret())
	case "noted":
		return d.page(), doneNoted, s.Noted(ctx, actor, why, id)
	case "accept", "reopen":
		return d.page(), doneMoved, s.Move(ctx, actor, why, id, rev, concern.Open, "")
	case "discard":
		return d.page(), doneMoved, s.Move(ctx, actor, why, id, rev, concern.Discarded, q.Field("reason").Choice())
	case "close":
		return d.page(), doneMoved, s.Move(ctx, actor, why, id, rev, concern.Closed, q.Field("outcome").Choice())
	case "grade":
		return d.page(), doneGraded, s.Grade(ctx, actor, why, id, rev, q.Field("grading").Choice())
	case "pass":
		return d.page(), donePassed, s.Pass(ctx, actor, why, id, rev, agency("force"))
	case "intelligence":
		return d.page(), doneHanded, s.HandOn(ctx, actor, why, id, rev, concern.HandedIntelligence, core.ID{})
	case "safeguarding":
		return d.page(), doneHanded, s.HandOn(ctx, actor, why, id, rev, concern.HandedSafeguarding, agency("authority"))
	case "follow-up":
		const morning = 9
		return d.page(), doneFollowUp, s.AddFollowUp(ctx, actor, why, id, q.Field("what").Secret(), q.Field("due").Date().At(morning, 0, location(d.rq)))
	case "referral":
		return d.refer(rev)
	}
	return "", "", page.ErrNotFound
}

// refer begins a referral's draft from what the concern says, then records that
// on the concern. Of two presses one makes a draft: the other is told that the
// concern has changed, and what it began is taken away again.
func (d *deeds) refer(rev int) (to, flash string, err error) {
	if rev != d.f.Rev {
		return "", "", concern.ErrChanged
	}
	draft, err := d.rq.Site.Cases.StartDraft(d.rq.Context(), d.rq.Actor, core.Identify, referral(d.rq, d.f), core.ID{})
	if err != nil {
		return "", "", err
	}
	err = d.rq.Site.Concerns.HandOn(d.rq.Context(), d.rq.Actor, purpose(d.rq), d.f.ID, rev, concern.HandedReferral, draft)
	if err != nil {
		return "", "", errors.Join(err, d.rq.Site.Cases.DeleteDraft(d.rq.Context(), d.rq.Actor, core.Identify, draft))
	}
	return "/drafts/" + draft.String(), doneHanded, nil
}

// referral is what a concern says, in the fields of a referral.
func referral(rq *page.Request, f *concern.File) casework.ReferralForm {
	r := casework.ReferralForm{Jurisdiction: rq.Session.Agency.Jurisdiction}
	r.Narrative.Referrer.Name = core.Secret(rq.Session.User.Name)
	if f.Child {
		r.Age.Stated = "child"
	}
	if f.Kind == concern.Report {
		said := []string{f.Words.What.Reveal()}
		for _, m := range f.Messages {
			if !m.FromDesk {
				said = append(said, m.Text.Reveal())
			}
		}
		r.Narrative.Account = core.Secret(strings.Join(said, "\n\n"))
		if f.Words.Where != "" || !f.Words.When.IsZero() {
			r.Narrative.Situations = []casework.Situation{{Town: f.Words.Where, From: f.Words.When}}
		}
		return r
	}
	r.Narrative.Account = f.Record.Said
	r.Narrative.Observations = f.Record.Advice
	r.Contact.Terms, r.Contact.Town = f.Record.Contact, f.Record.Place
	r.Contact.Language = f.Record.Lang
	if f.Record.Caller == "self" && f.Record.Name != "" {
		r.Identity.Names = []casework.Name{{Given: f.Record.Name, Kind: "main"}}
	}
	return r
}

func cut(detail string) (word, rest string, found bool) { return strings.Cut(detail, " ") }
