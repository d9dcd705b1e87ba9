package link

import "math"

// mostCross bounds the pairs between two groups that are weighed before the
// groups are joined.
const mostCross = 36

// cluster joins records by their matching pairs, the surest first. Two groups
// are joined only when the pairs between them speak for it on average: one
// strong link in a chain of weak ones does not make a person of a family.
func (l *Linker) cluster(res *Result) {
	n := l.r.n
	parent := make([]uint32, n)
	members := make(map[uint32][]uint32)
	for i := range parent {
		parent[i] = uint32(i)
	}
	find := func(x uint32) uint32 {
		for parent[x] != x {
			parent[x] = parent[parent[x]]
			x = parent[x]
		}
		return x
	}
	group := func(x uint32) []uint32 {
		if g, ok := members[x]; ok {
			return g
		}
		return []uint32{x}
	}
	s := scorer{c: newComparer(&l.r, l.model)}
	table, prior := res.Weights.ratios(), res.Weights.start()
	for _, e := range res.Edges {
		a, b := find(e.A), find(e.B)
		if a == b {
			continue
		}
		ga, gb := group(a), group(b)
		if len(ga)*len(gb) > 1 && s.between(table, prior, ga, gb) < 0 {
			res.Refused++
			continue
		}
		if len(ga) < len(gb) {
			a, b, ga, gb = b, a, gb, ga
		}
		parent[b] = a
		members[a] = append(ga, gb...)
		delete(members, b)
	}
	res.Cluster = make([]uint32, n)
	number := map[uint32]uint32{}
	for i := range res.Cluster {
		root := find(uint32(i))
		id, ok := number[root]
		if !ok {
			id = uint32(len(res.Size))
			number[root] = id
			res.Size = append(res.Size, 0)
		}
		res.Cluster[i] = id
		res.Size[id]++
	}
}

// between is the mean weight of the pairs between two groups, each bounded so
// that one pair cannot decide alone.
func (s *scorer) between(table ratios, prior float64, a, b []uint32) float64 {
	sum, n := 0.0, 0
	stepA, stepB := len(a)/6+1, len(b)/6+1
	for i := 0; i < len(a); i += stepA {
		for j := 0; j < len(b) && n < mostCross; j += stepB {
			sum += math.Max(-10, math.Min(10, prior+s.weight(table, a[i], b[j])))
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// Quality measures clusters against labels.
type Quality struct {
	TruePairs, FoundPairs, RightPairs int64
	Proposed                          int64 // true pairs that blocking proposed
}

// Precision, Recall and F1 are of pairs of records.
func (q Quality) Precision() float64 { return ratio(q.RightPairs, q.FoundPairs) }

// Recall is the share of true pairs that were found.
func (q Quality) Recall() float64 { return ratio(q.RightPairs, q.TruePairs) }

// BlockingRecall is the share of true pairs that blocking proposed.
func (q Quality) BlockingRecall() float64 { return ratio(q.Proposed, q.TruePairs) }

// F1 is the harmonic mean of precision and recall.
func (q Quality) F1() float64 {
	if p, r := q.Precision(), q.Recall(); p+r > 0 {
		return 2 * p * r / (p + r)
	}
	return 0
}

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Measure compares the clusters with the true entity of every record. A record
// whose truth is empty is left out of it.
func (res *Result) Measure(truth []string) Quality {
	var q Quality
	pairs := func(n int64) int64 { return n * (n - 1) / 2 }
	type both struct {
		cluster uint32
		entity  string
	}
	entities, clusters, right := map[string][]uint32{}, map[uint32]int64{}, map[both]int64{}
	for i, t := range truth {
		if t != "" && i < len(res.Cluster) {
			entities[t] = append(entities[t], uint32(i))
			clusters[res.Cluster[i]]++
			right[both{res.Cluster[i], t}]++
		}
	}
	for _, members := range entities {
		q.TruePairs += pairs(int64(len(members)))
		q.Proposed += res.proposed(members)
	}
	for _, n := range clusters {
		q.FoundPairs += pairs(n)
	}
	for _, n := range right {
		q.RightPairs += pairs(n)
	}
	return q
}

func (res *Result) proposed(members []uint32) (n int64) {
	for i := range members {
		for j := i + 1; j < len(members); j++ {
			for k := range res.Blocks {
				if res.Blocks[k].proposes(members[i], members[j]) {
					n++
					break
				}
			}
		}
	}
	return n
}

// Best returns for every record the chance of its surest pair inside its
// cluster, 0 for a record alone.
func (res *Result) Best() []float64 {
	out := make([]float64, len(res.Cluster))
	for _, e := range res.Edges {
		if res.Cluster[e.A] == res.Cluster[e.B] {
			s := e.Score()
			out[e.A], out[e.B] = max(out[e.A], s), max(out[e.B], s)
		}
	}
	return out
}
