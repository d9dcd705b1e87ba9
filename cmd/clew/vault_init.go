package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"clew/internal/core"
	"clew/internal/vault"
)

type vaultInitCmd struct {
	vaultFlags
	NoPassphrase bool `help:"Keep the keyset in clear, readable by this user only. For a disk or secret store that is sealed itself."`
}

// Run makes what does not exist and never touches what does.
func (c vaultInitCmd) Run(ctx context.Context, io streams) error {
	if c.Data != "" {
		if err := dataDir(c.Data).Create(); err != nil {
			return err
		}
	}
	keys, err := c.keys()
	if err != nil {
		return err
	}
	path, err := c.keysetPath()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return core.E(core.Conflict, "vault.keyset_exists", "There is a keyset at "+path+" already. Nothing was changed.")
	}
	kms, err := c.kms(io)
	if err != nil {
		return err
	}
	if err := createVault(ctx, vault.FileSource(path, kms), keys); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "The keyset is in %s.\n", path)
	fmt.Fprintln(io.out, "Keep a copy of it and of its passphrase, apart from each other and apart from the data's backups.")
	fmt.Fprintln(io.out, "Without them nobody can read anybody's record again.")
	return nil
}

func (c vaultInitCmd) keysetPath() (string, error) {
	source, err := c.source()
	if err != nil {
		return "", err
	}
	if source.Path() == "" {
		return "", core.E(core.Invalid, "vault.keyset_fixed", "CLEW_KEYSET holds a keyset already. Unset it, or give --keyset FILE.")
	}
	return filepath.Abs(source.Path())
}

// createVault makes a keyset and an empty key store.
func createVault(ctx context.Context, source vault.Source, keys string) error {
	keyset, err := vault.NewKeyset()
	if err != nil {
		return err
	}
	store, err := vault.OpenKeyStore(ctx, keys, core.SystemClock{})
	if err != nil {
		return err
	}
	defer store.Close()
	usage, err := store.Usage(ctx)
	if err != nil {
		return err
	}
	if usage.Live > 0 {
		return core.E(core.Conflict, "vault.keys_exist", "This key store holds people's keys, and a new keyset would not open them. Bring back its keyset.")
	}
	return source.Create(ctx, keyset)
}

// kms asks for a passphrase when the environment gives none.
func (c vaultInitCmd) kms(io streams) (vault.KMS, error) {
	if c.NoPassphrase {
		return vault.Unsealed(), nil
	}
	passphrase, err := vault.FindPassphrase(os.Getenv)
	if err != nil {
		return nil, err
	}
	if passphrase == "" {
		if passphrase, err = askPassphrase(io); err != nil {
			return nil, err
		}
	}
	return vault.Passphrase(passphrase), nil
}

func askPassphrase(s streams) (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", core.E(core.Invalid, "vault.passphrase_needed",
			"Set CLEW_KEYSET_PASSPHRASE_FILE or CLEW_KEYSET_PASSPHRASE, or run this on a terminal, or say --no-passphrase.")
	}
	first, err := readPassphrase(file, s.err, "Passphrase for the keyset (at least 12 characters): ")
	if err != nil {
		return "", err
	}
	second, err := readPassphrase(file, s.err, "The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", core.E(core.Invalid, "vault.passphrases_differ", "The two passphrases are not the same. Nothing was made.")
	}
	return first, nil
}

func readPassphrase(terminal *os.File, prompt io.Writer, text string) (string, error) {
	fmt.Fprint(prompt, text)
	b, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(prompt)
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	return string(b), nil
}
