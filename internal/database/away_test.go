package database_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database/dbtest"
)

// TestPostgresMayGoAwayAndComeBack: every connection is cut, as when the server
// restarts. What was under way fails in words or not at all, and the pool finds
// its way back without anybody's help.
func TestPostgresMayGoAwayAndComeBack(t *testing.T) {
	db := dbtest.Postgres(t)
	ctx := context.Background()
	ids := core.NewIDs(core.SystemClock{})
	if err := db.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, ids.New(), "before") }); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(ctx, func(tx *sql.Tx) error {
		if err := insert(ctx, tx, ids.New(), "cut"); err != nil {
			return err
		}
		var pid int
		if err := tx.QueryRowContext(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		other := dbtest.Open(t, db.Source())
		if _, err := other.Reader().ExecContext(ctx, `SELECT pg_terminate_backend($1)`, pid); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond) // the server needs a moment to hang up
		return insert(ctx, tx, ids.New(), "after the cut")
	})
	if core.KindOf(err) != core.Unavailable {
		t.Errorf("a cut transaction: %v, want Unavailable", err)
	}
	for attempt := range 20 {
		if err = db.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, ids.New(), "back"+string(rune('a'+attempt))) }); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("the pool did not find its way back: %v", err)
	}
	var n int
	if err := db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM agency WHERE code IN ('cut', 'after the cut')`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows of the cut transaction, %v", n, err)
	}
}
