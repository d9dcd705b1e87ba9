package disclosure

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxCells bounds the cells of a table, totals included.
const MaxCells = 20_000

// TotalName is how a total is written in place of a category.
const TotalName = "Total"

// Table is a table of counts by one or more attributes, with every total: a cell
// is named by a category, or the total, of each attribute.
type Table struct {
	Attributes []string
	Categories [][]string
	counts     []int64 // dense; the last place of each attribute is its total
	stride     []int
}

// newTable makes a table of zeros.
func newTable(attributes []string, categories [][]string) (*Table, error) {
	t := &Table{Attributes: slices.Clone(attributes), stride: make([]int, len(attributes))}
	cells := 1
	for i, c := range categories {
		if len(c) == 0 {
			return nil, fmt.Errorf("disclosure: attribute %q has no categories", attributes[i])
		}
		t.Categories = append(t.Categories, slices.Clone(c))
		t.stride[i] = cells
		cells *= len(c) + 1
		if cells > MaxCells {
			return nil, fmt.Errorf("disclosure: the table has more than %d cells: use fewer attributes or group categories", MaxCells)
		}
	}
	t.counts = make([]int64, cells)
	return t, nil
}

// Crosstab counts records by the named attributes. Records that leave one of them
// blank count under the category "unknown".
func Crosstab(r *Records, attributes ...string) (*Table, error) {
	if len(attributes) == 0 {
		return nil, errors.New("disclosure: a table needs at least one attribute")
	}
	var at []int
	var categories [][]string
	for i, name := range attributes {
		j := slices.Index(r.Attributes, name)
		if j < 0 || slices.Contains(attributes[:i], name) {
			return nil, fmt.Errorf("disclosure: no attribute %q, or it is named twice", name)
		}
		at = append(at, j)
		categories = append(categories, categoriesWithUnknown(r, j))
	}
	t, err := newTable(attributes, categories)
	if err != nil {
		return nil, err
	}
	for _, row := range r.Rows {
		cell := 0
		for i, j := range at {
			v := int(row.Values[j])
			if v == Blank {
				v = slices.Index(t.Categories[i], unknown)
			}
			cell += t.stride[i] * v
		}
		t.counts[cell] += row.People
	}
	t.sumTotals()
	return t, nil
}

const unknown = "unknown"

func categoriesWithUnknown(r *Records, attribute int) []string {
	out := slices.Clone(r.Categories[attribute])
	for _, row := range r.Rows {
		if row.Values[attribute] == Blank && !slices.Contains(out, unknown) {
			return append(out, unknown)
		}
	}
	return out
}

// place is the position of a cell on one attribute: its category's number, or the
// number of categories for the total.
func (t *Table) place(cell, attribute int) int {
	return cell / t.stride[attribute] % (len(t.Categories[attribute]) + 1)
}

// interior reports whether a cell is no total of any attribute.
func (t *Table) interior(cell int) bool {
	for i := range t.Attributes {
		if t.place(cell, i) == len(t.Categories[i]) {
			return false
		}
	}
	return true
}

// line is one sum of the table: the parts add up to the total.
type line struct {
	total int
	parts []int
}

// lines lists every sum of the table.
func (t *Table) lines() []line {
	var out []line
	for i, c := range t.Categories {
		for cell := range t.counts {
			if t.place(cell, i) != len(c) {
				continue
			}
			l := line{total: cell}
			for v := range c {
				l.parts = append(l.parts, cell-(len(c)-v)*t.stride[i])
			}
			out = append(out, l)
		}
	}
	return out
}

// sumTotals computes every total from the interior.
func (t *Table) sumTotals() { sumTotals(t, t.counts) }

func sumTotals[N int64 | float64](t *Table, values []N) {
	for i, c := range t.Categories {
		for cell := range values {
			if t.place(cell, i) != len(c) {
				continue
			}
			// Totals of later attributes are not known yet; they follow in their turn.
			sum := N(0)
			for v := range c {
				sum += values[cell-(len(c)-v)*t.stride[i]]
			}
			values[cell] = sum
		}
	}
}

// checkTotals refuses a table whose totals do not add up, and names the first.
func (t *Table) checkTotals() error {
	for _, l := range t.lines() {
		var sum int64
		for _, p := range l.parts {
			sum += t.counts[p]
		}
		if sum != t.counts[l.total] {
			return fmt.Errorf("disclosure: the totals do not add up: %s is %d, its parts are %d together", t.Name(l.total), t.counts[l.total], sum)
		}
	}
	return nil
}

// Name writes a cell as its categories: "nationality=Albanian, age=Total".
func (t *Table) Name(cell int) string {
	parts := make([]string, len(t.Attributes))
	for i, a := range t.Attributes {
		parts[i] = a + "=" + t.label(cell, i)
	}
	return strings.Join(parts, ", ")
}

func (t *Table) label(cell, attribute int) string {
	if p := t.place(cell, attribute); p < len(t.Categories[attribute]) {
		return t.Categories[attribute][p]
	}
	return TotalName
}

// Cells is the number of cells, totals included; cells are numbered from 0.
func (t *Table) Cells() int { return len(t.counts) }

// Count is the count of a cell.
func (t *Table) Count(cell int) int64 { return t.counts[cell] }

// Cell finds a cell by a category of each attribute, [TotalName] for a total.
func (t *Table) Cell(labels ...string) (int, bool) {
	if len(labels) != len(t.Attributes) {
		return 0, false
	}
	cell := 0
	for i, label := range labels {
		v := slices.Index(t.Categories[i], label)
		if v < 0 {
			if label != TotalName {
				return 0, false
			}
			v = len(t.Categories[i])
		}
		cell += v * t.stride[i]
	}
	return cell, true
}

// Release is a table as it goes out: every cell is a number or suppressed.
type Release struct {
	*Table            // the shape; its counts are those released, 0 where suppressed
	Suppressed []bool // by cell; nil when none is
	Base       int64  // counts are rounded to multiples of it; 0 or 1 when they are not
	Noisy      bool   // counts carry random noise
}

// newRelease copies the shape of a table.
func newRelease(t *Table) *Release {
	copied := *t
	copied.counts = slices.Clone(t.counts)
	return &Release{Table: &copied}
}

// Known reports whether a cell's number is released.
func (r *Release) Known(cell int) bool { return r.Suppressed == nil || !r.Suppressed[cell] }
