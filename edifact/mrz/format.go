package mrz

import (
	"fmt"
	"strings"

	"clew/edifact"
)

// Lines returns the document's zone, line by line, with its check digits. Text
// that does not fit its field is cut, as Doc 9303-3 section 4 says; characters
// that no zone has become fillers.
func (d *Document) Lines() []string {
	switch d.Format {
	case TD1:
		return d.linesTD1()
	case TD2:
		return d.linesTwo(36)
	case TD3:
		return d.linesTwo(44)
	}
	return nil
}

// field is s in capitals with fillers, n characters long.
func field(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		case r == '\'':
			return -1
		}
		return '<'
	}, s)
	if len(s) > n {
		s = s[:n]
	}
	return s + strings.Repeat("<", n-len(s))
}

func digit(s string) string { return string(rune(CheckDigit(s))) }

// six is a date as six characters; what is unknown is filled.
func six(d edifact.Date, text string) string {
	if text != "" {
		return field(text, 6)
	}
	if d.IsZero() {
		return "<<<<<<"
	}
	s := fmt.Sprintf("%02d", d.Year%100)
	for _, part := range []uint8{d.Month, d.Day} {
		if part == 0 {
			s += "<<"
		} else {
			s += fmt.Sprintf("%02d", part)
		}
	}
	return s
}

func (d *Document) sexField() string {
	if d.Sex == "M" || d.Sex == "F" {
		return d.Sex
	}
	return "<"
}

func (d *Document) nameField(n int) string { return field(d.Surname+"<<"+d.Given, n) }

// optionalDigit is the check digit of TD3's optional data, < when there is none.
func optionalDigit(data string) string {
	if strings.Trim(data, "<") == "" {
		return "<"
	}
	return digit(data)
}

func (d *Document) linesTD1() []string {
	number := field(d.Number, 9) + digit(field(d.Number, 9)) + field(d.Optional, 15)
	if len(d.Number) > 9 {
		rest := d.Number[9:] + digit(field(d.Number, len(d.Number))) + "<"
		number = field(d.Number[:9], 9) + "<" + field(rest+d.Optional, 15)
	}
	birth, expiry := six(d.BirthDate, d.BirthText), six(d.Expiry, d.ExpiryText)
	birth, expiry = birth+digit(birth), expiry+digit(expiry)
	optional := field(d.Optional2, 11)
	composite := digit(number + birth + expiry + optional)
	return []string{
		field(d.Type, 2) + field(d.Issuer, 3) + number,
		birth + d.sexField() + expiry + field(d.Nationality, 3) + optional + composite,
		d.nameField(30),
	}
}

func (d *Document) linesTwo(n int) []string {
	first := field(d.Type, 2) + field(d.Issuer, 3) + d.nameField(n-5)
	number := field(d.Number, 9)
	number += digit(number)
	optional := field(d.Optional, n-29)
	visa := strings.HasPrefix(d.Type, "V")
	switch {
	case visa:
		optional = field(d.Optional, n-28)
	case n == 44:
		optional = field(d.Optional, 14)
		optional += optionalDigit(optional)
	case len(d.Number) > 9:
		number = field(d.Number[:9], 9) + "<"
		optional = field(d.Number[9:]+digit(field(d.Number, len(d.Number)))+"<"+d.Optional, 7)
	}
	birth, expiry := six(d.BirthDate, d.BirthText), six(d.Expiry, d.ExpiryText)
	birth, expiry = birth+digit(birth), expiry+digit(expiry)
	second := number + field(d.Nationality, 3) + birth + d.sexField() + expiry + optional
	if !visa {
		second += digit(number + birth + expiry + optional)
	}
	return []string{first, second}
}
