package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// DecideRG takes the reasonable-grounds decision. A positive one is served at
// once and opens recovery; a negative one waits for a second reviewer.
func (s *Service) DecideRG(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f DecisionForm) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdDecideRG, func(t *turn) error {
		return s.decide(ctx, t, ReasonableGrounds, f)
	})
}

// DecideCG takes the conclusive-grounds decision. A negative one is not possible
// before the recovery period has ended, and waits for a second reviewer.
func (s *Service) DecideCG(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f DecisionForm) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdDecideCG, func(t *turn) error {
		if err := tooEarly(t.c, ConclusiveGrounds, f.Outcome, t.rules); err != nil {
			return err
		}
		return s.decide(ctx, t, ConclusiveGrounds, f)
	})
}

// Reconsider decides anew on a negative decision. Access lets only somebody who
// had no part in the first decision do it. Staying negative needs a second
// reviewer again.
func (s *Service) Reconsider(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f DecisionForm) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdReconsider, func(t *turn) error {
		if err := s.freshEyes(ctx, t); err != nil {
			return err
		}
		return s.decide(ctx, t, Reconsidered, f)
	})
}

// EndRecovery proposes to end the recovery period early, on one of the grounds
// the scheme lists. It takes effect only when a second reviewer confirms it.
func (s *Service) EndRecovery(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f DecisionForm) error {
	f.Outcome = Negative
	return s.act(ctx, actor, purpose, caseID, rev, CmdEndRecovery, func(t *turn) error {
		return s.decide(ctx, t, EndOfRecovery, f)
	})
}

// errStepUp asks for a fresh confirmation of who is deciding.
var errStepUp = core.E(core.Unauthorized, "auth.step_up", "Confirm that it is you, then go on.")

// decide records a decision and serves it, or hands it to a second reviewer.
func (s *Service) decide(ctx context.Context, t *turn, kind DecisionKind, f DecisionForm) error {
	if !t.actor.SteppedUp {
		return errStepUp
	}
	if t.c.ReviewOf != NoDecision {
		return core.E(core.NotNow, "decision.waiting", "A decision on this case already waits for a second reviewer. Let it be reviewed first.")
	}
	sch, err := s.schemes.Scheme(t.c.Scheme)
	if err != nil {
		return err
	}
	if err := core.InvalidFields(checkDecision(kind, &f, t.c, t.rules, sch.Catalogue())); err != nil {
		return err
	}
	if err := s.checkEvidence(ctx, t, f.Evidence); err != nil {
		return err
	}
	if err := s.closeTasks(ctx, t, TaskDecisionReturned); err != nil {
		return err
	}
	d := Decision{ID: s.ids.New(), Rev: 1, CaseID: t.c.ID, Kind: kind, Outcome: f.Outcome, Status: Served, Act: f.Act, Means: f.Means, Purpose: f.Purpose,
		Indicators: f.Indicators, Evidence: f.Evidence, Ground: f.Ground, ProposerID: t.actor.UserID, ProposedAt: t.now}
	if d.Sealed, err = vault.SealJSON(ctx, s.vault, decisionRef(t.c, &d), f.Reasons); err != nil {
		return err
	}
	t.content = d
	t.detail = string(kind) + ":" + string(f.Outcome)
	if f.Outcome == Negative {
		d.Status = Proposed
		t.c.ReviewOf, t.c.ProposerID = kind, t.actor.UserID
		t.detail += ":proposed"
		if err := t.tx.AddTask(ctx, s.newTask(t.c, TaskSecondReview, t.c.Authority, t.c.DueAt, string(kind))); err != nil {
			return err
		}
		return t.tx.AddDecision(ctx, d)
	}
	d.ServedAt = t.now
	t.shared = true
	if err := t.tx.AddDecision(ctx, d); err != nil {
		return err
	}
	return s.serve(ctx, t, &d, Positive)
}

func decisionRef(c *Case, d *Decision) vault.Ref {
	return vault.Ref{Person: c.PersonID, Table: "decision", Row: d.ID.String(), Field: "reasons", Version: d.Rev}
}

// Review is the second reviewer's answer to the decision that waits. The
// reviewer is never its proposer: access sees to that, and so does this.
func (s *Service) Review(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f ReviewForm) error {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return err
	}
	cmd, ok := reviewCommands[c.ReviewOf]
	if !ok {
		if _, err := s.require(actor, purpose, table[CmdReviewRG].Action, c.Resource()); err != nil {
			return err
		}
		return core.E(core.NotNow, "review.none", "No decision on this case waits for a second reviewer.")
	}
	return s.act(ctx, actor, purpose, caseID, rev, cmd, func(t *turn) error { return s.review(ctx, t, f) })
}

var reviewCommands = map[DecisionKind]Command{ReasonableGrounds: CmdReviewRG, ConclusiveGrounds: CmdReviewCG,
	Reconsidered: CmdReviewReconsideration, EndOfRecovery: CmdReviewEndRecovery}

