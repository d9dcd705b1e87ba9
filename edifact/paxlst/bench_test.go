//go:build unix

package paxlst_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"clew/edifact/paxlst"
)

// BenchmarkDecode reads flights of 200 persons, as many as a narrow-bodied
// aircraft carries. persons/s and allocs/person are reported.
func BenchmarkDecode(b *testing.B) {
	const n = 200
	text := []byte("UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'" +
		strings.Repeat(benchPerson, n) + "CNT+42:200'UNT+1+1'UNZ+1+R'")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	began := cpu(b)
	for b.Loop() {
		m, _, err := paxlst.Decode(bytes.NewReader(text))
		if err != nil || len(m.Persons) != n {
			b.Fatal(len(m.Persons), err)
		}
	}
	b.ReportMetric(float64(n*b.N)/(cpu(b)-began).Seconds(), "persons/cpu-s")
	allocs := testing.AllocsPerRun(5, func() { _, _, _ = paxlst.Decode(bytes.NewReader(text)) })
	b.ReportMetric(allocs/n, "allocs/person")
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
