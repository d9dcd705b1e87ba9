package index

import (
	"hash/maphash"
	"slices"

	"clew/match/norm"
	"clew/match/score"
)

// words is the dictionary of a segment: every distinct word once, found by how
// it is spelt or nearly spelt.
type words struct {
	tokens []norm.Token
	// letters of the tokens, apart from them because most words that are looked at
	// are told to be unrelated by these alone.
	letters []score.Letters
	ids     numbers // while building
	seed    maphash.Seed
	// near is sorted by key; it holds every word under the hashes of its folded
	// form with up to two letters left out, and of its consonant keys.
	near []nearKey
	// first is an index into near by the upper bits of the key.
	first []uint32
	shift uint8
	// groups lists the words of each group of familiar forms.
	groups map[uint16][]uint32
}

type nearKey struct{ key, word uint32 }

func newWords() words { return words{seed: maphash.MakeSeed(), groups: map[uint16][]uint32{}} }

// add returns the number of a word, making one when it is new. Words that look
// the same in Latin are told apart: script and role matter to a comparison.
func (w *words) add(t *norm.Token) uint32 {
	hash := maphash.String(w.seed, t.Text)
	if t.Orig != "" {
		hash ^= maphash.String(w.seed, t.Orig) * 3
	}
	hash ^= uint64(t.Role)<<56 ^ uint64(t.Part)<<48
	id, known := w.ids.find(hash, func(id uint32) bool {
		o := &w.tokens[id]
		return o.Text == t.Text && o.Orig == t.Orig && o.Role == t.Role && o.Part == t.Part
	})
	if !known {
		w.tokens = append(w.tokens, *t)
	}
	return id
}

// finish builds the look-up of near words.
func (w *words) finish() {
	w.ids = numbers{}
	w.spell()
	var keys []uint32
	n := 0
	for i := range w.tokens {
		n += 4 << min(len(w.tokens[i].Fold), 7) / 8
	}
	w.near = make([]nearKey, 0, n)
	for i := range w.tokens {
		t := &w.tokens[i]
		if !findable(t) {
			continue
		}
		keys = keysOf(keys[:0], t, false)
		for _, k := range keys {
			w.near = append(w.near, nearKey{k, uint32(i)})
		}
		for _, g := range t.Groups {
			w.groups[g] = append(w.groups[g], uint32(i))
		}
	}
	w.near = sortKeys(w.near)
	w.direct()
}

// spell fills the letters of the tokens.
func (w *words) spell() {
	w.letters = make([]score.Letters, len(w.tokens))
	for i := range w.tokens {
		w.letters[i] = score.LettersOf(&w.tokens[i])
	}
}

// direct builds the index into near.
func (w *words) direct() {
	bits := uint8(8)
	for 1<<bits < len(w.near) && bits < 22 {
		bits++
	}
	w.shift = 32 - bits
	w.first = make([]uint32, 1<<bits+1)
	for _, k := range w.near {
		w.first[k.key>>w.shift+1]++
	}
	for i := 1; i < len(w.first); i++ {
		w.first[i] += w.first[i-1]
	}
}

// sortKeys sorts by key, then word: two radix passes of 16 bits, which keep the
// order of words because that is how they come.
func sortKeys(in []nearKey) []nearKey {
	out := make([]nearKey, len(in))
	for _, shift := range []uint{0, 16} {
		var count [1<<16 + 1]uint32
		for _, k := range in {
			count[k.key>>shift&0xffff+1]++
		}
		for i := 1; i < len(count); i++ {
			count[i] += count[i-1]
		}
		for _, k := range in {
			c := &count[k.key>>shift&0xffff]
			out[*c] = k
			*c++
		}
		in, out = out, in
	}
	return in
}

// findable says which words lead to names.
func findable(t *norm.Token) bool {
	return t.Role == norm.Ordinary || t.Role == norm.Generic || t.Role == norm.Number
}

// prefix is how many letters of a folded word the deletion keys are made of.
const prefix = 7

