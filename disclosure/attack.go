package disclosure

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
)

// Exposure is a count that can be worked out from what is released.
type Exposure struct {
	Cell         string  // "nationality=Albanian, age=Total"
	Lower, Upper float64 // what it must lie between
	Reason       string  // in words
}

// maxAttack bounds the unknown cells times the sums that an attack looks through.
const maxAttack = 2_000_000

// Attack plays the intruder: it takes tables that are released together, knows of
// their cells what they tell, that counts are whole and not negative, that every
// total is the sum of its parts, and that cells of different tables about the same
// people are the same; and finds the least and the most that each hidden count
// can be (linear reconstruction). Exposed are counts that follow exactly, and
// hidden counts that can be shown to be below the threshold though not zero.
//
// A rounded table is attacked with the knowledge that each number is less than the
// base away from the truth. Noise is not attacked: it is bounded by its ε. With a
// threshold of 0 only counts that follow exactly are exposed.
func Attack(threshold int64, releases ...*Release) ([]Exposure, error) {
	if len(releases) == 0 {
		return nil, errors.New("disclosure: nothing is released, so nothing can be attacked")
	}
	if threshold <= 0 && len(releases) == 1 && releases[0].Base > 1 && releases[0].checkTotals() == nil {
		// The released numbers themselves add up and lie inside every bound, and one
		// person more in a cell and in its totals does, too: nothing can be pinned down.
		return nil, nil
	}
	a := &attacker{known: map[string][2]float64{}, index: map[string]int{}, threshold: float64(threshold)}
	for _, r := range releases {
		if !r.Noisy {
			a.learn(r)
		}
	}
	for _, r := range releases {
		if !r.Noisy {
			a.relate(r)
		}
	}
	if work := len(a.names) * len(a.sums); work > maxAttack {
		return nil, fmt.Errorf("disclosure: the tables are too large to attack (%d hidden cells in %d sums)", len(a.names), len(a.sums))
	}
	return a.attack()
}

// attacker gathers what the releases tell. A statistic is named by the categories
// it is about, totals left out, so that linked tables meet.
type attacker struct {
	threshold float64
	known     map[string][2]float64 // least and most, by statistic
	names     []string              // of the statistics that are not known exactly
	index     map[string]int
	lower     []float64
	upper     []float64
	sums      []relation
}

// relation says that the unknowns, with their signs, add up to right.
type relation struct {
	unknowns map[int]float64
	right    float64
}

// everybody is the statistic of the grand total.
const everybody = "everybody"

func statistic(t *Table, cell int) string {
	var parts []string
	for i, a := range t.Attributes {
		if t.place(cell, i) < len(t.Categories[i]) {
			parts = append(parts, a+"="+t.label(cell, i))
		}
	}
	sort.Strings(parts)
	if len(parts) == 0 {
		return everybody
	}
	return strings.Join(parts, ", ")
}

// learn takes in what each cell can be; of several releases the narrowest counts.
func (a *attacker) learn(r *Release) {
	for cell := range r.counts {
		low, high := 0.0, math.Inf(1)
		switch n := float64(r.counts[cell]); {
		case !r.Known(cell):
		case r.Base > 1 && !r.adjacent(cell):
		case r.Base > 1:
			low, high = max(0, n-float64(r.Base-1)), n+float64(r.Base-1)
		default:
			low, high = n, n
		}
		name := statistic(r.Table, cell)
		if k, ok := a.known[name]; ok {
			low, high = max(low, k[0]), min(high, k[1])
		}
		a.known[name] = [2]float64{low, high}
	}
}

// adjacent reports whether a rounded cell is known to be one of the two multiples
// next to the truth (see [Round]).
func (r *Release) adjacent(cell int) bool {
	if len(r.Attributes) <= 2 {
		return true
	}
	totals := 0
	for i := 1; i < len(r.Attributes); i++ {
		if r.place(cell, i) == len(r.Categories[i]) {
			totals++
		}
	}
	return totals == 0 || totals == len(r.Attributes)-1
}

