package support

import (
	"strconv"

	"clew/internal/casework"
	domain "clew/internal/support"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// shortList is how many lines a list on the first page has: the rest is a link
// away.
const shortList = 8

func today(rq *page.Request) error {
	body, err := Today(rq)
	if err != nil {
		return err
	}
	return rq.Show(ui.Page{Title: "Support today"}, append(frame("Support today", "/support"), body...)...)
}

// Today is what needs the provider today: for its own first page and for
// everybody's.
func Today(rq *page.Request) ([]ui.Component, error) {
	d, err := rq.Site.Support.Today(rq.Context(), rq.Actor, rq.Purpose, shortList)
	if err != nil {
		return nil, err
	}
	var body []ui.Component
	if d.Ended {
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("No service agreement runs for your organisation today, so nobody new is offered to you. Support that runs goes on.")}})
	}
	body = append(body, ui.Figures{
		{Value: strconv.Itoa(d.Beds[domain.Free]), Label: "Free beds", Href: "/support/places"},
		{Value: strconv.Itoa(d.Beds[domain.Reserved]), Label: "Reserved", Href: "/support/places"},
		{Value: strconv.Itoa(d.Beds[domain.Occupied]), Label: "Occupied", Href: "/support/places"},
	}, ui.Heading{Level: 2, Text: "Waiting for your answer"}, offerTable(rq, d.Offers), ui.Heading{Level: 2, Text: "To do"}, taskTable(rq, d.Tasks),
		ui.Heading{Level: 2, Text: "Next contacts"}, peopleTable(rq, d.Next), link("Everybody you support", "/support/people"))
	return body, nil
}

func taskTable(rq *page.Request, tasks []domain.TaskLine) ui.Table {
	t := ui.Table{Caption: "Open tasks, most urgent first", CaptionHidden: true, Empty: "No task is open.", Columns: []ui.Column{{Title: "Task"}, {Title: "Case"}, {Title: "Since"}}}
	for _, k := range tasks {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: taskLabel(k.Kind), Href: taskPath(k), Hidden: "of case " + k.Reference}, ui.Text(k.Reference),
			ui.Moment{At: k.CreatedAt.In(rq.Zone())}}, Alert: k.Kind == domain.TaskWelfareCheck})
	}
	return t
}

func taskLabel(kind string) string { return casework.TaskKind(kind).Label() }

// taskPath is the page on which a task is done. Papers hang on the case, and not
// on the file.
func taskPath(k domain.TaskLine) string {
	if path := page.PapersTask(casework.TaskKind(k.Kind), k.Case); path != "" {
		return path
	}
	return filePath(k.File, taskTab[k.Kind])
}

// taskTab is where a task is done.
var taskTab = map[string]string{domain.TaskMissed: "contacts", domain.TaskReview: "plan", domain.TaskWelfareCheck: "contacts"}

func peopleTable(rq *page.Request, files []domain.FileLine) ui.Table {
	t := ui.Table{Caption: "People you support, by their next contact", CaptionHidden: true, Empty: "Nobody is entrusted to your organisation yet.",
		Columns: []ui.Column{{Title: "Case"}, {Title: "Support"}, {Title: "Next contact"}}}
	for _, f := range files {
		next := ui.Component(ui.Muted("None planned"))
		if !f.NextAt.IsZero() {
			next = ui.Moment{At: f.NextAt.In(rq.Zone())}
		}
		ref := ui.Link{Text: f.Reference, Href: filePath(f.ID, ""), Ref: true}
		if f.Reference == "" {
			ref = ui.Link{Text: "Support that began on " + ui.Moment{At: f.StartedAt.In(rq.Zone()), DateOnly: true}.Words(), Href: filePath(f.ID, "")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ref, ui.Stacked{Main: ui.Tag{Text: f.State.Label(), Tone: fileTones[f.State]}, Sub: domain.ServiceLabel(f.Phase)}, next}})
	}
	return t
}
