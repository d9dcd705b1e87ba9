// Package vaulttest gives tests a vault of their own: a fresh keyset and a SQLite
// key store in a temporary folder.
package vaulttest

import (
	"path/filepath"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

// New returns an empty vault that reads the time from clock; it is closed at the
// end of the test.
func New(t testing.TB, clock core.Clock, options ...vault.Option) *vault.Vault {
	t.Helper()
	keyset, err := vault.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	store, err := vault.OpenKeyStore(t.Context(), filepath.Join(t.TempDir(), "keys.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return vault.New(keyset, store, clock, options...)
}
