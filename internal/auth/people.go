package auth

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

const agencyColumns = `id, rev, kind, name, code, jurisdiction, first_responder, active`

func scanAgency(r interface{ Scan(...any) error }) (*core.Agency, error) {
	var a core.Agency
	err := r.Scan(&a.ID, &a.Rev, &a.Kind, &a.Name, &a.Code, &a.Jurisdiction, &a.FirstResponder, &a.Active)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, core.E(core.NotFound, "agency.not_found", "There is no such agency.")
	}
	if err != nil {
		return nil, fmt.Errorf("load agency: %w", database.Explain(err))
	}
	return &a, nil
}

// Agency loads an agency.
func (s *Service) Agency(ctx context.Context, id core.ID) (*core.Agency, error) {
	return scanAgency(s.db.Reader().QueryRowContext(ctx, `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, id))
}

// AgencyByCode loads an agency by its code.
func (s *Service) AgencyByCode(ctx context.Context, code string) (*core.Agency, error) {
	return scanAgency(s.db.Reader().QueryRowContext(ctx, `SELECT `+agencyColumns+` FROM agency WHERE code = $1`, code))
}

// Agencies lists every agency by name, inactive ones included.
func (s *Service) Agencies(ctx context.Context) ([]core.Agency, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT `+agencyColumns+` FROM agency ORDER BY name, id LIMIT 5000`)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []core.Agency
	for rows.Next() {
		a, err := scanAgency(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *a)
	}
	return list, rows.Err()
}

// Users lists the accounts of an agency by name; the zero agency means all.
func (s *Service) Users(ctx context.Context, agency core.ID) ([]User, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT `+userColumns+` FROM user_account WHERE ($1 = '' OR agency_id = $1) ORDER BY name, id LIMIT 5000`, agency.String())
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

var agencyCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,38}$`)

// SaveAgency adds an agency (zero ID) or changes one read at its Rev.
func (s *Service) SaveAgency(ctx context.Context, actor core.Actor, a core.Agency) (core.ID, error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageAgencies, access.Whole())
	if err != nil {
		return core.ID{}, err
	}
	a.Name, a.Code = strings.TrimSpace(a.Name), strings.ToLower(strings.TrimSpace(a.Code))
	if err := core.InvalidFields(checkAgency(&a)); err != nil {
		return core.ID{}, err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.writeAgency(ctx, tx, &a); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_agencies", "agency:"+a.ID.String(), decision.Policies)
	})
	return a.ID, duplicate(err, "code", "Another agency has this code. Choose a different one.")
}

func checkAgency(a *core.Agency) []core.Field {
	var f []core.Field
	if !a.Kind.Valid() {
		f = append(f, core.Field{Name: "kind", Code: "required", Msg: "Choose what kind of agency it is."})
	}
	if a.Name == "" || utf8.RuneCountInString(a.Name) > 200 {
		f = append(f, core.Field{Name: "name", Code: "required", Msg: "Enter the agency's name, up to 200 characters."})
	}
	if !agencyCode.MatchString(a.Code) {
		f = append(f, core.Field{Name: "code", Code: "code.form", Msg: "Enter a short code of small letters, digits and hyphens, such as north-police."})
	}
	if a.Jurisdiction == "" || len(a.Jurisdiction) > 60 {
		f = append(f, core.Field{Name: "jurisdiction", Code: "required", Msg: "Choose the jurisdiction whose working days count."})
	}
	return f
}

