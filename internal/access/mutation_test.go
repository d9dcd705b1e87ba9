package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"clew/internal/core"
)

// mutant is a policy with one clause less; a nil policy is one deleted whole.
type mutant struct {
	what string
	ast  *ast.Policy
}

// mutants returns every way to take one thing out of a policy: all of it, the
// role in its head, one action, one condition, one side of an && or ||, one
// element of a set.
func mutants(p *ast.Policy) []mutant {
	out := []mutant{{what: "delete the policy"}}
	if _, all := p.Principal.(ast.ScopeTypeAll); !all {
		q := *p
		q.Principal = ast.ScopeTypeAll{}
		out = append(out, mutant{"drop the role in the head", &q})
	}
	if set, ok := p.Action.(ast.ScopeTypeInSet); ok {
		for i, e := range set.Entities {
			q := *p
			q.Action = ast.ScopeTypeInSet{Entities: slices.Delete(slices.Clone(set.Entities), i, i+1)}
			out = append(out, mutant{"drop " + e.String() + " in the head", &q})
		}
	}
	for i, c := range p.Conditions {
		q := *p
		q.Conditions = slices.Delete(slices.Clone(p.Conditions), i, i+1)
		out = append(out, mutant{fmt.Sprintf("drop condition %d", i+1), &q})
		for _, smaller := range without(c.Body) {
			q := *p
			q.Conditions = slices.Clone(p.Conditions)
			q.Conditions[i].Body = smaller.node
			out = append(out, mutant{fmt.Sprintf("condition %d: %s", i+1, smaller.what), &q})
		}
	}
	return out
}

type smaller struct {
	what string
	node ast.IsNode
}

// without returns the expression with one part taken out, in every way.
func without(n ast.IsNode) []smaller {
	switch n := n.(type) {
	case ast.NodeTypeAnd:
		return withoutSide(n.BinaryNode, func(b ast.BinaryNode) ast.IsNode { return ast.NodeTypeAnd{BinaryNode: b} })
	case ast.NodeTypeOr:
		return withoutSide(n.BinaryNode, func(b ast.BinaryNode) ast.IsNode { return ast.NodeTypeOr{BinaryNode: b} })
	case ast.NodeTypeContains:
		return wrap(without(n.Left), func(m ast.IsNode) ast.IsNode {
			return ast.NodeTypeContains{BinaryNode: ast.BinaryNode{Left: m, Right: n.Right}}
		})
	case ast.NodeTypeIn:
		return wrap(without(n.Right), func(m ast.IsNode) ast.IsNode {
			return ast.NodeTypeIn{BinaryNode: ast.BinaryNode{Left: n.Left, Right: m}}
		})
	case ast.NodeTypeSet:
		var out []smaller
		for i, e := range n.Elements {
			left := ast.NodeTypeSet{Elements: slices.Delete(slices.Clone(n.Elements), i, i+1)}
			out = append(out, smaller{fmt.Sprintf("drop element %v", e), left})
		}
		return out
	}
	return nil
}

func withoutSide(n ast.BinaryNode, build func(ast.BinaryNode) ast.IsNode) []smaller {
	out := []smaller{{fmt.Sprintf("drop left of && or ||: %v", n.Left), n.Right}, {fmt.Sprintf("drop right: %v", n.Right), n.Left}}
	out = append(out, wrap(without(n.Left), func(m ast.IsNode) ast.IsNode { return build(ast.BinaryNode{Left: m, Right: n.Right}) })...)
	return append(out, wrap(without(n.Right), func(m ast.IsNode) ast.IsNode { return build(ast.BinaryNode{Left: n.Left, Right: m}) })...)
}

func wrap(parts []smaller, build func(ast.IsNode) ast.IsNode) []smaller {
	for i := range parts {
		parts[i].node = build(parts[i].node)
	}
	return parts
}

// with returns the policies in force with one rule replaced by its mutant.
func (f *inForce) with(r *rule, m mutant) *inForce {
	out := &inForce{about: maps.Clone(f.about), from: f.from, until: f.until}
	for s, rules := range out.about {
		out.about[s] = slices.DeleteFunc(slices.Clone(rules), func(c candidate) bool { return c.name == r.name })
	}
	if m.ast != nil {
		out.add(&rule{name: r.name, Policy: cedar.NewPolicyFromAST((*cedarast.Policy)(m.ast)), ast: m.ast, file: r.file})
	}
	return out
}

