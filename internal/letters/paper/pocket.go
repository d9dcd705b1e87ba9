package paper

import (
	"fmt"

	"clew/internal/letters/wording"
)

// A pocket card is a strip of panels, each the size of a bank card. It is
// printed on one side and folded with the print inside: its outside is blank
// paper, and tells nobody what it is.
const (
	panelWidth  = 85 * millimetre
	panelHeight = 54 * millimetre
	panelMargin = 4.5 * millimetre
	maxPanels   = 5
	stripTop    = sheetHeight - 14*millimetre
)

// Pocket lays cards out as strips beside each other on one sheet, to be cut out
// and folded. A text too long for five panels is an error, not a smaller print:
// it must stay readable.
func Pocket(docs ...wording.Document) ([]byte, error) {
	if len(docs) == 0 || len(docs) > 2 {
		return nil, fmt.Errorf("paper: a sheet holds one card or two, not %d", len(docs))
	}
	d := newDrawing()
	p := d.page()
	d.instructions(p)
	gap := (sheetWidth - float64(len(docs))*panelWidth) / float64(len(docs)+1)
	for i := range docs {
		left := gap + float64(i)*(panelWidth+gap)
		if err := d.strip(p, &docs[i], left); err != nil {
			return nil, err
		}
	}
	return d.finish(docs[0].Title.Reveal(), written(docs[0].Language), sheetWidth, sheetHeight)
}

func (d *drawing) strip(p *sheet, doc *wording.Document, left float64) error {
	used := 0
	f := &flow{d: d, sizes: cardSizes, doc: doc, sect: d.section(doc)}
	f.next = func() (frame, error) {
		if used == maxPanels {
			return frame{}, fmt.Errorf("paper: the %s card in %s is too long for %d panels", doc.Template.Path, doc.Language, maxPanels)
		}
		top := stripTop - float64(used)*panelHeight
		used++
		return frame{page: p, left: left + panelMargin, right: left + panelWidth - panelMargin, top: top - panelMargin, bottom: top - panelHeight + panelMargin}, nil
	}
	if err := f.run(); err != nil {
		return err
	}
	bottom := stripTop - float64(used)*panelHeight
	right := left + panelWidth
	p.rule(left, stripTop, right, stripTop, 0.5, solid)
	p.rule(left, bottom, right, bottom, 0.5, solid)
	p.rule(left, stripTop, left, bottom, 0.5, solid)
	p.rule(right, stripTop, right, bottom, 0.5, solid)
	for i := 1; i < used; i++ {
		y := stripTop - float64(i)*panelHeight
		p.rule(left, y, right, y, 0.5, dashed)
	}
	return nil
}

// instructions tell staff how to cut and fold. They are not part of a card.
func (d *drawing) instructions(p *sheet) {
	const words = "Cut along the solid line. Fold along the dashed lines with the print inside: nothing can be read from outside."
	m := manner{size: 7, lang: wording.English}
	e := d.root.child("P")
	e.lang = wording.English
	for _, l := range d.lines(words, m, sheetWidth) {
		d.write(p, e, l, 20*millimetre, sheetHeight-9*millimetre, m.size)
		d.standsFor(l, []rune(words))
	}
}
