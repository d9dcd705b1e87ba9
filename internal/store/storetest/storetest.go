// Package storetest is the conformance suite of casework's Store: what casework
// relies on, whatever engine is behind it. Every engine runs all of it.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var ctx = context.Background()

// Run runs the suite against the stores that open makes, each empty.
func Run(t *testing.T, open func(t *testing.T) casework.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, casework.Store){
		"a case comes back as it went in":             roundTrip,
		"a stale revision is a conflict":              staleRevision,
		"pages join to the whole list, each row once": pages,
		"a scope in SQL is the scope in Go":           scopes,
		"blind groups must all match":                 blind,
		"what fails leaves nothing":                   atomic,
		"a draft is dropped once":                     drafts,
		"a missing row is not found":                  missing,
		"counts are the rows":                         counts,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var ids = core.NewIDs(core.SystemClock{})

var when = time.Date(2025, 3, 12, 9, 30, 0, 123456000, time.UTC)

// sample is a case with something in every field.
func sample() *casework.Case {
	return &casework.Case{
		ID: ids.New(), Rev: 1, Reference: ids.New().String()[19:], Kind: casework.Referral, State: casework.Recovery, Scheme: "uk", Jurisdiction: "scotland",
		PersonID: ids.New(), Round: 2, EarlierCaseID: ids.New(), ReferringAgency: ids.New(), Author: ids.New(), Authority: ids.New(), LocalAuthority: ids.New(),
		SupportAgency: ids.New(), Assignee: ids.New(), AgeGroup: "child", Child: true, AgeBasis: "presumed", AgeDisputed: true, AgeContradiction: true,
		Gender: "feminine", Nationality: "ALB", SecondNationality: "GBR",
		Facts: casework.Facts{Exploitation: []string{"forced_labour", "county_lines"}, ExploitedWhere: "both",
			Indicators: []casework.Indicator{{Code: "GEN-01", ObservedBy: "me", On: core.PartialDate{Year: 2025, Month: 2, About: true}}}},
		ConsentSharing: true, ConsentPolice: true, InfoRequestedFrom: ids.New(), ReviewOf: casework.EndOfRecovery, ProposerID: ids.New(), DeciderID: ids.New(), ReviewerID: ids.New(),
		SubmittedAt: when, NotifiedAt: when.Add(1), ClockDay: core.MustDate(2025, 3, 12), DueAt: when.Add(time.Hour), DueFor: casework.DueRecoveryEnd,
		RGDueAt: when.Add(2 * time.Hour), RGDecidedAt: when.Add(3 * time.Hour), RecoveryFrom: core.MustDate(2025, 3, 13), RecoveryUntil: core.MustDate(2025, 4, 12),
		RecoveryEndedAt: when.Add(4 * time.Hour), CGDecidedAt: when.Add(5 * time.Hour), ReconsiderUntil: core.MustDate(2025, 5, 1),
		SuspendedAt: when.Add(6 * time.Hour), ClosedAt: when.Add(7 * time.Hour), EndReason: "finished", UpdatedAt: when.Add(8 * time.Hour),
	}
}

func add(t testing.TB, s casework.Store, cases ...*casework.Case) {
	t.Helper()
	err := s.Write(ctx, func(tx casework.Tx) error {
		for _, c := range cases {
			if err := tx.AddCase(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stored is what the engines keep of a time: microseconds.
var stored = cmp.Transformer("micros", func(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
})

func roundTrip(t *testing.T, s casework.Store) {
	c := sample()
	add(t, s, c)
	got, err := s.Case(ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got, stored); diff != "" {
		t.Errorf("after adding:\n%s", diff)
	}
	c.State, c.DueAt, c.Assignee, c.RecoveryUntil, c.Facts = casework.CGPending, time.Time{}, core.ID{}, core.Date{}, casework.Facts{}
	c.Rev = 2
	if err := s.Write(ctx, func(tx casework.Tx) error { return tx.SaveCase(ctx, c, 1) }); err != nil {
		t.Fatal(err)
	}
	if got, err = s.CaseByReference(ctx, c.Reference); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got, stored); diff != "" {
		t.Errorf("after saving:\n%s", diff)
	}
}

func staleRevision(t *testing.T, s casework.Store) {
	c := sample()
	add(t, s, c)
	c.Rev = 2
	save := func() error { return s.Write(ctx, func(tx casework.Tx) error { return tx.SaveCase(ctx, c, 1) }) }
	if err := save(); err != nil {
		t.Fatal(err)
	}
	if err := save(); core.KindOf(err) != core.Conflict {
		t.Errorf("the second save at revision 1: %v, want a conflict", err)
	}
}

var everything = access.Scope{Any: []access.Term{{}}}

// pages walks lists with page sizes from one up, with ties in the deadline and
// cases without one.
func pages(t *testing.T, s casework.Store) {
	var all []*casework.Case
	for i := range 23 {
		c := sample()
		c.DueAt = when.Add(time.Duration(i/4) * time.Hour)
		if i%5 == 0 {
			c.DueAt = time.Time{}
		}
		all = append(all, c)
	}
	add(t, s, all...)
	for _, order := range []casework.Order{casework.ByClock, casework.ByNewest} {
		whole, err := s.Cases(ctx, casework.CaseQuery{Scope: everything, Order: order, Limit: 100})
		if err != nil || len(whole) != len(all) {
			t.Fatalf("%d of %d cases, %v", len(whole), len(all), err)
		}
		sorted := slices.IsSortedFunc(whole, func(a, b casework.Case) int {
			if order == casework.ByNewest {
				return cmpText(b.ID.String(), a.ID.String())
			}
			if d := casework.DueKey(a.DueAt) - casework.DueKey(b.DueAt); d != 0 {
				return int(max(-1, min(1, d)))
			}
			return cmpText(a.ID.String(), b.ID.String())
		})
		if !sorted {
			t.Errorf("order %d is not sorted", order)
		}
		for size := 1; size <= 7; size++ {
			joined := walk(t, s, order, size)
			if diff := cmp.Diff(idsOf(whole), joined); diff != "" {
				t.Errorf("order %d in pages of %d:\n%s", order, size, diff)
			}
		}
	}
}

func walk(t *testing.T, s casework.Store, order casework.Order, size int) []core.ID {
	t.Helper()
	var joined []core.ID
	var after casework.Cursor
	for range 100 {
		page, err := s.Cases(ctx, casework.CaseQuery{Scope: everything, Order: order, After: after, Limit: size})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return joined
		}
		joined = append(joined, idsOf(page)...)
		last := page[len(page)-1]
		after = casework.Cursor{DueAt: casework.DueKey(last.DueAt), ID: last.ID}
	}
	t.Fatal("the pages have no end")
	return nil
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func idsOf(list []casework.Case) []core.ID {
	out := make([]core.ID, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

// scopes draws scopes and compares what the SQL returns with what the scope says
// of each case.
func scopes(t *testing.T, s casework.Store) {
	pool := []core.ID{ids.New(), ids.New(), ids.New(), {}}
	var all []*casework.Case
	for i := range 60 {
		c := sample()
		pick := func(n int) core.ID { return pool[(i/n)%len(pool)] }
		c.ReferringAgency, c.Authority, c.Author = pool[i%3], pool[(i/3)%3], pool[(i/9)%3]
		c.LocalAuthority, c.SupportAgency, c.Assignee = pick(2), pick(5), pick(7)
		c.State = casework.States[1+i%(len(casework.States)-1)]
		c.Child, c.ConsentSharing = i%2 == 0, i%3 == 0
		if i%4 == 0 {
			c.Kind = casework.DutyToNotify
		}
		all = append(all, c)
	}
	add(t, s, all...)
	rapid.Check(t, func(rt *rapid.T) {
		scope := drawScope(rt, pool[:3])
		got, err := s.Cases(ctx, casework.CaseQuery{Scope: scope, Limit: 200})
		if err != nil {
			rt.Fatal(err)
		}
		in := map[core.ID]bool{}
		for _, c := range got {
			in[c.ID] = true
		}
		for _, c := range all {
			if want := scope.Contains(c.Resource()); want != in[c.ID] {
				rt.Fatalf("scope %+v: case %+v listed %v, contained %v", scope, c.Resource(), in[c.ID], want)
			}
		}
	})
}

func drawScope(rt *rapid.T, pool []core.ID) access.Scope {
	var s access.Scope
	for range rapid.IntRange(0, 3).Draw(rt, "terms") {
		var term access.Term
		for range rapid.IntRange(0, 3).Draw(rt, "matches") {
			m := access.Match{Column: rapid.SampledFrom(access.Columns).Draw(rt, "column"), Not: rapid.Bool().Draw(rt, "not")}
			switch m.Column.Form() {
			case access.FormID:
				m.ID = rapid.SampledFrom(pool).Draw(rt, "id")
			case access.FormWords:
				words := []string{"referral", "duty_to_notify"}
				if m.Column == access.ColumnState {
					words = []string{"submitted", "recovery", "closed", "rg_pending"}
				}
				m.Words = rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 2, rapid.ID).Draw(rt, "words")
			}
			term.All = append(term.All, m)
		}
		s.Any = append(s.Any, term)
	}
	return s
}

func blind(t *testing.T, s casework.Store) {
	a, b := sample(), sample()
	add(t, s, a, b)
	digest := func(n byte) []byte { return []byte(fmt.Sprintf("digest-%d", n)) }
	err := s.Write(ctx, func(tx casework.Tx) error {
		if err := tx.AddBlind(ctx, a.ID, []casework.BlindDigest{{Kind: "name", Digest: digest(1)}, {Kind: "name", Digest: digest(2)}, {Kind: "name", Digest: digest(1)}}); err != nil {
			return err
		}
		return tx.AddBlind(ctx, b.ID, []casework.BlindDigest{{Kind: "name", Digest: digest(1)}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		q    casework.BlindQuery
		want []core.ID
	}{
		"one group finds both, newest first": {casework.BlindQuery{Groups: [][][]byte{{digest(1)}}, Scope: everything, Limit: 10}, []core.ID{b.ID, a.ID}},
		"two groups must both match":         {casework.BlindQuery{Groups: [][][]byte{{digest(1)}, {digest(9), digest(2)}}, Scope: everything, Limit: 10}, []core.ID{a.ID}},
		"one case is left out":               {casework.BlindQuery{Groups: [][][]byte{{digest(1)}}, Scope: everything, Not: b.ID, Limit: 10}, []core.ID{a.ID}},
		"an empty scope finds nobody":        {casework.BlindQuery{Groups: [][][]byte{{digest(1)}}, Limit: 10}, []core.ID{}},
		"no group finds nobody":              {casework.BlindQuery{Scope: everything, Limit: 10}, []core.ID{}},
		"an empty group finds nobody":        {casework.BlindQuery{Groups: [][][]byte{{digest(1)}, {}}, Scope: everything, Limit: 10}, []core.ID{}},
	} {
		got, err := s.FindBlind(ctx, test.q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, idsOf(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func atomic(t *testing.T, s casework.Store) {
	c := sample()
	boom := core.E(core.Invalid, "test.boom", "Boom.")
	err := s.Write(ctx, func(tx casework.Tx) error {
		if err := tx.AddCase(ctx, c); err != nil {
			return err
		}
		if _, err := tx.Case(ctx, c.ID); err != nil {
			t.Errorf("a transaction does not see its own write: %v", err)
		}
		return boom
	})
	if core.KindOf(err) != core.Invalid {
		t.Fatalf("the error changed on its way: %v", err)
	}
	if _, err := s.Case(ctx, c.ID); core.KindOf(err) != core.NotFound {
		t.Errorf("a failed transaction left a case: %v", err)
	}
}

func drafts(t *testing.T, s casework.Store) {
	d := casework.DraftRow{ID: ids.New(), Rev: 1, PersonID: ids.New(), Author: ids.New(), Agency: ids.New(), Sealed: []byte("sealed"), CreatedAt: when, UpdatedAt: when, ExpiresAt: when.AddDate(0, 0, 28)}
	if err := s.Write(ctx, func(tx casework.Tx) error { return tx.AddDraft(ctx, d) }); err != nil {
		t.Fatal(err)
	}
	got, err := s.DraftByID(ctx, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, *got, stored); diff != "" {
		t.Error(diff)
	}
	drop := func() error { return s.Write(ctx, func(tx casework.Tx) error { return tx.DropDraft(ctx, d.ID) }) }
	if err := drop(); err != nil {
		t.Fatal(err)
	}
	if err := drop(); core.KindOf(err) != core.NotFound {
		t.Errorf("the second drop: %v", err)
	}
}

func missing(t *testing.T, s casework.Store) {
	for name, look := range map[string]func() error{
		"case":      func() error { _, err := s.Case(ctx, ids.New()); return err },
		"reference": func() error { _, err := s.CaseByReference(ctx, "ABCD-2345"); return err },
		"draft":     func() error { _, err := s.DraftByID(ctx, ids.New()); return err },
		"document":  func() error { _, err := s.Document(ctx, ids.New()); return err },
		"task":      func() error { _, err := s.Task(ctx, ids.New()); return err },
		"agency":    func() error { _, err := s.Agency(ctx, ids.New()); return err },
		"key":       func() error { _, _, err := s.Submitted(ctx, ids.New(), "key"); return err },
	} {
		if err := look(); core.KindOf(err) != core.NotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
}

func counts(t *testing.T, s casework.Store) {
	var overdue, live int
	authority := ids.New()
	var all []*casework.Case
	for i := range 12 {
		c := sample()
		c.Authority = authority
		c.State = []casework.State{casework.RGPending, casework.Recovery, casework.Closed}[i%3]
		c.DueAt = when.Add(time.Duration(i-6) * time.Hour)
		if c.State.Live() {
			live++
			if c.DueAt.Before(when) {
				overdue++
			}
		}
		all = append(all, c)
	}
	add(t, s, all...)
	got, err := s.CountQueue(ctx, everything, when, when, when.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Live != live || got.Overdue != overdue || got.ByState[casework.RGPending] != 4 || got.ByState[casework.Closed] != 0 {
		t.Errorf("counted %+v, want %d live and %d overdue", got, live, overdue)
	}
	work, err := s.Workload(ctx, authority, when)
	if err != nil || len(work) != live {
		t.Errorf("workload of %d caseworkers, %v; want %d", len(work), err, live)
	}
}
