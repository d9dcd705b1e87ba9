package mse

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// nearBestBIC is how much worse than the best a model's BIC may be for the model
// to count as describing the data about as well (Kass and Raftery 1995 call a
// difference of 10 very strong evidence).
const nearBestBIC = 10

// topModels is among how many models, the best by BIC on the table itself, each
// resample chooses again (Silverman, Chan and Vincent 2024: the choice
// among a few tens gives the intervals that the choice among all gives).
const topModels = 50

// searchLists is the largest number of lists whose models are all fitted: six
// have 32,768 models of pairs, seven have 2,097,152.
const searchLists = 6

// ModelFit is one hierarchical model fitted to a table.
type ModelFit struct {
	Interactions []History // pairs, then triples
	BIC          float64
	Estimate     float64
}

// SearchModels fits hierarchical models whose estimate exists and is unique, and
// returns them from the best BIC on: every one up to six lists, with interactions
// up to order 3 for four and five lists and of order 2 for three and for six. From
// seven lists on it walks: see [searchNearby].
// BIC = k ln n − 2ℓ, with n the people observed; parameters at −∞ are counted in k.
func SearchModels(ctx context.Context, t *Table, workers int) ([]ModelFit, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	fit := func(models [][]History) ([]ModelFit, error) { return fitAll(ctx, t, models, workers) }
	var fits []ModelFit
	var err error
	if lists := len(t.lists); lists <= searchLists {
		fits, err = fit(hierarchicalModels(lists))
	} else {
		fits, err = searchNearby(lists, fit)
	}
	if err != nil {
		return nil, err
	}
	if len(fits) == 0 {
		return nil, refuse(NoMLE, "no hierarchical model has a maximum likelihood estimate that is unique")
	}
	return fits, nil
}

// fitAll fits models on the workers; those without an estimate are left out, the
// others come from the best BIC on.
func fitAll(ctx context.Context, t *Table, models [][]History, workers int) ([]ModelFit, error) {
	fits := make([]ModelFit, len(models))
	err := task(ctx, len(models), workers, func() *engine {
		e := newEngine(len(t.lists), DefaultThreshold)
		e.glm.load(t.cells)
		return e
	}, nil, func(e *engine, i int) {
		fits[i] = e.fitModel(models[i])
	})
	if err != nil {
		return nil, err
	}
	fits = slices.DeleteFunc(fits, func(f ModelFit) bool { return math.IsNaN(f.BIC) })
	slices.SortStableFunc(fits, compareFits)
	return fits, nil
}

func compareFits(a, b ModelFit) int {
	return cmp.Or(cmp.Compare(a.BIC, b.BIC), cmp.Compare(len(a.Interactions), len(b.Interactions)))
}

// nearbyModels bounds the models that searchNearby fits.
const nearbyModels = 4_000

// searchNearby walks through models of pairs where there are too many to fit all:
// from the lists' own effects to whichever neighbour, one pair more or less, has
// the best BIC, until none is better; and then outwards over all neighbours of
// models that are near-best, the best first. It can miss a near-best model that
// only others lead to.
func searchNearby(lists int, fit func([][]History) ([]ModelFit, error)) ([]ModelFit, error) {
	pairs := newEngine(lists, DefaultThreshold).pairs
	seen := map[uint64]bool{0: true}
	found, err := fit([][]History{nil})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	expanded := map[uint64]bool{}
	for len(seen) < nearbyModels {
		next := slices.IndexFunc(found, func(f ModelFit) bool { return !expanded[modelKey(pairs, f.Interactions)] })
		if next < 0 || found[next].BIC > found[0].BIC+nearBestBIC {
			break
		}
		from := modelKey(pairs, found[next].Interactions)
		expanded[from] = true
		var models [][]History
		for i := range pairs {
			if to := from ^ 1<<i; !seen[to] {
				seen[to] = true
				models = append(models, modelOf(pairs, to))
			}
		}
		fits, err := fit(models)
		if err != nil {
			return nil, err
		}
		found = append(found, fits...)
		slices.SortStableFunc(found, compareFits)
	}
	return found, nil
}

