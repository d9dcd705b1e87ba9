package vault_test

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

// Run with: go test ./internal/vault -run '^$' -bench .

func BenchmarkSealAndOpen(b *testing.B) {
	v := newVault(b)
	ref := vault.Ref{Person: newPerson(b, v), Table: "person_name", Row: "r1", Field: "family", Version: 1}
	for _, size := range []int{32, 4 << 10, 1 << 20} {
		plaintext := make([]byte, size)
		sealed := mustSeal(b, v, ref, string(plaintext))
		b.Run(fmt.Sprintf("seal/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := v.Seal(b.Context(), ref, plaintext); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("open/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := v.Open(b.Context(), ref, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSealFile(b *testing.B) {
	v := newVault(b)
	ref := vault.Ref{Person: newPerson(b, v), Table: "document", Row: "d1", Field: "content"}
	content := make([]byte, 25<<20)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		w, err := v.SealFile(b.Context(), ref, io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// A key that is not in the cache: one read of the key store and one unwrapping.
func BenchmarkOpenColdKey(b *testing.B) {
	v := newVault(b, vault.WithCache(0, 0))
	ref := vault.Ref{Person: newPerson(b, v), Table: "t", Row: "r", Field: "f"}
	sealed := mustSeal(b, v, ref, "Ariadne")
	for b.Loop() {
		if _, err := v.Open(b.Context(), ref, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewPerson(b *testing.B) {
	for _, batch := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("batch/%d", batch), func(b *testing.B) {
			v := newVault(b, vault.WithBatch(batch))
			for b.Loop() {
				newPerson(b, v)
			}
		})
	}
}

func BenchmarkBlind(b *testing.B) {
	v := newVault(b)
	for b.Loop() {
		v.Blind(vault.BlindName, "ariadne")
	}
}

func BenchmarkNormaliseName(b *testing.B) {
	for b.Loop() {
		vault.NormaliseName("Zoë O'Brien-Ødegård")
	}
}

func BenchmarkRewrap10000(b *testing.B) {
	store := openStore(b, filepath.Join(b.TempDir(), "keys.db"), core.SystemClock{})
	v := vault.New(newKeyset(b), store, core.SystemClock{})
	if _, err := v.NewPersons(b.Context(), 10_000); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := v.Keyset().Rotate(); err != nil {
			b.Fatal(err)
		}
		if err := v.Rewrap(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
