package operate_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/operate"
)

var ctx = context.Background()

// dead makes a job that has failed for good.
func dead(t *testing.T, db *database.DB, clock core.Clock) core.ID {
	t.Helper()
	q := job.New(db, clock, job.Options{})
	q.Handle("test.fails", func(context.Context, job.Job) error { return job.Fatal(errors.New("no")) })
	if err := db.InTx(ctx, func(tx *sql.Tx) error { return job.Enqueue(ctx, tx, job.Job{Kind: "test.fails"}) }); err != nil {
		t.Fatal(err)
	}
	if _, err := q.RunDue(ctx); err != nil {
		t.Fatal(err)
	}
	jobs, _, err := job.DeadJobs(ctx, db.Reader(), job.Cursor{}, 10)
	if err != nil || len(jobs) == 0 {
		t.Fatalf("no dead job: %v", err)
	}
	return jobs[0].ID
}

func TestDeadJobsAreRetriedOrGivenUpByAdministratorsOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		clock := core.NewFixedClock(core.SystemClock{}.Now())
		policies, err := access.New(clock, "")
		if err != nil {
			t.Fatal(err)
		}
		s := operate.New(db, policies, clock)
		id := dead(t, db, clock)
		for _, a := range accesstest.Actors() {
			if a.Has(core.RoleAdministrator) {
				continue
			}
			if _, err := s.JobCounts(ctx, a.Actor); err == nil {
				t.Errorf("%s counts jobs", a.Name)
			}
			if _, _, err := s.DeadJobs(ctx, a.Actor, job.Cursor{}, 10); err == nil {
				t.Errorf("%s lists dead jobs", a.Name)
			}
			if err := s.RetryJob(ctx, a.Actor, id); err == nil {
				t.Errorf("%s retries jobs", a.Name)
			}
			if err := s.DiscardJob(ctx, a.Actor, id, "obsolete"); err == nil {
				t.Errorf("%s gives jobs up", a.Name)
			}
		}
		admin := accesstest.Of(core.RoleAdministrator, core.CompetentAuthority).Actor
		if err := s.DiscardJob(ctx, admin, id, "because Ana asked"); core.KindOf(err) != core.Invalid {
			t.Errorf("a reason in free words: %v", err)
		}
		if err := s.RetryJob(ctx, admin, id); err != nil {
			t.Fatal(err)
		}
		id = dead(t, db, clock)
		if err := s.DiscardJob(ctx, admin, id, "obsolete"); err != nil {
			t.Fatal(err)
		}
		var entries int
		if err := db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry WHERE action IN ('retry_job', 'discard_job')`).Scan(&entries); err != nil || entries != 2 {
			t.Errorf("%d ledger entries, %v; want 2", entries, err)
		}
	})
}
