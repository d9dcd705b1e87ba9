package access

import (
	"cmp"
	"slices"

	"clew/internal/core"
)

// Scope is the set of cases whose status an actor may see for a purpose: any of
// its terms. No terms is no case; a term without matches is every case. A store
// turns it into a list of constant clauses with $n arguments.
type Scope struct {
	Any []Term
}

// Term is a conjunction: every match must hold.
type Term struct {
	All []Match
}

// Column is a column of the table of cases.
type Column string

// The columns a scope may speak of.
const (
	ColumnReferringAgency Column = "referring_agency_id"
	ColumnAuthority       Column = "authority_id"
	ColumnLocalAuthority  Column = "local_authority_id"
	ColumnSupportAgency   Column = "support_agency_id"
	ColumnAssignee        Column = "assignee_id"
	ColumnAuthor          Column = "author_id"
	ColumnState           Column = "state"
	ColumnKind            Column = "kind"
	ColumnChild           Column = "child"
	ColumnConsent         Column = "consent_sharing"
	ColumnConsentPolice   Column = "consent_police"
)

// The columns that lists of children have besides.
const (
	ColumnHostAuthority Column = "host_authority_id"
	ColumnAlerted       Column = "alerted_id"
)

// ChildColumns lists what a scope of children may speak of besides Columns.
var ChildColumns = []Column{ColumnHostAuthority, ColumnAlerted}

// Columns lists every column a scope may speak of.
var Columns = []Column{ColumnReferringAgency, ColumnAuthority, ColumnLocalAuthority, ColumnSupportAgency, ColumnAssignee,
	ColumnAuthor, ColumnState, ColumnKind, ColumnChild, ColumnConsent, ColumnConsentPolice}

// Form is which of a Match's values its column is compared with.
type Form uint8

// The forms.
const (
	FormID    Form = iota + 1 // the column equals Match.ID
	FormWords                 // the column is one of Match.Words
	FormFlag                  // the column is true
)

// Form returns how the column is compared.
func (c Column) Form() Form {
	switch c {
	case ColumnState, ColumnKind:
		return FormWords
	case ColumnChild, ColumnConsent, ColumnConsentPolice:
		return FormFlag
	}
	return FormID
}

// Match compares one column. With Not the comparison must fail; a column that
// is null fails every comparison, so in SQL a negated id needs
// "(c IS NULL OR c <> $1)".
type Match struct {
	Column Column
	Not    bool
	ID     core.ID  // FormID; never zero
	Words  []string // FormWords; sorted, at least one
}

// Empty reports whether no case is in the scope.
func (s Scope) Empty() bool { return len(s.Any) == 0 }

// Contains reports whether the case is in the scope. It agrees with
// Policies.Check for ViewStatus on every case; a property test holds it to that.
func (s Scope) Contains(r Resource) bool {
	return r.Type == Case && slices.ContainsFunc(s.Any, func(t Term) bool { return t.contains(r) })
}

func (t Term) contains(r Resource) bool {
	for _, m := range t.All {
		if m.holds(r) == m.Not {
			return false
		}
	}
	return true
}

// holds compares without regard to Not.
func (m Match) holds(r Resource) bool {
	switch m.Column {
	case ColumnState:
		return slices.Contains(m.Words, r.State)
	case ColumnKind:
		return slices.Contains(m.Words, r.Kind)
	case ColumnChild:
		return r.Child
	case ColumnConsent:
		return r.ConsentSharing
	case ColumnConsentPolice:
		return r.ConsentPolice
	}
	return idOf(r, m.Column) == m.ID
}

func idOf(r Resource, c Column) core.ID {
	switch c {
	case ColumnReferringAgency:
		return r.ReferringAgency
	case ColumnAuthority:
		return r.Authority
	case ColumnLocalAuthority:
		return r.LocalAuthority
	case ColumnSupportAgency:
		return r.SupportAgency
	case ColumnAssignee:
		return r.Assignee
	case ColumnAuthor:
		return r.Author
	case ColumnHostAuthority:
		return r.HostAuthority
	case ColumnAlerted:
		return r.Alerted
	}
	return core.ID{}
}

// with adds one match to a conjunction. It reports false when nothing can
// satisfy both.
func (t Term) with(m Match) (Term, bool) {
	all := make([]Match, 0, len(t.All)+1)
	for _, have := range t.All {
		if have.Column != m.Column {
			all = append(all, have)
			continue
		}
		merged, keepHave, ok := merge(have, m)
		if !ok {
			return Term{}, false
		}
		if keepHave {
			all = append(all, have)
		}
		m = merged
	}
	all = append(all, m)
	slices.SortFunc(all, compareMatch)
	return Term{All: slices.CompactFunc(all, func(a, b Match) bool { return compareMatch(a, b) == 0 })}, true
}

// merge combines two matches on the same column into one where it can; where
// both must stay it says so. It reports false when they exclude each other.
func merge(a, b Match) (merged Match, keepA, ok bool) {
	switch a.Column.Form() {
	case FormFlag:
		return b, false, a.Not == b.Not
	case FormWords:
		m := mergeWords(a, b)
		return m, false, m.Not || len(m.Words) > 0
	}
	switch {
	case !a.Not && !b.Not:
		return b, false, a.ID == b.ID
	case a.Not && b.Not:
		return b, a.ID != b.ID, true
	case a.ID == b.ID:
		return Match{}, false, false
	case b.Not: // a says which one it is, so b adds nothing
		return a, false, true
	}
	return b, false, true
}

func mergeWords(a, b Match) Match {
	if a.Not && b.Not {
		words := slices.Sorted(slices.Values(append(slices.Clone(a.Words), b.Words...)))
		return Match{Column: a.Column, Not: true, Words: slices.Compact(words)}
	}
	if a.Not {
		a, b = b, a
	}
	words := slices.DeleteFunc(slices.Clone(a.Words), func(w string) bool { return slices.Contains(b.Words, w) == b.Not })
	return Match{Column: a.Column, Words: words}
}

func compareMatch(a, b Match) int {
	return cmp.Or(cmp.Compare(a.Column, b.Column), compareBool(a.Not, b.Not), slices.Compare(a.ID[:], b.ID[:]),
		slices.Compare(a.Words, b.Words))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// both is the conjunction of two disjunctions.
func both(a, b []Term) []Term {
	var out []Term
	for _, x := range a {
		for _, y := range b {
			if t, ok := joined(x, y); ok {
				out = append(out, t)
			}
		}
	}
	return absorb(out)
}

func joined(x, y Term) (Term, bool) {
	for _, m := range y.All {
		var ok bool
		if x, ok = x.with(m); !ok {
			return Term{}, false
		}
	}
	return x, true
}

// absorb drops every term that another, wider one covers, and duplicates.
func absorb(terms []Term) []Term {
	var out []Term
	for i, t := range terms {
		covered := false
		for j, wider := range terms {
			if i != j && covers(wider, t) && (j < i || !covers(t, wider)) {
				covered = true
				break
			}
		}
		if !covered {
			out = append(out, t)
		}
	}
	return out
}

// covers reports whether every match of wider stands in t too.
func covers(wider, t Term) bool {
	for _, m := range wider.All {
		if !slices.ContainsFunc(t.All, func(n Match) bool { return compareMatch(m, n) == 0 }) {
			return false
		}
	}
	return true
}
