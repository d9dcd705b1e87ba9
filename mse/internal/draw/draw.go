// Package draw draws random numbers from the distributions that the estimators
// simulate: binomial, Poisson and gamma.
//
// The samplers are those of gonum's stat/distuv and give the same numbers from the
// same source, which a test holds. They stand here because an estimate is published
// with its seed and has to come out the same in every later version, and because
// that package brings a whole linear algebra with it: two megabytes of a program
// that never factors a matrix.
//
// Copyright ©2014–2023 The Gonum Authors, under the licence in the file LICENSE
// beside this one.
package draw

import (
	"math"
	"math/rand/v2"
)

// Binomial draws how many of n trials succeed when each does with probability p
// in [0, 1]. For n·min(p, 1-p) ≥ 1: rejection with a Cauchy proposal (Press et al.,
// Numerical Recipes in C, 2nd edition, p. 295), below it with a Poisson proposal.
func Binomial(r *rand.Rand, n, p float64) float64 {
	rare := min(p, 1-p)
	var k float64
	switch {
	case n < 25:
		k = binomialByTrials(r, n, rare)
	case n*rare < 1:
		k = binomialByPoisson(r, n, rare)
	default:
		k = binomialByCauchy(r, n, rare)
	}
	if rare != p {
		return n - k
	}
	return k
}

func binomialByTrials(r *rand.Rand, n, p float64) float64 {
	k := 0.0
	for range int(n) {
		if r.Float64() < p {
			k++
		}
	}
	return k
}

// binomialByPoisson accepts by Stirling's expansion of log(n!) and the Padé
// approximant of log(1+x).
func binomialByPoisson(r *rand.Rand, n, p float64) float64 {
	const logM = 2.6e-2 // bounds the ratio to the proposal
	log1p := func(z float64) float64 { return (1 + 0.5*z) * z / (1 + (1+1.0/6*z)*z) }
	mean, logFail := n*p, log1p(-p)
	for {
		k, t := 0.0, 0.0
		for range int(n) {
			t += r.ExpFloat64()
			if t >= mean {
				break
			}
			k++
		}
		rest := n - k
		t = (rest+0.5)*log1p(-k/n) + k - rest*logFail + 1/(12*rest) - mean + logM
		if r.ExpFloat64() >= t {
			return k
		}
	}
}

func binomialByCauchy(r *rand.Rand, n, p float64) float64 {
	mean := n * p
	g, _ := math.Lgamma(n + 1)
	logP, logFail := math.Log(p), math.Log1p(-p)
	width := math.Sqrt(2 * mean * (1 - p))
	for {
		var k, y float64
		for {
			y = math.Tan(math.Pi * r.Float64())
			k = width*y + mean
			if k >= 0 && k < n+1 {
				break
			}
		}
		k = math.Floor(k)
		a, _ := math.Lgamma(k + 1)
		b, _ := math.Lgamma(n - k + 1)
		if r.Float64() <= 1.2*width*(1+y*y)*math.Exp(g-a-b+k*logP+(n-k)*logFail) {
			return k
		}
	}
}

// Poisson draws a count with that mean, which must be above 0. From 10 on it is
// algorithm PTRS of Hörmann, "The transformed rejection method for generating
// Poisson random variables", Insurance: Mathematics and Economics 12 (1993) 39–45.
func Poisson(r *rand.Rand, mean float64) float64 {
	if mean < 10 {
		k, t := 0.0, 0.0
		for {
			t += r.ExpFloat64()
			if t >= mean {
				return k
			}
			k++
		}
	}
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	invAlpha := 1.1239 + 1.1328/(b-3.4)
	vr := 0.9277 - 3.6224/(b-2)
	for {
		u := r.Float64() - 0.5
		v := r.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= vr {
			return k
		}
		if k <= 0 || (us < 0.013 && v > us) {
			continue
		}
		lg, _ := math.Lgamma(k + 1)
		if math.Log(v*invAlpha/(a/(us*us)+b)) <= k*math.Log(mean)-mean-lg {
			return k
		}
	}
}

// Gamma draws from the gamma distribution of that shape, which must be above 0,
// and rate 1.
func Gamma(r *rand.Rand, shape float64) float64 {
	switch {
	case shape == 1:
		return r.ExpFloat64()
	case shape < 0.2:
		return gammaSmall(r, shape)
	default:
		return gammaSqueeze(r, shape)
	}
}

// gammaSmall is Liu, Martin and Syring, "Simulating from a gamma distribution with
// small shape parameter", https://arxiv.org/abs/1302.1884, as far as possible in
// logarithms.
func gammaSmall(r *rand.Rand, shape float64) float64 {
	lambda := 1/shape - 1
	lr := -math.Log1p(1 / lambda / math.E)
	for {
		e := r.ExpFloat64()
		var z float64
		if e >= -lr {
			z = e + lr
		} else {
			z = -r.ExpFloat64() / lambda
		}
		eza := math.Exp(-z / shape)
		lh := -z - eza
		eta := -1 + lambda*z
		if z >= 0 {
			eta = -z
		}
		if lh-eta > -r.ExpFloat64() {
			return eza
		}
	}
}

// gammaSqueeze is Marsaglia and Tsang, "A simple method for generating gamma
// variables", ACM Transactions on Mathematical Software 26 (2000) 363–372.
func gammaSqueeze(r *rand.Rand, shape float64) float64 {
	d, m := shape-1.0/3, 1.0
	if shape < 1 {
		d++
		m = math.Pow(r.Float64(), 1/shape)
	}
	c := 1 / (3 * math.Sqrt(d))
	for {
		x := r.NormFloat64()
		v := 1 + x*c
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := r.Float64()
		if u < 1.0-0.0331*(x*x)*(x*x) || math.Log(u) < 0.5*x*x+d*(1-v+math.Log(v)) {
			return m * d * v
		}
	}
}
