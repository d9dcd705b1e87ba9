package journey_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/web/webtest"
)

const (
	aCaseworker = "caseworker@competent_authority"
	aManager    = "manager@competent_authority"

	viewsSummary = "main > details + details > summary" // "Saved views"
)

// busyAuthority is a world with overdue, urgent, suspended and fresh cases.
func busyAuthority(t *testing.T) *webtest.Site {
	t.Helper()
	s := serve(t)
	ctx := context.Background()
	mine := func(r core.ID) {
		if err := s.World.Assign(ctx, s.Actor(aManager), core.Identify, r, 0, s.Users[aCaseworker]); err != nil {
			t.Fatal(err)
		}
	}
	mine(s.World.Refer(caseworktest.Form()).CaseID)
	s.World.Refer(caseworktest.Form())
	s.World.Clock.Advance(5 * 24 * time.Hour)
	mine(s.World.Refer(caseworktest.ChildForm()).CaseID)
	lost := s.World.Refer(caseworktest.Form()).CaseID
	if err := s.World.Suspend(ctx, s.Actor(aCaseworker), core.Identify, lost, 0, "whereabouts_unknown"); err != nil {
		t.Fatal(err)
	}
	s.World.Clock.Advance(3 * 24 * time.Hour)
	s.World.Refer(caseworktest.NotifyForm())
	s.World.Refer(caseworktest.ChildForm())
	s.World.RunJobs()
	return s
}

func TestAManagerWorksTheQueue(t *testing.T) {
	s := busyAuthority(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, aManager)
	look(t, ctx, "home-manager")
	browser.Open(t, ctx, s.Server.URL+"/queue")
	look(t, ctx, "queue")

	browser.Press(t, ctx, "Assign the selected cases")
	look(t, ctx, "queue-assign-error")
	browser.Click(t, ctx, `input[name=case]`)
	browser.Choose(t, ctx, "#to", s.Users[aCaseworker].String())
	browser.Press(t, ctx, "Assign the selected cases")
	if got := browser.TextOf(t, ctx, ".govuk-notification-banner__heading"); got != "The selected cases were assigned." {
		t.Errorf("after assigning: %q", got)
	}
	look(t, ctx, "queue-assigned")

	browser.Open(t, ctx, s.Server.URL+"/queue?deadline=yesterday")
	look(t, ctx, "queue-filter-error")
	browser.Open(t, ctx, s.Server.URL+"/queue?show=child&assigned=me")
	look(t, ctx, "queue-empty")
	browser.Open(t, ctx, s.Server.URL+"/queue?after=forged")
	look(t, ctx, "queue-forged")
	browser.Open(t, ctx, s.Server.URL+"/queue/workload")
	look(t, ctx, "queue-workload")
}

func TestACaseworkerFiltersSearchesAndKeepsAView(t *testing.T) {
	s := busyAuthority(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	look(t, ctx, "home-caseworker")
	browser.Open(t, ctx, s.Server.URL+"/queue?show=child&deadline=overdue&nationality=VNM")
	look(t, ctx, "queue-filtered")
	browser.Click(t, ctx, viewsSummary)
	browser.Press(t, ctx, "Save this view")
	look(t, ctx, "queue-view-error")
	browser.Fill(t, ctx, "#name", "Children past their deadline")
	browser.Press(t, ctx, "Save this view")
	browser.Click(t, ctx, viewsSummary)
	look(t, ctx, "queue-view-saved")

	browser.Open(t, ctx, s.Server.URL+"/queue/find?reference=ABCD-0000")
	look(t, ctx, "queue-find-error")
	browser.Open(t, ctx, s.Server.URL+"/search")
	look(t, ctx, "search")
	browser.Press(t, ctx, "Search")
	look(t, ctx, "search-error")
	browser.Fill(t, ctx, "#name", "Zebra")
	browser.Press(t, ctx, "Search")
	look(t, ctx, "search-found")
	if here := browser.Get(t, ctx, chromedp.Location()); here != s.Server.URL+"/search" {
		t.Errorf("what was searched for stands in the address: %s", here)
	}
	browser.Fill(t, ctx, "#name", "Somebody Else")
	browser.Press(t, ctx, "Search")
	look(t, ctx, "search-none")
}

func TestTheQueueWorksWithoutJavaScript(t *testing.T) {
	s := busyAuthority(t)
	ctx := browser.New(t)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	signIn(t, ctx, s, aManager)
	browser.Open(t, ctx, s.Server.URL+"/queue")
	browser.Click(t, ctx, "#show")
	browser.Press(t, ctx, "Apply filters")
	if rows := rowsOf(t, ctx); rows != 2 {
		t.Errorf("%d children, want 2", rows)
	}
	browser.Click(t, ctx, `input[name=case]`)
	browser.Choose(t, ctx, "#to", s.Users[aCaseworker].String())
	browser.Press(t, ctx, "Assign the selected cases")
	if got := browser.TextOf(t, ctx, ".govuk-notification-banner__heading"); got != "The selected cases were assigned." {
		t.Errorf("after assigning: %q", got)
	}
	browser.Do(t, ctx, browser.WithJavaScript())
	look(t, ctx, "queue-without-javascript")
}

func rowsOf(t *testing.T, ctx context.Context) int { //nolint:revive // as in journey_test.go
	t.Helper()
	return len(browser.Get(t, ctx, chromedp.Evaluate[[]string](fmt.Sprintf(`[...document.querySelectorAll(%q)].map((r) => r.innerText)`, "tbody tr"))))
}
