package score

import (
	"math"
	"slices"
	"strings"

	"clew/match/norm"
)

// Class is a kind of evidence.
type Class uint8

// The classes, in the order in which they are told.
const (
	ByName Class = iota
	ByBirth
	BySex
	ByCountry
	ByPlace
	ByDocument
	ByPhone
	ByEmail
	ByPlate
	ByChassis
	ByMake
	ByColour
	numClasses
)

var classNames = [...]string{"name", "birth", "sex", "country", "place", "document", "phone", "email", "plate", "chassis", "make", "colour"}

// String returns the class in one English word.
func (c Class) String() string { return classNames[min(int(c), len(classNames)-1)] }

// Level says how the values of one class agree.
type Level uint8

// The levels. Absent means that one side or both say nothing: no evidence.
const (
	Absent Level = iota
	Different
	Same
	SameConventional // the first of January on both sides
	Swapped          // day and month
	OneDigit         // one figure of the date, or two neighbours, wrong
	SameMonth
	SameYear
	Within // inside the stated uncertainty
	NextYear
	NearYears
	DayAndMonth
	Alike // a document number that is easily misread for the other
	Partly
	numLevels
)

var levelNames = [...]string{"absent", "different", "same", "same_conventional", "swapped", "one_digit", "same_month", "same_year",
	"within", "next_year", "near_years", "day_and_month", "alike", "partly"}

// String returns the level's key.
func (l Level) String() string { return levelNames[min(int(l), len(levelNames)-1)] }

// Item is the evidence of one class.
type Item struct {
	Class  Class
	Level  Level
	Weight float64 // natural logarithm of the likelihood ratio
}

// Result is a score and what it is made of.
type Result struct {
	// Score is between 0 and 1. From the model's Threshold on, a pair is more
	// likely one than two, among pairs that are worth comparing.
	Score float64
	// NameDistance is in hundredths; 100 is one word contradicted. It is -1 when
	// a side has no name.
	NameDistance int
	Items        [numClasses]Item
	n            int
	base         float64 // added to the evidence of a vehicle's name
}

// Evidence returns the items that say something, in the order of classes.
func (r *Result) Evidence() []Item { return r.Items[:r.n] }

func (r *Result) add(c Class, l Level, weight float64) {
	if l != Absent {
		r.Items[r.n] = Item{c, l, weight}
		r.n++
	}
}

// Compare weighs everything that both records say. It is symmetric, does not
// allocate, and gives 1 for a record and itself.
func (m *Model) Compare(a, b *Record) Result {
	var al alignment
	return m.compare(a, b, &al)
}

// compare leaves the alignment of the nearest names in al.
func (m *Model) compare(a, b *Record, al *alignment) Result {
	r := m.WithName(m.names(a, b, al), a, b)
	if r.Score < 1 && (r.NameDistance == 0 || a.Vehicle != nil && r.NameDistance < 0) && identical(a, b) {
		r.Score = 1
	}
	return r
}

// NameEvidence is what two names say, weighed once for all records that bear
// them.
type NameEvidence struct {
	Distance int // hundredths, 100 is one word contradicted; -1 without names
	Weight   float64
	Level    Level
}

// NoName is the evidence of a record without a name.
var NoName = NameEvidence{Distance: -1}

// CompareNames weighs two names alone.
func (m *Model) CompareNames(a, b *norm.Name) NameEvidence {
	var al alignment
	m.Name.compareNames(a, b, &al)
	return m.nameEvidence(&al)
}

func (m *Model) nameEvidence(al *alignment) NameEvidence {
	return NameEvidence{Distance: al.distance, Weight: m.nameWeight(al), Level: nameLevel(al.distance, m.even(al))}
}

