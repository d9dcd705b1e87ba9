package score

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clew/match/norm"
)

func compareNames(t testing.TB, a, b string) float64 {
	t.Helper()
	x, y := NewRecord(Input{Name: a}), NewRecord(Input{Name: b})
	return Default().Compare(&x, &y).Score
}

// Each line is a rule: the first pair must score above the second.
func TestOrderOfLikeness(t *testing.T) {
	for _, c := range []struct{ why, a, b, c, d string }{
		{"an omitted patronymic is less than a contradicted one", "Murad Margoshvili", "Murad Iraklievich Margoshvili", "Murad Khasanovich Margoshvili", "Murad Iraklievich Margoshvili"},
		{"one letter of a long name is less than of a short one", "Mikhail Khodorkovski", "Mikhail Khodorkovsky", "Li Wei", "Lu Wei"},
		{"a familiar form is nearer than another name", "Bill Gates", "William Gates", "Walter Gates", "William Gates"},
		{"an initial that fits is nearer than one that does not", "A. Khamenei", "Ali Khamenei", "B. Khamenei", "Ali Khamenei"},
		{"joined words are the same words", "JanDaniel Bothma", "Jan Daniel Bothma", "Jan Bothma", "Jan Daniel Bothma"},
		{"the order of words is free", "Putin Vladimir", "Vladimir Putin", "Putin Valentin", "Vladimir Putin"},
		{"another script is the same name", "Владимир Путин", "Vladimir Putin", "Владимир Пушкин", "Vladimir Putin"},
		{"a shared first name is not a shared name", "Anna Kowalska", "Anna Kowalski", "Anna Kowalska", "Anna Nowak"},
	} {
		if x, y := compareNames(t, c.a, c.b), compareNames(t, c.c, c.d); x <= y {
			t.Errorf("%s: %q/%q %.4f is not above %q/%q %.4f", c.why, c.a, c.b, x, c.c, c.d, y)
		}
	}
}

func TestNameCutByAMachineReadableZone(t *testing.T) {
	const full, cut = "Papandropoulous Jonathon Alexander", "PAPANDROPOULOUS<<JONATHON<ALEC"
	if s := compareNames(t, full, "PAPANDROPOULOUS<<JONATHON<ALEX"); s < 0.98 {
		t.Errorf("a name cut at its 30th letter scores %.4f", s)
	}
	if s := compareNames(t, full, cut); s >= 0.98 {
		t.Errorf("another last word scores %.4f", s)
	}
}

func TestBirthDatesMoveTheScore(t *testing.T) {
	m := Default()
	last := 2.0
	for _, dob := range []string{"1980-03-04", "1980-04-03", "1980-03-14", "", "1979-11-20", "1955-09-30"} {
		a, b := NewRecord(Input{Name: "Anna Kowalska", Birth: "1980-03-04"}), NewRecord(Input{Name: "Anna Kowalsky", Birth: dob})
		s := m.Compare(&a, &b).Score
		if s >= last {
			t.Errorf("birth %q scores %.5f, not below the one before (%.5f)", dob, s, last)
		}
		last = s
	}
	twin, sibling := NewRecord(Input{Name: "Anna Kowalska", Birth: "1980-03-04"}), NewRecord(Input{Name: "Maria Kowalska", Birth: "1980-03-04"})
	if s := m.Compare(&twin, &sibling).Score; s >= m.Threshold {
		t.Errorf("twins score %.4f: a shared date of birth outranks the name", s)
	}
}

// rapidInput draws records from few values, so that agreement is common.
func rapidInput(t *rapid.T, label string) Input {
	name := rapid.OneOf(rapid.SampledFrom([]string{"Anna Kowalska", "Kowalska Anna", "A. Kowalski", "Мария Иванова", "محمد علي", "习近平", "van der Berg, Jan", "Bill Smith", "William Smith", "X", ""}),
		rapid.StringMatching(`[a-z]{0,8}( [a-zé'.-]{0,8}){0,4}`), rapid.String())
	return Input{
		Schema: rapid.SampledFrom([]string{"Person", "Company"}).Draw(t, label+"schema"),
		Name:   name.Draw(t, label+"name"), Aliases: rapid.SliceOfN(name, 0, 2).Draw(t, label+"aliases"),
		Birth:     rapid.SampledFrom([]string{"", "1980-03-04", "1980-04-03", "1980", "1981-03-04", "1980-01-01", "about 1979", "junk"}).Draw(t, label+"birth"),
		Sex:       rapid.SampledFrom([]string{"", "f", "m", "x"}).Draw(t, label+"sex"),
		Countries: rapid.SliceOfN(rapid.SampledFrom([]string{"PL", "DE", "IQ"}), 0, 2).Draw(t, label+"countries"),
		Documents: rapid.SliceOfN(rapid.SampledFrom([]string{"AB120456", "AB12O456", "ZZ999999"}), 0, 2).Draw(t, label+"documents"),
	}
}

