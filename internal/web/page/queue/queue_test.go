package queue_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const (
	caseworker = "caseworker@competent_authority"
	manager    = "manager@competent_authority"
)

// site serves a world in which three people were referred: an adult, a child,
// and an adult whose case is with the caseworker.
func site(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	s.World.Refer(caseworktest.Form())
	s.World.Refer(caseworktest.ChildForm())
	r := s.World.Refer(caseworktest.Form())
	if err := s.World.Assign(context.Background(), s.Actor(manager), core.Identify, r.CaseID, 0, s.Users[caseworker]); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestQueueShowsEveryCaseOfTheAuthorityAndNoIdentity(t *testing.T) {
	s := site(t)
	page := pagetest.Get(t, s, s.SignIn(caseworker), "/queue").Want(http.StatusOK, "Queue", "3 cases, least time left first", "Child", "5 working days left")
	if n := len(page.All("tbody tr")); n != 3 {
		t.Errorf("%d rows", n)
	}
	for _, secret := range []string{"Zebra", "Testperson", "ZQ7741209", "Testbury"} {
		if strings.Contains(page.Text, secret) {
			t.Errorf("the queue shows %q", secret)
		}
	}
	if len(page.All("input[name=case]")) > 0 {
		t.Error("a caseworker is offered to assign")
	}
}

func TestFiltersNarrowTheQueue(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	for query, rows := range map[string]int{
		"show=child": 1, "assigned=me": 1, "assigned=nobody": 2, "nationality=VNM": 3, "nationality=FRA": 0, "state=recovery": 0,
		"state=rg_pending": 3, "exploitation=forced_labour": 3, "exploitation=organ_removal": 0, "deadline=overdue": 0, "deadline=week": 3,
		"show=review": 0, "show=ended": 3, "state=closed": 0, "show=child&assigned=me": 0,
	} {
		page := pagetest.Get(t, s, c, "/queue?"+query).Want(http.StatusOK)
		if n := len(page.All("tbody tr")); n != rows {
			t.Errorf("%s: %d rows, want %d", query, n, rows)
		}
		if len(page.All("a.moj-filter__tag")) != strings.Count(query, "=") {
			t.Errorf("%s: what is chosen is not shown", query)
		}
	}
}

func TestAnUnknownFilterIsExplained(t *testing.T) {
	s := site(t)
	page := pagetest.Get(t, s, s.SignIn(caseworker), "/queue?deadline=yesterday&state=rg_pending").Want(http.StatusUnprocessableEntity, "Error: Queue", "Choose “Deadline” from the list.")
	if len(page.All(`.govuk-error-summary a[href="#deadline"]`)) != 1 {
		t.Error("the summary does not lead to the filter")
	}
	if len(page.All("tbody tr")) != 0 {
		t.Error("cases are shown as if the filter had been understood")
	}
}

func TestAForgedPageAddressIsExplained(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	for _, cursor := range []string{"x", "%00", strings.Repeat("A", 32), strings.Repeat("_", 32), strings.Repeat("A", 4000)} {
		pagetest.Get(t, s, c, "/queue?after="+cursor).Want(http.StatusUnprocessableEntity, "Open the list from its beginning.")
	}
}

func TestPagesFollowOneAnotherWithoutGapsOrRepeats(t *testing.T) {
	s := site(t)
	for range 58 {
		s.World.Refer(caseworktest.Form())
	}
	c := s.SignIn(caseworker)
	seen := map[string]bool{}
	page := pagetest.Get(t, s, c, "/queue?exploitation=forced_labour").Want(http.StatusOK, "The next 50 cases")
	for {
		for _, n := range page.All("tbody a.clew-ref") {
			if seen[pagetest.Attribute(n, "href")] {
				t.Errorf("%s twice", pagetest.Attribute(n, "href"))
			}
			seen[pagetest.Attribute(n, "href")] = true
		}
		next := page.All("a[rel=next]")
		if len(next) == 0 {
			break
		}
		page = pagetest.Get(t, s, c, pagetest.Attribute(next[0], "href")).Want(http.StatusOK)
	}
	if len(seen) != 61 {
		t.Errorf("%d cases seen, want 61", len(seen))
	}
	if len(page.All(`a[rel=prev][href="/queue?exploitation=forced_labour"]`)) != 1 {
		t.Error("the last page does not lead back to the beginning")
	}
}

func TestAReferenceLeadsToItsCase(t *testing.T) {
	s := site(t)
	r := s.World.Refer(caseworktest.Form())
	c := s.SignIn(caseworker)
	typed := " " + strings.ToLower(strings.ReplaceAll(r.Reference, "-", " "))
	found := pagetest.Get(t, s, c, "/queue/find?reference="+url.QueryEscape(typed)).Want(http.StatusSeeOther)
	if found.Header.Get("Location") != "/cases/"+r.CaseID.String() {
		t.Errorf("leads to %s", found.Header.Get("Location"))
	}
	pagetest.Get(t, s, c, "/queue/find?reference=ZZZZ-9999").Want(http.StatusUnprocessableEntity, "No case of yours has this reference.", `value="ZZZZ-9999"`)
	pagetest.Get(t, s, c, "/queue/find").Want(http.StatusUnprocessableEntity, "Enter a case reference.")
}

func TestAssigningSeveralCasesTwiceIsHarmless(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	page := pagetest.Get(t, s, c, "/queue?assigned=nobody").Want(http.StatusOK)
	v := url.Values{"csrf": {page.Token()}, "to": {s.Users[caseworker].String()}}
	for _, n := range page.All("input[name=case]") {
		v.Add("case", pagetest.Attribute(n, "value"))
	}
	if len(v["case"]) != 2 {
		t.Fatalf("%d cases offered", len(v["case"]))
	}
	for range 2 {
		done := pagetest.Post(t, s, c, "/queue/assign?assigned=nobody", v).Want(http.StatusSeeOther)
		if !strings.HasPrefix(done.Header.Get("Location"), "/queue?assigned=nobody") {
			t.Errorf("the filter is lost: %s", done.Header.Get("Location"))
		}
	}
	mine := pagetest.Get(t, s, s.SignIn(caseworker), "/queue?assigned=me").Want(http.StatusOK)
	if n := len(mine.All("tbody tr")); n != 3 {
		t.Errorf("%d cases on the desk, want 3", n)
	}
}

func TestAssigningSaysWhatIsMissingAndWhatFailed(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	page := pagetest.Get(t, s, c, "/queue")
	token, to := page.Token(), s.Users[caseworker].String()
	first := pagetest.Attribute(page.All("input[name=case]")[0], "value")
	stranger := accesstest.Case(core.Police).ID.String()
	pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}}).Want(http.StatusUnprocessableEntity, "Select at least one case.", "Error: Queue")
	kept := pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "case": {first}}).Want(http.StatusUnprocessableEntity, "Choose who takes the cases.")
	if len(kept.All("input[name=case][checked]")) != 1 {
		t.Error("the selection is lost")
	}
	pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {s.Users["auditor@oversight"].String()}, "case": {first}}).Want(http.StatusUnprocessableEntity, "Choose “Assign to” from the list.")
	pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}, "case": {first, stranger}}).
		Want(http.StatusUnprocessableEntity, "Assigned: 1. The others were not assigned.", "Not assigned: 1 that are not in your queue.")
	pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}, "case": {"../../x"}}).Want(http.StatusNotFound)
}

