// Package mrz reads and writes the machine-readable zone of travel documents:
// TD1, TD2 and TD3 of ICAO Doc 9303 parts 4, 5 and 6, with their check digits
// (part 3, section 4.9).
//
// It promises to read what it can: a wrong check digit or a doubtful character
// is told beside the value, and only text that is no zone at all is an error.
// It refuses to correct a zone: O and 0 are not told apart for the reader.
package mrz

import (
	"errors"
	"strings"

	"clew/edifact"
)

// ErrForm says that a text is no machine-readable zone: not two lines of 44 or
// 36 characters, nor three of 30, of the characters A to Z, 0 to 9 and <.
var ErrForm = errors.New("mrz: not a machine-readable zone")

// Format is the size of a document.
type Format uint8

// The sizes: three lines of 30, two of 36, two of 44 characters.
const (
	_ Format = iota
	TD1
	TD2
	TD3
)

// String returns the name ICAO gives the format.
func (f Format) String() string { return [...]string{"", "TD1", "TD2", "TD3"}[f&3] }

// Document is what a zone says.
type Document struct {
	Format      Format
	Type        string // P, I, A, C, V and a second letter
	Issuer      string // three letters, or D
	Surname     string
	Given       string // all given names, blanks between them
	Number      string // whole, also where TD1 continues it in the optional data
	Nationality string
	BirthDate   edifact.Date // unknown parts are 0
	BirthText   string       // the six characters
	Sex         string       // M, F, or X where the zone has <
	Expiry      edifact.Date
	ExpiryText  string
	Optional    string   // optional data, of TD1 the first line's
	Optional2   string   // of TD1 the second line's
	Wrong       []string // names of the fields whose check digits are wrong
}

// Valid reports whether all check digits are right.
func (d *Document) Valid() bool { return len(d.Wrong) == 0 }

// weights repeat over the characters from the left (Doc 9303-3, 4.9).
var weights = [3]int{7, 3, 1}

// value is a character's value: digits as they are, A to Z 10 to 35, < 0.
func value(c byte) (int, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10, true
	case c == '<':
		return 0, true
	}
	return 0, false
}

// CheckDigit returns the check digit of s, or '?' when s holds a character that
// no zone has.
func CheckDigit(s string) byte {
	sum := 0
	for i := 0; i < len(s); i++ {
		v, ok := value(s[i])
		if !ok {
			return '?'
		}
		sum += v * weights[i%3]
	}
	return '0' + byte(sum%10)
}

// Parse reads a zone, its lines divided by line breaks or run together. on is
// the day to which birth dates are compared; the zero Date takes years up to
// 2029 as this century's.
func Parse(text string, on edifact.Date) (Document, error) {
	lines, format, err := split(text)
	if err != nil {
		return Document{}, err
	}
	d := Document{Format: format}
	switch format {
	case TD1:
		d.td1(lines)
	case TD2, TD3:
		d.two(lines)
	}
	d.dates(on)
	return d, nil
}

// split finds the lines and their format.
func split(text string) ([]string, Format, error) {
	flat := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, text)
	for i := 0; i < len(flat); i++ {
		if _, ok := value(flat[i]); !ok {
			return nil, 0, ErrForm
		}
	}
	switch len(flat) {
	case 90:
		return []string{flat[:30], flat[30:60], flat[60:]}, TD1, nil
	case 72:
		return []string{flat[:36], flat[36:]}, TD2, nil
	case 88:
		return []string{flat[:44], flat[44:]}, TD3, nil
	}
	return nil, 0, ErrForm
}

// check compares a check digit. An empty optional field may have < for it.
func (d *Document) check(field, data string, digit byte) {
	if CheckDigit(data) == digit || digit == '<' && strings.Trim(data, "<") == "" {
		return
	}
	d.Wrong = append(d.Wrong, field)
}

func fill(s string) string { return strings.TrimRight(s, "<") }

