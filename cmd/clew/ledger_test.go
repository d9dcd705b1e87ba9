package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// site is an installation with a signed ledger of three entries.
type site struct {
	t     *testing.T
	dir   dataDir
	entry core.ID
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: dataDir(t.TempDir())}
	s.mustRun("vault", "init", "--data", string(s.dir), "--no-passphrase")
	s.add(3)
	return s
}

// add appends n entries and signs them, as a serving process does.
func (s *site) add(n int) {
	s.t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, s.dir.DB())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := database.Migrate(ctx, db); err != nil {
		s.t.Fatal(err)
	}
	ids := core.NewIDs(core.SystemClock{})
	err = db.InTx(ctx, func(tx *sql.Tx) error {
		for range n {
			e := ledger.By(core.SystemActor(), core.Administer)
			e.ID, e.At, e.Kind, e.Action = ids.New(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), ledger.System, "test.step"
			s.entry = e.ID
			if err := ledger.Append(ctx, tx, e, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.sign(ctx, db)
}

func (s *site) sign(ctx context.Context, db *database.DB) {
	s.t.Helper()
	source, err := vault.FindSource(s.dir.Keyset(), "", func(string) string { return "" })
	if err != nil {
		s.t.Fatal(err)
	}
	keyset, err := source.Open(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	seed, err := keyset.Secret(vault.LedgerSeed)
	if err != nil {
		s.t.Fatal(err)
	}
	log, err := ledger.New(db, seed, ledger.DefaultOrigin, s.dir.Checkpoints(), core.SystemClock{})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := log.Integrate(ctx); err != nil {
		s.t.Fatal(err)
	}
	if _, err := log.Checkpoint(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) run(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = run(args, streams{strings.NewReader(""), &o, &e})
	return status, o.String(), e.String()
}

func (s *site) mustRun(args ...string) string {
	s.t.Helper()
	status, out, errs := s.run(args...)
	if status != 0 {
		s.t.Fatalf("clew %s: %d\n%s", strings.Join(args, " "), status, errs)
	}
	return out
}

// refused runs a command that must fail and say all of the words.
func (s *site) refused(words []string, args ...string) {
	s.t.Helper()
	status, out, errs := s.run(args...)
	if status == 0 {
		s.t.Errorf("clew %s succeeded:\n%s", strings.Join(args, " "), out)
	}
	for _, w := range words {
		if !strings.Contains(errs, w) {
			s.t.Errorf("clew %s does not say %q:\n%s", strings.Join(args, " "), w, errs)
		}
	}
}

func (s *site) says(out string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(out, w) {
			s.t.Errorf("it does not say %q:\n%s", w, out)
		}
	}
}

func (s *site) alter(query string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.dir.DB())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		s.t.Fatal(err)
	}
}

func TestLedgerCommands(t *testing.T) {
	s := newSite(t)
	data := string(s.dir)
	s.says(s.mustRun("ledger", "status", "--data", data), "entries     3", "not signed  0", "checkpoint  3 entries", "clew/ledger+")
	s.says(s.mustRun("ledger", "verify", "--data", data), "3 entries computed anew", "3 entries signed", "Nothing was changed")
	key := s.key()

	proof := filepath.Join(t.TempDir(), "proof.txt")
	text := s.mustRun("ledger", "prove", s.entry.String(), "--data", data)
	if err := os.WriteFile(proof, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(s.mustRun("ledger", "verify-proof", proof, "--public-key", key), s.entry.String(), "position 2", "action test.step")
	s.refused([]string{"36 characters"}, "ledger", "prove", "x", "--data", data)
	s.refused([]string{"no such entry"}, "ledger", "prove", "01900000-0000-7000-8000-000000000001", "--data", data)

	export := filepath.Join(t.TempDir(), "export.txt")
	s.says(s.mustRun("ledger", "export", export, "--data", data), "3 entries", key)
	s.says(s.mustRun("ledger", "verify", "--export", export, "--public-key", key), "3 entries computed anew", "Nothing was changed")
	s.says(s.mustRun("ledger", "verify", "--export", export, "--checkpoint", s.dir.Checkpoints()), "3 checkpoints compared")
	s.refused([]string{"already"}, "ledger", "export", export, "--data", data)

	s.alter(`UPDATE ledger_entry SET action = 'test.other' WHERE seq = 1`)
	s.refused([]string{"ledger.not_whole", "changed at position 1"}, "ledger", "verify", "--data", data)
	s.refused([]string{"position 1"}, "ledger", "export", export+"2", "--data", data)
	if _, err := os.Stat(export + "2"); err == nil {
		t.Error("half an export was left")
	}
}

// key is the public key in the checkpoint file.
func (s *site) key() string {
	s.t.Helper()
	key, err := ledger.FilePublicKey(s.dir.Checkpoints())
	if err != nil {
		s.t.Fatal(err)
	}
	return string(key)
}

func TestLedgerAcceptRestore(t *testing.T) {
	s := newSite(t)
	data := string(s.dir)
	s.refused([]string{"nothing to accept"}, "ledger", "accept-restore", "--data", data, "--reason", "trying it out early")
	backup, err := os.ReadFile(s.dir.DB())
	if err != nil {
		t.Fatal(err)
	}
	s.add(4)
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(s.dir.DB() + suffix)
	}
	if err := os.WriteFile(s.dir.DB(), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	s.refused([]string{"older", "accept-restore"}, "ledger", "status", "--data", data)
	s.refused([]string{"removed between positions 3 and 6"}, "ledger", "verify", "--data", data)
	s.refused([]string{"reason"}, "ledger", "accept-restore", "--data", data, "--reason", "x")
	s.says(s.mustRun("ledger", "accept-restore", "--data", data, "--reason", "disk failed, backup of Sunday"), "3 entries counts; 7 had been signed")
	s.says(s.mustRun("ledger", "verify", "--data", data), "disk failed, backup of Sunday", "Nothing was changed", "Not signed yet: 1.")
	s.add(1)
	s.says(s.mustRun("ledger", "status", "--data", data), "entries     5", "not signed  0")
}
