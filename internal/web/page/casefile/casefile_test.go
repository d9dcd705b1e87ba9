package casefile_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

const (
	caseworker = "caseworker@competent_authority"
	manager    = "manager@competent_authority"
)

// visitor is somebody signed in.
type visitor struct {
	t *testing.T
	s *webtest.Site
	c *http.Client
}

func serve(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

func visit(t *testing.T, s *webtest.Site, name string) visitor {
	t.Helper()
	return visitor{t, s, s.SignIn(name)}
}

// assigned is a case on the caseworker's desk.
func assigned(t *testing.T, s *webtest.Site, f casework.ReferralForm) core.ID {
	t.Helper()
	id := s.World.Refer(f).CaseID
	if err := s.World.Assign(context.Background(), s.Actor(manager), core.Identify, id, 0, s.Users[caseworker]); err != nil {
		t.Fatal(err)
	}
	return id
}

func (v visitor) page(res *http.Response, err error) (*html.Node, *http.Response) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := html.Parse(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return doc, res
}

func (v visitor) get(path string) (*html.Node, *http.Response) {
	v.t.Helper()
	return v.page(v.c.Get(v.s.Server.URL + path))
}

// send posts the page's own form with some answers put in.
func (v visitor) send(path string, answers url.Values) (*html.Node, *http.Response) {
	v.t.Helper()
	doc, _ := v.get(path)
	return v.post(path, hidden(doc), answers)
}

func (v visitor) post(path string, kept, answers url.Values) (*html.Node, *http.Response) {
	v.t.Helper()
	all := url.Values{}
	for _, list := range []url.Values{kept, answers} {
		for k, vs := range list {
			all[k] = vs
		}
	}
	return v.page(v.c.PostForm(v.s.Server.URL+path, all))
}

// hidden is what the page's main form carries unseen.
func hidden(doc *html.Node) url.Values {
	out := url.Values{}
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile("main form input[type=hidden]")) {
		out.Add(attr(n, "name"), attr(n, "value"))
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(doc *html.Node, selector string) string {
	var b strings.Builder
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestEachTabShowsItsPartAndNoOther(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	for path, want := range map[string]string{"": "Who the person is", "/timeline": "Submitted", "/documents": "no documents", "/notes": "no notes", "/requests": "Nothing has been asked",
		"/tasks": "Nothing waits", "/rounds": "no other round", "/consent": "Referral and support", "/decisions": "Nothing has been decided", "/looked": "Test " + caseworker} {
		doc, res := v.get("/cases/" + id.String() + path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, res.StatusCode)
			continue
		}
		main := textOf(doc, "main")
		if !strings.Contains(main, want) {
			t.Errorf("%s does not say %q", path, want)
		}
		if path != "" && strings.Contains(main, "Zebra") {
			t.Errorf("%s shows the person's name, which is the summary's alone", path)
		}
		if strings.Contains(textOf(doc, "title"), "Zebra") {
			t.Errorf("%s names the person in its title", path)
		}
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}

func TestOnlyTheSummaryIsRecordedAsAReadingOfTheIdentity(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	reads := func() (n int) {
		if err := s.World.DB.Reader().QueryRow(`SELECT count(*) FROM ledger_entry WHERE action = 'view_identity'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := reads()
	for _, tab := range []string{"/timeline", "/documents", "/tasks", "/rounds", "/notes", "/suspend"} {
		v.get("/cases/" + id.String() + tab)
	}
	if got := reads(); got != before {
		t.Errorf("%d readings of the identity by tabs that do not show it", got-before)
	}
	v.get("/cases/" + id.String())
	if got := reads(); got != before+1 {
		t.Errorf("the summary left %d entries, want 1", got-before)
	}
}

func TestWhoMayNotSeeACaseIsToldThereIsNone(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	for _, name := range []string{"first_responder@ngo", "support_worker@ngo", "administrator@competent_authority", "statistician@statistics"} {
		v := visit(t, s, name)
		for _, path := range []string{"", "/timeline", "/notes", "/looked", "/facts", "/suspend"} {
			if _, res := v.get("/cases/" + id.String() + path); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s at %q: status %d", name, path, res.StatusCode)
			}
		}
	}
}

func TestTheFirstResponderReadsStatusOnly(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.ChildForm())
	v := visit(t, s, "first_responder@police")
	doc, _ := v.get("/cases/" + id.String())
	main := textOf(doc, "main")
	for _, never := range []string{"Zebra", "nail salon", "Testbury", "Vietnamese", "Child", "Forced"} {
		if strings.Contains(main, never) {
			t.Errorf("the first responder reads %q", never)
		}
	}
	if !strings.Contains(main, "Not shared with you") || !strings.Contains(main, "Reasonable grounds pending") {
		t.Errorf("the first responder reads:\n%s", main)
	}
	if _, res := v.get("/cases/" + id.String() + "/timeline"); res.StatusCode != http.StatusNotFound {
		t.Errorf("timeline: status %d", res.StatusCode)
	}
}

func TestARefusedStepKeepsWhatWasTyped(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	doc, res := v.send("/cases/"+id.String()+"/requests/new", url.Values{"question": {"Where is the passport?"}, "due-day": {"1"}, "due-month": {"1"}, "due-year": {"2020"}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", res.StatusCode)
	}
	if !strings.HasPrefix(textOf(doc, "title"), "Error: ") || !strings.Contains(textOf(doc, "textarea"), "Where is the passport?") {
		t.Error("the title or the typed question is not kept")
	}
	if n := cascadia.Query(doc, cascadia.MustCompile(`.govuk-error-summary a[href="#due-day"]`)); n == nil {
		t.Error("the summary does not lead to the date")
	}
}

func TestAStepWithoutTheTokenIsRefused(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	for _, path := range []string{"/suspend", "/notes/new", "/facts", "/close"} {
		if _, res := v.post("/cases/"+id.String()+path, nil, url.Values{"rev": {"1"}, "reason": {"whereabouts_unknown"}}); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
}

func TestAStaleStepShowsWhatChangedAndCanBeSentAgain(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	path := "/cases/" + id.String() + "/suspend"
	opened, _ := v.get(path)
	if err := s.World.AddNote(context.Background(), s.Actor(caseworker), core.Identify, id, false, "Meanwhile."); err != nil {
		t.Fatal(err)
	}
	doc, res := v.post(path, hidden(opened), url.Values{"reason": {"whereabouts_unknown"}})
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(doc, "main"), "Internal note added") {
		t.Fatalf("status %d:\n%s", res.StatusCode, textOf(doc, "main"))
	}
	if _, res := v.post(path, hidden(doc), url.Values{"reason": {"whereabouts_unknown"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("sent again: status %d", res.StatusCode)
	}
}

func TestStaleFactsStandBesideTheSavedOnes(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	path := "/cases/" + id.String() + "/facts"
	opened, _ := v.get(path)
	if _, res := v.send(path, url.Values{"facts.exploitation": {"debt_bondage"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("first save: status %d", res.StatusCode)
	}
	doc, res := v.post(path, hidden(opened), url.Values{"facts.exploitation": {"wages_taken"}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("second save: status %d", res.StatusCode)
	}
	versions := textOf(doc, ".clew-versions")
	if !strings.Contains(versions, "Work to pay off a debt") || !strings.Contains(versions, "pay taken") {
		t.Errorf("both versions:\n%s", versions)
	}
	if cascadia.Query(doc, cascadia.MustCompile(`input[value=wages_taken][checked]`)) == nil {
		t.Error("what was chosen is lost")
	}
}

func TestADocumentIsOnlyEverADownload(t *testing.T) {
	s := serve(t)
	id := assigned(t, s, caseworktest.Form())
	v := visit(t, s, caseworker)
	doc, _ := v.get("/cases/" + id.String() + "/documents/new")
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, vs := range hidden(doc) {
		_ = m.WriteField(k, vs[0])
	}
	w, err := m.CreateFormFile("file", "pay slip.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, "Paid 20 for 60 hours\n")
	_ = m.Close()
	if _, res := v.page(v.c.Post(s.Server.URL+"/cases/"+id.String()+"/documents/new", m.FormDataContentType(), &body)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("upload: status %d", res.StatusCode)
	}
	list, _ := v.get("/cases/" + id.String() + "/documents")
	link := cascadia.Query(list, cascadia.MustCompile("tbody a"))
	if link == nil {
		t.Fatal("the document is not listed")
	}
	res, err := v.c.Get(s.Server.URL + attr(link, "href"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	content, _ := io.ReadAll(res.Body)
	if string(content) != "Paid 20 for 60 hours\n" {
		t.Errorf("content %q", content)
	}
	for name, want := range map[string]string{"Content-Disposition": `attachment; filename="pay slip.txt"`, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	other := assigned(t, s, caseworktest.Form())
	if _, res := v.get(strings.Replace(attr(link, "href"), id.String(), other.String(), 1)); res.StatusCode != http.StatusNotFound {
		t.Errorf("the document under another case: status %d", res.StatusCode)
	}
}

// TestAFirstResponderBeginsTheNextStepFromTheCase: a notification can become a
// referral, and an ended case a new round, from the page of the case.
func TestAFirstResponderBeginsTheNextStepFromTheCase(t *testing.T) {
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	responder := s.Actor("first_responder@police")
	client := s.SignIn("first_responder@police")
	for name, begin := range map[string]struct {
		form casework.ReferralForm
		end  bool
		path string
	}{
		"a notification": {caseworktest.NotifyForm(), false, "upgrade"},
		"an ended case":  {caseworktest.Form(), true, "refer-again"},
	} {
		ctx := t.Context()
		draft, err := s.World.StartDraft(ctx, responder, core.Identify, begin.form, core.ID{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.World.SubmitDraft(ctx, responder, core.Identify, draft, 0)
		if err != nil {
			t.Fatal(err)
		}
		if begin.end {
			if err := s.World.WithdrawConsent(ctx, responder, core.Identify, r.CaseID, 0, casework.ConsentReferral); err != nil {
				t.Fatal(err)
			}
		}
		res, err := client.Get(s.Server.URL + "/cases/" + r.CaseID.String())
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || !strings.Contains(string(body), `action="/cases/`+r.CaseID.String()+"/"+begin.path+`"`) {
			t.Errorf("%s offers no way to %s (status %d, %v)", name, begin.path, res.StatusCode, err)
		}
	}
}

// Zero means "any revision" to a use case, so a form may not say it.
func TestAForgedRevisionIsRefused(t *testing.T) {
	s := serve(t)
	path := "/cases/" + assigned(t, s, caseworktest.Form()).String() + "/suspend"
	v := visit(t, s, caseworker)
	for _, forged := range []string{"0", "-1", "", "x", "99999999999999999999"} {
		if _, res := v.send(path, url.Values{"rev": {forged}, "reason": {"whereabouts_unknown"}}); res.StatusCode < 400 {
			t.Errorf("rev %q: answered %d", forged, res.StatusCode)
		}
	}
	if _, res := v.send(path, url.Values{"reason": {"whereabouts_unknown"}}); res.StatusCode >= 400 {
		t.Errorf("the page's own revision: answered %d", res.StatusCode)
	}
}
