package access

import (
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"

	"clew/internal/core"
)

var (
	today = core.NewFixedClock(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))

	ownAgency, otherAgency = core.ID{15: 1}, core.ID{15: 2}
	me, somebody           = core.ID{15: 3}, core.ID{15: 4}
	aToken                 = core.ID{15: 5}

	allRoles = append(slices.Clone(core.Roles), "system")
	allKinds = append(slices.Clone(core.AgencyKinds), "system")
	states   = []string{"draft", "submitted", "rg_pending", "rg_negative", "recovery", "cg_pending", "cg_negative", "confirmed",
		"reconsideration", "suspended", "withdrawn", "closed"}
)

// actionsOn lists what can be asked about each type of resource, as the schema
// has it, in the order of Actions.
func actionsOn(t ResourceType) []Action { return schemaActions()[t] }

var schemaActions = sync.OnceValue(func() map[ResourceType][]Action {
	l, err := shippedLoader()
	if err != nil {
		panic(err)
	}
	out := map[ResourceType][]Action{}
	for _, a := range Actions {
		for _, on := range l.schema.Actions[word(typeAction, a)].AppliesTo.Resources {
			out[ResourceType(on)] = append(out[ResourceType(on)], a)
		}
	}
	return out
})

// situation is one resource, as the table sees it and as Cedar does.
type situation struct {
	facts
	entity cedar.Entity
}

func (f facts) situation() situation { return situation{f, resourceEntity(f.resource())} }

func (f facts) resource() Resource {
	agency := func(mine bool) core.ID { return either(mine, ownAgency, otherAgency) }
	user := func(mine bool) core.ID { return either(mine, me, somebody) }
	r := Resource{
		Type: f.on, ID: core.ID{15: 9}, Author: user(f.author), ReferringAgency: agency(f.referred || f.own),
		Authority: agency(f.decides), LocalAuthority: agency(f.safeguards), SupportAgency: agency(f.supports), Provider: agency(f.own),
		InfoRequestedFrom: agency(f.asked), HostAuthority: agency(f.hosts), Alerted: agency(f.alerted), Assignee: user(f.assignee), Proposer: user(f.proposer), Decider: user(f.decider),
		Reviewer: user(f.reviewer), State: f.state, Kind: KindReferral, Child: f.child, ConsentSharing: f.consent, ConsentPolice: f.police, Shared: f.shared,
		Desk: agency(f.own), PassedTo: agency(f.passed),
	}
	if f.on == Agency {
		r.ID = agency(f.own)
	}
	return r
}

func either[T any](b bool, yes, no T) T {
	if b {
		return yes
	}
	return no
}

var relations = []facts{{}, {referred: true}, {decides: true}, {safeguards: true}, {supports: true}, {asked: true},
	{hosts: true}, {alerted: true},
	{decides: true, assignee: true}, {referred: true, decides: true, safeguards: true, supports: true, asked: true, hosts: true, alerted: true}}

// everyState is every relation in every state, for adults who consent, also or
// only to share with the police, adults who do not, and children, who are not
// asked.
func everyState() []situation {
	var out []situation
	for _, f := range relations {
		for _, f.state = range states {
			for _, person := range []facts{{}, {consent: true}, {consent: true, police: true}, {police: true}, {child: true}} {
				f.on, f.consent, f.police, f.child = Case, person.consent, person.police, person.child
				out = append(out, f.situation())
			}
		}
	}
	return out
}

// everyPart is every part one person can have in a case and every other kind
// of resource; it is asked for every purpose, by people and by machines.
func everyPart() []situation {
	parts := []facts{{}, {assignee: true}, {proposer: true}, {decider: true}, {reviewer: true},
		{assignee: true, decider: true}, {assignee: true, reviewer: true}}
	var out []situation
	for _, f := range parts {
		for _, f.decides = range []bool{false, true} {
			f.on, f.state, f.consent, f.police = Case, "reconsideration", true, true
			out = append(out, f.situation())
		}
	}
	for _, f := range relations {
		f.on, f.state, f.consent, f.police, f.child = Case, "recovery", true, true, true
		out = append(out, f.situation())
	}
	out = append(out, facts{on: Case, state: "recovery", consent: true, alerted: true}.situation())
	for _, own := range []bool{false, true} {
		for _, author := range []bool{false, true} {
			for _, shared := range []bool{false, true} {
				out = append(out, facts{on: Draft, own: own, author: author, shared: shared}.situation())
			}
		}
		out = append(out, facts{on: Agency, own: own}.situation())
		for _, passed := range []bool{false, true} {
			out = append(out, facts{on: Concern, own: own, passed: passed}.situation())
		}
	}
	for _, f := range []facts{{}, {own: true}, {decides: true}, {decides: true, shared: true}, {shared: true}, {own: true, decides: true, shared: true}} {
		for _, f.on = range []ResourceType{Place, Offer, Support} {
			out = append(out, f.situation())
		}
	}
	return append(out, facts{on: System}.situation()) // last: machines ask about it for every purpose
}

