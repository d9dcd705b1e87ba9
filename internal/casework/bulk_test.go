package casework_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

func submission(key string, change func(*casework.ReferralForm)) casework.Submission {
	form := caseworktest.Form()
	form.Identity.Documents[0].Number = core.Secret("DOC" + key)
	form.Identity.Phones = nil
	if change != nil {
		change(&form)
	}
	digest := sha256.Sum256([]byte(key + form.Identity.Names[0].Given.Reveal()))
	return casework.Submission{Form: form, IdempotencyKey: key, Digest: digest[:]}
}

func countCases(t *testing.T, w *caseworktest.World, where string) (n int) {
	t.Helper()
	ok(t, w.DB.Reader().QueryRow(`SELECT count(*) FROM `+where).Scan(&n))
	return n
}

func TestManyAreSubmittedAtOnceAndABadOneStopsNoOther(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		subs := []casework.Submission{
			submission("a", nil),
			submission("b", func(f *casework.ReferralForm) { f.Narrative.Account = "" }),
			submission("c", nil),
			submission("a", nil),
			submission("c", func(f *casework.ReferralForm) { f.Identity.Names[0].Given = "Somebody else" }),
		}
		out, err := w.SubmitMany(ctx, responder, core.Identify, access.ImportReferrals, subs)
		ok(t, err)
		for i, want := range []core.Kind{0, core.Invalid, 0, 0, core.Conflict} {
			if got := core.KindOf(out[i].Err); got != want {
				t.Errorf("submission %d: %v", i, out[i].Err)
			}
		}
		if !out[3].Repeated || out[3].CaseID != out[0].CaseID || out[0].Repeated {
			t.Errorf("the twin: %+v, the first: %+v", out[3].Receipt, out[0].Receipt)
		}
		if n := countCases(t, w, "case_file"); n != 2 {
			t.Errorf("%d cases, want 2", n)
		}
		if n := countCases(t, w, "ledger_entry WHERE kind = 'write' AND action = 'submit_referral'"); n != 2 {
			t.Errorf("%d ledger entries of submissions, want 2", n)
		}
		w.RunJobs()
		v, err := w.View(ctx, caseworktest.Caseworker.Actor, core.Identify, out[2].CaseID)
		ok(t, err)
		if v.State != casework.RGPending || v.Identity == nil || v.Identity.Documents[0].Number != "DOCc" {
			t.Error("a case of many is not a whole case")
		}
	})
}

func TestSubmittingManyAgainMakesNothingNew(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		var subs []casework.Submission
		for i := range 5 {
			subs = append(subs, submission(fmt.Sprint("row ", i), nil))
		}
		first, err := w.SubmitMany(ctx, responder, core.Identify, access.ImportReferrals, subs[:3])
		ok(t, err)
		again, err := w.SubmitMany(ctx, responder, core.Identify, access.ImportReferrals, subs)
		ok(t, err)
		for i, r := range again {
			if r.Repeated != (i < 3) || i < 3 && r.CaseID != first[i].CaseID {
				t.Errorf("submission %d the second time: %+v", i, r)
			}
		}
		if n := countCases(t, w, "case_file"); n != 5 {
			t.Errorf("%d cases, want 5", n)
		}
	})
}

func TestCheckingManyWritesNothing(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		subs := []casework.Submission{submission("a", nil), submission("b", func(f *casework.ReferralForm) { f.Age.Stated = "" })}
		before := countCases(t, w, "ledger_entry")
		out, err := w.CheckMany(ctx, responder, core.Identify, access.ImportReferrals, subs)
		ok(t, err)
		if out[0].Err != nil || core.KindOf(out[1].Err) != core.Invalid {
			t.Errorf("checked: %v, %v", out[0].Err, out[1].Err)
		}
		if n := countCases(t, w, "case_file"); n != 0 || !out[0].CaseID.IsZero() || out[0].Reference != "" {
			t.Errorf("%d cases after a check; receipt %+v", n, out[0].Receipt)
		}
		if after := countCases(t, w, "ledger_entry"); after != before {
			t.Errorf("a check left %d ledger entries", after-before)
		}
	})
}

func TestWhoMayNotImportSubmitsNone(t *testing.T) {
	w := caseworktest.New(t, sqlite(t))
	_, err := w.SubmitMany(ctx, caseworker, core.Identify, access.ImportReferrals, []casework.Submission{submission("a", nil)})
	if core.KindOf(err) != core.NotFound && core.KindOf(err) != core.Forbidden {
		t.Errorf("a caseworker imported: %v", err)
	}
	if n := countCases(t, w, "case_file"); n != 0 {
		t.Errorf("%d cases", n)
	}
}

func TestKeysAndDigestsAreStoredUnreadable(t *testing.T) {
	w := caseworktest.New(t, sqlite(t))
	sub := submission("case number 4711 of Jane Roe", nil)
	_, err := w.Submit(ctx, responder, core.Identify, access.ImportReferrals, sub)
	ok(t, err)
	var key string
	var digest []byte
	ok(t, w.DB.Reader().QueryRow(`SELECT idem_key, digest FROM idempotency`).Scan(&key, &digest))
	if key == sub.IdempotencyKey || string(digest) == string(sub.Digest) || len(key) != 64 {
		t.Errorf("stored as given: %q", key)
	}
}

func sqlite(t testing.TB) *database.DB { return dbtest.SQLite(t) }

// BenchmarkSubmitMany is what one import costs in the use case alone.
func BenchmarkSubmitMany(b *testing.B) {
	w := caseworktest.New(b, sqlite(b))
	const batch = 200
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		subs := make([]casework.Submission, batch)
		for i := range subs {
			subs[i] = submission(fmt.Sprint(n, "-", i), func(f *casework.ReferralForm) {
				f.Identity.Names[0].Family = core.Secret(fmt.Sprint("Name", n*batch+i))
			})
		}
		out, err := w.SubmitMany(ctx, responder, core.Identify, access.ImportReferrals, subs)
		if err != nil || out[0].Err != nil {
			b.Fatal(err, out[0].Err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "cases/s")
}
