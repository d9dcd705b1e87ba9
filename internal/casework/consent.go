package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
)

// ConsentReferral is the consent to the referral and to the support that goes
// with it; ConsentPolice is the consent to share with an investigation. The
// second is never a condition of the first (Convention art. 12(6)).
const (
	ConsentReferral = "referral_and_support"
	ConsentPolice   = "share_with_police"
)

// RecordConsent adds a dated record of consent. An adult's consent to the
// referral lets the file be shared with those who support the person.
func (s *Service) RecordConsent(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, what string, g ConsentGiven) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdRecordConsent, func(t *turn) error {
		k := &checker{}
		checkConsent(k, &ReferralForm{Consent: g}, t.rules, nil, s.todayOf(t.c))
		if g.Answer == "no" {
			k.add("consent.answer", "consent.refused", "This page records consent that was given. To record that it is withdrawn, use “Withdraw consent”.")
		}
		if !slices.Contains([]string{ConsentReferral, ConsentPolice}, what) {
			k.add("purpose", "required", "Choose what the consent is for.")
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		consent := s.consentOf(t.c, t.actor, &g)
		consent.Purpose = what
		switch what {
		case ConsentPolice:
			t.c.ConsentPolice = true
		case ConsentReferral:
			t.c.ConsentSharing = true
			if err := s.closeTasks(ctx, t, TaskConsentAtAge); err != nil {
				return err
			}
			if t.c.State == Recovery || t.c.State == CGPending || t.c.State == Confirmed {
				if err := s.enqueue(ctx, t.tx, jobSupportOpen, t.c, t.now, supportRecovery); err != nil {
					return err
				}
			}
		}
		t.detail, t.shared, t.content = what, true, consent
		return t.tx.AddConsent(ctx, consent)
	})
}

// WithdrawConsent ends sharing and, for an adult's consent to the referral,
// closes the case as withdrawn with support wound down. A child's case goes on:
// protecting a child needs no consent. Who withdraws the whole referral has
// withdrawn what was shared with an investigation too.
func (s *Service) WithdrawConsent(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, what string) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdWithdrawConsent, func(t *turn) error {
		ended, err := s.endConsents(ctx, t, what)
		if err != nil {
			return err
		}
		if ended == 0 {
			return core.InvalidFields([]core.Field{{Name: "purpose", Code: "consent.none", Msg: "There is no such consent on record that could be withdrawn."}})
		}
		t.detail, t.shared = what, true
		t.c.ConsentPolice = false
		if what == ConsentPolice {
			return nil
		}
		if _, err := s.endConsents(ctx, t, ConsentPolice); err != nil {
			return err
		}
		t.c.ConsentSharing = false
		if t.c.Child {
			return nil
		}
		return s.end(ctx, t, Withdrawn, "consent_withdrawn")
	})
}