// modelKey names a model of pairs by a bit for each; ten lists have 45 pairs.
func modelKey(pairs, model []History) uint64 {
	var key uint64
	for i, pair := range pairs {
		if slices.Contains(model, pair) {
			key |= 1 << i
		}
	}
	return key
}

func modelOf(pairs []History, key uint64) []History {
	var model []History
	for i, pair := range pairs {
		if key&(1<<i) != 0 {
			model = append(model, pair)
		}
	}
	return model
}

// fitModel fits one model to the table loaded; BIC is NaN when it has no estimate.
func (e *engine) fitModel(interactions []History) ModelFit {
	fit := ModelFit{Interactions: interactions, BIC: math.NaN(), Estimate: math.NaN()}
	g := e.glm
	if e.check.code(g, interactions, 0) != 0 {
		return fit
	}
	g.setModel(interactions)
	if !g.fit() {
		return fit
	}
	k := float64(1 + g.lists + len(interactions))
	fit.BIC = k*math.Log(float64(g.margins[0])) - 2*g.logLikelihood()
	fit.Estimate = g.estimate()
	return fit
}

// hierarchicalModels lists every set of pairs and, for four and five lists,
// every set of triples whose three pairs are in the model.
func hierarchicalModels(lists int) [][]History {
	var pairs, triples []History
	for h := History(1); h < 1<<lists; h++ {
		switch h.Order() {
		case 2:
			pairs = append(pairs, h)
		case 3:
			triples = append(triples, h)
		}
	}
	if lists != 4 && lists != 5 {
		triples = nil
	}
	var models [][]History
	for chosen := range 1 << len(pairs) {
		model := subset(pairs, chosen)
		var allowed []History
		for _, t := range triples {
			if allPairsIn(t, model) {
				allowed = append(allowed, t)
			}
		}
		for more := range 1 << len(allowed) {
			models = append(models, append(slices.Clone(model), subset(allowed, more)...))
		}
	}
	return models
}

func subset(terms []History, chosen int) []History {
	var out []History
	for i, t := range terms {
		if chosen&(1<<i) != 0 {
			out = append(out, t)
		}
	}
	return out
}

// allPairsIn reports whether the three pairs inside a triple are in the model.
func allPairsIn(triple History, model []History) bool {
	found := 0
	for _, pair := range model {
		if triple.Has(pair) {
			found++
		}
	}
	return found == 3
}

// Range spans the estimates of the models that describe the data about as well
// as the best.
type Range struct {
	Interval
	Models int
}

// NearBest is the range of the estimates of the models of pairs within 10 of the
// best BIC among them; fits come from [SearchModels]. Models with interactions of
// three lists are left out: a sparse table lets them take any value, and the range
// would be that of their noise.
func NearBest(fits []ModelFit) Range {
	r := Range{Interval: Interval{math.Inf(1), math.Inf(-1)}}
	best := math.NaN()
	for _, f := range fits {
		if !f.pairsOnly() {
			continue
		}
		if r.Models == 0 {
			best = f.BIC
		}
		if f.BIC > best+nearBestBIC {
			break
		}
		r.Lower, r.Upper = min(r.Lower, f.Estimate), max(r.Upper, f.Estimate)
		r.Models++
	}
	return r
}

func (f ModelFit) pairsOnly() bool {
	return !slices.ContainsFunc(f.Interactions, func(h History) bool { return h.Order() > 2 })
}

// bicEstimator chooses by BIC among given models, for the bootstrap.
type bicEstimator struct {
	*engine
	models [][]History
}

func newBICEstimator(lists int, fits []ModelFit) *bicEstimator {
	e := &bicEstimator{engine: newEngine(lists, DefaultThreshold)}
	for _, f := range fits[:min(topModels, len(fits))] {
		e.models = append(e.models, f.Interactions)
	}
	return e
}

func (e *bicEstimator) estimateReplicate(cells []Cell) float64 {
	if drop, _ := degenerate(e.glm.lists, cells); drop != 0 {
		return math.NaN() // the models name lists that the resample does not have
	}
	e.glm.load(cells)
	best := ModelFit{BIC: math.Inf(1), Estimate: math.NaN()}
	for _, m := range e.models {
		if f := e.fitModel(m); f.BIC < best.BIC {
			best = f
		}
	}
	return best.Estimate
}
