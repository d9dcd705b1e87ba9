package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"clew/internal/core"
)

// LedgerSeed names the secret from which the ledger's signing key is made: 32
// random bytes that every new keyset holds.
const LedgerSeed = "ledger-seed"

// keysetFormat is the version of the keyset's own encoding.
const keysetFormat = 1

// maxKeyset bounds a keyset in bytes, sealed or not. A keyset of a hundred
// wrapping keys stays under a tenth of it.
const maxKeyset = 1 << 20

// errNoSuchKey is returned when a wrapped key names a wrapping key that this
// keyset does not hold: the keyset is older than the key store, or was replaced.
var errNoSuchKey = errors.New("the keyset does not hold the wrapping key")

// Keyset is the root of all keys: the wrapping keys (one primary, older ones kept
// for reading), the keys of the blind indexes (likewise), and named secrets of
// other rooms. Whoever has it and the key store can read everything, so it lives
// outside every database. It is safe for concurrent use and never prints itself.
type Keyset struct {
	mu          sync.RWMutex
	wrapping    *keyset.Handle
	wrappingIDs []uint32
	aead        tink.AEAD
	blind       *keyset.Handle
	prfs        *prf.Set
	secrets     map[string][]byte
}

// NewKeyset returns a fresh keyset: one wrapping key, one blind-index key and the
// ledger's seed.
func NewKeyset() (*Keyset, error) {
	wrapping, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make wrapping key: %w", err)
	}
	blind, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make blind-index key: %w", err)
	}
	return assemble(wrapping, blind, map[string][]byte{LedgerSeed: randomBytes(32)})
}

// randomBytes returns n random bytes. crypto/rand.Read never fails; it ends the
// program instead.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func assemble(wrapping, blind *keyset.Handle, secrets map[string][]byte) (*Keyset, error) {
	k := &Keyset{secrets: secrets}
	if err := k.setWrapping(wrapping); err != nil {
		return nil, err
	}
	if err := k.setBlind(blind); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *Keyset) setWrapping(h *keyset.Handle) error {
	a, err := aead.New(h)
	if err != nil {
		return fmt.Errorf("use wrapping keys: %w", err)
	}
	k.wrapping, k.wrappingIDs, k.aead = h, keyIDs(h), a
	return nil
}

func (k *Keyset) setBlind(h *keyset.Handle) error {
	set, err := prf.NewPRFSet(h)
	if err != nil {
		return fmt.Errorf("use blind-index keys: %w", err)
	}
	k.blind, k.prfs = h, set
	return nil
}

// Rotate adds a fresh wrapping key and makes it primary; the older ones stay for
// reading until [Keyset.Drop]. Save the keyset before anything is wrapped with it.
func (k *Keyset) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, err := withNewPrimary(k.wrapping, aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	return k.setWrapping(h)
}

// RotateBlind adds a fresh blind-index key and makes it primary. Indexes written
// before are found through [Keyset.BlindAll] until they have been written anew.
func (k *Keyset) RotateBlind() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, err := withNewPrimary(k.blind, prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return err
	}
	return k.setBlind(h)
}

func withNewPrimary(h *keyset.Handle, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(template)
	if err != nil {
		return nil, fmt.Errorf("add key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("make key primary: %w", err)
	}
	return m.Handle()
}

// Drop forgets an older wrapping key for good. It refuses the primary. Ask
// [Vault.DropOldKeys], which makes sure first that nothing needs the key.
func (k *Keyset) Drop(id uint32) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := keyset.NewManagerFromHandle(k.wrapping)
	if err := m.Delete(id); err != nil {
		return core.E(core.Conflict, "vault.key_in_use", "The wrapping key is the primary one, or is not in the keyset.")
	}
	h, err := m.Handle()
	if err != nil {
		return fmt.Errorf("drop key: %w", err)
	}
	return k.setWrapping(h)
}

// PrimaryID returns the id of the wrapping key that new person keys get.
func (k *Keyset) PrimaryID() uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.wrapping.KeysetInfo().GetPrimaryKeyId()
}

// WrappingIDs returns the ids of all wrapping keys, the oldest first.
func (k *Keyset) WrappingIDs() []uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.wrappingIDs)
}

// BlindIDs returns the ids of all blind-index keys, the oldest first.
func (k *Keyset) BlindIDs() []uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return keyIDs(k.blind)
}

