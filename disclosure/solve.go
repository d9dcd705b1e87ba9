package disclosure

import (
	"cmp"
	"math"
	"slices"
)

// A synthesizer finds how often each common combination must be written as a
// record so that the counts of the combinations up to Length come out as
// estimated: non-negative least squares over the noisy estimates, by coordinate
// descent. It sees nothing but what the noise left.
type synthesizer struct {
	coder   coder
	kinds   []uint64  // common combinations, longest first: the kinds of record
	times   []float64 // how often each is written
	fixed   []bool    // kinds given up
	targets []float64
	weights []float64
	inside  [][]int32 // the targets that a kind of record counts for
	over    []float64 // of each target, written minus estimated
	curve   []float64 // of each kind, Σ weights of its targets
}

func newSynthesizer(m *measured, o SyntheticOptions) *synthesizer {
	s := &synthesizer{coder: m.coder}
	for code := range m.common {
		s.kinds = append(s.kinds, code)
	}
	length := func(code uint64) int {
		n := 0
		for _, v := range m.coder.values(code) {
			if v != Blank {
				n++
			}
		}
		return n
	}
	slices.SortFunc(s.kinds, func(a, b uint64) int {
		return cmp.Or(length(b)-length(a), cmp.Compare(m.common[b], m.common[a]), cmp.Compare(a, b))
	})
	index := map[uint64]int32{}
	for _, code := range slices.Backward(s.kinds) {
		n := length(code)
		if n > o.Length {
			continue
		}
		index[code] = int32(len(s.targets))
		s.targets = append(s.targets, max(0, m.common[code]))
		s.weights = append(s.weights, targetWeight(n, m.variance[m.subsetOf(code)]))
	}
	s.connect(index)
	s.times = make([]float64, len(s.kinds))
	s.fixed = make([]bool, len(s.kinds))
	for i, code := range s.kinds {
		if length(code) == len(m.coder.size) {
			s.times[i] = max(0, m.common[code])
		}
	}
	s.recount()
	return s
}

// targetWeight says how much an error in a combination's count matters. Shorter
// combinations are fewer and are looked at more; a noisy estimate is worth less.
// The figures were chosen on the referrals of 2023, where the errors of lengths 1
// to 3 trade against each other (docs/disclosure.md).
func targetWeight(length int, variance float64) float64 {
	byLength := [...]float64{1: 2, 2: 1, 3: 0.2}
	weight := 0.2 * math.Pow(4, -float64(max(0, length-3)))
	if length < len(byLength) {
		weight = byLength[length]
	}
	return weight / (20 + variance)
}

func (m *measured) subsetOf(code uint64) subset {
	var s subset
	for j, v := range m.coder.values(code) {
		if v != Blank {
			s |= 1 << j
		}
	}
	return s
}

// connect finds the targets inside each kind of record.
func (s *synthesizer) connect(index map[uint64]int32) {
	s.inside = make([][]int32, len(s.kinds))
	s.curve = make([]float64, len(s.kinds))
	for i, kind := range s.kinds {
		values := s.coder.values(kind)
		for part := subset(1); part < 1<<len(values); part++ {
			code, ok := s.coder.code(values, part)
			if !ok {
				continue
			}
			if t, ok := index[code]; ok {
				s.inside[i] = append(s.inside[i], t)
				s.curve[i] += s.weights[t]
			}
		}
	}
}

// recount recomputes what is written of each target.
func (s *synthesizer) recount() {
	s.over = make([]float64, len(s.targets))
	for t, want := range s.targets {
		s.over[t] = -want
	}
	for i, n := range s.times {
		for _, t := range s.inside[i] {
			s.over[t] += n
		}
	}
}

// solve finds the times, each 0 or at least rare, in whole numbers.
func (s *synthesizer) solve(rare float64) {
	s.descend(60, 0)
	// Kinds that would be written less than rare times are given up a few at a time,
	// the smallest first, so that the others can take their people over.
	for _, part := range []float64{0.1, 0.2, 0.35, 0.5, 0.65} {
		for i := range s.times {
			if s.times[i] < part*rare {
				s.move(i, 0)
				s.fixed[i] = true
			}
		}
		s.descend(15, 0)
	}
	s.descend(20, rare)
	for i := range s.times {
		s.move(i, math.Round(s.times[i]))
	}
	s.settle(rare)
}

// descend sweeps over the kinds, moving each to where its targets fit best.
func (s *synthesizer) descend(sweeps int, least float64) {
	for range sweeps {
		moved := 0.0
		for i := range s.kinds {
			if s.fixed[i] {
				continue
			}
			to := max(least, s.times[i]-s.slope(i)/s.curve[i])
			moved = max(moved, math.Abs(to-s.times[i]))
			s.move(i, to)
		}
		if moved < 0.05 {
			return
		}
	}
}

// settle moves by whole people until nothing gets better.
func (s *synthesizer) settle(least float64) {
	for range 10 {
		moved := false
		for i := range s.kinds {
			if s.fixed[i] {
				continue
			}
			to := max(least, math.Round(s.times[i]-s.slope(i)/s.curve[i]))
			if to != s.times[i] {
				s.move(i, to)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}

func (s *synthesizer) slope(i int) float64 {
	g := 0.0
	for _, t := range s.inside[i] {
		g += s.weights[t] * s.over[t]
	}
	return g
}

func (s *synthesizer) move(i int, to float64) {
	change := to - s.times[i]
	if change == 0 {
		return
	}
	s.times[i] = to
	for _, t := range s.inside[i] {
		s.over[t] += change
	}
}

// records writes the kinds as often as found. Only categories that are told are
// named in it: the name of a rare one would betray that it occurs.
func (s *synthesizer) records(r *Records) *Records {
	out := &Records{Attributes: r.Attributes, Categories: make([][]string, len(r.Attributes))}
	number := make([]map[int32]int32, len(r.Attributes))
	for j := range number {
		number[j] = map[int32]int32{Blank: Blank}
	}
	for i, kind := range s.kinds {
		n := int64(s.times[i])
		if n <= 0 {
			continue
		}
		values := s.coder.values(kind)
		for j, v := range values {
			to, ok := number[j][v]
			if !ok {
				to = int32(len(out.Categories[j]))
				number[j][v] = to
				out.Categories[j] = append(out.Categories[j], r.Categories[j][v])
			}
			values[j] = to
		}
		out.Rows = append(out.Rows, Row{values, n})
	}
	return out
}
