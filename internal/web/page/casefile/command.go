package casefile

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// command is a short page for one step: a few questions and a button.
type command struct {
	do     casework.Command
	path   string // after the case's own address
	title  string
	why    string // why it is asked, or what it brings about
	warn   string // a consequence that must not be missed
	button ui.Button
	done   string // the sentence on the next page
	back   string // the tab it comes from and leads to
	parts  []casework.Part
	fill   func(s *sheet) error          // adds the questions
	give   func(s *sheet) error          // gives the command to casework
	clash  func(s *sheet) []ui.Component // both versions, when somebody else was quicker; else what changed
}

// sheet is one command's page while it is answered.
type sheet struct {
	rq   *page.Request
	f    *casework.File
	form *form.Form
	rev  int // of the case that the person saw
	note []ui.Component
	fold []string // fields that are long lists: they unfold
}

// routes are the two routes of the page.
func (c command) routes() []page.Route {
	path := "/cases/{id}/" + c.path
	return []page.Route{{Method: "GET", Path: path, Handle: c.handle}, {Method: "POST", Path: path, Handle: c.handle}}
}

func (c command) handle(rq *page.Request) error {
	f, err := Open(rq, c.parts...)
	if err != nil {
		return err
	}
	// What somebody may never do is refused before anything is read. What the case
	// does not allow any more is told by the use case, beside what was typed.
	err = rq.Site.Cases.MayNow(rq.Actor, rq.Purpose, &f.Case, c.do)
	if kind := core.KindOf(err); err != nil && (rq.Method != http.MethodPost || kind == core.Forbidden || kind == core.NotFound) {
		return err
	}
	s := &sheet{rq: rq, f: f, form: rq.Form(), rev: f.Rev}
	if err := c.fill(s); err != nil {
		return err
	}
	rev, seen := s.form.Hidden("rev", strconv.Itoa(f.Rev)), s.form.Hidden("seen", strconv.FormatInt(rq.Site.Clock.Now().UnixMicro(), 10))
	s.form.Buttons(c.button, ui.Button{Text: "Cancel", Href: Path(f, c.back), Kind: ui.Quiet})
	if rq.Method == http.MethodPost {
		if err := rq.Read(s.form); err != nil {
			return err
		}
		if s.rev, err = page.Revision(rev); err != nil {
			return err
		}
		if s.form.Valid() {
			err := c.give(s)
			if err == nil {
				return rq.Done(Path(f, c.back), c.done)
			}
			if err := c.refused(s, err, seen); err != nil {
				return err
			}
		}
		rev.SetValue(strconv.Itoa(f.Rev)) // what changed is on the page: the next press means it
	}
	return c.show(s)
}

// refused puts an error on the form, or returns it when the form cannot mend it.
func (c command) refused(s *sheet, err error, seen *form.Field) error {
	if core.KindOf(err) == core.Conflict && s.rev != s.f.Rev {
		s.form.Fail(ChangedMeanwhile)
		if c.clash != nil {
			s.note = c.clash(s)
		} else {
			s.note = Meanwhile(s.rq, s.f, seen.Text())
		}
		return nil
	}
	if !page.Refused(s.form, err) {
		return err
	}
	return nil
}

// ChangedMeanwhile says that somebody else was quicker and that nothing is lost.
const ChangedMeanwhile = "Somebody else changed this case while you had this page open. What changed is shown below, and what you typed is kept. Send it again if it is still right."

// Meanwhile says what happened to the case since the reader opened the page; seen
// is that moment in microseconds.
func Meanwhile(rq *page.Request, f *casework.File, seen string) []ui.Component {
	micro, _ := strconv.ParseInt(seen, 10, 64)
	since := time.UnixMicro(micro)
	var items []ui.TimelineItem
	if with, err := rq.Site.Cases.File(rq.Context(), rq.Actor, rq.Purpose, f.ID, casework.PartTimeline); err == nil {
		items = happened(rq, f, slices.DeleteFunc(with.Events, func(e casework.Event) bool { return e.At.Before(since) }))
	}
	if len(items) == 0 {
		return []ui.Component{ui.Inset{Body: []ui.Component{ui.Para("The case now stands at: " + f.State.Label() + ".")}}}
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "What changed meanwhile"}, ui.Timeline{Level: 3, Items: items}}
}

func (c command) show(s *sheet) error {
	body := ui.Reading{ui.Heading{Level: 1, Text: c.title}, ui.Para("Case " + s.f.Reference + ", " + s.f.State.Label() + ".")}
	if c.why != "" {
		body = append(body, ui.Para(c.why))
	}
	if c.warn != "" {
		body = append(body, ui.Warning(c.warn))
	}
	body = append(body, s.note...)
	body = append(body, s.laid())
	return s.rq.ShowForm(ui.Page{Title: c.title, Back: Path(s.f, c.back)}, s.form, body)
}

// laid is the form, with its long lists folded away until they are wanted.
func (s *sheet) laid() ui.Component {
	if len(s.fold) == 0 {
		return s.form
	}
	l := form.Laid{Form: s.form}
	for _, f := range s.form.Fields() {
		if !slices.Contains(s.fold, f.Name) {
			l.Parts = append(l.Parts, f)
			continue
		}
		l.Parts = append(l.Parts, ui.Details{Summary: fmt.Sprintf("%s: %d chosen", f.Label, len(f.Choices())), Body: []ui.Component{f}, Open: f.Error != ""})
	}
	return l
}

// options are a coded list as choices.
func options(list []scheme.Code) []form.Option {
	out := make([]form.Option, len(list))
	for i, c := range list {
		out[i] = form.Option{Value: c.Code, Label: c.Label, Group: c.Group}
	}
	return out
}

// agencies are active agencies as choices, without the one that asks.
func (s *sheet) agencies(kinds ...core.AgencyKind) ([]form.Option, error) {
	list, err := s.rq.Site.AgenciesOf(s.rq.Context(), kinds...)
	if err != nil {
		return nil, err
	}
	var out []form.Option
	for _, a := range list {
		if a.ID != s.rq.Actor.AgencyID {
			out = append(out, form.Option{Value: a.ID.String(), Label: a.Name, Also: a.Code})
		}
	}
	return out, nil
}

// id reads a choice that is an identifier; none is the zero one.
func id(f *form.Field) core.ID {
	v, err := core.ParseID(f.Choice())
	if err != nil {
		return core.ID{}
	}
	return v
}
