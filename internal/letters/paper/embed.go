package paper

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font/opentype"
)

// writeFont puts a typeface into the file, cut down to the glyphs used, with
// their widths and the characters they stand for.
func (d *drawing) writeFont(t *typeface, u *usedFont) (ref, error) {
	tables := t.load().tables
	used := make(map[uint16]bool, len(u.widths))
	for id := range u.widths {
		used[id] = true
	}
	program, err := subset(tables, used)
	if err != nil {
		return 0, fmt.Errorf("cut typeface %s: %w", t.file, err)
	}
	name := fontName(t.file, program)
	stream := d.file.stream(fmt.Sprintf("/Length1 %d", len(program)), program)
	descriptor, err := d.describe(tables, name, stream)
	if err != nil {
		return 0, fmt.Errorf("describe typeface %s: %w", t.file, err)
	}
	var widths strings.Builder
	for _, id := range slices.Sorted(maps.Keys(u.widths)) {
		fmt.Fprintf(&widths, "%d [%d] ", id, u.widths[id])
	}
	inner := d.file.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %s /CIDToGIDMap /Identity /DW 0 /W [%s] >>",
		name, descriptor, widths.String()))
	unicode := d.file.stream("", []byte(toUnicode(u.glyphs)))
	return d.file.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s >>", name, inner, unicode)), nil
}

// fontName is the name of a cut typeface: six letters that tell one cut from
// another (ISO 32000-1, 9.6.4), from what is in it.
func fontName(file string, program []byte) string {
	h := uint64(14695981039346656037)
	for _, b := range program {
		h = (h ^ uint64(b)) * 1099511628211
	}
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(tag) + "+Noto-" + strings.ToUpper(file[:1]) + file[1:]
}

func (d *drawing) describe(tables *opentype.Loader, name string, program ref) (ref, error) {
	head, err := tables.RawTable(opentype.MustNewTag("head"))
	if err != nil {
		return 0, err
	}
	hhea, err := tables.RawTable(opentype.MustNewTag("hhea"))
	if err != nil {
		return 0, err
	}
	upem := float64(binary.BigEndian.Uint16(head[18:]))
	scaled := func(table []byte, at int) int {
		return int(float64(int16(binary.BigEndian.Uint16(table[at:]))) * em / upem)
	}
	const symbolic = 4
	return d.file.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %s >>",
		name, symbolic, scaled(head, 36), scaled(head, 38), scaled(head, 40), scaled(head, 42), scaled(hhea, 4), scaled(hhea, 6), scaled(hhea, 4)*2/3, program)), nil
}

// toUnicode is the map from glyphs to characters (ISO 32000-1, 9.10.3).
func toUnicode(glyphs map[uint16]string) string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries a block
	for block := range slices.Chunk(slices.Sorted(maps.Keys(glyphs)), most) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, id := range block {
			fmt.Fprintf(&b, "<%04X> <", id)
			for _, u := range utf16.Encode([]rune(glyphs[id])) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	return b.String() + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
}
