package exchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/exchange"
	"clew/internal/safecontact"
)

var directory = exchange.NewDirectory(accesstest.Agencies())

// all reads every row.
func all(t testing.TB, r exchange.Reader) []exchange.Row {
	t.Helper()
	var rows []exchange.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func open(t testing.TB, text string, o exchange.ReadOptions) exchange.Reader {
	t.Helper()
	o.Directory = directory
	r, err := exchange.Open(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// words draws text as people type it, with everything that a CSV file has to
// quote and a spreadsheet would run.
func words[T ~string](max int) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("aZ9é–ß漢🙂 ,;\t|\"'=+-@\\\n()")), 0, max, -1).Draw(t, "text")
		return T(strings.TrimSpace(s))
	})
}

func oneOf(choices ...string) *rapid.Generator[string] { return rapid.SampledFrom(append(choices, "")) }

func someOf(choices ...string) *rapid.Generator[[]string] {
	return rapid.Custom(func(t *rapid.T) []string {
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(choices), 0, len(choices), rapid.ID[string]).Draw(t, "codes")
		if len(list) == 0 {
			return nil
		}
		return list
	})
}

func partial() *rapid.Generator[core.PartialDate] {
	return rapid.Custom(func(t *rapid.T) core.PartialDate {
		year, month, day := rapid.IntRange(1900, 2025).Draw(t, "year"), rapid.IntRange(0, 12).Draw(t, "month"), 0
		if month > 0 {
			day = rapid.IntRange(0, 28).Draw(t, "day")
		}
		d, err := core.NewPartialDate(year, month, day, rapid.Bool().Draw(t, "about"))
		if err != nil {
			t.Fatal(err)
		}
		return rapid.SampledFrom([]core.PartialDate{d, {}}).Draw(t, "date")
	})
}

// several draws a list without empty or equal items, nil when it is empty.
func several[T comparable](of *rapid.Generator[T], most int) *rapid.Generator[[]T] {
	return rapid.Custom(func(t *rapid.T) []T {
		var zero T
		var out []T
		for _, v := range rapid.SliceOfNDistinct(of, 0, most, rapid.ID[T]).Draw(t, "list") {
			if v != zero {
				out = append(out, v)
			}
		}
		return out
	})
}

func drawForm(t *rapid.T) casework.ReferralForm {
	secret, line := words[core.Secret](60), words[string](30)
	draw := func(name string) core.Secret { return secret.Draw(t, name) }
	country, language := oneOf("VNM", "GBR", "XXX"), oneOf("vie", "eng")
	yes, yesUnknown := oneOf("yes", "no"), oneOf("yes", "no", "unknown")
	f := casework.ReferralForm{
		Jurisdiction: oneOf("england-wales", "scotland").Draw(t, "jurisdiction"),
		Age: casework.Age{Stated: oneOf("child", "adult", "unsure").Draw(t, "age"), Reason: line.Draw(t, "reason"),
			Authority: rapid.SampledFrom([]core.ID{{}, accesstest.AgencyOf(core.LocalAuthority).ID}).Draw(t, "authority")},
		Consent: casework.ConsentGiven{Explained: yes.Draw(t, "explained"), Answer: yes.Draw(t, "answer"), NoticeVersion: line.Draw(t, "notice"),
			Language: language.Draw(t, "language"), Interpreter: yes.Draw(t, "interpreter"), On: rapid.SampledFrom([]core.Date{{}, core.MustDate(2024, 2, 29)}).Draw(t, "on")},
		Identity: casework.Identity{BirthDate: partial().Draw(t, "born"), Gender: oneOf("feminine", "non_conforming").Draw(t, "gender"),
			Nationality: country.Draw(t, "nationality"), SecondNationality: country.Draw(t, "second"),
			Phones: several(secret, 3).Draw(t, "phones"), Emails: several(secret, 3).Draw(t, "emails"), CaseNumbers: several(secret, 3).Draw(t, "numbers")},
		Narrative: casework.Narrative{Account: draw("account"), HowStarted: draw("started"), Control: draw("control"), Exploiters: draw("exploiters"),
			OthersAtRisk: draw("others"), RiskDetail: draw("risk"), Observations: draw("observations"), NotifyReason: draw("why"), CrimeReference: draw("crime"),
			CrimeForce: line.Draw(t, "force"), Referrer: casework.Referrer{Name: draw("name"), JobTitle: line.Draw(t, "post"), Phone: draw("phone"), Email: draw("email"), OwnReference: draw("own")}},
		Contact: casework.Contact{Town: draw("town"), Region: line.Draw(t, "region"), Address: draw("address"), Terms: safecontact.Terms{SafeToReach: oneOf("yes", "only_through").Draw(t, "safe"),
			Channels: someOf("call", "text").Draw(t, "channels"), Phone: draw("phone"), Email: draw("email"), Through: draw("through"), Hours: draw("hours"),
			NeverSay: draw("never"), CodeWord: draw("code"), Language: language.Draw(t, "language"), Interpreter: rapid.Bool().Draw(t, "interpreter"),
			Aids: several(line, 2).Draw(t, "aids")}, Guardians: several(secret, 2).Draw(t, "guardians")},
		Facts: casework.Facts{Exploitation: someOf("forced_labour", "county_lines").Draw(t, "types"), ExploitedWhere: oneOf("both").Draw(t, "where"),
			MoreThanOne: yesUnknown.Draw(t, "more"), Act: someOf("recruited", "received").Draw(t, "act"), Means: someOf("debt").Draw(t, "means"),
			Purpose: someOf("labour").Draw(t, "purpose"), Risks: someOf("honour").Draw(t, "risks"), UrgentNeeds: someOf("medical").Draw(t, "needs"),
			OthersAtRisk: yesUnknown.Draw(t, "others"), StillExploited: yesUnknown.Draw(t, "still"), LastContact: oneOf("week").Draw(t, "last"),
			PoliceReport: yesUnknown.Draw(t, "police"), WillingToAssist: yesUnknown.Draw(t, "willing"), SupportWanted: oneOf("later").Draw(t, "support"),
			AgeAtExploitation: oneOf("both").Draw(t, "then"), CurrentLocation: oneOf("still_there").Draw(t, "now")},
	}
	drawItems(t, &f)
	return f
}