// names parts the name field: surname << given names.
func (d *Document) names(field string) {
	surname, given, _ := strings.Cut(fill(field), "<<")
	d.Surname = strings.TrimSpace(strings.ReplaceAll(surname, "<", " "))
	d.Given = strings.Join(strings.FieldsFunc(given, func(r rune) bool { return r == '<' }), " ")
}

func (d *Document) sex(c byte) {
	d.Sex = string(rune(c))
	if c == '<' {
		d.Sex = "X"
	}
}

// td1 reads three lines of 30 (Doc 9303-5).
func (d *Document) td1(l []string) {
	d.Type, d.Issuer = fill(l[0][:2]), fill(l[0][2:5])
	number, digit, optional := l[0][5:14], l[0][14], l[0][15:30]
	d.Number, d.Optional = fill(number), fill(optional)
	if digit == '<' && optional[0] != '<' {
		// A longer number goes on in the optional data, its check digit last.
		rest, after, _ := strings.Cut(optional, "<")
		d.Number = number + rest[:len(rest)-1]
		d.check("number", d.Number, rest[len(rest)-1])
		d.Optional = fill(after)
	} else {
		d.check("number", number, digit)
	}
	d.BirthText, d.ExpiryText = l[1][:6], l[1][8:14]
	d.check("birth", d.BirthText, l[1][6])
	d.sex(l[1][7])
	d.check("expiry", d.ExpiryText, l[1][14])
	d.Nationality, d.Optional2 = fill(l[1][15:18]), fill(l[1][18:29])
	d.check("composite", l[0][5:30]+l[1][0:7]+l[1][8:15]+l[1][18:29], l[1][29])
	d.names(l[2])
}

// two reads two lines of 36 or 44 (Doc 9303-6 and 9303-4). Visas have the same
// fields without the composite check digit (Doc 9303-7).
func (d *Document) two(l []string) {
	n := len(l[1])
	d.Type, d.Issuer = fill(l[0][:2]), fill(l[0][2:5])
	d.names(l[0][5:])
	number := l[1][:9]
	d.Number = fill(number)
	visa := strings.HasPrefix(d.Type, "V")
	switch {
	case d.Format == TD2 && l[1][9] == '<' && l[1][28] != '<' && !visa:
		rest, after, _ := strings.Cut(l[1][28:35], "<")
		d.Number = number + rest[:len(rest)-1]
		d.check("number", d.Number, rest[len(rest)-1])
		d.Optional = fill(after)
	default:
		d.check("number", number, l[1][9])
		end := n - 1
		if d.Format == TD3 && !visa {
			end = 42
		}
		if visa {
			end = n
		}
		d.Optional = fill(l[1][28:end])
	}
	d.Nationality = fill(l[1][10:13])
	d.BirthText, d.ExpiryText = l[1][13:19], l[1][21:27]
	d.check("birth", d.BirthText, l[1][19])
	d.sex(l[1][20])
	d.check("expiry", d.ExpiryText, l[1][27])
	if visa {
		return
	}
	if d.Format == TD3 {
		d.check("optional", l[1][28:42], l[1][42])
	}
	d.check("composite", l[1][0:10]+l[1][13:20]+l[1][21:n-1], l[1][n-1])
}

// dates reads both dates; parts that the zone has as < are unknown.
func (d *Document) dates(on edifact.Date) {
	d.BirthDate = date(d.BirthText, edifact.Recent, on)
	d.Expiry = date(d.ExpiryText, edifact.Coming, on)
}

func date(text string, c edifact.Century, on edifact.Date) edifact.Date {
	known := strings.ReplaceAll(text, "<", "0")
	if strings.Trim(text, "<") == "" {
		return edifact.Date{}
	}
	p := edifact.DateReader{Century: c, Reference: on}.Read(known, "")
	if p.Codes[0] != "" {
		return edifact.Date{}
	}
	return p.Date
}
