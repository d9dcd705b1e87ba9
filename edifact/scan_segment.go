package edifact

import "strings"

// lookahead is how many bytes after a terminator tell whether a tag follows:
// a tag, its separator, and the line breaks and indents around them.
const lookahead = 24

// next reads one segment at pos. It returns false at the end of the input.
func (s *Scanner) next() bool {
	if !s.skipBlank() {
		return false
	}
	if s.restarts() {
		s.reopen()
		if !s.skipBlank() {
			return false
		}
	}
	offset := s.base + int64(s.pos)
	text, cut := s.take()
	s.set(text, offset, cut)
	return true
}

// skipBlank moves past blanks, line breaks and empty segments.
func (s *Scanner) skipBlank() bool {
	for {
		for ; s.pos < len(s.block); s.pos++ {
			b := s.block[s.pos]
			if b == s.delims.Terminator && b != '\n' {
				s.note("empty_segments", "", s.base+int64(s.pos), "")
				continue
			}
			if b != ' ' && b != '\t' && s.table[b] != controlByte && b != s.delims.Terminator {
				return true
			}
		}
		if !s.fill() {
			return false
		}
	}
}

// restarts reports whether a new interchange begins here although the last one
// has not ended, perhaps with other separators.
func (s *Scanner) restarts() bool {
	if s.opened {
		s.opened = false
		return false
	}
	if s.block[s.pos] != 'U' {
		return false
	}
	for len(s.block)-s.pos < lookahead+6 && s.fill() {
	}
	text := s.block[s.pos:]
	return (strings.HasPrefix(text, "UNA") || strings.HasPrefix(text, "UNB")) && isStart(text)
}

func (s *Scanner) reopen() {
	for len(s.block)-s.pos < headLen && s.fill() {
	}
	clear(s.noted)
	s.Preamble = ""
	s.start(s.opening())
	s.opened = false
}

// plainEnd returns where the segment at pos ends when nothing is odd about it: a
// terminator that is not released, with a tag right after it or after a line
// break. It is what nearly every segment needs; take knows the rest.
func (s *Scanner) plainEnd() int {
	block := s.block
	i := strings.IndexByte(block[s.pos:], s.delims.Terminator)
	if i <= 0 || s.delims.curly {
		return -1
	}
	i += s.pos
	if block[i-1] == s.delims.Release || i+lookahead >= len(block) {
		return -1
	}
	next := i + 1
	for n := 0; n < 2 && (block[next] == '\r' || block[next] == '\n'); n++ {
		next++
	}
	tag := block[next : next+4]
	if tag[3] != s.delims.Element || !isUpper(tag[0]) || !isUpper(tag[1]) || !isUpper(tag[2]) {
		return -1
	}
	return i
}

// take consumes up to the next true terminator and returns what stood before it.
func (s *Scanner) take() (text string, cut bool) {
	if i := s.plainEnd(); i > 0 {
		return s.cutAt(i, 1), false
	}
	from, joined := s.pos, false
	for {
		i := s.indexTerminator(from)
		if i < 0 {
			if len(s.block)-s.pos > MaxSegment {
				return s.overlong(), true
			}
			from = max(s.pos, len(s.block)-2)
			kept := from - s.pos
			if !s.fill() {
				text = s.block[s.pos:]
				s.pos = len(s.block)
				return text, s.delims.Terminator != '\n'
			}
			from = s.pos + kept
			continue
		}
		if i-s.pos > MaxSegment {
			return s.overlong(), true
		}
		width := s.terminatorWidth(i)
		if i+width+lookahead > len(s.block) && !s.eof && !s.isTrailer() {
			from = i - s.pos
			s.fill()
			from += s.pos
			continue
		}
		if s.released(i) {
			from = i + width
			continue
		}
		if !s.tagFollows(i + width) {
			if s.block[i] >= 0x80 { // a typographic apostrophe in a name
				from = i + width
				continue
			}
			if s.isTrailer() {
				return s.cutAt(i, width), false
			}
			if !joined {
				joined = true
				s.note("release_missing", s.block[s.pos:min(s.pos+3, i)], s.base+int64(s.pos), "")
			}
			from = i + width
			continue
		}
		return s.cutAt(i, width), false
	}
}

func (s *Scanner) cutAt(i, width int) string {
	text := s.block[s.pos:i]
	s.pos = i + width
	return text
}

