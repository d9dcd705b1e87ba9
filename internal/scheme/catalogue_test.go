package scheme

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func catalogue(t interface{ Fatal(...any) }) *Catalogue {
	uk, err := registry().Scheme("uk")
	if err != nil {
		t.Fatal(err)
	}
	return uk.Catalogue()
}

func TestCatalogueCoversEveryCategory(t *testing.T) {
	c := catalogue(t)
	if n := len(c.Indicators()); n < 60 {
		t.Errorf("%d indicators, want 60 at least", n)
	}
	var codes []string
	for _, k := range c.Categories() {
		codes = append(codes, k.Code)
		if len(c.In(k.Code)) < 5 || k.Label == "" {
			t.Errorf("%s has %d indicators", k.Code, len(c.In(k.Code)))
		}
	}
	want := []string{"general", "child", "sexual_exploitation", "forced_labour", "domestic_servitude", "criminal_exploitation", "organ_removal"}
	if !slices.Equal(codes, want) {
		t.Errorf("categories %v, want %v", codes, want)
	}
}

func TestIndicatorsAreDistinctAndPlain(t *testing.T) {
	labels := map[string]string{}
	weights, elements := map[Weight]int{}, map[Element]int{}
	for _, ind := range catalogue(t).Indicators() {
		if other := labels[ind.Label]; other != "" {
			t.Errorf("%s and %s have one label", other, ind.Code)
		}
		labels[ind.Label] = ind.Code
		if len(ind.Label) > 80 || len(ind.Prompt) < 20 || strings.HasSuffix(ind.Label, ".") {
			t.Errorf("%s: label of %d letters, prompt of %d", ind.Code, len(ind.Label), len(ind.Prompt))
		}
		if ind.Category == "child" && (ind.Adult || !ind.Child) {
			t.Errorf("%s is for children and applies to adults", ind.Code)
		}
		weights[ind.Weight]++
		for _, e := range ind.Elements {
			elements[e]++
		}
	}
	if len(weights) != 3 || len(elements) != 3 {
		t.Errorf("weights %v, elements %v", weights, elements)
	}
}

func TestSearchFindsByTheBeginningsOfWords(t *testing.T) {
	c := catalogue(t)
	for query, want := range map[string]string{
		"passport": "GEN-03", "PASSP": "GEN-03", "debt": "GEN-06", "gen-06": "GEN-06", "ritual": "GEN-25", "goes miss": "CHI-03",
		"plants drugs": "CRI-01", "scar belly": "ORG-02", "minibus": "LAB-08",
	} {
		found := c.Search(query)
		if !slices.ContainsFunc(found, func(i Indicator) bool { return i.Code == want }) {
			t.Errorf("Search(%q) finds %d, not %s", query, len(found), want)
		}
	}
	if first := c.Search("wages")[0]; !strings.Contains(strings.ToLower(first.Label), "wages") {
		t.Errorf("the first found for wages is %q: labels come before prompts", first.Label)
	}
	for _, query := range []string{"", " - ", "zzz", "passport zzz", "zzz passport", "ssport"} {
		if found := c.Search(query); len(found) != 0 {
			t.Errorf("Search(%q) finds %d", query, len(found))
		}
	}
}

// What Search promises, written a second time in the plainest way.
func TestSearchEqualsAPlainScan(t *testing.T) {
	c := catalogue(t)
	var vocabulary []string
	for _, ind := range c.Indicators() {
		vocabulary = append(vocabulary, wordsOf(ind.Label+" "+ind.Prompt)...)
	}
	rapid.Check(t, func(t *rapid.T) {
		var terms []string
		for range rapid.IntRange(1, 3).Draw(t, "terms") {
			w := []rune(rapid.SampledFrom(vocabulary).Draw(t, "word"))
			terms = append(terms, string(w[:rapid.IntRange(1, len(w)).Draw(t, "letters")]))
		}
		var want []string
		for _, ind := range c.Indicators() {
			words := wordsOf(ind.Code + " " + ind.Label + " " + ind.Prompt)
			all := true
			for _, term := range terms {
				all = all && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, term) })
			}
			if all {
				want = append(want, ind.Code)
			}
		}
		var got []string
		for _, ind := range c.Search(strings.Join(terms, " ")) {
			got = append(got, ind.Code)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("Search(%q)\ngot  %v\nwant %v", terms, got, want)
		}
	})
}

func TestByCode(t *testing.T) {
	c := catalogue(t)
	if ind, ok := c.ByCode("GEN-03"); !ok || ind.Category != "general" || ind.Weight != Strong {
		t.Errorf("%+v, %v", ind, ok)
	}
	if _, ok := c.ByCode("GEN-99"); ok {
		t.Error("a made-up code was found")
	}
	c.Indicators()[0].Label = "changed"
	if c.Indicators()[0].Label == "changed" {
		t.Error("a caller can change the catalogue")
	}
}

func BenchmarkSearch(b *testing.B) {
	c := catalogue(b)
	for b.Loop() {
		c.Search("threat famil")
	}
}
