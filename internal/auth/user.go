package auth

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// Users lists the accounts of an agency by name; the zero agency means all.
func (s *Service) Users(ctx context.Context, agency core.ID) ([]User, error) {
	var rows *sql.Rows
	var err error
	if agency.IsZero() {
		rows, err = s.db.Reader().QueryContext(ctx, `SELECT `+userColumns+` FROM user_account ORDER BY name, id LIMIT 5000`)
	} else {
		rows, err = s.db.Reader().QueryContext(ctx, `SELECT `+userColumns+` FROM user_account WHERE agency_id = $1 ORDER BY name, id LIMIT 5000`, agency)
	}
	if err != nil {
		return nil, fmt.Errorf("list users: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []User
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a.User)
	}
	return list, rows.Err()
}

// User loads an account.
func (s *Service) User(ctx context.Context, id core.ID) (*User, error) {
	a, err := s.byID(ctx, s.db.Reader(), id)
	if err != nil {
		return nil, err
	}
	return &a.User, nil
}

// UserByLogin loads an account by its sign-in name.
func (s *Service) UserByLogin(ctx context.Context, login string) (*User, error) {
	a, err := s.byLogin(ctx, s.db.Reader(), login)
	if err != nil {
		return nil, err
	}
	return &a.User, nil
}

// NewUser is an account to be made.
type NewUser struct {
	AgencyID core.ID
	Login    string
	Name     string
	Roles    []core.Role
	Password string // empty: one is made up and returned
}

// AddUser makes an account and returns its first password, which must be changed
// at the first sign-in.
func (s *Service) AddUser(ctx context.Context, actor core.Actor, n NewUser) (core.ID, string, error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageUsers, access.Whole())
	if err != nil {
		return core.ID{}, "", err
	}
	return s.addUser(ctx, ledger.Write, actor, n, decision.Policies, true)
}

// Bootstrap makes an account from the command line, where whoever holds the
// database and the keyset is the operator. mustChange is false only for the
// demonstration.
func (s *Service) Bootstrap(ctx context.Context, n NewUser, mustChange bool) (core.ID, string, error) {
	return s.addUser(ctx, ledger.System, core.SystemActor(), n, nil, mustChange)
}

func (s *Service) addUser(ctx context.Context, kind ledger.Kind, actor core.Actor, n NewUser, policies []string, mustChange bool) (core.ID, string, error) {
	n.Login, n.Name = normalLogin(n.Login), strings.TrimSpace(n.Name)
	if n.Password == "" {
		n.Password = madeUpPassword()
	}
	agency, err := s.Agency(ctx, n.AgencyID)
	if core.KindOf(err) == core.NotFound || err == nil && !agency.Active {
		return core.ID{}, "", core.InvalidFields([]core.Field{{Name: "agency", Code: "required", Msg: "Choose an agency that is active."}})
	}
	if err != nil {
		return core.ID{}, "", err
	}
	fields := append(checkUser(n.Login, n.Name, n.Roles, agency.Kind), checkPassword("password", n.Password, n.Login)...)
	if err := core.InvalidFields(fields); err != nil {
		return core.ID{}, "", err
	}
	hash, err := s.hash(ctx, n.Password)
	if err != nil {
		return core.ID{}, "", err
	}
	id := s.ids.New()
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO user_account (`+userColumns+`, totp_step, failures) VALUES ($1, 1, $2, $3, $4, $5, TRUE, $6, $7, NULL, 0, $8, 0, 0, 0)`,
			id, n.AgencyID, n.Login, n.Name, roleWords(n.Roles), hash, mustChange, database.Micros(s.clock.Now()))
		if err != nil {
			return fmt.Errorf("add user: %w", err)
		}
		return s.record(ctx, tx, kind, actor, "manage_users", "user:"+id.String(), policies)
	})
	if err != nil {
		return core.ID{}, "", duplicate(err, "login", "Another account has this sign-in name. Choose a different one.")
	}
	return id, n.Password, nil
}

func roleWords(roles []core.Role) string {
	var words []string
	for _, r := range roles {
		if !slices.Contains(words, string(r)) {
			words = append(words, string(r))
		}
	}
	return strings.Join(words, " ")
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{2,99}$`)

// rolesFor is which roles have work in which kinds of agency. Everybody else's
// roles are for everybody; an administrator may sit anywhere.
var rolesFor = map[core.Role][]core.AgencyKind{
	core.RoleCaseworker:       {core.CompetentAuthority},
	core.RoleReviewer:         {core.CompetentAuthority},
	core.RoleManager:          {core.CompetentAuthority},
	core.RoleSupportWorker:    {core.SupportProvider, core.NGO},
	core.RoleSafeguardingLead: {core.LocalAuthority},
	core.RoleImmigrationStaff: {core.Immigration, core.Border},
	core.RoleStatistician:     {core.Statistics},
	core.RoleAdviser:          {core.NGO, core.SupportProvider, core.LocalAuthority, core.CompetentAuthority},
	core.RoleAuditor:          {core.Oversight},
}

