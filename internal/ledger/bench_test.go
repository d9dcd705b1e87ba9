package ledger_test

import (
	"database/sql"
	"os"
	"strconv"
	"testing"

	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

func eachEngine(b *testing.B, run func(b *testing.B, h *house)) {
	b.Run("sqlite", func(b *testing.B) { run(b, newHouse(b, dbtest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { run(b, newHouse(b, dbtest.Postgres(b))) })
}

// BenchmarkAppend adds entries in transactions of one hundred: the cost of the
// entry, without that of the commit it shares with its write.
func BenchmarkAppend(b *testing.B) {
	eachEngine(b, func(b *testing.B, h *house) {
		for left := b.N; left > 0; left -= 100 {
			h.appendMany(min(100, left))
		}
	})
}

func (h *house) appendMany(n int) {
	err := h.db.InTx(ctx, func(tx *sql.Tx) error {
		for range n {
			if err := ledger.Append(ctx, tx, h.entry(), []byte("content")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// BenchmarkIntegrate places b.N entries that are waiting.
func BenchmarkIntegrate(b *testing.B) {
	eachEngine(b, func(b *testing.B, h *house) {
		for left := b.N; left > 0; left -= 5000 {
			h.appendMany(min(5000, left))
		}
		b.ResetTimer()
		h.integrate()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
}

// BenchmarkVerify verifies CLEW_BENCH_ENTRIES entries (100,000 when unset).
func BenchmarkVerify(b *testing.B) {
	n := 100_000
	if v, err := strconv.Atoi(os.Getenv("CLEW_BENCH_ENTRIES")); err == nil {
		n = v
	}
	eachEngine(b, func(b *testing.B, h *house) {
		for left := n; left > 0; left -= 5000 {
			h.appendMany(min(5000, left))
		}
		h.sign()
		b.ResetTimer()
		for b.Loop() {
			if r := h.verify(); !r.OK() || r.Entries != int64(n) {
				b.Fatal(r.Entries, r.Findings)
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
}
