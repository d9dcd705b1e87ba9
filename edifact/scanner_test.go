package edifact_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"clew/edifact"
)

// scan reads text into "TAG|element|component:component" lines.
func scan(text string) (lines []string, codes []string) {
	s := edifact.NewScanner(strings.NewReader(text))
	for s.Scan() {
		seg := s.Segment()
		parts := []string{seg.Tag}
		for e := 1; e <= seg.Elements(); e++ {
			var comps []string
			for c := 0; c < seg.Components(e); c++ {
				comps = append(comps, seg.Get(e, c))
			}
			parts = append(parts, strings.Join(comps, "~"))
		}
		lines = append(lines, strings.Join(parts, "|"))
	}
	for _, f := range s.Findings() {
		codes = append(codes, f.Code)
	}
	return lines, codes
}

const unh = "UNH+1+PAXLST:D:05B:UN:IATA'"

func TestSeparators(t *testing.T) {
	want := []string{"UNB|UNOA~4|A|B", "UNH|1|PAXLST~D~05B", "NAD|FL|||DOE~JANE"}
	for name, c := range map[string]struct{ text, code string }{
		"default":                  {"UNB+UNOA:4+A+B'UNH+1+PAXLST:D:05B'NAD+FL+++DOE:JANE'", ""},
		"stated":                   {"UNA:*.? #UNB*UNOA:4*A*B#UNH*1*PAXLST:D:05B#NAD*FL***DOE:JANE#", ""},
		"hyphen for elements":      {"UNA:-.? 'UNB-UNOA:4-A-B'UNH-1-PAXLST:D:05B'NAD-FL---DOE:JANE'", ""},
		"type-B safe":              {"UNA:(.) -\r\nUNB(UNOA:4(A(B-\r\nUNH(1(PAXLST:D:05B-\r\nNAD(FL(((DOE:JANE-\r\n", ""},
		"dollar":                   {"UNA:*.? $\nUNB*UNOA:4*A*B$\nUNH*1*PAXLST:D:05B$\nNAD*FL***DOE:JANE$\n", ""},
		"no UNA, other separators": {"UNB*UNOA:4*A*B#UNH*1*PAXLST:D:05B#NAD*FL***DOE:JANE#", "una_missing"},
		"UNA of five":              {"UNA:+\\*'\nUNB+UNOA:4+A+B'UNH+1+PAXLST:D:05B'NAD+FL+++DOE:JANE'", "una_malformed"},
		"UNA of seven":             {"UNA:+.? ''UNB+UNOA:4+A+B'UNH+1+PAXLST:D:05B'NAD+FL+++DOE:JANE'", "una_malformed"},
		"UNA says otherwise":       {"UNA:*.? #UNB+UNOA:4+A+B'UNH+1+PAXLST:D:05B'NAD+FL+++DOE:JANE'", "una_mismatch"},
		"curly quotes":             {"UNA:+.? \u2019UNB+UNOA:4+A+B\u2019UNH+1+PAXLST:D:05B\u2019NAD+FL+++DOE:JANE\u2019", "curly_quote"},
		"curly in Windows-1252":    {"UNA:+.? \x92UNB+UNOA:4+A+B\x92UNH+1+PAXLST:D:05B\x92NAD+FL+++DOE:JANE\x92", "curly_quote"},
		"curly and straight mixed": {"UNA:+.? 'UNB+UNOA:4+A+B\u2019UNH+1+PAXLST:D:05B'NAD+FL+++DOE:JANE\u2019", "curly_quote"},
		"lines only":               {"UNB+UNOA:4+A+B\nUNH+1+PAXLST:D:05B\nNAD+FL+++DOE:JANE\n", "line_terminated"},
		"control separators":       {"UNB\x1dUNOB\x1f4\x1dA\x1dB\x1cUNH\x1d1\x1dPAXLST\x1fD\x1f05B\x1cNAD\x1dFL\x1d\x1d\x1dDOE\x1fJANE\x1c", "una_missing"},
	} {
		got, codes := scan(c.text)
		got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "UNA") })
		if name == "control separators" {
			got = slices.Clone(got)
			got[0] = strings.Replace(got[0], "UNOB", "UNOA", 1)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
		if c.code == "" && len(codes) > 0 || c.code != "" && !slices.Contains(codes, c.code) {
			t.Errorf("%s: findings %q, want %q", name, codes, c.code)
		}
	}
}

