package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/store"
)

// benchCases is how many cases the benchmark's authority has had in three
// years. CLEW_BENCH_CASES sets another number.
const benchCases = 20_000

// shares is how often each state is among them, of a thousand.
var shares = []struct {
	state casework.State
	of    int
}{
	{casework.Confirmed, 330}, {casework.RGNegative, 150}, {casework.CGNegative, 100}, {casework.Closed, 110}, {casework.Withdrawn, 50},
	{casework.CGPending, 150}, {casework.Recovery, 60}, {casework.RGPending, 30}, {casework.Submitted, 5}, {casework.Suspended, 10}, {casework.Reconsideration, 5},
}

type bench struct {
	*store.Store
	authority, desk core.ID
	now             time.Time
}

// fill adds the cases, as far back as three years, from a fixed seed.
func fill(tb testing.TB, db *database.DB) bench {
	tb.Helper()
	n := benchCases
	if v, err := strconv.Atoi(os.Getenv("CLEW_BENCH_CASES")); err == nil {
		n = v
	}
	b := bench{Store: store.New(db), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	ids := core.NewIDs(core.NewFixedClock(b.now))
	b.authority, b.desk = ids.New(), ids.New()
	desks := []core.ID{b.desk}
	for range 39 {
		desks = append(desks, ids.New())
	}
	agency := ids.New()
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a fixed world
	for from := 0; from < n; from += 1000 {
		err := b.Write(context.Background(), func(tx casework.Tx) error {
			for i := from; i < min(from+1000, n); i++ {
				c := b.invent(rnd, i, n)
				c.ReferringAgency, c.Author, c.PersonID = agency, agency, ids.New()
				if rnd.IntN(10) > 0 {
					c.Assignee = desks[rnd.IntN(len(desks))]
				}
				if err := tx.AddCase(context.Background(), &c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if db.Engine() == database.Postgres { // as autovacuum does; SQLite plans without statistics
		if _, err := db.Reader().ExecContext(context.Background(), "VACUUM ANALYZE case_file"); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

// invent makes the i-th case of n, the oldest first.
func (b bench) invent(rnd *rand.Rand, i, n int) casework.Case {
	at := b.now.Add(-time.Duration(n-i) * 3 * 365 * 24 * time.Hour / time.Duration(n))
	c := casework.Case{ID: core.NewIDAt(at), Rev: 1, Reference: fmt.Sprintf("R%07d", i), Kind: casework.Referral, State: casework.Closed, Scheme: "uk",
		Jurisdiction: "england-wales", Round: 1, Authority: b.authority, AgeGroup: "adult", AgeBasis: "stated", Child: rnd.IntN(10) < 4,
		Gender: "masculine", Nationality: pick(rnd, "GBR", "GBR", "ALB", "VNM", "ERI", "SDN", "IRN", "ROU", "CHN", "NGA"), SubmittedAt: at, UpdatedAt: at,
		ClockDay: core.DateIn(at, time.UTC)}
	c.Facts = casework.Facts{Exploitation: []string{pick(rnd, "forced_labour", "forced_labour", "criminal", "sexual", "domestic_servitude")},
		Act: []string{"recruitment"}, Means: []string{"deception"}, Purpose: []string{"labour"},
		Indicators: []casework.Indicator{{Code: "GEN-01", ObservedBy: "me"}, {Code: "GEN-07"}, {Code: "FL-03", ObservedBy: "person"}}}
	if rnd.IntN(1000) == 0 {
		c.Nationality, c.Facts.Exploitation = "FRA", []string{"organ_removal"}
	}
	p := rnd.IntN(1000)
	for _, s := range shares {
		if p -= s.of; p < 0 {
			c.State = s.state
			break
		}
	}
	b.clock(rnd, &c)
	return c
}

// clock gives the case the deadline of its state.
func (b bench) clock(rnd *rand.Rand, c *casework.Case) {
	switch c.State {
	case casework.RGPending, casework.Submitted:
		c.DueAt, c.DueFor = b.now.Add(time.Duration(rnd.IntN(200)-40)*time.Hour), casework.DueRG
	case casework.Recovery:
		c.DueAt, c.DueFor = b.now.Add(time.Duration(rnd.IntN(720))*time.Hour), casework.DueRecoveryEnd
	case casework.RGNegative, casework.CGNegative:
		c.DueAt, c.DueFor = c.SubmittedAt.Add(40*24*time.Hour), casework.DueReconsiderWindow
	}
	if c.State == casework.RGPending && rnd.IntN(10) == 0 {
		c.ReviewOf = casework.ReasonableGrounds
	}
}

func pick(rnd *rand.Rand, of ...string) string { return of[rnd.IntN(len(of))] }

var work = []casework.State{casework.Submitted, casework.RGPending, casework.Recovery, casework.CGPending, casework.Reconsideration, casework.Suspended}

// BenchmarkQueue asks for the first page of the queue under each filter, and
// for the figures above it.
func BenchmarkQueue(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchQueue(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchQueue(b, dbtest.Postgres(b)) })
}

func benchQueue(b *testing.B, db *database.DB) {
	w := fill(b, db)
	ctx := context.Background()
	scope := access.Scope{Any: []access.Term{{All: []access.Match{{Column: access.ColumnAuthority, ID: w.authority}}}}}
	for _, q := range []struct {
		name string
		casework.CaseQuery
	}{
		{"all", casework.CaseQuery{}},
		{"deep", casework.CaseQuery{After: casework.Cursor{DueAt: casework.NoDeadline, ID: core.NewIDAt(w.now.Add(-400 * 24 * time.Hour))}}},
		{"overdue", casework.CaseQuery{DueBefore: w.now}},
		{"week", casework.CaseQuery{DueFrom: w.now, DueBefore: w.now.Add(7 * 24 * time.Hour)}},
		{"mine", casework.CaseQuery{Assignee: w.desk}},
		{"nobody", casework.CaseQuery{Unassigned: true}},
		{"children", casework.CaseQuery{ChildOnly: true}},
		{"review", casework.CaseQuery{ReviewOnly: true}},
		{"one state", casework.CaseQuery{States: []casework.State{casework.Reconsideration}}},
		{"nationality", casework.CaseQuery{Nationality: "ALB"}},
		{"rare nationality", casework.CaseQuery{Nationality: "FRA"}},
		{"rare exploitation", casework.CaseQuery{Exploitation: "organ_removal"}},
		{"nothing found", casework.CaseQuery{Nationality: "ATA", Assignee: w.desk}},
		{"decided", casework.CaseQuery{States: []casework.State{casework.CGNegative}}},
	} {
		b.Run(q.name, func(b *testing.B) {
			q.Scope, q.LiveOnly, q.Limit = scope, true, 51
			if q.States == nil {
				q.States = work
			}
			for b.Loop() {
				if _, err := w.Cases(ctx, q.CaseQuery); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Cases(ctx, casework.CaseQuery{Scope: scope, Limit: 51}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.CountQueue(ctx, scope, w.now, w.now, w.now.Add(24*time.Hour)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("workload", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Workload(ctx, w.authority, w.now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
