package letters

import (
	"encoding/json"
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/letters/wording"
	"clew/internal/scheme"
)

// Scribe puts the facts of a decision into words. It is casework's port.
type Scribe struct{ shelf *wording.Shelf }

// NewScribe returns a scribe who writes by the templates of the shelf.
func NewScribe(shelf *wording.Shelf) Scribe { return Scribe{shelf} }

// WriteLetter implements casework.Scribe.
func (s Scribe) WriteLetter(f casework.LetterFacts) (casework.WrittenLetter, error) {
	texts := s.compose(f)
	w := casework.WrittenLetter{Kind: string(texts[0].Kind), Language: texts[0].Language}
	for _, t := range texts {
		w.Texts = append(w.Texts, t.Template.Path+"@"+t.Template.Version+"#"+t.Template.Digest)
	}
	var err error
	w.Content, err = json.Marshal(texts)
	return w, err
}

// compose merges the person's own language, where there are templates in it, and
// English.
func (s Scribe) compose(f casework.LetterFacts) []wording.Document {
	kind, values := kindOf(f), valuesOf(f)
	return s.merge(kind, f.Rules.Scheme, f.Language, values)
}

func (s Scribe) merge(kind wording.Kind, schemeID, language string, values wording.Values) []wording.Document {
	var texts []wording.Document
	if lang, ok := s.shelf.LanguageOf(language); ok && lang.Tag() != wording.English {
		if t, ok := s.shelf.Template(kind, schemeID, lang.Tag()); ok {
			texts = append(texts, t.Merge(schemeID, values))
		}
	}
	t, _ := s.shelf.Template(kind, schemeID, wording.English) // Load demands it
	return append(texts, t.Merge(schemeID, values))
}

// kindOf is which letter a decision has.
func kindOf(f casework.LetterFacts) wording.Kind {
	kinds := map[casework.DecisionKind][2]wording.Kind{
		casework.ReasonableGrounds: {wording.RGPositive, wording.RGNegative},
		casework.ConclusiveGrounds: {wording.CGPositive, wording.CGNegative},
		casework.Reconsidered:      {wording.ReconsiderationPositive, wording.ReconsiderationNegative},
		casework.EndOfRecovery:     {wording.RecoveryGoesOn, wording.RecoveryEnded},
	}
	if f.Outcome == casework.Positive {
		return kinds[f.Kind][0]
	}
	return kinds[f.Kind][1]
}

// valuesOf are the values of a letter. A field that its kind does not have is
// never asked for.
func valuesOf(f casework.LetterFacts) wording.Values {
	r := f.Rules
	v := wording.Values{
		"reference": {Words: core.Secret(f.Reference)}, "date": {Date: f.Day}, "authority": {Words: core.Secret(f.Authority)}, "recipient": {Words: f.Recipient},
		"help_never_depends": {Set: r.HelpWithoutTestimony.Value},
		"recovery_days":      {Count: r.Recovery.Value}, "recovery_until": {Date: f.Day.AddDays(r.Recovery.Value)},
		"waits_for_recovery": {Set: r.CG.NegativeNotBeforeRecoveryEnds.Value},
		"reconsider_days":    {Count: r.ReconsiderationWindow.Value}, "reconsider_until": {Date: f.Day.AddDays(r.ReconsiderationWindow.Value)},
		"permit_grounds": {Items: labelled("permit", r.Permit.Grounds)},
		"about_rg":       {Set: f.About == casework.ReasonableGrounds}, "about_cg": {Set: f.About == casework.ConclusiveGrounds},
		"ground":  {Items: labelled("end_early", []scheme.Code{f.Ground})},
		"sources": sources(r, sourcesOf[kindOf(f)]),
	}
	words := f.Words
	if f.Overturned {
		// What the caseworker wrote was for the other outcome.
		words = casework.Reasons{Reasons: f.Words.Review}
	}
	v["reasons"] = wording.Value{Words: words.Reasons}
	if f.Overturned && slices.Contains([]casework.Finding{f.Act, f.Means, f.Purpose}, casework.NotFound) {
		return v // overturned before findings were asked of the second reviewer
	}
	v["findings"] = wording.Value{Set: true}
	v["act"], v["act_words"] = finding(f.Act), wording.Value{Words: words.Act}
	v["means"], v["means_words"] = finding(f.Means), wording.Value{Words: words.Means}
	v["purpose"], v["purpose_words"] = finding(f.Purpose), wording.Value{Words: words.Purpose}
	v["relied_on"] = reliedOn(f)
	return v
}

func finding(f casework.Finding) wording.Value {
	return wording.Value{Items: []wording.Choice{{Key: "finding." + string(f), Words: core.Secret(f)}}}
}

func reliedOn(f casework.LetterFacts) wording.Value {
	var v wording.Value
	for _, sign := range f.Signs {
		v.Items = append(v.Items, wording.Choice{Words: core.Secret(sign)})
	}
	for _, doc := range f.Documents {
		v.Items = append(v.Items, wording.Choice{Words: doc})
	}
	return v
}

// labelled are choices of a coded list under the keys of the languages' labels.
func labelled(prefix string, codes []scheme.Code) []wording.Choice {
	var out []wording.Choice
	for _, c := range codes {
		if c.Code != "" {
			out = append(out, wording.Choice{Key: prefix + "." + c.Code, Words: core.Secret(c.Label)})
		}
	}
	return out
}

// sourcesOf are the rules that each kind of letter relies on.
var sourcesOf = map[wording.Kind][]string{
	wording.RGPositive:              {"rg_standard", "recovery", "non_removal_states", "cg_negative_waits_for_recovery", "help_without_testimony"},
	wording.RGNegative:              {"rg_standard", "reconsideration_window", "help_without_testimony"},
	wording.CGPositive:              {"permit_grounds", "help_without_testimony"},
	wording.CGNegative:              {"reconsideration_window", "help_without_testimony"},
	wording.ReconsiderationPositive: {"rg_standard", "recovery", "permit_grounds", "non_removal_states", "help_without_testimony"},
	wording.ReconsiderationNegative: {"rg_standard", "help_without_testimony"},
	wording.RecoveryEnded:           {"end_early_grounds", "non_removal_states", "help_without_testimony"},
	wording.RecoveryGoesOn:          {"recovery", "help_without_testimony"},
	wording.RightsCard:              {"rg_target", "recovery", "reconsideration_window", "permit_min_months", "help_without_testimony"},
}

func sources(r scheme.Rules, keys []string) wording.Value {
	var v wording.Value
	for _, k := range keys {
		if p, ok := r.Source(k); ok {
			v.Items = append(v.Items, wording.Choice{Words: core.Secret(p.Label + ": " + p.Source)})
		}
	}
	return v
}
