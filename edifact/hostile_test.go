package edifact_test

import "strings"

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
