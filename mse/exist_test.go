package mse

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestExistenceCodes(t *testing.T) {
	pairs3 := []History{0b011, 0b101, 0b110}
	for name, c := range map[string]struct {
		lists int
		cells []Cell
		model []History
		want  Code
	}{
		"independent lists that overlap":                       {3, []Cell{{1, 9}, {2, 9}, {4, 9}, {3, 2}, {5, 2}, {6, 2}}, nil, 0},
		"lists that never overlap":                             {3, []Cell{{1, 9}, {2, 9}, {4, 9}}, nil, CodeNoMLE},
		"one overlap settles independence":                     {3, []Cell{{1, 40}, {2, 30}, {4, 20}, {3, 6}}, nil, 0},
		"all pairs of three lists with every cell":             {3, []Cell{{1, 9}, {2, 9}, {4, 9}, {3, 2}, {5, 2}, {6, 2}, {7, 1}}, pairs3, 0},
		"all pairs, nobody on exactly the first and the third": {3, []Cell{{1, 5}, {2, 5}, {3, 54}, {4, 41}, {6, 1}, {5, 0}, {7, 12}}, pairs3, CodeNoMLE},
		"all pairs, two of them empty":                         {3, []Cell{{1, 40}, {2, 30}, {4, 20}, {3, 6}}, pairs3, CodeNotIdentifiable},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(c.lists, DefaultThreshold)
			e.glm.load(c.cells)
			if got := e.check.code(e.glm, c.model, 0); got != c.want {
				t.Errorf("code %d (%s), want %d (%s)", got, got, c.want, c.want)
			}
		})
	}
}

// literalCode decides existence and identifiability as the paper writes them
// down, without any of the short cuts: the linear program over all remaining
// cells, and the rank of the whole design matrix, in rational numbers.
func literalCode(g *glm, interactions []History) Code {
	columns := []History{0}
	for j := range g.lists {
		columns = append(columns, 1<<j)
	}
	var empty []History
	for _, h := range interactions {
		if g.margins[h] == 0 {
			empty = append(empty, h)
		} else {
			columns = append(columns, h)
		}
	}
	var design [][]*big.Rat
	for h := 1; h < len(g.counts); h++ {
		if containsAny(History(h), empty) {
			continue
		}
		row := zeros(len(columns))
		for j, term := range columns {
			if History(h).Has(term) {
				row[j].SetInt64(1)
			}
		}
		design = append(design, row)
	}
	transposed := make([][]*big.Rat, len(columns))
	target := make([]*big.Rat, len(columns))
	for j, term := range columns {
		transposed[j] = zeros(len(design))
		for i := range design {
			transposed[j][i].Set(design[i][j])
		}
		target[j] = new(big.Rat).SetInt64(g.margins[term])
	}
	var code Code
	if largestMinimum(transposed, target).Sign() == 0 {
		code |= CodeNoMLE
	}
	if rank(design) < len(columns) {
		code |= CodeNotIdentifiable
	}
	return code
}

// sparseTable draws tables with many empty cells, where existence is in doubt.
func sparseTable(t *rapid.T, lists int) []Cell {
	var cells []Cell
	for h := History(1); h < 1<<lists; h++ {
		n := rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 7}).Draw(t, "count")
		if h.Order() == 1 {
			n += rapid.Int64Range(0, 3).Draw(t, "single")
		}
		if n > 0 {
			cells = append(cells, Cell{h, n})
		}
	}
	return cells
}

func TestExistenceAgreesWithTheLinearProgram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lists := rapid.IntRange(3, 4).Draw(t, "lists")
		e := newEngine(lists, DefaultThreshold)
		e.glm.load(sparseTable(t, lists))
		models := hierarchicalModels(lists)
		model := models[rapid.IntRange(0, len(models)-1).Draw(t, "model")]
		got, want := e.check.code(e.glm, model, 0), literalCode(e.glm, model)
		if got != want {
			t.Fatalf("model %b: code %d, the linear program says %d", model, got, want)
		}
	})
}

