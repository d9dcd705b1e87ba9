package mse

import (
	"math"
	"slices"
)

// newtonSteps bounds one fit. Fits of models whose estimate exists need four to
// ten steps; the bound is only ever reached where floating point gives up.
const newtonSteps = 200

// glm fits Poisson log-linear models on the subset lattice. One glm serves one
// goroutine; its buffers are reused from fit to fit.
type glm struct {
	lists   int
	counts  []int64   // by history, 2^lists
	margins []int64   // Σ counts over supersets
	rates   []float64 // fitted rates by history; rates[0] is the dark figure
	sums    []float64 // Σ rates over supersets, the empty history left out

	terms []History // free terms; terms[0] is the intercept
	empty []History // interactions at −∞
	alpha []float64
	trial []float64
	grad  []float64
	info  []float64 // k×k, lower triangle holds the Cholesky factor
	like  float64   // log likelihood at alpha, up to a constant of the data
}

func newGLM(lists int) *glm {
	size := 1 << lists
	return &glm{
		lists: lists, counts: make([]int64, size), margins: make([]int64, size),
		rates: make([]float64, size), sums: make([]float64, size),
	}
}

// load takes the counts of a table; it does not keep cells.
func (g *glm) load(cells []Cell) {
	clear(g.counts)
	for _, c := range cells {
		g.counts[c.History] = c.Count
	}
	copy(g.margins, g.counts)
	sumSupersets(g.margins)
}

// setModel makes the model of main effects and the given interactions, leaving
// those whose margin is zero at −∞: the likelihood rises without end as their
// parameter falls (Chan, Silverman and Vincent 2021).
func (g *glm) setModel(interactions []History) {
	g.terms, g.empty = g.terms[:0], g.empty[:0]
	g.terms = append(g.terms, 0)
	for j := range g.lists {
		g.terms = append(g.terms, 1<<j)
	}
	for _, h := range interactions {
		g.place(h)
	}
	g.resize()
}

// place puts an interaction among the free terms or among the empty ones. An
// interaction that contains an empty one has no cell left to act on.
func (g *glm) place(h History) {
	if g.margins[h] == 0 {
		g.empty = append(g.empty, h)
		return
	}
	g.terms = append(g.terms, h)
}

func (g *glm) resize() {
	k := len(g.terms)
	g.alpha = slices.Grow(g.alpha[:0], k)[:k]
	g.trial = slices.Grow(g.trial[:0], k)[:k]
	g.grad = slices.Grow(g.grad[:0], k)[:k]
	g.info = slices.Grow(g.info[:0], k*k)[:k*k]
}

// fit finds the maximum likelihood estimate of the model set, which must exist.
// It starts from one weighted least squares step at rates count+0.1, as IRLS does.
func (g *glm) fit() bool {
	g.start()
	return g.newton()
}

// refitWith adds one interaction to a fitted model and fits again, starting from
// the parameters at hand: the new one starts where it would match its margin
// if nothing else moved.
func (g *glm) refitWith(h History) bool {
	expected := g.sums[h]
	k := len(g.terms)
	g.place(h)
	if len(g.terms) > k {
		old := g.alpha
		g.resize()
		copy(g.alpha, old)
		g.alpha[k] = math.Log(float64(g.margins[h]) / expected)
	}
	if g.newton() {
		return true
	}
	return g.fit()
}

// start sets alpha by one step of iteratively reweighted least squares.
func (g *glm) start() {
	work := g.rates // μ log μ + N − μ, summed to the right side of the normal equations
	for h := range g.sums {
		g.sums[h], work[h] = 0, 0
		if h == 0 || g.deleted(History(h)) {
			continue
		}
		n := float64(g.counts[h])
		mu := n + 0.1
		g.sums[h] = mu
		work[h] = mu*math.Log(mu) + n - mu
	}
	sumSupersets(g.sums)
	sumSupersets(work)
	for j, term := range g.terms {
		g.alpha[j] = work[term]
	}
	g.factor()
	g.solve(g.alpha)
}

func (g *glm) deleted(h History) bool {
	for _, e := range g.empty {
		if h.Has(e) {
			return true
		}
	}
	return false
}

