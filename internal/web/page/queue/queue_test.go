package queue_test

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"clew/internal/access/accesstest"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
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

// answer is a page as a test looks at it.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	text   string
	root   *html.Node
}

func get(t *testing.T, s *webtest.Site, c *http.Client, path string) answer {
	t.Helper()
	res, err := c.Get(s.Server.URL + path)
	return read(t, res, err)
}

func post(t *testing.T, s *webtest.Site, c *http.Client, path string, v url.Values) answer {
	t.Helper()
	res, err := c.PostForm(s.Server.URL+path, v)
	return read(t, res, err)
}

func read(t *testing.T, res *http.Response, err error) answer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return answer{t: t, status: res.StatusCode, header: res.Header, text: string(b), root: root}
}

func (a answer) all(selector string) []*html.Node {
	a.t.Helper()
	return cascadia.QueryAll(a.root, cascadia.MustCompile(selector))
}

// token is the form token of the page.
func (a answer) token() string {
	a.t.Helper()
	n := cascadia.Query(a.root, cascadia.MustCompile(`input[name=csrf]`))
	if n == nil {
		a.t.Fatalf("no form token; status %d", a.status)
	}
	return attribute(n, "value")
}

func attribute(n *html.Node, name string) string {
	for _, at := range n.Attr {
		if at.Key == name {
			return at.Val
		}
	}
	return ""
}

func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d:\n%.2000s", a.status, status, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			a.t.Errorf("the page does not say %q", text)
		}
	}
	return a
}

func TestQueueShowsEveryCaseOfTheAuthorityAndNoIdentity(t *testing.T) {
	s := site(t)
	page := get(t, s, s.SignIn(caseworker), "/queue").want(http.StatusOK, "Queue", "3 cases, least time left first", "Child", "5 working days left")
	if n := len(page.all("tbody tr")); n != 3 {
		t.Errorf("%d rows", n)
	}
	for _, secret := range []string{"Zebra", "Testperson", "ZQ7741209", "Testbury"} {
		if strings.Contains(page.text, secret) {
			t.Errorf("the queue shows %q", secret)
		}
	}
	if len(page.all("input[name=case]")) > 0 {
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
		page := get(t, s, c, "/queue?"+query).want(http.StatusOK)
		if n := len(page.all("tbody tr")); n != rows {
			t.Errorf("%s: %d rows, want %d", query, n, rows)
		}
		if len(page.all("a.moj-filter__tag")) != strings.Count(query, "=") {
			t.Errorf("%s: what is chosen is not shown", query)
		}
	}
}

func TestAnUnknownFilterIsExplained(t *testing.T) {
	s := site(t)
	page := get(t, s, s.SignIn(caseworker), "/queue?deadline=yesterday&state=rg_pending").want(http.StatusUnprocessableEntity, "Error: Queue", "Choose “Deadline” from the list.")
	if len(page.all(`.govuk-error-summary a[href="#deadline"]`)) != 1 {
		t.Error("the summary does not lead to the filter")
	}
	if len(page.all("tbody tr")) != 0 {
		t.Error("cases are shown as if the filter had been understood")
	}
}

func TestAForgedPageAddressIsExplained(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	for _, cursor := range []string{"x", "%00", strings.Repeat("A", 32), strings.Repeat("_", 32), strings.Repeat("A", 4000)} {
		get(t, s, c, "/queue?after="+cursor).want(http.StatusUnprocessableEntity, "Open the queue from its beginning.")
	}
}

func TestPagesFollowOneAnotherWithoutGapsOrRepeats(t *testing.T) {
	s := site(t)
	for range 58 {
		s.World.Refer(caseworktest.Form())
	}
	c := s.SignIn(caseworker)
	seen := map[string]bool{}
	page := get(t, s, c, "/queue?exploitation=forced_labour").want(http.StatusOK, "The next 50 cases")
	for {
		for _, n := range page.all("tbody a.clew-ref") {
			if seen[attribute(n, "href")] {
				t.Errorf("%s twice", attribute(n, "href"))
			}
			seen[attribute(n, "href")] = true
		}
		next := page.all("a[rel=next]")
		if len(next) == 0 {
			break
		}
		page = get(t, s, c, attribute(next[0], "href")).want(http.StatusOK)
	}
	if len(seen) != 61 {
		t.Errorf("%d cases seen, want 61", len(seen))
	}
	if len(page.all(`a[rel=prev][href="/queue?exploitation=forced_labour"]`)) != 1 {
		t.Error("the last page does not lead back to the beginning")
	}
}

