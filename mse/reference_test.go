package mse

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// sharedData is the folder of published studies, which is not part of the
// repository. Tests that need it say so when it is absent.
func sharedData(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "mse")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			tb.Fatalf("reference data required but absent: %v", err)
		}
		tb.Skipf("reference data absent (set CLEW_SHARED_DATA): %v", err)
	}
	return dir
}

func readStudy(tb testing.TB, name string) *Table {
	tb.Helper()
	f, err := os.Open(filepath.Join(sharedData(tb), name+".csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	t, err := ReadCSV(bufio.NewReader(f))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// reference is the table of the reference implementation (SparseMSE 2.0.1 under
// R 4.2.2, p threshold 0.02, 1000 resamples of seed 1234), as printed.
var reference = []struct {
	study        string
	lists, n     int
	estimate     string
	wald         [2]string
	bca          [2]string
	interactions string
	empty        string
	code         Code // of the model with all pairs
}{
	{"UKdat", 6, 2744, "11417.9911", [2]string{"9977.28", "13145.66"}, [2]string{"9267", "14307"}, "PF:NCA LA:NG NG:GP LA:PF PF:GP GO:GP NG:GO", "", 0},
	{"UKdat_5", 5, 2744, "11312.9903", [2]string{"9884.40", "13027.40"}, [2]string{"8785", "14701"}, "LA:NG NG:GP PFNCA:GP LA:PFNCA GO:GP NG:GO", "", 0},
	{"UKdat_4", 4, 2428, "11015.2445", [2]string{"9582.3", "12735.25"}, [2]string{"9028", "13482"}, "LA:NG LA:PFNCA NG:GO", "", 0},
	{"Ned_5", 5, 8234, "121521.6137", [2]string{"98675.43", "150138.91"}, [2]string{"47393", "162846"}, "IO:Z P:Z P:R IO:P K:R IO:K", "K:R", 0},
	{"NewOrl_5", 5, 185, "1034.1511", [2]string{"658.26", "1708.60"}, [2]string{"589", "1704"}, "", "", 0},
	{"Korea", 3, 123, "268.7778", [2]string{"202.53", "390.20"}, [2]string{"123", "440"}, "b:c", "", 1},
	{"Artificial_3", 3, 96, "539.0939", [2]string{"278.65", "1170.89"}, [2]string{}, "", "", 2},
}

func TestReferenceTable(t *testing.T) {
	for _, ref := range reference {
		t.Run(ref.study, func(t *testing.T) {
			table := readStudy(t, ref.study)
			if len(table.lists) != ref.lists || table.total != int64(ref.n) {
				t.Fatalf("read %d lists and %d people, want %d and %d", len(table.lists), table.total, ref.lists, ref.n)
			}
			e := newEngine(ref.lists, DefaultThreshold)
			if !e.stepwise(table.cells) {
				t.Fatal("no estimate")
			}
			if got := fmt.Sprintf("%.4f", e.glm.estimate()); got != ref.estimate {
				t.Errorf("estimate %s, want %s", got, ref.estimate)
			}
			wald := e.glm.wald(0.95)
			if got := asPrinted(wald.Lower, ref.wald[0]); got != ref.wald[0] {
				t.Errorf("Wald lower %s, want %s", got, ref.wald[0])
			}
			if got := asPrinted(wald.Upper, ref.wald[1]); got != ref.wald[1] {
				t.Errorf("Wald upper %s, want %s", got, ref.wald[1])
			}
			var names, empty []string
			for _, s := range e.steps {
				names = append(names, table.Name(s.Interaction))
				if s.Empty {
					empty = append(empty, table.Name(s.Interaction))
				}
			}
			if got := strings.Join(names, " "); got != ref.interactions {
				t.Errorf("interactions %q, want %q", got, ref.interactions)
			}
			if got := strings.Join(empty, " "); got != ref.empty {
				t.Errorf("empty pairs %q, want %q", got, ref.empty)
			}
			if got := e.check.code(e.glm, e.pairs, 0); got != ref.code {
				t.Errorf("code of the model with all pairs %d, want %d", got, ref.code)
			}
		})
	}
}

// asPrinted writes v with as many decimals as the reference has: UKdat_4's lower
// Wald limit was printed with five digits, 9582.3.
func asPrinted(v float64, like string) string {
	_, decimals, _ := strings.Cut(like, ".")
	return strconv.FormatFloat(v, 'f', len(decimals), 64)
}

// readFixture reads resamples with the reference implementation's estimates.
func readFixture(tb testing.TB, study string) (estimates []float64, resamples [][]Cell) {
	tb.Helper()
	f, err := os.Open(filepath.Join(sharedData(tb), "fixtures", "boot_seed1234_"+study+".csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			tb.Fatal(err)
		}
		estimates = append(estimates, v)
		var cells []Cell
		for j, name := range rows[0][1:] {
			mask, err := strconv.Atoi(strings.TrimPrefix(name, "mask_"))
			if err != nil {
				tb.Fatal(err)
			}
			n, err := strconv.ParseInt(row[j+1], 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			cells = append(cells, Cell{History(mask), n})
		}
		resamples = append(resamples, cells)
	}
	return estimates, resamples
}

func TestReplayedResamplesMatchTheReference(t *testing.T) {
	for _, ref := range reference {
		if ref.bca[0] == "" {
			continue
		}
		t.Run(ref.study, func(t *testing.T) {
			want, resamples := readFixture(t, ref.study)
			e := newEngine(ref.lists, DefaultThreshold)
			worst := 0.0
			for i, cells := range resamples {
				got := e.estimateReplicate(cells)
				diff := math.Abs(got-want[i]) / want[i]
				worst = max(worst, diff)
				if !(diff <= 1e-6) {
					t.Errorf("resample %d: %.9g, want %.9g (relative %.2g)", i+1, got, want[i], diff)
				}
			}
			t.Logf("largest relative difference of %d resamples: %.2g", len(want), worst)
		})
	}
}

func TestBCaFromTheFixturesMatchesTheReference(t *testing.T) {
	for _, ref := range reference {
		if ref.bca[0] == "" {
			continue
		}
		t.Run(ref.study, func(t *testing.T) {
			_, resamples := readFixture(t, ref.study)
			r, err := Estimate(t.Context(), readStudy(t, ref.study), Options{Resamples: resamples})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%.0f", r.BCa.Lower); got != ref.bca[0] {
				t.Errorf("BCa lower %s, want %s", got, ref.bca[0])
			}
			if got := fmt.Sprintf("%.0f", r.BCa.Upper); got != ref.bca[1] {
				t.Errorf("BCa upper %s, want %s", got, ref.bca[1])
			}
			if r.BCa.Replicates != 1000 {
				t.Errorf("%d replicates", r.BCa.Replicates)
			}
		})
	}
}

func TestNearBestMatchesThePublishedRanges(t *testing.T) {
	for study, want := range map[string][2]string{
		"UKdat_4": {"9,310", "16,473"},
		"UKdat_5": {"10,546", "29,035"},
		"Ned_5":   {"40,608", "121,522"},
	} {
		fits, err := SearchModels(t.Context(), readStudy(t, study), 2)
		if err != nil {
			t.Fatal(err)
		}
		near := NearBest(fits)
		if got := [2]string{People(near.Lower), People(near.Upper)}; got != want {
			t.Errorf("%s: %d models give %v, want %v", study, near.Models, got, want)
		}
	}
}

func TestBICMatchesThePublishedEstimate(t *testing.T) {
	r, err := Estimate(t.Context(), readStudy(t, "Korea"), Options{Method: BIC, Replicates: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if got := People(r.Estimate); got != "157" {
		t.Errorf("estimate %s, want 157", got)
	}
	if r.BCa == nil || !(r.BCa.Lower < r.Estimate && r.Estimate < r.BCa.Upper) {
		t.Errorf("BCa %+v does not hold the estimate", r.BCa)
	}
}

func TestDGAMatchesThePublishedIntervals(t *testing.T) {
	for study, want := range map[string][3]string{
		"UKdat_5": {"22,990", "10,387", "33,510"},
		"UKdat_4": {"11,364", "9,535", "13,549"},
	} {
		r, err := Estimate(t.Context(), readStudy(t, study), Options{Method: DGA})
		if err != nil {
			t.Fatal(err)
		}
		o := r.Others[0]
		if got := [3]string{People(o.Median), People(o.Lower), People(o.Upper)}; got != want {
			t.Errorf("%s: %v, want %v", study, got, want)
		}
	}
}

// The reference pools 200 chains of which some never leave where they started;
// its median is known to about 20,200 to 22,600, its interval to be wide.
func TestLCMCRAgreesWithThePublishedMedian(t *testing.T) {
	chains := lcmcrChains
	if testing.Short() {
		chains = 16
	}
	r, err := Estimate(t.Context(), readStudy(t, "UKdat"), Options{Method: LCMCR, Seed: 3, chains: chains})
	if err != nil {
		t.Fatal(err)
	}
	o := r.Others[0]
	if o.Median < 20_200*0.95 || o.Median > 22_600*1.05 {
		t.Errorf("median %.0f, want 20,200 to 22,600", o.Median)
	}
	if o.Lower < 9_000 || o.Lower > 18_000 || o.Upper < 26_000 || o.Upper > 36_000 {
		t.Errorf("interval %.0f to %.0f is not like 10,014 to 29,454", o.Lower, o.Upper)
	}
}

func BenchmarkEstimate(b *testing.B) {
	for _, c := range []struct {
		study      string
		replicates int
	}{{"UKdat", 1000}, {"UKdat_5", 1000}, {"UKdat_4", 1000}, {"Ned_5", 1000}, {"NewOrl_5", 1000}, {"Korea", 1000}, {"UKdat", 20_000}} {
		b.Run(fmt.Sprintf("%s/%d", c.study, c.replicates), func(b *testing.B) {
			table := readStudy(b, c.study)
			for b.Loop() {
				r := &Result{Lists: table.Lists(), Observed: table.total, table: table}
				o := Options{Threshold: DefaultThreshold, Replicates: c.replicates, Workers: 1}
				if err := r.stepwise(b.Context(), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMethods(b *testing.B) {
	table := readStudy(b, "UKdat")
	b.Run("search 32768 models", func(b *testing.B) {
		for b.Loop() {
			if _, err := SearchModels(b.Context(), table, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, m := range []Method{DGA, LCMCR} {
		b.Run(string(m), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := bayesian(b.Context(), table, m, Options{Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
