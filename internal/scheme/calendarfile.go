package scheme

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"clew/internal/core"
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// readCalendar reads one calendar.
func readCalendar(m *mapping) (*Calendar, node) {
	at := m.need("id")
	c := &Calendar{ID: at.code(), Name: m.need("name").needText(), Source: m.need("source").needText(), working: map[core.Date]bool{}}
	zone := m.need("timezone")
	loc, err := time.LoadLocation(zone.text())
	if err != nil || zone.text() == "Local" {
		zone.failf("there is no time zone %q", zone.text())
		loc = time.UTC
	}
	c.location = loc
	weekend := m.need("weekend")
	for _, day := range weekend.items() {
		if i := slices.Index(weekdays, day.oneOf(weekdays...)); i >= 0 {
			c.weekend[i] = true
		}
	}
	if !slices.Contains(c.weekend[:], false) {
		weekend.failf("a week has one working day at least")
	}
	if lib := m.get("library"); !lib.absent() {
		c.holidays = append(c.holidays, libraries[lib.oneOf(slices.Sorted(maps.Keys(libraries))...)]...)
	}
	for _, item := range m.get("holidays").items() {
		if h := readHoliday(item.mapping()); h != nil {
			c.holidays = append(c.holidays, h)
		}
	}
	for _, day := range m.get("working").items() {
		c.working[day.date()] = true
	}
	m.done()
	for year := checkYear; year < checkYear+2; year++ {
		if n := c.WorkingDaysBetween(core.Date{Year: year, Month: 1, Day: 1}, core.Date{Year: year, Month: 12, Day: 31}); n < fewestWorkingDays {
			at.failf("%d has only %d working days by this calendar", year, n)
		}
	}
	return c, at
}

// A calendar that leaves fewer working days than this in a year and in a leap year
// is a mistake, and would let a clock run for ever.
const (
	checkYear         = 2023
	fewestWorkingDays = 100
)

// readHoliday reads one holiday, which has one of: on, date, easter, nth.
func readHoliday(m *mapping) *cal.Holiday {
	h := &cal.Holiday{Name: m.need("name").needText(), Type: cal.ObservanceBank}
	on, date, easter, nth := m.get("on"), m.get("date"), m.get("easter"), m.get("nth")
	given := 0
	for _, n := range []node{on, date, easter, nth} {
		if !n.absent() {
			given++
		}
	}
	if given != 1 {
		m.failf("a holiday has exactly one of on, date, easter, nth")
	}
	switch {
	case !on.absent():
		d := on.date()
		h.Month, h.Day, h.StartYear, h.EndYear, h.Func = time.Month(d.Month), d.Day, d.Year, d.Year, cal.CalcDayOfMonth
	case !date.absent():
		d, err := core.ParseDate("2001-" + date.text()) // a common year: 29 February is no yearly holiday
		if err != nil {
			date.failf("expected a month and a day like 12-25 here")
		}
		h.Month, h.Day, h.Func = time.Month(d.Month), d.Day, cal.CalcDayOfMonth
	case !easter.absent():
		h.Offset, h.Func = easter.integer(-100, 100), cal.CalcEasterOffset
	case !nth.absent():
		readNth(nth.mapping(), h)
	}
	readYears(m, h)
	readSubstitute(m.get("substitute"), h)
	m.done()
	return h
}

// readNth reads "the first Monday of May"; -1 is the last.
func readNth(m *mapping, h *cal.Holiday) {
	at := m.need("which")
	h.Offset = at.integer(-4, 4)
	if h.Offset == 0 {
		at.failf("count from 1, or from -1 for the last")
		h.Offset = 1
	}
	if i := slices.Index(weekdays, m.need("weekday").oneOf(weekdays...)); i >= 0 {
		h.Weekday = time.Weekday(i)
	}
	h.Month = time.Month(max(1, m.need("month").integer(1, 12)))
	h.Func = cal.CalcWeekdayOffset
	m.done()
}

// readYears reads in which years a holiday is kept.
func readYears(m *mapping, h *cal.Holiday) {
	from, until := m.get("first"), m.get("last")
	if !from.absent() {
		h.StartYear = from.integer(core.MinYear, core.MaxYear)
	}
	if !until.absent() {
		h.EndYear = until.integer(core.MinYear, core.MaxYear)
	}
	for _, year := range m.get("except").items() {
		h.Except = append(h.Except, year.integer(core.MinYear, core.MaxYear))
	}
}

// readSubstitute reads on which later day a holiday is kept that falls on a
// weekday: "substitute: {saturday: 2, sunday: 1}".
func readSubstitute(n node, h *cal.Holiday) {
	if n.absent() {
		return
	}
	m := n.mapping()
	for _, day := range m.order {
		i := slices.Index(weekdays, day)
		if i < 0 {
			m.places[day].failf("expected one of %s here", strings.Join(weekdays, ", "))
		}
		h.Observed = append(h.Observed, cal.AltDay{Day: time.Weekday(i), Offset: m.get(day).integer(1, 10)})
	}
}
