package nonremoval_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const staff = "immigration_staff@immigration"

// site serves a world with one person in recovery and one newly referred.
func site(t *testing.T) (s *webtest.Site, inRecovery, referred string) {
	t.Helper()
	s = webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	id := s.World.Assigned(caseworktest.Form())
	if err := s.World.DecideRG(context.Background(), caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, id, 0, caseworktest.Decision(casework.Positive)); err != nil {
		t.Fatal(err)
	}
	c, err := s.World.Store.Case(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s, c.Reference, s.World.Refer(caseworktest.ChildForm()).Reference
}

func ask(t *testing.T, s *webtest.Site, c *http.Client, v url.Values) pagetest.Answer {
	t.Helper()
	v.Set("csrf", pagetest.Get(t, s, c, "/non-removal").Want(http.StatusOK).Token())
	return pagetest.Post(t, s, c, "/non-removal", v)
}

func TestTheAnswerIsYesOrNoAndUntilWhen(t *testing.T) {
	s, reference, _ := site(t)
	c := s.SignIn(staff)
	for _, v := range []url.Values{
		{"reference": {reference}},
		{"document": {"zq 7741209"}},
		{"name": {"Quynh Zebra Testperson"}, "birthDate-day": {"21"}, "birthDate-month": {"7"}, "birthDate-year": {"1996"}},
		{"document": {"WRONG1"}, "reference": {reference}},
	} {
		ask(t, s, c, v).Want(http.StatusOK, "Yes: protected from removal", "At least until 11 April 2025", "12 March 2025 at 9:30am", "Test "+staff).
			Not("Recovery", "recovery period", "Zebra", "ZQ7741209", "Police", "/cases/", reference)
	}
}

func TestSomebodyUnknownAndSomebodyWithoutTheMarkerLookTheSame(t *testing.T) {
	s, _, _ := site(t)
	closed := s.World.Assigned(caseworktest.NotifyForm())
	if err := s.World.Close(context.Background(), s.Actor("manager@competent_authority"), core.Identify, closed, 0, "duplicate"); err != nil {
		t.Fatal(err)
	}
	c, err := s.World.Store.Case(context.Background(), closed)
	if err != nil {
		t.Fatal(err)
	}
	client := s.SignIn(staff)
	unknown := ask(t, s, client, url.Values{"reference": {"ZZZZ-9999"}}).Want(http.StatusOK, "No: not protected from removal by this check")
	ended := ask(t, s, client, url.Values{"reference": {c.Reference}}).Want(http.StatusOK)
	if diff := cmp.Diff(withoutToken(unknown.Text), withoutToken(ended.Text)); diff != "" {
		t.Errorf("the page for an ended case differs from the page for nobody:\n%s", diff)
	}
}

// withoutToken takes out what differs on every page: the form token is masked
// anew each time.
func withoutToken(page string) string {
	return regexp.MustCompile(`name="csrf" value="[^"]*"`).ReplaceAllString(page, "")
}

func TestAQuestionWithoutAKeyIsExplainedAndKept(t *testing.T) {
	s, _, _ := site(t)
	c := s.SignIn(staff)
	ask(t, s, c, url.Values{}).Want(http.StatusUnprocessableEntity, "Error: Non-removal check", "Enter a reference, a document number, or a full name with a date of birth.")
	ask(t, s, c, url.Values{"name": {"Some Body"}}).Want(http.StatusUnprocessableEntity, `value="Some Body"`)
	ask(t, s, c, url.Values{"name": {"Some Body"}, "birthDate-day": {"30"}, "birthDate-month": {"2"}, "birthDate-year": {"1990"}}).Want(http.StatusUnprocessableEntity, `value="Some Body"`, `value="30"`)
}

func TestAskingTooOftenIsToldKindly(t *testing.T) {
	s, _, _ := site(t)
	c := s.SignIn(staff)
	for range 20 {
		if a := ask(t, s, c, url.Values{"reference": {"ZZZZ-9999"}}); a.Status != http.StatusOK {
			a.Want(http.StatusUnprocessableEntity, "Wait a minute, then ask again.", `value="ZZZZ-9999"`)
			return
		}
	}
	t.Error("20 questions in a row were answered")
}

func TestNobodyElseMayAskAndAForgedFormIsRefused(t *testing.T) {
	s, _, _ := site(t)
	for _, who := range []string{"caseworker@competent_authority", "first_responder@police", "first_responder@immigration", "auditor@oversight", "administrator@competent_authority"} {
		c := s.SignIn(who)
		pagetest.Get(t, s, c, "/non-removal").Want(http.StatusNotFound)
		pagetest.Post(t, s, c, "/non-removal", url.Values{"reference": {"x"}}).Want(http.StatusNotFound)
	}
	pagetest.Post(t, s, s.SignIn(staff), "/non-removal", url.Values{"reference": {"x"}, "csrf": {"forged"}}).Want(http.StatusForbidden)
	pagetest.Get(t, s, s.SignIn("immigration_staff@border"), "/non-removal").Want(http.StatusOK)
}
