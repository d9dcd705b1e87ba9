package vault_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"clew/internal/vault"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"Zoë O'Brien-Ødegård":     "zoe obrien odegard",
		"  NGUYỄN   Văn  A ":      "nguyen van a",
		"Straße, Łukasz (Łukasz)": "strasse lukasz",
		"D’Angelo":                "dangelo",
		"İbrahim Işık":            "ibrahim isik",
		"Ｆｕｌｌ Ｗｉｄｔｈ":              "full width",
		"مُحَمَّد":                "محمد",
		"Ζωή":                     "ζωη",
		"Ēriks Æsir Þór":          "eriks aesir thor",
		"a\u200bb \u202ec":        "ab c",
		"\xff\xfe":                "",
		"":                        "",
		"— ' —":                   "",
		"Anna Anna":               "anna",
		"Jean-Luc Jean":           "jean luc",
		"Ǆemal":                   "dzemal",
	} {
		if got := strings.Join(vault.NormaliseName(name), " "); got != want {
			t.Errorf("NormaliseName(%q) = %q, want %q", name, got, want)
		}
	}
	if slices.Equal(vault.NormaliseName("कमला"), vault.NormaliseName("कमल")) {
		t.Error("two Devanagari names became one")
	}
}

func TestNameAndBirthDate(t *testing.T) {
	a := vault.NameAndBirthDate("Kim Min Jun", "1990-02-01")
	b := vault.NameAndBirthDate("min-jun KIM", "1990-02-01")
	if a == "" || a != b {
		t.Errorf("%q and %q differ", a, b)
	}
	if got := vault.NameAndBirthDate("-", "1990-02-01") + vault.NameAndBirthDate("Kim", ""); got != "" {
		t.Errorf("half a value gives %q", got)
	}
}

func TestPhones(t *testing.T) {
	for number, want := range map[string]string{
		"020 7946 0018":         "+442079460018",
		"+44 (0)20 7946 0018":   "+442079460018",
		"0044 20 7946 0018":     "+442079460018",
		"tel:+44-20-7946-0018":  "+442079460018",
		"+84 91 234 56 78":      "+84912345678",
		"٠٢٠ ٧٩٤٦ ٠٠١٨":         "+442079460018",
		"999":                   "",
		"1234567890 1234567890": "#12345678901234567890",
		"#12345":                "#12345",
		"unknown":               "",
		"":                      "",
	} {
		if got := vault.NormalisePhone(number, "GB"); got != want {
			t.Errorf("NormalisePhone(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestEmails(t *testing.T) {
	for address, want := range map[string]string{
		" Some.Body+x@Example.ORG ": "some.body+x@example.org",
		"a@bücher.example":          "a@xn--bcher-kva.example",
		"a@xn--bcher-kva.example.":  "a@xn--bcher-kva.example",
		"nobody":                    "",
		"@example.org":              "",
		"a@":                        "",
		"a@b\x00c":                  "",
	} {
		if got := vault.NormaliseEmail(address); got != want {
			t.Errorf("NormaliseEmail(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestDocuments(t *testing.T) {
	for number, want := range map[string]string{
		"ab 12-34/56": "AB123456",
		"№ 7":         "NO7",
		"  ":          "",
	} {
		if got := vault.NormaliseDocument(number); got != want {
			t.Errorf("NormaliseDocument(%q) = %q, want %q", number, got, want)
		}
	}
}

var awkward = []string{"", "Zoë O'Brien", "İı", "ﬃ ẞ ǆ", "ͅΑ", "ʼn", "\u0345\u0301a", "+44 (0)20 7946 0018", "+5491112345678", "#12345",
	"0800 FLOWERS", "a@b.c", "A@BÜCHER.example", "№ 7", "\xff", strings.Repeat("é", 400), "한글", "कमल", "\u1e9b\u0323", "ſt", "K"}

func FuzzNormaliseName(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := vault.NormaliseName(s)
		twice := vault.NormaliseName(strings.Join(once, " "))
		if len(strings.Join(once, " ")) <= 512 && !slices.Equal(once, twice) {
			t.Errorf("%q gives %q, and that gives %q", s, once, twice)
		}
		for _, token := range once {
			if token == "" || !utf8.ValidString(token) || strings.ContainsAny(token, " \x00'") {
				t.Errorf("token %q of %q", token, s)
			}
		}
	})
}

func FuzzNormaliseValues(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, normalise := range map[string]func(string) string{
			"phone":    func(s string) string { return vault.NormalisePhone(s, "GB") },
			"email":    vault.NormaliseEmail,
			"document": vault.NormaliseDocument,
		} {
			once := normalise(s)
			if len(once) > 512 {
				continue // longer than what is looked at, by expansion
			}
			if twice := normalise(once); once != twice || !utf8.ValidString(once) {
				t.Errorf("%s: %q gives %q, and that gives %q", name, s, once, twice)
			}
		}
	})
}
