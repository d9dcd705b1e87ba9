package journey_test

import (
	"context"
	"testing"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/safeguarding"
)

const (
	aLead    = "safeguarding_lead@local_authority"
	anOffice = "officer@police"
)

// A safeguarding lead's first day with a child: told, confirmed, placed; the adult
// who came along; missing, looked for by the police, found, listened to.
func TestASafeguardingLeadFromDayOneToTheReturnInterview(t *testing.T) {
	s := serve(t)
	r := s.World.Refer(caseworktest.ChildForm())
	id := r.CaseID.String()
	police, err := s.World.Store.Agencies(context.Background(), core.Police)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser.New(t)
	signIn(t, ctx, s, aLead)
	look(t, ctx, "home-safeguarding")
	browser.Follow(t, ctx, `a[href$="/steps/acknowledge"]`)
	browser.Press(t, ctx, "Record")
	look(t, ctx, "child-step-error")
	browser.Fill(t, ctx, "#who", "Ada Worker, 01632 960000")
	browser.Press(t, ctx, "Record")
	look(t, ctx, "child-track")

	browser.Open(t, ctx, s.Server.URL+"/children/"+id+"/steps/placement")
	look(t, ctx, "child-placement")
	browser.Open(t, ctx, s.Server.URL+"/children/"+id+"/carers")
	browser.Fill(t, ctx, "#name", "Tran Van Okapi")
	browser.Click(t, ctx, `input[name=relation][value=uncle_aunt]`)
	look(t, ctx, "child-carer")
	if status := browser.Press(t, ctx, "Add"); status != 200 {
		t.Errorf("the track with an adult on it: status %d", status)
	}
	look(t, ctx, "child-track-adult")
	browser.Open(t, ctx, s.Server.URL+"/children/"+id+"/advocacy")
	look(t, ctx, "child-advocacy")

	browser.Open(t, ctx, s.Server.URL+"/children/"+id+"/missing")
	browser.Press(t, ctx, "Report now")
	look(t, ctx, "missing-error")
	browser.Fill(t, ctx, "#name", "Linh")
	browser.Fill(t, ctx, "#lastSeen-day", "12")
	browser.Fill(t, ctx, "#lastSeen-month", "3")
	browser.Fill(t, ctx, "#lastSeen-year", "2025")
	browser.Fill(t, ctx, "#lastSeenTime", "08:15")
	browser.Fill(t, ctx, "#where", "Bus station, Testbury")
	browser.Fill(t, ctx, "#by", "The carer")
	browser.Fill(t, ctx, "#description", "Tall, black hair, red jacket")
	browser.Choose(t, ctx, "select[name=police]", police[0].ID.String())
	browser.Click(t, ctx, `input[name=risk][value=high]`)
	look(t, ctx, "missing-form")
	browser.Press(t, ctx, "Report now")
	s.World.RunJobs()
	look(t, ctx, "missing-lead")
	browser.Open(t, ctx, s.Server.URL+"/home")
	look(t, ctx, "home-safeguarding-missing")
	browser.Open(t, ctx, s.Server.URL+"/children")
	look(t, ctx, "children")

	force := browser.Another(t, ctx)
	signIn(t, force, s, anOffice)
	look(t, force, "home-officer-missing")
	browser.Follow(t, force, `th a[href^="/missing/"]`)
	look(t, force, "missing-police")
	browser.Press(t, force, "The child was found")
	browser.Press(t, force, "Record")
	look(t, force, "found-error")
	browser.Fill(t, force, "#when-day", "12")
	browser.Fill(t, force, "#when-month", "3")
	browser.Fill(t, force, "#when-year", "2025")
	browser.Fill(t, force, "#whenTime", "9:20")
	browser.Fill(t, force, "#where", "Railway station")
	browser.Click(t, force, `input[name=code][value=safe]`)
	browser.Press(t, force, "Record")
	s.World.RunJobs()
	look(t, force, "missing-found")

	browser.Open(t, ctx, s.Server.URL+"/home")
	browser.Follow(t, ctx, `th a[href^="/missing/"]`)
	browser.Press(t, ctx, "Record the return interview")
	look(t, ctx, "return-interview")
	browser.Fill(t, ctx, "#when-day", "12")
	browser.Fill(t, ctx, "#when-month", "3")
	browser.Fill(t, ctx, "#when-year", "2025")
	browser.Fill(t, ctx, "#whenTime", "9:25")
	browser.Fill(t, ctx, "#who", "An independent worker")
	browser.Click(t, ctx, `input[name=talked][value=yes]`)
	browser.Fill(t, ctx, "#text", "“He said I owed him.”")
	browser.Press(t, ctx, "Record the interview")
	browser.Press(t, ctx, "Close the episode")
	browser.Click(t, ctx, `input[name=code][value=back_safe]`)
	browser.Fill(t, ctx, "#text", "A new phone; the school knows.")
	browser.Press(t, ctx, "Close the episode")
	look(t, ctx, "missing-closed")
	lead := s.Actor(aLead)
	page, err := s.World.Children.MissingChildren(context.Background(), lead, core.Protect, core.ID{}, 10)
	if err != nil || len(page.Children) != 0 {
		t.Errorf("closed in the browser, and still on the first page: %d, %v", len(page.Children), err)
	}
	v, err := s.World.Children.Track(context.Background(), lead, core.Protect, r.CaseID)
	if err != nil || len(v.Episodes) != 1 || v.Episodes[0].State != safeguarding.Closed {
		t.Errorf("the track says %+v, %v", v, err)
	}
}
