package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"clew/internal/core"
)

// KMS seals a whole keyset under a key that lies elsewhere: a passphrase
// ([Passphrase]), or a hardware module or a key service of the operator's. It is
// asked when the process starts, after a rotation and when a keyset is saved;
// never for a person's key, so it need not be fast. What Wrap returns is stored
// as the keyset file, as it is.
type KMS interface {
	Wrap(ctx context.Context, keyset []byte) ([]byte, error)
	Unwrap(ctx context.Context, sealed []byte) ([]byte, error)
}

// scryptWork is the work factor of the passphrase, 2¹⁸: about a second and
// 256 MiB, age's own default. Reading accepts up to 2²⁰.
const (
	scryptWork    = 18
	maxScryptWork = 20
)

// MinPassphrase is the shortest passphrase that is taken, in bytes.
const MinPassphrase = 12

var (
	errPassphraseNeeded = core.E(core.Invalid, "vault.passphrase_needed",
		"The keyset is sealed by a passphrase. Set CLEW_KEYSET_PASSPHRASE_FILE or CLEW_KEYSET_PASSPHRASE.")
	errWrongPassphrase = core.E(core.Invalid, "vault.wrong_passphrase", "The passphrase does not open the keyset.")
	errShortPassphrase = core.E(core.Invalid, "vault.short_passphrase", "The passphrase needs at least 12 characters.")
	errNotSealed       = core.E(core.Invalid, "vault.not_sealed",
		"A passphrase was given, but the keyset is not sealed. Is it the right file?")
)

// Passphrase seals a keyset by a passphrase, as an armored age file with a scrypt
// recipient: `age --decrypt` reads it without clew.
func Passphrase(passphrase string) KMS { return passphraseKMS{core.Secret(passphrase), scryptWork} }

type passphraseKMS struct {
	passphrase core.Secret
	work       int
}

func (p passphraseKMS) Wrap(_ context.Context, keyset []byte) ([]byte, error) {
	if len(p.passphrase) < MinPassphrase {
		return nil, errShortPassphrase
	}
	recipient, err := age.NewScryptRecipient(p.passphrase.Reveal())
	if err != nil {
		return nil, errors.New("seal keyset: the passphrase cannot be used")
	}
	recipient.SetWorkFactor(p.work)
	var out bytes.Buffer
	text := armor.NewWriter(&out)
	sealer, err := age.Encrypt(text, recipient)
	if err != nil {
		return nil, fmt.Errorf("seal keyset: %w", err)
	}
	_, writeErr := sealer.Write(keyset)
	if err := errors.Join(writeErr, sealer.Close(), text.Close()); err != nil {
		return nil, fmt.Errorf("seal keyset: %w", err)
	}
	return out.Bytes(), nil
}

func (p passphraseKMS) Unwrap(_ context.Context, sealed []byte) ([]byte, error) {
	if !isSealed(sealed) {
		return nil, errNotSealed
	}
	identity, err := age.NewScryptIdentity(p.passphrase.Reveal())
	if err != nil {
		return nil, errWrongPassphrase
	}
	identity.SetMaxWorkFactor(maxScryptWork)
	opener, err := age.Decrypt(armor.NewReader(bytes.NewReader(sealed)), identity)
	if err != nil {
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			return nil, errWrongPassphrase
		}
		return nil, errBadKeyset
	}
	clear, err := io.ReadAll(io.LimitReader(opener, maxKeyset))
	if err != nil {
		return nil, errBadKeyset
	}
	return clear, nil
}

func isSealed(b []byte) bool {
	return strings.HasPrefix(strings.TrimSpace(string(b[:min(len(b), 256)])), armor.Header)
}

// Unsealed keeps the keyset in clear, for a file that only its owner can read on
// a disk or in a secret store that is sealed itself.
func Unsealed() KMS { return unsealedKMS{} }

type unsealedKMS struct{}

func (unsealedKMS) Wrap(_ context.Context, keyset []byte) ([]byte, error) { return keyset, nil }

func (unsealedKMS) Unwrap(_ context.Context, sealed []byte) ([]byte, error) {
	if isSealed(sealed) {
		return nil, errPassphraseNeeded
	}
	return sealed, nil
}

// String implements fmt.Stringer. The type that cannot print itself has to be this
// one: fmt does not ask the methods of unexported fields.
func (passphraseKMS) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (passphraseKMS) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (passphraseKMS) LogValue() slog.Value { return slog.StringValue(redacted) }

// localKMS chooses between the two.
func localKMS(passphrase string) KMS {
	if passphrase == "" {
		return Unsealed()
	}
	return Passphrase(passphrase)
}
