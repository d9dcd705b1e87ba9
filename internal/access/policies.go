package access

import (
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"

	"clew/internal/core"
)

// The names in Decision.Policies that stand for no policy file.
const (
	noActor      = "access:no_actor"      // the actor has no user or no agency
	unknownInput = "access:unknown_input" // an action, purpose or resource type outside the vocabulary
	brokenPolicy = "access:policy_error"  // a policy failed to evaluate; the answer is no
)

// Decision is an answer with its grounds.
type Decision struct {
	Allowed  bool
	Policies []string // "file:id" of those that allowed it, or that forbade it; none when simply nothing allows it
}

// Policies is the set of all policy files. It is safe for concurrent use.
type Policies struct {
	clock    core.Clock
	files    []PolicyFile
	rules    []*rule
	entities *entities
	current  atomic.Pointer[inForce]
}

// New loads the policies that clew ships and, when extraDir is not empty, the
// additional memoranda (mou-*.cedar) in it. Any fault in any file is an error
// that names the file and line: a half-read policy set is never used.
//
// An additional file may permit and forbid, but Cedar lets every forbid win
// over every permit, so none can undo a forbid of immutable.cedar.
func New(clock core.Clock, extraDir string) (*Policies, error) {
	sources, err := embeddedSources()
	if err != nil {
		return nil, err
	}
	local, err := localSources(extraDir)
	if err != nil {
		return nil, err
	}
	l, err := newLoader()
	if err != nil {
		return nil, err
	}
	if err := l.addAll(append(sources, local...)); err != nil {
		return nil, err
	}
	return newPolicies(clock, l.files, l.rules)
}

func newPolicies(clock core.Clock, files []PolicyFile, rules []*rule) (*Policies, error) {
	p := &Policies{clock: clock, files: files, rules: rules, entities: newEntities()}
	if err := p.checkScopes(); err != nil {
		return nil, err
	}
	return p, nil
}

// checkScopes makes sure that every policy on an action that has lists can become
// a scope, whoever asks.
func (p *Policies) checkScopes() error {
	for _, a := range []Action{ViewStatus, ViewSafeguarding, ViewMissing} {
		someone := p.partialFor(core.SystemActor(), core.Identify, a)
		for _, r := range p.rules {
			if !concerns(r.ast, a, Case) {
				continue
			}
			if _, err := someone.terms(r, r.Effect() == cedar.Forbid); err != nil {
				return err
			}
		}
	}
	return nil
}

// Files returns every policy file, in the order they were read.
func (p *Policies) Files() []PolicyFile { return slices.Clone(p.files) }

// inForce is the policies that apply in a span of time, found by what they are
// about.
type inForce struct {
	from, until time.Time // until is exclusive; zero means for ever
	about       map[subject]candidates
	scopes      *recent[scopeKey, Scope]
}

type scopeKey struct {
	action Action
	principalKey
	contextKey
}

type subject struct {
	action   Action
	resource ResourceType
}

var resourceTypes = []ResourceType{Case, Draft, Agency, System, Place, Offer, Support, Concern}

// now returns the policies in force, built again only when a memorandum has
// begun or ended since the last question.
func (p *Policies) now() *inForce {
	t := p.clock.Now()
	if f := p.current.Load(); f != nil && f.covers(t) {
		return f
	}
	f := p.inForceAt(t)
	p.current.Store(f)
	return f
}

func (f *inForce) covers(t time.Time) bool {
	return !t.Before(f.from) && (f.until.IsZero() || t.Before(f.until))
}

func (p *Policies) inForceAt(t time.Time) *inForce {
	f := &inForce{about: map[subject]candidates{}, scopes: newRecent[scopeKey, Scope](entityCacheSize)}
	for _, file := range p.files {
		f.narrow(t, file.From)
		if !file.Until.IsZero() {
			f.narrow(t, file.end())
		}
	}
	for _, r := range p.rules {
		if p.files[r.file].InForce(t) {
			f.add(r)
		}
	}
	return f
}

