package paper

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
)

// drawing is one file while its pages are being filled.
type drawing struct {
	*shaper
	file  file
	pages []*sheet
	fonts map[*typeface]*usedFont
	root  *elem
}

// sheet is one page: its content, and whose each marked piece is.
type sheet struct {
	content bytes.Buffer
	owners  []*elem
}

// usedFont is a typeface as far as the file needs it.
type usedFont struct {
	name   string
	glyphs map[uint16]string // the characters that each glyph stands for
	widths map[uint16]int
}

func newDrawing() *drawing {
	return &drawing{shaper: newShaper(), fonts: map[*typeface]*usedFont{}, root: &elem{tag: "Document"}}
}

func (d *drawing) page() *sheet {
	p := &sheet{}
	d.pages = append(d.pages, p)
	return p
}

// write draws a line with its left end at x and its baseline at y, as part of an
// element; an element of nil is decoration.
func (d *drawing) write(p *sheet, e *elem, l line, x, y, size float64) {
	w := &p.content
	if e == nil {
		w.WriteString("/Artifact BMC\n")
	} else {
		id := len(p.owners)
		p.owners = append(p.owners, e)
		e.marks = append(e.marks, marked{d.number(p), id})
		fmt.Fprintf(w, "/%s << /MCID %d >> BDC\n", e.tag, id)
		if l.spelled() {
			fmt.Fprintf(w, "/Span << /ActualText %s >> BDC\n", text(l.text+" "))
		}
	}
	w.WriteString("BT\n")
	for _, run := range l.runs {
		d.run(w, run, x, y, size)
		x += points(run.Advance) * size / em
	}
	w.WriteString("ET\n")
	if e != nil && l.spelled() {
		w.WriteString("EMC\n")
	}
	w.WriteString("EMC\n")
}

func (d *drawing) number(p *sheet) int { return slices.Index(d.pages, p) }

// run draws glyphs of one font from left to right.
func (d *drawing) run(w *bytes.Buffer, run shaping.Output, x, y, size float64) {
	face := d.back[run.Face]
	f := d.use(face)
	if rightToLeft(run) {
		w.WriteString("/ReversedChars BMC\n") // glyphs lie in the order of sight (ISO 32000-1, 14.8.2.3.3)
		defer w.WriteString("EMC\n")
	}
	fmt.Fprintf(w, "/%s %s Tf\n", f.name, num(size))
	if face.bold {
		fmt.Fprintf(w, "2 Tr %s w\n", num(size/32))
	}
	var show strings.Builder // of a TJ
	start := x
	flush := func() {
		if show.Len() > 0 {
			fmt.Fprintf(w, "1 0 0 1 %s %s Tm [%s] TJ\n", num(start), num(y), show.String())
			show.Reset()
		}
	}
	for _, g := range run.Glyphs {
		id := uint16(g.GlyphID)
		width := f.note(d, run, g)
		if g.XOffset != 0 || g.YOffset != 0 {
			flush()
			fmt.Fprintf(w, "1 0 0 1 %s %s Tm <%04X> Tj\n", num(x+points(g.XOffset)*size/em), num(y+points(g.YOffset)*size/em), id)
			x += points(g.Advance) * size / em
			start = x
			continue
		}
		if show.Len() == 0 {
			start = x
		}
		fmt.Fprintf(&show, "<%04X>", id)
		if kern := float64(width) - points(g.Advance); kern > 0.5 || kern < -0.5 {
			show.WriteString(num(kern))
		}
		x += points(g.Advance) * size / em
	}
	flush()
	if face.bold {
		w.WriteString("0 Tr\n")
	}
}

func rightToLeft(run shaping.Output) bool { return run.Direction == di.DirectionRTL }

func (d *drawing) use(t *typeface) *usedFont {
	f, ok := d.fonts[t]
	if !ok {
		f = &usedFont{name: fmt.Sprintf("F%d", len(d.fonts)+1), glyphs: map[uint16]string{}, widths: map[uint16]int{}}
		d.fonts[t] = f
	}
	return f
}

