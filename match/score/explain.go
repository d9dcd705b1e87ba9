package score

import (
	"embed"
	"fmt"
	"math/bits"
	"strings"

	"clew/match/norm"
)

//go:embed messages/*.tsv
var messageFiles embed.FS

// Sentence is one reason for a score: the key of a message and what fills it.
type Sentence struct {
	Key    string
	Args   []string
	Weight float64 // what it adds to the evidence; 0 for a detail of another sentence
}

// Catalogue holds the sentences of one language.
type Catalogue map[string]string

// Languages lists the languages that have a built-in catalogue.
func Languages() []string { return []string{"en", "fr"} }

// Messages returns the built-in catalogue of a language, or the English one.
func Messages(language string) Catalogue {
	data, err := messageFiles.ReadFile("messages/" + language + ".tsv")
	if err != nil {
		data, _ = messageFiles.ReadFile("messages/en.tsv")
	}
	c := Catalogue{}
	for line := range strings.SplitSeq(string(data), "\n") {
		if key, text, ok := strings.Cut(line, "\t"); ok && line[0] != '#' {
			c[key] = text
		}
	}
	return c
}

// Say returns a sentence in the catalogue's language. A key that the catalogue
// lacks is said as it is.
func (c Catalogue) Say(s Sentence) string {
	text, ok := c[s.Key]
	if !ok {
		return strings.TrimSpace(s.Key + " " + strings.Join(s.Args, " / "))
	}
	for i, a := range s.Args {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), a)
	}
	return text
}

// Join says all sentences, parted by semicolons.
func (c Catalogue) Join(ss []Sentence) string {
	said := make([]string, len(ss))
	for i, s := range ss {
		said[i] = c.Say(s)
	}
	return strings.Join(said, "; ")
}

// Explain compares two records and gives the reasons in the order of their
// classes. It says only what Compare weighed.
func (m *Model) Explain(a, b *Record) (Result, []Sentence) {
	var al alignment
	r := m.compare(a, b, &al)
	var out []Sentence
	for _, it := range r.Evidence() {
		if it.Class == ByName {
			out = append(out, m.explainName(&al, it)...)
			continue
		}
		out = append(out, Sentence{Key: it.Class.String() + "." + it.Level.String(), Args: argsOf(it, a, b), Weight: it.Weight})
	}
	if len(out) == 0 {
		out = []Sentence{{Key: "nothing"}}
	}
	return r, out
}

func argsOf(it Item, a, b *Record) []string {
	switch it.Class {
	case ByBirth:
		return []string{a.Birth.String(), b.Birth.String()}
	case ByCountry:
		if it.Level == Same {
			return []string{shared(a.Countries, b.Countries)}
		}
		return []string{strings.Join(a.Countries, ", "), strings.Join(b.Countries, ", ")}
	case ByPlace:
		return []string{a.Place, b.Place}
	}
	return nil
}

func shared(a, b []string) string {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return x
			}
		}
	}
	return ""
}

// explainName tells how the words of the nearest two names lie on one another.
func (m *Model) explainName(al *alignment, it Item) []Sentence {
	left, right := written(al.a), written(al.b)
	if al.flipped {
		left, right = right, left
	}
	head := Sentence{Key: "name.near", Args: []string{left, right}, Weight: it.Weight}
	switch {
	case al.distance == 0 && left == right:
		head = Sentence{Key: "name.same", Args: []string{left}, Weight: it.Weight}
	case al.distance == 0:
		head.Key = "name.same_words"
	case it.Level == Different:
		head.Key = "name.different"
	}
	out := append([]Sentence{head}, m.differences(al)...)
	if it.Level != Different && al.matched > 0 {
		switch per := float64(al.rarity) / float64(al.matched); {
		case per >= 4.5 && al.matched > 1:
			out = append(out, Sentence{Key: "name.rare"})
		case per < 2.9:
			out = append(out, Sentence{Key: "name.common"})
		}
	}
	return out
}

func written(n *norm.Name) string {
	ws := make([]string, len(n.Tokens))
	for i := range n.Tokens {
		ws[i] = n.Tokens[i].Written()
	}
	return strings.Join(ws, " ")
}

