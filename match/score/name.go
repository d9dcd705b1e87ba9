package score

import (
	"math"
	"math/bits"
	"strings"

	"clew/match/norm"
)

// alignment is how the words of two names were laid on one another. The first
// name is the one that comes first in a fixed order, so that it does not matter
// which way round a pair is given.
type alignment struct {
	a, b *norm.Name
	// pairs of word runs; a run of more than one word is joined.
	pairs [norm.MaxTokens]pairing
	n     int
	// left are the words of each side without a partner, as bit sets.
	leftA, leftB uint32
	distance     int // hundredths; 0 the same name, 100 one word contradicted
	matched      int // words that agree at least nearly
	rarity       float32
	flipped      bool
}

type pairing struct {
	a, b uint32 // bit sets of the words joined
	cost int
	how  how
}

// how says what kind of agreement a pairing is.
type how uint8

const (
	byWord how = iota
	byInitial
	byJoining
	byNumber
	byLegal
)

// compareNames lays one name on the other and measures the distance.
func (w *NameWeights) compareNames(a, b *norm.Name, al *alignment) {
	al.n, al.leftA, al.leftB, al.flipped = 0, 0, 0, false
	al.distance, al.matched, al.rarity = 0, 0, 0
	if comesAfter(a, b) {
		a, b = b, a
		al.flipped = true
	}
	al.a, al.b = a, b
	al.leftA, al.leftB = open(a), open(b)
	var costs [norm.MaxTokens][norm.MaxTokens]uint8
	w.equal(al)
	al.leftA = forgive(al.leftA, al.a, al.b)
	al.leftB = forgive(al.leftB, al.b, al.a)
	if al.leftA != 0 && al.leftB != 0 {
		w.fill(al, &costs)
		w.take(al, &costs, w.Sure)
		w.initials(al)
		if al.leftA|al.leftB != 0 {
			w.joined(al)
		}
		w.take(al, &costs, apart-1)
	} else if al.leftA|al.leftB != 0 {
		w.joined(al)
	}
	w.measure(al)
}

// comesAfter orders names so that a comparison is the same both ways round.
func comesAfter(a, b *norm.Name) bool {
	if len(a.Tokens) != len(b.Tokens) {
		return len(a.Tokens) > len(b.Tokens)
	}
	for i := range a.Tokens {
		if x, y := a.Tokens[i].Sig, b.Tokens[i].Sig; x != y {
			return x > y
		}
		if c := strings.Compare(a.Tokens[i].Text, b.Tokens[i].Text); c != 0 {
			return c > 0
		}
	}
	return false
}

// open returns the words that want a partner.
func open(n *norm.Name) (set uint32) {
	for i := range n.Tokens {
		switch n.Tokens[i].Role {
		case norm.Ordinary, norm.Initial, norm.Number, norm.Generic, norm.Prefix:
			set |= 1 << i
		}
	}
	return set
}

func (al *alignment) pair(a, b uint32, cost int, h how) {
	if al.n < len(al.pairs) {
		al.pairs[al.n] = pairing{a: a, b: b, cost: cost, how: h}
		al.n++
	}
	al.leftA &^= a
	al.leftB &^= b
}

// equal pairs words that are the same, which spares most of the work.
func (w *NameWeights) equal(al *alignment) {
	for setA := al.leftA; setA != 0; setA &= setA - 1 {
		i := bits.TrailingZeros32(setA)
		ta := &al.a.Tokens[i]
		for setB := al.leftB; setB != 0; setB &= setB - 1 {
			j := bits.TrailingZeros32(setB)
			tb := &al.b.Tokens[j]
			if ta.Sig == tb.Sig && ta.Text == tb.Text && w.word(ta, tb) == 0 {
				al.pair(1<<i, 1<<j, 0, byWord)
				break
			}
		}
	}
}

// forgive drops words that the other side has in another role: whether "Khan"
// is a title or "Ben" a name is a guess, and the two guesses may differ.
func forgive(left uint32, n, other *norm.Name) uint32 {
	for set := left; set != 0; set &= set - 1 {
		i := bits.TrailingZeros32(set)
		for j := range other.Tokens {
			t := &other.Tokens[j]
			if t.Role != n.Tokens[i].Role && t.Text == n.Tokens[i].Text && (t.Role == norm.Particle || t.Role == norm.Honorific || t.Role == norm.Suffix) {
				left &^= 1 << i
			}
		}
	}
	return left
}

