package auth

import (
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database/dbtest"
)

func TestOnlyAdministratorsAdminister(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{})
	other := h.admin
	other.Roles = []core.Role{core.RoleManager}
	before := h.count(`SELECT count(*) FROM ledger_entry`)
	for name, do := range map[string]func() error{
		"add user": func() error {
			_, _, err := h.AddUser(ctx, other, NewUser{AgencyID: h.agency, Login: "new", Name: "New", Roles: []core.Role{core.RoleReviewer}})
			return err
		},
		"change user": func() error { return h.ChangeUser(ctx, other, h.user, 1, "N", []core.Role{core.RoleReviewer}, true) },
		"reset user":  func() error { _, err := h.ResetUser(ctx, other, h.user); return err },
		"save agency": func() error {
			_, err := h.SaveAgency(ctx, other, core.Agency{Kind: core.Police, Name: "N", Code: "nn", Jurisdiction: "scotland"})
			return err
		},
		"add token":    func() error { _, err := h.AddToken(ctx, other, h.token()); return err },
		"tokens":       func() error { _, err := h.Tokens(ctx, other); return err },
		"revoke token": func() error { return h.RevokeToken(ctx, other, core.NewIDAt(start)) },
	} {
		if err := do(); core.KindOf(err) != core.NotFound && core.KindOf(err) != core.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := h.count(`SELECT count(*) FROM user_account`) + h.count(`SELECT count(*) FROM agency`) + h.count(`SELECT count(*) FROM api_token`); n != 3 {
		t.Errorf("%d rows", n)
	}
	if n := h.count(`SELECT count(*) FROM ledger_entry`); n != before {
		t.Errorf("%d entries, want %d", n, before)
	}
}

func TestAddingUsers(t *testing.T) {
	each(t, func(h *house) {
		good := NewUser{AgencyID: h.agency, Login: "new", Name: " New  ", Roles: []core.Role{core.RoleReviewer, core.RoleReviewer}}
		for code, change := range map[string]func(*NewUser){
			"login.form":         func(n *NewUser) { n.Login = "a b" },
			"taken":              func(n *NewUser) { n.Login = strings.ToUpper(login) },
			"role.place":         func(n *NewUser) { n.Roles = []core.Role{core.RoleSupportWorker} },
			"role.administrator": func(n *NewUser) { n.Roles = []core.Role{core.RoleAdministrator, core.RoleReviewer} },
			"password.short":     func(n *NewUser) { n.Password = "x" },
			"required":           func(n *NewUser) { n.Name = "bell\a" },
		} {
			n := good
			change(&n)
			_, password, err := h.AddUser(ctx, h.admin, n)
			refused(h.t, err, code)
			if password != "" {
				h.t.Errorf("%s: a password came with it", code)
			}
		}
		for name, change := range map[string]func(*NewUser){
			"no role":     func(n *NewUser) { n.Roles = nil },
			"no name":     func(n *NewUser) { n.Name = " " },
			"long name":   func(n *NewUser) { n.Name = strings.Repeat("x", 201) },
			"no agency":   func(n *NewUser) { n.AgencyID = core.ID{} },
			"forged":      func(n *NewUser) { n.AgencyID = core.NewIDAt(start) },
			"made-up one": func(n *NewUser) { n.Roles = []core.Role{"emperor"} },
			"system":      func(n *NewUser) { n.Roles = []core.Role{"system"} },
		} {
			n := good
			change(&n)
			if _, _, err := h.AddUser(ctx, h.admin, n); core.KindOf(err) != core.Invalid {
				h.t.Errorf("%s: %v", name, err)
			}
		}
		_, _, err := h.AddUser(ctx, h.admin, NewUser{AgencyID: h.agency})
		for _, f := range core.FieldsOf(err) {
			if f.Name == "password" {
				h.t.Error("a missing sign-in name is blamed on the password")
			}
		}
		id, _, err := h.AddUser(ctx, h.admin, good)
		must(h.t, err)
		u, err := h.UserByLogin(ctx, "NEW ")
		must(h.t, err)
		if u.ID != id || u.Name != "New" || len(u.Roles) != 1 || !u.MustChange || !u.Active {
			h.t.Errorf("%+v", u)
		}
		a, err := h.Agency(ctx, h.agency)
		must(h.t, err)
		a.Active = false
		h.exec(`UPDATE agency SET active = FALSE WHERE id = $1`, h.agency)
		good.Login = "newer"
		_, _, err = h.AddUser(ctx, h.admin, good)
		refused(h.t, err, "required")
	})
}