// WithName weighs everything but the names of two records, and adds the
// evidence of the names.
func (m *Model) WithName(name NameEvidence, a, b *Record) Result {
	r := Result{NameDistance: name.Distance}
	e := &m.Evidence
	if a.Kind == norm.Vehicle && b.Kind == norm.Vehicle && name.Distance >= 0 {
		r.base = e.NoName
		name.Weight = max(e.Make.Different, min(e.Make.Same, name.Weight))
	}
	r.add(ByName, name.Level, name.Weight)
	level := BirthLevel(a.Birth, b.Birth)
	r.add(ByBirth, level, e.Birth.weight(level))
	level = sexLevel(a.Sex, b.Sex)
	r.add(BySex, level, e.Sex.weight(level))
	level = overlap(a.Countries, b.Countries)
	r.add(ByCountry, level, e.Country.weight(level))
	level = placeLevel(a.Place, b.Place)
	r.add(ByPlace, level, e.Place.weight(level))
	level = documentLevel(a.Documents, b.Documents)
	r.add(ByDocument, level, e.Document.weight(level))
	level = overlap(a.Phones, b.Phones)
	r.add(ByPhone, level, e.Phone.weight(level))
	level = overlap(a.Emails, b.Emails)
	r.add(ByEmail, level, e.Email.weight(level))
	if a.Vehicle != nil && b.Vehicle != nil {
		m.addVehicle(&r, a.Vehicle, b.Vehicle)
	}
	r.Score = m.combine(&r)
	return r
}

// Ceiling returns the best score that a record with this evidence of the name
// can reach against q, whatever else it says.
func (m *Model) Ceiling(name NameEvidence, q *Record) float64 {
	if name.Distance == 0 || q.Kind == norm.Vehicle {
		return 1
	}
	e := &m.Evidence
	r := Result{NameDistance: name.Distance}
	r.add(ByName, name.Level, name.Weight)
	if q.Birth.Known() {
		r.add(ByBirth, Same, max(e.Birth.Same, e.Birth.SameConventional, e.Birth.Swapped, e.Birth.SameMonth, e.Birth.SameYear, e.Birth.Within))
	}
	if q.Sex != 0 {
		r.add(BySex, Same, e.Sex.Same)
	}
	if len(q.Countries) > 0 {
		r.add(ByCountry, Same, e.Country.Same)
	}
	if q.Place != "" {
		r.add(ByPlace, Same, e.Place.Same)
	}
	if len(q.Documents) > 0 {
		r.add(ByDocument, Same, e.Document.Same)
	}
	if len(q.Phones) > 0 {
		r.add(ByPhone, Same, e.Phone.Same)
	}
	if len(q.Emails) > 0 {
		r.add(ByEmail, Same, e.Email.Same)
	}
	return m.combine(&r)
}

// Reach says how far a name may be from the one asked for and still be part of
// a hit, by how the dates of birth agree: a name that is some way off needs a
// date that speaks for it.
type Reach [numLevels]int

// ReachOf returns the reach of a query for hits of at least the given score,
// with everything else that the query says in favour. Documents, telephone
// numbers and e-mail addresses are left out of account: what shares one is
// found by it, whatever the name.
func (m *Model) ReachOf(q *Record, least float64) (r Reach) {
	e := &m.Evidence
	others := 0.0
	if q.Sex != 0 {
		others += e.Sex.Same
	}
	if len(q.Countries) > 0 {
		others += e.Country.Same
	}
	if q.Place != "" {
		others += e.Place.Same
	}
	wanted := math.Log(least / (1 - least))
	for l := range r {
		r[l] = m.furthest(wanted - others - e.Birth.weight(Level(l)))
		if wanted > e.WithoutName {
			r[l] = min(r[l], e.OtherName-1)
		}
	}
	return r
}

// furthest returns the greatest distance at which the weight of a name can be
// at least so much; 0 when none is.
func (m *Model) furthest(weight float64) int {
	e := &m.Evidence
	if weight <= e.NameLeast {
		return math.MaxInt16
	}
	even, slope := max(e.EvenPerson, e.EvenOrganisation), e.NameSlope/100
	if weight > 0 {
		slope += max(0, e.RarityWeight*(e.RarityMost-e.RarityUsual)) / even
	}
	return int(max(0, min(math.MaxInt16, math.Ceil(even-weight/slope))))
}

