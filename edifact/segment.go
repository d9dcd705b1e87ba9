package edifact

import (
	"strings"
	"unicode/utf8"
)

// Segment is one segment: a tag and its elements, each of components. Elements
// count from 1 (element 0 is the tag), components from 0, as the standards'
// segment tables do. A Segment is valid until the next Scan; Clone keeps it.
// Strings taken from it stay valid.
type Segment struct {
	Tag    string
	Text   string // without terminator, line breaks and control bytes dropped
	Offset int64  // of the tag's first byte in the input
	Cut    bool   // the input ended, or the bound was reached, inside it

	delims *Delimiters
	// comps holds where each component starts, and a last one past the end: a
	// component ends one byte before the next. The top bit says that it holds a
	// release character.
	comps    []uint32
	elements []int32 // index of each element's first component
	high     bool    // holds bytes outside ASCII
}

const escapedBit = 1 << 31

// component returns component k of the segment as it stands in the text.
func (s *Segment) component(k int) (text string, escaped bool) {
	start, end := s.comps[k], s.comps[k+1]&^escapedBit-1
	return s.Text[start&^escapedBit : end], start&escapedBit != 0
}

// Elements returns how many elements follow the tag.
func (s *Segment) Elements() int { return len(s.elements) - 1 }

// Components returns how many components element e has; 0 when it is not there.
func (s *Segment) Components(e int) int {
	if e < 0 || e >= len(s.elements) {
		return 0
	}
	end := len(s.comps) - 1
	if e+1 < len(s.elements) {
		end = int(s.elements[e+1])
	}
	return end - int(s.elements[e])
}

// Get returns component c of element e without release characters and as valid
// UTF-8, or "" when it is not there.
func (s *Segment) Get(e, c int) string {
	if e < 0 || c < 0 || c >= s.Components(e) {
		return ""
	}
	v, escaped := s.component(int(s.elements[e]) + c)
	if escaped {
		v = unescape(v, s.delims.Release)
	}
	if s.high && !utf8.ValidString(v) {
		v = latin1(v)
	}
	return v
}

// Element returns element e with its component separators, without release
// characters: what a free text looks like when its author forgot that ':' parts
// components.
func (s *Segment) Element(e int) string { return s.From(e, 0) }

// From returns components c and later of element e, joined by the separator.
func (s *Segment) From(e, c int) string {
	n := s.Components(e)
	switch {
	case c >= n:
		return ""
	case c == n-1:
		return s.Get(e, c)
	}
	parts := make([]string, 0, n-c)
	for ; c < n; c++ {
		parts = append(parts, s.Get(e, c))
	}
	return strings.Join(parts, string(rune(s.delims.Component)))
}

// Repetitions returns the repetitions of component c of element e. Only syntax
// version 4 has them, and only where UNA names a separator.
func (s *Segment) Repetitions(e, c int) []string {
	if e < 0 || c < 0 || c >= s.Components(e) || s.delims.Repetition == 0 || s.delims.Repetition == ' ' {
		return []string{s.Get(e, c)}
	}
	var out []string
	text, _ := s.component(int(s.elements[e]) + c)
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case s.delims.Release:
			i++
		case s.delims.Repetition:
			out = append(out, unescape(text[from:i], s.delims.Release))
			from = i + 1
		}
	}
	return append(out, unescape(text[from:], s.delims.Release))
}

// Delimiters returns the separators the segment was read with.
func (s *Segment) Delimiters() Delimiters { return *s.delims }

// Clone returns a copy that stays valid.
func (s *Segment) Clone() Segment {
	c := *s
	c.comps = append([]uint32(nil), s.comps...)
	c.elements = append([]int32(nil), s.elements...)
	return c
}

// Raw is a segment that was kept as it came: its text, where it stood, and the
// separators it was written with.
type Raw struct {
	Text   string
	Offset int64
	Delims *Delimiters
}

// Raw returns the segment's text and place.
func (s *Segment) Raw() Raw { return Raw{Text: s.Text, Offset: s.Offset, Delims: s.delims} }

// String returns the text as valid UTF-8.
func (r Raw) String() string { return UTF8(r.Text) }

// MarshalText implements encoding.TextMarshaler: the text as valid UTF-8.
func (r Raw) MarshalText() ([]byte, error) { return []byte(UTF8(r.Text)), nil }

// Parse makes a segment of the raw text again.
func (r Raw) Parse() Segment {
	d := r.Delims
	if d == nil {
		d = &Default
	}
	return parseSegment(r.Text, r.Offset, d)
}

// ParseSegment reads one segment, given without its terminator.
func ParseSegment(text string, d Delimiters) Segment { return parseSegment(text, 0, &d) }

