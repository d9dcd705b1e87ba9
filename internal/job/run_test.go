package job_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
)

// running starts Run and returns what stops it and waits for its end.
func running(t *testing.T, q *job.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	t.Cleanup(stop)
	return stop
}

func TestAnEnqueuedJobIsStartedWithoutWaitingForThePoll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		q := job.New(db, core.SystemClock{}, job.Options{Poll: time.Hour, Log: quiet})
		var ran atomic.Int32
		q.Handle("note", func(context.Context, job.Job) error { ran.Add(1); return nil })
		running(t, q)
		for i := range int32(3) {
			enqueue(t, db, job.Job{Kind: "note"})
			waitFor(t, func() bool { return ran.Load() == i+1 })
		}
	})
}

func TestWakeLooksAtOnce(t *testing.T) {
	db := dbtest.SQLite(t)
	clock := core.NewFixedClock(start)
	q := job.New(db, clock, job.Options{Poll: time.Hour, Log: quiet})
	var ran atomic.Int32
	q.Handle("note", func(context.Context, job.Job) error { ran.Add(1); return nil })
	running(t, q)
	enqueue(t, db, job.Job{Kind: "note", RunAt: start.Add(time.Minute)})
	clock.Advance(time.Hour)
	waitFor(t, func() bool { q.Wake(); return ran.Load() == 1 })
}

func TestStoppingWaitsForRunningHandlersAndGivesBackTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		q := job.New(db, core.SystemClock{}, job.Options{Workers: 1, Log: quiet})
		started, finish := make(chan struct{}, 10), make(chan struct{})
		q.Handle("note", func(context.Context, job.Job) error {
			started <- struct{}{}
			<-finish
			return nil
		})
		enqueue(t, db, job.Job{Kind: "note"}, job.Job{Kind: "note"}, job.Job{Kind: "note"})
		stop := running(t, q)
		<-started
		time.AfterFunc(50*time.Millisecond, func() { close(finish) })
		stop()
		s := states(t, db, "note")
		if s[job.Running] != 0 || s[job.Done] < 1 || s[job.Done]+s[job.Waiting] != 3 {
			t.Errorf("after stopping: %v", s)
		}
		for _, id := range waiting(t, db) {
			if j, err := job.Get(context.Background(), db.Reader(), id); err != nil || j.Attempts != 0 {
				t.Errorf("given back: %+v, %v; its attempt must not count", j, err)
			}
		}
	})
}

// TestASlowHandlerDoesNotKeepJobsFromOthers blocks the only worker of one queue:
// what it claimed beyond that job must reach another queue.
func TestASlowHandlerDoesNotKeepJobsFromOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		opt := job.Options{Workers: 1, Poll: 20 * time.Millisecond, Log: quiet}
		slow, quick := job.New(db, core.SystemClock{}, opt), job.New(db, core.SystemClock{}, opt)
		started, finish := make(chan struct{}), make(chan struct{})
		slow.Handle("note", func(context.Context, job.Job) error { close(started); <-finish; return nil })
		quick.Handle("note", func(context.Context, job.Job) error { return nil })
		enqueue(t, db, job.Job{Kind: "note"}, job.Job{Kind: "note"}, job.Job{Kind: "note"}, job.Job{Kind: "note"})
		running(t, slow)
		<-started
		running(t, quick)
		waitFor(t, func() bool { return states(t, db, "note")[job.Done] == 3 })
		close(finish)
		waitFor(t, func() bool { return states(t, db, "note")[job.Done] == 4 })
	})
}