// newton climbs the log likelihood, which is concave, halving steps that
// overshoot. It stops when the step is so small that the next would be rounding.
func (g *glm) newton() bool {
	g.like = g.evaluate(g.alpha)
	for range newtonSteps {
		for j, term := range g.terms {
			g.grad[j] = float64(g.margins[term]) - g.sums[term]
		}
		g.factor()
		g.solve(g.grad)
		longest, ok := g.advance()
		if !ok {
			return false
		}
		if longest < 1e-6 { // convergence is quadratic: what is left is about its square
			return true
		}
	}
	return false
}

// advance moves alpha along grad, the Newton step, and reports the longest move.
func (g *glm) advance() (float64, bool) {
	longest := 0.0
	for _, s := range g.grad {
		longest = max(longest, math.Abs(s))
	}
	if math.IsNaN(longest) || math.IsInf(longest, 0) {
		return 0, false
	}
	// Steps beyond e^8 in a rate overshoot; the halving below would find that out slower.
	scale := min(1, 8/longest)
	for range 60 {
		for j := range g.alpha {
			g.trial[j] = g.alpha[j] + scale*g.grad[j]
		}
		like := g.evaluate(g.trial)
		// The tolerance lets the last steps pass, where the gain drowns in rounding.
		if like >= g.like-1e-9*(1+math.Abs(g.like)) {
			g.like = like
			g.alpha, g.trial = g.trial, g.alpha
			return longest * scale, true
		}
		scale /= 2
	}
	return 0, false
}

// evaluate computes rates and sums at alpha and returns the log likelihood
// Σ margins·α − Σ rates (NaN compares false, so an overflow is a rejected step).
func (g *glm) evaluate(alpha []float64) float64 {
	for h := range g.rates {
		g.rates[h] = 1
	}
	like := 0.0
	for j, term := range g.terms {
		a := max(-700, min(700, alpha[j])) // beyond this the rate is not a number any more
		g.rates[term] = math.Exp(a)
		like += a * float64(g.margins[term])
	}
	for _, h := range g.empty {
		g.rates[h] = 0
	}
	multiplySubsets(g.rates)
	copy(g.sums, g.rates)
	g.sums[0] = 0 // nobody is observed with the empty history
	sumSupersets(g.sums)
	return like - g.sums[0]
}

// factor fills info with the information matrix and its Cholesky factor. A
// pivot lost to rounding is lifted, which shortens the step along that direction.
func (g *glm) factor() {
	k := len(g.terms)
	for i, a := range g.terms {
		row := g.info[i*k : i*k+i+1]
		for j := range row {
			row[j] = g.sums[a|g.terms[j]]
		}
	}
	for i := range k {
		ri := g.info[i*k : i*k+i+1]
		diagonal := ri[i]
		for j := range i {
			rj := g.info[j*k : j*k+j+1]
			s := ri[j]
			for l := range j {
				s -= ri[l] * rj[l]
			}
			s *= rj[j] // the diagonal holds the reciprocal of the pivot
			ri[j] = s
			ri[i] -= s * s
		}
		if floor := 1e-14 * diagonal; !(ri[i] > floor) {
			ri[i] = max(floor, 1e-300)
		}
		ri[i] = 1 / math.Sqrt(ri[i])
	}
}

// solve replaces b by the solution of info·x = b.
func (g *glm) solve(b []float64) {
	k := len(g.terms)
	for i := range k {
		ri := g.info[i*k : i*k+i+1]
		s := b[i]
		for l := range i {
			s -= ri[l] * b[l]
		}
		b[i] = s * ri[i]
	}
	for i := k - 1; i >= 0; i-- {
		ri := g.info[i*k : i*k+i+1]
		s := b[i] * ri[i]
		b[i] = s
		for l := range i {
			b[l] -= ri[l] * s
		}
	}
}

// dark is the estimated number of people no list saw.
func (g *glm) dark() float64 { return g.rates[0] }

// estimate is the whole population.
func (g *glm) estimate() float64 { return float64(g.margins[0]) + g.dark() }

// darkError is the standard error of the logarithm of the dark figure, from the
// inverse of the information matrix.
func (g *glm) darkError() float64 {
	g.factor()
	clear(g.grad)
	g.grad[0] = 1
	g.solve(g.grad)
	return math.Sqrt(g.grad[0])
}

// logLikelihood is the full Poisson log likelihood of the fitted model.
func (g *glm) logLikelihood() float64 {
	ll := g.like
	for _, n := range g.counts {
		if n > 1 {
			lg, _ := math.Lgamma(float64(n) + 1)
			ll -= lg
		}
	}
	return ll
}
