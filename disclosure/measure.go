package disclosure

import (
	"math"
	"slices"
)

// How ε is divided. The table of all attributes gets most: at usual ε its noise
// is below one person a cell, and sums over few cells stay precise. Sums over
// many cells do not, so the tables without the attributes of most categories are
// measured again, and so is each attribute by itself.
const (
	shareFull   = 0.47
	shareChain  = 0.20
	shareSingle = 0.33
)

// source is one table that was given noise.
type source struct {
	attributes subset
	epsilon    float64
	counts     []float64 // dense, by index of attributes
}

// measured is what noise leaves known of the records. The true counts are not in
// it; only findCommon looks at them again.
type measured struct {
	coder    coder
	sources  []source
	estimate map[subset][]float64 // best estimate of every combination
	variance map[subset]float64
	common   map[uint64]float64 // combinations that at least Rare people have: estimates by code
}

// measure gives noise to the tables and combines them.
func measure(r *Records, c coder, o SyntheticOptions) *measured {
	m := &measured{coder: c, estimate: map[subset][]float64{}, variance: map[subset]float64{}}
	all := subset(1)<<len(c.size) - 1
	m.addSource(r, all, o.Epsilon*shareFull, o.Noise)
	chain := chainOf(c, all)
	for i, s := range chain {
		// Each table of the chain has fewer cells than the one before and needs less.
		share := math.Pow(2, float64(len(chain)-1-i)) / (math.Pow(2, float64(len(chain))) - 1)
		m.addSource(r, s, o.Epsilon*shareChain*share, o.Noise)
	}
	weight := 0.0
	for _, n := range c.size {
		weight += math.Cbrt(float64(n))
	}
	single := shareSingle
	if len(chain) == 0 {
		single += shareChain
	}
	for j, n := range c.size {
		m.addSource(r, 1<<j, o.Epsilon*single*math.Cbrt(float64(n))/weight, o.Noise)
	}
	for s := subset(1); s <= all; s++ {
		m.combine(s)
	}
	return m
}

// chainOf lists the tables without the attribute of most categories, without the
// two of most, and so on down to two attributes.
func chainOf(c coder, all subset) []subset {
	var chain []subset
	for s := all; ; {
		largest := -1
		for j, n := range c.size {
			if s.has(j) && (largest < 0 || n > c.size[largest]) {
				largest = j
			}
		}
		s &^= 1 << largest
		if s.len() < 2 {
			return chain
		}
		chain = append(chain, s)
	}
}

// strides are the place values of the attributes of s in a dense table.
func (c coder) strides(s subset) ([]int, int) {
	strides := make([]int, len(c.size))
	cells := 1
	for j, n := range c.size {
		if s.has(j) {
			strides[j] = cells
			cells *= n
		}
	}
	return strides, cells
}

func (m *measured) addSource(r *Records, s subset, epsilon float64, noise *Noise) {
	strides, cells := m.coder.strides(s)
	counts := make([]float64, cells)
	for i := range counts {
		counts[i] = float64(noise.Laplace(epsilon))
	}
	for _, row := range r.Rows {
		at := 0
		for j, v := range row.Values {
			at += strides[j] * int(v)
		}
		counts[at] += float64(row.People)
	}
	m.sources = append(m.sources, source{s, epsilon, counts})
}

// terms are the weights with which sources enter the estimate of s, each by the
// inverse of the variance of its sum over the attributes that s leaves out.
func (m *measured) terms(s subset) (used []source, weights []float64, variance float64) {
	precision := 0.0
	for _, src := range m.sources {
		if src.attributes&s != s {
			continue
		}
		v := laplaceVariance(src.epsilon) * m.coder.domain(src.attributes&^s)
		used = append(used, src)
		weights = append(weights, 1/v)
		precision += 1 / v
	}
	for i := range weights {
		weights[i] /= precision
	}
	return used, weights, 1 / precision
}

// combine estimates the combinations of s.
func (m *measured) combine(s subset) {
	used, weights, variance := m.terms(s)
	_, cells := m.coder.strides(s)
	out := make([]float64, cells)
	for i, src := range used {
		if weights[i] < 1e-3 {
			continue // adds nothing but time
		}
		for at, n := range m.coder.project(src, s) {
			out[at] += weights[i] * n
		}
	}
	m.estimate[s], m.variance[s] = out, variance
}

