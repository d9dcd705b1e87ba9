package scheme

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"clew/internal/core"
)

// Bounds on a file, so that no file can make the parser work or recurse without end.
const (
	maxFile    = 1 << 20
	maxLine    = 2000
	maxFlow    = 32    // brackets inside brackets
	maxMarks   = 12000 // line ends, colons and commas: the parser compares keys two by two
	maxText    = 4000
	maxEntries = 2000 // of one list or mapping
)

// file is one file being read; it collects what is wrong with it.
type file struct {
	name     string
	problems Problems
}

func (f *file) addf(line, col int, format string, args ...any) {
	if len(f.problems) < maxProblems {
		f.problems = append(f.problems, Problem{f.name, line, col, fmt.Sprintf(format, args...)})
	}
}

// parse returns the only document of a file, or nil with a problem noted.
func (f *file) parse(text []byte) ast.Node {
	if !f.bounded(text) {
		return nil
	}
	tree, err := parser.ParseBytes(text, 0)
	var located yaml.Error
	switch {
	case errors.As(err, &located) && located.GetToken() != nil:
		at := located.GetToken().Position
		f.addf(at.Line, at.Column, "%s", located.GetMessage())
		return nil
	case err != nil:
		f.addf(0, 0, "%v", err)
		return nil
	case len(tree.Docs) != 1 || tree.Docs[0].Body == nil:
		f.addf(0, 0, "a scheme file holds exactly one document")
		return nil
	}
	return tree.Docs[0].Body
}

// bounded checks what the parser is not asked to: size, encoding, and nesting.
func (f *file) bounded(text []byte) bool {
	switch {
	case len(text) > maxFile:
		f.addf(0, 0, "the file is larger than %d bytes", maxFile)
		return false
	case !utf8.Valid(text):
		f.addf(0, 0, "the file is not valid UTF-8")
		return false
	}
	depth, line, marks := 0, 0, 0
	for l := range strings.Lines(string(text)) {
		line++
		if len(l) > maxLine {
			f.addf(line, 1, "the line is longer than %d bytes", maxLine)
			return false
		}
		for i := range len(l) {
			switch l[i] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			case '\n', '\r', ':', ',':
				marks++
			}
			if marks > maxMarks {
				f.addf(line, i+1, "the file has more than %d lines, colons and commas", maxMarks)
				return false
			}
			if depth > maxFlow {
				f.addf(line, i+1, "brackets are nested deeper than %d", maxFlow)
				return false
			}
		}
	}
	return true
}

// node is a place in a file. The zero node stands for what is absent: reading
// from it gives zero values and no further problems.
type node struct {
	f *file
	n ast.Node
}

func (n node) absent() bool { return n.n == nil }

// failf notes a problem at the node.
func (n node) failf(format string, args ...any) {
	if n.absent() {
		return
	}
	line, col := position(n.n)
	n.f.addf(line, col, format, args...)
}

