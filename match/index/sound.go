package index

import (
	"slices"

	"clew/match/norm"
)

// sound reports whether every number in a segment that was read points to
// something. The checksum tells damage; this keeps a file that was made wrong,
// or made to do harm, from being read beyond its ends.
func (s *segment) sound() bool {
	words, entries := len(s.words.tokens), len(s.attributes)
	if len(s.names) == 0 || s.words.shift < 8 || s.words.shift > 31 {
		return false
	}
	return s.wordsSound() && s.namesSound() && s.entriesSound() &&
		steps(s.postFirst, words, len(s.postings)) && len(s.postSingle) == words && below(s.postings, s.count()) &&
		steps(s.bearFirst, s.count(), len(s.bearers)) && below(s.bearers, entries) &&
		steps(s.entryFirst, entries, len(s.entryNames)) && below(s.entryNames, s.count()) &&
		(entries == 0 || steps(s.ids.first, entries, len(s.ids.bytes)))
}

func (s *segment) wordsSound() bool {
	for i := range s.words.tokens {
		if t := &s.words.tokens[i]; t.Text == "" || t.Fold == "" || s.postSingleBeyond(i) {
			return false
		}
	}
	return steps(s.words.first, 1<<(32-s.words.shift), len(s.words.near)) && keysBelow(s.words.near, len(s.words.tokens)) && keysBelow(s.joined, s.count())
}

func (s *segment) postSingleBeyond(w int) bool {
	return w+1 >= len(s.postFirst) || w >= len(s.postSingle) || s.postSingle[w] > s.postFirst[w+1]-s.postFirst[w]
}

func (s *segment) namesSound() bool {
	for i := range s.count() {
		from, to := s.names[i].first, s.names[i+1].first
		if to < from || to-from > norm.MaxTokens || int(to) > len(s.nameWords) || s.names[i].kind > norm.Vehicle {
			return false
		}
	}
	return below(s.nameWords, len(s.words.tokens))
}

func (s *segment) entriesSound() bool {
	for i := range s.attributes {
		a := &s.attributes[i]
		if int(a.partition) >= len(s.partitions) || int(a.country) >= len(s.countries) || a.kind > norm.Vehicle || a.more && s.more[uint32(i)] == nil {
			return false
		}
	}
	return !slices.ContainsFunc(s.documents, func(k exactKey) bool { return int(k.entry) >= len(s.attributes) })
}

// steps reports whether v is the beginnings of n parts that fill size.
func steps(v []uint32, n, size int) bool {
	return len(v) == n+1 && slices.IsSorted(v) && int(v[n]) == size
}

func below(v []uint32, n int) bool {
	return !slices.ContainsFunc(v, func(x uint32) bool { return int(x) >= n })
}

func keysBelow(v []nearKey, n int) bool {
	return !slices.ContainsFunc(v, func(k nearKey) bool { return int(k.word) >= n })
}
