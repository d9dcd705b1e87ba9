//go:build unix

package pnrgov_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"clew/edifact/pnrgov"
)

// BenchmarkDecode reads messages of 100 bookings of two travellers each.
func BenchmarkDecode(b *testing.B) {
	const n = 200
	text := []byte("UNA:+.? 'UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX:MUC'TVL+010326:1430:010326:2205+SIN+LHR+XX+602'EQN+100'" +
		strings.Repeat(benchRecord, n/2) + "UNT+1+1'UNZ+1+3'")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	began := cpu(b)
	for b.Loop() {
		m, _, err := pnrgov.Decode(bytes.NewReader(text))
		if err != nil || len(m.Persons) != n {
			b.Fatal(len(m.Persons), err)
		}
	}
	b.ReportMetric(float64(n*b.N)/(cpu(b)-began).Seconds(), "travellers/cpu-s")
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