func TestACaseworkerCannotAssign(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	page := pagetest.Get(t, s, c, "/queue")
	id := strings.TrimPrefix(pagetest.Attribute(page.All("tbody a.clew-ref")[0], "href"), "/cases/")
	refused := pagetest.Post(t, s, c, "/queue/assign", url.Values{"csrf": {page.Token()}, "to": {s.Users[caseworker].String()}, "case": {id}})
	refused.Want(http.StatusUnprocessableEntity, "Not assigned:")
	if strings.Contains(refused.Text, "Assigned: 1") {
		t.Error("it says it assigned")
	}
}

func TestEveryPostNeedsTheFormToken(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	for _, path := range []string{"/queue/assign", "/queue/export", "/queue/views", "/queue/views/" + s.Users[manager].String() + "/delete", "/search"} {
		pagetest.Post(t, s, c, path, url.Values{"csrf": {"forged"}, "name": {"x"}}).Want(http.StatusForbidden)
	}
}

func TestViewsAreSavedOpenedAndDeleted(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	token := pagetest.Get(t, s, c, "/queue").Token()
	save := func(name string) pagetest.Answer {
		return pagetest.Post(t, s, c, "/queue/views?show=child&state=rg_pending", url.Values{"csrf": {token}, "name": {name}})
	}
	save("").Want(http.StatusUnprocessableEntity, "Give the view a name.")
	save("Children").Want(http.StatusSeeOther)
	save("Children").Want(http.StatusSeeOther) // a second click replaces it by itself
	save(strings.Repeat("x", 500)).Want(http.StatusUnprocessableEntity, "Error: Queue", strings.Repeat("x", 500))
	page := pagetest.Get(t, s, c, "/queue")
	opened := page.All(`a[href="/queue?show=child&state=rg_pending"]`)
	if len(opened) != 1 {
		t.Fatal("the view is not listed")
	}
	other := pagetest.Get(t, s, s.SignIn(manager), "/queue")
	if strings.Contains(other.Text, "Delete Children") {
		t.Error("somebody else sees the view")
	}
	action := pagetest.Attribute(page.All(`form[action$="/delete"]`)[0], "action")
	pagetest.Post(t, s, c, action, url.Values{"csrf": {token}}).Want(http.StatusSeeOther)
	if strings.Contains(pagetest.Get(t, s, c, "/queue").Text, "Delete Children") {
		t.Error("the view is still there")
	}
	pagetest.Post(t, s, c, action, url.Values{"csrf": {token}}).Want(http.StatusSeeOther) // it is gone, as was asked
	pagetest.Post(t, s, c, "/queue/views/forged/delete", url.Values{"csrf": {token}}).Want(http.StatusNotFound)
}

