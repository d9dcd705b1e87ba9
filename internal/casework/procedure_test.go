package casework_test

import (
	"context"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

var (
	ctx        = context.Background()
	responder  = caseworktest.Responder.Actor
	caseworker = caseworktest.SteppedUp(caseworktest.Caseworker.Actor)
	reviewer   = caseworktest.SteppedUp(caseworktest.Reviewer.Actor)
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, w *caseworktest.World, id core.ID) *casework.Case {
	t.Helper()
	c, err := w.Store.Case(ctx, id)
	ok(t, err)
	return c
}

func TestAReferralGoesFromDraftToConfirmed(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.Assigned(caseworktest.Form())
		c := state(t, w, id)
		if c.State != casework.RGPending || c.DueFor != casework.DueRG {
			t.Fatalf("after submission: %s, due for %q", c.State, c.DueFor)
		}
		// Five working days from Wednesday 12 March end on Wednesday 19 March.
		if got := c.RGDueAt.Format(time.DateOnly); got != "2025-03-19" {
			t.Errorf("RG due %s", got)
		}
		ok(t, w.DecideRG(ctx, caseworker, core.Identify, id, c.Rev, caseworktest.Decision(casework.Positive)))
		c = state(t, w, id)
		if c.State != casework.Recovery || c.RecoveryUntil != core.MustDate(2025, 4, 11) {
			t.Fatalf("after a positive RG: %s until %s", c.State, c.RecoveryUntil)
		}
		if err := w.DecideCG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Negative)); core.KindOf(err) != core.NotNow {
			t.Errorf("negative CG before the period's end: %v", err)
		}
		w.Clock.Set(time.Date(2025, 4, 12, 8, 0, 0, 0, time.UTC))
		w.RunJobs()
		if c = state(t, w, id); c.State != casework.CGPending {
			t.Fatalf("after the period: %s", c.State)
		}
		ok(t, w.DecideCG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Positive)))
		if c = state(t, w, id); c.State != casework.Confirmed {
			t.Fatalf("after a positive CG: %s", c.State)
		}
	})
}

func TestANegativeDecisionWaitsForSomebodyElse(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		id := w.Assigned(caseworktest.Form())
		ok(t, w.DecideRG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
		if c := state(t, w, id); c.State != casework.RGPending || c.ReviewOf != casework.ReasonableGrounds {
			t.Fatalf("a proposal is in force: %s, review of %q", c.State, c.ReviewOf)
		}
		both := caseworker
		both.Roles = append(both.Roles, core.RoleReviewer)
		if err := w.Review(ctx, both, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Agreed."}); err == nil {
			t.Error("the proposer reviewed the own decision")
		}
		ok(t, w.Review(ctx, reviewer, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Agreed."}))
		c := state(t, w, id)
		if c.State != casework.RGNegative || c.ReconsiderUntil != core.MustDate(2025, 4, 11) {
			t.Fatalf("after the review: %s, reconsideration until %s", c.State, c.ReconsiderUntil)
		}
	})
}

func TestADutyToNotifyIsAnonymousAndBecomesOneReferral(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		r := w.Refer(caseworktest.NotifyForm())
		c := state(t, w, r.CaseID)
		if c.Kind != casework.DutyToNotify || c.State != casework.Submitted || !c.DueAt.IsZero() {
			t.Fatalf("%s %s due %s", c.Kind, c.State, c.DueAt)
		}
		draft, err := w.StartUpgrade(ctx, responder, core.Identify, r.CaseID)
		ok(t, err)
		d, err := w.Draft(ctx, responder, core.Identify, draft)
		ok(t, err)
		if len(d.Form.Identity.Names) != 0 || d.Form.Contact.Town != "" {
			t.Error("the notification kept an identity or a place")
		}
		form := caseworktest.Form()
		_, err = w.SaveDraft(ctx, responder, core.Identify, draft, d.Rev, form)
		ok(t, err)
		up, err := w.SubmitDraft(ctx, responder, core.Identify, draft, 0)
		ok(t, err)
		w.RunJobs()
		if up.CaseID != r.CaseID || up.Reference != r.Reference {
			t.Error("the upgrade is a second case")
		}
		if c = state(t, w, r.CaseID); c.Kind != casework.Referral || c.State != casework.RGPending || c.NotifiedAt.IsZero() {
			t.Errorf("after the upgrade: %s %s notified %s", c.Kind, c.State, c.NotifiedAt)
		}
	})
}

func TestAChildIsToldToTheLocalAuthorityAtOnce(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		r := w.Refer(caseworktest.ChildForm())
		lead := accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority)
		tasks, err := w.OpenTasks(ctx, lead.Actor, lead.Purpose, nil, 10)
		ok(t, err)
		if len(tasks) != 1 || tasks[0].Kind != casework.TaskChildNotified || tasks[0].CaseID != r.CaseID {
			t.Fatalf("tasks: %+v", tasks)
		}
		v, err := w.View(ctx, lead.Actor, lead.Purpose, r.CaseID)
		ok(t, err)
		if v.Identity == nil {
			t.Error("the safeguarding lead cannot see who the child is")
		}
	})
}

func TestOldCasesKeepTheRulesOfTheirDay(t *testing.T) {
	caseworktest.Each(t, func(t *testing.T, w *caseworktest.World) {
		w.Clock.Set(time.Date(2022, 12, 9, 10, 0, 0, 0, time.UTC))
		form := caseworktest.Form()
		form.Consent.On = core.MustDate(2022, 12, 9)
		form.Narrative.Situations = nil
		id := w.Assigned(form)
		w.Clock.Set(time.Date(2022, 12, 14, 10, 0, 0, 0, time.UTC)) // the rule changed on 13 December 2022
		ok(t, w.DecideRG(ctx, caseworker, core.Identify, id, 0, caseworktest.Decision(casework.Positive)))
		c := state(t, w, id)
		if days := c.RecoveryUntil.Sub(c.RecoveryFrom); days != 45 {
			t.Errorf("a case from before 2022-12-13 got %d days, want 45", days)
		}
		form.Consent.On = core.MustDate(2022, 12, 14)
		next := w.Assigned(form)
		ok(t, w.DecideRG(ctx, caseworker, core.Identify, next, 0, caseworktest.Decision(casework.Positive)))
		c = state(t, w, next)
		if days := c.RecoveryUntil.Sub(c.RecoveryFrom); days != 30 {
			t.Errorf("a case from after 2022-12-13 got %d days, want 30", days)
		}
	})
}