func TestListsAreWholeAndNarrow(t *testing.T) {
	each(t, func(h *house) {
		second, err := h.SaveAgency(ctx, h.admin, core.Agency{Kind: core.Police, Name: "A Police", Code: "Second ", Jurisdiction: "scotland", Active: true})
		must(h.t, err)
		_, _, err = h.AddUser(ctx, h.admin, NewUser{AgencyID: second, Login: "officer", Name: "A", Roles: []core.Role{core.RoleOfficer}})
		must(h.t, err)
		for _, c := range []struct {
			agency core.ID
			want   int
		}{{core.ID{}, 3}, {h.agency, 2}, {second, 1}, {core.NewIDAt(start), 0}} {
			list, err := h.Users(ctx, c.agency)
			if err != nil || len(list) != c.want {
				h.t.Errorf("agency %v: %d users, %v", c.agency, len(list), err)
			}
		}
		agencies, err := h.Agencies(ctx)
		if err != nil || len(agencies) != 2 || agencies[0].ID != second {
			h.t.Errorf("%v, %v", agencies, err)
		}
		a, err := h.AgencyByCode(ctx, " SECOND")
		if err != nil || a.ID != second {
			h.t.Errorf("%v, %v", a, err)
		}
		_, err = h.AgencyByCode(ctx, "third")
		refused(h.t, err, "agency.not_found")
		_, err = h.User(ctx, second)
		refused(h.t, err, "user.not_found")
	})
}

func TestChangingUsers(t *testing.T) {
	each(t, func(h *house) {
		roles := []core.Role{core.RoleReviewer}
		refused(h.t, h.ChangeUser(ctx, h.admin, h.user, 7, "Casey", roles, true), "user.changed_meanwhile")
		refused(h.t, h.ChangeUser(ctx, h.admin, core.NewIDAt(start), 1, "Casey", roles, true), "user.not_found")
		refused(h.t, h.ChangeUser(ctx, h.admin, h.user, 1, "Casey", []core.Role{core.RoleAuditor}, true), "role.place")
		refused(h.t, h.ChangeUser(ctx, h.admin, h.admin.UserID, 1, "Ada", h.admin.Roles, false), "user.self")
		refused(h.t, h.ChangeUser(ctx, h.admin, h.admin.UserID, 1, "Ada", roles, true), "user.self")
		must(h.t, h.ChangeUser(ctx, h.admin, h.user, 1, "Casey", roles, true))
		if n := h.deeds("write", "manage_users"); n != 1 {
			h.t.Errorf("%d entries", n)
		}
	})
}

func TestResetTakesEverythingAway(t *testing.T) {
	each(t, func(h *house) {
		token, _, recovery := h.enrolled()
		for range lockAfter {
			_, _ = h.SignIn(ctx, login, "not the password", here)
		}
		password, err := h.ResetUser(ctx, h.admin, h.user)
		must(h.t, err)
		if h.stage(token) != "" {
			h.t.Error("a session goes on")
		}
		fresh, err := h.SignIn(ctx, login, password, here)
		must(h.t, err)
		if h.stage(fresh) != StageEnrol {
			h.t.Errorf("stage %s", h.stage(fresh))
		}
		fresh, _, _ = h.enrol(fresh)
		if h.stage(fresh) != StageChange {
			h.t.Errorf("stage %s", h.stage(fresh))
		}
		waiting, err := h.SignIn(ctx, login, password, here)
		must(h.t, err)
		_, err = h.EnterCode(ctx, waiting, recovery[0])
		refused(h.t, err, "auth.code")
		_, err = h.ResetUser(ctx, h.admin, core.NewIDAt(start))
		refused(h.t, err, "user.not_found")
		if _, err := h.BootstrapReset(ctx, h.user); err != nil {
			h.t.Error(err)
		}
		if n := h.deeds("write", "reset_user"); n != 1 || h.deeds("system", "reset_user") != 1 {
			h.t.Errorf("%d entries", n)
		}
	})
}

func TestSavingAgencies(t *testing.T) {
	each(t, func(h *house) {
		good := core.Agency{Kind: core.Police, Name: "Police", Code: "police", Jurisdiction: "scotland", Active: true}
		for code, change := range map[string]func(*core.Agency){
			"taken":     func(a *core.Agency) { a.Code = "AUTHORITY" },
			"code.form": func(a *core.Agency) { a.Code = "p" },
			"required":  func(a *core.Agency) { a.Kind = "system" },
		} {
			a := good
			change(&a)
			id, err := h.SaveAgency(ctx, h.admin, a)
			refused(h.t, err, code)
			if !id.IsZero() {
				h.t.Errorf("%s: an id came with it", code)
			}
		}
		for _, change := range []func(*core.Agency){func(a *core.Agency) { a.Name = "" }, func(a *core.Agency) { a.Jurisdiction = "" }, func(a *core.Agency) { a.Name = "a\nb" }} {
			a := good
			change(&a)
			_, err := h.SaveAgency(ctx, h.admin, a)
			refused(h.t, err, "required")
		}
		id, err := h.SaveAgency(ctx, h.admin, good)
		must(h.t, err)
		good.ID, good.Rev, good.Name = id, 1, "Northern Police"
		_, err = h.SaveAgency(ctx, h.admin, good)
		must(h.t, err)
		_, err = h.SaveAgency(ctx, h.admin, good)
		refused(h.t, err, "agency.changed_meanwhile")

		own, err := h.Agency(ctx, h.agency)
		must(h.t, err)
		own.Kind = core.Immigration // its caseworker would be one of immigration enforcement
		_, err = h.SaveAgency(ctx, h.admin, *own)
		refused(h.t, err, "agency.roles")
		own.Kind, own.Active = core.CompetentAuthority, false
		_, err = h.SaveAgency(ctx, h.admin, *own)
		refused(h.t, err, "agency.own")
	})
}