func parseSegment(text string, offset int64, d *Delimiters) Segment {
	s := Segment{Text: text, Offset: offset, delims: d}
	t := classes(d)
	s.split(&t)
	return s
}

// classes of bytes, as split sees them.
const (
	plain = iota
	elementSep
	componentSep
	releaseMark
	controlByte
	highByte
)

// classTable says what each byte means under d.
type classTable [256]uint8

func classes(d *Delimiters) classTable {
	var t classTable
	for b := range t {
		switch {
		case b < 0x20 || b == 0x7f:
			t[b] = controlByte
		case b >= 0x80:
			t[b] = highByte
		}
	}
	t['\t'] = plain
	t[d.Terminator] = plain // inside a segment it can only be data
	t[d.Component] = componentSep
	t[d.Element] = elementSep
	if d.Release != 0 {
		t[d.Release] = releaseMark
	}
	return t
}

// split finds elements and components. It returns how many control bytes it
// met; the caller drops them and splits again.
func (s *Segment) split(t *classTable) (controls int) {
	comps, elements, high := s.comps[:0], append(s.elements[:0], 0), false
	text, start := s.Text, uint32(0)
	if len(text) > 1<<16 {
		comps, elements = s.room(t)
	}
	for i := 0; i < len(text); i++ {
		class := t[text[i]]
		if class == plain {
			continue
		}
		switch class {
		case elementSep:
			comps = append(comps, start)
			elements = append(elements, int32(len(comps)))
			start = uint32(i + 1)
		case componentSep:
			comps = append(comps, start)
			start = uint32(i + 1)
		case releaseMark:
			start |= escapedBit
			i++
			if i < len(text) && t[text[i]] == controlByte {
				controls++
			}
		case highByte:
			high = true
		default:
			controls++
		}
	}
	comps = append(comps, start, uint32(len(text)+1))
	tag := text[:(comps[1]&^escapedBit)-1]
	if n := len(tag); n > 0 && (tag[n-1] == ' ' || tag[n-1] == '\t') {
		tag = strings.TrimRight(tag, " \t")
	}
	s.comps, s.elements, s.high, s.Tag = comps, elements, high, tag
	return controls
}

// room makes the lists large enough for a very long segment at once: growing
// them step by step would copy them many times over.
func (s *Segment) room(t *classTable) ([]uint32, []int32) {
	n, m := 2, 1
	for i := 0; i < len(s.Text); i++ {
		switch t[s.Text[i]] {
		case elementSep:
			m++
			n++
		case componentSep:
			n++
		}
	}
	comps, elements := s.comps[:0], s.elements[:0]
	if cap(comps) < n {
		comps = make([]uint32, 0, n)
	}
	if cap(elements) < m {
		elements = make([]int32, 0, m)
	}
	return comps, append(elements, 0)
}

// dropControls returns text without the bytes that t calls control bytes,
// whether any of them was other than a line break, and where the first stood.
func dropControls(text string, t *classTable) (clean string, other bool) {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if t[text[i]] != controlByte {
			b.WriteByte(text[i])
		} else if text[i] != '\r' && text[i] != '\n' {
			other = true
		}
	}
	return b.String(), other
}

// unescape drops the release characters of v.
func unescape(v string, release byte) string {
	if release == 0 || strings.IndexByte(v, release) < 0 {
		return v
	}
	var b strings.Builder
	b.Grow(len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == release && i+1 < len(v) {
			i++
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

// UTF8 returns s unchanged when it is valid UTF-8, else read as ISO 8859-1.
func UTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return latin1(s)
}

// windows1252 is what the bytes 0x80 to 0x9F stand for in Windows-1252. In ISO
// 8859-1 they are control characters, which no name holds.
var windows1252 = [32]rune{
	'\u20ac', 0x81, '\u201a', '\u0192', '\u201e', '\u2026', '\u2020', '\u2021', '\u02c6', '\u2030', '\u0160', '\u2039', '\u0152', 0x8d, '\u017d', 0x8f,
	0x90, '\u2018', '\u2019', '\u201c', '\u201d', '\u2022', '\u2013', '\u2014', '\u02dc', '\u2122', '\u0161', '\u203a', '\u0153', 0x9d, '\u017e', '\u0178',
}

// latin1 reads s as ISO 8859-1, and as Windows-1252 where that has letters.
func latin1(s string) string {
	r := make([]rune, len(s))
	for i := 0; i < len(s); i++ {
		r[i] = rune(s[i])
		if s[i] >= 0x80 && s[i] < 0xA0 {
			r[i] = windows1252[s[i]-0x80]
		}
	}
	return string(r)
}
