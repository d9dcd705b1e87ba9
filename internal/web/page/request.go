package page

import (
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

// Access says who may reach a route at all. What they may do there is for the
// use case to say.
type Access uint8

// The kinds of access. The zero Access is SignedIn.
const (
	SignedIn  Access = iota // a full session
	Pending                 // any stage of a session: the rest of signing in
	Public                  // nobody needs to be signed in
	SteppedUp               // a full session confirmed a short while ago: decisions
)

// Handler is one screen, for one method.
type Handler func(rq *Request) error

// Route is one line of the site's table of routes.
type Route struct {
	Method string // "GET" or "POST"
	Path   string // as http.ServeMux has it, without the method
	Access Access
	Action access.Action // what a policy must allow before anything is shown; "" where the use case asks by itself
	Handle Handler
}

// Request is one request to a screen, with who is asking and why.
type Request struct {
	*http.Request
	W       http.ResponseWriter
	Site    *Site
	Session *auth.Session // nil on public routes when nobody is signed in
	Actor   core.Actor
	Purpose core.Purpose
	Token   string // of the session; never shown
}

// CSRF is the token every form must carry, masked for this page.
func (rq *Request) CSRF() string {
	if rq.Session == nil {
		return ""
	}
	return form.MaskToken(rq.Session.CSRF)
}

// Form starts a form that posts to the address of this page.
func (rq *Request) Form() *form.Form { return form.New(rq.URL.RequestURI(), rq.CSRF()) }

// Read takes in a posted form and checks its token. The error is about the
// request as a whole; what is wrong with answers is on the fields.
func (rq *Request) Read(f *form.Form) error {
	sent := rq.Body
	if err := f.Parse(rq.Request); err != nil {
		if core.KindOf(err) == core.TooLarge {
			finishSending(sent)
		}
		return err
	}
	if rq.Session == nil {
		return nil // cross-origin posts were refused before
	}
	return form.CheckCSRF(rq.Request, rq.Session.CSRF)
}

// Revision reads the revision that a form carries in a hidden field. One that was
// lost or forged is refused: zero would mean any.
func Revision(f *form.Field) (int, error) {
	rev, err := strconv.Atoi(f.Text())
	if err != nil || rev < 1 {
		return 0, core.E(core.Invalid, "form.unreadable", "The form did not arrive whole. Open the page again.")
	}
	return rev, nil
}

// mostRead is how much of what is too large is read before the answer.
const mostRead = 256 << 20

// finishSending reads on: a browser that is still sending shows no answer at all.
func finishSending(body io.Reader) { _, _ = io.CopyN(io.Discard, body, mostRead) }

// ID reads an identifier from the path. A forged one looks like one that is not
// there.
func (rq *Request) ID(name string) (core.ID, error) {
	id, err := core.ParseID(rq.PathValue(name))
	if err != nil {
		return core.ID{}, core.E(core.NotFound, "page.not_found", "There is no such page.")
	}
	return id, nil
}

// Redirect answers a post that has done its work.
func (rq *Request) Redirect(path string) error {
	ui.SetSecurityHeaders(rq.W.Header())
	rq.W.Header().Set("Cache-Control", "no-store")
	http.Redirect(rq.W, rq.Request, path, http.StatusSeeOther)
	return nil
}

// Done redirects and shows one sentence on the next page. The sentence is one of
// the site's own, by key, so that nothing can be put in somebody's mouth.
func (rq *Request) Done(path, flash string) error {
	u, err := url.Parse(path)
	if err != nil {
		return rq.Redirect(path)
	}
	q := u.Query()
	q.Set("done", flash)
	u.RawQuery = q.Encode()
	return rq.Redirect(u.String())
}

var content = template.Must(ui.Templates(contentFiles, "content.html"))

// Show sends a page made of components, top to bottom.
func (rq *Request) Show(p ui.Page, body ...ui.Component) error {
	return rq.ShowStatus(http.StatusOK, p, body...)
}

// ShowStatus is Show with another status than 200.
func (rq *Request) ShowStatus(status int, p ui.Page, body ...ui.Component) error {
	rq.dress(&p)
	if p.Flash == nil {
		p.Flash = flashOf(rq.URL.Query().Get("done"))
	}
	p.Content = body
	return ui.Render(rq.W, status, content, p)
}

// ShowForm sends a page with a form. When the form was refused, its errors stand
// first, the title says so, and the status is 422.
func (rq *Request) ShowForm(p ui.Page, f *form.Form, body ...ui.Component) error {
	errors := f.Errors()
	if len(errors.Items) == 0 {
		return rq.Show(p, body...)
	}
	p.Error = true
	return rq.ShowStatus(http.StatusUnprocessableEntity, p, append([]ui.Component{errors}, body...)...)
}

// Refused puts a use case's error on the form when it is about fields, or about
// the state of things that another try can mend, and reports whether it did.
func Refused(f *form.Form, err error) bool {
	switch core.KindOf(err) {
	case core.Invalid:
		return f.SetErrors(err)
	case core.NotNow, core.TooMany, core.Unavailable, core.Conflict:
		f.Fail(Sentence(err))
		return true
	}
	return false
}

// dress adds what every page has around it.
func (rq *Request) dress(p *ui.Page) {
	s := rq.Site
	if s.Demo != nil {
		p.Demo = true
		p.DemoLink = &ui.Link{Text: "Jump to a case", Href: "/demo"}
	}
	p.FooterLinks = append(p.FooterLinks, ui.Link{Text: "How your use is recorded", Href: "/about/record"}, ui.Link{Text: "Accessibility", Href: "/about/accessibility"})
	if rq.Session == nil {
		return
	}
	p.CSRF = rq.CSRF()
	p.User = &ui.User{Name: rq.Session.User.Name, Role: rolesLabel(rq.Actor.Roles), Agency: rq.Session.Agency.Name, AccountHref: "/account", SignOut: "/sign-out"}
	if rq.Session.Stage == auth.StageFull {
		p.Home = "/home"
		p.Nav = Navigation(s.Policies, rq.Actor, rq.Purpose, rq.URL.Path)
	}
}

func rolesLabel(roles []core.Role) string {
	labels := make([]string, len(roles))
	for i, r := range roles {
		labels[i] = r.Label()
	}
	return strings.Join(labels, ", ")
}

// May reports whether a wide action is allowed, for what a page offers.
func (rq *Request) May(a access.Action) bool {
	return rq.Site.Policies.Check(rq.Actor, rq.Purpose, a, wideResource(rq.Actor, a)).Allowed
}

func wideResource(actor core.Actor, a access.Action) access.Resource {
	if a == access.CreateReferral {
		return access.OwnAgency(actor)
	}
	return access.Whole()
}

// SafePath returns path when it leads to a page of this site, else "/home".
func SafePath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, foreign) {
		return "/home"
	}
	return path
}

// foreign are the characters by which a path may lead elsewhere: browsers take a
// backslash for a slash, and drop tabs and line breaks before they read it.
func foreign(r rune) bool { return r == '\\' || unicode.IsControl(r) }
