package access

import "clew/internal/core"

// ConcernScope is the set of concerns that an actor may see for a purpose: those
// of a desk, those passed to a force. A zero id stands for none of that sort.
type ConcernScope struct {
	Desk     core.ID
	PassedTo core.ID
}

// Empty reports whether no concern is in the scope.
func (s ConcernScope) Empty() bool { return s.Desk.IsZero() && s.PassedTo.IsZero() }

// Contains reports whether the concern is in the scope. It agrees with
// Policies.Check for ViewConcern on every concern; a test holds it to that.
func (s ConcernScope) Contains(r Resource) bool {
	return r.Type == Concern && (!s.Desk.IsZero() && r.Desk == s.Desk || !s.PassedTo.IsZero() && r.PassedTo == s.PassedTo)
}

// ConcernScope asks the policies about a concern of the actor's own desk, and
// about one that was passed to the actor's agency: a policy on viewConcern knows
// nothing else of a concern.
func (p *Policies) ConcernScope(actor core.Actor, purpose core.Purpose) ConcernScope {
	var s ConcernScope
	if p.Check(actor, purpose, ViewConcern, Resource{Type: Concern, Desk: actor.AgencyID}).Allowed {
		s.Desk = actor.AgencyID
	}
	if p.Check(actor, purpose, ViewConcern, Resource{Type: Concern, PassedTo: actor.AgencyID}).Allowed {
		s.PassedTo = actor.AgencyID
	}
	return s
}
