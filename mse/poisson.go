package mse

import "math"

// logTail is the logarithm of min(P(X ≤ n), P(X ≥ n)) for X Poisson with the
// given mean. Each tail is summed from n outwards, so it keeps its digits however
// small it is; the logarithm keeps apart tails below the smallest float64.
func logTail(n int64, mean float64) float64 {
	if !(mean > 0) {
		if n == 0 {
			return 0
		}
		return math.Inf(-1)
	}
	// The tail on the far side of the mean is the smaller one but near the mean,
	// where neither is small.
	if float64(n) <= mean {
		tail := logLower(n, mean)
		if tail < -1 {
			return tail
		}
		return min(tail, logUpper(n, mean))
	}
	tail := logUpper(n, mean)
	if tail < -1 {
		return tail
	}
	return min(tail, logLower(n, mean))
}

// logUpper is log P(X ≥ n): the term at n times 1 + m/(n+1) + m²/((n+1)(n+2)) + …
func logUpper(n int64, mean float64) float64 {
	if n == 0 {
		return 0
	}
	sum, ratio := 1.0, 1.0
	for k := float64(n) + 1; ; k++ {
		ratio *= mean / k
		sum += ratio
		if k > mean && ratio < 1e-17*sum {
			break
		}
	}
	return min(0, logTerm(n, mean)+math.Log(sum))
}

// logLower is log P(X ≤ n): the term at n times 1 + n/m + n(n−1)/m² + …
func logLower(n int64, mean float64) float64 {
	sum, ratio := 1.0, 1.0
	for k := float64(n); k > 0; k-- {
		ratio *= k / mean
		sum += ratio
		if k < mean && ratio < 1e-17*sum {
			break
		}
	}
	return min(0, logTerm(n, mean)+math.Log(sum))
}

func logTerm(n int64, mean float64) float64 {
	x := float64(n)
	return x*math.Log(mean) - mean - logFactorial(n)
}

var logFactorials = func() (f [1024]float64) {
	for i := 2; i < len(f); i++ {
		f[i], _ = math.Lgamma(float64(i) + 1)
	}
	return f
}()

func logFactorial(n int64) float64 {
	if n < int64(len(logFactorials)) {
		return logFactorials[n]
	}
	f, _ := math.Lgamma(float64(n) + 1)
	return f
}
