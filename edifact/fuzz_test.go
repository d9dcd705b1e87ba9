package edifact_test

import (
	"strings"
	"testing"
	"testing/iotest"

	"clew/edifact"
)

// seeds are the shapes that have caught a reader out.
var seeds = []string{
	"UNA:+.? 'UNB+UNOA:4+A+B+260301:1200+R'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'UNT+3+1'UNZ+1+R'",
	"UNA:+.\\*'UNB+IATA:1+A+B'UNH+1+PNRGOV:13:1:IA'MSG+:22'UNT+3+1'",
	"UNA:(.) -\r\nUNB(UNOA:4(A(B-\r\nUNH(1(PAXLST:D:05B:UN-\r\nUNT(2(1-",
	"UNA:+\\*'\nUNB+IATA:1+1A+KRC'UNH+1+PNRGOV:11:1:IA'SRC'",
	"UNA:+.? \u2019UNB+UNOA:4+A+B\u2019UNH+1+PAXLST:D:05B:UN\u2019NAD+FL+++O\u2019NEIL:A\u2019",
	"UNH+1+CUSRES:D:05B'BGM+962'ERP+2'ERC+0Z'",
	"BGM+745'TDT+20+XX1'NAD+FL+++A??'NAD+FL+++B?''",
	"UNB+UNOA:1\nUNH+1+PAXLST:D:05B:UN\nBGM+745\nUNT+3+1\n",
	"text\x01\x02UNB+UNOA:4+A+B'UNZ+0'text UNB+UNOA:4+A+B'UNZ+0'",
	"From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nVU5IKzErUEFY\r\nTFNUOkQ6MDVCJ0JHTSs3NDUn\r\n--b--\r\n",
	"Subject: a\nContent-Transfer-Encoding: quoted-printable\n\nUNH+1+PAXLST:D=\n:05B'BGM+745=27NAD+FL+++A=C3=89 \n",
	"\xff\xfeU\x00N\x00B\x00+\x00U\x00N\x00O\x00A\x00:\x001\x00'\x00",
}

func FuzzScanner(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := edifact.NewScanner(strings.NewReader(text))
		last := int64(-1)
		var whole []string
		for s.Scan() {
			seg := s.Segment()
			if seg.Offset <= last {
				t.Fatalf("segment at %d after one at %d", seg.Offset, last)
			}
			last = seg.Offset
			for e := 0; e <= seg.Elements(); e++ {
				for c := 0; c < seg.Components(e); c++ {
					_ = seg.Get(e, c)
					_ = seg.Repetitions(e, c)
				}
				_ = seg.Element(e)
			}
			whole = append(whole, seg.Text)
			again := seg.Raw().Parse()
			if again.Elements() != seg.Elements() || again.Tag != seg.Tag {
				t.Fatalf("%q parsed again has %d elements, want %d", seg.Text, again.Elements(), seg.Elements())
			}
		}
		// A reader that gives a byte at a time must not change what is read.
		s = edifact.NewScanner(iotest.OneByteReader(strings.NewReader(text)))
		for i := 0; s.Scan(); i++ {
			if i >= len(whole) || s.Segment().Text != whole[i] {
				t.Fatalf("segment %d differs when read byte by byte: %q", i, s.Segment().Text)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"720229", "19000229", "2109081620", "07SEP72", "1972-09-07T10:00", "7XXXXX", "240000"} {
		f.Add(s, "102", uint8(0))
	}
	f.Fuzz(func(t *testing.T, text, format string, how uint8) {
		r := edifact.DateReader{Order: edifact.Order(how & 1), Century: edifact.Century(how >> 1 & 1), Reference: edifact.Date{Year: 2026, Month: 3, Day: 1}}
		p := r.Read(text, format)
		if !p.Date.IsZero() && !p.Date.Valid() {
			t.Fatalf("%q was read as %v, which no calendar has", text, p.Date)
		}
		if p.HasTime && (p.Hour > 24 || p.Minute > 59) {
			t.Fatalf("%q: %d:%d", text, p.Hour, p.Minute)
		}
	})
}

func FuzzWriter(f *testing.F) {
	f.Add("O'NEIL", "A+B:C?D", "*")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, d := range []edifact.Delimiters{
			edifact.Default,
			{Component: ':', Element: '*', Decimal: '.', Release: '?', Repetition: ' ', Terminator: '#'},
			{Component: ':', Element: '+', Decimal: '.', Release: '\\', Repetition: '*', Terminator: '\''},
		} {
			a, b, c := clean(a), clean(b), clean(c)
			w := edifact.NewWriter(d)
			w.Begin(&edifact.Header{Type: "PAXLST", Version: "D", Release: "05B"})
			w.Segment("NAD").Element("FL").Element().Element(a, b, c).End()
			w.Finish()
			r := edifact.NewReader(strings.NewReader(string(w.Bytes())))
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
			seg := r.Segment()
			if seg == nil || seg.Get(3, 0) != a || seg.Get(3, 1) != b || seg.Get(3, 2) != c {
				t.Fatalf("wrote %q %q %q as %q", a, b, c, w.Bytes())
			}
		}
	})
}

// clean is what a writer can hand over: valid UTF-8 without control bytes.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, edifact.UTF8(s))
}
