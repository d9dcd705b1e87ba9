package norm

import (
	"strconv"
	"strings"
)

// orgWords are the tables of organisation and vessel names.
type orgWords struct {
	generic, vessel map[string]bool
	same            map[string]string
	number          map[string]int
	legal           map[string]uint16 // by words joined with a space
	legalWords      map[string]bool   // single words of legal forms
	longest         int               // words in the longest legal form
	classes         []string
}

var organisations = readOrgWords()

func readOrgWords() orgWords {
	o := orgWords{generic: map[string]bool{}, vessel: map[string]bool{}, same: map[string]string{}, number: map[string]int{}, legal: map[string]uint16{}, legalWords: map[string]bool{}, classes: []string{""}}
	for _, row := range rows("org_words") {
		switch row[0] {
		case "generic":
			addAll(o.generic, row[1])
		case "vessel":
			addAll(o.vessel, row[1])
		case "same":
			ws := strings.Fields(row[1])
			for _, w := range ws[1:] {
				o.same[keepLatin(w)] = keepLatin(ws[0])
			}
		case "number":
			for pair := range strings.SplitSeq(row[1], "|") {
				word, value, _ := strings.Cut(pair, " ")
				o.number[word], _ = strconv.Atoi(value)
			}
		}
	}
	for i, row := range rows("legal_forms") {
		o.classes = append(o.classes, row[0])
		for form := range strings.SplitSeq(row[1], "|") {
			if _, taken := o.legal[form]; !taken {
				o.legal[form] = uint16(i + 1)
			}
			addAll(o.legalWords, form)
			o.longest = max(o.longest, strings.Count(form, " ")+1)
		}
	}
	return o
}

func addAll(t map[string]bool, words string) {
	for _, w := range strings.Fields(words) {
		t[w] = true
	}
}

// LegalClass returns the name of a legal form's class.
func LegalClass(class uint16) string {
	if int(class) < len(organisations.classes) {
		return organisations.classes[class]
	}
	return ""
}

// parseOrganisation reads the name of an organisation, a vessel or a vehicle.
func parseOrganisation(kind Kind, s string) Name {
	ts := orgTokens(Clean(s))
	n := Name{Kind: kind}
	mendLegalWords(ts)
	for i := 0; i < len(ts) && len(n.Tokens) < MaxTokens; {
		if used, class := legalForm(ts[i:], i > 0); used > 0 {
			t := ts[i]
			for _, more := range ts[i+1 : i+used] {
				t.Text += " " + more.Text
			}
			t.Role, t.Class = Legal, class
			n.Tokens = append(n.Tokens, t)
			i += used
			continue
		}
		used := number(ts[i:], i > 0)
		if used == 0 {
			used = 1
			if ts[i].Role == Ordinary {
				ts[i].Role = orgRole(kind, &ts[i])
			}
		}
		n.Tokens = append(n.Tokens, ts[i])
		i += used
	}
	for i := range n.Tokens {
		if r := n.Tokens[i].Role; r == Ordinary || r == Number && i == 0 {
			return n
		}
	}
	for i := range n.Tokens { // "The Group Ltd": nothing but general words
		if r := n.Tokens[i].Role; r == Generic || r == Legal && len(n.Tokens) == 1 {
			n.Tokens[i].Role = Ordinary
		}
	}
	return n
}

// orgTokens splits a cleaned name. Words in brackets say which branch or where,
// not who, and are general.
func orgTokens(s string) []Token {
	s = strings.ReplaceAll(s, "%", " percent") // 3%ers
	before, rest, bracket := strings.Cut(s, "(")
	inside, after, closed := strings.Cut(rest, ")")
	if !bracket || !closed || !hasLetter(before) {
		return orgWordTokens(s)
	}
	out := orgWordTokens(before)
	for _, t := range orgWordTokens(inside) {
		t.Role = Generic
		out = append(out, t)
	}
	return append(out, orgWordTokens(after)...)
}

