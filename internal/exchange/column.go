package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"clew/internal/casework"
	"clew/internal/core"
)

type form = casework.ReferralForm

// column is one answer of a referral as a cell of text. A name with "#" is a
// column for each of limit items, counted from 0.
type column struct {
	name    string
	about   string
	example string
	limit   int
	set     func(k *cell, f *form, i int)
	get     func(d *Directory, f *form, i int) string
	count   func(f *form) int // of items; nil for a single answer
}

// cell is a text on its way into a form.
type cell struct {
	name   string
	text   string
	agents *Directory
	faults *[]core.Field
}

func (k *cell) fault(code, msg string) {
	*k.faults = append(*k.faults, core.Field{Name: k.name, Code: code, Msg: msg})
}

// Directory is the agencies by code, as far as a file may name them.
type Directory struct {
	byCode map[string]core.Agency
	byID   map[core.ID]core.Agency
}

// NewDirectory returns the active agencies of the list.
func NewDirectory(agencies []core.Agency) *Directory {
	d := &Directory{byCode: map[string]core.Agency{}, byID: map[core.ID]core.Agency{}}
	for _, a := range agencies {
		if a.Active {
			d.byCode[strings.ToLower(a.Code)] = a
			d.byID[a.ID] = a
		}
	}
	return d
}

// ByCode finds an agency by its code, in any case.
func (d *Directory) ByCode(code string) (core.Agency, bool) {
	a, ok := d.byCode[strings.ToLower(strings.TrimSpace(code))]
	return a, ok
}

// limitText refuses what is longer than any answer may be. The rules of a form
// are checked by casework; this bounds what has no rule there.
func (k *cell) limitText(max int) bool {
	if utf8.RuneCountInString(k.text) <= max {
		return true
	}
	k.fault("text.long", fmt.Sprintf("Use %d characters or fewer.", max))
	return false
}

func words[T ~string](name, about, example string, max int, at func(f *form) *T) column {
	return column{name: name, about: about, example: example,
		set: func(k *cell, f *form, _ int) {
			if k.limitText(max) {
				*at(f) = T(k.text)
			}
		},
		get: func(_ *Directory, f *form, _ int) string { return string(*at(f)) }}
}

func secret(name, about, example string, at func(f *form) *core.Secret) column {
	return words(name, about, example, casework.MaxAccount, at)
}

// short is a choice or a short text that is stored as it is.
func short(name, about, example string, at func(f *form) *string) column {
	return words(name, about, example, casework.MaxShort, at)
}

// read is an answer that has a form of its own: parse returns the code of what is
// wrong, or "".
func read(name, about, example string, parse func(text string, f *form) *core.Error, get func(f *form) string) column {
	return column{name: name, about: about, example: example,
		set: func(k *cell, f *form, _ int) {
			if e := parse(k.text, f); e != nil {
				k.fault(e.Code, e.Msg)
			}
		},
		get: func(_ *Directory, f *form, _ int) string { return get(f) }}
}

var yesWords = map[string]string{"yes": "yes", "y": "yes", "true": "yes", "1": "yes", "no": "no", "n": "no", "false": "no", "0": "no"}

// choice is a code; "Yes", "TRUE" and the like are understood.
func choice(name, about, example string, at func(f *form) *string) column {
	return read(name, about, example, func(text string, f *form) *core.Error { return parseCode(text, at(f)) },
		func(f *form) string { return *at(f) })
}

func parseCode(text string, at *string) *core.Error {
	if *at = codeOf(text); utf8.RuneCountInString(*at) > casework.MaxShort {
		*at = ""
		return core.E(core.Invalid, "choice.unknown", "Write one of the codes that the template explains.")
	}
	return nil
}

// codeOf is a code as people type it: in any case, with spaces for underscores.
func codeOf(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if yes, ok := yesWords[text]; ok {
		return yes
	}
	return strings.ReplaceAll(text, " ", "_")
}

