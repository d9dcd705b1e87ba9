package mse

import "math/big"

// nullSpace returns a basis of the vectors that every row is orthogonal to.
func nullSpace(rows [][]*big.Rat, columns int) [][]*big.Rat {
	reduced, pivots := reduce(rows, columns)
	isPivot := make([]bool, columns)
	for _, p := range pivots {
		isPivot[p] = true
	}
	var basis [][]*big.Rat
	for free := range columns {
		if isPivot[free] {
			continue
		}
		v := zeros(columns)
		v[free].SetInt64(1)
		for i, p := range pivots {
			v[p].Neg(reduced[i][free])
		}
		basis = append(basis, v)
	}
	return basis
}

// rank is the number of independent rows.
func rank(rows [][]*big.Rat) int {
	if len(rows) == 0 {
		return 0
	}
	_, pivots := reduce(rows, len(rows[0]))
	return len(pivots)
}

// reduce brings a copy of rows to reduced row echelon form and names the pivot
// columns.
func reduce(rows [][]*big.Rat, columns int) ([][]*big.Rat, []int) {
	m := make([][]*big.Rat, len(rows))
	for i, row := range rows {
		m[i] = zeros(columns)
		for j := range row {
			m[i][j].Set(row[j])
		}
	}
	var pivots []int
	var product big.Rat
	for col := 0; col < columns && len(pivots) < len(m); col++ {
		top := len(pivots)
		at := -1
		for i := top; i < len(m) && at < 0; i++ {
			if m[i][col].Sign() != 0 {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		m[top], m[at] = m[at], m[top]
		inverse := new(big.Rat).Inv(m[top][col])
		for j := col; j < columns; j++ {
			m[top][j].Mul(m[top][j], inverse)
		}
		for i := range m {
			if i == top || m[i][col].Sign() == 0 {
				continue
			}
			factor := new(big.Rat).Set(m[i][col])
			for j := col; j < columns; j++ {
				if m[top][j].Sign() != 0 {
					m[i][j].Sub(m[i][j], product.Mul(factor, m[top][j]))
				}
			}
		}
		pivots = append(pivots, col)
	}
	return m, pivots
}

// multiply maps each basis vector by rows: entry [i][j] is rows[i]·basis[j].
func multiply(rows, basis [][]*big.Rat) [][]*big.Rat {
	out := make([][]*big.Rat, len(rows))
	var product big.Rat
	for i, row := range rows {
		out[i] = zeros(len(basis))
		for j, v := range basis {
			for l := range row {
				if row[l].Sign() != 0 && v[l].Sign() != 0 {
					out[i][j].Add(out[i][j], product.Mul(row[l], v[l]))
				}
			}
		}
	}
	return out
}

func zeros(n int) []*big.Rat {
	v := make([]*big.Rat, n)
	for i := range v {
		v[i] = new(big.Rat)
	}
	return v
}
