package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"clew/internal/core"
)

const (
	// CacheTTL is how long an unwrapped key is kept in memory, and so how long
	// another process may take to notice that a person was shredded.
	CacheTTL = 5 * time.Second
	// cacheSize is how many unwrapped keys are kept: a page of a queue many times
	// over, in about 2 MB.
	cacheSize = 2048
	// MaxPlaintext is the largest value that is sealed, 32 MiB: an attachment of
	// 25 MB and whatever goes with it.
	MaxPlaintext = 32 << 20
	// maxPersons bounds one call of NewPersons.
	maxPersons = 10_000

	dataKeySize = 32
	// firstGeneration numbers a person's data key; sealed values name the
	// generation, so that a later key of the same person can be told from it.
	firstGeneration = 1
)

// SystemPerson is the person of what belongs to nobody: an account's TOTP seed, a
// webhook's secret. A [Ref] without a person means it. It cannot be shredded. It
// lies outside the range of real UUIDv7 values.
var SystemPerson = core.ID{6: 0x70, 8: 0x80, 15: 2}

// Vault seals and opens what identifies people. Construct it with [New]; it is
// safe for concurrent use, and several processes may use one key store.
type Vault struct {
	keyset atomic.Pointer[Keyset]
	keys   KeyStore
	clock  core.Clock
	ids    *core.IDs
	cache  *keyCache
	reload func(context.Context) (*Keyset, error)

	ttl     time.Duration
	entries int
	batch   int

	pool   []core.ID // fresh people whose keys are stored and who nobody is yet
	poolMu sync.Mutex

	reloaded time.Time
	reloadMu sync.Mutex
}

// Option changes how a Vault works.
type Option func(*Vault)

// WithIDs makes the people's identifiers; by default they come from the clock.
func WithIDs(ids *core.IDs) Option { return func(v *Vault) { v.ids = ids } }

// WithCache keeps up to entries unwrapped keys for ttl each, instead of
// [CacheTTL]; zero entries keep none.
func WithCache(entries int, ttl time.Duration) Option {
	return func(v *Vault) { v.entries, v.ttl = entries, ttl }
}

// WithReload tells where to read the keyset again when another process has
// rotated it. Without it, a process has to be restarted after a rotation.
func WithReload(open func(context.Context) (*Keyset, error)) Option {
	return func(v *Vault) { v.reload = open }
}

// WithBatch stores keys for n people at a time, so that [Vault.NewPerson] waits
// for the disk once in n calls. Up to n keys of nobody are left behind when the
// process ends; they do no harm.
func WithBatch(n int) Option { return func(v *Vault) { v.batch = min(max(n, 1), maxPersons) } }

// New returns a vault over a keyset and a key store.
func New(k *Keyset, keys KeyStore, clock core.Clock, opts ...Option) *Vault {
	v := &Vault{keys: keys, clock: clock, ttl: CacheTTL, entries: cacheSize, batch: 1}
	v.keyset.Store(k)
	for _, opt := range opts {
		opt(v)
	}
	if v.ids == nil {
		v.ids = core.NewIDs(clock)
	}
	v.cache = newKeyCache(clock, v.ttl, v.entries)
	return v
}

// Keyset returns the keyset in use.
func (v *Vault) Keyset() *Keyset { return v.keyset.Load() }

// NewPerson makes a person with a fresh key of their own. When it returns, the
// key is durable. Call it before the transaction that stores what it seals: a key
// without data is harmless, data without a key is lost.
func (v *Vault) NewPerson(ctx context.Context) (core.ID, error) {
	v.poolMu.Lock()
	defer v.poolMu.Unlock()
	if len(v.pool) == 0 {
		fresh, err := v.NewPersons(ctx, v.batch)
		if err != nil {
			return core.ID{}, err
		}
		v.pool = fresh
	}
	person := v.pool[0]
	v.pool = v.pool[1:]
	return person, nil
}

// NewPersons makes n people in one write of the key store, at most 10,000.
func (v *Vault) NewPersons(ctx context.Context, n int) ([]core.ID, error) {
	if n < 1 || n > maxPersons {
		return nil, fmt.Errorf("make %d people at once: want 1 to %d", n, maxPersons)
	}
	people := make([]core.ID, n)
	for i := range people {
		people[i] = v.ids.New()
	}
	if err := v.createKeys(ctx, people); err != nil {
		return nil, err
	}
	return people, nil
}

// createKeys stores a fresh key for each person. When the keyset turns out to be
// older than the key store, it is read again, once.
func (v *Vault) createKeys(ctx context.Context, people []core.ID) error {
	used := v.keyset.Load()
	err := v.putKeys(ctx, used, people)
	if errors.Is(err, errKeyRetired) && v.reloadKeyset(ctx, used) == nil {
		err = v.putKeys(ctx, v.keyset.Load(), people)
	}
	return err
}

func (v *Vault) putKeys(ctx context.Context, keyset *Keyset, people []core.ID) error {
	wrapped := make([]WrappedKey, len(people))
	for i, person := range people {
		w, err := keyset.wrap(person, append([]byte{firstGeneration}, randomBytes(dataKeySize)...))
		if err != nil {
			return fmt.Errorf("wrap key: %w", err)
		}
		wrapped[i] = WrappedKey{person, w}
	}
	return v.keys.Put(ctx, wrapped...)
}

