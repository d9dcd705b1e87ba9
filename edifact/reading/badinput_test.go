package reading_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"clew/edifact"
	"clew/edifact/reading"
)

// wide is text in UTF-16, low byte first.
func wide(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, v := range utf16.Encode([]rune(text)) {
		b = append(b, byte(v), byte(v>>8))
	}
	return string(b)
}

// TestEveryBadInputOfTheList holds each kind of bad input that the library was
// asked to bear, by its name in that list: what is found, at which segment, and
// how many people come out. Every finding says where it stands and what was done.
func TestEveryBadInputOfTheList(t *testing.T) {
	const (
		start  = "UNB+UNOA:4+C+S+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'" + flight
		two    = "NAD+FL+++DOE:JANE'DTM+329:880229'NAD+FL+++ROE:JOHN'DTM+329:20130714:102'"
		end    = "UNT+13+1'UNZ+1+R'"
		plain  = start + two + end
		pnr    = "UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX'TVL+010326:1430+SIN+LHR+XX+602'EQN+1'SRC'RCI+XX:A'"
		pnrEnd = "UNT+11+1'UNZ+1+3'"
		adult  = "TIF+DOE+JOHN:A:1'"
		other  = "TIF+ROE+JANE:A:2'"
	)
	part := func(n, mark, name string) string {
		return "UNB+UNOA:4+C+S+260301:1200+R'UNH+" + n + "+PAXLST:D:05B:UN:IATA+XX1+" + n + mark + "'BGM+745'" + flight + "NAD+FL+++" + name + ":A'UNT+9+" + n + "'UNZ+1+R'"
	}
	for _, c := range []struct {
		name, text, code, segment string
		people                    int
	}{
		{"no UNA", strings.NewReplacer("+", "*", "'", "#").Replace(plain), "una_missing", "UNA", 2},
		{"a malformed UNA", "UNA:+.'" + plain, "una_malformed", "UNA", 2},
		{"blank release character", "UNA:+.  '" + strings.Replace(plain, "JANE", "JANE?", 1), "", "", 2},
		{"??'", strings.Replace(plain, "JANE", "JANE??", 1), "", "", 2},
		{"a segment of 1 MB", strings.Replace(plain, "JANE", strings.Repeat("J", 1<<20), 1), "", "", 2},
		{"a segment past the bound", strings.Replace(plain, "NAD+FL+++ROE", "ZZZ+"+strings.Repeat("J", edifact.MaxSegment)+"'NAD+FL+++ROE", 1), "segment_too_long", "ZZZ", 2},
		{"5,000 repetitions", "UNA:+.?*'" + strings.Replace(plain, "DTM+329:880229'", "ATT+2++"+strings.Repeat("F*", 4999)+"F'", 1), "sex_unknown", "ATT", 2},
		{"truncated", plain[:len(plain)-len(end)-30], "truncated", "NAD", 2},
		{"wrong UNT", strings.Replace(plain, "UNT+13", "UNT+7", 1), "unt_count", "UNT", 2},
		{"missing UNT", strings.Replace(plain, "UNT+13+1'", "", 1), "unt_missing", "UNZ", 2},
		{"wrong UNZ", strings.Replace(plain, "UNZ+1", "UNZ+4", 1), "unz_count", "UNZ", 2},
		{"missing UNZ", strings.Replace(plain, "UNZ+1+R'", "", 1), "unz_missing", "UNT", 2},
		{"wrong CNT", start + two + "CNT+42:9'UNT+14+1'UNZ+1+R'", "count_differs", "CNT", 2},
		{"two UNH without UNT", start + two + "UNH+2+PAXLST:D:05B:UN:IATA'BGM+745'" + flight + "NAD+FL+++POE:JIM'UNT+9+2'UNZ+2+R'", "unt_missing", "UNH", 3},
		{"curly quotes", strings.ReplaceAll(plain, "'", "\u2019"), "curly_quote", "UNA", 2},
		{"UTF-16", wide(plain), "utf16", "", 2},
		{"NUL bytes", strings.Replace(plain, "JANE", "JA\x00NE", 1), "control_bytes", "NAD", 2},
		{"an e-mail footer", plain + "\r\n--\r\nThis e-mail and its attachments are confidential.\r\n", "text_after", "", 2},
		{"an encoded e-mail", "Subject: list\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Replace(plain, "ROE", "R=C3=96E", 1), "mail_decoded", "", 2},
		{"a birth date longer than its label", strings.Replace(plain, "714:102", "714:101", 1), "date_label", "DTM", 2},
		{"a birth date of no calendar", strings.Replace(plain, "880229", "881332", 1), "date_invalid", "DTM", 2},
		{"29 February of no leap year", strings.Replace(plain, "880229", "870229", 1), "date_invalid", "DTM", 2},
		{"a century that the journey decides", strings.Replace(plain, "880229", "260302", 1), "", "", 2},
		{"a child or a hundred", strings.Replace(plain, "880229", "150228", 1), "birth_century", "DTM", 2},
		{"two persons in one NAD", strings.Replace(plain, "JANE'", "JANE::POE:JIM'", 1), "two_persons", "NAD", 3},
		{"two persons whose terminator is lost", strings.Replace(plain, "JANE'", "JANENAD+FL+++POE:JIM'", 1), "terminator_missing", "NAD", 3},
		{"an infant with its own TIF", pnr + adult + "TIF+DOE+BABY:IN:3'" + pnrEnd, "", "", 2},
		{"an infant without its own TIF", pnr + adult + "SSR+INFT:HK:1:XX:::SIN:LHR:DOE/BABY 12JUL25+::1'" + pnrEnd, "infant_without_tif", "SSR", 2},
		{"DOCS under the wrong TIF", pnr + adult + "SSR+DOCS:HK:1:XX:::::/P/GBR/1/GBR/12JUL64/F//ROE/JANE'" + other + pnrEnd, "docs_moved", "SSR", 2},
		{"parts out of order", part("02", ":F", "DOE") + part("01", ":C", "ROE"), "part_disorder", "UNH", 2},
		{"a part twice", part("01", ":C", "DOE") + part("01", ":C", "DOE") + part("02", ":F", "ROE"), "part_repeated", "UNH", 3},
		{"a part missing", part("01", ":C", "DOE") + part("03", ":F", "ROE"), "part_missing", "UNH", 2},
	} {
		people, found := 0, c.code == ""
		for it, err := range reading.Reports("x", strings.NewReader(c.text), reading.Options{}) {
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			people += len(it.Persons) + len(it.Quarantined)
			for _, f := range it.Findings {
				problem, mend, _ := strings.Cut(f.Text, "; ")
				if problem == "" || mend == "" || f.Offset < 0 || f.Offset > int64(len(c.text)) {
					t.Errorf("%s: %+v", c.name, f)
				}
				found = found || f.Code == c.code && f.Segment == c.segment
				if c.code == "" && f.Severity != edifact.Info && f.Code != "unt_count" {
					t.Errorf("%s: %+v, want nothing", c.name, f)
				}
			}
		}
		if people != c.people || !found {
			t.Errorf("%s: %d people, want %d; finding %s at %s: %v", c.name, people, c.people, c.code, c.segment, found)
		}
	}
}

// TestAnUnknownCodeInAnySegmentLosesNobody puts a code that nobody knows into
// each element of each segment of the ten messages, one at a time.
func TestAnUnknownCodeInAnySegmentLosesNobody(t *testing.T) {
	count := func(text string) (n int) {
		for it, err := range reading.Reports("x", strings.NewReader(text), reading.Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			n += fromSegments(&it.Report)
		}
		return n
	}
	for name, text := range messages {
		want := count(text)
		s := edifact.NewScanner(strings.NewReader(text))
		for s.Scan() {
			seg := s.Segment()
			if strings.HasPrefix(seg.Tag, "UN") || !strings.HasPrefix(text[seg.Offset:], seg.Text) {
				continue // the envelope has tests of its own; a wrapped segment stands elsewhere unwrapped
			}
			separator := string(rune(seg.Delimiters().Element))
			parts := strings.Split(seg.Text, separator)
			for e := 1; e < len(parts); e++ {
				odd := append(append(append([]string(nil), parts[:e]...), "QQ9"+tail(parts[e], seg)), parts[e+1:]...)
				changed := text[:seg.Offset] + strings.Join(odd, separator) + text[int(seg.Offset)+len(seg.Text):]
				if got := count(changed); got < want {
					t.Errorf("%s: %s in place of %s: %d people, want %d", name, strings.Join(odd, separator), seg.Text, got, want)
				}
			}
		}
	}
}

// tail is an element without its first component.
func tail(element string, seg *edifact.Segment) string {
	if i := strings.IndexByte(element, seg.Delimiters().Component); i >= 0 {
		return element[i:]
	}
	return ""
}
