package edifact

import (
	"strconv"
	"strings"
	"time"
)

// Date is a calendar date as far as it is known: Month or Day 0 is unknown. The
// zero Date is absent.
type Date struct {
	Year       int16
	Month, Day uint8
}

// IsZero reports whether the date is absent.
func (d Date) IsZero() bool { return d.Year == 0 }

// String returns the date as ISO 8601, shortened to what is known, or "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	var b [10]byte
	return string(b[:d.put(b[:])])
}

// put writes what String returns and returns how long it is.
func (d Date) put(b []byte) int {
	put4(b, int(d.Year))
	if d.Month == 0 {
		return 4
	}
	b[4] = '-'
	put2(b[5:], int(d.Month))
	if d.Day == 0 {
		return 7
	}
	b[7] = '-'
	put2(b[8:], int(d.Day))
	return 10
}

func put2(b []byte, n int) { b[0], b[1] = '0'+byte(n/10%10), '0'+byte(n%10) }
func put4(b []byte, n int) { put2(b, n/100); put2(b[2:], n%100) }

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Date) UnmarshalText(b []byte) error {
	*d = Date{}
	parts := strings.Split(string(b), "-")
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		switch {
		case p == "" && len(parts) == 1:
			return nil
		case err != nil:
			return err
		case i == 0:
			d.Year = int16(n)
		case i == 1:
			d.Month = uint8(n)
		case i == 2:
			d.Day = uint8(n)
		}
	}
	return nil
}

// Before reports whether d is before e; unknown parts count as the first.
func (d Date) Before(e Date) bool { return d.ordinal() < e.ordinal() }

func (d Date) ordinal() int { return int(d.Year)*10000 + int(d.Month)*100 + int(d.Day) }

// Valid reports whether a calendar has the date.
func (d Date) Valid() bool {
	if d.Year < 1 || d.Month > 12 || d.Day > 31 || d.Month == 0 && d.Day != 0 {
		return false
	}
	if d.Month == 0 || d.Day == 0 {
		return true
	}
	t := time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC)
	return t.Day() == int(d.Day)
}

// YearsTo returns the full years from d to e: an age.
func (d Date) YearsTo(e Date) int {
	years := int(e.Year) - int(d.Year)
	if int(e.Month)*100+int(e.Day) < int(d.Month)*100+int(d.Day) {
		years--
	}
	return years
}

// Local is a date and time of day at some place. Zone names the place ("local
// to VIE") or repeats what the sender said of it; it is never worked out.
type Local struct {
	Date         Date
	Hour, Minute int8
	HasTime      bool
	Zone         string
}

// String returns the moment as ISO 8601 without a zone, or "".
func (l Local) String() string {
	if l.Date.IsZero() || !l.HasTime {
		return l.Date.String()
	}
	var b [16]byte
	n := l.Date.put(b[:])
	b[n], b[n+3] = 'T', ':'
	put2(b[n+1:], int(l.Hour))
	put2(b[n+4:], int(l.Minute))
	return string(b[:n+6])
}

// MarshalText implements encoding.TextMarshaler.
func (l Local) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Local) UnmarshalText(b []byte) error {
	date, clock, timed := strings.Cut(string(b), "T")
	*l = Local{}
	if err := l.Date.UnmarshalText([]byte(date)); err != nil || !timed {
		return err
	}
	t, err := time.Parse("15:04", clock)
	l.Hour, l.Minute, l.HasTime = int8(t.Hour()), int8(t.Minute()), true
	return err
}

// Order is the order of day, month and year in dates of six digits.
type Order uint8

// PAXLST and CUSRES write year first (format 101), PNRGOV day first.
const (
	YearFirst Order = iota
	DayFirst
)

// Century chooses the century of a year of two digits.
type Century uint8

// Recent is the latest year not after the reference date (births, issues),
// Coming is 2000 to 2099 (expiries, journeys).
const (
	Recent Century = iota
	Coming
)

// ParsedDate is what DateReader made of a text.
type ParsedDate struct {
	Local
	Codes [3]string // finding codes, "" when there is none
	// TwoDigit says that the century was chosen, not read.
	TwoDigit bool
}

func (p *ParsedDate) note(code string) {
	for i := range p.Codes {
		if p.Codes[i] == code {
			return
		}
		if p.Codes[i] == "" {
			p.Codes[i] = code
			return
		}
	}
}

// DateReader reads dates of one kind.
type DateReader struct {
	Order     Order
	Century   Century
	Reference Date // the journey, or the day the message was prepared
}

// labelled is how many digits each format code of data element 2379 promises.
func labelled(format string) int {
	switch format {
	case "101", "":
		return 6
	case "102":
		return 8
	case "201":
		return 10
	case "203":
		return 12
	case "204":
		return 14
	}
	return 0
}

// Read reads text, whose format code (2379) is format. The length of the text
// beats the code: a birth date of eight digits has its century, whatever the
// label says.
func (r DateReader) Read(text, format string) ParsedDate {
	var p ParsedDate
	v := text
	if strings.IndexByte(v, ' ') >= 0 {
		v = strings.ReplaceAll(v, " ", "")
		p.note("date_blank")
	}
	if v == "" {
		p.note("date_empty")
		return p
	}
	ok := allDigits(v)
	if ok {
		ok = r.digits(v, &p)
		if n := labelled(format); n != len(v) && (format != "" || len(v) != 8) && ok {
			p.note("date_label")
		}
	} else {
		ok = r.form(v, &p)
		p.note("date_form")
	}
	if !ok {
		p.Local = Local{}
		p.Codes[0], p.Codes[1], p.Codes[2] = "date_invalid", "", ""
	}
	return p
}