func (s *Service) writeAgency(ctx context.Context, tx *sql.Tx, a *core.Agency) error {
	if a.ID.IsZero() {
		a.ID, a.Rev = s.ids.New(), 1
		_, err := tx.ExecContext(ctx, `INSERT INTO agency (`+agencyColumns+`, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, a.Rev, string(a.Kind), a.Name, a.Code, a.Jurisdiction, a.FirstResponder, a.Active, database.Micros(s.clock.Now()))
		return err
	}
	ok, err := changedOne(tx.ExecContext(ctx, `UPDATE agency SET rev = rev + 1, kind = $2, name = $3, code = $4, jurisdiction = $5, first_responder = $6, active = $7 WHERE id = $1 AND rev = $8`,
		a.ID, string(a.Kind), a.Name, a.Code, a.Jurisdiction, a.FirstResponder, a.Active, a.Rev))
	if err == nil && !ok {
		return core.E(core.Conflict, "agency.changed_meanwhile", "Somebody else changed this agency meanwhile. Load the page again.")
	}
	return err
}

// duplicate turns a broken uniqueness into an error about the field.
func duplicate(err error, field, msg string) error {
	if err != nil && core.KindOf(err) == core.Conflict {
		var e *core.Error
		if errors.As(err, &e) && e.Code == "storage.exists" {
			return core.InvalidFields([]core.Field{{Name: field, Code: "taken", Msg: msg}})
		}
	}
	return err
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
	return s.addUser(ctx, actor, n, decision.Policies, true)
}

// Bootstrap makes an account from the command line, where whoever holds the
// database and the keyset is the operator. mustChange is false only for the
// demonstration.
func (s *Service) Bootstrap(ctx context.Context, n NewUser, mustChange bool) (core.ID, string, error) {
	return s.addUser(ctx, core.SystemActor(), n, nil, mustChange)
}

// BootstrapAgency makes an agency from the command line.
func (s *Service) BootstrapAgency(ctx context.Context, a core.Agency) (core.ID, error) {
	if err := core.InvalidFields(checkAgency(&a)); err != nil {
		return core.ID{}, err
	}
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.writeAgency(ctx, tx, &a); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.System, core.SystemActor(), "manage_agencies", "agency:"+a.ID.String(), nil)
	})
	return a.ID, duplicate(err, "code", "Another agency has this code. Choose a different one.")
}

func (s *Service) addUser(ctx context.Context, actor core.Actor, n NewUser, policies []string, mustChange bool) (core.ID, string, error) {
	n.Login, n.Name = normalLogin(n.Login), strings.TrimSpace(n.Name)
	if n.Password == "" {
		n.Password = madeUpPassword()
	}
	agency, err := s.Agency(ctx, n.AgencyID)
	if err != nil {
		return core.ID{}, "", core.InvalidFields([]core.Field{{Name: "agency", Code: "required", Msg: "Choose the agency."}})
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
		_, err := tx.ExecContext(ctx, `INSERT INTO user_account (`+userColumns+`) VALUES ($1, 1, $2, $3, $4, $5, TRUE, $6, $7, NULL, 0, 0, 0, $8, 0)`,
			id, n.AgencyID, n.Login, n.Name, roleWords(n.Roles), hash, mustChange, database.Micros(s.clock.Now()))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_users", "user:"+id.String(), policies)
	})
	return id, n.Password, duplicate(err, "login", "Another account has this sign-in name. Choose a different one.")
}

func roleWords(roles []core.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
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
	core.RoleAuditor:          {core.Oversight},
}

func checkUser(login, name string, roles []core.Role, kind core.AgencyKind) []core.Field {
	var f []core.Field
	if !loginForm.MatchString(login) {
		f = append(f, core.Field{Name: "login", Code: "login.form", Msg: "Enter a sign-in name of 3 to 100 small letters, digits or . _ @ + -, such as an e-mail address."})
	}
	if name == "" || utf8.RuneCountInString(name) > 200 || !utf8.ValidString(name) {
		f = append(f, core.Field{Name: "name", Code: "required", Msg: "Enter the person's name, up to 200 characters."})
	}
	if len(roles) == 0 {
		f = append(f, core.Field{Name: "roles", Code: "required", Msg: "Choose at least one role."})
	}
	for _, r := range roles {
		if kinds, limited := rolesFor[r]; !r.Valid() || limited && !slices.Contains(kinds, kind) {
			f = append(f, core.Field{Name: "roles", Code: "role.place", Msg: fmt.Sprintf("The role “%s” has no work in this kind of agency. Choose another role.", r.Label())})
			break
		}
	}
	if slices.Contains(roles, core.RoleAdministrator) && len(roles) > 1 {
		f = append(f, core.Field{Name: "roles", Code: "role.administrator", Msg: "An administrator sees no case, so the account can have no other role. Make two accounts."})
	}
	return f
}

// madeUpPassword is 16 random characters without look-alikes: about 79 bits.
func madeUpPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b [16]byte
	for i := range b {
		for {
			var r [1]byte
			_, _ = rand.Read(r[:])
			if int(r[0]) < 256/len(letters)*len(letters) {
				b[i] = letters[int(r[0])%len(letters)]
				break
			}
		}
	}
	return string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:12]) + "-" + string(b[12:])
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
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		a, err := s.byID(ctx, tx, id)
		if err != nil {
			return err
		}
		agency, err := scanAgency(tx.QueryRowContext(ctx, `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, a.AgencyID))
		if err != nil {
			return err
		}
		if err := core.InvalidFields(checkUser(a.Login, strings.TrimSpace(name), roles, agency.Kind)); err != nil {
			return err
		}
		ok, err := changedOne(tx.ExecContext(ctx, `UPDATE user_account SET rev = rev + 1, name = $2, roles = $3, active = $4 WHERE id = $1 AND rev = $5`,
			id, strings.TrimSpace(name), roleWords(roles), active, rev))
		if err != nil {
			return err
		}
		if !ok {
			return core.E(core.Conflict, "user.changed_meanwhile", "Somebody else changed this account meanwhile. Load the page again.")
		}
		if !active {
			if err := s.endSessions(ctx, tx, id, nil); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_users", "user:"+id.String(), decision.Policies)
	})
}

