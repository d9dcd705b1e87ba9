package mse

import "math"

// Interval is a range of the population, in people.
type Interval struct {
	Lower, Upper float64
}

// wald is the interval given the model: normal on the logarithm of the dark
// figure, with the information matrix of the last weighted least squares step
// whose relative change of deviance is above 1e-8. That is where statistical
// software conventionally takes it, one step before the limit; at the limit
// itself the standard error differs in the fifth digit at most, and published
// intervals would not be reproduced to the digit. It refits the model set.
func (g *glm) wald(level float64) Interval {
	estimated := append([]float64(nil), g.alpha...)
	deviation, ok := g.conventionalError()
	copy(g.alpha, estimated)
	g.like = g.evaluate(g.alpha)
	if !ok {
		deviation = g.darkError()
	}
	spread := math.Exp(normalQuantile(0.5+level/2) * deviation)
	n, dark := float64(g.margins[0]), g.dark()
	return Interval{n + dark/spread, n + dark*spread}
}

// conventionalError iterates full weighted least squares steps from the rates
// count+0.1 and returns the standard error of the log dark figure by the weights
// of the last step. It reports false where full steps do not settle.
func (g *glm) conventionalError() (float64, bool) {
	g.start()
	previous, deviation := math.Inf(1), 0.0
	for range 25 {
		g.evaluate(g.alpha)
		deviance := g.deviance()
		if math.Abs(deviance-previous) < 1e-8*(math.Abs(deviance)+0.1) {
			return deviation, true
		}
		previous = deviance
		deviation = g.darkError()
		for j, term := range g.terms {
			g.grad[j] = float64(g.margins[term]) - g.sums[term]
		}
		g.solve(g.grad)
		for j := range g.alpha {
			g.alpha[j] += g.grad[j]
		}
	}
	return 0, false
}

// deviance is twice the log likelihood lost against rates equal to the counts.
func (g *glm) deviance() float64 {
	d := 0.0
	for h, n := range g.counts {
		if h == 0 {
			continue
		}
		d += g.rates[h] - float64(n)
		if n > 0 {
			d += float64(n) * math.Log(float64(n)/g.rates[h])
		}
	}
	return 2 * d
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

func normalCDF(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }
