package auth

import (
	"bytes"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

// Nothing that lets somebody in is stored, logged or recorded in a form that
// does.
func TestNoSecretIsStored(t *testing.T) {
	var logged bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db, Options{})
		secrets := everySecret(h)
		stored := everythingStored(t, db)
		if !strings.Contains(stored, login) {
			t.Fatal("the search does not find what is stored in clear")
		}
		for name, s := range secrets {
			if strings.Contains(stored, s) {
				t.Errorf("the %s is stored", name)
			}
			if strings.Contains(logged.String(), s) {
				t.Errorf("the %s is logged", name)
			}
		}
	})
}

// everySecret leaves one of each kind behind.
func everySecret(h *house) map[string]string {
	pending := h.signIn()
	full, seed, recovery := h.enrol(pending)
	used, err := h.EnterCode(ctx, h.signIn(), recovery[1])
	must(h.t, err)
	const typed = "she sleeps above the shop"
	held, err := h.HoldForm(ctx, full, "/cases/x", url.Values{"account": {typed}})
	must(h.t, err)
	machine, err := h.BootstrapToken(ctx, Token{AgencyID: h.agency, Role: core.RoleManager, Purpose: core.Identify, Label: "queue", ExpiresAt: start.Add(24 * time.Hour)})
	must(h.t, err)
	_, _, err = h.ByToken(ctx, machine)
	must(h.t, err)
	_, first, err := h.AddUser(ctx, h.admin, NewUser{AgencyID: h.agency, Login: "new", Name: "New", Roles: []core.Role{core.RoleReviewer}})
	must(h.t, err)
	const guess = "my password for the bank"
	_, _ = h.SignIn(ctx, login, guess, here)
	_, _ = h.SignIn(ctx, guess, "in the wrong box", here)
	return map[string]string{
		"password": secret, "first password": first, "wrong password": guess,
		"pending token": pending, "session token": full, "other session token": used,
		"seed": seed, "recovery code": recovery[0], "recovery code without hyphens": typedCode(recovery[0]), "used recovery code": typedCode(recovery[1]),
		"held form": typed, "held form's token": held, "machine's token": machine, "source": here,
	}
}

// everythingStored is the bytes of the SQLite files, or each row of each table.
func everythingStored(t *testing.T, db *database.DB) string {
	t.Helper()
	var all strings.Builder
	if db.Engine() == database.SQLite {
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(db.Source() + end)
			must(t, err)
			all.Write(b)
		}
		return all.String()
	}
	rows, err := db.Reader().QueryContext(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`)
	must(t, err)
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(t, rows.Err())
	for _, name := range tables {
		// escape shows the readable bytes of a bytea as they are.
		lines, err := db.Reader().QueryContext(ctx, `SELECT x::text FROM (SELECT set_config('bytea_output', 'escape', false)) AS s, `+name+` AS x`)
		must(t, err)
		for lines.Next() {
			var line string
			must(t, lines.Scan(&line))
			all.WriteString(line)
		}
		must(t, lines.Err())
	}
	return all.String()
}
