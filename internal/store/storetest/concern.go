package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clew/internal/access"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/safeguarding"
)

// RunConcern runs what the public's door and the advice line rely on against the
// stores that open makes, each empty.
func RunConcern(t *testing.T, open func(t *testing.T) concern.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, concern.Store){
		"a receipt finds its report and no other": receiptFinds,
		"a stale revision is a conflict":          staleConcern,
		"pages join to the whole list of a desk":  concernPages,
		"a record is never written over":          recordsStay,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func sampleConcern(desk core.ID) *concern.Concern {
	return &concern.Concern{ID: ids.New(), Rev: 1, Kind: concern.Report, State: concern.Quarantined, Desk: desk, PersonID: ids.New(), Lang: "eng", Channel: "web", Unread: true,
		CreatedAt: when, UpdatedAt: when}
}

func writeConcern(t testing.TB, s concern.Store, fn func(tx concern.Tx) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func receiptFinds(t *testing.T, s concern.Store) {
	var rows []concern.ReportRow
	for i := range byte(3) {
		c := sampleConcern(ids.New())
		r := concern.ReportRow{ConcernID: c.ID, Locator: []byte{0xff, 0, i}, ReceiptSlot: []byte{1, i}, DeskSlot: []byte{2, i}}
		rows = append(rows, r)
		writeConcern(t, s, func(tx concern.Tx) error {
			if err := tx.AddConcern(ctx, c); err != nil {
				return err
			}
			return tx.AddReport(ctx, r)
		})
	}
	for _, r := range rows {
		got, err := s.ReportByLocator(ctx, r.Locator)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, *got, stored); diff != "" {
			t.Error(diff)
		}
	}
	for _, wrong := range [][]byte{{0xff, 0, 9}, {0xff, 0}, {}, {0xff, 0, 0, 0}} {
		if _, err := s.ReportByLocator(ctx, wrong); core.KindOf(err) != core.NotFound {
			t.Errorf("%v finds something: %v", wrong, err)
		}
	}
}

func staleConcern(t *testing.T, s concern.Store) {
	c := sampleConcern(ids.New())
	f := concern.FollowUp{ID: ids.New(), Rev: 1, ConcernID: c.ID, Desk: c.Desk, Sealed: []byte("sealed"), DueAt: when, Author: ids.New(), CreatedAt: when}
	writeConcern(t, s, func(tx concern.Tx) error {
		if err := tx.AddConcern(ctx, c); err != nil {
			return err
		}
		return tx.AddFollowUp(ctx, f)
	})
	c.Rev, f.Rev, f.DoneAt = 2, 2, when
	for what, save := range map[string]func(tx concern.Tx) error{
		"concern":   func(tx concern.Tx) error { return tx.SaveConcern(ctx, c, 1) },
		"follow-up": func(tx concern.Tx) error { return tx.SaveFollowUp(ctx, f, 1) },
	} {
		writeConcern(t, s, save)
		if err := s.Write(ctx, save); core.KindOf(err) != core.Conflict {
			t.Errorf("%s: %v, want a conflict", what, err)
		}
	}
}

func concernPages(t *testing.T, s concern.Store) {
	desk := ids.New()
	writeConcern(t, s, func(tx concern.Tx) error {
		for i := range 14 {
			c := sampleConcern(desk)
			if i%3 == 0 {
				c.Desk = ids.New() // of somebody else
			}
			if err := tx.AddConcern(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	q := concern.Query{Scope: access.ConcernScope{Desk: desk}, Kind: concern.Report, Limit: 100}
	whole, err := s.Concerns(ctx, q)
	if err != nil || len(whole) != 9 {
		t.Fatalf("%d concerns, %v; want 9", len(whole), err)
	}
	for size := 1; size <= 4; size++ {
		var joined []concern.Concern
		q.Limit, q.Before = size, core.ID{}
		for range 20 {
			page, err := s.Concerns(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			joined = append(joined, page...)
			q.Before = page[len(page)-1].ID
		}
		if diff := cmp.Diff(whole, joined, stored); diff != "" {
			t.Errorf("in pages of %d:\n%s", size, diff)
		}
	}
	if list, err := s.Concerns(ctx, concern.Query{Kind: concern.Report, Limit: 100}); err != nil || len(list) != 0 {
		t.Errorf("an empty scope lists %d, %v", len(list), err)
	}
}

func recordsStay(t *testing.T, s concern.Store) {
	id := ids.New()
	add := func(version int) error {
		return s.Write(ctx, func(tx concern.Tx) error {
			return tx.AddRecord(ctx, concern.RecordRow{ConcernID: id, Version: version, Author: ids.New(), Sealed: []byte{0, byte(version)}, At: when})
		})
	}
	for version := 1; version <= 2; version++ {
		if err := add(version); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(2); core.KindOf(err) != core.Conflict {
		t.Errorf("a version written again: %v, want a conflict", err)
	}
	if r, err := s.LastRecord(ctx, id); err != nil || r.Version != 2 || string(r.Sealed) != "\x00\x02" {
		t.Errorf("the last is %+v, %v", r, err)
	}
}

// RunChildren runs what a child's track relies on.
func RunChildren(t *testing.T, open func(t *testing.T) safeguarding.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, safeguarding.Store){
		"the same thing is told once":    toldOnce,
		"a stale revision is a conflict": staleChild,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func toldOnce(t *testing.T, s safeguarding.Store) {
	n := safeguarding.Notice{Rev: 1, Key: "missing:one", AgencyID: ids.New(), CaseID: ids.New(), Kind: safeguarding.NoticeMissing, CreatedAt: when, DueAt: when.Add(time.Hour)}
	for i, want := range []bool{true, false, false} {
		n.ID = ids.New()
		err := s.WriteChild(ctx, func(tx safeguarding.Tx) error {
			added, err := tx.AddNotice(ctx, n)
			if added != want {
				t.Errorf("time %d: added %v, want %v", i+1, added, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.NoticesOf(ctx, n.CaseID); err != nil || len(list) != 1 {
		t.Errorf("%d notices, %v", len(list), err)
	}
}

func staleChild(t *testing.T, s safeguarding.Store) {
	k := &safeguarding.Track{CaseID: ids.New(), Rev: 1, OpenedAt: when, Updated: when}
	n := safeguarding.Notice{ID: ids.New(), Rev: 1, Key: "k", AgencyID: ids.New(), CaseID: k.CaseID, Kind: safeguarding.NoticeChild, CreatedAt: when}
	step := safeguarding.StepRow{CaseID: k.CaseID, Step: safeguarding.Guardian, Status: safeguarding.Waiting, Rev: 1, Changed: when}
	write := func(fn func(tx safeguarding.Tx) error) error { return s.WriteChild(ctx, fn) }
	err := write(func(tx safeguarding.Tx) error {
		if err := tx.AddTrack(ctx, k); err != nil {
			return err
		}
		if err := tx.AddStep(ctx, step); err != nil {
			return err
		}
		_, err := tx.AddNotice(ctx, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	k.Rev, n.Rev, step.Rev = 2, 2, 2
	for what, save := range map[string]func(tx safeguarding.Tx) error{
		"track":  func(tx safeguarding.Tx) error { return tx.SaveTrack(ctx, k, 1) },
		"notice": func(tx safeguarding.Tx) error { return tx.SaveNotice(ctx, n, 1) },
		"step":   func(tx safeguarding.Tx) error { return tx.SaveStep(ctx, step, 1) },
	} {
		if err := write(save); err != nil {
			t.Fatal(err)
		}
		if err := write(save); core.KindOf(err) != core.Conflict {
			t.Errorf("%s: %v, want a conflict", what, err)
		}
	}
}
