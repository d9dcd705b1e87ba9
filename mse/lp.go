package mse

import "math/big"

// largestMinimum solves the linear program of Fienberg and Rinaldo in rational
// arithmetic: the largest z ≤ 1 for which rows·x = target has a solution with
// every x_i ≥ z and z ≥ 0. Substituting x = y + z·1 leaves y, z ≥ 0 and a bound.
// The program must be feasible, as it is where target are the margins of counts.
//
// z is bounded by 1 because only its sign is asked, and because a homogeneous
// target would let it grow without end.
func largestMinimum(rows [][]*big.Rat, target []*big.Rat) *big.Rat {
	m, n := len(rows), len(rows[0])
	// Columns: y (n), z, slack of z ≤ 1, artificials (m); last the right side.
	zCol, slack, width := n, n+1, n+2+m+1
	tableau := make([][]*big.Rat, m+1)
	basic := make([]int, m+1)
	for i := range m {
		line := zeros(width)
		for j := range n {
			line[j].Set(rows[i][j])
			line[zCol].Add(line[zCol], rows[i][j])
		}
		line[width-1].Set(target[i])
		if target[i].Sign() < 0 {
			for j := range line {
				line[j].Neg(line[j])
			}
		}
		line[n+2+i].SetInt64(1)
		tableau[i], basic[i] = line, n+2+i
	}
	bound := zeros(width)
	bound[zCol].SetInt64(1)
	bound[slack].SetInt64(1)
	bound[width-1].SetInt64(1)
	tableau[m], basic[m] = bound, slack

	// Phase 1 drives the artificial columns out; phase 2 raises z.
	feasible := zeros(width)
	for j := n + 2; j < width-1; j++ {
		feasible[j].SetInt64(-1)
	}
	simplex(tableau, basic, feasible, width-1)
	expelArtificials(tableau, basic, n+2)
	objective := zeros(width)
	objective[zCol].SetInt64(1)
	simplex(tableau, basic, objective, n+2)
	for i, b := range basic {
		if b == zCol {
			return tableau[i][width-1]
		}
	}
	return new(big.Rat)
}

// expelArtificials pivots artificial columns that are basic at zero out of the
// basis; a row where none can enter is redundant and stays at zero.
func expelArtificials(tableau [][]*big.Rat, basic []int, artificials int) {
	for i, b := range basic {
		if b < artificials {
			continue
		}
		for j := range artificials {
			if tableau[i][j].Sign() != 0 {
				pivot(tableau, i, j)
				basic[i] = j
				break
			}
		}
	}
}

// simplex maximises objective·x over the tableau, entering only columns below
// limit. Bland's rule keeps it from cycling.
func simplex(tableau [][]*big.Rat, basic []int, objective []*big.Rat, limit int) {
	var product big.Rat
	reduced := zeros(limit)
	for {
		for j := range limit {
			reduced[j].Set(objective[j])
			for i, b := range basic {
				if objective[b].Sign() != 0 && tableau[i][j].Sign() != 0 {
					reduced[j].Sub(reduced[j], product.Mul(objective[b], tableau[i][j]))
				}
			}
		}
		enter := -1
		for j := 0; j < limit && enter < 0; j++ {
			if reduced[j].Sign() > 0 {
				enter = j
			}
		}
		if enter < 0 {
			return
		}
		leave := leavingRow(tableau, basic, enter)
		if leave < 0 {
			return // unbounded: cannot happen, z ≤ 1 and artificials ≥ 0 bound both objectives
		}
		pivot(tableau, leave, enter)
		basic[leave] = enter
	}
}

// leavingRow is the row with the smallest ratio, ties by the smallest column.
func leavingRow(tableau [][]*big.Rat, basic []int, enter int) int {
	leave := -1
	var best, ratio big.Rat
	for i, line := range tableau {
		if line[enter].Sign() <= 0 {
			continue
		}
		ratio.Quo(line[len(line)-1], line[enter])
		order := -1
		if leave >= 0 {
			order = ratio.Cmp(&best)
		}
		if order < 0 || order == 0 && basic[i] < basic[leave] {
			leave = i
			best.Set(&ratio)
		}
	}
	return leave
}

// pivot makes column col the unit vector of row at.
func pivot(tableau [][]*big.Rat, at, col int) {
	var product big.Rat
	inverse := new(big.Rat).Inv(tableau[at][col])
	for j := range tableau[at] {
		if tableau[at][j].Sign() != 0 {
			tableau[at][j].Mul(tableau[at][j], inverse)
		}
	}
	for i := range tableau {
		if i == at || tableau[i][col].Sign() == 0 {
			continue
		}
		factor := new(big.Rat).Set(tableau[i][col])
		for j := range tableau[i] {
			if tableau[at][j].Sign() != 0 {
				tableau[i][j].Sub(tableau[i][j], product.Mul(factor, tableau[at][j]))
			}
		}
	}
}
