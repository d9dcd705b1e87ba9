package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"clew/internal/core"
)

// Few identifiers, so that agencies and users meet by chance often enough.
func drawID(zero bool) *rapid.Generator[core.ID] {
	return rapid.Custom(func(t *rapid.T) core.ID {
		return core.ID{15: byte(rapid.IntRange(either(zero, 0, 1), 4).Draw(t, "id"))}
	})
}

func drawActor(t *rapid.T) core.Actor {
	if rapid.IntRange(0, 20).Draw(t, "system") == 0 {
		return core.SystemActor()
	}
	return core.Actor{
		UserID:     drawID(false).Draw(t, "user"),
		AgencyID:   drawID(false).Draw(t, "agency"),
		AgencyKind: rapid.SampledFrom(allKinds).Draw(t, "kind"),
		Roles:      rapid.SliceOfN(rapid.SampledFrom(allRoles), 0, 3).Draw(t, "roles"),
		TokenID:    drawID(true).Draw(t, "token"),
	}
}

func drawCase(t *rapid.T) Resource {
	id := func(name string) core.ID { return drawID(true).Draw(t, name) }
	return Resource{
		Type: Case, ID: core.ID{15: 9}, Author: id("author"), ReferringAgency: id("referring"), Authority: id("authority"),
		LocalAuthority: id("local"), SupportAgency: id("support"), InfoRequestedFrom: id("asked"), HostAuthority: id("host"), Alerted: id("alerted"), Assignee: id("assignee"),
		Proposer: id("proposer"), Decider: id("decider"), Reviewer: id("reviewer"),
		State: rapid.SampledFrom(states).Draw(t, "state"),
		Kind:  rapid.SampledFrom([]string{KindReferral, KindDutyToNotify}).Draw(t, "kind of case"),
		Child: rapid.Bool().Draw(t, "child"), ConsentSharing: rapid.Bool().Draw(t, "consent"), ConsentPolice: rapid.Bool().Draw(t, "police"),
	}
}

// everyShape is a memorandum with every form of condition that a scope must be
// able to follow, so that the property does not rest on the shipped files alone.
const everyShape = `
@title("Every shape of condition")
@parties("One; Other")
@from("2000-01-01")
@id("one")
permit (principal in Role::"officer", action in [Action::"viewStatus", Action::"viewSummary"], resource is Case)
when {
  context.purpose == Purpose::"screen" &&
  (resource.assignee == principal || principal.agency != resource.supportAgency || !(resource.child)) &&
  ![State::"closed", State::"withdrawn"].contains(resource.state)
}
unless { resource.kind == CaseKind::"duty_to_notify" };

@id("two")
permit (principal == User::"00000000-0000-0000-0000-000000000002", action, resource)
when { [Purpose::"screen", Purpose::"publish"].contains(context.purpose) };

@id("three")
permit (principal, action == Action::"viewStatus", resource is Case)
when {
  context.purpose == Purpose::"publish" &&
  (resource.author != User::"00000000-0000-0000-0000-000000000003" &&
    Agency::"00000000-0000-0000-0000-000000000001" == resource.localAuthority ||
    [principal.agency, Agency::"00000000-0000-0000-0000-000000000004"].contains(resource.referringAgency))
};

@id("four")
forbid (principal in Role::"officer", action, resource is Case)
when { !(resource.state == State::"recovery" || resource.consentSharing) && principal.kind == Kind::"border" }
unless { [User::"00000000-0000-0000-0000-000000000001", principal].contains(resource.assignee) };
`

// The scope of a list is the same set of cases as the answers one by one.
func TestScopeIsThePolicy(t *testing.T) {
	worlds := map[string]*Policies{
		"shipped":    load(t),
		"everything": load(t, source{name: "mou-hostile.cedar", text: everythingToEverybody, local: true}),
		"shapes":     load(t, source{name: "mou-shapes.cedar", text: everyShape, local: true}),
	}
	for name, p := range worlds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				actor, purpose := drawActor(t), rapid.SampledFrom(core.Purposes).Draw(t, "purpose")
				action := rapid.SampledFrom(listed).Draw(t, "action")
				scope := p.ScopeOf(actor, purpose, action)
				for range 20 {
					c := drawCase(t)
					want := p.Check(actor, purpose, action, c)
					if got := scope.Contains(c); got != want.Allowed {
						t.Fatalf("scope %+v says %t, the policies %t (%v) about %+v", scope, got, want.Allowed, want.Policies, c)
					}
				}
			})
		})
	}
}

