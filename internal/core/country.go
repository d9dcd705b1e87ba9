package core

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Country is a country or territory of ISO 3166-1, Kosovo, or one of the special
// nationality codes of ICAO Doc 9303 part 3 section 5. Code is what is stored.
type Country struct {
	Code        string   // alpha-3: "VNM"; special: "XXA"
	Alpha2      string   // "VN"; empty for the special codes
	Name        string   // in English, in common use: "Vietnam"
	Nationality string   // "Vietnamese"; empty where nobody holds one
	Aliases     []string // other spellings that are understood
}

// The special nationality codes.
const (
	Stateless              = "XXA" // 1954 Convention
	RefugeeConvention      = "XXB" // 1951 Convention
	RefugeeOther           = "XXC"
	NationalityUnspecified = "XXX"
	Kosovo                 = "XKX"
)

// IsSpecial reports whether the code says something about a person's nationality
// instead of naming a place. Kosovo is a place.
func (c Country) IsSpecial() bool { return c.Alpha2 == "" }

//go:embed data/countries.csv
var countriesCSV []byte

// countryTable is the embedded table and its look-ups, read once.
var countryTable = sync.OnceValue(func() (t struct {
	all    []Country
	byCode map[string]int
	byText index
}) {
	for _, row := range mustTable(countriesCSV, 5) {
		t.all = append(t.all, Country{Alpha2: row[0], Code: row[1], Name: row[2], Nationality: row[3], Aliases: alternatives(row[4])})
	}
	slices.SortStableFunc(t.all, func(a, b Country) int {
		return cmp.Or(cmp.Compare(len(b.Alpha2), len(a.Alpha2)), strings.Compare(fold(a.Name), fold(b.Name)))
	})
	t.byCode, t.byText = map[string]int{}, index{}
	for i, c := range t.all {
		t.byCode[c.Code] = i
		t.byText.add(i, c.Code, c.Alpha2, c.Name, c.Nationality)
		t.byText.add(i, c.Aliases...)
	}
	return t
})

// Nationalities returns every country, by name, then the special codes.
func Nationalities() []Country { return slices.Clone(countryTable().all) }

// Countries returns every place, by name, without the special codes.
func Countries() []Country {
	return slices.DeleteFunc(Nationalities(), Country.IsSpecial)
}

// CountryByCode returns the country of a stored code: alpha-3, in capitals.
func CountryByCode(code string) (Country, bool) {
	t := countryTable()
	i, ok := t.byCode[code]
	if !ok {
		return Country{}, false
	}
	return t.all[i], true
}

// FindCountry understands a code of two or three letters, a name, a nationality
// or another spelling, without regard to case, accents or punctuation. What two
// countries share ("Congolese", "Dominican") finds nothing, because a wrong
// nationality is worse than a question.
func FindCountry(text string) (Country, bool) {
	t := countryTable()
	i, ok := t.byText.find(text)
	if !ok {
		return Country{}, false
	}
	return t.all[i], true
}