func (m *Model) differences(al *alignment) (out []Sentence) {
	for i := range al.pairs[:al.n] {
		if s := m.pairSentence(al, &al.pairs[i]); s.Key != "" {
			out = append(out, s)
		}
	}
	a, b := bitsOf(al.leftA), bitsOf(al.leftB)
	for len(a) > 0 && len(b) > 0 {
		out = append(out, al.sentence("word.contradicted", uint32(1)<<a[0], uint32(1)<<b[0]))
		a, b = a[1:], b[1:]
	}
	for _, i := range a {
		out = append(out, Sentence{Key: "word.omitted", Args: []string{al.a.Tokens[i].Written()}})
	}
	for _, i := range b {
		out = append(out, Sentence{Key: "word.omitted", Args: []string{al.b.Tokens[i].Written()}})
	}
	if al.a.Kind == norm.Person {
		if m.Name.order(al) > 0 {
			out = append(out, Sentence{Key: "name.swapped"})
		}
		return out
	}
	return append(out, m.legalSentence(al)...)
}

func (m *Model) legalSentence(al *alignment) []Sentence {
	a, b := legalWords(al.a), legalWords(al.b)
	if al.flipped {
		a, b = b, a
	}
	switch m.Name.legalForms(al) {
	case 0:
		return nil
	case m.Name.OmittedLegal:
		if a == "" || b == "" {
			return []Sentence{{Key: "legal.omitted", Args: []string{a + b}}}
		}
		return nil
	}
	return []Sentence{{Key: "legal.different", Args: []string{a, b}}}
}

func legalWords(n *norm.Name) string {
	var out []string
	for i := range n.Tokens {
		if n.Tokens[i].Role == norm.Legal {
			out = append(out, n.Tokens[i].Written())
		}
	}
	return strings.Join(out, " ")
}

func bitsOf(set uint32) (out []int) {
	for ; set != 0; set &= set - 1 {
		out = append(out, bits.TrailingZeros32(set))
	}
	return out
}

// sentence fills a message with two runs of words, in the order of the pair.
func (al *alignment) sentence(key string, a, b uint32) Sentence {
	x, y := run(al.a, a), run(al.b, b)
	if al.flipped {
		x, y = y, x
	}
	return Sentence{Key: key, Args: []string{x, y}}
}

func run(n *norm.Name, set uint32) string {
	var ws []string
	for _, i := range bitsOf(set) {
		ws = append(ws, n.Tokens[i].Written())
	}
	return strings.Join(ws, " ")
}

func (m *Model) pairSentence(al *alignment, p *pairing) Sentence {
	if p.cost == 0 {
		return Sentence{}
	}
	key := ""
	switch p.how {
	case byInitial:
		key = "word.initial"
	case byJoining:
		key = "word.joined"
	case byNumber:
		key = "word.number"
	default:
		key = m.wordKey(&al.a.Tokens[bits.TrailingZeros32(p.a)], &al.b.Tokens[bits.TrailingZeros32(p.b)], p.cost)
	}
	s := al.sentence(key, p.a, p.b)
	if (key == "word.initial" || key == "word.familiar") && len(s.Args[0]) > len(s.Args[1]) {
		s.Args[0], s.Args[1] = s.Args[1], s.Args[0] // the short form is told first
	}
	return s
}

// wordKey says how two words differ.
func (m *Model) wordKey(a, b *norm.Token, cost int) string {
	switch {
	case cost >= m.Name.Agreeing:
		return "word.unlike"
	case a.Script != b.Script:
		return "word.script"
	case a.Fold == b.Fold:
		return "word.sound"
	}
	if kin := m.Name.kin(a, b); kin == cost {
		if kin == m.Name.Familiar && m.Name.kinIsFamiliar(a, b) {
			return "word.familiar"
		}
		return "word.language"
	}
	if Edits(a.Text, b.Text, 100) <= 100 {
		return "word.letter"
	}
	return "word.letters"
}

// plainCosts counts letters, for telling rather than weighing.
var plainCosts = func() *costTable {
	t := newCosts(100, 100)
	for i := range t.leave {
		t.leave[i] = 100
	}
	t.twice, t.turn, t.finalS = 100, 100, 100
	return t
}()

func (w *NameWeights) kinIsFamiliar(a, b *norm.Token) bool {
	for _, g := range a.Groups {
		for _, h := range b.Groups {
			if g == h && norm.FamiliarGroup(g) {
				return true
			}
		}
	}
	return false
}
