package job_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"

	"pgregory.net/rapid"
)

func TestAFailedJobIsTriedAgainLaterAndDiesVisibly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		runs := 0
		q.Handle("letter", func(context.Context, job.Job) error {
			runs++
			switch runs {
			case 1:
				return errors.New("Ana Kovač does not live at 5 Mill Lane") // must not be kept
			case 2:
				panic("Ana Kovač")
			}
			return core.E(core.Unavailable, "printer.away", "The printer is away.")
		})
		enqueue(t, db, job.Job{Kind: "letter", MaxAttempts: 3, RunAt: start})
		for want, code := range []string{"internal", "panic", "printer.away"} {
			if n := runDue(t, q); n != 1 {
				t.Fatalf("attempt %d: %d ran", want+1, n)
			}
			var state, last string
			if err := db.Reader().QueryRowContext(context.Background(), `SELECT state, last_error FROM job WHERE kind = 'letter'`).Scan(&state, &last); err != nil {
				t.Fatal(err)
			}
			if last != code {
				t.Errorf("attempt %d: kept %q, want %q", want+1, last, code)
			}
			if n := runDue(t, q); n != 0 {
				t.Errorf("attempt %d: it came back at once", want+1)
			}
			clock.Advance(3 * time.Hour)
		}
		dead, next, err := job.DeadJobs(context.Background(), db.Reader(), job.Cursor{}, 10)
		if err != nil || len(dead) != 1 || dead[0].Attempts != 3 || dead[0].LastError != "printer.away" || next != (job.Cursor{}) {
			t.Fatalf("dead: %+v, %v", dead, err)
		}
		if runDue(t, q) != 0 {
			t.Error("a dead job ran")
		}
	})
}

func TestADeadJobIsRetriedOrDiscarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		fail := true
		q.Handle("letter", func(context.Context, job.Job) error {
			if fail {
				return job.Fatal(errors.New("no such template"))
			}
			return nil
		})
		for i := range 5 {
			enqueue(t, db, job.Job{Kind: "letter", Key: fmt.Sprint(i)})
		}
		runDue(t, q)
		var dead []job.Job
		var cursor job.Cursor
		for {
			page, next, err := job.DeadJobs(ctx, db.Reader(), cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			dead = append(dead, page...)
			if cursor = next; next == (job.Cursor{}) {
				break
			}
		}
		if len(dead) != 5 {
			t.Fatalf("%d dead, want 5: Fatal means no further attempt", len(dead))
		}
		act := func(fn func(tx *sql.Tx) error) error { return db.InTx(ctx, fn) }
		if err := act(func(tx *sql.Tx) error { return job.Retry(ctx, tx, dead[0].ID) }); err != nil {
			t.Error(err)
		}
		if err := act(func(tx *sql.Tx) error { return job.Retry(ctx, tx, dead[0].ID) }); core.KindOf(err) != core.NotFound {
			t.Errorf("retried twice: %v", err)
		}
		if err := act(func(tx *sql.Tx) error { return job.Discard(ctx, tx, dead[1].ID, "obsolete") }); err != nil {
			t.Error(err)
		}
		if err := act(func(tx *sql.Tx) error { return job.Discard(ctx, tx, dead[2].ID, "Because I say so") }); core.KindOf(err) != core.Invalid {
			t.Errorf("a reason in words: %v", err)
		}
		enqueue(t, db, job.Job{Kind: "letter", Key: dead[3].Key})
		if err := act(func(tx *sql.Tx) error { return job.Retry(ctx, tx, dead[3].ID) }); core.KindOf(err) != core.Conflict {
			t.Errorf("another one with its key is waiting: %v", err)
		}
		fail = false
		if n := runDue(t, q); n != 2 {
			t.Errorf("%d ran, want the retried and the new one", n)
		}
		if s := states(t, db, "letter"); s[job.Dead] != 3 || s[job.Done] != 3 {
			t.Errorf("states %v", s)
		}
		if j, err := job.Get(ctx, db.Reader(), dead[1].ID); err != nil || j.LastError != "discarded:obsolete" {
			t.Errorf("discarded: %+v, %v", j, err)
		}
	})
}

func TestTheEffectsOfATxHandlerCommitWithItsCompletion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		fail := true
		q.HandleTx("first", func(ctx context.Context, tx *sql.Tx, _ job.Job) error {
			if err := job.Enqueue(ctx, tx, job.Job{Kind: "second"}); err != nil {
				return err
			}
			if fail {
				return errors.New("after the write")
			}
			return nil
		})
		enqueue(t, db, job.Job{Kind: "first"})
		runDue(t, q)
		if s := states(t, db, "second"); len(s) != 0 {
			t.Errorf("a failed handler's write stayed: %v", s)
		}
		fail = false
		clock.Advance(time.Hour)
		runDue(t, q)
		if s := states(t, db, "second"); s[job.Waiting] != 1 {
			t.Errorf("second: %v", s)
		}
		_ = ctx
	})
}

