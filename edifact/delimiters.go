package edifact

import "strings"

// Delimiters are the characters that structure an interchange (ISO 9735-1,
// service string advice). Release is 0 when there is none: a blank in the UNA
// segment says so. Repetition is 0 or a blank when elements do not repeat.
type Delimiters struct {
	Component, Element, Decimal, Release, Repetition, Terminator byte
	// curly marks an interchange whose terminators are (also) typographic
	// quotation marks, which some word processors put in place of '.
	curly bool
}

// Default is what holds where no UNA segment stands.
var Default = Delimiters{Component: ':', Element: '+', Decimal: '.', Release: '?', Repetition: ' ', Terminator: '\''}

// UNA returns the service string advice segment.
func (d Delimiters) UNA() string {
	release := d.Release
	if release == 0 {
		release = ' '
	}
	repetition := d.Repetition
	if repetition == 0 {
		repetition = ' '
	}
	return "UNA" + string([]byte{d.Component, d.Element, d.Decimal, release, repetition, d.Terminator})
}

// valid tells whether every needed separator is there and no two are alike.
func (d Delimiters) valid() bool {
	used := [256]bool{}
	for _, b := range []byte{d.Component, d.Element, d.Release, d.Terminator} {
		if b == 0 {
			continue
		}
		if used[b] || isAlnum(b) {
			return false
		}
		used[b] = true
	}
	return d.Component != 0 && d.Element != 0 && d.Terminator != 0
}

func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isAlnum(b byte) bool { return isUpper(b) || isDigit(b) || b >= 'a' && b <= 'z' }
func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// opening is how an interchange begins: its separators, where the first segment
// after UNA stands, and what was odd about it.
type opening struct {
	delims Delimiters
	skip   int      // bytes of UNA and what follows it
	found  []string // finding codes
	// guessed says that no component separator was seen, the usual one is taken.
	guessed bool
}

// headLen is how much of an interchange's beginning is looked at to learn its
// separators: the longest UNB, UNG and UNH there can be, with room for wrapping.
const headLen = 2048

// open learns the separators from head, which begins with UNA, UNB, UNG, UNH,
// BGM or MSG.
func open(head string) opening {
	if strings.HasPrefix(head, "SRC") { // has no elements to learn from
		return opening{delims: Default}
	}
	if !strings.HasPrefix(head, "UNA") {
		o := infer(head, "")
		if strings.HasPrefix(head, "UNB") && o.delims != Default {
			o.found = append(o.found, "una_missing")
		}
		return o
	}
	after := nextService(head, 3)
	if after < 0 {
		return opening{delims: advice(head), skip: min(9, len(head))}
	}
	stated := strings.TrimRight(strings.TrimLeft(head[3:after], "\r\n"), "\r\n\t")
	o := infer(head[after:], stated)
	o.skip = after
	switch d, ok := parseAdvice(stated); {
	case !ok && o.delims.curly:
	case !ok:
		o.found = append(o.found, "una_malformed")
	case !d.valid() || d.Element != o.delims.Element || d.Component != o.delims.Component && !o.guessed || d.Terminator != o.delims.Terminator:
		o.found = append(o.found, "una_mismatch")
		o.delims.Decimal = d.Decimal
	default:
		d.curly = o.delims.curly
		o.delims = d
	}
	return o
}

// parseAdvice reads the six characters after UNA. Further blanks are indents of
// the line that follows.
func parseAdvice(s string) (Delimiters, bool) {
	if len(s) < 6 || strings.Trim(s[6:], " \r\n\t") != "" {
		return Delimiters{}, false
	}
	d := Delimiters{Component: s[0], Element: s[1], Decimal: s[2], Release: s[3], Repetition: s[4], Terminator: s[5]}
	if d.Release == ' ' {
		d.Release = 0
	}
	return d, true
}

// advice is parseAdvice for an interchange that ends right after it.
func advice(head string) Delimiters {
	if len(head) >= 9 {
		if d, ok := parseAdvice(head[3:9]); ok && d.valid() {
			return d
		}
	}
	return Default
}

// nextService returns where UNB, UNG or UNH begins within the 24 bytes after
// from, line breaks not counted, or -1. A break may stand inside the tag.
func nextService(head string, from int) int {
	for i, n := from, 0; i < len(head) && n < 24; i++ {
		if isBreak(head[i]) {
			continue
		}
		n++
		if head[i] != 'U' {
			continue
		}
		if j := afterBreaks(head, i+1); j < 0 || head[j] != 'N' {
			continue
		} else if k := afterBreaks(head, j+1); k < 0 || head[k] != 'B' && head[k] != 'G' && head[k] != 'H' {
			continue
		} else if l := afterBreaks(head, k+1); l >= 0 && !isAlnum(head[l]) {
			return i
		}
	}
	return -1
}

