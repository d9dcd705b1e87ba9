package support

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"clew/internal/core"
	"clew/internal/safecontact"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// sheet is one step's page while it is answered.
type sheet struct {
	rq   *page.Request
	v    *domain.FileView
	form *form.Form
	rev  int // of the file that the person saw
	body []ui.Component
}

// stepPage is a short page for one step: a few questions and a button. Fill adds
// the questions and returns what gives the command.
type stepPage struct {
	title, why, warn string
	button           ui.Button
	done             string // the sentence on the next page
	tab              string // where it comes from and leads to
	fill             func(s *sheet) (give func() error, err error)
}

var steps = map[string]stepPage{
	"assessment": {title: "Needs and risks", why: "Ask only what you need in order to help, and never the same thing twice. What you write is sealed; every version is kept.",
		button: ui.Button{Text: "Save"}, done: page.Flash("support-assessed", "The assessment was saved."), fill: fillAssessment},
	"move-on": {title: "Moving on", why: "What comes after, planned together and early.", button: ui.Button{Text: "Save"}, done: page.Flash("support-move-on", "The plan for moving on was saved."), fill: fillMoveOn},
	"terms": {title: "How they may be reached", why: "A message that reaches the wrong person can put somebody in danger. Every message is held against these answers.",
		button: ui.Button{Text: "Save"}, done: page.Flash("support-terms", "How they may be reached was saved."), fill: fillTerms},
	"goal":    {title: "Add a goal", why: "In the person’s own words: what do they want to reach?", button: ui.Button{Text: "Add the goal"}, done: page.Flash("support-goal", "The goal was added."), tab: "plan", fill: fillGoal},
	"contact": {title: "Plan a contact", why: "When nobody records it, it counts as missed, and you are told.", button: ui.Button{Text: "Plan it"}, done: page.Flash("support-contact", "The contact is planned."), tab: "contacts", fill: fillContact},
	"reach": {title: "Reach the person", why: "Write what you will say or leave. It is held against what the person told us before you are shown where to send it.",
		button: ui.Button{Text: "Check and record"}, done: page.Flash("support-reached", "It is safe as far as the person told us. The message is recorded; send it now, and only to the number or address that stands under “How they may be reached”."), tab: "contacts", fill: fillReach},
	"payment":  {title: "Record an allowance", button: ui.Button{Text: "Record"}, done: page.Flash("support-payment", "The allowance was recorded."), tab: "help", fill: fillPayment},
	"activity": {title: "Record help", button: ui.Button{Text: "Record"}, done: page.Flash("support-activity", "It was recorded."), tab: "help", fill: fillActivity},
	"share": {title: "May the authority read these notes?", why: "Ask the person. Support never depends on the answer, and they can change it at any time.",
		button: ui.Button{Text: "Save"}, done: page.Flash("support-share", "The person’s answer was saved."), fill: fillShare},
	"arrive": {title: "They have arrived", button: ui.Button{Text: "Save"}, done: page.Flash("support-arrived", "The bed is now occupied."), fill: fillArrive},
	"move":   {title: "Move to another bed", button: ui.Button{Text: "Move"}, done: page.Flash("support-moved", "They were moved; the bed they had is free."), fill: fillMove},
	"phase":  {title: "Change the phase of support", why: "Support goes on outside the house. A bed they have is freed.", button: ui.Button{Text: "Change"}, done: page.Flash("support-phase", "The phase was changed."), fill: fillPhase},
	"notice": {title: "Give notice", why: "Support never ends by itself, and never without a reason. Talk about it with the person first.",
		button: ui.Button{Text: "Give notice"}, done: page.Flash("support-notice", "Notice was given. Support goes on until you end it."), fill: fillNotice},
	"take-back": {title: "Take the notice back", why: "Support goes on.", button: ui.Button{Text: "Take it back"}, done: page.Flash("support-goes-on", "Support goes on."), fill: fillTakeBack},
	"end": {title: "End support", warn: "After this you no longer see who the person is, and the notes are sealed.", button: ui.Button{Text: "End support", Kind: ui.Harmful},
		done: page.Flash("support-ended", "Support has ended. The bed is free."), fill: fillEnd},
}

func step(rq *page.Request) error {
	p, ok := steps[rq.PathValue("step")]
	if !ok {
		return page.ErrNotFound
	}
	return p.handle(rq)
}