func (w *NameWeights) fill(al *alignment, costs *[norm.MaxTokens][norm.MaxTokens]uint8) {
	for setA := al.leftA; setA != 0; setA &= setA - 1 {
		i := bits.TrailingZeros32(setA)
		ta := &al.a.Tokens[i]
		for setB := al.leftB; setB != 0; setB &= setB - 1 {
			j := bits.TrailingZeros32(setB)
			c := w.wordIn(al, ta, &al.b.Tokens[j])
			if cutShort(al.a, i, &al.b.Tokens[j]) || cutShort(al.b, j, ta) {
				c = min(c, w.SameSound)
			}
			costs[i][j] = uint8(c)
		}
	}
}

// cutShort reports whether word i of a name that its source shortens (the
// machine-readable zone, ICAO 9303-3 section 4.6) is the beginning of t.
func cutShort(n *norm.Name, i int, t *norm.Token) bool {
	return n.Cut && i == len(n.Tokens)-1 && len(n.Tokens[i].Text) > 1 && strings.HasPrefix(t.Text, n.Tokens[i].Text)
}

// wordIn is word with what depends on the roles.
func (w *NameWeights) wordIn(al *alignment, a, b *norm.Token) int {
	switch {
	case a.Role == norm.Number && b.Role == norm.Number:
		return w.OtherNumber
	case a.Role == norm.Number || b.Role == norm.Number:
		return apart
	case a.Role == norm.Prefix && b.Role == norm.Prefix:
		return 0
	case light(a) || light(b):
		return apart // initials are paired by initialsOf
	case (a.Role == norm.Generic) != (b.Role == norm.Generic):
		return apart
	}
	return w.word(a, b)
}

func light(t *norm.Token) bool { return t.Role == norm.Initial || t.Role == norm.Prefix }

// take pairs the nearest words first, up to the given cost.
func (w *NameWeights) take(al *alignment, costs *[norm.MaxTokens][norm.MaxTokens]uint8, limit int) {
	for al.leftA != 0 && al.leftB != 0 {
		best, bi, bj := limit+1, 0, 0
		for setA := al.leftA; setA != 0; setA &= setA - 1 {
			i := bits.TrailingZeros32(setA)
			for setB := al.leftB; setB != 0; setB &= setB - 1 {
				j := bits.TrailingZeros32(setB)
				if c := int(costs[i][j]); c < best {
					best, bi, bj = c, i, j
				}
			}
		}
		if best > limit {
			return
		}
		h := byWord
		if al.a.Tokens[bi].Role == norm.Number {
			h = byNumber
		}
		al.pair(1<<bi, 1<<bj, best, h)
	}
}

// initials pairs initials with the words that they may stand for, and a word of
// two or three letters (JC) with as many words that begin so.
func (w *NameWeights) initials(al *alignment) {
	w.initialsOf(al, al.a, al.b, al.leftA, al.leftB, false)
	w.initialsOf(al, al.b, al.a, al.leftB, al.leftA, true)
}

func (w *NameWeights) initialsOf(al *alignment, short, long *norm.Name, leftShort, leftLong uint32, back bool) {
	join := func(s, l uint32) {
		leftShort &^= s
		leftLong &^= l
		if back {
			s, l = l, s
		}
		al.pair(s, l, w.Initial, byInitial)
	}
	for set := leftShort; set != 0; set &= set - 1 {
		i := bits.TrailingZeros32(set)
		t := &short.Tokens[i]
		if t.Role == norm.Initial {
			if j := beginning(long, leftLong, t.Text[0]); j >= 0 {
				join(1<<i, 1<<j)
			}
		} else if t.Script == norm.Latin && (len(t.Text) <= 3 || short.Kind != norm.Person && len(t.Text) <= 6) {
			if run := spelled(long, leftLong, t.Text); run != 0 {
				join(1<<i, run)
			}
		}
	}
}

func beginning(n *norm.Name, left uint32, letter byte) int {
	for ; left != 0; left &= left - 1 {
		j := bits.TrailingZeros32(left)
		if t := &n.Tokens[j]; t.Role == norm.Ordinary && (t.Text[0] == letter || t.Fold[0] == letter) {
			return j
		}
	}
	return -1
}

// spelled returns a run of words that begin with the letters of text.
func spelled(n *norm.Name, left uint32, text string) uint32 {
	for start := 0; start+len(text) <= len(n.Tokens) && len(text) > 1; start++ {
		run := uint32(0)
		for k := 0; k < len(text); k++ {
			t := &n.Tokens[start+k]
			if left&(1<<(start+k)) == 0 || t.Text[0] != text[k] {
				run = 0
				break
			}
			run |= 1 << (start + k)
		}
		if run != 0 {
			return run
		}
	}
	return 0
}