func isBreak(b byte) bool { return b == '\r' || b == '\n' || b == 0 }

// afterBreaks returns where the next byte that is no line break stands, or -1.
func afterBreaks(s string, i int) int {
	for ; i < len(s); i++ {
		if !isBreak(s[i]) {
			return i
		}
	}
	return -1
}

// infer reads the separators off the first segments themselves: the byte after
// the tag divides elements, the first other mark in the next element divides
// components, and what stands before the next tag ends segments. una is what
// UNA said, of any length: its release character is believed if it has one.
func infer(head, una string) opening {
	d := Default
	o := opening{}
	if len(head) > headLen {
		head = head[:headLen]
	}
	flat := strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(head, "\uFFFD"))
	rest := strings.TrimLeft(flat[min(3, len(flat)):], " ")
	if rest == "" || isAlnum(rest[0]) {
		o.delims = d
		return o
	}
	d.Element = rest[0]
	d.Component, o.guessed = componentOf(rest, d.Element)
	d.Terminator, d.curly, o.found = terminatorOf(head, flat, d)
	d.Release = releaseOf(una, d)
	if len(una) >= 5 && strings.Contains(una, "*") && d.Terminator != '*' && d.Element != '*' && d.Release != '*' {
		d.Repetition = '*'
	}
	o.delims = d
	return o
}

// componentOf finds the mark between the syntax identifier and its version
// (UNB+UNOA:4), or between type and version (UNH+1+PAXLST:D). guessed says that
// there is none.
func componentOf(rest string, element byte) (mark byte, guessed bool) {
	for i := 1; i < len(rest) && i < 80; i++ {
		b := rest[i]
		if b == element || isAlnum(b) || b == ' ' || b == '\'' || b == '/' || b == '_' || b == '-' && element != '-' {
			continue
		}
		if i+4 < len(rest) && rest[i+4] == element && isUpper(rest[i+1]) && isUpper(rest[i+2]) && isUpper(rest[i+3]) {
			break // a tag follows: this mark ended the segment
		}
		// Only a mark between two letters or digits is a separator.
		if isAlnum(rest[i-1]) && i+1 < len(rest) && (isAlnum(rest[i+1]) || rest[i+1] == b) && b < 0x80 {
			return b, false
		}
	}
	if element == ':' {
		return '+', true
	}
	return ':', true
}

// nextTags are the tags that may follow the first segment of an interchange.
var nextTags = [...]string{"UNG", "UNH", "BGM", "MSG", "RFF", "ORG", "NAD", "TVL"}

// terminatorOf looks at what stands before the second tag, first in head as it
// came and then in flat, where a tag may have been put together from two lines.
func terminatorOf(head, flat string, d Delimiters) (term byte, curly bool, found []string) {
	for _, text := range [...]string{head, flat} {
		for _, tag := range nextTags {
			if term, curly, found := terminatorBefore(text, tag, d); term != 0 {
				return term, curly, found
			}
		}
	}
	if d.Element == '\'' {
		return '\n', false, nil
	}
	return '\'', false, nil
}

// terminatorBefore returns what ends the segment before tag, or 0. Nothing but a
// line break before it means that line breaks end the segments.
func terminatorBefore(text, tag string, d Delimiters) (term byte, curly bool, found []string) {
	for from := 3; from < len(text); {
		i := strings.Index(text[from:], tag)
		if i < 0 {
			break
		}
		i += from
		from = i + 3
		after := strings.TrimLeft(text[from:], " ")
		if after == "" || after[0] != d.Element {
			continue
		}
		before := strings.TrimRight(text[:i], " \t\r\n")
		if before == "" || before[len(before)-1] == d.Element || before[len(before)-1] == d.Component {
			continue
		}
		if strings.HasSuffix(before, "\u2019") || strings.HasSuffix(before, "\u2018") || strings.HasSuffix(before, "\uFFFD") ||
			before[len(before)-1] == 0x91 || before[len(before)-1] == 0x92 {
			return '\'', true, []string{"curly_quote"}
		}
		if b := before[len(before)-1]; !isAlnum(b) && b < 0x80 {
			return b, false, nil
		}
		if strings.Contains(text[len(before):i], "\n") {
			return '\n', false, []string{"line_terminated"}
		}
	}
	return 0, false, nil
}

// releaseOf is the release character that una names, the usual one where there
// is no UNA, or none when that character has another duty.
func releaseOf(una string, d Delimiters) byte {
	release := byte('?')
	if len(una) >= 4 {
		switch {
		case strings.Contains(una, "?"):
		case strings.Contains(una, "\\"):
			release = '\\'
		case len(una) == 6:
			release = una[3]
		}
	}
	if release == ' ' || release == d.Element || release == d.Component || release == d.Terminator {
		return 0
	}
	return release
}