func (p stepPage) handle(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	if !v.Works {
		if v.State == domain.Ended {
			return core.E(core.NotNow, "support.ended", "This support has ended, so nothing can be added.")
		}
		return page.ErrNotFound
	}
	s := &sheet{rq: rq, v: v, form: rq.Form(), rev: v.Rev}
	give, err := p.fill(s)
	if err != nil {
		return err
	}
	rev := s.form.Hidden("rev", strconv.Itoa(v.Rev))
	s.form.Buttons(p.button, ui.Button{Text: "Cancel", Href: filePath(v.ID, p.tab), Kind: ui.Quiet})
	if rq.Method == http.MethodPost {
		if err := rq.Read(s.form); err != nil {
			return err
		}
		if s.rev, err = page.Revision(rev); err != nil {
			return err
		}
		if s.form.Valid() {
			err := give()
			if err == nil {
				return rq.Done(filePath(v.ID, p.tab), p.done)
			}
			rev.SetValue(strconv.Itoa(v.Rev)) // what changed is said; the next press means it
			if err := refused(s.form, err); err != nil {
				return err
			}
		}
	}
	body := ui.Reading{ui.Heading{Level: 1, Text: p.title}, ui.Para("Case " + v.Reference + ".")}
	if p.why != "" {
		body = append(body, ui.Para(p.why))
	}
	if p.warn != "" {
		body = append(body, ui.Warning(p.warn))
	}
	body = append(append(body, s.body...), s.form)
	return rq.ShowForm(ui.Page{Title: p.title, Back: filePath(v.ID, p.tab)}, s.form, body)
}

func (s *sheet) area(name, label string, now core.Secret, set ...form.Setting) *form.Field {
	return s.form.Textarea(name, label, append(set, form.Rows(3), form.Value(page.Given(now.Reveal())...))...)
}

// today is the day in the person's time zone.
func (s *sheet) today() core.Date { return core.DateIn(s.rq.Site.Clock.Now(), s.v.Zone) }

func fillAssessment(s *sheet) (func() error, error) {
	a := s.v.Assessment
	risk := s.form.Radios("risk", "Risk", []form.Option{{Value: "standard", Label: "Standard"}, {Value: "high", Label: "High", Hint: "Somebody may look for them, or they may come to harm."}},
		form.Required("Choose how high the risk is."), form.Value(page.Given(a.Risk)...))
	safety := s.area("safety", "What threatens them, and what keeps them safe?", a.Safety, form.Required("Write what threatens the person, and what keeps them safe. “Nothing known” is an answer too."))
	health, mind, legal := s.area("health", "Health", a.Health, form.Hint("Optional, as are the next.")), s.area("mind", "Mental health", a.Mind), s.area("legal", "Legal advice they need", a.Legal)
	interpreter := s.form.Language("interpreter", "Language in which they need an interpreter", form.Hint("Leave empty when they need none."), form.Value(page.Given(a.Interpreter)...))
	dependants := s.area("dependants", "Who depends on them?", a.Dependants)
	return func() error {
		return s.rq.Site.Support.SaveAssessment(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, domain.Assessment{Risk: risk.Choice(), Safety: safety.Secret(),
			Health: health.Secret(), Mind: mind.Secret(), Legal: legal.Secret(), Interpreter: interpreter.Choice(), Dependants: dependants.Secret()})
	}, nil
}

func fillMoveOn(s *sheet) (func() error, error) {
	m := s.v.MoveOn
	home := s.area("home", "Where will they live?", m.Home, form.Required("Write where they will live, or what is being tried."))
	income, people, safety := s.area("income", "What will they live on?", m.Income), s.area("people", "Who is there for them?", m.People), s.area("safety", "What keeps them safe?", m.Safety)
	return func() error {
		return s.rq.Site.Support.SaveMoveOn(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, domain.MoveOn{Home: home.Secret(), Income: income.Secret(), People: people.Secret(), Safety: safety.Secret()})
	}, nil
}

