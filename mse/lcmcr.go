package mse

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"clew/mse/internal/draw"
)

// The latent class model of Manrique-Vallier (Biometrics 72:1246, 2016): at most
// lcmcrClasses classes, within which the lists are independent. Uniform priors on
// the class's list probabilities, stick-breaking weights with concentration α,
// and α ~ Gamma(1/4, 1/4).
//
// A chain that starts anywhere stays near there for tens of thousands of sweeps,
// because classes must be born and grow one person at a time. So each chain
// first sees a small random part of the people, where everything moves freely,
// and then more and more of them until it has all: after that it is the plain
// Gibbs sampler. Many chains are pooled.
const (
	lcmcrClasses = 10
	lcmcrChains  = 80
	lcmcrStages  = 20  // sizes of the part, growing by equal factors
	lcmcrStart   = 100 // the first part is about one person in so many
	lcmcrSweeps  = 200 // sweeps in each stage
	lcmcrKept    = 500
	lcmcrThin    = 6
)

// lcmcrLimit bounds the hidden number a chain may draw, where data say nothing.
const lcmcrLimit = 1e12

// sampleLatentClasses pools the hidden numbers that the chains visit.
func sampleLatentClasses(ctx context.Context, t *Table, o Options) (Other, []string, error) {
	chains := lcmcrChains
	if o.chains > 0 {
		chains = o.chains
	}
	draws := make([][]float64, chains)
	err := task(ctx, chains, o.Workers, func() struct{} { return struct{}{} }, nil, func(_ struct{}, i int) {
		c := newChain(t, mix(o.Seed^0x1c3c7), uint64(i))
		draws[i] = c.run(ctx)
	})
	if err != nil {
		return Other{}, nil, err
	}
	all := slices.Concat(draws...)
	slices.Sort(all)
	n := float64(t.total)
	other := Other{LCMCR, n + quantile(all, 0, 0.5), Interval{n + quantile(all, 0, 0.025), n + quantile(all, 0, 0.975)}}
	var warnings []string
	if r := scaleReduction(draws); r > 1.2 {
		warnings = append(warnings, "lcmcr: the chains have not mixed well; its interval is approximate")
	}
	return other, warnings, nil
}

// scaleReduction is the Gelman-Rubin statistic of the logarithm of the draws:
// near 1 when chains cannot be told apart.
func scaleReduction(draws [][]float64) float64 {
	var means []float64
	within := 0.0
	for _, chain := range draws {
		logs := make([]float64, len(chain))
		mean := 0.0
		for i, v := range chain {
			logs[i] = math.Log1p(v)
			mean += logs[i] / float64(len(chain))
		}
		means = append(means, mean)
		sd := deviation(logs)
		within += sd * sd / float64(len(draws))
	}
	if within == 0 {
		return 1
	}
	n := float64(len(draws[0]))
	between := deviation(means)
	return math.Sqrt((n-1)/n + between*between/within)
}

// chain is the state of one Gibbs sampler.
type chain struct {
	lists  int
	all    []Cell // the table
	cells  []Cell // the part of it seen so far
	total  float64
	random *rand.Rand

	alpha   float64
	weights [lcmcrClasses]float64
	on      [lcmcrClasses][]float64 // probability of each list in each class
	hidden  float64                 // people no list saw
	size    [lcmcrClasses]float64   // people in each class
	caught  [lcmcrClasses][]float64 // of them, on each list
	share   [lcmcrClasses]float64   // scratch
}

func newChain(t *Table, seed, number uint64) *chain {
	c := &chain{lists: len(t.lists), all: t.cells, cells: make([]Cell, len(t.cells)), random: rand.New(rand.NewPCG(seed, mix(number+1)))}
	c.alpha = 1
	for k := range c.on {
		c.on[k] = make([]float64, c.lists)
		c.caught[k] = make([]float64, c.lists)
		for j := range c.on[k] {
			c.on[k][j] = c.random.Float64()
		}
		c.weights[k] = 1.0 / lcmcrClasses
	}
	c.hidden = math.Round(float64(t.total) / lcmcrStart * math.Exp(3*c.random.Float64()-1))
	return c
}

