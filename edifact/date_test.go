package edifact_test

import (
	"testing"

	"pgregory.net/rapid"

	"clew/edifact"
)

var travel = edifact.Date{Year: 2026, Month: 3, Day: 1}

func TestBirthDates(t *testing.T) {
	for _, c := range []struct{ text, format, want, code string }{
		{"720907", "", "1972-09-07", ""},
		{"720907", "101", "1972-09-07", ""},
		{"20130714", "102", "2013-07-14", ""},
		{"20130714", "101", "2013-07-14", "date_label"}, // a child of 12, not of 2
		{"20130714", "201", "2013-07-14", "date_label"},
		{"130714", "102", "2013-07-14", "date_label"},
		{"130714", "", "2013-07-14", ""},
		{"260302", "", "1926-03-02", ""}, // the day after the journey is a hundred years ago
		{"260301", "", "2026-03-01", ""},
		{"000229", "", "2000-02-29", ""},
		{"720229", "", "1972-02-29", ""},
		{"730229", "", "", "date_invalid"},
		{"19000229", "102", "", "date_invalid"},
		{"20000229", "102", "2000-02-29", ""},
		{"7209071200", "201", "1972-09-07T12:00", ""},
		{"197209071200", "203", "1972-09-07T12:00", ""},
		{"197209071200", "201", "1972-09-07T12:00", "date_label"},
		{"19720907120000", "204", "1972-09-07T12:00", ""},
		{" 720907", "", "1972-09-07", "date_blank"},
		{"72 09 07", "", "1972-09-07", "date_blank"},
		{"", "", "", "date_empty"},
		{"   ", "", "", "date_blank"},
		{"07SEP72", "", "1972-09-07", "date_form"},
		{"07sep1972", "", "1972-09-07", "date_form"},
		{"07XXX72", "", "", "date_invalid"},
		{"1972-09-07", "", "1972-09-07", "date_form"},
		{"07/09/1972", "", "1972-09-07", "date_form"},
		{"7.9.1972", "", "1972-09-07", "date_form"},
		{"13/25/1972", "", "", "date_invalid"},
		{"09/25/1972", "", "1972-09-25", "date_form"},
		{"1972-09-07T13:45", "", "1972-09-07T13:45", "date_form"},
		{"07091972", "102", "1972-09-07", "date_form"},
		{"720000", "", "1972", ""},
		{"720900", "", "1972-09", ""},
		{"72XXXX", "", "1972", "date_form"},
		{"7209", "", "", "date_invalid"},
		{"72907", "", "", "date_invalid"},
		{"721332", "", "", "date_invalid"},
		{"999999", "", "", "date_invalid"},
		{"UNKNOWN", "", "", "date_invalid"},
		{"NULL", "", "", "date_invalid"},
		{"720907240000", "", "1972-09-07T24:00", "date_label"},
		{"720907250000", "", "", "date_invalid"},
	} {
		p := edifact.DateReader{Century: edifact.Recent, Reference: travel}.Read(c.text, c.format)
		if p.String() != c.want {
			t.Errorf("%q %s: got %s, want %s", c.text, c.format, p, c.want)
		}
		found := c.code == "" && p.Codes[0] == ""
		for _, code := range p.Codes {
			found = found || code == c.code && c.code != ""
		}
		if !found {
			t.Errorf("%q %s: findings %q, want %q", c.text, c.format, p.Codes, c.code)
		}
	}
}

func TestExpiriesAndPNRDates(t *testing.T) {
	expiry := edifact.DateReader{Century: edifact.Coming, Reference: travel}
	if got := expiry.Read("991231", "").String(); got != "2099-12-31" {
		t.Errorf("an expiry is this century's: %s", got)
	}
	old := edifact.DateReader{Century: edifact.Coming, Reference: edifact.Date{Year: 2002, Month: 1, Day: 31}}
	if got := old.Read("990909", "").String(); got != "1999-09-09" {
		t.Errorf("an expiry in a message of 2002: %s", got)
	}
	pnr := edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}
	if got := pnr.Read("2805132225", "").String(); got != "2013-05-28T22:25" {
		t.Errorf("PNRGOV writes the day first: %s", got)
	}
	if got := pnr.Read("260532", "").String(); got != "2032-05-26" {
		t.Errorf("got %s", got)
	}
}

func TestCenturyIsTheLatestThatIsNotAfterTheJourney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1927, 2025).Draw(t, "year")
		month, day := rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")
		want := edifact.Date{Year: int16(year), Month: uint8(month), Day: uint8(day)}
		iso := want.String()
		short := iso[2:4] + iso[5:7] + iso[8:]
		r := edifact.DateReader{Century: edifact.Recent, Reference: travel}
		if got := r.Read(short, "").Date; got != want || !r.Read(short, "").TwoDigit {
			t.Fatalf("%s: got %v, want %v", short, got, want)
		}
		if got := r.Read(iso[:4]+short[2:], "102"); got.Date != want || got.TwoDigit {
			t.Fatalf("%s: got %v", iso, got.Date)
		}
	})
}

func TestDatesAsText(t *testing.T) {
	for _, s := range []string{"", "1972", "1972-09", "1972-09-07"} {
		var d edifact.Date
		if err := d.UnmarshalText([]byte(s)); err != nil || d.String() != s {
			t.Errorf("%q became %q, %v", s, d, err)
		}
		var l edifact.Local
		full := s
		if len(s) == 10 {
			full += "T23:05"
		}
		if err := l.UnmarshalText([]byte(full)); err != nil || l.String() != full {
			t.Errorf("%q became %q, %v", full, l, err)
		}
	}
	var d edifact.Date
	if d.UnmarshalText([]byte("197x")) == nil {
		t.Error("no error for 197x")
	}
	if age := (edifact.Date{Year: 2008, Month: 3, Day: 2}).YearsTo(travel); age != 17 {
		t.Errorf("a day before the birthday: %d", age)
	}
}
