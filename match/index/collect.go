package index

import (
	"cmp"
	"slices"
	"sort"

	"clew/match/norm"
)

// collect gathers the names that could agree throughout. A name with no fewer
// words than the query must hold a word like the rarest one. A shorter name of
// so many words must hold as many of the query's: at least one of all but the
// last so many less one.
func (sr *searcher) collect(s *segment, used int) {
	for i := range sr.slots[:used] {
		sl := &sr.slots[i]
		for k, w := range sl.near {
			cost := uint32(0)
			if sl.told {
				cost = uint32(sl.costs[k])
			}
			names := s.namesWith(w, i, used)
			switch {
			case len(names) == 0, int(cost) > sr.reach.longest:
				continue
			case len(names) > mostPostings:
				names, sr.bounded = names[:mostPostings], true
			case !sl.told && len(names) > worthComparing:
				if cost = sr.costOf(s, w); cost == none {
					continue
				}
			}
			sr.gather(s, names, int(cost))
		}
	}
}

// worthComparing is for how many names it pays to compare two words at once.
const worthComparing = 4

// namesWith returns the names with a word that slot i of so many must lead to.
func (s *segment) namesWith(w uint32, i, used int) []uint32 {
	names := s.postings[s.postFirst[w]:s.postFirst[w+1]]
	switch longest := used - i; {
	case i == 0:
		return names
	case longest == 1:
		return names[:s.postSingle[w]]
	default: // they lie by how many words they have
		return names[:sort.Search(len(names), func(k int) bool { return int(s.names[names[k]].big) > longest })]
	}
}

// gather notes names found by a word of so great a cost, but for those whose
// bearer's date of birth leaves no room for it.
func (sr *searcher) gather(s *segment, names []uint32, cost int) {
	sure := cost <= sr.reach.shortest
	for _, n := range names {
		if !sure && sr.tooFar(s, n, cost) || sr.names[n] == sr.generation {
			continue
		}
		sr.names[n] = sr.generation
		sr.found = append(sr.found, n)
	}
}

// tooFar reports whether a name at least so far from the query cannot be part
// of a hit.
func (sr *searcher) tooFar(s *segment, n uint32, cost int) bool {
	name := &s.names[n]
	if name.kind != norm.Person {
		cost = cost * sr.model.Name.GenericShare / 100
	}
	return cost > sr.reach.of(name.birth)
}

// rank orders the names found by a distance estimated from integer look-ups.
func (sr *searcher) rank(s *segment, used int) {
	sr.ranked = sr.ranked[:0]
	w := &sr.model.Name
	for i, n := range sr.found {
		name := &s.names[n]
		words, size := s.wordsOf(n), int(name.big)
		exempt := i < sr.joinedTo || sr.contradictable
		if !exempt && sr.mayHold(words) < min(size, used) {
			continue // a word contradicts, and not because words are run together
		}
		sum, matched, worst := 0, 0, 0
		var power float32
		for _, word := range words {
			c := int(sr.costOf(s, word))
			if c == none {
				continue
			}
			matched++
			sum += c
			worst = max(worst, c)
			power += sr.reach.power[c]
		}
		missing := min(size, used) - matched
		if missing > 0 && !exempt {
			continue
		}
		if matched > used {
			power -= sr.reach.power[worst] // that word may have been left out
		}
		if i >= sr.joinedTo && matched <= used+1 && name.kind == norm.Person && power > sr.reach.powerOf(name.birth) {
			continue
		}
		omitted := max(size, used) - min(size, used)
		rank := sum + max(missing, 0)*w.Contradicted + omitted*w.Omitted
		sr.ranked = append(sr.ranked, rankedName{n, int32(rank)})
	}
	if len(sr.ranked) > mostScored {
		sr.bestRanked()
	}
	slices.SortFunc(sr.ranked, func(a, b rankedName) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return cmp.Compare(a.name, b.name)
	})
}

// mayHold returns how many of the words may be near one of the query.
func (sr *searcher) mayHold(words []uint32) (n int) {
	for _, w := range words {
		if sr.maybe(w) {
			n++
		}
	}
	return n
}

// bestRanked keeps the mostScored best, by counting.
func (sr *searcher) bestRanked() {
	const top = 512
	var count [top + 1]int
	for _, r := range sr.ranked {
		count[min(int(r.rank), top)]++
	}
	limit, n := 0, 0
	for limit < top && n+count[limit] <= mostScored {
		n += count[limit]
		limit++
	}
	kept := sr.ranked[:0]
	for _, r := range sr.ranked {
		if int(r.rank) < limit || int(r.rank) == limit && len(kept) < mostScored {
			kept = append(kept, r)
		}
	}
	if limit < sr.model.Name.Contradicted {
		sr.bounded = true
	}
	sr.ranked = kept
}