// run lets the data grow, then keeps every lcmcrThin-th hidden number.
func (c *chain) run(ctx context.Context) []float64 {
	for stage := 1; stage <= lcmcrStages; stage++ {
		if ctx.Err() != nil {
			return []float64{0}
		}
		c.see(stage)
		for range lcmcrSweeps {
			c.sweep()
		}
	}
	kept := make([]float64, lcmcrKept)
	for i := range kept {
		if ctx.Err() != nil {
			break
		}
		for range lcmcrThin {
			c.sweep()
		}
		kept[i] = c.hidden
	}
	return kept
}

// see shows the chain a random part of the people, all of them at the last stage,
// and lets the hidden number grow with the part.
func (c *chain) see(stage int) {
	if stage > 1 {
		c.hidden = math.Round(c.hidden * math.Pow(lcmcrStart, 1.0/(lcmcrStages-1)))
	}
	part := math.Pow(lcmcrStart, float64(stage-lcmcrStages)/(lcmcrStages-1))
	c.total = 0
	for i, cell := range c.all {
		n := float64(cell.Count)
		if stage < lcmcrStages {
			n = c.binomial(n, part)
		}
		c.cells[i] = Cell{cell.History, int64(n)}
		c.total += n
	}
	c.total = max(c.total, 1)
}

func (c *chain) sweep() {
	c.allocate()
	c.drawProbabilities()
	c.drawWeights()
	c.drawHidden()
}

// allocate sends the people of each history to classes.
func (c *chain) allocate() {
	c.size = [lcmcrClasses]float64{}
	for k := range c.caught {
		clear(c.caught[k])
	}
	for _, cell := range c.cells {
		c.split(cell.History, float64(cell.Count))
	}
	c.split(0, c.hidden)
}

// split draws how many of n people with a history belong to each class.
func (c *chain) split(h History, n float64) {
	sum := 0.0
	for k := range c.share {
		p := c.weights[k]
		for j, q := range c.on[k] {
			if h&(1<<j) != 0 {
				p *= q
			} else {
				p *= 1 - q
			}
		}
		c.share[k] = p
		sum += p
	}
	for k := range c.share {
		if n == 0 {
			return
		}
		x := n
		if k < lcmcrClasses-1 && c.share[k] < sum {
			x = c.binomial(n, c.share[k]/sum)
		}
		sum -= c.share[k]
		n -= x
		c.size[k] += x
		for j := range c.caught[k] {
			if h&(1<<j) != 0 {
				c.caught[k][j] += x
			}
		}
	}
}

func (c *chain) binomial(n, p float64) float64 {
	if n == 0 || p <= 0 {
		return 0
	}
	return draw.Binomial(c.random, n, min(p, 1))
}

func (c *chain) drawProbabilities() {
	for k := range c.on {
		for j := range c.on[k] {
			c.on[k][j] = c.beta(1+c.caught[k][j], 1+c.size[k]-c.caught[k][j])
		}
	}
}

// drawWeights draws the sticks and the concentration.
func (c *chain) drawWeights() {
	beyond := 0.0
	for _, n := range c.size {
		beyond += n
	}
	stick := 1.0
	logRest := 0.0
	for k := range c.weights {
		beyond -= c.size[k]
		if k == lcmcrClasses-1 {
			c.weights[k] = stick
			break
		}
		v := min(c.beta(1+c.size[k], c.alpha+beyond), 1-1e-15)
		c.weights[k] = stick * v
		stick *= 1 - v
		logRest += math.Log1p(-v)
	}
	c.alpha = max(1e-10, c.gamma(0.25+lcmcrClasses-1)/(0.25-logRest))
}

// drawHidden draws the hidden number given the probability of being hidden: the
// people missed before as many as observed are caught (prior 1/N).
func (c *chain) drawHidden() {
	missed := 0.0
	for k, w := range c.weights {
		p := w
		for _, q := range c.on[k] {
			p *= 1 - q
		}
		missed += p
	}
	missed = min(missed, 1-1e-12)
	mean := c.gamma(c.total) * missed / (1 - missed)
	c.hidden = min(lcmcrLimit, draw.Poisson(c.random, max(mean, 1e-12)))
}

func (c *chain) gamma(shape float64) float64 {
	return draw.Gamma(c.random, shape)
}

func (c *chain) beta(a, b float64) float64 {
	if a == 1 && b == 1 { // as for every list of an empty class
		return c.random.Float64()
	}
	x, y := c.gamma(a), c.gamma(b)
	if x+y == 0 {
		return 0.5
	}
	return x / (x + y)
}
