package safeguarding

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/scheme"
)

// StepForm records one act on a child's track.
type StepForm struct {
	Act    Act
	Day    core.Date
	Next   core.Date
	Code   string
	Host   core.ID
	Police core.ID
	Words
}

// Take records an act. rev is that of the step as the person saw it; 0 is any.
func (s *Service) Take(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, f StepForm) error {
	m, ok := MoveOf(f.Act)
	if !ok {
		return errNotFound
	}
	return s.act(ctx, actor, purpose, access.WorkSafeguarding, caseID, func(t *turn) error { return t.take(m, rev, f) })
}

func (t *turn) take(m *Move, rev int, f StepForm) error {
	if err := t.running(); err != nil {
		return err
	}
	steps, err := t.tx.TrackSteps(t.ctx, t.child.CaseID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(steps, func(r StepRow) bool { return r.Step == m.Step })
	if i < 0 {
		return errNoTrack
	}
	row := steps[i]
	if rev != 0 && rev != row.Rev {
		return errChanged
	}
	if !m.AllowedFrom(row.Status) {
		return core.E(core.NotNow, "child.step_not_now", fmt.Sprintf("%s is at “%s”; this is not possible now.", m.Step.Label(), row.Status.Label()))
	}
	if err := t.check(m, &f); err != nil {
		return err
	}
	if err := t.addRecord(m, f); err != nil {
		return err
	}
	read := row.Rev
	row.Status, row.Rev, row.Changed = m.To, read+1, t.now
	if row.DueAt, err = t.dueAfter(m, f); err != nil {
		return err
	}
	if err := t.tx.SaveStep(t.ctx, row, read); err != nil {
		return err
	}
	steps[i] = row
	if err := t.overtaken(m.Step); err != nil {
		return err
	}
	if err := t.follow(m, f, row); err != nil {
		return err
	}
	return t.saveTrack(steps)
}

// running refuses what comes after a track's end or before its beginning.
func (t *turn) running() error {
	switch {
	case t.child.Track == nil:
		return errNoTrack
	case !t.child.Track.EndedAt.IsZero():
		return errEnded
	}
	return nil
}

// runs reports whether the track is open.
func (t *turn) runs() bool { return t.running() == nil }

// check holds the answers against the act's questions.
func (t *turn) check(m *Move, f *StepForm) error {
	k := &checker{}
	given := map[Ask]bool{AskDay: !f.Day.IsZero(), AskNext: !f.Next.IsZero(), AskCode: f.Code != "", AskHost: !f.Host.IsZero(), AskPolice: !f.Police.IsZero(),
		AskWho: !blank(f.Who), AskWhere: !blank(f.Where), AskText: !blank(f.Text)}
	for ask := range given {
		if q, asked := m.Question(ask); asked && q.Missing != "" {
			k.need(given[ask], string(ask), q.Missing)
		}
	}
	today := t.s.today(t.child)
	if f.Day.After(today) {
		k.fail("day", "date.future", "The day must be today or earlier. Enter the day on which it happened.")
	}
	if !f.Next.IsZero() && f.Next.Before(today) {
		k.fail("next", "date.past", "The day must be today or later.")
	}
	if m.Codes != nil {
		k.choice("code", f.Code, m.Codes(t.rules.Children))
	}
	k.text("who", f.Who, maxText)
	k.text("where", f.Where, maxText)
	k.text("text", f.Text, maxText)
	if f.Host == t.child.LocalAuthority {
		f.Host = core.ID{} // it has the track already
	}
	if err := k.agency(t.ctx, t.tx, "host", f.Host, core.LocalAuthority, "Choose a local authority from the list."); err != nil {
		return err
	}
	if err := k.agency(t.ctx, t.tx, "police", f.Police, core.Police, "Choose a police force from the list."); err != nil {
		return err
	}
	return k.err()
}

func (t *turn) addRecord(m *Move, f StepForm) error {
	r := Record{ID: t.s.ids.New(), CaseID: t.child.CaseID, Step: m.Step, Act: m.Act, On: f.Day, Next: f.Next, Code: f.Code, Agency: f.Host, At: t.now,
		ActorID: t.actor.UserID, AgencyID: t.actor.AgencyID}
	var err error
	if r.Sealed, err = seal(t, "child_record", r.ID, "words", f.Words); err != nil {
		return err
	}
	t.object, t.content = "step:"+string(m.Step)+":"+string(m.Act), r
	return t.tx.AddTrackRecord(t.ctx, r)
}

// dueAfter is the clock that runs on a step after an act: the day that was set, or
// none.
func (t *turn) dueAfter(m *Move, f StepForm) (time.Time, error) {
	if f.Next.IsZero() {
		return time.Time{}, nil
	}
	cal, err := t.s.calendar(t.child)
	if err != nil {
		return time.Time{}, err
	}
	due := cal.EndOf(f.Next)
	return due, t.enqueue(jobStepDue, due, "", payload{Case: t.child.CaseID, Step: m.Step, Due: due.UnixMicro()})
}

// follow does what an act brings about beyond its own step.
func (t *turn) follow(m *Move, f StepForm, row StepRow) error {
	k := t.child.Track
	switch m.Act {
	case ActAcknowledge:
		return t.acknowledged()
	case ActPlace:
		k.Host, k.Police = f.Host, f.Police
		t.child.Host = f.Host
		if !t.child.Missing.IsZero() { // whoever has a duty from now on is told as well
			return t.enqueue(jobMissing, t.now, fmt.Sprintf("%s:%d", t.child.Missing, row.Rev), payload{Case: k.CaseID, Episode: t.child.Missing})
		}
	case ActLeave:
		k.Host = core.ID{}
	case ActHandOver:
		if t.child.handingOver() {
			k.EndedAt, k.Ended = t.now, "adult"
		}
	case ActFindAdult:
		return t.notify(NoticeAdult, core.ID{}, string(Age), fmt.Sprintf("%d", row.Rev), 0, t.child.Authority)
	}
	return nil
}

// acknowledged closes the notice that told the local authority, and lets casework
// close its task.
func (t *turn) acknowledged() error {
	err := t.confirmAll(func(n *Notice) bool {
		return n.Kind == NoticeChild && n.AgencyID == t.actor.AgencyID || n.Kind == NoticeStep && n.Detail == string(Notify) || n.Kind == NoticeChildUnknown
	})
	if err != nil {
		return err
	}
	return t.enqueue("casework.child_acknowledged", t.now, "", payload{Case: t.child.CaseID})
}

// saveTrack writes the track with its earliest clock.
func (t *turn) saveTrack(steps []StepRow) error {
	k := t.child.Track
	k.NextDue = earliest(steps)
	read := k.Rev
	k.Rev, k.Updated = read+1, t.now
	return t.tx.SaveTrack(t.ctx, k, read)
}

func earliest(steps []StepRow) time.Time {
	var first time.Time
	for _, s := range steps {
		if !s.DueAt.IsZero() && (first.IsZero() || s.DueAt.Before(first)) {
			first = s.DueAt
		}
	}
	return first
}

// Choices are the lists a child's pages choose from, of the rules of the case's
// day.
func (s *Service) Choices(c *Subject) (scheme.ChildRules, error) {
	rules, err := s.rulesOf(c)
	return rules.Children, err
}

// Agencies lists the agencies of a kind, for a choice.
func (s *Service) Agencies(ctx context.Context, kind core.AgencyKind) ([]core.Agency, error) {
	return s.store.Agencies(ctx, kind)
}
