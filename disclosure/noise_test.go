package disclosure

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// stream is a reproducible stream of random bytes for tests.
func stream(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func TestLaplaceHasItsDistribution(t *testing.T) {
	for _, epsilon := range []float64{0.1, 0.7, 2.5} {
		n := NewNoiseFrom(stream(7))
		const draws = 60_000
		counts := map[int64]float64{}
		squares := 0.0
		for range draws {
			x := n.Laplace(epsilon)
			counts[x]++
			squares += float64(x * x)
		}
		q := math.Exp(-epsilon)
		for x := int64(-3); x <= 3; x++ {
			want := (1 - q) / (1 + q) * math.Pow(q, math.Abs(float64(x)))
			if got := counts[x] / draws; math.Abs(got-want) > 5*math.Sqrt(want/draws) {
				t.Errorf("ε %g: P(%d) = %.4f, want %.4f", epsilon, x, got, want)
			}
		}
		if got, want := squares/draws, laplaceVariance(epsilon); math.Abs(got/want-1) > 0.08 {
			t.Errorf("ε %g: variance %.3f, want %.3f", epsilon, got, want)
		}
	}
}

func TestNoiseFailsClosed(t *testing.T) {
	n := NewNoiseFrom(strings.NewReader("short"))
	n.Laplace(1)
	if n.Err() == nil {
		t.Fatal("no error when random numbers ran out")
	}
	l, err := NewLedger(4, 1e-4)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := AddNoise(tableOf(t, [][]int64{{20, 3}, {30, 25}}), l, "x", 1, NewNoiseFrom(strings.NewReader("short"))); err == nil {
		t.Error("a table was released without noise")
	}
	if _, err := Round(tableOf(t, [][]int64{{21, 3}, {32, 26}}), 5, NewNoiseFrom(strings.NewReader("short"))); err == nil {
		t.Error("a table was rounded without chance")
	}
}

func TestLedgerRefusesToOverspend(t *testing.T) {
	l, err := NewLedger(1, 1e-5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if err := l.Spend("tenth", 0.1, 1e-6); err != nil {
			t.Fatalf("spending %d: %v", i+1, err)
		}
	}
	if err := l.Spend("one more", 0.001, 0); !errors.Is(err, ErrOverspent) {
		t.Errorf("overspending ε: %v", err)
	}
	if e, _ := l.Left(); e > 1e-9 {
		t.Errorf("left %g", e)
	}
	for name, epsilon := range map[string]float64{"zero": 0, "negative": -1, "not a number": math.NaN(), "infinite": math.Inf(1), "absurd": 50} {
		if err := l.Spend(name, epsilon, 0); err == nil || errors.Is(err, ErrOverspent) {
			t.Errorf("%s ε: %v", name, err)
		}
		if _, err := NewLedger(epsilon, 0); err == nil {
			t.Errorf("a ledger of %s ε was opened", name)
		}
	}
}

func TestLedgerSpentTwiceAtOnce(t *testing.T) {
	l, err := NewLedger(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 40 {
		group.Go(func() {
			if l.Spend("at once", 0.3, 0) == nil {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if passed != 3 || len(l.Spent()) != 3 {
		t.Errorf("%d spendings of 0.3 passed out of a budget of 1", passed)
	}
}

func TestLedgerAsJSON(t *testing.T) {
	l, err := NewLedger(2, 1e-5)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Spend("a table", 1.5, 1e-6); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Ledger
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if err := back.Spend("another", 1, 0); !errors.Is(err, ErrOverspent) {
		t.Errorf("the ledger read back allows overspending: %v", err)
	}
	for _, tampered := range []string{
		`{"epsilon":1,"delta":0,"spent":[{"release":"x","epsilon":1.5,"delta":0}]}`,
		`{"epsilon":1,"delta":0,"spent":[{"release":"x","epsilon":-5,"delta":0}]}`,
		`{"epsilon":0,"delta":0,"spent":[]}`, `{`,
	} {
		if err := json.Unmarshal([]byte(tampered), &Ledger{}); err == nil {
			t.Errorf("read %s", tampered)
		}
	}
}

func TestAddNoise(t *testing.T) {
	table := tableOf(t, [][]int64{{20, 3, 0}, {300, 25, 40}})
	l, err := NewLedger(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := AddNoise(table, l, "first", 1.5, NewNoiseFrom(stream(3)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.checkTotals(); err != nil {
		t.Error(err)
	}
	changed := false
	for cell, n := range table.counts {
		changed = changed || r.Count(cell) != n
		if d := r.Count(cell) - n; r.Count(cell) < 0 || d > 60 || d < -60 {
			t.Errorf("%s: %d became %d", table.Name(cell), n, r.Count(cell))
		}
	}
	if !changed {
		t.Error("no cell has noise")
	}
	if _, err := AddNoise(table, l, "second", 1, nil); !errors.Is(err, ErrOverspent) {
		t.Errorf("overspent: %v", err)
	}
	if _, err := AddNoise(table, nil, "third", 1, nil); err == nil {
		t.Error("released without a ledger")
	}
}

func TestNoiseKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		noisy := rapid.SliceOfN(rapid.Int64Range(-6, 30), 1, 40).Draw(t, "noisy")
		want := int64(0)
		for _, n := range noisy {
			want += n
		}
		sum := int64(0)
		got := nonNegative(noisy)
		for i, n := range got {
			if n < 0 {
				t.Fatalf("%v became %v", noisy, got)
			}
			sum += n
			for j := range i { // what was larger stays at least as large, but for rounding
				if noisy[j] > noisy[i] && got[j] < got[i]-1 {
					t.Fatalf("%v became %v", noisy, got)
				}
			}
		}
		if sum != max(0, want) {
			t.Fatalf("%v became %v: sum %d, want %d", noisy, got, sum, want)
		}
	})
	// Hundreds of cells of nobody must not push the total up.
	table, err := newTable([]string{"x"}, [][]string{names("v", 2000)})
	if err != nil {
		t.Fatal(err)
	}
	table.counts[0] = 3000
	table.sumTotals()
	l, err := NewLedger(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := AddNoise(table, l, "sparse", 1, NewNoiseFrom(stream(9)))
	if err != nil {
		t.Fatal(err)
	}
	if grand := r.Count(r.Cells() - 1); grand < 2700 || grand > 3300 {
		t.Errorf("3,000 people became %d", grand)
	}
}

func TestBoundContributions(t *testing.T) {
	var all []Contribution
	for i := range 30 {
		all = append(all, Contribution{"often", []string{string(rune('a' + i%3))}})
	}
	all = append(all, Contribution{"once", []string{"a"}})
	r, dropped, err := BoundContributions([]string{"x"}, all, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Total() != 3 || dropped != 28 {
		t.Errorf("%d records kept and %d dropped, want 3 and 28", r.Total(), dropped)
	}
	if _, _, err := BoundContributions([]string{"x"}, all, 0, nil); err == nil {
		t.Error("nobody was allowed a record")
	}
	if _, _, err := BoundContributions([]string{"x"}, []Contribution{{"", []string{"a"}}}, 1, nil); err == nil {
		t.Error("a record of nobody was counted")
	}
}