func flag(name, about string, at func(f *form) *bool) column {
	return read(name, about, "yes", func(text string, f *form) *core.Error {
		switch codeOf(text) {
		case "yes":
			*at(f) = true
		case "no":
			*at(f) = false
		default:
			return core.E(core.Invalid, "choice.unknown", "Write yes or no.")
		}
		return nil
	}, func(f *form) string {
		if *at(f) {
			return "yes"
		}
		return ""
	})
}

func parsePartial(text string, at *core.PartialDate) *core.Error {
	d, err := core.ParsePartialDate(text)
	if err != nil {
		return asError(err)
	}
	*at = d
	return nil
}

func asError(err error) *core.Error {
	var e *core.Error
	if errors.As(err, &e) {
		return e
	}
	return core.E(core.Invalid, "text.unreadable", "This could not be read.")
}

func partial(name, about, example string, at func(f *form) *core.PartialDate) column {
	return read(name, about, example, func(text string, f *form) *core.Error { return parsePartial(text, at(f)) },
		func(f *form) string { return at(f).ISO() })
}

func day(name, about, example string, at func(f *form) *core.Date) column {
	return read(name, about, example, func(text string, f *form) *core.Error {
		d, err := core.ParseDate(text)
		if err != nil {
			return core.E(core.Invalid, "date.unreadable", "Write the day as YYYY-MM-DD.")
		}
		*at(f) = d
		return nil
	}, func(f *form) string { return at(f).String() })
}

func parseCountry(text string, at *string) *core.Error {
	c, ok := core.FindCountry(text)
	if !ok {
		return core.E(core.Invalid, "country.unknown", "Write a country as ISO 3166 has it (VNM), or its name. For a nationality that is not known, XXX.")
	}
	*at = c.Code
	return nil
}

func country(name, about, example string, at func(f *form) *string) column {
	return read(name, about, example, func(text string, f *form) *core.Error { return parseCountry(text, at(f)) },
		func(f *form) string { return *at(f) })
}

func language(name, about, example string, at func(f *form) *string) column {
	return read(name, about, example, func(text string, f *form) *core.Error {
		l, ok := core.FindLanguage(text)
		if !ok {
			return core.E(core.Invalid, "language.unknown", "Write a language as ISO 639 has it (vie), or its name.")
		}
		*at(f) = l.Code
		return nil
	}, func(f *form) string { return *at(f) })
}

// listMax is how many items a list in one cell may have.
const listMax = 200

// list is several items in one cell, with ";" between them.
func list[T ~string](name, about, example string, clean func(string) string, at func(f *form) *[]T) column {
	return column{name: name, about: about + " Several: with ; between them.", example: example,
		set: func(k *cell, f *form, _ int) {
			if !k.limitText(casework.MaxAccount) {
				return
			}
			var items []T
			for _, item := range splitList(k.text) {
				if item = clean(item); item != "" && !slices.Contains(items, T(item)) && len(items) <= listMax {
					items = append(items, T(item))
				}
				if utf8.RuneCountInString(item) > casework.MaxLine {
					k.fault("text.long", fmt.Sprintf("Use %d characters or fewer for each item.", casework.MaxLine))
					return
				}
			}
			if len(items) > listMax {
				k.fault("list.long", fmt.Sprintf("Use %d items or fewer.", listMax))
				return
			}
			*at(f) = items
		},
		get: func(_ *Directory, f *form, _ int) string { return joinList(*at(f)) }}
}

func codes(name, about, example string, at func(f *form) *[]string) column {
	return list(name, about, example, codeOf, at)
}

func secrets(name, about, example string, at func(f *form) *[]core.Secret) column {
	return list(name, about, example, strings.TrimSpace, at)
}

