package support

import (
	"context"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safecontact"
	"clew/internal/vault"
)

// SaveAssessment writes a new version of the needs and risk assessment.
func (s *Service) SaveAssessment(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, a Assessment) error {
	k := &checker{}
	for name, words := range map[string]core.Secret{"health": a.Health, "mind": a.Mind, "legal": a.Legal, "dependants": a.Dependants, "safety": a.Safety} {
		k.text(name, words, MaxText)
	}
	k.need(a.Safety != "", "safety", "Write what threatens the person, and what keeps them safe. “Nothing known” is an answer too.")
	k.words("risk", []string{a.Risk}, []string{"standard", "high"})
	k.languages("interpreter", a.Interpreter)
	if err := k.err(); err != nil {
		return err
	}
	return s.on(ctx, actor, purpose, id, rev, access.WorkSupport, func(t *turn) error { return s.addSection(ctx, t, SectionAssessment, a) })
}

// SaveMoveOn writes a new version of the plan for afterwards.
func (s *Service) SaveMoveOn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, m MoveOn) error {
	k := &checker{}
	for name, words := range map[string]core.Secret{"home": m.Home, "income": m.Income, "people": m.People, "safety": m.Safety} {
		k.text(name, words, MaxText)
	}
	k.need(m.Home != "", "home", "Write where they will live, or what is being tried.")
	if err := k.err(); err != nil {
		return err
	}
	return s.on(ctx, actor, purpose, id, rev, access.WorkSupport, func(t *turn) error { return s.addSection(ctx, t, SectionMoveOn, m) })
}

// SaveTerms writes newer terms of safe contact than the referral has.
func (s *Service) SaveTerms(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, terms safecontact.Terms) error {
	k := &checker{}
	k.words("safeToReach", []string{terms.SafeToReach}, []string{safecontact.Directly, safecontact.OnlyThrough, safecontact.NotAtAll})
	k.words("channels", terms.Channels, safecontact.Channels)
	k.languages("language", terms.Language)
	if terms.SafeToReach == safecontact.Directly {
		k.need(len(terms.Channels) > 0, "channels", "Choose at least one safe way to make contact.")
	}
	if err := k.err(); err != nil {
		return err
	}
	return s.on(ctx, actor, purpose, id, rev, access.WorkSupport, func(t *turn) error { return s.addSection(ctx, t, SectionContact, terms) })
}

func sectionRef(f *File, name string, version int) vault.Ref {
	return vault.Ref{Person: f.Person, Table: "support_section", Row: f.ID.String(), Field: name, Version: version}
}

func (s *Service) addSection(ctx context.Context, t *turn, name string, words any) error {
	version := 1
	switch last, err := t.tx.Section(ctx, t.f.ID, name); {
	case err == nil:
		version = last.Version + 1
	case core.KindOf(err) != core.NotFound:
		return err
	}
	sealed, err := vault.SealJSON(ctx, s.vault, sectionRef(t.f, name, version), words)
	if err != nil {
		return err
	}
	section := Section{File: t.f.ID, Name: name, Version: version, Sealed: sealed, WrittenAt: t.now, WrittenBy: t.actor.UserID}
	t.what, t.body = name+":"+t.f.ID.String(), section
	return t.tx.AddSection(ctx, section)
}

func openSection[T any](ctx context.Context, s *Service, r Reader, f *File, name string) (words T, sec *Section, err error) {
	sec, err = r.Section(ctx, f.ID, name)
	if core.KindOf(err) == core.NotFound {
		return words, nil, nil
	}
	if err != nil {
		return words, nil, err
	}
	words, err = vault.OpenJSON[T](ctx, s.vault, sectionRef(f, name, sec.Version), sec.Sealed)
	return words, sec, err
}

