package admin

import (
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// policies lists what decides who may see what: the base, what no memorandum
// can undo, and each memorandum of understanding.
func policies(rq *page.Request) error {
	t := ui.Table{Caption: "Policy files, in the order they are read", CaptionHidden: true, RowHeader: true,
		Columns: []ui.Column{{Title: "What it settles"}, {Title: "Between"}, {Title: "In force"}, {Title: "State"}}}
	for _, f := range rq.Site.Policies.Files() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Link{Text: titleOf(f), Href: "/admin/policies/" + f.Name}, Sub: f.Name},
			parties(f), ui.Text(inForce(f)), forceTag(rq, f)}})
	}
	return rq.Show(ui.Page{Title: "Policies"}, append(frame("Policies", "/admin/policies"),
		ui.Para("Every request is held against these files. They are changed on the machine, not here, and are read when clew starts."), t)...)
}

func titleOf(f access.PolicyFile) string {
	if f.Title == "" {
		return f.Name
	}
	return f.Title
}

func parties(f access.PolicyFile) ui.Component {
	if len(f.Parties) == 0 {
		return ui.Muted("Everybody")
	}
	return ui.Text(strings.Join(f.Parties, ", "))
}

func inForce(f access.PolicyFile) string {
	switch {
	case f.From.IsZero() && f.Until.IsZero():
		return "Always"
	case f.Until.IsZero():
		return "From " + long(f.From)
	case f.From.IsZero():
		return "Until " + long(f.Until)
	}
	return "From " + long(f.From) + " until " + long(f.Until)
}

func long(t time.Time) string { return core.DateIn(t, time.UTC).Long() }

func forceTag(rq *page.Request, f access.PolicyFile) ui.Component {
	g := ui.Group{ui.Tag{Text: "In force", Tone: ui.Positive}}
	if !f.InForce(rq.Site.Clock.Now()) {
		g = ui.Group{ui.Tag{Text: "Not in force", Tone: ui.Neutral}}
	}
	if f.Local {
		g = append(g, ui.Badge{Text: "Added here"})
	}
	return g
}

// policy shows the text of one file.
func policy(rq *page.Request) error {
	for _, f := range rq.Site.Policies.Files() {
		if f.Name == rq.PathValue("name") {
			return rq.Show(ui.Page{Title: titleOf(f), Back: "/admin/policies"}, ui.Heading{Level: 1, Text: titleOf(f)},
				ui.SummaryList{Rows: []ui.SummaryRow{{Key: "File", Value: ui.Text(f.Name)}, {Key: "Between", Value: parties(f)}, {Key: "In force", Value: ui.Text(inForce(f))}}},
				ui.Heading{Level: 2, Text: "Text"}, ui.Prose(f.Text))
		}
	}
	return page.ErrNotFound
}
