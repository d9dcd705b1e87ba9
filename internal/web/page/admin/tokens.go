package admin

import (
	"net/http"
	"time"

	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var tokenRevoked = page.Flash("admin-token-revoked", "The token was revoked. The machine is refused from now on.")

func tokens(rq *page.Request) error {
	list, err := rq.Site.Auth.Tokens(rq.Context(), rq.Actor)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Tokens, newest first", CaptionHidden: true, RowHeader: true, Empty: "No machine has a token yet.",
		Columns: []ui.Column{{Title: "System"}, {Title: "Agency"}, {Title: "May"}, {Title: "Used"}, {Title: "Until"}, {Title: "Revoke"}}}
	for _, k := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(k.Label), ui.Text(rq.Site.AgencyName(rq.Context(), k.AgencyID)),
			ui.Stacked{Main: ui.Text(k.Role.Label()), Sub: "to " + string(k.Purpose)}, day(k.UsedAt), day(k.ExpiresAt.Add(-time.Microsecond)), tokenEnd(rq, k)}})
	}
	return rq.Show(ui.Page{Title: "Tokens"}, append(frame("Tokens", "/admin/tokens"),
		ui.Para("A token lets one system of one agency do one kind of work for one purpose."), ui.Button{Text: "Add a token", Href: "/admin/tokens/new"}, t)...)
}

func tokenEnd(rq *page.Request, k auth.Token) ui.Component {
	switch {
	case !k.RevokedAt.IsZero():
		return ui.Tag{Text: "Revoked", Tone: ui.Neutral}
	case !k.ExpiresAt.After(rq.Site.Clock.Now()):
		return ui.Tag{Text: "Expired", Tone: ui.Neutral}
	}
	return form.New("/admin/tokens/"+k.ID.String()+"/revoke", rq.CSRF()).Buttons(ui.Button{Text: "Revoke " + k.Label, Kind: ui.Quiet})
}

var purposeLabels = map[core.Purpose]string{core.Identify: "Identify: refer and follow", core.Protect: "Protect: support, safeguard, check before a removal", core.Investigate: "Investigate",
	core.Screen: "Screen", core.Publish: "Publish figures", core.Oversee: "Oversee"}

// addToken makes a token and shows its secret once.
func addToken(rq *page.Request) error {
	places, err := agencyOptions(rq)
	if err != nil {
		return err
	}
	f := form.New("/admin/tokens/new", rq.CSRF()).Buttons(ui.Button{Text: "Make the token"}, ui.Button{Text: "Cancel", Href: "/admin/tokens", Kind: ui.Quiet})
	label := f.Text("label", "Which system uses it", form.Required("Say which system uses the token."), form.Hint("For example: case system of North Police."))
	agency := f.Select("agency", "Agency it speaks for", places, form.Required("Choose the agency."))
	var work, why []form.Option
	for _, r := range core.Roles {
		if r != core.RoleAdministrator {
			work = append(work, form.Option{Value: string(r), Label: r.Label()})
		}
	}
	for _, p := range core.Purposes {
		if text, ok := purposeLabels[p]; ok {
			why = append(why, form.Option{Value: string(p), Label: text})
		}
	}
	role := f.Select("role", "In which role", work, form.Required("Choose what the machine does."))
	purpose := f.Select("purpose", "For which purpose", why, form.Required("Choose the purpose."))
	last := f.Date("expires", "Last day", form.Required("Enter the last day on which the token is good."), form.Hint("At most a year from today."))
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			id, err := core.ParseID(agency.Choice())
			if err != nil {
				return page.ErrNotFound
			}
			text, err := rq.Site.Auth.AddToken(rq.Context(), rq.Actor, auth.Token{AgencyID: id, Label: label.Text(), Role: core.Role(role.Choice()),
				Purpose: core.Purpose(purpose.Choice()), ExpiresAt: last.Date().AddDays(1).StartIn(time.UTC)})
			if err == nil {
				return secret(rq, "The token was made", "Secret", text, "Put it into the other system now, as its bearer token. If it is lost, revoke it and make another.",
					ui.Button{Text: "All tokens", Href: "/admin/tokens", Kind: ui.Secondary})
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Add a token", Back: "/admin/tokens"}, f, ui.Measure{ui.Heading{Level: 1, Text: "Add a token"}, f})
}

func revokeToken(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if err := rq.Site.Auth.RevokeToken(rq.Context(), rq.Actor, id); err != nil {
		return err
	}
	return rq.Done("/admin/tokens", tokenRevoked)
}
