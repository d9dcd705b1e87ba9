package letters

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/letters/paper"
	"clew/internal/letters/wording"
	"clew/internal/scheme"

	"github.com/google/go-cmp/cmp"
)

// workshop is the room without a store: templates, schemes and a clock.
func workshop(t testing.TB) *Service {
	t.Helper()
	shelf, err := wording.Load("")
	if err != nil {
		t.Fatal(err)
	}
	schemes, err := scheme.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return &Service{scribe: NewScribe(shelf), schemes: schemes, clock: core.NewFixedClock(time.Date(2025, 3, 12, 9, 30, 0, 0, time.UTC))}
}

// merged is a text with made-up values, beside the English.
func merged(t testing.TB, s *Service, w *wording.Template, schemeID string) []wording.Document {
	t.Helper()
	values, err := s.sampleValues(w.Kind, schemeID)
	if err != nil {
		t.Fatal(err)
	}
	docs := []wording.Document{w.Merge(schemeID, values)}
	if w.Language.Tag() != wording.English {
		english, _ := s.scribe.shelf.Template(w.Kind, schemeID, wording.English)
		docs = append(docs, english.Merge(schemeID, values))
	}
	return docs
}

func printed(t testing.TB, docs []wording.Document) []byte {
	t.Helper()
	draw := paper.Letter
	if docs[0].Kind == wording.PocketCard {
		draw = paper.Pocket
	}
	pdf, err := draw(docs...)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// TestEveryTextPrints draws every text of every language under every scheme: no
// character is missing, and the same text gives the same bytes. With
// CLEW_LETTERS=DIR the sheets are written there, to be looked at.
func TestEveryTextPrints(t *testing.T) {
	s := workshop(t)
	for _, w := range s.scribe.shelf.Templates() {
		docs := merged(t, s, w, "uk")
		if missing := paper.Missing(docs...); len(missing) > 0 {
			t.Errorf("%s: no typeface has %q", w.Path, string(missing))
		}
		pdf := printed(t, docs)
		if !bytes.Equal(pdf, printed(t, docs)) {
			t.Errorf("%s: drawn twice, it differs", w.Path)
		}
		if dir := os.Getenv("CLEW_LETTERS"); dir != "" {
			name := strings.ReplaceAll(strings.TrimPrefix(w.Path, "any/"), "/", "-") + ".pdf"
			if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestTheWordsAreThoseThatWereRead compares every text, merged with made-up
// values, with the one that was read last. CLEW_UPDATE=1 takes today's.
func TestTheWordsAreThoseThatWereRead(t *testing.T) {
	s := workshop(t)
	texts := map[string]string{}
	for _, w := range s.scribe.shelf.Templates() {
		d := merged(t, s, w, "uk")[0]
		texts[w.Language.Tag()] += "==== " + w.Path + " " + w.Version + "\n" + d.Reveal() + "\n"
	}
	for tag, got := range texts {
		name := filepath.Join("testdata", "texts", tag+".txt")
		if os.Getenv("CLEW_UPDATE") != "" {
			if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s differs (- read, + now):\n%s", tag, diff)
		}
	}
}

// TestTheNumbersAreTheSchemes: the card of each scheme gives that scheme's days,
// and no template has a number of its own.
func TestTheNumbersAreTheSchemes(t *testing.T) {
	s := workshop(t)
	for schemeID, want := range map[string]string{"uk": "30 days", "scotland": "90 days", "recovery-90": "90 days", "ecat-minimum": "30 days"} {
		w, _ := s.scribe.shelf.Template(wording.RightsCard, schemeID, wording.English)
		if text := merged(t, s, w, schemeID)[0].Reveal(); !strings.Contains(text, "you have "+want+" to rest") {
			t.Errorf("%s: the card does not give %s to recover:\n%s", schemeID, want, text)
		}
	}
	for _, w := range s.scribe.shelf.Templates() {
		values := wording.Values{"help_never_depends": {Set: true}, "presumed_child": {Set: true}}
		d := w.Merge("uk", values) // what is counted is nought
		for _, b := range d.Blocks {
			if text := b.Head.Reveal() + b.Text.Reveal(); strings.ContainsAny(text, "123456789") {
				t.Errorf("%s has a number of its own: %s", w.Path, text)
			}
		}
	}
}
