package signin

import (
	"net/http"

	"clew/internal/auth"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// codeField is a one-time code or a recovery code; the latter has letters, so
// the telephone's keyboard stays whole.
func codeField(f *form.Form, name string) *form.Field {
	return f.Text(name, "Six-digit code", form.Required("Enter the code that your app shows."), form.Hint("Your authenticator app shows it under “clew”. A recovery code works too."),
		form.Max(30), form.Width("20"), form.Autocomplete("one-time-code"))
}

// enterCode is the second step of signing in.
func enterCode(rq *page.Request) error {
	if rq.Session.Stage != auth.StageCode {
		return onward(rq)
	}
	f := rq.Form()
	code := codeField(f, "code")
	f.Buttons(ui.Button{Text: "Continue"})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			token, err := rq.Site.Auth.EnterCode(rq.Context(), rq.Token, code.Text())
			if err == nil {
				return forward(rq, token)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	code.SetValue("")
	return rq.ShowForm(ui.Page{Title: "Enter your code"}, f, ui.Reading{ui.Heading{Level: 1, Text: "Enter your code"}, f,
		ui.Details{Summary: "The code does not work?", Body: []ui.Component{
			ui.Para("A code is good once and for half a minute. Wait for the next one. If your telephone’s clock is wrong, let it set the time by itself."),
			ui.Para("Without your app, use one of the recovery codes that you kept when you set it up. Without those too, ask your administrator.")}}})
}

// forward goes on under the session's new token.
func forward(rq *page.Request, token string) error {
	if err := renew(rq, token); err != nil {
		return err
	}
	return onward(rq)
}
