package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// Component is anything that can show itself: a piece of text, a table, a form
// field. Templates write {{.HTML}}.
type Component interface {
	HTML() (template.HTML, error)
}

// execute renders one of this package's templates with one typed value.
func execute(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := library().exec.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}

// Text is plain text.
type Text string

// HTML escapes the text.
func (t Text) HTML() (template.HTML, error) {
	return template.HTML(template.HTMLEscapeString(string(t))), nil //nolint:gosec // escaped
}

// Markup is markup that is already safe: the output of a template, such as a
// decision letter. Never convert typed text to it.
type Markup template.HTML

// HTML returns the markup.
func (m Markup) HTML() (template.HTML, error) { return template.HTML(m), nil }

// Para is a paragraph.
type Para string

// HTML renders the paragraph.
func (p Para) HTML() (template.HTML, error) { return execute("ui/para", string(p)) }

// Prose is typed text of several lines; line breaks are kept.
type Prose string

// HTML renders the text with a paragraph for each blank-line-separated part.
func (p Prose) HTML() (template.HTML, error) {
	text := strings.ReplaceAll(string(p), "\r\n", "\n")
	var paragraphs [][]string
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			paragraphs = append(paragraphs, strings.Split(part, "\n"))
		}
	}
	return execute("ui/prose", paragraphs)
}

// Heading is a heading inside a page: level 1, once, to 4.
type Heading struct {
	Level int
	Text  string
}

// HTML renders the heading.
func (h Heading) HTML() (template.HTML, error) { return execute("ui/heading", h) }

// List is a bulleted list, or a numbered one. With Plain it has no bullets.
type List struct {
	Items    []Component
	Numbered bool
	Plain    bool
}

// HTML renders the list.
func (l List) HTML() (template.HTML, error) {
	l.Items = present(l.Items)
	return execute("ui/list", l)
}

// Link is a link. Hidden is read aloud after the text, so that "Change" says
// what it changes.
type Link struct {
	Text   string
	Href   string
	Hidden string
	Ref    bool // a reference number: digits stay apart
}

// HTML renders the link.
func (l Link) HTML() (template.HTML, error) { return execute("ui/link", l) }

// Group is several components one after the other, for a cell or a panel.
type Group []Component

// HTML renders each component in turn.
func (g Group) HTML() (template.HTML, error) { return execute("ui/group", Group(present(g))) }

// present leaves out what is not there: a text nobody wrote is no component.
func present(list []Component) []Component {
	if !slices.Contains(list, nil) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(c Component) bool { return c == nil })
}

// Reading is several components at the width that is read with ease, for forms
// and explanations.
type Reading []Component

// HTML renders the column.
func (r Reading) HTML() (template.HTML, error) { return execute("ui/reading", Reading(present(r))) }

// Stacked is a main line with a quieter line under it, as in a queue's cell.
type Stacked struct {
	Main Component
	Sub  string
}

// HTML renders both lines.
func (s Stacked) HTML() (template.HTML, error) { return execute("ui/stacked", s) }

// Muted is quieter text: "Not given", "Nobody yet".
type Muted string

// HTML renders the text.
func (m Muted) HTML() (template.HTML, error) { return execute("ui/muted", string(m)) }

// Moment is a point in time. The caller gives it in the reader's time zone.
type Moment struct {
	At       time.Time
	DateOnly bool
}

// HTML renders the moment in words, with its machine form beside it.
func (m Moment) HTML() (template.HTML, error) { return execute("ui/moment", m) }

// Words is the moment as people say it: "3 March 2026 at 4:05pm".
func (m Moment) Words() string {
	if m.DateOnly {
		return m.At.Format("2 January 2006")
	}
	return m.At.Format("2 January 2006 at 3:04pm")
}

// Machine is the moment in the form of HTML's datetime attribute.
func (m Moment) Machine() string {
	if m.DateOnly {
		return m.At.Format(time.DateOnly)
	}
	return m.At.Format(time.RFC3339)
}

// Tone is what a tag or badge says at a glance. The words say it as well: a
// tone is never the only sign.
type Tone string

// The tones.
const (
	Neutral  Tone = "grey"    // nothing to do: draft, closed
	Waiting  Tone = "yellow"  // somebody must act
	Active   Tone = "teal"    // running as it should: recovery
	Positive Tone = "green"   // a positive decision, done
	Negative Tone = "red"     // a negative decision, overdue, failed
	Paused   Tone = "purple"  // suspended, withdrawn
	Special  Tone = "magenta" // child, second review
)

// Tag shows a state in a word or two.
type Tag struct {
	Text string
	Tone Tone
}

// HTML renders the tag.
func (t Tag) HTML() (template.HTML, error) { return execute("ui/tag", t) }

// Badge marks something lasting about a case or a person, as "Child".
type Badge struct {
	Text string
	Tone Tone
}

// HTML renders the badge.
func (b Badge) HTML() (template.HTML, error) { return execute("ui/badge", b) }

// Check is a checkbox in a table's row, for actions on several rows at once.
type Check struct {
	Name, Value string
	Label       string // read aloud: "Select case 4F7K-22"
	Checked     bool
}

// HTML renders the checkbox.
func (c Check) HTML() (template.HTML, error) { return execute("ui/check", c) }

// ID is the checkbox's element id.
func (c Check) ID() string { return c.Name + "-" + c.Value }
