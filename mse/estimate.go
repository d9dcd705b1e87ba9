package mse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
)

// Method is a way to estimate.
type Method string

// The methods. All is Stepwise with every other method beside it.
const (
	Stepwise Method = "stepwise" // log-linear model chosen by stepwise p values
	BIC      Method = "bic"      // log-linear model with the best BIC of all hierarchical ones
	DGA      Method = "dga"      // average over decomposable graphical models
	LCMCR    Method = "lcmcr"    // Bayesian latent classes
	All      Method = "all"
)

// Options varies an estimate. The zero value is valid: the stepwise method with
// 20,000 resamples of seed 0 on all processors.
type Options struct {
	Method     Method
	Threshold  float64  // p value below which an interaction enters; 0 means [DefaultThreshold]
	Replicates int      // bootstrap resamples; 0 means [DefaultReplicates], negative none
	Seed       uint64   // the same seed gives the same answer
	Workers    int      // goroutines; 0 means one a processor. It never changes the answer.
	Resamples  [][]Cell // resamples to use instead of drawing them
	Progress   func(done, total int)

	chains int // of lcmcr; 0 means lcmcrChains. Tests run fewer.
}

// DefaultReplicates keeps the Monte Carlo error of a limit near 1 % where 1,000
// leave 3 % to 6 %.
const DefaultReplicates = 20_000

// MaxReplicates bounds the time and memory of an estimate.
const MaxReplicates = 2_000_000

const level = 0.95

// secondaryReplicates bounds the bootstrap of a method that is shown beside another.
const secondaryReplicates = 2_000

// Other is the answer of one more method.
type Other struct {
	Method Method
	Median float64 // the posterior median, or the point estimate of BIC
	Interval
}

// Result is an estimate with all that must be shown beside it.
type Result struct {
	Lists     []string
	Observed  int64
	Method    Method
	Estimate  float64 // people in all: observed, and those no list saw
	Steps     []Step  // the interactions of the model, in order of entry
	Wald      *Interval
	BCa       *BCa
	Bootstrap *Bootstrap // nil when the method has none
	// ExistenceCode is that of the model with every pair of lists: how much of the
	// dependence between lists the data can tell at all. The model reported always
	// has code 0; without one there is no estimate.
	ExistenceCode Code
	NearBest      *Range // nil when no model can be fitted
	Others        []Other
	Warnings      []string

	table *Table
}

