package concern

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/vault"
)

// List returns a page of the concerns that the actor may see, the newest first.
func (s *Service) List(ctx context.Context, actor core.Actor, purpose core.Purpose, q Query) ([]Concern, error) {
	if _, err := s.policies.Require(actor, purpose, access.ListConcerns, access.Whole()); err != nil {
		return nil, err
	}
	q.Scope = s.policies.ConcernScope(actor, purpose)
	if q.Scope.Empty() {
		return nil, nil
	}
	const page = 50
	if q.Limit <= 0 || q.Limit > page {
		q.Limit = page
	}
	return s.store.Concerns(ctx, q)
}

// Waiting counts what waits at the actor's own desk.
func (s *Service) Waiting(ctx context.Context, actor core.Actor, purpose core.Purpose) (Waiting, error) {
	if _, err := s.policies.Require(actor, purpose, access.ListConcerns, access.Whole()); err != nil {
		return Waiting{}, err
	}
	scope := s.policies.ConcernScope(actor, purpose)
	if scope.Desk.IsZero() {
		return Waiting{}, nil
	}
	return s.store.Waiting(ctx, scope.Desk)
}

// File is a concern that was opened.
type File struct {
	Concern
	Words         Words     // of a report
	ConfirmedAt   time.Time // when the reporter typed the receipt back
	Messages      []Message // of a report, after the first
	Photo         *PhotoRow // its head, without the picture
	Record        Record    // of a call, the newest version
	RecordVersion int
	RecordBy      core.ID
	Events        []Event
	FollowUps     []FollowUp
	MayWork       bool
}

// Open opens a concern with everything in it. Opening is in the ledger.
func (s *Service) Open(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*File, error) {
	c, err := s.store.Concern(ctx, id)
	if err != nil {
		return nil, err
	}
	decision, err := s.require(actor, purpose, access.ViewConcern, c)
	if err != nil {
		return nil, err
	}
	f := &File{Concern: *c, MayWork: s.policies.Check(actor, purpose, access.WorkConcern, c.Resource()).Allowed}
	if f.Events, err = s.store.Events(ctx, id); err != nil {
		return nil, err
	}
	if f.MayWork {
		if f.FollowUps, err = s.followUps(ctx, c); err != nil {
			return nil, err
		}
	}
	fill := s.fillCall
	if c.Kind == Report {
		fill = s.fillReport
	}
	if err := fill(ctx, f); err != nil {
		return nil, err
	}
	return f, s.read(ctx, actor, purpose, access.ViewConcern, id, decision.Policies)
}

func (s *Service) fillReport(ctx context.Context, f *File) error {
	row, err := s.store.Report(ctx, f.ID)
	if core.KindOf(err) == core.NotFound {
		return nil // erased: the row of codes is left
	}
	if err != nil {
		return err
	}
	f.ConfirmedAt = row.ConfirmedAt
	key, err := s.deskKey(ctx, s.store, &f.Concern)
	if err != nil {
		return err
	}
	rows, err := s.store.Messages(ctx, f.ID)
	if err != nil {
		return err
	}
	for _, m := range rows {
		if m.N == 0 {
			if f.Words, err = openJSON[Words](key, place(f.ID, "report", 0), m.Sealed); err != nil {
				return err
			}
			continue
		}
		opened, err := openMessage(key, m)
		if err != nil {
			return err
		}
		f.Messages = append(f.Messages, opened)
	}
	f.Photo, err = s.store.PhotoHead(ctx, f.ID)
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	return err
}

