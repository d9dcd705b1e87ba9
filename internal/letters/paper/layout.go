package paper

import (
	"fmt"

	"clew/internal/core"
	"clew/internal/letters/wording"
)

const millimetre = 72 / 25.4

// A4.
const (
	sheetWidth  = 210 * millimetre
	sheetHeight = 297 * millimetre
)

// frame is a place for text on a page; y grows upwards, as in PDF.
type frame struct {
	page        *sheet
	left, right float64
	top, bottom float64
}

// sizes are the type sizes of one layout, in points.
type sizes struct {
	title, heading, body float64
	lead                 float64 // line height, as a factor
	gap                  float64 // between paragraphs
	indent               float64 // of lists
}

var (
	letterSizes = sizes{title: 17, heading: 12.5, body: 10.5, lead: 1.45, gap: 6, indent: 14}
	cardSizes   = sizes{title: 10, heading: 8.5, body: 8, lead: 1.3, gap: 2.2, indent: 7}
)

// flow fills frames with a document, from top to bottom.
type flow struct {
	d     *drawing
	sizes sizes
	doc   *wording.Document
	sect  *elem
	next  func() (frame, error) // the frame after this one
	at    frame
	y     float64
	err   error

	list, table *elem // open ones
}

// run lays the document out.
func (f *flow) run() error {
	f.turn()
	f.text(f.sect.child("H1"), f.doc.Title, manner{size: f.sizes.title, bold: true}, 0, 2)
	f.y -= f.sizes.gap
	for _, b := range f.doc.Blocks {
		f.block(b)
	}
	return f.err
}

// turn goes on to the next frame.
func (f *flow) turn() {
	if f.err != nil {
		return
	}
	at, err := f.next()
	if err != nil {
		f.err = err
		return
	}
	f.at, f.y = at, at.top
}

func (f *flow) block(b wording.Block) {
	if b.Kind != wording.Item {
		f.list = nil
	}
	if b.Kind != wording.Row {
		f.endTable()
	}
	body := manner{size: f.sizes.body}
	switch b.Kind {
	case wording.Heading:
		f.y -= f.sizes.gap
		f.text(f.sect.child("H2"), b.Text, manner{size: f.sizes.heading, bold: true}, 0, 3)
	case wording.Item:
		f.item(b.Text, body)
	case wording.Row:
		f.row(b)
	default:
		f.text(f.sect.child("P"), b.Text, body, 0, 1)
	}
	f.y -= f.sizes.gap
	if b.Kind == wording.Item {
		f.y += f.sizes.gap / 2
	}
}

// set completes a manner with the direction and language of a text.
func (f *flow) set(m manner, t wording.Text, e *elem) manner {
	m.lead, m.rtl, m.lang = m.size*f.sizes.lead, f.doc.RTL, f.doc.Language
	if lang, ok := t.Foreign(); ok {
		e.lang = lang
		if l, known := core.FindLanguage(lang); known {
			m.rtl, m.lang = l.RTL, lang
		}
	}
	return m
}

// text writes lines, keeping at least keep lines' room together before a break.
func (f *flow) text(e *elem, t wording.Text, m manner, indent float64, keep int) {
	m = f.set(m, t, e)
	runes := words(t, m.rtl)
	lines := f.d.lines(runes, m, f.at.right-f.at.left-indent)
	for i, l := range lines {
		if f.err != nil {
			return
		}
		room := m.lead
		if i == 0 {
			room = m.lead * float64(keep)
		}
		if f.y-room < f.at.bottom {
			f.turn()
		}
		f.line(e, l, []rune(runes), m, f.at.left, f.at.right, indent)
	}
}

// line writes one line and moves down. indent is on the side where reading
// begins.
func (f *flow) line(e *elem, l line, runes []rune, m manner, left, right, indent float64) {
	if f.err != nil {
		return
	}
	f.y -= m.lead
	width := l.width * m.size / em
	x := left + indent
	if m.rtl {
		x = right - indent - width
	}
	f.d.write(f.at.page, e, l, x, f.y+m.lead*0.28, m.size)
	f.d.standsFor(l, visible(runes, m))
}

