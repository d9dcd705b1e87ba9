package casework_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/store"
)

// seeds are the pieces of the form's identity that must never be found in
// clear.
func seeds() []string {
	return []string{"Quynh", "Zebra", "Testperson", "ZQ7741209", "7700 900123", "447700900123", "1996-07-21", "nail salon", "Testbury", "Outreach worker",
		"Sam Referrer", "0117 496 0000", "Secret note", "Secret reason", "Secret question", "Secret answer", "Secret statement", "statement of the witness"}
}

// liveThrough takes a case through every kind of write that carries words.
func liveThrough(t *testing.T, w *caseworktest.World) core.ID {
	t.Helper()
	id := w.Assigned(caseworktest.Form())
	ok(t, w.AddNote(ctx, caseworker, core.Identify, id, false, "Secret note about Quynh Zebra Testperson."))
	_, err := w.AddEvidence(ctx, responder, core.Identify, id, casework.Upload{Name: "statement of the witness.txt", Content: []byte("Secret statement by Quynh.")})
	ok(t, err)
	ok(t, w.AskInfo(ctx, caseworker, core.Identify, id, 0, responder.AgencyID, "Secret question about Testperson?", core.MustDate(2025, 3, 20)))
	requests, err := w.Store.InfoRequests(ctx, id)
	ok(t, err)
	ok(t, w.AnswerInfo(ctx, responder, core.Identify, id, requests[0].ID, "Secret answer about Testperson."))
	decision := caseworktest.Decision(casework.Negative)
	decision.Reasons.Reasons = "Secret reason about Quynh."
	ok(t, w.DecideRG(ctx, caseworker, core.Identify, id, 0, decision))
	ok(t, w.Review(ctx, reviewer, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Secret reason, agreed."}))
	_, err = w.View(ctx, caseworker, core.Identify, id)
	ok(t, err)
	_, err = w.SearchPersons(ctx, caseworker, core.Identify, casework.PersonQuery{Name: "Quynh Zebra Testperson", Phone: "+44 7700 900123"})
	ok(t, err)
	return id
}

func TestNoIdentityStandsInAnyFileInClear(t *testing.T) {
	var log bytes.Buffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	db := dbtest.SQLite(t)
	w := caseworktest.New(t, db)
	liveThrough(t, w)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(db.Source()), "*"))
	ok(t, err)
	files = append(files, w.KeysFile, w.KeysFile+"-wal")
	if len(files) < 3 {
		t.Fatalf("only %v to search", files)
	}
	searched := 0
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		searched += len(content)
		for _, seed := range seeds() {
			if bytes.Contains(content, []byte(seed)) {
				t.Errorf("%s holds %q in clear", filepath.Base(f), seed)
			}
		}
	}
	if searched < 100_000 {
		t.Errorf("only %d bytes were searched", searched)
	}
	for _, seed := range seeds() {
		if strings.Contains(log.String(), seed) {
			t.Errorf("the log holds %q", seed)
		}
	}
}

