package signin

import (
	"bytes"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"

	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// heldPath is where typed answers wait for the next sign-in.
const heldPath = "/resume/"

// resume gives back what was typed before a session ended, to be sent again.
func resume(rq *page.Request) error {
	path, values, err := rq.Site.Auth.HeldForm(rq.Context(), rq.Session.User.ID, rq.PathValue("held"))
	if err != nil {
		return err
	}
	again := heldForm{Action: page.SafePath(path), TokenName: form.CSRFField, Token: rq.CSRF(), Values: values,
		Buttons: ui.Buttons{Items: []ui.Button{{Text: "Send what I typed"}, {Text: "Do not send it", Href: "/home", Kind: ui.Quiet}}}}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Your answers were kept"},
		ui.Para("You had to sign in again while you were writing. Nothing you typed was lost, and nothing has been sent yet. Files have to be chosen again.")}
	if typed := typedRows(values); len(typed) > 0 {
		body = append(body, ui.Details{Summary: "Show what I typed", Body: []ui.Component{ui.SummaryList{Rows: typed}}})
	}
	return rq.Show(ui.Page{Title: "Your answers were kept"}, ui.Reading(append(body, again)))
}

// typedRows lists the answers by the last word of their fields' names: enough to
// recognise a text, or to copy it.
func typedRows(values url.Values) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := strings.TrimSpace(strings.Join(values[name], "\n"))
		if text == "" || name == "rev" {
			continue
		}
		rows = append(rows, ui.SummaryRow{Key: fieldWord(name), Value: ui.Prose(text)})
	}
	return rows
}

func fieldWord(name string) string {
	word := strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(name)
	return strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):]
}

// heldForm sends the same values again, with today's form token. It is not made
// of fields: a name may stand there several times.
type heldForm struct {
	Action           string
	TokenName, Token string
	Values           url.Values
	Buttons          ui.Buttons
}

var heldTemplate = template.Must(template.New("held").Parse(
	`<form method="post" action="{{.Action}}" novalidate><input type="hidden" name="{{.TokenName}}" value="{{.Token}}">` +
		`{{range $name, $list := .Values}}{{range $list}}<input type="hidden" name="{{$name}}" value="{{.}}">{{end}}{{end}}{{.Buttons.HTML}}</form>`))

// HTML renders the form.
func (h heldForm) HTML() (template.HTML, error) {
	var b bytes.Buffer
	err := heldTemplate.Execute(&b, h)
	return template.HTML(b.String()), err //nolint:gosec // html/template has escaped it
}
