package disclosure

import (
	"fmt"
)

// Round rounds a table to a base of 3, 5 or 10 so that it still adds up. Each
// interior cell goes to one of the two multiples next to it, at random and so that
// it is right on average; multiples stay as they are. In tables of one or two
// attributes the same holds for every total (Cox 1987); with more, it holds for
// the totals of the first attribute, of the others together, and of all, and the
// remaining totals are sums of rounded cells.
func Round(t *Table, base int64, noise *Noise) (*Release, error) {
	if base != 3 && base != 5 && base != 10 {
		return nil, fmt.Errorf("disclosure: the base must be 3, 5 or 10")
	}
	if err := t.checkTotals(); err != nil {
		return nil, err
	}
	if noise == nil {
		noise = NewNoise()
	}
	g := newGrid(t, base)
	g.settle(noise)
	if err := noise.Err(); err != nil {
		return nil, err
	}
	out := newRelease(t)
	out.Base = base
	for i, row := range g.cells {
		for j, cell := range row {
			if cell >= 0 {
				out.counts[cell] = g.whole[i][j]*base + g.part[i][j]
			}
		}
	}
	out.sumTotals()
	return out, nil
}

// grid is a table flattened to two dimensions, the first attribute against all
// others, with its totals as one more row and column. Every row and column adds up
// to its total; with totals counted negative, to zero. part is what a cell is above
// the multiple below it.
type grid struct {
	base  int64
	cells [][]int // of the table; -1 for the totals
	whole [][]int64
	part  [][]int64
}

func newGrid(t *Table, base int64) *grid {
	rows := len(t.Categories[0])
	var columns []int // interior cells with the first category of the first attribute
	for cell := range t.counts {
		if t.interior(cell) && t.place(cell, 0) == 0 {
			columns = append(columns, cell)
		}
	}
	g := &grid{base: base}
	sums := make([]int64, len(columns)+1)
	for i := range rows {
		var cells []int
		counts := []int64{}
		sum := int64(0)
		for j, c := range columns {
			cell := c + i*t.stride[0]
			cells = append(cells, cell)
			counts = append(counts, t.counts[cell])
			sum += t.counts[cell]
			sums[j] += t.counts[cell]
		}
		sums[len(columns)] += sum
		g.add(append(cells, -1), append(counts, sum))
	}
	g.add(repeatInt(-1, len(columns)+1), sums)
	return g
}

func repeatInt(v, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func (g *grid) add(cells []int, counts []int64) {
	whole, part := make([]int64, len(counts)), make([]int64, len(counts))
	for j, n := range counts {
		whole[j], part[j] = n/g.base, n%g.base
	}
	g.cells, g.whole, g.part = append(g.cells, cells), append(g.whole, whole), append(g.part, part)
}

// sign is −1 for the totals of rows and columns: moving around a cycle must leave
// every row and column adding up.
func (g *grid) sign(i, j int) int64 {
	if (i == len(g.cells)-1) != (j == len(g.cells[0])-1) {
		return -1
	}
	return 1
}

// settle rounds. A row or column that has one cell between multiples has another,
// for the whole adds up to a multiple; so from any such cell a cycle of such cells
// leads back. Along it cells can move up and down in turn without changing a sum;
// they are moved until one reaches a multiple, in the direction that chance picks
// so that nobody moves on average (Cox 1987; Gandhi and others 2006).
func (g *grid) settle(noise *Noise) {
	for i := range g.cells {
		for j := range g.cells[i] {
			for g.between(i, j) && noise.Err() == nil {
				g.turn(g.cycle(i, j), noise)
			}
		}
	}
}

// between reports whether a cell lies strictly between multiples.
func (g *grid) between(i, j int) bool { return g.part[i][j] > 0 && g.part[i][j] < g.base }

// cycle walks from a cell along its row, then a column, and so on, until it comes
// back to a row or column it has been in.
func (g *grid) cycle(i, j int) [][2]int {
	path := [][2]int{{i, j}}
	rowAt, columnAt := map[int]int{}, map[int]int{j: 0}
	for {
		last := path[len(path)-1]
		if len(path)%2 == 1 { // look along the row
			if from, ok := rowAt[last[0]]; ok {
				return path[from:]
			}
			rowAt[last[0]] = len(path)
			path = append(path, [2]int{last[0], g.another(last[0], last[1], true)})
			continue
		}
		if from, ok := columnAt[last[1]]; ok {
			return path[from:]
		}
		columnAt[last[1]] = len(path)
		path = append(path, [2]int{g.another(last[0], last[1], false), last[1]})
	}
}

// another finds the next cell between multiples in the row, or in the column.
func (g *grid) another(i, j int, alongRow bool) int {
	if alongRow {
		n := len(g.cells[i])
		for k := 1; k < n; k++ {
			if at := (j + k) % n; g.between(i, at) {
				return at
			}
		}
		panic("disclosure: a row with one cell between multiples cannot add up")
	}
	n := len(g.cells)
	for k := 1; k < n; k++ {
		if at := (i + k) % n; g.between(at, j) {
			return at
		}
	}
	panic("disclosure: a column with one cell between multiples cannot add up")
}

// turn moves the cells of a cycle up and down in turn by as much as takes one of
// them to a multiple, up with the chance that keeps the mean.
func (g *grid) turn(cycle [][2]int, noise *Noise) {
	up, down := g.base, g.base // how far the cycle can turn each way
	for k, c := range cycle {
		part := g.part[c[0]][c[1]]
		if g.direction(k, c) > 0 {
			up, down = min(up, g.base-part), min(down, part)
		} else {
			up, down = min(up, part), min(down, g.base-part)
		}
	}
	move := up
	if int64(noise.below(uint32(up+down))) < up {
		move = -down // with chance up/(up+down), so that the mean move is zero
	}
	for k, c := range cycle {
		g.part[c[0]][c[1]] += move * g.direction(k, c)
	}
}

// direction alternates along the cycle; totals, which count negative, turn round.
func (g *grid) direction(k int, c [2]int) int64 {
	if k%2 == 1 {
		return -g.sign(c[0], c[1])
	}
	return g.sign(c[0], c[1])
}
