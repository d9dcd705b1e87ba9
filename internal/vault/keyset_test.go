package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew/internal/core"
	"clew/internal/vault"
)

const passphrase = "correct horse battery staple"

func TestAKeysetComesBackWhole(t *testing.T) {
	for name, pass := range map[string]string{"sealed": passphrase, "in clear": ""} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keyset.age")
			k := newKeyset(t)
			if err := k.SetSecret("other", []byte("s3cret")); err != nil {
				t.Fatal(err)
			}
			if err := k.Rotate(); err != nil {
				t.Fatal(err)
			}
			kms := vault.Unsealed()
			if pass != "" {
				kms = vault.QuickPassphrase(pass)
			}
			if err := vault.FileSource(path, kms).Save(t.Context(), k); err != nil {
				t.Fatal(err)
			}
			back, err := vault.OpenKeyset(path, pass)
			if err != nil {
				t.Fatal(err)
			}
			if back.PrimaryID() != k.PrimaryID() || !slices.Equal(back.WrappingIDs(), k.WrappingIDs()) {
				t.Errorf("wrapping keys %x, want %x", back.WrappingIDs(), k.WrappingIDs())
			}
			if !bytes.Equal(back.Blind(vault.BlindName, "x"), k.Blind(vault.BlindName, "x")) {
				t.Error("blind indexes differ")
			}
			for _, name := range []string{"other", vault.LedgerSeed} {
				want, _ := k.Secret(name)
				if got, err := back.Secret(name); err != nil || len(got) == 0 || !bytes.Equal(got, want) {
					t.Errorf("secret %s: %v", name, err)
				}
			}
		})
	}
}

func TestSecretsAreNeverReplaced(t *testing.T) {
	k := newKeyset(t)
	wantCode(t, k.SetSecret(vault.LedgerSeed, []byte("x")), core.Conflict, "vault.secret_exists")
	_, err := k.Secret("none")
	wantCode(t, err, core.NotFound, "vault.no_such_secret")
	seed, err := k.Secret(vault.LedgerSeed)
	if err != nil || len(seed) != 32 {
		t.Fatalf("ledger seed of %d bytes, %v", len(seed), err)
	}
	seed[0]++ // a copy: the keyset's own stays
	again, _ := k.Secret(vault.LedgerSeed)
	if bytes.Equal(seed, again) {
		t.Error("a caller can change the keyset's secret")
	}
}

func TestASealedKeysetOpensWithItsPassphraseOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.age")
	k := newKeyset(t)
	if err := vault.FileSource(path, vault.QuickPassphrase(passphrase)).Save(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	_, err := vault.OpenKeyset(path, "another passphrase")
	wantCode(t, err, core.Invalid, "vault.wrong_passphrase")
	_, err = vault.OpenKeyset(path, "")
	wantCode(t, err, core.Invalid, "vault.passphrase_needed")
	wantCode(t, k.Save(path, "short"), core.Invalid, "vault.short_passphrase")
	clear := filepath.Join(t.TempDir(), "clear")
	if err := k.Save(clear, ""); err != nil {
		t.Fatal(err)
	}
	_, err = vault.OpenKeyset(clear, passphrase)
	wantCode(t, err, core.Invalid, "vault.not_sealed")
}

func TestTheRealWorkFactorIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.age")
	k := newKeyset(t)
	if err := k.Save(path, passphrase); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(content), "-----BEGIN AGE ENCRYPTED FILE-----") {
		t.Errorf("not an age file: %v", err)
	}
	if back, err := vault.OpenKeyset(path, passphrase); err != nil || back.PrimaryID() != k.PrimaryID() {
		t.Errorf("open: %v", err)
	}
}

func TestAFileThatOthersCanReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset")
	if err := newKeyset(t).Save(path, ""); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("saved with mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := vault.OpenKeyset(path, "")
		wantCode(t, err, core.Invalid, "vault.file_not_private")
	}
}

func TestWhereTheKeysetIsFound(t *testing.T) {
	dir := t.TempDir()
	k := newKeyset(t)
	file := filepath.Join(dir, "keyset")
	if err := k.Save(file, ""); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	for name, c := range map[string]struct {
		path, fallback string
		env            map[string]string
	}{
		"flag before environment":     {path: file, env: map[string]string{vault.EnvKeyset: "no"}},
		"content before file":         {env: map[string]string{vault.EnvKeyset: string(content), vault.EnvKeysetFile: missing}},
		"environment before fallback": {fallback: missing, env: map[string]string{vault.EnvKeysetFile: file}},
		"fallback":                    {fallback: file},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := vault.FindSource(c.path, c.fallback, func(key string) string { return c.env[key] })
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.Open(t.Context())
			if err != nil || got.PrimaryID() != k.PrimaryID() {
				t.Errorf("open: %v", err)
			}
		})
	}
	_, err = vault.FindSource("", "", func(string) string { return "" })
	wantCode(t, err, core.Invalid, "vault.no_keyset")
}

func TestThePassphraseMayComeFromAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passphrase")
	env := func(key string) string { return map[string]string{vault.EnvPassphraseFile: file}[key] }
	for content, want := range map[string]string{passphrase + "\n": passphrase, passphrase + "\r\n": passphrase, " x ": " x "} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := vault.FindPassphrase(env); err != nil || got != want {
			t.Errorf("%q read as %q, %v", content, got, err)
		}
	}
	if err := os.WriteFile(file, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := vault.FindPassphrase(env)
	wantCode(t, err, core.Invalid, "vault.passphrase_needed")
}

func TestAKeysetFromTheEnvironmentCannotBeSaved(t *testing.T) {
	source, err := vault.FindSource("", "", func(key string) string { return map[string]string{vault.EnvKeyset: "{}"}[key] })
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, source.Save(t.Context(), newKeyset(t)), core.Invalid, "vault.keyset_fixed")
}

func TestAKeysetIsNeverOverwrittenByANewOne(t *testing.T) {
	source := vault.FileSource(filepath.Join(t.TempDir(), "keyset"), vault.Unsealed())
	if err := source.Create(t.Context(), newKeyset(t)); err != nil {
		t.Fatal(err)
	}
	wantCode(t, source.Create(t.Context(), newKeyset(t)), core.Conflict, "vault.keyset_exists")
}

// reverseKMS stands for an operator's own key service.
type reverseKMS struct{}

func (reverseKMS) Wrap(_ context.Context, b []byte) ([]byte, error) {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return b, nil
}

func (r reverseKMS) Unwrap(ctx context.Context, b []byte) ([]byte, error) { return r.Wrap(ctx, b) }

func TestAnyKMSWillDo(t *testing.T) {
	source := vault.FileSource(filepath.Join(t.TempDir(), "keyset"), reverseKMS{})
	k := newKeyset(t)
	if err := source.Create(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	back, err := source.Open(t.Context())
	if err != nil || back.PrimaryID() != k.PrimaryID() {
		t.Errorf("open: %v", err)
	}
}

func TestNothingSecretIsPrinted(t *testing.T) {
	k := newKeyset(t)
	if err := k.SetSecret("other", []byte("s3cret-s3cret")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keyset")
	if err := k.Save(path, ""); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source, err := vault.FindSource("", "", func(key string) string {
		return map[string]string{vault.EnvKeyset: string(content), vault.EnvPassphrase: passphrase}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	v := newVault(t)
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, value := range []any{k, v, source, vault.Passphrase(passphrase)} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q\n", value, value, value, value, value)
		log.Info("value", "value", value)
		slog.New(slog.NewTextHandler(&out, nil)).Info("value", "value", value)
		if b, err := json.Marshal(value); err == nil {
			out.Write(b)
		}
	}
	var doc struct{ Wrapping, Blind string }
	if err := json.Unmarshal(content, &doc); err != nil || doc.Wrapping == "" {
		t.Fatal(err)
	}
	secret, _ := k.Secret(vault.LedgerSeed)
	for _, hidden := range []string{doc.Wrapping, doc.Blind, "s3cret", passphrase, "horse", string(secret), fmt.Sprintf("%x", secret), fmt.Sprint([]byte("s3cret"))[1:10]} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("printed: %q", hidden)
		}
	}
}

func FuzzKeysetFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "keyset")
	if err := newKeyset(f).Save(path, ""); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"clew_keyset":1}`))
	f.Add([]byte(`{"clew_keyset":2,"wrapping":"","blind":""}`))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		source, err := vault.FindSource("", "", func(key string) string { return map[string]string{vault.EnvKeyset: string(b)}[key] })
		if err != nil {
			return // empty content
		}
		k, err := source.Open(t.Context())
		if err != nil {
			if core.KindOf(err) != core.Invalid {
				t.Errorf("not explained: %v", err)
			}
			return
		}
		if len(k.Blind(vault.BlindName, "x")) != 20 || len(k.WrappingIDs()) == 0 {
			t.Error("opened, but does not work")
		}
	})
}