// stage is all that is asked: who, for which purpose, about what.
type stage struct {
	may    may
	never  never
	states []situation
	parts  []situation
	usual  map[core.Role]core.Purpose // what the table's columns say the role works for
}

func newStage(t testing.TB) *stage {
	s := &stage{may: readMay(t), never: readNever(t), states: everyState(), parts: everyPart(), usual: map[core.Role]core.Purpose{}}
	for w, column := range s.may.columns {
		s.usual[w.role] = s.may.purpose[column]
	}
	return s
}

func everybody() []who {
	var out []who
	for _, r := range allRoles {
		for _, k := range allKinds {
			out = append(out, who{r, k})
		}
	}
	return out
}

// questions yields every asker of one role in one kind of agency with the facts
// as the tables see them.
func (s *stage) questions(w who, rules *inForce) iter.Seq2[*Asker, facts] {
	actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: w.kind, Roles: []core.Role{w.role}}
	principal := principalEntity(actor)
	usual := s.usual[w.role]
	if usual == "" {
		usual = core.Identify
	}
	return func(yield func(*Asker, facts) bool) {
		ask := func(purpose core.Purpose, machine bool, about []situation) bool {
			a := Asker{context: requestContext(purpose, machine), rules: rules}
			for _, sit := range about {
				a.resource, a.entities = sit.on, pair{principal, sit.entity}
				f := sit.facts
				f.purpose, f.machine = purpose, machine
				if !yield(&a, f) {
					return false
				}
			}
			return true
		}
		if !ask(usual, true, s.parts) {
			return
		}
		for _, purpose := range core.Purposes {
			if !ask(purpose, false, s.parts) || !ask(purpose, true, s.parts[len(s.parts)-1:]) {
				return
			}
		}
		ask(usual, false, s.states)
	}
}

// difference returns the first cell where the policies and the table differ, or
// "". Only the given actions are asked (nil: all), of the given people in their
// order.
func (s *stage) difference(rules *inForce, expect func(who, Action, facts) bool, people []who, only []Action) string {
	asked := map[ResourceType][]Action{}
	for _, t := range resourceTypes {
		asked[t] = slices.DeleteFunc(slices.Clone(actionsOn(t)), func(a Action) bool { return only != nil && !slices.Contains(only, a) })
	}
	for _, w := range people {
		for a, f := range s.questions(w, rules) {
			for _, action := range asked[f.on] {
				if got, want := a.May(action), expect(w, action, f); got != want {
					return fmt.Sprintf("%s in %s: %s: policies say %t (%v), the table says %t, for %+v",
						w.role, w.kind, action, got, a.Check(action).Policies, want, f)
				}
			}
		}
	}
	return ""
}

func (s *stage) expectNormally(w who, a Action, f facts) bool { return s.may.allows(w, a, f) }

func (s *stage) expectWhatever(w who, a Action, f facts) bool { return !s.never.forbids(w, a, f) }

// everythingToEverybody is the memorandum that must not be able to undo an
// immutable forbid.
const everythingToEverybody = `
@title("Everything to everybody")
@parties("Anybody; Everybody")
@from("2000-01-01")
@id("everything")
permit (principal, action, resource)
when {
  [
    Purpose::"identify", Purpose::"protect", Purpose::"investigate", Purpose::"screen", Purpose::"publish",
    Purpose::"oversee", Purpose::"administer"
  ].contains(context.purpose)
};
`

