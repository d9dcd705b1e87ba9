package signin

import (
	"fmt"

	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	signedOut           = page.Flash("signed-out", "You are signed out.")
	signedOutEverywhere = page.Flash("signed-out-everywhere", "You are signed out everywhere.")
)

// account is what somebody can see and change of their own account.
func account(rq *page.Request) error {
	u := rq.Session.User
	code, err := codeState(rq)
	if err != nil {
		return err
	}
	everywhere := form.New("/account/sign-out-everywhere", rq.CSRF()).Buttons(ui.Button{Text: "Sign out everywhere", Kind: ui.Secondary})
	rows := []ui.SummaryRow{
		{Key: "Name", Value: ui.Text(u.Name)},
		{Key: "Sign-in name", Value: ui.Text(u.Login)},
		{Key: "Agency", Value: ui.Text(rq.Session.Agency.Name)},
		{Key: "Password", Value: ui.Text("Set"), Actions: []ui.Link{{Text: "Change", Hidden: "your password", Href: "/sign-in/password?next=/account"}}},
		code,
	}
	if !u.SignedInAt.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "Signed in", Value: ui.Stacked{Main: ui.Moment{At: u.SignedInAt}, Sub: "Universal time (UTC). If that was not you, sign out everywhere and tell your administrator."}})
	}
	return rq.Show(ui.Page{Title: "Your account"}, ui.Heading{Level: 1, Text: "Your account"}, ui.SummaryList{Rows: rows},
		ui.Heading{Level: 2, Text: "Other places"},
		ui.Para("If you may have left a session open on another computer or telephone, end them all, this one too."), everywhere)
}

// codeState says whether one-time codes are set up, and how many ways in are
// left without the app.
func codeState(rq *page.Request) (ui.SummaryRow, error) {
	row := ui.SummaryRow{Key: "One-time code", Value: ui.Text("Not set up"), Actions: []ui.Link{{Text: "Set up", Hidden: "one-time codes", Href: "/sign-in/set-up?next=/account"}}}
	if !rq.Session.User.HasTOTP {
		return row, nil
	}
	left, err := rq.Site.Auth.RecoveryLeft(rq.Context(), rq.Session.User.ID)
	sub := fmt.Sprintf("%d recovery codes left.", left)
	if left < 3 {
		sub += " Set up again to get new ones."
	}
	row.Value, row.Actions[0].Text = ui.Stacked{Main: ui.Text("Set up"), Sub: sub}, "Set up again"
	return row, err
}

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
	return rq.Done("/", signedOutEverywhere)
}
