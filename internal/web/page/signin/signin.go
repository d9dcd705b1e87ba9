// Package signin holds the screens by which somebody gets in and out: sign-in,
// one-time code, setting both up, confirming again, and what was typed before a
// session ended.
package signin

import (
	"net"
	"net/http"
	"net/url"
	"time"

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

func setCookie(rq *page.Request, token string, age int) {
	c := &http.Cookie{Name: plainCookie, Value: token, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if rq.Site.Secure {
		c.Name, c.Secure = secureCookie, true
	}
	http.SetCookie(rq.W, c)
}

func next(rq *page.Request) string { return page.SafePath(rq.URL.Query().Get("next")) }

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
	f := rq.Form()
	login := f.Text("login", "Sign-in name", form.Required("Enter your sign-in name."), form.Max(100), form.Autocomplete("username"))
	secret := f.Password("password", "Password", form.Required("Enter your password."), form.Autocomplete("current-password"))
	f.Buttons(ui.Button{Text: "Sign in"})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			token, err := rq.Site.Auth.SignIn(rq.Context(), login.Text(), secret.Text(), source(rq))
			if err == nil {
				setCookie(rq, token, 0)
				return onward(rq, token)
			}
			if !refused(f, err) {
				return err
			}
		}
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Sign in"}}
	if next(rq) != "/home" {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("Sign in to go on where you were. What you typed is kept for a day.")}})
	}
	return rq.ShowForm(ui.Page{Title: "Sign in"}, f, append(body, f)...)
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
func onward(rq *page.Request, token string) error {
	sess, err := rq.Site.Auth.Session(rq.Context(), token)
	if err != nil {
		return err
	}
	to := next(rq)
	switch sess.Stage {
	case auth.StageCode:
		return rq.Redirect(withNext("/sign-in/code", to))
	case auth.StageEnrol:
		return rq.Redirect(withNext("/sign-in/set-up", to))
	case auth.StageChange:
		return rq.Redirect(withNext("/sign-in/password", to))
	}
	return rq.Redirect(to)
}

func enterCode(rq *page.Request) error {
	if rq.Session.Stage != auth.StageCode {
		return onward(rq, rq.Token)
	}
	f := rq.Form()
	code := f.Text("code", "Code from your authenticator app", form.Required("Enter the six-digit code."), form.Hint("Or one of your recovery codes."),
		form.Max(30), form.Width("10"), form.Autocomplete("one-time-code"), form.InputMode("numeric"))
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			err := rq.Site.Auth.EnterCode(rq.Context(), rq.Token, code.Text())
			if err == nil {
				return onward(rq, rq.Token)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	code.SetValue("")
	return rq.ShowForm(ui.Page{Title: "Enter your code"}, f, ui.Heading{Level: 1, Text: "Enter your code"}, f)
}

func password(rq *page.Request) error {
	must := rq.Session.Stage == auth.StageChange
	if !must && rq.Session.Stage != auth.StageFull {
		return onward(rq, rq.Token)
	}
	f := rq.Form()
	old := f.Password("old", "Present password", form.Required("Enter your present password."), form.Autocomplete("current-password"))
	fresh := f.Password("new", "New password", form.Required("Enter a new password."), form.Autocomplete("new-password"),
		form.Hint("12 characters or more. Three or four words that do not belong together are good."))
	f.Buttons(ui.Button{Text: "Change password"})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			err := rq.Site.Auth.ChangePassword(rq.Context(), rq.Token, old.Text(), fresh.Text())
			if err == nil {
				return rq.Done(next(rq), passwordChanged)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	title := "Change your password"
	if must {
		title = "Choose your own password"
	}
	return rq.ShowForm(ui.Page{Title: title}, f, ui.Heading{Level: 1, Text: title}, ui.Para("Your other sessions will be signed out."), f)
}

var (
	passwordChanged = page.Flash("password-changed", "Your password was changed.")
	signedOut       = page.Flash("signed-out", "You are signed out.")
)

func signOut(rq *page.Request) error {
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if err := rq.Site.Auth.SignOut(rq.Context(), rq.Token); err != nil {
		return err
	}
	setCookie(rq, "", -1)
	return rq.Done("/", signedOut)
}

func signOutEverywhere(rq *page.Request) error {
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if err := rq.Site.Auth.SignOutEverywhere(rq.Context(), rq.Token); err != nil {
		return err
	}
	setCookie(rq, "", -1)
	return rq.Done("/", signedOut)
}

// confirm asks for the one-time code or the password again before a decision.
func confirm(rq *page.Request) error {
	f := rq.Form()
	var proof *form.Field
	if rq.Session.User.HasTOTP {
		proof = f.Text("proof", "Code from your authenticator app", form.Required("Enter the six-digit code."), form.Max(30), form.Width("10"),
			form.Autocomplete("one-time-code"), form.InputMode("numeric"))
	} else {
		proof = f.Password("proof", "Password", form.Required("Enter your password."), form.Autocomplete("current-password"))
	}
	f.Buttons(ui.Button{Text: "Confirm"}, ui.Button{Text: "Cancel", Href: "/home", Kind: ui.Quiet})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			err := rq.Site.Auth.StepUp(rq.Context(), rq.Token, proof.Text())
			if err == nil {
				return rq.Redirect(next(rq))
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	proof.SetValue("")
	return rq.ShowForm(ui.Page{Title: "Confirm that it is you"}, f, ui.Heading{Level: 1, Text: "Confirm that it is you"},
		ui.Para("A decision changes somebody’s life, so clew asks again who is deciding. You will not be asked again for ten minutes."), f)
}

// resume gives back what was typed before a session ended, to be sent again.
func resume(rq *page.Request) error {
	path, values, err := rq.Site.Auth.HeldForm(rq.Context(), rq.Session.User.ID, rq.PathValue("held"))
	if err != nil {
		return err
	}
	f := form.New(page.SafePath(path), rq.CSRF())
	for name, list := range values {
		if name == form.CSRFField {
			continue
		}
		for _, v := range list {
			f.Hidden(name, v)
		}
	}
	f.Buttons(ui.Button{Text: "Send what I typed"}, ui.Button{Text: "Do not send it", Href: "/home", Kind: ui.Secondary})
	return rq.Show(ui.Page{Title: "Your answers were kept"}, ui.Heading{Level: 1, Text: "Your answers were kept"},
		ui.Para("You were signed out while you were writing. Nothing you typed was lost. Files have to be chosen again."), f)
}

func account(rq *page.Request) error {
	u := rq.Session.User
	code := "Not set up"
	if u.HasTOTP {
		code = "Set up"
	}
	everywhere := form.New("/account/sign-out-everywhere", rq.CSRF()).Buttons(ui.Button{Text: "Sign out everywhere", Kind: ui.Harmful})
	return rq.Show(ui.Page{Title: "Your account"}, ui.Heading{Level: 1, Text: "Your account"},
		ui.SummaryList{Rows: []ui.SummaryRow{
			{Key: "Name", Value: ui.Text(u.Name)},
			{Key: "Sign-in name", Value: ui.Text(u.Login)},
			{Key: "Agency", Value: ui.Text(rq.Session.Agency.Name)},
			{Key: "Password", Value: ui.Text("Set"), Actions: []ui.Link{{Text: "Change", Href: "/sign-in/password"}}},
			{Key: "One-time code", Value: ui.Text(code), Actions: []ui.Link{{Text: "Set up", Href: "/sign-in/set-up"}}},
			{Key: "Account made", Value: ui.Moment{At: u.CreatedAt.In(time.UTC)}},
		}}, everywhere)
}
