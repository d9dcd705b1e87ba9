package mse

import (
	"context"
	"math"
	"math/bits"
	"slices"
)

// dgaLists is the largest number of lists whose decomposable graphs are all
// averaged: 8, 61, 822 and 18,154 for three to six lists; seven have 617,675.
const dgaLists = 6

// dgaTail is the posterior probability that the last sixteenth of the grid of
// hidden numbers may have; the grid grows until it has less.
const dgaTail = 6e-7

// dgaGrid bounds the grid: more than a million hidden people are not considered.
const dgaGrid = 1 << 20

// dgaDense is how many hidden numbers are weighed one by one. Beyond, one in
// every n0/dgaDense is, and the logarithm of the weight between is taken as
// straight, which it is to within a thousandth of the posterior's own width.
const dgaDense = 1024

// averageDecomposable averages the posterior of the hidden number over all
// decomposable graphical models (Madigan and York 1997), with hyper-Dirichlet
// priors of δ = 2^-p in each cell and a prior 1/N for the population.
func averageDecomposable(ctx context.Context, t *Table, workers int) (Other, []string, error) {
	p := len(t.lists)
	if p > dgaLists {
		return Other{}, nil, refuse(TooManyLists, "averaging decomposable models of %d lists would take more than half a million graphs; up to %d lists can be averaged", p, dgaLists)
	}
	a := newDGA(t)
	var posterior []float64
	for size := 4096; ; size *= 2 {
		if err := a.extend(ctx, size, workers); err != nil {
			return Other{}, nil, err
		}
		posterior = a.posterior()
		if int64(size) >= 2*t.total && tailMass(posterior) <= dgaTail || size >= dgaGrid {
			break
		}
	}
	n := float64(t.total)
	other := Other{DGA, n + gridQuantile(posterior, 0.5), Interval{n + gridQuantile(posterior, 0.025), n + gridQuantile(posterior, 0.975)}}
	var warnings []string
	if tailMass(posterior) > dgaTail {
		warnings = append(warnings, "dga: the posterior does not fall off: the data set no upper limit, and the interval depends on where it is cut")
	}
	return other, warnings, nil
}

// tailMass is the probability of the last sixteenth of the grid.
func tailMass(posterior []float64) float64 {
	sum := 0.0
	for _, w := range posterior[len(posterior)*15/16:] {
		sum += w
	}
	return sum
}

// gridQuantile is the first hidden number at which the posterior reaches q.
func gridQuantile(posterior []float64, q float64) float64 {
	sum := 0.0
	for n0, w := range posterior {
		if sum += w; sum >= q {
			return float64(n0)
		}
	}
	return float64(len(posterior) - 1)
}

// dga holds what the weights of all graphs share: for each set of lists A, the
// logarithm of the marginal likelihood of its table without the cell that the
// hidden people are in, and that cell's count and prior.
type dga struct {
	lists  int
	total  float64
	fixed  []float64 // by set A
	hidden []float64 // count of the all-zero cell of A's margin, plus its δ
	graphs []cliqueTree
	multi  float64 // −Σ ln n_ω!

	nodes []int     // hidden numbers weighed, ascending
	next  int       // the next of them
	logs  []float64 // ln Σ_g weight of each
}

// cliqueTree is a decomposable graph: its cliques, and its separators with repeats.
type cliqueTree struct {
	cliques, separators []History
}

func newDGA(t *Table) *dga {
	p := len(t.lists)
	a := &dga{lists: p, total: float64(t.total), fixed: make([]float64, 1<<p), hidden: make([]float64, 1<<p)}
	for _, c := range t.cells {
		a.multi -= logFactorial(c.Count)
	}
	for set := History(1); set < 1<<p; set++ {
		a.margin(t, set)
	}
	a.graphs = decomposableGraphs(p)
	return a
}

