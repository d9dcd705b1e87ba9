package access

import (
	"testing"

	"clew/internal/core"
)

// A list of concerns holds what its reader may open, and nothing else: for every
// role in every kind of agency, every purpose, and every desk and force.
func TestTheConcernScopeIsThePolicy(t *testing.T) {
	p := load(t)
	seen := 0
	for _, w := range everybody() {
		actor := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: w.kind, Roles: []core.Role{w.role}}
		for _, purpose := range core.Purposes {
			scope := p.ConcernScope(actor, purpose)
			for _, desk := range []core.ID{{}, ownAgency, otherAgency} {
				for _, passed := range []core.ID{{}, ownAgency, otherAgency} {
					r := Resource{Type: Concern, ID: core.ID{15: 9}, Desk: desk, PassedTo: passed}
					may := p.Check(actor, purpose, ViewConcern, r).Allowed
					if scope.Contains(r) != may {
						t.Errorf("%s in %s to %s, desk %v, passed to %v: in the list %t, may open it %t", w.role, w.kind, purpose, desk, passed, !may, may)
					}
					if may {
						seen++
					}
				}
			}
		}
	}
	if seen == 0 {
		t.Error("nobody may open any concern")
	}
}
