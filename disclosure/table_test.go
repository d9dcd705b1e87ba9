package disclosure

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// tableOf makes a two-way table from its interior.
func tableOf(tb testing.TB, rows [][]int64) *Table {
	tb.Helper()
	t, err := newTable([]string{"row", "column"}, [][]string{names("r", len(rows)), names("c", len(rows[0]))})
	if err != nil {
		tb.Fatal(err)
	}
	for i, row := range rows {
		for j, n := range row {
			t.counts[i*t.stride[0]+j*t.stride[1]] = n
		}
	}
	t.sumTotals()
	return t
}

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(prefix, i+1)
	}
	return out
}

// randomTable draws small tables of one to three attributes with many small counts.
func randomTable(t *rapid.T) *Table {
	attributes := rapid.IntRange(1, 3).Draw(t, "attributes")
	var categories [][]string
	for i := range attributes {
		categories = append(categories, names(string(rune('a'+i)), rapid.IntRange(2, 4).Draw(t, "categories")))
	}
	table, err := newTable(names("x", attributes), categories)
	if err != nil {
		t.Fatal(err)
	}
	for cell := range table.counts {
		if table.interior(cell) {
			table.counts[cell] = rapid.SampledFrom([]int64{0, 0, 1, 2, 3, 4, 5, 6, 9, 14, 40, 200}).Draw(t, "count")
		}
	}
	table.sumTotals()
	return table
}

func TestSuppressionLeavesNothingRecoverable(t *testing.T) {
	hiddenSeen := 0
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		const threshold = 5
		r, err := Suppress(table, threshold)
		if err != nil {
			// Only a table that is small all over has no other cell to hide.
			if grand := table.counts[len(table.counts)-1]; grand > 60 {
				t.Fatal(err)
			}
			t.Skip(err.Error())
		}
		for cell, n := range table.counts {
			if n > 0 && n < threshold && r.Known(cell) {
				t.Fatalf("%s is %d and is told", table.Name(cell), n)
			}
			if r.Known(cell) && r.Count(cell) != n {
				t.Fatalf("%s is told as %d, and is %d", table.Name(cell), r.Count(cell), n)
			}
			if !r.Known(cell) {
				hiddenSeen++
			}
		}
		exposed, err := Attack(threshold, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(exposed) > 0 {
			t.Fatalf("attack on what is released: %+v", exposed)
		}
	})
	if hiddenSeen == 0 {
		t.Error("the tables drawn had nothing to hide")
	}
}

// Without complementary suppression the attack must succeed: a test of the attack.
func TestAttackFindsWhatPrimarySuppressionLeaves(t *testing.T) {
	table := tableOf(t, [][]int64{{20, 3, 17}, {30, 25, 14}, {11, 19, 28}})
	r := newRelease(table)
	r.Suppressed = make([]bool, len(table.counts))
	cell, _ := table.Cell("r1", "c2")
	r.Suppressed[cell] = true
	exposed, err := Attack(5, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(exposed) != 1 || exposed[0].Lower != 3 || exposed[0].Upper != 3 || exposed[0].Cell != "column=c2, row=r1" {
		t.Errorf("exposed %+v", exposed)
	}
	// Two small cells in a row and a column of their own can still be shown small.
	small := tableOf(t, [][]int64{{2, 1, 50}, {1, 2, 60}, {70, 80, 90}})
	r = newRelease(small)
	r.Suppressed = make([]bool, len(small.counts))
	for _, c := range [][2]string{{"r1", "c1"}, {"r1", "c2"}, {"r2", "c1"}, {"r2", "c2"}} {
		cell, _ := small.Cell(c[0], c[1])
		r.Suppressed[cell] = true
	}
	exposed, err = Attack(5, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(exposed) != 4 || exposed[0].Upper != 3 {
		t.Errorf("exposed %+v", exposed)
	}
}

// The bounds of the attack are those of trying every table.
func TestAttackBoundsAreThoseOfEveryTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := make([][]int64, 2)
		for i := range rows {
			for range 3 {
				rows[i] = append(rows[i], rapid.Int64Range(0, 3).Draw(t, "count"))
			}
		}
		table, err := newTable([]string{"row", "column"}, [][]string{names("r", 2), names("c", 3)})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, n := range row {
				table.counts[i*table.stride[0]+j*table.stride[1]] = n
			}
		}
		table.sumTotals()
		r := newRelease(table)
		r.Suppressed = make([]bool, len(table.counts))
		for cell := range table.counts {
			r.Suppressed[cell] = table.interior(cell) && rapid.Bool().Draw(t, "hidden")
		}
		least, most := everyTable(r)
		exposed, err := Attack(1000, r) // every bounded cell counts as exposed
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]Exposure{}
		for _, e := range exposed {
			got[e.Cell] = e
		}
		for cell, hidden := range r.Suppressed {
			if !hidden {
				continue
			}
			e, ok := got[statistic(table, cell)]
			if !ok || int64(e.Lower) != least[cell] || int64(e.Upper) != most[cell] {
				t.Fatalf("%s: attack says %+v, every table says %d to %d", table.Name(cell), e, least[cell], most[cell])
			}
		}
	})
}

