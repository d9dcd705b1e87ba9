package index

import (
	"cmp"
	"slices"

	"clew/match/norm"
	"clew/match/score"
)

// slot is one word of the query and the words of the dictionary that may be near.
type slot struct {
	token   *norm.Token
	letters score.Letters
	near    []uint32
	costs   []uint8 // of near; none where told is false
	told    bool    // the words in near were compared; otherwise they only share a key
	posts   int
	bit     uint32 // of this slot in the stamp of words that are still to be compared

	ownNear  []uint32 // memory that near and costs may use
	ownCosts []uint8
}

// A stamp says in which search a word was last met, what its least cost is
// against the words of the query that it was compared with (none when it was
// with no success), and by a bit a slot with which it still has to be compared.
const (
	costBits       = 7
	none           = 1<<costBits - 1
	lazySlots      = 8
	generationAt   = costBits + lazySlots
	lastGeneration = 1 << (32 - generationAt)
)

// lookUp finds the dictionary's words near each word of the query. It returns
// how many slots are in use, the rarest first. Words that share a key are not
// compared yet: that waits until it is worth it, or a name turns up that could
// hold all that are asked for.
func (sr *searcher) lookUp(s *segment, n *norm.Name) int {
	used := 0
	for i := range n.Tokens {
		t := &n.Tokens[i]
		if !findable(t) || used == 15 {
			continue
		}
		sl := &sr.slots[used]
		sl.token, sl.letters, sl.bit = t, score.LettersOf(t), 0
		sr.near(s, sl)
		if len(t.Text) <= 3 && !sr.anyNear(s, sl) {
			continue // the list has no such word: it may be initials (JC)
		}
		used++
	}
	slices.SortStableFunc(sr.slots[:used], func(a, b slot) int { return cmp.Compare(a.posts, b.posts) })
	for i := range sr.slots[:used] {
		sl := &sr.slots[i]
		if i >= lazySlots {
			sr.tell(s, sl)
		}
		if !sl.told {
			sl.bit = 1 << (costBits + i)
		}
		sr.stampAll(sl)
	}
	return used
}

// mostTold bounds the words that are compared at one time only to be remembered.
const mostTold = 1200

// near fills a slot, from what the segment remembers of an earlier search for
// the same word if it can.
func (sr *searcher) near(s *segment, sl *slot) {
	place := s.lately.place(sl.token)
	r := place.Load()
	again := r != nil && r.is(sl.token)
	if again && r.told {
		sl.near, sl.costs, sl.told, sl.posts = r.words, r.costs, true, r.posts
		return
	}
	sl.near, sl.told, sl.posts = sl.ownNear[:0], false, 0
	sr.round++
	s.words.candidates(sl.token, &sr.keys, func(w uint32) {
		if sr.seen[w] != sr.round {
			sr.seen[w] = sr.round
			sl.near = append(sl.near, w)
			sl.posts += int(s.postFirst[w+1] - s.postFirst[w])
		}
	})
	sl.ownNear = sl.near
	if again && len(sl.near) <= mostTold {
		sr.tell(s, sl) // asked for twice, it will be asked for again
	} else if !again {
		place.Store(&nearWords{text: sl.token.Text, orig: sl.token.Orig, role: sl.token.Role})
	}
}

// tell compares the words that share a key with the slot's, and keeps the near ones.
func (sr *searcher) tell(s *segment, sl *slot) {
	if sl.told {
		return
	}
	near, costs, posts := sl.near[:0], sl.ownCosts[:0], 0
	for _, w := range sl.near {
		if c := sr.cost(s, sl, w); c != none {
			near, costs = append(near, w), append(costs, c)
			posts += int(s.postFirst[w+1] - s.postFirst[w])
		}
	}
	sl.near, sl.costs, sl.ownCosts, sl.posts, sl.told = near, costs, costs, posts, true
	if len(near) <= longestRemembered {
		t := sl.token
		s.lately.place(t).Store(&nearWords{text: t.Text, orig: t.Orig, role: t.Role, told: true, words: slices.Clone(near), costs: slices.Clone(costs), posts: posts})
	}
}

// cost compares a word of the dictionary with that of a slot.
func (sr *searcher) cost(s *segment, sl *slot, w uint32) uint8 {
	c, ok := sr.model.Name.Tell(&sl.letters, &s.words.letters[w], sr.model.Evidence.OtherName-1)
	if !ok {
		c = sr.model.Name.Words(sl.token, &s.words.tokens[w])
	}
	if c >= sr.model.Evidence.OtherName || c >= none {
		return none
	}
	return uint8(c)
}

// anyNear reports whether the dictionary has a word near the slot's.
func (sr *searcher) anyNear(s *segment, sl *slot) bool {
	if sl.told {
		return len(sl.near) > 0
	}
	for _, w := range sl.near {
		if sr.cost(s, sl, w) != none {
			return true
		}
	}
	return false
}

// stampAll notes what is known of the words of a slot.
func (sr *searcher) stampAll(sl *slot) {
	fresh := sr.generation << generationAt
	if !sl.told {
		for _, w := range sl.near {
			if sr.words[w]>>generationAt != sr.generation {
				sr.words[w] = fresh | none
			}
			sr.words[w] |= sl.bit
		}
		return
	}
	for i, w := range sl.near {
		stamp := sr.words[w]
		if stamp>>generationAt != sr.generation {
			stamp = fresh | none
		}
		if c := uint32(sl.costs[i]); c < stamp&none {
			stamp = stamp&^none | c
		}
		sr.words[w] = stamp
	}
}

// maybe reports whether a word may be near one of the query.
func (sr *searcher) maybe(w uint32) bool {
	stamp := sr.words[w]
	return stamp>>generationAt == sr.generation && stamp&(1<<generationAt-1) != none
}

// costOf returns the least cost of a word against those of the query, or none.
func (sr *searcher) costOf(s *segment, w uint32) uint32 {
	stamp := sr.words[w]
	if stamp>>generationAt != sr.generation {
		return none
	}
	if waiting := stamp & (1<<generationAt - 1) >> costBits; waiting != 0 {
		least := stamp & none
		for i := 0; waiting != 0; i, waiting = i+1, waiting>>1 {
			if waiting&1 != 0 {
				least = min(least, uint32(sr.cost(s, &sr.slots[i], w)))
			}
		}
		sr.words[w] = sr.generation<<generationAt | least
		return least
	}
	return stamp & none
}
