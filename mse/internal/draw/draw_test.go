package draw

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

const draws = 2000

// Each sampler gives the library's very numbers from the same source, in every
// branch of it.
func TestTheNumbersAreThoseOfTheLibrary(t *testing.T) {
	source := func() *rand.PCG { return rand.NewPCG(7, 11) }
	same := func(name string, ours, theirs func() float64) {
		t.Helper()
		for i := range draws {
			if a, b := ours(), theirs(); a != b {
				t.Fatalf("%s, draw %d: %v, the library %v", name, i, a, b)
			}
		}
	}
	for _, n := range []float64{1, 24, 25, 400, 1e6} {
		for _, p := range []float64{0, 1e-7, 0.01, 0.3, 0.5, 0.9, 0.99999, 1} {
			r, peer := rand.New(source()), distuv.Binomial{N: n, P: p, Src: source()}
			same("binomial", func() float64 { return Binomial(r, n, p) }, peer.Rand)
		}
	}
	for _, mean := range []float64{1e-12, 0.4, 9.9, 10, 37, 5e5} {
		r, peer := rand.New(source()), distuv.Poisson{Lambda: mean, Src: source()}
		same("poisson", func() float64 { return Poisson(r, mean) }, peer.Rand)
	}
	for _, shape := range []float64{0.01, 0.19, 0.2, 0.7, 1, 3, 1e4} {
		r, peer := rand.New(source()), distuv.Gamma{Alpha: shape, Beta: 1, Src: source()}
		same("gamma", func() float64 { return Gamma(r, shape) }, peer.Rand)
	}
}
