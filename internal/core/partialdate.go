package core

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PartialDate is a date known as far as somebody could say: a year, a month, a
// day, and whether that is only about right. Month and Day are 0 when not
// known; the zero PartialDate means "unknown". Make one with NewPartialDate or
// ParsePartialDate, which refuse what the calendar does not have. Two partial
// dates are equal when == says so.
type PartialDate struct {
	Year, Month, Day int
	About            bool
}

// The years a PartialDate accepts: from the oldest person who could be living
// when the first records were typed to the end of any permit.
const (
	MinYear = 1880
	MaxYear = 2200
)

// How far "about" reaches on each side, by the precision of what is known.
const (
	aboutYears  = 1
	aboutMonths = 1
	aboutDays   = 7
)

// NewPartialDate returns the partial date, or an Invalid error. Zero means not
// known; a day needs its month and a month its year.
func NewPartialDate(year, month, day int, about bool) (PartialDate, error) {
	p := PartialDate{year, month, day, about}
	if p.IsZero() {
		return p, nil
	}
	if err := p.check(); err != nil {
		return PartialDate{}, err
	}
	return p, nil
}

// check returns what is wrong with a partial date that is not zero.
func (p PartialDate) check() error {
	switch {
	case p.Year == 0:
		return E(Invalid, "date.year_missing", "Enter a year, even if you are not sure of it.")
	case p.Year < MinYear || p.Year > MaxYear:
		return E(Invalid, "date.year_range", fmt.Sprintf("Enter a year between %d and %d.", MinYear, MaxYear))
	case p.Month < 0 || p.Month > 12:
		return E(Invalid, "date.month_range", "Enter a month between 1 and 12.")
	case p.Month == 0 && p.Day != 0:
		return E(Invalid, "date.month_missing", "Enter the month as well, or leave out the day.")
	case p.Day < 0 || p.Month > 0 && p.Day > daysIn(p.Year, p.Month):
		return errBadDay()
	}
	return nil
}

// PartialDateOf returns the day as a partial date.
func PartialDateOf(d Date) PartialDate { return PartialDate{Year: d.Year, Month: d.Month, Day: d.Day} }

// maxPartialDateText bounds what ParsePartialDate reads.
const maxPartialDateText = 40

// ParsePartialDate reads "2021", "2021-03", "2021-03-14", the same in words
// ("March 2021", "14 Mar 2021"), and any of them with "about", "circa" or "c."
// before it or "~" before or after it. Empty text and "unknown" are the zero
// PartialDate. It refuses 03/04/2021, which is two different days.
func ParsePartialDate(s string) (PartialDate, error) {
	if len(s) > maxPartialDateText {
		return PartialDate{}, errUnreadableDate()
	}
	rest, about := cutAbout(strings.ToLower(strings.TrimSpace(s)))
	if rest == "" || rest == "unknown" {
		if about {
			return PartialDate{}, errUnreadableDate()
		}
		return PartialDate{}, nil
	}
	year, month, day, ok := splitISO(rest)
	if !ok {
		year, month, day, ok = splitWords(rest)
	}
	if !ok {
		return PartialDate{}, errUnreadableDate()
	}
	return NewPartialDate(year, month, day, about)
}

func errUnreadableDate() *Error {
	return E(Invalid, "date.unreadable", "Enter a date like 2021, March 2021 or 14 March 2021, with “about” before it if you are not sure.")
}

// cutAbout takes the sign of uncertainty off s, in any of its forms.
func cutAbout(s string) (rest string, about bool) {
	for _, prefix := range []string{"about ", "circa ", "c. ", "~"} {
		if after, ok := strings.CutPrefix(s, prefix); ok {
			return strings.TrimSpace(after), true
		}
	}
	if before, ok := strings.CutSuffix(s, "~"); ok {
		return strings.TrimSpace(before), true
	}
	return s, false
}

// splitISO reads "YYYY", "YYYY-MM" or "YYYY-MM-DD". A part written as zero is
// not readable: not known is written by leaving the part out.
func splitISO(s string) (year, month, day int, ok bool) {
	parts := strings.Split(s, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, part := range parts {
		if i > 0 && len(part) != 2 {
			return 0, 0, 0, false
		}
		if n[i], ok = number(part); !ok {
			return 0, 0, 0, false
		}
	}
	return n[0], n[1], n[2], true
}

// splitWords reads "March 2021" or "14 March 2021"; three letters of the month are enough.
func splitWords(s string) (year, month, day int, ok bool) {
	words := strings.Fields(s)
	if len(words) == 3 {
		if day, ok = number(words[0]); !ok || len(words[0]) > 2 {
			return 0, 0, 0, false
		}
		words = words[1:]
	}
	if len(words) != 2 || len(words[1]) != 4 {
		return 0, 0, 0, false
	}
	if month = monthNamed(words[0]); month == 0 {
		return 0, 0, 0, false
	}
	year, ok = number(words[1])
	return year, month, day, ok
}

// number reads a positive number made of ASCII digits only.
func number(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0
}

// monthNamed returns the month of an English name in lower case, or of its first
// three letters; 0 when there is none.
func monthNamed(s string) int {
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); s == name || s == name[:3] {
			return int(m)
		}
	}
	return 0
}

// IsZero reports whether nothing is known.
func (p PartialDate) IsZero() bool { return p == PartialDate{} }

