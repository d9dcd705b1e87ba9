package job_test

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
)

func eachEngine(b *testing.B, run func(b *testing.B, db *database.DB)) {
	b.Run("sqlite", func(b *testing.B) { run(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, dbtest.Postgres(b)) })
}

func fill(b *testing.B, db *database.DB, n int) {
	ctx := context.Background()
	for left := n; left > 0; left -= 1000 {
		err := db.InTx(ctx, func(tx *sql.Tx) error {
			for range min(1000, left) {
				if err := job.Enqueue(ctx, tx, job.Job{Kind: "bench", RunAt: start}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClaim claims b.N waiting jobs in batches of 64.
func BenchmarkClaim(b *testing.B) {
	eachEngine(b, func(b *testing.B, db *database.DB) {
		fill(b, db, b.N)
		q := newQueue(db, core.NewFixedClock(start))
		q.Handle("bench", func(context.Context, job.Job) error { return nil })
		b.ResetTimer()
		for got := 0; got < b.N; {
			n, err := q.ClaimForBench(context.Background(), 64)
			if err != nil || n == 0 {
				b.Fatal(n, err)
			}
			got += n
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
	})
}

// BenchmarkRun claims, runs and completes b.N empty jobs, each with its own
// durable completion.
func BenchmarkRun(b *testing.B) {
	eachEngine(b, func(b *testing.B, db *database.DB) {
		fill(b, db, b.N)
		q := job.New(db, core.SystemClock{}, job.Options{Workers: 8, Log: quiet})
		ctx, stop := context.WithCancel(context.Background())
		var done atomic.Int64
		q.Handle("bench", func(context.Context, job.Job) error {
			if done.Add(1) == int64(b.N) {
				stop()
			}
			return nil
		})
		b.ResetTimer()
		q.Run(ctx)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}