func fillTerms(s *sheet) (func() error, error) {
	t := s.v.Terms
	channels := s.form.Checkboxes("channels", "Which ways are safe?", page.Choices(safecontact.Channels, safecontact.ChannelLabel), form.Value(t.Channels...))
	phone := s.form.Text("phone", "Safe telephone number", form.Type("tel"), form.Width("20"), form.Value(page.Given(t.Phone.Reveal())...))
	email := s.form.Text("email", "Safe e-mail address", form.Type("email"), form.Value(page.Given(t.Email.Reveal())...))
	through := s.form.Text("through", "Through whom?", form.Value(page.Given(t.Through.Reveal())...))
	safe := s.form.Radios("safeToReach", "Is it safe to contact the person?", []form.Option{{Value: safecontact.Directly, Label: "Yes, directly", Reveal: []*form.Field{channels, phone, email}},
		{Value: safecontact.OnlyThrough, Label: "Only through somebody else", Reveal: []*form.Field{through}}, {Value: safecontact.NotAtAll, Label: "No"}},
		form.Required("Choose whether it is safe. Choose “no” if in doubt."), form.Value(page.Given(t.SafeToReach)...))
	hours := s.form.Text("hours", "When is it safe?", form.Hint("For example: weekdays 9:00-12:00; Sat mornings. Other words are for you to read each time."), form.Value(page.Given(t.Hours.Reveal())...))
	never := s.form.Text("neverSay", "What must never be said or left?", form.Value(page.Given(t.NeverSay.Reveal())...))
	code := s.form.Text("codeWord", "A word by which they know it is us", form.Width("20"), form.Value(page.Given(t.CodeWord.Reveal())...))
	lang := s.form.Language("language", "Language they understand best", form.Value(page.Given(t.Language)...))
	interpreter := s.form.Checkboxes("interpreter", "Interpreter", []form.Option{{Value: "yes", Label: "An interpreter is needed"}}, form.Value(page.Given(map[bool]string{true: "yes"}[t.Interpreter])...))
	return func() error {
		return s.rq.Site.Support.SaveTerms(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, safecontact.Terms{SafeToReach: safe.Choice(), Channels: channels.Choices(), Phone: phone.Secret(), Email: email.Secret(),
			Through: through.Secret(), Hours: hours.Secret(), NeverSay: never.Secret(), CodeWord: code.Secret(), Language: lang.Choice(), Interpreter: interpreter.Chose("yes"), Aids: t.Aids})
	}, nil
}

func fillGoal(s *sheet) (func() error, error) {
	area := s.form.Select("area", "About", page.Options(s.v.Rules.Support.GoalAreas), form.Required("Choose what the goal is about."))
	goal := s.area("goal", "The goal", "", form.Required("Write the goal in the person's own words."))
	way := s.area("steps", "Steps on the way", "", form.Hint("Optional: who does what."))
	on := s.form.Date("reviewOn", "Look at it together on", form.Required("Enter the day on which you look at it together."))
	return func() error {
		return s.rq.Site.Support.AddGoal(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, area.Choice(), on.Date(), domain.GoalWords{Goal: goal.Secret(), Steps: way.Secret()})
	}, nil
}

// openChannels are the channels that are safe for the person, as choices.
func (s *sheet) openChannels() []form.Option {
	return page.Choices(s.v.Terms.Open(), safecontact.ChannelLabel)
}

func (s *sheet) noChannel() bool {
	if len(s.v.Terms.Open()) > 0 {
		return false
	}
	s.body = append(s.body, ui.Warning("No way to reach the person is safe, or nobody has asked them yet. Ask when you meet, and record it first."))
	return true
}

func fillContact(s *sheet) (func() error, error) {
	s.noChannel()
	day := s.form.Date("at", "Day", form.Required("Enter the day."))
	clock := s.form.Text("clock", "Time", form.Width("5"), form.Hint("For example 14:30."), form.Required("Enter the time, such as 14:30."))
	channel := s.form.Radios("channel", "How", s.openChannels(), form.Required("Choose how."))
	about := s.area("about", "About", "", form.Hint("Optional."))
	return func() error {
		at, err := time.ParseInLocation("2006-01-02 15:04", day.Date().String()+" "+clock.Text(), s.v.Zone)
		if err != nil {
			clock.Fail("Enter the time as hours and minutes, such as 14:30.")
			return core.InvalidFields([]core.Field{{Name: "clock", Code: "time", Msg: "Enter the time as hours and minutes, such as 14:30."}})
		}
		return s.rq.Site.Support.PlanContact(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, at, channel.Choice(), about.Secret())
	}, nil
}

