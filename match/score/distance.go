package score

import "math/bits"

// Costs of turning one word into another are in hundredths of a letter.

// costTable holds what it costs to put one letter for another, to leave one
// out, and to swap two neighbours.
type costTable struct {
	swap  [128][128]uint8
	leave [128]uint8
	// twice is the cost of leaving out a letter that stands twice.
	twice, turn int16
	// finalS is the cost of leaving out a last s: plural, possessive, or the
	// ending that Latvian and Lithuanian give to foreign names.
	finalS int16
	// For lower bounds: what leaving out a letter costs at least, and the letters
	// that it can be put for at each level of cost.
	single   [26]uint8
	levels   [7]uint8
	partners [26][7]uint32
}

// near is a set of pairs of letters that are taken for one another, with the cost.
type near struct {
	cost  uint8
	pairs string
}

func newCosts(consonant, vowel uint8, sets ...near) *costTable {
	t := &costTable{twice: 25, turn: 70, finalS: 40}
	for i := range t.swap {
		t.leave[i] = 100
		for j := range t.swap[i] {
			t.swap[i][j] = consonant
		}
		t.swap[i][i] = 0
	}
	for _, a := range "aeiou" {
		t.leave[a] = 60
		for _, b := range "aeiou" {
			if a != b {
				t.swap[a][b] = vowel
			}
		}
	}
	t.leave['h'], t.leave['j'] = 50, 60
	for d := '0'; d <= '9'; d++ { // figures are not misheard
		for c := range t.swap {
			t.swap[d][c], t.swap[c][d] = 130, 130
		}
		t.swap[d][d], t.leave[d] = 0, 130
	}
	for _, set := range sets {
		for i := 0; i+1 < len(set.pairs); i += 3 {
			a, b := set.pairs[i], set.pairs[i+1]
			t.swap[a][b], t.swap[b][a] = set.cost, set.cost
		}
	}
	t.bound()
	return t
}

// bound prepares least.
func (t *costTable) bound() {
	t.levels = [...]uint8{10, 20, 30, 40, 50, 60, 70}
	for c := byte('a'); c <= 'z'; c++ {
		t.single[c-'a'] = t.leave[c]
		if c == 's' {
			t.single[c-'a'] = uint8(t.finalS)
		}
		for i, level := range t.levels {
			t.partners[c-'a'][i] = 0
			for d := byte('a'); d <= 'z'; d++ {
				if c != d && t.swap[c][d] <= level {
					t.partners[c-'a'][i] |= 1 << (d - 'a')
				}
			}
		}
	}
}

// within reports whether a word with letters a could be turned into one with
// letters b for less than room, as far as the letters tell: what stands in one
// only must be left out or be put for a letter of the other.
func (t *costTable) within(a, b uint32, room int) bool {
	return a == b || t.oneWay(a&^b, b, room) && t.oneWay(b&^a, a, room)
}

func (t *costTable) oneWay(only, others uint32, room int) bool {
	for only &= 1<<26 - 1; only != 0; only &= only - 1 {
		c := bits.TrailingZeros32(only)
		cost := t.single[c]
		if near := &t.partners[c]; near[len(near)-1]&others != 0 {
			for i, level := range t.levels {
				if near[i]&others != 0 {
					cost = min(cost, level)
					break
				}
			}
		}
		if room -= int(min(cost, 100)); room <= 0 {
			return false
		}
	}
	return true
}

// soundCosts compares folded words (norm.Fold): c is "ch", q "sh", w "zh", x "kh".
var soundCosts = newCosts(100, 70,
	near{30, "ei ou sz hx fv jw ij"},
	near{40, "kx gj qc"},
	near{50, "ae bp bv dt gk sq sc zc zw cj ck cx cw qw uv iw"},
	near{60, "mn fp dz gh ao"},
	near{70, "lr tz kq hk"},
)

// letterCosts compares romanised words letter by letter.
var letterCosts = newCosts(100, 70,
	near{20, "iy kq vw ck"},
	near{30, "ei ou ey sz ij jy fv uw"},
	near{50, "ae bp bv dt gk sc uv cz kx hx cj"},
	near{60, "mn gj ao"},
	near{70, "lr"},
)

// looseCosts compares words one of which is in a script of syllables: vowels
// come and go, l and r are one, voiced and unvoiced are one.
var looseCosts = func() *costTable {
	t := newCosts(100, 35,
		near{10, "lr"},
		near{20, "bp dt gk sz fv hx sq qc cj zw kx"},
		near{30, "bv mn jw hf ck sc zc ds dz tz cx cw qw gj ij uv iw"},
		near{40, "ts td bm"},
	)
	for _, v := range "aeiou" {
		t.leave[v] = 25
	}
	t.leave['h'], t.leave['r'], t.leave['l'], t.leave['n'], t.leave['t'], t.leave['s'] = 30, 60, 60, 70, 70, 60
	t.bound()
	return t
}()

// longest is the longest word that is compared; norm cuts words before that.
const longest = 48

// edit returns the cost of turning a into b, or something above limit as soon
// as that is sure. It is the optimal string alignment distance with weights.
func edit(a, b []byte, t *costTable, limit int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a) > longest || len(b) > longest:
		return limit + 1
	case len(a) <= usual && len(b) <= usual:
		var cells [3 * (usual + 1)]int16
		var drops [usual]int16
		return t.edit(a, b, cells[:usual+1], cells[usual+1:2*usual+2], cells[2*usual+2:], drops[:], limit)
	}
	var cells [3 * (longest + 1)]int16
	var drops [longest]int16
	return t.edit(a, b, cells[:longest+1], cells[longest+1:2*longest+2], cells[2*longest+2:], drops[:], limit)
}

// usual is the length up to which a word needs little memory to be compared.
const usual = 12

// edit fills a table of len(a) rows, of which it keeps three.
func (t *costTable) edit(a, b []byte, before, last, now, drops []int16, limit int) int {
	n := len(b)
	drops = drops[:n]
	for j := range drops {
		drops[j] = t.drop(b, j)
		last[j+1] = last[j] + drops[j]
	}
	previous := byte(255) // no letter
	for i := range a {
		c := a[i] & 127
		drop := t.drop(a, i)
		before, last, now = before[:n+1], last[:n+1], now[:n+1]
		left := last[0] + drop
		now[0] = left
		least := left
		row := &t.swap[c]
		beside := byte(0)
		for j := 0; j < n; j++ {
			d := b[j] & 127
			best := min(last[j]+int16(row[d]), last[j+1]+drop, left+drops[j])
			if previous == d && c == beside && c != d && j > 0 {
				best = min(best, before[j-1]+t.turn)
			}
			beside, left = d, best
			now[j+1] = best
			least = min(least, best)
		}
		if int(least) > limit {
			return limit + 1
		}
		previous = c
		before, last, now = last, now, before
	}
	return int(last[n])
}

func (t *costTable) drop(s []byte, i int) int16 {
	c := s[i] & 127
	if c == 's' && i == len(s)-1 {
		return t.finalS
	}
	if i > 0 && s[i-1] == s[i] {
		return min(t.twice, int16(t.leave[c]))
	}
	return int16(t.leave[c])
}

// Edits returns how many letters two words differ by (a swap of neighbours is
// one), in hundredths, or something above limit.
func Edits(a, b string, limit int) int { return edit(letters(a), letters(b), plainCosts, limit) }