// item is one item of a list: its dot is a label, its words the body.
func (f *flow) item(t wording.Text, m manner) {
	if f.list == nil {
		f.list = f.sect.child("L")
	}
	li := f.list.child("LI")
	label, body := li.child("Lbl"), li.child("LBody")
	dot := manner{size: m.size, lead: m.size * f.sizes.lead, rtl: f.set(m, t, body).rtl, lang: f.doc.Language}
	if f.y-dot.lead < f.at.bottom {
		f.turn()
	}
	if f.err != nil {
		return
	}
	for _, l := range f.d.lines("•", dot, f.sizes.indent) {
		f.line(label, l, []rune("•"), dot, f.at.left, f.at.right, 0)
		f.y += dot.lead
	}
	f.text(body, t, m, f.sizes.indent, 1)
}

// headWidth is the part of a table that row headers take.
const headWidth = 0.3

// row is one row of a table. It is not parted between pages.
func (f *flow) row(b wording.Block) {
	if f.table == nil {
		f.table = f.sect.child("Table")
	}
	tr := f.table.child("TR")
	th, td := tr.child("TH"), tr.child("TD")
	th.attrs = " /A << /O /Table /Scope /Row >>"
	bold, plain := f.set(manner{size: f.sizes.body, bold: true}, b.Head, th), f.set(manner{size: f.sizes.body}, b.Text, td)
	width := f.at.right - f.at.left
	headText, cellText := words(b.Head, bold.rtl), words(b.Text, plain.rtl)
	head, cell := f.d.lines(headText, bold, width*headWidth-6), f.d.lines(cellText, plain, width*(1-headWidth))
	height := bold.lead * float64(max(len(head), len(cell)))
	if f.y-height < f.at.bottom {
		f.turn()
	}
	if f.err != nil {
		return
	}
	middle := f.at.left + width*headWidth
	if f.doc.RTL {
		middle = f.at.right - width*headWidth
	}
	top := f.y
	for _, l := range head {
		left, right := f.at.left, middle
		if f.doc.RTL {
			left, right = middle, f.at.right
		}
		f.line(th, l, []rune(headText), bold, left, right, 0)
	}
	f.y = top
	for _, l := range cell {
		left, right := middle, f.at.right
		if f.doc.RTL {
			left, right = f.at.left, middle
		}
		f.line(td, l, []rune(cellText), plain, left, right, 0)
	}
	f.y = top - height - f.sizes.gap/2
	f.at.page.rule(f.at.left, f.y, f.at.right, f.y, 0.5, solid)
	f.y += f.sizes.gap / 2
}

func (f *flow) endTable() {
	if f.table != nil {
		f.table = nil
		f.y -= f.sizes.gap
	}
}

// section begins the part of the structure that a document is.
func (d *drawing) section(doc *wording.Document) *elem {
	s := d.root.child("Sect")
	s.lang = written(doc.Language)
	return s
}

// written is the tag of a language as it is written here: Chinese is in
// simplified characters.
func written(tag string) string {
	if tag == "zh" {
		return "zh-Hans"
	}
	return tag
}

// Letter lays documents out on sheets of A4, each beginning on its own.
func Letter(docs ...wording.Document) ([]byte, error) {
	if len(docs) == 0 {
		return nil, fmt.Errorf("paper: nothing to print")
	}
	const margin = 22 * millimetre
	d := newDrawing()
	for i := range docs {
		f := &flow{d: d, sizes: letterSizes, doc: &docs[i], sect: d.section(&docs[i])}
		f.next = func() (frame, error) {
			return frame{page: d.page(), left: margin, right: sheetWidth - margin, top: sheetHeight - margin, bottom: margin}, nil
		}
		if err := f.run(); err != nil {
			return nil, err
		}
	}
	d.footers()
	return d.finish(docs[0].Title.Reveal(), written(docs[0].Language), sheetWidth, sheetHeight)
}

// footers number the pages.
func (d *drawing) footers() {
	m := manner{size: 8, lang: wording.English}
	for i, p := range d.pages {
		words := fmt.Sprintf("%d / %d", i+1, len(d.pages))
		for _, l := range d.lines(words, m, sheetWidth) {
			d.write(p, nil, l, (sheetWidth-l.width*m.size/em)/2, 11*millimetre, m.size)
			d.standsFor(l, []rune(words))
		}
	}
}
