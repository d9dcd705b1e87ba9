package score

import (
	"strings"

	"clew/match/norm"
)

// Input is what is known of one person, organisation, vessel or vehicle, as it
// was written. Empty fields say nothing.
type Input struct {
	Schema    string // Person when empty; see norm.KindOf
	Name      string
	Given     string // with Family, instead of Name, when the source tells them apart
	Family    string
	Aliases   []string
	Birth     string
	Sex       string
	Countries []string
	Place     string // of birth, or where a person lives: compared only with the same
	Documents []string
	Phones    []string
	Emails    []string
	Vehicle   *Vehicle // for schema Vehicle
}

// Record is an Input that was normalised once, to be compared many times.
type Record struct {
	Kind      norm.Kind
	Names     []norm.Name // the name first, then the aliases
	Birth     norm.Date
	Sex       norm.Sex
	Countries []string
	Place     string
	Documents []string
	Phones    []string
	Emails    []string
	Vehicle   *Vehicle // normalised
}

// maxNames bounds the names and other repeated values of one record.
const maxNames = 64

// NewRecord normalises an input.
func NewRecord(in Input) Record {
	r := Record{Kind: norm.KindOf(in.Schema), Sex: norm.ParseSex(in.Sex)}
	r.Birth, _ = norm.ParseDate(in.Birth)
	if in.Given != "" || in.Family != "" {
		r.addName(norm.ParseParts(in.Given, in.Family))
	}
	for _, s := range append([]string{in.Name}, in.Aliases...) {
		for _, one := range alternatives(r.Kind, s) {
			r.addName(norm.Parse(r.Kind, one))
		}
	}
	country := ""
	for _, s := range in.Countries {
		r.Countries = add(r.Countries, norm.Country(s))
	}
	if len(r.Countries) == 1 {
		country = r.Countries[0]
	}
	for _, s := range in.Documents {
		r.Documents = add(r.Documents, norm.Document(s))
	}
	for _, s := range in.Phones {
		r.Phones = add(r.Phones, norm.Phone(s, country))
	}
	for _, s := range in.Emails {
		r.Emails = add(r.Emails, norm.Email(s))
	}
	if in.Vehicle != nil && r.Kind == norm.Vehicle {
		r.Vehicle = in.Vehicle.normalised()
	}
	r.Place = norm.Clean(strings.TrimSpace(in.Place))
	return r
}

func (r *Record) addName(n norm.Name) {
	if !n.Empty() && len(r.Names) < maxNames {
		r.Names = append(r.Names, n)
	}
}

func add(list []string, v string) []string {
	if v == "" || len(list) >= maxNames {
		return list
	}
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}

// mayHaveAlias looks for the beginning of a mark that alternatives parts at.
func mayHaveAlias(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == ' ' && (s[i+1]|32 == 'a' || s[i+1]|32 == 'f') && (s[i+2] == '.' || s[i+2]|32 == 'k' || s[i+2]|32 == 'l') {
			return true
		}
	}
	return false
}

// alternatives parts what sources write as one name: "X a.k.a. Y", and for
// organisations "X/Y" when both are words rather than letters (A/S).
func alternatives(kind norm.Kind, s string) []string {
	if kind != norm.Organisation && !mayHaveAlias(s) {
		return []string{s}
	}
	low := strings.ToLower(s)
	for _, mark := range []string{" a.k.a. ", " aka ", " f.k.a. ", " fka ", " alias "} {
		if i := strings.Index(low, mark); i > 0 && len(low) == len(s) {
			return append(alternatives(kind, s[:i]), alternatives(kind, s[i+len(mark):])...)
		}
	}
	if kind == norm.Organisation {
		if a, b, ok := strings.Cut(s, "/"); ok && len(strings.TrimSpace(a)) > 3 && len(strings.TrimSpace(b)) > 3 && !strings.Contains(b, "/") {
			return []string{s, a, b}
		}
	}
	return []string{s}
}
