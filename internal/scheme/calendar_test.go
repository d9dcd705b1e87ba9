package scheme

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"pgregory.net/rapid"

	"clew/internal/core"
)

// published is the bank holidays of 2020 to 2027 as governments published them,
// written out by hand: month and day.
var published = map[string]map[int]string{
	"england-wales": {
		2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
		2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
		2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
		2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
		2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
		2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
		2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
		2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
	},
	"scotland": {
		2020: "01-01 01-02 04-10 05-08 05-25 08-03 11-30 12-25 12-28",
		2021: "01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-27 12-28",
		2022: "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
		2023: "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26",
		2024: "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
		2025: "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
		2026: "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
		2027: "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28",
	},
	"northern-ireland": {
		2020: "01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28",
		2021: "01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-27 12-28",
		2022: "01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-26 12-27",
		2023: "01-02 03-17 04-07 04-10 05-01 05-08 05-29 07-12 08-28 12-25 12-26",
		2024: "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
		2025: "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
		2026: "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
		2027: "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28",
	},
	"weekdays": {2020: "", 2021: "", 2022: "", 2023: "", 2024: "", 2025: "", 2026: "", 2027: ""},
}

var registry = sync.OnceValue(func() *Registry {
	r, err := Load("")
	if err != nil {
		panic(err)
	}
	return r
})

