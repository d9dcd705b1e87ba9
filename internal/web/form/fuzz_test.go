package form

import (
	"net/url"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"clew/internal/core"
)

// FuzzClean holds what the package promises of every text it hands out.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", " Nguye\u0302\u0303n ", "a\x00b\r\nc", "\u202Eabc\u2066", "Jos\xe9", "\uFEFF", "می\u200cخواهم", "\u2028x\u2029", "\U000E0041"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, s string, lines bool) {
		got, _ := clean(s, lines)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Fatalf("%q is not valid normal text", got)
		}
		for _, r := range got {
			if hidden(r, lines) != sound {
				t.Fatalf("%q still holds %U", got, r)
			}
		}
		if again, w := clean(got, lines); again != got || w != sound {
			t.Fatalf("cleaning %q again gives %q and flaw %d", got, again, w)
		}
	})
}

// FuzzDate holds that a date field gives a day of the calendar or an error.
func FuzzDate(f *testing.F) {
	for _, s := range [][3]string{{"29", "2", "2024"}, {"29", "2", "2023"}, {"٤", "٣", "٢٠٢١"}, {"1", "September", "1999"}, {"", "", "2001"}, {"-1", "0", "99999999999"}} {
		f.Add(s[0], s[1], s[2], true)
		f.Add(s[0], s[1], s[2], false)
	}
	f.Fuzz(func(t *testing.T, day, month, year string, about bool) {
		form := New("/", "")
		full, part := form.Date("a", "A"), form.PartialDate("b", "B")
		values := url.Values{"a-day": {day}, "a-month": {month}, "a-year": {year}, "b-day": {day}, "b-month": {month}, "b-year": {year}}
		if about {
			values.Set("b-about", "yes")
		}
		if err := form.Parse(post(values)); err != nil {
			t.Skip("not a form")
		}
		if d := full.Date(); !d.IsZero() {
			if _, err := core.NewDate(d.Year, d.Month, d.Day); err != nil || full.Error != "" {
				t.Fatalf("%v: %v, %q", d, err, full.Error)
			}
		}
		if d := part.PartialDate(); !d.IsZero() {
			if _, err := core.NewPartialDate(d.Year, d.Month, d.Day, d.About); err != nil || part.Error != "" {
				t.Fatalf("%v: %v, %q", d, err, part.Error)
			}
		}
		if _, err := form.HTML(); err != nil {
			t.Fatal(err)
		}
	})
}
