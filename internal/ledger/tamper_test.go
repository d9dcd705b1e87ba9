package ledger_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// firstBad verifies and returns the first finding, which must exist.
func (h *house) firstBad() ledger.Finding {
	h.t.Helper()
	r := h.verify()
	f, bad := r.First()
	if !bad {
		h.t.Fatal("the tampering was not found")
	}
	return f
}

const other = "01900000-0000-7000-8000-00000000abcd"

// tamperings alter each column of the row at a position ($1) in ways that whoever
// holds the database could.
var tamperings = []struct{ name, query string }{
	{"id", `UPDATE ledger_entry SET id = '` + other + `' WHERE seq = $1`},
	{"id in capitals", `UPDATE ledger_entry SET id = upper(id) WHERE seq = $1`},
	{"time", `UPDATE ledger_entry SET at = at + 1 WHERE seq = $1`},
	{"kind", `UPDATE ledger_entry SET kind = 'read' WHERE seq = $1`},
	{"unknown kind", `UPDATE ledger_entry SET kind = '' WHERE seq = $1`},
	{"action", `UPDATE ledger_entry SET action = 'case.close' WHERE seq = $1`},
	{"actor", `UPDATE ledger_entry SET actor = '` + other + `' WHERE seq = $1`},
	{"no actor", `UPDATE ledger_entry SET actor = NULL WHERE seq = $1`},
	{"agency", `UPDATE ledger_entry SET agency = '` + other + `' WHERE seq = $1`},
	{"a token", `UPDATE ledger_entry SET token = '` + other + `' WHERE seq = $1`},
	{"an empty token", `UPDATE ledger_entry SET token = '' WHERE seq = $1`},
	{"purpose", `UPDATE ledger_entry SET purpose = 'oversee' WHERE seq = $1`},
	{"case", `UPDATE ledger_entry SET case_id = '` + other + `' WHERE seq = $1`},
	{"object", `UPDATE ledger_entry SET object = 'case:x' WHERE seq = $1`},
	{"no object", `UPDATE ledger_entry SET object = '' WHERE seq = $1`},
	{"the sign for absent", `UPDATE ledger_entry SET object = '-' WHERE seq = $1`},
	{"a line in the object", `UPDATE ledger_entry SET object = 'a
policies b' WHERE seq = $1`},
	{"policies", `UPDATE ledger_entry SET policies = 'base/refer' WHERE seq = $1`},
	{"no policies", `UPDATE ledger_entry SET policies = '' WHERE seq = $1`},
	{"joined policies", `UPDATE ledger_entry SET policies = 'base/refer,mou/wessex' WHERE seq = $1`},
	{"commitment", `UPDATE ledger_entry SET commitment = salt_sum WHERE seq = $1`},
	{"salt's hash", `UPDATE ledger_entry SET salt_sum = commitment WHERE seq = $1`},
	{"salt", `UPDATE ledger_entry SET salt = commitment WHERE seq = $1`},
	{"no position", `UPDATE ledger_entry SET seq = NULL WHERE seq = $1`},
	{"a position far away", `UPDATE ledger_entry SET seq = 900000000 WHERE seq = $1`},
	{"a negative position", `UPDATE ledger_entry SET seq = -5 WHERE seq = $1`},
	{"removed", `DELETE FROM ledger_entry WHERE seq = $1`},
}

func TestEveryTamperingWithARowIsFoundAtItsPosition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		h.add(300)
		h.sign()
		h.add(300)
		h.sign()
		h.mustVerify(600)
		h.exec(`CREATE TABLE kept AS SELECT * FROM ledger_entry`)
		for _, tampering := range tamperings {
			for _, position := range []int64{0, 299, 599} {
				h.exec(tampering.query, position)
				f := h.firstBad()
				if f.From != position || f.To != position {
					t.Errorf("%s at %d: found %v", tampering.name, position, f)
				}
				h.exec(`DELETE FROM ledger_entry`)
				h.exec(`INSERT INTO ledger_entry SELECT * FROM kept`)
			}
		}
		h.mustVerify(600) // or the loop proved nothing
	})
}

func TestReorderedAndInsertedEntriesAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		h.add(40)
		h.sign()
		swap := func(a, b int64) {
			h.exec(`UPDATE ledger_entry SET seq = -1 WHERE seq = $1`, a)
			h.exec(`UPDATE ledger_entry SET seq = $1 WHERE seq = $2`, a, b)
			h.exec(`UPDATE ledger_entry SET seq = $1 WHERE seq = -1`, b)
		}
		swap(7, 12)
		if f := h.firstBad(); f.What != ledger.Reordered || f.From != 7 {
			t.Errorf("swapped 7 and 12: %v", f)
		}
		swap(7, 12)
		extra := h.entry()
		h.append(extra)
		h.exec(`UPDATE ledger_entry SET seq = 40 WHERE id = $1`, extra.ID)
		if f := h.firstBad(); f.What != ledger.Inserted || f.From != 40 {
			t.Errorf("an entry after the last: %v", f)
		}
		h.exec(`DROP INDEX ledger_entry_seq`)
		h.exec(`UPDATE ledger_entry SET seq = 20 WHERE id = $1`, extra.ID)
		if f := h.firstBad(); f.From != 20 {
			t.Errorf("a second entry at 20: %v", f)
		}
	})
}

// forge does what an attacker with the whole database but without the key and the
// file would: it makes the stored tree agree with the altered entries.
func (h *house) forge() {
	h.t.Helper()
	h.exec(`UPDATE ledger_entry SET seq = NULL`)
	h.exec(`DELETE FROM ledger_tile`)
	h.exec(`DELETE FROM ledger_checkpoint`)
	h.exec(`UPDATE ledger_head SET size = 0, root = $1`, []byte{})
	log := h.open(h.db, filepath.Join(h.t.TempDir(), "forged"))
	if _, err := log.Integrate(ctx); err != nil {
		h.t.Fatal(err)
	}
}

func TestATreeMadeToAgreeWithAlteredEntriesIsFoundByTheFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		for range 3 {
			h.add(100)
			h.sign()
		}
		h.exec(`UPDATE ledger_entry SET action = 'case.close' WHERE seq = 150`)
		h.forge()
		if f := h.firstBad(); f.What != ledger.Rewritten || f.From != 100 || f.To != 199 {
			t.Errorf("found %v, want it between 100 and 199", f)
		}
		if err := h.log.StartCheck(ctx); codeOf(err) != "ledger.rewritten" {
			t.Errorf("start: %v", err)
		}
		if _, err := h.log.Checkpoint(ctx); codeOf(err) != "ledger.rewritten" {
			t.Errorf("it signed a rewritten record: %v", err)
		}
		if _, err := h.log.AcceptRestore(ctx, core.SystemActor(), "we would like this to be true"); codeOf(err) != "ledger.not_a_backup" {
			t.Errorf("it accepted a rewritten record: %v", err)
		}
	})
}

func TestATamperedTreeIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		h.add(600)
		h.sign()
		tile := func(level, n int) []byte {
			var data []byte
			if err := db.Reader().QueryRowContext(ctx, `SELECT data FROM ledger_tile WHERE level = $1 AND n = $2`, level, n).Scan(&data); err != nil {
				t.Fatal(err)
			}
			return data
		}
		for _, at := range []struct{ level, n int }{{0, 0}, {0, 2}, {1, 0}} {
			whole := tile(at.level, at.n)
			broken := append([]byte{}, whole...)
			broken[5]++
			h.exec(`UPDATE ledger_tile SET data = $1 WHERE level = $2 AND n = $3`, broken, at.level, at.n)
			h.firstBad()
			if at.level == 1 || at.n == 2 {
				if err := h.log.StartCheck(ctx); err == nil {
					t.Errorf("start with a broken tile %v", at)
				}
			}
			h.exec(`UPDATE ledger_tile SET data = $1 WHERE level = $2 AND n = $3`, whole, at.level, at.n)
		}
		h.exec(`UPDATE ledger_head SET root = $1`, make([]byte, 32))
		h.firstBad()
		if err := h.log.StartCheck(ctx); err == nil {
			t.Error("start with a wrong root")
		}
	})
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	code, _, _ := strings.Cut(err.Error(), ":")
	return code
}

