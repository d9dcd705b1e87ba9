package access

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"

	"clew/internal/core"
)

// columnOf maps the attributes of a Case that stand as columns of their own.
// A policy on viewStatus that asks for any other attribute is refused when it
// is loaded, because lists could not follow it.
var columnOf = map[cedar.String]Column{
	"referringAgency": ColumnReferringAgency,
	"authority":       ColumnAuthority,
	"localAuthority":  ColumnLocalAuthority,
	"supportAgency":   ColumnSupportAgency,
	"assignee":        ColumnAssignee,
	"author":          ColumnAuthor,
	"state":           ColumnState,
	"kind":            ColumnKind,
	"child":           ColumnChild,
	"consentSharing":  ColumnConsent,
	"consentPolice":   ColumnConsentPolice,
}

// childColumnOf adds what lists of children have beside each case: who hosts the
// child, and which force looks for the child.
var childColumnOf = func() map[cedar.String]Column {
	m := maps.Clone(columnOf)
	m["hostAuthority"], m["alerted"] = ColumnHostAuthority, ColumnAlerted
	return m
}()

// columnsOf are the columns that a list by the action has. Only these actions
// have lists.
func columnsOf(a Action) map[cedar.String]Column {
	switch a {
	case ViewStatus:
		return columnOf
	case ViewSafeguarding, ViewMissing:
		return childColumnOf
	}
	return nil
}

// maxTerms bounds the alternatives of one policy: and-ing many ors multiplies.
const maxTerms = 32

// partial evaluates policies for an actor and a purpose that are known and a
// case that is not. What is left is a disjunction of comparisons of columns.
type partial struct {
	env     eval.Env
	columns map[cedar.String]Column
}

// terms returns when the policy applies, or, negated, when it does not.
func (p partial) terms(r *rule, negated bool) ([]Term, error) {
	terms, err := p.node(eval.PolicyToNode(r.ast).AsIsNode(), negated)
	if err != nil {
		return nil, fmt.Errorf("%s: lists cannot follow this policy: %w", r.name, err)
	}
	return terms, nil
}

func (p partial) node(n ast.IsNode, negated bool) ([]Term, error) {
	if !mentionsResource(n) {
		return p.known(n, negated)
	}
	switch n := n.(type) {
	case ast.NodeTypeAnd:
		return p.pair(n.BinaryNode, negated, !negated)
	case ast.NodeTypeOr:
		return p.pair(n.BinaryNode, negated, negated)
	case ast.NodeTypeNot:
		return p.node(n.Arg, !negated)
	case ast.NodeTypeIs:
		return truth((n.EntityType == cedar.EntityType(Case)) != negated), nil
	case ast.NodeTypeAccess:
		return p.flag(n, negated)
	case ast.NodeTypeEquals:
		return p.equal(n.BinaryNode, negated)
	case ast.NodeTypeNotEquals:
		return p.equal(n.BinaryNode, !negated)
	case ast.NodeTypeContains:
		return p.member(n, negated)
	}
	return nil, fmt.Errorf("%T on the resource", n)
}

func (p partial) pair(n ast.BinaryNode, negated, conjunction bool) ([]Term, error) {
	left, err := p.node(n.Left, negated)
	if err != nil {
		return nil, err
	}
	right, err := p.node(n.Right, negated)
	if err != nil {
		return nil, err
	}
	var out []Term
	if conjunction {
		out = both(left, right)
	} else {
		out = absorb(append(slices.Clone(left), right...))
	}
	return bounded(out)
}

func bounded(terms []Term) ([]Term, error) {
	if len(terms) > maxTerms {
		return nil, fmt.Errorf("more than %d alternatives", maxTerms)
	}
	return terms, nil
}