// The whole stage of the matrix too, where nothing is left to chance.
func TestScopeOnTheWholeStage(t *testing.T) {
	s, p := newStage(t), load(t)
	seen := map[Action]map[bool]bool{}
	for _, a := range listed {
		seen[a] = map[bool]bool{}
	}
	for _, w := range everybody() {
		actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: w.kind, Roles: []core.Role{w.role}}
		for _, purpose := range core.Purposes {
			for _, action := range listed {
				for allowed := range s.compareScope(t, w, purpose, action, p.ScopeOf(actor, purpose, action)) {
					seen[action][allowed] = true
				}
			}
		}
	}
	for _, action := range listed {
		if !seen[action][true] || !seen[action][false] {
			t.Errorf("%s: one-sided: %v", action, seen[action])
		}
	}
}

// listed are the actions that have lists.
var listed = []Action{ViewStatus, ViewSafeguarding, ViewMissing}

func (s *stage) compareScope(t *testing.T, w who, purpose core.Purpose, action Action, scope Scope) map[bool]bool {
	t.Helper()
	seen := map[bool]bool{}
	for _, sit := range s.states {
		if purpose != s.usual[w.role] && sit.state != "recovery" {
			continue
		}
		f := sit.facts
		f.purpose = purpose
		want := s.may.allows(w, action, f)
		if got := scope.Contains(f.resource()); got != want {
			t.Fatalf("%s in %s to %s: scope of %s says %t, the table %t for %+v", w.role, w.kind, purpose, action, got, want, f)
		}
		seen[want] = true
	}
	return seen
}

// Stores build clauses from a scope, so its form is part of the contract.
func TestScopesAreSmallAndWellFormed(t *testing.T) {
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		scope := p.Scope(drawActor(t), rapid.SampledFrom(core.Purposes).Draw(t, "purpose"))
		if len(scope.Any) > 8 {
			t.Fatalf("%d terms: %+v", len(scope.Any), scope)
		}
		for _, term := range scope.Any {
			for _, m := range term.All {
				mustBeWellFormed(t, m)
			}
		}
	})
}

func mustBeWellFormed(t *rapid.T, m Match) {
	if !slices.Contains(Columns, m.Column) {
		t.Fatalf("no column %q", m.Column)
	}
	hasID, hasWords := !m.ID.IsZero(), len(m.Words) > 0
	form := m.Column.Form()
	if hasID != (form == FormID) || hasWords != (form == FormWords) || !slices.IsSorted(m.Words) {
		t.Fatalf("match %+v is not of form %d", m, form)
	}
}

func TestScopeOfEachRoleReadsAsExpected(t *testing.T) {
	p := load(t)
	who := func(r core.Role, k core.AgencyKind) core.Actor {
		return core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: k, Roles: []core.Role{r}}
	}
	own := func(c Column) Match { return Match{Column: c, ID: ownAgency} }
	noDraft := Match{Column: ColumnState, Not: true, Words: []string{"draft"}}
	for name, tc := range map[string]struct {
		actor   core.Actor
		purpose core.Purpose
		want    Scope
	}{
		"caseworker": {who(core.RoleCaseworker, core.CompetentAuthority), core.Identify,
			Scope{Any: []Term{{All: []Match{own(ColumnAuthority), noDraft}}}}},
		"first responder of immigration": {who(core.RoleFirstResponder, core.Immigration), core.Identify,
			Scope{Any: []Term{{All: []Match{own(ColumnReferringAgency), noDraft}}}}},
		"safeguarding lead": {who(core.RoleSafeguardingLead, core.LocalAuthority), core.Protect,
			Scope{Any: []Term{{All: []Match{{Column: ColumnChild}, own(ColumnLocalAuthority), noDraft}}}}},
		"auditor":       {who(core.RoleAuditor, core.Oversight), core.Oversee, Scope{Any: []Term{{All: []Match{noDraft}}}}},
		"administrator": {who(core.RoleAdministrator, core.CompetentAuthority), core.Administer, Scope{}},
		"statistician":  {who(core.RoleStatistician, core.Statistics), core.Publish, Scope{}},
		"immigration":   {who(core.RoleImmigrationStaff, core.Immigration), core.Protect, Scope{}},
		"nobody":        {core.Actor{}, core.Identify, Scope{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.Scope(tc.actor, tc.purpose); !sameScope(got, tc.want) {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func sameScope(a, b Scope) bool {
	return slices.EqualFunc(a.Any, b.Any, func(x, y Term) bool {
		return slices.EqualFunc(x.All, y.All, func(m, n Match) bool { return compareMatch(m, n) == 0 })
	})
}