func calendarOf(t interface{ Fatal(...any) }, id string) *Calendar {
	uk, err := registry().Scheme("uk")
	if err != nil {
		t.Fatal(err)
	}
	c, err := uk.Calendar(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHolidaysAreThosePublished(t *testing.T) {
	for id, years := range published {
		c := calendarOf(t, id)
		for year, want := range years {
			var free []string
			for day := core.MustDate(year, 1, 1); day.Year == year; day = day.AddDays(1) {
				weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
				if weekend && c.IsWorkingDay(day) {
					t.Errorf("%s works on %v, a %v", id, day, day.Weekday())
				}
				if !weekend && !c.IsWorkingDay(day) {
					free = append(free, day.String()[5:])
				}
			}
			if got := strings.Join(free, " "); got != want {
				t.Errorf("%s %d\ngot  %s\nwant %s", id, year, got, want)
			}
		}
	}
}

func TestJubileeMovedTheSpringHolidayOf2012(t *testing.T) {
	for _, id := range []string{"england-wales", "scotland", "northern-ireland"} {
		c := calendarOf(t, id)
		if !c.IsWorkingDay(core.MustDate(2012, 5, 28)) || c.IsWorkingDay(core.MustDate(2012, 6, 4)) || c.IsWorkingDay(core.MustDate(2012, 6, 5)) {
			t.Errorf("%s has the holidays of 2012 wrong", id)
		}
		if name, ok := c.Holiday(core.MustDate(2011, 4, 29)); !ok || name != "Royal wedding" {
			t.Errorf("%s on the royal wedding: %q", id, name)
		}
	}
}

func TestDeadlineInWorkingDays(t *testing.T) {
	for _, c := range []struct {
		name, calendar, start string
		n                     WorkingDays
		want                  string
	}{
		{"five from a Monday", "weekdays", "2024-01-08T09:00:00Z", 5, "2024-01-15T23:59:59.999999Z"},
		{"over Easter", "england-wales", "2024-03-27T10:00:00Z", 5, "2024-04-05T22:59:59.999999Z"},
		{"over Easter in Scotland", "scotland", "2024-03-27T10:00:00Z", 5, "2024-04-04T22:59:59.999999Z"},
		{"over 12 July", "northern-ireland", "2024-07-10T10:00:00Z", 2, "2024-07-15T22:59:59.999999Z"},
		{"late on a summer evening it is the next day already", "england-wales", "2024-06-02T23:30:00Z", 1, "2024-06-04T22:59:59.999999Z"},
		{"over the change to winter time", "england-wales", "2024-10-25T09:00:00Z", 1, "2024-10-28T23:59:59.999999Z"},
		{"over the change to summer time", "england-wales", "2025-03-28T09:00:00Z", 1, "2025-03-31T22:59:59.999999Z"},
		{"none from a Saturday", "england-wales", "2024-06-01T09:00:00Z", 0, "2024-06-03T22:59:59.999999Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start, err := time.Parse(time.RFC3339, c.start)
			if err != nil {
				t.Fatal(err)
			}
			if got := calendarOf(t, c.calendar).Deadline(start, c.n).Format(time.RFC3339Nano); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestDeadlineInCalendarDays(t *testing.T) {
	start := time.Date(2022, 12, 13, 16, 0, 0, 0, time.UTC)
	if got, want := calendarOf(t, "england-wales").CalendarDeadline(start, 30), time.Date(2023, 1, 12, 23, 59, 59, 999999000, time.UTC); !got.Equal(want) {
		t.Errorf("thirty days from %v end at %v, want %v", start, got, want)
	}
}

func TestWorkingDaysBackwards(t *testing.T) {
	c := calendarOf(t, "scotland")
	if got, want := c.AddWorkingDays(core.MustDate(2024, 1, 3), -1), core.MustDate(2023, 12, 29); got != want {
		t.Errorf("the working day before 3 January 2024 is %v, want %v", got, want)
	}
	if got := c.WorkingDaysBetween(core.MustDate(2024, 1, 3), core.MustDate(2023, 12, 29)); got != -1 {
		t.Errorf("%d working days between, want -1", got)
	}
}

// draw picks a calendar and a time; the years reach before and after any table.
func draw(t *rapid.T) (*Calendar, time.Time, WorkingDays) {
	c := calendarOf(t, rapid.SampledFrom([]string{"weekdays", "england-wales", "scotland", "northern-ireland"}).Draw(t, "calendar"))
	seconds := rapid.Int64Range(1136073600, 2524608000).Draw(t, "seconds") // 2006 to 2049
	return c, time.Unix(seconds, 0).UTC(), WorkingDays(rapid.IntRange(0, 120).Draw(t, "n"))
}

func TestDeadlineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, start, n := draw(t)
		end := c.Deadline(start, n)
		day := core.DateIn(end, c.Location())
		if !c.IsWorkingDay(day) {
			t.Fatalf("%d working days from %v end on %v, which is none", n, start, day)
		}
		if next := end.Add(time.Microsecond); core.DateIn(next, c.Location()) != day.AddDays(1) {
			t.Fatalf("the deadline %v is not the end of its day", end)
		}
		if end.Before(start) || end.Location() != time.UTC {
			t.Fatalf("the deadline %v of %v", end, start)
		}
		more := c.Deadline(start, n+1)
		if n > 0 && !more.After(end) || more.Before(end) {
			t.Fatalf("a day more than %d ends at %v, not after %v", n, more, end)
		}
		later := start.Add(time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(t, "later")) * time.Second)
		if c.Deadline(later, n).Before(end) {
			t.Fatalf("starting at %v instead of %v ends earlier", later, start)
		}
		from := core.DateIn(start, c.Location())
		if n > 0 && c.WorkingDaysBetween(from, day) != n {
			t.Fatalf("%d working days from %v to %v, want %d", c.WorkingDaysBetween(from, day), from, day, n)
		}
		if back := c.AddWorkingDays(day, -n); n > 0 && (back.After(from) || c.WorkingDaysBetween(back, day) != n) {
			t.Fatalf("%d working days back from %v is %v, after %v", n, day, back, from)
		}
	})
}

// The process's own time zone must not matter; in some of these the clocks skip
// midnight.
func TestDeadlinesDoNotDependOnTheProcessTimeZone(t *testing.T) {
	if cal.DefaultLoc != time.UTC {
		t.Fatalf("the library calculates in %v", cal.DefaultLoc)
	}
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	days := func() []string {
		r, err := Load("")
		if err != nil {
			t.Fatal(err)
		}
		uk, _ := r.Scheme("uk")
		var out []string
		for id := range published {
			c, err := uk.Calendar(id)
			if err != nil {
				t.Fatal(err)
			}
			c.years.Clear() // else the answers are remembered from another zone
			for i := range 1200 {
				start := time.Date(2017, 12, 20, 23, 30, 0, 0, time.UTC).Add(time.Duration(i) * 37 * time.Hour)
				out = append(out, id+c.Deadline(start, 5).String())
			}
		}
		slices.Sort(out)
		return out
	}
	time.Local = time.UTC
	want := days()
	for _, zone := range []string{"Pacific/Kiritimati", "America/Sao_Paulo", "Asia/Amman", "Pacific/Pago_Pago"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = loc
		if got := days(); !slices.Equal(got, want) {
			t.Errorf("in %s deadlines differ", zone)
		}
	}
}

func TestASubstituteFallsIntoTheNextYear(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "c.yaml", `
kind: calendars
calendars:
  - {id: eve, name: Eve, timezone: UTC, weekend: [saturday, sunday], source: here, holidays: [{name: Eve, date: 12-31, substitute: {saturday: 2}}]}
`)
	r, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	uk, _ := r.Scheme("uk")
	eve, err := uk.Calendar("eve")
	if err != nil {
		t.Fatal(err)
	}
	if eve.IsWorkingDay(core.MustDate(2023, 1, 2)) || !eve.IsWorkingDay(core.MustDate(2022, 1, 3)) || eve.IsWorkingDay(core.MustDate(2024, 12, 31)) {
		t.Error("31 December 2022, a Saturday, is not kept on 2 January 2023")
	}
}

func TestUnknownJurisdiction(t *testing.T) {
	uk, _ := registry().Scheme("uk")
	if _, err := uk.Calendar("atlantis"); core.KindOf(err) != core.Invalid {
		t.Errorf("got %v", err)
	}
	if c, err := uk.Calendar(""); err != nil || c.ID != "england-wales" {
		t.Errorf("the scheme's own calendar is %v, %v", c, err)
	}
}

func BenchmarkDeadline(b *testing.B) {
	c := calendarOf(b, "scotland")
	start := time.Date(2024, 3, 27, 10, 0, 0, 0, time.UTC)
	for b.Loop() {
		c.Deadline(start, 5)
	}
}
