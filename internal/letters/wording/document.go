package wording

import (
	"strings"

	"clew/internal/core"
)

// Document is a text that was merged, ready to be laid out. It is kept sealed:
// what was merged may be about a person.
type Document struct {
	Kind     Kind    `json:"kind"`
	Scheme   string  `json:"scheme"` // of the rules whose numbers it gives
	Language string  `json:"language"`
	RTL      bool    `json:"rtl,omitempty"`
	Template ID      `json:"template"`
	Title    Text    `json:"title"`
	Blocks   []Block `json:"blocks"`
}

// ID names one wording of one template for good.
type ID struct {
	Path    string `json:"path"`    // "any/ro/rg_positive"
	Version string `json:"version"` // as its file says
	Digest  string `json:"digest"`  // of everything the wording is made of
}

// BlockKind is what a block is.
type BlockKind string

// The kinds of block.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item" // consecutive items are one list
	Row       BlockKind = "row"  // consecutive rows are one table; Head is the row's header
)

// Block is one heading, paragraph, item or table row.
type Block struct {
	Kind BlockKind `json:"kind"`
	Head Text      `json:"head,omitempty"`
	Text Text      `json:"text"`
}

// Text is a line of words.
type Text []Run

// Run is a piece of a line. Language is set where it is not the document's own:
// what caseworkers wrote is not translated. Merged runs are set apart from the
// words around them, so that a reference is not torn up by a line from right to
// left.
type Run struct {
	Words    core.Secret `json:"words"`
	Language string      `json:"language,omitempty"`
	Merged   bool        `json:"merged,omitempty"`
}

// Reveal returns the words of a line.
func (t Text) Reveal() string {
	var b strings.Builder
	for _, r := range t {
		b.WriteString(r.Words.Reveal())
	}
	return b.String()
}

// Foreign reports whether the whole line is in another language than the
// document's, and which.
func (t Text) Foreign() (string, bool) {
	lang := ""
	for _, r := range t {
		if r.Language == "" || lang != "" && lang != r.Language {
			return "", false
		}
		lang = r.Language
	}
	return lang, lang != ""
}

// Reveal returns the document as plain text, for tests and look-ups.
func (d *Document) Reveal() string {
	var b strings.Builder
	b.WriteString("# " + d.Title.Reveal() + "\n")
	for _, k := range d.Blocks {
		switch k.Kind {
		case Heading:
			b.WriteString("\n## " + k.Text.Reveal() + "\n")
		case Item:
			b.WriteString("- " + k.Text.Reveal() + "\n")
		case Row:
			b.WriteString("| " + k.Head.Reveal() + " | " + k.Text.Reveal() + "\n")
		default:
			b.WriteString(k.Text.Reveal() + "\n")
		}
	}
	return b.String()
}
