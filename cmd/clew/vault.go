package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"clew/internal/core"
	"clew/internal/vault"
)

type vaultCmd struct {
	Init   vaultInitCmd   `cmd:"" help:"Make the keyset and the key store of a new installation."`
	Status vaultStatusCmd `cmd:"" help:"Say which keys there are and how many people use each. Shows no secret."`
	Rotate vaultRotateCmd `cmd:"" help:"Wrap every person's key by a new wrapping key. Goes on where it was stopped."`
	Shred  vaultShredCmd  `cmd:"" help:"Destroy people's keys again, after the key store came back from a backup."`
}

// vaultFlags say where the keys are. Other commands embed them too.
type vaultFlags struct {
	Data    string `help:"The installation's folder." type:"path" placeholder:"DIR"`
	KeysURL string `name:"keys-url" env:"CLEW_KEYS_URL" help:"The key store: a PostgreSQL URL, or a SQLite file. Default: keys/keys.db in the data folder." placeholder:"URL"`
	Keyset  string `type:"path" help:"The keyset's file. Default: CLEW_KEYSET, CLEW_KEYSET_FILE, or keys/keyset.age in the data folder." placeholder:"FILE"`
}

// source is where the keyset is.
func (f vaultFlags) source() (vault.Source, error) {
	fallback := ""
	if f.Data != "" {
		fallback = dataDir(f.Data).Keyset()
	}
	return vault.FindSource(f.Keyset, fallback, os.Getenv)
}

// keys is the key store's database.
func (f vaultFlags) keys() (string, error) {
	switch {
	case f.KeysURL != "":
		return f.KeysURL, nil
	case f.Data != "":
		return dataDir(f.Data).Keys(), nil
	}
	return "", core.E(core.Invalid, "vault.no_keys", "Say where the keys are: --data DIR, or --keys-url and --keyset.")
}

// openedVault is a vault with what it was opened from.
type openedVault struct {
	*vault.Vault
	store  *vault.SQLKeyStore
	source vault.Source
}

// Close closes the key store.
func (o *openedVault) Close() error { return o.store.Close() }

// open opens the vault of an installation that exists.
func (f vaultFlags) open(ctx context.Context, options ...vault.Option) (*openedVault, error) {
	source, err := f.source()
	if err != nil {
		return nil, err
	}
	keys, err := f.keys()
	if err != nil {
		return nil, err
	}
	keyset, err := source.Open(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return nil, core.E(core.NotFound, "vault.no_keyset", "There is no keyset at "+source.Path()+". Make one with `clew vault init`.")
	}
	if err != nil {
		return nil, err
	}
	// A missing file would be created empty, and every person would seem unknown.
	if _, err := os.Stat(keys); !isPostgres(keys) && err != nil {
		return nil, core.E(core.NotFound, "vault.no_keys", "There is no key store at "+keys+". Make one with `clew vault init`, or bring it back from its backup.")
	}
	store, err := vault.OpenKeyStore(ctx, keys, core.SystemClock{})
	if err != nil {
		return nil, err
	}
	options = append([]vault.Option{vault.WithReload(source.Open)}, options...)
	return &openedVault{vault.New(keyset, store, core.SystemClock{}, options...), store, source}, nil
}

func isPostgres(source string) bool {
	return strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://")
}
