package vault_test

import (
	"bytes"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

// wrappedAs looks like a key wrapped by the wrapping key with this id.
func wrappedAs(keyID byte, rest string) []byte { return append([]byte{1, 0, 0, 0, keyID}, rest...) }

func TestKeyStoreKeepsItsPromises(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		ctx := t.Context()
		store := openStore(t, source, core.NewFixedClock(epoch))
		ids := core.NewIDs(core.NewFixedClock(epoch))
		a, b, c := ids.New(), ids.New(), ids.New()
		if err := store.Put(ctx, vault.WrappedKey{Person: a, Wrapped: wrappedAs(7, "a")}, vault.WrappedKey{Person: b, Wrapped: wrappedAs(8, "b")}); err != nil {
			t.Fatal(err)
		}

		// Never overwritten, and all or none.
		wantCode(t, store.Put(ctx, vault.WrappedKey{Person: c, Wrapped: wrappedAs(7, "c")}, vault.WrappedKey{Person: a, Wrapped: wrappedAs(7, "x")}), core.Conflict, "vault.key_exists")
		_, err := store.Get(ctx, c)
		wantCode(t, err, core.NotFound, "vault.unknown_person")
		if got, err := store.Get(ctx, a); err != nil || !bytes.Equal(got, wrappedAs(7, "a")) {
			t.Errorf("a holds %q, %v", got, err)
		}
		if err := store.Put(ctx, vault.WrappedKey{Person: c, Wrapped: []byte("junk")}); err == nil {
			t.Error("stored what is no wrapped key")
		}

		// Replaced only as compared.
		n, err := store.Replace(ctx, vault.Rewrapped{Person: a, Old: wrappedAs(7, "other"), New: wrappedAs(8, "a")}, vault.Rewrapped{Person: b, Old: wrappedAs(8, "b"), New: wrappedAs(9, "b")})
		if err != nil || n != 1 {
			t.Errorf("replaced %d, %v", n, err)
		}

		// Retired only when unused, and for good.
		wantCode(t, store.Retire(ctx, 7), core.Conflict, "vault.key_in_use")
		for range 2 {
			if err := store.Retire(ctx, 8); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, store.Put(ctx, vault.WrappedKey{Person: c, Wrapped: wrappedAs(8, "c")}), core.Conflict, "vault.key_retired")
		_, err = store.Replace(ctx, vault.Rewrapped{Person: b, Old: wrappedAs(9, "b"), New: wrappedAs(8, "b")})
		wantCode(t, err, core.Conflict, "vault.key_retired")

		// Deleted for good, known or not; listed and counted accordingly.
		for _, p := range []core.ID{a, a, c} {
			if err := store.Delete(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range []core.ID{a, c} {
			_, err := store.Get(ctx, p)
			wantCode(t, err, core.NotFound, "vault.shredded")
			wantCode(t, store.Put(ctx, vault.WrappedKey{Person: p, Wrapped: wrappedAs(9, "x")}), core.Conflict, "vault.key_exists")
		}
		keys, err := store.Each(ctx, core.ID{}, 10)
		if err != nil || len(keys) != 1 || keys[0].Person != b {
			t.Errorf("each: %v, %v", keys, err)
		}
		usage, err := store.Usage(ctx)
		if err != nil || usage.Live != 1 || usage.Shredded != 2 || usage.ByKey[9] != 1 {
			t.Errorf("usage %+v, %v", usage, err)
		}
	})
}

func TestKeyStoreOpensAgainWithWhatItHeld(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		clock := core.NewFixedClock(epoch)
		first := openStore(t, source, clock)
		person := core.NewIDs(clock).New()
		if err := first.Put(t.Context(), vault.WrappedKey{Person: person, Wrapped: wrappedAs(1, "x")}); err != nil {
			t.Fatal(err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := openStore(t, source, clock).Get(t.Context(), person); err != nil || !bytes.Equal(got, wrappedAs(1, "x")) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