// Picture opens the picture of a report.
func (s *Service) Picture(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (mediaType string, content []byte, err error) {
	c, err := s.store.Concern(ctx, id)
	if err != nil {
		return "", nil, err
	}
	decision, err := s.require(actor, purpose, access.ViewConcern, c)
	if err != nil {
		return "", nil, err
	}
	row, err := s.store.Photo(ctx, id)
	if err != nil {
		return "", nil, err
	}
	key, err := s.deskKey(ctx, s.store, c)
	if err != nil {
		return "", nil, err
	}
	if content, err = key.open(place(id, "photo", 0), row.Sealed); err != nil {
		return "", nil, err
	}
	return row.MediaType, content, s.read(ctx, actor, purpose, access.ViewConcern, id, decision.Policies)
}

// Move brings a concern to another state. Discarding needs one of Discards,
// closing one of Outcomes.
func (s *Service) Move(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to State, reason string) error {
	return s.act(ctx, actor, purpose, id, rev, access.WorkConcern, func(t *turn) error {
		if !t.c.State.Leads(t.c.Kind, to) {
			return errNotNow(t.c.State)
		}
		now := s.clock.Now()
		t.kind, t.detail = "moved", string(to)
		switch to {
		case Discarded:
			if !known(Discards, reason) {
				return core.InvalidFields([]core.Field{{Name: "reason", Code: "required", Msg: "Choose why it is discarded."}})
			}
			t.detail += " " + reason
			if err := s.enqueue(ctx, t.tx, jobErase, id, fmt.Sprint(now.Unix()), now.Add(eraseAfter)); err != nil {
				return err
			}
		case Closed:
			if !known(Outcomes, reason) {
				return core.InvalidFields([]core.Field{{Name: "outcome", Code: "required", Msg: "Choose how it ended."}})
			}
			t.c.Outcome, t.detail = reason, t.detail+" "+reason
		}
		t.c.State, t.c.ClosedAt = to, time.Time{}
		if to == Closed || to == Discarded {
			t.c.ClosedAt = now
			t.c.Unread = false
		}
		return nil
	})
}

// Reply writes to whoever made the report; they read it with their receipt.
func (s *Service) Reply(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, text core.Secret) error {
	if err := checkMessage(text); err != nil {
		return err
	}
	return s.act(ctx, actor, purpose, id, 0, access.WorkConcern, func(t *turn) error {
		if t.c.Kind != Report || t.c.State != Open {
			return errNotNow(t.c.State)
		}
		key, err := s.deskKey(ctx, t.tx, t.c)
		if err != nil {
			return err
		}
		t.kind, t.c.Unread = "replied", false
		return s.addMessage(ctx, t.tx, t.c, key, text, actor.UserID)
	})
}

// Noted says that the desk has read what the reporter wrote last.
func (s *Service) Noted(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) error {
	return s.act(ctx, actor, purpose, id, 0, access.WorkConcern, func(t *turn) error {
		t.kind, t.c.Unread = "noted", false
		return nil
	})
}

// Grade says how far the source can be relied on, by a code of Gradings.
func (s *Service) Grade(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, code string) error {
	return s.act(ctx, actor, purpose, id, rev, access.WorkConcern, func(t *turn) error {
		for _, g := range Gradings {
			if g.Code == code {
				t.c.Grading, t.kind, t.detail = g, "graded", g.Scheme+" "+g.Code
				return nil
			}
		}
		return core.InvalidFields([]core.Field{{Name: "grading", Code: "required", Msg: "Choose a grading from the list."}})
	})
}

// Pass lets a police force read the concern from now on.
func (s *Service) Pass(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, force core.ID) error {
	return s.act(ctx, actor, purpose, id, rev, access.PassConcern, func(t *turn) error {
		if t.c.State != Open {
			return errNotNow(t.c.State)
		}
		agency, err := t.tx.Agency(ctx, force)
		if err != nil || agency.Kind != core.Police || !agency.Active {
			return core.InvalidFields([]core.Field{{Name: "force", Code: "required", Msg: "Choose a police force from the list."}})
		}
		t.c.PassedTo, t.kind, t.detail = force, "passed", force.String()
		return nil
	})
}

// Handed is what a concern was turned into.
type Handed string

// What a concern can be turned into.
const (
	HandedReferral     Handed = "referral"     // a draft of a referral; the reference is the draft
	HandedIntelligence Handed = "intelligence" // a submission to the intelligence room
	HandedSafeguarding Handed = "safeguarding" // an alert about a child; the reference is the local authority
)

var handedJobs = map[Handed]string{HandedIntelligence: JobIntelligence, HandedSafeguarding: JobSafeguarding}

// HandOn records what a concern was turned into, and enqueues it for the room
// that takes it from here. Nothing is typed again: the job names the concern.
func (s *Service) HandOn(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to Handed, ref core.ID) error {
	return s.act(ctx, actor, purpose, id, rev, access.WorkConcern, func(t *turn) error {
		if t.c.State != Open && t.c.State != Running {
			return errNotNow(t.c.State)
		}
		kind, byJob := handedJobs[to]
		if !byJob && to != HandedReferral {
			return core.InvalidFields([]core.Field{{Name: "to", Code: "required", Msg: "Choose what it is turned into."}})
		}
		if to == HandedSafeguarding {
			agency, err := t.tx.Agency(ctx, ref)
			if err != nil || agency.Kind != core.LocalAuthority || !agency.Active {
				return core.InvalidFields([]core.Field{{Name: "authority", Code: "required", Msg: "Choose the local authority that is told."}})
			}
			t.c.Child = true
		}
		t.kind, t.detail = "handed_on", string(to)
		if !ref.IsZero() {
			t.detail += " " + ref.String()
		}
		if !byJob {
			return nil
		}
		return s.handOnJob(ctx, t.tx, kind, t.c, ref)
	})
}

const maxFollowUp = 500

// AddFollowUp adds something to be done by a moment; a job reminds of it.
func (s *Service) AddFollowUp(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, what core.Secret, due time.Time) error {
	var f []core.Field
	if n := utf8.RuneCountInString(what.Reveal()); n == 0 || n > maxFollowUp {
		f = append(f, core.Field{Name: "what", Code: "required", Msg: "Say what is to be done, in up to 500 characters."})
	}
	if !due.After(s.clock.Now()) {
		f = append(f, core.Field{Name: "due", Code: "date.past", Msg: "Enter a day that is still to come."})
	}
	if err := core.InvalidFields(f); err != nil {
		return err
	}
	return s.act(ctx, actor, purpose, id, 0, access.WorkConcern, func(t *turn) error {
		if t.c.State != Open && t.c.State != Running {
			return errNotNow(t.c.State)
		}
		row := FollowUp{ID: s.ids.New(), Rev: 1, ConcernID: id, Desk: t.c.Desk, DueAt: due, Author: actor.UserID, CreatedAt: s.clock.Now()}
		var err error
		if row.Sealed, err = s.vault.Seal(ctx, s.followUpRef(t.c, row.ID), []byte(what.Reveal())); err != nil {
			return err
		}
		if err := t.tx.AddFollowUp(ctx, row); err != nil {
			return err
		}
		t.kind, t.detail = "follow_up", row.ID.String()
		return s.enqueue(ctx, t.tx, jobRemind, id, row.ID.String(), due)
	})
}

func (s *Service) followUpRef(c *Concern, id core.ID) vault.Ref {
	return s.sealRef(c, "concern_follow_up", id.String(), "what", 1)
}

// FinishFollowUp marks a follow-up as done.
func (s *Service) FinishFollowUp(ctx context.Context, actor core.Actor, purpose core.Purpose, id, followUp core.ID) error {
	return s.act(ctx, actor, purpose, id, 0, access.WorkConcern, func(t *turn) error {
		f, err := t.tx.FollowUp(ctx, followUp)
		if err != nil || f.ConcernID != id {
			return errNotFound
		}
		if !f.DoneAt.IsZero() {
			return core.E(core.NotNow, "followup.done", "This was marked as done already.")
		}
		readRev := f.Rev
		f.Rev, f.DoneAt, f.DoneBy = readRev+1, s.clock.Now(), actor.UserID
		t.kind, t.detail = "followed_up", followUp.String()
		return t.tx.SaveFollowUp(ctx, *f, readRev)
	})
}

func (s *Service) followUps(ctx context.Context, c *Concern) ([]FollowUp, error) {
	list, err := s.store.FollowUps(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		words, err := s.vault.Open(ctx, s.followUpRef(c, list[i].ID), list[i].Sealed)
		if err != nil {
			return nil, err
		}
		list[i].What = core.Secret(words)
	}
	return list, nil
}

// DueFollowUps lists what the actor's desk has still to do, in the order it was
// agreed.
func (s *Service) DueFollowUps(ctx context.Context, actor core.Actor, purpose core.Purpose, after core.ID, limit int) ([]FollowUp, error) {
	if _, err := s.policies.Require(actor, purpose, access.ListConcerns, access.Whole()); err != nil {
		return nil, err
	}
	scope := s.policies.ConcernScope(actor, purpose)
	if scope.Desk.IsZero() {
		return nil, nil
	}
	return s.store.OpenFollowUps(ctx, scope.Desk, after, limit)
}
