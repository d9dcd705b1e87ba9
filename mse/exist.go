package mse

import (
	"math/big"
	"math/bits"
)

// Code says whether a model can be estimated from a table: 0 when its maximum
// likelihood estimate exists and is unique, else the sum of the codes below.
type Code int

// The codes.
const (
	CodeNoMLE           Code = 1 // the likelihood has no maximum
	CodeNotIdentifiable Code = 2 // the design matrix is rank deficient
)

// String names the code in plain words.
func (c Code) String() string {
	return [...]string{"exists", "no maximum likelihood estimate", "not identifiable", "no maximum likelihood estimate and not identifiable"}[c&3]
}

// Whether the estimate exists depends on the table only through which cells are
// zero (Fienberg and Rinaldo 2012): with A the 0/1 matrix of cells by
// terms, split into the rows S of cells that occur and Z of cells that do not,
// it does not exist exactly when some direction c has
//
//	S·c = 0,  Z·c ≥ 0,  Z·c ≠ 0.
//
// So the question is decided in integers, and floating point has no say in it:
//
//  1. If S has full column rank there is no direction but 0: the estimate exists
//     and is unique. Rank modulo 2 is at most the true rank, so full rank modulo
//     2, a handful of XORs, settles most questions.
//  2. Else the null space of S is computed in rational numbers. If Z maps part
//     of it to zero, parameters are not identifiable. If it has one dimension,
//     the signs of Z·c answer.
//  3. Else the linear program of the paper, reduced to the null space, is
//     solved in rational arithmetic.

// checker decides existence codes; it remembers answers where tables are small
// enough to name by a bit mask. One checker serves one goroutine.
type checker struct {
	lists   int
	columns []History // scratch
	rows    []uint64  // scratch
	known   map[existKey]Code
}

// existKey names a table by the set of its non-zero cells and a model by the set
// of its interactions; only up to six lists fit.
type existKey struct{ support, model uint64 }

// knownLimit bounds the memory of a checker to about 16 MB.
const knownLimit = 1 << 18

func newChecker(lists int) *checker {
	c := &checker{lists: lists}
	if lists <= 6 {
		c.known = make(map[existKey]Code)
	}
	return c
}

// code decides the model of main effects and the given interactions for the
// table loaded in g. extra is one more interaction, or 0.
func (c *checker) code(g *glm, interactions []History, extra History) Code {
	if c.known == nil {
		return c.decide(g, interactions, extra)
	}
	var key existKey
	for h, n := range g.counts {
		if n > 0 {
			key.support |= 1 << h
		}
	}
	for _, h := range interactions {
		key.model |= 1 << h
	}
	if extra != 0 {
		key.model |= 1 << extra
	}
	code, ok := c.known[key]
	if !ok {
		code = c.decide(g, interactions, extra)
		if len(c.known) < knownLimit {
			c.known[key] = code
		}
	}
	return code
}

func (c *checker) decide(g *glm, interactions []History, extra History) Code {
	c.columns = append(c.columns[:0], 0)
	for j := range c.lists {
		c.columns = append(c.columns, 1<<j)
	}
	var empty []History
	place := func(h History) {
		if g.margins[h] == 0 {
			empty = append(empty, h)
		} else {
			c.columns = append(c.columns, h)
		}
	}
	for _, h := range interactions {
		place(h)
	}
	if extra != 0 {
		place(extra)
	}
	c.rows = c.rows[:0]
	for h, n := range g.counts {
		if n > 0 {
			c.rows = append(c.rows, incidence(History(h), c.columns))
		}
	}
	if len(c.columns) <= 64 && fullRankMod2(c.rows, len(c.columns)) {
		return 0
	}
	return decideExactly(g.counts, c.columns, empty)
}

// incidence is the row of the design matrix of one cell, a bit for each column.
func incidence(h History, columns []History) uint64 {
	var row uint64
	for j, term := range columns {
		if h.Has(term) {
			row |= 1 << j
		}
	}
	return row
}

// fullRankMod2 reports whether the rows span all columns over the field of two
// elements. Only true is informative: an even determinant is still a rank.
func fullRankMod2(rows []uint64, columns int) bool {
	var pivots [64]uint64 // pivots[b] has lowest bit b
	rank := 0
	for _, row := range rows {
		for row != 0 {
			b := bits.TrailingZeros64(row)
			if pivots[b] == 0 {
				pivots[b] = row
				rank++
				break
			}
			row ^= pivots[b]
		}
		if rank == columns {
			return true
		}
	}
	return false
}

// decideExactly answers in rational arithmetic.
func decideExactly(counts []int64, columns, empty []History) Code {
	var support, rest [][]*big.Rat
	for h := 1; h < len(counts); h++ {
		if containsAny(History(h), empty) {
			continue
		}
		row := make([]*big.Rat, len(columns))
		for j, term := range columns {
			row[j] = new(big.Rat)
			if History(h).Has(term) {
				row[j].SetInt64(1)
			}
		}
		if counts[h] > 0 {
			support = append(support, row)
		} else {
			rest = append(rest, row)
		}
	}
	basis := nullSpace(support, len(columns))
	if len(basis) == 0 {
		return 0
	}
	image := multiply(rest, basis)
	var code Code
	if rank(image) < len(basis) {
		code |= CodeNotIdentifiable
	}
	if hasRecession(image, len(basis)) {
		code |= CodeNoMLE
	}
	return code
}

func containsAny(h History, terms []History) bool {
	for _, t := range terms {
		if h.Has(t) {
			return true
		}
	}
	return false
}

// hasRecession reports whether some w has image·w ≥ 0 without being zero.
func hasRecession(image [][]*big.Rat, dimension int) bool {
	if len(image) == 0 {
		return false
	}
	if dimension == 1 {
		positive, negative := false, false
		for _, row := range image {
			positive = positive || row[0].Sign() > 0
			negative = negative || row[0].Sign() < 0
		}
		return positive != negative
	}
	// By Stiemke's alternative there is no such w exactly when imageᵀ·y = 0 has a
	// solution with every y positive: the program max z, y ≥ z, z ≤ 1 finds it.
	rows := make([][]*big.Rat, dimension)
	for i := range rows {
		rows[i] = make([]*big.Rat, len(image))
		for j := range image {
			rows[i][j] = image[j][i]
		}
	}
	target := make([]*big.Rat, dimension)
	for i := range target {
		target[i] = new(big.Rat)
	}
	return largestMinimum(rows, target).Sign() == 0
}
