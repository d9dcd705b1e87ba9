package scheme

import (
	"sync"
	"time"
	_ "time/tzdata" // deadlines need the zones on machines that have no database of them

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"

	"clew/internal/core"
)

// Calendar is the working days of a jurisdiction. It is safe for concurrent use.
type Calendar struct {
	ID, Name string
	Source   string

	location *time.Location
	weekend  [7]bool
	holidays []*cal.Holiday
	working  map[core.Date]bool // not a holiday, whatever the rules above say
	years    sync.Map           // year → map[core.Date]string, filled when first asked
}

// libraries are the sets of holidays that the library maintains.
var libraries = map[string][]*cal.Holiday{"gb": gb.Holidays}

// Location returns the jurisdiction's time zone.
func (c *Calendar) Location() *time.Location { return c.location }

// IsWorkingDay reports whether the day is neither weekend nor holiday.
func (c *Calendar) IsWorkingDay(day core.Date) bool {
	if c.weekend[day.Weekday()] {
		return false
	}
	_, holiday := c.Holiday(day)
	return !holiday
}

// Holiday returns the name of the holiday that is kept on the day, if one is.
func (c *Calendar) Holiday(day core.Date) (name string, ok bool) {
	name, ok = c.year(day.Year)[day]
	return name, ok
}

// year returns the days of a year that are kept as holidays.
func (c *Calendar) year(year int) map[core.Date]string {
	if days, ok := c.years.Load(year); ok {
		return days.(map[core.Date]string)
	}
	days := map[core.Date]string{}
	for y := year - 1; y <= year+1; y++ { // a substitute day may fall into the next year
		for _, h := range c.holidays {
			for _, at := range calculate(h, y) {
				if at.Year == year && !c.working[at] && days[at] == "" {
					days[at] = h.Name
				}
			}
		}
	}
	c.years.Store(year, days)
	return days
}

// The library calculates midnights, by default in the process's time zone, where
// a change of clocks may skip one and shift the day. In UTC every day has one.
func init() { cal.DefaultLoc = time.UTC }

// calculate returns the day of a holiday and the day on which it is kept.
func calculate(h *cal.Holiday, year int) []core.Date {
	actual, observed := h.Calc(year)
	if actual.IsZero() {
		return nil
	}
	return []core.Date{core.DateIn(actual, time.UTC), core.DateIn(observed, time.UTC)}
}

// maxStep bounds a walk over days without a working day. Reading a calendar
// refuses one that leaves hardly any; this holds for years it did not look at.
const maxStep = 400

// AddWorkingDays returns the n-th working day after the day. With n = 0 it is the
// day itself when that is one, else the next; with n < 0 it counts backwards.
func (c *Calendar) AddWorkingDays(day core.Date, n WorkingDays) core.Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for idle := 0; n > 0 && idle < maxStep; {
		day = day.AddDays(step)
		if idle++; c.IsWorkingDay(day) {
			n, idle = n-1, 0
		}
	}
	for idle := 0; !c.IsWorkingDay(day) && idle < maxStep; idle++ {
		day = day.AddDays(step)
	}
	return day
}

// WorkingDaysBetween returns the working days after a up to and including b; it
// is negative when b is before a.
func (c *Calendar) WorkingDaysBetween(a, b core.Date) WorkingDays {
	if b.Before(a) {
		return -c.WorkingDaysBetween(b, a)
	}
	var n WorkingDays
	for day := a.AddDays(1); !day.After(b); day = day.AddDays(1) {
		if c.IsWorkingDay(day) {
			n++
		}
	}
	return n
}

// Deadline returns the last microsecond, in UTC, of the n-th working day after
// the day it is at start in the jurisdiction: five working days from a Monday
// are over at the end of the next Monday.
func (c *Calendar) Deadline(start time.Time, n WorkingDays) time.Time {
	return c.EndOf(c.AddWorkingDays(core.DateIn(start, c.location), n))
}

// CalendarDeadline returns the last microsecond, in UTC, of the n-th calendar day
// after the day it is at start in the jurisdiction.
func (c *Calendar) CalendarDeadline(start time.Time, n CalendarDays) time.Time {
	return c.EndOf(core.DateIn(start, c.location).AddDays(n))
}

// EndOf returns the last microsecond of the day in the jurisdiction, in UTC. A
// microsecond is what both database engines keep.
func (c *Calendar) EndOf(day core.Date) time.Time {
	return day.AddDays(1).StartIn(c.location).UTC().Add(-time.Microsecond)
}