func fillReach(s *sheet) (func() error, error) {
	t := s.v.Terms
	s.noChannel()
	if t.Hours != "" || t.NeverSay != "" {
		s.body = append(s.body, ui.SummaryList{Title: "What they told us", Rows: []ui.SummaryRow{{Key: "When", Value: text(t.Hours)}, {Key: "Never say or leave", Value: text(t.NeverSay)}, {Key: "Code word", Value: text(t.CodeWord)}, {Key: "Language", Value: line(language(t.Language))}}})
	}
	channel := s.form.Radios("channel", "How", s.openChannels(), form.Required("Choose how."))
	lang := s.form.Language("language", "Language of the words", form.Required("Choose the language you will use."), form.Value(page.Given(t.Language)...))
	words := s.area("words", "What will you say or leave?", "", form.Required("Write what you will say or leave."))
	vouch := []form.Option{{Value: "interpreter", Label: "An interpreter will be there"}}
	if t.CodeWord != "" {
		vouch = append(vouch, form.Option{Value: "code", Label: "I will begin with the code word"})
	}
	if t.Hours != "" {
		vouch = append(vouch, form.Option{Value: "hours", Label: "I have read when it is safe, and it is now"})
	}
	vouched := s.form.Checkboxes("vouch", "For a call or a visit", vouch, form.Alias("interpreter", "codeWord", "hoursRead", "at"))
	return func() error {
		m := safecontact.Message{Channel: channel.Choice(), Language: lang.Choice(), Words: words.Secret(), Interpreter: vouched.Chose("interpreter"), CodeWord: vouched.Chose("code"), HoursRead: vouched.Chose("hours")}
		_, err := s.rq.Site.Support.Reach(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, m)
		if unsafe := t.Unsafe(m.Words); err != nil && len(unsafe) > 0 {
			l := ui.List{}
			for _, w := range unsafe {
				l.Items = append(l.Items, ui.Text(w.Reveal()))
			}
			s.body = append(s.body, ui.Inset{Body: []ui.Component{ui.Para("Words that must never be said or left:"), l}})
		}
		return err
	}, nil
}

func fillPayment(s *sheet) (func() error, error) {
	kind := s.form.Radios("kind", "For", page.Options(s.v.Rules.Support.Allowances), form.Required("Choose what it is for."))
	sum := s.form.Text("amount", "Amount", form.Width("10"), form.InputMode("decimal"), form.Hint("For example 39.50."), form.Required("Enter the amount."))
	currency := s.form.Text("currency", "Currency", form.Width("3"), form.Value("GBP"), form.Required("Enter the currency as three letters, such as GBP."))
	on := s.form.Date("paidOn", "Paid on", form.Required("Enter the day."))
	note := s.area("note", "Note", "", form.Hint("Optional."))
	on.SetDate(s.today())
	return func() error {
		n, ok := amount(sum.Text())
		if !ok {
			return core.InvalidFields([]core.Field{{Name: "amount", Code: "amount", Msg: "Enter an amount such as 39 or 39.50."}})
		}
		return s.rq.Site.Support.AddPayment(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, domain.Payment{Kind: kind.Choice(), Amount: n, Currency: currency.Text(), PaidOn: on.Date()}, note.Secret())
	}, nil
}

func fillActivity(s *sheet) (func() error, error) {
	kind := s.form.Radios("kind", "What", page.Options(s.v.Rules.Support.Activities), form.Required("Choose what was done."))
	on := s.form.Date("on", "Day", form.Required("Enter the day."))
	words := s.area("words", "What was done", "", form.Required("Write what was done."))
	on.SetDate(s.today())
	return func() error {
		return s.rq.Site.Support.AddActivity(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, kind.Choice(), on.Date(), words.Secret())
	}, nil
}

func fillShare(s *sheet) (func() error, error) {
	now := map[bool]string{true: "yes", false: "no"}[s.v.Shared]
	answer := s.form.Radios("shared", "The person’s answer", []form.Option{{Value: "yes", Label: "Yes, the authority may read these notes"}, {Value: "no", Label: "No"}}, form.Required("Choose the person's answer."), form.Value(now))
	return func() error {
		return s.rq.Site.Support.ShareNotes(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, answer.Chose("yes"))
	}, nil
}

func (s *sheet) day(name, label string) *form.Field {
	return s.form.Date(name, label, form.Required("Enter the day.")).SetDate(s.today())
}

func fillArrive(s *sheet) (func() error, error) {
	on := s.day("on", "Arrived on")
	return func() error {
		return s.rq.Site.Support.Arrive(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, on.Date())
	}, nil
}

func fillMove(s *sheet) (func() error, error) {
	beds, err := s.rq.Site.Support.FreeBeds(s.rq.Context(), s.rq.Actor, s.rq.Purpose)
	if err != nil {
		return nil, err
	}
	list, err := bedOptions(s.rq, beds)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		s.body = append(s.body, ui.Inset{Body: []ui.Component{ui.Para("None of your beds is free.")}})
	}
	bed, on := s.form.Radios("bed", "To which bed?", list, form.Required("Choose one of your free beds.")), s.day("on", "On")
	return func() error {
		return s.rq.Site.Support.Move(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, id(bed), on.Date())
	}, nil
}

func fillPhase(s *sheet) (func() error, error) {
	to := s.form.Radios("phase", "Support goes on as", page.Choices(domain.NextPhases(s.v.Phase), domain.ServiceLabel), form.Required("Choose how support goes on."))
	on := s.day("on", "From")
	return func() error {
		return s.rq.Site.Support.ChangePhase(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, to.Choice(), on.Date())
	}, nil
}

