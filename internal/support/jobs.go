package support

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"clew/internal/core"
	"clew/internal/job"
)

// The kinds of job that casework enqueues in its own transactions.
const (
	JobOpen    = "support.open"    // mark: Recovery or Emergency
	JobChanged = "support.changed" // mark: what happened to the case
)

// JobHandover is enqueued by safeguarding: a child turns adult "soon", or "today".
const JobHandover = "support.handover"

// jobTaken tells safeguarding that somebody who came as a child has a provider.
const jobTaken = "safeguarding.taken_over"

// JobOfferDue runs when the time to answer an offer is over.
const JobOfferDue = "support.offer_due"

const (
	jobRequestDue = "support.request_due"
	jobArrivalDue = "support.arrival_due"
	jobContactDue = "support.contact_due"
	jobReviewDue  = "support.review_due"
	jobEndDue     = "support.end_due"
	jobBedFreed   = "support.bed_freed"
)

// payload holds ids and marks only.
type payload struct {
	Case core.ID `json:"case,omitzero"`
	ID   core.ID `json:"id,omitzero"`
	Mark string  `json:"mark,omitempty"`
}

type handler func(s *Service, ctx context.Context, tx Tx, p payload) error

var handlers = map[string]handler{
	JobOpen: (*Service).openByJob, JobHandover: (*Service).handover, JobChanged: (*Service).caseChanged, JobOfferDue: (*Service).offerDue, jobRequestDue: (*Service).requestDue,
	jobArrivalDue: (*Service).arrivalDue, jobContactDue: (*Service).contactDue, jobReviewDue: (*Service).reviewDue, jobEndDue: (*Service).endDue,
	jobBedFreed: (*Service).offerAgain, jobPermitExpiring: (*Service).permitExpiring, jobPermitExpired: (*Service).permitExpired, jobFollowUp: (*Service).followUpDue,
}

// JobKinds lists the kinds of job that RunJob carries out.
func JobKinds() []string {
	return []string{JobOpen, JobHandover, JobChanged, JobOfferDue, jobRequestDue, jobArrivalDue, jobContactDue, jobReviewDue, jobEndDue, jobBedFreed, jobPermitExpiring, jobPermitExpired,
		jobFollowUp}
}

// RunJob carries out one job in the given transaction, so that its effects and its
// completion are one. A job about something that has moved on does nothing.
func (s *Service) RunJob(ctx context.Context, tx Tx, j job.Job) error {
	var p payload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return job.Fatal(fmt.Errorf("support: payload of job %s: %w", j.ID, err))
	}
	h, ok := handlers[j.Kind]
	if !ok {
		return job.Fatal(fmt.Errorf("support: unknown job %s", j.Kind))
	}
	err := h(s, ctx, tx, p)
	switch core.KindOf(err) {
	case core.NotNow, core.NotFound:
		return nil
	}
	return err
}

// openByJob opens a referral to support when the case has become one that gets it.
// What has support already only changes its kind.
func (s *Service) openByJob(ctx context.Context, tx Tx, p payload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	if !c.SupportAgency.IsZero() {
		return s.becomesRecovery(ctx, tx, c, p.Mark)
	}
	return s.openUnasked(ctx, tx, c, p.Mark, c.Consent)
}

