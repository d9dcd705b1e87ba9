package mse

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"clew/mse/internal/draw"
)

// minReplicates is the fewest replicates an interval is made from: with less,
// a 2.5 % point is not a statement about the data.
const minReplicates = 200

// estimator is what the bootstrap repeats: the whole estimate, choice of the
// model included. NaN says that a resample has none. Not for concurrent use.
type estimator interface {
	estimateReplicate(cells []Cell) float64
}

// Bootstrap is what the resamples gave.
type Bootstrap struct {
	Replicates   int       // resamples drawn
	NoEstimate   int       // resamples that have no maximum likelihood estimate
	Acceleration float64   // a, from the jackknife
	Bias         float64   // z0, from the share of replicates below the estimate
	Sorted       []float64 // estimates of the resamples that have one, ascending
}

// BCa is a bias-corrected and accelerated bootstrap interval (Efron 1987).
type BCa struct {
	Interval
	Replicates int
	// MonteCarloSE is the standard error that the limits have because the number
	// of replicates is finite: the larger of the two limits'. In people.
	MonteCarloSE float64
}

// Bin is one bar of a histogram of replicates.
type Bin struct {
	Lower, Upper float64
	Count        int
}

// resampler draws multinomial resamples of a table.
type resampler struct {
	cells []Cell
	total int64
}

// draw fills out with resample number b of a seed. It depends on nothing else,
// so that the replicates are the same whoever draws them.
func (r resampler) draw(seed uint64, b int, out []Cell) {
	random := rand.New(rand.NewPCG(mix(seed), mix(seed+0x9e3779b97f4a7c15*uint64(b+1))))
	left, mass := r.total, float64(r.total)
	for i, c := range r.cells {
		out[i] = Cell{History: c.History}
		switch {
		case left == 0:
		case i == len(r.cells)-1:
			out[i].Count = left
		default:
			p := min(1, float64(c.Count)/mass)
			out[i].Count = int64(draw.Binomial(random, float64(left), p))
		}
		left -= out[i].Count
		mass -= float64(c.Count)
	}
}

