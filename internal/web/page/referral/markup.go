package referral

import (
	"embed"
	"fmt"
	"html/template"
	"strings"

	"clew/internal/web/form"
	"clew/internal/web/ui"
)

//go:embed parts.html
var partFiles embed.FS

var parts = template.Must(template.ParseFS(partFiles, "parts.html"))

func execute(name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := parts.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}

// column is the reading width, for forms and explanations.
type column []ui.Component

// HTML renders the column.
func (c column) HTML() (template.HTML, error) { return execute("column", c) }

// why says why a question is asked.
type why string

// HTML renders the sentence.
func (w why) HTML() (template.HTML, error) { return execute("why", string(w)) }

// anchor is a place to come back to, as after "add another".
type anchor string

// HTML renders the place.
func (a anchor) HTML() (template.HTML, error) { return execute("anchor", rowID(string(a))) }

func rowID(prefix string) string { return "row-" + strings.ReplaceAll(prefix, ".", "-") }

// laidOut is a form whose fields stand among other components. The buttons at
// its end come first in the source as well, out of sight, so that the Enter key
// saves and never removes a row.
type laidOut struct {
	Form  *form.Form
	Parts []ui.Component
	Plain bool   // no button inside could be pressed by Enter
	Enter string // what the Enter key sends, by name; empty: it saves and continues
}

// HTML renders the form.
func (l laidOut) HTML() (template.HTML, error) { return execute("form", l) }
