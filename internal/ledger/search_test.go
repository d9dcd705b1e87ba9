package ledger_test

import (
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

func TestSearchNarrowsAndPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		entries := make([]ledger.Entry, 60)
		actors := []core.ID{h.ids.New(), h.ids.New(), h.ids.New()}
		for i := range entries {
			e := h.entry()
			e.Actor, e.Agency, e.Case = actors[i%3], actors[i%2], actors[i%3]
			e.At = start.Add(time.Duration(i/4) * time.Minute) // several at one instant
			if i%5 == 0 {
				e.Kind, e.Action = ledger.Read, "case.read_identity"
			}
			entries[i] = e
		}
		h.append(entries...)
		filters := []ledger.Filter{{}, {Actor: actors[1]}, {Agency: actors[0]}, {Case: actors[2]}, {Kind: ledger.Read}, {Action: "case.submit"},
			{From: start.Add(3 * time.Minute), To: start.Add(9 * time.Minute)},
			{Actor: actors[0], Agency: actors[0], Case: actors[0], Kind: ledger.Read, Action: "case.read_identity", From: start, To: start.Add(time.Hour)}}
		for _, f := range filters {
			want := map[core.ID]bool{}
			for _, e := range entries {
				if matches(f, e) {
					want[e.ID] = true
				}
			}
			if len(want) == 0 {
				t.Errorf("filter %+v finds nothing: the test is empty", f)
			}
			checkPages(t, h, f, want)
		}
	})
}

// matches is the filter's meaning, written a second time.
func matches(f ledger.Filter, e ledger.Entry) bool {
	same := func(want, got core.ID) bool { return want.IsZero() || want == got }
	return same(f.Actor, e.Actor) && same(f.Agency, e.Agency) && same(f.Case, e.Case) && (f.Kind == "" || f.Kind == e.Kind) &&
		(f.Action == "" || f.Action == e.Action) && (f.From.IsZero() || !e.At.Before(f.From)) && (f.To.IsZero() || e.At.Before(f.To))
}

func checkPages(t *testing.T, h *house, f ledger.Filter, want map[core.ID]bool) {
	t.Helper()
	var cursor ledger.Cursor
	var last ledger.Entry
	got := 0
	for {
		page, next, err := h.log.Search(ctx, f, cursor, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			if !want[e.ID] {
				t.Errorf("filter %+v found %+v, or found it twice", f, e)
			}
			delete(want, e.ID)
			if got > 0 && e.At.After(last.At) {
				t.Errorf("%s comes after an older entry", e.At)
			}
			last = e
			got++
		}
		if next == (ledger.Cursor{}) {
			break
		}
		cursor = next
	}
	if len(want) > 0 {
		t.Errorf("filter %+v missed %d entries", f, len(want))
	}
}

func TestTheQueryHoldsNoValue(t *testing.T) {
	id := core.NewIDs(core.SystemClock{}).New()
	f := ledger.Filter{Actor: id, Agency: id, Case: id, Kind: "read' OR '1'='1", Action: "x$1", From: start, To: start}
	query, args := f.Query(ledger.Cursor{At: start, ID: id}, 9)
	want := "WHERE actor = $1 AND agency = $2 AND case_id = $3 AND kind = $4 AND action = $5 AND at >= $6 AND at < $7 AND (at, id) < ($8, $9) ORDER BY at DESC, id DESC LIMIT $10"
	if !strings.HasSuffix(query, want) || len(args) != 10 {
		t.Errorf("query %s with %d arguments", query, len(args))
	}
}

func TestLookersAreCountedOnceEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		subject := h.ids.New()
		people := make([]core.ID, 5)
		for i := range people {
			people[i] = h.ids.New()
		}
		agency := h.ids.New()
		for i := range 23 {
			e := h.entry()
			e.Actor, e.Agency, e.Case, e.Kind, e.Action = people[i%5], agency, subject, ledger.Read, "case.read_identity"
			if i == 22 {
				e.Kind = ledger.Write // not a look
			}
			e.At = start.Add(time.Duration(i) * time.Minute)
			h.append(e)
		}
		var got []ledger.Looker
		var cursor ledger.LookersCursor
		for {
			page, next, err := h.log.Lookers(ctx, subject, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page...)
			if next == (ledger.LookersCursor{}) {
				break
			}
			cursor = next
		}
		want := []ledger.Looker{}
		for _, k := range []struct{ person, last, times int }{{1, 21, 5}, {0, 20, 5}, {4, 19, 4}, {3, 18, 4}, {2, 17, 4}} {
			want = append(want, ledger.Looker{Actor: people[k.person], Agency: agency, First: start.Add(time.Duration(k.person) * time.Minute),
				Last: start.Add(time.Duration(k.last) * time.Minute), Times: k.times})
		}
		if len(got) != len(want) {
			t.Fatalf("%d lookers: %+v", len(got), got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("looker %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}