func (s *Service) endConsents(ctx context.Context, t *turn, what string) (int, error) {
	consents, err := t.tx.Consents(ctx, t.c.ID)
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, c := range consents {
		if c.Purpose != what || !c.WithdrawnAt.IsZero() {
			continue
		}
		if err := t.tx.EndConsent(ctx, c.ID, t.now, t.actor.UserID); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

// AgeForm corrects what is held about the person's age.
type AgeForm struct {
	Finding string // "child", "adult", "disputed"
	Basis   string // "document", "assessment", "person"
	Reason  core.Secret
	// Authority is told when the person turns out to be a child.
	Authority core.ID
}

// CorrectAge records an age dispute or its outcome. While the age is disputed
// the person stays a child (Convention art. 10(3)).
func (s *Service) CorrectAge(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f AgeForm) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdCorrectAge, func(t *turn) error {
		k := &checker{}
		k.need(f.Finding != "", "finding", "Choose what was found about the age.")
		k.choice("finding", f.Finding, "child", "adult", "disputed")
		k.choice("basis", f.Basis, "document", "assessment", "person")
		k.need(f.Reason != "", "reason", "Say what the finding rests on.")
		k.text("reason", f.Reason.Reveal(), MaxAccount)
		if f.Finding != "adult" {
			k.need(!t.c.LocalAuthority.IsZero() || !f.Authority.IsZero(), "authority", "Choose the local authority that will be told about the child.")
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		if err := checkLocalAuthority(ctx, t.tx, "authority", f.Authority); err != nil {
			return err
		}
		return s.correctAge(ctx, t, f)
	})
}

func (s *Service) correctAge(ctx context.Context, t *turn, f AgeForm) error {
	note := Note{ID: s.ids.New(), CaseID: t.c.ID, AuthorID: t.actor.UserID, AgencyID: t.actor.AgencyID, At: t.now}
	var err error
	if note.Sealed, err = s.sealText(ctx, t.c.PersonID, "note", note.ID, "text", f.Reason); err != nil {
		return err
	}
	if err := t.tx.AddNote(ctx, note); err != nil {
		return err
	}
	wasChild := t.c.Child
	t.c.AgeDisputed = f.Finding == "disputed"
	t.c.AgeContradiction = false
	t.c.Child = f.Finding != "adult"
	t.c.AgeBasis = "assessed"
	t.c.AgeGroup = "child"
	if !t.c.Child {
		t.c.AgeGroup = "adult"
	}
	if !f.Authority.IsZero() {
		t.c.LocalAuthority = f.Authority
	}
	t.detail, t.shared, t.content = f.Finding+":"+f.Basis, true, note
	if err := s.closeTasks(ctx, t, TaskAgeContradiction); err != nil {
		return err
	}
	if t.c.Child && !wasChild {
		if err := s.enqueue(ctx, t.tx, safeguardingOpen, t.c, t.now, fmt.Sprintf("age:%d", t.c.Rev)); err != nil {
			return err
		}
		return t.tx.AddTask(ctx, s.newTask(t.c, TaskChildNotified, t.c.LocalAuthority, t.now, ""))
	}
	if !t.c.Child && wasChild && !t.c.ConsentSharing {
		return t.tx.AddTask(ctx, s.newTask(t.c, TaskConsentAtAge, t.c.Authority, t.now, ""))
	}
	return nil
}

// EditFacts corrects the coded facts of a case, and its sealed sections when
// given. What is left nil stays.
func (s *Service) EditFacts(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, facts Facts) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdEditFacts, func(t *turn) error {
		sch, err := s.schemes.Scheme(t.c.Scheme)
		if err != nil {
			return err
		}
		k := &checker{}
		form := ReferralForm{Facts: facts}
		checkAnswers(k, &facts)
		for _, check := range []func(*checker, *ReferralForm){
			func(k *checker, f *ReferralForm) { checkTypes(k, f, t.rules, nil, core.Date{}) },
			func(k *checker, f *ReferralForm) { checkElements(k, f, t.rules, nil, core.Date{}) },
			func(k *checker, f *ReferralForm) { checkIndicators(k, f, t.rules, sch.Catalogue(), s.todayOf(t.c)) },
			func(k *checker, f *ReferralForm) { checkRisks(k, f, t.rules, nil, core.Date{}) },
		} {
			check(k, &form)
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		t.c.Facts, t.content = facts, facts
		return nil
	})
}

// AskInfo asks another agency a question. No clock stops; the request is shown
// against the clock.
func (s *Service) AskInfo(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, agency core.ID, question core.Secret, due core.Date) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdRequestInfo, func(t *turn) error {
		k := &checker{}
		k.need(question != "", "question", "Write what you need to know.")
		k.text("question", question.Reveal(), MaxAccount)
		k.need(!agency.IsZero(), "agency", "Choose whom to ask.")
		if due.Before(s.todayOf(t.c)) {
			k.add("due", "date.past", "Choose today or a later day.")
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		if err := s.checkAsked(ctx, t, agency); err != nil {
			return err
		}
		r := InfoRequest{ID: s.ids.New(), Rev: 1, CaseID: caseID, AgencyID: agency, AskedBy: t.actor.UserID, AskedAt: t.now, DueAt: s.endOf(t.c, due)}
		var err error
		if r.Question, err = s.sealText(ctx, t.c.PersonID, "info_request", r.ID, "question", question); err != nil {
			return err
		}
		t.c.InfoRequestedFrom = agency
		t.detail, t.shared, t.content = agency.String(), true, r
		if err := t.tx.AddInfoRequest(ctx, r); err != nil {
			return err
		}
		return s.enqueue(ctx, t.tx, jobInfoOverdue, t.c, r.DueAt, r.ID.String())
	})
}

