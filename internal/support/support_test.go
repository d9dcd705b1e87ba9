package support_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

var (
	ctx    = context.Background()
	worker = supporttest.Worker.Actor
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused demands an error of a kind and, unless it is empty, with the code on
// the error or one of its fields.
func refused(t testing.TB, err error, kind core.Kind, code string) {
	t.Helper()
	if core.KindOf(err) != kind {
		t.Fatalf("got %v (%s), want %s %s", err, core.KindOf(err), kind, code)
	}
	var e *core.Error
	errors.As(err, &e)
	if code == "" || e.Code == code {
		return
	}
	for _, f := range e.Fields {
		if f.Code == code && f.Name != "" && f.Msg != "" {
			return
		}
	}
	t.Fatalf("got %v, want the code %s", err, code)
}

func tasks(t testing.TB, w *supporttest.World, caseID core.ID, kind string) (to []core.ID) {
	t.Helper()
	list, err := w.Kept.TasksOf(ctx, caseID)
	ok(t, err)
	for _, k := range list {
		if k.Kind == kind {
			to = append(to, k.Agency)
		}
	}
	return to
}

func TestAPositiveDecisionLeadsToABed(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Agree(supporttest.Worker)
		beds := w.Open(supporttest.Worker, 2)
		caseID, offer := w.Offered(supporttest.Worker)
		if offer.Needs.Who != support.Women || len(offer.Needs.Languages) != 1 || offer.Needs.Languages[0] != "vie" {
			t.Errorf("needs: %+v", offer.Needs)
		}
		if _, err := w.File(ctx, worker, core.Protect, caseID); core.KindOf(err) != core.NotFound {
			t.Errorf("the provider knows the case before it accepted: %v", err)
		}
		file, err := w.Support.Accept(ctx, worker, core.Protect, offer.ID, beds[0].ID)
		ok(t, err)
		f, err := w.File(ctx, worker, core.Protect, caseID, casework.PartSummary)
		ok(t, err)
		if f.Identity == nil || f.Contact == nil || f.Narrative != nil {
			t.Error("after acceptance the provider sees who and where, and not what happened")
		}
		ok(t, w.Support.Arrive(ctx, worker, core.Protect, file, core.MustDate(2025, 3, 12)))
		bed, err := w.Kept.Bed(ctx, beds[0].ID)
		ok(t, err)
		if bed.State != support.Occupied {
			t.Errorf("the bed is %s", bed.State)
		}
		st, err := w.Support.StateOf(ctx, caseworktest.Caseworker.Actor, core.Identify, caseID)
		ok(t, err)
		if st.File == nil || st.File.State != support.Running || len(st.Requests) != 1 || st.Requests[0].State != support.RequestAccepted {
			t.Errorf("state: %+v", st)
		}
	})
}

func TestOffersGoRoundUntilSomebodySaysYes(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Agree(supporttest.Worker)
		w.Agree(supporttest.Elsewhere)
		w.Open(supporttest.Worker, 3)
		other := w.Open(supporttest.Elsewhere, 1)
		caseID, offer := w.Offered(supporttest.Worker)
		if offer.Place != 1 || len(offer.Reasons) == 0 || support.ReasonText(offer.Reasons[0]) != "3 free beds that fit" {
			t.Errorf("the first offer: %+v", offer)
		}
		w.Clock.Advance(24*time.Hour + time.Second)
		w.RunJobs()
		second, err := w.Support.Offers(ctx, supporttest.Elsewhere.Actor, core.Protect, 10)
		ok(t, err)
		if len(second) != 1 || second[0].Place != 2 {
			t.Fatalf("the second offer: %+v", second)
		}
		if got := tasks(t, w, caseID, support.TaskUnanswered); got != nil {
			t.Errorf("escalated too early to %v", got)
		}
		ok(t, w.Support.Decline(ctx, supporttest.Elsewhere.Actor, core.Protect, second[0].ID, "mix"))
		if got := tasks(t, w, caseID, support.TaskUnanswered); len(got) != 1 || got[0] != accesstest.AgencyOf(core.CompetentAuthority).ID {
			t.Errorf("nobody is left to ask, and told are %v", got)
		}
		// A late yes is better than none.
		v, err := w.Support.ViewOffer(ctx, worker, core.Protect, offer.ID)
		ok(t, err)
		_, err = w.Support.Accept(ctx, worker, core.Protect, offer.ID, v.Beds[0].ID)
		ok(t, err)
		if got := tasks(t, w, caseID, support.TaskUnanswered); got != nil {
			t.Errorf("still open: %v", got)
		}
		_, err = w.Support.Accept(ctx, supporttest.Elsewhere.Actor, core.Protect, second[0].ID, other[0].ID)
		refused(t, err, core.Conflict, "support.answered")
	})
}

func TestWhatIsRefused(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	id := w.Agree(supporttest.Worker)
	beds := w.Open(supporttest.Worker, 2)
	_, offer := w.Offered(supporttest.Worker)
	_, err := w.Support.Accept(ctx, worker, core.Protect, offer.ID, core.NewIDs(w.Clock).New())
	refused(t, err, core.Invalid, "required")
	_, err = w.Support.Accept(ctx, supporttest.Charity.Actor, core.Protect, offer.ID, beds[0].ID)
	refused(t, err, core.NotFound, "")

	a, err := w.Kept.Agreement(ctx, id)
	ok(t, err)
	a.Until = core.MustDate(2025, 3, 11)
	_, err = w.Support.SaveAgreement(ctx, caseworktest.Manager.Actor, core.Identify, *a)
	ok(t, err)
	_, err = w.Support.Accept(ctx, worker, core.Protect, offer.ID, beds[0].ID)
	refused(t, err, core.NotNow, "support.agreement_ended")
	if bed, _ := w.Kept.Bed(ctx, beds[0].ID); bed.State != support.Free {
		t.Errorf("a bed was lost: %s", bed.State)
	}
}

func TestOnlyWhoMayManagesAgreements(t *testing.T) {
	w := supporttest.New(t, sqlite(t))
	for _, a := range accesstest.Actors() {
		_, err := w.Support.SaveAgreement(ctx, a.Actor, a.Purpose, supporttest.Agreement(worker.AgencyID))
		allowed := a.Has(core.RoleManager) || a.Has(core.RoleAdministrator)
		if (err == nil) != allowed {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	_ = access.Actions
}
