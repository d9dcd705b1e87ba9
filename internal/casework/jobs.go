package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
)

// The kinds of job. Their payloads hold ids and marks only.
const (
	jobReceive     = "casework.receive"
	jobMatch       = "casework.match"
	jobChild       = "casework.child_notified"
	jobDeadline    = "casework.deadline"
	jobRecoveryEnd = "casework.recovery_end"
	jobEighteen    = "casework.turns_eighteen"
	jobInfoOverdue = "casework.info_overdue"
	jobDraft       = "casework.draft"
	jobChildKnown  = "casework.child_acknowledged" // from safeguarding: the local authority has confirmed
)

// What follows from casework in the room that safeguards children.
const (
	safeguardingOpen     = "safeguarding.open"
	safeguardingEighteen = "safeguarding.eighteen"
)

// The kinds of job that tell support what has become of a case. Support carries
// them out; see its package.
const (
	jobSupportOpen    = "support.open"    // mark: "recovery" or "emergency"
	jobSupportChanged = "support.changed" // mark: what ended, or went against the person
)

// supportMark* is what those jobs are for.
const (
	supportRecovery    = "recovery"
	supportEmergency   = "emergency"
	supportPeriodEnded = "period_ended"
)

type jobPayload struct {
	Case  core.ID `json:"case,omitzero"`
	Draft core.ID `json:"draft,omitzero"`
	Mark  string  `json:"mark,omitempty"` // what the job was for; when the case has moved on, it does nothing
}

func (p jobPayload) encode() ([]byte, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("casework: job payload: %w", err)
	}
	return b, nil
}

// JobKinds lists the kinds of job that RunJob carries out.
func JobKinds() []string {
	return []string{jobReceive, jobMatch, jobChild, jobDeadline, jobRecoveryEnd, jobEighteen, jobInfoOverdue, jobDraft, jobChildKnown}
}

// RunJob carries out one job in the given transaction, so that its effects and
// its completion are one. A job about something that has moved on does nothing.
func (s *Service) RunJob(ctx context.Context, tx Tx, j job.Job) error {
	var p jobPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return job.Fatal(fmt.Errorf("casework: payload of job %s: %w", j.ID, err))
	}
	var err error
	switch j.Kind {
	case jobReceive:
		err = s.actIn(ctx, tx, core.SystemActor(), core.Identify, p.Case, 0, CmdReceive, s.receive)
	case jobRecoveryEnd:
		err = s.finishRecovery(ctx, tx, p)
	case jobMatch:
		err = s.raiseMatches(ctx, tx, p)
	case jobChild:
		err = s.raiseFor(ctx, tx, p, TaskChildNotified, func(c *Case) core.ID { return c.LocalAuthority })
	case jobDeadline:
		err = s.raiseDeadline(ctx, tx, p)
	case jobEighteen:
		err = s.raiseEighteen(ctx, tx, p)
	case jobInfoOverdue:
		err = s.raiseInfoOverdue(ctx, tx, p)
	case jobChildKnown:
		err = s.childKnown(ctx, tx, p)
	case jobDraft:
		err = s.tendDraft(ctx, tx, p)
	default:
		return job.Fatal(fmt.Errorf("casework: unknown job %s", j.Kind))
	}
	switch core.KindOf(err) {
	case core.NotNow, core.NotFound:
		return nil
	}
	return err
}

// enqueueNew schedules everything that follows a new referral.
func (s *Service) enqueueNew(ctx context.Context, tx Tx, n *newborn) error {
	c := n.c
	if c.Kind != Referral {
		return nil
	}
	if err := s.enqueue(ctx, tx, jobReceive, c, c.SubmittedAt, "new"); err != nil {
		return err
	}
	if err := s.enqueue(ctx, tx, jobMatch, c, c.SubmittedAt, "new"); err != nil {
		return err
	}
	if err := s.enqueueDeadline(ctx, tx, c); err != nil {
		return err
	}
	if !c.Child && c.ConsentSharing && c.Facts.SupportWanted == "yes" && len(c.Facts.UrgentNeeds) > 0 {
		if err := s.enqueue(ctx, tx, jobSupportOpen, c, c.SubmittedAt, supportEmergency); err != nil {
			return err
		}
	}
	if c.AgeContradiction {
		if err := tx.AddTask(ctx, s.newTask(c, TaskAgeContradiction, c.Authority, c.RGDueAt, "")); err != nil {
			return err
		}
	}
	if !c.Child {
		return nil
	}
	if err := s.enqueue(ctx, tx, jobChild, c, c.SubmittedAt, "new"); err != nil {
		return err
	}
	if err := s.enqueue(ctx, tx, safeguardingOpen, c, c.SubmittedAt, "new"); err != nil {
		return err
	}
	return s.enqueueEighteen(ctx, tx, n)
}