// isTrailer reports whether the segment at pos ends an interchange: what
// follows it may be anything.
func (s *Scanner) isTrailer() bool {
	if s.block[s.pos] != 'U' {
		return false
	}
	head := s.block[s.pos:min(len(s.block), s.pos+8)]
	return strings.HasPrefix(head, "UNZ") || strings.HasPrefix(strings.Map(dropBreaks, head), "UNZ")
}

func dropBreaks(r rune) rune {
	if r == '\r' || r == '\n' || r == 0 {
		return -1
	}
	return r
}

// indexTerminator returns where the next terminator stands at or after from.
func (s *Scanner) indexTerminator(from int) int {
	rest := s.block[from:]
	if !s.delims.curly {
		if i := strings.IndexByte(rest, s.delims.Terminator); i >= 0 {
			return from + i
		}
		return -1
	}
	for i := 0; i < len(rest); i++ {
		if rest[i] == s.delims.Terminator || rest[i] >= 0x80 && curlyAt(rest[i:]) > 0 {
			return from + i
		}
	}
	return -1
}

// curlyAt returns the width of a typographic single quotation mark that begins
// text, in UTF-8 or in Windows-1252, or 0.
func curlyAt(text string) int {
	if text[0] == 0x91 || text[0] == 0x92 {
		return 1
	}
	if len(text) >= 3 && text[0] == 0xE2 && text[1] == 0x80 && (text[2] == 0x98 || text[2] == 0x99) {
		return 3
	}
	return 0
}

func (s *Scanner) terminatorWidth(i int) int {
	if s.block[i] >= 0x80 {
		return curlyAt(s.block[i:])
	}
	return 1
}

// released reports whether an odd number of release characters stands before i:
// in `??'` the first releases the second, and the segment ends.
func (s *Scanner) released(i int) bool {
	if s.delims.Release == 0 || i == 0 || s.block[i-1] != s.delims.Release {
		return false
	}
	n := 0
	for j := i - 1; j >= s.pos && s.block[j] == s.delims.Release; j-- {
		n++
	}
	return n%2 == 1
}

// tagFollows reports whether what stands at i can be the next segment: a tag of
// three capitals or digits and a separator, the end, or another terminator. A
// terminator that nothing of the kind follows is a value's own apostrophe.
func (s *Scanner) tagFollows(i int) bool {
	if s.delims.Terminator == '\n' {
		return true
	}
	n := 0
	for end := min(len(s.block), i+lookahead); i < end; i++ {
		b := s.block[i]
		switch {
		case s.table[b] == controlByte || (b == ' ' || b == '\t') && (n == 0 || n == 3):
		case b == s.delims.Terminator || b >= 0x80 && curlyAt(s.block[i:]) > 0:
			return n == 0 || n == 3
		case n == 3:
			return b == s.delims.Element || b == s.delims.Component || !isAlnum(b) && s.block[i-3:i] == "UNA"
		case isUpper(b) || n > 0 && isDigit(b):
			n++
		default:
			return false
		}
	}
	return n == 0 || n == 3 || i >= len(s.block)
}

// overlong cuts a segment at the bound and skips to the next terminator.
func (s *Scanner) overlong() string {
	text := s.block[s.pos : s.pos+MaxSegment]
	s.findings = append(s.findings, find("segment_too_long", text[:3], s.base+int64(s.pos), ""))
	s.pos += MaxSegment
	for {
		if i := s.indexTerminator(s.pos); i >= 0 {
			s.pos = i + s.terminatorWidth(i)
			return text
		}
		s.pos = len(s.block)
		if !s.fill() {
			return text
		}
	}
}

// set makes text the current segment.
func (s *Scanner) set(text string, offset int64, cut bool) {
	s.seg.Text, s.seg.Offset, s.seg.Cut, s.seg.delims = text, offset, cut, s.delims
	if cut && (strings.HasPrefix(text, "UNZ") || strings.HasPrefix(text, "UNT")) {
		// The last trailer without its terminator: a line break ends it.
		s.seg.Text, _, _ = strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
		s.seg.Text = strings.TrimRight(s.seg.Text, "\r\x1a\x03")
	}
	if s.seg.split(&s.table) > 0 {
		clean, other := dropControls(s.seg.Text, &s.table)
		if other {
			s.note("control_bytes", s.seg.Tag, offset, "")
		}
		s.seg.Text = clean
		s.seg.split(&s.table)
		if len(clean) < len(text) && strings.ContainsAny(text, "\r\n") {
			s.note("line_break", s.seg.Tag, offset, "")
		}
	}
	if s.seg.high {
		s.note("non_ascii", s.seg.Tag, offset, "")
	}
	if cut {
		s.note("truncated", s.seg.Tag, offset, "")
	}
}