// token is a good one for a machine.
func (h *house) token() Token {
	return Token{AgencyID: h.agency, Role: core.RoleManager, Purpose: core.Identify, Label: "queue reader", ExpiresAt: h.clock.Now().Add(24 * time.Hour)}
}

func TestTokens(t *testing.T) {
	each(t, func(h *house) {
		secret, err := h.AddToken(ctx, h.admin, h.token())
		must(h.t, err)
		actor, purpose, err := h.ByToken(ctx, secret)
		must(h.t, err)
		if purpose != core.Identify || actor.UserID != h.admin.UserID || actor.TokenID.IsZero() || actor.AgencyID != h.agency || !actor.Has(core.RoleManager) || len(actor.Roles) != 1 || actor.SteppedUp {
			h.t.Errorf("%+v for %s", actor, purpose)
		}
		list, err := h.Tokens(ctx, h.admin)
		if err != nil || len(list) != 1 || !list[0].UsedAt.Equal(start) {
			h.t.Errorf("%v, %v", list, err)
		}
		for _, forged := range []string{"", "clew_", secret[:len(secret)-1], secret + "x", strings.TrimPrefix(secret, tokenPrefix), strings.ToUpper(secret), tokenPrefix + strings.Repeat("x", 200)} {
			_, _, err := h.ByToken(ctx, forged)
			refused(h.t, err, "auth.token")
		}
		if _, err := h.Session(ctx, secret); err == nil {
			h.t.Error("a machine's token opens a session")
		}
		h.exec(`UPDATE agency SET active = FALSE`)
		_, _, err = h.ByToken(ctx, secret)
		refused(h.t, err, "auth.token")
		h.exec(`UPDATE agency SET active = TRUE`)
		h.clock.Advance(24 * time.Hour)
		_, _, err = h.ByToken(ctx, secret)
		refused(h.t, err, "auth.token")
		h.clock.Set(start)
		must(h.t, h.RevokeToken(ctx, h.admin, list[0].ID))
		must(h.t, h.RevokeToken(ctx, h.admin, list[0].ID))
		_, _, err = h.ByToken(ctx, secret)
		refused(h.t, err, "auth.token")
		refused(h.t, h.RevokeToken(ctx, h.admin, core.NewIDAt(start)), "token.not_found")
	})
}

func TestATokenFromTheCommandLineIsNotClewItself(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{})
	token := h.token()
	token.OwnerID = h.user
	secret, err := h.BootstrapToken(ctx, token)
	must(t, err)
	actor, _, err := h.ByToken(ctx, secret)
	must(t, err)
	if actor.IsSystem() || actor.UserID == h.user || actor.UserID != actor.TokenID {
		t.Errorf("%+v", actor)
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{})
	for name, c := range map[string]struct {
		code   string
		change func(*Token)
	}{
		"no agency":      {"required", func(k *Token) { k.AgencyID = core.ID{} }},
		"administrator":  {"required", func(k *Token) { k.Role = core.RoleAdministrator }},
		"system":         {"required", func(k *Token) { k.Role = "system" }},
		"no work there":  {"role.place", func(k *Token) { k.Role = core.RoleImmigrationStaff }},
		"no purpose":     {"required", func(k *Token) { k.Purpose = "" }},
		"to administer":  {"required", func(k *Token) { k.Purpose = core.Administer }},
		"no label":       {"required", func(k *Token) { k.Label = "  " }},
		"ends at once":   {"token.life", func(k *Token) { k.ExpiresAt = start }},
		"lasts for ever": {"token.life", func(k *Token) { k.ExpiresAt = start.Add(maxTokenLife + time.Second) }},
	} {
		token := h.token()
		c.change(&token)
		secret, err := h.AddToken(ctx, h.admin, token)
		if secret != "" {
			t.Errorf("%s: a secret came with it", name)
		}
		refused(t, err, c.code)
	}
}
