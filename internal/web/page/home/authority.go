package home

import (
	"fmt"
	"strconv"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/page/queue"
	"clew/internal/web/ui"
)

// shortList is how many lines a list on this page has: the rest is a link away.
const shortList = 8

// caseworker shows their own cases by time left, and the authority's tasks.
func caseworker(rq *page.Request) ([]ui.Component, error) {
	own := casework.QueueFilter{Assigned: "me", States: queue.InWork}
	p, err := rq.Site.Cases.Queue(rq.Context(), rq.Actor, rq.Purpose, own, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	body := []ui.Component{ui.Heading{Level: 2, Text: "Your cases"}}
	t := caseTable(rq, p.Cases, "Your cases, least time left first", "No case is assigned to you. Your manager assigns from the queue.")
	body = append(body, t)
	if p.Next != nil {
		body = append(body, link("All your cases", "/queue?assigned=me"))
	}
	tasks, err := taskList(rq, []casework.TaskKind{casework.TaskPossibleMatch, casework.TaskAgeContradiction, casework.TaskConsentAtAge,
		casework.TaskTurnsEighteen, casework.TaskInfoOverdue, casework.TaskSupportUnanswered, casework.TaskWelfareCheck, casework.TaskPermitExpiring, casework.TaskReturnFollowUp})
	return append(body, tasks...), err
}

// reviewer shows what waits for a second pair of eyes.
func reviewer(rq *page.Request) ([]ui.Component, error) {
	p, err := rq.Site.Cases.Queue(rq.Context(), rq.Actor, rq.Purpose, casework.QueueFilter{Review: true}, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	var mine []casework.Case
	for _, c := range p.Cases {
		if rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ReviewDecision, c.Resource()).Allowed {
			mine = append(mine, c)
		}
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Waiting for your review"},
		caseTable(rq, mine, "Decisions by colleagues that need a second reviewer", "Nothing waits for a second review."),
		link("Open your review inbox", "/reviews")}, nil
}

// manager shows the authority's figures, what has no owner, and who carries
// what.
func manager(rq *page.Request) ([]ui.Component, error) {
	ctx, cases := rq.Context(), rq.Site.Cases
	c, err := cases.Counts(ctx, rq.Actor, rq.Purpose)
	if err != nil {
		return nil, err
	}
	body := []ui.Component{ui.Figures{
		{Value: strconv.Itoa(c.Overdue), Label: "Overdue", Href: "/queue?deadline=overdue", Alert: c.Overdue > 0},
		{Value: strconv.Itoa(c.DueToday), Label: "Due today", Href: "/queue?deadline=today"},
		{Value: strconv.Itoa(c.Unassigned), Label: "Assigned to nobody", Href: "/queue?assigned=nobody"},
		{Value: strconv.Itoa(c.Review), Label: "Second review", Href: "/queue?show=review"},
	}, ui.Para("Counted at " + c.At.In(rq.Zone()).Format("3:04pm") + ".")}
	late, err := cases.Queue(ctx, rq.Actor, rq.Purpose, casework.QueueFilter{Deadline: "overdue", States: queue.InWork}, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	nobody, err := cases.Queue(ctx, rq.Actor, rq.Purpose, casework.QueueFilter{Assigned: "nobody", States: queue.InWork}, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	work, err := queue.WorkloadTable(rq)
	if err != nil {
		return nil, err
	}
	waits, err := taskList(rq, []casework.TaskKind{casework.TaskSupportUnanswered, casework.TaskWelfareCheck, casework.TaskPermitExpiring, casework.TaskReturnFollowUp})
	if err != nil {
		return nil, err
	}
	body = append(body, waits...)
	return append(body, ui.Heading{Level: 2, Text: "Past their deadline"}, caseTable(rq, late.Cases, "Cases past their deadline", "No case is past its deadline."),
		ui.Heading{Level: 2, Text: "Assigned to nobody"}, caseTable(rq, nobody.Cases, "Cases without a caseworker", "Every case has a caseworker."),
		link("Assign from the queue", "/queue?assigned=nobody"), ui.Heading{Level: 2, Text: "Workload"}, short(work), link("The whole workload", "/queue/workload")), nil
}

func short(t ui.Table) ui.Table {
	t.CaptionHidden = true
	t.Rows = t.Rows[:min(len(t.Rows), shortList)]
	return t
}

// caseTable is a short list of cases: which, how long left, where it stands.
func caseTable(rq *page.Request, cases []casework.Case, caption, empty string) ui.Component {
	t := ui.Table{Caption: caption, CaptionHidden: true, Empty: empty, Columns: []ui.Column{{Title: "Case"}, {Title: "Time left"}, {Title: "State"}}}
	for i := range cases {
		c := &cases[i]
		clock := queue.ClockOf(rq, c)
		running, ok := clock.(ui.Clock)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{queue.CaseLink(c), clock, stateOf(c)}, Alert: ok && running.Urgency() == "overdue"})
	}
	return t
}

func stateOf(c *casework.Case) ui.Component {
	g := ui.Group{casefile.StateTag(c.State)}
	if c.Child {
		g = append(g, ui.Badge{Text: "Child", Tone: ui.Special})
	}
	if c.ReviewOf != casework.NoDecision {
		g = append(g, ui.Badge{Text: c.ReviewOf.Label() + ": second review", Tone: ui.Special})
	}
	return g
}

// taskList is what the agency has to do, most urgent first, when there is
// anything.
func taskList(rq *page.Request, kinds []casework.TaskKind) ([]ui.Component, error) {
	tasks, err := rq.Site.Cases.OpenTasks(rq.Context(), rq.Actor, rq.Purpose, kinds, shortList)
	if err != nil {
		return nil, err
	}
	body := []ui.Component{ui.Heading{Level: 2, Text: "To do"}}
	if len(tasks) == 0 {
		return append(body, ui.Para("No task is open.")), nil
	}
	t := ui.Table{Caption: "Open tasks, most urgent first", CaptionHidden: true, Columns: []ui.Column{{Title: "Task"}, {Title: "Case"}, {Title: "Due"}}}
	for i := range tasks {
		k := &tasks[i]
		due := ui.Component(ui.Muted("No date"))
		if !k.DueAt.IsZero() {
			due = ui.Text(queue.Day(rq, &k.Case, k.DueAt))
			if rq.Site.Clock.Now().After(k.DueAt) {
				due = ui.Group{due, ui.Badge{Text: "Late", Tone: ui.Negative}}
			}
		}
		what := ui.Component(ui.Text(k.Kind.Label()))
		if pair, ok := casework.PairOfTask(&k.Task); ok {
			what = ui.Link{Text: k.Kind.Label(), Href: "/matches/" + pair.String()}
		}
		if path := page.PapersTask(k.Kind, k.Case.ID); path != "" {
			what = ui.Link{Text: k.Kind.Label(), Href: path, Hidden: "of case " + k.Case.Reference}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{what, queue.CaseLink(&k.Case), due}})
	}
	return append(body, t), nil
}

func link(text, href string) ui.Component {
	return ui.List{Plain: true, Items: []ui.Component{ui.Link{Text: text, Href: href}}}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
