package journey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"clew/internal/auth"
	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/page"
	"clew/internal/web/webtest"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

const caseworker = "caseworker@competent_authority"

// serveStrict serves a world where everybody needs one-time codes, as outside
// the demonstration.
func serveStrict(t *testing.T) *webtest.Site {
	t.Helper()
	w := caseworktest.New(t, dbtest.SQLite(t))
	return webtest.New(t, w, func(s *page.Site) {
		s.Auth = auth.New(w.DB, w.Vault, w.Policies, w.Clock, auth.Options{Cheap: true})
	})
}

func onPage(t *testing.T, ctx context.Context, want string) { //nolint:revive // t comes first in tests
	t.Helper()
	if got := browser.TextOf(t, ctx, "h1"); got != want {
		t.Fatalf("the page is %q, want %q", got, want)
	}
}

func appCode(t *testing.T, s *webtest.Site, key string) string {
	t.Helper()
	c, err := totp.GenerateCode(strings.ReplaceAll(strings.TrimPrefix(key, "Key: "), " ", ""), s.World.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFirstSignIn goes from a first password to somebody who is signed in, and
// in again with a code.
func TestFirstSignIn(t *testing.T) {
	s := serveStrict(t)
	ctx := browser.New(t)
	first, err := s.Auth.ResetUser(context.Background(), s.Actor("administrator@competent_authority"), s.Users[caseworker])
	if err != nil {
		t.Fatal(err)
	}
	browser.Open(t, ctx, s.Server.URL+"/")
	look(t, ctx, "front")
	browser.Press(t, ctx, "Sign in")
	look(t, ctx, "sign-in")
	browser.Press(t, ctx, "Sign in")
	look(t, ctx, "sign-in-empty")
	browser.Fill(t, ctx, "#login", webtest.Login(caseworker))
	browser.Fill(t, ctx, "#password", "not the password")
	if status := browser.Press(t, ctx, "Sign in"); status != 422 {
		t.Errorf("a wrong password: status %d", status)
	}
	look(t, ctx, "sign-in-wrong")
	browser.Fill(t, ctx, "#password", first)
	browser.Press(t, ctx, "Sign in")

	onPage(t, ctx, "Set up one-time codes")
	look(t, ctx, "set-up")
	key := browser.TextOf(t, ctx, ".govuk-inset-text")
	browser.Fill(t, ctx, "#code", "12 34")
	browser.Press(t, ctx, "Continue")
	look(t, ctx, "set-up-wrong")
	if again := browser.TextOf(t, ctx, ".govuk-inset-text"); again != key {
		t.Error("a mistyped code means scanning again")
	}
	browser.Fill(t, ctx, "#code", appCode(t, s, key))
	browser.Press(t, ctx, "Continue")
	onPage(t, ctx, "Keep your recovery codes")
	look(t, ctx, "recovery")
	browser.Press(t, ctx, "I have kept them")

	onPage(t, ctx, "Choose your own password")
	look(t, ctx, "choose-password")
	browser.Fill(t, ctx, "#old", first)
	browser.Fill(t, ctx, "#new", "too short")
	browser.Press(t, ctx, "Change password")
	look(t, ctx, "choose-password-wrong")
	browser.Fill(t, ctx, "#old", first)
	browser.Fill(t, ctx, "#new", "five calm river stones")
	browser.Press(t, ctx, "Change password")
	if !strings.HasPrefix(browser.Get(t, ctx, chromedp.Location()), s.Server.URL+"/home") {
		t.Errorf("led to %s", browser.Get(t, ctx, chromedp.Location()))
	}

	browser.Press(t, ctx, "Sign out")
	look(t, ctx, "signed-out")
	s.World.Clock.Advance(time.Minute)
	browser.Open(t, ctx, s.Server.URL+"/sign-in?next=/account")
	browser.Fill(t, ctx, "#login", webtest.Login(caseworker))
	browser.Fill(t, ctx, "#password", "five calm river stones")
	browser.Press(t, ctx, "Sign in")
	onPage(t, ctx, "Enter your code")
	look(t, ctx, "code")
	browser.Fill(t, ctx, "#code", "12")
	browser.Press(t, ctx, "Continue")
	look(t, ctx, "code-wrong")
	browser.Fill(t, ctx, "#code", appCode(t, s, key))
	browser.Press(t, ctx, "Continue")
	onPage(t, ctx, "Your account")
	look(t, ctx, "account")
}

// TestConfirming is asked again before something heavy, here for new codes.
func TestConfirming(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, caseworker)
	s.World.Clock.Advance(20 * time.Minute)
	browser.Open(t, ctx, s.Server.URL+"/account")
	look(t, ctx, "account-without-codes")
	browser.Follow(t, ctx, `a[href^="/sign-in/set-up"]`)
	onPage(t, ctx, "Confirm that it is you")
	look(t, ctx, "confirm")
	browser.Fill(t, ctx, "#proof", "not the password")
	browser.Press(t, ctx, "Confirm")
	look(t, ctx, "confirm-wrong")
	browser.Fill(t, ctx, "#proof", webtest.Password)
	browser.Press(t, ctx, "Confirm")
	onPage(t, ctx, "Set up one-time codes")
	key := browser.TextOf(t, ctx, ".govuk-inset-text")
	browser.Fill(t, ctx, "#code", appCode(t, s, key))
	browser.Press(t, ctx, "Continue")
	browser.Press(t, ctx, "I have kept them")
	onPage(t, ctx, "Your account")
	browser.Follow(t, ctx, `a[href^="/sign-in/password"]`)
	look(t, ctx, "change-password")
	browser.Open(t, ctx, s.Server.URL+"/account")
	browser.Press(t, ctx, "Sign out everywhere")
	browser.Open(t, ctx, s.Server.URL+"/account")
	onPage(t, ctx, "Sign in")
}

// TestASessionEndsInTheMiddleOfAForm loses nothing that was typed. Passwords are
// the exception: they are typed again.
func TestASessionEndsInTheMiddleOfAForm(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, "first_responder@police")
	browser.Open(t, ctx, s.Server.URL+"/referrals/new")
	const typed = "She said: “never call after six”.\nSecond line."
	// A form of the page's own, with the page's own token, whatever its fields.
	browser.Do(t, ctx, chromedp.Evaluate[chromedp.Void](`(() => {
		const token = document.querySelector("input[name=csrf]").value;
		const form = document.createElement("form");
		form.method = "post"; form.action = "/referrals/new"; form.id = "typed";
		for (const [name, value] of [["csrf", token], ["account", "She said: “never call after six”.\nSecond line."], ["indicator", "GEN-01"], ["indicator", "GEN-02"]]) {
			const input = document.createElement("textarea");
			input.name = name; input.value = value; input.setAttribute("aria-label", name); form.append(input);
		}
		const send = document.createElement("button");
		send.textContent = "Send"; form.append(send);
		document.querySelector("main").append(form);
	})()`))
	s.World.Clock.Advance(2 * time.Hour)
	browser.Follow(t, ctx, "#typed button")
	onPage(t, ctx, "Sign in")
	look(t, ctx, "sign-in-again")
	browser.Fill(t, ctx, "#login", webtest.Login("first_responder@police"))
	browser.Fill(t, ctx, "#password", webtest.Password)
	browser.Press(t, ctx, "Sign in")
	onPage(t, ctx, "Your answers were kept")
	look(t, ctx, "resume")
	got := browser.Get(t, ctx, chromedp.Evaluate[string](`document.querySelector("main input[name=account]").value`))
	if got != typed {
		t.Errorf("came back as %q", got)
	}
	if n := browser.Get(t, ctx, chromedp.Evaluate[int](`document.querySelectorAll("main input[name=indicator]").length`)); n != 2 {
		t.Errorf("%d of two answers to one question came back", n)
	}
	held := browser.Get(t, ctx, chromedp.Location())
	other := browser.Another(t, ctx)
	signIn(t, other, s, "first_responder@ngo")
	browser.Open(t, other, held)
	onPage(t, other, "Page not found")
}