// everyTable tries all fillings of the hidden interior cells of a small table.
func everyTable(r *Release) (least, most map[int]int64) {
	least, most = map[int]int64{}, map[int]int64{}
	var hidden []int
	for cell := range r.counts {
		if !r.Known(cell) {
			hidden = append(hidden, cell)
		}
	}
	trial := *r.Table
	trial.counts = slices.Clone(r.counts)
	var fill func(k int)
	fill = func(k int) {
		if k == len(hidden) {
			if trial.checkTotals() != nil {
				return
			}
			for _, c := range hidden {
				n := trial.counts[c]
				if v, ok := least[c]; !ok || n < v {
					least[c] = n
				}
				most[c] = max(most[c], n)
			}
			return
		}
		for n := range int64(10) { // totals are at most 9
			trial.counts[hidden[k]] = n
			fill(k + 1)
		}
	}
	fill(0)
	return least, most
}

func TestLinkedTablesAreAttackedTogether(t *testing.T) {
	b, err := NewBuilder([]string{"nationality", "gender"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		nationality, gender string
		people              int64
	}{{"A", "F", 3}, {"A", "M", 30}, {"B", "F", 25}, {"B", "M", 40}} {
		if err := b.Add([]string{row.nationality, row.gender}, row.people); err != nil {
			t.Fatal(err)
		}
	}
	both, err := Crosstab(b.Records(), "nationality", "gender")
	if err != nil {
		t.Fatal(err)
	}
	protected, err := Suppress(both, 5)
	if err != nil {
		t.Fatal(err)
	}
	if exposed, err := Attack(5, protected); err != nil || len(exposed) > 0 {
		t.Fatalf("alone: %v %v", exposed, err)
	}
	// A second table tells one of the cells that hide the small one.
	second := newRelease(both)
	second.Suppressed = make([]bool, len(both.counts))
	for cell := range second.Suppressed {
		second.Suppressed[cell] = both.counts[cell] < 5
	}
	exposed, err := Attack(5, protected, second)
	if err != nil {
		t.Fatal(err)
	}
	if len(exposed) == 0 || exposed[0].Lower != 3 {
		t.Errorf("together: %+v", exposed)
	}
}

func TestDifferenceOfTwoReleases(t *testing.T) {
	before, after := tableOf(t, [][]int64{{20, 30}, {40, 50}}), tableOf(t, [][]int64{{20, 32}, {40, 56}})
	exposed, err := Difference(newRelease(after), newRelease(before), 5)
	if err != nil {
		t.Fatal(err)
	}
	cells := []string{}
	for _, e := range exposed {
		cells = append(cells, fmt.Sprint(e.Cell, " ", e.Lower))
	}
	slices.Sort(cells)
	if want := []string{"column=c2, row=r1 2", "row=r1 2"}; !slices.Equal(cells, want) {
		t.Errorf("exposed %v, want %v", cells, want)
	}
}

func TestSuppressRefuses(t *testing.T) {
	table := tableOf(t, [][]int64{{20, 3}, {30, 25}})
	if _, err := Suppress(table, 1); err == nil {
		t.Error("a threshold of 1 was accepted")
	}
	table.counts[len(table.counts)-1]++
	if _, err := Suppress(table, 5); err == nil {
		t.Error("totals that do not add up were accepted")
	}
	if _, err := Round(table, 5, nil); err == nil {
		t.Error("totals that do not add up were rounded")
	}
}

func TestRoundingKeepsTotalsConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		base := rapid.SampledFrom([]int64{3, 5, 10}).Draw(t, "base")
		r, err := Round(table, base, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.checkTotals(); err != nil {
			t.Fatal(err)
		}
		for cell, n := range table.counts {
			got := r.Count(cell)
			if got%base != 0 || got < 0 {
				t.Fatalf("%s: %d is no multiple of %d", table.Name(cell), got, base)
			}
			if r.adjacent(cell) && (got <= n-base || got >= n+base) {
				t.Fatalf("%s: %d rounded to %d, base %d", table.Name(cell), n, got, base)
			}
		}
		if exposed, err := Attack(5, r); err != nil || slices.ContainsFunc(exposed, func(e Exposure) bool { return e.Lower == e.Upper && e.Lower > 0 }) {
			t.Fatalf("attack on the rounded table: %v %v", exposed, err)
		}
	})
}

func TestRoundingIsRightOnAverage(t *testing.T) {
	table := tableOf(t, [][]int64{{1, 7, 12}, {3, 4, 8}, {2, 0, 15}})
	sums := make([]float64, len(table.counts))
	const times = 6000
	noise := NewNoiseFrom(stream(1))
	for range times {
		r, err := Round(table, 5, noise)
		if err != nil {
			t.Fatal(err)
		}
		for cell := range sums {
			sums[cell] += float64(r.Count(cell)) / times
		}
	}
	for cell, n := range table.counts {
		if d := sums[cell] - float64(n); d > 0.17 || d < -0.17 {
			t.Errorf("%s: %d is rounded to %.2f on average", table.Name(cell), n, sums[cell])
		}
	}
}
