package norm

import (
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class is what reading a name asks of a character. The Unicode tables answer
// each question by a search; a character is asked about once for all of them.
type class struct {
	script Script
	is     uint8
}

const (
	isLetter  uint8 = 1 << iota
	isMark          // or digit: belongs to a word
	isDropped       // control characters of layout, which names only hide in
	isGap           // parts words
	isCased         // has a lower case of its own
	isBound         // another character may be put for it, or for it and the one before
)

// classes are filled by pages of 256 characters, when one of them is met.
var classes [(utf8.MaxRune + 1) >> 8]atomic.Pointer[[256]class]

func classOf(r rune) class {
	if r < 0 || r > utf8.MaxRune {
		return class{is: isGap}
	}
	page := classes[r>>8].Load()
	if page == nil {
		page = new([256]class)
		for i := range page {
			page[i] = classify(r&^0xff | rune(i))
		}
		classes[r>>8].Store(page)
	}
	return page[r&0xff]
}

func classify(r rune) class {
	c := class{script: scriptOf(r)}
	set := func(flag uint8, is bool) {
		if is {
			c.is |= flag
		}
	}
	set(isLetter, unicode.IsLetter(r))
	set(isMark, unicode.IsDigit(r) || unicode.IsMark(r))
	// The Persian half-space parts what is written apart in Latin.
	set(isGap, r == utf8.RuneError || r == '\u200c' || unicode.IsControl(r))
	set(isDropped, c.is&isGap == 0 && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)))
	set(isCased, unicode.ToLower(r) != r)
	p := norm.NFKC.PropertiesString(string(r))
	set(isBound, !norm.NFKC.IsNormalString(string(r)) || !p.BoundaryBefore() || p.CCC() != 0)
	return c
}
