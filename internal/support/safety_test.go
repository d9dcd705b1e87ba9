package support_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/safecontact"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

// TestABedIsGivenOnce lets several workers take the last bed for different people
// at the same moment.
func TestABedIsGivenOnce(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Agree(supporttest.Worker)
		last := w.Open(supporttest.Worker, 1)[0]
		const people = 4
		offers := make([]support.OfferView, people)
		for i := range offers {
			_, offers[i] = w.Offered(supporttest.Worker)
		}
		errs := make([]error, people)
		var wait sync.WaitGroup
		for i := range offers {
			wait.Go(func() { _, errs[i] = w.Support.Accept(ctx, worker, core.Protect, offers[i].ID, last.ID) })
		}
		wait.Wait()
		won := 0
		for i, err := range errs {
			if err == nil {
				won++
				continue
			}
			refused(t, err, core.Conflict, "bed.taken")
			v, err := w.Support.ViewOffer(ctx, worker, core.Protect, offers[i].ID)
			ok(t, err)
			if !v.Open || v.State != support.OfferWaiting {
				t.Errorf("whoever came second lost the offer: %s", v.State)
			}
		}
		if won != 1 {
			t.Errorf("%d people have one bed: %v", won, errs)
		}
	})
}

// TestTheFirstYesWins lets two providers accept the same person at once.
func TestTheFirstYesWins(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Agree(supporttest.Worker)
		w.Agree(supporttest.Elsewhere)
		beds := []support.Bed{w.Open(supporttest.Worker, 2)[0], w.Open(supporttest.Elsewhere, 1)[0]}
		_, first := w.Offered(supporttest.Worker)
		w.Clock.Advance(24*time.Hour + time.Second) // the first lapses, the second is asked too
		w.RunJobs()
		second, err := w.Support.Offers(ctx, supporttest.Elsewhere.Actor, core.Protect, 1)
		ok(t, err)
		ids, who := []core.ID{first.ID, second[0].ID}, []core.Actor{worker, supporttest.Elsewhere.Actor}
		errs := make([]error, 2)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() { _, errs[i] = w.Support.Accept(ctx, who[i], core.Protect, ids[i], beds[i].ID) })
		}
		wait.Wait()
		lost := 0
		if errs[0] == nil {
			lost = 1
		}
		if errs[1-lost] != nil {
			t.Fatalf("nobody won: %v", errs)
		}
		refused(t, errs[lost], core.Conflict, "support.taken")
		if b, err := w.Kept.Bed(ctx, beds[lost].ID); err != nil || b.State != support.Free {
			t.Errorf("whoever came second lost a bed: %v %v", b, err)
		}
	})
}

func TestSupportIsWoundDownNotCut(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, file := w.Housed()
	ok(t, w.Support.Arrive(ctx, worker, core.Protect, file, core.MustDate(2025, 3, 12)))
	ok(t, w.WithdrawConsent(ctx, caseworktest.Caseworker.Actor, core.Identify, caseID, 0, casework.ConsentReferral))
	w.RunJobs()
	if got := tasks(t, w, caseID, support.TaskWindDown); len(got) != 1 || got[0] != worker.AgencyID {
		t.Errorf("told are %v", got)
	}
	f, err := w.File(ctx, worker, core.Protect, caseID, casework.PartSummary)
	ok(t, err)
	if f.Identity == nil || f.Contact == nil {
		t.Error("who houses the person no longer knows who they are")
	}
	if err := w.AddNote(ctx, worker, core.Protect, caseID, true, "A note."); err == nil {
		t.Error("after consent was withdrawn the provider shares notes")
	}
	refused(t, w.Support.End(ctx, worker, core.Protect, file, 0), core.NotNow, "support.no_notice")
	refused(t, w.Support.GiveNotice(ctx, worker, core.Protect, file, 0, "consent_withdrawn", core.MustDate(2025, 3, 13)), core.Invalid, "notice.short")
	ends := core.MustDate(2025, 3, 26)
	ok(t, w.Support.GiveNotice(ctx, worker, core.Protect, file, 0, "consent_withdrawn", ends))
	refused(t, w.Support.End(ctx, worker, core.Protect, file, 0), core.NotNow, "support.notice_runs")
	w.Clock.Set(ends.StartIn(time.UTC).Add(12 * time.Hour))
	w.RunJobs()
	if got := tasks(t, w, caseID, support.TaskEnd); len(got) != 1 {
		t.Errorf("nobody is told that the notice has run out: %v", got)
	}
	if v, err := w.Support.View(ctx, worker, core.Protect, file); err != nil || v.State != support.Notice {
		t.Errorf("support ended by itself: %v %v", v, err)
	}
	ok(t, w.Support.End(ctx, worker, core.Protect, file, 0))
	if _, err := w.File(ctx, worker, core.Protect, caseID, casework.PartSummary); core.KindOf(err) != core.NotFound {
		t.Errorf("after the end the provider still sees the case: %v", err)
	}
	refused(t, w.Support.AddGoal(ctx, worker, core.Protect, file, "work", core.MustDate(2025, 9, 1), support.GoalWords{Goal: "Work"}), core.NotNow, "support.ended")
}