func TestSymmetryAndIdentity(t *testing.T) {
	m := Default()
	rapid.Check(t, func(t *rapid.T) {
		in, other := rapidInput(t, "a "), rapidInput(t, "b ")
		other.Schema = in.Schema
		a, b := NewRecord(in), NewRecord(other)
		ab, ba := m.Compare(&a, &b), m.Compare(&b, &a)
		if ab.Score != ba.Score || ab.NameDistance != ba.NameDistance {
			t.Fatalf("%+v and %+v: %v one way, %v the other", in, other, ab.Score, ba.Score)
		}
		if ab.Score < 0 || ab.Score > 1 || ab.Score != ab.Score {
			t.Fatalf("score %v", ab.Score)
		}
		if s := m.Compare(&a, &a).Score; len(a.Names) > 0 && s != 1 {
			t.Fatalf("%+v and itself: %v", in, s)
		}
	})
}

// More agreeing evidence never lowers a score, and evidence that contradicts
// never leaves a higher one than evidence left out.
func TestAgreementRaisesAndContradictionLowers(t *testing.T) {
	m := Default()
	for name, f := range map[string]struct {
		set         func(in *Input, v string)
		same, other string
	}{
		"birth":    {func(in *Input, v string) { in.Birth = v }, "1980-03-04", "1951-11-23"},
		"sex":      {func(in *Input, v string) { in.Sex = v }, "f", "m"},
		"country":  {func(in *Input, v string) { in.Countries = []string{v} }, "PL", "IQ"},
		"document": {func(in *Input, v string) { in.Documents = []string{v} }, "AB120456", "QW777111"},
		"place":    {func(in *Input, v string) { in.Place = v }, "Warsaw", "Basra"},
		"phone":    {func(in *Input, v string) { in.Phones = []string{v} }, "+48221234567", "+9647701234567"},
		"email":    {func(in *Input, v string) { in.Emails = []string{v} }, "a@b.org", "c@d.org"},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, b := rapidInput(t, "a "), rapidInput(t, "b ")
				b.Schema = a.Schema
				f.set(&a, "")
				f.set(&b, "")
				without := scoreOf(m, a, b)
				f.set(&a, f.same)
				omitted := scoreOf(m, a, b)
				f.set(&b, f.same)
				if with := scoreOf(m, a, b); with < without && without < 1 {
					t.Fatalf("agreeing lowers %v to %v", without, with)
				}
				f.set(&b, f.other)
				if against := scoreOf(m, a, b); against > omitted {
					t.Fatalf("contradicting raises %v to %v", omitted, against)
				}
			})
		})
	}
}

func scoreOf(m *Model, a, b Input) float64 {
	x, y := NewRecord(a), NewRecord(b)
	return m.Compare(&x, &y).Score
}

func TestContradictedWordIsWorseThanOmitted(t *testing.T) {
	m := Default()
	word := rapid.StringMatching(`[bcdfgklmnprstvz][aeiou][bcdfgklmnprstvz]{1,2}[aeiou][bcdfgklmnprstvz]`)
	rapid.Check(t, func(t *rapid.T) {
		first, second, third := word.Draw(t, "first"), word.Draw(t, "second"), word.Draw(t, "third")
		other := "qqxxqqxx"
		omitted := scoreOf(m, Input{Name: first + " " + second}, Input{Name: first + " " + second + " " + third})
		against := scoreOf(m, Input{Name: first + " " + second + " " + other}, Input{Name: first + " " + second + " " + third})
		if against > omitted {
			t.Fatalf("%s %s %s: contradicted %v, omitted %v", first, second, third, against, omitted)
		}
	})
}

func TestCompareDoesNotAllocate(t *testing.T) {
	m := Default()
	a, b := NewRecord(Input{Name: "Anna Maria Kowalska", Birth: "1980-03-04"}), NewRecord(Input{Name: "Ana M. Kowalsky", Birth: "1980-04-03"})
	if n := testing.AllocsPerRun(100, func() { m.Compare(&a, &b) }); n != 0 {
		t.Errorf("a comparison allocates %v times", n)
	}
}

