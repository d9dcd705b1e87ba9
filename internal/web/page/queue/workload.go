package queue

import (
	"strconv"

	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// workload shows what each caseworker of the authority has on the desk.
func workload(rq *page.Request) error {
	t, err := WorkloadTable(rq)
	if err != nil {
		return err
	}
	return rq.Show(ui.Page{Title: "Workload", Back: "/queue"}, ui.Heading{Level: 1, Text: "Workload"},
		ui.Para("Cases in work, by who answers for them. Decided and ended cases are not counted."), t)
}

// WorkloadTable is the table of the workload page, most cases first.
func WorkloadTable(rq *page.Request) (ui.Table, error) {
	t := ui.Table{Caption: "Cases by caseworker", RowHeader: true, Empty: "No case is in work.",
		Columns: []ui.Column{{Title: "Caseworker"}, {Title: "In work", Numeric: true}, {Title: "Overdue", Numeric: true}}}
	list, err := rq.Site.Cases.WorkloadOf(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return t, err
	}
	for _, w := range list {
		who := ui.Link{Text: "Nobody yet", Href: "/queue?assigned=nobody"}
		if !w.Assignee.IsZero() {
			who = ui.Link{Text: rq.Site.UserName(rq.Context(), w.Assignee), Href: "/queue?assigned=" + w.Assignee.String()}
		}
		overdue := ui.Component(ui.Text(strconv.Itoa(w.Overdue)))
		if w.Overdue > 0 {
			overdue = ui.Badge{Text: strconv.Itoa(w.Overdue) + " overdue", Tone: ui.Negative}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{who, ui.Text(count(w.Live)), overdue}})
	}
	return t, nil
}
