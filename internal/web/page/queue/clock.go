package queue

import (
	"fmt"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// CasePath is the address of a case's page.
func CasePath(id core.ID) string { return "/cases/" + id.String() }

// CaseLink leads to a case by its reference.
func CaseLink(c *casework.Case) ui.Link {
	return ui.Link{Text: c.Reference, Href: CasePath(c.ID), Ref: true}
}

// days counts the days of a case's clock by its own calendar.
type days struct {
	cal *scheme.Calendar
	now time.Time
}

// calendarOf returns the calendar that a case's clock goes by.
func calendarOf(rq *page.Request, c *casework.Case) (*scheme.Calendar, error) {
	sch, err := rq.Site.Schemes.Scheme(c.Scheme)
	if err != nil {
		return nil, fmt.Errorf("calendar of case %s: %w", c.ID, err)
	}
	return sch.Calendar(c.Jurisdiction)
}

// Zone is the time zone of a case's place.
func Zone(rq *page.Request, c *casework.Case) *time.Location {
	cal, err := calendarOf(rq, c)
	if err != nil {
		return time.UTC
	}
	return cal.Location()
}

// ClockOf shows how long a case has left, in the days that its deadline is
// counted in. Without a deadline it says for how long the case has been open:
// the law sets no limit for a conclusive decision, so its age is always shown.
func ClockOf(rq *page.Request, c *casework.Case) ui.Component {
	cal, err := calendarOf(rq, c)
	if err != nil {
		return ui.Muted("No clock")
	}
	d := days{cal: cal, now: rq.Site.Clock.Now()}
	switch {
	case c.State == casework.Suspended:
		return ui.Clock{Name: c.DueFor.Label(), State: ui.Stopped}
	case c.DueAt.IsZero():
		return ui.Muted(d.age(c))
	case c.DueFor == casework.DueReconsiderWindow && d.now.After(c.DueAt):
		return ui.Muted("Time to ask has ended") // nobody is late: a late request gives its reason
	}
	return d.clock(c)
}

func (d days) clock(c *casework.Case) ui.Clock {
	today, due := core.DateIn(d.now, d.cal.Location()), core.DateIn(c.DueAt, d.cal.Location())
	clock := ui.Clock{Name: c.DueFor.Label(), Due: d.due(c, due)}
	if c.DueFor == casework.DueRG || c.DueFor == casework.DueReconsideration {
		clock.Left = int(d.cal.WorkingDaysBetween(today, due))
	} else {
		clock.Unit, clock.Left = "day", due.Sub(today)
	}
	if d.now.After(c.DueAt) {
		clock.Left = min(clock.Left, -1)
	}
	return clock
}

func (d days) due(c *casework.Case, due core.Date) string {
	if c.DueFor == casework.DueRecoveryEnd {
		return "Recovery ends " + due.Long()
	}
	if d.now.After(c.DueAt) {
		return "Was due " + due.Long()
	}
	return "Due " + due.Long()
}

func (d days) age(c *casework.Case) string {
	open := core.DateIn(d.now, d.cal.Location()).Sub(core.DateIn(c.SubmittedAt, d.cal.Location()))
	switch open {
	case 0:
		return "Open since today"
	case 1:
		return "Open for 1 day"
	}
	return fmt.Sprintf("Open for %d days", open)
}

// Day is a moment as the day it was in the case's place.
func Day(rq *page.Request, c *casework.Case, at time.Time) string {
	loc := time.UTC
	if cal, err := calendarOf(rq, c); err == nil {
		loc = cal.Location()
	}
	return core.DateIn(at, loc).Long()
}