// deletions is how many letters are left out of a word of so many.
func deletions(n int) int {
	switch {
	case n < 2:
		return 0
	case n < 7:
		return 1
	}
	return 2
}

// keysOf appends the keys under which a word is kept, or looked up. Words that
// write their vowels and words that do not keep keys for each other apart from
// those for their own kind: consonants alone say little between the former.
func keysOf(out []uint32, t *norm.Token, looking bool) []uint32 {
	forLatin, forVowelless := byte('v'), byte('w') // kept under by whom it is for
	if looking {
		forLatin, forVowelless = forVowelless, forLatin
	}
	if t.Script.Vowelless() {
		out = deletionKeys(out, t.Fold, t.Script)
		for _, k := range norm.SkeletonKeys(t) {
			out = append(out, hashText(k, forVowelless))
		}
	} else {
		out = deletionKeys(out, t.Fold, t.Script)
		out = append(out, hashText(t.Key, forLatin))
		if len(t.Key) >= 3 {
			out = append(out, hashText(t.Key, 'k'))
		}
		for _, alt := range t.Alts {
			out = deletionKeys(out, alt, t.Script)
			out = append(out, hashText(norm.Consonants(alt), forLatin))
		}
	}
	if t.Text != t.Fold && (t.Script == norm.Latin || t.Script.Vowelless()) {
		out = spellingKeys(out, t.Text, keyKind(t.Script)+1) // a slip inside sch or ph changes the sound altogether
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func deletionKeys(out []uint32, fold string, script norm.Script) []uint32 {
	kind, d := keyKind(script), deletions(len(fold))
	if twoLetters(script) && len(fold) > 3 {
		d = 2
	}
	var buf [prefix]byte
	p := append(buf[:0], fold[:min(len(fold), prefix)]...)
	out = append(out, hashBytes(p, kind))
	if d == 0 {
		return out
	}
	var one, two [prefix]byte
	for i := range p {
		a := append(append(one[:0], p[:i]...), p[i+1:]...)
		out = append(out, hashBytes(a, kind))
		if d < 2 {
			continue
		}
		for j := i; j < len(a); j++ {
			b := append(append(two[:0], a[:j]...), a[j+1:]...)
			out = append(out, hashBytes(b, kind))
		}
	}
	return out
}

// twoLetters says of a script that one of its letters is a consonant and a vowel
// in Latin.
func twoLetters(s norm.Script) bool {
	return s == norm.Devanagari || s == norm.Bengali || s == norm.Thai || s == norm.Khmer || s == norm.Ethiopic || s == norm.Kana
}

// spellingKeys appends the keys of a word as it is spelt, with up to one letter
// left out.
func spellingKeys(out []uint32, text string, kind byte) []uint32 {
	var buf, one [prefix]byte
	p := append(buf[:0], text[:min(len(text), prefix)]...)
	out = append(out, hashBytes(p, kind))
	for i := range p {
		out = append(out, hashBytes(append(append(one[:0], p[:i]...), p[i+1:]...), kind))
	}
	return out
}

func hashText(s string, kind byte) uint32 {
	h := uint32(2166136261) ^ uint32(kind)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return mix(h)
}

func hashBytes(s []byte, kind byte) uint32 {
	h := uint32(2166136261) ^ uint32(kind)
	for _, c := range s {
		h = (h ^ uint32(c)) * 16777619
	}
	return mix(h)
}

// mix spreads the bits of a short hash over the upper ones, which the index uses.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// candidates calls f with every word that could be near t, perhaps more than
// once.
func (w *words) candidates(t *norm.Token, scratch *[]uint32, f func(word uint32)) {
	keys := keysOf((*scratch)[:0], t, true)
	*scratch = keys
	for _, k := range keys {
		row := w.row(k)
		for i := range row {
			if row[i].key == k {
				f(row[i].word)
			}
		}
	}
	for _, g := range t.Groups {
		for _, id := range w.groups[g] {
			f(id)
		}
	}
}

// row returns the part of near in which a key would be.
func (w *words) row(key uint32) []nearKey {
	b := key >> w.shift
	return w.near[w.first[b]:w.first[b+1]]
}
