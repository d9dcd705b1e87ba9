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
	{"UKdat_4", 4, 2428, "11015.2445", [2]string{"9582.30", "12735.25"}, [2]string{"9028", "13482"}, "LA:NG LA:PFNCA NG:GO", "", 0},
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
			if got := fmt.Sprintf("%.2f", wald.Lower); got != ref.wald[0] {
				t.Errorf("Wald lower %s, want %s", got, ref.wald[0])
			}
			if got := fmt.Sprintf("%.2f", wald.Upper); got != ref.wald[1] {
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
