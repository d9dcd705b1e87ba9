package vault_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/vault"
)

// rotatable is a vault whose keyset is in a file, with n people whose value is
// sealed.
type rotatable struct {
	*vault.Vault
	source vault.Source
	people []core.ID
	sealed [][]byte
}

func newRotatable(t *testing.T, store vault.KeyStore, n int) *rotatable {
	t.Helper()
	source := vault.FileSource(filepath.Join(t.TempDir(), "keyset"), vault.Unsealed())
	keyset := newKeyset(t)
	if err := source.Create(t.Context(), keyset); err != nil {
		t.Fatal(err)
	}
	// No cache: every look goes through the key store and the keyset.
	r := &rotatable{Vault: vault.New(keyset, store, core.NewFixedClock(epoch), vault.WithCache(0, 0)), source: source}
	people, err := r.NewPersons(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	r.people = people
	for _, p := range people {
		r.sealed = append(r.sealed, mustSeal(t, r.Vault, nameRef(p), p.String()))
	}
	return r
}

func (r *rotatable) checkAll(t *testing.T, v *vault.Vault) {
	t.Helper()
	for i, p := range r.people {
		if got, err := v.Open(t.Context(), nameRef(p), r.sealed[i]); err != nil || string(got) != p.String() {
			t.Fatalf("person %d: %q, %v", i, got, err)
		}
	}
}

var errKilled = errors.New("killed")

// dyingStore fails every Replace after the first few, as a process that is killed.
type dyingStore struct {
	vault.KeyStore
	left int
}

func (d *dyingStore) Replace(ctx context.Context, keys ...vault.Rewrapped) (int, error) {
	if d.left == 0 {
		return 0, errKilled
	}
	d.left--
	return d.KeyStore.Replace(ctx, keys...)
}

func TestARotationThatIsKilledGoesOnWhereItStopped(t *testing.T) {
	eachStore(t, func(t *testing.T, path string) {
		store := openStore(t, path, core.NewFixedClock(epoch))
		dying := &dyingStore{KeyStore: store, left: 1}
		r := newRotatable(t, dying, 1200)
		old := r.Keyset().PrimaryID()
		if err := r.Rotate(t.Context(), r.source); err != nil {
			t.Fatal(err)
		}
		if err := r.Rewrap(t.Context(), nil); !errors.Is(err, errKilled) {
			t.Fatalf("got %v", err)
		}
		usage, err := r.Usage(t.Context())
		if err != nil || usage.ByKey[old] == 0 || usage.ByKey[old] == 1200 {
			t.Fatalf("the rotation did not stop in the middle: %+v, %v", usage, err)
		}
		r.checkAll(t, r.Vault)
		_, err = r.DropOldKeys(t.Context(), r.source)
		wantCode(t, err, core.Conflict, "vault.key_in_use")

		keyset, err := r.source.Open(t.Context()) // the next process
		if err != nil {
			t.Fatal(err)
		}
		next := vault.New(keyset, store, core.NewFixedClock(epoch), vault.WithCache(0, 0))
		r.checkAll(t, next)
		var last int
		if err := next.Rewrap(t.Context(), func(done, total int) { last = done }); err != nil || last != 1200 {
			t.Fatalf("resumed to %d: %v", last, err)
		}
		r.checkAll(t, next)
		dropped, err := next.DropOldKeys(t.Context(), r.source)
		if err != nil || !slices.Equal(dropped, []uint32{old}) {
			t.Fatalf("dropped %x, want %x: %v", dropped, old, err)
		}
		r.checkAll(t, next)
		if again, err := next.DropOldKeys(t.Context(), r.source); err != nil || len(again) != 0 {
			t.Errorf("dropped %x again, %v", again, err)
		}
	})
}

func TestARunningProcessReadsTheKeysetAgainAfterARotation(t *testing.T) {
	eachStore(t, func(t *testing.T, path string) {
		store := openStore(t, path, core.NewFixedClock(epoch))
		r := newRotatable(t, store, 3)
		stale, err := r.source.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		running := vault.New(stale, store, core.NewFixedClock(epoch), vault.WithCache(0, 0), vault.WithReload(r.source.Open))
		deaf, err := r.source.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		without := vault.New(deaf, store, core.NewFixedClock(epoch), vault.WithCache(0, 0))
		for _, step := range []func() error{
			func() error { return r.Rotate(t.Context(), r.source) },
			func() error { return r.Rewrap(t.Context(), nil) },
			func() error { _, err := r.DropOldKeys(t.Context(), r.source); return err },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
			// A write by the stale process must never end up under a dropped key.
			if _, err := running.NewPerson(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.checkAll(t, running)
			if err := r.Rewrap(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		_, err = without.NewPerson(t.Context())
		wantCode(t, err, core.Conflict, "vault.key_retired")
		_, err = without.Open(t.Context(), nameRef(r.people[0]), r.sealed[0])
		wantCode(t, err, core.Internal, "vault.wrong_keyset")
		usage, err := r.Usage(t.Context())
		if err != nil || usage.ByKey[r.Keyset().PrimaryID()] != usage.Live || usage.Live != 6 {
			t.Errorf("usage %+v, %v", usage, err)
		}
	})
}

func TestPeopleComeAndGoDuringARotation(t *testing.T) {
	eachStore(t, func(t *testing.T, path string) {
		store := openStore(t, path, core.NewFixedClock(epoch))
		r := newRotatable(t, store, 700)
		if err := r.Rotate(t.Context(), r.source); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		gone := r.people[650:]
		wg.Go(func() {
			for _, p := range gone {
				if err := r.Shred(t.Context(), p); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 20 {
				newPerson(t, r.Vault)
			}
		})
		if err := r.Rewrap(t.Context(), nil); err != nil {
			t.Error(err)
		}
		wg.Wait()
		for i, p := range gone {
			_, err := r.Open(t.Context(), nameRef(p), r.sealed[650+i])
			wantCode(t, err, core.NotFound, "vault.shredded")
		}
		r.people = r.people[:650]
		r.checkAll(t, r.Vault)
		if _, err := r.DropOldKeys(t.Context(), r.source); err != nil {
			t.Error(err)
		}
		r.checkAll(t, r.Vault)
	})
}

func TestTwoRotationsAtOnceAreKeptApart(t *testing.T) {
	r := newRotatable(t, openStore(t, filepath.Join(t.TempDir(), "keys.db"), core.NewFixedClock(epoch)), 1)
	var wg sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wg.Go(func() { results[i] = r.Rotate(t.Context(), r.source) })
	}
	wg.Wait()
	rotated := 0
	for _, err := range results {
		if err == nil {
			rotated++
			continue
		}
		wantCode(t, err, core.Conflict, "vault.keyset_busy")
	}
	saved, err := r.source.Open(t.Context())
	if err != nil || rotated == 0 || len(saved.WrappingIDs()) != 1+rotated {
		t.Errorf("%d rotations left %d wrapping keys: %v", rotated, len(saved.WrappingIDs()), err)
	}
}

func TestAWrappedKeyIsBoundToItsPerson(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "keys.db"), core.NewFixedClock(epoch))
	r := newRotatable(t, store, 2)
	keys, err := store.Each(t.Context(), core.ID{}, 2)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	swapped := []vault.Rewrapped{
		{Person: keys[0].Person, Old: keys[0].Wrapped, New: keys[1].Wrapped},
		{Person: keys[1].Person, Old: keys[1].Wrapped, New: keys[0].Wrapped},
	}
	if n, err := store.Replace(t.Context(), swapped...); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	_, err = r.Open(t.Context(), nameRef(r.people[0]), r.sealed[0])
	wantCode(t, err, core.Internal, "vault.wrong_keyset")
}

func TestAKeysetThatDoesNotHelpIsNotReadAgainAtOnce(t *testing.T) {
	clock := core.NewFixedClock(epoch)
	store := openStore(t, filepath.Join(t.TempDir(), "keys.db"), clock)
	r := newRotatable(t, store, 1)
	stranger, reads := newKeyset(t), 0
	v := vault.New(stranger, store, clock, vault.WithReload(func(context.Context) (*vault.Keyset, error) {
		reads++
		return newKeyset(t), nil
	}))
	look := func() {
		_, err := v.Open(t.Context(), nameRef(r.people[0]), r.sealed[0])
		wantCode(t, err, core.Internal, "vault.wrong_keyset")
	}
	for range 10 {
		look()
	}
	if reads != 1 {
		t.Errorf("read %d times, want once", reads)
	}
	clock.Advance(time.Minute)
	look()
	if reads != 2 {
		t.Errorf("read %d times, want once more after a pause", reads)
	}
}