// AddGoal adds a goal to the plan. Its review is a task on the day.
func (s *Service) AddGoal(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, area string, reviewOn core.Date, words GoalWords) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		k := &checker{}
		k.code("area", area, t.rules.Support.GoalAreas)
		k.need(words.Goal != "", "goal", "Write the goal in the person's own words.")
		k.text("goal", words.Goal, MaxText)
		k.text("steps", words.Steps, MaxText)
		s.checkReviewDay(k, t, reviewOn)
		if err := k.err(); err != nil {
			return err
		}
		g := &Goal{ID: s.ids.New(), Rev: 1, File: t.f.ID, Area: area, State: GoalOpen, ReviewOn: reviewOn, CreatedAt: t.now, ChangedAt: t.now, ChangedBy: t.actor.UserID}
		var err error
		if g.Sealed, err = seal(ctx, s, t.f.Person, "support_goal", g.ID, g.Rev, words); err != nil {
			return err
		}
		t.what, t.body = "goal:"+g.ID.String(), g
		if err := t.tx.AddGoal(ctx, g); err != nil {
			return err
		}
		return s.reviewLater(ctx, t, g)
	})
}

func (s *Service) checkReviewDay(k *checker, t *turn, day core.Date) {
	switch {
	case day.IsZero():
		k.add("reviewOn", "required", "Enter the day on which you look at it together.")
	case day.Before(s.todayOf(t.c)):
		k.add("reviewOn", "date.past", "This day is past. Enter today or a later one.")
	}
}

func (s *Service) reviewLater(ctx context.Context, t *turn, g *Goal) error {
	at := g.ReviewOn.StartIn(s.zone(t.c.Scheme, t.c.Jurisdiction))
	return s.enqueue(ctx, t.tx, jobReviewDue, t.c.ID, g.ID, g.ReviewOn.String(), at)
}

// ReviewGoal says how a goal stands; an open one gets its next day.
func (s *Service) ReviewGoal(ctx context.Context, actor core.Actor, purpose core.Purpose, goal core.ID, to GoalState, next core.Date, review core.Secret) error {
	g, err := s.store.Goal(ctx, goal)
	if err != nil {
		return err
	}
	return s.on(ctx, actor, purpose, g.File, 0, access.WorkSupport, func(t *turn) error {
		g, err := t.tx.Goal(ctx, goal)
		if err != nil {
			return err
		}
		k := &checker{}
		if !g.State.MayBecome(to) {
			k.add("state", "goal.closed", "This goal is closed. Add a new one.")
		}
		k.need(review != "", "review", "Write in a sentence how it went.")
		k.text("review", review, MaxText)
		if to == GoalOpen {
			s.checkReviewDay(k, t, next)
		}
		if err := k.err(); err != nil {
			return err
		}
		return s.reviewGoal(ctx, t, g, to, next, review)
	})
}

func (s *Service) reviewGoal(ctx context.Context, t *turn, g *Goal, to GoalState, next core.Date, review core.Secret) error {
	words, err := open[GoalWords](ctx, s, t.f.Person, "support_goal", g.ID, g.Rev, g.Sealed)
	if err != nil {
		return err
	}
	words.Review = review
	readRev := g.Rev
	g.Rev, g.State, g.ChangedAt, g.ChangedBy = readRev+1, to, t.now, t.actor.UserID
	if to == GoalOpen {
		g.ReviewOn = next
	}
	if g.Sealed, err = seal(ctx, s, t.f.Person, "support_goal", g.ID, g.Rev, words); err != nil {
		return err
	}
	t.what, t.body = "goal:"+g.ID.String(), g
	if err := t.tx.SaveGoal(ctx, g, readRev); err != nil {
		return err
	}
	if err := t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, []string{TaskReview}, g.ID.String(), t.now, t.actor.UserID); err != nil {
		return err
	}
	if to == GoalOpen {
		return s.reviewLater(ctx, t, g)
	}
	return nil
}

// PlanContact plans a contact. When nobody records it by the grace the scheme
// gives, it counts as missed and somebody is told.
func (s *Service) PlanContact(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, at time.Time, channel string, about core.Secret) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		terms, err := s.terms(ctx, t.tx, t.f, t.c)
		if err != nil {
			return err
		}
		k := &checker{}
		k.need(!at.IsZero(), "at", "Enter the day and time.")
		if !at.IsZero() && !at.After(t.now) {
			k.add("at", "date.past", "This time is past. Enter a later one, or record the contact as made.")
		}
		k.words("channel", []string{channel}, safecontact.Channels)
		if open := terms.Open(); len(k.fields) == 0 && !slices.Contains(open, channel) {
			k.add("channel", safecontact.RuleChannel, "This channel is not safe for the person. "+openWords(open))
		}
		k.text("about", about, MaxText)
		if err := k.err(); err != nil {
			return err
		}
		return s.planContact(ctx, t, at, channel, about)
	})
}

