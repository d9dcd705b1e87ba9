//go:build unix

package reading_test

import (
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"clew/edifact/reading"
)

// BenchmarkHostile reads ten megabytes of each hostile message; the figures
// stand in docs/performance/edifact.md.
func BenchmarkHostile(b *testing.B) {
	messages := hostile(10 << 20)
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		text := messages[name]
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			userBefore, systemBefore := cpu(b)
			for b.Loop() {
				for _, err := range reading.Reports("x", strings.NewReader(text), reading.Options{}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			user, system := cpu(b)
			b.ReportMetric((user-userBefore).Seconds()/float64(b.N), "user-s/op")
			b.ReportMetric((system-systemBefore).Seconds()/float64(b.N), "sys-s/op")
		})
	}
}

// cpu returns the processor time this process has used, and what the system has
// used for it: getting memory, above all. On a machine that other work shares,
// these can be compared where a clock cannot.
func cpu(b *testing.B) (user, system time.Duration) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano()), time.Duration(u.Stime.Nano())
}
