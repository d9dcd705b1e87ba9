package wording

import (
	"strings"

	"clew/internal/core"
)

// Merge puts values into a template. What is missing is left out; a condition
// on it fails.
func (t *Template) Merge(scheme string, v Values) Document {
	m := merger{t: t, values: v}
	m.doc = Document{Kind: t.Kind, Scheme: scheme, Language: t.Language.Tag(), RTL: t.Language.RTL, Template: t.ID}
	m.nodes(t.body)
	return m.doc
}

type merger struct {
	t      *Template
	values Values
	doc    Document
}

func (m *merger) nodes(list []node) {
	for _, n := range list {
		m.node(n)
	}
}

func (m *merger) node(n node) {
	switch n.kind {
	case nodeIf:
		if m.values[n.name].empty() {
			m.nodes(n.other)
		} else {
			m.nodes(n.then)
		}
	case nodeTitle:
		m.doc.Title = m.line(n.spans)
	case nodeHeading:
		m.put(Heading, nil, m.line(n.spans))
	case nodeRow:
		m.put(Row, m.line(n.head), m.line(n.spans))
	case nodeItem:
		m.several(Item, n.spans)
	default:
		m.several(Paragraph, n.spans)
	}
}

func (m *merger) put(k BlockKind, head, text Text) {
	if strings.TrimSpace(text.Reveal()) != "" {
		m.doc.Blocks = append(m.doc.Blocks, Block{Kind: k, Head: head, Text: text})
	}
}

// several writes a line, or each of the lines that its one field stands for.
func (m *merger) several(k BlockKind, spans []span) {
	if len(spans) == 1 && spans[0].field != "" {
		v := m.values[spans[0].field]
		switch fieldsOf[m.t.Kind][spans[0].field] {
		case list:
			for _, c := range v.Items {
				m.put(k, nil, Text{m.choice(c)})
			}
			return
		case block:
			for _, para := range strings.Split(v.Words.Reveal(), "\n") {
				m.put(k, nil, Text{m.foreign(core.Secret(strings.TrimSpace(para)))})
			}
			return
		}
	}
	m.put(k, nil, m.line(spans))
}

func (m *merger) line(spans []span) Text {
	var out Text
	for _, s := range spans {
		if s.field == "" {
			out = append(out, Run{Words: core.Secret(s.words)})
		} else if r := m.field(s.field); r.Words != "" {
			out = append(out, r)
		}
	}
	return out
}

func (m *merger) field(name string) Run {
	v, lang := m.values[name], m.t.Language
	switch fieldsOf[m.t.Kind][name] {
	case day:
		if v.Date.IsZero() {
			return Run{}
		}
		return Run{Words: core.Secret(lang.Date(v.Date))}
	case count:
		return Run{Words: core.Secret(lang.Count(counted[name], v.Count))}
	case code:
		if len(v.Items) == 0 {
			return Run{}
		}
		return m.choice(v.Items[0])
	}
	if strings.HasSuffix(name, "_words") {
		return m.foreign(core.Secret(strings.Join(strings.Fields(v.Words.Reveal()), " ")))
	}
	return Run{Words: v.Words, Merged: true}
}

// choice is what the language calls a choice, else the English words, marked as
// such.
func (m *merger) choice(c Choice) Run {
	if words, ok := m.t.Language.Label(c.Key); ok && c.Key != "" {
		return Run{Words: core.Secret(words)}
	}
	return m.foreign(c.Words)
}

// foreign is what somebody of the authority wrote: it is in English, and stays
// so.
func (m *merger) foreign(words core.Secret) Run {
	r := Run{Words: words, Merged: true}
	if m.t.Language.Tag() != English {
		r.Language = English
	}
	return r
}
