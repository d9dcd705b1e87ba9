package core

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

func TestFindCountryUnderstandsCodesNamesAndNationalities(t *testing.T) {
	for text, want := range map[string]string{
		"VN": "VNM", "vnm": "VNM", "Viet Nam": "VNM", "vietnamese": "VNM", "  Vietnam ": "VNM",
		"Ivory Coast": "CIV", "Cote d’Ivoire": "CIV", "CÔTE D'IVOIRE": "CIV", "Turkey": "TUR", "turkiye": "TUR",
		"U.K.": "GBR", "British": "GBR", "GBN": "GBR", "D": "DEU", "Kosovan": "XKX", "RKS": "XKX", "stateless": "XXA",
		"refugee": "XXB", "unknown": "XXX", "Congolese (DRC)": "COD", "Curacao": "CUW", "St. Lucia": "LCA",
	} {
		if c, ok := FindCountry(text); !ok || c.Code != want {
			t.Errorf("FindCountry(%q) = %q, %v; want %s", text, c.Code, ok, want)
		}
	}
	for _, text := range []string{"", "-", "Congolese", "Dominican", "Atlantis", strings.Repeat("a", 1<<16)} {
		if c, ok := FindCountry(text); ok {
			t.Errorf("FindCountry(%.20q) = %s; want nothing", text, c.Code)
		}
	}
}

func TestCountriesAreComplete(t *testing.T) {
	all := Nationalities()
	if got, want := len(Countries()), 250; got != want { // 249 of ISO 3166-1 and Kosovo
		t.Errorf("%d places, want %d", got, want)
	}
	if got, want := len(all)-len(Countries()), 4; got != want {
		t.Errorf("%d special codes, want %d", got, want)
	}
	for _, c := range all {
		if len(c.Code) != 3 || c.Code != strings.ToUpper(c.Code) || c.Name == "" {
			t.Errorf("bad row %+v", c)
		}
		if by, ok := CountryByCode(c.Code); !ok || by.Name != c.Name {
			t.Errorf("CountryByCode(%s) = %+v, %v", c.Code, by, ok)
		}
		for _, spelling := range append([]string{c.Code, c.Alpha2, c.Name, c.Nationality}, c.Aliases...) {
			if got, ok := FindCountry(spelling); spelling != "" && (!ok || got.Code != c.Code) {
				t.Errorf("%s: FindCountry(%q) = %q, %v: the spelling is shared", c.Code, spelling, got.Code, ok)
			}
			mustBePlain(t, c.Code, spelling)
		}
	}
}

// mustBePlain fails when a Latin letter of the tables keeps its accent after folding.
func mustBePlain(t *testing.T, code, text string) {
	t.Helper()
	for _, r := range fold(text) {
		if unicode.Is(unicode.Latin, r) && r >= 0xC0 && r <= 0x17F {
			t.Errorf("%s: %q keeps %q after folding", code, text, r)
		}
	}
}

func TestNationalitiesSortTheSpecialCodesLast(t *testing.T) {
	all := Nationalities()
	for i, c := range all[:len(all)-4] {
		if c.IsSpecial() {
			t.Fatalf("%s at %d of %d", c.Code, i, len(all))
		}
	}
	if all[0].Code != "AFG" || all[1].Code != "ALA" {
		t.Errorf("first are %s, %s: accents should not change the order", all[0].Code, all[1].Code)
	}
	all[0].Name = "changed"
	if Nationalities()[0].Name == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestFindLanguageUnderstandsCodesAndNames(t *testing.T) {
	for text, want := range map[string]string{
		"vi": "vie", "VIE": "vie", "Vietnamese": "vie", "Tiếng Việt": "vie", "sorani": "ckb", "Kurdish Kurmanji": "kmr",
		"alb": "sqi", "fre": "fra", "ger": "deu", "Tigrigna": "tir", "ትግርኛ": "tir", "دری": "prs", "Bini": "bin",
		"BSL": "bfi", "Afaan Oromo": "orm", "Asante": "twi", "Farsi": "fas", "Roma": "rom", "Mandarin": "cmn",
	} {
		if l, ok := FindLanguage(text); !ok || l.Code != want {
			t.Errorf("FindLanguage(%q) = %q, %v; want %s", text, l.Code, ok, want)
		}
	}
	for _, text := range []string{"", "ga", "Klingon", "..."} {
		if l, ok := FindLanguage(text); ok {
			t.Errorf("FindLanguage(%q) = %s; want nothing", text, l.Code)
		}
	}
}

func TestLanguagesAreComplete(t *testing.T) {
	all := Languages()
	if len(all) < 180 {
		t.Errorf("%d languages, want 180 at least", len(all))
	}
	for _, l := range all {
		if len(l.Code) != 3 || l.Name == "" || l.Autonym == "" || l.Two != "" && len(l.Two) != 2 {
			t.Errorf("bad row %+v", l)
		}
		if by, ok := LanguageByCode(l.Code); !ok || by.Name != l.Name {
			t.Errorf("LanguageByCode(%s) = %+v, %v", l.Code, by, ok)
		}
		if got, ok := FindLanguage(l.Code); !ok || got.Code != l.Code {
			t.Errorf("FindLanguage(%s) = %s, %v", l.Code, got.Code, ok)
		}
		if got, want := l.RTL, rightToLeft(l.Autonym); got != want {
			t.Errorf("%s: RTL is %v, its own name is written the other way", l.Code, got)
		}
		if l.Signed != strings.Contains(l.Name, "Sign") {
			t.Errorf("%s: Signed is %v", l.Code, l.Signed)
		}
	}
}

// rightToLeft reports whether the first letter belongs to a script written that way.
func rightToLeft(s string) bool {
	for _, r := range s {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana)
	}
	return false
}

func TestLanguageTagAndDirection(t *testing.T) {
	sorani, _ := LanguageByCode("ckb")
	welsh, _ := LanguageByCode("cym")
	if sorani.Tag() != "ckb" || sorani.Dir() != "rtl" || welsh.Tag() != "cy" || welsh.Dir() != "ltr" {
		t.Errorf("got %s %s, %s %s", sorani.Tag(), sorani.Dir(), welsh.Tag(), welsh.Dir())
	}
}

// The published counts name nationalities as forms have them; a person of two
// has both names in one cell, which is the importer's to split.
func TestPublishedNationalitiesAreUnderstood(t *testing.T) {
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "nrm", "by_nationality.csv"))
	if err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			t.Fatalf("reference data is required: %v", err)
		}
		t.Skipf("reference data is not here: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found, single := 0, 0
	for _, row := range rows[1:] {
		if _, ok := FindCountry(row[1]); ok {
			found++
		} else if !twoNationalities(row[1]) && row[1] != "Dominican" {
			single++
			t.Errorf("%q is not understood", row[1])
		}
	}
	if found < 300 {
		t.Errorf("only %d rows understood", found)
	}
}

// twoNationalities reports whether the words can be cut into two that are understood.
func twoNationalities(s string) bool {
	for i, r := range s {
		if r != ' ' {
			continue
		}
		if _, ok := FindCountry(s[:i]); !ok && s[:i] != "Dominican" {
			continue
		}
		if _, ok := FindCountry(s[i:]); ok {
			return true
		}
	}
	return false
}
