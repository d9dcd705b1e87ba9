// Package oversight holds the screens of those who watch over clew's use: how
// far the record is signed, who did what and why, one entry with its proof, who
// looked at whom, and what left the system.
//
// The record holds codes and references. No identity is shown here, and none
// can be opened from here.
package oversight

import (
	"time"

	"clew/internal/access"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/oversight", Action: access.ViewCheckpoint, Handle: checkpoint},
	{Method: "GET", Path: "/oversight/entries", Action: access.SearchLedger, Handle: entries},
	{Method: "GET", Path: "/oversight/entries/{id}", Action: access.SearchLedger, Handle: entry},
	{Method: "GET", Path: "/oversight/entries/{id}/proof", Action: access.SearchLedger, Handle: proof},
	{Method: "GET", Path: "/oversight/lookers", Action: access.ViewLookersAll, Handle: lookers},
	{Method: "GET", Path: "/oversight/exports", Action: access.ViewExports, Handle: exports},
}

// frame is what every screen of the area begins with.
func frame(title, here string) []ui.Component {
	items := []ui.NavItem{{Text: "Checkpoint", Href: "/oversight"}, {Text: "Search the record", Href: "/oversight/entries"},
		{Text: "Who has looked", Href: "/oversight/lookers"}, {Text: "Exports", Href: "/oversight/exports"}}
	for i := range items {
		items[i].Current = items[i].Href == here
	}
	return []ui.Component{ui.Heading{Level: 1, Text: title}, ui.SubNav{Label: "Record", Items: items}}
}

// moment shows a time of the record: in UTC, as the record itself has it.
func moment(at time.Time) ui.Component {
	return ui.Stacked{Main: ui.Moment{At: at.UTC(), DateOnly: true}, Sub: at.UTC().Format("15:04:05") + " UTC"}
}
