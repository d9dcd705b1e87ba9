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
	cost     cost
	absent   string        // a hash that no password matches
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
	s := &Service{db: db, vault: v, policies: policies, clock: clock, ids: core.NewIDs(clock), opt: o, cost: usualCost, hashing: make(chan struct{}, parallelHashes)}
	if o.Cheap {
		s.cost = cheapCost
	}
	s.absent = hash{cost: s.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}.String()
	return s
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
}

const userColumns = `id, rev, agency_id, login, name, roles, active, password, must_change, totp, locked_until, created_at, signed_in_at`

func scanAccount(r interface{ Scan(...any) error }) (*account, error) {
	var a account
	var roles string
	var locked, created, signedIn int64
	err := r.Scan(&a.ID, &a.Rev, &a.AgencyID, &a.Login, &a.Name, &roles, &a.Active, &a.password, &a.MustChange, &a.totp, &locked, &created, &signedIn)
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

// since is how long ago t was. A t that lies further ahead than clocks of
// several machines differ was written before the clock was put back: ok is
// false, and nothing may be concluded from it.
func since(now, t time.Time) (age time.Duration, ok bool) {
	const skew = 2 * time.Minute
	age = now.Sub(t)
	return max(age, 0), age >= -skew
}

// record writes a ledger entry in the transaction.
func (s *Service) record(ctx context.Context, tx database.Querier, kind ledger.Kind, actor core.Actor, action, object string, policies []string) error {
	e := ledger.By(actor, core.Administer)
	e.ID, e.At, e.Kind, e.Action, e.Object, e.Policies = s.ids.New(), s.clock.Now(), kind, action, object, policies
	return ledger.Append(ctx, tx, e, nil)
}

// did records what somebody did, or tried, with their own account.
func (s *Service) did(ctx context.Context, tx database.Querier, kind ledger.Kind, a *account, action string) error {
	object := "user"
	if !a.ID.IsZero() {
		object += ":" + a.ID.String()
	}
	return s.record(ctx, tx, kind, actorOf(a, ""), action, object, nil)
}

func actorOf(a *account, kind core.AgencyKind) core.Actor {
	return core.Actor{UserID: a.ID, AgencyID: a.AgencyID, AgencyKind: kind, Roles: a.Roles}
}

// changedOne reports whether a statement changed exactly one row.
func changedOne(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err //nolint:wrapcheck // the caller says what failed
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