// ResetUser gives an account a new first password, takes away its one-time
// codes and its lock, and ends its sessions.
func (s *Service) ResetUser(ctx context.Context, actor core.Actor, id core.ID) (password string, err error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageUsers, access.Whole())
	if err != nil {
		return "", err
	}
	return s.resetUser(ctx, actor, id, decision.Policies)
}

func (s *Service) resetUser(ctx context.Context, actor core.Actor, id core.ID, policies []string) (string, error) {
	password := madeUpPassword()
	hash, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := changedOne(tx.ExecContext(ctx, `UPDATE user_account SET rev = rev + 1, password = $2, must_change = TRUE, totp = NULL, failures = 0, locked_until = 0 WHERE id = $1`, id, hash))
		if err != nil {
			return err
		}
		if !ok {
			return core.E(core.NotFound, "user.not_found", "There is no such user.")
		}
		if err := s.endSessions(ctx, tx, id, nil); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "reset_user", "user:"+id.String(), policies)
	})
	return password, err
}

// Token is what a machine shows to the API.
type Token struct {
	ID        core.ID
	AgencyID  core.ID
	OwnerID   core.ID
	Role      core.Role
	Purpose   core.Purpose
	Label     string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
	UsedAt    time.Time
}

const maxTokenLife = 366 * 24 * time.Hour

// AddToken makes a token for a machine of an agency, good for one role and one
// purpose. The secret is returned once.
func (s *Service) AddToken(ctx context.Context, actor core.Actor, t Token) (secret string, err error) {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageTokens, access.Whole())
	if err != nil {
		return "", err
	}
	return s.addToken(ctx, actor, t, decision.Policies)
}

// BootstrapToken makes a token from the command line.
func (s *Service) BootstrapToken(ctx context.Context, t Token) (string, error) {
	t.OwnerID = core.SystemActor().UserID
	return s.addToken(ctx, core.SystemActor(), t, nil)
}

