package journey_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/web/webtest"
)

// watched is a world in which a case was referred, opened and exported, and the
// record is signed.
func watched(t *testing.T) (s *webtest.Site, reference string) {
	t.Helper()
	s = serve(t)
	ctx := context.Background()
	r := s.World.Refer(caseworktest.Form())
	if _, err := s.World.View(ctx, s.Actor(aCaseworker), core.Identify, r.CaseID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.Integrate(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	return s, r.Reference
}

func TestAnAuditorFollowsALookToItsProof(t *testing.T) {
	s, reference := watched(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, "auditor@oversight")
	look(t, ctx, "home-auditor")
	browser.Open(t, ctx, s.Server.URL+"/oversight")
	look(t, ctx, "oversight")
	browser.Open(t, ctx, s.Server.URL+"/oversight/lookers")
	browser.Press(t, ctx, "Show who has looked")
	look(t, ctx, "oversight-lookers-error")
	browser.Fill(t, ctx, "#case", reference)
	browser.Press(t, ctx, "Show who has looked")
	look(t, ctx, "oversight-lookers")
	browser.Follow(t, ctx, `tbody a[href^="/oversight/entries"]`)
	look(t, ctx, "oversight-entries")
	browser.Follow(t, ctx, `tbody a[href^="/oversight/entries/"]`)
	look(t, ctx, "oversight-entry")
	browser.Open(t, ctx, s.Server.URL+"/oversight/entries?case=ZZZZ-9999&from-day=31&from-month=2&from-year=2025")
	look(t, ctx, "oversight-entries-error")
	browser.Open(t, ctx, s.Server.URL+"/oversight/exports")
	look(t, ctx, "oversight-exports")
}

func TestImmigrationStaffAskTheOneQuestion(t *testing.T) {
	s := serve(t)
	ctx := context.Background()
	caseID := s.World.Assigned(caseworktest.Form())
	if err := s.World.DecideRG(ctx, caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, caseID, 0, caseworktest.Decision("positive")); err != nil {
		t.Fatal(err)
	}
	tab := browser.New(t)
	signIn(t, tab, s, "immigration_staff@immigration")
	look(t, tab, "home-immigration")
	browser.Press(t, tab, "Check before a removal")
	look(t, tab, "non-removal")
	browser.Press(t, tab, "Ask")
	look(t, tab, "non-removal-error")
	browser.Fill(t, tab, "#document", "zq 7741209")
	browser.Press(t, tab, "Ask")
	if got := browser.TextOf(t, tab, "h1"); got != "Yes: protected from removal" {
		t.Errorf("asked about somebody in recovery: %q", got)
	}
	look(t, tab, "non-removal-yes")
	if here := browser.Get(t, tab, chromedp.Location()); here != s.Server.URL+"/non-removal" {
		t.Errorf("the question stands in the address: %s", here)
	}
	browser.Press(t, tab, "Ask about another person")
	browser.Fill(t, tab, "#document", "UNKNOWN1")
	browser.Press(t, tab, "Ask")
	look(t, tab, "non-removal-no")
}

func TestEveryRoleHasAHome(t *testing.T) {
	s := busyAuthority(t)
	first := browser.New(t)
	for i, name := range []string{"first_responder@police", "reviewer@competent_authority", "safeguarding_lead@local_authority", "support_worker@ngo", "officer@police",
		"statistician@statistics", "administrator@competent_authority"} {
		ctx := first
		if i > 0 {
			ctx = browser.Another(t, first)
		}
		signIn(t, ctx, s, name)
		if got := browser.TextOf(t, ctx, "h1"); got != "What needs you today" {
			t.Errorf("%s begins at %q", name, got)
		}
		look(t, ctx, "home-"+name)
	}
}
