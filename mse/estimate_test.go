package mse

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// village is a small study with one strong pair of lists, made up for tests.
func village(tb testing.TB) *Table {
	tb.Helper()
	table, err := NewTable([]string{"police", "shelter", "clinic", "school"}, []Cell{
		{0b0001, 120}, {0b0010, 210}, {0b0100, 160}, {0b1000, 90},
		{0b0011, 31}, {0b0101, 7}, {0b0110, 13}, {0b1001, 3}, {0b1010, 9}, {0b1100, 6}, {0b0111, 2}, {0b1011, 1},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return table
}

func mustEstimate(tb testing.TB, t *Table, o Options) *Result {
	tb.Helper()
	r, err := Estimate(context.Background(), t, o)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestAnswerDoesNotDependOnWorkers(t *testing.T) {
	for _, m := range []Method{Stepwise, BIC, DGA, LCMCR} {
		one := mustEstimate(t, village(t), Options{Method: m, Replicates: 500, Seed: 9, Workers: 1, chains: 6})
		many := mustEstimate(t, village(t), Options{Method: m, Replicates: 500, Seed: 9, Workers: 5, chains: 6})
		a, b := asJSON(t, one), asJSON(t, many)
		if a != b {
			t.Errorf("%s: one worker gives\n%s\nfive give\n%s", m, a, b)
		}
	}
	first := mustEstimate(t, village(t), Options{Replicates: 500, Seed: 9})
	second := mustEstimate(t, village(t), Options{Replicates: 500, Seed: 10})
	if slices.Equal(first.Bootstrap.Sorted, second.Bootstrap.Sorted) {
		t.Error("two seeds gave the same resamples")
	}
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestEstimateDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const lists = 4
		cells := sparseTable(t, lists)
		for i := range cells { // counts that differ keep p values from tying
			cells[i].Count += int64(i % 3)
		}
		order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order")
		permuted := make([]Cell, len(cells))
		for i, c := range cells {
			var h History
			for j, to := range order {
				if c.History&(1<<j) != 0 {
					h |= 1 << to
				}
			}
			permuted[len(cells)-1-i] = Cell{h, c.Count}
		}
		a, b := newEngine(lists, DefaultThreshold), newEngine(lists, DefaultThreshold)
		first, second := a.estimateReplicate(cells), b.estimateReplicate(permuted)
		if tied(a) {
			t.Skip("two pairs tie, and ties go by the order of the lists")
		}
		if math.IsNaN(first) != math.IsNaN(second) || math.Abs(first-second) > 1e-6*first {
			t.Fatalf("order %v changes %g into %g", order, first, second)
		}
	})
}

// tied reports whether two entering pairs were equally unlikely.
func tied(e *engine) bool {
	for i := range e.steps {
		for j := range i {
			if math.Abs(e.steps[i].P-e.steps[j].P) < 1e-9 {
				return true
			}
		}
	}
	// A pair that ties with the one chosen and was then not chosen at all.
	g := newEngine(e.glm.lists, math.Exp(e.logLimit))
	copy(g.glm.counts, e.glm.counts)
	copy(g.glm.margins, e.glm.margins)
	if g.check.code(g.glm, nil, 0) != 0 {
		return false
	}
	g.glm.setModel(nil)
	g.glm.fit()
	for _, s := range e.steps {
		tails := []float64{}
		for i, pair := range g.pairs {
			if !g.in[i] {
				tails = append(tails, logTail(g.glm.margins[pair], g.glm.sums[pair]))
			}
		}
		slices.Sort(tails)
		if len(tails) > 1 && tails[1]-tails[0] < 1e-9 {
			return true
		}
		g.in[slices.Index(g.pairs, s.Interaction)] = true
		g.glm.refitWith(s.Interaction)
	}
	return false
}

func TestResampleThatEmptiesAList(t *testing.T) {
	e := newEngine(4, DefaultThreshold)
	// Nobody is on the third list; the rest are three lists that overlap.
	got := e.estimateReplicate([]Cell{{0b0001, 50}, {0b0010, 60}, {0b1000, 40}, {0b0011, 6}, {0b1010, 5}, {0b1001, 4}, {0b0100, 0}})
	want := newEngine(3, DefaultThreshold).estimateReplicate([]Cell{{0b001, 50}, {0b010, 60}, {0b100, 40}, {0b011, 6}, {0b110, 5}, {0b101, 4}})
	if got != want {
		t.Errorf("with an empty list %g, without it %g", got, want)
	}
	// The last two lists have become the same.
	twins := e.estimateReplicate([]Cell{{0b0001, 50}, {0b0010, 60}, {0b1100, 40}, {0b0011, 6}, {0b1110, 5}, {0b1101, 4}})
	if twins != want {
		t.Errorf("with twin lists %g, with one of them %g", twins, want)
	}
	if v := e.estimateReplicate([]Cell{{0b0001, 5}}); !math.IsNaN(v) {
		t.Errorf("one list gives %g", v)
	}
}

func TestRefusalsOfTheModel(t *testing.T) {
	apart, err := NewTable([]string{"A", "B", "C"}, []Cell{{1, 9}, {2, 9}, {4, 9}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Estimate(t.Context(), apart, Options{Method: All})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != NoMLE {
		t.Fatalf("lists without any overlap: %v", err)
	}
	r := Refused(apart, Options{Method: All}, refusal)
	if got := asJSON(t, r); !strings.Contains(got, `"estimate": null`) || !strings.Contains(got, "refused (no_mle)") {
		t.Errorf("a refusal as JSON: %s", got)
	}
}

func TestIntervalIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		b    *Bootstrap
		want Reason
	}{
		"all replicates above": {newBootstrap(slices.Repeat([]float64{5}, 300), 4, 0.1), OneSided},
		"all replicates below": {newBootstrap(slices.Repeat([]float64{5}, 300), 6, 0.1), OneSided},
		"too few replicates":   {newBootstrap([]float64{3, 5}, 4, 0.1), NoReplicates},
		"no acceleration":      {newBootstrap(append(slices.Repeat([]float64{5}, 300), 3), 4, math.NaN()), NoMLE},
		"no estimate in many":  {newBootstrap(append(slices.Repeat([]float64{3}, 200), slices.Repeat([]float64{math.NaN()}, 100)...), 4, 0), NoMLE},
	} {
		t.Run(name, func(t *testing.T) {
			bca, refusal := c.b.interval(level)
			if refusal == nil {
				t.Fatalf("gave %+v", bca)
			}
			if refusal.Reason != c.want {
				t.Errorf("refused for %s, want %s", refusal.Reason, c.want)
			}
		})
	}
}

func TestMonteCarloErrorIsThatOfOtherSeeds(t *testing.T) {
	var lowers, uppers []float64
	var claimed float64
	const seeds = 25
	for seed := range seeds {
		r := mustEstimate(t, village(t), Options{Replicates: 1000, Seed: uint64(seed)})
		lowers, uppers = append(lowers, r.BCa.Lower), append(uppers, r.BCa.Upper)
		claimed += r.BCa.MonteCarloSE / seeds
	}
	actual := max(deviation(lowers), deviation(uppers))
	if claimed < actual/1.8 || claimed > actual*1.8 {
		t.Errorf("claimed error %.1f, between seeds %.1f", claimed, actual)
	}
}

func TestHistogramHoldsEveryReplicate(t *testing.T) {
	r := mustEstimate(t, village(t), Options{Replicates: 700})
	sum := 0
	bins := r.Bootstrap.Histogram(20)
	for i, b := range bins {
		sum += b.Count
		if i > 0 && b.Lower != bins[i-1].Upper {
			t.Errorf("bin %d begins at %g, the one before ends at %g", i, b.Lower, bins[i-1].Upper)
		}
	}
	if sum != 700 {
		t.Errorf("%d of 700 replicates in the histogram", sum)
	}
}

func TestQuantileType8(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for p, want := range map[float64]float64{0: 1, 0.25: 2.9166666666666665, 0.5: 5.5, 0.9: 9.633333333333333, 1: 10} {
		if got := quantile(x, 0, p); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %g is %.15g, want %.15g", p, got, want)
		}
	}
	if got := quantile(x, 2, 0.99); !math.IsInf(got, 1) {
		t.Errorf("a quantile among replicates without an estimate is %g", got)
	}
}

