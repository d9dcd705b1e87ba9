package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var userSaved = page.Flash("admin-user-saved", "The account was saved.")

// number reads a revision that a form carries; a forged one is 0, which no row
// has.
func number(f *form.Field) int {
	n, err := strconv.Atoi(f.Text())
	if err != nil {
		return 0
	}
	return n
}

// agencyOptions lists every agency, inactive ones too: their users can still be
// looked after.
func agencyOptions(rq *page.Request) ([]form.Option, error) {
	list, err := rq.Site.Auth.Agencies(rq.Context())
	if err != nil {
		return nil, err
	}
	o := make([]form.Option, len(list))
	for i, a := range list {
		o[i] = form.Option{Value: a.ID.String(), Label: a.Name}
	}
	return o, nil
}

// users lists the accounts of one agency, or every locked one.
func users(rq *page.Request) error {
	places, err := agencyOptions(rq)
	if err != nil {
		return err
	}
	f := form.NewSearch("/admin/users").Buttons(ui.Button{Text: "Show users", Kind: ui.Secondary})
	agency := f.Select("agency", "Agency", places)
	show := f.Checkboxes("show", "Show", []form.Option{{Value: "locked", Label: "Only locked accounts, of every agency if none is chosen"}}, form.Small())
	if err := f.Parse(rq.Request); err != nil {
		return err
	}
	add := "/admin/users/new"
	if agency.Choice() != "" {
		add += "?" + url.Values{"agency": {agency.Choice()}}.Encode()
	}
	body := append(frame("Users", "/admin/users"), ui.Button{Text: "Add a user", Href: add}, f)
	if f.Valid() && (agency.Choice() != "" || show.Chose("locked")) {
		id, _ := core.ParseID(agency.Choice()) // empty, or from the list
		t, err := userTable(rq, id, show.Chose("locked"))
		if err != nil {
			return err
		}
		body = append(body, t)
	}
	return rq.ShowForm(ui.Page{Title: "Users"}, f, body...)
}

func userTable(rq *page.Request, agency core.ID, lockedOnly bool) (ui.Table, error) {
	t := ui.Table{Caption: "Accounts by name", RowHeader: true, Empty: "There is no such account.",
		Columns: []ui.Column{{Title: "Name"}, {Title: "Agency"}, {Title: "Roles"}, {Title: "State"}, {Title: "Last sign-in"}}}
	list, err := rq.Site.Auth.Users(rq.Context(), agency)
	if err != nil {
		return t, err
	}
	for _, u := range list {
		locked := u.Active && u.LockedUntil.After(rq.Site.Clock.Now())
		if lockedOnly && !locked {
			continue
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Link{Text: u.Name, Href: "/admin/users/" + u.ID.String()}, Sub: u.Login},
			ui.Text(rq.Site.AgencyName(rq.Context(), u.AgencyID)), ui.Text(roleLabels(u.Roles)), userState(u, locked), day(u.SignedInAt)}})
	}
	return t, nil
}

func roleLabels(roles []core.Role) string {
	labels := make([]string, len(roles))
	for i, r := range roles {
		labels[i] = r.Label()
	}
	return strings.Join(labels, ", ")
}

func userState(u auth.User, locked bool) ui.Component {
	switch {
	case !u.Active:
		return ui.Tag{Text: "Inactive", Tone: ui.Neutral}
	case locked:
		return ui.Tag{Text: "Locked", Tone: ui.Negative}
	case u.MustChange:
		return ui.Tag{Text: "First password", Tone: ui.Waiting}
	}
	return ui.Tag{Text: "Active", Tone: ui.Positive}
}

func roleField(f *form.Form, chosen []core.Role) *form.Field {
	var options []form.Option
	for _, r := range core.Roles {
		options = append(options, form.Option{Value: string(r), Label: r.Label(), Only: r == core.RoleAdministrator})
	}
	words := make([]string, len(chosen))
	for i, r := range chosen {
		words[i] = string(r)
	}
	return f.Checkboxes("roles", "Roles", options, form.Required("Choose at least one role."), form.Value(words...),
		form.Hint("A role has work only in some kinds of agency. An administrator sees no case and has no other role."))
}

func roles(f *form.Field) []core.Role {
	var list []core.Role
	for _, v := range f.Choices() {
		list = append(list, core.Role(v))
	}
	return list
}