func (s *Service) addToken(ctx context.Context, actor core.Actor, t Token, policies []string) (string, error) {
	var f []core.Field
	if !t.Role.Valid() || t.Role == core.RoleAdministrator {
		f = append(f, core.Field{Name: "role", Code: "required", Msg: "Choose what the machine does."})
	}
	if !t.Purpose.Valid() {
		f = append(f, core.Field{Name: "purpose", Code: "required", Msg: "Choose the purpose."})
	}
	if t.Label = strings.TrimSpace(t.Label); t.Label == "" || utf8.RuneCountInString(t.Label) > 200 {
		f = append(f, core.Field{Name: "label", Code: "required", Msg: "Say which system uses the token, up to 200 characters."})
	}
	now := s.clock.Now()
	if !t.ExpiresAt.After(now) || t.ExpiresAt.After(now.Add(maxTokenLife)) {
		f = append(f, core.Field{Name: "expires", Code: "token.life", Msg: "Choose a last day within the next year."})
	}
	if err := core.InvalidFields(f); err != nil {
		return "", err
	}
	body, _ := newToken()
	secret := "clew_" + body
	t.ID, t.CreatedAt = s.ids.New(), now
	if t.OwnerID.IsZero() {
		t.OwnerID = actor.UserID
	}
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO api_token (id, digest, agency_id, owner_id, role, purpose, label, created_at, expires_at, revoked_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)`,
			t.ID, digestOf(secret), t.AgencyID, t.OwnerID, string(t.Role), string(t.Purpose), t.Label, database.Micros(now), database.Micros(t.ExpiresAt))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_tokens", "token:"+t.ID.String(), policies)
	})
	return secret, err
}

const tokenColumns = `id, agency_id, owner_id, role, purpose, label, created_at, expires_at, revoked_at, used_at`

func scanToken(r interface{ Scan(...any) error }) (t Token, err error) {
	var created, expires, revoked, used int64
	err = r.Scan(&t.ID, &t.AgencyID, &t.OwnerID, &t.Role, &t.Purpose, &t.Label, &created, &expires, &revoked, &used)
	t.CreatedAt, t.ExpiresAt, t.RevokedAt, t.UsedAt = database.FromMicros(created), database.FromMicros(expires), database.FromMicros(revoked), database.FromMicros(used)
	return t, err
}

// Tokens lists all tokens, newest first.
func (s *Service) Tokens(ctx context.Context, actor core.Actor) ([]Token, error) {
	if _, err := s.policies.Require(actor, core.Administer, access.ManageTokens, access.Whole()); err != nil {
		return nil, err
	}
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT `+tokenColumns+` FROM api_token ORDER BY id DESC LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []Token
	for rows.Next() {
		t, err := scanToken(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// RevokeToken ends a token at once.
func (s *Service) RevokeToken(ctx context.Context, actor core.Actor, id core.ID) error {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageTokens, access.Whole())
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0`, id, database.Micros(s.clock.Now())); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_tokens", "token:"+id.String(), decision.Policies)
	})
}

// ByToken returns who a machine's token speaks for. A token that is unknown,
// revoked or expired is Unauthorized.
func (s *Service) ByToken(ctx context.Context, secret string) (core.Actor, core.Purpose, error) {
	bad := core.E(core.Unauthorized, "auth.token", "The token is missing, wrong, revoked or expired. Ask an administrator for a new one.")
	if !strings.HasPrefix(secret, "clew_") || len(secret) > 100 {
		return core.Actor{}, "", bad
	}
	t, err := scanToken(s.db.Reader().QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM api_token WHERE digest = $1`, digestOf(secret)))
	if errors.Is(err, sql.ErrNoRows) {
		return core.Actor{}, "", bad
	}
	if err != nil {
		return core.Actor{}, "", fmt.Errorf("load token: %w", database.Explain(err))
	}
	if !t.RevokedAt.IsZero() || !t.ExpiresAt.After(s.clock.Now()) {
		return core.Actor{}, "", bad
	}
	agency, err := s.Agency(ctx, t.AgencyID)
	if err != nil {
		return core.Actor{}, "", err
	}
	if !agency.Active {
		return core.Actor{}, "", bad
	}
	return core.Actor{UserID: t.OwnerID, AgencyID: t.AgencyID, AgencyKind: agency.Kind, Roles: []core.Role{t.Role}, TokenID: t.ID}, t.Purpose, nil
}
