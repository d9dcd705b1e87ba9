// Package door is the public's pages: writing to the desk without an account,
// reading its answer by a receipt, knowing one's rights, and leaving at once.
//
// It promises that the pages set no cookie, keep nothing in the browser, put
// nothing anybody typed or was given into an address, a title or a log, work
// without JavaScript, and say every error in the reader's language with what was
// typed still there. The way out stands first on every page.
package door

import (
	"embed"
	"errors"
	"html/template"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"clew/internal/core"
	spoken "clew/internal/language"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area. All are public: nobody here has an account.
var Routes = []page.Route{
	{Method: "GET", Path: "/leave", Access: page.Public, Handle: step},
	{Method: "GET", Path: "/leave/now", Access: page.Public, Handle: leave},
	{Method: "GET", Path: "/write", Access: page.Public, Handle: inReadersLanguage("/write/")},
	{Method: "GET", Path: "/write/{lang}", Access: page.Public, Handle: speaking(begin)},
	{Method: "POST", Path: "/write/{lang}", Access: page.Public, Handle: speaking(words)},
	{Method: "POST", Path: "/write/{lang}/change", Access: page.Public, Handle: speaking(change)},
	{Method: "POST", Path: "/write/{lang}/send", Access: page.Public, Handle: speaking(send)},
	{Method: "POST", Path: "/write/{lang}/number", Access: page.Public, Handle: speaking(number)},
	{Method: "GET", Path: "/write/{lang}/answer", Access: page.Public, Handle: speaking(answer)},
	{Method: "POST", Path: "/write/{lang}/answer", Access: page.Public, Handle: speaking(openAnswer)},
	{Method: "POST", Path: "/write/{lang}/message", Access: page.Public, Handle: speaking(message)},
	{Method: "GET", Path: "/know", Access: page.Public, Handle: inReadersLanguage("/know/")},
	{Method: "GET", Path: "/know/{lang}", Access: page.Public, Handle: speaking(situations)},
	{Method: "GET", Path: "/know/{lang}/{situation}", Access: page.Public, Handle: speaking(situation)},
}

//go:embed words/*.yaml
var wordFiles embed.FS

//go:embed door.html
var templateFiles embed.FS

// The catalogues of these pages.
var (
	catalogue = spoken.MustLoad(wordsDir{}, "door")
	rights    = spoken.MustLoad(wordsDir{}, "rights")
)

// Catalogues are what an administrator reviews.
func Catalogues() []*spoken.Catalogue { return []*spoken.Catalogue{catalogue, rights} }

var pages = template.Must(ui.Templates(templateFiles, "door.html"))

// screen is one page in one language, for its template.
type screen struct {
	rq     *page.Request
	L      spoken.Language
	What   string // which page: the template's name
	Path   string // of the page in this language, without it: "/write/"
	Rest   string // what follows the language in the address
	Data   any
	Errors []fault
	Plain  bool // the translation has not been reviewed
	Number string
}

// fault is one thing to mend.
type fault struct{ Field, Text string }

// Say gives a text of the door's catalogue in the page's language.
func (s *screen) Say(id string) string { return catalogue.Say(s.L.Tag, id, "Number", s.Number) }

// Right gives a text of the rights' catalogue.
func (s *screen) Right(id string) string { return rights.Say(s.L.Tag, id) }

// Languages are the links to this page in the others.
func (s *screen) Languages() []spoken.Language { return spoken.Languages }

// Wrong is what is to be mended in a field; "" when it is fine.
func (s *screen) Wrong(field string) string {
	for _, f := range s.Errors {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// speaking finds the language of a page and sees that every error is told in it.
func speaking(handle func(rq *page.Request, s *screen) error) page.Handler {
	return func(rq *page.Request) error {
		l, ok := spoken.Find(rq.PathValue("lang"))
		if !ok {
			l, _ = spoken.Find(spoken.English)
			s := &screen{rq: rq, L: l, Path: "/write/"}
			return s.show(http.StatusNotFound, "start", core.E(core.Invalid, "state.old", ""))
		}
		s := &screen{rq: rq, L: l, Path: "/write/"}
		err := handle(rq, s)
		if err == nil {
			return nil
		}
		s.note(err)
		return s.show(page.StatusOf(err), "start", err)
	}
}

// note logs an error of our own, unless whoever asked has gone.
func (s *screen) note(err error) {
	if core.KindOf(err) == core.Internal && s.rq.Context().Err() == nil {
		s.rq.Site.Log.ErrorContext(s.rq.Context(), "door failed", "route", s.rq.Pattern, "err", err)
	}
}

// blame puts an error into the words of the page. An error without words in the
// catalogue is one of ours.
func (s *screen) blame(err error) {
	fields := core.FieldsOf(err)
	if len(fields) == 0 {
		code := "failed"
		var e *core.Error
		if errors.As(err, &e) && catalogue.Has(e.Code) {
			code = e.Code
		}
		s.Errors = append(s.Errors, fault{Text: s.Say(code)})
		return
	}
	for _, f := range fields {
		code := f.Code
		if !catalogue.Has(code) {
			code = "failed"
		}
		s.Errors = append(s.Errors, fault{Field: f.Name, Text: s.Say(code)})
	}
}

// show sends a page.
func (s *screen) show(status int, what string, err error) error {
	s.What = what
	if err != nil {
		s.blame(err)
	}
	reviewed, e := s.rq.Site.Spoken.Reviewed(s.rq.Context(), catalogue, s.L.Tag)
	if e == nil && reviewed && strings.HasPrefix(what, "right") {
		reviewed, e = s.rq.Site.Spoken.Reviewed(s.rq.Context(), rights, s.L.Tag)
	}
	s.Plain = e != nil || !reviewed
	if s.Number = s.rq.Site.Emergency; s.Number == "" {
		s.Number = "112"
	}
	title := s.Say("service")
	if len(s.Errors) > 0 {
		title = s.Say("error.title") + ": " + title
	}
	h := s.rq.W.Header()
	p := ui.Page{Title: title, Lang: s.L.Tag, Dir: s.L.Dir(), Content: s}
	ui.SetSecurityHeaders(h)
	return ui.Render(noReferrer{s.rq.W}, status, pages, p)
}

// noReferrer keeps the address of these pages from where a link leads.
type noReferrer struct{ http.ResponseWriter }

// WriteHeader sends the headers.
func (w noReferrer) WriteHeader(status int) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.ResponseWriter.WriteHeader(status)
}

// step is an empty page on the way out, for browsers without scripts. Only once
// the page that was left lies in the browser's memory of pages can the next
// answer clear it from there: the page's own answer came too early for that.
func step(rq *page.Request) error {
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, err := io.WriteString(rq.W, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>…</title><meta http-equiv="refresh" content="0;url=/leave/now"><a href="/leave/now">…</a></html>`)
	return err
}

// leave leads away and clears what the browser kept of this site, as far as the
// browser does that. It works as a plain link; with scripts the page's entry in
// the history is replaced besides.
func leave(rq *page.Request) error {
	to := rq.Site.LeaveTo
	if to == "" {
		to = "https://www.wikipedia.org/"
	}
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(rq.W, rq.Request, to, http.StatusSeeOther)
	return nil
}

var matcher = language.NewMatcher(func() []language.Tag {
	tags := make([]language.Tag, len(spoken.Languages))
	for i, l := range spoken.Languages {
		tags[i] = language.MustParse(l.Tag)
	}
	return tags
}())

// inReadersLanguage leads to the page in the first of the browser's languages
// that there is.
func inReadersLanguage(path string) page.Handler {
	return func(rq *page.Request) error {
		wanted, _, err := language.ParseAcceptLanguage(rq.Header.Get("Accept-Language"))
		best := 0
		if err == nil {
			_, best, _ = matcher.Match(wanted...)
		}
		return rq.Redirect(path + spoken.Languages[best].Tag)
	}
}

// address is whom floods are counted by. It goes no further than the service.
func address(rq *page.Request) core.Secret {
	host, _, err := net.SplitHostPort(rq.RemoteAddr)
	if err != nil {
		host = rq.RemoteAddr
	}
	return core.Secret(host)
}

func situationNames() []string {
	return slices.DeleteFunc(rights.IDs(), func(id string) bool { return strings.Contains(id, ".") })
}

// situations lists the situations that there are rights pages for.
func situations(_ *page.Request, s *screen) error {
	s.Path, s.Data = "/know/", situationNames()
	return s.show(http.StatusOK, "rights", nil)
}

// situation is one rights page.
func situation(rq *page.Request, s *screen) error {
	name := rq.PathValue("situation")
	if !slices.Contains(situationNames(), name) {
		return page.ErrNotFound
	}
	s.Path, s.Rest = "/know/", "/"+name
	var paragraphs []string
	for _, id := range rights.IDs() {
		if strings.HasPrefix(id, name+".") {
			paragraphs = append(paragraphs, id)
		}
	}
	s.Data = struct {
		Name       string
		Paragraphs []string
		Others     []string
	}{name, paragraphs, slices.DeleteFunc(situationNames(), func(n string) bool { return n == name })}
	return s.show(http.StatusOK, "right", nil)
}

// receiptField is the question for a receipt. What was typed is never shown
// again.
type receiptField struct{ Label, Wrong string }

// Receipt is the question for a receipt under one of the catalogue's labels.
func (s *screen) Receipt(label string) receiptField {
	return receiptField{Label: s.Say(label), Wrong: s.Wrong("receipt")}
}
