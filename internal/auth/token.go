package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// Token is what a machine shows to the API.
type Token struct {
	ID        core.ID
	AgencyID  core.ID
	OwnerID   core.ID // who answers for it; the token itself when it was made on the command line
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
	if t.OwnerID.IsZero() {
		t.OwnerID = actor.UserID
	}
	return s.addToken(ctx, ledger.Write, actor, t, decision.Policies)
}

// BootstrapToken makes a token from the command line. It stands for itself and
// for nobody else: not for clew, whose own deeds are another matter.
func (s *Service) BootstrapToken(ctx context.Context, t Token) (string, error) {
	t.OwnerID = core.ID{}
	return s.addToken(ctx, ledger.System, core.SystemActor(), t, nil)
}

const tokenPrefix = "clew_" // so that scanners for leaked secrets know one

func (s *Service) addToken(ctx context.Context, kind ledger.Kind, actor core.Actor, t Token, policies []string) (string, error) {
	t.Label = strings.TrimSpace(t.Label)
	now := s.clock.Now()
	agency, err := s.Agency(ctx, t.AgencyID)
	if err != nil && core.KindOf(err) != core.NotFound {
		return "", err
	}
	if err := core.InvalidFields(checkToken(&t, agency, now)); err != nil {
		return "", err
	}
	body, _ := newToken()
	secret := tokenPrefix + body
	t.ID = s.ids.New()
	if t.OwnerID.IsZero() {
		t.OwnerID = t.ID
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO api_token (id, digest, agency_id, owner_id, role, purpose, label, created_at, expires_at, revoked_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)`,
			t.ID, digestOf(secret), t.AgencyID, t.OwnerID, string(t.Role), string(t.Purpose), t.Label, database.Micros(now), database.Micros(t.ExpiresAt))
		if err != nil {
			return fmt.Errorf("add token: %w", err)
		}
		return s.record(ctx, tx, kind, actor, "manage_tokens", "token:"+t.ID.String(), policies)
	})
	return onlyIf(err, secret)
}

func checkToken(t *Token, agency *core.Agency, now time.Time) []core.Field {
	var f []core.Field
	if agency == nil || !agency.Active {
		f = append(f, core.Field{Name: "agency", Code: "required", Msg: "Choose an agency that is active."})
	}
	switch {
	case !t.Role.Valid() || t.Role == core.RoleAdministrator:
		f = append(f, core.Field{Name: "role", Code: "required", Msg: "Choose what the machine does."})
	case agency != nil && !hasWork(t.Role, agency.Kind):
		f = append(f, core.Field{Name: "role", Code: "role.place", Msg: fmt.Sprintf("The role “%s” has no work in this kind of agency. Choose another role.", t.Role.Label())})
	}
	if !t.Purpose.Valid() || t.Purpose == core.Administer {
		f = append(f, core.Field{Name: "purpose", Code: "required", Msg: "Choose the purpose."})
	}
	if !isName(t.Label) {
		f = append(f, core.Field{Name: "label", Code: "required", Msg: "Say which system uses the token, up to 200 characters."})
	}
	if !t.ExpiresAt.After(now) || t.ExpiresAt.After(now.Add(maxTokenLife)) {
		f = append(f, core.Field{Name: "expires", Code: "token.life", Msg: "Choose a last day within the next year."})
	}
	return f
}

const machineColumns = `id, agency_id, owner_id, role, purpose, label, created_at, expires_at, revoked_at, used_at`

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
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT `+machineColumns+` FROM api_token ORDER BY id DESC LIMIT 1000`)
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

// Systems names the machines that stand for themselves, revoked ones included:
// what they did is shown under the label of their token.
func (s *Service) Systems(ctx context.Context) (map[core.ID]string, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT id, label FROM api_token WHERE owner_id = id ORDER BY id DESC LIMIT 5000`)
	if err != nil {
		return nil, fmt.Errorf("list systems: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	names := map[core.ID]string{}
	for rows.Next() {
		var id core.ID
		var label string
		if err := rows.Scan(&id, &label); err != nil {
			return nil, fmt.Errorf("read a system: %w", err)
		}
		names[id] = label
	}
	return names, rows.Err()
}

// RevokeToken ends a token at once.
func (s *Service) RevokeToken(ctx context.Context, actor core.Actor, id core.ID) error {
	decision, err := s.policies.Require(actor, core.Administer, access.ManageTokens, access.Whole())
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := changedOne(tx.ExecContext(ctx, `UPDATE api_token SET revoked_at = CASE WHEN revoked_at = 0 THEN $2 ELSE revoked_at END WHERE id = $1`, id, database.Micros(s.clock.Now())))
		if err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		if !ok {
			return core.E(core.NotFound, "token.not_found", "There is no such token.")
		}
		return s.record(ctx, tx, ledger.Write, actor, "manage_tokens", "token:"+id.String(), decision.Policies)
	})
}

var errToken = core.E(core.Unauthorized, "auth.token", "The token is missing, wrong, revoked or expired. Ask an administrator for a new one.")

// ByToken returns who a machine's token speaks for. A token that is unknown,
// revoked or expired, or whose agency was removed, is Unauthorized.
func (s *Service) ByToken(ctx context.Context, secret string) (core.Actor, core.Purpose, error) {
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) > longestToken {
		return core.Actor{}, "", errToken
	}
	t, err := scanToken(s.db.Reader().QueryRowContext(ctx, `SELECT `+machineColumns+` FROM api_token WHERE digest = $1`, digestOf(secret)))
	if errors.Is(err, sql.ErrNoRows) {
		return core.Actor{}, "", errToken
	}
	if err != nil {
		return core.Actor{}, "", fmt.Errorf("load token: %w", database.Explain(err))
	}
	if !t.RevokedAt.IsZero() || !t.ExpiresAt.After(s.clock.Now()) {
		return core.Actor{}, "", errToken
	}
	agency, err := s.Agency(ctx, t.AgencyID)
	if core.KindOf(err) == core.NotFound || err == nil && !agency.Active {
		return core.Actor{}, "", errToken
	}
	if err != nil {
		return core.Actor{}, "", err
	}
	if err := s.touchToken(ctx, &t); err != nil && core.KindOf(err) != core.Unavailable {
		return core.Actor{}, "", err
	}
	return core.Actor{UserID: t.OwnerID, AgencyID: t.AgencyID, AgencyKind: agency.Kind, Roles: []core.Role{t.Role}, TokenID: t.ID}, t.Purpose, nil
}

// usedEvery keeps a busy token from writing at every request.
const usedEvery = 15 * time.Minute

func (s *Service) touchToken(ctx context.Context, t *Token) error {
	now := s.clock.Now()
	if now.Sub(t.UsedAt).Abs() < usedEvery {
		return nil
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE api_token SET used_at = $2 WHERE id = $1`, t.ID, database.Micros(now))
		return err
	})
}