func (s *Service) review(ctx context.Context, t *turn, f ReviewForm) error {
	if !t.actor.SteppedUp {
		return errStepUp
	}
	if t.c.ReviewOf == NoDecision {
		return core.E(core.NotNow, "review.none", "No decision on this case waits for a second reviewer.")
	}
	if t.actor.UserID == t.c.ProposerID {
		return core.E(core.Forbidden, "review.own", "A second reviewer must be somebody else than the one who proposed the decision.")
	}
	if err := core.InvalidFields(checkReview(&f, t.c)); err != nil {
		return err
	}
	if t.c.ReviewOf == Reconsidered {
		if err := s.freshEyes(ctx, t); err != nil {
			return err
		}
	}
	d, err := s.proposedDecision(ctx, t)
	if err != nil {
		return err
	}
	kind := t.c.ReviewOf
	proposed := Findings{d.Act, d.Means, d.Purpose}
	outcome := s.reviewed(t, d, f)
	err = s.reseal(ctx, t, d, func(r *Reasons) {
		r.Review = f.Words
		if found := (Findings{d.Act, d.Means, d.Purpose}); found != proposed {
			r.Proposed = &proposed
		}
	})
	if err != nil {
		return err
	}
	t.c.ReviewOf = NoDecision
	t.detail = string(kind) + ":" + string(f.Answer)
	t.content = *d
	if err := s.closeTasks(ctx, t, TaskSecondReview); err != nil {
		return err
	}
	if f.Answer == SendBack {
		t.c.ProposerID = core.ID{}
		task := s.newTask(t.c, TaskDecisionReturned, t.c.Authority, t.c.DueAt, string(kind))
		task.Assignee = d.ProposerID
		return t.tx.AddTask(ctx, task)
	}
	t.shared = true
	return s.serve(ctx, t, d, outcome)
}

// reviewed notes the answer on the decision and returns the outcome in force.
func (s *Service) reviewed(t *turn, d *Decision, f ReviewForm) Outcome {
	d.ReviewerID, d.ReviewedAt = t.actor.UserID, t.now
	switch f.Answer {
	case SendBack:
		d.Status = Returned
		return ""
	case Overturn:
		d.Status, d.ServedAt = Overturned, t.now
		if d.Kind != EndOfRecovery {
			d.Act, d.Means, d.Purpose = f.Findings.Act, f.Findings.Means, f.Findings.Purpose
		}
		return Positive
	default:
		d.Status, d.ServedAt = Served, t.now
		return d.Outcome
	}
}

func (s *Service) proposedDecision(ctx context.Context, t *turn) (*Decision, error) {
	list, err := t.tx.Decisions(ctx, t.c.ID)
	if err != nil {
		return nil, err
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Status == Proposed && list[i].Kind == t.c.ReviewOf {
			return &list[i], nil
		}
	}
	return nil, fmt.Errorf("casework: case %s waits for a review of %s but has no such proposal", t.c.ID, t.c.ReviewOf)
}

// reseal saves a decision that changed: its words are sealed for its new rev.
// Where the person's key was destroyed there are no words any more, and the
// decision goes on without them.
func (s *Service) reseal(ctx context.Context, t *turn, d *Decision, change func(*Reasons)) error {
	reasons, err := vault.OpenJSON[Reasons](ctx, s.vault, decisionRef(t.c, d), d.Sealed)
	gone := errors.Is(err, vault.ErrShredded)
	if err != nil && !gone {
		return err
	}
	change(&reasons)
	readRev := d.Rev
	d.Rev++
	if gone {
		return t.tx.SaveDecision(ctx, *d, readRev)
	}
	if d.Sealed, err = vault.SealJSON(ctx, s.vault, decisionRef(t.c, d), reasons); err != nil {
		return err
	}
	return t.tx.SaveDecision(ctx, *d, readRev)
}

// serve keeps the letter of a decision and puts the decision in force.
func (s *Service) serve(ctx context.Context, t *turn, d *Decision, outcome Outcome) error {
	about := d.Kind
	if d.Kind == Reconsidered {
		about = ReasonableGrounds
		if !t.c.CGDecidedAt.IsZero() {
			about = ConclusiveGrounds
		}
	}
	if err := s.keepLetter(ctx, t, d, about); err != nil {
		return err
	}
	if d.Kind == EndOfRecovery {
		return s.serveEndOfRecovery(ctx, t, outcome)
	}
	t.c.DeciderID, t.c.ReviewerID, t.c.ProposerID = d.ProposerID, d.ReviewerID, core.ID{}
	if about == ReasonableGrounds {
		return s.serveRG(ctx, t, outcome)
	}
	return s.serveCG(ctx, t, outcome)
}

func (s *Service) serveRG(ctx context.Context, t *turn, outcome Outcome) error {
	c := t.c
	c.RGDecidedAt = t.now
	if outcome == Negative {
		return s.serveNegative(ctx, t, RGNegative)
	}
	today := s.todayOf(c)
	c.State = Recovery
	c.RecoveryFrom, c.RecoveryUntil, c.ReconsiderUntil = today, today.AddDays(t.rules.Recovery.Value), core.Date{}
	s.setDue(c)
	if err := s.enqueue(ctx, t.tx, jobSupportOpen, c, t.now, supportRecovery); err != nil {
		return err
	}
	return s.enqueueRecoveryEnd(ctx, t.tx, c)
}

