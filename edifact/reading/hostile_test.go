package reading_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"clew/edifact"
	"clew/edifact/reading"
)

const paxHead = "UNA:+.? 'UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX100'"
const pnrHead = "UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX'TVL+010326:1430+SIN+LHR+XX+602'SRC'RCI+XX:A'"
const cusHead = "UNB+UNOA:4+S+C+260301:1200+R'UNH+1+CUSRES:D:05B:UN:IATA'BGM+962'"

// hostile makes messages of about n bytes whose shape punishes a careless
// reader: lists that grow with lists, names that all look alike, counts that
// stand for thousands.
func hostile(n int) map[string]string {
	rep := func(head, s string) string { return head + strings.Repeat(s, n/len(s)) }
	// long is one message of ten segments, each a tenth of it.
	long := func(head, begin, s string) string {
		return head + strings.Repeat(begin+strings.Repeat(s, n/10/len(s))+"'", 10)
	}
	// wide is likewise, with two things repeated.
	wide := func(head, begin, a, b string) string {
		return head + strings.Repeat(begin+strings.Repeat(a, n/20/len(a))+strings.Repeat(b, n/20/len(b))+"'", 10)
	}
	half := func(head, a, b string) string {
		return head + strings.Repeat(a, n/2/len(a)) + strings.Repeat(b, n/2/len(b))
	}
	each := func(head string, f func(i int) string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < n; i++ {
			b.WriteString(f(i))
		}
		return b.String()
	}
	tail := func(head string, f func(i int) string, middle string, g func(i int) string) string {
		var b strings.Builder
		b.WriteString(head)
		k := 0
		for ; b.Len() < n/2; k++ {
			b.WriteString(f(k))
		}
		b.WriteString(middle)
		for i := range k {
			b.WriteString(g(i))
		}
		return b.String() + "'"
	}
	return map[string]string{
		"terminators":         rep(paxHead, "'"),
		"persons":             rep(paxHead, "NAD+FL+++A'"),
		"minors of one party": rep(paxHead, "NAD+FL+++A:B'DTM+329:200101'RFF+AVF:X'"),
		"party":               half(paxHead, "NAD+FL+++A:B'DTM+329:200101'RFF+AVF:X'", "NAD+FL+++A:B'DTM+329:700101'RFF+AVF:X'"),
		"names in one":        long(paxHead, "NAD+FL+++A:B", ":A:B"),
		"joined":              long(paxHead, "NAD+FL+++A", "NAD+FL+++A"),
		"tags":                rep(paxHead, "NAD+FL+++A'FTX+BAG+++A1:99'"),
		"documents":           rep(paxHead+"NAD+FL+++A:B'", "DOC+P+1'"),
		"legs":                rep(paxHead, "LOC+92+AAA'"),
		"transports":          rep(paxHead, "TDT+20+XX100'"),
		"nationalities":       rep(paxHead+"NAD+FL+++A:B'", "NAT+2+AAA'NAT+2+BBB'"),
		"unknown":             rep(paxHead, "ZZZ+1'"),
		"travellers":          rep(pnrHead, "TIF+A+B:A:1'"),
		"infants":             rep(pnrHead, "TIF+A+B:IN:1'"),
		"accompanied":         half(pnrHead, "TIF+A+B:A:1:1'", "TIF+A+B:IN'"),
		"docs by name":        half(pnrHead, "TIF+A+B:A'", "SSR+DOCS:HK:1:XX:::::/P/A/1/A/01JAN80/M/01JAN30/A/B'"),
		"infant docs":         half(pnrHead, "TIF+A+B:A'", "SSR+DOCS:HK:1:XX:::::/P/A/1/A/01JAN25/FI/01JAN30/A/B'"),
		"requests to all":     half(pnrHead, "TIF+A+B:A'", "SSR+WCHR:HK:1:XX'"),
		"inft":                half(pnrHead, "TIF+A+B:A:1'", "SSR+INFT:HK:1:XX:::::A/C 01JAN25+::1'"),
		"seats":               rep(pnrHead+"TIF+A+B:A:1'TVL+010326+SIN+LHR+XX+602'", "SSR+SEAT:HK:1:XX:::SIN:LHR+1A::1+2A::1'"),
		"seat details":        long(pnrHead+"TIF+A+B:A:1'TVL+010326+SIN+LHR+XX+602'", "SSR+SEAT:HK:1:XX:::SIN:LHR", "+1A::1"),
		"check-ins":           half(pnrHead, "TIF+A+B:A'", "TVL+010326+SIN+LHR+XX+602'TIF+A+C:A'SSD+1A'"),
		"bag tags":            long(pnrHead+"TIF+A+B:A:1'TVL+010326+SIN+LHR+XX+602'TIF+A+B:A:1'", "TBD++1:1:700++", "+XX:1:99:LHR"),
		"contacts":            rep(pnrHead+"TIF+A+B:A:1'", "SSR+CTCM:HK:1:XX:::::1'"),
		"slashes":             long(pnrHead+"TIF+A+B:A:1'", "SSR+DOCS:HK:1:XX:::::", "/"),
		"records":             rep(pnrHead, "SRC'"),
		"splits":              rep(pnrHead+"TIF+A+B:A:1'", "EQN+1'RCI+XX:B'"),
		"history":             rep(pnrHead, "ABI+4'"),
		"texts":               rep(pnrHead, "IFT+4:28+CTCM 1'"),
		"street lines":        long(paxHead, "NAD+FL+++A:B+X", ":A"),
		"flights and persons": rep(paxHead, "TDT+20+XX100'NAD+FL+++A'"),
		"repeated names":      long("UNA:+.?*'"+paxHead[9:], "NAD+FL+++A:B", "*A"),
		"further names":       rep("UNA:+.?*'"+paxHead[9:], "NAD+FL+++A*B*C:D*E*F'"),
		"orphans":             rep(paxHead[:len(paxHead)-13], "ATT+2++F'"),
		"parties":             rep(paxHead, "NAD+MS+A'COM+1:TE'"),
		"docs of many":        wide(pnrHead+"TIF+A+B:A:1'", "SSR+DOCS:HK:1:XX:::::/P/A/1/A/01JAN80/M/01JAN30/A/B", "/", "+::1"),
		"inft of many":        wide(pnrHead+"TIF+A+B:A:1'", "SSR+INFT:HK:1:XX:::::A", " B", "+::1"),
		"inft of all":         tail(pnrHead, func(i int) string { return fmt.Sprintf("TIF+A+B:A:%d'", i) }, "SSR+INFT:HK:1:XX:::::"+strings.Repeat("A", n/4), func(i int) string { return fmt.Sprintf("+::%d", i) }),
		"chld of many":        wide(pnrHead+"TIF+A+B:A:1'", "SSR+CHLD:HK:1:XX:::::A", " B", "+::1"),
		"docs before titles":  half(pnrHead, "SSR+DOCS:HK:1:XX:::::/P/A/1/A/01JAN80/M/01JAN30/A/B'", "TIF+A+BBMS:A'"),
		"tickets":             half(pnrHead+"TIF+A+B:A:1'", "TKT+1'", "SSR+TKNE:HK:1:XX:::::7'"),
		"splits of all":       half(pnrHead, "TIF+A+B:A'", "EQN+1'RCI+XX:B'"),
		"split pairs":         half(pnrHead, "TIF+A+B:A'TIF+A+C:IN'", "EQN+1'RCI+XX:B'"),
		"contacts of all":     half(pnrHead, "IFT+4:28+CTCM 1'", "TIF+A+B:A'IFT+4:28+CTCM 2'"),
		"surnames":            each(pnrHead, func(i int) string { return fmt.Sprintf("TIF+A%d+B:A:%d'", i, i) }),
		"long tag":            rep(paxHead+"NAD+FL+++A'", "FTX+BAG+++"+strings.Repeat("1", n/64)+":99'"),
		"blank names":         rep(pnrHead, "TIF+ - - - - + ' . . :A'"),
		"outside":             rep("UNB+UNOA:4+C+S+260301:1200+R'", "ZZZ'") + "UNH+1+PAXLST:D:05B'BGM+745'",
		"after the end":       rep(paxHead+"UNT+1+1'UNZ+1+R'", "ZZZ+1'"),
		"empty messages":      rep("UNB+UNOA:4+C+S+260301:1200+R'", "UNH+1+PAXLST:D:05B'"),
		"spaces":              rep(paxHead, " "),
		"line breaks":         rep(paxHead, "\r\n"),
		"one huge segment":    rep(paxHead+"ZZZ+", "A"),
		"ten huge segments":   long(paxHead, "NAD+FL+++A:B+", "A"),
		"colons":              long(paxHead, "NAD+FL+++A", ":"),
		"pluses":              long(paxHead, "NAD+FL", "+"),
		"releases":            long(paxHead, "NAD+FL+++A", "?'"),
		"apostrophes":         long(paxHead, "NAD+FL+++A", "a'"),
		"offices":             rep(pnrHead, "ORG+1A:MUC+1'"),
		"check-in data":       rep(pnrHead+"TIF+A+B:A:1'TVL+010326+SIN+LHR+XX+602'", "DAT+2:010326'ORG+1A'"),
		"kept":                rep(pnrHead, "EBD+1'"),
		"cusres references":   rep(cusHead+"ERP+2'", "RFF+Z:1'"),
		"cusres texts":        rep(cusHead+"ERP+2'", "FTX+AAP+++A'"),
		"cusres flights":      rep(cusHead, "RFF+AF:XX1'"),
		"replies":             rep(cusHead, "ERP+2'"),
		"codes":               rep(cusHead+"ERP+2'", "ERC+0Z'"),
	}
}

// TestHostileMessagesStayWithinBounds reads messages of a quarter of a megabyte. Quadratic
// work shows as a test that does not end; lists that multiply show as memory.
func TestHostileMessagesStayWithinBounds(t *testing.T) {
	const size = 1 << 18
	for name, text := range hostile(size) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for it, err := range reading.Reports("x", strings.NewReader(text), reading.Options{}) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n := len(it.Findings); n > edifact.MaxFindings+20 {
				t.Errorf("%s: %d findings", name, n)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1000*size {
			t.Errorf("%s: %d MB allocated for one of input", name, used>>20)
		}
	}
}
