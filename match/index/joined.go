package index

import (
	"cmp"
	"math/bits"
	"slices"

	"clew/match/norm"
	"clew/match/score"
)

// collectJoined adds names in which words of the query stand joined, or parted.
func (sr *searcher) collectJoined(s *segment, n *norm.Name) {
	if !slices.ContainsFunc(n.Tokens, func(t norm.Token) bool { return findable(&t) }) {
		sr.run = sr.run[:0]
		for i := range n.Tokens {
			sr.run = append(append(sr.run, n.Tokens[i].Text...), ' ')
		}
		sr.byJoinedKey(s, hashBytes(sr.run, wholeName))
		return
	}
	for i := range n.Tokens {
		t := &n.Tokens[i]
		if len(t.Text) >= leastJoined {
			sr.byJoinedKey(s, hashText(t.Fold, 'j'))
		}
		if len(t.Fold) >= leastSplit && !s.words.has(t.Fold, t.Script) {
			sr.collectSplit(s, n, t)
		}
		sr.collectRuns(s, n, i)
	}
}

// wholeName is the kind of key of names of nothing but initials, which are found
// when they are the same.
const wholeName byte = 'z'

const (
	leastJoined = 5    // letters of words run together
	leastSplit  = 8    // letters of a word that is looked at for two
	leastPart   = 4    // letters of a known word in it
	mostSplit   = 4096 // names with that word
)

func (sr *searcher) byJoinedKey(s *segment, key uint32) {
	i, _ := slices.BinarySearchFunc(s.joined, key, func(k nearKey, key uint32) int { return cmp.Compare(k.key, key) })
	for ; i < len(s.joined) && s.joined[i].key == key && len(sr.found) < mostCandidate; i++ {
		if n := s.joined[i].word; sr.names[n] != sr.generation {
			sr.names[n] = sr.generation
			sr.found = append(sr.found, n)
		}
	}
}

// collectRuns adds the names with a word like the first two of the query run
// together, or like the first three when one is next to nothing.
func (sr *searcher) collectRuns(s *segment, n *norm.Name, from int) {
	tokens := n.Tokens[from:]
	sr.run = append(sr.run[:0], tokens[0].Text...)
	for k := 1; k < len(tokens); k++ {
		if k == 3 || k == 2 && !tiny(&tokens[0]) && !tiny(&tokens[1]) && !tiny(&tokens[2]) || tokens[k].Script.Vowelless() != tokens[0].Script.Vowelless() {
			return
		}
		sr.run = append(sr.run, tokens[k].Text...)
		if len(sr.run) >= leastJoined && (findable(&tokens[0]) || findable(&tokens[k])) {
			sr.collectRun(s, n, tokens[0].Script)
		}
	}
}

func tiny(t *norm.Token) bool { return len(t.Text) <= 2 }

// collectRun adds the names with the word in sr.run. Those with a word near it
// must have nearly the letters of the query besides.
func (sr *searcher) collectRun(s *segment, n *norm.Name, script norm.Script) {
	sr.runFold = norm.AppendFold(sr.runFold[:0], sr.run)
	t := norm.Token{Text: string(sr.run), Fold: string(sr.runFold), Script: script, Sig: norm.Signature(string(sr.runFold)), Spelt: norm.Signature(string(sr.run))}
	letters, limit := score.LettersOf(&t), sr.model.Name.JoinedLimit-sr.model.Name.Joined
	sr.keys = deletionKeys(sr.keys[:0], t.Fold, script)
	sr.round++
	for _, key := range sr.keys {
		for _, k := range s.words.row(key) {
			if k.key != key || sr.seen[k.word] == sr.round {
				continue
			}
			sr.seen[k.word] = sr.round
			c, ok := sr.model.Name.Tell(&letters, &s.words.letters[k.word], limit)
			if ok && c > limit {
				continue
			}
			names := s.postings[s.postFirst[k.word]:s.postFirst[k.word+1]]
			if ok && c <= sr.model.Name.SameSound || !ok && s.words.tokens[k.word].Fold == t.Fold {
				sr.gather(s, names, 0)
			} else if ok && len(names) <= mostSplit {
				sr.gatherLike(s, names, n)
			}
		}
	}
}

// collectSplit adds the names that a word of the query may hold two words of,
// with a slip in one of them: those that begin or end it and have nearly the
// letters of the query.
func (sr *searcher) collectSplit(s *segment, n *norm.Name, t *norm.Token) {
	for at := 3; at <= len(t.Fold)-3; at++ {
		for _, part := range []string{t.Fold[:at], t.Fold[at:]} {
			if len(part) < leastPart {
				continue
			}
			s.words.spelled(part, t.Script, func(w uint32) bool {
				if names := s.postings[s.postFirst[w]:s.postFirst[w+1]]; len(names) <= mostSplit {
					sr.gatherLike(s, names, n)
				}
				return true
			})
		}
	}
}

// gatherLike gathers those of the names that have about as many letters as the
// one asked for, and about the same.
func (sr *searcher) gatherLike(s *segment, names []uint32, asked *norm.Name) {
	const room = 3
	size, letters := 0, uint32(0)
	for i := range asked.Tokens {
		size += len(asked.Tokens[i].Fold)
		letters |= asked.Tokens[i].Sig
	}
	for _, n := range names {
		if sr.names[n] == sr.generation {
			continue
		}
		have, sig := 0, uint32(0)
		for _, w := range s.wordsOf(n) {
			have += len(s.words.tokens[w].Fold)
			sig |= s.words.tokens[w].Sig
		}
		if have-size <= room && size-have <= room && bits.OnesCount32(sig^letters) <= room {
			sr.names[n] = sr.generation
			sr.found = append(sr.found, n)
		}
	}
}

// keyKind is the kind of deletion key that words of a script are kept under.
func keyKind(s norm.Script) byte {
	if s.Vowelless() {
		return 'x'
	}
	return 'd'
}

// spelled calls f with the words that sound so, until it returns false.
func (w *words) spelled(fold string, script norm.Script, f func(word uint32) bool) {
	if fold == "" {
		return
	}
	key := hashText(fold[:min(len(fold), prefix)], keyKind(script))
	for _, k := range w.row(key) {
		if k.key == key && w.tokens[k.word].Fold == fold && !f(k.word) {
			return
		}
	}
}

// has reports whether there is a word that sounds so.
func (w *words) has(fold string, script norm.Script) (found bool) {
	w.spelled(fold, script, func(uint32) bool { found = true; return false })
	return found
}