func TestAReferenceLeadsToItsCase(t *testing.T) {
	s := site(t)
	r := s.World.Refer(caseworktest.Form())
	c := s.SignIn(caseworker)
	typed := " " + strings.ToLower(strings.ReplaceAll(r.Reference, "-", " "))
	found := get(t, s, c, "/queue/find?reference="+url.QueryEscape(typed)).want(http.StatusSeeOther)
	if found.header.Get("Location") != "/cases/"+r.CaseID.String() {
		t.Errorf("leads to %s", found.header.Get("Location"))
	}
	get(t, s, c, "/queue/find?reference=ZZZZ-9999").want(http.StatusUnprocessableEntity, "No case of yours has this reference.", `value="ZZZZ-9999"`)
	get(t, s, c, "/queue/find").want(http.StatusUnprocessableEntity, "Enter a case reference.")
}

func TestAssigningSeveralCasesTwiceIsHarmless(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	page := get(t, s, c, "/queue?assigned=nobody").want(http.StatusOK)
	v := url.Values{"csrf": {page.token()}, "to": {s.Users[caseworker].String()}}
	for _, n := range page.all("input[name=case]") {
		v.Add("case", attribute(n, "value"))
	}
	if len(v["case"]) != 2 {
		t.Fatalf("%d cases offered", len(v["case"]))
	}
	for range 2 {
		done := post(t, s, c, "/queue/assign?assigned=nobody", v).want(http.StatusSeeOther)
		if !strings.HasPrefix(done.header.Get("Location"), "/queue?assigned=nobody") {
			t.Errorf("the filter is lost: %s", done.header.Get("Location"))
		}
	}
	mine := get(t, s, s.SignIn(caseworker), "/queue?assigned=me").want(http.StatusOK)
	if n := len(mine.all("tbody tr")); n != 3 {
		t.Errorf("%d cases on the desk, want 3", n)
	}
}

func TestAssigningSaysWhatIsMissingAndWhatFailed(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	page := get(t, s, c, "/queue")
	token, to := page.token(), s.Users[caseworker].String()
	first := attribute(page.all("input[name=case]")[0], "value")
	stranger := accesstest.Case(core.Police).ID.String()
	post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}}).want(http.StatusUnprocessableEntity, "Select at least one case.", "Error: Queue")
	kept := post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "case": {first}}).want(http.StatusUnprocessableEntity, "Choose who takes the cases.")
	if len(kept.all("input[name=case][checked]")) != 1 {
		t.Error("the selection is lost")
	}
	post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {s.Users["auditor@oversight"].String()}, "case": {first}}).want(http.StatusUnprocessableEntity, "Choose “Assign to” from the list.")
	post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}, "case": {first, stranger}}).
		want(http.StatusUnprocessableEntity, "Assigned: 1. The others were not assigned.", "Not assigned: 1 that are not in your queue.")
	post(t, s, c, "/queue/assign", url.Values{"csrf": {token}, "to": {to}, "case": {"../../x"}}).want(http.StatusNotFound)
}

func TestACaseworkerCannotAssign(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	page := get(t, s, c, "/queue")
	id := strings.TrimPrefix(attribute(page.all("tbody a.clew-ref")[0], "href"), "/cases/")
	refused := post(t, s, c, "/queue/assign", url.Values{"csrf": {page.token()}, "to": {s.Users[caseworker].String()}, "case": {id}})
	refused.want(http.StatusUnprocessableEntity, "Not assigned:")
	if strings.Contains(refused.text, "Assigned: 1") {
		t.Error("it says it assigned")
	}
}

func TestEveryPostNeedsTheFormToken(t *testing.T) {
	s := site(t)
	c := s.SignIn(manager)
	for _, path := range []string{"/queue/assign", "/queue/export", "/queue/views", "/queue/views/" + s.Users[manager].String() + "/delete", "/search"} {
		post(t, s, c, path, url.Values{"csrf": {"forged"}, "name": {"x"}}).want(http.StatusForbidden)
	}
}

