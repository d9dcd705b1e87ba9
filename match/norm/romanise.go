package norm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Romanise returns a word of one script in Latin letters a-z and digits, and
// up to three other readings where the script leaves the reading open.
func Romanise(word string) (string, []string) {
	if isPlain(word) {
		return keepLatin(word), nil
	}
	switch s := wordScript(word); s {
	case Cyrillic:
		return readings(word, cyrillicFor(word))
	case Greek:
		return readings(norm.NFC.String(stripMarks(word)), greekTable)
	case Georgian:
		return readings(word, georgianTable)
	case Armenian:
		return readings(word, armenianTable)
	case Kana:
		return readings(katakana(word), kanaTable)
	case Arabic, Hebrew:
		return skeleton(word), nil
	case Devanagari, Bengali, Khmer:
		return abugida(word, abugidas[s]), nil
	case Thai:
		return thai(word), nil
	case Ethiopic:
		return syllables(word, ethiopicTable), nil
	case Han:
		return syllables(word, hanTable), nil
	case Hangul:
		return hangul(word), nil
	case Other:
		return "", nil
	}
	return readings(stripMarks(word), latinTable)
}

// readings applies a letter table. The first result takes the first reading of
// every letter, the others take the second reading of one kind of letter each.
func readings(word string, t letters) (string, []string) {
	first, open := spell(word, t, 0)
	var others []string
	for _, r := range open {
		if len(others) == 3 {
			break
		}
		if other, _ := spell(word, t, r); other != first {
			others = append(others, other)
		}
	}
	return first, others
}

// spell writes word with the first readings, except that the letter named by
// second takes its second one. It returns the letters that have a second.
func spell(word string, t letters, second rune) (string, []rune) {
	var b strings.Builder
	var open []rune
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		_, next := utf8.DecodeRuneInString(word[i+size:])
		if two, ok := t.two[word[i:i+size+next]]; ok && next > 0 {
			b.WriteString(choose(two, r, second, &open))
			i += size + next
			continue
		}
		if one, ok := t.one[r]; ok {
			b.WriteString(choose(one, r, second, &open))
		} else if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '&' || r == '%' {
			b.WriteRune(r)
		} else if d := digit(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
		i += size
	}
	return b.String(), open
}

func choose(options []string, r, second rune, open *[]rune) string {
	if len(options) > 1 {
		if r == second {
			return options[1]
		}
		for _, seen := range *open {
			if seen == r {
				return options[0]
			}
		}
		*open = append(*open, r)
	}
	return options[0]
}

func digit(r rune) int {
	if !unicode.IsDigit(r) {
		return -1
	}
	// Decimal digits stand in rows of ten that begin at a multiple of their script.
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}

// cyrillicFor returns the table for the language that the letters give away:
// Serbian and Macedonian write j and lj with letters of their own.
func cyrillicFor(word string) letters {
	if strings.ContainsAny(word, "ђјљњћџѓќѕ") {
		return serbianTable
	}
	return cyrillicTable
}

var serbianTable = func() letters {
	t := readLetters("cyrillic")
	for r, s := range map[rune]string{'х': "h", 'ц': "c", 'ж': "z", 'ч': "c", 'ш': "s"} {
		t.one[r] = []string{s}
	}
	return t
}()

func stripMarks(word string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func keepLatin(word string) string {
	clean := true
	for i := 0; i < len(word); i++ {
		c := word[i]
		clean = clean && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9')
	}
	if clean {
		return word
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if c := word[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '&' || c == '%' {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// skeleton romanises a vowelless script letter by letter.
func skeleton(word string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(word) {
		if i, ok := soundIndex[r]; ok {
			b.WriteString(soundList[i].latin)
		} else if d := digit(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

// sounded returns the letters of a vowelless word as indices into soundList.
func sounded(word string) []uint8 {
	var out []uint8
	for _, r := range norm.NFC.String(word) {
		if i, ok := soundIndex[r]; ok {
			out = append(out, i)
		}
	}
	return out
}

// abugida romanises a script whose consonants carry a vowel. The last inherent
// vowel is not spoken in the languages concerned and is left out.
func abugida(word string, t map[rune]sign) string {
	var b strings.Builder
	inherent := false
	for _, r := range norm.NFC.String(word) {
		s, ok := t[r]
		if !ok {
			continue
		}
		if inherent && (s.kind == 'c' || s.kind == 'i' || s.kind == 'm' && s.latin != "") {
			b.WriteByte('a')
		}
		switch s.kind {
		case 'c':
			inherent = true
		case 'm':
			inherent = inherent && s.latin == ""
		default:
			inherent = false
		}
		b.WriteString(s.latin)
	}
	return b.String()
}

// thai romanises Thai: vowels written before a consonant are heard after it,
// and a consonant without a vowel after another syllable's vowel closes it.
func thai(word string) string {
	rs := []rune(word)
	for i := 0; i+1 < len(rs); i++ {
		if thaiTable[rs[i]].kind == 'p' {
			rs[i], rs[i+1] = rs[i+1], rs[i]
			i++
		}
	}
	var b strings.Builder
	for i, r := range rs {
		s, ok := thaiTable[r]
		if !ok || i+1 < len(rs) && thaiTable[rs[i+1]].kind == 'x' {
			continue
		}
		if s.kind == 'c' && i > 0 && !vowelFollows(rs[i+1:]) {
			b.WriteString(s.final)
		} else {
			b.WriteString(s.latin)
		}
	}
	return b.String()
}

func vowelFollows(rs []rune) bool {
	for _, r := range rs {
		switch thaiTable[r].kind {
		case 'v', 'p':
			return true
		case 'm':
		default:
			return false
		}
	}
	return false
}

func syllables(word string, t map[rune]string) string {
	var b strings.Builder
	for _, r := range word {
		b.WriteString(t[r])
	}
	return b.String()
}

func katakana(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x3041 && r <= 0x3096 {
			return r + 0x60
		}
		return r
	}, word)
}

// Revised Romanization of Korea (2000), without sound changes between syllables.
var (
	leads  = [...]string{"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"}
	vowels = [...]string{"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"}
	tails  = [...]string{"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"}
)

func hangul(word string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(word) {
		if r < 0xAC00 || r > 0xD7A3 {
			continue
		}
		n := int(r - 0xAC00)
		b.WriteString(leads[n/588])
		b.WriteString(vowels[n%588/28])
		b.WriteString(tails[n%28])
	}
	return b.String()
}
