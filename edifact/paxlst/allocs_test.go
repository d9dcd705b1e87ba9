package paxlst_test

import (
	"bytes"
	"strings"
	"testing"

	"clew/edifact/paxlst"
)

const benchPerson = "NAD+FL+++MARTINS:ANA RITA+RUA DAS FLORES 1+PORTO++4050-262+PRT'ATT+2++F'DTM+329:880229'MEA+CT++:1'FTX+BAG+++XX123456'" +
	"GEI+4+173'LOC+22+LHR'LOC+178+LIS'LOC+179+LHR'NAT+2+PRT'RFF+AVF:ABC123'RFF+ABO:P1'RFF+SEA:12A'DOC+P:110:111+CA123456'DTM+36:310512'LOC+91+PRT'"

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
