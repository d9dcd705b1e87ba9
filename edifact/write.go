package edifact

import (
	"io"
	"strconv"
)

// Writer builds an interchange of one message, segment by segment.
//
//	w := edifact.NewWriter(edifact.Default)
//	w.Begin(&header)
//	w.Segment("BGM").Element("745").End()
//	w.Finish()
//	w.WriteTo(out)
//
// Values are written with release characters where they need them, empty
// elements and components at the end are left out, and control bytes are
// dropped: a line break would not survive the way to the reader.
type Writer struct {
	d      Delimiters
	buf    []byte
	n      int // segments since UNH
	header Header
	kept   int // length of buf up to the last element that is not empty
}

// NewWriter returns a Writer that uses d, or Default where d could not be read
// again: without a release character, or with a control byte as terminator.
func NewWriter(d Delimiters) *Writer {
	if !d.valid() || d.Release == 0 || d.Terminator < ' ' || d.Terminator >= 0x80 {
		d = Default
	}
	d.curly = false
	return &Writer{d: d}
}

// Begin writes UNA, UNB, UNG (where the header has a group) and UNH.
func (w *Writer) Begin(h *Header) {
	w.header = *h
	w.buf = append(w.buf, w.d.UNA()...)
	ic := &h.Interchange
	syntax, version := cut(ic.Syntax, ':')
	if syntax == "" {
		syntax, version = "UNOA", "4"
	}
	w.Segment("UNB").Element(syntax, version).Element(ic.Sender.ID, ic.Sender.Qualifier).
		Element(ic.Recipient.ID, ic.Recipient.Qualifier).Element(ic.Date, ic.Time).Element(ic.Ref).
		Element().Element(ic.Application).End()
	if g := &h.Group; g.Type != "" {
		w.Segment("UNG").Element(g.Type).Element(g.Sender.ID, g.Sender.Qualifier).
			Element(g.Recipient.ID, g.Recipient.Qualifier).Element(g.Date, g.Time).Element(g.Ref).
			Element(h.Agency).Element(h.Version, h.Release).End()
	}
	w.n = 0
	w.Segment("UNH").Element(h.Ref).Element(h.Type, h.Version, h.Release, h.Agency, h.Association).
		Element(h.AccessRef).Element(part(h)...).End()
}

func cut(s string, sep byte) (before, after string) {
	for i := 0; i < len(s); i++ {
		if s[i] == sep || !isAlnum(s[i]) {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// part is S010: the part's number in two digits and its mark.
func part(h *Header) []string {
	if h.Part == 0 {
		return nil
	}
	n := strconv.Itoa(h.Part)
	if len(n) < 2 {
		n = "0" + n
	}
	switch {
	case h.Last:
		return []string{n, "F"}
	case h.First:
		return []string{n, "C"}
	}
	return []string{n}
}

// Finish writes UNT, UNE and UNZ.
func (w *Writer) Finish() {
	h := &w.header
	w.Segment("UNT").Element(strconv.Itoa(w.n + 1)).Element(h.Ref).End()
	if h.Group.Type != "" {
		w.Segment("UNE").Element("1").Element(h.Group.Ref).End()
	}
	w.Segment("UNZ").Element("1").Element(h.Interchange.Ref).End()
}

// Segment begins a segment. End must follow.
func (w *Writer) Segment(tag string) *Writer {
	w.buf = append(w.buf, tag...)
	w.kept = len(w.buf)
	return w
}

// Element adds an element of components.
func (w *Writer) Element(components ...string) *Writer {
	w.buf = append(w.buf, w.d.Element)
	for i, c := range components {
		if i > 0 {
			w.buf = append(w.buf, w.d.Component)
		}
		if n := len(w.buf); c != "" {
			w.value(c)
			if len(w.buf) > n {
				w.kept = len(w.buf)
			}
		}
	}
	// Components that are empty at an element's end are left out.
	for n := len(w.buf); n > w.kept && w.buf[n-1] == w.d.Component; n-- {
		w.buf = w.buf[:n-1]
	}
	return w
}

func (w *Writer) value(v string) {
	for i := 0; i < len(v); i++ {
		b := v[i]
		if b < ' ' || b == 0x7f {
			continue
		}
		if b == w.d.Element || b == w.d.Component || b == w.d.Release || b == w.d.Terminator ||
			b == w.d.Repetition && b > ' ' {
			w.buf = append(w.buf, w.d.Release)
		}
		w.buf = append(w.buf, b)
	}
}

// End ends the segment.
func (w *Writer) End() {
	w.buf = append(w.buf[:w.kept], w.d.Terminator)
	w.n++
}

// Raw writes a segment that was kept raw, with this writer's separators. What
// has no tag is left out: it would be read as part of the segment before it.
func (w *Writer) Raw(r Raw) {
	s := r.Parse()
	if t := s.Tag; len(t) != 3 || !isUpper(t[0]) || !isUpper(t[1]) && !isDigit(t[1]) || !isUpper(t[2]) && !isDigit(t[2]) {
		return
	}
	w.Segment(s.Tag)
	for e := 1; e <= s.Elements(); e++ {
		comps := make([]string, s.Components(e))
		for c := range comps {
			comps[c] = s.Get(e, c)
		}
		w.Element(comps...)
	}
	w.End()
}

// Bytes returns what was written.
func (w *Writer) Bytes() []byte { return w.buf }

// WriteTo implements io.WriterTo.
func (w *Writer) WriteTo(out io.Writer) (int64, error) {
	n, err := out.Write(w.buf)
	return int64(n), err
}