// project sums a dense table over the attributes that s leaves out, one at a time.
func (c coder) project(src source, s subset) []float64 {
	counts, have := src.counts, src.attributes
	for j := len(c.size) - 1; j >= 0; j-- {
		if !have.has(j) || s.has(j) {
			continue
		}
		strides, cells := c.strides(have)
		counts = sumOut(counts, strides[j], c.size[j], cells)
		have &^= 1 << j
	}
	return counts
}

// sumOut sums over one attribute of a dense table.
func sumOut(counts []float64, stride, size, cells int) []float64 {
	out := make([]float64, cells/size)
	for block := range cells / (stride * size) {
		to := out[block*stride : (block+1)*stride]
		for v := range size {
			from := counts[(block*size+v)*stride:]
			for i := range to {
				to[i] += from[i]
			}
		}
	}
	return out
}

// margin is how far above the truth an estimate of s lies with probability at
// most p, by Chernoff's bound on the noise that is in it.
func (m *measured) margin(s subset, p float64) float64 {
	used, weights, _ := m.terms(s)
	need := math.Log(1 / p)
	best := math.Inf(1)
	limit := math.Inf(1)
	for i, src := range used {
		limit = min(limit, src.epsilon/weights[i])
	}
	for step := 1; step < 400; step++ {
		lambda := limit * float64(step) / 400
		log := 0.0
		for i, src := range used {
			log += m.coder.domain(src.attributes&^s) * laplaceCumulant(src.epsilon, weights[i]*lambda)
		}
		best = min(best, (log+need)/lambda)
	}
	return best
}

// laplaceCumulant is ln E exp(λx) of discrete Laplace noise, λ < ε.
func laplaceCumulant(epsilon, lambda float64) float64 {
	q := math.Exp(-epsilon)
	return 2*math.Log1p(-q) - math.Log1p(-q*math.Exp(lambda)) - math.Log1p(-q*math.Exp(-lambda))
}

// findCommon decides which combinations may be told: those that at least Rare
// people have by the true counts, and that the noise has not made vanish.
//
// With DecideByNoise the estimate must lie so far above Rare that noise can be the
// reason only with a chance that adds up, over all combinations that could be just
// below, to less than δ. The look at the true counts is then a guard that keeps
// the promise without any chance; it reports how many combinations it took out.
func (m *measured) findCommon(r *Records, o SyntheticOptions) (guarded int) {
	m.common = map[uint64]float64{}
	all := subset(1)<<len(m.coder.size) - 1
	total := 0.0
	for _, n := range m.estimate[1] {
		total += n
	}
	chances := float64(all) * (math.Max(total, 1)/float64(o.Rare-1) + 1)
	for s := all; s > 0; s-- {
		threshold := 1.0
		if o.DecideByNoise {
			threshold = float64(o.Rare) - 1 + m.margin(s, o.Delta/chances)
		}
		truth := r.marginal(m.coder, s)
		m.eachCell(s, func(code uint64, estimate float64) {
			if estimate < threshold {
				return
			}
			if truth[code] < o.Rare {
				if o.DecideByNoise {
					guarded++
				}
				return
			}
			m.common[code] = estimate
		})
	}
	m.close()
	return guarded
}

// eachCell visits the combinations of s with their codes.
func (m *measured) eachCell(s subset, visit func(code uint64, estimate float64)) {
	var digits []int
	for j := range m.coder.size {
		if s.has(j) {
			digits = append(digits, j)
		}
	}
	for at, estimate := range m.estimate[s] {
		if estimate < 1 {
			continue
		}
		code, rest := uint64(0), at
		for _, j := range digits {
			code += m.coder.radix[j] * uint64(rest%m.coder.size[j]+1)
			rest /= m.coder.size[j]
		}
		visit(code, estimate)
	}
}

// close adds the combinations inside common ones: whoever has the longer has the
// shorter. Their own estimates may be too noisy to have shown it.
func (m *measured) close() {
	codes := make([]uint64, 0, len(m.common))
	for code := range m.common {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		values := m.coder.values(code)
		for s := subset(1); s < 1<<len(values); s++ {
			part, ok := m.coder.code(values, s)
			if !ok {
				continue
			}
			if _, known := m.common[part]; !known {
				m.common[part] = max(1, m.estimateOf(values, s))
			}
		}
	}
}

func (m *measured) estimateOf(values []int32, s subset) float64 {
	strides, _ := m.coder.strides(s)
	at := 0
	for j, v := range values {
		if s.has(j) {
			at += strides[j] * int(v)
		}
	}
	return m.estimate[s][at]
}