func TestEveryCellOfTheMatrix(t *testing.T) {
	s := newStage(t)
	p := load(t)
	for _, r := range allRoles {
		t.Run(string(r), func(t *testing.T) {
			t.Parallel()
			if d := s.difference(p.now(), s.expectNormally, withRole(r), nil); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNoMemorandumUndoesAnImmutableForbid(t *testing.T) {
	s := newStage(t)
	p := load(t, source{name: "mou-hostile.cedar", text: everythingToEverybody, local: true})
	for _, r := range allRoles {
		t.Run(string(r), func(t *testing.T) {
			t.Parallel()
			if d := s.difference(p.now(), s.expectWhatever, withRole(r), nil); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every action stands in the table under its type of resource, once.
func TestTheTableKnowsEveryAction(t *testing.T) {
	m := readMay(t)
	for _, on := range resourceTypes {
		for _, a := range actionsOn(on) {
			if _, ok := m.cells[subject{a, on}]; !ok {
				t.Errorf("may.txt has no row for %s on %s", a, on)
			}
			delete(m.cells, subject{a, on})
		}
	}
	for s := range m.cells {
		t.Errorf("may.txt has a row for %s on %s, which cannot be asked", s.action, s.resource)
	}
}

// Every action that the table gives to somebody is also refused to somebody who
// differs in the role alone, in the purpose alone, and, about cases and drafts,
// in the agency alone.
func TestEveryPermissionHasItsRefusals(t *testing.T) {
	s := newStage(t)
	p := load(t)
	for _, on := range resourceTypes {
		for _, action := range actionsOn(on) {
			actor, f, found := s.somebodyWhoMay(action, on)
			if !found {
				t.Errorf("%s on %s: the table gives it to nobody", action, on)
				continue
			}
			res := f.resource()
			if !p.Check(actor, f.purpose, action, res).Allowed {
				t.Errorf("%s on %s: not allowed to %+v", action, on, actor)
			}
			nobody, stranger := actor, actor
			nobody.Roles = []core.Role{core.RoleStatistician}
			stranger.AgencyID = core.ID{15: 77}
			stranger.UserID = core.ID{15: 78}
			mustRefuse(t, p, nobody, f.purpose, action, res, "another role")
			mustRefuse(t, p, actor, core.Publish, action, res, "another purpose")
			if on != System && !actor.Has(core.RoleAuditor) && !actor.Has("system") {
				mustRefuse(t, p, stranger, f.purpose, action, res, "another agency")
			}
		}
	}
}

func mustRefuse(t *testing.T, p *Policies, actor core.Actor, purpose core.Purpose, a Action, r Resource, what string) {
	t.Helper()
	if d := p.Check(actor, purpose, a, r); d.Allowed {
		t.Errorf("%s on %s: allowed to %s: %v", a, r.Type, what, d.Policies)
	}
}

func (s *stage) somebodyWhoMay(action Action, on ResourceType) (core.Actor, facts, bool) {
	for _, w := range everybody() {
		for _, f := range s.questions(w, nil) {
			if f.on == on && s.may.allows(w, action, f) {
				actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: w.kind, Roles: []core.Role{w.role}}
				actor.TokenID = either(f.machine, aToken, core.ID{})
				return actor, f, true
			}
		}
	}
	return core.Actor{}, facts{}, false
}

func withRole(r core.Role) []who {
	return slices.DeleteFunc(everybody(), func(w who) bool { return w.role != r })
}

// load reads the shipped policies and the given additional files.
func load(t testing.TB, more ...source) *Policies {
	t.Helper()
	p, err := tryLoad(more...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shippedLoader has read the shipped files; tests add theirs to a copy.
var shippedLoader = sync.OnceValues(func() (*loader, error) {
	l, err := newLoader()
	if err != nil {
		return nil, err
	}
	sources, err := embeddedSources()
	if err != nil {
		return nil, err
	}
	return l, l.addAll(sources)
})

func tryLoad(more ...source) (*Policies, error) {
	shipped, err := shippedLoader()
	if err != nil {
		return nil, err
	}
	l := *shipped
	l.files, l.rules = slices.Clone(l.files), slices.Clone(l.rules)
	if err := l.addAll(more); err != nil {
		return nil, err
	}
	return newPolicies(today, l.files, l.rules)
}
