package ledger_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"

	"pgregory.net/rapid"
)

// positions reads which entry holds which position.
func (h *house) positions() map[int64]core.ID {
	h.t.Helper()
	rows, err := h.db.Reader().QueryContext(ctx, `SELECT seq, id FROM ledger_entry WHERE seq IS NOT NULL`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	out := map[int64]core.ID{}
	for rows.Next() {
		var seq int64
		var id core.ID
		if err := rows.Scan(&seq, &id); err != nil {
			h.t.Fatal(err)
		}
		out[seq] = id
	}
	return out
}

// TestAnyInterleavingEndsInOneWholeLedger lets several goroutines over two
// handles append, integrate and sign in any order: every committed entry has
// exactly one position, no position ever changes, and the whole verifies.
func TestAnyInterleavingEndsInOneWholeLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		second, err := database.Open(ctx, db.Source())
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		h := newHouse(t, db)
		logs := []*ledger.Log{h.log, h.open(second, h.file)}
		dbs := []*database.DB{db, second}
		total, known := 0, map[int64]core.ID{}
		rapid.Check(t, func(rt *rapid.T) {
			plans := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 5), 1, 5), 2, 4).Draw(rt, "plans")
			var wg sync.WaitGroup
			var mu sync.Mutex
			for i, plan := range plans {
				wg.Go(func() {
					for _, step := range plan {
						n, err := act(dbs[i%2], logs[i%2], h.ids, step)
						mu.Lock()
						total += n
						if err != nil {
							rt.Errorf("step %d: %v", step, err)
						}
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			now := h.positions()
			for seq, id := range known {
				if now[seq] != id {
					rt.Fatalf("position %d moved from %s to %s", seq, id, now[seq])
				}
			}
			known = now
		})
		h.sign()
		h.mustVerify(total)
		if got := len(h.positions()); got != total {
			t.Errorf("%d positions for %d committed entries", got, total)
		}
	})
}

// act does one step and returns how many entries it committed.
func act(db *database.DB, log *ledger.Log, ids *core.IDs, step int) (int, error) {
	switch step {
	case 4:
		_, err := log.Integrate(ctx)
		return 0, err
	case 5:
		_, err := log.Checkpoint(ctx)
		return 0, err
	case 0: // a write that is rolled back leaves no entry
		_ = db.InTx(ctx, func(tx *sql.Tx) error {
			if err := ledger.Append(ctx, tx, anEntry(ids), nil); err != nil {
				return err
			}
			return context.Canceled
		})
		return 0, nil
	}
	err := db.InTx(ctx, func(tx *sql.Tx) error {
		for range step {
			if err := ledger.Append(ctx, tx, anEntry(ids), []byte("x")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

func anEntry(ids *core.IDs) ledger.Entry {
	e := ledger.By(core.SystemActor(), core.Administer)
	e.ID, e.At, e.Kind, e.Action = ids.New(), start, ledger.System, "test.step"
	return e
}

func TestWithinABatchPositionsFollowTheIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		entries := h.add(50)
		late := h.entry()
		h.integrate()
		h.append(late)
		h.integrate()
		at := h.positions()
		for i, e := range append(entries, late) {
			if at[int64(i)] != e.ID {
				t.Fatalf("position %d holds %s, want %s", i, at[int64(i)], e.ID)
			}
		}
	})
}

func TestAnEntryThatBreaksTheFormIsRefused(t *testing.T) {
	db := dbtest.SQLite(t)
	h := newHouse(t, db)
	spoil := map[string]func(*ledger.Entry){
		"no id":              func(e *ledger.Entry) { e.ID = core.ID{} },
		"no time":            func(e *ledger.Entry) { e.At = e.At.Truncate(0).AddDate(-3000, 0, 0) },
		"unknown kind":       func(e *ledger.Entry) { e.Kind = "peek" },
		"words as action":    func(e *ledger.Entry) { e.Action = "Looked at" },
		"action is -":        func(e *ledger.Entry) { e.Action = "-" },
		"unknown purpose":    func(e *ledger.Entry) { e.Purpose = "curiosity" },
		"a name as object":   func(e *ledger.Entry) { e.Object = "person:Ana Müller" },
		"long object":        func(e *ledger.Entry) { e.Object = string(make([]byte, 121)) },
		"line in a policy":   func(e *ledger.Entry) { e.Policies = []string{"a\nb"} },
		"comma in a policy":  func(e *ledger.Entry) { e.Policies = []string{"a,b"} },
		"empty policy":       func(e *ledger.Entry) { e.Policies = []string{""} },
		"seventeen policies": func(e *ledger.Entry) { e.Policies = make([]string, 17) },
	}
	for name, change := range spoil {
		e := h.entry()
		change(&e)
		err := db.InTx(ctx, func(tx *sql.Tx) error { return ledger.Append(ctx, tx, e, nil) })
		if codeOf(err) != "ledger.malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContentIsCommittedToAndNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		e := h.entry()
		err := db.InTx(ctx, func(tx *sql.Tx) error { return ledger.Append(ctx, tx, e, []byte("the decision was negative")) })
		if err != nil {
			t.Fatal(err)
		}
		h.sign()
		for content, want := range map[string]bool{"the decision was negative": true, "the decision was positive": false} {
			if got, err := h.log.Matches(ctx, e.ID, []byte(content)); err != nil || got != want {
				t.Errorf("%q: %v, %v", content, got, err)
			}
		}
		err = db.InTx(ctx, func(tx *sql.Tx) error {
			n, err := ledger.Shred(ctx, tx, e.Case)
			if n != 1 {
				t.Errorf("%d salts shredded", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.log.Matches(ctx, e.ID, []byte("the decision was negative")); err != ledger.ErrShredded {
			t.Errorf("after shredding: %v", err)
		}
		h.mustVerify(1)
		if r := h.verify(); r.Shredded != 1 {
			t.Errorf("%d shredded", r.Shredded)
		}
	})
}
