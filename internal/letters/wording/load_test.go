package wording

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/core"
)

func shelf(t testing.TB, dir string) *Shelf {
	t.Helper()
	s, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write puts files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestEveryLanguageHasEveryText: the ten languages that notices are asked for in.
func TestEveryLanguageHasEveryText(t *testing.T) {
	s := shelf(t, "")
	for _, tag := range []string{"en", "ro", "bg", "sq", "vi", "zh", "ru", "pl", "ar", "ha"} {
		lang, ok := s.LanguageByTag(tag)
		if !ok {
			t.Fatalf("%s is not there", tag)
		}
		if lang.RTL != (tag == "ar") {
			t.Errorf("%s: from right to left: %v", tag, lang.RTL)
		}
		for _, k := range Kinds {
			w, ok := s.Template(k, "uk", tag)
			if !ok {
				t.Errorf("%s has no %s", tag, k)
				continue
			}
			if w.Version == "" || len(w.Digest) != 24 {
				t.Errorf("%s: version %q, digest %q", w.Path, w.Version, w.Digest)
			}
		}
	}
}

// TestTranslationsMergeWhatTheEnglishMerges: a translation that lost a field
// would tell somebody less.
func TestTranslationsMergeWhatTheEnglishMerges(t *testing.T) {
	s := shelf(t, "")
	for _, w := range s.Templates() {
		english, _ := s.Template(w.Kind, AnyScheme, English)
		if got, want := strings.Join(asked(w.body), " "), strings.Join(asked(english.body), " "); got != want {
			t.Errorf("%s merges\n%s\nthe English\n%s", w.Path, got, want)
		}
	}
}

// asked lists the lines of a text by their kind and the fields they merge.
func asked(body []node) []string {
	var out []string
	for _, n := range body {
		line := string(rune('0' + n.kind))
		names := map[string]bool{}
		for _, s := range append(n.head, n.spans...) {
			names[s.field] = true
		}
		for _, f := range []string{"act", "means", "purpose", "reasons", "recovery_days", "recovery_until", "reconsider_days", "reconsider_until", "rg_working_days",
			"permit_months", "adult_age", "date", "reference", "authority", "recipient", "ground", "permit_grounds", "relied_on", "sources", "scheme"} {
			if names[f] {
				line += "{" + f + "}"
			}
		}
		out = append(out, line)
		out = append(out, asked(n.then)...)
		out = append(out, asked(n.other)...)
	}
	return out
}

func TestMistakesAreToldWithFileAndLine(t *testing.T) {
	const head = "version: 1\nreview: source\n---\n"
	for name, tc := range map[string]struct{ file, text, want string }{
		"a field the kind does not have": {"any/en/rg_positive.txt", head + "# Title\n\nUntil {reconsider_until}.\n", `rg_positive.txt:6: rg_positive has no merge field "reconsider_until"`},
		"a condition on no field":        {"any/en/rg_positive.txt", head + "# Title\n@if nothing\nWords.\n@end\n", `:5: rg_positive has no merge field "nothing"`},
		"a condition left open":          {"any/en/rg_positive.txt", head + "# Title\n@if date\nWords.\n", `:5: @if date has no @end`},
		"an @end of nothing":             {"any/en/rg_positive.txt", head + "# Title\n@end\n", `:5: "@end" is not understood here`},
		"no title":                       {"any/en/rg_positive.txt", head + "Words.\n", `must begin with exactly one title`},
		"a bracket alone":                {"any/en/rg_positive.txt", head + "# Title\n\nOpen { bracket\n", `:6: a merge field is written {name}`},
		"a block inside a line":          {"any/en/rg_positive.txt", head + "# Title\n\nBecause {reasons}\n", `:6: reasons is several paragraphs`},
		"a list inside a line":           {"any/en/rg_positive.txt", head + "# Title\n\nSee {sources}\n", `:6: sources is several items`},
		"a condition as words":           {"any/en/rg_positive.txt", head + "# Title\n\n{findings}\n", `:6: findings is a condition and has no words`},
		"no fragment":                    {"any/en/rg_positive.txt", head + "# Title\n@use nothing\n", `:5: there is no fragment "nothing"`},
		"no version":                     {"any/en/rg_positive.txt", "review: source\n---\n# Title\n", `version must be`},
		"approval in the file":           {"any/ro/rg_positive.txt", "version: 1\nreview: done\n---\n# Titlu\n", `review must be "needed"`},
		"a kind nobody sends":            {"any/en/rg_maybe.txt", head + "# Title\n", `there is no kind of letter "rg_maybe"`},
		"a language nobody speaks":       {"any/xx/language.txt", "date: {day}\n", `"xx" is no language`},
		"a language half described":      {"any/fr/language.txt", "date: {day} {month} {year}\nmonth_names: janvier\ndays: other={n} jours\n", `month_names must be twelve`},
		"a file astray":                  {"rg_positive.txt", head + "# Title\n", `a template lies at scheme/language/kind.txt`},
		"a title in a fragment":          {"any/en/_second.txt", "# Title\n", `_second.txt:1: a fragment has no title`},
	} {
		_, err := Load(write(t, map[string]string{tc.file: tc.text}))
		var ps Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

// TestAnInstallationAddsAndReplaces: a text of one scheme goes before the text of
// any, a replaced text has another digest, and so does every text whose fragment
// was replaced.
func TestAnInstallationAddsAndReplaces(t *testing.T) {
	before := shelf(t, "")
	after := shelf(t, write(t, map[string]string{
		"scotland/en/rg_positive.txt": "version: S-1\nreview: source\n---\n# Our own words\n\nFor {recovery_days}.\n",
		"any/en/_second.txt":          "Two people looked.\n",
	}))
	own, _ := after.Template(RGPositive, "scotland", English)
	if own.Version != "S-1" || !own.Local {
		t.Errorf("scotland has %+v", own.ID)
	}
	if other, _ := after.Template(RGPositive, "uk", English); other.Path != "any/en/rg_positive" || other.Local {
		t.Errorf("uk has %+v", other.ID)
	}
	changed := func(k Kind) bool {
		a, _ := before.Template(k, "uk", English)
		b, _ := after.Template(k, "uk", English)
		return a.Digest != b.Digest
	}
	if !changed(RGNegative) || changed(CGPositive) {
		t.Errorf("a replaced fragment: rg_negative changed %v, cg_positive changed %v", changed(RGNegative), changed(CGPositive))
	}
}

func TestDatesAndNumbersAsEachLanguageWritesThem(t *testing.T) {
	s := shelf(t, "")
	for tag, want := range map[string][4]string{
		"en": {"1 day", "30 days", "12 March 2025", "5 working days"},
		"ro": {"o zi", "30 de zile", "12 martie 2025", "5 zile lucrătoare"},
		"bg": {"1 ден", "30 дни", "12 март 2025 г.", "5 работни дни"},
		"sq": {"1 ditë", "30 ditë", "12 mars 2025", "5 ditë pune"},
		"vi": {"1 ngày", "30 ngày", "ngày 12 tháng 3 năm 2025", "5 ngày làm việc"},
		"zh": {"1天", "30天", "2025年3月12日", "5个工作日"},
		"ru": {"1 день", "30 дней", "12 марта 2025 г.", "5 рабочих дней"},
		"pl": {"1 dzień", "30 dni", "12 marca 2025 r.", "5 dni roboczych"},
		"ar": {"يوم واحد", "30 يومًا", "12 مارس 2025", "5 أيام عمل"},
		"ha": {"kwana 1", "kwanaki 30", "12 ga Maris, 2025", "ranakun aiki 5"},
	} {
		l, ok := s.LanguageByTag(tag)
		if !ok {
			t.Fatal(tag)
		}
		got := [4]string{l.Count("days", 1), l.Count("days", 30), l.Date(core.MustDate(2025, 3, 12)), l.Count("working_days", 5)}
		if got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	for n, want := range map[int]string{2: "يومان", 3: "3 أيام", 11: "11 يومًا", 100: "100 يوم"} {
		if l, _ := s.LanguageByTag("ar"); l.Count("days", n) != want {
			t.Errorf("%d days in Arabic: %s", n, l.Count("days", n))
		}
	}
	for n, want := range map[int]string{2: "2 дня", 21: "21 день", 45: "45 дней"} {
		if l, _ := s.LanguageByTag("ru"); l.Count("days", n) != want {
			t.Errorf("%d days in Russian: %s", n, l.Count("days", n))
		}
	}
}

func TestALanguageIsFoundByWhatPeopleSpeak(t *testing.T) {
	s := shelf(t, "")
	for code, want := range map[string]string{"ron": "ro", "cmn": "zh", "zho": "zh", "arz": "ar", "vie": "vi", "eng": "en"} {
		if l, ok := s.LanguageOf(code); !ok || l.Tag() != want {
			t.Errorf("%s: %v", code, ok)
		}
	}
	for _, code := range []string{"", "tir", "xyz"} {
		if _, ok := s.LanguageOf(code); ok {
			t.Errorf("%q has letters", code)
		}
	}
}

// TestWhatCaseworkersWroteStaysInEnglish, and says so.
func TestWhatCaseworkersWroteStaysInEnglish(t *testing.T) {
	s := shelf(t, "")
	w, _ := s.Template(RGPositive, "uk", "ar")
	d := w.Merge("uk", Values{"reasons": {Words: "First.\n\nSecond."}, "findings": {Set: true}, "act": {Items: []Choice{{Key: "finding.found"}}}, "act_words": {Words: "Why."},
		"relied_on": {Items: []Choice{{Words: "A sign"}}}, "permit_grounds": {}})
	var foreign []string
	for _, b := range d.Blocks {
		for _, r := range b.Text {
			if r.Language == English {
				foreign = append(foreign, r.Words.Reveal())
			}
		}
	}
	if got := strings.Join(foreign, "|"); got != "First.|Second.|Why.|A sign" {
		t.Errorf("in English: %s", got)
	}
	if !d.RTL || d.Language != "ar" {
		t.Errorf("the document is %s, from right to left %v", d.Language, d.RTL)
	}
}

// FuzzTemplate: whatever a file says, reading it ends, and what is accepted can
// be merged.
func FuzzTemplate(f *testing.F) {
	s := shelf(f, "")
	for _, w := range s.Templates() {
		if w.Language.Tag() == English || w.Language.Tag() == "ar" {
			text, err := embedded.ReadFile("templates/" + w.Path + ".txt")
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add("version: 1\nreview: source\n---\n# T\n@if date\n@else\n@if date\n@end\n@end\n@row a|b\n- {sources}\n{reasons}\n{")
	base, _ := s.Template(RGPositive, "uk", English)
	f.Fuzz(func(t *testing.T, text string) {
		ps := &Problems{}
		h, body := parseTemplate("any/en/rg_positive.txt", text, English, ps)
		l := link{linker: &linker{ps: ps}, scheme: AnyScheme, tag: English, kind: RGPositive, sum: func(b []byte) (int, error) { return len(b), nil }}
		body = l.expand("any/en/rg_positive.txt", body, 0)
		if ps.err() != nil {
			return
		}
		w := Template{ID: ID{Version: h.version}, Kind: RGPositive, Language: base.Language, body: body}
		d := w.Merge("uk", Values{"date": {Date: core.MustDate(2025, 3, 12)}, "recovery_days": {Count: 30}, "reasons": {Words: "Because."}, "findings": {Set: true}})
		if got := d.Reveal(); strings.ContainsAny(got, "{}") {
			t.Errorf("a merge field was left open:\n%s", got)
		}
	})
}