func openWords(open []string) string {
	if len(open) == 0 {
		return "No channel is: ask the person when you meet, and record it."
	}
	labels := make([]string, len(open))
	for i, c := range open {
		labels[i] = safecontact.ChannelLabel(c)
	}
	return "Safe are: " + strings.Join(labels, ", ") + "."
}

func (s *Service) planContact(ctx context.Context, t *turn, at time.Time, channel string, about core.Secret) error {
	k := &Contact{ID: s.ids.New(), Rev: 1, File: t.f.ID, PlannedAt: at, Channel: channel, State: ContactPlanned}
	var err error
	if k.Sealed, err = seal(ctx, s, t.f.Person, "support_contact", k.ID, k.Rev, ContactWords{About: about}); err != nil {
		return err
	}
	t.what, t.body = "contact:"+k.ID.String(), k
	if err := t.tx.AddContact(ctx, k); err != nil {
		return err
	}
	return s.enqueue(ctx, t.tx, jobContactDue, t.c.ID, k.ID, mark(at), t.rules.Support.ContactGrace.Value.After(at))
}

// RecordContact says what came of a contact.
func (s *Service) RecordContact(ctx context.Context, actor core.Actor, purpose core.Purpose, contact core.ID, to ContactState, result core.Secret) error {
	k, err := s.store.Contact(ctx, contact)
	if err != nil {
		return err
	}
	return s.on(ctx, actor, purpose, k.File, 0, access.WorkSupport, func(t *turn) error {
		k, err := t.tx.Contact(ctx, contact)
		if err != nil {
			return err
		}
		c := &checker{}
		if !k.State.MayBecome(to) {
			c.add("state", "contact.recorded", "This contact is recorded as "+string(k.State)+" already.")
		}
		if to == ContactMade && k.PlannedAt.After(t.now) {
			c.add("state", "contact.early", "This contact is planned for later. Cancel it and record the one you had.")
		}
		c.text("result", result, MaxText)
		if err := c.err(); err != nil {
			return err
		}
		if err := s.moveContact(ctx, t.tx, t.f, k, to, t.actor.UserID, &result); err != nil {
			return err
		}
		t.what, t.body = "contact:"+k.ID.String(), k
		return s.afterContact(ctx, t, k)
	})
}

// moveContact changes where a contact stands, and its words when there are new
// ones.
func (s *Service) moveContact(ctx context.Context, tx Tx, f *File, k *Contact, to ContactState, who core.ID, result *core.Secret) error {
	words, err := open[ContactWords](ctx, s, f.Person, "support_contact", k.ID, k.Rev, k.Sealed)
	if err != nil {
		return err
	}
	if result != nil {
		words.Result = *result
	}
	readRev := k.Rev
	k.Rev, k.State, k.RecordedAt, k.RecordedBy = readRev+1, to, s.clock.Now(), who
	if k.Sealed, err = seal(ctx, s, f.Person, "support_contact", k.ID, k.Rev, words); err != nil {
		return err
	}
	return tx.SaveContact(ctx, k, readRev)
}

// afterContact closes what a contact answers: one that was made says that the
// person is there.
func (s *Service) afterContact(ctx context.Context, t *turn, k *Contact) error {
	if err := t.tx.CloseTasks(ctx, t.c.ID, t.f.Agency, []string{TaskMissed}, k.ID.String(), t.now, t.actor.UserID); err != nil {
		return err
	}
	switch k.State {
	case ContactMade:
		return t.tx.CloseTasks(ctx, t.c.ID, core.ID{}, []string{TaskWelfareCheck}, "", t.now, t.actor.UserID)
	case ContactMissed:
		return s.missedInARow(ctx, t.tx, t.c, t.f)
	}
	return nil
}

// terms are the newest terms of safe contact: the file's own, else the
// referral's.
func (s *Service) terms(ctx context.Context, r Reader, f *File, c *Case) (safecontact.Terms, error) {
	own, sec, err := openSection[safecontact.Terms](ctx, s, r, f, SectionContact)
	if err != nil || sec != nil {
		return own, err
	}
	sealed, version, err := r.ContactSection(ctx, c.ID)
	if err != nil || len(sealed) == 0 {
		return safecontact.Terms{}, err
	}
	return vault.OpenJSON[safecontact.Terms](ctx, s.vault, contactRef(c, version), sealed)
}