// enqueueDeadline reminds a working day's worth before the deadline and when
// it has passed.
func (s *Service) enqueueDeadline(ctx context.Context, tx Tx, c *Case) error {
	if c.DueAt.IsZero() {
		return nil
	}
	at := c.DueAt.UTC().Format(time.RFC3339)
	if err := s.enqueue(ctx, tx, jobDeadline, c, c.DueAt.Add(-24*time.Hour), "near:"+at); err != nil {
		return err
	}
	return s.enqueue(ctx, tx, jobDeadline, c, c.DueAt.Add(time.Microsecond), "passed:"+at)
}

// enqueueEighteen schedules the two tasks around the eighteenth birthday: the
// scheme's notice before the earliest day it can be, and on the latest.
func (s *Service) enqueueEighteen(ctx context.Context, tx Tx, n *newborn) error {
	born := n.form.Identity.BirthDate
	if born.IsZero() {
		return nil
	}
	loc := s.location(n.c.Scheme, n.c.Jurisdiction)
	adult := n.rules.AdultAge.Value
	first := born.Earliest().Birthday(adult).AddDays(-n.rules.TurningEighteenNotice.Value).StartIn(loc)
	last := born.Latest().Birthday(adult).StartIn(loc)
	if last.Before(s.clock.Now()) {
		return nil
	}
	if err := s.enqueue(ctx, tx, jobEighteen, n.c, first, "soon"); err != nil {
		return err
	}
	return s.enqueue(ctx, tx, jobEighteen, n.c, last, "today")
}

func (s *Service) finishRecovery(ctx context.Context, tx Tx, p jobPayload) error {
	return s.actIn(ctx, tx, core.SystemActor(), core.Identify, p.Case, 0, CmdFinishRecovery, func(t *turn) error {
		if t.c.RecoveryUntil.String() != p.Mark || s.endOf(t.c, t.c.RecoveryUntil).After(t.now) {
			return core.E(core.NotNow, "recovery.moved", "The recovery period was changed meanwhile.")
		}
		t.c.State, t.c.RecoveryEndedAt, t.shared = CGPending, t.now, true
		if t.c.ReviewOf == EndOfRecovery { // overtaken by the calendar
			if err := s.lapse(ctx, t); err != nil {
				return err
			}
		}
		s.setDue(t.c)
		return s.enqueue(ctx, t.tx, jobSupportChanged, t.c, t.now, supportPeriodEnded)
	})
}

// raise adds a task once: a second run of the same job finds it there.
func (s *Service) raise(ctx context.Context, tx Tx, c *Case, task Task) error {
	if task.AgencyID.IsZero() {
		return nil
	}
	present, err := tx.Tasks(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, t := range present {
		if t.Kind == task.Kind && t.Detail == task.Detail && t.AgencyID == task.AgencyID {
			return nil
		}
	}
	return s.addTask(ctx, tx, c, task)
}

// addTask adds a task that clew itself raises, with its line on the timeline.
func (s *Service) addTask(ctx context.Context, tx Tx, c *Case, task Task) error {
	if err := tx.AddTask(ctx, task); err != nil {
		return err
	}
	system := core.SystemActor()
	event := Event{ID: s.ids.New(), CaseID: c.ID, At: s.clock.Now(), ActorID: system.UserID, AgencyID: system.AgencyID, Kind: "task", State: c.State, Detail: string(task.Kind)}
	if err := tx.AddEvent(ctx, event); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry("write", system, core.Identify, access.AdvanceClock, c.ID, "task:"+task.ID.String(), nil), []byte(task.Kind))
}

func (s *Service) raiseFor(ctx context.Context, tx Tx, p jobPayload, kind TaskKind, agency func(*Case) core.ID) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil || !c.State.Live() {
		return err
	}
	return s.raise(ctx, tx, c, s.newTask(c, kind, agency(c), s.clock.Now(), ""))
}

func (s *Service) raiseDeadline(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	kind, at, _ := strings.Cut(p.Mark, ":")
	if c.DueAt.IsZero() || c.DueAt.UTC().Format(time.RFC3339) != at {
		return nil // decided, suspended or moved meanwhile
	}
	task := TaskDeadlineNear
	if kind == "passed" {
		task = TaskDeadlinePassed
	}
	return s.raise(ctx, tx, c, s.newTask(c, task, c.Authority, c.DueAt, string(c.DueFor)))
}

