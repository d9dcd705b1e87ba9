package scheme

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clew/internal/core"
)

func rulesOn(t *testing.T, id string, y, m, d int) Rules {
	t.Helper()
	s, err := registry().Scheme(id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.On(core.MustDate(y, m, d))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecoveryPeriodOfTheDay(t *testing.T) {
	for _, c := range []struct {
		scheme  string
		y, m, d int
		want    CalendarDays
	}{
		{"uk", 2009, 4, 1, 45}, {"uk", 2022, 12, 12, 45}, {"uk", 2022, 12, 13, 30}, {"uk", 2026, 11, 22, 30},
		{"scotland", 2018, 3, 31, 45}, {"scotland", 2018, 4, 1, 90}, {"scotland", 2022, 12, 13, 90},
		{"ecat-minimum", 2008, 2, 1, 30}, {"ecat-minimum", 2030, 1, 1, 30}, {"recovery-90", 2020, 1, 1, 90},
	} {
		r := rulesOn(t, c.scheme, c.y, c.m, c.d)
		if r.Recovery.Value != c.want || r.Recovery.Source == "" || r.Recovery.From.After(r.Day) {
			t.Errorf("%s on %v: %+v, want %d", c.scheme, r.Day, r.Recovery, c.want)
		}
	}
}

// The table of dated rules in the design, one by one.
func TestRulesAreThoseOfTheDesign(t *testing.T) {
	for _, id := range registry().IDs() {
		r := rulesOn(t, id, 2024, 6, 1)
		if r.RGTarget.Value != 5 || r.CG.Target.Value != 0 || !r.CG.NegativeNotBeforeRecoveryEnds.Value || r.ReconsiderationWindow.Value != 30 {
			t.Errorf("%s: clocks are %+v %+v %+v", id, r.RGTarget, r.CG, r.ReconsiderationWindow)
		}
		if r.Permit.MinMonths.Value != 6 || r.ChildLeave.UntilAge.Value != 210 || r.ChildLeave.Longest.Value != 36 {
			t.Errorf("%s: permits are %+v %+v", id, r.Permit.MinMonths, r.ChildLeave)
		}
		if r.AdultAge.Value != 18 || !r.AgeDoubtPresumedChild.Value || r.TurningEighteenNotice.Value != 100 || !r.HelpWithoutTestimony.Value {
			t.Errorf("%s: ages are %+v %+v %+v", id, r.AdultAge, r.AgeDoubtPresumedChild, r.TurningEighteenNotice)
		}
		if r.DraftDays != 28 || r.DraftWarningDays != 7 || !r.RecoveryExtendable.Value {
			t.Errorf("%s: drafts are kept %d days, warned %d before", id, r.DraftDays, r.DraftWarningDays)
		}
		if got := Codes(r.EndEarlyGrounds); !slices.Equal(got, []string{"public_order", "improper_claim"}) {
			t.Errorf("%s: recovery ends early on %v", id, got)
		}
		if got := Codes(r.Permit.Grounds); !slices.Equal(got, []string{"personal_situation", "cooperation", "compensation"}) {
			t.Errorf("%s: permits on %v", id, got)
		}
		for state, want := range map[string]bool{"recovery": true, "cg_pending": true, "rg_pending": false, "cg_negative": false, "confirmed": false, "reconsideration": id == "recovery-90"} {
			if r.Protects(state) != want {
				t.Errorf("%s: Protects(%s) = %v", id, state, !want)
			}
		}
	}
}

func TestDutyToNotifyBeganWithItsAct(t *testing.T) {
	if rulesOn(t, "uk", 2015, 10, 31).DutyToNotify.Value || !rulesOn(t, "uk", 2015, 11, 1).DutyToNotify.Value {
		t.Error("the duty to notify does not begin on 1 November 2015")
	}
}

func TestAuthoritiesOfTheDay(t *testing.T) {
	for _, c := range []struct {
		y, m, d int
		want    string
	}{{2010, 1, 1, "ukhtc"}, {2019, 4, 29, "sca"}, {2021, 11, 8, "sca ieca"}} {
		var got []string
		for _, a := range rulesOn(t, "uk", c.y, c.m, c.d).Authorities {
			got = append(got, a.Code)
		}
		if !strings.HasPrefix(strings.Join(got, " "), c.want) {
			t.Errorf("on %d-%d-%d the authorities are %v, want %s", c.y, c.m, c.d, got, c.want)
		}
	}
}

func TestEveryRuleOnEveryDayHasItsSource(t *testing.T) {
	for _, id := range registry().IDs() {
		s, _ := registry().Scheme(id)
		for _, day := range s.Changes() {
			r, err := s.On(day)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.Sources() {
				if p.Source == "" || p.Value == "" || p.Label == "" || p.From.IsZero() || p.From.After(day) || p.Scheme == "" {
					t.Errorf("%s on %v: %+v", id, day, p)
				}
			}
			mustBeFilled(t, id, reflect.ValueOf(r))
		}
	}
}

// mustBeFilled fails for a list of the rules that is empty: a rule that nobody wired.
func mustBeFilled(t *testing.T, id string, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case !v.Type().Field(i).IsExported():
		case f.Kind() == reflect.Slice && f.Len() == 0 && name != "ContradictsWith":
			t.Errorf("%s: %s is empty", id, name)
		case f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[core.Date]():
			mustBeFilled(t, id, f)
		case name == "Source" && f.String() == "":
			t.Errorf("%s: a value of %s has no source", id, v.Type())
		}
	}
}