// Reach holds a message or call against the person's terms and, when it is safe,
// records it as made. What breaks a term is refused with the rule and the mend,
// and nothing is recorded or shown.
func (s *Service) Reach(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, m safecontact.Message) (contact core.ID, err error) {
	err = s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		terms, err := s.terms(ctx, t.tx, t.f, t.c)
		if err != nil {
			return err
		}
		m.At = t.now.In(s.zone(t.c.Scheme, t.c.Jurisdiction))
		k := &checker{}
		k.need(m.Words != "", "words", "Write what you will say or leave.")
		k.text("words", m.Words, MaxText)
		if err := k.err(); err != nil {
			return err
		}
		if err := terms.Check(m); err != nil {
			return err
		}
		made := &Contact{ID: s.ids.New(), Rev: 1, File: t.f.ID, PlannedAt: t.now, Channel: m.Channel, State: ContactMade, RecordedAt: t.now, RecordedBy: t.actor.UserID}
		if made.Sealed, err = seal(ctx, s, t.f.Person, "support_contact", made.ID, made.Rev, ContactWords{About: m.Words}); err != nil {
			return err
		}
		contact = made.ID
		t.what, t.body = "contact:"+made.ID.String(), made
		return t.tx.AddContact(ctx, made)
	})
	return contact, err
}

// AddPayment records an allowance that was paid.
func (s *Service) AddPayment(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, p Payment, note core.Secret) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		k := &checker{}
		k.code("kind", p.Kind, t.rules.Support.Allowances)
		if p.Amount <= 0 || p.Amount > 10_000_000 {
			k.add("amount", "range", "Enter an amount above zero and up to 100,000.")
		}
		k.need(len(p.Currency) == 3, "currency", "Enter the currency as three letters, such as GBP.")
		s.checkPast(k, t.c, "paidOn", p.PaidOn)
		k.text("note", note, MaxText)
		if err := k.err(); err != nil {
			return err
		}
		p.ID, p.File, p.RecordedAt, p.RecordedBy = s.ids.New(), t.f.ID, t.now, t.actor.UserID
		var err error
		if p.Sealed, err = seal(ctx, s, t.f.Person, "support_payment", p.ID, 1, note); err != nil {
			return err
		}
		t.what, t.body = "payment:"+p.ID.String(), p
		return t.tx.AddPayment(ctx, &p)
	})
}

// AddActivity records help that was given.
func (s *Service) AddActivity(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, kind string, on core.Date, words core.Secret) error {
	return s.on(ctx, actor, purpose, id, 0, access.WorkSupport, func(t *turn) error {
		k := &checker{}
		k.code("kind", kind, t.rules.Support.Activities)
		s.checkPast(k, t.c, "on", on)
		k.need(words != "", "words", "Write what was done.")
		k.text("words", words, MaxText)
		if err := k.err(); err != nil {
			return err
		}
		a := &Activity{ID: s.ids.New(), File: t.f.ID, Kind: kind, On: on, RecordedAt: t.now, RecordedBy: t.actor.UserID}
		var err error
		if a.Sealed, err = seal(ctx, s, t.f.Person, "support_activity", a.ID, 1, words); err != nil {
			return err
		}
		t.what, t.body = "activity:"+a.ID.String(), a
		return t.tx.AddActivity(ctx, a)
	})
}

func (s *Service) checkPast(k *checker, c *Case, name string, day core.Date) {
	switch {
	case day.IsZero():
		k.add(name, "required", "Enter the day.")
	case day.After(s.todayOf(c)):
		k.add(name, "date.future", "This day has not come yet. Enter today or an earlier one.")
	}
}

// ShareNotes records whether the person lets the authority read the support
// notes. It is asked apart from everything else, and can be taken back at any
// time.
func (s *Service) ShareNotes(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, shared bool) error {
	return s.on(ctx, actor, purpose, id, rev, access.WorkSupport, func(t *turn) error {
		t.f.Shared = shared
		t.what = "notes-shared:" + t.f.ID.String()
		return nil
	})
}