// Identical reports whether two records say the same throughout: they score 1.
func Identical(a, b *Record) bool { return identical(a, b) }

// names finds the nearest pair of names.
func (m *Model) names(a, b *Record, al *alignment) NameEvidence {
	if len(a.Names) == 0 || len(b.Names) == 0 {
		return NoName
	}
	best := NoName
	var one alignment
	for i := range a.Names {
		for j := range b.Names {
			if len(a.Names) == 1 && len(b.Names) == 1 {
				m.Name.compareNames(&a.Names[0], &b.Names[0], al)
				return m.nameEvidence(al)
			}
			m.Name.compareNames(&a.Names[i], &b.Names[j], &one)
			if e := m.nameEvidence(&one); best.Distance < 0 || e.Weight > best.Weight {
				best = e
				*al = one
			}
		}
	}
	return best
}

func nameLevel(distance int, even float64) Level {
	switch {
	case distance == 0:
		return Same
	case float64(distance) <= even:
		return Alike
	}
	return Different
}

func (m *Model) even(al *alignment) float64 {
	if al.a.Kind == norm.Person {
		return m.Evidence.EvenPerson
	}
	return m.Evidence.EvenOrganisation
}

// nameWeight turns a distance into evidence. Rare names speak louder, the more
// so the better they agree.
func (m *Model) nameWeight(al *alignment) float64 {
	e, even := &m.Evidence, m.even(al)
	d := float64(al.distance)
	w := max(e.NameLeast, e.NameSlope*(even-d)/100)
	if d < even {
		rarity := max(e.RarityLeast, min(e.RarityMost, float64(al.rarity)))
		w += e.RarityWeight * (rarity - e.RarityUsual) * (1 - d/even)
	}
	return w
}

// combine adds the evidence and turns it into a score.
func (m *Model) combine(r *Result) float64 {
	total, weak, name := r.base, 0.0, 0.0
	for _, it := range r.Items[:r.n] {
		switch it.Class {
		case ByName:
			name = it.Weight
		case ByBirth, BySex, ByCountry, ByPlace:
			weak += it.Weight
		default:
			total += it.Weight
		}
	}
	if r.NameDistance < 0 {
		name = m.Evidence.NoName
	}
	if r.NameDistance >= m.Evidence.OtherName && weak > 0 {
		weak = min(weak, max(0, m.Evidence.WithoutName-name))
	}
	return 1 / (1 + math.Exp(-(total + weak + name)))
}

// identical reports whether two records say the same throughout.
func identical(a, b *Record) bool {
	return a.Kind == b.Kind && a.Birth == b.Birth && a.Sex == b.Sex && a.Place == b.Place && len(a.Names) == len(b.Names) &&
		slices.Equal(a.Countries, b.Countries) && slices.Equal(a.Documents, b.Documents) && slices.Equal(a.Phones, b.Phones) &&
		slices.Equal(a.Emails, b.Emails) && sameVehicle(a.Vehicle, b.Vehicle) && sameNames(a.Names, b.Names)
}

func sameNames(a, b []norm.Name) bool {
	for i := range a {
		if len(a[i].Tokens) != len(b[i].Tokens) {
			return false
		}
		for j := range a[i].Tokens {
			if a[i].Tokens[j].Text != b[i].Tokens[j].Text || a[i].Tokens[j].Script != b[i].Tokens[j].Script {
				return false
			}
		}
	}
	return true
}

func (b *Birth) weight(l Level) float64 {
	switch l {
	case Same:
		return b.Same
	case SameConventional:
		return b.SameConventional
	case Swapped:
		return b.Swapped
	case OneDigit:
		return b.OneDigit
	case SameMonth:
		return b.SameMonth
	case SameYear:
		return b.SameYear
	case Within:
		return b.Within
	case NextYear:
		return b.NextYear
	case NearYears:
		return b.NearYears
	case DayAndMonth:
		return b.DayAndMonth
	case Different:
		return b.Different
	}
	return 0
}

