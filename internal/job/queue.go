package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

// Handler does one job. It may be run again after a crash, so its effects must
// bear repetition. A nil result completes the job.
type Handler func(ctx context.Context, j Job) error

// TxHandler does one job inside a transaction that also completes it: its writes
// through tx happen exactly once. It must write through tx alone; on SQLite
// another write transaction would wait for this one for ever. It may be run
// again from the start when the engine asks for it.
type TxHandler func(ctx context.Context, tx *sql.Tx, j Job) error

// Options vary a Queue; every zero field has a default.
type Options struct {
	Workers int           // handlers at a time; 4
	Lease   time.Duration // how long a silent process keeps its jobs; 1 min
	Poll    time.Duration // how often to look for due jobs, ±25 %; 2 s
	Drain   time.Duration // how long Run waits for running handlers at the end; 30 s
	Keep    time.Duration // how long done jobs are kept; 30 days
	Log     *slog.Logger  // kinds, ids and codes only; slog.Default()
}

func (o *Options) defaults() {
	setDefault(&o.Workers, 4)
	setDefault(&o.Lease, time.Minute)
	setDefault(&o.Poll, 2*time.Second)
	setDefault(&o.Drain, 30*time.Second)
	setDefault(&o.Keep, 30*24*time.Hour)
	if o.Log == nil {
		o.Log = slog.Default()
	}
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Queue runs jobs. Several queues, in one process or many, share the work of one
// database. Register every handler and schedule before Run or RunDue.
type Queue struct {
	db     *database.DB
	clock  core.Clock
	opt    Options
	holder string // names this queue in the leases it holds

	mu        sync.Mutex
	handlers  map[string]handler
	schedules []schedule
	wake      chan struct{}
}

// handler holds one of the two.
type handler struct {
	plain Handler
	tx    TxHandler
}

// New returns a queue over db that reads the time from clock.
func New(db *database.DB, clock core.Clock, opt Options) *Queue {
	opt.defaults()
	q := &Queue{db: db, clock: clock, opt: opt, holder: defaultIDs.New().String(), handlers: map[string]handler{}, wake: make(chan struct{}, 1)}
	q.HandleTx(purgeKind, q.purge)
	q.Every(purgeKind, time.Hour)
	return q
}

// Handle registers what runs jobs of a kind. Registering a kind twice is a fault
// of the program and panics.
func (q *Queue) Handle(kind string, h Handler) { q.register(kind, handler{plain: h}) }

// HandleTx registers what runs jobs of a kind together with their completion in
// one transaction.
func (q *Queue) HandleTx(kind string, h TxHandler) { q.register(kind, handler{tx: h}) }

func (q *Queue) register(kind string, h handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, twice := q.handlers[kind]; twice || !validCode(kind, maxKind) {
		panic("job: kind " + kind + " is registered twice or is not a code")
	}
	q.handlers[kind] = h
}

// kinds are the kinds this queue can run. Others are left to processes that know
// them, so that old and new versions can share a database.
func (q *Queue) kinds() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := make([]string, 0, len(q.handlers))
	for k := range q.handlers {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Wake makes Run look for due jobs now. Enqueue in the same process does so by
// itself.
func (q *Queue) Wake() { poke(q.wake) }

type panicError struct{ value any }

// Error does not repeat the value: it may hold anything.
func (*panicError) Error() string { return "the handler panicked" }

type fatal struct{ err error }

func (f *fatal) Error() string { return f.err.Error() }
func (f *fatal) Unwrap() error { return f.err }

// Fatal marks an error that no further attempt can mend: the job becomes dead at
// once.
func Fatal(err error) error {
	if err == nil {
		return nil
	}
	return &fatal{err}
}

// runOne runs the job's handler and records how it ended.
func (q *Queue) runOne(ctx context.Context, j Job) error {
	err := q.attempt(ctx, j)
	if err == nil || errors.Is(err, errLost) {
		q.log(j, err)
		return nil
	}
	q.log(j, err)
	// The outcome is recorded even when the handler's time is over.
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.opt.Lease)
	defer cancel()
	if failErr := q.fail(record, j, err); failErr != nil && !errors.Is(failErr, errLost) {
		return fmt.Errorf("record failure of job %s: %w", j.ID, failErr)
	}
	return nil
}

func (q *Queue) attempt(ctx context.Context, j Job) error {
	q.mu.Lock()
	h := q.handlers[j.Kind]
	q.mu.Unlock()
	if h.plain != nil {
		if err := guarded(func() error { return h.plain(ctx, j) }); err != nil {
			return err
		}
		// The work is done: it must count even when the process is stopping.
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.opt.Lease)
		defer cancel()
		return q.db.InTx(done, func(tx *sql.Tx) error { return q.complete(done, tx, j) })
	}
	return q.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := guarded(func() error { return h.tx(ctx, tx, j) }); err != nil {
			return err
		}
		return q.complete(ctx, tx, j)
	})
}

// guarded turns a panic into an error, so that one bad job cannot end the
// process.
func guarded(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v}
		}
	}()
	return fn()
}

func (q *Queue) log(j Job, err error) {
	attrs := []any{"job", j.ID.String(), "kind", j.Kind, "attempt", j.Attempts}
	switch {
	case err == nil:
		q.opt.Log.Debug("job done", attrs...)
	case errors.Is(err, errLost):
		q.opt.Log.Warn("job's lease was lost, its run does not count", attrs...)
	default:
		q.opt.Log.Warn("job failed", append(attrs, "code", errorCode(err))...)
	}
}

// RunDue runs everything that is due by the clock, one job after the other in
// order, and returns how many ran. Jobs that the handlers enqueue run too when
// they are due. It is for tests, for the demonstration and for commands that
// must not leave work behind; a failing handler is recorded as in Run and is no
// error here.
func (q *Queue) RunDue(ctx context.Context) (int, error) {
	n := 0
	for {
		if err := q.tick(ctx); err != nil {
			return n, err
		}
		jobs, err := q.claim(ctx, 1)
		if err != nil || len(jobs) == 0 {
			return n, err
		}
		if err := q.runOne(ctx, jobs[0]); err != nil {
			return n, err
		}
		if jobs[0].Kind != purgeKind {
			n++ // the queue's own housekeeping is nobody's business
		}
	}
}

// tick does what every look at the queue begins with.
func (q *Queue) tick(ctx context.Context) error {
	if err := q.enqueueScheduled(ctx); err != nil {
		return err
	}
	return q.recoverLost(ctx)
}
