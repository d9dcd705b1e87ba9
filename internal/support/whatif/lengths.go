package whatif

import (
	"math/rand/v2"
	"slices"
)

// Stay is one observed stay.
type Stay struct {
	Days    int  // whole days; at least 1 is assumed
	Running bool // it had not ended when it was observed
}

// lengths is a distribution of lengths of stay that can be drawn from in
// constant time: each entry is equally likely.
type lengths []int32

// resolution is how finely the estimate is kept: one part in 2,048 of the people.
const resolution = 2048

// estimate is the Kaplan–Meier estimate of the lengths. What lies beyond the
// longest observation ends there: the estimate says nothing about it.
func estimate(stays []Stay) lengths {
	if len(stays) == 0 {
		return nil
	}
	sorted := slices.Clone(stays)
	for i := range sorted {
		sorted[i].Days = max(sorted[i].Days, 1)
	}
	slices.SortFunc(sorted, func(a, b Stay) int { return a.Days - b.Days })
	out := make(lengths, 0, resolution)
	surviving := 1.0
	for i := 0; i < len(sorted); {
		day, ended, left := sorted[i].Days, 0, len(sorted)-i
		for ; i < len(sorted) && sorted[i].Days == day; i++ {
			if !sorted[i].Running {
				ended++
			}
		}
		surviving *= 1 - float64(ended)/float64(left)
		for len(out) < int((1-surviving)*resolution+0.5) {
			out = append(out, int32(day))
		}
	}
	for len(out) < resolution {
		out = append(out, int32(sorted[len(sorted)-1].Days))
	}
	return out
}

// draw is one length, moved by the days by which the period differs.
func (l lengths) draw(r *rand.PCG, moved int) int {
	return max(1, int(l[r.Uint64()%resolution])+moved)
}

// remaining is how much longer somebody stays who has been there for some days:
// drawn among those who stayed at least as long.
func (l lengths) remaining(r *rand.PCG, so int) int {
	from, _ := slices.BinarySearch(l, int32(so+1))
	if from == len(l) {
		return 1 // longer than anybody observed: the estimate has no word on it
	}
	return int(l[from+int(r.Uint64()%uint64(len(l)-from))]) - so
}