// relate writes down the sums of a release; sums without an unknown say nothing.
func (a *attacker) relate(r *Release) {
	for _, l := range r.lines() {
		rel := relation{unknowns: map[int]float64{}}
		add := func(cell int, sign float64) {
			name := statistic(r.Table, cell)
			k := a.known[name]
			if k[0] == k[1] {
				rel.right -= sign * k[0]
				return
			}
			rel.unknowns[a.unknown(name, k)] += sign
			rel.right -= sign * k[0] // unknowns are counted from their least
		}
		for _, part := range l.parts {
			add(part, 1)
		}
		add(l.total, -1)
		if len(rel.unknowns) > 0 {
			a.sums = append(a.sums, rel)
		}
	}
}

func (a *attacker) unknown(name string, k [2]float64) int {
	i, ok := a.index[name]
	if !ok {
		i = len(a.names)
		a.index[name] = i
		a.names = append(a.names, name)
		a.lower, a.upper = append(a.lower, k[0]), append(a.upper, k[1]-k[0])
	}
	return i
}

func (a *attacker) program() *program {
	p := &program{upper: append([]float64(nil), a.upper...)}
	for _, rel := range a.sums {
		row := make([]float64, len(a.names))
		for i, sign := range rel.unknowns {
			row[i] = sign
		}
		p.rows = append(p.rows, row)
		p.right = append(p.right, rel.right)
	}
	return p
}

func (a *attacker) attack() ([]Exposure, error) {
	if len(a.names) == 0 {
		return nil, nil
	}
	p := a.program()
	if !p.feasible() {
		return nil, errors.New("disclosure: the released numbers contradict each other")
	}
	var found []Exposure
	cost := make([]float64, len(a.names)+len(p.rows))
	for i, name := range a.names {
		cost[i] = 1
		p.minimise(cost)
		low := a.lower[i] + p.at(i)
		cost[i] = -1
		high := math.Inf(1)
		if p.minimise(cost) {
			high = a.lower[i] + p.at(i)
		}
		cost[i] = 0
		if p.lost {
			return nil, fmt.Errorf("disclosure: the bounds of %s could not be worked out: treat the release as exposed", name)
		}
		// Counts are whole.
		low, high = math.Ceil(low-1e-6), math.Floor(high+1e-6)
		switch {
		case high-low < 1:
			found = append(found, Exposure{name, low, high, fmt.Sprintf("must be %.0f: the numbers around it leave nothing else", low)})
		case high < a.threshold:
			found = append(found, Exposure{name, low, high, fmt.Sprintf("must be %.0f to %.0f: it can be shown to be small", low, high)})
		}
	}
	return found, nil
}

// Difference is what somebody learns who subtracts one release from another of
// the same table about more people, such as the same quarter a month later: the
// cells that differ by 1 to threshold-1 people.
func Difference(larger, smaller *Release, threshold int64) ([]Exposure, error) {
	var found []Exposure
	shared := 0
	if larger.Noisy || smaller.Noisy {
		return nil, errors.New("disclosure: a difference of noisy tables is bounded by their ε, not found by subtracting")
	}
	if larger.Base > 1 || smaller.Base > 1 {
		return nil, errors.New("disclosure: rounded tables are subtracted by Attack's bounds, not cell by cell")
	}
	counts := map[string]int64{}
	for cell := range smaller.counts {
		if smaller.Known(cell) {
			counts[statistic(smaller.Table, cell)] = smaller.counts[cell]
		}
	}
	for cell := range larger.counts {
		name := statistic(larger.Table, cell)
		before, ok := counts[name]
		if !ok || !larger.Known(cell) {
			continue
		}
		shared++
		if name == everybody {
			continue // how many there are in all says nothing about any of them
		}
		if d := larger.counts[cell] - before; d > 0 && d < threshold {
			found = append(found, Exposure{name, float64(d), float64(d), fmt.Sprintf("%d people are in one release and not in the other", d)})
		}
	}
	if shared == 0 {
		return nil, errors.New("disclosure: the two releases have no cell in common")
	}
	return found, nil
}
