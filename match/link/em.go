package link

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"

	"clew/match/score"
)

// Weights are what agreement is worth, field by field: the chance of each level
// among pairs that are one person (m) and among pairs that are not (u).
type Weights struct {
	Fields []FieldWeights
	Prior  float64 // chance that two records taken at random are one person
}

// FieldWeights are those of one field.
type FieldWeights struct {
	Field
	M, U [levels]float64
}

// pattern is the levels of a pair, one a field.
type pattern [maxFields]uint8

// maxFields bounds the fields of a comparison.
const maxFields = 24

// Bounds of the estimation.
const (
	randomPairs = 400_000 // pairs taken at random to learn u
	rounds      = 60
	settled     = 1e-5
)

// comparer compares pairs, remembering what it worked out lately.
type comparer struct {
	r     *records
	model *score.Model
	cache [][]cached
}

type cached struct {
	a, b  uint32
	level uint8
}

const cacheSize = 1 << 14

func newComparer(r *records, m *score.Model) *comparer {
	c := &comparer{r: r, model: m, cache: make([][]cached, len(r.columns))}
	for i := range c.cache {
		c.cache[i] = make([]cached, cacheSize)
	}
	return c
}

func (c *comparer) level(col int, a, b uint32) uint8 {
	switch {
	case a == 0 || b == 0:
		return missing
	case a == b:
		return levelSame
	}
	if a > b {
		a, b = b, a
	}
	e := &c.cache[col][(a*0x9e3779b1^b*0x85ebca6b)>>18]
	if e.a != a || e.b != b {
		*e = cached{a, b, uint8(c.r.columns[col].compare(c.model, a, b))}
	}
	return e.level
}

// compare fills the pattern of a pair. Given and family names that changed
// places count as nearly the same, once.
func (c *comparer) compare(x, y uint32, p *pattern) {
	given, family := -1, -1
	for i, col := range c.r.columns {
		p[i] = c.level(i, col.of[x], col.of[y])
		switch {
		case col.Kind == Given && given < 0:
			given = i
		case col.Kind == Family && family < 0:
			family = i
		}
	}
	if given >= 0 && family >= 0 && p[given] >= levelNear && p[given] != missing && p[family] >= levelNear && p[family] != missing && c.swapped(given, family, x, y) {
		p[given], p[family] = levelClose, levelClose
	}
}

func (c *comparer) swapped(given, family int, x, y uint32) bool {
	g, f := c.r.columns[given], c.r.columns[family]
	return c.r.sound[given][g.of[x]] == c.r.sound[family][f.of[y]] && c.r.sound[family][f.of[x]] == c.r.sound[given][g.of[y]]
}

// learnU estimates u from pairs taken at random.
func learnU(r *records, m *score.Model) Weights {
	c := newComparer(r, m)
	random := rand.New(rand.NewPCG(1, 2)) // fixed: the same file gives the same weights
	w := Weights{Fields: make([]FieldWeights, len(r.columns)), Prior: 1 / math.Max(float64(r.n), 2)}
	for i, col := range r.columns {
		w.Fields[i] = FieldWeights{Field: col.Field, U: c.chances(random, i), M: firstM}
	}
	return w
}

// firstM is what m is before anything was learnt: most values of one person
// agree, and a mistake is more likely small.
var firstM = [levels]float64{0.85, 0.08, 0.03, 0.04}

// chances estimates u of a field from random pairs, smoothed.
func (c *comparer) chances(random *rand.Rand, col int) (u [levels]float64) {
	of := c.r.columns[col].of
	n := 0.0
	for range min(randomPairs, c.r.n*40) {
		x, y := random.IntN(c.r.n), random.IntN(c.r.n)
		if l := c.level(col, of[x], of[y]); x != y && l != missing {
			u[l]++
			n++
		}
	}
	for l := range u {
		u[l] = (u[l] + 0.5) / (n + 0.5*levels)
	}
	// The chance of the same value by accident is known exactly, and is too small
	// for a sample where values are many.
	u[levelSame] = c.r.columns[col].same
	return u
}

// normalised turns sums of expected counts into chances, starting from firstM
// so that a file with few matches does not swing; the order
// same ≥ close ≥ near of likelihood ratios is kept, so that better agreement
// never counts less.
func normalised(sums, u [levels]float64) (m [levels]float64) {
	total := 0.0
	for _, s := range sums {
		total += s
	}
	for l := range m {
		m[l] = (sums[l] + beforehand*firstM[l]) / (total + beforehand)
	}
	pool(&m, &u)
	return m
}

// learnM runs EM on the patterns of the proposed pairs, counted, as if they were
// all pairs there are: those that no rule proposes agree in next to nothing and
// would get no share. u stays, and the prior is of all pairs, so that what a
// rule made agree is worth no more among its pairs than anywhere.
func (w *Weights) learnM(counts map[pattern]float64, allPairs float64, r *records) {
	patterns := sortedPatterns(counts)
	for range rounds {
		sums := make([][levels]float64, len(w.Fields))
		matches := 0.0
		for _, p := range patterns {
			chance := w.chance(&p, r) * counts[p]
			matches += chance
			for f := range sums {
				if p[f] != missing {
					sums[f][p[f]] += chance
				}
			}
		}
		prior := math.Min(0.5, math.Max(matches, 0.5)/math.Max(allPairs, 1))
		change := math.Abs(prior-w.Prior) / w.Prior
		w.Prior = prior
		for f := range sums {
			w.Fields[f].M = normalised(sums[f], w.Fields[f].U)
		}
		if change < settled {
			return
		}
	}
}

// pool evens out neighbouring levels whose likelihood ratios are in the wrong
// order (pool adjacent violators); the chances still sum to one.
func pool(m, u *[levels]float64) {
	type run struct {
		m, u float64
		n    int
	}
	var runs []run
	for l := range m {
		runs = append(runs, run{m[l], u[l], 1})
		for k := len(runs) - 1; k > 0 && runs[k-1].m*runs[k].u < runs[k].m*runs[k-1].u; k-- {
			runs[k-1] = run{runs[k-1].m + runs[k].m, runs[k-1].u + runs[k].u, runs[k-1].n + runs[k].n}
			runs = runs[:k]
		}
	}
	l := 0
	for _, r := range runs {
		for range r.n {
			m[l] = r.m / r.u * u[l]
			l++
		}
	}
}

// beforehand is how many matches firstM counts for.
const beforehand = 3

// sortedPatterns fixes the order of sums, so that rounding is the same each time.
func sortedPatterns(counts map[pattern]float64) []pattern {
	out := make([]pattern, 0, len(counts))
	for p := range counts {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b pattern) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// chance is the posterior of a match of a pattern.
func (w *Weights) chance(p *pattern, r *records) float64 {
	odds := w.start()
	siblings := r.likeSiblings(p)
	if siblings {
		odds += r.siblingWeight(r.columns[r.first(Family)].same)
	}
	for f := range w.Fields {
		if l := p[f]; l != missing {
			weight := math.Log(w.Fields[f].M[l] / w.Fields[f].U[l])
			if !siblings || weight < 0 || !r.household(f) {
				odds += weight
			}
		}
	}
	return 1 / (1 + math.Exp(-odds))
}
