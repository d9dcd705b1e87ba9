package vault_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/vault"
)

const (
	dataTable  = `CREATE TABLE sealed (person TEXT PRIMARY KEY, name BLOB)`
	insertName = `INSERT INTO sealed (person, name) VALUES ($1, $2)`
	selectName = `SELECT name FROM sealed WHERE person = $1`
)

// dataFile is a stand-in for the data: sealed names in a database of their own.
func dataFile(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func nameRef(person core.ID) vault.Ref {
	return vault.Ref{Person: person, Table: "sealed", Row: person.String(), Field: "name"}
}

// contents returns every byte of every file under dir.
func contents(t *testing.T, dir string) []byte {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

func TestNoIdentityStandsInAnyFileAndAnOldBackupDoesNotBringBackAShreddedPerson(t *testing.T) {
	dir := t.TempDir()
	clock := core.NewFixedClock(epoch)
	keysetPath := filepath.Join(dir, "keyset.age")
	keyset := newKeyset(t)
	if err := vault.FileSource(keysetPath, vault.QuickPassphrase(passphrase)).Save(t.Context(), keyset); err != nil {
		t.Fatal(err)
	}
	v := vault.New(keyset, openStore(t, filepath.Join(dir, "keys.db"), clock), clock)
	data := dataFile(t, filepath.Join(dir, "data.db"))
	names := []string{"Ariadne of Knossos", "Theseus Aegides"}
	people := make([]core.ID, len(names))
	err := data.InTx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), dataTable); err != nil {
			return err
		}
		for i, name := range names {
			people[i] = newPerson(t, v)
			_, err := tx.ExecContext(t.Context(), insertName, people[i], mustSeal(t, v, nameRef(people[i]), name))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"Ariadne", "Theseus", "Knossos", "Aegides"} {
		if bytes.Contains(bytes.ToLower(contents(t, dir)), bytes.ToLower([]byte(hidden))) {
			t.Errorf("%q stands in a file", hidden)
		}
	}

	backup := filepath.Join(t.TempDir(), "data.db")
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, "data.db") + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(backup+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Shred(t.Context(), people[0]); err != nil {
		t.Fatal(err)
	}
	restored := dataFile(t, backup)
	for i, person := range people {
		var sealed []byte
		if err := restored.Reader().QueryRowContext(t.Context(), selectName, person).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		got, err := v.Open(t.Context(), nameRef(person), sealed)
		if i == 0 {
			wantCode(t, err, core.NotFound, "vault.shredded")
		} else if err != nil || string(got) != names[i] {
			t.Errorf("the other person: %q, %v", got, err)
		}
	}
}

// Shredding and wrapping anew leave nothing of the old wrapped keys in the file
// or its log, wherever the pages were.
func TestNoDestroyedKeyStandsInTheKeyStoresFiles(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, filepath.Join(dir, "keys.db"), core.NewFixedClock(epoch))
	v := vault.New(newKeyset(t), store, core.NewFixedClock(epoch))
	people, err := v.NewPersons(t.Context(), 600) // many pages, so that some are freed whole
	if err != nil {
		t.Fatal(err)
	}
	keys, err := store.Each(t.Context(), core.ID{}, 1000)
	if err != nil || len(keys) != len(people) {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	if !bytes.Contains(contents(t, dir), keys[0].Wrapped) {
		t.Fatal("the search does not find a key that is there")
	}
	for _, key := range keys[:200] {
		if err := v.Shred(t.Context(), key.Person); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Keyset().Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := v.Rewrap(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	left := contents(t, dir)
	for i, key := range keys {
		// The end is random for each key; its first bytes name the wrapping key.
		if bytes.Contains(left, key.Wrapped[len(key.Wrapped)-24:]) {
			t.Fatalf("key %d (%s…) is still in a file", i, hex.EncodeToString(key.Wrapped[:5]))
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "keys.db-wal")); err != nil || info.Size() != 0 {
		t.Errorf("the log is not empty: %v", err)
	}
}

func TestTheKeyStoreRefusesTheDatabaseOfTheData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clew.db")
	db := dataFile(t, path)
	if err := database.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	_, err := vault.OpenKeyStore(t.Context(), path, core.SystemClock{})
	wantCode(t, err, core.Invalid, "vault.keys_with_data")
}

func sealFile(t testing.TB, v *vault.Vault, ref vault.Ref, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := v.SealFile(t.Context(), ref, &out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openFile(t testing.TB, v *vault.Vault, ref vault.Ref, sealed []byte) ([]byte, error) {
	t.Helper()
	r, err := v.OpenFile(t.Context(), ref, bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestFilesOpenWholeOrNotAtAll(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: newPerson(t, v), Table: "document", Row: "d1", Field: "content"}
	for _, size := range []int{0, 1, 1 << 16, 200_000} {
		content := bytes.Repeat([]byte("clew "), size/5+1)[:size]
		sealed := sealFile(t, v, ref, content)
		got, err := openFile(t, v, ref, sealed)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		other := ref
		other.Row = "d2"
		_, err = openFile(t, v, other, sealed)
		wantCode(t, err, core.Internal, "vault.unreadable")
		for _, cut := range []int{0, 1, 2, 20, len(sealed) - 1, len(sealed) - 17} {
			_, err := openFile(t, v, ref, sealed[:cut])
			wantCode(t, err, core.Internal, "vault.unreadable")
		}
		for at := 0; at < len(sealed); at += 1 + len(sealed)/97 {
			forged := bytes.Clone(sealed)
			forged[at] ^= 1
			_, err := openFile(t, v, ref, forged)
			wantCode(t, err, core.Internal, "vault.unreadable")
		}
		_, err = v.Open(t.Context(), ref, sealed)
		wantCode(t, err, core.Internal, "vault.unreadable")
	}
	// Segments cannot change places.
	sealed := sealFile(t, v, ref, make([]byte, 1<<18))
	forged := bytes.Clone(sealed)
	copy(forged[1<<16:2<<16], sealed[2<<16:3<<16])
	copy(forged[2<<16:3<<16], sealed[1<<16:2<<16])
	if _, err := openFile(t, v, ref, forged); err == nil {
		t.Error("opened with two parts exchanged")
	}
}

func TestAFilePastTheBoundIsRefused(t *testing.T) {
	v := newVault(t)
	w, err := v.SealFile(t.Context(), vault.Ref{Table: "t", Row: "r", Field: "f"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for range vault.MaxPlaintext / len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	_, err = w.Write([]byte{0})
	wantCode(t, err, core.TooLarge, "vault.too_large")
}