func TestNoRulesBeforeTheStart(t *testing.T) {
	uk, _ := registry().Scheme("uk")
	for _, day := range []core.Date{{}, core.MustDate(2009, 3, 31)} {
		if _, err := uk.On(day); core.KindOf(err) != core.Invalid {
			t.Errorf("on %q: %v", day, err)
		}
	}
	if _, err := registry().Scheme("atlantis"); core.KindOf(err) != core.NotFound {
		t.Errorf("an unknown scheme: %v", err)
	}
}

// What On promises, written a second time over the history of each rule.
func TestEveryRuleIsTheLastThatBegan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := registry().Scheme(rapid.SampledFrom(registry().IDs()).Draw(t, "scheme"))
		day := s.Start.AddDays(rapid.IntRange(0, 9000).Draw(t, "days"))
		r, err := s.On(day)
		if err != nil || r.Day != day {
			t.Fatal(r.Day, err)
		}
		for _, got := range r.Sources() {
			var want Provenance
			for _, p := range s.History(got.Key) {
				if !p.From.After(day) {
					want = p
				}
			}
			if got != want {
				t.Fatalf("%s on %v: %+v, want %+v", s.ID, day, got, want)
			}
		}
	})
}

func TestChildLeaveEndsWithTheShorter(t *testing.T) {
	leave := rulesOn(t, "uk", 2024, 1, 1).ChildLeave
	granted := core.MustDate(2024, 1, 15)
	if got, want := leave.Until(core.MustDate(2007, 3, 1), granted), core.MustDate(2024, 9, 1); got != want {
		t.Errorf("for a child near eighteen %v, want %v", got, want)
	}
	if got, want := leave.Until(core.MustDate(2015, 3, 1), granted), core.MustDate(2027, 1, 15); got != want {
		t.Errorf("for a young child %v, want %v", got, want)
	}
}

func TestContradictionsHoldBothWays(t *testing.T) {
	r := rulesOn(t, "uk", 2024, 1, 1)
	for _, typ := range r.ExploitationTypes {
		if typ.Code != "unknown" && !slices.Contains(typ.ContradictsWith, "unknown") {
			t.Errorf("%s does not contradict unknown", typ.Code)
		}
		if slices.Contains(typ.ContradictsWith, typ.Code) {
			t.Errorf("%s contradicts itself", typ.Code)
		}
		for _, other := range typ.ContradictsWith {
			o, ok := r.ExploitationType(other)
			if !ok || !slices.Contains(o.ContradictsWith, typ.Code) {
				t.Errorf("%s contradicts %s, not the other way", typ.Code, other)
			}
		}
		if !typ.Adult && !typ.Child || typ.CountedAs == "" {
			t.Errorf("%+v concerns nobody or is not counted", typ)
		}
	}
	if _, ok := r.ExploitationType("nonsense"); ok {
		t.Error("a made-up type was found")
	}
}