// mix is the finaliser of splitmix64: seeds that are close become streams that are not.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// task runs fn for 0..n-1 on the workers, each with its own W. fn stores what it
// finds by number, so that the result does not depend on the workers.
func task[W any](ctx context.Context, n, workers int, make func() W, progress func(done, total int), fn func(w W, i int)) error {
	var next, done atomic.Int64
	var report sync.Mutex
	var group sync.WaitGroup
	chunk := max(1, min(16, n/(4*max(1, workers))))
	for range max(1, min(workers, n)) {
		group.Go(func() {
			w := make()
			for ctx.Err() == nil {
				from := int(next.Add(int64(chunk))) - chunk
				if from >= n {
					return
				}
				to := min(from+chunk, n)
				for i := from; i < to; i++ {
					fn(w, i)
				}
				finished := int(done.Add(int64(to - from)))
				if progress != nil {
					report.Lock()
					progress(finished, n)
					report.Unlock()
				}
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// replicate estimates resamples: those given, or replicates drawn by seed.
func replicate(ctx context.Context, t *Table, fresh func() estimator, o Options) ([]float64, error) {
	n := o.Replicates
	if o.Resamples != nil {
		n = len(o.Resamples)
	}
	out := make([]float64, n)
	draw := resampler{t.cells, t.total}
	var scratch sync.Pool
	scratch.New = func() any { s := make([]Cell, len(t.cells)); return &s }
	err := task(ctx, n, o.Workers, fresh, o.Progress, func(e estimator, b int) {
		if o.Resamples != nil {
			out[b] = e.estimateReplicate(o.Resamples[b])
			return
		}
		cells := scratch.Get().(*[]Cell)
		draw.draw(o.Seed, b, *cells)
		out[b] = e.estimateReplicate(*cells)
		scratch.Put(cells)
	})
	return out, err
}

// jackknife re-estimates with one person less in each history that occurs, and
// returns the acceleration of the interval: with r = mean − estimate, both
// weighted by the people of the history, a = Σ N r³ / (6 (Σ N r²)^1.5).
// Histories without which there is no estimate are left out; none left is NaN.
func jackknife(ctx context.Context, t *Table, fresh func() estimator, workers int) (float64, error) {
	estimates := make([]float64, len(t.cells))
	err := task(ctx, len(t.cells), workers, fresh, nil, func(e estimator, i int) {
		cells := slices.Clone(t.cells)
		cells[i].Count--
		estimates[i] = e.estimateReplicate(cells)
	})
	if err != nil {
		return 0, err
	}
	var mean, weight, squares, cubes float64
	for i, v := range estimates {
		if !math.IsNaN(v) {
			mean += float64(t.cells[i].Count) * v
			weight += float64(t.cells[i].Count)
		}
	}
	mean /= weight
	for i, v := range estimates {
		if !math.IsNaN(v) {
			r, n := mean-v, float64(t.cells[i].Count)
			squares += n * r * r
			cubes += n * r * r * r
		}
	}
	if squares == 0 {
		return 0, nil
	}
	return cubes / (6 * math.Pow(squares, 1.5)), nil
}

// newBootstrap gathers the replicates of an estimate.
func newBootstrap(replicates []float64, estimate, acceleration float64) *Bootstrap {
	b := &Bootstrap{Replicates: len(replicates), Acceleration: acceleration}
	below := 0
	for _, v := range replicates {
		if math.IsNaN(v) {
			b.NoEstimate++
			continue
		}
		if v < estimate {
			below++
		}
		b.Sorted = append(b.Sorted, v)
	}
	slices.Sort(b.Sorted)
	b.Bias = normalQuantile(float64(below) / float64(len(replicates)))
	return b
}

// interval is the BCa interval. It is refused when every replicate lies on one
// side of the estimate: the bias correction is then infinite.
func (b *Bootstrap) interval(level float64) (*BCa, *Refusal) {
	if b.Replicates < minReplicates {
		return nil, refuse(NoReplicates, "%d replicates are too few for an interval; at least %d are needed", b.Replicates, minReplicates)
	}
	if math.IsInf(b.Bias, 0) {
		return nil, refuse(OneSided, "every one of the %d replicates lies on one side of the estimate, so the bias cannot be corrected", b.Replicates)
	}
	if math.IsNaN(b.Acceleration) {
		return nil, refuse(NoMLE, "there is no estimate with one person less, so the acceleration of the interval is unknown")
	}
	low, high := b.limits(b.Sorted, b.Bias, level)
	if math.IsInf(high, 0) || math.IsInf(low, 0) {
		return nil, refuse(NoMLE, "%d of %d resamples have no maximum likelihood estimate: the upper limit is beyond any number", b.NoEstimate, b.Replicates)
	}
	return &BCa{Interval: Interval{low, high}, Replicates: b.Replicates, MonteCarloSE: b.monteCarloSE(level)}, nil
}

// limits are the two ends of the interval for a bias.
func (b *Bootstrap) limits(sorted []float64, bias, level float64) (low, high float64) {
	at := func(q float64) float64 {
		z := normalQuantile(q)
		return quantile(sorted, b.NoEstimate, normalCDF(bias+(bias+z)/(1-b.Acceleration*(bias+z))))
	}
	return at(0.5 - level/2), at(0.5 + level/2)
}

// quantile is the sample quantile of type 8 of Hyndman and Fan (1996), median
// unbiased. infinite more values lie above all of sorted: replicates without an
// estimate count as larger than any, which widens the interval and never narrows it.
func quantile(sorted []float64, infinite int, p float64) float64 {
	n := len(sorted) + infinite
	position := float64(n)*p + (p+1)/3
	// A hair below a whole position is that position: p comes from a normal distribution.
	whole := math.Floor(position + 4*2.220446e-16)
	fraction := position - whole
	if math.Abs(fraction) < 4*2.220446e-16 {
		fraction = 0
	}
	value := func(i int) float64 {
		i = max(1, min(i, n))
		if i > len(sorted) {
			return math.Inf(1)
		}
		return sorted[i-1]
	}
	low := value(int(whole))
	if fraction == 0 || math.IsInf(low, 1) {
		return low
	}
	return low + fraction*(value(int(whole)+1)-low)
}

// monteCarloSE resamples the replicates themselves, and takes the standard
// deviation of each limit; the bias moves with the replicates, as it would if the
// bootstrap were run again with another seed.
func (b *Bootstrap) monteCarloSE(level float64) float64 {
	const rounds = 200
	n := b.Replicates
	// Ranks carry all that is needed: those up to the estimate, and the values.
	below := int(math.Round(normalCDF(b.Bias) * float64(n)))
	src := rand.New(rand.NewPCG(uint64(n), 0x5ee0))
	counts := make([]int32, n)
	var lows, highs []float64
	for range rounds {
		clear(counts)
		for range n {
			counts[src.IntN(n)]++
		}
		under := int32(0)
		for _, c := range counts[:below] {
			under += c
		}
		if under == 0 || int(under) == n {
			continue
		}
		low, high := b.resampledLimits(counts, normalQuantile(float64(under)/float64(n)), level)
		if !math.IsInf(high, 0) {
			lows, highs = append(lows, low), append(highs, high)
		}
	}
	return max(deviation(lows), deviation(highs))
}

// resampledLimits are the limits when replicate i (ascending) occurs counts[i] times.
func (b *Bootstrap) resampledLimits(counts []int32, bias, level float64) (low, high float64) {
	at := func(q float64) float64 {
		z := normalQuantile(q)
		p := normalCDF(bias + (bias+z)/(1-b.Acceleration*(bias+z)))
		target := int32(p*float64(len(counts))) + 1
		seen := int32(0)
		for i, c := range counts {
			if seen += c; seen >= target {
				if i >= len(b.Sorted) {
					return math.Inf(1)
				}
				return b.Sorted[i]
			}
		}
		return b.Sorted[len(b.Sorted)-1]
	}
	return at(0.5 - level/2), at(0.5 + level/2)
}

// deviation is the sample standard deviation, 0 of fewer than two values.
func deviation(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	var mean, squares float64
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}

// Histogram divides the central 99 % of the replicates into equal bins; the first
// and the last also hold what lies beyond, so that the counts add up.
func (b *Bootstrap) Histogram(bins int) []Bin {
	if len(b.Sorted) == 0 || bins < 1 {
		return nil
	}
	low, high := quantile(b.Sorted, 0, 0.005), quantile(b.Sorted, 0, 0.995)
	if high <= low {
		return []Bin{{low, high, len(b.Sorted)}}
	}
	out := make([]Bin, bins)
	width := (high - low) / float64(bins)
	for i := range out {
		out[i].Lower, out[i].Upper = low+float64(i)*width, low+float64(i+1)*width
	}
	for _, v := range b.Sorted {
		at := int((v - low) / width)
		out[max(0, min(bins-1, at))].Count++
	}
	return out
}