// margin computes Σ [lnΓ(n_a + δ_A) − lnΓ(δ_A)] over the cells a of the margin of
// a set, with δ_A = 2^-|A|, leaving out lnΓ(n_0 + δ_A) of its all-zero cell.
func (a *dga) margin(t *Table, set History) {
	delta := math.Ldexp(1, -set.Order())
	prior := lgamma(delta)
	counts := make(map[History]int64)
	for _, c := range t.cells {
		counts[c.History&set] += c.Count
	}
	sum := -prior // of the all-zero cell
	for h := range 1 << a.lists {
		h := History(h)
		if h == 0 || !set.Has(h) {
			continue
		}
		if n := counts[h]; n > 0 {
			sum += lgamma(float64(n)+delta) - prior
		}
	}
	a.fixed[set] = sum
	a.hidden[set] = float64(counts[0]) + delta
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// extend weighs the hidden numbers of the grid up to size-1.
func (a *dga) extend(ctx context.Context, size, workers int) error {
	from := len(a.nodes)
	for next := a.next; next < size; next += 1 + next/dgaDense {
		a.nodes = append(a.nodes, next)
		a.next = next + 1 + next/dgaDense
	}
	a.logs = append(a.logs, make([]float64, len(a.nodes)-from)...)
	return task(ctx, len(a.nodes)-from, workers, func() []float64 { return make([]float64, 1<<a.lists) }, nil, func(margins []float64, i int) {
		a.logs[from+i] = a.logWeight(float64(a.nodes[from+i]), margins)
	})
}

// posterior is the probability of each hidden number up to the last of the grid.
func (a *dga) posterior() []float64 {
	top := slices.Max(a.logs)
	out := make([]float64, a.nodes[len(a.nodes)-1]+1)
	sum := 0.0
	for i, n0 := range a.nodes {
		after := n0 + 1
		slope := 0.0
		if i+1 < len(a.nodes) {
			after = a.nodes[i+1]
			slope = (a.logs[i+1] - a.logs[i]) / float64(after-n0)
		}
		for n := n0; n < after; n++ {
			out[n] = math.Exp(a.logs[i] + slope*float64(n-n0) - top)
			sum += out[n]
		}
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// logWeight is the logarithm of the posterior weight of a hidden number, summed
// over the graphs.
func (a *dga) logWeight(n0 float64, margins []float64) float64 {
	a.marginsAt(n0, margins)
	each, common := a.factors(n0)
	top, sum := math.Inf(-1), 0.0
	for _, g := range a.graphs {
		w := g.logWeight(margins, each)
		if w > top {
			sum = sum*math.Exp(top-w) + 1
			top = w
		} else if w > top-40 {
			sum += math.Exp(w - top)
		}
	}
	return top + math.Log(sum) + common
}

// marginsAt fills the marginal likelihood of each set of lists.
func (a *dga) marginsAt(n0 float64, margins []float64) {
	for set := 1; set < len(margins); set++ {
		margins[set] = a.fixed[set] + lgamma(n0+a.hidden[set])
	}
}

// logWeight is the graph's share of the weight; each is the factor of one clique.
func (g cliqueTree) logWeight(margins []float64, each float64) float64 {
	w := float64(len(g.cliques)-len(g.separators)) * each
	for _, c := range g.cliques {
		w += margins[c]
	}
	for _, s := range g.separators {
		w -= margins[s]
	}
	return w
}

// factors are the logarithms of the factor of each clique, a Dirichlet-multinomial
// whose prior adds up to 2^p·δ = 1, and of what all graphs have in common.
func (a *dga) factors(n0 float64) (each, common float64) {
	all := a.total + n0
	whole := lgamma(all + 1)
	return -whole, whole - lgamma(n0+1) + a.multi - math.Log(all)
}

// decomposableGraphs lists the chordal graphs on p lists as clique trees.
func decomposableGraphs(p int) []cliqueTree {
	var pairs []History
	for h := History(1); h < 1<<p; h++ {
		if h.Order() == 2 {
			pairs = append(pairs, h)
		}
	}
	var graphs []cliqueTree
	for edges := range 1 << len(pairs) {
		var near [32]History
		for i, pair := range pairs {
			if edges&(1<<i) != 0 {
				low := bits.TrailingZeros32(uint32(pair))
				high := 31 - bits.LeadingZeros32(uint32(pair))
				near[low] |= 1 << high
				near[high] |= 1 << low
			}
		}
		if g, ok := cliqueTreeOf(p, near[:p]); ok {
			graphs = append(graphs, g)
		}
	}
	return graphs
}

// cliqueTreeOf takes simplicial vertices away one by one (a graph is chordal when
// that empties it). A vertex with its neighbours is a clique when it is in no
// larger one; the neighbours alone are a separator when the remaining graph still
// needs them, that is, when the vertex's clique is not swallowed by another.
func cliqueTreeOf(p int, near []History) (cliqueTree, bool) {
	var order []History // vertex with its later neighbours, in order of removal
	left := History(1)<<p - 1
	for left != 0 {
		v := simplicial(left, near)
		if v < 0 {
			return cliqueTree{}, false
		}
		order = append(order, near[v]&left|1<<v)
		left &^= 1 << v
	}
	var tree cliqueTree
	for i := len(order) - 1; i >= 0; i-- { // rebuild in a perfect order
		v := order[i]
		later := v &^ removedAt(order, i)
		if at := slices.Index(tree.cliques, later); at >= 0 {
			tree.cliques[at] = v // the clique grows by one vertex
			continue
		}
		tree.cliques = append(tree.cliques, v)
		if later != 0 {
			tree.separators = append(tree.separators, later)
		}
	}
	// Disconnected parts join over the empty separator, whose factor is one.
	return tree, true
}

// removedAt is the vertex whose turn i was: the one no later set holds.
func removedAt(order []History, i int) History {
	var rest History
	for _, later := range order[i+1:] {
		rest |= later
	}
	return order[i] &^ rest
}

// simplicial finds a vertex whose remaining neighbours are all adjacent; -1 if none.
func simplicial(left History, near []History) int {
	for v := range near {
		if left&(1<<v) == 0 {
			continue
		}
		around := near[v] & left
		complete := true
		for u := range near {
			if around&(1<<u) != 0 && !(near[u] | 1<<u).Has(around) {
				complete = false
				break
			}
		}
		if complete {
			return v
		}
	}
	return -1
}
