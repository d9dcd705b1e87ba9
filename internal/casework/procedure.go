package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// Receive moves a submitted referral into the authority's work.
func (s *Service) Receive(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdReceive, s.receive)
}

func (s *Service) receive(t *turn) error {
	t.c.State = RGPending
	t.shared = true
	s.setDue(t.c)
	return nil
}

// Assign gives the case to a caseworker of the authority; the zero user takes
// it off everybody's desk.
func (s *Service) Assign(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, user core.ID) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdAssign, func(t *turn) error {
		if err := s.checkAssignee(ctx, actor, user); err != nil {
			return err
		}
		t.c.Assignee = user
		t.detail = user.String()
		return nil
	})
}

// checkAssignee refuses a user who does not decide in the actor's authority.
func (s *Service) checkAssignee(ctx context.Context, actor core.Actor, user core.ID) error {
	if user.IsZero() || s.staff == nil {
		return nil
	}
	works, err := s.staff.WorksAs(ctx, user, actor.AgencyID, core.RoleCaseworker)
	if err != nil || works {
		return err
	}
	return core.InvalidFields([]core.Field{{Name: "assignee", Code: "assignee.unknown", Msg: "Choose a caseworker of your authority."}})
}

// AssignMany gives several cases to one caseworker. Each is its own
// transaction: the error of one stops no other. Failed holds the ids that were
// not assigned.
func (s *Service) AssignMany(ctx context.Context, actor core.Actor, purpose core.Purpose, cases []core.ID, user core.ID) (failed []core.ID, err error) {
	if len(cases) > 500 {
		return nil, core.E(core.TooLarge, "assign.many", "Assign 500 cases or fewer at a time.")
	}
	for _, id := range cases {
		if e := s.Assign(ctx, actor, purpose, id, 0, user); e != nil {
			failed, err = append(failed, id), e
		}
	}
	return failed, err
}

// ExtendRecovery makes the recovery period longer. It never makes it shorter:
// that is EndRecovery.
func (s *Service) ExtendRecovery(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, until core.Date, ground string) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdExtendRecovery, func(t *turn) error {
		k := &checker{}
		if !until.After(t.c.RecoveryUntil) {
			k.add("until", "recovery.shorter", fmt.Sprintf("Choose a day after %s, the present end of the period.", t.c.RecoveryUntil.Long()))
		}
		if until.After(s.todayOf(t.c).AddMonths(24)) {
			k.add("until", "recovery.far", "Choose a day within the next two years. The period can be extended again.")
		}
		if grounds := scheme.Codes(t.rules.ExtendGrounds); !slices.Contains(grounds, ground) {
			k.add("ground", "required", "Choose why the period is extended.")
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		t.c.RecoveryUntil = until
		t.detail, t.shared = until.String()+":"+ground, true
		s.setDue(t.c)
		return s.enqueueRecoveryEnd(ctx, t.tx, t.c)
	})
}

// ReconsiderationForm asks for a new look at a negative decision.
type ReconsiderationForm struct {
	Request    core.Secret // what the person says is wrong
	LateReason core.Secret // needed after the window
}

// RequestReconsideration opens a reconsideration. After the scheme's window a
// reason for being late is needed; being late alone never refuses it.
func (s *Service) RequestReconsideration(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f ReconsiderationForm) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdRequestReconsideration, func(t *turn) error {
		late := s.todayOf(t.c).After(t.c.ReconsiderUntil)
		k := &checker{}
		k.need(f.Request != "", "request", "Say why the decision should be looked at again.")
		k.text("request", f.Request.Reveal(), MaxAccount)
		k.text("lateReason", f.LateReason.Reveal(), MaxAccount)
		if late {
			k.need(f.LateReason != "", "lateReason", fmt.Sprintf("The time to ask ended on %s. Say why the request comes late.", t.c.ReconsiderUntil.Long()))
		}
		if err := core.InvalidFields(k.fields); err != nil {
			return err
		}
		d := Decision{ID: s.ids.New(), Rev: 1, CaseID: t.c.ID, Kind: Reconsidered, Status: "requested", Late: late, ProposerID: t.actor.UserID, ProposedAt: t.now}
		var err error
		if d.Sealed, err = vault.SealJSON(ctx, s.vault, decisionRef(t.c, &d), Reasons{Request: f.Request, LateReason: f.LateReason}); err != nil {
			return err
		}
		if err := t.tx.AddDecision(ctx, d); err != nil {
			return err
		}
		t.c.State, t.c.Assignee = Reconsideration, core.ID{}
		t.content, t.shared = d, true
		return s.startReconsiderationClock(ctx, t)
	})
}

func (s *Service) startReconsiderationClock(ctx context.Context, t *turn) error {
	s.setDue(t.c)
	if t.rules.ReconsiderationTarget.Value == 0 {
		return nil
	}
	cal, err := s.calendar(t.c.Scheme, t.c.Jurisdiction)
	if err != nil {
		return err
	}
	t.c.DueAt, t.c.DueFor = cal.Deadline(t.now, t.rules.ReconsiderationTarget.Value), DueReconsideration
	return s.enqueueDeadline(ctx, t.tx, t.c)
}

