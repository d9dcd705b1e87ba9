package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// dataDir is the folder where one installation keeps everything on SQLite:
//
//	DIR/clew.db            the data
//	DIR/checkpoints.txt    the ledger's signed checkpoints
//	DIR/keys/keys.db       the wrapped person keys
//	DIR/keys/keyset.age    the keyset that unwraps them
//
// Back up DIR without keys, and keys apart from it: docs/runbooks/keys.md.
type dataDir string

// DB is the database of the data.
func (d dataDir) DB() string { return filepath.Join(string(d), "clew.db") }

// Checkpoints is the file of the ledger's checkpoints.
func (d dataDir) Checkpoints() string { return filepath.Join(string(d), "checkpoints.txt") }

// Keys is the key store.
func (d dataDir) Keys() string { return filepath.Join(string(d), "keys", "keys.db") }

// Keyset is the keyset's file.
func (d dataDir) Keyset() string { return filepath.Join(string(d), "keys", "keyset.age") }

// Create makes the folders, for this user alone.
func (d dataDir) Create() error {
	if err := os.MkdirAll(filepath.Join(string(d), "keys"), 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	return nil
}
