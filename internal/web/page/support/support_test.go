package support_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/support"
	"clew/internal/support/supporttest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const worker = "support_worker@support_provider"

func serve(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

// houses serves a site in which the provider houses somebody.
func houses(t *testing.T) (s *webtest.Site, caseID core.ID, file string) {
	t.Helper()
	s = serve(t)
	caseID, id := s.Shelter.Housed()
	return s, caseID, "/support/files/" + id.String()
}

// TestAnOfferSaysNothingOfThePerson in any byte of the page or its headers, and
// leads to no case.
func TestAnOfferSaysNothingOfThePerson(t *testing.T) {
	s := serve(t)
	s.Shelter.Agree(supporttest.Worker)
	s.Shelter.Open(supporttest.Worker, 1, func(f *support.PlaceForm) { f.Where.Name = "Okapi House" })
	caseID, o := s.Shelter.Offered(supporttest.Worker)
	c, err := s.World.Store.Case(context.Background(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	client := s.SignIn(worker)
	for _, path := range []string{"/home", "/support", "/support/offers", "/support/offers/" + o.ID.String()} {
		p := pagetest.Get(t, s, client, path).Want(http.StatusOK, "Women")
		p.Not("Quynh", "Zebra", "Testperson", "ZQ7741209", "900123", "Testbury", "1996", "VNM", "Outreach", caseID.String(), c.Reference, c.PersonID.String())
		for name, values := range p.Header {
			if strings.Contains(strings.Join(values, " "), caseID.String()) {
				t.Errorf("%s: header %s names the case", path, name)
			}
		}
	}
	pagetest.Get(t, s, client, "/cases/"+caseID.String()).Want(http.StatusNotFound)
}

// TestOthersFindNothing: whoever may not see an offer, a place or a file is told that
// there is no such page, and so is whoever makes an address up.
func TestOthersFindNothing(t *testing.T) {
	s, _, file := houses(t)
	_, o := func() (core.ID, support.OfferView) {
		s.Shelter.Open(supporttest.Worker, 1)
		return s.Shelter.Offered(supporttest.Worker)
	}()
	places, _, err := s.Support.Board(context.Background(), s.Actor(worker), core.Protect, core.ID{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/support/offers/" + o.ID.String(), "/support/places/" + places[0].ID.String(), file, file + "/plan", file + "/contacts", file + "/help", file + "/assessment"}
	for _, a := range accesstest.Actors() {
		if a.IsSystem() || a.Name == worker {
			continue
		}
		client := s.SignIn(a.Name)
		for _, path := range paths {
			if p := pagetest.Get(t, s, client, path); p.Status != http.StatusNotFound {
				t.Errorf("%s gets status %d from %s", a.Name, p.Status, path)
			}
		}
	}
	client := s.SignIn(worker)
	for _, path := range append(paths[2:3:3], paths[1]) {
		pagetest.Get(t, s, client, path).Want(http.StatusOK)
	}
	for _, path := range []string{"/support/files/x", file + "/nothing", file + "/goals/" + core.NewIDs(s.Clock).New().String(), file + "/contacts/x", "/support/places/x"} {
		pagetest.Get(t, s, client, path).Want(http.StatusNotFound)
	}
}

// TestAFileThatChangedMeanwhile is said, what was typed stands there, and the next
// press means it.
func TestAFileThatChangedMeanwhile(t *testing.T) {
	s, _, file := houses(t)
	c := s.SignIn(worker)
	old := pagetest.Get(t, s, c, file+"/assessment").Want(http.StatusOK)
	v := url.Values{"csrf": {old.Token()}, "rev": {old.Attribute("input[name=rev]", "value")}, "risk": {"high"}, "safety": {"A man waits at the station."}}
	pagetest.Post(t, s, c, file+"/assessment", url.Values{"csrf": v["csrf"], "rev": v["rev"], "risk": {"standard"}, "safety": {"Nothing known."}}).Want(http.StatusSeeOther)
	again := pagetest.Post(t, s, c, file+"/assessment", v).Want(http.StatusUnprocessableEntity, "A man waits at the station.", "Error:")
	v.Set("rev", again.Attribute("input[name=rev]", "value"))
	pagetest.Post(t, s, c, file+"/assessment", v).Want(http.StatusSeeOther)
	for _, rev := range []string{"", "0", "-1", "x"} {
		v.Set("rev", rev)
		if p := pagetest.Post(t, s, c, file+"/assessment", v); p.Status < 400 {
			t.Errorf("rev %q: status %d", rev, p.Status)
		}
	}
	v.Del("csrf")
	if p := pagetest.Post(t, s, c, file+"/assessment", v); p.Status != http.StatusForbidden {
		t.Errorf("without the form's token: status %d", p.Status)
	}
}

// TestWhatWasTypedIsKept when an answer is too long or makes no sense.
func TestWhatWasTypedIsKept(t *testing.T) {
	s, _, file := houses(t)
	c := s.SignIn(worker)
	long := strings.Repeat("long words ", 4000)
	for _, k := range []struct {
		step, says string
		values     url.Values
		kept       string
	}{
		{"assessment", "characters", url.Values{"risk": {"high"}, "safety": {long}}, "long words long words"},
		{"goal", "characters", url.Values{"area": {"work"}, "goal": {long}}, "long words long words"},
		{"goal", "Choose", url.Values{"area": {"nothing"}, "goal": {"Okapi"}}, "Okapi"},
		{"goal", "day", url.Values{"area": {"work"}, "goal": {"Okapi"}, "reviewOn-day": {"31"}, "reviewOn-month": {"2"}, "reviewOn-year": {"2026"}}, `value="31"`},
		{"payment", "Enter an amount", url.Values{"kind": {"travel"}, "amount": {"12.345"}, "currency": {"GBP"}, "paidOn-day": {"11"}, "paidOn-month": {"3"}, "paidOn-year": {"2025"}}, `value="12.345"`},
		{"activity", "Choose", url.Values{"kind": {"nothing"}, "words": {"Okapi"}}, "Okapi"},
		{"contact", "hours and minutes", url.Values{"at-day": {"20"}, "at-month": {"3"}, "at-year": {"2025"}, "clock": {"25:00"}, "channel": {"worker"}}, `value="25:00"`},
		{"reach", "Choose how.", url.Values{"words": {"Okapi"}}, "Okapi"},
		{"move-on", "Write where", url.Values{"income": {"Okapi"}}, "Okapi"},
		{"terms", "Choose “Is it safe to contact", url.Values{"safeToReach": {"perhaps"}, "hours": {"Okapi"}}, "Okapi"},
		{"notice", "at the earliest", url.Values{"reason": {"goals_met"}, "endsOn-day": {"13"}, "endsOn-month": {"3"}, "endsOn-year": {"2025"}}, `value="13"`},
	} {
		page := pagetest.Get(t, s, c, file+"/"+k.step).Want(http.StatusOK)
		k.values["csrf"], k.values["rev"] = []string{page.Token()}, []string{page.Attribute("input[name=rev]", "value")}
		answer := pagetest.Post(t, s, c, file+"/"+k.step, k.values).Want(http.StatusUnprocessableEntity, k.says, k.kept, "Error: ")
		if len(answer.All(".govuk-error-summary li")) == 0 {
			t.Errorf("%s: nothing in the summary", k.step)
		}
	}
}

// TestASupportThatEnded shows its outline and takes nothing.
func TestASupportThatEnded(t *testing.T) {
	s, caseID, file := houses(t)
	ctx, by := context.Background(), s.Actor(worker)
	id, err := core.ParseID(strings.TrimPrefix(file, "/support/files/"))
	if err != nil {
		t.Fatal(err)
	}
	today := core.MustDate(2025, 3, 12)
	for _, err := range []error{s.Support.AddGoal(ctx, by, core.Protect, id, "work", today, support.GoalWords{Goal: "Okapi"}), s.Support.GiveNotice(ctx, by, core.Protect, id, 0, "own_wish", today),
		s.Support.End(ctx, by, core.Protect, id, 0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c := s.SignIn(worker)
	for _, tab := range []string{"", "/plan", "/contacts", "/help"} {
		pagetest.Get(t, s, c, file+tab).Want(http.StatusOK, "This support has ended.").Not("Okapi", "Outreach", "/cases/"+caseID.String())
	}
	if p := pagetest.Get(t, s, c, file+"/goal"); p.Status < 400 {
		t.Errorf("a goal may be added after the end: status %d", p.Status)
	}
}