func waiting(t *testing.T, db *database.DB) []core.ID {
	t.Helper()
	rows, err := db.Reader().QueryContext(context.Background(), `SELECT id FROM job WHERE state = 'waiting'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []core.ID
	for rows.Next() {
		var id core.ID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestAHandlerThatWillNotStopIsCancelled(t *testing.T) {
	db := dbtest.SQLite(t)
	q := job.New(db, core.SystemClock{}, job.Options{Drain: 20 * time.Millisecond, Log: quiet})
	started := make(chan struct{})
	q.Handle("note", func(ctx context.Context, _ job.Job) error {
		close(started)
		<-ctx.Done()
		return ctx.Err()
	})
	enqueue(t, db, job.Job{Kind: "note"})
	stop := running(t, q)
	<-started
	stop()
	ids := waiting(t, db)
	if len(ids) != 1 {
		t.Fatalf("states %v, want it to wait for its next attempt", states(t, db, "note"))
	}
	if j, err := job.Get(context.Background(), db.Reader(), ids[0]); err != nil || j.LastError != "cancelled" {
		t.Errorf("%+v, %v", j, err)
	}
}

func TestALeaseIsRenewedWhileTheHandlerRuns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		// The clock moves on only when the lease has been renewed, so that a slow
		// machine cannot lose it.
		clock := core.NewFixedClock(start)
		opt := job.Options{Lease: 300 * time.Millisecond, Poll: 20 * time.Millisecond, Log: quiet}
		var runs atomic.Int32
		finish := make(chan struct{})
		for range 2 {
			q := job.New(db, clock, opt)
			q.Handle("slow", func(context.Context, job.Job) error {
				runs.Add(1)
				<-finish
				return nil
			})
			running(t, q)
		}
		enqueue(t, db, job.Job{Kind: "slow"})
		waitFor(t, func() bool { return runs.Load() == 1 })
		for range 10 {
			clock.Advance(opt.Lease * 2 / 3)
			waitFor(t, func() bool { return leaseOf(t, db).Equal(clock.Now().Add(opt.Lease)) })
		}
		close(finish)
		waitFor(t, func() bool { return states(t, db, "slow")[job.Done] == 1 })
		if n := runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
	})
}

func leaseOf(t *testing.T, db *database.DB) time.Time {
	t.Helper()
	var v int64
	if err := db.Reader().QueryRowContext(context.Background(), `SELECT lease_until FROM job WHERE kind = 'slow'`).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return database.FromMicros(v)
}

const (
	workerEnv  = "CLEW_TEST_JOB_DATABASE"
	workerMode = "CLEW_TEST_JOB_MODE"
)

// TestMain turns the test binary into a worker process when it is told to.
func TestMain(m *testing.M) {
	if source := os.Getenv(workerEnv); source != "" {
		if err := work(source, os.Getenv(workerMode)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work runs jobs as a process of its own until none is left. Each run is written
// to the table of effects in the job's own transaction.
func work(source, mode string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	db, err := database.Open(ctx, source)
	if err != nil {
		return err
	}
	defer db.Close()
	q := job.New(db, core.SystemClock{}, job.Options{Lease: time.Second, Poll: 20 * time.Millisecond, Log: quiet})
	q.HandleTx("effect", func(ctx context.Context, tx *sql.Tx, j job.Job) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO effect (job, pid) VALUES ($1, $2)`, j.ID, os.Getpid())
		if mode == "die" {
			os.Exit(9) // in the middle of the transaction, like kill -9
		}
		return err
	})
	end, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		for ctx.Err() == nil {
			var left int
			if err := db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = 'effect' AND state IN ('waiting', 'running')`).Scan(&left); err == nil && left == 0 {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	q.Run(end)
	return ctx.Err()
}

// TestSeveralProcessesShareTheWork starts four processes, one of which dies in
// the middle of a handler: every job has its effect exactly once.
func TestSeveralProcessesShareTheWork(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			var db *database.DB
			if engine == "sqlite" {
				db = dbtest.SQLite(t)
			} else {
				db = dbtest.Postgres(t)
			}
			alter(t, db, `CREATE TABLE effect (job TEXT NOT NULL, pid BIGINT NOT NULL)`)
			const n = 300
			jobs := make([]job.Job, n)
			for i := range jobs {
				jobs[i] = job.Job{Kind: "effect", RunAt: start}
			}
			enqueue(t, db, jobs...)
			died := startWorker(t, db.Source(), "die")
			if err := died.Wait(); exitCode(err) != 9 {
				t.Fatalf("the dying process: %v", err)
			}
			// Its claims are given up when their lease is over; make the wait short.
			alter(t, db, `UPDATE job SET max_attempts = 1000`)
			var workers []*exec.Cmd
			for range 3 {
				workers = append(workers, startWorker(t, db.Source(), "work"))
			}
			for _, w := range workers {
				if err := w.Wait(); err != nil {
					t.Errorf("worker: %v", err)
				}
			}
			checkEffects(t, db, n)
		})
	}
}

func startWorker(t *testing.T, source, mode string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), workerEnv+"="+source, workerMode+"="+mode)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

func checkEffects(t *testing.T, db *database.DB, n int) {
	t.Helper()
	var total, distinct, processes int
	row := db.Reader().QueryRowContext(context.Background(), `SELECT count(*), count(DISTINCT job), count(DISTINCT pid) FROM effect`)
	if err := row.Scan(&total, &distinct, &processes); err != nil {
		t.Fatal(err)
	}
	if total != n || distinct != n {
		t.Errorf("%d effects of %d jobs, want %d each once; states %v", total, distinct, n, states(t, db, "effect"))
	}
	t.Logf("%d processes had a part", processes)
}
