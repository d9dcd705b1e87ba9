package edifact_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"clew/edifact"
)

// walk returns each message as "TYPE ref tags", and the codes of all findings.
func walk(text string) (list []string, codes []string, err error) {
	r := edifact.NewReader(strings.NewReader(text))
	for {
		h, e := r.Next()
		if e != nil {
			for _, f := range r.Findings() {
				codes = append(codes, f.Code)
			}
			return list, codes, e
		}
		line := h.Type + " " + h.Ref
		for seg := r.Segment(); seg != nil; seg = r.Segment() {
			line += " " + seg.Tag
		}
		list = append(list, line)
		for _, f := range r.Findings() {
			codes = append(codes, f.Code)
		}
	}
}

func TestEnvelope(t *testing.T) {
	const unb, one = "UNB+UNOA:4+A+B+260301:1200+R'", "UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'"
	for name, c := range map[string]struct {
		text  string
		want  []string
		codes []string
	}{
		"whole":                {unb + one + "UNT+3+1'UNZ+1+R'", []string{"PAXLST 1 BGM"}, nil},
		"with a group":         {unb + "UNG+PAXLST+A+B+260301:1200+9+UN+D:05B'" + one + "UNT+3+1'UNE+1+9'UNZ+1+R'", []string{"PAXLST 1 BGM"}, nil},
		"two messages":         {unb + one + "UNT+3+1'UNH+2+CUSRES:D:05B'BGM+962'UNT+3+2'UNZ+2+R'", []string{"PAXLST 1 BGM", "CUSRES 2 BGM"}, nil},
		"two interchanges":     {unb + one + "UNT+3+1'UNZ+1+R'" + unb + one + "UNT+3+1'UNZ+1+R'", []string{"PAXLST 1 BGM", "PAXLST 1 BGM"}, nil},
		"second without UNZ":   {unb + one + "UNT+3+1'" + unb + one + "UNT+3+1'UNZ+1+R'", []string{"PAXLST 1 BGM", "PAXLST 1 BGM"}, nil},
		"wrong UNT count":      {unb + one + "UNT+99+1'UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"unt_count"}},
		"UNT count no number":  {unb + one + "UNT+X+1'UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"unt_count"}},
		"wrong UNT reference":  {unb + one + "UNT+3+7'UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"unt_ref"}},
		"no UNT":               {unb + one + "UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"unt_missing"}},
		"two UNH, one UNT":     {unb + one + "UNH+2+PAXLST:D:05B'BGM+250'UNT+3+2'UNZ+2+R'", []string{"PAXLST 1 BGM", "PAXLST 2 BGM"}, []string{"unt_missing"}},
		"no UNZ":               {unb + one + "UNT+3+1'", []string{"PAXLST 1 BGM"}, []string{"unz_missing"}},
		"no trailer at all":    {unb + one, []string{"PAXLST 1 BGM"}, []string{"unt_missing", "unz_missing"}},
		"wrong UNZ count":      {unb + one + "UNT+3+1'UNZ+5+R'", []string{"PAXLST 1 BGM"}, []string{"unz_count"}},
		"wrong UNZ reference":  {unb + one + "UNT+3+1'UNZ+1+Q'", []string{"PAXLST 1 BGM"}, []string{"unz_ref"}},
		"wrong UNE count":      {unb + "UNG+PAXLST+A+B+260301:1200+9+UN+D:05B'" + one + "UNT+3+1'UNE+4+9'UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"une_count"}},
		"no UNB":               {one + "UNT+3+1'", []string{"PAXLST 1 BGM"}, []string{"unb_missing"}},
		"no UNH":               {unb + "BGM+745'NAD+FL'UNT+2+1'UNZ+1+R'", []string{"PAXLST  BGM NAD"}, []string{"unh_missing", "unt_count", "unt_ref"}},
		"nothing but segments": {"BGM+962'ERP+2'", []string{"CUSRES  BGM ERP"}, []string{"unb_missing", "unh_missing", "unt_missing"}},
		"PNR without UNH":      {unb + "MSG+:22'SRC'UNT+2+1'UNZ+1+R'", []string{"PNRGOV  MSG SRC"}, []string{"unh_missing", "unt_count", "unt_ref"}},
		"UNH without type":     {unb + "UNG+PAXLST+A'UNH+1'BGM+745'UNT+3+1'UNE+1'UNZ+1+R'", []string{"PAXLST 1 BGM"}, []string{"unh_malformed"}},
		"front cut off":        {"745'TDT+20+XX1'NAD+FL+++A'UNT+4+1'UNZ+1+R'", []string{"PAXLST  TDT NAD"}, []string{"unb_missing", "unh_missing", "unt_count", "unt_ref", "text_before", "unz_ref"}},
		"persons after UNT":    {unb + one + "UNT+3+1'NAD+FL+++A'UNZ+1+R'", []string{"PAXLST 1 BGM", "PAXLST  NAD"}, []string{"unh_missing", "unt_missing", "unz_count"}},
		"records only":         {"SRC'\r\nRCI+XX:A'TIF+A'", []string{"PNRGOV  SRC RCI TIF"}, []string{"unb_missing", "unh_missing", "unt_missing"}},
		"footer":               {unb + one + "UNT+3+1'UNZ+1+R'\nBest regards", []string{"PAXLST 1 BGM"}, []string{"text_after"}},
	} {
		got, codes, err := walk(c.text)
		if !slices.Equal(got, c.want) || !slices.Equal(codes, c.codes) || !errors.Is(err, io.EOF) {
			t.Errorf("%s: got %q, findings %q, %v", name, got, codes, err)
		}
	}
}

func TestInputWithoutMessageIsTheOnlyError(t *testing.T) {
	for _, text := range []string{"", "hello", "UNA:+.? '", "UNB+UNOA:4+A+B'UNZ+0+R'", strings.Repeat("'", 1000)} {
		if _, _, err := walk(text); !errors.Is(err, edifact.ErrNoMessage) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestPartsOfAMessage(t *testing.T) {
	for text, want := range map[string]struct {
		part        int
		first, last bool
		ref         string
	}{
		"UNH+1+PAXLST:D:05B:UN:IATA+XX1/260301+01:C'": {1, true, false, "XX1/260301"},
		"UNH+1+PAXLST:D:05B:UN:IATA+XX1/260301+02'":   {2, false, false, "XX1/260301"},
		"UNH+1+PAXLST:D:05B:UN:IATA+XX1/260301+03:F'": {3, false, true, "XX1/260301"},
		"UNH+1+PAXLST:D:05B:UN:IATA+XX1+01:F'":        {1, true, true, "XX1"},
		"UNH+1+PAXLST:D:05B:UN:IATA++02:F'":           {2, false, true, ""},
		"UNH+1+PAXLST:D:05B:UN:IATA+02:F'":            {2, false, true, ""},
		"UNH+1+PAXLST:D:05B:UN:IATA+XX1+-5'":          {0, false, false, "XX1"},
		"UNH+1+PAXLST:D:05B:UN:IATA'":                 {0, false, false, ""},
	} {
		h, err := edifact.NewReader(strings.NewReader(text)).Next()
		if err != nil || h.Part != want.part || h.First != want.first || h.Last != want.last || h.AccessRef != want.ref {
			t.Errorf("%s: %+v %v", text, h, err)
		}
	}
}

func TestHeaderHoldsTheEnvelope(t *testing.T) {
	r := edifact.NewReader(strings.NewReader("QD AAABBCC\n.DDDEEFF 010312\nUNB+IATA:1+XX:ZZ+STATE:YY+260301:1200+R9++PNRGOV'UNG+PNRGOV+XX+S+260301:1201+7+IA+13:1'UNH+1+PNRGOV:13:1:IA+Q'MSG+:22'UNT+3+1'UNE+1+7'UNZ+1+R9'"))
	h, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	ic := h.Interchange
	if ic.Syntax != "IATA:1" || ic.Sender.ID != "XX" || ic.Sender.Qualifier != "ZZ" || ic.Recipient.ID != "STATE" || ic.Ref != "R9" || ic.Application != "PNRGOV" || h.Sent() != "2603011200" {
		t.Errorf("interchange %+v", ic)
	}
	if h.Group.Ref != "7" || h.Group.Type != "PNRGOV" || h.Version != "13" || h.Release != "1" || h.Agency != "IA" || h.Sender() != "XX" {
		t.Errorf("header %+v", h)
	}
	if !strings.Contains(ic.Preamble, ".DDDEEFF 010312") {
		t.Errorf("preamble %q", ic.Preamble)
	}
}

func TestEveryFindingSaysWhatWasDone(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range edifact.Codes() {
		if c.Problem == "" || c.Mend == "" || seen[c.Name] {
			t.Errorf("code %+v", c)
		}
		seen[c.Name] = true
	}
	f := edifact.NewFinding("unt_count", &edifact.Segment{Tag: "UNT", Offset: 9}, "5 stated")
	if f.Severity != edifact.Warning || f.Segment != "UNT" || f.Offset != 9 || !strings.Contains(f.Text, "(5 stated); ") {
		t.Errorf("%+v", f)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	var log edifact.Log
	for i := range edifact.MaxFindings + 100 {
		log.Note("unt_count", &edifact.Segment{Tag: "UNT", Offset: int64(i)}, "")
	}
	got := log.Findings()
	if len(got) != edifact.MaxFindings+1 || got[len(got)-1].Code != "findings_limited" || !strings.Contains(got[len(got)-1].Text, "(100)") {
		t.Errorf("%d findings, last %+v", len(got), got[len(got)-1])
	}
}
