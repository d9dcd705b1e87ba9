package wording

import (
	"cmp"
	"strconv"
	"strings"

	"clew/internal/core"

	"golang.org/x/text/feature/plural"
	textlanguage "golang.org/x/text/language"
)

// English is the language that every kind has, and that every letter comes with.
const English = "en"

// Language is how one language of the templates writes dates and numbers, and
// what it calls the choices of coded lists.
type Language struct {
	core.Language
	date   string
	months []string
	counts map[string]map[string]string // "days" → plural form → "{n} days"
	labels map[string]string
	also   []string // other languages (ISO 639-3) whose readers are given this one
	script string   // the tag of a lang attribute, where the code alone does not tell the script: "zh-Hans"
	text   string   // of its file, for digests
}

// pluralForms are the names of CLDR's plural categories.
var pluralForms = map[string]plural.Form{"other": plural.Other, "zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many}

var countNames = []string{"days", "working_days", "months", "years"}

// parseLanguage reads a language.txt: lines of "key: value".
func parseLanguage(file, tag, text string, ps *Problems) *Language {
	known, _ := byTag(tag)
	l := &Language{Language: known, counts: map[string]map[string]string{}, labels: map[string]string{}, text: text}
	if !readable(file, text, ps) {
		return l
	}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok || value == "" {
			ps.add(file, i+1, "a line is written key: value")
			continue
		}
		l.set(file, i+1, key, value, ps)
	}
	l.check(file, ps)
	return l
}

func (l *Language) set(file string, no int, key, value string, ps *Problems) {
	label, isLabel := strings.CutPrefix(key, "label ")
	switch {
	case isLabel:
		l.labels[strings.TrimSpace(label)] = value
	case key == "date":
		l.date = value
	case key == "also":
		l.also = strings.Fields(value)
	case key == "script":
		l.script = value
	case key == "month_names":
		l.months = fieldsOn(value, "|")
	case contains(countNames, key):
		l.counts[key] = forms(file, no, value, ps)
	default:
		ps.add(file, no, "unknown key %q: there are date, month_names, %s, also, script and label", clip(key), strings.Join(countNames, ", "))
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func fieldsOn(s, sep string) []string {
	parts := strings.Split(s, sep)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// forms reads "one={n} day | other={n} days".
func forms(file string, no int, value string, ps *Problems) map[string]string {
	out := map[string]string{}
	for _, part := range fieldsOn(value, "|") {
		name, words, ok := strings.Cut(part, "=")
		if _, known := pluralForms[name]; !ok || !known || words == "" {
			ps.add(file, no, "a counting form is written one={n} day: zero, one, two, few, many, other")
			continue
		}
		out[name] = words
	}
	if !strings.Contains(out["other"], "{n}") {
		ps.add(file, no, "the form other must be there and hold {n}")
	}
	return out
}

func (l *Language) check(file string, ps *Problems) {
	for _, hole := range []string{"{day}", "{month}", "{year}"} {
		if !strings.Contains(l.date, hole) {
			ps.add(file, 0, "date must hold %s", hole)
		}
	}
	if len(l.months) != 12 {
		ps.add(file, 0, "month_names must be twelve, parted by |; there are %d", len(l.months))
	}
	for _, name := range countNames {
		if l.counts[name] == nil {
			ps.add(file, 0, "%s is missing", name)
		}
	}
}

// byTag finds a language by the shortest code.
func byTag(tag string) (core.Language, bool) {
	for _, l := range core.Languages() {
		if l.Tag() == tag {
			return l, true
		}
	}
	return core.Language{}, false
}

// Written returns the BCP 47 tag of what is written, for a lang attribute.
func (l *Language) Written() string { return cmp.Or(l.script, l.Tag()) }

// Date writes a day out.
func (l *Language) Date(d core.Date) string {
	return strings.NewReplacer("{day}", strconv.Itoa(d.Day), "{month}", l.months[d.Month-1], "{year}", strconv.Itoa(d.Year)).Replace(l.date)
}

// Count writes a number with what is counted, in the form the number asks for.
func (l *Language) Count(what string, n int) string {
	form := plural.Cardinal.MatchPlural(textlanguage.Make(l.Tag()), n, 0, 0, 0, 0)
	words := l.counts[what]["other"]
	for name, f := range pluralForms {
		if text, ok := l.counts[what][name]; ok && f == form {
			words = text
		}
	}
	return strings.ReplaceAll(words, "{n}", strconv.Itoa(n))
}

// Label is what the language calls a choice of a coded list.
func (l *Language) Label(key string) (string, bool) {
	words, ok := l.labels[key]
	return words, ok
}
