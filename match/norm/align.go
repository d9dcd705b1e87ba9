package norm

// Cost of a Latin sound that has no letter in the vowelless word: short vowels
// are not written, h is weak, anything else is a real difference.
const (
	unwrittenVowel = 9
	unwrittenH     = 40
	unwritten      = 95
)

// AlignSounds returns the cost, in hundredths of a letter, of reading a word of
// a vowelless script (Token.Sounds) as the folded Latin word, or something
// above limit as soon as that is sure.
func AlignSounds(letters []uint8, fold string, limit int) int {
	if len(fold) > maxToken || len(letters) > maxToken {
		return limit + 1
	}
	var store [2][maxToken + 1]int16
	last, now := &store[0], &store[1]
	for j := 0; j < len(fold); j++ {
		last[j+1] = last[j] + extraSound(fold[j])
	}
	for i, l := range letters {
		s := &soundList[l]
		silent := int16(s.silent)
		if i > 0 && letters[i-1] == l {
			silent = min(silent, 10) // a letter written twice is heard once
		}
		now[0] = last[0] + silent
		least := now[0]
		for j := 0; j < len(fold); j++ {
			best := last[j] + soundCost(s, fold[j])
			if v := last[j+1] + silent; v < best {
				best = v
			}
			if v := now[j] + extraSound(fold[j]); v < best {
				best = v
			}
			now[j+1] = best
			least = min(least, best)
		}
		if int(least) > limit {
			return limit + 1
		}
		last, now = now, last
	}
	return int(last[len(fold)])
}

func soundCost(s *sounds, c byte) int16 {
	if c < 'a' || c > 'z' {
		return noSound
	}
	return int16(s.cost[c-'a'])
}

func extraSound(c byte) int16 {
	switch c {
	case 'a', 'e', 'i', 'o', 'u':
		return unwrittenVowel
	case 'h':
		return unwrittenH
	}
	return unwritten
}
