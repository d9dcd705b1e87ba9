// Package operate is what an administrator does with the machine: looking after
// jobs that failed. Every change asks access and leaves its ledger entry in the
// same transaction.
//
// It sees no case: a job's payload holds ids, and they are not shown.
package operate

import (
	"context"
	"database/sql"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	db       *database.DB
	policies *access.Policies
	clock    core.Clock
	ids      *core.IDs
}

// New returns the use cases over a migrated database.
func New(db *database.DB, policies *access.Policies, clock core.Clock) *Service {
	return &Service{db: db, policies: policies, clock: clock, ids: core.NewIDs(clock)}
}

func (s *Service) require(actor core.Actor) (access.Decision, error) {
	return s.policies.Require(actor, core.Administer, access.ManageJobs, access.Whole())
}

// JobCounts says how many jobs of each kind are in each state.
func (s *Service) JobCounts(ctx context.Context, actor core.Actor) ([]job.Count, error) {
	if _, err := s.require(actor); err != nil {
		return nil, err
	}
	return job.Counts(ctx, s.db.Reader())
}

// DeadJobs lists jobs that failed for good, a page at a time.
func (s *Service) DeadJobs(ctx context.Context, actor core.Actor, after job.Cursor, limit int) ([]job.Job, job.Cursor, error) {
	if _, err := s.require(actor); err != nil {
		return nil, job.Cursor{}, err
	}
	return job.DeadJobs(ctx, s.db.Reader(), after, limit)
}

// RetryJob lets a dead job try again.
func (s *Service) RetryJob(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.change(ctx, actor, id, "retry_job", func(tx *sql.Tx) error { return job.Retry(ctx, tx, id) })
}

// DiscardReasons are why a job may be given up, by code.
var DiscardReasons = []struct{ Code, Label string }{
	{"obsolete", "Overtaken: the case has moved on"},
	{"done_by_hand", "Done by hand"},
	{"faulty", "It can never succeed"},
}

// DiscardJob gives a dead job up, with one of DiscardReasons.
func (s *Service) DiscardJob(ctx context.Context, actor core.Actor, id core.ID, reason string) error {
	if !slices.ContainsFunc(DiscardReasons, func(r struct{ Code, Label string }) bool { return r.Code == reason }) {
		return core.InvalidFields([]core.Field{{Name: "reason", Code: "required", Msg: "Choose why the job is given up."}})
	}
	return s.change(ctx, actor, id, "discard_job", func(tx *sql.Tx) error { return job.Discard(ctx, tx, id, reason) })
}

func (s *Service) change(ctx context.Context, actor core.Actor, id core.ID, action string, do func(tx *sql.Tx) error) error {
	decision, err := s.require(actor)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		e := ledger.By(actor, core.Administer)
		e.ID, e.At, e.Kind, e.Action, e.Object, e.Policies = s.ids.New(), s.clock.Now(), ledger.Write, action, "job:"+id.String(), decision.Policies
		return ledger.Append(ctx, tx, e, nil)
	})
}
