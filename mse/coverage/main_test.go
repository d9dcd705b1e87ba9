package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"clew/mse"
)

func TestPopulationsAreCaughtAsTheirModelsSay(t *testing.T) {
	for _, p := range populations {
		var caught, together int64
		const draws = 200
		for i := range draws {
			for _, c := range p.observe(rand.New(rand.NewPCG(1, uint64(i)))) {
				caught += c.Count
				if c.History.Has(0b00011) {
					together += c.Count
				}
			}
		}
		if mean := float64(caught) / draws; mean < 2000 || mean > 3500 {
			t.Errorf("%s: %.0f of %d people caught on average", p.name, mean, p.size)
		}
		if len(p.interactions) > 0 && float64(together)/draws < 10 {
			t.Errorf("%s: the pair that works together has %.1f people in common", p.name, float64(together)/draws)
		}
	}
}

func TestTallyCountsEachSide(t *testing.T) {
	var c tally
	at := func(lower, upper float64) *mse.Result {
		return &mse.Result{Estimate: 10, Wald: &mse.Interval{Lower: lower, Upper: upper}, BCa: &mse.BCa{Interval: mse.Interval{Lower: lower, Upper: upper}}}
	}
	c.add(at(5, 15), 10)
	c.add(at(1, 9), 10)
	c.add(at(11, 15), 10)
	c.add(&mse.Result{Estimate: 10, Wald: &mse.Interval{Lower: 9, Upper: 11}}, 10)
	want := tally{replications: 4, refused: 1, inBCa: 1, inWald: 2, below: 1, above: 1, estimate: 40, width: 22, observed: 0}
	if c != want || math.IsNaN(c.width) {
		t.Errorf("tally %+v, want %+v", c, want)
	}
}
