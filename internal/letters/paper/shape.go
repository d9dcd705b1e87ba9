package paper

import (
	"slices"
	"strings"

	"clew/internal/letters/wording"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// em is the size at which text is shaped: glyph positions come out in
// thousandths, as PDF wants them.
const em = 1000

// shaper turns words into lines of glyphs. It serves one drawing: faces keep
// caches.
type shaper struct {
	harfbuzz  shaping.HarfbuzzShaper
	segmenter shaping.Segmenter
	wrapper   shaping.LineWrapper
	faces     map[*typeface]*font.Face
	back      map[*font.Face]*typeface
}

func newShaper() *shaper {
	return &shaper{faces: map[*typeface]*font.Face{}, back: map[*font.Face]*typeface{}}
}

func (s *shaper) face(t *typeface) *font.Face {
	f, ok := s.faces[t]
	if !ok {
		f = font.NewFace(t.load().font)
		s.faces[t], s.back[f] = f, t
	}
	return f
}

// choice is the Fontmap of one text.
type choice struct {
	s             *shaper
	bold, chinese bool
}

// ResolveFace implements shaping.Fontmap.
func (c choice) ResolveFace(r rune) *font.Face {
	t, _ := faceOf(r, c.bold, c.chinese)
	return c.s.face(t)
}

// line is one line of glyphs, its runs from left to right.
type line struct {
	runs  []shaping.Output
	text  string // in the order of reading
	width float64
	plain bool // every glyph stands for its own characters, from left to right
}

// manner is how a text is set.
type manner struct {
	size, lead float64 // points
	bold       bool
	rtl        bool
	lang       string
}

// lines breaks a text into lines no wider than width points.
func (s *shaper) lines(text string, m manner, width float64) []line {
	runes := visible([]rune(text), m)
	if len(runes) == 0 {
		return nil
	}
	dir := di.DirectionLTR
	if m.rtl {
		dir = di.DirectionRTL
	}
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: dir, Size: fixed.I(em), Language: language.NewLanguage(m.lang)}
	var outs []shaping.Output
	for _, part := range s.segmenter.Split(in, choice{s, m.bold, m.lang == "zh"}) {
		outs = append(outs, s.harfbuzz.Shape(part))
	}
	wrapped, _ := s.wrapper.WrapParagraphF(shaping.WrapConfig{Direction: dir}, fixed.Int26_6(width/m.size*em*64), runes, shaping.NewSliceIterator(outs))
	lines := make([]line, 0, len(wrapped))
	for _, w := range wrapped {
		lines = append(lines, s.lineOf(w, runes))
	}
	return lines
}

// visible puts the mark where a character has no glyph.
func visible(runes []rune, m manner) []rune {
	for i, r := range runes {
		if _, ok := faceOf(r, m.bold, m.lang == "zh"); !ok {
			runes[i] = mark
		}
	}
	return runes
}

func (s *shaper) lineOf(w shaping.Line, runes []rune) line {
	l := line{plain: true}
	from, to := len(runes), 0
	for _, run := range w {
		from, to = min(from, run.Runes.Offset), max(to, run.Runes.Offset+run.Runes.Count)
		l.width += points(run.Advance)
		l.plain = l.plain && run.Direction == di.DirectionLTR && !slices.ContainsFunc(run.Glyphs, func(g shaping.Glyph) bool { return g.GlyphsCount() != 1 || g.RunesCount() != 1 })
	}
	if from < to {
		l.text = strings.TrimRight(string(runes[from:to]), " ")
	}
	l.runs = slices.Clone(w)
	slices.SortStableFunc(l.runs, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
	return l
}

// spelled reports whether the line carries its text beside its glyphs. Readers do
// not agree on what such a text means in a line from right to left, which
// /ReversedChars describes instead.
func (l line) spelled() bool { return !l.plain && !slices.ContainsFunc(l.runs, rightToLeft) }

func points(v fixed.Int26_6) float64 { return float64(v) / 64 }

// words returns a text as it is set: what is merged into a line of the other
// direction is fenced off with marks of direction, so that a reference is not
// torn up.
func words(t wording.Text, rtl bool) string {
	if !rtl {
		return t.Reveal()
	}
	const leftToRight = "\u200e"
	var b strings.Builder
	for _, r := range t {
		if r.Merged {
			b.WriteString(leftToRight + r.Words.Reveal() + leftToRight)
			continue
		}
		b.WriteString(r.Words.Reveal())
	}
	return b.String()
}
