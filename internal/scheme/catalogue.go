package scheme

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Weight is how much an indicator says by itself.
type Weight string

// The weights.
const (
	Strong Weight = "strong"
	Medium Weight = "medium"
	Weak   Weight = "weak"
)

// Element is a part of the definition of trafficking (Palermo Protocol art. 3).
type Element string

// The elements. For a child, means is not required.
const (
	Act     Element = "act"
	Means   Element = "means"
	Purpose Element = "purpose"
)

// Indicator is an observable sign.
type Indicator struct {
	Code         string // "GEN-01"
	Category     string // the code of a Category
	Label        string // in plain language
	Prompt       string // what to look for
	Weight       Weight
	Elements     []Element
	Adult, Child bool // to whom it applies
}

// Category is a heading of the catalogue.
type Category struct{ Code, Label string }

// Catalogue is a version of the coded indicators. It does not change once loaded.
type Catalogue struct {
	ID, Version, Name, Source string

	categories []Category
	indicators []Indicator
	byCode     map[string]int
	words      []indexedWord // sorted by word
}

// indexedWord is a word of an indicator's text and where it stands.
type indexedWord struct {
	word  string
	at    int
	label bool
}

// Indicators returns every indicator in the catalogue's order.
func (c *Catalogue) Indicators() []Indicator { return slices.Clone(c.indicators) }

// Categories returns the headings in the catalogue's order.
func (c *Catalogue) Categories() []Category { return slices.Clone(c.categories) }

// In returns the indicators of a category.
func (c *Catalogue) In(category string) []Indicator {
	return slices.DeleteFunc(c.Indicators(), func(i Indicator) bool { return i.Category != category })
}

// ByCode returns the indicator with the code.
func (c *Catalogue) ByCode(code string) (Indicator, bool) {
	i, ok := c.byCode[code]
	if !ok {
		return Indicator{}, false
	}
	return c.indicators[i], true
}

// maxQuery bounds what Search reads of a query.
const maxQuery = 200

// Search returns the indicators that have, for every word of the query, a word
// that begins with it in their code, label or prompt. Those found by code or label come
// before those found by their prompt only. An empty query finds nothing.
func (c *Catalogue) Search(query string) []Indicator {
	if len(query) > maxQuery {
		query = query[:maxQuery]
	}
	terms := wordsOf(query)
	if len(terms) == 0 {
		return nil
	}
	scores := make([]int, len(c.indicators)) // 0: not found so far; else 1 + words found in labels
	for n, term := range terms {
		c.score(term, n, scores)
	}
	var found []int
	for i, s := range scores {
		if s > 0 {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	out := make([]Indicator, len(found))
	for i, at := range found {
		out[i] = c.indicators[at]
	}
	return out
}

// score keeps in scores what the n-th term finds as well.
func (c *Catalogue) score(term string, n int, scores []int) {
	hits := make([]int, len(scores))
	start, _ := slices.BinarySearchFunc(c.words, term, func(w indexedWord, t string) int { return strings.Compare(w.word, t) })
	for _, w := range c.words[start:] {
		if !strings.HasPrefix(w.word, term) {
			break
		}
		hit := 1
		if w.label {
			hit = 2
		}
		hits[w.at] = max(hits[w.at], hit)
	}
	for i, hit := range hits {
		switch {
		case hit == 0 || n > 0 && scores[i] == 0:
			scores[i] = 0
		default:
			scores[i] = max(scores[i], 1) + hit - 1
		}
	}
}

// wordsOf cuts text into words of small letters and digits.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// index prepares the look-ups.
func (c *Catalogue) index() {
	c.byCode = map[string]int{}
	for i, ind := range c.indicators {
		c.byCode[ind.Code] = i
		for _, w := range append(wordsOf(ind.Code), wordsOf(ind.Label)...) {
			c.words = append(c.words, indexedWord{w, i, true})
		}
		for _, w := range wordsOf(ind.Prompt) {
			c.words = append(c.words, indexedWord{w, i, false})
		}
	}
	slices.SortFunc(c.words, func(a, b indexedWord) int { return cmp.Or(strings.Compare(a.word, b.word), cmp.Compare(a.at, b.at)) })
}

var indicatorCode = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2,3}$`)

// readCatalogue reads a catalogue file.
func readCatalogue(m *mapping) (*Catalogue, node) {
	at := m.need("id")
	c := &Catalogue{ID: at.code(), Version: m.need("version").version(), Name: m.need("name").needText(), Source: m.need("source").needText()}
	list, _ := coded(m.need("categories"), func(m *mapping, code string) Category {
		return Category{code, m.need("label").needText()}
	})
	c.categories = list
	seen := map[string]bool{}
	for _, item := range m.need("indicators").items() {
		im := item.mapping()
		place := im.need("code")
		ind := c.readIndicator(im, place)
		if seen[ind.Code] {
			place.failf("the code %q is given twice", ind.Code)
		}
		seen[ind.Code] = true
		c.indicators = append(c.indicators, ind)
		im.done()
	}
	m.done()
	c.index()
	return c, at
}

// readIndicator reads one indicator.
func (c *Catalogue) readIndicator(m *mapping, code node) Indicator {
	ind := Indicator{Code: code.text(), Label: m.need("label").needText(), Prompt: m.need("prompt").needText()}
	if !code.absent() && !indicatorCode.MatchString(ind.Code) {
		code.failf("an indicator's code is like GEN-01")
	}
	category := m.need("category")
	ind.Category = category.text()
	if !slices.ContainsFunc(c.categories, func(k Category) bool { return k.Code == ind.Category }) {
		category.failf("there is no category %q", ind.Category)
	}
	ind.Weight = Weight(m.need("weight").oneOf(string(Strong), string(Medium), string(Weak)))
	elements := m.need("elements")
	for _, item := range elements.items() {
		ind.Elements = append(ind.Elements, Element(item.oneOf(string(Act), string(Means), string(Purpose))))
	}
	if len(ind.Elements) == 0 {
		elements.failf("an indicator bears on one element at least")
	}
	who := m.need("applies").oneOf("adult", "child", "both")
	ind.Adult, ind.Child = who != "child", who != "adult"
	return ind
}
