package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/vault"
	"clew/test/shelter"
)

// benchFiles is how many support files the benchmark's country has, with a bed
// to every ten. CLEW_BENCH_FILES sets another number.
const benchFiles = 5_000

func BenchmarkSupport(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchSupport(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchSupport(b, dbtest.Postgres(b)) })
}

func shelterIn(tb testing.TB, db *database.DB, size shelter.Size) *shelter.World {
	tb.Helper()
	ctx := context.Background()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	clock := core.NewFixedClock(now)
	keyset, err := vault.NewKeyset()
	if err != nil {
		tb.Fatal(err)
	}
	keys, err := vault.OpenKeyStore(ctx, filepath.Join(tb.TempDir(), "keys.db"), clock)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = keys.Close() })
	w := &shelter.World{DB: db, Vault: vault.New(keyset, keys, clock, vault.WithBatch(256)), Now: now, Authority: core.NewIDs(clock).New()}
	if err := w.Fill(ctx, size, nil); err != nil {
		tb.Fatal(err)
	}
	return w
}

func benchSupport(b *testing.B, db *database.DB) {
	n := benchFiles
	if v, err := strconv.Atoi(os.Getenv("CLEW_BENCH_FILES")); err == nil {
		n = v
	}
	w := shelterIn(b, db, shelter.Size{Beds: n / 10, Files: n, Waiting: 1 + n/125, Providers: 1 + n/1250})
	ctx, kept, provider := context.Background(), store.NewSupport(db), w.Providers[0]
	for _, q := range []struct {
		name string
		ask  func() error
	}{
		{"bed totals", func() error { _, err := kept.BedTotals(ctx); return err }},
		{"who waits", func() error { _, err := kept.WaitingTotals(ctx); return err }},
		{"ending stays", func() error { _, err := kept.EndingStays(ctx); return err }},
		{"candidates", func() error {
			_, err := kept.Candidates(ctx, core.DateIn(w.Now, time.UTC), support.Needs{Who: support.Women, Accessible: true})
			return err
		}},
		{"free beds", func() error { _, err := kept.FreeBeds(ctx, provider, support.Women, false, 1, 200); return err }},
		{"people", func() error { _, err := kept.Files(ctx, provider, false, support.Cursor{}, 51); return err }},
		{"people of before", func() error { _, err := kept.Files(ctx, provider, true, support.Cursor{}, 51); return err }},
		{"bed counts", func() error { _, err := kept.BedCounts(ctx, provider); return err }},
		{"housed", func() error { _, err := kept.Housed(ctx); return err }},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAMeasuredCountryIsAsItSays holds the figures of the measurement to what is
// in the tables.
func TestAMeasuredCountryIsAsItSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		w := shelterIn(t, db, shelter.Size{Beds: 100, Files: 300, Waiting: 7, Providers: 3})
		for what, q := range map[string]struct {
			query string
			want  int
		}{
			"beds":             {`SELECT count(*) FROM support_bed`, 100},
			"files":            {`SELECT count(*) FROM support_file`, 300},
			"plans":            {`SELECT count(DISTINCT file_id) FROM support_goal`, 300},
			"people in beds":   {`SELECT count(*) FROM support_stay y JOIN support_bed b ON b.id = y.bed_id WHERE (y.state, b.state) IN (('here', 'occupied'), ('reserved', 'reserved'))`, 91},
			"people who wait":  {`SELECT count(*) FROM support_request WHERE state = 'open'`, 7},
			"providers":        {`SELECT count(DISTINCT agency_id) FROM support_place`, 3},
			"stays of nobody":  {`SELECT count(*) FROM support_stay y LEFT JOIN support_file f ON f.id = y.file_id WHERE f.id IS NULL`, 0},
			"beds held by air": {`SELECT count(*) FROM support_bed b WHERE b.state IN ('occupied', 'reserved') AND NOT EXISTS (SELECT 1 FROM support_stay y WHERE y.bed_id = b.id AND y.state IN ('here', 'reserved'))`, 0},
		} {
			var got int
			if err := db.Reader().QueryRowContext(context.Background(), q.query).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != q.want {
				t.Errorf("%s: %d, want %d", what, got, q.want)
			}
		}
		if len(w.Providers) != 3 {
			t.Errorf("%d providers", len(w.Providers))
		}
	})
}
