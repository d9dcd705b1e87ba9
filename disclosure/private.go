package disclosure

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// AddNoise releases a table with ε-differentially private counts: every interior
// cell, also those of nobody, gets discrete Laplace noise; counts below zero become
// zero at the expense of the others, so that the grand total is the noisy sum and
// not pushed up by the cells of nobody; and totals are the sums of what is
// released, so that the table adds up.
// Each person must be in one interior cell at most (see [BoundContributions]).
// The charge is made before anything is drawn; an overspent ledger releases nothing.
func AddNoise(t *Table, ledger *Ledger, release string, epsilon float64, noise *Noise) (*Release, error) {
	if ledger == nil {
		return nil, errors.New("disclosure: a noisy table needs a ledger to charge")
	}
	if err := t.checkTotals(); err != nil {
		return nil, err
	}
	if err := ledger.Spend(release, epsilon, 0); err != nil {
		return nil, err
	}
	if noise == nil {
		noise = NewNoise()
	}
	out := newRelease(t)
	out.Noisy = true
	var cells []int
	var noisy []int64
	for cell := range out.counts {
		if t.interior(cell) {
			cells = append(cells, cell)
			noisy = append(noisy, out.counts[cell]+noise.Laplace(epsilon))
		}
	}
	if err := noise.Err(); err != nil {
		return nil, err
	}
	for i, n := range nonNegative(noisy) {
		out.counts[cells[i]] = n
	}
	out.sumTotals()
	return out, nil
}

// nonNegative is the nearest vector of whole numbers, none below zero, with the
// same sum (zero if that is negative): a common amount is taken off all, and what
// would fall below zero stays there.
func nonNegative(noisy []int64) []int64 {
	order := make([]int, len(noisy))
	sum := int64(0)
	for i, n := range noisy {
		order[i] = i
		sum += n
	}
	sum = max(0, sum)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(noisy[b], noisy[a]) })
	// The largest k stay above zero; off is what each of them gives.
	above, off := int64(0), int64(0)
	kept := 0
	for i, at := range order {
		above += noisy[at]
		give := floorDivide(above-sum, int64(i+1))
		if noisy[at] <= give {
			break
		}
		off, kept = give, i+1
	}
	out := make([]int64, len(noisy))
	rest := -sum
	for _, at := range order[:kept] {
		out[at] = noisy[at] - off
		rest += out[at]
	}
	// off was rounded down: the first rest cells give one more.
	for i := 0; rest > 0; i = (i + 1) % kept {
		if out[order[i]] > 0 {
			out[order[i]]--
			rest--
		}
	}
	return out
}

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Marginal counts records by the named attributes and releases the table with
// [AddNoise].
func Marginal(r *Records, ledger *Ledger, release string, epsilon float64, noise *Noise, attributes ...string) (*Release, error) {
	t, err := Crosstab(r, attributes...)
	if err != nil {
		return nil, err
	}
	return AddNoise(t, ledger, release, epsilon, noise)
}

// Contribution is one record of a person who may have several, such as one referral.
type Contribution struct {
	Person string
	Values []string
}

// BoundContributions keeps at most most records of each person, chosen at random,
// so that one person changes counts by no more than most. Releases of the result
// protect a person at most times the ε of a release in which each person is once;
// with most = 1 nothing else need be thought of. It reports how many records went.
func BoundContributions(attributes []string, contributions []Contribution, most int, noise *Noise) (*Records, int, error) {
	if most < 1 {
		return nil, 0, errors.New("disclosure: each person must be allowed at least one record")
	}
	if noise == nil {
		noise = NewNoise()
	}
	b, err := NewBuilder(attributes)
	if err != nil {
		return nil, 0, err
	}
	kept := map[string][]int{}
	seen := map[string]int{}
	for i, c := range contributions {
		if c.Person == "" {
			return nil, 0, fmt.Errorf("disclosure: record %d names no person", i+1)
		}
		seen[c.Person]++
		// Reservoir sampling: each record of a person is kept with the same chance.
		if len(kept[c.Person]) < most {
			kept[c.Person] = append(kept[c.Person], i)
		} else if at := int(noise.below(uint32(seen[c.Person]))); at < most {
			kept[c.Person][at] = i
		}
	}
	if err := noise.Err(); err != nil {
		return nil, 0, err
	}
	keep := make([]bool, len(contributions))
	dropped := len(contributions)
	for _, list := range kept {
		for _, i := range list {
			keep[i] = true
			dropped--
		}
	}
	for i, c := range contributions {
		if keep[i] {
			if err := b.Add(c.Values, 1); err != nil {
				return nil, 0, err
			}
		}
	}
	return b.Records(), dropped, nil
}
