package accesstest_test

import (
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/core"
)

func TestCastIsDistinctAndStable(t *testing.T) {
	users, agencies := map[core.ID]string{}, map[core.ID]string{}
	for _, a := range accesstest.Actors() {
		if other, taken := users[a.UserID]; taken {
			t.Errorf("%s and %s share an identifier", a.Name, other)
		}
		users[a.UserID] = a.Name
		if !a.Purpose.Valid() {
			t.Errorf("%s declares purpose %q", a.Name, a.Purpose)
		}
	}
	for _, a := range accesstest.Agencies() {
		if other, taken := agencies[a.ID]; taken {
			t.Errorf("%s and %s share an identifier", a.Code, other)
		}
		agencies[a.ID] = a.Code
		if parsed, err := core.ParseID(a.ID.String()); err != nil || parsed != a.ID {
			t.Errorf("%s: identifier does not survive text: %v", a.Code, err)
		}
	}
	const want = "00000000-0001-7000-8000-000000010101"
	if got := accesstest.AgencyOf(core.Police).ID.String(); got != want {
		t.Errorf("the first police agency is %s, and was always %s", got, want)
	}
}

func TestEveryRoleIsInTheCast(t *testing.T) {
	seen := map[core.Role]bool{}
	for _, a := range accesstest.Actors() {
		seen[a.Roles[0]] = true
	}
	for _, r := range core.Roles {
		if !seen[r] {
			t.Errorf("nobody has the role %s", r)
		}
	}
}

// The second agency of a kind is a stranger to the case of the first.
func TestElsewhereSeesNothing(t *testing.T) {
	p, err := access.New(core.NewFixedClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), "")
	if err != nil {
		t.Fatal(err)
	}
	c := accesstest.Case(core.NGO)
	here := accesstest.Of(core.RoleFirstResponder, core.NGO)
	there := accesstest.Elsewhere(core.RoleFirstResponder, core.NGO)
	if !p.Check(here.Actor, here.Purpose, access.ViewStatus, c).Allowed {
		t.Error("the agency that referred does not see the status")
	}
	if p.Check(there.Actor, there.Purpose, access.ViewStatus, c).Allowed {
		t.Error("another agency sees the status")
	}
}