// AnswerInfo answers an open request for information addressed to the actor's
// agency.
func (s *Service) AnswerInfo(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID, requestID core.ID, answer core.Secret) error {
	return s.act(ctx, actor, purpose, caseID, 0, CmdAnswerInfo, func(t *turn) error {
		k := &checker{}
		k.need(answer != "", "answer", "Write an answer. “We do not know” is an answer too.")
		k.text("answer", answer.Reveal(), MaxAccount)
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		requests, err := t.tx.InfoRequests(ctx, caseID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(requests, func(r InfoRequest) bool { return r.ID == requestID && r.AgencyID == t.actor.AgencyID })
		if i < 0 {
			return errNotFound
		}
		if !requests[i].AnsweredAt.IsZero() {
			return core.E(core.Conflict, "info.answered", "This request has been answered already.")
		}
		return s.answerInfo(ctx, t, requests, i, answer)
	})
}

func (s *Service) answerInfo(ctx context.Context, t *turn, requests []InfoRequest, i int, answer core.Secret) error {
	r := requests[i]
	readRev := r.Rev
	r.Rev++
	r.AnsweredBy, r.AnsweredAt = t.actor.UserID, t.now
	var err error
	if r.Answer, err = s.sealText(ctx, t.c.PersonID, "info_request", r.ID, "answer", answer); err != nil {
		return err
	}
	requests[i] = r
	t.c.InfoRequestedFrom = core.ID{}
	for _, other := range requests {
		if other.AnsweredAt.IsZero() {
			t.c.InfoRequestedFrom = other.AgencyID
		}
	}
	t.detail, t.shared, t.content = r.ID.String(), true, r
	return t.tx.SaveInfoRequest(ctx, r, readRev)
}

// AddNote adds a note: internal to the authority, or shared with the referring
// agency.
func (s *Service) AddNote(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, shared bool, text core.Secret) error {
	cmd := CmdAddNote
	if shared {
		cmd = CmdAddSharedNote
	}
	return s.act(ctx, actor, purpose, caseID, 0, cmd, func(t *turn) error {
		k := &checker{}
		k.need(text != "", "text", "Write the note.")
		k.text("text", text.Reveal(), MaxAccount)
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		n := Note{ID: s.ids.New(), CaseID: caseID, AuthorID: t.actor.UserID, AgencyID: t.actor.AgencyID, At: t.now, Shared: shared}
		var err error
		if n.Sealed, err = s.sealText(ctx, t.c.PersonID, "note", n.ID, "text", text); err != nil {
			return err
		}
		t.shared, t.content = shared, n
		return t.tx.AddNote(ctx, n)
	})
}

// CompleteTask marks a task as done.
func (s *Service) CompleteTask(ctx context.Context, actor core.Actor, purpose core.Purpose, taskID core.ID) error {
	return s.store.Write(ctx, func(tx Tx) error {
		task, err := tx.Task(ctx, taskID)
		if err != nil {
			return err
		}
		c, err := tx.Case(ctx, task.CaseID)
		if err != nil {
			return err
		}
		decision, err := s.require(actor, purpose, access.CompleteTask, c.Resource())
		if err != nil {
			return err
		}
		if task.AgencyID != actor.AgencyID {
			return errNotFound
		}
		if !task.DoneAt.IsZero() {
			return nil
		}
		if task.Kind == TaskSecondReview {
			return core.E(core.NotNow, "task.review", "This task is done by reviewing the decision. It cannot be ticked off.")
		}
		if err := s.answeredElsewhere(ctx, tx, actor, purpose, task); err != nil {
			return err
		}
		return s.completeTask(ctx, tx, actor, purpose, task, decision.Policies)
	})
}

func (s *Service) completeTask(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, task *Task, policies []string) error {
	readRev := task.Rev
	task.Rev++
	task.DoneAt, task.DoneBy = s.clock.Now(), actor.UserID
	if err := tx.SaveTask(ctx, *task, readRev); err != nil {
		return err
	}
	event := Event{ID: s.ids.New(), CaseID: task.CaseID, At: task.DoneAt, ActorID: actor.UserID, AgencyID: actor.AgencyID, Kind: "task_done", Detail: string(task.Kind)}
	if err := tx.AddEvent(ctx, event); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.CompleteTask, task.CaseID, "task:"+task.ID.String(), policies), []byte(task.Kind))
}

// DueKey is how a deadline sorts: microseconds since 1970, and NoDeadline when there is none.
func DueKey(t time.Time) int64 {
	if t.IsZero() {
		return NoDeadline
	}
	return t.UnixMicro()
}
