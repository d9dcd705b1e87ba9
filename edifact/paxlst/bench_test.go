package paxlst_test

import (
	"bytes"
	"strings"
	"testing"

	"clew/edifact/paxlst"
)

const benchPerson = "NAD+FL+++MARTINS:ANA RITA+RUA DAS FLORES 1+PORTO++4050-262+PRT'ATT+2++F'DTM+329:880229'MEA+CT++:1'FTX+BAG+++XX123456'" +
	"GEI+4+173'LOC+22+LHR'LOC+178+LIS'LOC+179+LHR'NAT+2+PRT'RFF+AVF:ABC123'RFF+ABO:P1'RFF+SEA:12A'DOC+P:110:111+CA123456'DTM+36:310512'LOC+91+PRT'"

// BenchmarkDecode reads flights of 200 persons, as many as a narrow-bodied
// aircraft carries. persons/s and allocs/person are reported.
func BenchmarkDecode(b *testing.B) {
	const n = 200
	text := []byte("UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'" +
		strings.Repeat(benchPerson, n) + "CNT+42:200'UNT+1+1'UNZ+1+R'")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := paxlst.Decode(bytes.NewReader(text))
		if err != nil || len(m.Persons) != n {
			b.Fatal(len(m.Persons), err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "persons/s")
	allocs := testing.AllocsPerRun(5, func() { _, _, _ = paxlst.Decode(bytes.NewReader(text)) })
	b.ReportMetric(allocs/n, "allocs/person")
}

func TestAtMostFourAllocationsAPerson(t *testing.T) {
	text := func(n int) []byte {
		return []byte("UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'" + strings.Repeat(benchPerson, n) + "UNT+1+1'UNZ+1+R'")
	}
	allocs := func(text []byte) float64 {
		return testing.AllocsPerRun(10, func() {
			if _, _, err := paxlst.Decode(bytes.NewReader(text)); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := allocs(text(100)), allocs(text(1100))
	if each := (many - few) / 1000; each > 4 {
		t.Errorf("%.1f allocations a person, want at most 4", each)
	}
}