func TestSharedRecordsMayBeComparedAtOnce(t *testing.T) {
	m, a := Default(), NewRecord(Input{Name: "Anna Kowalska"})
	t.Run("group", func(t *testing.T) {
		for range 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for range 200 {
					if m.Compare(&a, &a).Score != 1 {
						t.Error("identity lost")
					}
				}
			})
		}
	})
}

// TestExplanations holds the sentences to testdata/explanations.txt; run with
// UPDATE_GOLDEN=1 to write them anew, and read the difference.
func TestExplanations(t *testing.T) {
	m := Default()
	var b strings.Builder
	for _, c := range []struct{ a, b Input }{
		{Input{Name: "Jan Kowalski", Birth: "1980-03-04", Sex: "m", Countries: []string{"PL"}}, Input{Name: "J. Kowalsky", Birth: "1980-04-03", Sex: "m", Countries: []string{"Poland", "DE"}}},
		{Input{Name: "Владимир Путин"}, Input{Name: "Vladimir Vladimirovich Putin"}},
		{Input{Name: "Bill Smith", Documents: []string{"AB12O456"}}, Input{Name: "William Smith", Documents: []string{"AB120456"}}},
		{Input{Name: "Mohammed Ali", Birth: "1980-01-01"}, Input{Name: "Muhammad Ali", Birth: "1980-01-01"}},
		{Input{Name: "Juan Doe"}, Input{Name: "John Doe"}},
		{Input{Name: "AlisherUsmanov"}, Input{Name: "Alisher Usmanov"}},
		{Input{Given: "Hans", Family: "Friedrich"}, Input{Given: "Friedrich", Family: "Hans"}},
		{Input{Name: "Ahmed Yahya"}, Input{Name: "Ahmed Salim"}},
		{Input{Schema: "Company", Name: "Deutsche Bank AG"}, Input{Schema: "Company", Name: "Deutsche Bank GmbH"}},
		{Input{Schema: "Vessel", Name: "MV Zu Zag Bong 6"}, Input{Schema: "Vessel", Name: "Zu Zag Bong 5"}},
		{Input{Name: "-"}, Input{Name: ""}},
	} {
		x, y := NewRecord(c.a), NewRecord(c.b)
		r, why := m.Explain(&x, &y)
		for _, lang := range Languages() {
			b.WriteString(lang + " " + verdict(m, r.Score) + ": " + Messages(lang).Join(why) + "\n")
		}
	}
	golden := filepath.Join("testdata", "explanations.txt")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("explanations changed:\n%s", b.String())
	}
}

