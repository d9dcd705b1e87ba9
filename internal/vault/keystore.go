package vault

import (
	"context"

	"clew/internal/core"
)

// WrappedKey is a person's data key, wrapped by the keyset.
type WrappedKey struct {
	Person  core.ID
	Wrapped []byte
}

// Rewrapped is a person's data key as it is stored and as it shall be.
type Rewrapped struct {
	Person   core.ID
	Old, New []byte
}

// Usage is what a key store holds, in numbers.
type Usage struct {
	Live     int            // people whose key exists, the system's own included
	Shredded int            // people whose key was destroyed
	ByKey    map[uint32]int // live keys by the wrapping key that wraps them
}

// getManySize is how many keys one GetMany returns at most.
const getManySize = 50

// KeyStore is where the wrapped person keys live, apart from the data that they
// open. Several processes may use one.
type KeyStore interface {
	// Put inserts keys, all or none. It never overwrites: Conflict with code
	// "vault.key_exists" when a person has a key or had one, and with code
	// "vault.key_retired" when the wrapping key was retired.
	Put(ctx context.Context, keys ...WrappedKey) error
	// Get returns the wrapped key; NotFound with code "vault.shredded" or
	// "vault.unknown_person".
	Get(ctx context.Context, person core.ID) ([]byte, error)
	// GetMany returns the keys of those of the given people, at most 50, who have one.
	GetMany(ctx context.Context, people []core.ID) ([]WrappedKey, error)
	// Delete destroys the key for good, from the store's own files too, and
	// remembers that it did. Repeating it is no error; a person whom it never
	// knew is remembered as shredded too.
	Delete(ctx context.Context, person core.ID) error
	// Each returns up to limit live keys, ordered by person, of those who sort
	// after the given one.
	Each(ctx context.Context, after core.ID, limit int) ([]WrappedKey, error)
	// Replace stores the new form of each key whose old form is still what is
	// stored, in one write, leaves the others alone, and returns how many it
	// replaced. It fails with code "vault.key_retired" as Put does.
	Replace(ctx context.Context, keys ...Rewrapped) (int, error)
	// Retire makes sure that nothing is wrapped by the wrapping key, nor ever will
	// be again; Conflict with code "vault.key_in_use" when something is.
	Retire(ctx context.Context, keyID uint32) error
	// Usage counts.
	Usage(ctx context.Context) (Usage, error)
}

// The errors of a key store.
var (
	errUnknownPerson = core.E(core.NotFound, "vault.unknown_person", "There is no key for this person.")
	// ErrShredded is the answer for a person whose key was destroyed.
	ErrShredded   = core.E(core.NotFound, "vault.shredded", "This person's record was erased and cannot be read again.")
	errKeyExists  = core.E(core.Conflict, "vault.key_exists", "This person already has a key, or had one that was erased.")
	errKeyRetired = core.E(core.Conflict, "vault.key_retired", "The keyset in use is out of date: its primary wrapping key was retired.")
	errKeyInUse   = core.E(core.Conflict, "vault.key_in_use", "Some person keys still need this wrapping key.")
)
