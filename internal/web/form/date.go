package form

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clew/internal/core"
)

// The parts of a date as they stand on the page, left to right.
const (
	dayPart = iota
	monthPart
	yearPart
)

var partNames = [3]string{"day", "month", "year"}

// maxPart bounds one part as typed: "september" and room for spaces.
const maxPart = 12

func (f *Field) takeDate(values url.Values) flaw {
	worst := sound
	f.badParts = [3]bool{}
	for i, part := range partNames {
		text, w := clean(values.Get(f.Name+"-"+part), false)
		worst = max(worst, w)
		if letters := []rune(text); len(letters) > maxPart {
			text = string(letters[:maxPart])
		}
		f.parts[i] = text
	}
	f.about = f.kind == kindPartial && values.Get(f.Name+"-about") != ""
	f.date = core.PartialDate{}
	return worst
}

func (f *Field) checkDate() {
	if f.parts == [3]string{} {
		switch {
		case f.required != "":
			f.Fail(f.required)
		case f.about:
			f.failParts("Enter at least a year, or clear “about”.", yearPart)
		}
		return
	}
	var n [3]int
	for i, text := range f.parts {
		v, ok := partNumber(text, i == monthPart)
		if !ok {
			f.failParts("“"+f.Label+"” must be a date in numbers, like 27 3 2007.", i)
			return
		}
		n[i] = v
	}
	if f.kind == kindDate && f.missingPart() {
		return
	}
	d, err := core.NewPartialDate(n[yearPart], n[monthPart], n[dayPart], f.about)
	if err != nil {
		f.failDate(err)
		return
	}
	f.date = d
	f.checkBounds()
}

// missingPart fails a full date that lacks a part, and names what is missing.
func (f *Field) missingPart() bool {
	var missing []string
	var at []int
	for i, text := range f.parts {
		if text == "" {
			missing, at = append(missing, partNames[i]), append(at, i)
		}
	}
	if len(missing) == 0 {
		return false
	}
	f.failParts("“"+f.Label+"” must include a "+strings.Join(missing, " and a ")+".", at...)
	return true
}

func (f *Field) checkBounds() {
	if !f.notAfter.IsZero() && f.date.IsFuture(f.notAfter) {
		f.failParts(f.notAfterMsg, dayPart, monthPart, yearPart)
	}
	if !f.notBefore.IsZero() && f.date.IsPast(f.notBefore) {
		f.failParts(f.notBeforeMsg, dayPart, monthPart, yearPart)
	}
}

// failDate puts an error of the calendar on the part it is about.
func (f *Field) failDate(err error) {
	var e *core.Error
	if !errors.As(err, &e) {
		f.failParts("Enter a date.", dayPart, monthPart, yearPart)
		return
	}
	switch {
	case strings.HasPrefix(e.Code, "date.year"):
		f.failParts(e.Msg, yearPart)
	case strings.HasPrefix(e.Code, "date.month"):
		f.failParts(e.Msg, monthPart)
	default:
		f.failParts(e.Msg, dayPart)
	}
}

func (f *Field) failParts(msg string, parts ...int) {
	f.Fail(msg)
	for _, p := range parts {
		f.badParts[p] = true
	}
}

// partNumber reads one part: digits of any script people type dates in, or for
// a month its English name or the first three letters of it. Empty is 0.
func partNumber(s string, month bool) (int, bool) {
	if s == "" {
		return 0, true
	}
	if month {
		if m := monthNamed(s); m != 0 {
			return m, true
		}
	}
	n, ok := wholeNumber(s)
	return n, ok && n > 0
}

// maxNumber bounds what wholeNumber reads; no question of ours comes near it.
const maxNumber = 1e8

// wholeNumber reads digits of any script people type numbers in.
func wholeNumber(s string) (int, bool) {
	n := 0
	for _, r := range s {
		d, ok := digit(r)
		if !ok || n > maxNumber {
			return 0, false
		}
		n = n*10 + d
	}
	return n, s != ""
}

// zeros are the first digits of the scripts that keyboards offer: ASCII,
// Arabic-Indic, its eastern form, Devanagari, Bengali, Thai, Khmer, full width.
var zeros = [...]rune{'0', 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x17E0, 0xFF10}

func digit(r rune) (int, bool) {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

func monthNamed(s string) int {
	s = strings.ToLower(s)
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); s == name || s == name[:3] {
			return int(m)
		}
	}
	return 0
}

func numberOrEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
