package core

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewPartialDateRefuses(t *testing.T) {
	for _, c := range []struct {
		name             string
		year, month, day int
		about            bool
		code             string
	}{
		{"29 February of a common year", 2021, 2, 29, false, "date.impossible"},
		{"31 April", 2021, 4, 31, true, "date.impossible"},
		{"month 13", 2021, 13, 0, false, "date.month_range"},
		{"month -1", 2021, -1, 0, false, "date.month_range"},
		{"a day without its month", 2021, 0, 5, false, "date.month_missing"},
		{"a month without its year", 0, 5, 0, false, "date.year_missing"},
		{"about nothing", 0, 0, 0, true, "date.year_missing"},
		{"before the first year", 1879, 0, 0, false, "date.year_range"},
		{"after the last year", 2201, 0, 0, false, "date.year_range"},
		{"a negative day", 2021, 3, -1, false, "date.impossible"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewPartialDate(c.year, c.month, c.day, c.about)
			var e *Error
			if !errors.As(err, &e) || e.Kind != Invalid || e.Code != c.code || !p.IsZero() {
				t.Errorf("got %+v, %v; want %s", p, err, c.code)
			}
		})
	}
}

func TestParsePartialDate(t *testing.T) {
	for text, want := range map[string]PartialDate{
		"":                    {},
		"unknown":             {},
		"2021":                {Year: 2021},
		"2021-03":             {Year: 2021, Month: 3},
		"2021-03-14":          {Year: 2021, Month: 3, Day: 14},
		"2020-02-29":          {Year: 2020, Month: 2, Day: 29},
		"about 2021-03":       {Year: 2021, Month: 3, About: true},
		"About  March 2021":   {Year: 2021, Month: 3, About: true},
		"~2021":               {Year: 2021, About: true},
		"2021-03~":            {Year: 2021, Month: 3, About: true},
		"circa 1999":          {Year: 1999, About: true},
		"c. 1999":             {Year: 1999, About: true},
		"14 March 2021":       {Year: 2021, Month: 3, Day: 14},
		"4 sep 2021":          {Year: 2021, Month: 9, Day: 4},
		" MAY 2021 ":          {Year: 2021, Month: 5},
		"about 14 March 2021": {Year: 2021, Month: 3, Day: 14, About: true},
	} {
		if got, err := ParsePartialDate(text); err != nil || got != want {
			t.Errorf("ParsePartialDate(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParsePartialDateRefuses(t *testing.T) {
	for _, text := range []string{"2021-13", "2021-02-29", "2021-00", "2021-3", "21", "20211", "03/04/2021", "March", "14 Marsh 2021",
		"about", "~", "~~2021", "2021-03-14-15", "2021-", "-2021", "1879", "2201", "0 March 2021", "31 April 2021", "about unknown",
		"2021-03-14T10:00", "٢٠٢١", "014 March 2021", strings.Repeat("9", 1<<12)} {
		p, err := ParsePartialDate(text)
		if KindOf(err) != Invalid || !p.IsZero() {
			t.Errorf("ParsePartialDate(%.30q) = %+v, %v; want an Invalid error", text, p, err)
			continue
		}
		if strings.ContainsAny(text, "/~0") && strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats what was typed: %v", err)
		}
	}
}

func TestRangeOfAPartialDate(t *testing.T) {
	for text, want := range map[string][2]string{
		"2021":        {"2021-01-01", "2021-12-31"},
		"2020-02":     {"2020-02-01", "2020-02-29"},
		"2021-03-14":  {"2021-03-14", "2021-03-14"},
		"~2021":       {"2020-01-01", "2022-12-31"},
		"~2021-01":    {"2020-12-01", "2021-02-28"},
		"~2021-12":    {"2021-11-01", "2022-01-31"},
		"~2021-03-03": {"2021-02-24", "2021-03-10"},
		"":            {"", ""},
	} {
		p, err := ParsePartialDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{p.Earliest().String(), p.Latest().String()}; got != want {
			t.Errorf("%q reaches from %s to %s, want %v", text, got[0], got[1], want)
		}
	}
}

func TestPartialDateRelations(t *testing.T) {
	p := func(s string) PartialDate {
		v, err := ParsePartialDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		a, b                         string
		overlaps, definite, possible bool
	}{
		{"2020", "2021", false, true, true},
		{"2021", "2021-06", true, false, true},
		{"2021-06", "2021", true, false, true},
		{"~2021-03-14", "2021-03-20", true, false, true},
		{"2021-03-14", "2021-03-14", true, false, false},
		{"2021-03-15", "2021-03-14", false, false, false},
		{"", "2021", true, false, true},
		{"2021", "", true, false, true},
		{"~2020", "2022-01", false, true, true},
	} {
		a, b := p(c.a), p(c.b)
		if a.Overlaps(b) != c.overlaps || a.DefinitelyBefore(b) != c.definite || a.PossiblyBefore(b) != c.possible {
			t.Errorf("%q and %q: overlaps %v, definitely before %v, possibly before %v", c.a, c.b, a.Overlaps(b), a.DefinitelyBefore(b), a.PossiblyBefore(b))
		}
	}
}

func TestPastAndFutureAreCertain(t *testing.T) {
	today := MustDate(2021, 3, 14)
	for text, want := range map[string][2]bool{
		"2021": {false, false}, "2021-02": {true, false}, "2021-04": {false, true}, "2021-03-14": {false, false},
		"~2021-03-07": {false, false}, "~2021-03-06": {true, false}, "2020": {true, false}, "2022": {false, true}, "": {false, false},
	} {
		p, _ := ParsePartialDate(text)
		if got := [2]bool{p.IsPast(today), p.IsFuture(today)}; got != want {
			t.Errorf("%q on %v: past and future are %v, want %v", text, today, got, want)
		}
	}
}

func TestAgeOnIsARange(t *testing.T) {
	for _, c := range []struct {
		born            string
		on              Date
		least, greatest int
	}{
		{"2004-06-15", MustDate(2022, 6, 14), 17, 17},
		{"2004-06-15", MustDate(2022, 6, 15), 18, 18},
		{"2004-06", MustDate(2022, 6, 15), 17, 18},
		{"2004", MustDate(2022, 12, 31), 18, 18},
		{"2004", MustDate(2022, 12, 30), 17, 18},
		{"~2004", MustDate(2022, 6, 15), 16, 19},
		{"2022", MustDate(2022, 6, 15), 0, 0},
		{"2023", MustDate(2022, 6, 15), -1, -1},
		{"", MustDate(2022, 6, 15), -1, -1},
	} {
		p, _ := ParsePartialDate(c.born)
		if least, greatest := p.AgeOn(c.on); least != c.least || greatest != c.greatest {
			t.Errorf("born %q is %d to %d on %v, want %d to %d", c.born, least, greatest, c.on, c.least, c.greatest)
		}
	}
}

func TestPartialDateInJSONAndSQL(t *testing.T) {
	type record struct{ Born, Left PartialDate }
	b, err := json.Marshal(record{Born: PartialDate{Year: 2021, Month: 3, About: true}})
	if err != nil || string(b) != `{"Born":"2021-03~","Left":""}` {
		t.Fatalf("%s, %v", b, err)
	}
	var back record
	if err := json.Unmarshal(b, &back); err != nil || back.Born != (PartialDate{Year: 2021, Month: 3, About: true}) {
		t.Errorf("read back %+v, %v", back, err)
	}
	if v, err := (PartialDate{}).Value(); v != nil || err != nil {
		t.Errorf("unknown is stored as %v, %v", v, err)
	}
	var p PartialDate
	if err := p.Scan([]byte("2021-03-14~")); err != nil || p.ISO() != "2021-03-14~" {
		t.Errorf("Scan = %+v, %v", p, err)
	}
	if err := p.Scan(nil); err != nil || !p.IsZero() {
		t.Errorf("NULL = %+v, %v", p, err)
	}
	if err := p.Scan(2021); err == nil {
		t.Error("a number was scanned")
	}
}

// anyPartial draws partial dates of every precision; the zero one too.
func anyPartial(t *rapid.T, label string) PartialDate {
	p := PartialDateOf(MustDate(1881, 1, 1).AddDays(rapid.IntRange(0, 319*365).Draw(t, label)))
	switch rapid.IntRange(0, 6).Draw(t, label+" precision") {
	case 0:
		return PartialDate{}
	case 1, 2:
		p.Day = 0
	case 3, 4:
		p.Month, p.Day = 0, 0
	}
	p.About = rapid.Bool().Draw(t, label+" about")
	return p
}

func TestPartialDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, o := anyPartial(t, "p"), anyPartial(t, "o")
		for _, text := range []string{p.String(), p.ISO()} {
			if back, err := ParsePartialDate(text); err != nil || back != p {
				t.Fatalf("%+v is written %q and reads back as %+v, %v", p, text, back, err)
			}
		}
		if p.Latest().Before(p.Earliest()) {
			t.Fatalf("%v ends before it starts", p)
		}
		if c := p.Compare(o); c != -o.Compare(p) || (c == 0) != (p == o) {
			t.Fatalf("Compare(%v, %v) = %d, the other way %d", p, o, c, o.Compare(p))
		}
		if p.Overlaps(o) != o.Overlaps(p) || p.DefinitelyBefore(o) && (p.Overlaps(o) || !p.PossiblyBefore(o) || p.Compare(o) >= 0) {
			t.Fatalf("%v and %v: the relations contradict each other", p, o)
		}
		exact := p
		exact.About = false
		if !p.IsZero() && (p.Earliest().After(exact.Earliest()) || p.Latest().Before(exact.Latest())) {
			t.Fatalf("about narrows %v", p)
		}
		day := anyDate(t, "day")
		least, greatest := p.AgeOn(day)
		if least > greatest || (least < 0) != (greatest < 0) {
			t.Fatalf("born %v is %d to %d on %v", p, least, greatest, day)
		}
	})
}

func TestCompareIsTransitive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		three := []PartialDate{anyPartial(t, "a"), anyPartial(t, "b"), anyPartial(t, "c")}
		slices.SortFunc(three, PartialDate.Compare)
		if three[0].Compare(three[1]) > 0 || three[1].Compare(three[2]) > 0 || three[0].Compare(three[2]) > 0 {
			t.Fatalf("%v are not in order", three)
		}
	})
}

func FuzzParsePartialDate(f *testing.F) {
	for _, seed := range []string{"", "2021", "2021-03~", "about 14 March 2021", "~2021-02-29", "c. 1999", "unknown", "2021-00-00", "\xff~", "ʼ 2021"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePartialDate(text)
		if err != nil {
			if KindOf(err) != Invalid || !p.IsZero() {
				t.Fatalf("%q: %+v, %v", text, p, err)
			}
			return
		}
		if _, err := NewPartialDate(p.Year, p.Month, p.Day, p.About); err != nil {
			t.Fatalf("%q was read as %+v, which is not a date: %v", text, p, err)
		}
		if back, err := ParsePartialDate(p.ISO()); err != nil || back != p {
			t.Fatalf("%q: %+v reads back as %+v, %v", text, p, back, err)
		}
	})
}
