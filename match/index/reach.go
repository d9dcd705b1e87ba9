package index

import (
	"math"

	"clew/match/norm"
	"clew/match/score"
)

// reach says how far a name may be from the query, by its bearer's date of
// birth, so that names are told to be no hits before they are looked at.
type reach struct {
	score.Reach
	// powered are the distances raised to the model's power, as costs are before
	// they are added; power are the costs themselves, raised.
	powered  [len(score.Reach{})]float32
	power    [none + 1]float32
	exponent float64
	// shortest is how far every name may be, longest how far any may.
	shortest, longest int

	birth norm.Date
	// byYear is the level of a date in that year with another day or month, or
	// unclear. A slip in the year alone leaves day and month as they are; one
	// that touches both year and month moves the year by one.
	byYear [128]score.Level
	day    packedDate
}

const unclear = score.Level(len(score.Reach{}))

func (r *reach) begin(m *score.Model, q *score.Record, least float64) {
	if r.exponent != m.Name.Power {
		r.exponent = m.Name.Power
		for c := range r.power {
			r.power[c] = float32(math.Pow(float64(c), r.exponent))
		}
	}
	r.Reach = m.ReachOf(q, least)
	r.shortest, r.longest = math.MaxInt, 0
	for l, d := range r.Reach {
		// Distances are rounded, and sums of powers too.
		r.powered[l] = math.MaxFloat32
		if d < none-1 {
			r.powered[l] = (r.power[d]+r.power[d+1])/2 + 0.5
		}
		r.shortest, r.longest = min(r.shortest, d), max(r.longest, d)
	}
	r.years(q.Birth)
}

// years fills byYear.
func (r *reach) years(birth norm.Date) {
	if r.birth == birth && r.day != 0 {
		return
	}
	r.birth, r.day = birth, pack(birth)&dayAndMonth|aYear
	for y := range r.byYear {
		d := norm.Date{Year: int16(y + firstPacked)}
		apart := int(birth.Year) - int(d.Year)
		switch {
		case !birth.Known():
			r.byYear[y] = score.Absent
		case birth.About > 0:
			r.byYear[y] = score.BirthLevel(birth, d)
		case apart >= -3 && apart <= 3:
			r.byYear[y] = unclear
		default:
			r.byYear[y] = score.Different
		}
	}
}

// level returns how a bearer's date of birth agrees; Same when that is not known.
func (r *reach) level(p packedDate) score.Level {
	switch {
	case p == anyDate:
		return score.Same
	case p == noDate:
		return score.Absent
	}
	if l := r.byYear[p>>yearAt]; l != unclear && (p&dayAndMonth|aYear != r.day) {
		return l
	}
	return score.BirthLevel(r.birth, p.date())
}

// of returns how far a name whose bearer was born then may be.
func (r *reach) of(p packedDate) int {
	if p == anyDate {
		return r.longest
	}
	return r.Reach[r.level(p)]
}

func (r *reach) powerOf(p packedDate) float32 {
	if p == anyDate {
		return math.MaxFloat32
	}
	return r.powered[r.level(p)]
}

// packedDate is the date of birth of the one bearer of a name, in two bytes:
// seven bits of the year, four of the month, five of the day.
type packedDate uint16

const (
	anyDate     packedDate = 0 // several bearers, or a date that does not fit
	noDate      packedDate = 1 // the bearer's is not known
	yearAt                 = 9
	dayAndMonth packedDate = 1<<yearAt - 1
	aYear       packedDate = 1 << yearAt
	firstPacked            = 1900
)

func pack(d norm.Date) packedDate {
	switch {
	case !d.Known():
		return noDate
	case d.About > 0 || d.Year <= firstPacked || d.Year >= firstPacked+128:
		return anyDate
	}
	return packedDate(d.Year-firstPacked)<<yearAt | packedDate(d.Month)<<5 | packedDate(d.Day)
}

func (p packedDate) date() norm.Date {
	d := norm.Date{Year: int16(p>>yearAt) + firstPacked, Month: uint8(p >> 5 & 15), Day: uint8(p & 31)}
	d.Conventional = d.Month == 1 && d.Day == 1
	return d
}
