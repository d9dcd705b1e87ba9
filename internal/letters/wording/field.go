package wording

import (
	"maps"
	"slices"

	"clew/internal/core"
)

// Kind is what a text is for.
type Kind string

// The kinds.
const (
	RGPositive              Kind = "rg_positive"
	RGNegative              Kind = "rg_negative"
	CGPositive              Kind = "cg_positive"
	CGNegative              Kind = "cg_negative"
	ReconsiderationPositive Kind = "reconsideration_positive"
	ReconsiderationNegative Kind = "reconsideration_negative"
	RecoveryEnded           Kind = "recovery_ended"
	RecoveryGoesOn          Kind = "recovery_goes_on"
	RightsCard              Kind = "rights_card"
	PocketCard              Kind = "pocket_card"
)

// Kinds lists every kind.
var Kinds = []Kind{RGPositive, RGNegative, CGPositive, CGNegative, ReconsiderationPositive, ReconsiderationNegative, RecoveryEnded, RecoveryGoesOn, RightsCard, PocketCard}

var kindLabels = map[Kind]string{
	RGPositive: "Reasonable grounds found", RGNegative: "Reasonable grounds not found", CGPositive: "Recognised as a victim", CGNegative: "Not recognised as a victim",
	ReconsiderationPositive: "New look: decided the other way", ReconsiderationNegative: "New look: the decision stays", RecoveryEnded: "Recovery period ends early",
	RecoveryGoesOn: "Recovery period goes on", RightsCard: "Rights card", PocketCard: "Pocket card",
}

// Label returns the kind in plain words.
func (k Kind) Label() string { return kindLabels[k] }

// IsCard reports whether the text is for everybody, not about one person.
func (k Kind) IsCard() bool { return k == RightsCard || k == PocketCard }

// fieldType is how a merge field is written out.
type fieldType uint8

const (
	inline fieldType = iota + 1 // words in a line
	day                         // a date, as the language writes dates
	count                       // a number with what is counted
	code                        // a choice of a coded list, in the language where it is known
	block                       // paragraphs somebody wrote; alone on its line
	list                        // items; alone on the line of one item
	flag                        // for conditions alone
)

// counted says which of a language's counting forms a field takes.
var counted = map[string]string{"recovery_days": "days", "reconsider_days": "days", "rg_working_days": "working_days", "permit_months": "months", "adult_age": "years"}

type fields map[string]fieldType

func (f fields) with(more fields) fields {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

var (
	anyLetter = fields{"reference": inline, "date": day, "authority": inline, "recipient": inline, "sources": list, "help_never_depends": flag}
	grounds   = fields{"reasons": block, "act": code, "act_words": inline, "means": code, "means_words": inline, "purpose": code, "purpose_words": inline,
		"findings": flag, "relied_on": list}
	opensRecovery = fields{"recovery_days": count, "recovery_until": day, "waits_for_recovery": flag}
	opensPermit   = fields{"permit_grounds": list}
	opensNewLook  = fields{"reconsider_days": count, "reconsider_until": day}
	anyCard       = fields{"scheme": inline, "recovery_days": count, "reconsider_days": count, "rg_working_days": count, "permit_months": count, "adult_age": count,
		"help_never_depends": flag, "presumed_child": flag, "waits_for_recovery": flag, "permit_grounds": list, "sources": list, "date": day}
)

// fieldsOf are the merge fields that each kind declares.
var fieldsOf = map[Kind]fields{
	RGPositive:              anyLetter.with(grounds).with(opensRecovery),
	RGNegative:              anyLetter.with(grounds).with(opensNewLook),
	CGPositive:              anyLetter.with(grounds).with(opensPermit),
	CGNegative:              anyLetter.with(grounds).with(opensNewLook),
	ReconsiderationPositive: anyLetter.with(grounds).with(opensRecovery).with(opensPermit).with(fields{"about_rg": flag, "about_cg": flag}),
	ReconsiderationNegative: anyLetter.with(grounds).with(fields{"about_rg": flag, "about_cg": flag}),
	RecoveryEnded:           anyLetter.with(fields{"reasons": block, "ground": code}),
	RecoveryGoesOn:          anyLetter.with(fields{"reasons": block}),
	RightsCard:              anyCard,
	PocketCard:              anyCard,
}

// FieldsOf lists the merge fields of a kind, sorted.
func FieldsOf(k Kind) []string { return slices.Sorted(maps.Keys(fieldsOf[k])) }

// Values are what is merged. A field without a value is empty, and a condition
// on it fails.
type Values map[string]Value

// Value is the value of one field: exactly the members that its type needs.
type Value struct {
	Words core.Secret // inline and block
	Date  core.Date   // day
	Count int         // count
	Items []Choice    // list, and the one choice of a code
	Set   bool        // flag
}

// Choice is one item. Key names it in the languages' labels ("permit.cooperation");
// without a label there, Words stand as they are, in English.
type Choice struct {
	Key   string
	Words core.Secret
}

func (v Value) empty() bool {
	return v.Words == "" && v.Date.IsZero() && v.Count == 0 && len(v.Items) == 0 && !v.Set
}
