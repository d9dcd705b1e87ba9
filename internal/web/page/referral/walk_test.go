package referral_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"clew/internal/auth"
	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

// responder is the one who refers.
const responder = "first_responder@police"

// visitor is a signed-in browser without scripts.
type visitor struct {
	t    *testing.T
	site *webtest.Site
	*http.Client
}

func visit(t *testing.T, site *webtest.Site, name string) *visitor {
	t.Helper()
	return &visitor{t, site, site.SignIn(name)}
}

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

// sheet is an answer of the site: its status, address and content.
type sheet struct {
	t    *testing.T
	code int
	to   string // where it redirects
	path string
	body *html.Node
}

func (v *visitor) get(path string) *sheet {
	v.t.Helper()
	res, err := v.Get(v.site.Server.URL + path)
	return v.read(path, res, err)
}

func (v *visitor) post(path string, values url.Values) *sheet {
	v.t.Helper()
	res, err := v.PostForm(v.site.Server.URL+path, values)
	return v.read(path, res, err)
}

func (v *visitor) read(path string, res *http.Response, err error) *sheet {
	v.t.Helper()
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
	return &sheet{v.t, res.StatusCode, res.Header.Get("Location"), path, doc}
}

func (s *sheet) all(selector string) []*html.Node {
	s.t.Helper()
	return cascadia.QueryAll(s.body, cascadia.MustCompile(selector))
}

func (s *sheet) text(selector string) string {
	s.t.Helper()
	var b strings.Builder
	for _, n := range s.all(selector) {
		write(&b, n)
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

func write(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		write(b, c)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// values is what the page's main form would send untouched.
func (s *sheet) values() url.Values {
	s.t.Helper()
	v := url.Values{}
	for _, n := range s.all("main form[method=post] input, main form[method=post] textarea, main form[method=post] select") {
		name := attr(n, "name")
		switch {
		case name == "" || attr(n, "type") == "file":
		case n.Data == "textarea":
			var b strings.Builder
			write(&b, n)
			v.Add(name, b.String())
		case n.Data == "select":
			for _, o := range cascadia.QueryAll(n, cascadia.MustCompile("option[selected]")) {
				v.Set(name, attr(o, "value"))
			}
		case attr(n, "type") == "radio" || attr(n, "type") == "checkbox":
			if has(n, "checked") {
				v.Add(name, attr(n, "value"))
			}
		default:
			v.Set(name, attr(n, "value"))
		}
	}
	return v
}

// with changes what the form would send.
func (s *sheet) with(pairs ...string) url.Values {
	v := s.values()
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// status fails the test unless the answer has the status.
func (s *sheet) status(want int) *sheet {
	s.t.Helper()
	if s.code != want {
		s.t.Fatalf("%s: status %d, want %d\n%s", s.path, s.code, want, s.text("main"))
	}
	return s
}

// leads fails the test unless the answer redirects, and returns the path.
func (s *sheet) leads() string {
	s.t.Helper()
	s.status(http.StatusSeeOther)
	path, _, _ := strings.Cut(s.to, "?")
	return path
}

// begin makes a draft and returns its path.
func (v *visitor) begin() string {
	v.t.Helper()
	return v.post("/referrals/new", v.get("/referrals/new").status(http.StatusOK).with("do", "begin")).leads()
}

// fill answers one page of a draft and returns where it leads.
func (v *visitor) fill(draft, step string, pairs ...string) string {
	v.t.Helper()
	path := draft + "/" + step
	return v.post(path, v.get(path).status(http.StatusOK).with(pairs...)).leads()
}

// adult answers everything that an adult's referral needs.
func (v *visitor) adult(draft string) {
	v.t.Helper()
	v.fill(draft, "place", "jurisdiction", "england-wales")
	v.fill(draft, "age", "age.stated", "adult")
	v.fill(draft, "consent", "consent.explained", "yes", "consent.answer", "yes", "consent.noticeVersion", "2026-1", "consent.language", "vie",
		"consent.interpreter", "yes", "consent.on-day", "11", "consent.on-month", "3", "consent.on-year", "2025")
	v.fill(draft, "name", "identity.names.0.given", "Quynh Zebra", "identity.names.0.family", "Testperson")
	v.fill(draft, "about-the-person", "identity.birthDate-year", "1996", "identity.gender", "feminine", "identity.nationality", "VNM")
	v.fill(draft, "identity-documents")
	v.rest(draft)
}

// rest answers the pages after the person's own.
func (v *visitor) rest(draft string) {
	v.t.Helper()
	v.fill(draft, "exploitation", "facts.exploitation", "forced_labour")
	v.fill(draft, "where-and-when", "facts.exploitedWhere", "domestic")
	v.fill(draft, "circumstances", "facts.act", "recruited")
	v.fill(draft, "what-happened", "narrative.account", "Worked in a nail salon without pay.\nThe passport was taken.")
	v.fill(draft, "indicators")
	v.fill(draft, "risks-and-needs", "facts.stillExploited", "no")
	v.fill(draft, "others-involved")
	v.fill(draft, "police")
	v.fill(draft, "current-location", "facts.currentLocation", "safe", "contact.town", "Testbury")
	v.fill(draft, "safe-contact", "contact.safeToReach", "no")
	v.fill(draft, "your-details", "narrative.referrer.phone", "0117 496 0000")
	v.post(draft+"/evidence", v.get(draft+"/evidence").status(http.StatusOK).with("go", "on")).leads()
}

// send submits a draft and returns the receipt's path.
func (v *visitor) send(draft string) string {
	v.t.Helper()
	return v.post(draft+"/check", v.get(draft+"/check").status(http.StatusOK).values()).leads()
}

// follow goes where an answer leads.
func (v *visitor) follow(s *sheet) *sheet {
	v.t.Helper()
	s.status(http.StatusSeeOther)
	return v.get(s.to)
}

// csrf is the token alone.
func (s *sheet) csrf() url.Values {
	s.t.Helper()
	for _, n := range s.all("input[name=csrf]") {
		return url.Values{"csrf": {attr(n, "value")}}
	}
	s.t.Fatalf("%s: no token on the page", s.path)
	return nil
}

// every is what the page's form would send, with each value of a name.
func (s *sheet) every() url.Values {
	v := url.Values{}
	for _, n := range s.all("main form input") {
		v.Add(attr(n, "name"), attr(n, "value"))
	}
	return v
}

// colleague signs in a second first responder of the same agency.
func colleague(t *testing.T, site *webtest.Site) *visitor {
	t.Helper()
	const name = "colleague@police"
	actor := site.Actor(responder)
	_, _, err := site.Auth.Bootstrap(t.Context(), auth.NewUser{AgencyID: actor.AgencyID, Login: webtest.Login(name), Name: "A Colleague",
		Roles: actor.Roles, Password: webtest.Password}, false)
	if err != nil {
		t.Fatal(err)
	}
	return visit(t, site, name)
}

// adultPlace says where it happened, in words that lead to the person.
func (v *visitor) adultPlace(draft string) {
	v.t.Helper()
	path := draft + "/where-and-when"
	s := v.post(path, v.get(path).with("add", "narrative.situations"))
	v.post(path, s.with("narrative.situations.0.country", "GBR", "narrative.situations.0.town", "Testbury", "narrative.situations.0.address", "Factory Lane")).leads()
	v.fill(draft, "police", "facts.policeReport", "yes", "narrative.crimeReference", "CR/77")
}
