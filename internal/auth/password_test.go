package auth

import (
	"strings"
	"testing"

	"clew/internal/database/dbtest"

	"pgregory.net/rapid"
)

func TestPasswordRules(t *testing.T) {
	for _, c := range []struct{ password, login, want string }{
		{"four quiet walnut lamps", login, ""},
		{"Пароль из слов", login, ""},
		{"elevenchars", login, "password.short"},
		{"           x           ", login, "password.short"},
		{strings.Repeat("lamp ", 40) + "x", login, "password.long"},
		{"aaaaaaaaaaaaaa", login, "password.easy"},
		{"abcabcabcabcab", login, "password.easy"},
		{"qwertyuiopasd", login, "password.easy"},
		{"987654321098", login, "password.easy"},
		{"correct horse battery staple", login, "password.easy"},
		{"casey.morgan1", login, "password.easy"},
		{"Casey.Morgan casey.morgan", login, "password.easy"},
		{"ada.stone2026", "ada.stone@example.org", "password.easy"},
		{"annual winter boots", "ann", ""}, // a short name happens inside words
		{"four quiet lamps", "", ""},
		{"four quiet \x00 lamps", login, "text.encoding"},
		{"four quiet \xff\xfe lamps", login, "text.encoding"},
		{"four quiet \u202e lamps", login, "text.encoding"},
	} {
		got := ""
		if f := checkPassword("new", c.password, c.login); len(f) > 0 {
			got = f[0].Code
		}
		if got != c.want {
			t.Errorf("%q for %q: %q, want %q", c.password, c.login, got, c.want)
		}
	}
}

func TestAPasswordIsTheSameOnEveryKeyboard(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{})
	composed, decomposed := "caf\u00e9 caf\u00e9 lamps", "cafe\u0301 cafe\u0301 lamps "
	stored, err := h.hash(ctx, composed)
	must(t, err)
	if ok, err := h.matches(ctx, stored, decomposed); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if ok, err := h.matches(ctx, stored, "cafe cafe lamps"); ok || err != nil {
		t.Errorf("without the accents: %v, %v", ok, err)
	}
	if ok, err := h.matches(ctx, stored, composed+strings.Repeat("x", 1<<20)); ok || err != nil {
		t.Errorf("a megabyte: %v, %v", ok, err)
	}
}

// The example of the argon2 reference implementation's own tests.
func TestAKnownHash(t *testing.T) {
	h, err := parseHash("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if err != nil || string(h.salt) != "somesaltsomesalt" || h.memory != 256 || h.passes != 2 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestStoredHashesAreBounded(t *testing.T) {
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for name, s := range map[string]string{
		"empty":            "",
		"another function": "$argon2i$v=19$m=256,t=2,p=1$" + salt + "$" + key,
		"another version":  "$argon2id$v=16$m=256,t=2,p=1$" + salt + "$" + key,
		"all the memory":   "$argon2id$v=19$m=4194304,t=2,p=1$" + salt + "$" + key,
		"no memory":        "$argon2id$v=19$m=0,t=2,p=1$" + salt + "$" + key,
		"for ever":         "$argon2id$v=19$m=256,t=4294967295,p=1$" + salt + "$" + key,
		"no passes":        "$argon2id$v=19$m=256,t=0,p=1$" + salt + "$" + key,
		"lanes":            "$argon2id$v=19$m=256,t=2,p=4$" + salt + "$" + key,
		"no key":           "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$",
		"short key":        "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$AAAA",
		"no salt":          "$argon2id$v=19$m=256,t=2,p=1$$" + key,
		"more behind":      "$argon2id$v=19$m=256,t=2,p=1x$" + salt + "$" + key,
		"padding":          "$argon2id$v=19$m=256,t=2,p=1$" + salt + "==$" + key,
		"spelt otherwise":  "$argon2id$v=19$m=0256,t=2,p=1$" + salt + "$" + key,
	} {
		if _, err := parseHash(s); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestADamagedHashLetsNobodyIn(t *testing.T) {
	each(t, func(h *house) {
		h.exec(`UPDATE user_account SET password = '' WHERE id = $1`, h.user)
		for _, word := range []string{"", secret} {
			if _, err := h.SignIn(ctx, login, word, here); err == nil {
				h.t.Error("in without a stored password")
			}
		}
	})
}

func TestMadeUpPasswordsAreGoodAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := madeUpPassword()
		if seen[p] || len(checkPassword("", p, login)) > 0 || strings.ContainsAny(p, "0o1il") {
			t.Fatalf("made up %q", p)
		}
		seen[p] = true
	}
}

func TestHashesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), leastBytes, mostBytes)
		h := hash{cost: cost{rapid.Uint32Range(8, mostMemory).Draw(t, "memory"), rapid.Uint32Range(1, mostPasses).Draw(t, "passes")}, salt: bytes.Draw(t, "salt"), key: bytes.Draw(t, "key")}
		back, err := parseHash(h.String())
		if err != nil || back.String() != h.String() {
			t.Fatalf("%s becomes %s, %v", h, back, err)
		}
	})
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=+64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAA")
	f.Add("$$$$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err != nil {
			return
		}
		if h.String() != s {
			t.Fatalf("%q reads back as %q", s, h)
		}
		if h.memory > mostMemory || h.passes > mostPasses || h.passes == 0 || len(h.key) > mostBytes || len(h.key) < leastBytes {
			t.Fatalf("%q is past its bounds", s)
		}
	})
}
