package score

import (
	"math/rand/v2"
	"testing"

	"clew/match/internal/reference"
	"clew/match/norm"
)

// labelledPair is a pair of the reference data, scored.
type labelledPair struct {
	group string
	kind  norm.Kind
	score float64
	match bool
}

func scorePairs(t testing.TB, m *Model, file string) []labelledPair {
	var out []labelledPair
	for _, row := range reference.Rows(t, "names/"+file) {
		a, b := NewRecord(Input{Schema: row["schema"], Name: row["name1"]}), NewRecord(Input{Schema: row["schema"], Name: row["name2"]})
		out = append(out, labelledPair{row["case_group"], a.Kind, m.Compare(&a, &b).Score, row["is_match"] == "true"})
	}
	return out
}

func only(ps []labelledPair, keep func(labelledPair) bool) (out []labelledPair) {
	for _, p := range ps {
		if keep(p) {
			out = append(out, p)
		}
	}
	return out
}

func curve(ps []labelledPair) *Curve {
	scores, match := make([]float64, len(ps)), make([]bool, len(ps))
	for i, p := range ps {
		scores[i], match[i] = p.score, p.match
	}
	return Measure(scores, match)
}

// crossValidated chooses the threshold on four fifths of the pairs and counts on
// the fifth left out, ten times over; it returns the F1 of all counts.
func crossValidated(ps []labelledPair) float64 {
	var hit, called, matches float64
	for rep := range 10 {
		order := rand.New(rand.NewPCG(uint64(rep), 1)).Perm(len(ps))
		for fold := range 5 {
			var train, test []labelledPair
			for k, i := range order {
				if k%5 == fold {
					test = append(test, ps[i])
				} else {
					train = append(train, ps[i])
				}
			}
			_, threshold := curve(train).Best()
			for _, p := range test {
				if p.match {
					matches++
				}
				if p.score >= threshold {
					called++
					if p.match {
						hit++
					}
				}
			}
		}
	}
	return 2 * hit / (called + matches)
}

// The figures of docs/match.md: F1 with the threshold of the model file, which
// was fixed beforehand, and with thresholds chosen on other folds.
func TestAccuracyOnLabelledNames(t *testing.T) {
	m := Default()
	pairs, arabic := scorePairs(t, m, "name_pairs.csv"), scorePairs(t, m, "ar2en_pairs.csv")
	for _, c := range []struct {
		name  string
		pairs []labelledPair
		goal  float64
		at    func(*Curve) float64
	}{
		{"all", pairs, 0.86, fixed(m)},
		{"persons", only(pairs, func(p labelledPair) bool { return p.kind == norm.Person }), 0.85, fixed(m)},
		{"nk_checks", only(pairs, func(p labelledPair) bool { return p.group == "nk_checks" }), 0.94, fixed(m)},
		{"Arabic-Latin tokens", arabic, 0.95, func(c *Curve) float64 { f, _ := c.Best(); return f }},
	} {
		got, validated := c.at(curve(c.pairs)), crossValidated(c.pairs)
		p, r, f := curve(c.pairs).At(m.Threshold)
		best, at := curve(c.pairs).Best()
		t.Logf("%s: n %d, at %.2f P %.3f R %.3f F1 %.3f; best F1 %.3f at %.3f; cross-validated F1 %.3f", c.name, len(c.pairs), m.Threshold, p, r, f, best, at, validated)
		if got < c.goal {
			t.Errorf("%s: F1 %.3f, below the goal of %.2f", c.name, got, c.goal)
		}
	}
}

func fixed(m *Model) func(*Curve) float64 {
	return func(c *Curve) float64 { _, _, f := c.At(m.Threshold); return f }
}

func BenchmarkPairs(b *testing.B) {
	m := Default()
	var as, bs []Record
	for _, row := range reference.Rows(b, "names/name_pairs.csv") {
		as = append(as, NewRecord(Input{Schema: row["schema"], Name: row["name1"]}))
		bs = append(bs, NewRecord(Input{Schema: row["schema"], Name: row["name2"]}))
	}
	for name, step := range map[string]int{"likely": 0, "unrelated": 7} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				k := i % len(as)
				m.Compare(&as[k], &bs[(k+step*13)%len(bs)])
			}
		})
	}
}
