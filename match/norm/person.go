package norm

import (
	"strings"
	"unicode/utf8"
)

// personWords maps a romanised word to its role in a person's name.
var personWords = func() map[string]string {
	t := map[string]string{}
	for _, row := range rows("person_words") {
		for _, w := range strings.Fields(row[1]) {
			if t[w] == "" || row[0] == "title" {
				t[w] = row[0]
			}
		}
	}
	return t
}()

// nicknames maps a romanised word to the groups it is in. Group numbers below
// firstVariant are familiar forms, the others one name in several languages.
var nicknames, firstVariant = func() (map[string][]uint16, uint16) {
	t := map[string][]uint16{}
	first := uint16(0)
	for i, row := range rows("nicknames") {
		if row[0] == "v" && first == 0 {
			first = uint16(i)
		}
		for _, w := range strings.Fields(row[1]) {
			t[w] = append(t[w], uint16(i))
		}
	}
	return t, first
}()

// FamiliarGroup reports whether a group of Token.Groups holds familiar forms of
// one name, rather than one name in several languages.
func FamiliarGroup(group uint16) bool { return group < firstVariant }

// ParsePerson reads a person's name written in one string, in any order. A
// comma parts family from given names; "<<" does in a machine-readable zone.
func ParsePerson(s string) Name {
	if strings.Contains(s, "<") {
		return parseMRZName(s)
	}
	s = Clean(s)
	if family, given, ok := strings.Cut(s, ","); ok && hasLetter(family) && hasLetter(given) && !isSuffixList(given) {
		return assemble(tag(personTokens(family), Family), tag(personTokens(given), Given))
	}
	return assemble(personTokens(s))
}

// ParseParts reads a person's name whose given and family names are known apart.
func ParseParts(given, family string) Name {
	return assemble(tag(personTokens(Clean(given)), Given), tag(personTokens(Clean(family)), Family))
}

func isSuffixList(s string) bool {
	ws := words(s)
	for _, w := range ws {
		if role := personWords[keepLatin(w)]; role != "suffix" && role != "honorific" {
			return false
		}
	}
	return len(ws) > 0
}

func tag(ts []Token, p Part) []Token {
	for i := range ts {
		ts[i].Part = p
	}
	return ts
}

func assemble(parts ...[]Token) Name {
	n := Name{Kind: Person, Tokens: parts[0]}
	for _, p := range parts[1:] {
		n.Tokens = append(n.Tokens, p...)
	}
	if len(n.Tokens) > MaxTokens {
		n.Tokens = n.Tokens[:MaxTokens]
	}
	giveRoles(n.Tokens)
	return n
}

// personTokens splits a cleaned string into tokens, roles not yet given.
func personTokens(s string) []Token {
	ws := words(s)
	out := make([]Token, 0, len(ws))
	for _, w := range ws {
		if len(out) >= MaxTokens {
			break
		}
		if isPlain(w) {
			out = appendLatin(out, w)
			continue
		}
		for _, run := range runs(w) {
			out = appendRun(out, run, len(ws) == 1)
		}
	}
	return out
}

// appendLatin adds a word of plain letters: points part it, letters with a
// point are initials, and digits inside a word are read as the letters they
// look like, since names hold none.
func appendLatin(out []Token, w string) []Token {
	if isLetters(w) && personWords[w] == "" && servantPrefix(w) == 0 {
		return append(out, newToken(w)) // what nearly every word is
	}
	for piece := range strings.SplitSeq(w, ".") {
		text := keepLatin(piece)
		if strings.ContainsAny(text, "&%") {
			text = strings.Map(dropSigns, text)
		}
		if text == "" || personWords[text] == "nothing" {
			continue
		}
		text = lookalikes(text)
		if prefix := servantPrefix(text); prefix > 0 {
			out = append(out, newToken(text[:prefix]))
			text = text[prefix:]
		}
		out = append(out, newToken(text))
	}
	return out
}

func isLetters(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return w != ""
}

func dropSigns(r rune) rune {
	if r == '&' || r == '%' {
		return -1
	}
	return r
}

var digitLetters = [10]byte{'o', 'i', 'z', 'e', 'a', 's', 'g', 't', 'b', 'g'}

// lookalikes reads digits inside a word of letters as letters.
func lookalikes(text string) string {
	digits := 0
	for i := 0; i < len(text); i++ {
		if text[i] <= '9' {
			digits++
		}
	}
	if digits == 0 || digits*2 > len(text) {
		return text
	}
	b := []byte(text)
	for i, c := range b {
		if c <= '9' {
			b[i] = digitLetters[c-'0']
		}
	}
	return string(b)
}

// servantPrefix returns the length of a leading "abdul" (servant of), which is
// written joined or apart at will, when a name follows it.
func servantPrefix(text string) int {
	if !strings.HasPrefix(text, "abd") || len(text) < 9 {
		return 0
	}
	for _, p := range []string{"abdul", "abdel", "abdal", "abdur", "abdoul"} {
		if strings.HasPrefix(text, p) {
			return len(p)
		}
	}
	return 0
}

// appendRun adds a word of one script other than plain Latin. Names of China
// and Korea are written without a space: the family name is the first
// character or two. alone says that the word is the whole name.
func appendRun(out []Token, w string, alone bool) []Token {
	switch wordScript(w) {
	case Latin:
		text, others := Romanise(w)
		if text == "" {
			return out
		}
		if len(others) == 0 && !strings.ContainsAny(w, ".&%") {
			t := newToken(text)
			t.Orig = w
			return append(out, t)
		}
		before := len(out)
		out = appendLatin(out, strings.Map(spread, stripForSplit(w)))
		if len(out) == before+1 {
			t := newToken(w)
			return append(out[:before], t)
		}
		return out
	case Arabic:
		return appendArabic(out, w)
	case Han, Hangul:
		if n := utf8.RuneCountInString(w); alone && n >= 2 && n <= 4 {
			return appendFamilyFirst(out, w)
		}
	}
	w = strings.Trim(w, ".'’‘&%")
	if t := newToken(w); t.Text != "" {
		out = append(out, t)
	}
	return out
}