// Suspend stops the clocks while the person's whereabouts are unknown.
func (s *Service) Suspend(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, reason string) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdSuspend, func(t *turn) error {
		if err := s.needReason(reason, t.rules.SuspendReasons); err != nil {
			return err
		}
		t.c.Prior, t.c.State, t.c.SuspendedAt = t.c.State, Suspended, t.now
		t.detail, t.shared = reason, true
		s.setDue(t.c)
		return nil
	})
}

// Resume goes on where the case was suspended. The clocks get back the time
// they stood still.
func (s *Service) Resume(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdResume, func(t *turn) error {
		c := t.c
		if err := s.giveBackTime(t); err != nil {
			return err
		}
		c.State, c.Prior, c.SuspendedAt = c.Prior, "", time.Time{}
		t.shared = true
		s.setDue(c)
		switch c.State {
		case Submitted, RGPending: // the reminders of the old deadline say nothing any more
			return s.enqueueDeadline(ctx, t.tx, c)
		case Recovery:
			return s.enqueueRecoveryEnd(ctx, t.tx, c)
		case Reconsideration:
			return s.startReconsiderationClock(ctx, t)
		}
		return nil
	})
}

func (s *Service) giveBackTime(t *turn) error {
	c := t.c
	cal, err := s.calendar(c.Scheme, c.Jurisdiction)
	if err != nil {
		return err
	}
	from, today := core.DateIn(c.SuspendedAt, cal.Location()), s.todayOf(c)
	switch c.Prior {
	case Submitted, RGPending:
		if c.RGDueAt.IsZero() {
			return nil // a notification has no clock
		}
		due := core.DateIn(c.RGDueAt, cal.Location())
		c.RGDueAt = s.endOf(c, cal.AddWorkingDays(due, cal.WorkingDaysBetween(from, today)))
	case Recovery:
		c.RecoveryUntil = c.RecoveryUntil.AddDays(today.Sub(from))
	}
	return nil
}

// needReason checks a coded reason.
func (s *Service) needReason(reason string, offered []scheme.Code) error {
	if slices.Contains(scheme.Codes(offered), reason) {
		return nil
	}
	return core.InvalidFields([]core.Field{{Name: "reason", Code: "required", Msg: "Choose a reason from the list."}})
}

// Withdraw ends a case at the person's wish, or for one of the scheme's reasons.
func (s *Service) Withdraw(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, reason string) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdWithdraw, func(t *turn) error {
		if err := s.needReason(reason, t.rules.WithdrawReasons); err != nil {
			return err
		}
		return s.end(ctx, t, Withdrawn, reason)
	})
}

// Close ends a case with a reason.
func (s *Service) Close(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, reason string) error {
	return s.act(ctx, actor, purpose, caseID, rev, CmdClose, func(t *turn) error {
		if err := s.needReason(reason, t.rules.CloseReasons); err != nil {
			return err
		}
		return s.end(ctx, t, Closed, reason)
	})
}

// end closes or withdraws. Support is wound down, not cut: whoever gives it gets
// a task.
func (s *Service) end(ctx context.Context, t *turn, to State, reason string) error {
	if err := s.lapse(ctx, t); err != nil {
		return err
	}
	if err := s.closeTasks(ctx, t, TaskDecisionReturned); err != nil {
		return err
	}
	t.c.State, t.c.ClosedAt, t.c.EndReason = to, t.now, reason
	t.c.InfoRequestedFrom = core.ID{}
	t.detail, t.shared = reason, true
	s.setDue(t.c)
	return s.enqueue(ctx, t.tx, jobSupportChanged, t.c, t.now, reason)
}

// newTask makes a task about the case.
func (s *Service) newTask(c *Case, kind TaskKind, agency core.ID, due time.Time, detail string) Task {
	return Task{ID: s.ids.New(), Rev: 1, CaseID: c.ID, Kind: kind, AgencyID: agency, DueAt: due, CreatedAt: s.clock.Now(), Detail: detail}
}

// closeTasks marks the case's open tasks of a kind as done.
func (s *Service) closeTasks(ctx context.Context, t *turn, kind TaskKind) error {
	tasks, err := t.tx.Tasks(ctx, t.c.ID)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Kind != kind || !task.DoneAt.IsZero() {
			continue
		}
		readRev := task.Rev
		task.Rev++
		task.DoneAt, task.DoneBy = t.now, t.actor.UserID
		if err := t.tx.SaveTask(ctx, task, readRev); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) enqueueRecoveryEnd(ctx context.Context, tx Tx, c *Case) error {
	return s.enqueue(ctx, tx, jobRecoveryEnd, c, s.endOf(c, c.RecoveryUntil), c.RecoveryUntil.String())
}

func (s *Service) enqueue(ctx context.Context, tx Tx, kind string, c *Case, at time.Time, mark string) error {
	payload, err := jobPayload{Case: c.ID, Mark: mark}.encode()
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, job.Job{ID: s.ids.New(), Kind: kind, Key: c.ID.String() + ":" + mark, RunAt: at, Payload: payload, Case: c.ID})
}
