package job_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func newQueue(db *database.DB, clock core.Clock) *job.Queue {
	return job.New(db, clock, job.Options{Log: quiet})
}

func enqueue(t *testing.T, db *database.DB, jobs ...job.Job) {
	t.Helper()
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *sql.Tx) error {
		for _, j := range jobs {
			if err := job.Enqueue(ctx, tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func runDue(t *testing.T, q *job.Queue) int {
	t.Helper()
	n, err := q.RunDue(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// states counts the jobs of a kind by state.
func states(t *testing.T, db *database.DB, kind string) map[job.State]int {
	t.Helper()
	counts, err := job.Counts(context.Background(), db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	out := map[job.State]int{}
	for _, c := range counts {
		if c.Kind == kind {
			out[c.State] = c.N
		}
	}
	return out
}

func TestDueJobsRunInOrderOfTimeThenID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(start)
		q := newQueue(db, clock)
		var got []string
		q.Handle("note", func(_ context.Context, j job.Job) error {
			got = append(got, string(j.Payload))
			return nil
		})
		enqueue(t, db,
			job.Job{Kind: "note", RunAt: start.Add(time.Hour), Payload: []byte("late")},
			job.Job{Kind: "note", RunAt: start, Payload: []byte("b")},
			job.Job{Kind: "note", RunAt: start, Payload: []byte("c")},
			job.Job{Kind: "note", RunAt: start.Add(-time.Hour), Payload: []byte("a")})
		runDue(t, q)
		if s := strings.Join(got, " "); s != "a b c" {
			t.Errorf("ran %q", s)
		}
		clock.Advance(time.Hour)
		runDue(t, q)
		if s := strings.Join(got, " "); s != "a b c late" {
			t.Errorf("ran %q", s)
		}
		if n := states(t, db, "note")[job.Done]; n != 4 {
			t.Errorf("%d done", n)
		}
	})
}

func TestARolledBackWriteLeavesNoJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		err := db.InTx(ctx, func(tx *sql.Tx) error {
			if err := job.Enqueue(ctx, tx, job.Job{Kind: "note"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if s := states(t, db, "note"); len(s) != 0 {
			t.Errorf("jobs: %v", s)
		}
	})
}

func TestAKeyIsUniqueWhileTheJobIsNotDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		q := newQueue(db, core.NewFixedClock(start))
		runs := 0
		q.HandleTx("note", func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			runs++
			// While it runs, the same key adds nothing.
			return job.Enqueue(ctx, tx, job.Job{Kind: "note", Key: "k"})
		})
		again := job.Job{Kind: "note", Key: "k"}
		enqueue(t, db, again, again, job.Job{Kind: "other", Key: "k"}, job.Job{Kind: "other"}, job.Job{Kind: "other"})
		if note, other := states(t, db, "note"), states(t, db, "other"); note[job.Waiting] != 1 || other[job.Waiting] != 3 {
			t.Fatalf("waiting: %v, %v; want 1 and 3", note, other)
		}
		runDue(t, q)
		if runs != 1 {
			t.Errorf("%d runs, want 1", runs)
		}
		enqueue(t, db, again) // done jobs do not hold their key
		if runDue(t, q); runs != 2 {
			t.Errorf("%d runs, want 2", runs)
		}
		if s := states(t, db, "other"); s[job.Waiting] != 3 {
			t.Errorf("a kind nobody handles: %v, want it to wait", s)
		}
	})
}
