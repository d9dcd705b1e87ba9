package casefile

import (
	"fmt"
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func tasksTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartTasks)
	if err != nil {
		return err
	}
	open := ui.Table{Caption: "To do", RowHeader: true, Empty: "Nothing waits for your agency.", Columns: []ui.Column{{Title: "Task"}, {Title: "Due"}, {Title: "What next"}}}
	done := ui.Table{Caption: "Done", RowHeader: true, Empty: "Nothing was done yet.", Columns: []ui.Column{{Title: "Task"}, {Title: "Done"}, {Title: "By"}}}
	for _, t := range f.Tasks {
		if !t.DoneAt.IsZero() {
			done.Rows = append(done.Rows, ui.Row{Cells: []ui.Component{ui.Text(t.Kind.Label()), when(f, t.DoneAt), line(rq.Site.UserName(rq.Context(), t.DoneBy))}})
			continue
		}
		due := ui.Component(ui.Muted("No date"))
		if !t.DueAt.IsZero() {
			at := core.DateIn(t.DueAt, f.Calendar.Location())
			due = ui.Clock{Name: t.Kind.Label(), Left: at.Sub(f.Today), Unit: "day", Due: at.Long()}
		}
		open.Rows = append(open.Rows, ui.Row{Cells: []ui.Component{ui.Text(t.Kind.Label()), due, nextFor(rq, f, &t)}})
	}
	return show(rq, f, casework.PartTasks, open, done)
}

// nextFor leads to the page that does what a task asks for, or lets it be
// ticked off where nothing else does.
func nextFor(rq *page.Request, f *casework.File, t *casework.Task) ui.Component {
	links := map[casework.TaskKind]taskLink{
		casework.TaskSecondReview:     {reviewOf(f), "review", "Review"},
		casework.TaskDecisionReturned: decideAgain(f, t),
		casework.TaskAgeContradiction: {casework.CmdCorrectAge, "age", "Correct the age"},
		casework.TaskConsentAtAge:     {casework.CmdRecordConsent, "consent/new", "Record consent"},
	}
	if t.Kind == casework.TaskChildNotified && t.AgencyID == rq.Actor.AgencyID {
		return ui.Link{Text: "Confirm on the child’s track", Href: "/children/" + f.ID.String()}
	}
	if path := page.PapersTask(t.Kind, f.ID); path != "" && t.AgencyID == rq.Actor.AgencyID {
		return ui.Link{Text: "Open the page for it", Href: path, Hidden: t.Kind.Label()}
	}
	if l, ok := links[t.Kind]; ok {
		if f.Can[l.do] {
			return ui.Link{Text: l.text, Href: Path(f, l.path)}
		}
		return ui.Muted("Waits for somebody else")
	}
	if t.AgencyID != rq.Actor.AgencyID {
		return nil
	}
	if pair, ok := casework.PairOfTask(t); ok {
		return ui.Link{Text: "Compare", Href: "/matches/" + pair.String(), Hidden: "the two rounds"}
	}
	return form.New(Path(f, "tasks/"+t.ID.String()), rq.CSRF()).Buttons(ui.Button{Text: "Mark as done", Kind: ui.Secondary})
}

// taskLink leads to the page that does what a task asks for.
type taskLink struct {
	do         casework.Command
	path, text string
}

// decideAgain leads to where a decision that was sent back is taken anew.
func decideAgain(f *casework.File, t *casework.Task) taskLink {
	if t.Detail == string(casework.EndOfRecovery) {
		return taskLink{casework.CmdEndRecovery, "recovery/end", "Propose again"}
	}
	_, cmd := casework.DecisionOf(&f.Case)
	return taskLink{cmd, "decide", "Decide"}
}

func reviewOf(f *casework.File) casework.Command {
	for _, cmd := range []casework.Command{casework.CmdReviewRG, casework.CmdReviewCG, casework.CmdReviewReconsideration, casework.CmdReviewEndRecovery} {
		if f.Can[cmd] {
			return cmd
		}
	}
	return ""
}

var taskDone = page.Flash("task-done", "The task is marked as done.")

func completeTask(rq *page.Request) error {
	f, err := Open(rq, casework.PartTasks)
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	id, err := rq.ID("task")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(f.Tasks, func(t casework.Task) bool { return t.ID == id }) {
		return page.ErrNotFound // of another case, or another agency's
	}
	if err := rq.Site.Cases.CompleteTask(rq.Context(), rq.Actor, rq.Purpose, id); err != nil {
		return err
	}
	return rq.Done(Path(f, "tasks"), taskDone)
}

func roundsTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartRounds)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Other rounds of the same person", RowHeader: true, Empty: "There is no other round that you may see.",
		Columns: []ui.Column{{Title: "Reference"}, {Title: "Round"}, {Title: "Status"}, {Title: "Submitted"}}}
	for _, r := range f.Rounds {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: r.Reference, Href: "/cases/" + r.ID.String(), Ref: true}, ui.Text(fmt.Sprint(r.Round)),
			StateTag(r.State), when(f, r.SubmittedAt)}})
	}
	return show(rq, f, casework.PartRounds, ui.Para("Somebody who is referred again is one person with several rounds, and is counted once. Each round keeps its own record."), t)
}

func consentTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartConsent)
	if err != nil {
		return err
	}
	var buttons ui.Buttons
	if f.Can[casework.CmdRecordConsent] {
		buttons.Items = append(buttons.Items, ui.Button{Text: "Record consent", Href: Path(f, "consent/new"), Kind: ui.Secondary})
	}
	if f.Can[casework.CmdWithdrawConsent] {
		buttons.Items = append(buttons.Items, ui.Button{Text: "Record that consent is withdrawn", Href: Path(f, "consent/withdraw"), Kind: ui.Secondary})
	}
	words := "Without consent nothing leaves the authority and the agency that referred. Consent can be withdrawn at any time; sharing then ends."
	if f.Child && f.Aged {
		words = "A child is protected without being asked for consent. What a child says about it is recorded all the same."
	}
	body := []ui.Component{ui.Para(words)}
	if len(buttons.Items) > 0 {
		body = append(body, buttons)
	}
	if !f.Shows[casework.PartTimeline] {
		return show(rq, f, casework.PartConsent, body...)
	}
	return show(rq, f, casework.PartConsent, append(body, consents(rq, f))...)
}

func consents(rq *page.Request, f *casework.File) ui.Component {
	t := ui.Table{Caption: "Consent on record", RowHeader: true, Empty: "No consent is on record.", Columns: []ui.Column{{Title: "For"}, {Title: "Given"},
		{Title: "Explained in"}, {Title: "Notice"}, {Title: "Recorded by"}, {Title: "Status"}}}
	for _, c := range f.Consents {
		status := ui.Component(ui.Tag{Text: "Given", Tone: ui.Positive})
		if !c.WithdrawnAt.IsZero() {
			status = ui.Stacked{Main: ui.Tag{Text: "Withdrawn", Tone: ui.Paused}, Sub: moment(f, c.WithdrawnAt).Words()}
		}
		spoken := language(c.Language)
		if c.Interpreter {
			spoken += ", with an interpreter"
		}
		given := ui.Moment{At: c.GivenAt.In(f.Calendar.Location()), DateOnly: true}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(consentWords[c.Purpose]), given, ui.Text(spoken), ui.Text(c.NoticeVersion), ui.Text(who(rq, c.RecordedBy, c.AgencyID)), status}})
	}
	return t
}

func decisionsTab(rq *page.Request) error {
	f, err := Open(rq, casework.PartDecisions)
	if err != nil {
		return err
	}
	var body []ui.Component
	for _, d := range slices.Backward(f.Decisions) {
		if d.Status == "requested" && d.Words == nil {
			continue
		}
		body = append(body, Decision(rq, f, d))
	}
	if len(body) == 0 {
		body = []ui.Component{ui.Para("Nothing has been decided yet.")}
	}
	return show(rq, f, casework.PartDecisions, body...)
}

// maxLookers is how many people the list shows at once.
const maxLookers = 200

func lookersTab(rq *page.Request) error {
	f, err := Open(rq)
	if err != nil {
		return err
	}
	if !f.Lookers {
		return page.ErrNotFound
	}
	list, next, err := rq.Site.Ledger.Lookers(rq.Context(), f.ID, ledger.LookersCursor{}, maxLookers)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Who has looked at this case", CaptionHidden: true, RowHeader: true, Empty: "Nobody has opened this case yet.",
		Columns: []ui.Column{{Title: "Who"}, {Title: "Agency"}, {Title: "First"}, {Title: "Last"}, {Title: "Times", Numeric: true}}}
	for _, l := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(rq.Site.UserName(rq.Context(), l.Actor)), ui.Text(rq.Site.AgencyName(rq.Context(), l.Agency)),
			when(f, l.First), when(f, l.Last), ui.Text(fmt.Sprint(l.Times))}})
	}
	body := []ui.Component{ui.Heading{Level: 2, Text: "Who has looked"}, ui.Para("Every opening of what is known about the person is in a record that nobody can change. The person may ask for this list."), t}
	if next != (ledger.LookersCursor{}) {
		body = append(body, ui.Para(fmt.Sprintf("These are the latest %d. Oversight has them all.", maxLookers)))
	}
	return show(rq, f, casework.PartLookers, body...)
}
