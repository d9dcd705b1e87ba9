package disclosure

import "math"

// A program is a linear program with bounded variables: minimise cost·x subject
// to rows·x = right and 0 ≤ x ≤ upper. The rows here are sums of tables, so their
// entries are small whole numbers and pivots stay benign.
type program struct {
	rows  [][]float64
	right []float64
	upper []float64 // may be +Inf

	basic  []int     // variable of each row; n and above are artificial
	value  []float64 // of the basic variables
	atTop  []bool    // nonbasic variables at their upper bound
	isFree []bool    // not basic
	lost   bool      // gave up: what it says is no optimum
}

const tiny = 1e-9

// maxSteps bounds one search for an optimum; tables need a few hundred steps.
const maxSteps = 50_000

// feasible brings the program to a first feasible point; false if there is none.
// rows are changed in place.
func (p *program) feasible() bool {
	m, n := len(p.rows), len(p.upper)
	p.basic, p.value = make([]int, m), make([]float64, m)
	p.atTop, p.isFree = make([]bool, n+m), make([]bool, n+m)
	for j := range n {
		p.isFree[j] = true
	}
	cost := make([]float64, n+m)
	infeasible := false
	for i, row := range p.rows {
		if p.right[i] < 0 {
			for j := range row {
				row[j] = -row[j]
			}
			p.right[i] = -p.right[i]
		}
		p.basic[i], p.value[i] = n+i, p.right[i]
		cost[n+i] = 1
		infeasible = infeasible || p.right[i] > tiny
	}
	if infeasible {
		p.upper = append(p.upper, repeat(math.Inf(1), m)...)
		p.minimise(cost)
		p.upper = p.upper[:n]
		sum := 0.0
		for i, b := range p.basic {
			if b >= n {
				sum += p.value[i]
			}
		}
		if sum > 1e-6 {
			return false
		}
	}
	// From here on artificial variables cannot leave zero.
	p.upper = append(p.upper, make([]float64, m)...)
	return true
}

func repeat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// minimise improves from the present feasible point; false when the cost falls
// without bound. cost covers the artificial variables, too.
func (p *program) minimise(cost []float64) bool {
	n := len(cost) - len(p.rows) // artificial variables never enter
	reduced := make([]float64, n)
	for j := range n {
		reduced[j] = cost[j]
	}
	for i, b := range p.basic {
		if c := cost[b]; c != 0 {
			for j, a := range p.rows[i] {
				reduced[j] -= c * a
			}
		}
	}
	stuck := 0 // steps in a row that changed nothing; then the first candidate enters, so as not to cycle
	for range maxSteps {
		enter := p.entering(reduced, stuck > 40)
		if enter < 0 {
			return true
		}
		step, row := p.ratio(enter)
		if math.IsInf(step, 1) {
			return false
		}
		if step > tiny {
			stuck = 0
		} else {
			stuck++
		}
		p.advance(enter, step, row, reduced)
	}
	p.lost = true
	return true
}

func (p *program) entering(reduced []float64, first bool) int {
	best, at := 1e-7, -1
	for j, d := range reduced {
		if !p.isFree[j] || p.upper[j] == 0 {
			continue
		}
		if p.atTop[j] {
			d = -d
		}
		if -d > best {
			if first {
				return j
			}
			best, at = -d, j
		}
	}
	return at
}

// ratio is how far the entering variable can move, and the row of the basic
// variable that stops it, -1 for its own other bound.
func (p *program) ratio(enter int) (step float64, row int) {
	step, row = p.upper[enter], -1
	pivot := 0.0
	for i, line := range p.rows {
		a := line[enter]
		if p.atTop[enter] {
			a = -a
		}
		var limit float64
		switch {
		case a > tiny:
			limit = max(0, p.value[i]) / a
		case a < -tiny && !math.IsInf(p.upper[p.basic[i]], 1):
			limit = max(0, p.upper[p.basic[i]]-p.value[i]) / -a
		default:
			continue
		}
		if limit < step-tiny || limit < step+tiny && row >= 0 && math.Abs(a) > pivot {
			step, row, pivot = min(limit, step), i, math.Abs(a)
		}
	}
	return step, row
}

func (p *program) advance(enter int, step float64, row int, reduced []float64) {
	direction := 1.0
	if p.atTop[enter] {
		direction = -1
	}
	for i := range p.rows {
		p.value[i] -= direction * step * p.rows[i][enter]
	}
	if row < 0 {
		p.atTop[enter] = !p.atTop[enter]
		return
	}
	arrived := step
	if p.atTop[enter] {
		arrived = p.upper[enter] - step
	}
	leave := p.basic[row]
	p.isFree[leave], p.isFree[enter] = true, false
	// It left at the bound it ran into.
	p.atTop[leave] = p.value[row] > p.upper[leave]/2 && p.upper[leave] > 0
	p.atTop[enter] = false
	p.basic[row], p.value[row] = enter, arrived
	p.eliminate(row, enter, reduced)
}

func (p *program) eliminate(row, enter int, reduced []float64) {
	line := p.rows[row]
	inverse := 1 / line[enter]
	var at []int // columns where the pivot row is not zero: tables are sparse
	for j := range line {
		if line[j] != 0 {
			line[j] *= inverse
			if math.Abs(line[j]) < 1e-12 {
				line[j] = 0
				continue
			}
			at = append(at, j)
		}
	}
	for i, other := range p.rows {
		if f := other[enter]; i != row && f != 0 {
			for _, j := range at {
				other[j] -= f * line[j]
			}
			other[enter] = 0
		}
	}
	if f := reduced[enter]; f != 0 {
		for _, j := range at {
			reduced[j] -= f * line[j]
		}
		reduced[enter] = 0
	}
}

// at is the value of a variable.
func (p *program) at(variable int) float64 {
	if p.isFree[variable] {
		if p.atTop[variable] {
			return p.upper[variable]
		}
		return 0
	}
	for i, b := range p.basic {
		if b == variable {
			return p.value[i]
		}
	}
	return 0
}
