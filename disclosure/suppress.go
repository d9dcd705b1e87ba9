package disclosure

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// DefaultThreshold is the smallest count that a table tells: 1 to 4 are hidden.
const DefaultThreshold = 5

// maxSuppressWork bounds the size of a table that is suppressed: cells that are
// not zero times sums they are in.
const maxSuppressWork = 400_000

// Suppress hides every count from 1 to threshold-1, totals included, and as many
// other cells as it takes so that nobody can work a hidden count out: from what is
// released, each small count could as well be threshold more. The table must add up.
//
// For each small count it looks for the cheapest way in which it and other cells
// could change together without any released sum changing (Kelly, Golden and
// Assad 1992; Fischetti and Salazar 2000), and hides those cells. Cheap are cells
// of few people, and cells that are hidden already.
func Suppress(t *Table, threshold int64) (*Release, error) {
	if threshold < 2 {
		return nil, errors.New("disclosure: a threshold below 2 hides nothing")
	}
	if err := t.checkTotals(); err != nil {
		return nil, err
	}
	s := newSuppressor(t, threshold)
	if work := len(s.cells) * len(s.lines); work > maxSuppressWork {
		return nil, fmt.Errorf("disclosure: the table is too large to suppress (%d cells that are not zero in %d sums): group rare categories first", len(s.cells), len(s.lines))
	}
	for _, cell := range s.small() {
		if s.slack[cell] >= float64(threshold) {
			continue
		}
		if !s.protect(cell) {
			return nil, fmt.Errorf("disclosure: %s cannot be hidden: even with every total hidden its value follows; group categories first", t.Name(cell))
		}
	}
	out := newRelease(t)
	out.Suppressed = s.hidden
	for cell, hidden := range s.hidden {
		if hidden {
			out.counts[cell] = 0
		}
	}
	return out, nil
}

// suppressor holds a table on its way to protection.
type suppressor struct {
	table     *Table
	threshold int64
	hidden    []bool
	slack     []float64 // how much more a cell could be, as far as the moves found so far show
	cells     []int     // candidates: cells that are not zero
	index     []int     // of a cell among the candidates, -1 for none
	lines     []line
}

func newSuppressor(t *Table, threshold int64) *suppressor {
	s := &suppressor{table: t, threshold: threshold, hidden: make([]bool, len(t.counts)), slack: make([]float64, len(t.counts)), index: make([]int, len(t.counts))}
	for cell, n := range t.counts {
		s.index[cell] = -1
		if n > 0 {
			s.index[cell] = len(s.cells)
			s.cells = append(s.cells, cell)
		}
	}
	for _, l := range t.lines() {
		if t.counts[l.total] > 0 {
			s.lines = append(s.lines, l)
		}
	}
	return s
}

// small hides and returns the counts below the threshold, the largest first:
// their moves protect the smaller ones on the way.
func (s *suppressor) small() []int {
	var out []int
	for _, cell := range s.cells {
		if s.table.counts[cell] < s.threshold {
			s.hidden[cell] = true
			out = append(out, cell)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return int(s.table.counts[b] - s.table.counts[a]) })
	return out
}

// protect finds the cheapest move by which the cell rises by the threshold, and
// hides the cells that it needs. A move that falls anywhere falls no lower than zero.
func (s *suppressor) protect(cell int) bool {
	n, m := len(s.cells), len(s.lines)
	p := program{rows: make([][]float64, m), right: make([]float64, m), upper: make([]float64, 2*n)}
	cost := make([]float64, 2*n+m)
	for i, c := range s.cells {
		p.upper[i], p.upper[n+i] = math.Inf(1), float64(s.table.counts[c])
		cost[i], cost[n+i] = s.price(c), s.price(c)
	}
	target := s.index[cell]
	p.upper[target], p.upper[n+target] = float64(s.threshold), 0
	cost[target] = -1e9 // rise as far as asked, whatever it costs
	for i, l := range s.lines {
		row := make([]float64, 2*n)
		for _, part := range l.parts {
			if k := s.index[part]; k >= 0 {
				row[k], row[n+k] = 1, -1
			}
		}
		k := s.index[l.total]
		row[k], row[n+k] = -1, 1
		p.rows[i] = row
	}
	if !p.feasible() || !p.minimise(cost) || p.at(target) < float64(s.threshold)-1e-6 {
		return false
	}
	for i, c := range s.cells {
		up, down := p.at(i), p.at(n+i)
		if up > 1e-6 || down > 1e-6 {
			s.hidden[c] = true
		}
		s.slack[c] = max(s.slack[c], up)
	}
	return true
}

// price is what hiding a cell costs: nothing again, little for few people, much
// for a total, most for the grand total.
func (s *suppressor) price(cell int) float64 {
	if s.hidden[cell] {
		return 1e-6
	}
	totals := 0
	for i, c := range s.table.Categories {
		if s.table.place(cell, i) == len(c) {
			totals++
		}
	}
	price := 1 + math.Log2(float64(1+s.table.counts[cell]))
	switch totals {
	case 0:
		return price
	case len(s.table.Attributes):
		return 1e5 * price
	}
	return 50 * math.Pow(10, float64(totals-1)) * price
}
