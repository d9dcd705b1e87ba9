package front

import (
	"bytes"
	"html/template"

	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// sees says in a few words what a role is shown, by the role's label.
var sees = map[string]string{
	core.RoleFirstResponder.Label():   "Refers somebody, and follows what happens",
	core.RoleCaseworker.Label():       "Works a queue by the clock, and decides",
	core.RoleReviewer.Label():         "Looks again at a decision before it is served",
	core.RoleManager.Label():          "Gives out the work, and watches the clock",
	core.RoleSafeguardingLead.Label(): "Sees each child’s case from day one",
	core.RoleSupportWorker.Label():    "Helps those who accept support",
	core.RoleAdviser.Label():          "Takes calls, and answers what the public writes",
	core.RoleImmigrationStaff.Label(): "Asks whether somebody may be removed; sees nothing else",
	core.RoleOfficer.Label():          "Works with the authority on what is shared",
	core.RoleStatistician.Label():     "Sees figures, and no person",
	core.RoleAuditor.Label():          "Sees who looked at what, and proves the record",
	core.RoleAdministrator.Label():    "Looks after agencies and accounts; sees no case",
}

// demoSignIns is one line for each account, in the order of a case's way. The
// button fills nothing in behind anybody's back: it posts the password that
// stands above the table.
func demoSignIns(rq *page.Request) []ui.Component {
	t := ui.Table{Caption: "Sign in as", CaptionHidden: true, RowHeader: true, Columns: []ui.Column{{Title: "Sign in as"}, {Title: "Who"}, {Title: "What they do"}}}
	password := ""
	for _, s := range rq.Site.Demo.SignIns {
		password = s.Password
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{oneClick(s), ui.Stacked{Main: ui.Text(s.Name), Sub: s.Agency}, ui.Text(sees[s.Role])}})
	}
	return []ui.Component{
		ui.Heading{Level: 2, Text: "Look around in a country that does not exist"},
		ui.Para("Everybody here is made up. Choose whose eyes to see through. Sign out to become somebody else."),
		t,
		ui.Details{Summary: "Sign in by hand", Body: []ui.Component{
			ui.Para("The password of every account is: " + password),
			names(rq.Site.Demo.SignIns),
			ui.Link{Text: "Go to the sign-in page", Href: "/sign-in"}}},
	}
}

func names(list []page.DemoSignIn) ui.Component {
	rows := make([]ui.SummaryRow, len(list))
	for i, s := range list {
		rows[i] = ui.SummaryRow{Key: s.Role, Value: ui.Text(s.Login)}
	}
	return ui.SummaryList{Rows: rows, Plain: true}
}

// oneClick is a sign-in form of one button.
type oneClick page.DemoSignIn

var oneClickTemplate = template.Must(template.New("one-click").Parse(
	`<form method="post" action="/sign-in"><input type="hidden" name="login" value="{{.Login}}"><input type="hidden" name="password" value="{{.Password}}">` +
		`<button class="clew-link-button" type="submit">{{.Role}}<span class="govuk-visually-hidden">: sign in as {{.Name}}, {{.Agency}}</span></button></form>`))

// HTML renders the form.
func (o oneClick) HTML() (template.HTML, error) { return render(oneClickTemplate, o) }

// lead is the first paragraph of the front page.
type lead string

var leadTemplate = template.Must(template.New("lead").Parse(`<p class="govuk-body-l">{{.}}</p>`))

// HTML renders the paragraph.
func (l lead) HTML() (template.HTML, error) { return render(leadTemplate, string(l)) }

func render(t *template.Template, data any) (template.HTML, error) {
	var b bytes.Buffer
	err := t.Execute(&b, data)
	return template.HTML(b.String()), err //nolint:gosec // html/template has escaped it
}
