package page

import (
	"fmt"
	"strconv"
	"strings"

	"clew/internal/core"
	"clew/internal/letters"
	"clew/internal/letters/wording"
	"clew/internal/web/ui"
)

// Sheet lays a text out as a letter on the page.
func Sheet(d wording.Document) ui.Letter {
	l := ui.Letter{Lang: written(d.Language), Dir: direction(d.RTL), Title: line(d, d.Title)}
	for _, b := range d.Blocks {
		text := line(d, b.Text)
		last := len(l.Parts) - 1
		switch b.Kind {
		case wording.Heading:
			l.Parts = append(l.Parts, ui.LetterPart{Heading: text})
		case wording.Item:
			if last < 0 || l.Parts[last].Items == nil {
				l.Parts = append(l.Parts, ui.LetterPart{})
				last++
			}
			l.Parts[last].Items = append(l.Parts[last].Items, text)
		case wording.Row:
			if last < 0 || l.Parts[last].Rows == nil {
				l.Parts = append(l.Parts, ui.LetterPart{})
				last++
			}
			l.Parts[last].Rows = append(l.Parts[last].Rows, ui.LetterRow{Head: line(d, b.Head), Text: text})
		default:
			l.Parts = append(l.Parts, ui.LetterPart{Text: text})
		}
	}
	return l
}

// Sheets lays each text of a letter out.
func Sheets(l *letters.Letter) []ui.Component {
	var out []ui.Component
	for _, d := range l.Texts {
		out = append(out, Sheet(d))
	}
	return out
}

func line(d wording.Document, t wording.Text) ui.Line {
	var out ui.Line
	for _, r := range t {
		run := ui.LineRun{Text: r.Words.Reveal(), Apart: r.Merged && d.RTL}
		if r.Language != "" {
			run.Lang, run.Dir = written(r.Language), direction(false)
			if known, ok := core.FindLanguage(r.Language); ok {
				run.Dir = known.Dir()
			}
		}
		out = append(out, run)
	}
	return out
}

// written is the tag of a language as letters write it: Chinese is in simplified
// characters.
func written(tag string) string {
	if tag == "zh" {
		return "zh-Hans"
	}
	return tag
}

func direction(rtl bool) string {
	if rtl {
		return "rtl"
	}
	return "ltr"
}

// Standing tells staff what to know of a text before it is handed over: that its
// translation awaits review, and which characters cannot be printed.
func Standing(l *letters.Letter) []ui.Component {
	var out []ui.Component
	if len(l.Awaiting) > 0 {
		out = append(out, ui.Warning("The "+strings.Join(l.Awaiting, " and ")+" text needs a professional translator’s review. Until an administrator has approved it, the English text is what counts: hand over both, and have an interpreter explain them."))
	}
	if len(l.Missing) > 0 {
		marks := make([]string, len(l.Missing))
		for i, r := range l.Missing {
			marks[i] = fmt.Sprintf("%c (U+%04X)", r, r)
		}
		out = append(out, ui.Warning("The PDF cannot draw "+strconv.Itoa(len(marks))+" of the characters and shows a mark in their place: "+strings.Join(marks, ", ")+". Write them in by hand, or print this page from your browser."))
	}
	return out
}

// SendPDF sends a PDF as a download. Its name is the site's own: it names nobody.
func (rq *Request) SendPDF(name string, pdf []byte) error {
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(pdf)))
	_, _ = rq.W.Write(pdf) // a reader who has gone is told nothing
	return nil
}