func TestThreeMissedContactsRaiseAWelfareCheck(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, file := w.Housed()
	for i := range 3 {
		ok(t, w.Support.PlanContact(ctx, worker, core.Protect, file, w.Clock.Now().Add(time.Hour), safecontact.Worker, "How are you?"))
		w.Clock.Advance(3*time.Hour - time.Second) // the grace is two hours
		w.RunJobs()
		if got := tasks(t, w, caseID, support.TaskMissed); len(got) != i {
			t.Fatalf("a second early, %d contacts count as missed, want %d", len(got), i)
		}
		w.Clock.Advance(time.Second)
		w.RunJobs()
		if got := tasks(t, w, caseID, support.TaskMissed); len(got) != i+1 {
			t.Fatalf("%d contacts count as missed, want %d", len(got), i+1)
		}
		if got := tasks(t, w, caseID, support.TaskWelfareCheck); (len(got) > 0) != (i == 2) {
			t.Fatalf("after %d missed, a welfare check is asked of %v", i+1, got)
		}
	}
	if got := tasks(t, w, caseID, support.TaskWelfareCheck); len(got) != 2 || got[0] == got[1] {
		t.Errorf("the welfare check goes to %v, want the provider and the authority", got)
	}
	v, err := w.Support.View(ctx, worker, core.Protect, file)
	ok(t, err)
	ok(t, w.Support.RecordContact(ctx, worker, core.Protect, v.Contacts[0].ID, support.ContactMade, "She was at the doctor's."))
	if got := tasks(t, w, caseID, support.TaskWelfareCheck); got != nil {
		t.Errorf("she was met, and still asked to look are %v", got)
	}
}

// TestNothingIsToldTwice kills a job between its work and its completion, and
// lets it run again.
func TestNothingIsToldTwice(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		caseID, file := w.Housed()
		ok(t, w.Support.PlanContact(ctx, worker, core.Protect, file, w.Clock.Now().Add(time.Hour), safecontact.Worker, ""))
		w.Clock.Advance(4 * time.Hour)
		killed := errors.New("the process ended")
		dying := job.New(w.DB, w.Clock, job.Options{})
		dying.HandleTx("support.contact_due", func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			if err := w.Support.RunJob(ctx, store.SupportIn(tx), j); err != nil {
				return err
			}
			return killed
		})
		_, _ = dying.RunDue(ctx)
		if got := tasks(t, w, caseID, support.TaskMissed); got != nil {
			t.Fatalf("half a job told %v", got)
		}
		w.Clock.Advance(time.Minute)
		w.RunJobs()
		w.RunJobs()
		if got := tasks(t, w, caseID, support.TaskMissed); len(got) != 1 {
			t.Errorf("told %v, want once", got)
		}
	})
}

