package score

import (
	"math"
	"sort"
)

// Curve holds how scores and labels lie, to be asked for precision and recall.
type Curve struct {
	scores  []float64 // descending
	hits    []int     // matches among the first i+1
	matches int
}

// Measure makes a curve of scores and whether each pair is a match.
func Measure(scores []float64, match []bool) *Curve {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return scores[order[i]] > scores[order[j]] })
	c := &Curve{scores: make([]float64, len(scores)), hits: make([]int, len(scores))}
	for i, o := range order {
		c.scores[i] = scores[o]
		if match[o] {
			c.matches++
		}
		c.hits[i] = c.matches
	}
	return c
}

// Matches returns how many labels say match.
func (c *Curve) Matches() int { return c.matches }

// At returns precision, recall and F1 when scores from threshold on are called
// a match. Without a call or without a match they are 0.
func (c *Curve) At(threshold float64) (precision, recall, f1 float64) {
	n := sort.Search(len(c.scores), func(i int) bool { return c.scores[i] < threshold })
	return c.first(n)
}

func (c *Curve) first(n int) (precision, recall, f1 float64) {
	if n == 0 || c.matches == 0 || c.hits[n-1] == 0 {
		return 0, 0, 0
	}
	hits := float64(c.hits[n-1])
	precision, recall = hits/float64(n), hits/float64(c.matches)
	return precision, recall, 2 * precision * recall / (precision + recall)
}

// cuts calls f with the number of calls and the score for every place where the
// curve can be cut: not between equal scores.
func (c *Curve) cuts(f func(n int, at float64)) {
	for i := range c.scores {
		if i+1 == len(c.scores) || c.scores[i+1] < c.scores[i] {
			f(i+1, c.scores[i])
		}
	}
}

// Best returns the best F1 and the score at which it is reached.
func (c *Curve) Best() (f1, at float64) {
	c.cuts(func(n int, score float64) {
		if _, _, f := c.first(n); f > f1 {
			f1, at = f, score
		}
	})
	return f1, at
}

// RecallAt returns the greatest recall that keeps the precision.
func (c *Curve) RecallAt(precision float64) (recall float64) {
	c.cuts(func(n int, _ float64) {
		if p, r, _ := c.first(n); p >= precision && r > recall {
			recall = r
		}
	})
	return recall
}

// Calibrate returns the least scores that keep false alarms at the given rates,
// from the best score that each innocent person got (0 for none). A rate that
// so few people cannot show gets a score above all of theirs.
func Calibrate(best []float64, rates ...float64) []Guidance {
	sorted := append([]float64(nil), best...)
	sort.Sort(sort.Reverse(sort.Float64Slice(sorted)))
	out := make([]Guidance, len(rates))
	for i, rate := range rates {
		out[i] = Guidance{Rate: rate, Score: 1}
		// Of those with an alarm at most rate*n may remain: the threshold lies just
		// above the score of the first who must not.
		allowed := int(rate * float64(len(sorted)))
		if allowed < len(sorted) {
			out[i].Score = min(1, nextAbove(sorted[allowed]))
		}
	}
	return out
}

// nextAbove is the next score that is told apart at five decimals.
func nextAbove(v float64) float64 { return math.Floor(v*1e5+1.5) / 1e5 }
