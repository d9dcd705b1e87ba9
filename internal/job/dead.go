package job

import (
	"context"
	"fmt"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

const selectDead = `SELECT ` + jobColumns + ` FROM job
WHERE state = 'dead' AND (ended_at, id) < ($1, $2) ORDER BY ended_at DESC, id DESC LIMIT $3`

// Cursor marks where a page of dead jobs ends. The zero Cursor is the start.
type Cursor struct {
	EndedAt time.Time
	ID      core.ID
}

// pageLimit bounds every list of this package.
const pageLimit = 200

// DeadJobs returns jobs that used up their attempts, the latest first, and the cursor
// of the next page (zero when there is none). They stay until Retry or Discard.
func DeadJobs(ctx context.Context, q database.Querier, after Cursor, limit int) ([]Job, Cursor, error) {
	limit = min(max(limit, 1), pageLimit)
	before, id := int64(1<<62), "~"
	if !after.ID.IsZero() {
		before, id = database.Micros(after.EndedAt), after.ID.String()
	}
	rows, err := q.QueryContext(ctx, selectDead, before, id, limit+1)
	jobs, err := scanJobs(rows, err)
	if err != nil {
		return nil, Cursor{}, fmt.Errorf("list dead jobs: %w", database.Explain(err))
	}
	if len(jobs) <= limit {
		return jobs, Cursor{}, nil
	}
	last := jobs[limit-1]
	return jobs[:limit], Cursor{last.EndedAt, last.ID}, nil
}

// Attempts only ever grow: they are the fence that tells a late worker its claim
// is over. A retry therefore raises the limit.
const retryJob = `UPDATE job SET state = 'waiting', max_attempts = attempts + $2, ended_at = 0, holder = NULL, lease_until = 0
WHERE id = $1 AND state = 'dead'`

// Retry gives a dead job a full set of new attempts, at once. NotFound when it is
// not dead; Conflict when another of its kind and key is waiting by now.
func Retry(ctx context.Context, q database.Querier, id core.ID) error {
	return changeDead(ctx, q, retryJob, id, defaultMaxAttempts)
}

const discardJob = `UPDATE job SET state = 'done', last_error = 'discarded:' || $2 WHERE id = $1 AND state = 'dead'`

// Discard ends a dead job without running it. The reason is a short code, such as
// "obsolete"; the words behind it belong in the ledger entry of whoever decides.
func Discard(ctx context.Context, q database.Querier, id core.ID, reason string) error {
	if !validCode(reason, maxKind) {
		return core.E(core.Invalid, "job.bad_reason", "Give the reason as a short code in lower case.")
	}
	return changeDead(ctx, q, discardJob, id, reason)
}

func changeDead(ctx context.Context, q database.Querier, query string, args ...any) error {
	n, err := exec(ctx, q, query, args...)
	if err != nil {
		return database.Explain(fmt.Errorf("change dead job: %w", err))
	}
	if n == 0 {
		return errNotFound()
	}
	return nil
}

const countJobs = `SELECT kind, state, count(*), min(run_at) FROM job GROUP BY kind, state ORDER BY kind, state`

// Count is how many jobs of one kind are in one state.
type Count struct {
	Kind   string
	State  State
	N      int
	Oldest time.Time // the earliest RunAt among them
}

// Counts tells how many jobs there are by kind and state, for metrics and the
// page that shows them. Done ones are counted until they are purged.
func Counts(ctx context.Context, q database.Querier) ([]Count, error) {
	rows, err := q.QueryContext(ctx, countJobs)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var out []Count
	for rows.Next() {
		var c Count
		var oldest int64
		if err := rows.Scan(&c.Kind, &c.State, &c.N, &oldest); err != nil {
			return nil, fmt.Errorf("count jobs: %w", err)
		}
		c.Oldest = database.FromMicros(oldest)
		out = append(out, c)
	}
	return out, rows.Err()
}
