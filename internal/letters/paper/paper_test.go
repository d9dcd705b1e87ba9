package paper

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"clew/internal/letters/wording"

	"github.com/go-text/typesetting/di"
)

func document(lang string, rtl bool, texts ...wording.Text) wording.Document {
	d := wording.Document{Kind: wording.RGPositive, Language: lang, RTL: rtl, Title: wording.Text{{Words: "Title"}}}
	for _, t := range texts {
		d.Blocks = append(d.Blocks, wording.Block{Kind: wording.Paragraph, Text: t})
	}
	return d
}

// seen is the characters of a line from left to right, by the glyphs drawn.
func seen(d *drawing, l line, runes []rune) string {
	d.standsFor(l, runes)
	var b strings.Builder
	for _, run := range l.runs {
		for _, g := range run.Glyphs {
			if g.Advance != 0 {
				b.WriteString(d.use(d.back[run.Face]).glyphs[uint16(g.GlyphID)])
			}
		}
	}
	return b.String()
}

// TestNoCharacterVanishes: what no typeface has is drawn as a mark that can be
// seen, and is named.
func TestNoCharacterVanishes(t *testing.T) {
	doc := document("en", false, wording.Text{{Words: "To አበበ, 王伟, Nguyễn, Ɗan’uwa, محمد, Łukasz, Ёлкин"}})
	if got := string(Missing(doc)); got != "አበ" {
		t.Errorf("missing: %q", got)
	}
	d := newDrawing()
	runes := visible([]rune("To አበበ"), manner{lang: "en"})
	lines := d.lines("To አበበ", manner{size: 10, lang: "en"}, 500)
	if got := seen(d, lines[0], runes); got != "To "+strings.Repeat(string(mark), 3) {
		t.Errorf("drawn: %q", got)
	}
	if id, ok := sans.load().font.NominalGlyph(mark); !ok || id == 0 {
		t.Error("the mark itself has no glyph")
	}
}

// TestArabicIsJoinedAndRunsFromTheRight: letters take their joined forms, lam and
// alef become one, and the line lies on the right.
func TestArabicIsJoinedAndRunsFromTheRight(t *testing.T) {
	d := newDrawing()
	m := manner{size: 10, rtl: true, lang: "ar"}
	alone, _ := arabic.load().font.NominalGlyph('ب')
	lines := d.lines("ببب", m, 500)
	run := lines[0].runs[0]
	if run.Direction != di.DirectionRTL || len(run.Glyphs) != 3 {
		t.Fatalf("%d glyphs in direction %v", len(run.Glyphs), run.Direction)
	}
	for _, g := range run.Glyphs {
		if g.GlyphID == alone {
			t.Error("a letter stands alone")
		}
	}
	if n := len(d.lines("لا", m, 500)[0].runs[0].Glyphs); n != 1 {
		t.Errorf("lam and alef are %d glyphs", n)
	}
}

// TestAReferenceIsNotTornUp by a line from right to left.
func TestAReferenceIsNotTornUp(t *testing.T) {
	d := newDrawing()
	text := words(wording.Text{{Words: "رقم "}, {Words: "1234-AB", Merged: true}}, true)
	lines := d.lines(text, manner{size: 10, rtl: true, lang: "ar"}, 500)
	if got := seen(d, lines[0], []rune(text)); !strings.HasPrefix(got, "1234-AB") {
		t.Errorf("seen from the left: %q", got)
	}
}

// TestLongLinesBreakWithinTheMargins, also where a language writes no spaces.
func TestLongLinesBreakWithinTheMargins(t *testing.T) {
	for lang, text := range map[string]string{"en": strings.Repeat("A reason. ", 80), "zh": strings.Repeat("没有足够的理由", 40), "ar": strings.Repeat("سبب آخر ", 80), "xx": strings.Repeat("x", 900)} {
		s := newShaper()
		lines := s.lines(text, manner{size: 10, rtl: lang == "ar", lang: lang}, 300)
		var whole strings.Builder
		for _, l := range lines {
			whole.WriteString(strings.ReplaceAll(l.text, " ", ""))
			if l.width*10/em > 300.5 {
				t.Errorf("%s: a line is %.1f wide", lang, l.width*10/em)
			}
		}
		if whole.String() != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%s: words were lost in breaking", lang)
		}
	}
}

// TestALongLetterTakesMorePages and every page says which it is.
func TestALongLetterTakesMorePages(t *testing.T) {
	var texts []wording.Text
	for range 120 {
		texts = append(texts, wording.Text{{Words: "A reason that takes a line or two of the letter, as long reasons do when they are written with care for whom they concern."}})
	}
	pdf, err := Letter(document("en", false, texts...))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(pdf, []byte("/Type /Page ")); n < 4 {
		t.Errorf("%d pages", n)
	}
	for _, want := range []string{"/StructTreeRoot", "/MarkInfo << /Marked true >>", "/S /H1", "/S /P ", "/Lang <FEFF0065006E>", "/FontFile2"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("the file has no %s", want)
		}
	}
}

func TestAPocketCardThatDoesNotFitIsRefused(t *testing.T) {
	long := document("en", false, slices.Repeat([]wording.Text{{{Words: "A right that somebody has, in a line."}}}, 90)...)
	if _, err := Pocket(long); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("error %v", err)
	}
	if _, err := Pocket(); err == nil {
		t.Error("a sheet without a card")
	}
}

// TestTheFileIsCutToWhatIsUsed: a typeface of megabytes does not travel whole.
func TestTheFileIsCutToWhatIsUsed(t *testing.T) {
	pdf, err := Letter(document("zh", false, wording.Text{{Words: "您可以得到帮助。"}}))
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) > 60<<10 {
		t.Errorf("%d bytes for a line of Chinese", len(pdf))
	}
}