func stripForSplit(w string) string { return stripMarks(w) }

func spread(r rune) rune {
	if r == '.' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	if l, ok := latinTable.one[r]; ok && len(l[0]) > 0 {
		return rune(l[0][0])
	}
	return -1
}

// appendArabic parts the article from the word, as Latin spellings do.
func appendArabic(out []Token, w string) []Token {
	const article, servant, god = "ال", "عبد", "الله"
	w = strings.Trim(w, ".'’‘&%")
	if rest, ok := strings.CutPrefix(w, servant); ok && utf8.RuneCountInString(rest) >= 4 && rest != god {
		out = append(out, newToken(servant))
		w = rest
	}
	if rest, ok := strings.CutPrefix(w, article); ok && utf8.RuneCountInString(rest) >= 3 {
		out = append(out, newToken(article))
		w = rest
	}
	if t := newToken(w); t.Text != "" {
		out = append(out, t)
	}
	return out
}

// compoundFamily are the family names of two characters that are still in use.
const compoundFamily = " 欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 夏侯 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 司徒 南宫 南宮 东方 東方 남궁 황보 제갈 사공 선우 독고 "

// koreanFamily lists how the common family names of Korea are written abroad.
var koreanFamily = map[string][]string{
	"이": {"lee", "yi", "i", "ri"}, "리": {"ri", "lee"}, "박": {"park", "bak", "pak"}, "김": {"kim", "gim"}, "최": {"choi", "choe"},
	"정": {"jung", "jeong", "chung", "chong"}, "강": {"kang", "gang"}, "조": {"cho", "jo"}, "윤": {"yoon", "yun"}, "장": {"jang", "chang"},
	"임": {"lim", "im"}, "한": {"han"}, "오": {"oh", "o"}, "서": {"seo", "so"}, "신": {"shin", "sin"}, "권": {"kwon", "gwon"},
	"황": {"hwang"}, "안": {"ahn", "an"}, "송": {"song"}, "류": {"ryu", "yoo"}, "유": {"yoo", "yu"}, "전": {"jeon", "chun"}, "홍": {"hong"},
	"고": {"ko", "go"}, "문": {"moon", "mun"}, "양": {"yang"}, "손": {"son"}, "배": {"bae", "pae"}, "백": {"baek", "paek", "paik"},
	"허": {"hur", "heo", "ho"}, "노": {"roh", "no"}, "남": {"nam"}, "심": {"shim", "sim"}, "구": {"koo", "gu", "ku"}, "우": {"woo", "u"}, "반": {"ban"},
}

func appendFamilyFirst(out []Token, w string) []Token {
	rs := []rune(w)
	n := 1
	if len(rs) > 2 && strings.Contains(compoundFamily, " "+string(rs[:2])+" ") {
		n = 2
	}
	family := newToken(string(rs[:n]))
	if forms := koreanFamily[string(rs[:n])]; forms != nil {
		family.Text = forms[0]
		family.finish()
		for _, f := range forms[1:] {
			family.Alts = append(family.Alts, Fold(f))
		}
	}
	given := newToken(string(rs[n:]))
	if family.Text == "" || given.Text == "" {
		if t := newToken(w); t.Text != "" {
			out = append(out, t)
		}
		return out
	}
	family.Part, given.Part = Family, Given
	return append(out, family, given)
}

// giveRoles tells names proper from what goes with them. A word that would be
// a title or particle is a name proper when nothing else is left.
func giveRoles(ts []Token) {
	named, first := false, true
	for i := range ts {
		t := &ts[i]
		t.Role = roleIn(t, first, named)
		named = named || t.Role == Ordinary
		first = first && t.Role == Honorific
	}
	if named {
		return
	}
	for i := range ts {
		if r := ts[i].Role; r != Initial && r != Suffix {
			ts[i].Role = Ordinary
		}
	}
}

func roleIn(t *Token, first, named bool) Role {
	if len(t.Text) == 1 && t.Script == Latin {
		return Initial
	}
	switch personWords[t.Text] {
	case "particle":
		if t.Text == "ben" && first {
			return Ordinary // Ben begins a name as Benjamin, not as "son of"
		}
		return Particle
	case "prefix":
		t.Text = "abdul"
		t.finish()
		return Prefix
	case "title":
		return Honorific
	case "honorific":
		if !named {
			return Honorific
		}
	case "suffix":
		if named {
			return Suffix
		}
	}
	if t.Script == Arabic {
		return arabicRoles[t.Orig]
	}
	return Ordinary
}

// arabicRoles are the words of Arabic script that join names; the zero Role is Ordinary.
var arabicRoles = map[string]Role{
	"بن": Particle, "ابن": Particle, "بنت": Particle, "ال": Particle, "آل": Particle, "أبو": Particle, "ابو": Particle, "عبد": Prefix,
}

// parseMRZName reads the name field of a machine-readable zone (ICAO 9303-3
// section 4.6): "<<" parts family from given names, "<" parts words, and a name
// that fills the field may have been cut.
func parseMRZName(s string) Name {
	cutShort := len(s) >= 30 && !strings.HasSuffix(s, "<")
	family, given, _ := strings.Cut(Clean(s), "<<")
	clean := func(s string) string { return strings.ReplaceAll(s, "<", " ") }
	n := assemble(tag(personTokens(clean(family)), Family), tag(personTokens(clean(given)), Given))
	n.Cut = cutShort
	return n
}