func drawItems(t *rapid.T, f *casework.ReferralForm) {
	short := words[core.Secret](20)
	f.Identity.Names = several(rapid.Custom(func(t *rapid.T) casework.Name {
		return casework.Name{Given: short.Draw(t, "given"), Family: short.Draw(t, "family"), Kind: oneOf("alias").Draw(t, "kind")}
	}), 3).Draw(t, "names")
	f.Identity.Documents = several(rapid.Custom(func(t *rapid.T) casework.IdentityDocument {
		return casework.IdentityDocument{Type: oneOf("visa").Draw(t, "type"), Number: short.Draw(t, "number"), Country: oneOf("ALB").Draw(t, "country")}
	}), 3).Draw(t, "documents")
	f.Narrative.Situations = several(rapid.Custom(func(t *rapid.T) casework.Situation {
		return casework.Situation{Country: oneOf("ALB").Draw(t, "country"), Town: short.Draw(t, "town"), Address: short.Draw(t, "address"),
			From: partial().Draw(t, "from"), Until: partial().Draw(t, "until"), Ongoing: rapid.Bool().Draw(t, "ongoing")}
	}), 3).Draw(t, "situations")
	f.Facts.Indicators = several(rapid.Custom(func(t *rapid.T) casework.Indicator {
		return casework.Indicator{Code: oneOf("GEN-01", "CHI-02").Draw(t, "code"), ObservedBy: oneOf("me").Draw(t, "by"), On: partial().Draw(t, "on")}
	}), 4).Draw(t, "indicators")
	if note := short.Draw(t, "note"); note != "" {
		f.Narrative.IndicatorNotes = map[string]core.Secret{"GEN-01": note}
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		forms := rapid.SliceOfN(rapid.Custom(drawForm), 1, 3).Draw(t, "forms")
		var file bytes.Buffer
		w, err := exchange.NewWriter(&file, directory, forms...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range forms {
			if err := w.Write("X-1", "police", &forms[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		r, err := exchange.Open(bytes.NewReader(file.Bytes()), exchange.ReadOptions{Format: "csv", Directory: directory})
		if err != nil {
			t.Fatalf("%v\n%s", err, file.String())
		}
		for i := range forms {
			row, err := r.Next()
			if err != nil || len(row.Faults) > 0 {
				t.Fatalf("row %d: %v %v\n%s", i, err, row.Faults, file.String())
			}
			if row.External != "X-1" || row.Agency != "police" {
				t.Fatalf("row %d is of %q by %q", i, row.External, row.Agency)
			}
			if d := cmp.Diff(forms[i], row.Form); d != "" {
				t.Fatalf("row %d differs: %s\n%s", i, d, file.String())
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the last row: %v", err)
		}
		cells, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range cells {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Fatalf("a spreadsheet would run the cell %q", cell)
				}
			}
		}
	})
}