// known evaluates what does not depend on the case.
func (p partial) known(n ast.IsNode, negated bool) ([]Term, error) {
	v, err := eval.Eval(n, p.env)
	if err != nil {
		return nil, err
	}
	b, ok := v.(cedar.Boolean)
	if !ok {
		return nil, fmt.Errorf("a %s where a truth value is needed", eval.TypeName(v))
	}
	return truth(bool(b) != negated), nil
}

// truth is every case or no case.
func truth(b bool) []Term {
	if b {
		return []Term{{}}
	}
	return nil
}

func only(m Match) []Term { return []Term{{All: []Match{m}}} }

func (p partial) flag(n ast.NodeTypeAccess, negated bool) ([]Term, error) {
	c, err := p.column(n)
	if err != nil {
		return nil, err
	}
	return only(Match{Column: c, Not: negated}), nil
}

func (p partial) equal(n ast.BinaryNode, negated bool) ([]Term, error) {
	attribute, other := n.Left, n.Right
	if mentionsResource(other) {
		attribute, other = other, attribute
	}
	if mentionsResource(other) {
		return nil, fmt.Errorf("two attributes of the resource compared with each other")
	}
	c, err := p.column(attribute)
	if err != nil {
		return nil, err
	}
	v, err := eval.Eval(other, p.env)
	if err != nil {
		return nil, err
	}
	m, err := match(c, v)
	m.Not = negated
	return only(m), err
}

// member translates a set of constants that contains an attribute.
func (p partial) member(n ast.NodeTypeContains, negated bool) ([]Term, error) {
	c, err := p.column(n.Right)
	if err != nil {
		return nil, err
	}
	v, err := eval.Eval(n.Left, p.env)
	if err != nil {
		return nil, err
	}
	set, ok := v.(cedar.Set)
	if !ok {
		return nil, fmt.Errorf("contains on a %s", eval.TypeName(v))
	}
	out := truth(negated)
	for item := range set.All() {
		m, err := match(c, item)
		if err != nil {
			return nil, err
		}
		m.Not = negated
		if negated {
			out = both(out, only(m))
		} else {
			out = append(out, only(m)...)
		}
	}
	return bounded(gatherWords(out))
}

// gatherWords turns "state is a, or state is b" into one match.
func gatherWords(terms []Term) []Term {
	if len(terms) < 2 || terms[0].All[0].Column.Form() != FormWords {
		return terms
	}
	m := Match{Column: terms[0].All[0].Column}
	for _, t := range terms {
		m.Words = append(m.Words, t.All[0].Words...)
	}
	slices.Sort(m.Words)
	return only(m)
}

func match(c Column, v cedar.Value) (Match, error) {
	uid, ok := v.(cedar.EntityUID)
	if !ok {
		return Match{}, fmt.Errorf("%s compared with a %s", c, eval.TypeName(v))
	}
	if c.Form() == FormWords {
		return Match{Column: c, Words: []string{string(uid.ID)}}, nil
	}
	id, err := core.ParseID(string(uid.ID))
	if err != nil {
		return Match{}, fmt.Errorf("%s compared with %q, which is no identifier", c, uid.ID)
	}
	return Match{Column: c, ID: id}, nil
}

func (p partial) column(n ast.IsNode) (Column, error) {
	access, ok := n.(ast.NodeTypeAccess)
	if !ok {
		return "", fmt.Errorf("%T where an attribute of the resource is needed", n)
	}
	if _, direct := access.Arg.(ast.NodeTypeVariable); !direct {
		return "", fmt.Errorf("an attribute of an attribute")
	}
	c, ok := p.columns[access.Value]
	if !ok {
		return "", fmt.Errorf("resource.%s is not a column of the list", access.Value)
	}
	return c, nil
}

func mentionsResource(n ast.IsNode) bool {
	found := false
	ast.Inspect(ast.NewNode(n), func(n ast.IsNode) bool {
		if v, ok := n.(ast.NodeTypeVariable); ok && v.Name == "resource" {
			found = true
		}
		return !found
	})
	return found
}
