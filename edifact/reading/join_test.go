package reading_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"clew/edifact/manifest"
	"clew/edifact/reading"
)

func part(n, mark, surname string) string {
	return "UNB+UNOA:4+XX+S+260301:1200+R" + n + "'UNH+" + n + "+PAXLST:D:05B:UN:IATA+XX100/260301+" + n + mark +
		"'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'LOC+87+LHR'NAD+FL+++" + surname + ":A'DTM+329:800101'RFF+AVF:" + surname +
		"'NAD+FL+++" + surname + ":B'DTM+329:150101'RFF+AVF:" + surname + "'CNT+42:6'UNT+14+" + n + "'UNZ+1+R" + n + "'"
}

func joined(t *testing.T, text string) []manifest.Report {
	t.Helper()
	j := reading.NewJoiner()
	var out []manifest.Report
	for it, err := range reading.Reports("x", strings.NewReader(text), reading.Options{Join: true}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, j.Add(it)...)
	}
	return append(out, j.Rest()...)
}

func surnames(rep *manifest.Report) string {
	var out []string
	for _, p := range rep.Persons {
		out = append(out, p.Surname)
	}
	return strings.Join(slices.Compact(out), " ")
}

func codesOf(rep *manifest.Report) []string {
	var out []string
	for _, f := range rep.Findings {
		if strings.HasPrefix(f.Code, "part_") {
			out = append(out, f.Code)
		}
	}
	return out
}

func TestPartsArePutTogether(t *testing.T) {
	a, b, c := part("01", ":C", "ONE"), part("02", "", "TWO"), part("03", ":F", "THREE")
	for name, k := range map[string]struct {
		text, names string
		codes       []string
	}{
		"in order":     {a + b + c, "ONE TWO THREE", nil},
		"out of order": {c + a + b, "ONE TWO THREE", []string{"part_disorder", "part_disorder"}},
		"one twice":    {a + b + b + c, "ONE TWO THREE", []string{"part_repeated"}},
		"one missing":  {a + c, "ONE THREE", []string{"part_missing"}},
		"no last":      {a + b, "ONE TWO", []string{"part_missing"}},
		"no first":     {b + c, "TWO THREE", []string{"part_missing"}},
		"disagreeing":  {a + b + strings.Replace(c, "LHR", "LGW", 1), "ONE TWO THREE", []string{"part_conflict"}},
	} {
		reports := joined(t, k.text)
		if len(reports) != 1 {
			t.Errorf("%s: %d reports", name, len(reports))
			continue
		}
		rep := &reports[0]
		if surnames(rep) != k.names {
			t.Errorf("%s: %s", name, surnames(rep))
		}
		if got := codesOf(rep); fmt.Sprint(got) != fmt.Sprint(k.codes) {
			t.Errorf("%s: findings %v, want %v", name, got, k.codes)
		}
		for i, p := range rep.Persons {
			if p.N != i+1 {
				t.Errorf("%s: person %d has number %d", name, i+1, p.N)
			}
			for _, r := range p.Relations {
				if rep.Persons[r.N-1].Surname != p.Surname {
					t.Errorf("%s: %s is tied to %s", name, p.Surname, rep.Persons[r.N-1].Surname)
				}
			}
		}
	}
}

func TestPartsAreFollowedWithoutJoining(t *testing.T) {
	a, b, c := part("01", ":C", "ONE"), part("02", "", "TWO"), part("03", ":F", "THREE")
	for text, want := range map[string]string{
		a + b + c:     "[] [] []",
		a + b + b + c: "[] [] [part_repeated] []",
		b + a + c:     "[] [part_disorder] []",
		a + c:         "[] [part_missing]",
	} {
		var got []string
		for _, rep := range readAll(t, []byte(text)) {
			got = append(got, fmt.Sprint(codesOf(&rep)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestMessagesOfAnotherSenderOrReferenceStayApart(t *testing.T) {
	a := part("01", ":C", "ONE")
	b := strings.Replace(part("02", ":F", "TWO"), "UNOA:4+XX", "UNOA:4+YY", 1)
	if reports := joined(t, a+b); len(reports) != 2 {
		t.Errorf("%d reports, want 2", len(reports))
	}
	if reports := joined(t, messages["several"]); len(reports) != 3 {
		t.Errorf("messages that are no parts: %d", len(reports))
	}
}

func TestMessagesOfOtherTypesAreListedWithoutContent(t *testing.T) {
	reports := readAll(t, []byte("UNB+UNOA:4+A+B+260301:1200+R'UNH+1+INVOIC:D:96A:UN'BGM+380'NAD+FL'UNT+4+1'UNH+2+PAXLST:D:05B:UN'BGM+745'UNT+3+2'UNZ+2+R'"))
	if len(reports) != 2 || reports[0].Type != "INVOIC" || len(reports[0].Persons) != 0 || !has(&reports[0], "not_ours") || reports[1].Type != "PAXLST" {
		t.Errorf("%+v", reports)
	}
}

// TestAMinorIsTiedToTheAdultOfAnotherPart: parts end where a list is full, not
// where a family ends.
func TestAMinorIsTiedToTheAdultOfAnotherPart(t *testing.T) {
	one := func(n, mark, persons string) string {
		return "UNB+UNOA:4+XX+S+260301:1200+R" + n + "'UNH+" + n + "+PAXLST:D:05B:UN:IATA+XX100/260301+" + n + mark +
			"'BGM+745'TDT+20+XX100+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'" + persons + "UNT+9+" + n + "'UNZ+1+R" + n + "'"
	}
	const (
		mother   = "NAD+FL+++DOE:ANN'DTM+329:800101'RFF+AVF:ABC'"
		father   = "NAD+FL+++DOE:JIM'DTM+329:810101'RFF+AVF:ABC'"
		child    = "NAD+FL+++DOE:KIM'DTM+329:150101'RFF+AVF:ABC'"
		stranger = "NAD+FL+++ROE:SUE'DTM+329:700101'RFF+AVF:XYZ'"
	)
	for name, text := range map[string]string{
		"child last":  one("01", ":C", mother+stranger) + one("02", ":F", child+father),
		"child first": one("01", ":C", child) + one("02", "", stranger) + one("03", ":F", father+mother),
		"disorder":    one("02", ":F", mother+father) + one("01", ":C", stranger+child),
		"never whole": one("01", ":C", mother) + one("03", "", child+father),
	} {
		reports := joined(t, text)
		if len(reports) != 1 {
			t.Errorf("%s: %d reports", name, len(reports))
			continue
		}
		with := map[string][]string{}
		for _, p := range reports[0].Persons {
			for _, r := range p.Relations {
				with[p.Given] = append(with[p.Given], r.Kind+" "+reports[0].Persons[r.N-1].Given)
			}
			slices.Sort(with[p.Given])
		}
		want := map[string][]string{"KIM": {"minor_with ANN", "minor_with JIM"}, "ANN": {"adult_with KIM"}, "JIM": {"adult_with KIM"}}
		if fmt.Sprint(with) != fmt.Sprint(want) {
			t.Errorf("%s: relations %v, want %v", name, with, want)
		}
	}
}
