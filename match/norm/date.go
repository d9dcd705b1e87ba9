package norm

import (
	"strconv"
	"strings"
)

// Date is a date of birth as far as it is known. Zero parts are unknown; the
// zero Date says nothing.
type Date struct {
	Year  int16
	Month uint8
	Day   uint8
	About uint8 // plus or minus so many years
	// Conventional says that the day may stand for "not known": the first of
	// January is what registers write then.
	Conventional bool
	// Ambiguous says that day and month could be the other way round in the
	// source (03/04/1980).
	Ambiguous bool
}

// Known reports whether at least the year is known.
func (d Date) Known() bool { return d.Year != 0 }

// Full reports whether year, month and day are known.
func (d Date) Full() bool { return d.Year != 0 && d.Month != 0 && d.Day != 0 }

// String returns the date in ISO 8601 with the precision it has.
func (d Date) String() string {
	if !d.Known() {
		return ""
	}
	s := strconv.Itoa(int(d.Year))
	if d.Month != 0 {
		s += "-" + two(d.Month)
		if d.Day != 0 {
			s += "-" + two(d.Day)
		}
	}
	if d.About > 0 {
		s = "about " + s
	}
	return s
}

func two(n uint8) string { return string([]byte{'0' + n/10, '0' + n%10}) }

// Years that a living or recently living person can be born in.
const firstYear, lastYear = 1850, 2150

// ParseDate reads a date of birth: 1980-03-04, 19800304, 1980-03, 1980,
// 04/03/1980, 4.3.1980, 1980-XX-XX, 4 March 1980, "about 1980", "1978-1982". It
// reports false when a text is there that says nothing usable; such text never
// counts as evidence. 1900-01-01 and the year 0 are what systems write for
// "none"; of an impossible day (30 February) year and month are kept.
func ParseDate(s string) (Date, bool) {
	if d, ok := isoDate(s); ok {
		return d.usable()
	}
	s = strings.TrimSpace(Clean(s))
	if s == "" || len(s) > 40 {
		return Date{}, s == ""
	}
	about := uint8(0)
	for _, word := range []string{"circa", "about", "approx", "approximately", "ca.", "c.", "~", "born"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			s, about = strings.TrimSpace(rest), 2
			break
		}
	}
	d, ok := dateOf(fieldsOfDate(s))
	if !ok {
		return Date{}, false
	}
	if d.About == 0 {
		d.About = about
	}
	return d.usable()
}

// usable refuses what stands for no date and drops what the calendar lacks.
func (d Date) usable() (Date, bool) {
	if d.Year < firstYear || d.Year > lastYear || d.Year == 1900 && d.Month <= 1 && d.Day <= 1 {
		return Date{}, false
	}
	return d.checked(), true
}

// isoDate reads the form that nearly all dates have, 1980-03-04.
func isoDate(s string) (Date, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, false
	}
	n := 0
	for i := range len(s) {
		if i == 4 || i == 7 {
			continue
		}
		if s[i] < '0' || s[i] > '9' {
			return Date{}, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return makeDate(n/10000, n/100%100, n%100), true
}

// checked drops what the calendar does not have.
func (d Date) checked() Date {
	if d.Month > 12 || d.Month == 0 {
		d.Month, d.Day = 0, 0
	}
	if d.Day > daysIn(d.Year, d.Month) {
		d.Day = 0
	}
	d.Conventional = d.Month == 1 && d.Day == 1
	d.Ambiguous = d.Ambiguous && d.Day != 0
	return d
}

func daysIn(year int16, month uint8) uint8 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// part is a run of digits (its width tells a year from a day), a month's name
// (width 0) or an unknown part (value 0).
type part struct{ value, width int }

func fieldsOfDate(s string) []part {
	s, _, _ = strings.Cut(s, "t") // a time of day after the date
	if strings.HasPrefix(s, "oc") || strings.Contains(s, "augus") || strings.HasSuffix(s, " oc") {
		s += "t"
	}
	var out []part
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-/. ,", r) }) {
		n, err := strconv.Atoi(f)
		switch {
		case err == nil && n >= 0:
			out = append(out, part{n, len(f)})
		case strings.Trim(f, "x?0") == "":
			out = append(out, part{0, len(f)})
		default:
			for m, name := range months {
				if strings.HasPrefix(f, name[:min(3, len(f))]) && len(f) >= 2 {
					out = append(out, part{m + 1, 0})
					break
				}
			}
		}
	}
	return out
}

func dateOf(p []part) (Date, bool) {
	switch {
	case len(p) == 1 && p[0].width == 8:
		n := p[0].value
		return makeDate(n/10000, n/100%100, n%100), true
	case len(p) == 1 && p[0].width == 6:
		return makeDate(p[0].value/100, p[0].value%100, 0), true
	case len(p) == 1 && p[0].width == 4:
		return makeDate(p[0].value, 0, 0), true
	case len(p) == 2 && p[0].width == 4 && p[1].width == 4:
		low, high := min(p[0].value, p[1].value), max(p[0].value, p[1].value)
		d := makeDate((low+high)/2, 0, 0)
		d.About = uint8(min((high-low+1)/2, 20))
		return d, high-low <= 40
	case len(p) == 2 && p[0].width == 4:
		return makeDate(p[0].value, p[1].value, 0), true
	case len(p) == 2 && p[1].width == 4:
		return makeDate(p[1].value, p[0].value, 0), true
	case len(p) >= 3 && p[0].width == 4:
		return makeDate(p[0].value, p[1].value, p[2].value), true
	case len(p) >= 3 && p[2].width == 4:
		return dayFirst(p), true
	}
	return Date{}, false
}

// dayFirst reads day, month, year, or month, day, year where only that fits.
func dayFirst(p []part) Date {
	day, month := p[0], p[1]
	if month.value > 12 || day.width == 0 {
		day, month = month, day
	}
	d := makeDate(p[2].value, month.value, day.value)
	d.Ambiguous = p[0].width != 0 && p[1].width != 0 && p[0].value <= 12 && p[1].value <= 12 && p[0].value != p[1].value
	return d
}

func makeDate(y, m, d int) Date {
	if y < 0 || y > 9999 || m < 0 || m > 99 || d < 0 || d > 99 {
		return Date{}
	}
	return Date{Year: int16(y), Month: uint8(m), Day: uint8(d)}
}

// MakeDate returns the date of three numbers, as ParseDate would; zero is unknown.
func MakeDate(year, month, day int) (Date, bool) {
	return makeDate(year, month, day).usable()
}
