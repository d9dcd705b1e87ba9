package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/vault"
	"clew/internal/vault/vaulttest"
)

var epoch = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

// eachStore runs the test once on every engine that a key store may have.
func eachStore(t *testing.T, run func(t *testing.T, source string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "keys.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
}

func openStore(t testing.TB, source string, clock core.Clock) *vault.SQLKeyStore {
	t.Helper()
	s, err := vault.OpenKeyStore(t.Context(), source, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newKeyset(t testing.TB) *vault.Keyset {
	t.Helper()
	k, err := vault.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newVault returns a vault over a fresh SQLite key store and a clock that stands.
func newVault(t testing.TB, opts ...vault.Option) *vault.Vault {
	t.Helper()
	return vaulttest.New(t, core.NewFixedClock(epoch), opts...)
}

func newPerson(t testing.TB, v *vault.Vault) core.ID {
	t.Helper()
	person, err := v.NewPerson(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func mustSeal(t testing.TB, v *vault.Vault, ref vault.Ref, plaintext string) []byte {
	t.Helper()
	sealed, err := v.Seal(t.Context(), ref, []byte(plaintext))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func wantCode(t testing.TB, err error, kind core.Kind, code string) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code {
		t.Errorf("got %v, want %s (%s)", err, code, kind)
	}
}

func TestWhatIsSealedOpensForTheSameRefOnly(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: newPerson(t, v), Table: "person_name", Row: "r1", Field: "family", Version: 3}
	sealed := mustSeal(t, v, ref, "Ariadne")
	got, err := v.Open(t.Context(), ref, sealed)
	if err != nil || string(got) != "Ariadne" {
		t.Fatalf("open: %q, %v", got, err)
	}
	other := newPerson(t, v)
	wrong := map[string]func(*vault.Ref){
		"person":        func(r *vault.Ref) { r.Person = other },
		"system person": func(r *vault.Ref) { r.Person = core.ID{} },
		"table":         func(r *vault.Ref) { r.Table = "person_alias" },
		"row":           func(r *vault.Ref) { r.Row = "r2" },
		"field":         func(r *vault.Ref) { r.Field = "given" },
		"version":       func(r *vault.Ref) { r.Version = 2 },
		"shifted parts": func(r *vault.Ref) { r.Table, r.Row = "person_namer", "1" },
	}
	for name, change := range wrong {
		t.Run(name, func(t *testing.T) {
			r := ref
			change(&r)
			_, err := v.Open(t.Context(), r, sealed)
			wantCode(t, err, core.Internal, "vault.unreadable")
		})
	}
}

// The encoding of a ref is unambiguous: any two different refs keep apart.
func TestNoTwoRefsOpenEachOther(t *testing.T) {
	v := newVault(t)
	people := []core.ID{newPerson(t, v), newPerson(t, v), {}}
	part := rapid.StringMatching(`[ab\x00/]{1,3}`)
	ref := rapid.Custom(func(t *rapid.T) vault.Ref {
		return vault.Ref{Person: rapid.SampledFrom(people).Draw(t, "person"), Table: part.Draw(t, "table"),
			Row: part.Draw(t, "row"), Field: part.Draw(t, "field"), Version: rapid.IntRange(0, 2).Draw(t, "version")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		a, b := ref.Draw(rt, "a"), ref.Draw(rt, "b")
		plaintext := rapid.SliceOf(rapid.Byte()).Draw(rt, "plaintext")
		sealed, err := v.Seal(context.Background(), a, plaintext)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := v.Open(context.Background(), b, sealed)
		if opened := err == nil && bytes.Equal(got, plaintext); opened != (a == b) {
			rt.Fatalf("sealed for %+v, opened as %+v: %v (%v)", a, b, opened, err)
		}
	})
}

func TestAChangedByteAnywhereIsNoticed(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: newPerson(t, v), Table: "t", Row: "r", Field: "f"}
	sealed := mustSeal(t, v, ref, "a short value")
	for i := range sealed {
		for _, bit := range []byte{0x01, 0x80} {
			forged := bytes.Clone(sealed)
			forged[i] ^= bit
			if _, err := v.Open(t.Context(), ref, forged); core.KindOf(err) != core.Internal {
				t.Fatalf("byte %d changed: %v", i, err)
			}
		}
	}
	for n := range sealed {
		if _, err := v.Open(t.Context(), ref, sealed[:n]); err == nil {
			t.Fatalf("opened when cut to %d bytes", n)
		}
	}
	if _, err := v.Open(t.Context(), ref, append(bytes.Clone(sealed), 0)); err == nil {
		t.Error("opened with a byte more")
	}
}

func TestSealingTwiceGivesDifferentBytes(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: newPerson(t, v), Table: "t", Row: "r", Field: "f"}
	if bytes.Equal(mustSeal(t, v, ref, "x"), mustSeal(t, v, ref, "x")) {
		t.Error("equal values can be told from their sealed form")
	}
}

func TestBadRefsAndTooLargeValuesAreRefused(t *testing.T) {
	v := newVault(t)
	good := vault.Ref{Table: "t", Row: "r", Field: "f"}
	for name, ref := range map[string]vault.Ref{
		"no table":         {Row: "r", Field: "f"},
		"no row":           {Table: "t", Field: "f"},
		"no field":         {Table: "t", Row: "r"},
		"negative version": {Table: "t", Row: "r", Field: "f", Version: -1},
		"long row":         {Table: "t", Row: strings.Repeat("r", 256), Field: "f"},
	} {
		if _, err := v.Seal(t.Context(), ref, nil); err == nil {
			t.Errorf("%s: sealed", name)
		}
		if _, err := v.Open(t.Context(), ref, make([]byte, 64)); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	_, err := v.Seal(t.Context(), good, make([]byte, vault.MaxPlaintext+1))
	wantCode(t, err, core.TooLarge, "vault.too_large")
}

func TestShreddingIsFinal(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		clock := core.NewFixedClock(epoch)
		v := vault.New(newKeyset(t), openStore(t, source, clock), clock)
		ref := vault.Ref{Person: newPerson(t, v), Table: "t", Row: "r", Field: "f"}
		kept := vault.Ref{Person: newPerson(t, v), Table: "t", Row: "r", Field: "f"}
		sealed, keptSealed := mustSeal(t, v, ref, "gone"), mustSeal(t, v, kept, "kept")
		for range 2 { // the second time is no error
			if err := v.Shred(t.Context(), ref.Person); err != nil {
				t.Fatal(err)
			}
		}
		_, err := v.Open(t.Context(), ref, sealed)
		wantCode(t, err, core.NotFound, "vault.shredded")
		_, err = v.Seal(t.Context(), ref, []byte("again"))
		wantCode(t, err, core.NotFound, "vault.shredded")
		if got, err := v.Open(t.Context(), kept, keptSealed); err != nil || string(got) != "kept" {
			t.Errorf("another person's value: %q, %v", got, err)
		}
		usage, err := v.Usage(t.Context())
		if err != nil || usage.Live != 1 || usage.Shredded != 1 {
			t.Errorf("usage %+v, %v", usage, err)
		}
	})
}

func TestAPersonNobodyMadeIsNotFound(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: core.NewIDAt(epoch), Table: "t", Row: "r", Field: "f"}
	_, err := v.Seal(t.Context(), ref, nil)
	wantCode(t, err, core.NotFound, "vault.unknown_person")
}

func TestTheSystemsOwnKeyIsMadeWhenWantedAndNeverShredded(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		clock := core.NewFixedClock(epoch)
		keyset, store := newKeyset(t), openStore(t, source, clock)
		ref := vault.Ref{Table: "user", Row: "u1", Field: "totp"}
		// Several processes want it first at the same moment.
		var wg sync.WaitGroup
		sealed := make([][]byte, 8)
		for i := range sealed {
			wg.Go(func() {
				var err error
				if sealed[i], err = vault.New(keyset, store, clock).Seal(t.Context(), ref, []byte("seed")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v := vault.New(keyset, store, clock)
		for _, s := range sealed {
			if got, err := v.Open(t.Context(), ref, s); err != nil || string(got) != "seed" {
				t.Errorf("open: %q, %v", got, err)
			}
		}
		wantCode(t, v.Shred(t.Context(), vault.SystemPerson), core.Forbidden, "vault.not_shreddable")
		wantCode(t, v.Shred(t.Context(), core.ID{}), core.Forbidden, "vault.not_shreddable")
	})
}

func TestAnotherProcessNoticesAShredWithinTheTTL(t *testing.T) {
	clock := core.NewFixedClock(epoch)
	keyset, store := newKeyset(t), openStore(t, filepath.Join(t.TempDir(), "keys.db"), clock)
	here, there := vault.New(keyset, store, clock), vault.New(keyset, store, clock)
	ref := vault.Ref{Person: newPerson(t, here), Table: "t", Row: "r", Field: "f"}
	sealed := mustSeal(t, here, ref, "x")
	if _, err := there.Open(t.Context(), ref, sealed); err != nil {
		t.Fatal(err)
	}
	if err := here.Shred(t.Context(), ref.Person); err != nil {
		t.Fatal(err)
	}
	clock.Advance(vault.CacheTTL - time.Microsecond)
	if _, err := there.Open(t.Context(), ref, sealed); err != nil {
		t.Errorf("within the TTL the other process uses its cache: %v", err)
	}
	clock.Advance(time.Microsecond)
	_, err := there.Open(t.Context(), ref, sealed)
	wantCode(t, err, core.NotFound, "vault.shredded")
}

func TestAClockThatStepsBackDoesNotKeepAShreddedKey(t *testing.T) {
	clock := core.NewFixedClock(epoch)
	keyset, store := newKeyset(t), openStore(t, filepath.Join(t.TempDir(), "keys.db"), clock)
	here, there := vault.New(keyset, store, clock), vault.New(keyset, store, clock)
	ref := vault.Ref{Person: newPerson(t, here), Table: "t", Row: "r", Field: "f"}
	sealed := mustSeal(t, there, ref, "x")
	if err := here.Shred(t.Context(), ref.Person); err != nil {
		t.Fatal(err)
	}
	clock.Advance(-time.Hour)
	_, err := there.Open(t.Context(), ref, sealed)
	wantCode(t, err, core.NotFound, "vault.shredded")
}

// blindStore answers nothing one by one.
type blindStore struct{ vault.KeyStore }

func (blindStore) Get(context.Context, core.ID) ([]byte, error) {
	return nil, errors.New("asked one by one")
}

func TestWarmReadsAPageOfKeysAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		clock := core.NewFixedClock(epoch)
		keyset, store := newKeyset(t), openStore(t, source, clock)
		v := vault.New(keyset, store, clock)
		people, err := v.NewPersons(t.Context(), 120)
		if err != nil {
			t.Fatal(err)
		}
		gone := newPerson(t, v)
		if err := v.Shred(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
		warm := vault.New(keyset, blindStore{store}, clock)
		page := append([]core.ID{people[0], gone, core.NewIDAt(epoch)}, people...)
		if err := warm.Warm(t.Context(), page...); err != nil {
			t.Fatal(err)
		}
		for i, p := range people {
			ref := vault.Ref{Person: p, Table: "t", Row: "r", Field: "f"}
			if _, err := warm.Open(t.Context(), ref, mustSeal(t, v, ref, "x")); err != nil {
				t.Fatalf("person %d: %v", i, err)
			}
		}
		clock.Advance(vault.CacheTTL)
		ref := vault.Ref{Person: people[0], Table: "t", Row: "r", Field: "f"}
		if _, err := warm.Open(t.Context(), ref, nil); err == nil || !strings.Contains(err.Error(), "one by one") {
			t.Errorf("warmed keys outlive the TTL: %v", err)
		}
	})
}

func TestBatchesGiveEveryoneTheirOwnKey(t *testing.T) {
	v := newVault(t, vault.WithBatch(7))
	seen := map[core.ID]bool{}
	for i := range 20 {
		p := newPerson(t, v)
		if seen[p] {
			t.Fatalf("person %d was given out before", i)
		}
		seen[p] = true
		mustSeal(t, v, vault.Ref{Person: p, Table: "t", Row: "r", Field: "f"}, "x")
	}
	usage, err := v.Usage(t.Context())
	if err != nil || usage.Live != 21 {
		t.Errorf("%d keys for 20 people in batches of 7, want 21: %v", usage.Live, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, source string) {
		v := vault.New(newKeyset(t), openStore(t, source, core.SystemClock{}), core.SystemClock{}, vault.WithCache(4, time.Millisecond), vault.WithBatch(3))
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 10 {
					if err := oneLife(t.Context(), v, fmt.Sprintf("g%di%d", g, i)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}

// oneLife makes a person, seals, opens, shreds and looks again.
func oneLife(ctx context.Context, v *vault.Vault, row string) error {
	person, err := v.NewPerson(ctx)
	if err != nil {
		return err
	}
	ref := vault.Ref{Person: person, Table: "t", Row: row, Field: "f"}
	sealed, err := v.Seal(ctx, ref, []byte(row))
	if err != nil {
		return err
	}
	if got, err := v.Open(ctx, ref, sealed); err != nil || string(got) != row {
		return fmt.Errorf("open %s: %q, %w", row, got, err)
	}
	if err := v.Shred(ctx, person); err != nil {
		return err
	}
	if _, err := v.Open(ctx, ref, sealed); core.KindOf(err) != core.NotFound {
		return fmt.Errorf("open %s after shredding: %w", row, err)
	}
	return nil
}

type identity struct {
	Name core.Secret `json:"name"`
	Year int         `json:"year"`
}

func TestJSONValues(t *testing.T) {
	v := newVault(t)
	ref := vault.Ref{Person: newPerson(t, v), Table: "t", Row: "r", Field: "f"}
	want := identity{"Ariadne", 1990}
	sealed, err := vault.SealJSON(t.Context(), v, ref, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := vault.OpenJSON[identity](t.Context(), v, ref, sealed)
	if err != nil || got != want {
		t.Errorf("got %q %d, %v", got.Name.Reveal(), got.Year, err)
	}
	sealed = mustSeal(t, v, ref, `{"name":"Ariadne","year":19900000000000000000001}`)
	_, err = vault.OpenJSON[identity](t.Context(), v, ref, sealed)
	if err == nil || strings.Contains(err.Error(), "1990") || strings.Contains(err.Error(), "Ariadne") {
		t.Errorf("the error is missing or quotes the value: %v", err)
	}
}

func FuzzOpenNeverAcceptsWhatWasNotSealed(f *testing.F) {
	v := newVault(f)
	ref := vault.Ref{Person: newPerson(f, v), Table: "t", Row: "r", Field: "f"}
	sealed := mustSeal(f, v, ref, "a value")
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-1])
	f.Add([]byte{})
	f.Add(make([]byte, 30))
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.Open(t.Context(), ref, b)
		if (err == nil) != bytes.Equal(b, sealed) {
			t.Errorf("Open(%x) = %q, %v", b, got, err)
		}
		r, err := v.OpenFile(t.Context(), ref, bytes.NewReader(b))
		if err != nil {
			return
		}
		if _, err := bytes.NewBuffer(nil).ReadFrom(r); err == nil {
			t.Errorf("OpenFile(%x) accepted", b)
		}
	})
}
