package norm

import "strings"

// Document returns a document or registration number in upper case letters and
// digits, or "" when it is too short or plainly a filler (all one character,
// "unknown").
func Document(s string) string {
	var b strings.Builder
	for _, r := range Clean(cut(s, 64)) {
		if d := digit(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		} else if r >= 'a' && r <= 'z' {
			b.WriteByte(byte(r) - 'a' + 'A')
		}
	}
	n := b.String()
	if len(n) < 4 || strings.Trim(n, n[:1]) == "" || !strings.ContainsAny(n, "0123456789") {
		return ""
	}
	return n
}

// DocumentShape returns a document number with the characters that are taken
// for one another (O and 0, I and 1, S and 5, B and 8, Z and 2) made equal.
func DocumentShape(n string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'O', 'Q', 'D':
			return '0'
		case 'I', 'L':
			return '1'
		case 'S':
			return '5'
		case 'B':
			return '8'
		case 'Z':
			return '2'
		case 'G':
			return '6'
		}
		return r
	}, n)
}

// MRZ is what a machine-readable zone says (ICAO 9303-4, -5 and -6).
type MRZ struct {
	Name        Name
	Number      string
	Issuer      string // three letters
	Nationality string
	Birth       Date
	Sex         Sex
	// Valid says that the check digits of number and date of birth are right.
	Valid bool
}

// ParseMRZ reads a machine-readable zone of two lines of 44 or 36 characters or
// three of 30. A birth year of two digits is taken as the latest one not after
// nowYear. It reports false when the lines have another shape.
func ParseMRZ(s string, nowYear int) (MRZ, bool) {
	lines := strings.Fields(strings.ToUpper(cut(s, 200)))
	switch {
	case len(lines) == 2 && len(lines[0]) == 44 && len(lines[1]) == 44,
		len(lines) == 2 && len(lines[0]) == 36 && len(lines[1]) == 36:
		l := lines[1]
		return makeMRZ(lines[0][5:], lines[0][2:5], l[:9], l[9], l[10:13], l[13:19], l[19], l[20], nowYear), true
	case len(lines) == 3 && len(lines[0]) == 30 && len(lines[1]) == 30 && len(lines[2]) == 30:
		l := lines[1]
		return makeMRZ(lines[2], lines[0][2:5], lines[0][5:14], lines[0][14], l[15:18], l[:6], l[6], l[7], nowYear), true
	}
	return MRZ{}, false
}

func makeMRZ(name, issuer, number string, numberCheck byte, nationality, birth string, birthCheck, sex byte, nowYear int) MRZ {
	m := MRZ{
		Name:   parseMRZName(name),
		Number: strings.Trim(number, "<"), Issuer: strings.Trim(issuer, "<"), Nationality: strings.Trim(nationality, "<"),
		Valid: checkDigit(number) == numberCheck && checkDigit(birth) == birthCheck,
	}
	m.Sex = ParseSex(string(sex))
	if y, mo, d, ok := sixDigits(birth); ok {
		y += nowYear / 100 * 100
		if y > nowYear {
			y -= 100
		}
		m.Birth, _ = MakeDate(y, mo, d)
	}
	return m
}

func sixDigits(s string) (y, m, d int, ok bool) {
	var n [6]int
	for i := range n {
		c := s[i]
		if c == '<' {
			c = '0'
		}
		if c < '0' || c > '9' {
			return 0, 0, 0, false
		}
		n[i] = int(c - '0')
	}
	return n[0]*10 + n[1], n[2]*10 + n[3], n[4]*10 + n[5], true
}

// checkDigit is the check digit of ICAO 9303-3 section 4.9.
func checkDigit(s string) byte {
	weights, sum := [3]int{7, 3, 1}, 0
	for i := 0; i < len(s); i++ {
		v := 0
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		}
		sum += v * weights[i%3]
	}
	return byte('0' + sum%10)
}
