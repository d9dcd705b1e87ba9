package job

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Waits of a queue that was nudged: long enough for the commit to happen, few
// enough to cost nothing when it does not.
var nudgeWaits = []time.Duration{5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond}

// Run runs jobs until ctx ends, then claims no more, waits for running handlers
// up to Options.Drain, cancels what is left, and gives back what it had claimed
// but not started. A database that is away is waited for.
func (q *Queue) Run(ctx context.Context) {
	handling, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	r := &runner{q: q, ctx: handling, free: make(chan struct{}, q.opt.Workers)}
	renewing := r.keepLeases()
	r.loop(ctx)
	r.drain(stop)
	renewing()
}

type runner struct {
	q    *Queue
	ctx  context.Context // what handlers get: ends after the drain, not with Run's
	free chan struct{}   // one element for each running handler
	wg   sync.WaitGroup
}

func (r *runner) loop(ctx context.Context) {
	nudged := nudges.subscribe()
	defer nudges.unsubscribe(nudged)
	quick := 0 // how many quick looks are left
	for ctx.Err() == nil {
		n, err := r.round(ctx)
		if err != nil && ctx.Err() == nil {
			r.q.opt.Log.Error("job queue cannot reach its database, trying again", "code", errorCode(err))
		}
		if n > 0 && err == nil {
			quick = len(nudgeWaits)
			continue
		}
		wait := jitter(r.q.opt.Poll)
		if quick > 0 {
			wait = min(wait, nudgeWaits[len(nudgeWaits)-quick])
			quick--
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.q.wake:
		case <-nudged:
			quick = len(nudgeWaits)
		}
		timer.Stop()
	}
}

// jitter spreads the polls of several processes: d ± 25 %.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + time.Duration(rand.Int64N(int64(d)/2+1))
}

// patience is how long a claimed job waits for a free worker before it is given
// back: long enough for quick handlers to follow one another without a claim of
// their own, short enough that slow ones do not keep jobs from other processes.
const patience = time.Second

// round claims what the free workers can take, and a little more, and returns how
// many it started.
func (r *runner) round(ctx context.Context) (int, error) {
	if err := r.q.tick(ctx); err != nil {
		return 0, err
	}
	if !r.acquire(ctx, r.q.opt.Poll) {
		return 0, nil
	}
	jobs, err := r.q.claim(ctx, 4*r.q.opt.Workers)
	if err != nil || len(jobs) == 0 {
		<-r.free
		return 0, err
	}
	for i, j := range jobs {
		if i > 0 && !r.acquire(ctx, patience) {
			return i, r.q.release(r.ctx, jobs[i:])
		}
		r.start(j)
	}
	return len(jobs), nil
}

// acquire waits for a free worker and reports whether there is one.
func (r *runner) acquire(ctx context.Context, limit time.Duration) bool {
	select {
	case r.free <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r.free <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// start runs the job on the worker that was acquired.
func (r *runner) start(j Job) {
	r.wg.Go(func() {
		defer func() { <-r.free }()
		if err := r.q.runOne(r.ctx, j); err != nil {
			// The lease will run out and the job be run again.
			r.q.opt.Log.Error("job's outcome could not be recorded", "job", j.ID.String(), "kind", j.Kind, "code", errorCode(err))
		}
	})
}

// drain waits for the running handlers, and cancels those that take too long.
func (r *runner) drain(cancel func()) {
	timer := time.AfterFunc(r.q.opt.Drain, cancel)
	defer timer.Stop()
	r.wg.Wait()
}

// keepLeases renews the leases of what this queue holds until the returned
// function is called.
func (r *runner) keepLeases() (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(r.q.opt.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := r.q.renew(ctx); err != nil && ctx.Err() == nil {
					r.q.opt.Log.Error("job leases could not be renewed", "code", errorCode(err))
				}
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}
