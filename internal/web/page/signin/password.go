package signin

import (
	"net/http"

	"clew/internal/auth"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var passwordChanged = page.Flash("password-changed", "Your password was changed.")

// password changes the password, of somebody's own will or after an
// administrator set it.
func password(rq *page.Request) error {
	must := rq.Session.Stage == auth.StageChange
	if !must && rq.Session.Stage != auth.StageFull {
		return onward(rq)
	}
	f := rq.Form()
	old := f.Password("old", "Present password", form.Required("Enter your present password."), form.Width("20"), form.Autocomplete("current-password"))
	fresh := f.Password("new", "New password", form.Required("Enter a new password."), form.Width("20"), form.Autocomplete("new-password"),
		form.Hint("12 characters or more. Three or four words that do not belong together are good."))
	f.Buttons(ui.Button{Text: "Change password"})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			token, err := rq.Site.Auth.ChangePassword(rq.Context(), rq.Token, old.Text(), fresh.Text())
			if err == nil {
				if err := renew(rq, token); err != nil {
					return err
				}
				return rq.Done(next(rq), passwordChanged)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: passwordTitle(must)}, f, ui.Reading{ui.Heading{Level: 1, Text: passwordTitle(must)}, ui.Para(passwordLead(must)), f})
}

func passwordTitle(must bool) string {
	if must {
		return "Choose your own password"
	}
	return "Change your password"
}

func passwordLead(must bool) string {
	if must {
		return "Somebody else made your first password, so it is good only until now. Choose one that nobody but you knows."
	}
	return "Everywhere else where you are signed in, you will be signed out."
}
