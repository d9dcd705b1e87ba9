package concern

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// Service holds the use cases. It is safe for concurrent use.
type Service struct {
	store    Store
	policies *access.Policies
	vault    *vault.Vault
	clock    core.Clock
	ids      *core.IDs
	keys     *Keys
	flood    *flood
	desk     string
}

// Options are what varies between installations.
type Options struct {
	Desk string        // the code of the agency that answers reports; "": the first that has an adviser
	Pace time.Duration // how long a report without a proof of work takes; two seconds when zero
}

const usualPace = 2 * time.Second

// New returns the use cases over the given parts.
func New(store Store, policies *access.Policies, v *vault.Vault, keys *Keys, clock core.Clock, o Options) *Service {
	if o.Pace == 0 {
		o.Pace = usualPace
	}
	return &Service{store: store, policies: policies, vault: v, clock: clock, ids: core.NewIDs(clock), keys: keys, flood: newFlood(clock, o.Pace), desk: o.Desk}
}

var (
	errNotFound = core.E(core.NotFound, "concern.not_found", "There is no such concern.")
	// ErrChanged is what whoever comes second is told.
	ErrChanged = core.E(core.Conflict, "concern.changed_meanwhile", "Somebody else changed this while you were working on it.")
)

func errNotNow(from State) error {
	return core.E(core.NotNow, "concern.not_now", fmt.Sprintf("This step is not possible while this is: %s.", from.Label()))
}

// turn is one change of one concern inside a transaction.
type turn struct {
	tx     Tx
	c      *Concern
	kind   string // of the event
	detail string
}

// act loads the concern, asks access, compares rev (0: any), lets change do the
// work, and writes the concern, its event and the ledger.
func (s *Service) act(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, action access.Action, change func(t *turn) error) error {
	err := s.store.Write(ctx, func(tx Tx) error { return s.actIn(ctx, tx, actor, purpose, id, rev, action, change) })
	if core.KindOf(err) == core.Forbidden {
		_ = s.store.Write(ctx, func(tx Tx) error { // a failure to record it does not change the answer
			return tx.Append(ctx, s.entry(ledger.Denied, actor, purpose, action, id, nil), nil)
		})
	}
	return err
}

func (s *Service) actIn(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, id core.ID, rev int, action access.Action, change func(t *turn) error) error {
	c, err := tx.Concern(ctx, id)
	if err != nil {
		return err
	}
	decision, err := s.require(actor, purpose, action, c)
	if err != nil {
		return err
	}
	if rev != 0 && rev != c.Rev {
		return ErrChanged
	}
	t := &turn{tx: tx, c: c}
	readRev := c.Rev
	if err := change(t); err != nil {
		return err
	}
	c.Rev, c.UpdatedAt = readRev+1, s.clock.Now()
	if err := tx.SaveConcern(ctx, c, readRev); err != nil {
		return err
	}
	return s.trace(ctx, t, actor, purpose, action, decision.Policies)
}

// trace leaves the event and the ledger entry of a change.
func (s *Service) trace(ctx context.Context, t *turn, actor core.Actor, purpose core.Purpose, action access.Action, policies []string) error {
	e := Event{ID: s.ids.New(), ConcernID: t.c.ID, At: t.c.UpdatedAt, Actor: actor.UserID, Kind: t.kind, Detail: t.detail}
	if err := t.tx.AddEvent(ctx, e); err != nil {
		return err
	}
	content, err := json.Marshal(struct {
		Event Event
		Rev   int
		State State
	}{e, t.c.Rev, t.c.State})
	if err != nil {
		return fmt.Errorf("concern: describe the change: %w", err)
	}
	return t.tx.Append(ctx, s.entry(ledger.Write, actor, purpose, action, t.c.ID, policies), content)
}

func (s *Service) entry(kind ledger.Kind, actor core.Actor, purpose core.Purpose, action access.Action, id core.ID, policies []string) ledger.Entry {
	e := ledger.By(actor, purpose)
	e.ID, e.At, e.Kind, e.Action, e.Policies = s.ids.New(), s.clock.Now(), kind, ledgerNames[action], policies
	if !id.IsZero() {
		e.Object = "concern:" + id.String()
	}
	return e
}

// ledgerNames are the actions as ledger entries name them.
var ledgerNames = map[access.Action]string{
	access.TakeCall: "take_call", access.ViewConcern: "view_concern", access.WorkConcern: "work_concern", access.PassConcern: "pass_concern",
	access.FileConcern: "file_concern", access.AdvanceConcern: "advance_concern", access.ListConcerns: "list_concerns",
	access.UseAdvice: "use_advice", access.CountCalls: "count_calls", access.KeepAdvice: "keep_advice",
}

// require asks access about a concern. What the actor may not even see is not
// there.
func (s *Service) require(actor core.Actor, purpose core.Purpose, action access.Action, c *Concern) (access.Decision, error) {
	d, err := s.policies.Require(actor, purpose, action, c.Resource())
	if err != nil && action != access.ViewConcern && !s.policies.Check(actor, purpose, access.ViewConcern, c.Resource()).Allowed {
		return d, errNotFound
	}
	if err != nil && action == access.ViewConcern {
		return d, errNotFound
	}
	return d, err
}

func (s *Service) sealRef(c *Concern, table, row, field string, version int) vault.Ref {
	return vault.Ref{Person: c.PersonID, Table: table, Row: row, Field: field, Version: version}
}

func (s *Service) enqueue(ctx context.Context, tx Tx, kind string, id core.ID, mark string, at time.Time) error {
	payload, err := json.Marshal(jobPayload{Concern: id, Mark: mark})
	if err != nil {
		return fmt.Errorf("concern: %w", err)
	}
	return tx.Enqueue(ctx, job.Job{ID: s.ids.New(), Kind: kind, Key: id.String() + ":" + mark, RunAt: at, Payload: payload})
}
