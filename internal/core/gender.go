package core

import (
	"slices"
	"strings"
)

// Sex is what a document or a form says, as it is printed there.
type Sex string

// The sexes that documents know. "X" in a passport is SexOther.
const (
	SexFemale  Sex = "female"
	SexMale    Sex = "male"
	SexOther   Sex = "other"
	SexUnknown Sex = "unknown"
)

// Sexes lists every value, in the order forms show them.
var Sexes = []Sex{SexFemale, SexMale, SexOther, SexUnknown}

var sexLabels = map[Sex]string{SexFemale: "Female", SexMale: "Male", SexOther: "Other or X", SexUnknown: "Not known"}

// Label returns the value in plain words.
func (s Sex) Label() string { return sexLabels[s] }

// Valid reports whether s is one of Sexes.
func (s Sex) Valid() bool { return slices.Contains(Sexes, s) }

// Gender is what a person says of themselves. The values are those of the Human
// Trafficking Case Data Standard 2.0 (IOM), field prs_Gender.
type Gender string

// The genders.
const (
	GenderFeminine             Gender = "feminine"
	GenderMasculine            Gender = "masculine"
	GenderTransgenderFeminine  Gender = "transgender_feminine"
	GenderTransgenderMasculine Gender = "transgender_masculine"
	GenderNonConforming        Gender = "non_conforming"
	GenderUnspecified          Gender = "unspecified"
)

// Genders lists every value, in the order forms show them.
var Genders = []Gender{GenderFeminine, GenderMasculine, GenderTransgenderFeminine, GenderTransgenderMasculine,
	GenderNonConforming, GenderUnspecified}

var genderLabels = map[Gender]string{
	GenderFeminine: "Woman or girl", GenderMasculine: "Man or boy",
	GenderTransgenderFeminine: "Transgender woman or girl", GenderTransgenderMasculine: "Transgender man or boy",
	GenderNonConforming: "Non-binary or another gender", GenderUnspecified: "Not said or not known",
}

// genderStandard is each value as the case data standard spells it.
var genderStandard = map[Gender]string{
	GenderFeminine: "Feminine", GenderMasculine: "Masculine",
	GenderTransgenderFeminine: "TransgenderFeminine", GenderTransgenderMasculine: "TransgenderMasculine",
	GenderNonConforming: "NonConforming", GenderUnspecified: "NonSpecifiedUnknown",
}

// Label returns the value in plain words.
func (g Gender) Label() string { return genderLabels[g] }

// Valid reports whether g is one of Genders.
func (g Gender) Valid() bool { return slices.Contains(Genders, g) }

// HTCDS returns the value as the Human Trafficking Case Data Standard spells it.
func (g Gender) HTCDS() string { return genderStandard[g] }

// ParseGender reads a code of ours or of the case data standard, in any case.
func ParseGender(s string) (Gender, bool) {
	for _, g := range Genders {
		if strings.EqualFold(s, string(g)) || strings.EqualFold(s, genderStandard[g]) {
			return g, true
		}
	}
	return "", false
}