func (e Either) weight(l Level) float64 {
	switch l {
	case Same:
		return e.Same
	case Different:
		return e.Different
	}
	return 0
}

func (n Near) weight(l Level) float64 {
	switch l {
	case Same:
		return n.Same
	case Alike:
		return n.Near
	case Different:
		return n.Different
	}
	return 0
}

// BirthLevel compares two dates as far as both are known.
func BirthLevel(a, b norm.Date) Level {
	if !a.Known() || !b.Known() {
		return Absent
	}
	years := int(a.Year) - int(b.Year)
	if years < 0 {
		years = -years
	}
	if about := int(max(a.About, b.About)); about > 0 {
		if years <= about {
			return Within
		}
		return Different
	}
	if !a.Full() || !b.Full() {
		return partialLevel(a, b, years)
	}
	switch {
	case years == 0 && a.Month == b.Month && a.Day == b.Day && a.Conventional:
		return SameConventional
	case years == 0 && a.Month == b.Month && a.Day == b.Day:
		return Same
	case years == 0 && a.Month == b.Day && a.Day == b.Month:
		return Swapped
	case years == 0 && (a.Conventional || b.Conventional):
		return SameYear
	case oneDigit(a, b):
		return OneDigit
	case years == 0:
		return NextYear
	case a.Month == b.Month && a.Day == b.Day:
		return DayAndMonth
	case years <= 1 && (a.Conventional || b.Conventional):
		return NextYear
	case years <= 3:
		return NearYears
	}
	return Different
}

func partialLevel(a, b norm.Date, years int) Level {
	switch {
	case years == 0 && a.Month != 0 && a.Month == b.Month:
		return SameMonth
	case years == 0 && a.Month != 0 && b.Month != 0:
		return NextYear
	case years == 0:
		return SameYear
	case years == 1:
		return NextYear
	case years <= 3:
		return NearYears
	}
	return Different
}

// oneDigit reports whether one figure differs, or two neighbouring figures
// changed places.
func oneDigit(a, b norm.Date) bool {
	x, y := figures(a), figures(b)
	differ, first := 0, -1
	for i := range x {
		if x[i] != y[i] {
			if first < 0 {
				first = i
			}
			differ++
		}
	}
	if differ == 2 && first < 7 && x[first] == y[first+1] && x[first+1] == y[first] {
		return true
	}
	return differ == 1
}

func figures(d norm.Date) [8]byte {
	y := int(d.Year)
	return [8]byte{byte(y / 1000), byte(y / 100 % 10), byte(y / 10 % 10), byte(y % 10), d.Month / 10, d.Month % 10, d.Day / 10, d.Day % 10}
}

func sexLevel(a, b norm.Sex) Level {
	switch {
	case a == 0 || b == 0 || (a == norm.X) != (b == norm.X):
		return Absent
	case a == b:
		return Same
	}
	return Different
}

func overlap(a, b []string) Level {
	if len(a) == 0 || len(b) == 0 {
		return Absent
	}
	for _, v := range a {
		if slices.Contains(b, v) {
			return Same
		}
	}
	return Different
}

func placeLevel(a, b string) Level {
	switch {
	case a == "" || b == "":
		return Absent
	case a == b, strings.Contains(a, b) && len(b) > 3, strings.Contains(b, a) && len(a) > 3:
		return Same
	}
	return Different
}

// documentLevel compares every number with every other. Numbers that differ by
// a figure are not near: issuers count up.
func documentLevel(a, b []string) Level {
	level := overlap(a, b)
	if level != Different {
		return level
	}
	for _, x := range a {
		for _, y := range b {
			if len(x) == len(y) && len(x) >= 6 && (norm.DocumentShape(x) == norm.DocumentShape(y) || turned(x, y)) {
				return Alike
			}
		}
	}
	return Different
}

// turned reports whether two neighbouring characters changed places.
func turned(x, y string) bool {
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && x[i+2:] == y[i+2:]
}
