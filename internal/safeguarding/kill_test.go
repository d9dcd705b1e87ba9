package safeguarding_test

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
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/store"
)

const (
	envKillSource = "CLEW_TEST_TELL_SOURCE"
	envKillNow    = "CLEW_TEST_TELL_NOW"
)

// TestTellInAProcessOfItsOwn is the process that the test below kills; by itself it
// does nothing. It writes the notices and says so before they are committed.
func TestTellInAProcessOfItsOwn(t *testing.T) {
	source := os.Getenv(envKillSource)
	if source == "" {
		return
	}
	now, err := time.Parse(time.RFC3339Nano, os.Getenv(envKillNow))
	must(t, err)
	clock := core.NewFixedClock(now)
	db, err := database.Open(ctx, source)
	must(t, err)
	policies, err := access.New(clock, "")
	must(t, err)
	schemes, err := scheme.Load("")
	must(t, err)
	children := safeguarding.New(store.New(db), policies, nil, schemes, clock) // telling opens nothing that is sealed
	q := job.New(db, clock, job.Options{})
	q.HandleTx("safeguarding.missing", func(ctx context.Context, tx *sql.Tx, j job.Job) error {
		if err := children.RunJob(ctx, store.InChild(tx), j); err != nil {
			return err
		}
		fmt.Println("\ntold, not committed")
		select {} // until it is killed
	})
	_, err = q.RunDue(ctx)
	must(t, err)
}

// A process is killed (SIGKILL) between telling everybody and the commit, three
// times; then another one takes the job up. Each agency has one notice.
func TestAProcessKilledWhileTellingTellsNobodyTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		w := caseworktest.New(t, db)
		id := child(w)
		people := everybody(w, t, id)
		w.RunJobs()
		raise(t, w, id)
		for range 3 {
			killTelling(t, db.Source(), w.Clock.Now())
			for name, p := range people {
				if n := inbox(t, w, p.Actor, p.Purpose); n[safeguarding.NoticeMissing] != 0 {
					t.Fatalf("%s has a notice that was never committed: %v", name, n)
				}
			}
			w.Clock.Advance(2 * time.Minute) // the dead process's lease ends
			_, err := job.New(w.DB, w.Clock, job.Options{}).RunDue(ctx)
			must(t, err)
			w.Clock.Advance(time.Minute)
		}
		w.RunJobs()
		w.Clock.Advance(10 * time.Minute)
		w.RunJobs()
		for name, p := range people {
			if n := inbox(t, w, p.Actor, p.Purpose); n[safeguarding.NoticeMissing] != 1 {
				t.Errorf("%s was told %v", name, n)
			}
		}
		if n := lookouts(t, w); len(n) != 1 {
			t.Errorf("look-outs: %v", n)
		}
	})
}

func killTelling(t *testing.T, source string, now time.Time) {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	must(t, err)
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestTellInAProcessOfItsOwn$", "-test.v")
	child.Env = append(os.Environ(), envKillSource+"="+source, envKillNow+"="+now.Format(time.RFC3339Nano))
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	told := false
	for lines := bufio.NewScanner(out); !told && lines.Scan(); {
		told = lines.Text() == "told, not committed"
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if !told {
		t.Fatal("the other process never came to tell")
	}
}