// TestAJobWhoseLeaseWasLostDoesNotCount lets a second queue take over while the
// first one's handler is still at work.
func TestAJobWhoseLeaseWasLostDoesNotCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		slow, quick := newQueue(db, clock), newQueue(db, clock)
		effects := []string{}
		slow.Handle("note", func(context.Context, job.Job) error {
			clock.Advance(2 * time.Hour) // longer than the lease, then the backoff
			if _, err := quick.RunDue(context.Background()); err != nil {
				t.Error(err)
			}
			clock.Advance(3 * time.Hour)
			if _, err := quick.RunDue(context.Background()); err != nil {
				t.Error(err)
			}
			return errors.New("too late: this must not bring the job back")
		})
		quick.Handle("note", func(_ context.Context, j job.Job) error {
			effects = append(effects, fmt.Sprint("quick", j.Attempts))
			return nil
		})
		enqueue(t, db, job.Job{Kind: "note", RunAt: start})
		runDue(t, slow)
		clock.Advance(24 * time.Hour)
		runDue(t, slow)
		if got := strings.Join(effects, " "); got != "quick2" {
			t.Errorf("effects %q", got)
		}
		if s := states(t, db, "note"); s[job.Done] != 1 || len(s) != 1 {
			t.Errorf("states %v", s)
		}
	})
}

func TestAJobThatKillsItsProcessDiesInTheEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		q.Handle("bomb", func(context.Context, job.Job) error { t.Error("it ran after its attempts were used up"); return nil })
		enqueue(t, db, job.Job{Kind: "bomb", MaxAttempts: 3, RunAt: start})
		for attempt := range 3 {
			if s := states(t, db, "bomb"); s[job.Waiting] != 1 {
				t.Fatalf("before attempt %d: %v", attempt+1, s)
			}
			// What a killed process leaves: a claim that nobody renews.
			alter(t, db, `UPDATE job SET state = 'running', holder = 'gone', attempts = attempts + 1, lease_until = $1 WHERE kind = 'bomb'`,
				database.Micros(clock.Now().Add(time.Minute)))
			clock.Advance(59 * time.Second)
			runDue(t, q)
			if s := states(t, db, "bomb"); s[job.Running] != 1 {
				t.Fatalf("taken away before its lease was over: %v", s)
			}
			clock.Advance(2 * time.Second)
			runDue(t, q) // finds the lost lease; the job waits for its backoff
		}
		dead, _, err := job.DeadJobs(context.Background(), db.Reader(), job.Cursor{}, 1)
		if err != nil || len(dead) != 1 || dead[0].LastError != "lease_expired" {
			t.Errorf("dead %+v, %v", dead, err)
		}
	})
}