// joined pairs words written together with the same words written apart.
func (w *NameWeights) joined(al *alignment) {
	w.joinedOf(al, false)
	w.joinedOf(al, true)
}

// mostJoined is how many words one word may have been.
const mostJoined = 4

func (w *NameWeights) joinedOf(al *alignment, back bool) {
	whole, parts, leftWhole, leftParts := al.a, al.b, &al.leftA, &al.leftB
	if back {
		whole, parts, leftWhole, leftParts = al.b, al.a, &al.leftB, &al.leftA
	}
	for set := *leftWhole; set != 0; set &= set - 1 {
		i := bits.TrailingZeros32(set)
		t := &whole.Tokens[i]
		if len(t.Text) < 4 || t.Role != norm.Ordinary {
			continue
		}
		run, cost := w.bestRun(t, parts, *leftParts)
		if run == 0 {
			continue
		}
		if back {
			al.pair(run, 1<<i, cost, byJoining)
		} else {
			al.pair(1<<i, run, cost, byJoining)
		}
	}
}

// bestRun finds the run of neighbouring words that, joined, is nearest to t. A
// run may take in particles, and needs at least one word without a partner.
func (w *NameWeights) bestRun(t *norm.Token, parts *norm.Name, left uint32) (uint32, int) {
	best, bestRun := w.JoinedLimit+1, uint32(0)
	for start := range parts.Tokens {
		run, sig, size := uint32(0), uint32(0), 0
		for k := start; k < len(parts.Tokens) && k < start+mostJoined; k++ {
			p := &parts.Tokens[k]
			free := left&(1<<k) != 0 || p.Role == norm.Particle || p.Role == norm.Honorific || p.Role == norm.Prefix
			if !free || p.Script.Vowelless() != parts.Tokens[start].Script.Vowelless() {
				break
			}
			run |= 1 << k
			size += len(p.Text)
			if size > len(t.Text)+slack && !t.Script.Vowelless() && !p.Script.Vowelless() {
				break
			}
			sig |= p.Sig
			if k == start || run&left == 0 || !w.couldJoin(t, parts.Tokens[start].Text, p, sig, size) {
				continue
			}
			if c := w.joinedCost(t, parts, start, k, best-1); c < best {
				best, bestRun = c, run&left
			}
		}
	}
	return bestRun, best
}

// couldJoin tells without joining them whether words from one that is spelt
// first to last, with the letters sig and size letters in all, could be t. They
// must begin or end as t does; vowelless scripts are left to be tried.
func (w *NameWeights) couldJoin(t *norm.Token, first string, last *norm.Token, sig uint32, size int) bool {
	if t.Script.Vowelless() || last.Script.Vowelless() {
		return true
	}
	return size+slack >= len(t.Text) &&
		(letterCosts.swap[t.Text[0]&127][first[0]&127] <= 50 || t.Text[len(t.Text)-1] == last.Text[len(last.Text)-1]) &&
		looseCosts.within(sig, t.Sig, 61+w.room(len(t.Text), 0)*w.JoinedLimit/apart)
}

// slack is how many letters words written together may have more or less.
const slack = 4

// joinedCost is the cost of a word for others written together, as far as it is
// within limit.
func (w *NameWeights) joinedCost(t *norm.Token, parts *norm.Name, from, to, limit int) int {
	var text [longest]byte
	var sounds [longest]uint8
	n, m := 0, 0
	for k := from; k <= to; k++ {
		n += copy(text[n:], parts.Tokens[k].Text)
		m += copy(sounds[m:], parts.Tokens[k].Sounds)
	}
	if string(text[:n]) == t.Text {
		return w.Joined
	}
	joined := norm.Token{Text: string(text[:n]), Sounds: sounds[:m], Script: parts.Tokens[from].Script}
	joined.Fold = norm.Fold(joined.Text)
	joined.Key, joined.Sig = norm.Consonants(joined.Fold), norm.Signature(joined.Fold)
	joined.Spelt = norm.Signature(joined.Text)
	return min(apart, w.wordWithin(t, &joined, min(apart, limit))+w.Joined)
}

