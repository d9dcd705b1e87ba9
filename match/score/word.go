package score

import (
	"unsafe"

	"clew/match/norm"
)

// apart is the cost of two words that have nothing to do with one another.
const apart = 100

// Words returns how far two words of names are apart: 0 the same, 100 unrelated.
func (w *NameWeights) Words(a, b *norm.Token) int { return w.word(a, b) }

// word returns how far two words are apart: 0 the same, apart unrelated. It is
// symmetric.
func (w *NameWeights) word(a, b *norm.Token) int { return w.wordWithin(a, b, apart) }

// wordWithin is word where only a result up to limit matters; beyond that it is
// anything greater.
func (w *NameWeights) wordWithin(a, b *norm.Token, limit int) int {
	if a.Script == b.Script && (a.Script == norm.Han || a.Script == norm.Hangul) && a.Orig != "" && b.Orig != "" {
		return w.characters(a, b)
	}
	if a.Text == b.Text {
		return 0
	}
	if a.Script.Vowelless() != b.Script.Vowelless() {
		return w.acrossVowelless(a, b, limit)
	}
	cost := w.spelling(a, b, limit)
	if cost > w.Related && len(a.Groups) > 0 && len(b.Groups) > 0 {
		if kin := w.kin(a, b); kin < cost {
			return kin
		}
	}
	return cost
}

// characters compares two words of one script in which a character is a
// syllable with a meaning of its own: one of two changed is another name.
func (w *NameWeights) characters(a, b *norm.Token) int {
	if a.Orig == b.Orig {
		return 0
	}
	ra, rb := []rune(a.Orig), []rune(b.Orig)
	if len(ra) != len(rb) {
		return apart
	}
	differ := 0
	for i := range ra {
		if ra[i] != rb[i] {
			differ++
		}
	}
	cost := min(apart, differ*w.Character/len(ra))
	if a.Text == b.Text {
		cost = min(cost, w.Homophone)
	}
	return cost
}

// spelling is the cheapest way from one spelling to the other, by sound or by
// letter, in proportion to the mistakes that the length leaves room for.
func (w *NameWeights) spelling(a, b *norm.Token, limit int) int {
	if a.Fold == b.Fold {
		return w.SameSound
	}
	sounds := soundCosts
	if a.Script.Syllabic() != b.Script.Syllabic() {
		sounds = looseCosts
	}
	best := w.soundOrSpelling(sounds, letters(a.Fold), letters(b.Fold), a.Sig, b.Sig, letters(a.Text), letters(b.Text), a.Spelt, b.Spelt, limit)
	for _, alt := range a.Alts {
		best = min(best, w.apartness(sounds, letters(alt), letters(b.Fold)))
	}
	for _, alt := range b.Alts {
		best = min(best, w.apartness(sounds, letters(a.Fold), letters(alt)))
	}
	return max(best, w.SameSound)
}

// soundOrSpelling compares two words by their sounds and, where that leaves a
// doubt, by their spellings; each only if the sets of letters allow it.
func (w *NameWeights) soundOrSpelling(sounds *costTable, af, bf []byte, aSig, bSig uint32, at, bt []byte, aSpelt, bSpelt uint32, limit int) int {
	best := apart
	if room := w.room(len(af), len(bf)); sounds.within(aSig, bSig, 1+mostOf(room, limit)) {
		best = w.part(edit(af, bf, sounds, mostOf(room, limit)), room)
	} else if limit < apart && sounds.within(aSig, bSig, room) {
		best = limit + 1
	}
	if best > w.Sure && (best < apart || len(at) > len(af)+1 || len(bt) > len(bf)+1) {
		if room := w.room(len(at), len(bt)); letterCosts.within(aSpelt, bSpelt, 1+mostOf(room, limit)) {
			best = min(best, w.part(edit(at, bt, letterCosts, mostOf(room, min(best, limit))), room))
		}
	}
	return best
}

// mostOf is what may be spent of a room so that the part is within limit.
func mostOf(room, limit int) int { return min(room, ((limit+1)*room-1)/apart) }

