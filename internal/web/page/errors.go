package page

import (
	"errors"
	"net/http"
	"net/url"

	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

// ErrNotFound is a page that does not exist, or not for this reader.
var ErrNotFound = core.E(core.NotFound, "page.not_found", "There is no such page. Check the address, or go to the first page.")

// answer is how one kind of error is told.
type answer struct {
	status int
	title  string
}

// answers is the only place where a kind becomes a status.
var answers = map[core.Kind]answer{
	core.Invalid:     {http.StatusUnprocessableEntity, "Something needs another look"},
	core.NotFound:    {http.StatusNotFound, "Page not found"},
	core.Forbidden:   {http.StatusForbidden, "You cannot do this"},
	core.Conflict:    {http.StatusConflict, "This was changed meanwhile"},
	core.NotNow:      {http.StatusConflict, "This is not possible now"},
	core.TooMany:     {http.StatusTooManyRequests, "Too many attempts"},
	core.Unavailable: {http.StatusServiceUnavailable, "Not available just now"},
	core.TooLarge:    {http.StatusRequestEntityTooLarge, "This is too large"},
	core.Internal:    {http.StatusInternalServerError, "Something went wrong"},
}

// StatusOf returns the HTTP status of an error.
func StatusOf(err error) int {
	if a, ok := answers[core.KindOf(err)]; ok {
		return a.status
	}
	return http.StatusUnauthorized
}

// Sentence returns what a person is told about an error: the error's own
// sentence, never the text of an internal one.
func Sentence(err error) string {
	var e *core.Error
	if errors.As(err, &e) && e.Kind != core.Internal && e.Msg != "" {
		return e.Msg
	}
	return "It is not your fault, and nothing you did was lost on purpose. Try again; if it happens again, tell your administrator the number below."
}

// ShowError sends the page for an error, or the way to sign in when that is
// what is missing.
func (rq *Request) ShowError(err error) {
	if core.KindOf(err) == core.Unauthorized {
		rq.signIn(err)
		return
	}
	if rq.giveBack(err) {
		return
	}
	a, ok := answers[core.KindOf(err)]
	if !ok {
		a = answers[core.Internal]
	}
	body := []ui.Component{ui.Heading{Text: a.title, Level: 1}, ui.Para(Sentence(err))}
	if a.status == http.StatusInternalServerError {
		id := core.NewIDs(rq.Site.Clock).New()
		rq.Site.Log.ErrorContext(rq.Context(), "request failed", "incident", id.String(), "route", rq.Pattern, "err", err)
		body = append(body, ui.Para("Number: "+id.String()))
	}
	if a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable {
		rq.W.Header().Set("Retry-After", "60")
	}
	if e := rq.ShowStatus(a.status, ui.Page{Title: a.title}, body...); e != nil {
		http.Error(rq.W, a.title, a.status)
	}
}

// giveBack keeps what a page of an earlier sign-in sent, and leads to where its
// writer sees it and may send it again. It reports whether it did. Only what a
// browser says that our own page sent is taken: nothing is put in front of
// somebody by another site.
func (rq *Request) giveBack(err error) bool {
	var e *core.Error
	if rq.Session == nil || !errors.As(err, &e) || e.Code != form.TokenCode || rq.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return false
	}
	held, err := rq.hold()
	if err != nil {
		return false
	}
	return rq.Redirect("/resume/"+held) == nil
}

// signIn sends somebody to sign in, or to confirm the sign-in, and back. What
// was typed into a form is kept for them.
func (rq *Request) signIn(err error) {
	where := "/sign-in"
	if auth.IsStepUp(err) {
		where = "/confirm"
	}
	next := rq.URL.RequestURI()
	if rq.Method == http.MethodPost {
		next = "/home"
		if held, e := rq.hold(); e == nil {
			next = "/resume/" + held
		}
	}
	if next != "/" {
		where += "?" + url.Values{"next": {next}}.Encode()
	}
	_ = rq.Redirect(where)
}

// hold keeps a posted form for after signing in. Files are not kept.
func (rq *Request) hold() (string, error) {
	const most = 1 << 20
	sent := rq.Body
	rq.Body = http.MaxBytesReader(nil, sent, most)
	if err := rq.ParseMultipartForm(most); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		finishSending(sent)
		return "", err
	}
	return rq.Site.Auth.HoldForm(rq.Context(), rq.Token, rq.URL.RequestURI(), rq.PostForm)
}