func fillNotice(s *sheet) (func() error, error) {
	reason := s.form.Select("reason", "Why does support end?", page.Options(s.v.Rules.Support.EndReasons), form.Required("Choose why support ends."))
	ends := s.form.Date("endsOn", "Ends on", form.Required("Enter the day on which support ends."))
	ends.SetDate(s.today().AddDays(s.v.Rules.Support.Notice.Value))
	return func() error {
		return s.rq.Site.Support.GiveNotice(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev, reason.Choice(), ends.Date())
	}, nil
}

func fillTakeBack(s *sheet) (func() error, error) {
	return func() error {
		return s.rq.Site.Support.TakeBackNotice(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev)
	}, nil
}

func fillEnd(s *sheet) (func() error, error) {
	return func() error {
		return s.rq.Site.Support.End(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.v.ID, s.rev)
	}, nil
}

// reviewGoal is the page on which a goal is looked at together.
func reviewGoal(rq *page.Request) error {
	goal, err := rq.ID("goal")
	if err != nil {
		return err
	}
	return stepPage{title: "Look at a goal together", button: ui.Button{Text: "Save"}, done: goalReviewed, tab: "plan", fill: func(s *sheet) (func() error, error) {
		i := slices.IndexFunc(s.v.Goals, func(g domain.GoalView) bool { return g.ID == goal })
		if i < 0 {
			return nil, page.ErrNotFound
		}
		s.body = append(s.body, ui.Inset{Body: []ui.Component{text(s.v.Goals[i].Words.Goal)}})
		next := s.form.Date("reviewOn", "Look at it again on")
		state := s.form.Radios("state", "How does it stand?", []form.Option{{Value: string(domain.GoalOpen), Label: domain.GoalOpen.Label(), Reveal: []*form.Field{next}},
			{Value: string(domain.GoalMet), Label: domain.GoalMet.Label()}, {Value: string(domain.GoalDropped), Label: domain.GoalDropped.Label()}}, form.Required("Choose how it stands."))
		review := s.area("review", "How did it go?", "", form.Required("Write in a sentence how it went."))
		return func() error {
			return rq.Site.Support.ReviewGoal(rq.Context(), rq.Actor, rq.Purpose, goal, domain.GoalState(state.Choice()), next.Date(), review.Secret())
		}, nil
	}}.handle(rq)
}

var (
	goalReviewed    = page.Flash("support-goal-reviewed", "How the goal stands was saved.")
	contactRecorded = page.Flash("support-contact-recorded", "What came of the contact was recorded.")
	taskDone        = page.Flash("support-task-done", "The task is done.")
)

// recordContact is the page that says what came of a contact.
func recordContact(rq *page.Request) error {
	contact, err := rq.ID("contact")
	if err != nil {
		return err
	}
	return stepPage{title: "Record a contact", button: ui.Button{Text: "Save"}, done: contactRecorded, tab: "contacts", fill: func(s *sheet) (func() error, error) {
		i := slices.IndexFunc(s.v.Contacts, func(k domain.ContactView) bool { return k.ID == contact })
		if i < 0 {
			return nil, page.ErrNotFound
		}
		var list []form.Option
		for _, to := range []domain.ContactState{domain.ContactMade, domain.ContactMissed, domain.ContactCancelled} {
			if s.v.Contacts[i].State.MayBecome(to) {
				list = append(list, form.Option{Value: string(to), Label: to.Label()})
			}
		}
		s.body = append(s.body, ui.Inset{Body: []ui.Component{ui.Para(ui.Moment{At: s.v.Contacts[i].PlannedAt.In(s.v.Zone)}.Words() + ", " + safecontact.ChannelLabel(s.v.Contacts[i].Channel) + ".")}})
		state := s.form.Radios("state", "What came of it?", list, form.Required("Choose what came of it."))
		result := s.area("result", "In words", "", form.Hint("Optional."))
		return func() error {
			return rq.Site.Support.RecordContact(rq.Context(), rq.Actor, rq.Purpose, contact, domain.ContactState(state.Choice()), result.Secret())
		}, nil
	}}.handle(rq)
}

func completeTask(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	f := rq.Form()
	if err := rq.Read(f); err != nil {
		return err
	}
	if err := rq.Site.Support.CompleteTask(rq.Context(), rq.Actor, rq.Purpose, v.ID, rq.PathValue("kind")); err != nil {
		return err
	}
	return rq.Done(filePath(v.ID, ""), taskDone)
}
