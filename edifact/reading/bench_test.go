//go:build unix

package reading_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"clew/edifact/reading"
)

// BenchmarkHostile reads ten megabytes of each hostile message; the figures
// stand in docs/performance/edifact.md.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(10 << 20) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			began := cpu(b)
			for b.Loop() {
				for _, err := range reading.Reports("x", strings.NewReader(text), reading.Options{}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric((cpu(b)-began).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// cpu returns the processor time this process has used. On a machine that other
// work shares, a rate per processor second is the one that can be compared.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
