package auth

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/vault"

	"github.com/pquerna/otp/totp"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 3, 11, 9, 0, 0, 0, time.UTC)
)

const (
	login  = "casey.morgan"
	secret = "four quiet walnut lamps"
	here   = "192.0.2.7"
)

// house is a service over a database with one agency and one account in it.
type house struct {
	*Service
	t      testing.TB
	clock  *core.FixedClock
	agency core.ID
	user   core.ID
	admin  core.Actor
}

// each runs the test on both engines, with one-time codes required.
func each(t *testing.T, run func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *database.DB) { run(newHouse(t, db, Options{})) })
}

func newHouse(t testing.TB, db *database.DB, o Options) *house {
	t.Helper()
	o.Cheap = true
	clock := core.NewFixedClock(start)
	keyset, err := vault.NewKeyset()
	must(t, err)
	keys, err := vault.OpenKeyStore(ctx, filepath.Join(t.TempDir(), "keys.db"), clock)
	must(t, err)
	t.Cleanup(func() { _ = keys.Close() })
	policies, err := access.New(clock, "")
	must(t, err)
	h := &house{Service: New(db, vault.New(keyset, keys, clock), policies, clock, o), t: t, clock: clock}
	h.agency, err = h.BootstrapAgency(ctx, core.Agency{Kind: core.CompetentAuthority, Name: "Authority", Code: "authority", Jurisdiction: "england-wales", Active: true})
	must(t, err)
	h.user, _, err = h.Bootstrap(ctx, NewUser{AgencyID: h.agency, Login: login, Name: "Casey Morgan", Roles: []core.Role{core.RoleCaseworker}, Password: secret}, false)
	must(t, err)
	adminID, _, err := h.Bootstrap(ctx, NewUser{AgencyID: h.agency, Login: "admin", Name: "Ada Stone", Roles: []core.Role{core.RoleAdministrator}}, false)
	must(t, err)
	h.admin = core.Actor{UserID: adminID, AgencyID: h.agency, AgencyKind: core.CompetentAuthority, Roles: []core.Role{core.RoleAdministrator}}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// signIn signs in as far as the password goes.
func (h *house) signIn() string {
	h.t.Helper()
	token, err := h.SignIn(ctx, login, secret, here)
	must(h.t, err)
	return token
}

// enrolled signs in and sets up one-time codes.
func (h *house) enrolled() (token, seed string, recovery []string) {
	h.t.Helper()
	return h.enrol(h.signIn())
}

func (h *house) enrol(token string) (fresh, seed string, recovery []string) {
	h.t.Helper()
	e, err := h.Enrol(ctx, token)
	must(h.t, err)
	fresh, recovery, err = h.ConfirmEnrol(ctx, token, e.Sealed, h.code(e.Secret))
	must(h.t, err)
	return fresh, e.Secret, recovery
}

// code is what the app shows now.
func (h *house) code(seed string) string {
	h.t.Helper()
	c, err := totp.GenerateCode(seed, h.clock.Now())
	must(h.t, err)
	return c
}

// nextCode is what the app shows when the present code has passed.
func (h *house) nextCode(seed string) string {
	h.t.Helper()
	h.clock.Advance(totpPeriod * time.Second)
	return h.code(seed)
}

// wrong is a code that is not the one of now, before or after.
func (h *house) wrong(seed string) string {
	h.t.Helper()
	for _, c := range []string{"000000", "000001", "000002", "000003"} {
		if _, right, err := h.totpStep(seed, c); err == nil && !right {
			return c
		}
	}
	h.t.Fatal("no wrong code")
	return ""
}

func (h *house) stage(token string) Stage {
	h.t.Helper()
	sess, err := h.Session(ctx, token)
	if core.KindOf(err) == core.Unauthorized {
		return ""
	}
	must(h.t, err)
	return sess.Stage
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	must(h.t, h.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	must(h.t, h.db.Reader().QueryRowContext(ctx, query, args...).Scan(&n))
	return n
}

// deeds are the ledger's entries of one kind and action.
func (h *house) deeds(kind, action string) int {
	h.t.Helper()
	return h.count(`SELECT count(*) FROM ledger_entry WHERE kind = $1 AND action = $2`, kind, action)
}

// refused checks an error's code, or that of its first field.
func refused(t testing.TB, err error, code string) {
	t.Helper()
	var got []string
	for _, f := range core.FieldsOf(err) {
		got = append(got, f.Code)
	}
	if err != nil && strings.Contains(" "+strings.Join(got, " ")+" ", " "+code+" ") {
		return
	}
	if err == nil || !strings.HasPrefix(err.Error(), code) {
		t.Errorf("got %v, want %s", err, code)
	}
}