func verdict(m *Model, s float64) string {
	if s >= m.Threshold {
		return "match"
	}
	return "no match"
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	english := Messages("en")
	for _, lang := range Languages() {
		c := Messages(lang)
		for key, text := range english {
			if c[key] == "" {
				t.Errorf("%s lacks %s", lang, key)
			}
			for _, hole := range []string{"{0}", "{1}"} {
				if strings.Contains(text, hole) != strings.Contains(c[key], hole) {
					t.Errorf("%s: %s does not fill %s as English does", lang, key, hole)
				}
			}
		}
	}
	for c := ByName; c < numClasses; c++ {
		for l := Different; l <= Alike; l++ {
			key := c.String() + "." + l.String()
			if slices.Contains([]Class{ByBirth}, c) && l != Alike && english[key] == "" {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
}

func TestModelFiles(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"version: x\n":                      "",
		`{"threshold": 0.7}`:                "",
		"threshold: 2":                      "between 0 and 1",
		"treshold: 0.5":                     "unknown field",
		"name: {room: 0}":                   "room must be positive",
		"name: {omitted: 999}":              "no less than an omitted one",
		"evidence: {birth: {different: 1}}": "contradiction for it",
		"name: [":                           "read model",
	} {
		_, err := Load(strings.NewReader(in))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
	m, err := Load(strings.NewReader("version: mine\nevidence:\n  sex: {same: 0, different: 0}\n"))
	if err != nil || m.Version != "mine" || m.Evidence.Sex.Same != 0 || m.Evidence.Birth != Default().Evidence.Birth {
		t.Errorf("a model file does not override only what it names: %+v %v", m, err)
	}
}

func FuzzModel(f *testing.F) {
	f.Add("version: a\nthreshold: 0.4\n")
	f.Add(`{"name": {"power": 2}}`)
	f.Fuzz(func(t *testing.T, s string) {
		m, err := Load(strings.NewReader(s))
		if err != nil {
			return
		}
		a, b := NewRecord(Input{Name: "Anna Kowalska"}), NewRecord(Input{Name: "Ana Kowalski", Birth: "1980"})
		if r := m.Compare(&a, &b); !(r.Score >= 0 && r.Score <= 1) {
			t.Fatalf("model %q gives %v", s, r.Score)
		}
	})
}

func TestMeasure(t *testing.T) {
	c := Measure([]float64{0.9, 0.8, 0.8, 0.3}, []bool{true, true, false, true})
	if p, r, f := c.At(0.8); p != 2.0/3 || r != 2.0/3 || f != 2.0/3 {
		t.Errorf("at 0.8: %v %v %v", p, r, f)
	}
	if f, at := c.Best(); at != 0.3 || f < 0.85 || f > 0.86 {
		t.Errorf("best %v at %v", f, at)
	}
	if r := c.RecallAt(0.95); r != 1.0/3 {
		t.Errorf("recall at 0.95: %v", r)
	}
	if p, r, f := Measure(nil, nil).At(0.5); p+r+f != 0 {
		t.Error("nothing measured gives something")
	}
}

func TestCalibrateKeepsTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		best := rapid.SliceOfN(rapid.Float64Range(0, 0.99999), 1, 400).Draw(t, "best")
		for _, g := range Calibrate(best, 0.1, 0.01) {
			alarms := 0
			for _, s := range best {
				if s >= g.Score {
					alarms++
				}
			}
			if float64(alarms) > g.Rate*float64(len(best)) {
				t.Fatalf("%d alarms of %d at %v", alarms, len(best), g)
			}
		}
	})
}

func TestLettersTellWhatWordsTell(t *testing.T) {
	w := &Default().Name
	word := rapid.OneOf(rapid.StringMatching(`[a-z]{1,9}`), rapid.StringMatching(`(sch|ph|tsh|a|e|i|k|sz|th|ou){1,5}`), rapid.StringMatching(`[а-я]{2,8}`),
		rapid.SampledFrom([]string{"william", "bill", "Łukasz", "müller", "김", "裕太", "محمد", "o'brien"}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := norm.ParsePerson(word.Draw(t, "a")+" x"), norm.ParsePerson(word.Draw(t, "b")+" x")
		for i := range a.Tokens {
			for j := range b.Tokens {
				x, y := LettersOf(&a.Tokens[i]), LettersOf(&b.Tokens[j])
				want := w.Words(&a.Tokens[i], &b.Tokens[j])
				for _, limit := range []int{30, apart} {
					if c, ok := w.Tell(&x, &y, limit); ok && min(c, limit+1) != min(want, limit+1) {
						t.Fatalf("%s and %s cost %d, from their letters %d", a.Tokens[i].Text, b.Tokens[j].Text, want, c)
					}
				}
			}
		}
	})
	for pair, want := range map[[2]string]int{{"petrov", "petrov"}: 0, {"sergey", "sergei"}: w.SameSound, {"nowak", "garcia"}: apart} {
		a, b := norm.ParsePerson(pair[0]+" x"), norm.ParsePerson(pair[1]+" x")
		x, y := LettersOf(&a.Tokens[0]), LettersOf(&b.Tokens[0])
		if c, ok := w.Tell(&x, &y, apart); !ok || c != want {
			t.Errorf("%v: %d %v, want %d", pair, c, ok, want)
		}
	}
}

// What Reach calls too far is below the wanted score.
func TestReachIsNeverTooShort(t *testing.T) {
	m := Default()
	rapid.Check(t, func(t *rapid.T) {
		in, other := rapidInput(t, "a "), rapidInput(t, "b ")
		in.Documents, other.Schema = nil, in.Schema
		a, b := NewRecord(in), NewRecord(other)
		least := rapid.SampledFrom([]float64{0.1, 0.5, 0.9, 0.99}).Draw(t, "least")
		r := m.Compare(&a, &b)
		if reach := m.ReachOf(&a, least); r.NameDistance > reach[BirthLevel(a.Birth, b.Birth)] && r.Score >= least {
			t.Fatalf("distance %d, beyond %d, scores %v", r.NameDistance, reach[BirthLevel(a.Birth, b.Birth)], r.Score)
		}
	})
}