func TestScotlandHasItsOwnRules(t *testing.T) {
	for _, c := range [][3]string{{"uk", "scotland", "scotland"}, {"uk", "england-wales", "uk"}, {"ecat-minimum", "scotland", "ecat-minimum"}, {"nope", "x", "nope"}} {
		if got := registry().ForJurisdiction(c[0], c[1]); got != c[2] {
			t.Errorf("ForJurisdiction(%s, %s) = %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestSourceOfOneRule(t *testing.T) {
	r := rulesOn(t, "scotland", 2024, 1, 1)
	p, ok := r.Source("recovery")
	if !ok || p.Value != "90 calendar days" || p.Scheme != "scotland" || !strings.Contains(p.Source, "SSI 2018/90") {
		t.Errorf("%+v, %v", p, ok)
	}
	if inherited, _ := r.Source("adult_age"); inherited.Scheme != "ecat-minimum" {
		t.Errorf("the age of majority is of %s", inherited.Scheme)
	}
	if _, ok := r.Source("nope"); ok {
		t.Error("a made-up rule has a source")
	}
	s, _ := registry().Scheme("scotland")
	if h := s.History("recovery"); len(h) != 2 || h[0].Value != "45 calendar days" {
		t.Errorf("history %+v", h)
	}
}

func TestADirectoryAddsAndReplaces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "uk.yaml", `
kind: scheme
id: uk
name: The kingdom, changed
start: 2009-04-01
extends: ecat-minimum
jurisdictions: [england-wales]
rules:
  recovery: [{from: 2009-04-01, value: 99 calendar days, source: here}]
`)
	write(t, dir, "mine.yaml", `
kind: scheme
id: mine
name: Mine
start: 2020-01-01
extends: uk
catalogue: small
jurisdictions: [moon]
`)
	write(t, dir, "more.yaml", `
kind: catalogue
id: small
version: "1"
name: Small
source: here
categories: [{code: general, label: General}]
indicators: [{code: GEN-01, category: general, label: One, prompt: Look, weight: weak, elements: [act], applies: both}]
`)
	write(t, dir, "moon.yaml", `
kind: calendars
calendars:
  - {id: moon, name: Moon, timezone: UTC, weekend: [friday], source: here, holidays: [{name: Landing, date: 07-20, first: 2000}]}
`)
	write(t, dir, "notes.txt", "not read")
	r, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.IDs(); !slices.Equal(got, []string{"ecat-minimum", "mine", "recovery-90", "scotland", "uk"}) {
		t.Errorf("ids %v", got)
	}
	mine, _ := r.Scheme("mine")
	rules, err := mine.On(core.MustDate(2021, 1, 1))
	if err != nil || rules.Recovery.Value != 99 || mine.Catalogue().ID != "small" {
		t.Errorf("%+v, %v, catalogue %s", rules.Recovery, err, mine.Catalogue().ID)
	}
	moon, err := mine.Calendar("")
	if err != nil || moon.IsWorkingDay(core.MustDate(2021, 7, 20)) || !moon.IsWorkingDay(core.MustDate(2021, 7, 18)) || moon.IsWorkingDay(core.MustDate(2021, 7, 23)) {
		t.Errorf("the calendar of the moon is wrong, %v", err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoadRefusesWhatIsNotThere(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a directory that does not exist was read")
	}
}

func BenchmarkOn(b *testing.B) {
	s, _ := registry().Scheme("scotland")
	day := core.MustDate(2024, 1, 1)
	for b.Loop() {
		if _, err := s.On(day); err != nil {
			b.Fatal(err)
		}
	}
}
