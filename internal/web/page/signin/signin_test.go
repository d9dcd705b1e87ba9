package signin_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"clew/internal/auth"
	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/page"
	"clew/internal/web/webtest"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

const caseworker = "caseworker@competent_authority"

// visitor is a browser that follows no redirects.
type visitor struct {
	t    *testing.T
	site *webtest.Site
	*http.Client
}

func newSite(t *testing.T, change ...func(*page.Site)) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)), change...)
}

func visit(t *testing.T, s *webtest.Site) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// reply is a page as it came.
type reply struct {
	*http.Response
	body string
	doc  *html.Node
}

func (v visitor) send(req *http.Request) reply {
	v.t.Helper()
	res, err := v.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		v.t.Fatal(err)
	}
	return reply{res, string(b), doc}
}

func (v visitor) request(method, path string, form url.Values) *http.Request {
	v.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, v.site.Server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

func (v visitor) get(path string) reply {
	v.t.Helper()
	return v.send(v.request("GET", path, nil))
}

func (v visitor) post(path string, form url.Values) reply {
	v.t.Helper()
	return v.send(v.request("POST", path, form))
}

func (r reply) find(selector string) *html.Node {
	return cascadia.Query(r.doc, cascadia.MustCompile(selector))
}

func (r reply) value(selector string) string {
	if n := r.find(selector); n != nil {
		for _, a := range n.Attr {
			if a.Key == "value" {
				return a.Val
			}
		}
	}
	return ""
}

func (r reply) csrf() string { return r.value("input[name=csrf]") }

func credentials() url.Values {
	return url.Values{"login": {webtest.Login(caseworker)}, "password": {webtest.Password}}
}

func TestARefusedSignInKeepsTheNameAndNotThePassword(t *testing.T) {
	v := visit(t, newSite(t))
	form := credentials()
	form.Set("password", "not the password")
	r := v.post("/sign-in", form)
	if r.StatusCode != http.StatusUnprocessableEntity || r.find(".govuk-error-summary") == nil || !strings.Contains(r.body, "<title>Error: ") {
		t.Errorf("status %d", r.StatusCode)
	}
	if r.value("#login") != form.Get("login") || strings.Contains(r.body, "not the password") {
		t.Error("what was typed came back wrongly")
	}
	if len(r.Cookies()) != 0 {
		t.Error("a refused sign-in sets a cookie")
	}
	r = v.post("/sign-in", url.Values{})
	if r.StatusCode != http.StatusUnprocessableEntity || r.find(`a[href="#login"]`) == nil || r.find(`a[href="#password"]`) == nil {
		t.Error("an empty form does not lead to its fields")
	}
}

func TestTheCookie(t *testing.T) {
	for _, c := range []struct {
		secure bool
		name   string
	}{{false, "clew"}, {true, "__Host-clew"}} {
		v := visit(t, newSite(t, func(s *page.Site) { s.Secure = c.secure }))
		r := v.post("/sign-in", credentials())
		if r.StatusCode != http.StatusSeeOther || len(r.Cookies()) != 1 {
			t.Fatalf("status %d, cookies %v", r.StatusCode, r.Cookies())
		}
		k := r.Cookies()[0]
		if k.Name != c.name || k.Secure != c.secure || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" || k.MaxAge != 0 {
			t.Errorf("%+v", k)
		}
		if r.Header.Get("Cache-Control") != "no-store" {
			t.Error("the answer may be cached")
		}
	}
}

func TestNobodyIsLedAway(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
		"javascript:alert(1)", "evil.example", "", "http:///evil.example", "/%zz", "/" + strings.Repeat("x", 3000)} {
		r := visit(t, s).post("/sign-in?"+url.Values{"next": {next}}.Encode(), credentials())
		if to := r.Header.Get("Location"); to != "/home" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
	r := visit(t, s).post("/sign-in?next="+url.QueryEscape("/cases/x?tab=notes"), credentials())
	if to := r.Header.Get("Location"); to != "/cases/x?tab=notes" {
		t.Errorf("leads to %q", to)
	}
}

func TestPostsFromElsewhereAreRefused(t *testing.T) {
	v := visit(t, newSite(t))
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req := v.request("POST", "/sign-in", credentials())
		req.Header.Set(header, value)
		if r := v.send(req); r.StatusCode != http.StatusForbidden || len(r.Cookies()) != 0 {
			t.Errorf("%s: status %d", header, r.StatusCode)
		}
	}
}

