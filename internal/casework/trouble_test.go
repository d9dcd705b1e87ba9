package casework_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

// TestAFullDiskStopsWritingAndNotReading: writes say what is wrong, and a case
// can still be looked at, without the identities whose opening could not be
// recorded.
func TestAFullDiskStopsWritingAndNotReading(t *testing.T) {
	db := dbtest.SQLite(t)
	w := caseworktest.New(t, db)
	id := w.In(casework.RGPending)
	fill(t, db)
	var err error
	for range 200 { // pages already there may hold a few more rows
		if err = w.AddNote(ctx, caseworker, core.Identify, id, false, core.Secret(strings.Repeat("x", 9000))); err != nil {
			break
		}
	}
	if core.KindOf(err) != core.Unavailable || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("writing on a full disk: %v", err)
	}
	var v *casework.CaseView
	for range 400 {
		if v, err = w.View(ctx, caseworker, core.Identify, id); err != nil || v.Withheld {
			break
		}
	}
	if err != nil {
		t.Fatalf("reading on a full disk: %v", err)
	}
	if !v.Withheld || v.Identity != nil || v.Narrative != nil {
		t.Errorf("identities were shown though their opening could not be recorded (withheld %v)", v.Withheld)
	}
	if v.Reference == "" {
		t.Error("the rest of the case is gone")
	}
}

// fill leaves the database no room to grow.
func fill(t *testing.T, db *database.DB) {
	t.Helper()
	err := db.InTx(ctx, func(tx *sql.Tx) error {
		var pages int
		if err := tx.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
			return err
		}
		_, err := tx.Exec(`PRAGMA max_page_count = 1`) // never below what is there
		return err
	})
	ok(t, err)
}

func TestAClockThatStepsBackIsHarmless(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		first := w.Refer(caseworktest.Form())
		w.Clock.Set(w.Clock.Now().Add(-3 * time.Hour))
		form := caseworktest.Form()
		form.Identity.Documents[0].Number = "OTHER1"
		second := w.Refer(form)
		if second.CaseID.String() <= first.CaseID.String() {
			t.Error("ids went back with the clock")
		}
		if c := state(t, w, second.CaseID); c.State != casework.RGPending {
			t.Errorf("the second referral is at %s", c.State)
		}
	})
}

func TestADoubleClickSubmitsOnce(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), core.ID{})
		ok(t, err)
		results := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := w.SubmitDraft(ctx, responder, core.Identify, id, 0)
				results <- err
			}()
		}
		a, b := <-results, <-results
		if (a == nil) == (b == nil) {
			t.Fatalf("two clicks: %v and %v", a, b)
		}
		p, err := w.Mine(ctx, responder, core.Identify, casework.Cursor{}, 10)
		ok(t, err)
		if len(p.Cases) != 1 {
			t.Errorf("%d cases", len(p.Cases))
		}
	})
}

func TestTheSameKeySubmitsOnce(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		sub := casework.Submission{Form: caseworktest.Form(), IdempotencyKey: "key-1", Digest: []byte("a")}
		submit := func(s casework.Submission) (casework.Receipt, error) {
			return w.Submit(ctx, responder, core.Identify, access.ImportReferrals, s)
		}
		first, err := submit(sub)
		ok(t, err)
		again, err := submit(sub)
		ok(t, err)
		if !again.Repeated || again.CaseID != first.CaseID {
			t.Errorf("sent again: %+v", again)
		}
		sub.Digest = []byte("b")
		if _, err := submit(sub); core.KindOf(err) != core.Conflict {
			t.Errorf("the key for something else: %v", err)
		}
	})
}

func TestDraftsAreWarnedOfAndThenDeletedWithTheirKey(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id, err := w.StartDraft(ctx, responder, core.Identify, caseworktest.Form(), core.ID{})
		ok(t, err)
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 21).Add(time.Hour))
		w.RunJobs()
		d, err := w.Draft(ctx, responder, core.Identify, id)
		ok(t, err)
		if d.WarnedAt.IsZero() {
			t.Error("no warning seven days before")
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 7))
		w.RunJobs()
		if _, err := w.Draft(ctx, responder, core.Identify, id); core.KindOf(err) != core.NotFound {
			t.Errorf("the draft is still there: %v", err)
		}
		usage, err := w.Vault.Usage(ctx)
		ok(t, err)
		if usage.Shredded != 1 {
			t.Errorf("%d keys shredded, want the draft's", usage.Shredded)
		}
	})
}

func TestBadInputNamesTheFieldAndTheMend(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	for name, test := range map[string]struct {
		change func(*casework.ReferralForm)
		field  string
	}{
		"over-long account":           {func(f *casework.ReferralForm) { f.Narrative.Account = core.Secret(strings.Repeat("a", 15001)) }, "narrative.account"},
		"bidi override in a name":     {func(f *casework.ReferralForm) { f.Identity.Names[0].Given = "abc\u202Edef" }, "identity.names.0.given"},
		"invalid UTF-8":               {func(f *casework.ReferralForm) { f.Identity.Names[0].Family = "\xff\xfe" }, "identity.names.0.family"},
		"birth in the future":         {func(f *casework.ReferralForm) { f.Identity.BirthDate = core.PartialDate{Year: 2031} }, "identity.birthDate"},
		"born 130 years ago":          {func(f *casework.ReferralForm) { f.Identity.BirthDate = core.PartialDate{Year: 1890} }, "identity.birthDate"},
		"unknown country":             {func(f *casework.ReferralForm) { f.Identity.Nationality = "ZZZ" }, "identity.nationality"},
		"contradicting exploitation":  {func(f *casework.ReferralForm) { f.Facts.Exploitation = []string{"forced_labour", "unknown"} }, "facts.exploitation"},
		"invented exploitation":       {func(f *casework.ReferralForm) { f.Facts.Exploitation = []string{"gardening"} }, "facts.exploitation"},
		"consent without explanation": {func(f *casework.ReferralForm) { f.Consent.Explained = "no" }, "consent.explained"},
		"consent tomorrow":            {func(f *casework.ReferralForm) { f.Consent.On = core.MustDate(2025, 3, 13) }, "consent.on"},
		"end before the beginning": {func(f *casework.ReferralForm) {
			f.Narrative.Situations[0].Until = core.PartialDate{Year: 2020, Month: 1, Day: 1}
		}, "narrative.situations.0.until"},
		"unknown indicator": {func(f *casework.ReferralForm) { f.Facts.Indicators = []casework.Indicator{{Code: "XXX-99"}} }, "facts.indicators.0.code"},
		"nobody to reach":   {func(f *casework.ReferralForm) { f.Contact.Through = "" }, "contact.through"},
	} {
		form := caseworktest.Form()
		test.change(&form)
		_, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, casework.Submission{Form: form})
		fields := core.FieldsOf(err)
		i := slices.IndexFunc(fields, func(f core.Field) bool { return f.Name == test.field })
		if i < 0 || fields[i].Msg == "" {
			t.Errorf("%s: %v, want an error about %s", name, err, test.field)
		}
	}
}

func TestAStatedAdultWhoWasBornAChildIsTreatedAsOne(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		form := caseworktest.Form()
		form.Identity.BirthDate = core.PartialDate{Year: 2009, Month: 1}
		form.Age.Authority = caseworktest.ChildForm().Age.Authority
		r := w.Refer(form)
		c := state(t, w, r.CaseID)
		if !c.Child || !c.AgeContradiction || c.AgeBasis != "birth_date" {
			t.Errorf("child %v, contradiction %v, basis %s", c.Child, c.AgeContradiction, c.AgeBasis)
		}
	})
}
