package core

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Language is a language that people met in this work speak or sign. Code is
// what is stored.
type Language struct {
	Code    string   // ISO 639-3: "ckb"
	Two     string   // ISO 639-1, where there is one
	Name    string   // in English: "Kurdish (Sorani)"
	Autonym string   // as its speakers write it
	RTL     bool     // written from right to left
	Signed  bool     // a sign language
	Aliases []string // other spellings and codes that are understood
}

// Tag returns the BCP 47 tag for a lang attribute: the shortest code (RFC 5646
// section 2.2.1).
func (l Language) Tag() string { return cmp.Or(l.Two, l.Code) }

// Dir returns the value of a dir attribute.
func (l Language) Dir() string {
	if l.RTL {
		return "rtl"
	}
	return "ltr"
}

//go:embed data/languages.csv
var languagesCSV []byte

// languageTable is the embedded table and its look-ups, read once.
var languageTable = sync.OnceValue(func() (t struct {
	all    []Language
	byCode map[string]int
	byText index
}) {
	for _, row := range mustTable(languagesCSV, 7) {
		t.all = append(t.all, Language{Code: row[0], Two: row[1], Name: row[2], Autonym: row[3],
			RTL: row[4] == "rtl", Signed: row[5] == "sign", Aliases: alternatives(row[6])})
	}
	slices.SortStableFunc(t.all, func(a, b Language) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	t.byCode, t.byText = map[string]int{}, index{}
	for i, l := range t.all {
		t.byCode[l.Code] = i
		t.byText.add(i, l.Code, l.Two, l.Name, l.Autonym)
		t.byText.add(i, l.Aliases...)
	}
	return t
})

// Languages returns every language, spoken and signed, by English name.
func Languages() []Language { return slices.Clone(languageTable().all) }

// LanguageByCode returns the language of a stored code: ISO 639-3, in small letters.
func LanguageByCode(code string) (Language, bool) {
	t := languageTable()
	i, ok := t.byCode[code]
	if !ok {
		return Language{}, false
	}
	return t.all[i], true
}

// FindLanguage understands a code of ISO 639-1, -2 or -3, a name in English or
// in the language itself, or another spelling, without regard to case, accents or
// punctuation. What two languages share ("ga" is the code of Irish and the name
// of Ga) finds nothing.
func FindLanguage(text string) (Language, bool) {
	t := languageTable()
	i, ok := t.byText.find(text)
	if !ok {
		return Language{}, false
	}
	return t.all[i], true
}
