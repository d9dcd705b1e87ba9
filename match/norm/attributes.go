package norm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Sex as documents state it; the zero Sex is not stated. X is a statement, not
// an absence, but contradicts neither of the others in evidence.
type Sex byte

// The values.
const (
	Female Sex = 'F'
	Male   Sex = 'M'
	X      Sex = 'X'
)

// ParseSex reads a sex or gender as registers and documents write it.
func ParseSex(s string) Sex {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "f", "female", "woman", "w", "weiblich", "femme", "feminine", "mujer", "ж", "2":
		return Female
	case "m", "male", "man", "männlich", "homme", "masculine", "hombre", "м", "1":
		return Male
	case "x", "other", "diverse", "nonbinary", "non-binary", "divers":
		return X
	}
	return 0
}

// countries maps English country names and codes to two letters, by the CLDR.
var countries = func() map[string]string {
	t := map[string]string{}
	names := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() {
				continue
			}
			code := r.Canonicalize().String()
			t[strings.ToLower(string([]rune{a, b}))] = code
			t[strings.ToLower(r.ISO3())] = code
			t[placeKey(names.Name(r))] = code
		}
	}
	for name, code := range map[string]string{"uk": "GB", "great britain": "GB", "usa": "US", "russian federation": "RU", "burma": "MM", "ivory coast": "CI",
		"democratic republic of the congo": "CD", "republic of the congo": "CG", "drc": "CD", "turkiye": "TR", "czech republic": "CZ", "swaziland": "SZ",
		"palestine": "PS", "macedonia": "MK", "north korea": "KP", "south korea": "KR", "bosnia and herzegovina": "BA", "myanmar": "MM", "uae": "AE", "hong kong": "HK", "cape verde": "CV", "d": "DE"} {
		t[name] = code
	}
	delete(t, "") // regions of the past have no name
	return t
}()

// placeKey is a place name without marks, punctuation and case.
func placeKey(s string) string {
	return strings.Join(strings.FieldsFunc(stripMarks(Clean(s)), func(r rune) bool { return !inWord(r) || r == '.' }), " ")
}

// Country returns the two-letter code of a country's name or code, or the
// cleaned text when it is not known: equal unknown countries still agree.
func Country(s string) string {
	if code, ok := countries[strings.ToLower(s)]; ok {
		return code
	}
	key := placeKey(s)
	if code, ok := countries[key]; ok {
		return code
	}
	return key
}

// Phone returns a telephone number in E.164, read as from the given country
// when it has no country code, or its digits when it is no valid number.
func Phone(s, country string) string {
	s = cut(s, 40)
	if n, err := phonenumbers.Parse(s, country); err == nil && phonenumbers.IsPossibleNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(digits) < 6 {
		return ""
	}
	return digits
}

// Email returns an address in lower case without a subaddress ("+tag"), or ""
// when it is none.
func Email(s string) string {
	local, domain, ok := strings.Cut(strings.TrimSpace(Clean(s)), "@")
	local, _, _ = strings.Cut(local, "+")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(local+domain, " @") {
		return ""
	}
	return local + "@" + domain
}

// Chassis returns a vehicle identification number (ISO 3779: 17 letters and
// digits without I, O and Q, which are read as the digits they are taken for),
// or "".
func Chassis(s string) string {
	n := Plate(s)
	if len(n) != 17 {
		return ""
	}
	return strings.NewReplacer("I", "1", "O", "0", "Q", "0").Replace(n)
}

// Plate returns a vehicle registration in upper case letters and digits,
// romanised, or "".
func Plate(s string) string {
	var b strings.Builder
	for _, w := range words(Clean(cut(s, 32))) {
		text, _ := Romanise(w)
		b.WriteString(text)
	}
	if b.Len() < 3 {
		return ""
	}
	return strings.ToUpper(b.String())
}
