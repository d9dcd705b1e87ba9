package vault_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

var writeVector = flag.Bool("write-vector", false, "write testdata/vector.json anew; only for a new format beside the old ones")

// vector is everything that was written once, by the first version: a later one
// has to read it.
type vector struct {
	Keyset  json.RawMessage `json:"keyset"`
	Person  core.ID         `json:"person"`
	Wrapped string          `json:"wrapped"`
	Value   string          `json:"value"`
	File    string          `json:"file"`
	Blind   string          `json:"blind"`
}

const vectorPath = "testdata/vector.json"

func vectorRef(person core.ID) vault.Ref {
	return vault.Ref{Person: person, Table: "person_name", Row: "r1", Field: "family", Version: 3}
}

func TestWhatTheFirstVersionWroteCanBeRead(t *testing.T) {
	if *writeVector {
		makeVector(t)
	}
	b, err := os.ReadFile(vectorPath)
	if err != nil {
		t.Fatal(err)
	}
	var want vector
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	keysetPath := filepath.Join(t.TempDir(), "keyset")
	if err := os.WriteFile(keysetPath, want.Keyset, 0o600); err != nil {
		t.Fatal(err)
	}
	keyset, err := vault.OpenKeyset(keysetPath, "")
	if err != nil {
		t.Fatal(err)
	}
	clock := core.NewFixedClock(epoch)
	store := openStore(t, filepath.Join(t.TempDir(), "keys.db"), clock)
	if err := store.Put(t.Context(), vault.WrappedKey{Person: want.Person, Wrapped: unhex(t, want.Wrapped)}); err != nil {
		t.Fatal(err)
	}
	v := vault.New(keyset, store, clock)
	if got, err := v.Open(t.Context(), vectorRef(want.Person), unhex(t, want.Value)); err != nil || string(got) != "Ariadne" {
		t.Errorf("value: %q, %v", got, err)
	}
	if got, err := openFile(t, v, vectorRef(want.Person), unhex(t, want.File)); err != nil || string(got) != "a file" {
		t.Errorf("file: %q, %v", got, err)
	}
	if got := v.Blind(vault.BlindName, "ariadne"); !bytes.Equal(got, unhex(t, want.Blind)) {
		t.Errorf("blind index %x, want %s", got, want.Blind)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func makeVector(t *testing.T) {
	t.Helper()
	keyset := newKeyset(t)
	path := filepath.Join(t.TempDir(), "keyset")
	if err := keyset.Save(path, ""); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clock := core.NewFixedClock(epoch)
	store := openStore(t, filepath.Join(t.TempDir(), "keys.db"), clock)
	v := vault.New(keyset, store, clock)
	person := newPerson(t, v)
	wrapped, err := store.Get(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(vector{Keyset: content, Person: person, Wrapped: hex.EncodeToString(wrapped),
		Value: hex.EncodeToString(mustSeal(t, v, vectorRef(person), "Ariadne")),
		File:  hex.EncodeToString(sealFile(t, v, vectorRef(person), []byte("a file"))),
		Blind: hex.EncodeToString(v.Blind(vault.BlindName, "ariadne"))}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorPath, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
