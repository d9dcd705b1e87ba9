package job

import (
	"context"
	"database/sql"
	"time"

	"clew/internal/database"
)

type schedule struct {
	kind     string
	interval time.Duration
	next     time.Time // when this process need look again
}

// Every enqueues a job of the kind each interval, once over all processes: at
// the start of each interval counted from 1970 UTC, and at once when the
// schedule is new. Intervals that passed while nobody ran are made up by one job.
// The kind's handler is registered as for any other.
func (q *Queue) Every(kind string, interval time.Duration) {
	if !validCode(kind, maxKind) || interval < time.Second {
		panic("job: schedule " + kind + " needs a code and at least a second")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.schedules = append(q.schedules, schedule{kind: kind, interval: interval})
}

const (
	addSchedule = `INSERT INTO job_schedule (kind, next_at) VALUES ($1, 0) ON CONFLICT DO NOTHING`
	// A next time more than two intervals away was written by a clock that was
	// wrong then; waiting for it could take years.
	moveSchedule = `UPDATE job_schedule SET next_at = $1 WHERE kind = $2 AND (next_at <= $3 OR next_at > $4)`
)

func (q *Queue) enqueueScheduled(ctx context.Context) error {
	now := q.clock.Now()
	q.mu.Lock()
	var due []schedule
	for i, s := range q.schedules {
		if !now.Before(s.next) || s.next.Sub(now) > 2*s.interval {
			q.schedules[i].next = nextStart(now, s.interval)
			due = append(due, s)
		}
	}
	q.mu.Unlock()
	for i, s := range due {
		if err := q.enqueueOne(ctx, s, now); err != nil {
			q.forget(due[i:])
			return wrap("schedule "+s.kind, err)
		}
	}
	return nil
}

// forget makes schedules that could not be written be looked at again.
func (q *Queue) forget(late []schedule) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, s := range q.schedules {
		for _, l := range late {
			if s.kind == l.kind {
				q.schedules[i].next = time.Time{}
			}
		}
	}
}

func (q *Queue) enqueueOne(ctx context.Context, s schedule, now time.Time) error {
	return q.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, addSchedule, s.kind); err != nil {
			return err
		}
		n, err := exec(ctx, tx, moveSchedule, database.Micros(nextStart(now, s.interval)), s.kind, database.Micros(now), database.Micros(now.Add(2*s.interval)))
		if err != nil || n == 0 {
			return err
		}
		return Enqueue(ctx, tx, Job{Kind: s.kind, Key: "schedule", RunAt: now})
	})
}

func nextStart(now time.Time, interval time.Duration) time.Time {
	return time.UnixMicro(now.UnixMicro() - now.UnixMicro()%interval.Microseconds() + interval.Microseconds()).UTC()
}

// purgeKind is the schedule that deletes jobs that were done long ago.
const purgeKind = "job.purge"

const (
	purgeJobs  = `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND ended_at < $1 ORDER BY ended_at, id LIMIT $2)`
	purgeBatch = 5000
)

func (q *Queue) purge(ctx context.Context, tx *sql.Tx, _ Job) error {
	n, err := exec(ctx, tx, purgeJobs, database.Micros(q.clock.Now().Add(-q.opt.Keep)), purgeBatch)
	if err != nil || n < purgeBatch {
		return err
	}
	// More than one batch: go on in a transaction of its own.
	return Enqueue(ctx, tx, Job{Kind: purgeKind, Key: "more:" + defaultIDs.New().String(), RunAt: q.clock.Now()})
}