// raiseEighteen tells authority and local authority that a child turns adult,
// and on the day asks for the consent that an adult must give to stay.
func (s *Service) raiseEighteen(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil || !c.State.Live() || !c.Child {
		return err
	}
	if err := s.enqueue(ctx, tx, safeguardingEighteen, c, s.clock.Now(), p.Mark); err != nil {
		return err
	}
	if p.Mark == "soon" {
		if err := s.raise(ctx, tx, c, s.newTask(c, TaskTurnsEighteen, c.LocalAuthority, s.clock.Now().AddDate(0, 0, 100), "")); err != nil {
			return err
		}
		return s.raise(ctx, tx, c, s.newTask(c, TaskTurnsEighteen, c.Authority, s.clock.Now().AddDate(0, 0, 100), ""))
	}
	if err := s.comeOfAge(ctx, tx, c); err != nil {
		return err
	}
	if c.CGDecidedAt.IsZero() && !c.ConsentSharing {
		return s.raise(ctx, tx, c, s.newTask(c, TaskConsentAtAge, c.Authority, s.clock.Now(), ""))
	}
	return nil
}

// childKnown closes the task that told the local authority of a child: it has
// confirmed on the child's track.
func (s *Service) childKnown(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	t := &turn{tx: tx, c: c, actor: core.SystemActor(), now: s.clock.Now()}
	if err := s.closeTasks(ctx, t, TaskChildNotified); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry(ledger.Write, t.actor, core.Identify, access.AdvanceClock, c.ID, "child-acknowledged", nil), nil)
}

// comeOfAge ends what holds for children only: from this day the person is asked,
// and what they refuse or withdraw counts. The age group at referral stays. Who is
// a child by more than the date of birth (a finding, a dispute, a doubt) stays one
// until somebody finds otherwise.
func (s *Service) comeOfAge(ctx context.Context, tx Tx, c *Case) error {
	if c.AgeDisputed || c.AgeBasis == "assessed" || c.AgeBasis == "presumed" {
		return nil
	}
	readRev := c.Rev
	c.Rev++
	c.Child, c.UpdatedAt = false, s.clock.Now()
	if err := tx.SaveCase(ctx, c, readRev); err != nil {
		return err
	}
	system := core.SystemActor()
	event := Event{ID: s.ids.New(), CaseID: c.ID, At: c.UpdatedAt, ActorID: system.UserID, AgencyID: system.AgencyID, Kind: "turned_eighteen", State: c.State, Shared: true}
	if err := tx.AddEvent(ctx, event); err != nil {
		return err
	}
	return tx.Append(ctx, s.entry(ledger.Write, system, core.Identify, access.AdvanceClock, c.ID, "turned-eighteen", nil), nil)
}

func (s *Service) raiseInfoOverdue(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	requests, err := tx.InfoRequests(ctx, c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(requests, func(r InfoRequest) bool { return r.ID.String() == p.Mark && r.AnsweredAt.IsZero() })
	if i < 0 || !c.State.Live() {
		return nil
	}
	return s.raise(ctx, tx, c, s.newTask(c, TaskInfoOverdue, c.Authority, s.clock.Now(), p.Mark))
}

// scheduleDraft looks after a draft until it is submitted or deleted.
func (s *Service) scheduleDraft(ctx context.Context, tx Tx, d *DraftRow, warnDays int) error {
	at := d.ExpiresAt
	if d.WarnedAt.IsZero() {
		at = at.AddDate(0, 0, -warnDays)
	}
	payload, err := jobPayload{Draft: d.ID}.encode()
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, job.Job{ID: s.ids.New(), Kind: jobDraft, Key: fmt.Sprintf("%s:%d", d.ID, at.Unix()), RunAt: at, Payload: payload})
}

// tendDraft warns before a draft is deleted, deletes it when its time has come,
// and comes back later when it was worked on meanwhile.
func (s *Service) tendDraft(ctx context.Context, tx Tx, p jobPayload) error {
	row, err := tx.DraftByID(ctx, p.Draft)
	if err != nil {
		return err
	}
	rules, err := s.rulesToday()
	if err != nil {
		return err
	}
	now, warn := s.clock.Now(), rules.DraftWarningDays
	switch {
	case !row.ExpiresAt.After(now):
		if err := s.vault.Shred(ctx, row.PersonID); err != nil {
			return err
		}
		return s.dropDraftIn(ctx, tx, core.SystemActor(), core.Identify, row, access.AdvanceClock, nil)
	case row.WarnedAt.IsZero() && !row.ExpiresAt.AddDate(0, 0, -warn).After(now):
		row.WarnedAt = now
		// The form stays as it is sealed: a warning is not a change of the draft.
		if err := tx.SaveDraft(ctx, *row, row.Rev); err != nil {
			return err
		}
	}
	return s.scheduleDraft(ctx, tx, row, warn)
}