// Sums of the terms themselves, where they do not underflow.
func TestPoissonTails(t *testing.T) {
	for _, c := range []struct {
		n    int64
		mean float64
	}{{0, 0.5}, {0, 3}, {2, 2.5}, {3, 2.5}, {10, 10}, {1, 9}, {30, 11}, {100, 130}, {5, 0.01}} {
		lower, upper, term := 0.0, 0.0, math.Exp(-c.mean)
		for k := int64(0); k < 1000; k++ {
			if k > 0 {
				term *= c.mean / float64(k)
			}
			if k <= c.n {
				lower += term
			}
			if k >= c.n {
				upper += term
			}
		}
		want := math.Log(min(lower, upper, 1))
		if got := logTail(c.n, c.mean); math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
			t.Errorf("log tail of %d at mean %g is %.12g, want %.12g", c.n, c.mean, got, want)
		}
	}
	// Beyond the smallest float64 the tails still differ.
	if a, b := logTail(3000, 100), logTail(3001, 100); !(b < a && a < -5000) {
		t.Errorf("far tails %g and %g", a, b)
	}
}

func TestResamplesHaveTheRightMoments(t *testing.T) {
	table := village(t)
	r := resampler{table.cells, table.total}
	const draws = 4000
	sums, squares := make([]float64, len(table.cells)), make([]float64, len(table.cells))
	out := make([]Cell, len(table.cells))
	for b := range draws {
		r.draw(1, b, out)
		var total int64
		for i, c := range out {
			total += c.Count
			sums[i] += float64(c.Count)
			squares[i] += float64(c.Count * c.Count)
		}
		if total != table.total {
			t.Fatalf("resample %d has %d people of %d", b, total, table.total)
		}
	}
	n := float64(table.total)
	for i, c := range table.cells {
		mean := sums[i] / draws
		variance := squares[i]/draws - mean*mean
		expected := float64(c.Count) * (1 - float64(c.Count)/n)
		if math.Abs(mean-float64(c.Count)) > 5*math.Sqrt(expected/draws) {
			t.Errorf("history %b: mean %.2f, want %d", c.History, mean, c.Count)
		}
		if math.Abs(variance/expected-1) > 0.15 {
			t.Errorf("history %b: variance %.2f, want %.2f", c.History, variance, expected)
		}
	}
}

func TestCancelledEstimateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Estimate(ctx, village(t), Options{Replicates: MaxReplicates, Progress: func(done, _ int) {
		if done > 100 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want cancelled", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"an unknown method":         {Method: "guess"},
		"a threshold of one":        {Threshold: 1},
		"a threshold not a number":  {Threshold: math.NaN()},
		"more replicates than time": {Replicates: MaxReplicates + 1},
		"a resample of other lists": {Resamples: [][]Cell{{{History: 16, Count: 3}}}},
		"a resample of nobody's":    {Resamples: [][]Cell{{{History: 1, Count: -3}}}},
	} {
		if _, err := Estimate(t.Context(), village(t), o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestDecomposableGraphs(t *testing.T) {
	for lists, want := range map[int]int{3: 8, 4: 61, 5: 822, 6: 18154} {
		if got := len(decomposableGraphs(lists)); got != want {
			t.Errorf("%d lists have %d decomposable graphs, want %d", lists, got, want)
		}
	}
}

func TestHierarchicalModels(t *testing.T) {
	for lists, want := range map[int]int{3: 8, 4: 113, 5: 6212, 6: 32768} {
		if got := len(hierarchicalModels(lists)); got != want {
			t.Errorf("%d lists have %d models, want %d", lists, got, want)
		}
	}
}

// Where all models can be fitted, the walk must find the near-best ones that all
// models show.
func TestWalkFindsTheNearBestModels(t *testing.T) {
	for _, study := range []string{"UKdat", "NewOrl_5", "UKdat_4"} {
		table := readStudy(t, study)
		all, err := SearchModels(t.Context(), table, 2)
		if err != nil {
			t.Fatal(err)
		}
		walked, err := searchNearby(len(table.lists), func(models [][]History) ([]ModelFit, error) {
			return fitAll(t.Context(), table, models, 2)
		})
		if err != nil {
			t.Fatal(err)
		}
		got, want := NearBest(walked), NearBest(all)
		if got.Models != want.Models || People(got.Lower) != People(want.Lower) || People(got.Upper) != People(want.Upper) {
			t.Errorf("%s: the walk finds %+v, all models give %+v", study, got, want)
		}
	}
}

func TestSevenListsAreWalked(t *testing.T) {
	var cells []Cell
	for j := range 7 {
		cells = append(cells, Cell{1 << j, int64(60 + 11*j)})
		for i := range j {
			cells = append(cells, Cell{1<<j | 1<<i, int64(2 + (i+2*j)%5)})
		}
	}
	table, err := NewTable([]string{"A", "B", "C", "D", "E", "F", "G"}, cells)
	if err != nil {
		t.Fatal(err)
	}
	r := mustEstimate(t, table, Options{Replicates: -1})
	if r.NearBest == nil || r.NearBest.Models < 2 || r.NearBest.Lower > r.Estimate {
		t.Errorf("near-best %+v beside %g", r.NearBest, r.Estimate)
	}
	if !strings.Contains(strings.Join(r.Warnings, " "), "7 lists have 2^21 models") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// With independent lists of known chances every method must come near the truth.
func TestMethodsFindAKnownPopulation(t *testing.T) {
	const size = 5000
	random := rand.New(rand.NewPCG(4, 4))
	counts := map[History]int64{}
	for range size {
		var h History
		for j, p := range []float64{0.3, 0.2, 0.25, 0.15} {
			if random.Float64() < p {
				h |= 1 << j
			}
		}
		if h != 0 {
			counts[h]++
		}
	}
	var cells []Cell
	for h, n := range counts {
		cells = append(cells, Cell{h, n})
	}
	table, err := NewTable([]string{"A", "B", "C", "D"}, cells)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Method{Stepwise, BIC, DGA, LCMCR} {
		r := mustEstimate(t, table, Options{Method: m, Replicates: 300, Seed: 2, chains: 8})
		if math.Abs(r.Estimate-size) > 0.1*size {
			t.Errorf("%s: %.0f, want about %d", m, r.Estimate, size)
		}
	}
}

func TestJSONIsTheContract(t *testing.T) {
	r := mustEstimate(t, village(t), Options{Method: All, Replicates: 400, Seed: 5, chains: 6})
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(asJSON(t, r)), &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lists", "observed", "method", "estimate", "wald", "bca", "interactions", "empty_pairs", "existence_code", "near_best", "others", "warnings"} {
		if string(fields[name]) == "" || string(fields[name]) == "null" {
			t.Errorf("field %s is %q", name, fields[name])
		}
		delete(fields, name)
	}
	for name := range fields {
		t.Errorf("field %s is not in the contract", name)
	}
	bayes := mustEstimate(t, village(t), Options{Method: DGA})
	text := asJSON(t, bayes)
	for _, want := range []string{`"wald": null`, `"bca": null`, `"interactions": []`, `"empty_pairs": []`, `"method": "dga"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestSVGIsWellFormedAndSaysItsNumbers(t *testing.T) {
	for _, m := range []Method{All, DGA} {
		r := mustEstimate(t, village(t), Options{Method: m, Replicates: 400, Seed: 5, chains: 6})
		var b bytes.Buffer
		if err := r.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(b.Bytes()))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", m, err)
			}
		}
		for _, want := range []string{"<title", "<desc", "People in the population (number)", "observed 652", "estimate " + People(r.Estimate)} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: the picture does not say %q", m, want)
			}
		}
		if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "ZgotmplZ") {
			t.Errorf("%s: a position is not a number", m)
		}
	}
}

func TestPeopleSeparatesThousands(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 7.4: "7", 999.5: "1,000", 11417.99: "11,418", 1e6: "1,000,000", -1234: "-1,234", math.Inf(1): "any number"} {
		if got := People(v); got != want {
			t.Errorf("People(%g) = %q, want %q", v, got, want)
		}
	}
}

func ExampleEstimate() {
	table, err := ReadCSV(strings.NewReader("police,shelter,clinic,n\n1,0,0,120\n0,1,0,90\n0,0,1,70\n1,1,0,14\n1,0,1,9\n0,1,1,8\n1,1,1,1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := Estimate(context.Background(), table, Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d observed, %s estimated; if the model is right %s to %s\n", r.Observed, People(r.Estimate), People(r.Wald.Lower), People(r.Wald.Upper))
	// Output: 312 observed, 1,140 estimated; if the model is right 866 to 1,550
}
