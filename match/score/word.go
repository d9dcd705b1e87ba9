package score

import "clew/match/norm"

// apart is the cost of two words that have nothing to do with one another.
const apart = 100

// Words returns how far two words of names are apart: 0 the same, 100 unrelated.
func (w *NameWeights) Words(a, b *norm.Token) int { return w.word(a, b) }

// word returns how far two words are apart: 0 the same, apart unrelated. It is
// symmetric.
func (w *NameWeights) word(a, b *norm.Token) int {
	if a.Script == b.Script && (a.Script == norm.Han || a.Script == norm.Hangul) && a.Orig != "" && b.Orig != "" {
		return w.characters(a, b)
	}
	if a.Text == b.Text {
		return 0
	}
	if a.Script.Vowelless() != b.Script.Vowelless() {
		return w.acrossVowelless(a, b)
	}
	cost := w.spelling(a, b)
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
func (w *NameWeights) spelling(a, b *norm.Token) int {
	if a.Fold == b.Fold {
		return w.SameSound
	}
	sounds := soundCosts
	if a.Script.Syllabic() != b.Script.Syllabic() {
		sounds = looseCosts
	}
	best, room := apart, w.room(a.Fold, b.Fold)
	if sounds.least(a.Sig, b.Sig) < room {
		best = w.part(edit(a.Fold, b.Fold, sounds, room), a.Fold, b.Fold)
	}
	if best > w.Sure && (best < apart || len(a.Text) > len(a.Fold)+1 || len(b.Text) > len(b.Fold)+1) && letterCosts.least(a.Spelt, b.Spelt) < w.room(a.Text, b.Text) {
		best = min(best, w.part(edit(a.Text, b.Text, letterCosts, w.room(a.Text, b.Text)*best/apart), a.Text, b.Text))
	}
	for _, alt := range a.Alts {
		best = min(best, w.part(edit(alt, b.Fold, sounds, w.room(alt, b.Fold)), alt, b.Fold))
	}
	for _, alt := range b.Alts {
		best = min(best, w.part(edit(a.Fold, alt, sounds, w.room(a.Fold, alt)), a.Fold, alt))
	}
	return max(best, w.SameSound)
}

// room is how many hundredths of a letter two words may differ before they are
// unrelated.
func (w *NameWeights) room(a, b string) int { return w.Room + w.RoomPerLetter*max(len(a), len(b)) }

func (w *NameWeights) part(cost int, a, b string) int { return min(apart, cost*apart/w.room(a, b)) }

// Letters is what can be told of a word before it is fetched: the set of letters
// of its sound, and how many there are. The zero Letters tell nothing.
type Letters struct {
	Sig uint32
	Len uint8
}

// LettersOf returns the letters of a word, or nothing to tell where the sound
// does not decide alone: digraphs, other readings, familiar forms, other scripts.
func LettersOf(t *norm.Token) Letters {
	if t.Script.Vowelless() || t.Script.Syllabic() || len(t.Alts) > 0 || len(t.Groups) > 0 || len(t.Text) > len(t.Fold)+1 {
		return Letters{}
	}
	return Letters{t.Sig, uint8(len(t.Fold))}
}

// Unrelated reports that two words are surely unrelated, from their letters
// alone. It never says so of words that Words finds related.
func (w *NameWeights) Unrelated(a, b Letters) bool {
	return a.Len > 0 && b.Len > 0 && soundCosts.least(a.Sig, b.Sig) >= w.Room+w.RoomPerLetter*int(max(a.Len, b.Len))
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
func (w *NameWeights) acrossVowelless(a, b *norm.Token) int {
	if b.Script.Vowelless() {
		a, b = b, a
	}
	size := max(len(a.Sounds), len(b.Key), 1)
	room := w.SkeletonRoom + w.SkeletonRoomPerLetter*size
	best := norm.AlignSounds(a.Sounds, b.Fold, room)
	for _, alt := range b.Alts {
		best = min(best, norm.AlignSounds(a.Sounds, alt, min(room, best)))
	}
	return min(apart, max(best*apart/room, w.SameSound))
}
