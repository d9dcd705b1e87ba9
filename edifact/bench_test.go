package edifact_test

import (
	"bytes"
	"strings"
	"testing"

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
			for b.Loop() {
				s := edifact.NewScanner(strings.NewReader(text))
				for s.Scan() {
				}
			}
		})
	}
}

// hostile makes inputs of about n bytes whose shape punishes a careless reader.
func hostile(n int) map[string]string {
	const start = "UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100'"
	fill := func(s string) string { return start + strings.Repeat(s, n/len(s)) }
	return map[string]string{
		"terminators":   fill("'"),
		"releases":      fill("?"),
		"released":      fill("?'"),
		"apostrophes":   start + "NAD+FL+++" + strings.Repeat("a'", n/2),
		"elements":      start + "NAD" + strings.Repeat("+", n),
		"components":    start + "NAD+FL+++" + strings.Repeat(":", n),
		"no_terminator": start + "NAD+FL+++" + strings.Repeat("A", n),
		"line_breaks":   start + "NAD+FL+++" + strings.Repeat("A\n", n/2),
		"nuls":          fill("\x00"),
		"tags":          strings.Repeat("UNB", n/3),
		"headers":       strings.Repeat("UNH+", n/4),
		"bgm":           strings.Repeat("BGM", n/3),
		"una":           strings.Repeat("UNA:+.? '", n/9),
		"interchanges":  strings.Repeat("UNB+UNOA:4+A+B'UNZ+0'", n/21),
		"messages":      start + strings.Repeat("UNH+1+PAXLST:D:05B'", n/19),
		"persons":       fill("NAD+FL+++A'"),
		"high":          start + "NAD+FL+++" + strings.Repeat("\xe9", n),
		"curly":         "UNA:+.? \u2019UNB+UNOA:4+C+S\u2019UNH+1+PAXLST:D:05B:UN\u2019" + strings.Repeat("A\u2019", n/4),
		"joined":        start + "NAD+FL+++A" + strings.Repeat("NAD+FL+++A", n/10),
		"bags":          start + strings.Repeat("NAD+FL+++A'FTX+BAG+++A:99'", n/26),
	}
}
