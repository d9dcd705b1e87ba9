package core

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode"
)

// unaccented maps the accented letters of the embedded tables to plain ones;
// the tables' test fails when one is missing.
var unaccented = map[rune]string{
	'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'ä': "a", 'å': "a", 'ā': "a", 'ă': "a", 'ç': "c", 'č': "c", 'ć': "c", 'é': "e", 'è': "e",
	'ê': "e", 'ë': "e", 'ě': "e", 'ė': "e", 'ğ': "g", 'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ı': "i", 'ñ': "n", 'ó': "o", 'ò': "o",
	'ô': "o", 'õ': "o", 'ö': "o", 'ø': "o", 'ș': "s", 'ş': "s", 'š': "s", 'ț': "t", 'ú': "u", 'ù': "u", 'û': "u", 'ü': "u", 'ý': "y",
	'ž': "z", 'ß': "ss", 'æ': "ae", 'œ': "oe",
}

// fold brings a code or a name to the form it is looked up by: small letters
// without accents, and no spaces, full stops, hyphens or other punctuation.
func fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch plain, ok := unaccented[r]; {
		case ok:
			b.WriteString(plain)
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// maxLookup bounds the text a look-up folds; longer text names nothing.
const maxLookup = 100

// mustTable reads an embedded table of n columns. The tables are part of the
// program, and a test reads them, so a fault in one is a panic.
func mustTable(text []byte, n int) [][]string {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = n
	rows, err := r.ReadAll()
	if err != nil {
		panic("core: embedded table: " + err.Error())
	}
	return rows
}

// alternatives splits a column that holds several spellings.
func alternatives(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, "|")
}

// index maps every folded spelling to a place in a table, or to shared when two
// entries have it.
type index map[string]int

const shared = -1

func (x index) add(i int, spellings ...string) {
	for _, s := range spellings {
		key := fold(s)
		if key == "" {
			continue
		}
		if other, taken := x[key]; taken && other != i {
			x[key] = shared
			continue
		}
		x[key] = i
	}
}

// find returns the place of the only entry that has the spelling.
func (x index) find(s string) (int, bool) {
	if len(s) > maxLookup {
		return 0, false
	}
	i, ok := x[fold(s)]
	return i, ok && i != shared
}