// Estimate estimates the size of the population that the lists were drawn from.
// When the data allow no estimate the error is a *[Refusal].
func Estimate(ctx context.Context, t *Table, o Options) (*Result, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if err := t.Check(); err != nil {
		return nil, err
	}
	if err := checkResamples(o.Resamples, len(t.lists)); err != nil {
		return nil, err
	}
	r := &Result{Lists: t.Lists(), Observed: t.total, Method: o.Method, table: t}
	r.checkTable()
	fits, err := r.search(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.Method == All {
		r.Method = Stepwise
	}
	switch r.Method {
	case Stepwise:
		err = r.stepwise(ctx, o)
	case BIC:
		err = r.bic(ctx, o, fits)
	default:
		err = r.posterior(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if o.Method == All {
		if err := r.addOthers(ctx, o, fits); err != nil {
			return nil, err
		}
	}
	r.warn()
	return r, nil
}

func (o Options) complete() (Options, error) {
	if o.Method == "" {
		o.Method = Stepwise
	}
	if !slices.Contains([]Method{Stepwise, BIC, DGA, LCMCR, All}, o.Method) {
		return o, fmt.Errorf("mse: unknown method %q", o.Method)
	}
	if o.Threshold == 0 {
		o.Threshold = DefaultThreshold
	}
	if !(o.Threshold > 0 && o.Threshold < 1) {
		return o, fmt.Errorf("mse: the p value threshold must lie between 0 and 1")
	}
	if o.Replicates == 0 {
		o.Replicates = DefaultReplicates
	}
	if o.Replicates > MaxReplicates || len(o.Resamples) > MaxReplicates {
		return o, fmt.Errorf("mse: more than %d replicates", MaxReplicates)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o, nil
}

// checkResamples refuses resamples that are not tables of the same lists.
func checkResamples(resamples [][]Cell, lists int) error {
	for i, cells := range resamples {
		for _, c := range cells {
			if c.Count < 0 || c.Count > maxTotal || c.History == 0 || int(c.History) >= 1<<lists {
				return fmt.Errorf("mse: resample %d has a cell that the table cannot have", i+1)
			}
		}
	}
	return nil
}

// checkTable sets the code of the model with all pairs.
func (r *Result) checkTable() {
	e := newEngine(len(r.Lists), DefaultThreshold)
	e.glm.load(r.table.cells)
	r.ExistenceCode = e.check.code(e.glm, e.pairs, 0)
	var apart []string
	for _, pair := range e.pairs {
		if e.glm.margins[pair] == 0 {
			apart = append(apart, r.table.Name(pair))
		}
	}
	if len(apart) > 0 {
		r.warnf("%d of %d pairs of lists have nobody in common (%s): the data say little about them", len(apart), len(e.pairs), joinSome(apart, 6))
	}
	if r.ExistenceCode != 0 {
		r.warnf("the model with every pair of lists cannot be estimated (%s): the choice is limited to simpler models", r.ExistenceCode)
	}
}

func (r *Result) search(ctx context.Context, o Options) ([]ModelFit, error) {
	fits, err := SearchModels(ctx, r.table, o.Workers)
	var refusal *Refusal
	if errors.As(err, &refusal) && o.Method != BIC {
		r.warnf("the range of near-best models is not available: %s", refusal.Detail)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if pairs := len(r.Lists) * (len(r.Lists) - 1) / 2; len(r.Lists) > searchLists {
		r.warnf("near-best models were looked for around the best one: %d lists have 2^%d models of pairs, too many to fit all", len(r.Lists), pairs)
	}
	near := NearBest(fits)
	r.NearBest = &near
	return fits, nil
}

// stepwise fills the result of the stepwise method.
func (r *Result) stepwise(ctx context.Context, o Options) error {
	lists := len(r.Lists)
	e := newEngine(lists, o.Threshold)
	if !e.stepwise(r.table.cells) {
		if e.infeasible != 0 {
			return refusalOf(e.infeasible, "of the lists alone")
		}
		return refuse(NotConverged, "the fit did not converge: the counts are too extreme")
	}
	r.Estimate = e.glm.estimate()
	r.Steps = slices.Clone(e.steps)
	wald := e.glm.wald(level)
	r.Wald = &wald
	return r.bootstrap(ctx, o, func() estimator { return newEngine(lists, o.Threshold) })
}

// bic fills the result of the best model by BIC.
func (r *Result) bic(ctx context.Context, o Options, fits []ModelFit) error {
	best, lists := fits[0], len(r.Lists)
	e := newEngine(lists, o.Threshold)
	e.glm.load(r.table.cells)
	e.glm.setModel(best.Interactions)
	if !e.glm.fit() {
		return refuse(NotConverged, "the fit did not converge: the counts are too extreme")
	}
	r.Estimate = best.Estimate
	for _, h := range best.Interactions {
		r.Steps = append(r.Steps, Step{Interaction: h, P: math.NaN(), Empty: e.glm.margins[h] == 0})
	}
	wald := e.glm.wald(level)
	r.Wald = &wald
	return r.bootstrap(ctx, o, func() estimator { return newBICEstimator(lists, fits) })
}

// bootstrap fills the BCa interval of a method that can be repeated on resamples.
func (r *Result) bootstrap(ctx context.Context, o Options, fresh func() estimator) error {
	if o.Replicates < 0 && o.Resamples == nil {
		r.warnf("no resamples were asked for, so there is no interval that allows for the choice of the model")
		return nil
	}
	acceleration, err := jackknife(ctx, r.table, fresh, o.Workers)
	if err != nil {
		return err
	}
	replicates, err := replicate(ctx, r.table, fresh, o)
	if err != nil {
		return err
	}
	r.Bootstrap = newBootstrap(replicates, r.Estimate, acceleration)
	var refusal *Refusal
	if r.BCa, refusal = r.Bootstrap.interval(level); refusal != nil {
		r.warnf("the bootstrap interval is not available: %s", refusal.Detail)
	}
	return nil
}

// posterior fills the result of a Bayesian method: it has a median and an
// interval of its own, and no bootstrap.
func (r *Result) posterior(ctx context.Context, o Options) error {
	other, warnings, err := bayesian(ctx, r.table, r.Method, o)
	if err != nil {
		return err
	}
	r.Estimate = other.Median
	r.Others = append(r.Others, other)
	r.Warnings = append(r.Warnings, warnings...)
	return nil
}

// addOthers sets every other method beside the estimate; one that cannot answer
// becomes a warning.
func (r *Result) addOthers(ctx context.Context, o Options, fits []ModelFit) error {
	o.Progress, o.Resamples = nil, nil
	if len(fits) > 0 {
		o.Replicates = min(o.Replicates, secondaryReplicates)
		second := &Result{Lists: r.Lists, Observed: r.Observed, table: r.table}
		if err := second.bic(ctx, o, fits); err != nil {
			return err
		}
		interval := second.Wald
		if second.BCa != nil {
			interval = &second.BCa.Interval
		} else {
			r.warnf("bic: its interval is that given the model; the bootstrap's is not available")
		}
		r.Others = append(r.Others, Other{BIC, second.Estimate, *interval})
	}
	for _, m := range []Method{DGA, LCMCR} {
		other, warnings, err := bayesian(ctx, r.table, m, o)
		var refusal *Refusal
		if errors.As(err, &refusal) {
			r.warnf("%s: %s", m, refusal.Detail)
			continue
		}
		if err != nil {
			return err
		}
		r.Others = append(r.Others, other)
		r.Warnings = append(r.Warnings, warnings...)
	}
	return nil
}

func bayesian(ctx context.Context, t *Table, m Method, o Options) (Other, []string, error) {
	if m == DGA {
		return averageDecomposable(ctx, t, o.Workers)
	}
	return sampleLatentClasses(ctx, t, o)
}