func allDigits(v string) bool {
	for i := 0; i < len(v); i++ {
		if !isDigit(v[i]) {
			return false
		}
	}
	return true
}

func num(v string) int {
	n := 0
	for i := 0; i < len(v); i++ {
		n = n*10 + int(v[i]-'0')
	}
	return n
}

// digits reads a text of digits only.
func (r DateReader) digits(v string, p *ParsedDate) bool {
	switch len(v) {
	case 6:
		return r.short(v, p)
	case 8:
		return r.long(v, p)
	case 10:
		return r.short(v[:6], p) && p.clock(v[6:])
	case 12:
		// CCYYMMDDHHMM where it begins with a century, else YYMMDDHHMMSS.
		if q := *p; (v[:2] == "19" || v[:2] == "20") && r.long(v[:8], &q) && q.clock(v[8:]) {
			*p = q
			return true
		}
		return r.short(v[:6], p) && p.clock(v[6:10])
	case 14:
		return r.long(v[:8], p) && p.clock(v[8:12])
	}
	return false
}

// short reads six digits.
func (r DateReader) short(v string, p *ParsedDate) bool {
	a, b, c := num(v[:2]), num(v[2:4]), num(v[4:])
	year, day := a, c
	if r.Order == DayFirst {
		year, day = c, a
	}
	p.TwoDigit = true
	d, ok := r.century(year, b, day)
	if !ok {
		// The other order, for a sender who wrote it so throughout.
		d, ok = r.century(a+c-year, b, a+c-day)
		p.note("date_form")
	}
	p.Date = d
	return ok
}

// century completes a year of two digits to a date that exists: 29 February
// only where that year has one.
func (r DateReader) century(yy, month, day int) (Date, bool) {
	d := Date{int16(2000 + yy), uint8(month), uint8(day)}
	older := d
	older.Year -= 100
	if r.Century == Coming {
		// Messages of before 2010 speak of documents that expired in the 1990s.
		if r.Reference.Year != 0 && r.Reference.Year < 2010 && yy >= 80 {
			d = older
		}
		return d, d.Valid() && month > 0
	}
	ref := r.Reference
	if ref.IsZero() {
		// Without any date to compare with, a year up to 2029 is this century's.
		ref = Date{2029, 12, 31}
	}
	if d.Valid() && !ref.Before(d) {
		return d, true
	}
	return older, older.Valid()
}

// long reads eight digits: CCYYMMDD, or the two other orders where the first
// two digits are no century.
func (r DateReader) long(v string, p *ParsedDate) bool {
	for i, at := range [...][3]int{{0, 4, 6}, {4, 2, 0}, {4, 0, 2}} {
		y := num(v[at[0] : at[0]+4])
		d := Date{int16(y), uint8(num(v[at[1] : at[1]+2])), uint8(num(v[at[2] : at[2]+2]))}
		if y >= 1850 && y < 2150 && d.Valid() {
			p.Date = d
			if i > 0 {
				p.note("date_form")
			}
			return true
		}
	}
	return false
}

// clock reads HHMM; 2400 is the end of the day and stays so as 24:00.
func (p *ParsedDate) clock(v string) bool {
	h, m := num(v[:2]), num(v[2:4])
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return false
	}
	p.Hour, p.Minute, p.HasTime = int8(h), int8(m), true
	return true
}

var months = map[string]int{
	"JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6,
	"JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12,
}

// form reads dates with a month's name or with marks between the parts.
func (r DateReader) form(v string, p *ParsedDate) bool {
	v = strings.ToUpper(v)
	if d, two, ok := r.named(v); ok {
		p.Date, p.TwoDigit = d, two
		return true
	}
	parts := strings.FieldsFunc(v, func(c rune) bool { return c == '-' || c == '/' || c == '.' || c == 'T' || c == ':' })
	if len(parts) < 3 || !allDigits(strings.Join(parts, "")) {
		return r.unknownParts(v, p)
	}
	for i := range parts {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	clock := strings.Join(parts[3:], "")
	ok := false
	switch {
	case len(parts[0]) == 4:
		ok = r.long(parts[0]+parts[1]+parts[2], p)
	case len(parts[2]) == 4 && len(parts[0]) == 2:
		ok = r.long(parts[2]+parts[1]+parts[0], p) || r.long(parts[2]+parts[0]+parts[1], p)
	case len(parts[0])+len(parts[1])+len(parts[2]) == 6:
		ok = r.short(parts[0]+parts[1]+parts[2], p)
	}
	if ok && len(clock) >= 4 {
		return p.clock(clock)
	}
	return ok
}

// named reads 07SEP72 and 07SEP1972, the form of DOCS.
func (r DateReader) named(v string) (d Date, two, ok bool) {
	if len(v) != 7 && len(v) != 9 || !isDigit(v[0]) || !isDigit(v[1]) || !allDigits(v[5:]) {
		return Date{}, false, false
	}
	month := months[v[2:5]]
	if month == 0 {
		return Date{}, false, false
	}
	if len(v) == 9 {
		d = Date{int16(num(v[5:])), uint8(month), uint8(num(v[:2]))}
		return d, false, d.Valid()
	}
	d, ok = r.century(num(v[5:]), month, num(v[:2]))
	return d, true, ok
}

// unknownParts reads dates whose unknown parts are X, as in travel documents.
func (r DateReader) unknownParts(v string, p *ParsedDate) bool {
	digits := strings.Map(func(c rune) rune {
		if c == 'X' || c == '<' {
			return '0'
		}
		return c
	}, v)
	if digits == v || !allDigits(digits) {
		return false
	}
	return r.digits(digits, p)
}
