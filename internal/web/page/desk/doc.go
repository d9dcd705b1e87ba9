// Package desk is where advisers work: the reports that the public wrote, the
// calls of the advice line, its knowledge, follow-ups and figures.
//
// Pages act to protect, whatever else the reader does in clew; an officer sees
// what was passed to their force. Turning a concern into a referral is done here,
// by giving one command to each of two rooms that know nothing of each other.
package desk

import (
	"time"

	"clew/internal/access"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area. The use cases ask access, for the purpose of the desk.
var Routes = []page.Route{
	{Method: "GET", Path: "/desk", Handle: reports},
	{Method: "GET", Path: "/desk/{id}", Handle: report},
	{Method: "GET", Path: "/desk/{id}/picture", Handle: picture},
	{Method: "POST", Path: "/desk/{id}/{deed}", Handle: act},
	{Method: "GET", Path: "/line", Handle: calls},
	{Method: "POST", Path: "/line", Handle: takeCall},
	{Method: "GET", Path: "/line/figures", Handle: figures},
	{Method: "GET", Path: "/line/{id}", Handle: call},
	{Method: "POST", Path: "/line/{id}", Handle: call},
	{Method: "GET", Path: "/advice", Handle: findAdvice},
	{Method: "GET", Path: "/advice/{id}", Handle: article},
	{Method: "GET", Path: "/admin/advice", Action: access.KeepAdvice, Handle: keepAdvice},
	{Method: "GET", Path: "/admin/advice/new", Action: access.KeepAdvice, Handle: writeAdvice},
	{Method: "POST", Path: "/admin/advice/new", Action: access.KeepAdvice, Handle: writeAdvice},
	{Method: "GET", Path: "/admin/advice/{id}", Action: access.KeepAdvice, Handle: writeAdvice},
	{Method: "POST", Path: "/admin/advice/{id}", Action: access.KeepAdvice, Handle: writeAdvice},
	{Method: "GET", Path: "/admin/languages", Action: access.ApproveTranslation, Handle: languages},
	{Method: "POST", Path: "/admin/languages", Action: access.ApproveTranslation, Handle: languages},
}

var errUnread = core.E(core.Invalid, "form.unread", "The form did not arrive whole. Open the page again and send it once more.")

// purpose is what the reader looks at a concern for.
func purpose(rq *page.Request) core.Purpose {
	if rq.Actor.Has(core.RoleAdviser) {
		return core.Protect
	}
	return rq.Purpose
}

// mayList keeps the pages of the area from those who have no concerns at all.
func mayList(rq *page.Request, a access.Action) error {
	if !rq.Site.Policies.Check(rq.Actor, purpose(rq), a, access.Whole()).Allowed {
		return page.ErrNotFound
	}
	return nil
}

func location(rq *page.Request) *time.Location {
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

func moment(rq *page.Request, at time.Time) ui.Component {
	if at.IsZero() {
		return ui.Muted("Not yet")
	}
	return ui.Moment{At: at.In(location(rq))}
}

var tones = map[concern.State]ui.Tone{concern.Quarantined: ui.Waiting, concern.Running: ui.Active, concern.Open: ui.Active, concern.Closed: ui.Neutral, concern.Discarded: ui.Paused}

// tags are what must be seen at a glance.
func tags(c *concern.Concern) ui.Group {
	g := ui.Group{ui.Tag{Text: c.State.Label(), Tone: tones[c.State]}}
	if c.Danger {
		g = append(g, ui.Text(" "), ui.Tag{Text: "Danger now", Tone: ui.Negative})
	}
	if c.Child {
		g = append(g, ui.Text(" "), ui.Tag{Text: "Child", Tone: ui.Special})
	}
	if c.Unread && c.State == concern.Open {
		g = append(g, ui.Text(" "), ui.Tag{Text: "New message", Tone: ui.Waiting})
	}
	return g
}

// short is a name for a concern that says nothing about anybody.
func short(c *concern.Concern) string {
	id := c.ID.String()
	return id[len(id)-8:]
}

func languageName(code string) string {
	for _, l := range core.Languages() {
		if l.Code == code {
			return l.Name
		}
	}
	return "Not known"
}