// hasWork reports whether the role has work in that kind of agency.
func hasWork(r core.Role, kind core.AgencyKind) bool {
	kinds, limited := rolesFor[r]
	return r.Valid() && (!limited || slices.Contains(kinds, kind))
}

func checkUser(login, name string, roles []core.Role, kind core.AgencyKind) []core.Field {
	var f []core.Field
	if !loginForm.MatchString(login) {
		f = append(f, core.Field{Name: "login", Code: "login.form", Msg: "Enter a sign-in name of 3 to 100 small letters, digits or . _ @ + -, such as an e-mail address."})
	}
	if !isName(name) {
		f = append(f, core.Field{Name: "name", Code: "required", Msg: "Enter the person's name, up to 200 characters."})
	}
	if len(roles) == 0 {
		f = append(f, core.Field{Name: "roles", Code: "required", Msg: "Choose at least one role."})
	}
	for _, r := range roles {
		if !hasWork(r, kind) {
			f = append(f, core.Field{Name: "roles", Code: "role.place", Msg: fmt.Sprintf("The role “%s” has no work in this kind of agency. Choose another role.", r.Label())})
			break
		}
	}
	if slices.Contains(roles, core.RoleAdministrator) && slices.ContainsFunc(roles, func(r core.Role) bool { return r != core.RoleAdministrator }) {
		f = append(f, core.Field{Name: "roles", Code: "role.administrator", Msg: "An administrator sees no case, so the account can have no other role. Make two accounts."})
	}
	return f
}

// ChangeUser changes name, roles and whether the account is active. A user who
// is deactivated is signed out everywhere at once.
func (s *Service) ChangeUser(ctx context.Context, actor core.Actor, id core.ID, rev int, name string, roles []core.Role, active bool) error {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageUsers, access.Whole())
	if err != nil {
		return err
	}
	if id == actor.UserID && !active {
		return core.InvalidFields([]core.Field{{Name: "active", Code: "user.self", Msg: "You cannot remove your own account. Ask another administrator."}})
	}
	if id == actor.UserID && !slices.Contains(roles, core.RoleAdministrator) {
		return core.InvalidFields([]core.Field{{Name: "roles", Code: "user.self", Msg: "You cannot stop being an administrator by yourself. Ask another administrator."}})
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.changeUser(ctx, tx, id, rev, strings.TrimSpace(name), roles, active); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_users", "user:"+id.String(), decision.Policies)
	})
}

func (s *Service) changeUser(ctx context.Context, tx *sql.Tx, id core.ID, rev int, name string, roles []core.Role, active bool) error {
	a, err := s.byID(ctx, tx, id)
	if err != nil {
		return err
	}
	agency, err := s.agency(ctx, tx, a.AgencyID)
	if err != nil {
		return err
	}
	if err := core.InvalidFields(checkUser(a.Login, name, roles, agency.Kind)); err != nil {
		return err
	}
	ok, err := changedOne(tx.ExecContext(ctx, `UPDATE user_account SET rev = rev + 1, name = $2, roles = $3, active = $4 WHERE id = $1 AND rev = $5`,
		id, name, roleWords(roles), active, rev))
	if err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	if !ok {
		return core.E(core.Conflict, "user.changed_meanwhile", "Somebody else changed this account meanwhile. Load the page again.")
	}
	if !active {
		return s.endSessions(ctx, tx, id)
	}
	return nil
}

// ResetUser gives an account a new first password, takes away its one-time
// codes and its lock, and ends its sessions.
func (s *Service) ResetUser(ctx context.Context, actor core.Actor, id core.ID) (password string, err error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageUsers, access.Whole())
	if err != nil {
		return "", err
	}
	return s.resetUser(ctx, ledger.Write, actor, id, decision.Policies)
}

// BootstrapReset is ResetUser from the command line.
func (s *Service) BootstrapReset(ctx context.Context, id core.ID) (password string, err error) {
	return s.resetUser(ctx, ledger.System, core.SystemActor(), id, nil)
}

func (s *Service) resetUser(ctx context.Context, kind ledger.Kind, actor core.Actor, id core.ID, policies []string) (string, error) {
	password := madeUpPassword()
	hash, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := changedOne(tx.ExecContext(ctx, `UPDATE user_account SET rev = rev + 1, password = $2, must_change = TRUE, totp = NULL, failures = 0, locked_until = 0 WHERE id = $1`, id, hash))
		if err != nil {
			return fmt.Errorf("reset user: %w", err)
		}
		if !ok {
			return core.E(core.NotFound, "user.not_found", "There is no such user.")
		}
		if err := s.dropRecovery(ctx, tx, id); err != nil {
			return err
		}
		if err := s.endSessions(ctx, tx, id); err != nil {
			return err
		}
		return s.record(ctx, tx, kind, actor, "reset_user", "user:"+id.String(), policies)
	})
	return onlyIf(err, password)
}

// WorksAs reports whether the user has an active account with the role in the
// agency.
func (s *Service) WorksAs(ctx context.Context, user, agency core.ID, role core.Role) (bool, error) {
	u, err := s.User(ctx, user)
	if core.KindOf(err) == core.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return u.Active && u.AgencyID == agency && slices.Contains(u.Roles, role), nil
}