// addUser makes an account and shows its first password once.
func addUser(rq *page.Request) error {
	places, err := agencyOptions(rq)
	if err != nil {
		return err
	}
	f := form.New("/admin/users/new", rq.CSRF()).Buttons(ui.Button{Text: "Add the user"}, ui.Button{Text: "Cancel", Href: "/admin/users", Kind: ui.Quiet})
	agency := f.Select("agency", "Agency", places, form.Required("Choose the agency."), form.Value(given(rq.URL.Query().Get("agency"))...))
	name := f.Text("name", "Name", form.Required("Enter the person's name."), form.Hint("As colleagues know them. It stands beside everything they do."))
	login := f.Text("login", "Sign-in name", form.Required("Enter a sign-in name."), form.Hint("An e-mail address or a staff number."))
	role := roleField(f, nil)
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			id, err := core.ParseID(agency.Choice())
			if err != nil {
				return page.ErrNotFound
			}
			user, password, err := rq.Site.Auth.AddUser(rq.Context(), rq.Actor, auth.NewUser{AgencyID: id, Login: login.Text(), Name: name.Text(), Roles: roles(role)})
			if err == nil {
				return secret(rq, "The account was made", "First password", password, "Give it to "+name.Text()+" in person or by telephone. They choose their own at the first sign-in.",
					ui.Button{Text: "Go to the account", Href: "/admin/users/" + user.String(), Kind: ui.Secondary})
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Add a user", Back: "/admin/users"}, f, ui.Measure{ui.Heading{Level: 1, Text: "Add a user"}, f})
}

// changeUser changes name, roles and whether the account is active.
func changeUser(rq *page.Request) error {
	u, err := userOf(rq)
	if err != nil {
		return err
	}
	list := "/admin/users?agency=" + u.AgencyID.String()
	f := rq.Form().Buttons(ui.Button{Text: "Save"}, ui.Button{Text: "Cancel", Href: list, Kind: ui.Quiet})
	rev := f.Hidden("rev", strconv.Itoa(u.Rev))
	name := f.Text("name", "Name", form.Required("Enter the person's name."), form.Value(u.Name))
	role := roleField(f, u.Roles)
	yes := "no"
	if u.Active {
		yes = "yes"
	}
	active := f.Radios("active", "May this person sign in?", []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No", Hint: "They are signed out everywhere at once. What they did stays in the record under their name."}},
		form.Required("Choose whether this person may sign in."), form.Value(yes))
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			err := rq.Site.Auth.ChangeUser(rq.Context(), rq.Actor, u.ID, number(rev), name.Text(), roles(role), active.Choice() == "yes")
			if err == nil {
				return rq.Done(list, userSaved)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Change an account", Back: list}, f, ui.Measure{ui.Heading{Level: 1, Text: "Change an account"}, account(rq, u), f,
		ui.Heading{Level: 2, Text: "A new first password"},
		ui.Para("For somebody who is locked out or has lost their codes. It takes away the old password, the one-time codes and any lock, and signs them out everywhere."),
		form.New("/admin/users/"+u.ID.String()+"/reset", rq.CSRF()).Buttons(ui.Button{Text: "Make a new first password", Kind: ui.Harmful})})
}

func userOf(rq *page.Request) (*auth.User, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Auth.User(rq.Context(), id)
}

func account(rq *page.Request, u *auth.User) ui.SummaryList {
	codes := "Not set up"
	if u.HasTOTP {
		codes = "Set up"
	}
	return ui.SummaryList{Rows: []ui.SummaryRow{
		{Key: "Sign-in name", Value: ui.Text(u.Login)},
		{Key: "Agency", Value: ui.Text(rq.Site.AgencyName(rq.Context(), u.AgencyID))},
		{Key: "State", Value: userState(*u, u.LockedUntil.After(rq.Site.Clock.Now()))},
		{Key: "One-time codes", Value: ui.Text(codes)},
		{Key: "Last sign-in", Value: day(u.SignedInAt)},
		{Key: "Account made", Value: day(u.CreatedAt)},
	}}
}

func resetUser(rq *page.Request) error {
	u, err := userOf(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	password, err := rq.Site.Auth.ResetUser(rq.Context(), rq.Actor, u.ID)
	if err != nil {
		return err
	}
	return secret(rq, "A new first password was made", "First password", password, "Make sure that you speak to "+u.Name+" before you give it away. They choose their own at the next sign-in.",
		ui.Button{Text: "Back to the account", Href: "/admin/users/" + u.ID.String(), Kind: ui.Secondary})
}
