package safeguarding

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
)

// The kinds of job. Payloads hold ids, codes and days only. JobOpen and
// JobEighteen are enqueued by casework, JobTaken by support.
const (
	JobOpen      = "safeguarding.open"
	JobEighteen  = "safeguarding.eighteen"
	JobTaken     = "safeguarding.taken_over" // enqueued by support when somebody who came as a child has a provider
	jobStepDue   = "safeguarding.step_due"
	jobMissing   = "safeguarding.missing"
	jobTell      = "safeguarding.tell"
	jobNotice    = "safeguarding.unheard"
	jobInterview = "safeguarding.interview_due"
	jobSameAdult = "safeguarding.same_adult"
	jobAdvocacy  = "safeguarding.advocacy_due"

	// JobLookout waits for the border's own room, which does not exist yet: a job of
	// a kind that no process knows stays where it is, durably, and is run by the
	// first that does. Its payload is a Lookout.
	JobLookout = "border.lookout"
	// JobHandover tells support that a child turns adult; see Handover.
	JobHandover = "support.handover"
)

// payload is what a job of this room carries.
type payload struct {
	Case    core.ID    `json:"case,omitzero"`
	Episode core.ID    `json:"episode,omitzero"`
	Step    Step       `json:"step,omitempty"`
	Due     int64      `json:"due,omitempty"` // microseconds: a clock that was moved makes the job void
	Kind    NoticeKind `json:"kind,omitempty"`
	Mark    string     `json:"mark,omitempty"`
}

// lookout is the payload of JobLookout: watch for this child, or no longer.
// The border asks this room for the description when it needs it; nothing about
// the child travels in the job.
type lookout struct {
	Case    core.ID `json:"case"`
	Episode core.ID `json:"episode"`
	Mark    string  `json:"mark"` // "raise" or "cancel"
}

// JobKinds lists the kinds of job that RunJob carries out.
func JobKinds() []string {
	return []string{JobOpen, JobEighteen, JobTaken, jobStepDue, jobMissing, jobTell, jobNotice, jobInterview, jobSameAdult, jobAdvocacy}
}

// RunJob carries out one job in the given transaction, so that its effects and
// its completion are one: a process that dies in between leaves neither, and
// nothing is told twice.
func (s *Service) RunJob(ctx context.Context, tx Tx, j job.Job) error {
	var p payload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return job.Fatal(fmt.Errorf("safeguarding: payload of job %s: %w", j.ID, err))
	}
	child, err := tx.Subject(ctx, p.Case)
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := s.turn(ctx, tx, core.SystemActor(), core.Identify, access.AdvanceClock, child)
	if err != nil {
		return err
	}
	run, known := map[string]func(*turn, payload) error{
		JobOpen: (*turn).openTrack, JobEighteen: (*turn).eighteen, JobTaken: (*turn).takenOver, jobStepDue: (*turn).stepDue, jobMissing: (*turn).tellMissing, jobTell: (*turn).tell,
		jobNotice: (*turn).unheard, jobInterview: (*turn).interviewDue, jobSameAdult: (*turn).sameAdult, jobAdvocacy: (*turn).advocacyDue,
	}[j.Kind]
	if !known {
		return job.Fatal(fmt.Errorf("safeguarding: unknown job %s", j.Kind))
	}
	return run(t, p)
}

// enqueue adds what follows. Without a key the kind, the case and what it is about
// make one.
func (t *turn) enqueue(kind string, at time.Time, key string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("safeguarding: job payload: %w", err)
	}
	if p, ok := body.(payload); key == "" && ok {
		key = fmt.Sprintf("%s:%s:%d", p.Case, p.Step, p.Due)
	}
	return t.tx.Enqueue(t.ctx, job.Job{ID: t.s.ids.New(), Kind: kind, Key: key, RunAt: at, Payload: b, Case: t.child.CaseID})
}

