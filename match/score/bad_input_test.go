package score

import "testing"

// What stands for no date is no evidence; what the calendar lacks is read as
// far as it goes.
func TestBadDates(t *testing.T) {
	m := Default()
	born := func(dob string) Record { return NewRecord(Input{Name: "Anna Kowalska", Birth: dob}) }
	for name, c := range map[string]struct {
		a, b string
		want Level
	}{
		"1900-01-01":         {"1900-01-01", "1900-01-01", Absent},
		"the year 0":         {"0000-00-00", "0000-00-00", Absent},
		"the year 0 in full": {"0000-03-04", "0000-03-04", Absent},
		"unknown":            {"unknown", "1980-03-04", Absent},
		"30 February":        {"1980-02-30", "1980-02-11", SameMonth},
		"month 13":           {"1980-13-01", "1980-05-05", SameYear},
		"the far future":     {"2980-02-03", "2980-02-03", Absent},
	} {
		a, b := born(c.a), born(c.b)
		got := Absent
		for _, it := range resultOf(m, &a, &b) {
			if it.Class == ByBirth {
				got = it.Level
			}
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func resultOf(m *Model, a, b *Record) []Item {
	r := m.Compare(a, b)
	return r.Evidence()
}