func TestOnlyWhoMayReadsSupport(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, file := w.Housed()
	places, _, err := w.Support.Board(ctx, worker, core.Protect, core.ID{}, 10)
	ok(t, err)
	may := func(kind string, a accesstest.Actor, want bool, err error) {
		t.Helper()
		if (err == nil) != want {
			t.Errorf("%s: %s: %v", a.Name, kind, err)
		}
	}
	everybody := append(accesstest.Actors(), supporttest.Elsewhere)
	for _, shared := range []bool{false, true} {
		ok(t, w.Support.ShareNotes(ctx, worker, core.Protect, file, 0, shared))
		for _, a := range everybody {
			own := a.AgencyID == worker.AgencyID && a.Has(core.RoleSupportWorker)
			reads := a.AgencyKind == core.CompetentAuthority && (a.Has(core.RoleCaseworker) || a.Has(core.RoleManager))
			_, err := w.Support.View(ctx, a.Actor, a.Purpose, file)
			may("support notes", a, own || shared && reads, err)
			_, err = w.Support.ViewPlace(ctx, a.Actor, a.Purpose, places[0].ID)
			may("an address", a, own, err)
			_, err = w.Support.StateOf(ctx, a.Actor, a.Purpose, caseID)
			may("how far support is", a, a.AgencyKind == core.CompetentAuthority && !a.Has(core.RoleAdministrator), err)
			if v, err := w.Support.View(ctx, a.Actor, a.Purpose, file); err == nil && !own && (v.Stay != nil || v.Terms.SafeToReach != "") {
				t.Errorf("%s learns where the person sleeps", a.Name)
			}
		}
	}
}

func TestBadInputGetsItsError(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	caseID, file := w.Housed()
	day := core.MustDate(2025, 3, 12)
	a := support.Assessment{Safety: "Known.", Risk: "high", Interpreter: "zzz"}
	refused(t, w.Support.SaveAssessment(ctx, worker, core.Protect, file, 0, a), core.Invalid, "language.unknown")
	refused(t, w.Support.Arrive(ctx, worker, core.Protect, file, day.AddDays(1)), core.Invalid, "date.future")
	ok(t, w.Support.Arrive(ctx, worker, core.Protect, file, day.AddDays(-2)))
	refused(t, w.Support.PlanContact(ctx, worker, core.Protect, file, w.Clock.Now().Add(time.Hour), safecontact.Text, ""), core.Invalid, safecontact.RuleChannel)
	_, err := w.Support.Reach(ctx, worker, core.Protect, file, safecontact.Message{Channel: safecontact.Call, Language: "vie", Words: "Hello"})
	refused(t, err, core.Invalid, safecontact.RuleThrough)
	if v, err := w.Support.View(ctx, worker, core.Protect, file); err != nil || len(v.Contacts) != 0 {
		t.Errorf("an unsafe message was recorded: %v %v", v, err)
	}
	refused(t, w.Support.AskSupport(ctx, caseworktest.Caseworker.Actor, core.Identify, caseID, support.Needs{Who: support.Women}), core.Conflict, "support.running")

	// Somebody moved out of a bed; the next may not have been in it before that.
	other := w.Open(supporttest.Worker, 1)[0]
	ok(t, w.Support.Move(ctx, worker, core.Protect, file, other.ID, day))
	refused(t, w.Support.Move(ctx, worker, core.Protect, file, other.ID, day), core.Conflict, "bed.taken")
	stays, err := w.Kept.StaysOf(ctx, file)
	ok(t, err)
	first := stays[0]
	_, offer := w.Offered(supporttest.Worker)
	second, err := w.Support.Accept(ctx, worker, core.Protect, offer.ID, first.Bed)
	ok(t, err)
	refused(t, w.Support.Arrive(ctx, worker, core.Protect, second, day.AddDays(-1)), core.Invalid, "stay.overlap_bed")
	ok(t, w.Support.Arrive(ctx, worker, core.Protect, second, day))

	closed := w.In(casework.Closed)
	refused(t, w.Support.AskSupport(ctx, caseworktest.Caseworker.Actor, core.Identify, closed, support.Needs{Who: support.Women}), core.NotNow, "support.case_closed")
}
