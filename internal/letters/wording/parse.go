package wording

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxText bounds one template file.
const maxText = 64 << 10

// node is one line of a template that does something.
type node struct {
	kind  nodeKind
	line  int
	head  []span // of a row
	spans []span
	name  string // what a condition asks about, or the fragment used
	then  []node
	other []node
}

type nodeKind uint8

const (
	nodeTitle nodeKind = iota + 1
	nodeHeading
	nodeParagraph
	nodeItem
	nodeRow
	nodeUse
	nodeIf
)

// span is literal words, or a merge field.
type span struct {
	words string
	field string
}

// header is what stands before a template's words.
type header struct {
	version string
	review  string
}

// Review says how far a wording's language was looked at, as its file says.
const (
	ReviewSource = "source" // English: what the others translate
	ReviewNeeded = "needed" // a professional translator has not looked at it
)

var versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$`)

// parseTemplate reads a whole template: its header, a line of three hyphens, its
// words.
func parseTemplate(file, text, language string, ps *Problems) (header, []node) {
	var h header
	if !readable(file, text, ps) {
		return h, nil
	}
	lines := strings.Split(text, "\n")
	end := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "---" })
	if end < 0 {
		ps.add(file, 1, "a line of three hyphens must part the header from the words")
		return h, nil
	}
	h.read(file, lines[:end], ps)
	h.check(file, language, ps)
	body := parseBody(file, lines[end+1:], end+2, ps)
	checkTitle(file, body, end+2, ps)
	return h, body
}

func readable(file, text string, ps *Problems) bool {
	switch {
	case len(text) > maxText:
		ps.add(file, 0, "the file is longer than %d bytes", maxText)
	case !utf8.ValidString(text):
		ps.add(file, 0, "the file is not UTF-8")
	default:
		return true
	}
	return false
}

func (h *header) read(file string, lines []string, ps *Problems) {
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "//") {
			continue
		}
		key, value, _ := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "version":
			h.version = value
		case "review":
			h.review = value
		default:
			ps.add(file, i+1, "unknown header %q: there are version and review", key)
		}
	}
}

func (h *header) check(file, language string, ps *Problems) {
	if !versionForm.MatchString(h.version) {
		ps.add(file, 1, "version must be letters, digits, points and hyphens, such as 2026-1")
	}
	want := ReviewNeeded
	if language == English {
		want = ReviewSource
	}
	if h.review != want {
		ps.add(file, 1, "review must be %q: translations are approved in the administration, never in the file", want)
	}
}

func checkTitle(file string, body []node, line int, ps *Problems) {
	titles := 0
	for _, n := range body {
		if n.kind == nodeTitle {
			titles++
		}
	}
	if titles != 1 || body[0].kind != nodeTitle {
		ps.add(file, line, "the words must begin with exactly one title: # and the title")
	}
}

// body reads the words of a template or a fragment.
type body struct {
	file  string
	ps    *Problems
	stack []*node // open conditions
	other []bool  // whether the condition is past its @else
	out   []node
	para  *node
}

func parseBody(file string, lines []string, first int, ps *Problems) []node {
	b := &body{file: file, ps: ps}
	for i, l := range lines {
		b.line(strings.TrimSpace(l), first+i)
	}
	b.endParagraph()
	for _, n := range b.stack {
		ps.add(file, n.line, "@if %s has no @end", n.name)
	}
	return b.out
}

func (b *body) line(l string, no int) {
	directive := strings.HasPrefix(l, "@")
	if l == "" || directive || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "//") {
		b.endParagraph()
	}
	switch {
	case l == "" || strings.HasPrefix(l, "//"):
	case directive:
		b.directive(l, no)
	case strings.HasPrefix(l, "## "):
		b.add(node{kind: nodeHeading, line: no, spans: b.spans(l[3:], no)})
	case strings.HasPrefix(l, "# "):
		b.add(node{kind: nodeTitle, line: no, spans: b.spans(l[2:], no)})
	case strings.HasPrefix(l, "#"):
		b.ps.add(b.file, no, "a title begins with # and a space, a heading with ## and a space")
	case strings.HasPrefix(l, "- "):
		b.add(node{kind: nodeItem, line: no, spans: b.spans(l[2:], no)})
	default:
		b.paragraph(l, no)
	}
}

// paragraph joins lines until an empty one.
func (b *body) paragraph(l string, no int) {
	if b.para == nil {
		b.para = &node{kind: nodeParagraph, line: no}
	} else {
		b.para.spans = append(b.para.spans, span{words: " "})
	}
	b.para.spans = append(b.para.spans, b.spans(l, no)...)
}

func (b *body) endParagraph() {
	if b.para != nil {
		b.add(*b.para)
		b.para = nil
	}
}

func (b *body) add(n node) {
	if k := len(b.stack) - 1; k >= 0 {
		open := b.stack[k]
		if b.other[k] {
			open.other = append(open.other, n)
		} else {
			open.then = append(open.then, n)
		}
		return
	}
	b.out = append(b.out, n)
}

const maxDepth = 4

func (b *body) directive(l string, no int) {
	word, rest, _ := strings.Cut(l, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "@if" && fieldForm.MatchString(rest):
		if len(b.stack) >= maxDepth {
			b.ps.add(b.file, no, "conditions stand in each other more than %d deep", maxDepth)
		}
		b.stack, b.other = append(b.stack, &node{kind: nodeIf, line: no, name: rest}), append(b.other, false)
	case word == "@else" && rest == "" && len(b.stack) > 0 && !b.other[len(b.other)-1]:
		b.other[len(b.other)-1] = true
	case word == "@end" && rest == "" && len(b.stack) > 0:
		k := len(b.stack) - 1
		done := b.stack[k]
		b.stack, b.other = b.stack[:k], b.other[:k]
		b.add(*done)
	case word == "@use" && fieldForm.MatchString(rest):
		b.add(node{kind: nodeUse, line: no, name: rest})
	case word == "@row" && strings.Contains(rest, "|"):
		head, cell, _ := strings.Cut(rest, "|")
		b.add(node{kind: nodeRow, line: no, head: b.spans(strings.TrimSpace(head), no), spans: b.spans(strings.TrimSpace(cell), no)})
	default:
		b.ps.add(b.file, no, "%q is not understood here: there are @if field, @else, @end, @use fragment and @row head | cell", clip(l))
	}
}

func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

var fieldForm = regexp.MustCompile(`^[a-z][a-z_]{0,31}$`)

// spans parts words from merge fields: "until {recovery_until}".
func (b *body) spans(l string, no int) []span {
	var out []span
	for l != "" {
		open := strings.IndexAny(l, "{}")
		if open < 0 {
			return append(out, span{words: l})
		}
		end := strings.IndexByte(l[open:], '}')
		if l[open] == '}' || end < 0 {
			b.ps.add(b.file, no, "a merge field is written {name}: a bracket stands alone here")
			return out
		}
		if open > 0 {
			out = append(out, span{words: l[:open]})
		}
		name := l[open+1 : open+end]
		if !fieldForm.MatchString(name) {
			b.ps.add(b.file, no, "%q is not a merge field: small letters and underscores", clip(name))
			return out
		}
		out = append(out, span{field: name})
		l = l[open+end+1:]
	}
	return out
}
