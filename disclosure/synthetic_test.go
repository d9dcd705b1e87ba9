package disclosure

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// leaks counts the combinations of any length in a release that fewer than rare
// people of the truth have, and those that it writes fewer than rare times.
func leaks(tb interface{ Fatal(...any) }, truth, release *Records, rare int64) (rareInTruth, rareInRelease int) {
	truth, release, err := sameCategories(truth, release)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := newCoder(truth)
	if err != nil {
		tb.Fatal(err)
	}
	for s := subset(1); s < 1<<len(truth.Attributes); s++ {
		was := truth.marginal(c, s)
		for code, n := range release.marginal(c, s) {
			if n > 0 && was[code] < rare {
				rareInTruth++
			}
			if n > 0 && n < rare {
				rareInRelease++
			}
		}
	}
	return rareInTruth, rareInRelease
}

func TestSyntheticRecordsHoldNoRareCombination(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := NewBuilder(names("x", 4))
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(5, 60).Draw(t, "rows") {
			values := make([]string, 4)
			for j := range values {
				values[j] = fmt.Sprint("v", rapid.IntRange(1, 3+j).Draw(t, "value"))
			}
			if err := b.Add(values, rapid.SampledFrom([]int64{1, 2, 4, 5, 8, 30}).Draw(t, "people")); err != nil {
				t.Fatal(err)
			}
		}
		truth := b.Records()
		ledger, err := NewLedger(10, 9e-4)
		if err != nil {
			t.Fatal(err)
		}
		rare := rapid.Int64Range(2, 12).Draw(t, "rare")
		s, err := Synthesize(truth, SyntheticOptions{
			Ledger: ledger, Release: "test", Epsilon: rapid.SampledFrom([]float64{0.5, 2, 6}).Draw(t, "ε"), Rare: rare,
			DecideByNoise: rapid.Bool().Draw(t, "by noise"), Delta: 1e-6, Length: rapid.IntRange(1, 4).Draw(t, "length"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := leaks(t, truth, s.Records, rare); a > 0 || b > 0 {
			t.Fatalf("%d combinations are rare in truth, %d in the release", a, b)
		}
	})
}

// The figures asked for: mean absolute error of the counts of combinations of
// 1, 2 and 3 attributes at ε = 4, and no combination of a rare kind at all.
func TestSyntheticReferralsKeepTheirCounts(t *testing.T) {
	truth := readReferrals(t)
	if truth.Total() != 17_023 || len(truth.Attributes) != 5 {
		t.Fatalf("%d people of %d attributes", truth.Total(), len(truth.Attributes))
	}
	const runs = 5
	var errorsOf [3]float64
	for run := range runs {
		ledger, err := NewLedger(4, 0)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Synthesize(truth, SyntheticOptions{Ledger: ledger, Release: "referrals", Epsilon: 4, Noise: NewNoiseFrom(stream(byte(run)))})
		if err != nil {
			t.Fatal(err)
		}
		report, err := CompareCounts(truth, s.Records, DefaultRare, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range report {
			errorsOf[i] += u.MeanError / runs
			if run == 0 {
				t.Logf("%+v", u)
			}
		}
		if a, b := leaks(t, truth, s.Records, DefaultRare); a > 0 || b > 0 {
			t.Errorf("run %d: %d combinations are rare in truth, %d in the release", run, a, b)
		}
		if n := s.Records.Total(); n < 15_500 || n > 19_500 {
			t.Errorf("run %d: %d records for 17,023 people", run, n)
		}
	}
	t.Logf("mean errors of %d runs: %.2f", runs, errorsOf)
	for i, most := range []float64{2.9, 6.9, 14.2} {
		if errorsOf[i] > most {
			t.Errorf("combinations of %d: mean error %.2f, want at most %.1f", i+1, errorsOf[i], most)
		}
	}
}

func TestSynthesizeRefuses(t *testing.T) {
	b, err := NewBuilder([]string{"x", "y"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add([]string{"a", "b"}, 50); err != nil {
		t.Fatal(err)
	}
	truth := b.Records()
	fresh := func() *Ledger {
		l, err := NewLedger(1, 1e-4)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for name, o := range map[string]SyntheticOptions{
		"no ledger":            {Epsilon: 1},
		"ε of zero":            {Ledger: fresh()},
		"a negative ε":         {Ledger: fresh(), Epsilon: -1},
		"a bound of one":       {Ledger: fresh(), Epsilon: 1, Rare: 1},
		"δ of one":             {Ledger: fresh(), Epsilon: 1, DecideByNoise: true, Delta: 1},
		"combinations of none": {Ledger: fresh(), Epsilon: 1, Length: -1},
		"more than the budget": {Ledger: fresh(), Epsilon: 2},
		"δ more than allowed":  {Ledger: fresh(), Epsilon: 1, DecideByNoise: true, Delta: 9e-4},
		"no random numbers":    {Ledger: fresh(), Epsilon: 1, Noise: NewNoiseFrom(stream0{})},
	} {
		if _, err := Synthesize(truth, o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	l := fresh()
	if _, err := Synthesize(truth, SyntheticOptions{Ledger: l, Epsilon: 0.8, Release: "first"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Synthesize(truth, SyntheticOptions{Ledger: l, Epsilon: 0.8, Release: "second"}); !errors.Is(err, ErrOverspent) {
		t.Errorf("a second release on a spent budget: %v", err)
	}
	if err := b.Add([]string{"", "b"}, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := Synthesize(b.Records(), SyntheticOptions{Ledger: fresh(), Epsilon: 1}); err == nil {
		t.Error("a blank attribute was accepted")
	}
}

// stream0 has no bytes.
type stream0 struct{}

func (stream0) Read([]byte) (int, error) { return 0, errors.New("no entropy") }

func TestCheckAnonymitySaysWhy(t *testing.T) {
	b, err := NewBuilder([]string{"nationality", "gender", "age"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		n, g, a string
		people  int64
	}{{"A", "F", "adult", 20}, {"A", "M", "adult", 30}, {"B", "M", "adult", 12}, {"B", "F", "adult", 2}, {"C", "F", "child", 1}, {"A", "F", "child", 9}} {
		if err := b.Add([]string{row.n, row.g, row.a}, row.people); err != nil {
			t.Fatal(err)
		}
	}
	found, err := CheckAnonymity(b.Records(), 5, "nationality", "gender", "age")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	if got := found[0]; got.People != 1 || got.Reason != "1 person has nationality=C; at least 5 must" {
		t.Errorf("first: %+v", got)
	}
	if got := found[1]; got.People != 2 || got.Reason != "2 people share nationality=B and gender=F; at least 5 must" {
		t.Errorf("second: %+v", got)
	}
	if found, err := CheckAnonymity(b.Records(), 5, "gender"); err != nil || len(found) > 0 {
		t.Errorf("gender alone: %v %v", found, err)
	}
}

func TestGroupingAndCoding(t *testing.T) {
	b, err := NewBuilder([]string{"nationality", "age"})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range []int64{40, 7, 3, 2, 9} {
		if err := b.Add([]string{string(rune('A' + i)), fmt.Sprint(14 + 20*i)}, n); err != nil {
			t.Fatal(err)
		}
	}
	grouped, gone, err := GroupRare(b.Records(), "nationality", 10, "Other")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(gone) != "[B C D E]" {
		t.Errorf("grouped %v", gone)
	}
	if grouped.Total() != 61 || len(grouped.Categories[0]) != 2 {
		t.Errorf("after grouping: %+v", grouped)
	}
	// Three and two together are still fewer than six, so the seven join them.
	if _, gone, err = GroupRare(b.Records(), "nationality", 6, "Other"); err != nil || fmt.Sprint(gone) != "[B C D]" {
		t.Errorf("grouped %v, %v", gone, err)
	}
	coded, err := TopBottom(b.Records(), "age", 18, 70)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(coded.Categories[1]); got != "[18 or less 34 54 70 or more]" {
		t.Errorf("ages %s", got)
	}
	if _, err := TopBottom(b.Records(), "age", 70, 18); err == nil {
		t.Error("a bottom above the top was accepted")
	}
}

func TestBuilderRefuses(t *testing.T) {
	for name, attributes := range map[string][]string{"none": nil, "twice": {"a", "a"}, "a formula": {"=a"}, "no name": {""}, "too many": names("x", MaxAttributes+1)} {
		if _, err := NewBuilder(attributes); err == nil {
			t.Errorf("attributes: %s: accepted", name)
		}
	}
	b, err := NewBuilder([]string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a negative count": b.Add([]string{"a"}, -1), "too many people": b.Add([]string{"a"}, MaxCount+1),
		"a formula": b.Add([]string{"@a"}, 1), "too few values": b.Add(nil, 1),
	} {
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func BenchmarkSynthesize(b *testing.B) {
	truth := readReferrals(b)
	for b.Loop() {
		ledger, err := NewLedger(4, 0)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Synthesize(truth, SyntheticOptions{Ledger: ledger, Release: "benchmark", Epsilon: 4}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	truth, _, err := GroupRare(readReferrals(b), "nationality", 100, "Other")
	if err != nil {
		b.Fatal(err)
	}
	table, err := Crosstab(truth, "nationality", "exploitation_type")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("suppress", func(b *testing.B) {
		for b.Loop() {
			if _, err := Suppress(table, DefaultThreshold); err != nil {
				b.Fatal(err)
			}
		}
	})
	protected, err := Suppress(table, DefaultThreshold)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("attack", func(b *testing.B) {
		for b.Loop() {
			if found, err := Attack(DefaultThreshold, protected); err != nil || len(found) > 0 {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("round", func(b *testing.B) {
		for b.Loop() {
			if _, err := Round(table, 5, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