func TestEveryFormNeedsItsToken(t *testing.T) {
	s := newSite(t)
	v := visit(t, s)
	v.post("/sign-in", credentials())
	for _, path := range []string{"/sign-out", "/account/sign-out-everywhere", "/confirm", "/sign-in/password", "/sign-in/set-up"} {
		for _, token := range []string{"", "forged", v.get("/account").csrf() + "x"} {
			form := url.Values{"csrf": {token}, "proof": {webtest.Password}, "old": {webtest.Password}, "new": {"five calm river stones"}}
			if r := v.post(path, form); r.StatusCode != http.StatusForbidden {
				t.Errorf("%s with token %q: status %d", path, token, r.StatusCode)
			}
		}
	}
	if r := v.get("/account"); r.StatusCode != http.StatusOK {
		t.Errorf("account: %d", r.StatusCode)
	}
}

func TestAPendingSessionReachesNothingElse(t *testing.T) {
	w := caseworktest.New(t, dbtest.SQLite(t))
	s := webtest.New(t, w, func(s *page.Site) {
		s.Auth = auth.New(w.DB, w.Vault, w.Policies, w.Clock, auth.Options{Cheap: true})
	})
	v := visit(t, s)
	if to := v.post("/sign-in", credentials()).Header.Get("Location"); to != "/sign-in/set-up" {
		t.Fatalf("leads to %s", to)
	}
	for _, path := range []string{"/account", "/confirm", "/home", "/resume/x"} {
		if r := v.get(path); r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/sign-in?next=") {
			t.Errorf("%s: %d to %s", path, r.StatusCode, r.Header.Get("Location"))
		}
	}
	for _, path := range []string{"/sign-in/code", "/sign-in/password"} {
		if to := v.get(path).Header.Get("Location"); to != "/sign-in/set-up" {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	// Signing in once more in another tab is no mistake.
	if r := v.post("/sign-in", credentials()); r.StatusCode != http.StatusSeeOther {
		t.Errorf("again: %d", r.StatusCode)
	}
	r := v.get("/sign-in/set-up")
	key := regexp.MustCompile(`Key: ([A-Z2-7 ]+)`).FindStringSubmatch(r.body)
	if key == nil || r.find("svg.clew-qr") == nil || r.Header.Get("Cache-Control") != "no-store" {
		t.Error("no key to scan, or one that is cached")
	}
	for _, form := range []url.Values{{"csrf": {r.csrf()}, "key": {"forged"}, "code": {"000000"}}, {"csrf": {r.csrf()}, "key": {strings.Repeat("x", 500)}, "code": {"000000"}}, {"csrf": {r.csrf()}}} {
		if r := v.post("/sign-in/set-up", form); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: status %d", form, r.StatusCode)
		}
	}
}

func TestSigningOut(t *testing.T) {
	v := visit(t, newSite(t))
	v.post("/sign-in", credentials())
	form := url.Values{"csrf": {v.get("/account").csrf()}}
	r := v.post("/sign-out", form)
	if r.StatusCode != http.StatusSeeOther || len(r.Cookies()) != 1 || r.Cookies()[0].MaxAge >= 0 {
		t.Errorf("status %d, cookies %v", r.StatusCode, r.Cookies())
	}
	if r := v.get("/account"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("account after signing out: %d", r.StatusCode)
	}
}

func TestAnEndedSessionHoldsAnswersAndNoPasswords(t *testing.T) {
	s := newSite(t)
	v := visit(t, s)
	v.post("/sign-in", credentials())
	token := v.get("/account").csrf()
	s.World.Clock.Advance(2 * time.Hour)
	r := v.post("/sign-in/password", url.Values{"csrf": {token}, "old": {webtest.Password}, "new": {"five calm river stones"}})
	if to := r.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") || strings.Contains(to, "resume") {
		t.Errorf("a password is held: %s", to)
	}
	r = v.post("/cases/01900000-0000-7000-8000-000000000001/decide", url.Values{"csrf": {token}, "text": {"<b>typed</b>\nmore"}, "kind": {"a", "b"}})
	to, err := url.Parse(r.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.Query().Get("next"), "/resume/") {
		t.Fatalf("leads to %v, %v", to, err)
	}
	if to := v.post(to.String(), credentials()).Header.Get("Location"); !strings.HasPrefix(to, "/resume/") {
		t.Fatalf("leads to %s", to)
	}
	r = v.get(to.Query().Get("next"))
	if r.value(`main input[name=text]`) != "<b>typed</b>\nmore" || strings.Contains(r.body, "<b>typed") || r.value(`main input[name=csrf]`) == token {
		t.Error("what was typed came back wrongly")
	}
	if n := len(cascadia.QueryAll(r.doc, cascadia.MustCompile(`main input[name=kind]`))); n != 2 {
		t.Errorf("%d of two answers came back", n)
	}
}
