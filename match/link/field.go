package link

import (
	"fmt"
	"strings"

	"clew/match/norm"
	"clew/match/score"
)

// Kind is how the values of a field are compared.
type Kind uint8

// The kinds.
const (
	Text   Kind = iota // an address, a suburb: letters, with a few mistakes
	Given              // given names
	Family             // family names
	Full               // whole names
	Birth              // a date
	Code               // a number or code: postcode, document, telephone
	Exact              // the same or not: sex, state
)

var kindNames = [...]string{"text", "given", "family", "name", "birth", "code", "exact"}

// String returns the kind's name.
func (k Kind) String() string { return kindNames[min(int(k), len(kindNames)-1)] }

// Field is one thing that is compared.
type Field struct {
	Name string
	Kind Kind
}

// KindOf guesses how a field is compared from what it is called.
func KindOf(name string) Kind {
	n := strings.ToLower(name)
	switch n {
	case "given", "first", "first_name", "given_name", "fname", "forename", "middle":
		return Given
	case "family", "last", "last_name", "surname", "lname", "family_name":
		return Family
	case "name", "full_name":
		return Full
	case "dob", "birth", "date_of_birth", "birth_date":
		return Birth
	case "sex", "gender", "state", "country", "nationality":
		return Exact
	case "document", "id", "ssn", "soc_sec_id", "postcode", "zip", "phone", "street_number", "number", "passport":
		return Code
	}
	return Text
}

// Levels of agreement of one field, from best to worst; missing is apart.
const (
	levelSame = iota
	levelClose
	levelNear
	levelDifferent
	levels
	missing = levels
)

// LevelNames are the levels in English, in their order.
var LevelNames = [levels]string{"same", "nearly the same", "alike", "different"}

// value is a distinct value of a field, ready to be compared.
type value struct {
	raw   string
	name  norm.Name
	birth norm.Date
	// share is how often the value stands in the field, for term frequencies.
	share float64
	count uint32
}

// column holds one field of all records, every distinct value once. Value 0 is
// missing.
type column struct {
	Field
	values []value
	of     []uint32 // by record
	ids    map[string]uint32
	same   float64 // chance that two records share a value by accident
	unique bool    // few records share a value
}

func newColumn(f Field) *column {
	return &column{Field: f, values: []value{{}}, ids: map[string]uint32{"": 0}}
}

// nothing are the texts that exports write for a missing value.
func nothing(s string) bool {
	switch strings.ToLower(s) {
	case "", "na", "n/a", "nan", "null", "none", "-", "unknown", "\\n":
		return true
	}
	return false
}

// add appends the value of the next record.
func (c *column) add(raw string) {
	raw = strings.TrimSpace(raw)
	if nothing(raw) {
		c.of = append(c.of, 0)
		return
	}
	key, v := c.prepare(raw)
	id, ok := c.ids[key]
	if !ok {
		id = uint32(len(c.values))
		c.values = append(c.values, v)
		c.ids[key] = id
	}
	c.values[id].count++
	c.of = append(c.of, id)
}

func (c *column) prepare(raw string) (string, value) {
	v := value{raw: raw}
	switch c.Kind {
	case Given, Family, Full:
		v.name = norm.ParsePerson(raw)
		if v.name.Empty() {
			return "", value{}
		}
		v.raw = v.name.String()
	case Birth:
		d, ok := norm.ParseDate(raw)
		v.birth = d
		if !ok || !d.Full() {
			v.raw = digits(raw) // 27.71.1980: still comparable figure by figure
		} else {
			v.raw = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
		}
	case Code:
		v.raw = strings.Map(keepCode, strings.ToUpper(norm.Clean(raw)))
	default:
		v.raw = strings.Join(strings.Fields(norm.Clean(raw)), " ")
	}
	return v.raw, v
}

func keepCode(r rune) rune {
	if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r > 0x7f {
		return r
	}
	return -1
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// finish computes the share of every value.
func (c *column) finish() {
	total := 0
	for i := range c.values[1:] {
		total += int(c.values[i+1].count)
	}
	for i := range c.values {
		c.values[i].share = float64(c.values[i].count) / float64(max(total, 1))
	}
	c.same = 0
	for i := range c.values[1:] {
		c.same += c.values[i+1].share * c.values[i+1].share
	}
	c.same = max(c.same, 1e-9)
}

// Distances at which names are close and near, in hundredths of a word.
const closeName, nearName = 35, 80

// compare returns the level of two distinct values of the field.
func (c *column) compare(m *score.Model, a, b uint32) int {
	x, y := &c.values[a], &c.values[b]
	switch c.Kind {
	case Given, Family, Full:
		d := m.CompareNames(&x.name, &y.name).Distance
		return grade(d, closeName, nearName)
	case Birth:
		return compareBirth(x, y)
	case Code:
		return grade(score.Edits(x.raw, y.raw, 200), 100, 100+50*btoi(len(x.raw) > 6))
	case Exact:
		return levelDifferent
	}
	n := max(len(x.raw), len(y.raw))
	return grade(score.Edits(x.raw, y.raw, n*50)/n, 20, 40)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func grade(d, closest, near int) int {
	switch {
	case d == 0:
		return levelSame
	case d <= closest:
		return levelClose
	case d <= near:
		return levelNear
	}
	return levelDifferent
}

// compareBirth: one figure wrong, two swapped or day and month exchanged is
// close; two of year, month and day the same is near.
func compareBirth(x, y *value) int {
	a, b := x.raw, y.raw
	if score.Edits(a, b, 100) <= 100 {
		return levelClose
	}
	if len(a) != 8 || len(b) != 8 {
		return levelDifferent
	}
	if a[:4] == b[:4] && a[4:6] == b[6:] && a[6:] == b[4:6] {
		return levelClose
	}
	same := btoi(a[:4] == b[:4]) + btoi(a[4:6] == b[4:6]) + btoi(a[6:] == b[6:])
	if same == 2 {
		return levelNear
	}
	return levelDifferent
}
