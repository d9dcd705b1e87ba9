// Package children is the pages of children's safeguarding: the first page of a
// safeguarding lead, a child's track, a missing child from report to return
// interview, and the alert that police see.
//
// A form here asks only what the use case needs, says why where that helps, and
// never asks for what the referral told already. Nothing about a child stands in
// an address.
package children

import (
	"strconv"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area. The use cases ask access by themselves: officers look for a
// child to protect, which is not the purpose of their daily work.
var Routes = []page.Route{
	{Method: "GET", Path: "/children", Handle: list},
	{Method: "GET", Path: "/children/{id}", Handle: track},
	{Method: "GET", Path: "/children/{id}/missing", Handle: raise},
	{Method: "POST", Path: "/children/{id}/missing", Handle: raise},
	{Method: "GET", Path: "/children/{id}/carers", Handle: carer},
	{Method: "POST", Path: "/children/{id}/carers", Handle: carer},
	{Method: "GET", Path: "/children/{id}/carers/{carer}", Handle: checkCarer},
	{Method: "POST", Path: "/children/{id}/carers/{carer}", Handle: checkCarer},
	{Method: "GET", Path: "/children/{id}/advocacy", Handle: advocacy},
	{Method: "POST", Path: "/children/{id}/advocacy", Handle: advocacy},
	{Method: "GET", Path: "/children/{id}/advocacy/{action}", Handle: outcome},
	{Method: "POST", Path: "/children/{id}/advocacy/{action}", Handle: outcome},
	{Method: "GET", Path: "/children/{id}/steps/{act}", Handle: step},
	{Method: "POST", Path: "/children/{id}/steps/{act}", Handle: step},
	{Method: "GET", Path: "/missing", Handle: missingList},
	{Method: "GET", Path: "/missing/{id}", Handle: episode},
	{Method: "GET", Path: "/missing/{id}/sighting", Handle: sighting},
	{Method: "POST", Path: "/missing/{id}/sighting", Handle: sighting},
	{Method: "GET", Path: "/missing/{id}/found", Handle: found},
	{Method: "POST", Path: "/missing/{id}/found", Handle: found},
	{Method: "GET", Path: "/missing/{id}/interview", Handle: interview},
	{Method: "POST", Path: "/missing/{id}/interview", Handle: interview},
	{Method: "GET", Path: "/missing/{id}/close", Handle: closeEpisode},
	{Method: "POST", Path: "/missing/{id}/close", Handle: closeEpisode},
	{Method: "POST", Path: "/notices/{id}", Handle: acknowledge},
}

// Purpose is what the reader declares here: officers protect.
func Purpose(rq *page.Request) core.Purpose {
	if rq.Purpose == core.Investigate {
		return core.Protect
	}
	return rq.Purpose
}

// Follows reports whether the reader's work has to do with children at all.
func Follows(rq *page.Request) bool {
	for _, a := range []access.Action{access.ViewMissing, access.ViewSafeguarding} {
		if !rq.Site.Policies.ScopeOf(rq.Actor, Purpose(rq), a).Empty() {
			return true
		}
	}
	return false
}

// zone is the time zone of the reader's agency.
func zone(rq *page.Request) *time.Location {
	sch, err := rq.Site.Schemes.Scheme(rq.Site.Scheme)
	if err != nil {
		return time.UTC
	}
	cal, err := sch.Calendar(rq.Session.Agency.Jurisdiction)
	if err != nil {
		return time.UTC
	}
	return cal.Location()
}

func moment(rq *page.Request, t time.Time) ui.Component {
	if t.IsZero() {
		return nil
	}
	return ui.Moment{At: t.In(zone(rq))}
}

func path(id core.ID, rest string) string { return under("/children/", id, rest) }

func missingPath(id core.ID, rest string) string { return under("/missing/", id, rest) }

func under(root string, id core.ID, rest string) string {
	if rest != "" {
		rest = "/" + rest
	}
	return root + id.String() + rest
}

func prose(s core.Secret) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Prose(s.Reveal())
}

func label(codes []scheme.Code, code string) string {
	if c, ok := scheme.ByCode(codes, code); ok {
		return c.Label
	}
	return code
}

// own are codes that clew writes itself and no list offers.
var own = map[string]string{"missing_again": "Missing again before the episode could be closed", "held": "The child talked", "declined": "The child did not want to talk"}

func labelOf(codes []scheme.Code, code string) string {
	if text, ok := own[code]; ok {
		return text
	}
	return label(codes, code)
}

