package norm

import "unicode"

// Script is the writing system of a word.
type Script uint8

// The scripts that have a table. Other is everything else: kept as written and
// compared only with itself.
const (
	Latin Script = iota
	Cyrillic
	Greek
	Arabic
	Hebrew
	Georgian
	Armenian
	Devanagari
	Bengali
	Thai
	Khmer
	Ethiopic
	Han
	Kana
	Hangul
	Other
)

var scriptNames = [...]string{"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Georgian", "Armenian",
	"Devanagari", "Bengali", "Thai", "Khmer", "Ethiopic", "Han", "Kana", "Hangul", "other"}

// String returns the script's English name.
func (s Script) String() string { return scriptNames[min(int(s), len(scriptNames)-1)] }

// Vowelless says that short vowels are not written: the romanised form is a
// skeleton and is compared letter by sound.
func (s Script) Vowelless() bool { return s == Arabic || s == Hebrew }

// Syllabic says that foreign names are written in syllables, with vowels
// between consonants that have none, and l and r not told apart.
func (s Script) Syllabic() bool {
	return s == Han || s == Kana || s == Khmer || s == Thai || s == Hangul
}

var scriptTables = []struct {
	script Script
	table  *unicode.RangeTable
}{
	{Cyrillic, unicode.Cyrillic}, {Arabic, unicode.Arabic}, {Greek, unicode.Greek}, {Han, unicode.Han},
	{Kana, unicode.Katakana}, {Kana, unicode.Hiragana}, {Hangul, unicode.Hangul}, {Hebrew, unicode.Hebrew},
	{Georgian, unicode.Georgian}, {Armenian, unicode.Armenian}, {Devanagari, unicode.Devanagari},
	{Bengali, unicode.Bengali}, {Thai, unicode.Thai}, {Khmer, unicode.Khmer}, {Ethiopic, unicode.Ethiopic},
}

// ScriptOf returns the script of a letter; marks and digits are Latin.
func ScriptOf(r rune) Script { return classOf(r).script }

func scriptOf(r rune) Script {
	if r < 0x250 || unicode.Is(unicode.Latin, r) {
		return Latin
	}
	for _, t := range scriptTables {
		if unicode.Is(t.table, r) {
			return t.script
		}
	}
	if unicode.IsLetter(r) {
		return Other
	}
	return Latin
}

// runs splits a word where the script changes: mixed-script words are either
// two words run together or a disguise, and both are compared piece by piece.
func runs(w string) []string {
	last, start := Latin, 0
	var out []string
	for i, r := range w {
		c := classOf(r)
		if c.is&isLetter == 0 || r == 'ー' {
			continue
		}
		s := c.script
		if last != s && i > start && hasLetter(w[start:i]) && !(s == Han && last == Kana) {
			out = append(out, w[start:i])
			start = i
		}
		last = s
	}
	return append(out, w[start:])
}

func hasLetter(s string) bool {
	for _, r := range s {
		if classOf(r).is&isLetter != 0 {
			return true
		}
	}
	return false
}

// wordScript is the script of the first letter of a word.
func wordScript(w string) Script {
	for _, r := range w {
		if c := classOf(r); c.script != Latin || c.is&isLetter != 0 {
			return c.script
		}
	}
	return Latin
}
