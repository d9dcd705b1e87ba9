package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

// State is where a job is in its life.
type State string

// The states. A waiting job becomes running by a claim; a running one ends as
// done or dead, or waits again after a failure or a lost lease.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Dead    State = "dead"
)

// Bounds of a job's parts.
const (
	MaxPayload         = 8 << 10 // bytes
	maxKind            = 60      // bytes
	maxKey             = 200     // bytes
	defaultMaxAttempts = 12      // with the backoff: about nine hours of trying
)

// Job is one piece of work.
type Job struct {
	ID   core.ID // made by Enqueue when zero
	Kind string  // which handler runs it: "letter.send"
	// Key makes a job unique among those of its kind that are waiting or running;
	// empty means any number. Enqueueing a second one is no error and adds nothing:
	// where a later change needs a run of its own, put its rev into the key.
	Key         string
	RunAt       time.Time // not before; zero means at once
	Payload     []byte    // ids only, never anything about a person; up to MaxPayload
	MaxAttempts int       // zero means 12
	Case        core.ID   // the case it is about, if any

	// What the queue keeps.
	State      State
	Attempts   int // how often it was claimed
	LeaseUntil time.Time
	LastError  string    // a short code: "storage.full", "panic"
	EndedAt    time.Time // when it became done or dead
}

const insertJob = `INSERT INTO job (id, kind, dedup, state, run_at, payload, attempts, max_attempts, holder, lease_until, last_error, case_id, ended_at)
VALUES ($1, $2, $3, 'waiting', $4, $5, 0, $6, NULL, 0, '', $7, 0) ON CONFLICT DO NOTHING`

// defaultIDs names jobs whose caller gave no id.
var defaultIDs = core.NewIDs(core.SystemClock{})

// Enqueue adds a job in the caller's transaction. Nothing happens when one of the
// same kind and key is waiting or running already. Queues in this process look
// for it at once; others at their next poll.
func Enqueue(ctx context.Context, q database.Querier, j Job) error {
	if err := check(&j); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, insertJob, j.ID, j.Kind, nullText(j.Key), database.Micros(j.RunAt), j.Payload, j.MaxAttempts, j.Case)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	nudges.send()
	return nil
}

func check(j *Job) error {
	switch {
	case !validCode(j.Kind, maxKind):
		return core.E(core.Internal, "job.bad_kind", "A job's kind is a short code in lower case.")
	case len(j.Payload) > MaxPayload:
		return core.E(core.TooLarge, "job.payload_too_large", "A job's payload holds ids only, up to 8 KiB.")
	case len(j.Key) > maxKey || strings.ContainsRune(j.Key, 0):
		return core.E(core.Internal, "job.bad_key", "A job's key is text of up to 200 bytes.")
	case j.MaxAttempts < 0:
		return core.E(core.Internal, "job.bad_attempts", "A job's attempts cannot be negative.")
	}
	if j.ID.IsZero() {
		j.ID = defaultIDs.New()
	}
	if j.MaxAttempts == 0 {
		j.MaxAttempts = defaultMaxAttempts
	}
	if j.Payload == nil {
		j.Payload = []byte{}
	}
	return nil
}

// validCode reports lower-case letters, digits, '.', '_', '-' and ':' only.
func validCode(s string, limit int) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' && c != ':' {
			return false
		}
	}
	return true
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

const cancelJob = `DELETE FROM job WHERE kind = $1 AND dedup = $2 AND state = 'waiting'`

// Cancel removes the waiting job of that kind and key and reports whether there
// was one. A running job is not stopped.
func Cancel(ctx context.Context, q database.Querier, kind, key string) (bool, error) {
	n, err := exec(ctx, q, cancelJob, kind, key)
	if err != nil {
		return false, fmt.Errorf("cancel %s: %w", kind, err)
	}
	return n > 0, nil
}

// exec runs a statement and returns how many rows it touched.
func exec(ctx context.Context, q database.Querier, query string, args ...any) (int64, error) {
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

const jobColumns = `id, kind, dedup, state, run_at, payload, attempts, max_attempts, lease_until, last_error, case_id, ended_at`

type row interface{ Scan(...any) error }

func scanJob(r row) (Job, error) {
	var j Job
	var key sql.NullString
	var runAt, lease, ended int64
	err := r.Scan(&j.ID, &j.Kind, &key, &j.State, &runAt, &j.Payload, &j.Attempts, &j.MaxAttempts, &lease, &j.LastError, &j.Case, &ended)
	j.Key, j.RunAt, j.LeaseUntil, j.EndedAt = key.String, database.FromMicros(runAt), database.FromMicros(lease), database.FromMicros(ended)
	return j, err
}

func scanJobs(rows *sql.Rows, err error) ([]Job, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []Job
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

const selectJob = `SELECT ` + jobColumns + ` FROM job WHERE id = $1`

// Get returns one job; NotFound when it is not there, or was purged.
func Get(ctx context.Context, q database.Querier, id core.ID) (Job, error) {
	j, err := scanJob(q.QueryRowContext(ctx, selectJob, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Job{}, errNotFound()
	}
	if err != nil {
		return Job{}, fmt.Errorf("load job: %w", database.Explain(err))
	}
	return j, nil
}

func errNotFound() error {
	return core.E(core.NotFound, "job.not_found", "There is no such job. It may have ended meanwhile.")
}