// IsExact reports whether a single day is meant.
func (p PartialDate) IsExact() bool { return p.Day != 0 && !p.About }

// Date returns the day when the date is exact.
func (p PartialDate) Date() (Date, bool) {
	if !p.IsExact() {
		return Date{}, false
	}
	return Date{p.Year, p.Month, p.Day}, true
}

// Earliest returns the first day that could be meant: "about" widens a year by a
// year, a month by a month and a day by seven days on each side. It is the zero
// Date when nothing is known.
func (p PartialDate) Earliest() Date {
	switch {
	case p.IsZero():
		return Date{}
	case p.Day != 0:
		return Date{p.Year, p.Month, p.Day}.AddDays(-p.reach(aboutDays))
	case p.Month != 0:
		return Date{p.Year, p.Month, 1}.AddMonths(-p.reach(aboutMonths))
	}
	return Date{p.Year - p.reach(aboutYears), 1, 1}
}

// Latest returns the last day that could be meant; see Earliest.
func (p PartialDate) Latest() Date {
	switch {
	case p.IsZero():
		return Date{}
	case p.Day != 0:
		return Date{p.Year, p.Month, p.Day}.AddDays(p.reach(aboutDays))
	case p.Month != 0:
		return Date{p.Year, p.Month, 1}.AddMonths(1 + p.reach(aboutMonths)).AddDays(-1)
	}
	return Date{p.Year + p.reach(aboutYears), 12, 31}
}

// reach returns n when the date is only about right, else 0.
func (p PartialDate) reach(n int) int {
	if p.About {
		return n
	}
	return 0
}

// Compare orders partial dates by their earliest day, then by their latest; what
// is unknown comes last. It returns 0 only for equal values.
func (p PartialDate) Compare(other PartialDate) int {
	switch {
	case p == other:
		return 0
	case p.IsZero():
		return 1
	case other.IsZero():
		return -1
	}
	if c := p.Earliest().Compare(other.Earliest()); c != 0 {
		return c
	}
	return p.Latest().Compare(other.Latest())
}

// Overlaps reports whether both could mean the same day. The unknown date could
// mean any.
func (p PartialDate) Overlaps(other PartialDate) bool {
	return !p.DefinitelyBefore(other) && !other.DefinitelyBefore(p)
}

// DefinitelyBefore reports whether every day that p could mean is earlier than
// every day that other could mean. It is false when either is unknown.
func (p PartialDate) DefinitelyBefore(other PartialDate) bool {
	return !p.IsZero() && !other.IsZero() && p.Latest().Before(other.Earliest())
}

// PossiblyBefore reports whether some day that p could mean is earlier than some
// day that other could mean. It is true when either is unknown.
func (p PartialDate) PossiblyBefore(other PartialDate) bool {
	return p.IsZero() || other.IsZero() || p.Earliest().Before(other.Latest())
}

// IsPast reports whether the date is certainly over: its latest day is before
// today. An unknown date is not.
func (p PartialDate) IsPast(today Date) bool { return !p.IsZero() && p.Latest().Before(today) }

// IsFuture reports whether the date has certainly not come: its earliest day is
// after today. An unknown date is not.
func (p PartialDate) IsFuture(today Date) bool { return !p.IsZero() && p.Earliest().After(today) }

// AgeOn returns the least and the greatest age, in full years, that somebody
// born on p can have on the day. Both are -1 when the birth is unknown or
// certainly after the day.
func (p PartialDate) AgeOn(day Date) (least, greatest int) {
	if p.IsZero() || p.Earliest().After(day) {
		return -1, -1
	}
	return max(0, p.Latest().AgeOn(day)), p.Earliest().AgeOn(day)
}

// String returns the date in English: "2021", "March 2021", "about 14 March
// 2021", or "unknown". ParsePartialDate reads it back.
func (p PartialDate) String() string {
	var b strings.Builder
	switch {
	case p.IsZero():
		return "unknown"
	case p.About:
		b.WriteString("about ")
	}
	if p.Day != 0 {
		fmt.Fprintf(&b, "%d ", p.Day)
	}
	if p.Month != 0 {
		b.WriteString(time.Month(p.Month).String() + " ")
	}
	fmt.Fprintf(&b, "%04d", p.Year)
	return b.String()
}

// ISO returns the form for storage and exchange: "2021-03", with "~" after it
// for about; "" when nothing is known.
func (p PartialDate) ISO() string {
	if p.IsZero() {
		return ""
	}
	s := fmt.Sprintf("%04d", p.Year)
	if p.Month != 0 {
		s += fmt.Sprintf("-%02d", p.Month)
	}
	if p.Day != 0 {
		s += fmt.Sprintf("-%02d", p.Day)
	}
	if p.About {
		s += "~"
	}
	return s
}

// MarshalText implements encoding.TextMarshaler with the ISO form.
func (p PartialDate) MarshalText() ([]byte, error) { return []byte(p.ISO()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it reads what
// ParsePartialDate reads.
func (p *PartialDate) UnmarshalText(b []byte) error {
	v, err := ParsePartialDate(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}

// Value stores the ISO form, the same on both engines; the zero PartialDate is NULL.
func (p PartialDate) Value() (driver.Value, error) {
	if p.IsZero() {
		return nil, nil
	}
	return p.ISO(), nil
}

// Scan reads what Value wrote.
func (p *PartialDate) Scan(v any) error { return scanText(v, p) }
