package mse

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// MaxLists is the largest number of lists an estimate is made from. Ten lists
// have 1,023 histories and 45 pairs; beyond that the sparse tables this package
// is made for say nothing about most pairs.
const MaxLists = 10

// maxTotal bounds the people in a table so that every sum stays exact in a
// float64 and far from overflow.
const maxTotal = 1 << 40

// History is the set of lists that saw a person, bit j for list j. As a name of
// a model term it is the set of lists that interact.
type History uint32

// Has reports whether every list of other is in h.
func (h History) Has(other History) bool { return h&other == other }

// Order is the number of lists in h.
func (h History) Order() int { return bits.OnesCount32(uint32(h)) }

// Cell is one capture history and the number of people who have it.
type Cell struct {
	History History
	Count   int64
}

// Table is the input of every estimate: for each capture history that occurs,
// how many people have it. It does not change once made.
type Table struct {
	lists []string
	cells []Cell // positive counts, ascending by history
	total int64
}

// NewTable checks and gathers cells; repeated histories add up and zero counts
// are dropped. It accepts tables that no estimate can be made from (one list, an
// empty list): [Table.Check] says why an estimate is refused.
func NewTable(lists []string, cells []Cell) (*Table, error) {
	if len(lists) == 0 {
		return nil, fmt.Errorf("mse: a table needs at least one list")
	}
	if len(lists) > 31 {
		return nil, refuse(TooManyLists, "%d lists; at most %d can be used together", len(lists), MaxLists)
	}
	if err := checkLabels(lists); err != nil {
		return nil, err
	}
	sums := make(map[History]int64, len(cells))
	var total int64
	for _, c := range cells {
		switch {
		case c.Count < 0:
			return nil, fmt.Errorf("mse: count %d is negative", c.Count)
		case c.Count == 0:
			continue
		case c.History == 0:
			return nil, fmt.Errorf("mse: %d people are on no list: whoever no list saw cannot be in the table", c.Count)
		case int(c.History) >= 1<<len(lists):
			return nil, fmt.Errorf("mse: history %b names a list beyond the %d given", c.History, len(lists))
		case c.Count > maxTotal-total:
			return nil, fmt.Errorf("mse: the counts add up to more than %d", int64(maxTotal))
		}
		sums[c.History] += c.Count
		total += c.Count
	}
	t := &Table{lists: slices.Clone(lists), total: total, cells: make([]Cell, 0, len(sums))}
	for h, n := range sums {
		t.cells = append(t.cells, Cell{h, n})
	}
	slices.SortFunc(t.cells, func(a, b Cell) int { return int(a.History) - int(b.History) })
	return t, nil
}

// checkLabels refuses labels that are empty, that occur twice, or that a
// spreadsheet would run as a formula once they are written out again.
func checkLabels(lists []string) error {
	seen := make(map[string]bool, len(lists))
	for i, name := range lists {
		switch {
		case name == "":
			return fmt.Errorf("mse: list %d has no name", i+1)
		case len(name) > 80:
			return fmt.Errorf("mse: the name of list %d is longer than 80 bytes", i+1)
		case strings.ContainsAny(name[:1], "=+-@\t\r"):
			return fmt.Errorf("mse: the name of list %d begins with %q, which a spreadsheet would run as a formula", i+1, name[:1])
		case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == ':' || r == 0x7f || r == '\uFFFD' }):
			return fmt.Errorf("mse: the name of list %d holds a colon or a control character", i+1)
		case seen[name]:
			return fmt.Errorf("mse: two lists are named %q", name)
		}
		seen[name] = true
	}
	return nil
}

// Lists returns the names of the lists.
func (t *Table) Lists() []string { return slices.Clone(t.lists) }

// Cells returns the histories that occur, with their counts.
func (t *Table) Cells() []Cell { return slices.Clone(t.cells) }

// Observed is the number of people that at least one list saw.
func (t *Table) Observed() int64 { return t.total }

// Name writes a set of lists in the order of the table: "PF:NCA".
func (t *Table) Name(h History) string {
	var names []string
	for j, name := range t.lists {
		if h&(1<<j) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ":")
}

// Check refuses tables that no estimate can honestly be made from: fewer than
// three or more than [MaxLists] lists, a list with nobody on it, or two lists
// with the same people.
func (t *Table) Check() error {
	n := len(t.lists)
	if n > MaxLists {
		return refuse(TooManyLists, "%d lists have %d possible histories and %d pairs, so 2^%d models of pairs alone; at most %d lists can be used: merge lists that work alike",
			n, 1<<n-1, n*(n-1)/2, n*(n-1)/2, MaxLists)
	}
	if n < 3 {
		return refuse(TooFewLists, "%d lists cannot tell dependence between lists from people being hidden; three or more are needed", n)
	}
	drop, twin := t.degenerate()
	for j, name := range t.lists {
		if drop&(1<<j) == 0 {
			continue
		}
		if twin[j] < 0 {
			return refuse(EmptyList, "list %q has nobody on it: leave it out", name)
		}
		return refuse(DuplicateLists, "lists %q and %q have exactly the same people: keep one", t.lists[twin[j]], name)
	}
	return nil
}

// degenerate finds lists that carry no information of their own: twin[j] is -1
// for an empty list, else the earlier list with the same people.
func (t *Table) degenerate() (drop History, twin [32]int) {
	return degenerate(len(t.lists), t.cells)
}

func degenerate(lists int, cells []Cell) (drop History, twin [32]int) {
	var used History
	var differ [32]History // differ[j] has bit i when some history has exactly one of i and j
	all := History(1)<<lists - 1
	for _, c := range cells {
		if c.Count == 0 {
			continue
		}
		used |= c.History
		for j := range lists {
			if c.History&(1<<j) != 0 {
				differ[j] |= all &^ c.History
			} else {
				differ[j] |= c.History
			}
		}
	}
	for j := range lists {
		if used&(1<<j) == 0 {
			drop |= 1 << j
			twin[j] = -1
			continue
		}
		for i := range j {
			if drop&(1<<i) == 0 && differ[j]&(1<<i) == 0 {
				drop |= 1 << j
				twin[j] = i
				break
			}
		}
	}
	return drop, twin
}