func TestReleaseCharacters(t *testing.T) {
	for text, want := range map[string][]string{
		"NAD+O?'NEIL'X01+1'":  {"NAD|O'NEIL", "X01|1"},
		"NAD+A??'NAD+B'":      {"NAD|A?", "NAD|B"},
		"NAD+A???'NAD+B'":     {"NAD|A?'NAD|B"},
		"NAD+A????'NAD+B'":    {"NAD|A??", "NAD|B"},
		"NAD+A?+B?:C+D:E'":    {"NAD|A+B:C|D~E"},
		"NAD+A?\r\n'B'":       {"NAD|A'B"},
		"NAD+" + "?" + "É+B'": {"NAD|É|B"},
	} {
		got, _ := scan("UNB+UNOA:4+A+B'" + unh + text)
		if !slices.Equal(got[2:], want) {
			t.Errorf("%q: got %q, want %q", text, got[2:], want)
		}
	}
	// A blank release character: there is no escape, and ? is a letter like any.
	got, _ := scan("UNA:+.  'UNB+UNOA:4+A+B'UNH+1+PAXLST:D:05B'NAD+WHO?'NAD+B'")
	if want := []string{"NAD|WHO?", "NAD|B"}; !slices.Equal(got[len(got)-2:], want) {
		t.Errorf("blank release: got %q", got)
	}
}

func TestWrapping(t *testing.T) {
	plain := "UNA:+.? 'UNB+UNOA:4+SENDER+B'" + unh + "NAD+FL+++DE LA CRUZ:MARIA JOSE'UNT+3+1'UNZ+1+R'"
	want, _ := scan(plain)
	wrap := func(every int, with string) string {
		var b strings.Builder
		for i, c := range plain {
			if i > 9 && i%every == 0 {
				b.WriteString(with)
			}
			b.WriteRune(c)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"69 columns":      wrap(69, "\r\n"),
		"7 columns":       wrap(7, "\n"),
		"every byte":      wrap(1, "\r\n"),
		"NUL bytes":       wrap(11, "\x00"),
		"a line each":     strings.ReplaceAll(plain, "'", "'\r\n"),
		"indented":        strings.ReplaceAll(plain, "'", "'\n    "),
		"type-B":          "\x01QD LONXXPX MUCXXPX\r\n.SITATEST 010312\r\n\x02" + plain + "\r\n\x03",
		"mail footer":     plain + "\n\nThis e-mail is confidential. UNAUTHORISED use is forbidden.\n",
		"words before":    "UNABLE to print? UNB is below.\n" + plain,
		"tag and blank":   strings.ReplaceAll(plain, "NAD+", "NAD +"),
		"UNA on its line": strings.Replace(plain, "UNB", "\r\n UNB", 1),
		"byte order mark": "\uFEFF" + plain,
	} {
		got, codes := scan(text)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q\nwant %q", name, got, want)
		}
		for _, code := range codes {
			if !slices.Contains([]string{"line_break", "control_bytes", "text_before", "text_after"}, code) {
				t.Errorf("%s: finding %s", name, code)
			}
		}
	}
}

func TestUTF16IsReadAsSuch(t *testing.T) {
	plain := "UNB+UNOA:4+A+B'" + unh + "NAD+FL+++MÜLLER😀:A'"
	want, _ := scan(plain)
	encode := func(bom, big bool) string {
		var b []byte
		put := func(v uint16) {
			if big {
				b = append(b, byte(v>>8), byte(v))
			} else {
				b = append(b, byte(v), byte(v>>8))
			}
		}
		if bom {
			put(0xFEFF)
		}
		for _, r := range plain {
			if r > 0xFFFF {
				put(uint16(0xD800 + (r-0x10000)>>10))
				put(uint16(0xDC00 + (r-0x10000)&0x3FF))
				continue
			}
			put(uint16(r))
		}
		return string(b)
	}
	for _, bom := range []bool{true, false} {
		for _, big := range []bool{true, false} {
			got, codes := scan(encode(bom, big))
			if !slices.Equal(got, want) || !slices.Contains(codes, "utf16") {
				t.Errorf("mark %v, big %v: %q %q", bom, big, got, codes)
			}
		}
	}
}

func TestLatin1AndInvalidUTF8AreKept(t *testing.T) {
	s := edifact.NewScanner(strings.NewReader("UNB+UNOC:3+A+B'" + unh + "NAD+FL+++M\xdcLLER:J\xc3\xb6RG:\x8aTEFAN'"))
	for s.Scan() {
	}
	seg := s.Segment()
	if seg.Get(4, 0) != "MÜLLER" || seg.Get(4, 1) != "JöRG" || seg.Get(4, 2) != "ŠTEFAN" {
		t.Errorf("read %q %q", seg.Get(4, 0), seg.Get(4, 1))
	}
	if !strings.Contains(seg.Text, "M\xdcLLER") {
		t.Errorf("the raw bytes are gone: %q", seg.Text)
	}
}

