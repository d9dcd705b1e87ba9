// Command coverage measures how often the bootstrap interval holds the truth: it
// makes populations of known size, lets five lists catch people from them, and
// counts the intervals that contain the size.
//
//	go run ./mse/coverage -replications 500 -resamples 1000
//	go run ./mse/coverage -replications 500 -resamples 1000 -size 1100
//
// The lists' chances are of the order of those in the studies that multiple
// systems estimation is used for: most people are on no list.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"clew/mse/internal/draw"

	"clew/mse"
)

// population is a log-linear model of who is on which list, and its size.
type population struct {
	name         string
	size         int64
	odds         []float64 // log odds of each list, the others absent
	interactions map[mse.History]float64
}

var listNames = []string{"A", "B", "C", "D", "E"}

var populations = []population{
	{"independent lists", 11_000, []float64{-4.6, -3.0, -2.1, -2.5, -3.3}, nil},
	{"two pairs that work together", 11_000, []float64{-4.8, -3.1, -2.2, -2.5, -3.4},
		map[mse.History]float64{0b00011: 1.6, 0b10100: 0.7}},
	{"four pairs, one of which avoids each other", 11_000, []float64{-5.0, -3.0, -2.2, -2.5, -3.4},
		map[mse.History]float64{0b00011: 1.5, 0b00101: 1.0, 0b11000: 0.6, 0b01010: -0.8}},
}

// observe lets the lists catch people; whoever none caught is left out.
func (p population) observe(random *rand.Rand) []mse.Cell {
	var weights [1 << 5]float64
	sum := 0.0
	for h := range weights {
		x := 0.0
		for j, odds := range p.odds {
			if h&(1<<j) != 0 {
				x += odds
			}
		}
		for pair, effect := range p.interactions {
			if mse.History(h).Has(pair) {
				x += effect
			}
		}
		weights[h] = math.Exp(x)
		sum += weights[h]
	}
	left := p.size
	var cells []mse.Cell
	for h, w := range weights {
		n := int64(draw.Binomial(random, float64(left), min(1, w/sum)))
		if h > 0 {
			cells = append(cells, mse.Cell{History: mse.History(h), Count: n})
		}
		left -= n
		sum -= w
	}
	return cells
}

// tally is what the replications of one population gave.
type tally struct {
	replications, refused     int
	inBCa, inWald             int
	below, above              int // BCa intervals that lie wholly below, above the truth
	estimate, width, observed float64
}

func (t *tally) add(r *mse.Result, truth float64) {
	t.replications++
	t.estimate += r.Estimate
	t.observed += float64(r.Observed)
	if r.Wald.Lower <= truth && truth <= r.Wald.Upper {
		t.inWald++
	}
	if r.BCa == nil {
		t.refused++
		return
	}
	t.width += r.BCa.Upper - r.BCa.Lower
	switch {
	case r.BCa.Upper < truth:
		t.below++
	case r.BCa.Lower > truth:
		t.above++
	default:
		t.inBCa++
	}
}

func (t *tally) print(name string, truth int64) {
	n := float64(t.replications)
	estimated := max(1, n-float64(t.refused))
	share := float64(t.inBCa) / n
	fmt.Printf("%s: %d replications of %d people, %.0f observed on average\n", name, t.replications, truth, t.observed/estimated)
	fmt.Printf("  mean estimate %.0f, mean BCa width %.0f\n", t.estimate/estimated, t.width/estimated)
	fmt.Printf("  BCa 95 %% holds the truth in %.1f %% (± %.1f, one standard error); too low %d, too high %d, refused %d\n",
		100*share, 100*math.Sqrt(share*(1-share)/n), t.below, t.above, t.refused)
	fmt.Printf("  Wald given the model holds it in %.1f %%\n", 100*float64(t.inWald)/n)
}

func main() {
	replications := flag.Int("replications", 500, "populations drawn from each model")
	resamples := flag.Int("resamples", 1000, "bootstrap resamples of each")
	size := flag.Int64("size", 0, "people in each population, instead of those of the models: fewer make sparser tables")
	seed := flag.Uint64("seed", 1, "seed")
	flag.Parse()
	log.SetFlags(0)
	for m, p := range populations {
		if *size > 0 {
			p.size = *size
		}
		started := time.Now()
		var t tally
		for i := range *replications {
			src := rand.NewPCG(*seed, uint64(m)<<32|uint64(i))
			table, err := mse.NewTable(listNames, p.observe(rand.New(src)))
			if err != nil {
				log.Fatal(err)
			}
			r, err := mse.Estimate(context.Background(), table, mse.Options{Replicates: *resamples, Seed: src.Uint64()})
			var refusal *mse.Refusal
			switch {
			case errors.As(err, &refusal):
				t.replications++
				t.refused++
			case err != nil:
				log.Fatal(err)
			default:
				t.add(r, float64(p.size))
			}
		}
		t.print(p.name, p.size)
		fmt.Fprintf(os.Stderr, "  %s\n", time.Since(started).Round(time.Second))
	}
}