// TestEveryClauseMatters takes every clause out of every policy, one at a time,
// and asks whether a table notices: for a permit may.txt, for a forbid
// never.txt, where a memorandum permits everything and nothing else holds the
// line.
func TestEveryClauseMatters(t *testing.T) {
	s := newStage(t)
	shipped := load(t)
	normally := shipped.now()
	hostile := load(t, source{name: "mou-hostile.cedar", text: everythingToEverybody, local: true}).now()
	tried := 0
	for _, r := range shipped.rules {
		world, expect := normally, s.expectNormally
		if r.Effect() == cedar.Forbid {
			world, expect = hostile, s.expectWhatever
		}
		all := mutants(r.ast)
		tried += len(all)
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			people, asked := concerned(r)
			for _, m := range all {
				if s.difference(world.with(r, m), expect, people, asked) == "" {
					t.Errorf("%s: no cell of the tables notices", m.what)
				}
			}
		})
	}
	t.Logf("%d policies, %d clauses taken out", len(shipped.rules), tried)
	if tried < 5*len(shipped.rules) {
		t.Errorf("only %d clauses were taken out of %d policies", tried, len(shipped.rules))
	}
}

// concerned returns whom and what a change of the rule can touch: in turn one
// of those it names most and one of those it names least, because one or the
// other shows the change soonest.
func concerned(r *rule) ([]who, []Action) {
	text := string(r.MarshalCedar())
	named := func(w who) int {
		n := 0
		if strings.Contains(text, types.NewEntityUID(typeRole, types.String(w.role)).String()) {
			n--
		}
		if strings.Contains(text, types.NewEntityUID(typeKind, types.String(w.kind)).String()) {
			n--
		}
		return n
	}
	people := everybody()
	slices.SortStableFunc(people, func(a, b who) int { return named(a) - named(b) })
	inTurn := make([]who, 0, len(people))
	for i, last := 0, len(people)-1; i <= last; i, last = i+1, last-1 {
		inTurn = append(inTurn, people[i])
		if i < last {
			inTurn = append(inTurn, people[last])
		}
	}
	asked := slices.DeleteFunc(slices.Clone(Actions), func(a Action) bool { return !headAdmits(r.ast.Action, word(typeAction, a)) })
	return inTurn, asked
}

// Two roles together allow what each allows, and no more, unless one of them is
// walled off: administrators and immigration staff lose what the other gives.
func TestRolesAddUpExceptTheWalledOff(t *testing.T) {
	s := newStage(t)
	p := load(t)
	for _, kind := range []core.AgencyKind{core.CompetentAuthority, core.NGO, core.Border} {
		for i, one := range core.Roles {
			for _, other := range core.Roles[i+1:] {
				s.compareTogether(t, p, kind, one, other)
			}
		}
	}
}

func (s *stage) compareTogether(t *testing.T, p *Policies, kind core.AgencyKind, one, other core.Role) {
	t.Helper()
	actor := func(roles ...core.Role) core.Actor {
		return core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: kind, Roles: roles}
	}
	for _, sit := range s.parts {
		for _, purpose := range []core.Purpose{core.Identify, core.Protect} {
			ask := func(a core.Actor) *Asker { return p.For(a, purpose, sit.resource()) }
			a, b, together := ask(actor(one)), ask(actor(other)), ask(actor(one, other))
			for _, action := range actionsOn(sit.on) {
				want := a.May(action) || b.May(action)
				if walledOff(one, action, sit.facts) || walledOff(other, action, sit.facts) {
					want = false
				}
				if got := together.May(action); got != want {
					t.Fatalf("%s with %s in %s: %s to %s: %t, want %t", one, other, kind, action, purpose, got, want)
				}
			}
		}
	}
}

// walledOff says what a role takes away, whatever other role is held with it.
func walledOff(r core.Role, a Action, f facts) bool {
	switch r {
	case core.RoleAdministrator:
		return !slices.Contains([]Action{ManageAgencies, ManageUsers, ManageJobs, ManageTokens, ViewPolicies, ManageAgreements, KeepAdvice, ApproveTranslation}, a)
	case core.RoleImmigrationStaff:
		if f.on == Case {
			return a != ViewStatus || !f.referred
		}
		if f.on == Place || f.on == Offer || f.on == Support || f.on == Concern {
			return true
		}
		return f.on == System && !slices.Contains([]Action{CheckNonRemoval, ListCases, ImportReferrals, SubmitByAPI}, a)
	}
	return false
}