func keyIDs(h *keyset.Handle) []uint32 {
	var ids []uint32
	for _, info := range h.KeysetInfo().GetKeyInfo() {
		ids = append(ids, info.GetKeyId())
	}
	return ids
}

// Secret returns a copy of a named secret; NotFound when the keyset has none of
// that name.
func (k *Keyset) Secret(name string) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s, ok := k.secrets[name]
	if !ok {
		return nil, core.E(core.NotFound, "vault.no_such_secret", "The keyset holds no secret of that name.")
	}
	return bytes.Clone(s), nil
}

// SetSecret adds a named secret. It never replaces one: what was signed or sealed
// with the old value would be lost.
func (k *Keyset) SetSecret(name string, value []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.secrets[name]; ok || name == "" {
		return core.E(core.Conflict, "vault.secret_exists", "The keyset already holds a secret of that name.")
	}
	k.secrets[name] = bytes.Clone(value)
	return nil
}

// SecretNames returns the names of the secrets, sorted.
func (k *Keyset) SecretNames() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.secrets))
}

// wrap seals a data key for its person with the primary wrapping key.
func (k *Keyset) wrap(person core.ID, dataKey []byte) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.aead.Encrypt(dataKey, wrapContext(person))
}

// unwrap opens a wrapped key. The person is authenticated: a key moved to another
// person's row does not open.
func (k *Keyset) unwrap(person core.ID, wrapped []byte) ([]byte, error) {
	id, err := wrappedBy(wrapped)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if !slices.Contains(k.wrappingIDs, id) {
		return nil, fmt.Errorf("%w %08x", errNoSuchKey, id)
	}
	return k.aead.Decrypt(wrapped, wrapContext(person))
}

func wrapContext(person core.ID) []byte {
	return append([]byte("clew/vault/person-key/1\x00"), person[:]...)
}

// wrappedBy returns the id of the wrapping key: Tink writes a 1 and then the id,
// big-endian, before the ciphertext.
func wrappedBy(wrapped []byte) (uint32, error) {
	if len(wrapped) < 5 || wrapped[0] != 1 {
		return 0, errors.New("not a wrapped key")
	}
	return uint32(wrapped[1])<<24 | uint32(wrapped[2])<<16 | uint32(wrapped[3])<<8 | uint32(wrapped[4]), nil
}

// keysetJSON is the keyset in clear: only ever inside a sealed file, a file that
// its owner alone can read, or the environment.
type keysetJSON struct {
	Format   int               `json:"clew_keyset"`
	Wrapping []byte            `json:"wrapping"` // Tink keyset, binary
	Blind    []byte            `json:"blind"`    // Tink keyset, binary
	Secrets  map[string][]byte `json:"secrets"`
}

func (k *Keyset) marshal() ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	wrapping, err := handleBytes(k.wrapping)
	if err != nil {
		return nil, err
	}
	blind, err := handleBytes(k.blind)
	if err != nil {
		return nil, err
	}
	return json.Marshal(keysetJSON{Format: keysetFormat, Wrapping: wrapping, Blind: blind, Secrets: k.secrets})
}

func handleBytes(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	return b.Bytes(), nil
}

// errBadKeyset carries no cause: what a parser says about a keyset may quote it.
var errBadKeyset = core.E(core.Invalid, "vault.bad_keyset", "This is not a clew keyset, or it is damaged.")

func parseKeyset(clear []byte) (*Keyset, error) {
	var doc keysetJSON
	if err := json.Unmarshal(clear, &doc); err != nil || doc.Format != keysetFormat {
		return nil, errBadKeyset
	}
	wrapping, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(doc.Wrapping)))
	if err != nil {
		return nil, errBadKeyset
	}
	blind, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(doc.Blind)))
	if err != nil {
		return nil, errBadKeyset
	}
	if doc.Secrets == nil {
		doc.Secrets = map[string][]byte{}
	}
	k, err := assemble(wrapping, blind, doc.Secrets)
	if err != nil {
		return nil, errBadKeyset
	}
	return k, nil
}

const redacted = "[redacted]"

// String implements fmt.Stringer.
func (*Keyset) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (*Keyset) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (*Keyset) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON refuses: a keyset is written by Save alone.
func (*Keyset) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