// Every table of three lists whose cells are nought or one, with every model:
// small enough to walk whole, and each of the four codes stands in it.
func TestExistenceAgreesOnEveryTableOfNoughtsAndOnes(t *testing.T) {
	const lists = 3
	seen := map[Code]int{}
	for filled := 1; filled < 1<<(1<<lists-1); filled++ {
		var cells []Cell
		for h := History(1); h < 1<<lists; h++ {
			if filled>>(h-1)&1 == 1 {
				cells = append(cells, Cell{h, 1})
			}
		}
		e := newEngine(lists, DefaultThreshold)
		e.glm.load(cells)
		for _, model := range hierarchicalModels(lists) {
			got, want := e.check.code(e.glm, model, 0), literalCode(e.glm, model)
			if got != want {
				t.Fatalf("cells %07b, model %b: code %d, the linear program says %d", filled, model, got, want)
			}
			seen[got]++
		}
	}
	for _, code := range []Code{0, CodeNoMLE, CodeNotIdentifiable, CodeNoMLE | CodeNotIdentifiable} {
		if seen[code] == 0 {
			t.Errorf("no table and model has code %d: %v", code, seen)
		}
	}
}

// At the estimate the fitted margins are the observed ones (the likelihood
// equations); that is a certificate that holds whatever found the estimate.
func TestFitMatchesItsMargins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lists := rapid.IntRange(3, 5).Draw(t, "lists")
		e := newEngine(lists, DefaultThreshold)
		e.glm.load(sparseTable(t, lists))
		models := hierarchicalModels(lists)
		model := models[rapid.IntRange(0, len(models)-1).Draw(t, "model")]
		if e.check.code(e.glm, model, 0) != 0 {
			t.Skip("no estimate")
		}
		e.glm.setModel(model)
		if !e.glm.fit() {
			t.Fatal("an estimate that exists was not found")
		}
		for _, term := range e.glm.terms {
			want := float64(e.glm.margins[term])
			if diff := e.glm.sums[term] - want; diff > 1e-6*(1+want) || diff < -1e-6*(1+want) {
				t.Fatalf("margin %b fitted as %g, observed %g", term, e.glm.sums[term], want)
			}
		}
	})
}

func TestWarmAndColdFitsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := newEngine(4, DefaultThreshold)
		e.glm.load(sparseTable(t, 4))
		model := []History{0b0011, 0b0110, 0b1001}
		for i := range len(model) + 1 {
			if e.check.code(e.glm, model[:i], 0) != 0 {
				t.Skip("no estimate")
			}
		}
		e.glm.setModel(nil)
		e.glm.fit()
		for _, h := range model {
			if !e.glm.refitWith(h) {
				t.Fatal("warm fit failed")
			}
		}
		warm := e.glm.estimate()
		e.glm.setModel(model)
		e.glm.fit()
		if cold := e.glm.estimate(); warm < cold*(1-1e-6) || warm > cold*(1+1e-6) {
			t.Fatalf("warm %g, cold %g", warm, cold)
		}
	})
}

// An even determinant fools arithmetic modulo 2, so the exact answer must be asked.
func TestRankModulo2IsOnlyACertificate(t *testing.T) {
	rows := []uint64{0b011, 0b101, 0b110} // determinant 2
	if fullRankMod2(rows, 3) {
		t.Error("rank modulo 2 of a matrix with an even determinant is not full")
	}
	exact := make([][]*big.Rat, 3)
	for i, r := range rows {
		exact[i] = zeros(3)
		for j := range 3 {
			exact[i][j].SetInt64(int64(r >> j & 1))
		}
	}
	if got := rank(exact); got != 3 {
		t.Errorf("exact rank %d, want 3", got)
	}
}

func BenchmarkExistence(b *testing.B) {
	table := readStudy(b, "Ned_5")
	e := newEngine(5, DefaultThreshold)
	e.glm.load(table.cells)
	b.Run("as used", func(b *testing.B) {
		for b.Loop() {
			e.check.decide(e.glm, e.pairs, 0)
		}
	})
	b.Run("linear program in rationals", func(b *testing.B) {
		for b.Loop() {
			literalCode(e.glm, e.pairs)
		}
	})
}
