package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"clew/internal/core"
)

// The environment variables that name a keyset.
const (
	EnvKeyset         = "CLEW_KEYSET"                 // the keyset itself, as the file would hold it
	EnvKeysetFile     = "CLEW_KEYSET_FILE"            // the path of the keyset's file
	EnvPassphrase     = "CLEW_KEYSET_PASSPHRASE"      // the passphrase itself
	EnvPassphraseFile = "CLEW_KEYSET_PASSPHRASE_FILE" // a file that holds the passphrase on one line
)

// Source is where a keyset is read from and saved to: a file, or the environment
// (which cannot be saved to), sealed by a [KMS]. It never prints its content.
type Source struct {
	path    string
	content []byte
	kms     KMS
}

// FileSource is the keyset at path, sealed by kms.
func FileSource(path string, kms KMS) Source { return Source{path: path, kms: kms} }

// FindSource decides where the keyset is: the content of CLEW_KEYSET when path is
// empty, else path, else CLEW_KEYSET_FILE, else fallback. The passphrase comes
// from CLEW_KEYSET_PASSPHRASE or the file that CLEW_KEYSET_PASSPHRASE_FILE names;
// without one the keyset is taken to be in clear.
func FindSource(path, fallback string, getenv func(string) string) (Source, error) {
	passphrase, err := FindPassphrase(getenv)
	if err != nil {
		return Source{}, err
	}
	s := Source{kms: localKMS(passphrase)}
	switch content, file := getenv(EnvKeyset), getenv(EnvKeysetFile); {
	case path != "":
		s.path = path
	case content != "":
		s.content = []byte(content)
	case file != "":
		s.path = file
	case fallback != "":
		s.path = fallback
	default:
		return Source{}, core.E(core.Invalid, "vault.no_keyset", "No keyset was named. Give --data, --keyset or CLEW_KEYSET_FILE.")
	}
	return s, nil
}

// FindPassphrase reads the passphrase from the environment or the file that it
// names; "" when there is none.
func FindPassphrase(getenv func(string) string) (string, error) {
	if p := getenv(EnvPassphrase); p != "" {
		return p, nil
	}
	path := getenv(EnvPassphraseFile)
	if path == "" {
		return "", nil
	}
	b, err := readPrivate(path)
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	p := strings.TrimRight(string(b), "\r\n")
	if p == "" {
		return "", core.E(core.Invalid, "vault.passphrase_needed", "The passphrase file is empty.")
	}
	return p, nil
}

// Path returns the keyset's file, or "" when it comes from the environment.
func (s Source) Path() string { return s.path }

// Sealed reports whether a passphrase or another KMS seals the keyset.
func (s Source) Sealed() bool { _, clear := s.kms.(unsealedKMS); return !clear }

// Open reads the keyset. A file that others on the machine may read is refused.
func (s Source) Open(ctx context.Context) (*Keyset, error) {
	sealed := s.content
	if s.path != "" {
		var err error
		if sealed, err = readPrivate(s.path); err != nil {
			return nil, fmt.Errorf("read keyset: %w", err)
		}
	}
	clear, err := s.kms.Unwrap(ctx, sealed)
	if err != nil {
		return nil, err
	}
	return parseKeyset(clear)
}

// Create saves a new keyset; Conflict when the file exists.
func (s Source) Create(ctx context.Context, k *Keyset) error {
	if _, err := os.Lstat(s.path); s.path != "" && !errors.Is(err, fs.ErrNotExist) {
		return core.E(core.Conflict, "vault.keyset_exists", "There is a keyset already. It is never overwritten: what it opens would be lost.")
	}
	return s.Save(ctx, k)
}

// Save replaces the keyset's file in one step: after a crash it is the old one or
// the new one, whole.
func (s Source) Save(ctx context.Context, k *Keyset) error {
	if s.path == "" {
		return core.E(core.Invalid, "vault.keyset_fixed", "The keyset comes from the environment and cannot be changed there. Use a file.")
	}
	clear, err := k.marshal()
	if err != nil {
		return err
	}
	sealed, err := s.kms.Wrap(ctx, clear)
	if err != nil {
		return err
	}
	if err := writePrivate(s.path, sealed); err != nil {
		return fmt.Errorf("save keyset: %w", err)
	}
	return nil
}

// OpenKeyset reads the keyset at path; an empty passphrase means that it is in clear.
func OpenKeyset(path, passphrase string) (*Keyset, error) {
	return FileSource(path, localKMS(passphrase)).Open(context.Background())
}

// Save writes the keyset to path, sealed by the passphrase, or in clear (mode
// 0600 all the same) when it is empty.
func (k *Keyset) Save(path, passphrase string) error {
	return FileSource(path, localKMS(passphrase)).Save(context.Background(), k)
}

// String implements fmt.Stringer.
func (s Source) String() string {
	if s.path == "" {
		return EnvKeyset
	}
	return s.path
}

// GoString implements fmt.GoStringer.
func (s Source) GoString() string { return s.String() }

// LogValue implements slog.LogValuer.
func (s Source) LogValue() slog.Value { return slog.StringValue(s.String()) }

// readPrivate reads a small file that only its owner can read.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, core.E(core.Invalid, "vault.file_not_private",
			fmt.Sprintf("Others on this machine can read %s (mode %04o). Change it: chmod 600.", path, info.Mode().Perm()))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyset+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxKeyset {
		return nil, core.E(core.TooLarge, "vault.file_too_large", "The file is larger than 1 MiB.")
	}
	return b, nil
}

// writePrivate writes beside the file, syncs and renames.
func writePrivate(path string, content []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".keyset-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // no effect after the rename
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
