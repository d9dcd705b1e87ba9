package support_test

import (
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/support"
	"clew/internal/support/supporttest"
)

// TestAChildComesOfAgeWithoutAGap follows somebody over the eighteenth birthday
// by an injected clock: adult support is looked for on the day, and the local
// authority answers for them until a provider has taken over.
func TestAChildComesOfAgeWithoutAGap(t *testing.T) {
	supporttest.Each(t, func(t *testing.T, w *supporttest.World) {
		w.Agree(supporttest.Worker)
		bed := w.Open(supporttest.Worker, 1)[0]
		lead := accesstest.Of(core.RoleSafeguardingLead, core.LocalAuthority).Actor
		authority := caseworktest.Caseworker.Actor
		caseID := w.Refer(caseworktest.ChildForm()).CaseID // born 3 November 2009
		at := func(day core.Date) (*support.State, error) {
			t.Helper()
			w.Clock.Set(day.StartIn(time.UTC).Add(12 * time.Hour))
			w.RunJobs()
			st, err := w.Support.StateOf(ctx, authority, core.Identify, caseID)
			ok(t, err)
			_, err = w.Children.Track(ctx, lead, core.Protect, caseID)
			return st, err
		}
		birthday := core.MustDate(2027, 11, 3)
		if st, err := at(birthday.AddDays(-1)); err != nil || len(st.Requests) != 0 {
			t.Fatalf("a day before, adult support is asked for %d times; the track: %v", len(st.Requests), err)
		}
		st, err := at(birthday.AddDays(1))
		if err != nil {
			t.Errorf("nobody has taken over, and the local authority has lost the track: %v", err)
		}
		if len(st.Requests) != 1 || st.Requests[0].State != support.RequestOpen || len(st.Offers) != 1 {
			t.Fatalf("the day after, support: %+v", st)
		}
		offer := st.Offers[0].ID
		_, err = w.Support.Accept(ctx, worker, core.Protect, offer, bed.ID)
		refused(t, err, core.NotNow, "support.not_asked")
		if b, err := w.Kept.Bed(ctx, bed.ID); err != nil || b.State != support.Free {
			t.Errorf("the bed of somebody who was not asked: %v, %v", b, err)
		}
		ok(t, w.RecordConsent(ctx, authority, core.Identify, caseID, 0, casework.ConsentReferral, casework.ConsentGiven{Explained: "yes", Answer: "yes", NoticeVersion: "2024-1",
			Language: "vie", Interpreter: "yes", On: birthday.AddDays(1)}))
		file, err := w.Support.Accept(ctx, worker, core.Protect, offer, bed.ID)
		ok(t, err)
		w.RunJobs()
		if f, err := w.Kept.File(ctx, file); err != nil || f.State != support.Running {
			t.Errorf("support: %v, %v", f, err)
		}
		if _, err := w.Children.Track(ctx, lead, core.Protect, caseID); core.KindOf(err) != core.NotFound {
			t.Errorf("a provider has taken over, and the local authority still opens the track: %v", err)
		}
		late, err := w.Children.Inbox(ctx, authority, core.Identify, 50)
		ok(t, err)
		for _, n := range late {
			if n.Kind == safeguarding.NoticeHandoverLate {
				t.Error("a provider has taken over, and the authority is still asked for the hand-over")
			}
		}
	})
}