func TestTheExportHoldsTheFilteredCasesAndLeavesATrace(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	token := pagetest.Get(t, s, c, "/queue").Token()
	file := pagetest.Post(t, s, c, "/queue/export?show=child", url.Values{"csrf": {token}}).Want(http.StatusOK)
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="queue-2025-03-12`) {
		t.Errorf("disposition %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(file.Text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0][0] != "reference" || rows[1][7] != "yes" {
		t.Errorf("rows: %q", rows)
	}
	for _, secret := range []string{"Linh", "Zebra", "Testbury"} {
		if strings.Contains(file.Text, secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
	empty := pagetest.Post(t, s, c, "/queue/export?nationality=FRA", url.Values{"csrf": {token}}).Want(http.StatusOK)
	if strings.Count(empty.Text, "\n") != 1 {
		t.Errorf("an export of nothing: %q", empty.Text)
	}
	pagetest.Get(t, s, s.SignIn("auditor@oversight"), "/home").Want(http.StatusOK, "Test "+caseworker)
	pagetest.Post(t, s, s.SignIn("reviewer@competent_authority"), "/queue/export", url.Values{"csrf": {"x"}}).Want(http.StatusNotFound)
}

func TestSearchFindsByIdentityAndShowsNone(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	form := pagetest.Get(t, s, c, "/search").Want(http.StatusOK, "Every search is recorded")
	find := func(v url.Values) pagetest.Answer {
		v.Set("csrf", form.Token())
		return pagetest.Post(t, s, c, "/search", v)
	}
	for _, v := range []url.Values{
		{"name": {"testperson zebra"}}, {"document": {"zq 774 1209"}}, {"phone": {"07700 900123"}},
		{"name": {"Testperson"}, "birthDate-day": {"21"}, "birthDate-month": {"7"}, "birthDate-year": {"1996"}},
	} {
		page := find(v).Want(http.StatusOK, "Cases found", "Vietnamese")
		if n := len(page.All("tbody tr")); n != 2 {
			t.Errorf("%v: %d cases", v, n)
		}
		if strings.Contains(page.Text, "Quynh") {
			t.Error("the result shows a name")
		}
	}
	find(url.Values{"name": {"Nobody Atall"}}).Want(http.StatusOK, "No case that you may see matches.")
	find(url.Values{}).Want(http.StatusUnprocessableEntity, "Enter a name, a document number, a phone number or an e-mail address.")
	find(url.Values{"name": {"Zebra"}, "birthDate-day": {"31"}, "birthDate-month": {"2"}, "birthDate-year": {"1996"}}).
		Want(http.StatusUnprocessableEntity, `value="Zebra"`)
}

func TestTheWorkloadCountsWhatIsOnEachDesk(t *testing.T) {
	s := site(t)
	page := pagetest.Get(t, s, s.SignIn(manager), "/queue/workload").Want(http.StatusOK, "Test "+caseworker, "Nobody yet")
	if n := len(page.All("tbody tr")); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestOnlyTheAuthorityHasAQueue(t *testing.T) {
	s := site(t)
	for _, who := range []string{"first_responder@police", "auditor@oversight", "safeguarding_lead@local_authority", "administrator@competent_authority",
		"officer@police", "support_worker@ngo", "immigration_staff@immigration", "statistician@statistics"} {
		c := s.SignIn(who)
		for _, path := range []string{"/queue", "/queue/workload", "/queue/find?reference=x", "/search"} {
			if a := pagetest.Get(t, s, c, path); a.Status != http.StatusNotFound {
				t.Errorf("%s reaches %s: %d", who, path, a.Status)
			}
		}
	}
}

func TestClocksSayWhereACaseStands(t *testing.T) {
	s := site(t)
	ctx := context.Background()
	s.World.Refer(caseworktest.NotifyForm()) // nobody decides on it, so it has no deadline
	suspended := s.World.Refer(caseworktest.Form())
	if err := s.World.Suspend(ctx, s.Actor(caseworker), core.Identify, suspended.CaseID, 0, "whereabouts_unknown"); err != nil {
		t.Fatal(err)
	}
	s.World.Clock.Advance(8 * 24 * time.Hour)
	page := pagetest.Get(t, s, s.SignIn(caseworker), "/queue").Want(http.StatusOK, "Overdue by 1 working day", "Was due 19 March 2025", "Clock stopped", "Open for 8 days")
	if n := len(page.All("tbody tr.clew-row--alert")); n != 3 {
		t.Errorf("%d rows are marked as overdue, want 3", n)
	}
}

func TestNobodyIsLateWithADecidedCase(t *testing.T) {
	s := site(t)
	ctx := context.Background()
	id := s.World.Assigned(caseworktest.Form())
	if err := s.World.DecideRG(ctx, caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, id, 0, caseworktest.Decision(casework.Negative)); err != nil {
		t.Fatal(err)
	}
	if err := s.World.Review(ctx, caseworktest.SteppedUp(caseworktest.Reviewer.Actor), core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "I agree."}); err != nil {
		t.Fatal(err)
	}
	s.World.Clock.Advance(60 * 24 * time.Hour)
	c := s.SignIn(caseworker)
	pagetest.Get(t, s, c, "/queue?state=rg_negative").Want(http.StatusOK, "1 case", "Time to ask has ended").Not("Overdue by")
	if n := len(pagetest.Get(t, s, c, "/queue?deadline=overdue").All("tbody tr")); n != 3 {
		t.Errorf("%d cases are overdue, want the 3 undecided", n)
	}
}