// narrow bounds the span by a moment at which something changes.
func (f *inForce) narrow(t, change time.Time) {
	switch {
	case change.After(t):
		if f.until.IsZero() || change.Before(f.until) {
			f.until = change
		}
	case change.After(f.from):
		f.from = change
	}
}

func (f *inForce) add(r *rule) {
	for _, a := range Actions {
		policy, left := r.about(a)
		if !left {
			continue
		}
		for _, t := range resourceTypes {
			if concerns(r.ast, a, t) {
				s := subject{a, t}
				f.about[s] = append(f.about[s], candidate{r, policy})
			}
		}
	}
}

// about returns what is left of a policy once the action is known, and whether
// anything is. Long lists of actions are then compared once, here, and not at
// every question.
func (r *rule) about(a Action) (*cedar.Policy, bool) {
	left, applies := eval.PartialPolicy(eval.Env{
		Principal: eval.Variable("principal"),
		Action:    word(typeAction, a),
		Resource:  eval.Variable("resource"),
		Context:   eval.Variable("context"),
		Entities:  cedar.EntityMap{},
	}, r.ast)
	if !applies {
		return nil, false
	}
	return cedar.NewPolicyFromAST((*cedarast.Policy)(left)), true
}

// concerns reports whether the head of a policy admits the action and the type
// of resource.
func concerns(p *ast.Policy, a Action, t ResourceType) bool {
	return headAdmits(p.Action, word(typeAction, a)) && resourceAdmits(p.Resource, t)
}

func headAdmits(scope ast.IsActionScopeNode, action cedar.EntityUID) bool {
	switch s := scope.(type) {
	case ast.ScopeTypeEq:
		return s.Entity == action
	case ast.ScopeTypeIn:
		return s.Entity == action
	case ast.ScopeTypeInSet:
		return slices.Contains(s.Entities, action)
	}
	return true
}

func resourceAdmits(scope ast.IsResourceScopeNode, t ResourceType) bool {
	if s, ok := scope.(ast.ScopeTypeIs); ok {
		return s.Type == cedar.EntityType(t)
	}
	return true
}

// candidates are the policies about one subject; Cedar walks no others.
type candidates []candidate

type candidate struct {
	*rule
	left *cedar.Policy
}

// All implements cedar.PolicyIterator.
func (c candidates) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, r := range c {
			if !yield(cedar.PolicyID(r.name), r.left) {
				return
			}
		}
	}
}

// Check answers one question. It never fails: what cannot be understood is
// refused.
func (p *Policies) Check(actor core.Actor, purpose core.Purpose, action Action, res Resource) Decision {
	return p.For(actor, purpose, res).Check(action)
}

// Asker is an actor with a purpose before one resource, for a page that asks
// about many actions. It holds the policies in force when it was made: make a
// new one for every request.
type Asker struct {
	refused  string
	resource ResourceType
	entities pair
	context  cedar.Record
	rules    *inForce
}

// For prepares questions about one resource.
func (p *Policies) For(actor core.Actor, purpose core.Purpose, res Resource) *Asker {
	if refused := refuse(actor, purpose); refused != "" {
		return &Asker{refused: refused}
	}
	return &Asker{
		resource: res.Type,
		entities: pair{principal: p.entities.principal(actor), resource: p.entities.resource(res)},
		context:  p.entities.context(actor, purpose),
		rules:    p.now(),
	}
}

// refuse names the reason not to ask the policies at all, if there is one. An
// actor without an agency must not equal a case without a support agency.
func refuse(actor core.Actor, purpose core.Purpose) string {
	switch {
	case actor.UserID.IsZero() || actor.AgencyID.IsZero():
		return noActor
	case !purpose.Valid():
		return unknownInput
	}
	return ""
}