func TestNoIdentityStandsInPostgresInClear(t *testing.T) {
	db := dbtest.Postgres(t)
	w := caseworktest.New(t, db)
	liveThrough(t, w)
	tables := column(t, db, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`)
	if len(tables) < 15 {
		t.Fatalf("only %d tables to search", len(tables))
	}
	for _, table := range tables {
		for _, row := range column(t, db, `SELECT encode(convert_to(r::text, 'UTF8'), 'escape') FROM "`+table+`" r`) {
			for _, seed := range seeds() {
				if strings.Contains(row, seed) {
					t.Errorf("table %s holds %q in clear", table, seed)
				}
			}
		}
	}
}

func column(t *testing.T, db *database.DB, query string) []string {
	t.Helper()
	rows, err := db.Reader().QueryContext(context.Background(), query)
	ok(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		ok(t, rows.Scan(&s))
		list = append(list, s)
	}
	ok(t, rows.Err())
	return list
}

// TestAShreddedPersonIsGoneFromOldBackupsToo: a copy of the database from before
// opens nothing, because the key is gone and was never in it.
func TestAShreddedPersonIsGoneFromOldBackupsToo(t *testing.T) {
	db := dbtest.SQLite(t)
	w := caseworktest.New(t, db)
	id := liveThrough(t, w)
	backup := filepath.Join(t.TempDir(), "backup.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(db.Source() + suffix)
		ok(t, err)
		ok(t, os.WriteFile(backup+suffix, content, 0o600))
	}
	ok(t, w.Shred(ctx, id))
	for name, source := range map[string]string{"the database": db.Source(), "the old backup": backup} {
		restored := dbtest.Open(t, source)
		svc, err := casework.New(store.New(restored), w.Policies, w.Vault, w.Schemes, w.Clock, casework.Options{})
		ok(t, err)
		if _, err := svc.View(ctx, caseworker, core.Identify, id); core.KindOf(err) != core.NotFound {
			t.Errorf("%s still opens the person: %v", name, err)
		}
	}
}

func TestTheFirewallHoldsForEverySection(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.In(casework.Recovery)
	staff := core.Actor{UserID: core.NewIDs(w.Clock).New(), AgencyID: core.NewIDs(w.Clock).New(), AgencyKind: core.Immigration, Roles: []core.Role{core.RoleImmigrationStaff}}
	for _, purpose := range core.Purposes {
		if _, err := w.View(ctx, staff, purpose, id); core.KindOf(err) != core.NotFound {
			t.Errorf("purpose %s: %v", purpose, err)
		}
		if _, err := w.SearchPersons(ctx, staff, purpose, casework.PersonQuery{Name: "Quynh"}); err == nil {
			t.Errorf("purpose %s: immigration staff searched by name", purpose)
		}
	}
	answer, err := w.CheckNonRemoval(ctx, staff, core.Protect, casework.RemovalQuery{Document: "zq 7741209"})
	ok(t, err)
	if !answer.Protected || answer.Until != core.MustDate(2025, 4, 11) {
		t.Errorf("non-removal check: %+v", answer)
	}
	answer, err = w.CheckNonRemoval(ctx, staff, core.Protect, casework.RemovalQuery{Name: "Testperson Quynh Zebra", BirthDate: core.PartialDate{Year: 1996, Month: 7, Day: 21}})
	ok(t, err)
	if !answer.Protected {
		t.Error("the name in another order is not found")
	}
	answer, err = w.CheckNonRemoval(ctx, staff, core.Protect, casework.RemovalQuery{Document: "AA0000000"})
	ok(t, err)
	if answer.Protected {
		t.Error("a stranger is protected")
	}
}

func TestTheNonRemovalCheckIsBounded(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	staff := core.Actor{UserID: core.NewIDs(w.Clock).New(), AgencyID: core.NewIDs(w.Clock).New(), AgencyKind: core.Immigration, Roles: []core.Role{core.RoleImmigrationStaff}}
	var last error
	for range 40 {
		_, last = w.CheckNonRemoval(ctx, staff, core.Protect, casework.RemovalQuery{Document: "AA0000000"})
	}
	if core.KindOf(last) != core.TooMany {
		t.Errorf("forty questions in a row: %v", last)
	}
}

func TestAnotherAgencysCaseDoesNotExist(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	id := w.In(casework.RGPending)
	stranger := core.Actor{UserID: core.NewIDs(w.Clock).New(), AgencyID: core.NewIDs(w.Clock).New(), AgencyKind: core.Police, Roles: []core.Role{core.RoleFirstResponder}}
	forged := core.NewIDs(w.Clock).New()
	for name, caseID := range map[string]core.ID{"another agency's": id, "a forged": forged} {
		_, err := w.View(ctx, stranger, core.Identify, caseID)
		if core.KindOf(err) != core.NotFound {
			t.Errorf("%s case: %v", name, err)
		}
		if err := w.AddNote(ctx, stranger, core.Identify, caseID, true, "Hello"); core.KindOf(err) != core.NotFound {
			t.Errorf("note on %s case: %v", name, err)
		}
	}
	if p, err := w.Queue(ctx, stranger, core.Identify, casework.QueueFilter{}, casework.Cursor{}, 50); err != nil || len(p.Cases) != 0 {
		t.Errorf("the stranger's list: %d cases, %v", len(p.Cases), err)
	}
}

// TestListsAreTheScope: what the SQL of a list returns is what the policy
// allows, case by case.
func TestListsAreTheScope(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		var ids []core.ID
		for _, s := range casework.States {
			if s != casework.Draft {
				ids = append(ids, w.In(s))
			}
		}
		ids = append(ids, w.Refer(caseworktest.ChildForm()).CaseID, w.Refer(caseworktest.NotifyForm()).CaseID)
		for _, a := range accesstest.Actors() {
			listed := map[core.ID]bool{}
			page, err := w.Queue(ctx, a.Actor, a.Purpose, casework.QueueFilter{All: true}, casework.Cursor{}, 200)
			if core.KindOf(err) == core.Forbidden || core.KindOf(err) == core.NotFound {
				continue
			}
			ok(t, err)
			for _, c := range page.Cases {
				listed[c.ID] = true
			}
			for _, id := range ids {
				c := state(t, w, id)
				allowed := w.Policies.Check(a.Actor, a.Purpose, access.ViewStatus, c.Resource()).Allowed
				if allowed != listed[id] {
					t.Errorf("%s: case at %s listed %v, policy %v", a.Name, c.State, listed[id], allowed)
				}
			}
		}
	})
}
