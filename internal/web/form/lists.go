package form

import (
	"strings"
	"sync"

	"clew/internal/core"
)

// The lists are built once: they never change while clew runs.
var (
	countryOptions = sync.OnceValue(func() []Option {
		var out []Option
		for _, c := range core.Countries() {
			out = append(out, Option{Value: c.Code, Label: c.Name, Also: strings.Join(c.Aliases, " ")})
		}
		return out
	})
	nationalityOptions = sync.OnceValue(func() []Option {
		var out []Option
		for _, c := range core.Nationalities() {
			out = append(out, Option{Value: c.Code, Label: c.Nationality, Also: c.Name + " " + strings.Join(c.Aliases, " ")})
		}
		return out
	})
	languageOptions = sync.OnceValue(func() []Option {
		var out []Option
		for _, l := range core.Languages() {
			out = append(out, Option{Value: l.Code, Label: l.Name, Also: l.Autonym + " " + strings.Join(l.Aliases, " ")})
		}
		return out
	})
)
