package casework_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
)

// BenchmarkSubmit submits referrals durably, one transaction and one ledger
// entry each, from 16 clients at once.
func BenchmarkSubmit(b *testing.B) {
	w := caseworktest.New(b, dbtest.SQLite(b))
	var n atomic.Int64
	b.SetParallelism(8) // times GOMAXPROCS: 16 clients on two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			form := caseworktest.Form()
			i := n.Add(1)
			form.Identity.Documents[0].Number = core.Secret(fmt.Sprintf("B%09d", i))
			form.Identity.Phones = nil
			form.Identity.BirthDate = core.PartialDate{Year: 1950 + int(i%50), Month: 1 + int(i%12), Day: 1 + int(i%28)}
			if _, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, casework.Submission{Form: form}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "referrals/s")
}

// BenchmarkView opens a case with all its sections; every opening writes to the
// ledger.
func BenchmarkView(b *testing.B) {
	w := caseworktest.New(b, dbtest.SQLite(b))
	id := w.In(casework.Recovery)
	for b.Loop() {
		if _, err := w.View(ctx, caseworker, core.Identify, id); err != nil {
			b.Fatal(err)
		}
	}
}