func (s *Service) serveCG(ctx context.Context, t *turn, outcome Outcome) error {
	t.c.CGDecidedAt = t.now
	if outcome == Negative {
		return s.serveNegative(ctx, t, CGNegative)
	}
	t.c.State, t.c.ReconsiderUntil = Confirmed, core.Date{}
	s.setDue(t.c)
	return nil
}

// serveNegative opens the window in which reconsideration may be asked for. A
// reconsideration that stays negative opens no second window.
func (s *Service) serveNegative(ctx context.Context, t *turn, to State) error {
	again := t.c.State == Reconsideration
	t.c.State = to
	if !again {
		t.c.ReconsiderUntil = s.todayOf(t.c).AddDays(t.rules.ReconsiderationWindow.Value)
	}
	s.setDue(t.c)
	return s.enqueue(ctx, t.tx, jobSupportChanged, t.c, t.now, string(to))
}

func (s *Service) serveEndOfRecovery(ctx context.Context, t *turn, outcome Outcome) error {
	t.c.ProposerID = core.ID{}
	if outcome != Negative {
		return nil // the second reviewer kept the period running
	}
	t.c.State, t.c.RecoveryUntil, t.c.RecoveryEndedAt = CGPending, s.todayOf(t.c), t.now
	s.setDue(t.c)
	return s.enqueue(ctx, t.tx, jobSupportChanged, t.c, t.now, supportPeriodEnded)
}

func checkDecision(kind DecisionKind, f *DecisionForm, c *Case, rules scheme.Rules, cat *scheme.Catalogue) []core.Field {
	k := &checker{}
	k.need(f.Reasons.Reasons != "", "reasons.reasons", "Give the reasons. They are part of the letter.")
	k.text("reasons.reasons", f.Reasons.Reasons.Reveal(), MaxAccount)
	if kind == EndOfRecovery {
		if !slices.Contains(scheme.Codes(rules.EndEarlyGrounds), f.Ground) {
			k.add("ground", "ground.unknown", "Choose one of the grounds on which the period may end early.")
		}
		return k.fields
	}
	if f.Outcome != Positive && f.Outcome != Negative {
		k.add("outcome", "required", "Choose the outcome.")
	}
	k.findings(Findings{f.Act, f.Means, f.Purpose}, f.Outcome, c.WasChild(), "")
	k.text("reasons.act", f.Reasons.Act.Reveal(), MaxAccount)
	k.text("reasons.means", f.Reasons.Means.Reveal(), MaxAccount)
	k.text("reasons.purpose", f.Reasons.Purpose.Reveal(), MaxAccount)
	for _, code := range f.Indicators {
		if _, ok := cat.ByCode(code); !ok || !slices.ContainsFunc(c.Facts.Indicators, func(i Indicator) bool { return i.Code == code }) {
			k.add("indicators", "indicator.unknown", "Choose indicators of this case. One that is missing is added under “Correct the coded facts” first.")
			break
		}
	}
	if len(f.Evidence) == 0 && len(f.Indicators) == 0 {
		k.add("indicators", "decision.basis", "Choose the indicators or the evidence the decision relies on.")
	}
	return k.fields
}

// findings checks act, means and purpose, and that they carry the outcome: a
// positive decision needs each element, except the means for a child. at goes
// before the fields' names.
func (k *checker) findings(f Findings, outcome Outcome, child bool, at string) {
	before := len(k.fields)
	k.finding(at+"act", f.Act, false)
	k.finding(at+"purpose", f.Purpose, false)
	k.finding(at+"means", f.Means, child)
	if outcome != Positive || len(k.fields) > before {
		return
	}
	for name, v := range map[string]Finding{"act": f.Act, "purpose": f.Purpose, "means": f.Means} {
		if v == NotFound && (name != "means" || !child) {
			k.add(at+name, "finding.missing", "A positive decision needs this element. Change the finding or the outcome.")
		}
	}
}

func (k *checker) finding(name string, v Finding, mayBeNotRequired bool) {
	switch {
	case v == Found || v == NotFound, v == NotRequired && mayBeNotRequired:
	case v == NotRequired:
		k.add(name, "finding.required", "Only for a child is the means not required. Choose found or not found.")
	default:
		k.add(name, "required", "Choose a finding.")
	}
}

func checkReview(f *ReviewForm, c *Case) []core.Field {
	k := &checker{}
	if f.Answer != Confirm && f.Answer != Overturn && f.Answer != SendBack {
		k.add("answer", "required", "Choose whether you confirm, overturn or send back the decision.")
	}
	k.need(f.Words != "", "words", "Give your reasons in a sentence or more.")
	k.text("words", f.Words.Reveal(), MaxAccount)
	if f.Answer == Overturn && c.ReviewOf != EndOfRecovery {
		k.findings(f.Findings, Positive, c.WasChild(), "findings.")
	}
	return k.fields
}
