package language_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/language"
	"clew/internal/ledger"
)

// files is a catalogue of two texts in every language.
func files(change func(fstest.MapFS)) fstest.MapFS {
	fs := fstest.MapFS{}
	for _, l := range language.Languages {
		text := "hello: Hello in " + l.English + "\nwhen: Day {{.Day}}\n"
		if l.Tag != language.English {
			text += "review: " + language.NeedsReview + "\n"
		}
		fs["door."+l.Tag+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	if change != nil {
		change(fs)
	}
	return fs
}

func TestEveryLanguageIsOneOfCore(t *testing.T) {
	known := map[string]core.Language{}
	for _, l := range core.Languages() {
		known[l.Code] = l
	}
	for _, l := range language.Languages {
		c, ok := known[l.ISO3]
		if !ok || c.RTL != l.RTL {
			t.Errorf("%s (%s): core has %+v", l.Tag, l.ISO3, c)
		}
		if found, ok := language.Find(l.Tag); !ok || found != l {
			t.Errorf("%s is not found by its tag", l.Tag)
		}
	}
	if l, ok := language.Find("ar"); !ok || l.Dir() != "rtl" {
		t.Error("Arabic does not run from right to left")
	}
	if _, ok := language.Find("xx"); ok {
		t.Error("a language that does not exist was found")
	}
}

func TestACatalogueSpeaksEveryLanguage(t *testing.T) {
	c, err := language.Load(files(nil), "door")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range language.Languages {
		if got := c.Say(l.Tag, "hello"); got != "Hello in "+l.English {
			t.Errorf("%s says %q", l.Tag, got)
		}
		if got := c.Say(l.Tag, "when", "Day", "3"); got != "Day 3" {
			t.Errorf("%s fills the blank as %q", l.Tag, got)
		}
	}
	if got := c.Say("xx", "hello"); got != "hello" {
		t.Errorf("an unknown language says %q", got)
	}
}

func TestACatalogueThatIsNotWholeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		says   string
	}{
		"a text is missing":    {func(f fstest.MapFS) { f["door.ro.yaml"].Data = []byte("hello: Salut\nreview: " + language.NeedsReview) }, `no text for "when"`},
		"a blank is lost":      {func(f fstest.MapFS) { set(f, "ar", "Day {{.Day}}", "Day") }, "blanks"},
		"a text nobody has":    {func(f fstest.MapFS) { f["door.pl.yaml"].Data = append(f["door.pl.yaml"].Data, "other: x\n"...) }, `"other" is not in English`},
		"no mark of review":    {func(f fstest.MapFS) { set(f, "vi", language.NeedsReview, "fine") }, "professional translator"},
		"a language is gone":   {func(f fstest.MapFS) { delete(f, "door.ha.yaml") }, "door.ha.yaml"},
		"no catalogue at all":  {func(f fstest.MapFS) { f["door.ru.yaml"].Data = []byte("- a\n- b\n") }, "door.ru.yaml"},
		"an empty translation": {func(f fstest.MapFS) { set(f, "sq", "Hello in Albanian", `" "`) }, `no text for "hello"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := language.Load(files(c.change), "door")
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("loaded with: %v", err)
			}
		})
	}
}

func set(f fstest.MapFS, tag, old, fresh string) {
	file := f["door."+tag+".yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), old, fresh, 1))
}

func TestAnApprovalHoldsForTheseWordsAlone(t *testing.T) {
	db := dbtest.SQLite(t)
	clock := core.NewFixedClock(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	policies, err := access.New(clock, "")
	if err != nil {
		t.Fatal(err)
	}
	s, ctx := language.New(db, policies, clock), context.Background()
	c := language.MustLoad(files(nil), "door")
	admin := accesstest.Of(core.RoleAdministrator, core.CompetentAuthority)
	reviewed := func(c *language.Catalogue, tag string) bool {
		t.Helper()
		ok, err := s.Reviewed(ctx, c, tag)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !reviewed(c, "en") || reviewed(c, "ar") {
		t.Error("before any approval English is reviewed and nothing else")
	}
	for _, a := range accesstest.Actors() {
		if a.Has(core.RoleAdministrator) {
			continue
		}
		if err := s.Approve(ctx, a.Actor, a.Purpose, c, "ar", c.Digest("ar")); err == nil {
			t.Errorf("%s approved a translation", a.Name)
		}
	}
	if err := s.Approve(ctx, admin.Actor, admin.Purpose, c, "xx", ""); core.KindOf(err) != core.Invalid {
		t.Errorf("an unknown language: %v", err)
	}
	if err := s.Approve(ctx, admin.Actor, admin.Purpose, c, "ar", c.Digest("ro")); core.KindOf(err) != core.Conflict {
		t.Errorf("words that were not seen: %v", err)
	}
	if err := s.Approve(ctx, admin.Actor, admin.Purpose, c, "ar", c.Digest("ar")); err != nil {
		t.Fatal(err)
	}
	if !reviewed(c, "ar") || reviewed(c, "ro") {
		t.Error("the approval is not for Arabic alone")
	}
	changed := language.MustLoad(files(func(f fstest.MapFS) { set(f, "ar", "Hello", "Good day") }), "door")
	if reviewed(changed, "ar") {
		t.Error("the approval outlived the words")
	}
	log, err := ledger.New(db, make([]byte, 32), ledger.DefaultOrigin, t.TempDir()+"/c.txt", clock)
	if err != nil {
		t.Fatal(err)
	}
	entries, _, err := log.Search(ctx, ledger.Filter{Action: "approve_translation"}, ledger.Cursor{}, 10)
	if err != nil || len(entries) != 1 || entries[0].Object != "catalogue:door.ar" {
		t.Errorf("the ledger has %+v (%v)", entries, err)
	}
}