func alter(t *testing.T, db *database.DB, query string, args ...any) {
	t.Helper()
	err := db.InTx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(context.Background(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor waits for something that another goroutine does.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it did not happen within ten seconds")
}

func TestCancelRemovesWhatWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		q := newQueue(db, core.NewFixedClock(start))
		ran := 0
		q.Handle("reminder", func(ctx context.Context, j job.Job) error {
			ran++
			if was, err := job.Cancel(ctx, db.Reader(), "reminder", j.Key); was {
				t.Error("cancelled while running", err)
			}
			return nil
		})
		enqueue(t, db, job.Job{Kind: "reminder", Key: "a"}, job.Job{Kind: "reminder", Key: "b"})
		err := db.InTx(ctx, func(tx *sql.Tx) error {
			if was, err := job.Cancel(ctx, tx, "reminder", "a"); err != nil || !was {
				t.Errorf("cancel: %v, %v", was, err)
			}
			if was, err := job.Cancel(ctx, tx, "reminder", "a"); err != nil || was {
				t.Errorf("cancel again: %v, %v", was, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if runDue(t, q); ran != 1 {
			t.Errorf("%d ran, want 1", ran)
		}
	})
}

func TestBadJobsAreRefused(t *testing.T) {
	db := dbtest.SQLite(t)
	for name, c := range map[string]struct {
		job  job.Job
		kind core.Kind
	}{
		"payload":  {job.Job{Kind: "note", Payload: make([]byte, job.MaxPayload+1)}, core.TooLarge},
		"no kind":  {job.Job{}, core.Internal},
		"kind":     {job.Job{Kind: "Send Letter"}, core.Internal},
		"key":      {job.Job{Kind: "note", Key: strings.Repeat("k", 201)}, core.Internal},
		"attempts": {job.Job{Kind: "note", MaxAttempts: -1}, core.Internal},
	} {
		err := db.InTx(context.Background(), func(tx *sql.Tx) error { return job.Enqueue(context.Background(), tx, c.job) })
		if core.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	enqueue(t, db, job.Job{Kind: "note", Payload: make([]byte, job.MaxPayload), Key: strings.Repeat("k", 200)})
}

func TestBackoffStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attempts := rapid.IntRange(0, 1<<40).Draw(t, "attempts")
		random := rapid.Float64Range(0, 0.999999).Draw(t, "random")
		d := job.Backoff(attempts, random)
		if d < 2500*time.Millisecond || d > 2*time.Hour {
			t.Errorf("%v after %d attempts", d, attempts)
		}
		if longer := job.Backoff(attempts+1, random); longer < d {
			t.Errorf("%v after %d attempts, then %v", d, attempts, longer)
		}
	})
}

func TestSchedulesRunOnceAnIntervalOverAllQueues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		runs := 0
		queues := make([]*job.Queue, 3)
		for i := range queues {
			queues[i] = newQueue(db, clock)
			queues[i].Handle("sweep", func(context.Context, job.Job) error { runs++; return nil })
			queues[i].Every("sweep", time.Hour)
		}
		all := func() {
			for _, q := range queues {
				runDue(t, q)
			}
		}
		steps := []struct {
			name string
			move time.Duration
			want int
		}{
			{"a new schedule runs at once", 0, 1},
			{"not again within the interval", 59 * time.Minute, 1},
			{"at the next start", time.Minute, 2},
			{"once after a long pause", 30 * time.Hour, 3},
			{"not when the clock steps back", -10 * time.Minute, 3},
			{"and on from there", 80 * time.Minute, 4},
			{"after a clock that was years ahead", 10 * 365 * 24 * time.Hour, 5},
			{"and came back", -10 * 365 * 24 * time.Hour, 6},
			{"it goes on", time.Hour, 7},
		}
		for _, s := range steps {
			clock.Advance(s.move)
			if all(); runs != s.want {
				t.Errorf("%s: %d runs, want %d", s.name, runs, s.want)
			}
		}
	})
}

func TestDoneJobsArePurged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		q.Handle("note", func(_ context.Context, j job.Job) error {
			if j.Key == "bad" {
				return job.Fatal(errors.New("bad"))
			}
			return nil
		})
		enqueue(t, db, job.Job{Kind: "note"}, job.Job{Kind: "note", Key: "bad"}, job.Job{Kind: "note", RunAt: start.AddDate(1, 0, 0)})
		runDue(t, q)
		clock.Advance(29 * 24 * time.Hour)
		runDue(t, q)
		if s := states(t, db, "note"); s[job.Done] != 1 {
			t.Errorf("purged too early: %v", s)
		}
		clock.Advance(2 * 24 * time.Hour)
		runDue(t, q)
		if s := states(t, db, "note"); s[job.Done] != 0 || s[job.Dead] != 1 || s[job.Waiting] != 1 {
			t.Errorf("states %v; only done jobs go", s)
		}
	})
}

// TestEveryJobIsClaimedOnce lets several queues over two handles run jobs
// together, with a clock that steps both ways.
func TestEveryJobIsClaimedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		second, err := database.Open(context.Background(), db.Source())
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		clock := core.NewFixedClock(start)
		var mu sync.Mutex
		runs := map[core.ID]int{}
		var queues []*job.Queue
		for i := range 4 {
			q := newQueue([]*database.DB{db, second}[i%2], clock)
			q.Handle("note", func(_ context.Context, j job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				runs[j.ID]++
				return nil
			})
			queues = append(queues, q)
		}
		ids := core.NewIDs(clock)
		rapid.Check(t, func(rt *rapid.T) {
			clear(runs)
			n := rapid.IntRange(1, 12).Draw(rt, "jobs")
			var jobs []job.Job
			for range n {
				at := clock.Now().Add(-time.Duration(rapid.IntRange(0, 40).Draw(rt, "age")) * time.Second)
				jobs = append(jobs, job.Job{ID: ids.New(), Kind: "note", RunAt: at})
			}
			enqueue(t, db, jobs...)
			step := time.Duration(rapid.IntRange(-20, 20).Draw(rt, "step")) * time.Second
			var wg sync.WaitGroup
			for _, q := range queues {
				wg.Go(func() {
					if _, err := q.RunDue(context.Background()); err != nil {
						t.Error(err)
					}
					clock.Advance(step)
				})
			}
			wg.Wait()
			clock.Advance(5 * time.Minute) // past any backward steps
			if _, err := queues[0].RunDue(context.Background()); err != nil {
				rt.Fatal(err)
			}
			for _, j := range jobs {
				if runs[j.ID] != 1 {
					rt.Errorf("job ran %d times", runs[j.ID])
				}
			}
		})
	})
}