// splitList separates the items of a cell; "\;" and "\\" stand for themselves.
func splitList(text string) []string {
	if !strings.Contains(text, `\`) {
		return strings.Split(text, ";")
	}
	var items []string
	var item strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == ';' || text[i+1] == '\\'):
			i++
			item.WriteByte(text[i])
		case text[i] == ';':
			items = append(items, item.String())
			item.Reset()
		default:
			item.WriteByte(text[i])
		}
	}
	return append(items, item.String())
}

var listEscape = strings.NewReplacer(`\`, `\\`, `;`, `\;`)

func joinList[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = listEscape.Replace(string(item))
	}
	return strings.Join(texts, ";")
}

// items makes the columns of a repeated part from those of one item: sub is
// given where the item is.
func items[T any](name string, limit int, at func(f *form) *[]T, subs []sub[T]) []column {
	var out []column
	for _, s := range subs {
		out = append(out, column{name: name + ".#." + s.name, about: s.about, example: s.example, limit: limit,
			set: func(k *cell, f *form, i int) {
				part := at(f)
				for len(*part) <= i {
					*part = append(*part, *new(T))
				}
				if e := s.set(&(*part)[i], k.text); e != nil {
					k.fault(e.Code, e.Msg)
				}
			},
			get: func(_ *Directory, f *form, i int) string {
				if part := *at(f); i < len(part) {
					return s.get(&part[i])
				}
				return ""
			},
			count: func(f *form) int { return len(*at(f)) }})
	}
	return out
}

// sub is one answer of a repeated item.
type sub[T any] struct {
	name, about, example string
	set                  func(item *T, text string) *core.Error
	get                  func(item *T) string
}

func subWords[T any, S ~string](name, about, example string, max int, at func(item *T) *S) sub[T] {
	return sub[T]{name, about, example, func(item *T, text string) *core.Error {
		if utf8.RuneCountInString(text) > max {
			return core.E(core.Invalid, "text.long", fmt.Sprintf("Use %d characters or fewer.", max))
		}
		*at(item) = S(text)
		return nil
	}, func(item *T) string { return string(*at(item)) }}
}

func subCode[T any](name, about, example string, at func(item *T) *string) sub[T] {
	return sub[T]{name, about, example, func(item *T, text string) *core.Error { return parseCode(text, at(item)) },
		func(item *T) string { return *at(item) }}
}

func subPartial[T any](name, about, example string, at func(item *T) *core.PartialDate) sub[T] {
	return sub[T]{name, about, example, func(item *T, text string) *core.Error { return parsePartial(text, at(item)) },
		func(item *T) string { return at(item).ISO() }}
}

func subCountry[T any](name, about, example string, at func(item *T) *string) sub[T] {
	return sub[T]{name, about, example, func(item *T, text string) *core.Error { return parseCountry(text, at(item)) },
		func(item *T) string { return *at(item) }}
}

// place is a column and which of its items a header names.
type place struct {
	*column
	index int
	name  string
}

// findColumn reads a column's name, in any case.
func findColumn(name string) (place, bool) {
	name = strings.TrimSpace(name)
	if rest, ok := cutPrefixFold(name, notePrefix); ok && rest != "" && len(rest) <= 40 {
		return place{noteColumn(strings.ToUpper(rest)), 0, notePrefix + strings.ToUpper(rest)}, true
	}
	key, index, numbered := patternOf(strings.ToLower(name))
	c, ok := columnsByName[key]
	if !ok || numbered && index >= c.limit {
		return place{}, false
	}
	return place{c, index, strings.Replace(c.name, "#", strconv.Itoa(index), 1)}, true
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// patternOf replaces the number in "identity.names.0.given" by "#".
func patternOf(name string) (pattern string, index int, numbered bool) {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil && len(p) <= 3 && n >= 0 {
			parts[i] = "#"
			return strings.Join(parts, "."), n, true
		}
	}
	return name, 0, false
}

// set puts a text into the form; empty text leaves it alone.
func (p place) put(f *form, text string, d *Directory, faults *[]core.Field) {
	if text == "" {
		return
	}
	p.set(&cell{p.name, text, d, faults}, f, p.index)
}
