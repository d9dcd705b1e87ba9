package ui

import (
	"fmt"
	"html/template"
)

// Clock shows how long is left until a deadline. Words carry the meaning; a
// sign, a bar and a colour repeat it for those who scan a list.
type Clock struct {
	Name  string // what is due, read aloud before the words
	Left  int    // days left: 0 is today, below 0 is overdue
	Total int    // the clock's whole length; 0 hides the bar
	Unit  string // "working day" when empty
	Due   string // the date in words, under the rest; may be empty
	State ClockState
}

// ClockState says whether the clock runs.
type ClockState uint8

// The states of a clock.
const (
	Running ClockState = iota
	Stopped            // suspended, or held by an open request
	Met                // done in time
)

// soonDays is when a running clock turns from ample to soon.
const soonDays = 2

// Urgency is how near the deadline is; it names the style.
func (c Clock) Urgency() string {
	switch {
	case c.State == Met:
		return "met"
	case c.State == Stopped:
		return "stopped"
	case c.Left < 0:
		return "overdue"
	case c.Left == 0:
		return "today"
	case c.Left <= soonDays:
		return "soon"
	}
	return "ample"
}

// Words is what the clock says.
func (c Clock) Words() string {
	switch c.Urgency() {
	case "met":
		return "Done in time"
	case "stopped":
		return "Clock stopped"
	case "overdue":
		return "Overdue by " + c.days(-c.Left)
	case "today":
		return "Due today"
	}
	return c.days(c.Left) + " left"
}

func (c Clock) days(n int) string {
	unit := c.Unit
	if unit == "" {
		unit = "working day"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// Used is how much of the clock has gone, from 0 to 100.
func (c Clock) Used() int {
	if c.Total <= 0 {
		return 0
	}
	return min(100, max(0, 100*(c.Total-c.Left)/c.Total))
}

// ShowBar reports whether there is a bar to show.
func (c Clock) ShowBar() bool { return c.Total > 0 && c.State == Running }

// HTML renders the clock.
func (c Clock) HTML() (template.HTML, error) { return execute("ui/clock", c) }