func TestSigningInWithoutJavaScript(t *testing.T) {
	s := serveStrict(t)
	ctx := browser.New(t)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Open(t, ctx, s.Server.URL+"/sign-in?next=/account")
	browser.Press(t, ctx, "Sign in")
	browser.Fill(t, ctx, "#login", webtest.Login(caseworker))
	browser.Fill(t, ctx, "#password", webtest.Password)
	browser.Press(t, ctx, "Sign in")
	onPage(t, ctx, "Set up one-time codes")
	key := browser.TextOf(t, ctx, ".govuk-inset-text")
	browser.Fill(t, ctx, "#code", appCode(t, s, key))
	browser.Press(t, ctx, "Continue")
	browser.Press(t, ctx, "I have kept them")
	onPage(t, ctx, "Your account")
	browser.Do(t, ctx, browser.WithJavaScript())
	browser.Check(t, ctx)
}

func TestTheFrontOfTheDemonstration(t *testing.T) {
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)), func(s *page.Site) {
		s.Demo = &page.Demo{
			SignIns: []page.DemoSignIn{
				{Login: webtest.Login(caseworker), Password: webtest.Password, Name: "Casey Morgan", Role: "Caseworker", Agency: "National Identification Authority"},
				{Login: webtest.Login("auditor@oversight"), Password: webtest.Password, Name: "Audra Finch", Role: "Auditor", Agency: "Independent Commissioner"},
			},
			Cases: []page.DemoCase{{Title: "Recovery period", Path: "/cases/none", Login: "caseworker"}},
		}
	})
	ctx := browser.New(t)
	browser.Open(t, ctx, s.Server.URL+"/")
	look(t, ctx, "front-demo")
	for _, path := range []string{"/demo", "/about/record", "/about/accessibility"} {
		browser.Open(t, ctx, s.Server.URL+path)
		look(t, ctx, strings.ReplaceAll(path, "/", "_"))
	}
	browser.Open(t, ctx, s.Server.URL+"/")
	browser.Follow(t, ctx, "main table button")
	if !strings.HasPrefix(browser.Get(t, ctx, chromedp.Location()), s.Server.URL+"/home") {
		t.Errorf("led to %s", browser.Get(t, ctx, chromedp.Location()))
	}
}
