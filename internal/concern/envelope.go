package concern

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"golang.org/x/crypto/argon2"

	"clew/internal/core"
)

// Keys is what the door and its desk need of the keyset: the desk's key pair,
// the salt of receipts, and the key of what a browser carries for us between two
// pages. All of it follows from one secret.
type Keys struct {
	desk  hpke.PrivateKey
	salt  []byte
	state cipher.AEAD
	cost  argonCost
	turns chan struct{} // bounds how many receipts are derived at once, and so the memory
}

// argonCost is argon2id's cost for a receipt: time, and memory in KiB.
type argonCost struct{ time, memory uint32 }

// 64 MiB and three passes are above RFC 9106's second recommendation: 53 bits
// are few, and nobody waits for a receipt more than once.
var (
	dear  = argonCost{3, 64 << 10}
	cheap = argonCost{1, 256}
)

const (
	keySize      = 32
	derivedAtOne = 2 // receipts derived at once in a process: 128 MiB at most
)

// NewKeys derives the keys from a secret of the keyset. Cheap is for tests and
// the demonstration only.
func NewKeys(secret []byte, cheapReceipts bool) (*Keys, error) {
	if len(secret) < keySize {
		return nil, fmt.Errorf("concern: a secret of %d bytes is too short", len(secret))
	}
	derive := func(what string) ([]byte, error) {
		return hkdf.Key(sha256.New, secret, nil, "clew concern "+what, keySize)
	}
	seed, err := derive("desk key")
	if err != nil {
		return nil, err
	}
	k := &Keys{cost: dear, turns: make(chan struct{}, derivedAtOne)}
	if cheapReceipts {
		k.cost = cheap
	}
	if k.desk, err = hpke.MLKEM768X25519().DeriveKeyPair(seed); err != nil {
		return nil, fmt.Errorf("concern: desk key: %w", err)
	}
	if k.salt, err = derive("receipt salt"); err != nil {
		return nil, err
	}
	state, err := derive("form state")
	if err != nil {
		return nil, err
	}
	k.state, err = aead(state)
	return k, err
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("concern: cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// derived is what a receipt gives: by what its report is found, and the key that
// opens the report. The first tells nothing about the second.
type derived struct{ locator, key []byte }

// derive is slow on purpose. The salt is the installation's, not the report's,
// because the report is not known before it is found: whoever tries receipts
// tries them against all reports at once, but needs the keyset to begin.
func (k *Keys) derive(ctx context.Context, r Receipt) (derived, error) {
	select {
	case k.turns <- struct{}{}:
		defer func() { <-k.turns }()
	case <-ctx.Done():
		return derived{}, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	out := argon2.IDKey([]byte(r.Digits.Reveal()), k.salt, k.cost.time, k.cost.memory, 1, 2*keySize)
	return derived{out[:keySize], out[keySize:]}, nil
}

// contentKey opens everything of one report.
type contentKey [keySize]byte

func newContentKey() contentKey {
	var k contentKey
	_, _ = rand.Read(k[:])
	return k
}

// String keeps the key out of logs.
func (contentKey) String() string { return "[redacted]" }

// GoString keeps the key out of logs.
func (contentKey) GoString() string { return "[redacted]" }

// forReceipt and forDesk seal the content key once for each of those who may
// read: for the receipt under the key derived from it, for the desk under its
// public key (HPKE, RFC 9180, with the hybrid of ML-KEM-768 and X25519).
func forReceipt(d derived, id core.ID, key contentKey) ([]byte, error) {
	a, err := aead(d.key)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, key[:], []byte("receipt "+id.String())), nil
}

func fromReceipt(d derived, id core.ID, slot []byte) (contentKey, error) {
	a, err := aead(d.key)
	if err != nil {
		return contentKey{}, err
	}
	return keyFrom(a.Open(nil, nil, slot, []byte("receipt "+id.String())))
}

func keyFrom(b []byte, err error) (contentKey, error) {
	if err != nil || len(b) != keySize {
		return contentKey{}, fmt.Errorf("concern: content key does not open: %w", err)
	}
	return contentKey(b), nil
}

func (k *Keys) forDesk(id core.ID, key contentKey) ([]byte, error) {
	return hpke.Seal(k.desk.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("clew concern "+id.String()), key[:])
}

func (k *Keys) fromDesk(id core.ID, slot []byte) (contentKey, error) {
	return keyFrom(hpke.Open(k.desk, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("clew concern "+id.String()), slot))
}

// place names what is sealed, so that a message cannot be put in another's stead.
func place(id core.ID, what string, n int) []byte { return fmt.Appendf(nil, "%s %s %d", id, what, n) }

func (k contentKey) seal(where, plain []byte) ([]byte, error) {
	a, err := aead(k[:])
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, where), nil
}

func (k contentKey) open(where, sealed []byte) ([]byte, error) {
	a, err := aead(k[:])
	if err != nil {
		return nil, err
	}
	b, err := a.Open(nil, nil, sealed, where)
	if err != nil {
		return nil, fmt.Errorf("concern: sealed text does not open: %w", err)
	}
	return b, nil
}

func sealJSON[T any](k contentKey, where []byte, v T) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("concern: %w", err)
	}
	return k.seal(where, plain)
}

func openJSON[T any](k contentKey, where, sealed []byte) (T, error) {
	var v T
	plain, err := k.open(where, sealed)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(plain, &v); err != nil {
		return v, fmt.Errorf("concern: %w", err)
	}
	return v, nil
}
