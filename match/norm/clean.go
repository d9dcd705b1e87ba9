package norm

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is read of one name. A longer name is cut: no civil register
// has one, and the work a name causes must not be set by whoever wrote it.
const (
	MaxRunes  = 512 // letters read of one name
	MaxTokens = 24  // words kept of one name
	maxToken  = 40  // bytes kept of one romanised word
)

// Clean returns s in Unicode NFKC with lower case, without control, zero-width
// and bidirectional characters, cut at MaxRunes.
func Clean(s string) string {
	if isPlain(s) && len(s) <= MaxRunes {
		return strings.ToLower(s)
	}
	s = cut(s, MaxRunes)
	found := uint8(0)
	for _, r := range s {
		found |= classOf(r).is
	}
	if found&(isGap|isDropped|isCased|isBound) == 0 {
		return s
	}
	if found&isBound != 0 {
		s = norm.NFKC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch is := classOf(r).is; {
		case is&isGap != 0:
			b.WriteByte(' ')
		case is&isDropped != 0:
		case is&isCased != 0:
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return cut(b.String(), MaxRunes)
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cut returns at most n runes of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// words splits a cleaned name where words end. Apostrophes and marks belong to
// the word (O'Brien, Qa'ida); points are kept so that initials can be told.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !inWord(r) })
}

func inWord(r rune) bool {
	switch r {
	case '\'', '.', '’', '‘', 'ʼ', 'ʻ', '`', '´', '׳', '״', '&', '%', 'ー':
		return true
	case '・', '·', '•':
		return false
	}
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return classOf(r).is&(isLetter|isMark) != 0
}
