package paper

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/go-text/typesetting/font/opentype"
)

// subset cuts a TrueType font down to some glyphs. Glyphs keep their numbers:
// those not used are empty. It returns a file with the tables that PDF asks for
// (ISO 32000-1, 9.9).
func subset(from *opentype.Loader, used map[uint16]bool) ([]byte, error) {
	raw := map[string][]byte{}
	for _, tag := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		b, err := from.RawTable(opentype.MustNewTag(tag))
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", tag, err)
		}
		raw[tag] = slices.Clone(b)
	}
	g := glyphs{data: raw["glyf"], loca: raw["loca"], long: binary.BigEndian.Uint16(raw["head"][50:]) == 1}
	count := int(binary.BigEndian.Uint16(raw["maxp"][4:]))
	keep := map[uint16]bool{0: true}
	for id := range used {
		g.closure(id, keep, 0)
	}
	last := 0
	for id := range keep {
		last = max(last, int(id))
	}
	last = min(last, count-1)
	raw["glyf"], raw["loca"] = g.cut(keep, last+1)
	binary.BigEndian.PutUint16(raw["head"][50:], 1)
	binary.BigEndian.PutUint32(raw["head"][8:], 0)
	binary.BigEndian.PutUint16(raw["maxp"][4:], uint16(last+1))
	raw["hmtx"] = cutMetrics(raw["hhea"], raw["hmtx"], last+1)
	var tables []opentype.Table
	for _, tag := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		for len(raw[tag])%4 != 0 {
			raw[tag] = append(raw[tag], 0)
		}
		tables = append(tables, opentype.Table{Tag: opentype.MustNewTag(tag), Content: raw[tag]})
	}
	return opentype.WriteTTF(tables), nil
}

// cutMetrics keeps the metrics of the first glyphs and tells hhea.
func cutMetrics(hhea, hmtx []byte, count int) []byte {
	full := int(binary.BigEndian.Uint16(hhea[34:]))
	if full >= count {
		binary.BigEndian.PutUint16(hhea[34:], uint16(count))
		return hmtx[:4*count]
	}
	return hmtx[:4*full+2*(count-full)]
}

type glyphs struct {
	data, loca []byte
	long       bool
}

func (g glyphs) outline(id uint16) []byte {
	at := func(i int) int {
		if g.long {
			return int(binary.BigEndian.Uint32(g.loca[4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(g.loca[2*i:]))
	}
	size := 2
	if g.long {
		size = 4
	}
	if (int(id)+2)*size > len(g.loca) {
		return nil
	}
	from, to := at(int(id)), at(int(id)+1)
	if from >= to || to > len(g.data) {
		return nil
	}
	return g.data[from:to]
}

// The flags of a composite glyph's parts (OpenType, glyf table).
const (
	argsAreWords  = 1 << 0
	hasScale      = 1 << 3
	moreParts     = 1 << 5
	hasTwoScales  = 1 << 6
	hasTwoByTwo   = 1 << 7
	maxGlyphDepth = 8
)

// closure keeps a glyph and the glyphs it is put together from.
func (g glyphs) closure(id uint16, keep map[uint16]bool, depth int) {
	if depth > maxGlyphDepth {
		return
	}
	keep[id] = true
	o := g.outline(id)
	if len(o) < 10 || int16(binary.BigEndian.Uint16(o)) >= 0 {
		return
	}
	for at := 10; at+4 <= len(o); {
		flags, part := binary.BigEndian.Uint16(o[at:]), binary.BigEndian.Uint16(o[at+2:])
		if !keep[part] {
			g.closure(part, keep, depth+1)
		}
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&hasTwoScales != 0:
			at += 4
		case flags&hasTwoByTwo != 0:
			at += 8
		}
		if flags&moreParts == 0 {
			return
		}
	}
}

func (g glyphs) cut(keep map[uint16]bool, count int) (glyf, loca []byte) {
	loca = make([]byte, 0, 4*(count+1))
	for id := range count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if keep[uint16(id)] {
			glyf = append(glyf, g.outline(uint16(id))...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
}