// openUnasked opens a referral to support that nobody asked for, as if the person's
// consent were the one given; what is open already stays.
func (s *Service) openUnasked(ctx context.Context, tx Tx, c *Case, kind string, consent bool) error {
	if c.SupportWanted == "no" {
		return nil // it is there when they change their mind: the authority asks for it
	}
	as := *c
	as.Consent = consent
	if err := s.mayOpen(ctx, tx, &as); err != nil {
		if core.KindOf(err) == core.Conflict {
			return nil // asked for already
		}
		return err
	}
	rules, err := s.rulesOf(c)
	if err != nil {
		return err
	}
	n, err := s.coarse(ctx, tx, c, rules)
	if err != nil {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	return s.openRequest(ctx, tx, c, b, kind, n)
}

// handover looks for adult support on the day a child turns adult. No child is
// asked for consent; the adult is, and until they have agreed a provider can be
// found for them but learns of nobody. Before the day nothing is opened: the local
// authority plans.
func (s *Service) handover(ctx context.Context, tx Tx, p payload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil || p.Mark != "today" {
		return err
	}
	if !c.SupportAgency.IsZero() {
		return s.takenOver(ctx, tx, c)
	}
	return s.openUnasked(ctx, tx, c, kindFor(c), true)
}

// takenOver lets the local authority end the track of somebody who came as a
// child.
func (s *Service) takenOver(ctx context.Context, tx Tx, c *Case) error {
	if !c.WasChild || c.Child {
		return nil
	}
	return s.enqueue(ctx, tx, jobTaken, c.ID, c.ID, "", s.clock.Now())
}

func (s *Service) becomesRecovery(ctx context.Context, tx Tx, c *Case, kind string) error {
	f, err := tx.FileOf(ctx, c.ID)
	if err != nil || f.State == Ended || f.Kind == kind || kind != Recovery {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	readRev := f.Rev
	f.Rev, f.Kind = readRev+1, kind
	if err := tx.SaveFile(ctx, f, readRev); err != nil {
		return err
	}
	return s.record(ctx, tx, b, c.ID, "support:"+f.ID.String(), f)
}

// caseChanged winds support down when the case has ended, was decided against or
// its period is over: a task for the provider, never an end. What nobody has
// accepted yet is taken back, unless only the period is over.
func (s *Service) caseChanged(ctx context.Context, tx Tx, p payload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	if !c.SupportAgency.IsZero() {
		rules, err := s.rulesOf(c)
		if err != nil {
			return err
		}
		due := s.clock.Now().AddDate(0, 0, rules.Support.Notice.Value)
		return s.raise(ctx, tx, c, TaskWindDown, c.SupportAgency, due, p.Mark)
	}
	if p.Mark == "period_ended" {
		return nil
	}
	return s.withdrawRequests(ctx, tx, c, p.Mark)
}

func (s *Service) withdrawRequests(ctx context.Context, tx Tx, c *Case, reason string) error {
	requests, err := tx.RequestsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for i := range requests {
		r := &requests[i]
		if r.State != RequestOpen {
			continue
		}
		b, err := s.clockOn(c)
		if err != nil {
			return err
		}
		if err := s.closeRequest(ctx, tx, r, RequestWithdrawn, reason, core.ID{}); err != nil {
			return err
		}
		if err := s.takeBackOffers(ctx, tx, r.ID); err != nil {
			return err
		}
		if err := tx.CloseTasks(ctx, c.ID, c.Authority, []string{TaskUnanswered}, "", s.clock.Now(), b.actor.UserID); err != nil {
			return err
		}
		if err := s.record(ctx, tx, b, c.ID, "support-request:"+r.ID.String(), r); err != nil {
			return err
		}
	}
	return nil
}

// offerDue lets an offer lapse that nobody answered, and asks the next provider.
func (s *Service) offerDue(ctx context.Context, tx Tx, p payload) error {
	o, err := tx.Offer(ctx, p.ID)
	if err != nil || o.State != OfferWaiting || o.AnswerBy.After(s.clock.Now()) {
		return err
	}
	r, err := tx.Request(ctx, o.Request)
	if err != nil {
		return err
	}
	c, err := tx.Case(ctx, o.Case)
	if err != nil {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	if err := s.closeOffer(ctx, tx, o, OfferLapsed, core.ID{}); err != nil {
		return err
	}
	if err := s.record(ctx, tx, b, c.ID, "offer:"+o.ID.String(), o); err != nil {
		return err
	}
	if r.State != RequestOpen {
		return nil
	}
	rules, err := s.rulesOf(c)
	if err != nil {
		return err
	}
	return s.offerNext(ctx, tx, c, r, rules, false)
}

// requestDue tells the authority that the target has passed without a yes.
func (s *Service) requestDue(ctx context.Context, tx Tx, p payload) error {
	r, err := tx.Request(ctx, p.ID)
	if err != nil || r.State != RequestOpen {
		return err
	}
	c, err := tx.Case(ctx, r.Case)
	if err != nil {
		return err
	}
	return s.escalate(ctx, tx, c, r)
}

// bedFreed asks again for those who wait, because a bed has become free.
func (s *Service) bedFreed(ctx context.Context, tx Tx) error {
	return s.enqueue(ctx, tx, jobBedFreed, core.ID{}, core.ID{}, "", s.clock.Now())
}

// againAtOnce bounds how many open referrals one freed bed is offered around for:
// those that wait longest.
const againAtOnce = 100

func (s *Service) offerAgain(ctx context.Context, tx Tx, _ payload) error {
	requests, err := tx.OpenRequests(ctx, Cursor{}, againAtOnce)
	if err != nil {
		return err
	}
	for i := range requests {
		r := &requests[i]
		c, err := tx.Case(ctx, r.Case)
		if err != nil {
			return err
		}
		rules, err := s.rulesOf(c)
		if err != nil {
			return err
		}
		if err := s.offerNext(ctx, tx, c, r, rules, true); err != nil {
			return err
		}
	}
	return nil
}

// arrivalDue tells the provider that a reserved bed is still empty.
func (s *Service) arrivalDue(ctx context.Context, tx Tx, p payload) error {
	stay, err := tx.Stay(ctx, p.ID)
	if err != nil || stay.State != StayReserved {
		return err
	}
	return s.raiseOn(ctx, tx, stay.File, TaskArrival, stay.ID.String())
}

func (s *Service) raiseOn(ctx context.Context, tx Tx, file core.ID, kind, detail string) error {
	f, err := tx.File(ctx, file)
	if err != nil || f.State == Ended {
		return err
	}
	c, err := tx.Case(ctx, f.Case)
	if err != nil {
		return err
	}
	return s.raise(ctx, tx, c, kind, f.Agency, s.clock.Now(), detail)
}

// contactDue counts a planned contact that nobody recorded as missed, and tells
// whoever has to look.
func (s *Service) contactDue(ctx context.Context, tx Tx, p payload) error {
	k, err := tx.Contact(ctx, p.ID)
	if err != nil || k.State != ContactPlanned || mark(k.PlannedAt) != p.Mark {
		return err
	}
	f, err := tx.File(ctx, k.File)
	if err != nil || f.State == Ended {
		return err
	}
	c, err := tx.Case(ctx, f.Case)
	if err != nil {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	if err := s.moveContact(ctx, tx, f, k, ContactMissed, core.ID{}, nil); err != nil {
		return err
	}
	if err := s.record(ctx, tx, b, c.ID, "contact:"+k.ID.String(), k); err != nil {
		return err
	}
	if err := s.raise(ctx, tx, c, TaskMissed, f.Agency, s.clock.Now(), k.ID.String()); err != nil {
		return err
	}
	if err := s.missedInARow(ctx, tx, c, f); err != nil {
		return err
	}
	return s.saveNext(ctx, tx, f)
}

func mark(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// saveNext keeps the file in its place in the list after its contacts changed.
func (s *Service) saveNext(ctx context.Context, tx Tx, f *File) error {
	next, err := tx.NextContact(ctx, f.ID)
	if err != nil || next.Equal(f.NextAt) {
		return err
	}
	readRev := f.Rev
	f.Rev, f.NextAt = readRev+1, next
	return tx.SaveFile(ctx, f, readRev)
}

// missedInARow raises a welfare check when the newest contacts, as many as the
// scheme says, were all missed: to the provider and the authority and, for a
// child, the local authority. It says that somebody should look, and nothing of
// the file.
func (s *Service) missedInARow(ctx context.Context, tx Tx, c *Case, f *File) error {
	rules, err := s.rulesOf(c)
	if err != nil {
		return err
	}
	contacts, err := tx.Contacts(ctx, f.ID, pageMax)
	if err != nil {
		return err
	}
	missed := 0
	var last core.ID
	for _, k := range contacts {
		if k.State == ContactPlanned || k.State == ContactCancelled {
			continue
		}
		if k.State != ContactMissed {
			break
		}
		if missed++; last.IsZero() {
			last = k.ID
		}
	}
	if missed < rules.Support.MissedContacts.Value {
		return nil
	}
	people := []core.ID{f.Agency, c.Authority}
	if c.Child {
		people = append(people, c.LocalAuthority)
	}
	for _, agency := range people {
		if err := s.raise(ctx, tx, c, TaskWelfareCheck, agency, s.clock.Now(), ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reviewDue(ctx context.Context, tx Tx, p payload) error {
	g, err := tx.Goal(ctx, p.ID)
	if err != nil || g.State != GoalOpen || g.ReviewOn.String() != p.Mark {
		return err
	}
	return s.raiseOn(ctx, tx, g.File, TaskReview, g.ID.String())
}

// endDue reminds that the notice has run out. Support goes on until somebody ends
// it.
func (s *Service) endDue(ctx context.Context, tx Tx, p payload) error {
	f, err := tx.File(ctx, p.ID)
	if err != nil || f.State != Notice || f.EndsOn.String() != p.Mark {
		return err
	}
	return s.raiseOn(ctx, tx, f.ID, TaskEnd, p.Mark)
}
