// Package webtest serves the whole site over a test's own world, with an account
// for every member of the fixed cast. It is for tests.
package webtest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/auth"
	"clew/internal/casework/caseworktest"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
	"clew/internal/language"
	"clew/internal/operate"
	"clew/internal/support/supporttest"
	"clew/internal/web"
	"clew/internal/web/page"
)

// Password is the password of every account.
const Password = "four quiet walnut lamps"

// Site is a served site.
type Site struct {
	*page.Site
	World   *caseworktest.World
	Shelter *supporttest.World // the same world, with providers
	Server  *httptest.Server
	Users   map[string]core.ID // by the cast's names: "caseworker@competent_authority"
	t       testing.TB
}

// New serves the site over the world. Change edits the parts before serving.
func New(t testing.TB, w *caseworktest.World, change ...func(*page.Site)) *Site {
	t.Helper()
	ctx := context.Background()
	a := auth.New(w.DB, w.Vault, w.Policies, w.Clock, auth.Options{WithoutTOTP: true, Cheap: true})
	s := &Site{World: w, Shelter: supporttest.With(t, w), Users: map[string]core.ID{}, t: t}
	s.Site = &page.Site{Auth: a, Cases: w.Service, Support: s.Shelter.Support, Concerns: concerntest.On(t, w).Service, Spoken: language.New(w.DB, w.Policies, w.Clock), Children: w.Children, Letters: w.Letters, Ledger: w.Ledger, Operate: operate.New(w.DB, w.Policies, w.Clock), Policies: w.Policies, Schemes: w.Schemes, Scheme: "uk",
		Clock: w.Clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, f := range change {
		f(s.Site)
	}
	for _, actor := range accesstest.Actors() {
		if actor.IsSystem() {
			continue
		}
		id, _, err := a.Bootstrap(ctx, auth.NewUser{AgencyID: actor.AgencyID, Login: Login(actor.Name), Name: "Test " + actor.Name, Roles: actor.Roles, Password: Password}, false)
		if err != nil {
			t.Fatalf("account %s: %v", actor.Name, err)
		}
		s.Users[actor.Name] = id
	}
	s.Server = httptest.NewServer(web.New(s.Site))
	t.Cleanup(s.Server.Close)
	return s
}

// Login is the sign-in name of a member of the cast.
func Login(name string) string { return strings.NewReplacer("@", ".at.").Replace(name) }

// SignIn returns a client that is signed in as the member of the cast. It does
// not follow redirects.
func (s *Site) SignIn(name string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(s.Server.URL+"/sign-in", url.Values{"login": {Login(name)}, "password": {Password}})
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("sign-in as %s: status %d", name, res.StatusCode)
	}
	return c
}

// Actor is the member of the cast with the account's own id, as a session makes
// it: use it to prepare cases that the account then sees as its own.
func (s *Site) Actor(name string) core.Actor {
	s.t.Helper()
	for _, a := range accesstest.Actors() {
		if a.Name == name {
			a.UserID = s.Users[name]
			return a.Actor
		}
	}
	s.t.Fatalf("no %s in the cast", name)
	return core.Actor{}
}
