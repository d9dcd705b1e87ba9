package form

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// flaw is what was wrong with typed text and has been taken out of it.
type flaw uint8

const (
	sound         flaw = iota
	unreadable         // bytes that are not UTF-8
	hiddenTurn         // a character that changes the direction of text
	hiddenControl      // any other character that cannot be seen
)

// message says what was mended, so that the person can look at it and send
// again. It never repeats what was typed.
func (w flaw) message(label string) string {
	switch w {
	case unreadable:
		return fmt.Sprintf("Part of “%s” could not be read and is shown as �. Type that part again.", label)
	case hiddenTurn:
		return fmt.Sprintf("“%s” held a hidden character that turns text around. It has been taken out: check the answer and send it again.", label)
	case hiddenControl:
		return fmt.Sprintf("“%s” held a hidden control character. It has been taken out: check the answer and send it again.", label)
	}
	return ""
}

// clean returns text as it may be stored: valid UTF-8 in normal form C (Unicode
// Standard Annex 15), lines ended by "\n" where several are allowed, trimmed,
// without hidden characters. It also returns the worst flaw it took out.
func clean(s string, lines bool) (string, flaw) {
	worst := sound
	if !utf8.ValidString(s) {
		s, worst = strings.ToValidUTF8(s, "\uFFFD"), unreadable
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	if !lines { // pasted from a table, or sent by something other than a browser
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
	}
	s = strings.Map(func(r rune) rune {
		w := hidden(r, lines)
		if w == sound {
			return r
		}
		if worst == sound || worst == hiddenControl {
			worst = w
		}
		return -1
	}, s)
	return strings.TrimSpace(norm.NFC.String(s)), worst
}

// Clean is text of several lines as a Textarea would keep it, for a page that only
// carries it on.
func Clean(s string) string {
	text, _ := clean(s, true)
	return text
}

// hidden says whether r must not be kept. Overrides, embeddings and isolates
// make a text read otherwise than it is stored (Unicode Technical Report 36);
// the marks U+200E, U+200F and U+061C only help mixed scripts, and the joiners
// are letters' business in Persian and several Indic scripts, so they stay.
func hidden(r rune, lines bool) flaw {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return hiddenTurn
	case lines && (r == '\n' || r == '\t'):
		return sound
	case unicode.IsControl(r), r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F, r >= 0xFFF9 && r <= 0xFFFB, r&0xFFFE == 0xFFFE:
		return hiddenControl
	}
	return sound
}

// tooLong says how much to take away.
func tooLong(label string, s string, limit int) string {
	if limit <= 0 {
		return ""
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("Shorten “%s” to %d characters or fewer; it has %d now.", label, limit, n)
	}
	return ""
}
