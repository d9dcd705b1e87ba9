package mse

import (
	"fmt"
	"math"
	"strings"
)

func (r *Result) warnf(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// warn says what a reader of the number alone would not see.
func (r *Result) warn() {
	if r.BCa != nil {
		r.warnBootstrap()
	}
	if r.NearBest != nil && r.BCa != nil && (r.NearBest.Upper > r.BCa.Upper || r.NearBest.Lower < r.BCa.Lower) {
		r.warnf("models that describe the data about as well give from %s to %s, beyond the bootstrap interval", People(r.NearBest.Lower), People(r.NearBest.Upper))
	}
	if r.Estimate > 20*float64(r.Observed) {
		r.warnf("the estimate is more than 20 times what was observed: it rests on very few overlaps")
	}
}

func (r *Result) warnBootstrap() {
	b := r.Bootstrap
	if b.NoEstimate > 0 {
		r.warnf("%d of %d resamples have no estimate; they count as larger than any", b.NoEstimate, b.Replicates)
	}
	low, high := quantile(b.Sorted, b.NoEstimate, 0.025), quantile(b.Sorted, b.NoEstimate, 0.975)
	if high > 1.25*r.BCa.Upper || low < 0.8*r.BCa.Lower {
		r.warnf("the resamples spread further than the interval (their middle 95 %% is %s to %s): look at the histogram for a second peak", People(low), People(high))
	}
	if r.BCa.Lower <= b.Sorted[0] || r.BCa.Upper >= b.Sorted[len(b.Sorted)-1] {
		r.warnf("a limit of the bootstrap interval is the most extreme resample: the correction for bias is too strong to be trusted")
	}
	if width := r.BCa.Upper - r.BCa.Lower; r.BCa.MonteCarloSE > 0.05*width {
		r.warnf("the limits would move by about %s with another seed: use more replicates", People(r.BCa.MonteCarloSE))
	}
}

// People writes a number of people with thousands separated: "12,345".
func People(v float64) string {
	if math.IsInf(v, 1) {
		return "any number"
	}
	digits := fmt.Sprintf("%.0f", v)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

func joinSome(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " …"
}