// measure adds up the distance: what differs in the words that were paired,
// words contradicted, and words left out on one side.
func (w *NameWeights) measure(al *alignment) {
	org := al.a.Kind != norm.Person
	var sum norms
	for i := range al.pairs[:al.n] {
		p := &al.pairs[i]
		c := p.cost
		if org && al.generic(p) {
			c = c * w.GenericShare / 100
		}
		sum.add(c, w.Power)
		if c < w.Agreeing {
			al.matched++
			al.rarity += al.rarityOf(p)
		}
	}
	a, b := extraOf(al.a, al.leftA), extraOf(al.b, al.leftB)
	for range cancel(&a.words, &b.words) {
		sum.add(w.Contradicted, w.Power)
	}
	for range cancel(&a.words, &b.initials) + cancel(&a.initials, &b.words) + cancel(&a.initials, &b.initials) {
		sum.add(w.OtherInitial, w.Power)
	}
	for range cancel(&a.generic, &b.generic) {
		sum.add(w.OtherGeneric, w.Power)
	}
	al.distance = sum.total(w.Power) + w.omission(al, a.words+b.words, org) +
		min(a.initials+b.initials, 2)*w.OmittedInitial + min(a.generic+b.generic, 3)*w.OmittedGeneric +
		min(a.numbers+b.numbers, 2)*w.OmittedNumber
	if org {
		al.distance += w.legalForms(al)
	} else {
		al.distance += w.order(al)
	}
}

// cancel takes the smaller number from both and returns it.
func cancel(a, b *int) int {
	n := min(*a, *b)
	*a -= n
	*b -= n
	return n
}

// norms adds costs so that one great difference counts for more than several
// small ones of the same sum.
type norms struct {
	n    int
	last int
	sum  float64
}

func (s *norms) add(c int, power float64) {
	if c <= 0 {
		return
	}
	if s.n == 1 {
		s.sum = math.Pow(float64(s.last), power)
	}
	s.n++
	s.last = c
	if s.n > 1 {
		s.sum += math.Pow(float64(c), power)
	}
}

func (s *norms) total(power float64) int {
	switch s.n {
	case 0:
		return 0
	case 1:
		return s.last
	}
	return int(math.Pow(s.sum, 1/power) + 0.5)
}

func (al *alignment) generic(p *pairing) bool {
	return al.a.Tokens[bits.TrailingZeros32(p.a)].Role == norm.Generic
}

// rarityOf is that of the commoner side: a rare misspelling of a common name is
// a common name.
func (al *alignment) rarityOf(p *pairing) float32 {
	r := float32(0)
	for set := p.a; set != 0; set &= set - 1 {
		r += al.a.Tokens[bits.TrailingZeros32(set)].Rarity
	}
	s := float32(0)
	for set := p.b; set != 0; set &= set - 1 {
		s += al.b.Tokens[bits.TrailingZeros32(set)].Rarity
	}
	return min(r, s)
}

// extra counts the words of one side that have no partner.
type extra struct{ words, initials, generic, numbers int }

func extraOf(n *norm.Name, left uint32) (e extra) {
	for ; left != 0; left &= left - 1 {
		switch n.Tokens[bits.TrailingZeros32(left)].Role {
		case norm.Initial, norm.Prefix:
			e.initials++
		case norm.Generic:
			e.generic++
		case norm.Number:
			e.numbers++
		default:
			e.words++
		}
	}
	return e
}

// omission is the cost of words left out: little while the rest still names the
// person, much when one word has to carry the name.
func (w *NameWeights) omission(al *alignment, omitted int, org bool) int {
	if omitted == 0 {
		return 0
	}
	if org {
		return omitted * w.OmittedOrg
	}
	if al.matched <= 1 {
		return w.OneWordOnly + (omitted-1)*w.Omitted
	}
	return omitted*w.Omitted + (omitted-1)*(omitted)/2*w.OmittedMore
}

// legalForms compares what kind of company each says that it is.
func (w *NameWeights) legalForms(al *alignment) int {
	ca, cb := classes(al.a), classes(al.b)
	switch {
	case ca == cb:
		return 0
	case ca == 0 || cb == 0:
		return w.OmittedLegal
	case ca&cb != 0:
		return w.OmittedLegal
	}
	return w.OtherLegal
}

func classes(n *norm.Name) (set uint64) {
	for i := range n.Tokens {
		if n.Tokens[i].Role == norm.Legal {
			set |= 1 << n.Tokens[i].Class
		}
	}
	return set
}

// order is the cost of given and family names that changed places although both
// sources say which is which.
func (w *NameWeights) order(al *alignment) int {
	for _, p := range al.pairs[:al.n] {
		a := al.a.Tokens[bits.TrailingZeros32(p.a)].Part
		b := al.b.Tokens[bits.TrailingZeros32(p.b)].Part
		if a != norm.Untagged && b != norm.Untagged && a != b {
			return w.Swapped
		}
	}
	return 0
}
