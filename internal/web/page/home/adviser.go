package home

import (
	"strconv"

	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// adviser shows what waits at the desk and on the line, and takes a call.
func adviser(rq *page.Request) ([]ui.Component, error) {
	w, err := rq.Site.Concerns.Waiting(rq.Context(), rq.Actor, core.Protect)
	if err != nil {
		return nil, err
	}
	n := strconv.Itoa
	return []ui.Component{ui.Heading{Level: 2, Text: "Advice line and desk"},
		ui.Figures{{Value: n(w.Quarantined), Label: "new reports nobody has looked at", Href: "/desk?view=new", Alert: w.Quarantined > 0},
			{Value: n(w.Unread), Label: "reports with a new message", Href: "/desk?view=open", Alert: w.Unread > 0},
			{Value: n(w.Due), Label: "follow-ups that are due", Href: "/line", Alert: w.Due > 0},
			{Value: n(w.Running), Label: "calls on the line", Href: "/line"}},
		ui.Buttons{Items: []ui.Button{{Text: "Go to the line", Href: "/line"}, {Text: "Search the advice", Href: "/advice", Kind: ui.Secondary}}}}, nil
}
