package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

const origin = "clew.test/ledger"

var (
	start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	seed  = bytes.Repeat([]byte{7}, 32)
	ctx   = context.Background()
)

// house is a database, its ledger and a clock that is moved by hand.
type house struct {
	t     testing.TB
	db    *database.DB
	log   *ledger.Log
	file  string
	clock *core.FixedClock
	ids   *core.IDs
}

func newHouse(t testing.TB, db *database.DB) *house {
	t.Helper()
	clock := core.NewFixedClock(start)
	h := &house{t: t, db: db, clock: clock, ids: core.NewIDs(clock), file: filepath.Join(t.TempDir(), "checkpoints")}
	h.log = h.open(db, h.file)
	return h
}

func (h *house) open(db *database.DB, file string) *ledger.Log {
	h.t.Helper()
	log, err := ledger.New(db, seed, origin, file, h.clock)
	if err != nil {
		h.t.Fatal(err)
	}
	return log
}

func (h *house) entry() ledger.Entry {
	e := ledger.By(core.Actor{UserID: h.ids.New(), AgencyID: h.ids.New()}, core.Protect)
	h.clock.Advance(time.Millisecond)
	e.ID, e.At, e.Kind, e.Action, e.Case = h.ids.New(), h.clock.Now(), ledger.Write, "case.submit", h.ids.New()
	e.Object, e.Policies = "case:"+e.Case.String(), []string{"base/refer", "mou/wessex"}
	return e
}

func (h *house) append(entries ...ledger.Entry) {
	h.t.Helper()
	err := h.db.InTx(ctx, func(tx *sql.Tx) error {
		for i, e := range entries {
			if err := ledger.Append(ctx, tx, e, fmt.Appendf(nil, "content %d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// add appends n entries and returns them.
func (h *house) add(n int) []ledger.Entry {
	h.t.Helper()
	entries := make([]ledger.Entry, n)
	for i := range entries {
		entries[i] = h.entry()
	}
	h.append(entries...)
	return entries
}

func (h *house) integrate() {
	h.t.Helper()
	if _, err := h.log.Integrate(ctx); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) sign() ledger.Checkpoint {
	h.t.Helper()
	h.integrate()
	c, err := h.log.Checkpoint(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) verify() ledger.Report {
	h.t.Helper()
	r, err := h.log.Verify(ctx, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) mustVerify(entries int) {
	h.t.Helper()
	r := h.verify()
	if !r.OK() || r.Entries != int64(entries) {
		h.t.Fatalf("%d entries checked, want %d; findings: %v", r.Entries, entries, r.Findings)
	}
}

func TestEntriesAreSignedAndVerified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		for _, n := range []int{1, 2, 700, 1, 255, 4200} {
			h.add(n)
			if c := h.sign(); c.At != start && c.Origin != origin {
				t.Errorf("checkpoint %+v", c)
			}
		}
		h.mustVerify(1 + 2 + 700 + 1 + 255 + 4200)
		if err := h.log.StartCheck(ctx); err != nil {
			t.Error(err)
		}
		h.add(3)
		s, err := h.log.Status(ctx)
		if err != nil || s.Size != 5159 || s.Pending != 3 || s.Unsigned != 3 || s.Latest.N != 5159 {
			t.Errorf("status %+v, %v", s, err)
		}
	})
}

func TestAProofIsCheckedWithTheKeyAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		entries := h.add(600)
		if _, err := h.log.Prove(ctx, entries[0].ID); core.KindOf(err) != core.NotNow {
			t.Errorf("before the checkpoint: %v", err)
		}
		h.sign()
		for _, i := range []int{0, 1, 255, 256, 599} {
			p, err := h.log.Prove(ctx, entries[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ledger.ParseProof(p.Text(), h.log.PublicKey())
			if err != nil {
				t.Fatal(err)
			}
			if got.Entry.ID != entries[i].ID || got.Position != int64(i) || got.Checkpoint.N != 600 {
				t.Errorf("proved %+v", got)
			}
		}
	})
}
