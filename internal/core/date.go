package core

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil day: no time of day and no time zone. The zero Date means
// "none". Two dates are equal when == says so.
type Date struct {
	Year, Month, Day int
}

// The years a Date can hold: four digits, so that the text sorts as the days do.
const (
	minDateYear = 1000
	maxDateYear = 9999
)

// errBadDay is one sentence for every day that does not exist.
func errBadDay() *Error {
	return E(Invalid, "date.impossible", "Enter a day that exists in the calendar.")
}

// NewDate returns the day, or an Invalid error when the calendar has no such day.
func NewDate(year, month, day int) (Date, error) {
	if year < minDateYear || year > maxDateYear || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, errBadDay()
	}
	return Date{year, month, day}, nil
}

// MustDate is NewDate for days written in code; it panics on a bad one.
func MustDate(year, month, day int) Date {
	d, err := NewDate(year, month, day)
	if err != nil {
		panic(fmt.Sprintf("core.MustDate(%d, %d, %d): %v", year, month, day, err))
	}
	return d
}

// ParseDate reads "YYYY-MM-DD".
func ParseDate(s string) (Date, error) {
	y, m, d, ok := splitISO(s)
	if !ok || len(s) != len("2006-01-02") {
		return Date{}, E(Invalid, "date.unreadable", "Enter the date as year, month and day, like 2021-03-14.")
	}
	return NewDate(y, m, d)
}

// DateIn returns the day it is at t in the place loc.
func DateIn(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{y, int(m), d}
}

// daysIn returns the number of days in a month of the Gregorian calendar.
func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// IsZero reports whether the date is absent.
func (d Date) IsZero() bool { return d == Date{} }

// utc is the day's midnight in UTC, where every day has 24 hours.
func (d Date) utc() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// StartIn returns the first instant of the day in the place loc. Where a change
// of clocks skips midnight, that is the first instant after the gap.
func (d Date) StartIn(loc *time.Location) time.Time {
	t := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, loc)
	if t.Day() != d.Day { // time.Date fell into the gap and came out on the eve
		t = time.Date(d.Year, time.Month(d.Month), d.Day, 1, 0, 0, 0, loc)
	}
	return t
}

// At returns a time of day by the clock on the wall, which on two days of the year
// is not so many hours after midnight.
func (d Date) At(hour, minute int, loc *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, hour, minute, 0, 0, loc)
}

// AddDays returns the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateIn(d.utc().AddDate(0, 0, n), time.UTC) }

// AddMonths returns the corresponding day n months later; where that month has
// no such day, its last day (31 January plus one month is 28 or 29 February).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, time.Month(d.Month+n), 1, 0, 0, 0, 0, time.UTC)
	y, m := first.Year(), int(first.Month())
	return Date{y, m, min(d.Day, daysIn(y, m))}
}

// Birthday returns the day on which somebody born on d reaches the age. Who was
// born on 29 February reaches it on 1 March of a common year.
func (d Date) Birthday(age int) Date {
	return DateIn(time.Date(d.Year+age, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// AgeOn returns the full years lived on the day by somebody born on d. It is
// negative when the day is before the birth.
func (d Date) AgeOn(day Date) int {
	age := day.Year - d.Year
	if day.Before(d.Birthday(age)) {
		age--
	}
	return age
}

// Sub returns the number of days from other to d.
func (d Date) Sub(other Date) int {
	return int(d.utc().Sub(other.utc()) / (24 * time.Hour))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare orders dates by time; the zero Date comes first.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// String returns "YYYY-MM-DD", or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Long returns the day in words, "14 March 2021", or "" for the zero Date.
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day, time.Month(d.Month), d.Year)
}

// MarshalText implements encoding.TextMarshaler; the zero Date is empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value stores the day as text, the same on both engines; the zero Date is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value wrote.
func (d *Date) Scan(v any) error { return scanText(v, d) }

// textScanner is a value that reads itself from text and is absent when empty.
type textScanner interface{ UnmarshalText([]byte) error }

// scanText gives a column's text, or nothing for NULL, to into.
func scanText(v any, into textScanner) error {
	switch x := v.(type) {
	case nil:
		return into.UnmarshalText(nil)
	case string:
		return into.UnmarshalText([]byte(x))
	case []byte:
		return into.UnmarshalText(x)
	}
	return fmt.Errorf("scan %T into %T", v, into)
}