// apartness is the cost of one word for the other by one table.
func (w *NameWeights) apartness(t *costTable, a, b []byte) int {
	room := w.room(len(a), len(b))
	return w.part(edit(a, b, t, room), room)
}

// letters are the bytes of a word, which is never written to.
func letters(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// room is how many hundredths of a letter two words may differ before they are
// unrelated.
func (w *NameWeights) room(a, b int) int { return w.Room + w.RoomPerLetter*max(a, b) }

func (w *NameWeights) part(cost, room int) int { return min(apart, cost*apart/room) }

// Letters is a word packed to be compared without being fetched: the sets of
// letters of its sound and of its spelling and, where they fit, both of them
// letter by letter. Most words of a dictionary that are looked at are told from
// these alone. The zero Letters tell nothing.
type Letters struct {
	sig, spelt  uint32
	fold, text  uint8 // how many letters of each are held
	kin         bool  // has familiar forms, which are compared elsewhere
	sameAsSound bool  // spelt as it sounds, and held once
	held        [20]byte
}

// LettersOf returns the letters of a word, or nothing to tell where they do not
// decide alone: other readings, scripts without vowels or of syllables, and
// words too long to be held.
func LettersOf(t *norm.Token) Letters {
	l := Letters{sig: t.Sig, spelt: t.Spelt, fold: uint8(len(t.Fold)), text: uint8(len(t.Text)), kin: len(t.Groups) > 0, sameAsSound: t.Fold == t.Text}
	size := len(t.Fold) + len(t.Text)
	if l.sameAsSound {
		size = len(t.Fold)
	}
	if t.Script.Vowelless() || t.Script.Syllabic() || t.Script == norm.Other || len(t.Alts) > 0 || len(t.Fold) == 0 || size > len(l.held) {
		return Letters{}
	}
	n := copy(l.held[:], t.Fold)
	if !l.sameAsSound {
		copy(l.held[n:], t.Text)
	}
	return l
}

// Tell returns what Words does, from letters alone, or false when they do not
// decide. Beyond limit the cost may be any that is greater.
func (w *NameWeights) Tell(a, b *Letters, limit int) (cost int, ok bool) {
	if a.fold == 0 || b.fold == 0 || a.kin && b.kin {
		return 0, false
	}
	if a.sameAsSound && b.sameAsSound && a.fold == b.fold && a.held == b.held {
		return 0, true
	}
	var at, bt []byte
	af, bf := a.held[:a.fold], b.held[:b.fold]
	if at = af; !a.sameAsSound {
		at = a.held[a.fold : a.fold+a.text]
	}
	if bt = bf; !b.sameAsSound {
		bt = b.held[b.fold : b.fold+b.text]
	}
	if string(at) == string(bt) {
		return 0, true
	}
	if string(af) == string(bf) {
		return w.SameSound, true
	}
	return max(w.soundOrSpelling(soundCosts, af, bf, a.sig, b.sig, at, bt, a.spelt, b.spelt, min(limit, apart)), w.SameSound), true
}

// kin is the cost of a familiar form (Bill, William) or of one name in two
// languages (John, Juan), or apart.
func (w *NameWeights) kin(a, b *norm.Token) int {
	best := apart
	for _, g := range a.Groups {
		for _, h := range b.Groups {
			if g != h {
				continue
			}
			if norm.FamiliarGroup(g) {
				best = min(best, w.Familiar)
			} else {
				best = min(best, w.OtherLanguage)
			}
		}
	}
	return best
}

// acrossVowelless compares a word of Arabic or Hebrew script with one that
// writes its vowels.
func (w *NameWeights) acrossVowelless(a, b *norm.Token, limit int) int {
	if b.Script.Vowelless() {
		a, b = b, a
	}
	size := max(len(a.Sounds), len(b.Key), 1)
	room := w.SkeletonRoom + w.SkeletonRoomPerLetter*size
	most := mostOf(room, limit)
	best := norm.AlignSounds(a.Sounds, b.Fold, most)
	for _, alt := range b.Alts {
		best = min(best, norm.AlignSounds(a.Sounds, alt, min(most, best)))
	}
	return min(apart, max(best*apart/room, w.SameSound))
}
