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
	if rq.Session.Stage != auth.StageEnrol && !rq.Session.SteppedUp {
		if rq.Session.Stage == auth.StageFull {
			return auth.ErrStepUp
		}
		return onward(rq, rq.Token)
	}
	f := rq.Form()
	secret := f.Hidden("secret", "")
	code := f.Text("code", "Code that the app shows", form.Required("Enter the six-digit code that the app shows."), form.Max(10), form.Width("10"),
		form.Autocomplete("one-time-code"), form.InputMode("numeric"))
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			codes, err := rq.Site.Auth.ConfirmEnrol(rq.Context(), rq.Token, secret.Text(), code.Text())
			if err == nil {
				return showRecovery(rq, codes)
			}
			if !page.Refused(f, err) {
				return err
			}
		}
	}
	if secret.Text() == "" {
		e, err := rq.Site.Auth.Enrol(rq.Context(), rq.Token)
		if err != nil {
			return err
		}
		secret.SetValue(e.Secret)
	}
	code.SetValue("")
	return rq.ShowForm(ui.Page{Title: "Set up one-time codes"}, f,
		ui.Heading{Level: 1, Text: "Set up one-time codes"},
		ui.Para("Your account opens files about people in danger, so a password alone is not enough. Open an authenticator app, add an account, and scan the picture or type the key."),
		qrCode{secret: secret.Text(), login: rq.Session.User.Login},
		ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Key", Value: ui.Text(spaced(secret.Text()))}}}, f)
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

func showRecovery(rq *page.Request, codes []string) error {
	items := make([]ui.Component, len(codes))
	for i, c := range codes {
		items[i] = ui.Text(c)
	}
	return rq.Show(ui.Page{Title: "Keep your recovery codes"}, ui.Heading{Level: 1, Text: "Keep your recovery codes"},
		ui.Para("Each of these codes lets you in once when you do not have your app. They are shown only now. Print them, or write them down, and keep them where only you can reach them."),
		ui.List{Items: items}, ui.Button{Text: "Continue", Href: withNext("/sign-in", next(rq))})
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
	return template.HTML(b.String()), err
}