// TestARestoredBackupIsRefusedUntilItIsAccepted restores an older database beside
// a newer checkpoint file.
func TestARestoredBackupIsRefusedUntilItIsAccepted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		h.add(30)
		h.sign()
		tables := []string{"ledger_entry", "ledger_head", "ledger_tile", "ledger_checkpoint"}
		for _, table := range tables {
			h.exec(`CREATE TABLE backup_` + table + ` AS SELECT * FROM ` + table)
		}
		h.add(20)
		h.sign()
		for _, table := range tables {
			h.exec(`DELETE FROM ` + table)
			h.exec(`INSERT INTO ` + table + ` SELECT * FROM backup_` + table)
		}
		if err := h.log.StartCheck(ctx); codeOf(err) != "ledger.older" || !strings.Contains(err.Error(), "accept-restore") {
			t.Fatalf("start: %v", err)
		}
		if f := h.firstBad(); f.What != ledger.Removed || f.From != 30 || f.To != 49 {
			t.Errorf("verify: %v", f)
		}
		h.add(1)
		h.integrate()
		if _, err := h.log.Checkpoint(ctx); err == nil {
			t.Error("it signed over the lost entries")
		}
		if _, err := h.log.AcceptRestore(ctx, core.SystemActor(), "x"); core.KindOf(err) != core.Invalid {
			t.Errorf("a reason of one letter: %v", err)
		}
		if _, err := h.log.AcceptRestore(ctx, core.SystemActor(), "disk failed on Monday, backup of Sunday"); err != nil {
			t.Fatal(err)
		}
		if err := h.log.StartCheck(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := h.log.AcceptRestore(ctx, core.SystemActor(), "once more to be sure"); core.KindOf(err) != core.NotNow {
			t.Errorf("nothing to accept: %v", err)
		}
		h.add(40) // past the size that was lost
		h.sign()
		h.mustVerify(30 + 1 + 1 + 40)
		r := h.verify()
		if len(r.Accepted) != 1 || r.Accepted[0].Lost.N != 50 || r.Accepted[0].Now.N != 31 {
			t.Errorf("accepted %+v", r.Accepted)
		}
		found, _, err := h.log.Search(ctx, ledger.Filter{Action: "ledger.accept_restore"}, ledger.Cursor{}, 10)
		if err != nil || len(found) != 1 || found[0].Kind != ledger.System {
			t.Errorf("entries about it: %v, %v", found, err)
		}
	})
}

func TestALostCheckpointFileStopsTheStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		if err := h.log.StartCheck(ctx); err != nil {
			t.Errorf("a new ledger: %v", err)
		}
		h.add(5)
		if err := h.log.StartCheck(ctx); err != nil {
			t.Errorf("entries without positions: %v", err)
		}
		h.integrate() // and a crash before the checkpoint
		if err := h.log.StartCheck(ctx); err != nil {
			t.Errorf("positions without a checkpoint: %v", err)
		}
		h.sign()
		if err := os.Remove(h.file); err != nil {
			t.Fatal(err)
		}
		h.exec(`DELETE FROM ledger_checkpoint`) // the attacker thought of that
		if err := h.log.StartCheck(ctx); codeOf(err) != "ledger.no_checkpoint" {
			t.Errorf("start: %v", err)
		}
		h.add(1)
		if _, err := h.log.Checkpoint(ctx); codeOf(err) != "ledger.no_checkpoint" {
			t.Errorf("it signed: %v", err)
		}
		if _, err := h.log.AcceptRestore(ctx, core.SystemActor(), "the machine with the file burned down"); err != nil {
			t.Fatal(err)
		}
		h.sign()
		h.mustVerify(7)
	})
}
