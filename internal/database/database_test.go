package database_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

const insertAgency = `INSERT INTO agency (id, rev, kind, name, code, jurisdiction, first_responder, active, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

func insert(ctx context.Context, q database.Querier, id core.ID, code string) error {
	_, err := q.ExecContext(ctx, insertAgency, id, 1, "police", "Name", code, "scotland", true, false, int64(7))
	return err
}

func TestArgumentsAndTypesMeanTheSameOnBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		id := core.NewIDs(core.SystemClock{}).New()
		if err := db.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, id, "a") }); err != nil {
			t.Fatal(err)
		}
		var got core.ID
		var first, active bool
		var code string
		// Arguments out of order, and one used twice: positions must win.
		row := db.Reader().QueryRowContext(ctx, `SELECT id, code, first_responder, active FROM agency WHERE code = $2 AND kind = $1 AND code = $2`, "police", "a")
		if err := row.Scan(&got, &code, &first, &active); err != nil {
			t.Fatal(err)
		}
		if got != id || code != "a" || !first || active {
			t.Errorf("read back %v %q %v %v", got, code, first, active)
		}
	})
}

func TestUniqueViolationIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		ids := core.NewIDs(core.SystemClock{})
		add := func() error {
			return db.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, ids.New(), "same") })
		}
		if err := add(); err != nil {
			t.Fatal(err)
		}
		if err := add(); core.KindOf(err) != core.Conflict {
			t.Errorf("second insert: %v, want a conflict", err)
		}
	})
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		err := db.InTx(ctx, func(tx *sql.Tx) error {
			if err := insert(ctx, tx, core.NewIDs(core.SystemClock{}).New(), "x"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM agency`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows left, %v", n, err)
		}
	})
}

func TestConcurrentWritersAllSucceed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		ids := core.NewIDs(core.SystemClock{})
		var wg sync.WaitGroup
		errs := make(chan error, 64)
		for i := range 64 {
			wg.Go(func() {
				errs <- db.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, ids.New(), "c"+string(rune('A'+i))) })
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestReaderCannotWriteOnSQLite(t *testing.T) {
	db := dbtest.SQLite(t)
	if err := insert(context.Background(), db.Reader(), core.NewIDs(core.SystemClock{}).New(), "r"); err == nil {
		t.Error("a reading connection wrote")
	}
}

func TestAWrongPostgresAddressSaysSoWithoutThePassword(t *testing.T) {
	_, err := database.Open(context.Background(), "postgres://u:hunter2@127.0.0.1:1/none?connect_timeout=1")
	if core.KindOf(err) != core.Unavailable {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Error("the error repeats the password")
	}
}
