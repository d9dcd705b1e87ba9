package mrz_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clew/edifact"
	"clew/edifact/mrz"
)

var on = edifact.Date{Year: 2020, Month: 6, Day: 1}

// The specimens of ICAO Doc 9303: part 5 appendix B (TD1), part 6 appendix B
// (TD2), part 4 appendix B (TD3), part 7 (visas of size A and B).
var specimens = map[string]string{
	"TD1":   "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	"TD2":   "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
	"TD3":   "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
	"MRV-A": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
	"MRV-B": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
}

func TestSpecimensOfDoc9303HaveRightCheckDigits(t *testing.T) {
	for name, text := range specimens {
		d, err := mrz.Parse(text, on)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !d.Valid() {
			t.Errorf("%s: wrong check digits: %v", name, d.Wrong)
		}
		if d.Surname != "ERIKSSON" || d.Given != "ANNA MARIA" || d.Issuer != "UTO" || d.Sex != "F" {
			t.Errorf("%s: %+v", name, d)
		}
		if got := strings.Join(d.Lines(), "\n"); got != text {
			t.Errorf("%s is written as\n%s\nwant\n%s", name, got, text)
		}
	}
}

func TestFieldsOfThePassportSpecimen(t *testing.T) {
	d, err := mrz.Parse(specimens["TD3"], on)
	if err != nil {
		t.Fatal(err)
	}
	want := "L898902C3 UTO 1974-08-12 2012-04-15 ZE184226B"
	if got := fmt.Sprint(d.Number, " ", d.Nationality, " ", d.BirthDate, " ", d.Expiry, " ", d.Optional); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Vectors of Doc 9303-3 section 4.9 and its worked examples.
func TestCheckDigitVectors(t *testing.T) {
	for in, want := range map[string]byte{
		"520727": '3', "AB2134<<<": '5', "HA672242<658022549601086": '8',
		"D23145890": '7', "740812": '2', "120415": '9', "L898902C3": '6', "ZE184226B<<<<<": '1',
		"": '0', "<": '0', "a": '?', "É": '?',
	} {
		if got := mrz.CheckDigit(in); got != want {
			t.Errorf("%q: got %c, want %c", in, got, want)
		}
	}
}

func TestNumberLongerThanItsFieldGoesOnInOptionalData(t *testing.T) {
	// Doc 9303-5, note j: the tenth place is a filler, the rest and the check
	// digit stand at the beginning of the optional data.
	d := mrz.Document{Format: mrz.TD1, Type: "I", Issuer: "UTO", Number: "D23145890734", Surname: "ERIKSSON", Given: "ANNA",
		Nationality: "UTO", BirthText: "740812", ExpiryText: "120415", Sex: "F"}
	lines := d.Lines()
	if want := "I<UTOD23145890<7349<<<<<<<<<<<"; lines[0] != want {
		t.Fatalf("first line %s, want %s", lines[0], want)
	}
	back, err := mrz.Parse(strings.Join(lines, ""), on)
	if err != nil || !back.Valid() || back.Number != d.Number {
		t.Errorf("read back %+v, %v", back, err)
	}
}

func TestEveryWrongDigitIsTold(t *testing.T) {
	good := specimens["TD3"]
	for at, field := range map[int]string{45 + 9: "number", 45 + 19: "birth", 45 + 27: "expiry", 45 + 42: "optional", 45 + 43: "composite"} {
		bad := []byte(good)
		bad[at] = '0' + (bad[at]-'0'+1)%10
		d, err := mrz.Parse(string(bad), on)
		if err != nil || !slices.Contains(d.Wrong, field) {
			t.Errorf("changed digit of %s: wrong %v, %v", field, d.Wrong, err)
		}
	}
}

func TestUnknownPartsOfABirthDate(t *testing.T) {
	d := mrz.Document{Format: mrz.TD3, Type: "P", Issuer: "UTO", Number: "X1", Surname: "A", BirthText: "74<<<<", ExpiryText: "300101"}
	back, err := mrz.Parse(strings.Join(d.Lines(), "\n"), on)
	if err != nil || back.BirthDate != (edifact.Date{Year: 1974}) || !back.Valid() {
		t.Errorf("got %v %v %v", back.BirthDate, back.Wrong, err)
	}
}

func TestTextThatIsNoZoneIsAnError(t *testing.T) {
	for _, text := range []string{"", "P<UTO", strings.Repeat("<", 89), strings.Repeat("é", 44), strings.Repeat("a", 88)} {
		if _, err := mrz.Parse(text, on); err != mrz.ErrForm {
			t.Errorf("%.10q: error %v", text, err)
		}
	}
}

func TestWrittenZonesAreReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z]{1,9}( [A-Z]{1,5})?`)
		d := mrz.Document{
			Format:      rapid.SampledFrom([]mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3}).Draw(t, "format"),
			Type:        rapid.SampledFrom([]string{"P", "I", "C", "AC"}).Draw(t, "type"),
			Issuer:      rapid.StringMatching(`[A-Z]{3}`).Draw(t, "issuer"),
			Surname:     name.Draw(t, "surname"),
			Given:       rapid.StringMatching(`[A-Z]{1,8}`).Draw(t, "given"),
			Number:      rapid.StringMatching(`[A-Z0-9]{1,9}`).Draw(t, "number"),
			Nationality: rapid.StringMatching(`[A-Z]{3}`).Draw(t, "nationality"),
			BirthText:   "010203", ExpiryText: "300405",
			Sex: rapid.SampledFrom([]string{"M", "F", "X"}).Draw(t, "sex"),
		}
		back, err := mrz.Parse(strings.Join(d.Lines(), "\n"), on)
		if err != nil || !back.Valid() {
			t.Fatalf("%v, wrong %v\n%s", err, back.Wrong, strings.Join(d.Lines(), "\n"))
		}
		if back.Surname != d.Surname || back.Given != d.Given || back.Number != d.Number || back.Sex != d.Sex || back.Type != d.Type {
			t.Fatalf("wrote %+v\nread %+v", d, back)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range specimens {
		f.Add(s)
	}
	f.Add(strings.Repeat("<", 88))
	f.Add("I<UTOD23145890<7349<<<<<<<<<<<" + strings.Repeat("<", 60))
	f.Fuzz(func(t *testing.T, text string) {
		d, err := mrz.Parse(text, on)
		if err != nil {
			return
		}
		again, err := mrz.Parse(strings.Join(d.Lines(), ""), on)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%q", err, d.Lines())
		}
		if again.Surname != d.Surname {
			t.Fatalf("surname %q became %q", d.Surname, again.Surname)
		}
	})
}

func Example() {
	d, _ := mrz.Parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", edifact.Date{Year: 2011})
	fmt.Println(d.Format, d.Surname, d.BirthDate, d.Valid())
	// Output: TD3 ERIKSSON 1974-08-12 true
}
