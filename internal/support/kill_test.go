package support_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/job"
	"clew/internal/scheme"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

const (
	envKillSource = "CLEW_TEST_SUPPORT_SOURCE"
	envKillNow    = "CLEW_TEST_SUPPORT_NOW"
)

// TestTellInAProcessOfItsOwn is the process that the test below kills; by itself it
// does nothing. It raises the task and says so before that is committed.
func TestTellInAProcessOfItsOwn(t *testing.T) {
	source := os.Getenv(envKillSource)
	if source == "" {
		return
	}
	now, err := time.Parse(time.RFC3339Nano, os.Getenv(envKillNow))
	ok(t, err)
	clock := core.NewFixedClock(now)
	db, err := database.Open(ctx, source)
	ok(t, err)
	policies, err := access.New(clock, "")
	ok(t, err)
	schemes, err := scheme.Load("")
	ok(t, err)
	s, err := support.New(store.NewSupport(db), policies, nil, schemes, clock, "uk") // an empty bed is told of without opening anything
	ok(t, err)
	q := job.New(db, clock, job.Options{})
	q.HandleTx("support.arrival_due", func(ctx context.Context, tx *sql.Tx, j job.Job) error {
		if err := s.RunJob(ctx, store.SupportIn(tx), j); err != nil {
			return err
		}
		fmt.Println("\ntold, not committed")
		select {} // until it is killed
	})
	_, err = q.RunDue(ctx)
	ok(t, err)
}

// TestAProcessKilledWhileTellingLosesAndDoublesNothing kills a process (SIGKILL)
// between the task and its commit, three times; then another one takes the job up.
func TestAProcessKilledWhileTellingLosesAndDoublesNothing(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		caseID, _ := w.Housed() // reserved, and nobody arrives
		w.Clock.Advance(48 * time.Hour)
		told := func() int { return len(tasks(t, w, caseID, support.TaskArrival)) }
		for range 3 {
			killTelling(t, w.DB.Source(), w.Clock.Now())
			if n := told(); n != 0 {
				t.Fatalf("%d tasks that were never committed", n)
			}
			w.Clock.Advance(2 * time.Minute) // the dead process's lease ends
			_, err := job.New(w.DB, w.Clock, job.Options{}).RunDue(ctx)
			ok(t, err)
			w.Clock.Advance(time.Minute)
		}
		w.RunJobs()
		w.Clock.Advance(10 * time.Minute)
		w.RunJobs()
		if n := told(); n != 1 {
			t.Errorf("the provider was told %d times", n)
		}
	})
}

func killTelling(t *testing.T, source string, now time.Time) {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	ok(t, err)
	other := exec.CommandContext(t.Context(), self, "-test.run=^TestTellInAProcessOfItsOwn$", "-test.v")
	other.Env = append(os.Environ(), envKillSource+"="+source, envKillNow+"="+now.Format(time.RFC3339Nano))
	out, err := other.StdoutPipe()
	ok(t, err)
	ok(t, other.Start())
	told := false
	for lines := bufio.NewScanner(out); !told && lines.Scan(); {
		told = lines.Text() == "told, not committed"
	}
	_ = other.Process.Kill()
	_ = other.Wait()
	if !told {
		t.Fatal("the other process never came to tell")
	}
}