func TestApostropheWithoutReleaseJoins(t *testing.T) {
	got, codes := scan("UNB+UNOA:4+A+B'" + unh + "NAD+FL+++O'NEIL:SEAN'ATT+2++M'")
	if want := []string{"NAD|FL|||O'NEIL~SEAN", "ATT|2||M"}; !slices.Equal(got[2:], want) || !slices.Contains(codes, "release_missing") {
		t.Errorf("got %q, findings %q", got[2:], codes)
	}
}

func TestOffsetsPointIntoTheInput(t *testing.T) {
	text := "QD AAA\r\nUNA:+.? '\r\nUNB+UNOA:4+A+B'\r\n" + unh + "NAD+FL+++D\r\nOE:J'\r\n ATT+2++M'UNT+3+1'UNZ+1+R'"
	s := edifact.NewScanner(strings.NewReader(text))
	for s.Scan() {
		seg := s.Segment()
		if !strings.HasPrefix(text[seg.Offset:], seg.Tag) {
			t.Errorf("%s is said to stand at %d: %.10q", seg.Tag, seg.Offset, text[seg.Offset:])
		}
	}
}

func TestLongSegmentsAndRepetitions(t *testing.T) {
	name := strings.Repeat("A", 1<<20)
	got, codes := scan("UNB+UNOA:4+A+B'" + unh + "NAD+FL+++" + name + "'ATT+2++M'")
	if got[2] != "NAD|FL|||"+name || got[3] != "ATT|2||M" || len(codes) != 0 {
		t.Errorf("a segment of 1 MB: %d segments, findings %q", len(got), codes)
	}
	s := edifact.NewScanner(strings.NewReader("UNA:+.?*'UNB+UNOA:4+A+B'" + unh + "NAD+" + strings.Repeat("A*", 4999) + "?*B'"))
	for s.Scan() {
	}
	if reps := s.Segment().Repetitions(1, 0); len(reps) != 5000 || reps[4999] != "*B" {
		t.Errorf("%d repetitions", len(s.Segment().Repetitions(1, 0)))
	}
	got, codes = scan("UNB+UNOA:4+A+B'" + unh + "NAD+FL+++" + strings.Repeat("A", edifact.MaxSegment+10) + "'ATT+2++M'")
	if !slices.Contains(codes, "segment_too_long") || got[len(got)-1] != "ATT|2||M" || len(got[2]) > edifact.MaxSegment {
		t.Errorf("past the bound: %d segments, findings %q", len(got), codes)
	}
}

func TestHostileInputEnds(t *testing.T) {
	for name, text := range hostile(1 << 20) {
		s := edifact.NewScanner(strings.NewReader(text))
		n := 0
		for s.Scan() {
			n++
		}
		if f := s.Findings(); len(f) > 100_000 {
			t.Errorf("%s: %d findings", name, len(f))
		}
		if n == 0 && strings.HasPrefix(text, "UNA:+.? 'UNB") {
			t.Errorf("%s: nothing read", name)
		}
	}
}

func TestDelimitersWriteTheirAdvice(t *testing.T) {
	d := edifact.Delimiters{Component: ':', Element: '*', Decimal: '.', Terminator: '#'}
	if d.UNA() != "UNA:*.  #" || edifact.Default.UNA() != "UNA:+.? '" {
		t.Errorf("%q %q", d.UNA(), edifact.Default.UNA())
	}
}

func ExampleScanner() {
	s := edifact.NewScanner(strings.NewReader("UNA:*.? #UNB*UNOA:4*CARRIER*STATE#UNH*1*PAXLST:D:05B:UN#NAD*FL***DOE:JANE#"))
	for s.Scan() {
		seg := s.Segment()
		fmt.Println(seg.Offset, seg.Tag, seg.Get(1, 0))
	}
	// Output:
	// 9 UNB UNOA
	// 34 UNH 1
	// 56 NAD FL
}

func ExampleReader() {
	r := edifact.NewReader(strings.NewReader("UNB+UNOA:4+A+B'UNH+7+PAXLST:D:05B:UN'BGM+745'UNT+9+7'UNZ+1'"))
	h, _ := r.Next()
	for seg := r.Segment(); seg != nil; seg = r.Segment() {
		fmt.Println(h.Type, seg.Text)
	}
	for _, f := range r.Findings() {
		fmt.Println(f.Severity, f.Code)
	}
	// Output:
	// PAXLST BGM+745
	// warning unt_count
}
