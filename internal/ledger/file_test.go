package ledger_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/ledger"
)

// TestACrashWhileSigningIsSurvived breaks the machine at each step between the
// placing of entries and the end of the signing.
func TestACrashWhileSigningIsSurvived(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		for _, step := range []string{"integrated", "write", "sync"} {
			h := newHouse(t, db)
			h.exec(`DELETE FROM ledger_entry`)
			h.exec(`DELETE FROM ledger_tile`)
			h.exec(`DELETE FROM ledger_checkpoint`)
			h.exec(`UPDATE ledger_head SET size = 0, root = $1`, []byte{})
			h.add(10)
			h.sign()
			h.add(10)
			h.integrate()
			crash := errors.New("the power went")
			if step != "integrated" {
				h.log.SetFault(func(at string) error {
					if at == step {
						return crash
					}
					return nil
				})
				if _, err := h.log.Checkpoint(ctx); !errors.Is(err, crash) {
					t.Fatalf("%s: %v", step, err)
				}
			}
			again := h.open(db, h.file) // the next process
			if err := again.StartCheck(ctx); err != nil {
				t.Errorf("%s: start: %v", step, err)
			}
			h.log = again
			h.add(10)
			if c := h.sign(); c.N != 30 {
				t.Errorf("%s: signed %d", step, c.N)
			}
			h.mustVerify(30)
			if torn := h.verify().Torn; torn != map[string]int{"write": 1}[step] {
				t.Errorf("%s: %d torn records", step, torn)
			}
		}
	})
}

// TestEveryPrefixOfTheFileIsReadOrExplained cuts the file at every byte, which is
// what a crash or a half-copied file leaves, and appends to it again.
func TestEveryPrefixOfTheFileIsReadOrExplained(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for range 2 {
		h.add(3)
		h.sign()
	}
	whole, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	header := bytes.Index(whole, []byte("\n\n")) + 2
	for cut := header; cut < len(whole); cut++ {
		if err := os.WriteFile(h.file, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.log.StartCheck(ctx); err != nil && codeOf(err) != "ledger.no_checkpoint" {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		_, err := h.log.Checkpoint(ctx)
		if codeOf(err) == "ledger.no_checkpoint" {
			continue // not even the first record is whole
		}
		if err != nil {
			t.Fatalf("cut at %d: sign: %v", cut, err)
		}
		if r := h.verify(); !r.OK() || r.Signed != 6 {
			t.Fatalf("cut at %d: signed %d, findings %v", cut, r.Signed, r.Findings)
		}
	}
}

func TestAGarbledFileIsExplained(t *testing.T) {
	db := dbtest.SQLite(t)
	h := newHouse(t, db)
	for range 3 {
		h.add(3)
		h.sign()
	}
	whole, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	otherKey := func() string {
		_, key, err := ledger.NewSigner(origin, bytes.Repeat([]byte{9}, 32))
		if err != nil {
			t.Fatal(err)
		}
		return string(key)
	}()
	cases := []struct {
		name, start, verify string
		change              func(string) string
	}{
		{"a changed byte in the last record", "ledger.file_damaged", ledger.BadFile,
			func(s string) string { i := strings.LastIndex(s, "\n9\n"); return s[:i] + "\n8\n" + s[i+3:] }},
		{"a changed byte in the first record", "", ledger.BadFile,
			func(s string) string { return strings.Replace(s, "\n0\n", "\n1\n", 1) }},
		{"zeros at the end, as a crash can leave", "", "",
			func(s string) string { return s + strings.Repeat("\x00", 9000) + "\n\n" }},
		{"no header", "ledger.file_damaged", "ledger.not_checkpoints",
			func(s string) string { return s[strings.Index(s, "\n\n")+2:] }},
		{"another key in the header", "ledger.other_key", ledger.BadFile,
			func(s string) string { return strings.Replace(s, string(h.log.PublicKey()), otherKey, 1) }},
		{"something else", "ledger.file_damaged", "ledger.not_checkpoints", func(string) string { return "PK\x03\x04" }},
		{"the newest record dropped", "", "", func(s string) string { return s[:strings.LastIndex(s, origin)] }},
	}
	for _, c := range cases {
		if err := os.WriteFile(h.file, []byte(c.change(string(whole))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.log.StartCheck(ctx); codeOf(err) != c.start {
			t.Errorf("%s: start: %v, want %q", c.name, err, c.start)
		}
		if got := verifyOutcome(t, h, c.name == "another key in the header"); got != c.verify {
			t.Errorf("%s: verify: %q, want %q", c.name, got, c.verify)
		}
	}
}

// verifyOutcome is the first finding's kind, or the error's code, or nothing.
func verifyOutcome(t *testing.T, h *house, ownKey bool) string {
	t.Helper()
	key := h.log.PublicKey()
	if ownKey {
		key = ""
	}
	w, err := ledger.ReadWitnesses(h.file, key)
	if err != nil {
		var known *core.Error
		if !errors.As(err, &known) {
			t.Fatal(err)
		}
		return known.Code
	}
	r, err := ledger.Verify(ctx, h.db, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := r.First()
	return f.What
}

func TestOnlyTheKeysHolderSigns(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.add(2)
	h.sign()
	reader, err := ledger.Open(h.db, h.log.PublicKey(), h.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.StartCheck(ctx); err != nil {
		t.Error(err)
	}
	for name, try := range map[string]func() error{
		"integrate":  func() error { _, err := reader.Integrate(ctx); return err },
		"checkpoint": func() error { _, err := reader.Checkpoint(ctx); return err },
		"accept": func() error {
			_, err := reader.AcceptRestore(ctx, core.SystemActor(), "a reason that is long enough")
			return err
		},
	} {
		if err := try(); codeOf(err) != "ledger.no_signer" {
			t.Errorf("%s without the key: %v", name, err)
		}
	}
	if _, err := ledger.New(h.db, seed[:31], origin, h.file, h.clock); err == nil {
		t.Error("a short seed made a key")
	}
	if _, err := ledger.New(h.db, seed, "two words", h.file, h.clock); core.KindOf(err) != core.Invalid {
		t.Errorf("an origin of two words: %v", err)
	}
}

func TestTwoProcessesShareAFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		h := newHouse(t, db)
		second := h.open(db, h.file)
		for range 4 {
			h.add(2)
			h.sign()
			before, _ := os.ReadFile(h.file)
			if _, err := second.Checkpoint(ctx); err != nil {
				t.Fatal(err)
			}
			if after, _ := os.ReadFile(h.file); !bytes.Equal(before, after) {
				t.Error("the same tree was signed twice")
			}
		}
		h.mustVerify(8)
	})
}
