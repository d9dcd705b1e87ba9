package signin

import (
	"net/http"

	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// confirm asks for the one-time code or the password again before a decision.
func confirm(rq *page.Request) error {
	f := rq.Form()
	var proof *form.Field
	if rq.Session.User.HasTOTP {
		proof = codeField(f, "proof")
	} else {
		proof = f.Password("proof", "Password", form.Required("Enter your password."), form.Width("20"), form.Autocomplete("current-password"))
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
	return rq.ShowForm(ui.Page{Title: "Confirm that it is you"}, f, ui.Reading{ui.Heading{Level: 1, Text: "Confirm that it is you"},
		ui.Para("What you are about to do weighs heavily, so clew asks again who is at the keyboard. You will not be asked again for ten minutes."), f})
}
