package paper

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"sync"
	"unicode"

	"clew/internal/letters/wording"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed fonts/*.ttf.gz
var fontFiles embed.FS

// typeface is one font file. It is read when a character first needs it: the
// Chinese one is large.
type typeface struct {
	file string
	bold bool // drawn thicker where there is no bold file
	load func() loadedFace
}

type loadedFace struct {
	font   *font.Font
	tables *opentype.Loader
}

func newTypeface(file string, bold bool) *typeface {
	return &typeface{file: file, bold: bold, load: sync.OnceValue(func() loadedFace {
		f, err := readFace(file)
		if err != nil {
			panic(fmt.Sprintf("paper: typeface %s is part of the program and cannot be read: %v", file, err))
		}
		return f
	})}
}

func readFace(file string) (loadedFace, error) {
	packed, err := fontFiles.ReadFile("fonts/" + file + ".ttf.gz")
	if err != nil {
		return loadedFace{}, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return loadedFace{}, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return loadedFace{}, err
	}
	tables, err := opentype.NewLoader(bytes.NewReader(raw))
	if err != nil {
		return loadedFace{}, err
	}
	f, err := font.NewFont(tables)
	return loadedFace{f, tables}, err
}

func (t *typeface) has(r rune) bool {
	_, ok := t.load().font.NominalGlyph(r)
	return ok
}

var (
	sans       = newTypeface("sans-Regular", false)
	sansBold   = newTypeface("sans-Bold", false)
	arabic     = newTypeface("arabic-Regular", false)
	arabicBold = newTypeface("arabic-Bold", false)
	han        = newTypeface("han-Regular", false)
	hanBold    = &typeface{file: han.file, bold: true, load: han.load}
)

var (
	plainFaces = []*typeface{sans, arabic, han}
	boldFaces  = []*typeface{sansBold, arabicBold, hanBold}
)

// mark is drawn for a character that no typeface has. It can be seen.
const mark = '\uFFFD'

// firstHan is where the blocks of Chinese writing begin.
const firstHan = 0x2E80

// invisible are characters that draw nothing anywhere: controls of direction and
// joining.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) }

// faceOf returns the typeface for a character. Chinese text takes its own forms
// of what Latin has too, but for quotation marks, which English words share.
func faceOf(r rune, bold, chinese bool) (*typeface, bool) {
	faces := plainFaces
	if bold {
		faces = boldFaces
	}
	if chinese && r >= firstHan && faces[2].has(r) {
		return faces[2], true
	}
	for _, f := range faces {
		if f.has(r) {
			return f, true
		}
	}
	return faces[0], invisible(r)
}

// Missing lists the characters of the documents that no typeface has, each once.
func Missing(docs ...wording.Document) []rune {
	var out []rune
	seen := map[rune]bool{}
	look := func(t wording.Text) {
		for _, r := range t.Reveal() {
			if seen[r] {
				continue
			}
			seen[r] = true
			if _, ok := faceOf(r, false, false); !ok {
				out = append(out, r)
			}
		}
	}
	for _, d := range docs {
		look(d.Title)
		for _, b := range d.Blocks {
			look(b.Head)
			look(b.Text)
		}
	}
	return out
}
