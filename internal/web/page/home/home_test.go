package home_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

func site(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

func TestAFirstResponderSeesDraftsQuestionsAndReferrals(t *testing.T) {
	s := site(t)
	ctx := context.Background()
	officer := s.Actor("first_responder@police")
	pagetest.Get(t, s, s.SignIn("first_responder@police"), "/home").Want(http.StatusOK, "Your agency has not referred anybody yet.").
		Not("Not sent yet", "You are asked for information")

	draft, err := s.World.StartDraft(ctx, officer, core.Identify, caseworktest.Form(), core.ID{})
	if err != nil {
		t.Fatal(err)
	}
	id := s.World.Assigned(caseworktest.Form())
	if err := s.World.AskInfo(ctx, caseworktest.Caseworker.Actor, core.Identify, id, 0, officer.AgencyID, "When was she seen?", core.MustDate(2025, 3, 20)); err != nil {
		t.Fatal(err)
	}
	page := pagetest.Get(t, s, s.SignIn("first_responder@police"), "/home").Want(http.StatusOK, "Not sent yet", "You are asked for information", "1 case").
		Not("Zebra", "Quynh", "When was she seen?")
	if len(page.All(`a[href="/drafts/`+draft.String()+`"]`)) != 1 {
		t.Error("the draft is not offered")
	}
	if len(page.All(`a[href="/cases/`+id.String()+`"]`)) == 0 {
		t.Error("the referral that is asked about is not offered")
	}
}

func TestADraftThatIsDeletedSoonSaysSo(t *testing.T) {
	s := site(t)
	if _, err := s.World.StartDraft(context.Background(), s.Actor("first_responder@police"), core.Identify, caseworktest.Form(), core.ID{}); err != nil {
		t.Fatal(err)
	}
	s.World.Clock.Advance(22 * 24 * time.Hour)
	s.World.RunJobs()
	pagetest.Get(t, s, s.SignIn("first_responder@police"), "/home").Want(http.StatusOK, "Soon", "9 April 2025")
}

func TestASafeguardingLeadSeesAChildOnDayOne(t *testing.T) {
	s := site(t)
	lead := "safeguarding_lead@local_authority"
	pagetest.Get(t, s, s.SignIn(lead), "/home").Want(http.StatusOK, "No child waits to be seen to.")
	r := s.World.Refer(caseworktest.ChildForm())
	s.World.Refer(caseworktest.Form())
	page := pagetest.Get(t, s, s.SignIn(lead), "/home").Want(http.StatusOK, r.Reference, "Day one").Not("Linh")
	if n := len(page.All("tbody tr")); n != 1 {
		t.Errorf("%d rows", n)
	}
	s.World.Clock.Advance(25 * time.Hour)
	pagetest.Get(t, s, s.SignIn(lead), "/home").Want(http.StatusOK, r.Reference).Not("Day one")
}

func TestAnAuthorityIsToldWhatIsLate(t *testing.T) {
	s := site(t)
	mine := s.World.Refer(caseworktest.Form())
	s.World.Refer(caseworktest.Form())
	if err := s.World.Assign(context.Background(), s.Actor("manager@competent_authority"), core.Identify, mine.CaseID, 0, s.Users["caseworker@competent_authority"]); err != nil {
		t.Fatal(err)
	}
	s.World.Clock.Advance(10 * 24 * time.Hour)
	s.World.RunJobs()
	pagetest.Get(t, s, s.SignIn("caseworker@competent_authority"), "/home").Want(http.StatusOK, mine.Reference, "Overdue by", "Possibly the same person")
	manager := pagetest.Get(t, s, s.SignIn("manager@competent_authority"), "/home").Want(http.StatusOK, "Past their deadline", "Workload", "Test caseworker@competent_authority")
	if n := len(manager.All(".clew-figure--alert")); n != 1 {
		t.Errorf("%d figures are marked", n)
	}
	pagetest.Get(t, s, s.SignIn("reviewer@competent_authority"), "/home").Want(http.StatusOK, "Nothing waits for a second review.", "/reviews")
}

func TestImmigrationStaffAndStatisticiansSeeNobody(t *testing.T) {
	s := site(t)
	r := s.World.Refer(caseworktest.Form())
	for _, who := range []string{"immigration_staff@immigration", "statistician@statistics", "administrator@competent_authority", "auditor@oversight", "officer@border"} {
		page := pagetest.Get(t, s, s.SignIn(who), "/home").Want(http.StatusOK, "What needs you today").Not(r.Reference)
		if len(page.All(`a[href^="/cases/"]`)) > 0 {
			t.Errorf("%s is led to a case", who)
		}
	}
}
