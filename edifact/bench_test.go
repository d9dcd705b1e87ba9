//go:build unix

package edifact_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"clew/edifact"
)

// person is one passenger as carriers send them: 330 bytes.
const person = "NAD+FL+++MARTINS:ANA RITA+RUA DAS FLORES 1+PORTO++4050-262+PRT'ATT+2++F'DTM+329:880229'MEA+CT++:2'FTX+BAG+++XX123456'" +
	"GEI+4+173'LOC+22+LHR'LOC+178+LIS'LOC+179+LHR'NAT+2+PRT'RFF+AVF:ABC123'RFF+ABO:P1'RFF+SEA:12A'DOC+P:110:111+CA123456'DTM+36:310512'LOC+91+PRT'"

func manifestOf(n int, newlines bool) []byte {
	text := "UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'" +
		strings.Repeat(person, n) + "CNT+42:1'UNT+1+1'UNZ+1+R'"
	if newlines {
		text = strings.ReplaceAll(text, "'", "'\r\n")
	}
	return []byte(text)
}

func BenchmarkScanner(b *testing.B) {
	for name, text := range map[string][]byte{"plain": manifestOf(10_000, false), "lines": manifestOf(10_000, true)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			began := cpu(b)
			for b.Loop() {
				s := edifact.NewScanner(bytes.NewReader(text))
				n := 0
				for s.Scan() {
					n += s.Segment().Elements()
				}
				if n < 10_000 {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(len(text)*b.N)/1e6/(cpu(b)-began).Seconds(), "MB/cpu-s")
		})
	}
}

// Ten megabytes of what a hostile sender might send. Time must stay linear: the
// figures stand in docs/performance/edifact.md.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(10 << 20) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			began := cpu(b)
			for b.Loop() {
				s := edifact.NewScanner(strings.NewReader(text))
				for s.Scan() {
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
