package signin

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"clew/internal/auth"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"

	"github.com/boombuler/barcode/qr"
)

// setUp lets somebody put clew into an authenticator app, and then shows the
// recovery codes once.
func setUp(rq *page.Request) error {
	if rq.Session.Stage != auth.StageEnrol && rq.Session.Stage != auth.StageFull {
		return onward(rq)
	}
	f := rq.Form()
	sealed := f.Hidden("key", "")
	code := f.Text("code", "Code that the app shows", form.Required("Enter the six-digit code that the app shows."), form.Max(30), form.Width("10"),
		form.Autocomplete("one-time-code"), form.InputMode("numeric"))
	f.Buttons(ui.Button{Text: "Continue"})
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			token, codes, err := rq.Site.Auth.ConfirmEnrol(rq.Context(), rq.Token, sealed.Text(), code.Text())
			if err == nil {
				return showRecovery(rq, token, codes)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	e, err := enrolment(rq, sealed.Text())
	if err != nil {
		return err
	}
	sealed.SetValue(e.Sealed)
	code.SetValue("")
	return showSetUp(rq, f, e)
}

// enrolment is the key the page showed before, so that a mistyped code does not
// mean scanning again; or a new one.
func enrolment(rq *page.Request, sealed string) (auth.Enrolment, error) {
	if sealed != "" {
		if e, err := rq.Site.Auth.Enrolling(rq.Context(), rq.Token, sealed); err == nil {
			return e, nil
		}
	}
	return rq.Site.Auth.Enrol(rq.Context(), rq.Token)
}

func showSetUp(rq *page.Request, f *form.Form, e auth.Enrolment) error {
	return rq.ShowForm(ui.Page{Title: "Set up one-time codes"}, f, ui.Reading{
		ui.Heading{Level: 1, Text: "Set up one-time codes"},
		ui.Para("Your account opens files about people in danger, so a password alone is not enough. From now on you will also be asked for a code that an app on your telephone shows."),
		ui.List{Numbered: true, Items: []ui.Component{
			ui.Text("Open an authenticator app. If you have none, your agency can tell you which to take; any that makes six-digit codes will do."),
			ui.Text("Add an account and scan this picture. If you cannot scan it, type the key below it."),
			ui.Text("Enter the code that the app shows.")}},
		qrCode{secret: e.Secret, login: rq.Session.User.Login},
		ui.Inset{Body: []ui.Component{ui.Para("Key: " + spaced(e.Secret))}}, f})
}

func spaced(s string) string {
	var b bytes.Buffer
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func showRecovery(rq *page.Request, token string, codes []string) error {
	if err := renew(rq, token); err != nil {
		return err
	}
	items := make([]ui.Component, len(codes))
	for i, c := range codes {
		items[i] = ui.Markup("<code>" + template.HTMLEscapeString(c) + "</code>")
	}
	return rq.Show(ui.Page{Title: "Keep your recovery codes"}, ui.Reading{ui.Heading{Level: 1, Text: "Keep your recovery codes"},
		ui.Para("Each of these codes lets you in once when you do not have your app. Print them or write them down, and keep them where only you can reach them, apart from your telephone."),
		ui.Warning("They are shown only now."),
		ui.Inset{Body: []ui.Component{ui.List{Items: items, Plain: true}}},
		ui.Buttons{Items: []ui.Button{{Text: "I have kept them", Href: step(rq), Kind: ui.Primary}, {Text: "Print", Print: true, Kind: ui.Secondary}}}})
}

// qrCode is the picture an authenticator app scans. It is drawn in the page: the
// seed is in no address and no cache.
type qrCode struct{ secret, login string }

var qrTemplate = template.Must(template.New("qr").Parse(
	`<svg class="clew-qr" width="240" height="240" viewBox="-4 -4 {{.Box}} {{.Box}}" role="img" aria-label="QR code for your authenticator app. The key below is the same."><rect x="-4" y="-4" width="{{.Box}}" height="{{.Box}}" fill="#fff"/><path d="{{.Path}}" fill="#000"/></svg>`))

// HTML draws the code as one path of unit squares.
func (q qrCode) HTML() (template.HTML, error) {
	address := url.URL{Scheme: "otpauth", Host: "totp", Path: "/clew:" + q.login, RawQuery: url.Values{"secret": {q.secret}, "issuer": {"clew"}}.Encode()}
	code, err := qr.Encode(address.String(), qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("make QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	var b bytes.Buffer
	err = qrTemplate.Execute(&b, struct {
		Box  int
		Path string
	}{size + 8, path.String()})
	return template.HTML(b.String()), err //nolint:gosec // html/template has escaped it
}
