package access

import (
	"slices"
	"sync"
	"testing"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"clew/internal/core"
)

func TestWhatMayNotBeSeenDoesNotExist(t *testing.T) {
	p := load(t)
	actor := func(r core.Role, k core.AgencyKind) core.Actor {
		return core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: k, Roles: []core.Role{r}}
	}
	responder, caseworker := actor(core.RoleFirstResponder, core.NGO), actor(core.RoleCaseworker, core.CompetentAuthority)
	own := Resource{Type: Case, ReferringAgency: ownAgency, Authority: otherAgency, State: "rg_pending"}
	foreign := Resource{Type: Case, ReferringAgency: otherAgency, Authority: otherAgency, State: "rg_pending"}
	draft := Resource{Type: Draft, ReferringAgency: ownAgency, Author: somebody}
	shared := Resource{Type: Draft, ReferringAgency: ownAgency, Author: somebody, Shared: true}
	for name, tc := range map[string]struct {
		actor   core.Actor
		purpose core.Purpose
		action  Action
		res     Resource
		kind    core.Kind
		code    string
	}{
		"own case, own section":       {responder, core.Identify, ViewSharedNotes, own, 0, ""},
		"own case, not their section": {responder, core.Identify, ViewNotes, own, core.Forbidden, "access.forbidden"},
		"another agency's case":       {responder, core.Identify, ViewNotes, foreign, core.NotFound, "case.not_found"},
		"another agency's status":     {responder, core.Identify, ViewStatus, foreign, core.NotFound, "case.not_found"},
		"for another purpose":         {responder, core.Publish, ViewSharedNotes, own, core.NotFound, "case.not_found"},
		"another authority's case":    {caseworker, core.Identify, ProposeRG, foreign, core.NotFound, "case.not_found"},
		"a colleague's draft":         {responder, core.Identify, EditDraft, draft, core.NotFound, "draft.not_found"},
		"a shared draft":              {responder, core.Identify, EditDraft, shared, 0, ""},
		"a shared draft, not theirs to expire": {responder, core.Identify, AdvanceClock, shared, core.Forbidden,
			"access.forbidden"},
		"a screen that is not theirs": {responder, core.Identify, SearchPersons, Whole(), core.Forbidden, "access.forbidden"},
		"start a referral":            {responder, core.Identify, CreateReferral, OwnAgency(responder), 0, ""},
		"nobody":                      {core.Actor{}, core.Identify, ViewStatus, Resource{Type: Case, State: "closed"}, core.NotFound, "case.not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := p.Require(tc.actor, tc.purpose, tc.action, tc.res)
			if got := core.KindOf(err); got != tc.kind || d.Allowed != (tc.kind == 0) {
				t.Fatalf("got %v, %v, want kind %v", d, err, tc.kind)
			}
			if e, ok := err.(*core.Error); ok && e.Code != tc.code {
				t.Errorf("code %q, want %q", e.Code, tc.code)
			}
		})
	}
}