// orgWordTokens makes tokens of words; dotted letters are one word (A.B.C.).
func orgWordTokens(s string) []Token {
	var out []Token
	for _, w := range words(s) {
		for _, piece := range orgPieces(w) {
			for _, run := range runs(piece) {
				t := newToken(possessive(run))
				t.Alts = append(t.Alts, placeStem(&t)...)
				if same, ok := organisations.same[t.Text]; ok {
					t.Orig, t.Text = run, same
					t.finish()
				}
				if t.Text != "" && len(out) < 2*MaxTokens {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// possessive cuts the mark of possession: the bank's is the bank.
func possessive(w string) string {
	for _, mark := range []string{"'s", "’s", "‘s", "´s", "`s"} {
		if rest, ok := strings.CutSuffix(w, mark); ok && len(rest) > 1 {
			return rest
		}
	}
	return strings.Trim(w, "'’‘")
}

// placeStem returns the place that a Russian or Ukrainian adjective is made
// of (muromskiy: of Murom), as another reading.
func placeStem(t *Token) []string {
	if t.Script != Cyrillic {
		return nil
	}
	for _, ending := range []string{"skiy", "skaya", "skoe", "skoye", "skyy", "ska", "ske"} {
		if stem, ok := strings.CutSuffix(t.Text, ending); ok && len(stem) > 3 {
			return []string{Fold(stem)}
		}
	}
	return nil
}

// mendLegalWords corrects long words of legal forms that are one letter off
// (joynt stock compan), so that the rest of the form is still recognised.
func mendLegalWords(ts []Token) {
	for i := range ts {
		t := &ts[i]
		if len(t.Text) < 5 || i == 0 || t.Script != Latin || organisations.legalWords[t.Text] {
			continue
		}
		for w := range organisations.legalWords {
			if len(w) >= 5 && w[0] == t.Text[0] && oneLetterOff(w, t.Text) && (len(w) >= 7 || neighbourLegal(ts, i)) {
				t.Orig, t.Text = t.Written(), w
				t.finish()
				break
			}
		}
	}
}

func neighbourLegal(ts []Token, i int) bool {
	return i+1 < len(ts) && organisations.legalWords[ts[i+1].Text] && len(ts[i+1].Text) > 3
}

// oneLetterOff reports whether one letter more, less or other makes a into b.
func oneLetterOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// orgPieces removes the points of a word when every piece is a letter or two
// (A.B.C., S.a.r.l., G.m.b.H.), else parts it there.
func orgPieces(w string) []string {
	if n := leadingDigits(w); n > 0 && len(w)-n > 2 && isPlain(w) && !strings.Contains(w, ".") {
		return []string{w[:n], w[n:]} // 3percenters
	}
	if !strings.Contains(w, ".") {
		return []string{w}
	}
	pieces := strings.FieldsFunc(w, func(r rune) bool { return r == '.' })
	for _, p := range pieces {
		if len([]rune(p)) > 2 {
			return pieces
		}
	}
	return []string{strings.Join(pieces, "")}
}

func leadingDigits(w string) int {
	n := 0
	for n < len(w) && w[n] >= '0' && w[n] <= '9' {
		n++
	}
	return n
}

// legalForm returns how many tokens from the first one make a legal form.
func legalForm(ts []Token, inside bool) (int, uint16) {
	var b strings.Builder
	best, class := 0, uint16(0)
	for n := 1; n <= len(ts) && n <= organisations.longest; n++ {
		if n > 1 {
			b.WriteByte(' ')
		}
		word := ts[n-1].Text
		b.WriteString(word)
		if c, ok := organisations.legal[b.String()]; ok {
			best, class = n, c
		}
	}
	// "Corporation", "Company" and "Fund" inside a name are words of it; at the end
	// they are the form. A two-letter form opens a name only when more follows.
	if best == len(ts) && !inside {
		return 0, 0
	}
	return best, class
}

// number reads a number in figures, in words or in Roman figures, and returns
// how many tokens it took.
func number(ts []Token, inside bool) int {
	t := &ts[0]
	value, used := -1, 1
	if n, err := strconv.Atoi(t.Text); err == nil && n < 1<<16 && n >= 0 {
		value = n
	} else if n, ok := organisations.number[t.Text]; ok {
		value = n
	} else if n := roman(t.Text); inside && n > 0 && t.Script == Latin {
		value = n
	}
	if value < 0 {
		return 0
	}
	if value >= 20 && value%10 == 0 && value < 100 && len(ts) > 1 {
		unit, ok := organisations.number[ts[1].Text]
		if n, err := strconv.Atoi(ts[1].Text); err == nil {
			unit, ok = n, true
		}
		if ok && unit > 0 && unit < 10 && organisations.number[t.Text] == value {
			value, used = value+unit, 2
		}
	}
	t.Role, t.Class = Number, uint16(value)
	t.Orig, t.Text = t.Written(), strconv.Itoa(value)
	t.finish()
	return used
}

// roman reads Roman figures up to 39.
func roman(s string) int {
	value := map[byte]int{'i': 1, 'v': 5, 'x': 10}
	total := 0
	for i := 0; i < len(s); i++ {
		v, ok := value[s[i]]
		if !ok || len(s) > 7 {
			return 0
		}
		if i+1 < len(s) && value[s[i+1]] > v {
			v = -v
		}
		total += v
	}
	return max(total, 0)
}

func orgRole(kind Kind, t *Token) Role {
	switch {
	case kind != Organisation && organisations.vessel[t.Text]:
		return Honorific // MV, SS: a title, not a name
	case t.Text == "the" || t.Text == "and" || t.Text == "of":
		return Particle
	case kind == Organisation && organisations.generic[t.Text]:
		return Generic
	}
	return Ordinary
}
