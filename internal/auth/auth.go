package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// Service is the use cases of auth. It is safe for concurrent use.
type Service struct {
	db       *database.DB
	vault    *vault.Vault
	policies *access.Policies
	clock    core.Clock
	ids      *core.IDs
	opt      Options
	hashing  chan struct{} // bounds the memory of password hashing
	sources  sourceLimits
}

// Options are what varies between installations. Zero values take the defaults.
type Options struct {
	Idle        time.Duration // a session ends when unused for so long; 1 hour
	Absolute    time.Duration // and when so old; 12 hours
	StepUp      time.Duration // a fresh sign-in counts for so long; 10 minutes
	WithoutTOTP bool          // the demonstration only: accounts need no one-time code
	Cheap       bool          // tests and the demonstration only: fast password hashes
}

func (o *Options) defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.Idle, time.Hour)
	set(&o.Absolute, 12*time.Hour)
	set(&o.StepUp, 10*time.Minute)
}

const parallelHashes = 2

// New returns the use cases over a migrated database.
func New(db *database.DB, v *vault.Vault, policies *access.Policies, clock core.Clock, o Options) *Service {
	o.defaults()
	return &Service{db: db, vault: v, policies: policies, clock: clock, ids: core.NewIDs(clock), opt: o, hashing: make(chan struct{}, parallelHashes)}
}

// User is an account.
type User struct {
	ID          core.ID
	Rev         int
	AgencyID    core.ID
	Login       string // an e-mail address or a staff number; lower case
	Name        string
	Roles       []core.Role
	Active      bool
	MustChange  bool // the password was set by an administrator
	HasTOTP     bool
	LockedUntil time.Time
	CreatedAt   time.Time
	SignedInAt  time.Time
}

type account struct {
	User
	password string
	totp     []byte
	totpStep int64
	failures int
}

const userColumns = `id, rev, agency_id, login, name, roles, active, password, must_change, totp, totp_step, failures, locked_until, created_at, signed_in_at`

func scanAccount(r interface{ Scan(...any) error }) (*account, error) {
	var a account
	var roles string
	var locked, created, signedIn int64
	err := r.Scan(&a.ID, &a.Rev, &a.AgencyID, &a.Login, &a.Name, &roles, &a.Active, &a.password, &a.MustChange, &a.totp, &a.totpStep, &a.failures, &locked, &created, &signedIn)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, core.E(core.NotFound, "user.not_found", "There is no such user.")
	}
	if err != nil {
		return nil, fmt.Errorf("load user: %w", database.Explain(err))
	}
	for r := range strings.FieldsSeq(roles) {
		a.Roles = append(a.Roles, core.Role(r))
	}
	a.HasTOTP = len(a.totp) > 0
	a.LockedUntil, a.CreatedAt, a.SignedInAt = database.FromMicros(locked), database.FromMicros(created), database.FromMicros(signedIn)
	return &a, nil
}

func (s *Service) byLogin(ctx context.Context, q database.Querier, login string) (*account, error) {
	return scanAccount(q.QueryRowContext(ctx, `SELECT `+userColumns+` FROM user_account WHERE login = $1`, normalLogin(login)))
}

func (s *Service) byID(ctx context.Context, q database.Querier, id core.ID) (*account, error) {
	return scanAccount(q.QueryRowContext(ctx, `SELECT `+userColumns+` FROM user_account WHERE id = $1`, id))
}

func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// newToken makes a secret of 256 bits and the digest under which it is kept.
func newToken() (token string, digest []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, digestOf(token)
}

func digestOf(token string) []byte {
	d := sha256.Sum256([]byte(token))
	return d[:]
}

// record writes a ledger entry in the transaction.
func (s *Service) record(ctx context.Context, tx database.Querier, kind ledger.Kind, actor core.Actor, action, object string, policies []string) error {
	e := ledger.By(actor, core.Administer)
	e.ID, e.At, e.Kind, e.Action, e.Object, e.Policies = s.ids.New(), s.clock.Now(), kind, action, object, policies
	return ledger.Append(ctx, tx, e, nil)
}

func actorOf(a *account, kind core.AgencyKind) core.Actor {
	return core.Actor{UserID: a.ID, AgencyID: a.AgencyID, AgencyKind: kind, Roles: a.Roles}
}
