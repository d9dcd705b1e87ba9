package safecontact

import (
	"slices"
	"strings"
	"unicode"

	"clew/internal/core"

	"golang.org/x/text/unicode/norm"
)

// words splits a text into words in small letters without accents.
func words(text string) []string {
	decomposed := norm.NFKD.String(strings.ToLower(text))
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
	return strings.FieldsFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// contains reports whether the words of part stand in the text one after the
// other.
func contains(text, part []string) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		if slices.Equal(text[i:i+len(part)], part) {
			return true
		}
	}
	return len(part) == 0
}

// empty are words that carry no matter of their own: "never say that it is about
// the police" forbids police, not about. A word that is missing here only makes the
// check stricter.
var empty = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`a an the and or nor but if of to in on at by for from with without as is are was were be been being it its this that
		these those there here he she they them him her his their my our your you we us i me who whom which what when where why how not no never
		do does did don t s any anything anybody anyone anywhere something somebody someone nothing nobody about mention mentions say says said
		saying speak talk tell tells ask asks leave left write send call called calling message messages text word words please only also ever
		must should would could can will may might has have had us we're its name names`) {
		set[w] = true
	}
	return set
}()

// Unsafe returns the words of a text that must never be said or left, in their
// order and each once: every word of matter that the person named. It is stricter
// than they may have meant, because the mend is a word and the harm is not.
func (t Terms) Unsafe(text core.Secret) []core.Secret {
	banned := map[string]bool{}
	for _, w := range words(t.NeverSay.Reveal()) {
		if !empty[w] {
			banned[stem(w)] = true
		}
	}
	var found []core.Secret
	seen := map[string]bool{}
	for _, w := range words(text.Reveal()) {
		if s := stem(w); banned[s] && !seen[s] {
			seen[s] = true
			found = append(found, core.Secret(w))
		}
	}
	return found
}

// stem takes the commonest English endings off, so that "shelters" is "shelter".
// Other languages are compared as they are written.
func stem(w string) string {
	for _, ending := range []string{"ing", "ers", "er", "ed", "es", "s"} {
		if left, ok := strings.CutSuffix(w, ending); ok && len(left) >= 4 {
			return left
		}
	}
	return w
}
