package disclosure

import (
	"fmt"
	"math/bits"
	"slices"
)

// Bounds of what the package takes in. They keep every sum exact and every run
// short; a national register is far inside them.
const (
	MaxAttributes = 12
	MaxCategories = 5_000
	MaxCount      = 1 << 40
)

// Blank is the category of an attribute that a record does not tell.
const Blank = -1

// Records is a data set of people described by a few categorical attributes.
// Equal records are kept once, with the number of people.
type Records struct {
	Attributes []string
	Categories [][]string // of each attribute, in order of first appearance
	Rows       []Row      // distinct
}

// Row is one combination of categories and the people who have it.
type Row struct {
	Values []int32 // index into Categories, or [Blank]
	People int64
}

// Total is the number of people.
func (r *Records) Total() int64 {
	var sum int64
	for _, row := range r.Rows {
		sum += row.People
	}
	return sum
}

// Builder gathers records by the names of their categories.
type Builder struct {
	records *Records
	index   []map[string]int32
	rows    map[string]int
	key     []byte
	total   int64
}

// NewBuilder starts a data set with the given attributes.
func NewBuilder(attributes []string) (*Builder, error) {
	if len(attributes) == 0 || len(attributes) > MaxAttributes {
		return nil, fmt.Errorf("disclosure: %d attributes; 1 to %d can be used", len(attributes), MaxAttributes)
	}
	for i, name := range attributes {
		if err := checkLabel(name); err != nil {
			return nil, fmt.Errorf("disclosure: attribute %d: %w", i+1, err)
		}
		if slices.Contains(attributes[:i], name) {
			return nil, fmt.Errorf("disclosure: two attributes are named %q", name)
		}
	}
	b := &Builder{records: &Records{Attributes: slices.Clone(attributes), Categories: make([][]string, len(attributes))}, rows: map[string]int{}}
	for range attributes {
		b.index = append(b.index, map[string]int32{})
	}
	return b, nil
}

// Add counts people with the named categories; "" is blank.
func (b *Builder) Add(values []string, people int64) error {
	if len(values) != len(b.index) {
		return fmt.Errorf("disclosure: %d values for %d attributes", len(values), len(b.index))
	}
	switch {
	case people < 0:
		return fmt.Errorf("disclosure: a negative number of people")
	case people > MaxCount-b.total:
		return fmt.Errorf("disclosure: more people than can be counted")
	case people == 0:
		return nil
	}
	row := make([]int32, len(values))
	b.key = b.key[:0]
	for i, v := range values {
		n, err := b.category(i, v)
		if err != nil {
			return err
		}
		row[i] = n
		b.key = append(b.key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	b.total += people
	if at, ok := b.rows[string(b.key)]; ok {
		b.records.Rows[at].People += people
		return nil
	}
	b.rows[string(b.key)] = len(b.records.Rows)
	b.records.Rows = append(b.records.Rows, Row{row, people})
	return nil
}

func (b *Builder) category(attribute int, name string) (int32, error) {
	if name == "" {
		return Blank, nil
	}
	if n, ok := b.index[attribute][name]; ok {
		return n, nil
	}
	if err := checkLabel(name); err != nil {
		return 0, fmt.Errorf("disclosure: a category of %q: %w", b.records.Attributes[attribute], err)
	}
	n := int32(len(b.index[attribute]))
	if n >= MaxCategories {
		return 0, fmt.Errorf("disclosure: attribute %q has more than %d categories", b.records.Attributes[attribute], MaxCategories)
	}
	b.index[attribute][name] = n
	b.records.Categories[attribute] = append(b.records.Categories[attribute], name)
	return n, nil
}

// Records returns what was gathered. The builder must not be used afterwards.
func (b *Builder) Records() *Records { return b.records }

// subset is a set of attributes, bit j for attribute j.
type subset uint32

func (s subset) has(attribute int) bool { return s&(1<<attribute) != 0 }

func (s subset) len() int { return bits.OnesCount32(uint32(s)) }

// coder numbers the combinations of categories: mixed radix, a digit for each
// attribute, 0 for one that is not told. A number names a combination of any length.
type coder struct {
	radix []uint64 // place value of each attribute
	size  []int    // categories of each
}

func newCoder(r *Records) (coder, error) {
	c := coder{radix: make([]uint64, len(r.Attributes)), size: make([]int, len(r.Attributes))}
	place := uint64(1)
	for j := range r.Attributes {
		c.radix[j], c.size[j] = place, len(r.Categories[j])
		high, low := bits.Mul64(place, uint64(c.size[j]+1))
		if high != 0 || low > 1<<62 {
			return c, fmt.Errorf("disclosure: the attributes have more combinations than can be numbered: group categories first")
		}
		place = low
	}
	return c, nil
}

// code numbers the part of a row that lies in s; ok is false when the row leaves
// some attribute of s blank.
func (c coder) code(values []int32, s subset) (code uint64, ok bool) {
	for j, v := range values {
		if s.has(j) {
			if v == Blank {
				return 0, false
			}
			code += c.radix[j] * uint64(v+1)
		}
	}
	return code, true
}

// domain is the number of combinations of all of s.
func (c coder) domain(s subset) float64 {
	n := 1.0
	for j, size := range c.size {
		if s.has(j) {
			n *= float64(size)
		}
	}
	return n
}

// values turns a number back into categories.
func (c coder) values(code uint64) []int32 {
	out := make([]int32, len(c.radix))
	for j := range out {
		out[j] = int32(code/c.radix[j]%uint64(c.size[j]+1)) - 1
	}
	return out
}

// subsets lists the sets of attributes of a length, in order.
func subsets(attributes, length int) []subset {
	var out []subset
	for s := subset(1); s < 1<<attributes; s++ {
		if s.len() == length {
			out = append(out, s)
		}
	}
	return out
}

// marginal counts the people of each combination of the attributes in s.
func (r *Records) marginal(c coder, s subset) map[uint64]int64 {
	counts := make(map[uint64]int64)
	for _, row := range r.Rows {
		if code, ok := c.code(row.Values, s); ok {
			counts[code] += row.People
		}
	}
	return counts
}
