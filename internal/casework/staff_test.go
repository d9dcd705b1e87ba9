package casework_test

import (
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

// TestOnlyACaseworkerOfTheAuthorityIsAssigned: accounts are real ones; whoever
// else is named, by a forged form, gets no case.
func TestOnlyACaseworkerOfTheAuthorityIsAssigned(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		accounts := auth.New(w.DB, w.Vault, w.Policies, w.Clock, auth.Options{WithoutTOTP: true, Cheap: true})
		svc, err := casework.New(w.Store, w.Policies, w.Vault, w.Schemes, w.Clock, casework.Options{Staff: accounts})
		ok(t, err)
		add := func(login string, agency core.ID, role core.Role) core.ID {
			id, _, err := accounts.Bootstrap(ctx, auth.NewUser{AgencyID: agency, Login: login, Name: login, Roles: []core.Role{role}}, false)
			ok(t, err)
			return id
		}
		authority := accesstest.AgencyOf(core.CompetentAuthority).ID
		id := w.In(casework.RGPending)
		assign := func(user core.ID) error {
			return svc.Assign(ctx, caseworktest.Manager.Actor, core.Identify, id, 0, user)
		}
		for name, user := range map[string]core.ID{
			"an administrator":                   add("admin", authority, core.RoleAdministrator),
			"another authority's caseworker":     add("elsewhere", accesstest.OtherAgencyOf(core.CompetentAuthority).ID, core.RoleCaseworker),
			"somebody who does not exist at all": core.NewIDs(w.Clock).New(),
		} {
			if err := assign(user); core.KindOf(err) != core.Invalid {
				t.Errorf("%s: %v, want Invalid", name, err)
			}
		}
		ok(t, assign(add("caseworker", authority, core.RoleCaseworker)))
		ok(t, assign(core.ID{}))
	})
}
