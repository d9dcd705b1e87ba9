package mse

import (
	"math"
	"slices"
)

// DefaultThreshold is the p value below which an interaction enters the model
// (Chan, Silverman and Vincent 2021).
const DefaultThreshold = 0.02

// Step is one interaction of a stepwise choice, in order of entry.
type Step struct {
	Interaction History
	P           float64 // the smaller Poisson tail, not doubled
	Empty       bool    // nobody is in the pair: its parameter is −∞
}

// engine estimates tables of one number of lists, again and again.
type engine struct {
	glm        *glm
	check      *checker
	pairs      []History
	in         []bool
	logP       []float64
	steps      []Step
	model      []History
	smaller    map[int]*engine // for resamples that empty a list
	logLimit   float64
	infeasible Code // the code of the main effects when estimate is not available
}

func newEngine(lists int, threshold float64) *engine {
	e := &engine{glm: newGLM(lists), check: newChecker(lists), logLimit: math.Log(threshold)}
	for i := range lists {
		for j := i + 1; j < lists; j++ {
			e.pairs = append(e.pairs, 1<<i|1<<j)
		}
	}
	e.in = make([]bool, len(e.pairs))
	e.logP = make([]float64, len(e.pairs))
	return e
}

// stepwise chooses a model and leaves it fitted in e.glm. It reports false when
// there is no estimate; e.infeasible then holds the code of the main effects, or
// 0 when the fit failed to converge.
//
// The existence of a candidate's estimate is asked only when the candidate is
// the best so far: the first that exists, in order of p, is the same as the best
// of all that exist.
func (e *engine) stepwise(cells []Cell) bool {
	g := e.glm
	g.load(cells)
	e.steps, e.model = e.steps[:0], e.model[:0]
	clear(e.in)
	e.infeasible = e.check.code(g, nil, 0)
	if e.infeasible != 0 {
		return false
	}
	g.setModel(nil)
	if !g.fit() {
		return false
	}
	for {
		best := e.bestCandidate()
		if best < 0 {
			return true
		}
		pair := e.pairs[best]
		e.in[best] = true
		e.steps = append(e.steps, Step{pair, math.Exp(e.logP[best]), g.margins[pair] == 0})
		e.model = append(e.model, pair)
		if !g.refitWith(pair) {
			return false
		}
	}
}

// bestCandidate is the absent pair whose overlap is least likely under the model
// fitted, among those below the threshold whose estimate exists; -1 if none.
func (e *engine) bestCandidate() int {
	g := e.glm
	for i, pair := range e.pairs {
		if e.in[i] {
			e.logP[i] = 0
			continue
		}
		e.logP[i] = logTail(g.margins[pair], g.sums[pair])
	}
	for {
		best := -1
		for i, p := range e.logP {
			// The margin keeps ties, which differ in the last bits, in the order of the lists.
			if p < e.logLimit && (best < 0 || p < e.logP[best]-1e-10) {
				best = i
			}
		}
		if best < 0 || e.check.code(g, e.model, e.pairs[best]) == 0 {
			return best
		}
		e.logP[best] = 0
	}
}

// estimateReplicate is the stepwise estimate of a resample. Lists that the
// resample leaves empty, or the same as another, are dropped first: their margin
// would make every model inestimable. NaN says that there is no estimate.
func (e *engine) estimateReplicate(cells []Cell) float64 {
	lists := e.glm.lists
	drop, _ := degenerate(lists, cells)
	if drop == 0 {
		if e.stepwise(cells) {
			return e.glm.estimate()
		}
		return math.NaN()
	}
	kept := lists - drop.Order()
	if kept < 2 {
		return math.NaN()
	}
	smaller, ok := e.smaller[kept]
	if !ok {
		smaller = newEngine(kept, math.Exp(e.logLimit))
		if e.smaller == nil {
			e.smaller = make(map[int]*engine)
		}
		e.smaller[kept] = smaller
	}
	return smaller.estimateReplicate(withoutLists(cells, lists, drop))
}

// withoutLists renumbers cells to the lists that are kept. Nobody is lost: a
// dropped list has nobody, or nobody that its twin has not.
func withoutLists(cells []Cell, lists int, drop History) []Cell {
	sums := make(map[History]int64, len(cells))
	for _, c := range cells {
		var h History
		at := 0
		for j := range lists {
			if drop&(1<<j) != 0 {
				continue
			}
			if c.History&(1<<j) != 0 {
				h |= 1 << at
			}
			at++
		}
		sums[h] += c.Count
	}
	out := make([]Cell, 0, len(sums))
	for h, n := range sums {
		if h != 0 {
			out = append(out, Cell{h, n})
		}
	}
	slices.SortFunc(out, func(a, b Cell) int { return int(a.History) - int(b.History) })
	return out
}