// Shred destroys the person's key. Everything sealed for them, wherever a copy
// lies, is unreadable from then on: at once in this process, within [CacheTTL] in
// others. It cannot be undone, and repeating it is no error.
func (v *Vault) Shred(ctx context.Context, person core.ID) error {
	if person.IsZero() || person == SystemPerson {
		return core.E(core.Forbidden, "vault.not_shreddable", "The system's own key cannot be erased.")
	}
	v.cache.drop(person)
	defer v.cache.drop(person) // again: an Open may have loaded it meanwhile
	if err := v.keys.Delete(ctx, person); err != nil {
		return fmt.Errorf("shred %s: %w", person, err)
	}
	return nil
}

// Usage counts what the key store holds.
func (v *Vault) Usage(ctx context.Context) (Usage, error) { return v.keys.Usage(ctx) }

// personKey is a person's data key, ready for use.
type personKey struct {
	generation byte
	record     cipher.AEAD // nonce in front, chosen at random inside Seal
	file       []byte      // input key of the chunked form
}

func (v *Vault) personKey(ctx context.Context, person core.ID) (*personKey, error) {
	if key, ok := v.cache.get(person); ok {
		return key, nil
	}
	ticket, loaded := v.cache.ticket(), v.clock.Now()
	wrapped, err := v.wrappedKey(ctx, person)
	if err != nil {
		return nil, err
	}
	key, err := v.usable(ctx, WrappedKey{person, wrapped})
	if err != nil {
		return nil, err
	}
	v.cache.add(person, key, loaded, ticket)
	return key, nil
}

// Warm reads the keys of many people at once, a page of a list say, so that the
// calls of Open that follow need not ask the key store one by one. Who has no key
// is left for Open to explain.
func (v *Vault) Warm(ctx context.Context, people ...core.ID) error {
	missing := v.cache.missing(people)
	ticket, loaded := v.cache.ticket(), v.clock.Now()
	for part := range slices.Chunk(missing, getManySize) {
		found, err := v.keys.GetMany(ctx, part)
		if err != nil {
			return err
		}
		for _, wrapped := range found {
			key, err := v.usable(ctx, wrapped)
			if err != nil {
				return err
			}
			v.cache.add(wrapped.Person, key, loaded, ticket)
		}
	}
	return nil
}

// Living tells which of the people still have a key. It opens none.
func (v *Vault) Living(ctx context.Context, people ...core.ID) (map[core.ID]bool, error) {
	living := make(map[core.ID]bool, len(people))
	for part := range slices.Chunk(people, getManySize) {
		found, err := v.keys.GetMany(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, wrapped := range found {
			living[wrapped.Person] = true
		}
	}
	return living, nil
}

func (v *Vault) usable(ctx context.Context, wrapped WrappedKey) (*personKey, error) {
	clear, err := v.unwrap(ctx, wrapped.Person, wrapped.Wrapped)
	if err != nil {
		return nil, err
	}
	key, err := newPersonKey(clear)
	if err != nil {
		return nil, fmt.Errorf("key of %s: %w", wrapped.Person, err)
	}
	return key, nil
}

// wrappedKey reads the key; the system's own is made when it is first wanted.
func (v *Vault) wrappedKey(ctx context.Context, person core.ID) ([]byte, error) {
	wrapped, err := v.keys.Get(ctx, person)
	if person != SystemPerson || !errors.Is(err, errUnknownPerson) {
		return wrapped, err
	}
	err = v.createKeys(ctx, []core.ID{person})
	if err != nil && !errors.Is(err, errKeyExists) { // another process was first: as good
		return nil, err
	}
	return v.keys.Get(ctx, person)
}

func (v *Vault) unwrap(ctx context.Context, person core.ID, wrapped []byte) ([]byte, error) {
	used := v.keyset.Load()
	clear, err := used.unwrap(person, wrapped)
	if errors.Is(err, errNoSuchKey) && v.reloadKeyset(ctx, used) == nil {
		clear, err = v.keyset.Load().unwrap(person, wrapped)
	}
	if err != nil {
		return nil, &core.Error{Kind: core.Internal, Code: "vault.wrong_keyset",
			Msg: "The keyset in use does not open this person's key.", Err: err}
	}
	return clear, nil
}

// reloadPause is how long a keyset that turned out not to help is not read again:
// opening one takes a second and 256 MiB, and every look at a key that is in none
// would ask for it.
const reloadPause = 5 * time.Second

// reloadKeyset replaces the keyset that was in use by what is saved now.
func (v *Vault) reloadKeyset(ctx context.Context, used *Keyset) error {
	if v.reload == nil {
		return errNoSuchKey
	}
	v.reloadMu.Lock()
	defer v.reloadMu.Unlock()
	if v.keyset.Load() != used {
		return nil // somebody else has just done it
	}
	now := v.clock.Now()
	if pause := now.Sub(v.reloaded); pause >= 0 && pause < reloadPause {
		return errNoSuchKey
	}
	v.reloaded = now
	k, err := v.reload(ctx)
	if err != nil {
		return fmt.Errorf("read keyset again: %w", err)
	}
	v.keyset.Store(k)
	return nil
}

// newPersonKey derives one key for records and one for files, so that the two
// ways of encrypting never share one.
func newPersonKey(clear []byte) (*personKey, error) {
	if len(clear) != 1+dataKeySize {
		return nil, errors.New("wrong length")
	}
	record, err := hkdf.Key(sha256.New, clear[1:], nil, "clew/vault/record/1", 32)
	if err != nil {
		return nil, err
	}
	file, err := hkdf.Key(sha256.New, clear[1:], nil, "clew/vault/file/1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(record)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &personKey{generation: clear[0], record: gcm, file: file}, nil
}

// String implements fmt.Stringer.
func (*Vault) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (*Vault) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (*Vault) LogValue() slog.Value { return slog.StringValue(redacted) }
