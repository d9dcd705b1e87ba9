package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

// claimJobs takes the jobs that are due. The state is asked for twice: in
// PostgreSQL a row that another process claimed meanwhile still matches by id,
// and only the outer condition is looked at again.
func claimJobs(kinds int) string {
	in := make([]string, kinds)
	for i := range in {
		in[i] = "$" + strconv.Itoa(5+i)
	}
	return `UPDATE job SET state = 'running', holder = $1, lease_until = $2, attempts = attempts + 1
WHERE state = 'waiting' AND id IN (SELECT id FROM job WHERE state = 'waiting' AND run_at <= $3 AND kind IN (` + strings.Join(in, ", ") + `)
ORDER BY run_at, id LIMIT $4) RETURNING ` + jobColumns
}

const dueJobs = `SELECT EXISTS (SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1)`

// claim takes up to n due jobs under a lease, in their order.
func (q *Queue) claim(ctx context.Context, n int) ([]Job, error) {
	kinds := q.kinds()
	if n < 1 || len(kinds) == 0 {
		return nil, nil
	}
	now := q.clock.Now()
	// Looking first keeps an idle queue away from SQLite's one writer.
	var due bool
	if err := q.db.Reader().QueryRowContext(ctx, dueJobs, database.Micros(now)).Scan(&due); err != nil || !due {
		return nil, wrap("look for jobs", err)
	}
	args := []any{q.holder, database.Micros(now.Add(q.opt.Lease)), database.Micros(now), n}
	for _, k := range kinds {
		args = append(args, k)
	}
	var jobs []Job
	err := q.db.InTx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, claimJobs(len(kinds)), args...)
		jobs, err = scanJobs(rows, err)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	slices.SortFunc(jobs, func(a, b Job) int {
		if c := a.RunAt.Compare(b.RunAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return jobs, nil
}

const (
	selectLost = `SELECT ` + jobColumns + ` FROM job WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until LIMIT $2`
	// The lease is the fence: nobody renewed it between the two statements.
	failJob = `UPDATE job SET state = $1, run_at = $2, last_error = $3, ended_at = $4, holder = NULL, lease_until = 0
WHERE id = $5 AND attempts = $6 AND state = 'running' AND lease_until = $7`
)

// codeLost is the error code of a job whose process went away.
const codeLost = "lease_expired"

// recoverLost puts back jobs whose lease ran out: their process crashed, hung or
// was cut off. Each is treated as a failed attempt, so a job that kills its
// process ends as dead instead of killing for ever.
func (q *Queue) recoverLost(ctx context.Context) error {
	now := q.clock.Now()
	rows, err := q.db.Reader().QueryContext(ctx, selectLost, database.Micros(now), pageLimit)
	lost, err := scanJobs(rows, err)
	if err != nil || len(lost) == 0 {
		return wrap("find lost jobs", err)
	}
	return wrap("recover lost jobs", q.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, j := range lost {
			state, runAt, ended := q.afterFailure(j, now, false)
			if _, err := exec(ctx, tx, failJob, state, runAt, codeLost, ended, j.ID, j.Attempts, database.Micros(j.LeaseUntil)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// afterFailure says what becomes of a job whose attempt failed.
func (q *Queue) afterFailure(j Job, now time.Time, final bool) (state State, runAt, ended int64) {
	if final || j.Attempts >= j.MaxAttempts {
		return Dead, database.Micros(j.RunAt), database.Micros(now)
	}
	return Waiting, database.Micros(now.Add(Backoff(j.Attempts, rand.Float64()))), 0
}

// The bounds of the wait between attempts.
const (
	firstBackoff = 5 * time.Second
	lastBackoff  = 2 * time.Hour
)

// Backoff is the wait after the given number of failed attempts: 5 s, doubled
// each time, at most 2 h, then shortened by up to half by random (0 ≤ random <
// 1), so that jobs that failed together do not come back together.
func Backoff(attempts int, random float64) time.Duration {
	d := lastBackoff
	if shift := attempts - 1; shift < 11 {
		d = min(firstBackoff<<max(shift, 0), lastBackoff)
	}
	return d - time.Duration(random*float64(d)/2)
}

// errLost tells that the job is not ours any more: the lease ran out and it was
// given back, so nothing of this run may count.
var errLost = errors.New("the job's lease was lost")

const completeJob = `UPDATE job SET state = 'done', ended_at = $1, last_error = '', holder = NULL, lease_until = 0
WHERE id = $2 AND attempts = $3 AND holder = $4 AND state = 'running'`

func (q *Queue) complete(ctx context.Context, tx database.Querier, j Job) error {
	n, err := exec(ctx, tx, completeJob, database.Micros(q.clock.Now()), j.ID, j.Attempts, q.holder)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}

const failHeld = `UPDATE job SET state = $1, run_at = $2, last_error = $3, ended_at = $4, holder = NULL, lease_until = 0
WHERE id = $5 AND attempts = $6 AND holder = $7 AND state = 'running'`

// fail records a failed attempt.
func (q *Queue) fail(ctx context.Context, j Job, cause error) error {
	var final *fatal
	state, runAt, ended := q.afterFailure(j, q.clock.Now(), errors.As(cause, &final))
	return q.db.InTx(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, failHeld, state, runAt, errorCode(cause), ended, j.ID, j.Attempts, q.holder)
		if err == nil && n == 0 {
			err = errLost
		}
		return err
	})
}

// errorCode is all that is kept of an error: its text may repeat something about
// a person, its code cannot.
func errorCode(err error) string {
	var known *core.Error
	var panicked *panicError
	switch {
	case errors.As(err, &panicked):
		return "panic"
	case errors.As(err, &known) && validCode(known.Code, maxKind):
		return known.Code
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return "internal"
}

const renewJobs = `UPDATE job SET lease_until = $1 WHERE holder = $2 AND state = 'running' AND lease_until < $1`

// renew prolongs the lease of everything this queue holds.
func (q *Queue) renew(ctx context.Context) error {
	return q.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, renewJobs, database.Micros(q.clock.Now().Add(q.opt.Lease)), q.holder)
		return err
	})
}

const releaseJob = `UPDATE job SET state = 'waiting', attempts = attempts - 1, holder = NULL, lease_until = 0
WHERE id = $1 AND attempts = $2 AND holder = $3 AND state = 'running'`

// release gives back claimed jobs that were never started.
func (q *Queue) release(ctx context.Context, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	return wrap("release jobs", q.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, j := range jobs {
			if _, err := exec(ctx, tx, releaseJob, j.ID, j.Attempts, q.holder); err != nil {
				return err
			}
		}
		return nil
	}))
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, database.Explain(err))
}
