package norm

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind is what a name belongs to; it decides how the name is read.
type Kind uint8

// The kinds. The zero Kind is a person.
const (
	Person Kind = iota
	Organisation
	Vessel
	Vehicle
)

// KindOf returns the kind that a schema name stands for (Person, Company,
// Organization, LegalEntity, Vessel, Vehicle, Airplane …), a person when it is
// empty or unknown.
func KindOf(schema string) Kind {
	switch strings.ToLower(strings.TrimSpace(schema)) {
	case "company", "organization", "organisation", "legalentity", "publicbody":
		return Organisation
	case "vessel", "ship", "airplane", "aircraft":
		return Vessel
	case "vehicle":
		return Vehicle
	}
	return Person
}

// Role is the part that a word plays in a name.
type Role uint8

// The roles.
const (
	Ordinary  Role = iota // a name proper
	Initial               // one letter standing for a name
	Particle              // al, bin, van der, de la: may be left out
	Honorific             // Dr, Sheikh: not part of the name
	Suffix                // junior, III
	Number                // a number in an organisation's or a vessel's name
	Generic               // Group, International, MV: says little about which one
	Legal                 // a legal form
	Prefix                // abdul: begins a compound name and is often left out
)

var roleNames = [...]string{"name", "initial", "particle", "honorific", "suffix", "number", "general word", "legal form", "prefix"}

// String returns the role in English.
func (r Role) String() string { return roleNames[min(int(r), len(roleNames)-1)] }

// Part says where a tagged word stood.
type Part uint8

// The parts of a person's name; Untagged when the source does not say.
const (
	Untagged Part = iota
	Given
	Family
)

// Token is one word of a name. It is never changed after it was made and may
// be shared between names.
type Token struct {
	Text   string   // romanised: a-z and 0-9
	Fold   string   // how it sounds, see Fold
	Key    string   // consonant key of Fold
	Orig   string   // as written, cleaned; empty when that is Text
	Alts   []string // Folds of other readings
	Sounds []uint8  // letters of a vowelless script
	Groups []uint16 // familiar forms and other languages' forms share a group
	Sig    uint32   // set of letters in Fold
	Spelt  uint32   // set of letters in Text
	Rarity float32  // log10 of how many people share one bearer: 2 common, 5 rare
	Class  uint16   // legal-form class, or the number itself
	Script Script
	Role   Role
	Part   Part
}

// Written returns the word as a reader knows it.
func (t *Token) Written() string {
	if t.Orig != "" {
		return t.Orig
	}
	return t.Text
}

// Name is a name that was read.
type Name struct {
	Kind   Kind
	Tokens []Token
	Cut    bool // the source shortens names (machine-readable zone): the last word may be incomplete
}

// Empty reports that nothing comparable was read.
func (n *Name) Empty() bool { return len(n.Tokens) == 0 }

// String returns the romanised words.
func (n Name) String() string {
	var b strings.Builder
	for i := range n.Tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n.Tokens[i].Text)
	}
	return b.String()
}

// Parse reads a name of the given kind.
func Parse(kind Kind, s string) Name {
	if kind == Person {
		return ParsePerson(s)
	}
	return parseOrganisation(kind, s)
}

// unlisted is the rarity of a name that the population table does not hold.
const unlisted = 4.7

var population = func() map[string]float32 {
	t := map[string]float32{}
	for _, row := range rows("population") {
		n := 0.0
		for _, c := range row[0] {
			n = n*10 + float64(c-'0')
		}
		for _, name := range strings.Fields(row[1]) {
			f := Fold(name)
			if r := float32(math.Log10(1e5 / n)); t[f] == 0 || r < t[f] {
				t[f] = r
			}
		}
	}
	return t
}()

// rarityOf returns the rarity of a folded word.
func rarityOf(fold string) float32 {
	if r, ok := population[fold]; ok {
		return r
	}
	return unlisted
}

// lately remembers words that were read, since names repeat their words. It
// holds a fixed number of them; what it returns is what makeToken would.
var lately [1 << 15]atomic.Pointer[remembered]

type remembered struct {
	word  string
	token Token
}

// newToken makes a token of a cleaned word of one script.
func newToken(word string) Token {
	h := uint32(2166136261)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint32(word[i])) * 16777619
	}
	slot := &lately[(h^h>>16)%uint32(len(lately))]
	if r := slot.Load(); r != nil && r.word == word {
		return r.token
	}
	r := &remembered{strings.Clone(word), Token{}}
	r.token = makeToken(r.word)
	slot.Store(r)
	return r.token
}

func makeToken(word string) Token {
	text, others := Romanise(word)
	t := Token{Text: text, Script: wordScript(word)}
	if t.Script == Other {
		t.Text = word // no table: comparable with itself only
	}
	if len(t.Text) > maxToken {
		t.Text = cut(t.Text, maxToken)[:maxToken]
	}
	if word != t.Text {
		t.Orig = word
	}
	if t.Script.Vowelless() {
		t.Sounds = sounded(word)
		if len(t.Sounds) > maxToken {
			t.Sounds = t.Sounds[:maxToken]
		}
	}
	for _, o := range others {
		if f := Fold(o[:min(len(o), maxToken)]); f != "" {
			t.Alts = append(t.Alts, f)
		}
	}
	t.Alts = slices.Clip(t.Alts) // shared: whoever adds to it gets a copy
	t.finish()
	return t
}

// finish fills what follows from Text.
func (t *Token) finish() {
	t.Fold = Fold(t.Text)
	if t.Fold == t.Text {
		t.Fold = t.Text // one string in memory
	}
	t.Key = Consonants(t.Fold)
	t.Sig, t.Spelt = Signature(t.Fold), Signature(t.Text)
	t.Rarity = rarityOf(t.Fold)
	t.Groups = nicknames[t.Text]
}

// Restored completes a token of which only what was written and decided is
// known: Text, Orig, Alts, Class, Script, Role and Part. The rest follows.
func Restored(t Token) Token {
	t.finish()
	if t.Script.Vowelless() {
		t.Sounds = sounded(t.Orig)
		t.Sounds = t.Sounds[:min(len(t.Sounds), maxToken)]
	}
	return t
}

// TablesVersion changes whenever a table that names are read by changes, so that
// what was stored can be told to be out of date.
var TablesVersion = sync.OnceValue(func() uint64 {
	h := fnv.New64a()
	entries, err := tableFiles.ReadDir("tables")
	if err != nil {
		panic(err) // the tables are part of the program
	}
	for _, e := range entries {
		data, err := tableFiles.ReadFile("tables/" + e.Name())
		if err != nil {
			panic(err)
		}
		h.Write([]byte(e.Name()))
		h.Write(data)
	}
	return h.Sum64()
})