// An absent agency on the case must never equal an absent agency of the actor.
func TestAbsentEqualsNobody(t *testing.T) {
	p := load(t, source{name: "mou-hostile.cedar", text: everythingToEverybody, local: true})
	empty := Resource{Type: Case, State: "recovery", Kind: KindReferral, Child: true}
	for name, actor := range map[string]core.Actor{
		"no user":   {AgencyID: ownAgency, AgencyKind: core.NGO, Roles: []core.Role{core.RoleSupportWorker}},
		"no agency": {UserID: me, AgencyKind: core.NGO, Roles: []core.Role{core.RoleSupportWorker}},
		"neither":   {},
	} {
		d := p.Check(actor, core.Protect, ViewStatus, empty)
		if d.Allowed || !slices.Equal(d.Policies, []string{noActor}) || !p.Scope(actor, core.Protect).Empty() {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func TestWhatIsNotInTheVocabularyIsRefused(t *testing.T) {
	p := load(t, source{name: "mou-hostile.cedar", text: everythingToEverybody, local: true})
	actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.NGO, Roles: []core.Role{core.RoleSupportWorker}}
	c := Resource{Type: Case, State: "recovery", Child: true}
	for name, d := range map[string]Decision{
		"action":                     p.Check(actor, core.Protect, "viewEverything", c),
		"purpose":                    p.Check(actor, "curiosity", ViewStatus, c),
		"no purpose":                 p.Check(actor, "", ViewStatus, c),
		"resource type":              p.Check(actor, core.Protect, ViewStatus, Resource{Type: "Person"}),
		"no resource type":           p.Check(actor, core.Protect, ViewStatus, Resource{}),
		"action on another resource": {Policies: p.Check(actor, core.Protect, EditDraft, Whole()).Policies, Allowed: false},
	} {
		if d.Allowed || name != "action on another resource" && !slices.Equal(d.Policies, []string{unknownInput}) {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// A forbid that fails to evaluate must not fall silent.
func TestAPolicyThatFailsRefuses(t *testing.T) {
	p := load(t)
	broken := cedarast.Forbid().When(cedarast.Resource().Access("absent").Equal(cedarast.True()))
	p.rules = append(p.rules, &rule{name: "mou-x.cedar:broken", Policy: cedar.NewPolicyFromAST(broken), ast: astOf(broken), file: p.rules[0].file})
	c := Resource{Type: Case, Authority: ownAgency, State: "recovery"}
	caseworker := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.CompetentAuthority, Roles: []core.Role{core.RoleCaseworker}}
	d := p.Check(caseworker, core.Identify, ViewStatus, c)
	if d.Allowed || !slices.Equal(d.Policies, []string{brokenPolicy, "mou-x.cedar:broken"}) {
		t.Errorf("got %v", d)
	}
	if !p.Scope(caseworker, core.Identify).Empty() {
		t.Error("the list went on without it")
	}
}

func TestADecisionNamesItsGrounds(t *testing.T) {
	p := load(t)
	caseworker := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.CompetentAuthority,
		Roles: []core.Role{core.RoleCaseworker, core.RoleReviewer}}
	c := Resource{Type: Case, Authority: ownAgency, Proposer: me, State: "rg_pending"}
	if d := p.Check(caseworker, core.Identify, ReviewDecision, c); d.Allowed || !slices.Equal(d.Policies, []string{"immutable.cedar:second_person"}) {
		t.Errorf("own proposal: %v", d)
	}
	c.Proposer = somebody
	if d := p.Check(caseworker, core.Identify, ReviewDecision, c); !d.Allowed || !slices.Equal(d.Policies, []string{"base.cedar:reviewer_reviews"}) {
		t.Errorf("another's proposal: %v", d)
	}
}

func TestEveryRoleHasAUsualPurpose(t *testing.T) {
	for _, r := range core.Roles {
		if p := PurposeOf(core.Actor{Roles: []core.Role{r}}); !p.Valid() {
			t.Errorf("%s: %q", r, p)
		}
	}
	if p := PurposeOf(core.Actor{}); p != "" {
		t.Errorf("without a role: %q", p)
	}
	if p := PurposeOf(core.SystemActor()); p != core.Identify {
		t.Errorf("clew itself: %q", p)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	p := load(t)
	c := Resource{Type: Case, Authority: ownAgency, State: "recovery"}
	actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.CompetentAuthority, Roles: []core.Role{core.RoleManager}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if !p.Check(actor, core.Identify, AssignCase, c).Allowed || !p.Scope(actor, core.Identify).Contains(c) {
					t.Error("refused")
				}
			}
		})
	}
	wg.Wait()
}

var benchCase = Resource{Type: Case, ID: core.ID{15: 9}, ReferringAgency: otherAgency, Authority: ownAgency, Assignee: me, State: "cg_pending",
	Kind: KindReferral, ConsentSharing: true}

var benchActor = core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.CompetentAuthority, Roles: []core.Role{core.RoleCaseworker}}

func BenchmarkCheck(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		if !p.Check(benchActor, core.Identify, ViewIdentity, benchCase).Allowed {
			b.Fatal("refused")
		}
	}
}

// A case page asks about twenty actions on one case.
func BenchmarkAskTwenty(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		asker := p.For(benchActor, core.Identify, benchCase)
		for _, a := range Actions[3:23] {
			asker.May(a)
		}
	}
}

func BenchmarkScope(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		if p.Scope(benchActor, core.Identify).Empty() {
			b.Fatal("empty")
		}
	}
}

func astOf(p *cedarast.Policy) *ast.Policy { return (*ast.Policy)(p) }