// note remembers a glyph and returns its own width.
func (f *usedFont) note(d *drawing, run shaping.Output, g shaping.Glyph) int {
	id := uint16(g.GlyphID)
	if _, ok := f.widths[id]; !ok {
		f.widths[id] = int(run.Face.HorizontalAdvance(g.GlyphID)*em/float32(run.Face.Upem()) + 0.5)
	}
	return f.widths[id]
}

// standsFor remembers which characters the glyphs of a line stand for, so that
// the text can be copied and searched.
func (d *drawing) standsFor(l line, runes []rune) {
	for _, run := range l.runs {
		f := d.use(d.back[run.Face])
		for at := 0; at < len(run.Glyphs); {
			n := max(run.Glyphs[at].GlyphsCount(), 1)
			f.cluster(run.Glyphs[at:min(at+n, len(run.Glyphs))], runes)
			at += n
		}
	}
}

// cluster ties the glyphs of a cluster to its characters: one glyph stands for
// all of them; of several, those without width stand for the marks.
func (f *usedFont) cluster(glyphs []shaping.Glyph, runes []rune) {
	from, to := glyphs[0].TextIndex(), glyphs[0].TextIndex()+glyphs[0].RunesCount()
	if from < 0 || to > len(runes) {
		return
	}
	say := func(g shaping.Glyph, words string) {
		words = strings.Map(drawn, words)
		if id := uint16(g.GlyphID); f.glyphs[id] == "" {
			f.glyphs[id] = words
		}
	}
	if len(glyphs) == 1 {
		say(glyphs[0], string(runes[from:to]))
		return
	}
	var marks, letters []rune
	for _, r := range runes[from:to] {
		if unicode.Is(unicode.Mn, r) {
			marks = append(marks, r)
		} else {
			letters = append(letters, r)
		}
	}
	for _, g := range glyphs {
		if g.Advance == 0 && len(marks) > 0 {
			say(g, string(marks[:1]))
			marks = marks[1:]
		} else if g.Advance != 0 && len(letters) > 0 {
			say(g, string(letters))
			letters = nil
		}
	}
}

// drawn drops the controls of direction: they have no glyph, and a space's is
// borrowed for them.
func drawn(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// rule draws a line that means nothing to a reader.
func (p *sheet) rule(x1, y1, x2, y2, width float64, dash string) {
	fmt.Fprintf(&p.content, "/Artifact BMC q 0.6 G %s w %s d %s %s m %s %s l S Q EMC\n", num(width), dash, num(x1), num(y1), num(x2), num(y2))
}

const (
	solid  = "[] 0"
	dashed = "[3 3] 0"
)

// finish writes fonts, pages and structure.
func (d *drawing) finish(title, lang string, width, height float64) ([]byte, error) {
	var fonts strings.Builder
	faces := slices.SortedFunc(maps.Keys(d.fonts), func(a, b *typeface) int { return strings.Compare(d.fonts[a].name, d.fonts[b].name) })
	for _, t := range faces {
		r, err := d.writeFont(t, d.fonts[t])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&fonts, "/%s %s ", d.fonts[t].name, r)
	}
	tree := d.file.reserve()
	pages := make([]ref, len(d.pages))
	kids := make([]string, len(d.pages))
	for i, p := range d.pages {
		content := d.file.stream("", p.content.Bytes())
		pages[i] = d.file.add(fmt.Sprintf("<< /Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources << /Font << %s>> >> /Contents %s /StructParents %d /Tabs /S >>",
			tree, num(width), num(height), fonts.String(), content, i))
		kids[i] = pages[i].String()
	}
	d.file.set(tree, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids)))
	tags := d.writeTags(pages)
	root := d.file.add(fmt.Sprintf("<< /Type /Catalog /Pages %s /Lang %s /MarkInfo << /Marked true >> /StructTreeRoot %s /ViewerPreferences << /DisplayDocTitle true >> >>",
		tree, text(lang), tags))
	info := d.file.add(fmt.Sprintf("<< /Title %s /Producer (clew) >>", text(title)))
	return d.file.bytes(root, info), nil
}