// position returns where a node begins. A block mapping's own token is the colon
// of its first entry, so the first key speaks for it.
func position(n ast.Node) (line, col int) {
	switch x := n.(type) {
	case *ast.MappingNode:
		if len(x.Values) > 0 && !x.IsFlowStyle {
			return position(x.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(x.Key)
	case *ast.SequenceNode:
		if len(x.Values) > 0 && !x.IsFlowStyle {
			return position(x.Values[0])
		}
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line, tk.Position.Column
	}
	return 0, 0
}

// mapping is a mapping whose keys are taken one by one; done complains about
// those that nobody took.
type mapping struct {
	node
	keys   map[string]node
	places map[string]node // the keys themselves
	order  []string
	known  []string
}

// mapping reads the node as a mapping.
func (n node) mapping() *mapping {
	m := &mapping{node: n, keys: map[string]node{}, places: map[string]node{}}
	values, ok := mappingValues(n.n)
	if !ok {
		n.failf("expected keys and values here")
		m.node = node{}
		return m
	}
	if len(values) > maxEntries {
		n.failf("more than %d keys", maxEntries)
		return m
	}
	for _, v := range values {
		key, place := v.Key.String(), node{n.f, v.Key}
		if s, ok := v.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		if _, twice := m.keys[key]; twice {
			place.failf("the key %q is given twice", key)
			continue
		}
		m.keys[key], m.places[key] = node{n.f, v.Value}, place
		m.order = append(m.order, key)
	}
	return m
}

func mappingValues(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch x := n.(type) {
	case *ast.MappingNode:
		return x.Values, true
	case *ast.MappingValueNode: // a mapping of one entry
		return []*ast.MappingValueNode{x}, true
	}
	return nil, false
}

// get returns the value of a key, absent when it is not there or empty.
func (m *mapping) get(key string) node {
	m.known = append(m.known, key)
	v, ok := m.keys[key]
	if _, empty := v.n.(*ast.NullNode); !ok || empty {
		return node{}
	}
	return v
}

// need is get for a key that must be there.
func (m *mapping) need(key string) node {
	v := m.get(key)
	if v.absent() && !m.absent() {
		m.failf("the key %q is missing", key)
	}
	return v
}

// done notes every key that was not asked for.
func (m *mapping) done() {
	for _, key := range m.order {
		if slices.Contains(m.known, key) {
			continue
		}
		place := m.places[key]
		if near := nearest(key, m.known); near != "" {
			place.failf("unknown key %q; did you mean %q?", key, near)
		} else {
			place.failf("unknown key %q; known here are %s", key, strings.Join(m.known, ", "))
		}
	}
}

// items returns the entries of a list.
func (n node) items() []node {
	if n.absent() {
		return nil
	}
	seq, ok := n.n.(*ast.SequenceNode)
	if !ok {
		n.failf("expected a list here")
		return nil
	}
	if len(seq.Values) > maxEntries {
		n.failf("more than %d entries", maxEntries)
		return nil
	}
	out := make([]node, len(seq.Values))
	for i, v := range seq.Values {
		out[i] = node{n.f, v}
	}
	return out
}

// scalar returns a scalar as it was written, without its quotes and with single
// spaces; ok is false when there is none, which is a problem noted unless the
// node is absent.
func (n node) scalar() (s string, ok bool) {
	switch x := n.n.(type) {
	case nil:
		return "", false
	case *ast.StringNode:
		s = x.Value
	case *ast.LiteralNode:
		s = x.Value.Value
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		s = n.n.GetToken().Value
	default:
		n.failf("expected text here")
		return "", false
	}
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxText {
		n.failf("the text is longer than %d bytes", maxText)
		return "", false
	}
	return s, true
}

// text is a scalar that may be absent or empty.
func (n node) text() string {
	s, _ := n.scalar()
	return s
}

// needText is text that may not be empty.
func (n node) needText() string {
	s, ok := n.scalar()
	if ok && s == "" {
		n.failf("this may not be empty")
	}
	return s
}

// texts returns a list of text.
func (n node) texts() []string {
	var out []string
	for _, item := range n.items() {
		out = append(out, item.needText())
	}
	return out
}

// yesNo reads true or false.
func (n node) yesNo() bool {
	if n.absent() {
		return false
	}
	b, ok := n.n.(*ast.BoolNode)
	if !ok {
		n.failf("expected true or false here")
		return false
	}
	return b.Value
}

// integer reads a whole number between low and high.
func (n node) integer(low, high int) int {
	s, ok := n.scalar()
	if !ok {
		return 0
	}
	i, err := strconv.Atoi(s)
	if err != nil || i < low || i > high {
		n.failf("expected a whole number between %d and %d here", low, high)
		return 0
	}
	return i
}

// date reads a day.
func (n node) date() core.Date {
	s, ok := n.scalar()
	if !ok {
		return core.Date{}
	}
	d, err := core.ParseDate(s)
	if err != nil {
		n.failf("expected a day like 2022-12-13 here")
	}
	return d
}

// oneOf reads one of the words.
func (n node) oneOf(words ...string) string {
	s, ok := n.scalar()
	if !ok {
		return ""
	}
	if !slices.Contains(words, s) {
		n.failf("expected one of %s here", strings.Join(words, ", "))
		return ""
	}
	return s
}

// code reads a code: small letters, digits, "-" and "_".
func (n node) code() string {
	s := n.needText()
	if s != "" && (len(s) > 60 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "") {
		n.failf("a code has small letters, digits, - and _ only, 60 at most")
		return ""
	}
	return s
}

// nearest returns the word that differs from s in two letters at most, if one does.
func nearest(s string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := distance(s, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