// notify puts a notice into the inboxes of agencies, once each, with a ledger
// entry for every one that was added. A notice that waits for an answer is passed
// on when none comes.
func (t *turn) notify(kind NoticeKind, subject core.ID, detail, mark string, answer time.Duration, agencies ...core.ID) error {
	for _, agency := range agencies {
		if agency.IsZero() {
			continue
		}
		n := Notice{ID: t.s.ids.New(), Rev: 1, Key: fmt.Sprintf("%s:%s:%s:%s:%s:%s", kind, t.child.CaseID, subject, detail, mark, agency), AgencyID: agency,
			CaseID: t.child.CaseID, SubjectID: subject, Kind: kind, Detail: detail, CreatedAt: t.now}
		if answer > 0 {
			n.DueAt = t.now.Add(answer)
		}
		added, err := t.tx.AddNotice(t.ctx, n)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		if err := t.trace("notice:"+n.ID.String(), n); err != nil {
			return err
		}
		if answer > 0 {
			if err := t.enqueue(jobNotice, n.DueAt, n.ID.String(), payload{Case: n.CaseID, Mark: n.ID.String()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// trace writes a ledger entry of clew's own.
func (t *turn) trace(object string, content any) error {
	b, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("safeguarding: describe the change for the ledger: %w", err)
	}
	return t.tx.Append(t.ctx, t.s.entry(ledger.Write, core.SystemActor(), core.Identify, access.AdvanceClock, t.child.CaseID, object, nil), b)
}

// duty is every agency that has to do with a missing child, each once: who placed
// the child and where, who looks, who decides, who gives support.
func (t *turn) duty(police core.ID) []core.ID {
	var out []core.ID
	for _, id := range []core.ID{t.child.LocalAuthority, t.child.Host, police, t.child.Authority, t.child.SupportAgency} {
		if !id.IsZero() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// openTrack opens the track of a child, once, and tells the local authority.
func (t *turn) openTrack(payload) error {
	c := t.child
	if c.Track != nil && c.Track.EndedAt.IsZero() || !c.Live || !c.Child || c.Kind != access.KindReferral {
		return nil
	}
	if c.Track != nil {
		return t.reopen()
	}
	cal, err := t.s.calendar(c)
	if err != nil {
		return err
	}
	r := t.rules.Children
	due := map[Step]time.Time{
		Notify: r.Acknowledge.Value.After(t.now), Guardian: r.GuardianOffer.Value.After(t.now),
		Meeting: cal.Deadline(t.now, r.StrategyMeeting.Value), Panel: cal.CalendarDeadline(t.now, r.Panel.Value),
	}
	var rows []StepRow
	for _, step := range Steps {
		row := StepRow{CaseID: c.CaseID, Step: step, Status: Waiting, Rev: 1, DueAt: due[step], Changed: t.now}
		if step == Handover || step == Age && c.AgeBasis != "presumed" && !c.AgeDisputed {
			row.Status = NotNeeded
		}
		if err := t.tx.AddStep(t.ctx, row); err != nil {
			return err
		}
		if !row.DueAt.IsZero() {
			if err := t.enqueue(jobStepDue, row.DueAt, "", payload{Case: c.CaseID, Step: step, Due: row.DueAt.UnixMicro()}); err != nil {
				return err
			}
		}
		rows = append(rows, row)
	}
	c.Track = &Track{CaseID: c.CaseID, Rev: 1, OpenedAt: t.now, NextDue: earliest(rows), Updated: t.now}
	if err := t.tx.AddTrack(t.ctx, c.Track); err != nil {
		return err
	}
	if err := t.trace("track", c.Track); err != nil {
		return err
	}
	return t.notify(NoticeChild, core.ID{}, "", "", 0, c.LocalAuthority)
}

// reopen takes up the track of somebody who was taken for an adult and is a child.
func (t *turn) reopen() error {
	k := t.child.Track
	read := k.Rev
	k.Rev, k.EndedAt, k.Ended, k.Updated = read+1, time.Time{}, "", t.now
	if err := t.tx.SaveTrack(t.ctx, k, read); err != nil {
		return err
	}
	if err := t.trace("track", k); err != nil {
		return err
	}
	return t.notify(NoticeChild, core.ID{}, "", fmt.Sprintf("again:%d", k.Rev), 0, t.child.LocalAuthority)
}

// stepDue says that the time of a step is out, when it still waits. That nobody has
// confirmed to know of the child goes to the competent authority as well.
func (t *turn) stepDue(p payload) error {
	if !t.runs() || !t.child.Live || !t.child.Child && !t.child.handingOver() {
		return nil
	}
	steps, err := t.tx.TrackSteps(t.ctx, p.Case)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(steps, func(r StepRow) bool { return r.Step == p.Step && r.DueAt.UnixMicro() == p.Due }) {
		return nil // done, or its day was moved
	}
	mark := fmt.Sprint(p.Due)
	if err := t.notify(NoticeStep, core.ID{}, string(p.Step), mark, 0, t.child.LocalAuthority); err != nil || p.Step != Notify {
		return err
	}
	return t.notify(NoticeChildUnknown, core.ID{}, "", mark, 0, t.child.Authority)
}

// tellMissing tells everybody with a duty, and asks the border to look out.
func (t *turn) tellMissing(p payload) error {
	e, err := t.tx.Episode(t.ctx, p.Episode)
	if err != nil || e.State != Gone {
		return err
	}
	if err := t.notify(NoticeMissing, e.ID, "", "", hours(int(t.rules.Children.MissingAcknowledge.Value)), t.duty(e.Police)...); err != nil {
		return err
	}
	return t.enqueue(JobLookout, t.now, e.ID.String()+":raise", lookout{Case: e.CaseID, Episode: e.ID, Mark: "raise"})
}

// tell passes on a sighting, or that the child was found.
func (t *turn) tell(p payload) error {
	e, err := t.tx.Episode(t.ctx, p.Episode)
	if err != nil || e.State == Closed {
		return err
	}
	if err := t.notify(p.Kind, e.ID, "", p.Mark, 0, t.duty(e.Police)...); err != nil || p.Kind != NoticeFound {
		return err
	}
	over := func(n *Notice) bool { return n.SubjectID == e.ID && n.Kind.Urgent() }
	if err := t.confirmAll(over); err != nil {
		return err
	}
	return t.enqueue(JobLookout, t.now, e.ID.String()+":cancel", lookout{Case: e.CaseID, Episode: e.ID, Mark: "cancel"})
}

// maxLevel is how often a notice without an answer is passed on.
const maxLevel = 3

// unheard passes on a notice about a missing child that nobody has confirmed: the
// authorities that can ring somebody up are told which agency is silent. The
// agency's own notice stays.
func (t *turn) unheard(p payload) error {
	id, err := core.ParseID(p.Mark)
	if err != nil {
		return job.Fatal(fmt.Errorf("safeguarding: notice %q: %w", p.Mark, err))
	}
	n, err := t.tx.Notice(t.ctx, id)
	if err != nil || !n.AcknowledgedAt.IsZero() || n.DueAt.After(t.now) || n.Level >= maxLevel || t.child.Missing != n.SubjectID {
		return err
	}
	wait := hours(int(t.rules.Children.MissingAcknowledge.Value))
	read := n.Rev
	n.Rev, n.Level, n.DueAt = read+1, n.Level+1, t.now.Add(wait)
	if err := t.tx.SaveNotice(t.ctx, *n, read); err != nil {
		return err
	}
	if err := t.enqueue(jobNotice, n.DueAt, fmt.Sprintf("%s:%d", n.ID, n.Level), payload{Case: n.CaseID, Mark: p.Mark}); err != nil {
		return err
	}
	if err := t.trace("notice:"+n.ID.String(), n); err != nil {
		return err
	}
	for _, agency := range []core.ID{t.child.LocalAuthority, t.child.Authority} {
		if agency == n.AgencyID {
			continue // it has its own notice
		}
		if err := t.notify(NoticeMissingUnheard, n.SubjectID, n.AgencyID.String(), "", 0, agency); err != nil {
			return err
		}
	}
	return nil
}

// interviewDue says that nobody has listened to a child who came back.
func (t *turn) interviewDue(p payload) error {
	e, err := t.tx.Episode(t.ctx, p.Episode)
	if err != nil || e.State != Found || e.InterviewDue.After(t.now) {
		return err
	}
	return t.notify(NoticeInterview, e.ID, "", "", 0, t.child.LocalAuthority, t.child.Host, t.child.Authority)
}

// sameAdult looks whether the adult was presented to other children too.
func (t *turn) sameAdult(p payload) error {
	list, err := t.tx.SharedTraces(t.ctx, p.Case)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.SourceID.String() != p.Mark || v.OtherSource != FromCarer || !v.Kind.strong() {
			continue
		}
		if err := t.notify(NoticeSameAdult, v.SourceID, string(v.Kind), v.OtherSourceID.String(), 0, t.child.LocalAuthority, t.child.Host, t.child.Authority); err != nil {
			return err
		}
		other := *t
		other.child = &v.Other
		if err := other.notify(NoticeSameAdult, v.OtherSourceID, string(v.Kind), v.SourceID.String(), 0, v.Other.LocalAuthority, v.Other.Host, v.Other.Authority); err != nil {
			return err
		}
	}
	return nil
}

// advocacyDue says that what somebody was to do for the child is not recorded as
// done.
func (t *turn) advocacyDue(p payload) error {
	id, err := core.ParseID(p.Mark)
	if err != nil {
		return job.Fatal(fmt.Errorf("safeguarding: advocacy %q: %w", p.Mark, err))
	}
	a, err := t.tx.Advocacy(t.ctx, id)
	if err != nil || a.State != ActionOpen || !t.child.Live || !t.child.Child {
		return err
	}
	return t.notify(NoticeStep, a.ID, "advocacy", "", 0, t.child.LocalAuthority)
}

// handover is the payload of JobHandover.
type handover struct {
	Case core.ID `json:"case"`
	Mark string  `json:"mark"` // "soon": prepare; "today": take over
}

// eighteen prepares the hand-over to adult support some time before the birthday,
// and on the day lets support look for a provider. The track goes on until one has
// taken over, so that there is no day on which nobody answers for the person.
func (t *turn) eighteen(p payload) error {
	if !t.child.Live || t.child.Track == nil || p.Mark == "today" && t.child.Child {
		return nil // ended, or a child still because the age is in doubt
	}
	if err := t.enqueue(JobHandover, t.now, fmt.Sprintf("%s:%s", p.Case, p.Mark), handover{Case: p.Case, Mark: p.Mark}); err != nil {
		return err
	}
	if p.Mark == "soon" {
		return t.prepareHandover()
	}
	return t.comeOfAge()
}

func (t *turn) prepareHandover() error {
	if !t.runs() || !t.child.Child {
		return nil
	}
	steps, err := t.tx.TrackSteps(t.ctx, t.child.CaseID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(steps, func(r StepRow) bool { return r.Step == Handover })
	if i < 0 || steps[i].Status != NotNeeded {
		return nil
	}
	row := steps[i]
	read := row.Rev
	cal, err := t.s.calendar(t.child)
	if err != nil {
		return err
	}
	// A month before the day leaves time to mend what is missing; half the notice
	// where the notice is shorter.
	row.Status, row.Rev, row.Changed = Waiting, read+1, t.now
	row.DueAt = cal.CalendarDeadline(t.now, t.rules.TurningEighteenNotice.Value/2)
	if err := t.tx.SaveStep(t.ctx, row, read); err != nil {
		return err
	}
	steps[i] = row
	if err := t.enqueue(jobStepDue, row.DueAt, "", payload{Case: row.CaseID, Step: Handover, Due: row.DueAt.UnixMicro()}); err != nil {
		return err
	}
	if err := t.saveTrack(steps); err != nil {
		return err
	}
	return t.notify(NoticeHandover, core.ID{}, "", "", 0, t.child.LocalAuthority)
}

// comeOfAge hands over somebody who is an adult by the case. The track ends when
// adult support has taken over: by the day, when that is recorded already or a
// provider has been there before it.
func (t *turn) comeOfAge() error {
	if !t.runs() {
		return nil
	}
	steps, err := t.tx.TrackSteps(t.ctx, t.child.CaseID)
	if err != nil {
		return err
	}
	at := func(states ...Status) bool {
		return slices.ContainsFunc(steps, func(r StepRow) bool { return r.Step == Handover && slices.Contains(states, r.Status) })
	}
	if at(HandedOver) {
		return t.endTrack()
	}
	if !at(Planned) {
		if err := t.notify(NoticeHandoverLate, core.ID{}, "", "", 0, t.child.Authority); err != nil {
			return err
		}
	}
	k := t.child.Track
	read := k.Rev
	k.Rev, k.Ended, k.Updated = read+1, handingOver, t.now
	if err := t.tx.SaveTrack(t.ctx, k, read); err != nil {
		return err
	}
	return t.trace("track", k)
}

// takenOver ends the track of an adult whom a provider has accepted.
func (t *turn) takenOver(payload) error {
	if !t.child.handingOver() {
		return nil
	}
	steps, err := t.tx.TrackSteps(t.ctx, t.child.CaseID)
	if err != nil {
		return err
	}
	for _, row := range steps {
		if row.Step != Handover || row.Status == HandedOver {
			continue
		}
		read := row.Rev
		row.Rev, row.Status, row.DueAt, row.Changed = read+1, HandedOver, time.Time{}, t.now
		if err := t.tx.SaveStep(t.ctx, row, read); err != nil {
			return err
		}
	}
	if err := t.overtaken(Handover); err != nil {
		return err
	}
	return t.endTrack()
}

func (t *turn) endTrack() error {
	k := t.child.Track
	read := k.Rev
	k.Rev, k.EndedAt, k.Ended, k.Updated = read+1, t.now, "adult", t.now
	if err := t.tx.SaveTrack(t.ctx, k, read); err != nil {
		return err
	}
	return t.trace("track", k)
}

// overtaken takes what an act on a step has answered out of the inboxes: that its
// time was out, and for the hand-over that it was to be planned.
func (t *turn) overtaken(step Step) error {
	return t.confirmAll(func(n *Notice) bool {
		return n.Kind == NoticeStep && n.SubjectID.IsZero() && n.Detail == string(step) ||
			step == Handover && (n.Kind == NoticeHandover || n.Kind == NoticeHandoverLate)
	})
}

// confirmAll confirms every notice about the child that is open and fits: what was
// overtaken asks nobody for an answer.
func (t *turn) confirmAll(fits func(*Notice) bool) error {
	list, err := t.tx.NoticesOf(t.ctx, t.child.CaseID)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.AcknowledgedAt.IsZero() && fits(&n) {
			if err := t.confirm(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// confirm marks a notice as heard by the turn's actor.
func (t *turn) confirm(n Notice) error {
	read := n.Rev
	n.Rev, n.AcknowledgedAt, n.AcknowledgedBy = read+1, t.now, t.actor.UserID
	return t.tx.SaveNotice(t.ctx, n, read)
}

// Acknowledge confirms that the actor's agency has a notice. Confirming it twice is
// no error: two people of an agency may press at once.
func (s *Service) Acknowledge(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*Notice, error) {
	n, err := s.store.Notice(ctx, id)
	if err != nil {
		return nil, err
	}
	if n.AgencyID != actor.AgencyID {
		return nil, core.E(core.NotFound, "notice.not_found", "There is no such notice.")
	}
	err = s.act(ctx, actor, purpose, access.ViewMissing, n.CaseID, func(t *turn) error {
		if n, err = t.tx.Notice(ctx, id); err != nil {
			return err
		}
		t.object, t.content = "notice:"+id.String(), n
		if !n.AcknowledgedAt.IsZero() {
			return nil
		}
		if n.Kind == NoticeChild {
			return core.E(core.NotNow, "notice.on_track", "Confirm this on the child's track, with the name of who answers for the child.")
		}
		if err := t.confirm(*n); err != nil || n.Kind != NoticeMissing {
			return err
		}
		silent := n.AgencyID.String()
		return t.confirmAll(func(o *Notice) bool {
			return o.Kind == NoticeMissingUnheard && o.SubjectID == n.SubjectID && o.Detail == silent
		})
	})
	return n, err
}