func TestViewsAreSavedOpenedAndDeleted(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	token := get(t, s, c, "/queue").token()
	save := func(name string) answer {
		return post(t, s, c, "/queue/views?show=child&state=rg_pending", url.Values{"csrf": {token}, "name": {name}})
	}
	save("").want(http.StatusUnprocessableEntity, "Give the view a name.")
	save("Children").want(http.StatusSeeOther)
	save("Children").want(http.StatusSeeOther) // a second click replaces it by itself
	save(strings.Repeat("x", 500)).want(http.StatusUnprocessableEntity, "Error: Queue", strings.Repeat("x", 500))
	page := get(t, s, c, "/queue")
	opened := page.all(`a[href="/queue?show=child&state=rg_pending"]`)
	if len(opened) != 1 {
		t.Fatal("the view is not listed")
	}
	other := get(t, s, s.SignIn(manager), "/queue")
	if strings.Contains(other.text, "Delete Children") {
		t.Error("somebody else sees the view")
	}
	action := attribute(page.all(`form[action$="/delete"]`)[0], "action")
	post(t, s, c, action, url.Values{"csrf": {token}}).want(http.StatusSeeOther)
	if strings.Contains(get(t, s, c, "/queue").text, "Delete Children") {
		t.Error("the view is still there")
	}
	post(t, s, c, action, url.Values{"csrf": {token}}).want(http.StatusSeeOther) // it is gone, as was asked
	post(t, s, c, "/queue/views/forged/delete", url.Values{"csrf": {token}}).want(http.StatusNotFound)
}

func TestTheExportHoldsTheFilteredCasesAndLeavesATrace(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	token := get(t, s, c, "/queue").token()
	file := post(t, s, c, "/queue/export?show=child", url.Values{"csrf": {token}}).want(http.StatusOK)
	if got := file.header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="queue-2025-03-12`) {
		t.Errorf("disposition %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(file.text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0][0] != "reference" || rows[1][7] != "yes" {
		t.Errorf("rows: %q", rows)
	}
	for _, secret := range []string{"Linh", "Zebra", "Testbury"} {
		if strings.Contains(file.text, secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
	empty := post(t, s, c, "/queue/export?nationality=FRA", url.Values{"csrf": {token}}).want(http.StatusOK)
	if strings.Count(empty.text, "\n") != 1 {
		t.Errorf("an export of nothing: %q", empty.text)
	}
	get(t, s, s.SignIn("auditor@oversight"), "/home").want(http.StatusOK, "Test "+caseworker)
	post(t, s, s.SignIn("reviewer@competent_authority"), "/queue/export", url.Values{"csrf": {"x"}}).want(http.StatusNotFound)
}

func TestSearchFindsByIdentityAndShowsNone(t *testing.T) {
	s := site(t)
	c := s.SignIn(caseworker)
	form := get(t, s, c, "/search").want(http.StatusOK, "Every search is recorded")
	find := func(v url.Values) answer {
		v.Set("csrf", form.token())
		return post(t, s, c, "/search", v)
	}
	for _, v := range []url.Values{
		{"name": {"testperson zebra"}}, {"document": {"zq 774 1209"}}, {"phone": {"07700 900123"}},
		{"name": {"Testperson"}, "birthDate-day": {"21"}, "birthDate-month": {"7"}, "birthDate-year": {"1996"}},
	} {
		page := find(v).want(http.StatusOK, "Cases found", "Vietnamese")
		if n := len(page.all("tbody tr")); n != 2 {
			t.Errorf("%v: %d cases", v, n)
		}
		if strings.Contains(page.text, "Quynh") {
			t.Error("the result shows a name")
		}
	}
	find(url.Values{"name": {"Nobody Atall"}}).want(http.StatusOK, "No case that you may see matches.")
	find(url.Values{}).want(http.StatusUnprocessableEntity, "Enter a name, a document number, a phone number or an e-mail address.")
	find(url.Values{"name": {"Zebra"}, "birthDate-day": {"31"}, "birthDate-month": {"2"}, "birthDate-year": {"1996"}}).
		want(http.StatusUnprocessableEntity, `value="Zebra"`)
}

func TestTheWorkloadCountsWhatIsOnEachDesk(t *testing.T) {
	s := site(t)
	page := get(t, s, s.SignIn(manager), "/queue/workload").want(http.StatusOK, "Test "+caseworker, "Nobody yet")
	if n := len(page.all("tbody tr")); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestOnlyTheAuthorityHasAQueue(t *testing.T) {
	s := site(t)
	for _, who := range []string{"first_responder@police", "auditor@oversight", "safeguarding_lead@local_authority", "administrator@competent_authority",
		"officer@police", "support_worker@ngo", "immigration_staff@immigration", "statistician@statistics"} {
		c := s.SignIn(who)
		for _, path := range []string{"/queue", "/queue/workload", "/queue/find?reference=x", "/search"} {
			if a := get(t, s, c, path); a.status != http.StatusNotFound {
				t.Errorf("%s reaches %s: %d", who, path, a.status)
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
	page := get(t, s, s.SignIn(caseworker), "/queue").want(http.StatusOK, "Overdue by 1 working day", "Was due 19 March 2025", "Clock stopped", "Open for 8 days")
	if n := len(page.all("tbody tr.clew-row--alert")); n != 3 {
		t.Errorf("%d rows are marked as overdue, want 3", n)
	}
}
