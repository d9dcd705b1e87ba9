package vault

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"clew/internal/core"
)

// Ref says whose value it is and where it is stored. All of it is authenticated:
// a sealed value opens under the Ref that it was sealed for and no other.
type Ref struct {
	Person core.ID // zero means SystemPerson
	Table  string
	Row    string
	Field  string
	// Version tells apart values that succeed each other in one field, so that an
	// old one cannot be put back unnoticed: the row's rev, or a format's number.
	Version int
}

// maxRefPart bounds Table, Row and Field, each.
const maxRefPart = 255

func (r Ref) check() error {
	for _, part := range []string{r.Table, r.Row, r.Field} {
		if part == "" || len(part) > maxRefPart {
			return fmt.Errorf("vault: table, row and field of a ref need 1 to %d bytes", maxRefPart)
		}
	}
	if r.Version < 0 {
		return fmt.Errorf("vault: version %d of a ref is negative", r.Version)
	}
	return nil
}

func (r Ref) person() core.ID {
	if r.Person.IsZero() {
		return SystemPerson
	}
	return r.Person
}

// context encodes the ref for authentication. Every part has its length in front
// or is of fixed size, so that two refs never encode alike.
func (r Ref) context(form, generation byte) []byte {
	person := r.person()
	b := append([]byte("clew/vault/value"), form, generation)
	b = append(b, person[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Version))
	for _, part := range []string{r.Table, r.Row, r.Field} {
		b = binary.BigEndian.AppendUint16(b, uint16(len(part)))
		b = append(b, part...)
	}
	return b
}

// A sealed value starts with its form and the generation of the data key.
const (
	formRecord = 1 // AES-256-GCM: 12 bytes of nonce, ciphertext, 16 bytes of tag
	formFile   = 2 // STREAM of AES-256-GCM segments, see SealFile

	headerSize     = 2
	recordOverhead = headerSize + 12 + 16
)

// errUnreadable carries no cause: why authentication failed helps only a forger.
var errUnreadable = core.E(core.Internal, "vault.unreadable", "A stored value was changed or moved, or its key is another one.")

var errTooLarge = core.E(core.TooLarge, "vault.too_large", "The value is larger than 32 MiB.")

// Seal encrypts a value of up to [MaxPlaintext] bytes for the place that ref
// names. The result is 30 bytes longer than the value. The same value sealed
// twice gives different results.
func (v *Vault) Seal(ctx context.Context, ref Ref, plaintext []byte) ([]byte, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	if len(plaintext) > MaxPlaintext {
		return nil, errTooLarge
	}
	key, err := v.personKey(ctx, ref.person())
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, headerSize, recordOverhead+len(plaintext))
	sealed[0], sealed[1] = formRecord, key.generation
	return key.record.Seal(sealed, nil, plaintext, ref.context(formRecord, key.generation)), nil
}

// Open decrypts what Seal made for the same ref. It fails with code
// "vault.shredded" (NotFound) when the person's key was destroyed,
// "vault.unknown_person" (NotFound) when there never was one, and
// "vault.unreadable" (Internal) when the value was changed, moved, or sealed by
// another key.
func (v *Vault) Open(ctx context.Context, ref Ref, sealed []byte) ([]byte, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	key, err := v.personKey(ctx, ref.person())
	if err != nil {
		return nil, err
	}
	if len(sealed) < recordOverhead || len(sealed) > recordOverhead+MaxPlaintext ||
		sealed[0] != formRecord || sealed[1] != key.generation {
		return nil, errUnreadable
	}
	plaintext, err := key.record.Open(nil, nil, sealed[headerSize:], ref.context(formRecord, key.generation))
	if err != nil {
		return nil, errUnreadable
	}
	return plaintext, nil
}

// SealJSON seals a value as JSON.
func SealJSON[T any](ctx context.Context, v *Vault, ref Ref, value T) ([]byte, error) {
	b, err := json.Marshal(value)
	if err != nil {
		// The cause may quote the value.
		return nil, fmt.Errorf("vault: a %T does not encode as JSON", value)
	}
	return v.Seal(ctx, ref, b)
}

// OpenJSON opens what SealJSON made.
func OpenJSON[T any](ctx context.Context, v *Vault, ref Ref, sealed []byte) (T, error) {
	var value T
	b, err := v.Open(ctx, ref, sealed)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(b, &value); err != nil {
		var zero T
		// The cause may quote the value.
		return zero, fmt.Errorf("vault: %s.%s does not decode as a %T", ref.Table, ref.Field, value)
	}
	return value, nil
}
