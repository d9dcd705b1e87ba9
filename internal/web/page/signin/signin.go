// Package signin holds the screens by which somebody gets in and out: sign-in,
// one-time code, setting both up, confirming again, and what was typed before a
// session ended.
package signin

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/sign-in", Access: page.Public, Handle: signIn},
	{Method: "POST", Path: "/sign-in", Access: page.Public, Handle: signIn},
	{Method: "GET", Path: "/sign-in/code", Access: page.Pending, Handle: enterCode},
	{Method: "POST", Path: "/sign-in/code", Access: page.Pending, Handle: enterCode},
	{Method: "GET", Path: "/sign-in/set-up", Access: page.Pending, Handle: setUp},
	{Method: "POST", Path: "/sign-in/set-up", Access: page.Pending, Handle: setUp},
	{Method: "GET", Path: "/sign-in/password", Access: page.Pending, Handle: password},
	{Method: "POST", Path: "/sign-in/password", Access: page.Pending, Handle: password},
	{Method: "POST", Path: "/sign-out", Access: page.Pending, Handle: signOut},
	{Method: "GET", Path: "/confirm", Access: page.SignedIn, Handle: confirm},
	{Method: "POST", Path: "/confirm", Access: page.SignedIn, Handle: confirm},
	{Method: "GET", Path: "/resume/{held}", Access: page.SignedIn, Handle: resume},
	{Method: "GET", Path: "/account", Access: page.SignedIn, Handle: account},
	{Method: "POST", Path: "/account/sign-out-everywhere", Access: page.SignedIn, Handle: signOutEverywhere},
}

// The cookie's name says by its prefix what the browser must hold it to.
const (
	secureCookie = "__Host-clew"
	plainCookie  = "clew"
)

// Identify finds the session of a request.
func Identify(rq *page.Request) error {
	name := plainCookie
	if rq.Site.Secure {
		name = secureCookie
	}
	c, err := rq.Cookie(name)
	if err != nil {
		return auth.ErrSignedOut
	}
	rq.Token = c.Value
	sess, err := rq.Site.Auth.Session(rq.Context(), c.Value)
	if err != nil {
		return err
	}
	rq.Session, rq.Actor, rq.Purpose = sess, sess.Actor, access.PurposeOf(sess.Actor)
	return nil
}

// renew gives the browser the session's new token and goes on as that session.
func renew(rq *page.Request, token string) error {
	sess, err := rq.Site.Auth.Session(rq.Context(), token)
	if err != nil {
		return err
	}
	setCookie(rq, token, 0)
	rq.Token, rq.Session, rq.Actor, rq.Purpose = token, sess, sess.Actor, access.PurposeOf(sess.Actor)
	return nil
}

func setCookie(rq *page.Request, token string, age int) {
	c := &http.Cookie{Name: plainCookie, Value: token, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if rq.Site.Secure {
		c.Name, c.Secure = secureCookie, true
	}
	http.SetCookie(rq.W, c)
}

// next is where to go afterwards: a page of this site and nothing else. Browsers
// drop tabs and line breaks inside an address, so that "/<tab>/elsewhere" would
// lead away; such a path, and one that names a host, becomes "/home".
func next(rq *page.Request) string {
	const home, longest = "/home", 2000
	to := rq.URL.Query().Get("next")
	u, err := url.Parse(to)
	if err != nil || len(to) > longest || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") {
		return home
	}
	return page.SafePath(to)
}

func withNext(path, next string) string {
	if next == "/home" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

func signIn(rq *page.Request) error {
	if rq.Session != nil && rq.Session.Stage == auth.StageFull {
		return rq.Redirect(next(rq))
	}
	f := form.New(rq.URL.RequestURI(), "")
	login := f.Text("login", "Sign-in name", form.Required("Enter your sign-in name."), form.Max(100), form.Width("20"), form.Autocomplete("username"))
	secret := f.Password("password", "Password", form.Required("Enter your password."), form.Width("20"), form.Autocomplete("current-password"))
	f.Buttons(ui.Button{Text: "Sign in"})
	if rq.Method == http.MethodPost {
		// There is no session yet whose token the form could carry. Posts from other
		// sites have been refused before.
		if err := f.Parse(rq.Request); err != nil {
			return err
		}
		if f.Valid() {
			token, err := rq.Site.Auth.SignIn(rq.Context(), login.Text(), secret.Text(), source(rq))
			if err == nil {
				return begun(rq, token)
			}
			if !refused(f, err) {
				return err
			}
		}
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Sign in"}}
	if strings.HasPrefix(next(rq), heldPath) {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("You were signed out while you were writing. Nothing you typed is lost: sign in with the same account and go on.")}})
	}
	body = append(body, f, ui.Details{Summary: "You cannot sign in?", Body: []ui.Component{
		ui.Para("After several wrong attempts an account is locked for a while: from one minute to an hour. Wait, then try once more."),
		ui.Para("If you have lost your password, or both your app and your recovery codes, ask your administrator. They can give you a new first password.")}})
	return rq.ShowForm(ui.Page{Title: "Sign in"}, f, ui.Reading(body))
}

// begun gives the browser its session, in place of one that was only begun.
func begun(rq *page.Request, token string) error {
	if rq.Token != "" {
		if err := rq.Site.Auth.SignOut(rq.Context(), rq.Token); err != nil {
			return err
		}
	}
	if err := renew(rq, token); err != nil {
		return err
	}
	return onward(rq)
}

// refused puts a sign-in failure on the form as a whole: it does not say which
// of the two was wrong.
func refused(f *form.Form, err error) bool {
	if core.KindOf(err) == core.Unauthorized {
		f.Fail(page.Sentence(err))
		return true
	}
	return page.Refused(f, err)
}

// source is the network address that a sign-in comes from, for its rate limit.
func source(rq *page.Request) string {
	host, _, err := net.SplitHostPort(rq.RemoteAddr)
	if err != nil {
		return rq.RemoteAddr
	}
	return host
}

// onward leads to what the session's stage asks for.
func onward(rq *page.Request) error { return rq.Redirect(step(rq)) }

// step is the page of the session's stage, or where somebody who is signed in
// wants to go.
func step(rq *page.Request) string {
	switch rq.Session.Stage {
	case auth.StageCode:
		return withNext("/sign-in/code", next(rq))
	case auth.StageEnrol:
		return withNext("/sign-in/set-up", next(rq))
	case auth.StageChange:
		return withNext("/sign-in/password", next(rq))
	}
	return next(rq)
}