func options(codes []scheme.Code) []form.Option {
	var out []form.Option
	for _, c := range codes {
		out = append(out, form.Option{Value: c.Code, Label: c.Label})
	}
	return out
}

// agencies are the agencies of a kind as choices.
func agencies(rq *page.Request, kind core.AgencyKind) ([]form.Option, error) {
	list, err := rq.Site.Children.Agencies(rq.Context(), kind)
	if err != nil {
		return nil, err
	}
	out := make([]form.Option, 0, len(list))
	for _, a := range list {
		out = append(out, form.Option{Value: a.ID.String(), Label: a.Name})
	}
	return out, nil
}

// chosen is the agency a field names; a forged one is nobody's.
func chosen(f *form.Field) core.ID {
	id, err := core.ParseID(f.Text())
	if err != nil && f.Text() != "" {
		return core.ID{15: 0xff}
	}
	return id
}

// instant asks for a day and a time of day.
type instant struct {
	day, clock *form.Field
	zone       *time.Location
}

func askInstant(rq *page.Request, f *form.Form, name, day, clock, hint string) *instant {
	today := core.DateIn(rq.Site.Clock.Now(), zone(rq))
	return &instant{
		day: f.Date(name, day, form.Hint(hint), form.Required("Enter the day."), form.NotAfter(today, "The day must be today or earlier. Check the day.")),
		clock: f.Text(name+"Time", clock, form.Width("5"), form.Hint("By the 24-hour clock, for example 17:45."),
			form.Required("Enter the time. If nobody knows exactly, enter the latest that is certain.")),
		zone: zone(rq),
	}
}

// at reads the moment; what cannot be read is an error on its field.
func (i *instant) at() time.Time {
	var parsed time.Time
	var err error
	for _, layout := range []string{"15:04", "15.04", "1504", "3:04pm", "3pm"} {
		if parsed, err = time.Parse(layout, i.clock.Text()); err == nil {
			break
		}
	}
	if err != nil {
		i.clock.Fail("Enter the time by the 24-hour clock, for example 17:45.")
		return time.Time{}
	}
	if i.day.Date().IsZero() {
		return time.Time{} // the day says what is wrong with it
	}
	return i.day.Date().At(parsed.Hour(), parsed.Minute(), i.zone).UTC()
}

// ask is one form page: what it says above the form, and what it does with it.
type ask struct {
	title string
	lead  []ui.Component
	back  string
	form  *form.Form
	rev   int // of what the reader sees; 0 where nothing can have changed
	give  func(rev int) (next string, err error)
	done  string
}

var errUnread = core.E(core.Invalid, "form.unread", "The form could not be read. Open the page again.")

// run shows the form, or takes what was sent.
func (a ask) run(rq *page.Request) error {
	rev := a.form.Hidden("rev", strconv.Itoa(a.rev))
	if rq.Method == "POST" {
		if err := rq.Read(a.form); err != nil {
			return err
		}
		seen, err := strconv.Atoi(rev.Text())
		if err != nil || seen < min(1, a.rev) { // 0 would mean any
			return errUnread
		}
		if a.form.Valid() {
			next, err := a.give(seen)
			if err == nil && a.form.Valid() {
				return rq.Done(next, a.done)
			}
			if err != nil && !page.Refused(a.form, err) {
				return err
			}
		}
		rev.SetValue(strconv.Itoa(a.rev))
	}
	body := append(ui.Measure{ui.Heading{Level: 1, Text: a.title}}, a.lead...)
	return rq.ShowForm(ui.Page{Title: a.title, Back: a.back}, a.form, append(body, a.form))
}

var heard = page.Flash("notice-heard", "Confirmed. Your name and the time are recorded.")

// acknowledge confirms a notice and leads to what it is about.
func acknowledge(rq *page.Request) error {
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	n, err := rq.Site.Children.Acknowledge(rq.Context(), rq.Actor, Purpose(rq), id)
	if err != nil {
		return err
	}
	return rq.Done(leadsTo(n), heard)
}

// leadsTo is the page a notice is about.
func leadsTo(n *safeguarding.Notice) string {
	switch n.Kind {
	case safeguarding.NoticeMissing, safeguarding.NoticeMissingUnheard, safeguarding.NoticeSighting, safeguarding.NoticeFound, safeguarding.NoticeInterview:
		return missingPath(n.SubjectID, "")
	}
	return path(n.CaseID, "")
}
