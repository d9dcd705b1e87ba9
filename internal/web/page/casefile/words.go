package casefile

import (
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
)

// answers are the words of the short codes that have no list in the scheme.
var answers = map[string]string{
	"yes": "Yes", "no": "No", "unknown": "Not known", "later": "Later", "both": "Both", "domestic": "In this country", "overseas": "In another country",
	"adult": "As an adult", "child": "As a child", "safe": "Somewhere safe", "still_there": "Still where they were exploited", "detained": "Detained",
	"only_through": "Only through somebody else", "call": "Call", "text": "Text message", "email": "E-mail", "post": "Post", "worker": "Through a worker",
	"me": "The first responder", "colleague": "A colleague", "person": "The person", "third_party": "Somebody else",
}

func answer(code string) string {
	if words, ok := answers[code]; ok {
		return words
	}
	return code
}

func answersOf(list []string) []string {
	out := make([]string, len(list))
	for i, code := range list {
		out[i] = answer(code)
	}
	return out
}

// label is a coded choice in words; a code the list no longer has stays as it is.
func label(list []scheme.Code, code string) string {
	if c, ok := scheme.ByCode(list, code); ok {
		return c.Label
	}
	return code
}

func labels(list []scheme.Code, chosen []string) []string {
	out := make([]string, len(chosen))
	for i, code := range chosen {
		out[i] = label(list, code)
	}
	return out
}

func exploitation(f *casework.File, chosen []string) []string {
	out := make([]string, len(chosen))
	for i, code := range chosen {
		out[i] = code
		if t, ok := f.Rules.ExploitationType(code); ok {
			out[i] = t.Label
		}
	}
	return out
}

func indicatorLabel(f *casework.File, code string) string {
	if ind, ok := f.Catalogue.ByCode(code); ok {
		return ind.Label
	}
	return code
}

func nationality(code string) string {
	if c, ok := core.CountryByCode(code); ok {
		return c.Nationality
	}
	return code
}

func country(code string) string {
	if c, ok := core.CountryByCode(code); ok {
		return c.Name
	}
	return code
}

func language(code string) string {
	if l, ok := core.LanguageByCode(code); ok {
		return l.Name
	}
	return code
}

func gender(code string) string {
	if code == "" {
		return ""
	}
	return core.Gender(code).Label()
}

// reason is a coded reason for a pause or an end, in words.
func reason(f *casework.File, code string) string {
	all := slices.Concat(f.Rules.SuspendReasons, f.Rules.WithdrawReasons, f.Rules.CloseReasons)
	return label(all, code)
}

// consentWords name what a consent is for.
var consentWords = map[string]string{casework.ConsentReferral: "Referral and support", casework.ConsentPolice: "Sharing with a police investigation"}

// OutcomeWords says how a decision came out.
func OutcomeWords(d *casework.Decision) string {
	positive := d.InForce() == casework.Positive
	switch {
	case d.Kind == casework.EndOfRecovery && positive:
		return "The period goes on"
	case d.Kind == casework.EndOfRecovery:
		return "Ends early"
	case positive:
		return "Positive"
	}
	return "Negative"
}