// Check answers one question about the resource.
func (a *Asker) Check(action Action) Decision {
	if a.refused != "" {
		return Decision{Policies: []string{a.refused}}
	}
	rules, known := a.rules.about[subject{action, a.resource}]
	if !known {
		return Decision{Policies: []string{unknownInput}}
	}
	decision, diagnostic := cedar.Authorize(rules, &a.entities, cedar.Request{
		Principal: a.entities.principal.UID,
		Action:    word(typeAction, action),
		Resource:  a.entities.resource.UID,
		Context:   a.context,
	})
	// Cedar skips a policy that fails, which for a forbid would be to allow.
	if len(diagnostic.Errors) > 0 {
		return Decision{Policies: []string{brokenPolicy, string(diagnostic.Errors[0].PolicyID)}}
	}
	d := Decision{Allowed: decision == cedar.Allow}
	for _, reason := range diagnostic.Reasons {
		d.Policies = append(d.Policies, string(reason.PolicyID))
	}
	return d
}

// May reports whether the action is allowed.
func (a *Asker) May(action Action) bool { return a.Check(action).Allowed }

// Require is Check that turns a refusal into the error a use case returns. What
// the actor may not see does not exist for them; what they see and may not do is
// forbidden.
func (p *Policies) Require(actor core.Actor, purpose core.Purpose, action Action, res Resource) (Decision, error) {
	asker := p.For(actor, purpose, res)
	d := asker.Check(action)
	if d.Allowed {
		return d, nil
	}
	switch {
	case res.Type == Case && !asker.May(ViewStatus):
		return d, core.E(core.NotFound, "case.not_found", "There is no such case.")
	case res.Type == Draft && !asker.May(EditDraft):
		return d, core.E(core.NotFound, "draft.not_found", "There is no such draft.")
	case res.Type == Place && !asker.May(ViewPlace), res.Type == Offer && !asker.May(ViewOffer), res.Type == Support && !asker.May(ViewSupportFile):
		return d, core.E(core.NotFound, "support.not_found", "There is no such page.")
	}
	return d, core.E(core.Forbidden, "access.forbidden", "Your role does not allow this.")
}

// Scope returns the cases whose status the actor may see for the purpose, for
// lists. The result is shared: do not change it.
func (p *Policies) Scope(actor core.Actor, purpose core.Purpose) Scope {
	return p.ScopeOf(actor, purpose, ViewStatus)
}

// ScopeOf is Scope for another action that has lists: ViewSafeguarding or
// ViewMissing, whose scopes may name ChildColumns too. The scope of any other
// action is empty.
func (p *Policies) ScopeOf(actor core.Actor, purpose core.Purpose, action Action) Scope {
	if refuse(actor, purpose) != "" {
		return Scope{}
	}
	rules := p.now()
	return rules.scopes.get(scopeKey{action, keyOf(actor), contextOf(actor, purpose)}, func() Scope {
		return p.partialFor(actor, purpose, action).scope(rules.about[subject{action, Case}])
	})
}

// scope joins what is left of the permits and takes out what is left of the
// forbids.
func (p partial) scope(rules candidates) Scope {
	var allowed []Term
	spared := truth(true) // what no forbid touches
	for _, r := range rules {
		// Loading has shown that every such rule can be followed; if one cannot
		// after all, the list is empty, never too long.
		terms, err := p.terms(r.rule, r.Effect() == cedar.Forbid)
		if err != nil {
			return Scope{}
		}
		if r.Effect() == cedar.Forbid {
			spared = both(spared, terms)
		} else {
			allowed = append(allowed, terms...)
		}
	}
	return Scope{Any: both(absorb(allowed), spared)}
}

func (p *Policies) partialFor(actor core.Actor, purpose core.Purpose, action Action) partial {
	principal := p.entities.principal(actor)
	return partial{columns: columnsOf(action), env: eval.Env{
		Principal: principal.UID,
		Action:    word(typeAction, action),
		Resource:  entity(cedar.EntityType(Case), core.ID{}),
		Context:   p.entities.context(actor, purpose),
		Entities:  &pair{principal: principal},
	}}
}

// String makes a decision readable in a log line.
func (d Decision) String() string {
	if d.Allowed {
		return fmt.Sprintf("allowed by %v", d.Policies)
	}
	return fmt.Sprintf("refused by %v", d.Policies)
}
