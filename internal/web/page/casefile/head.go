package casefile

import (
	"fmt"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// tab is one part of the file with its address.
type tab struct {
	part casework.Part
	path string
	text string
}

var tabs = []tab{
	{casework.PartSummary, "", "Summary"},
	{casework.PartTimeline, "timeline", "Timeline"},
	{casework.PartDocuments, "documents", "Documents"},
	{casework.PartNotes, "notes", "Notes"},
	{casework.PartRequests, "requests", "Requests"},
	{casework.PartTasks, "tasks", "Tasks"},
	{casework.PartRounds, "rounds", "Linked rounds"},
	{casework.PartConsent, "consent", "Consent"},
	{casework.PartDecisions, "decisions", "Decisions"},
	{casework.PartLookers, "looked", "Who has looked"},
}

// stateTones colours a state; the words say the same.
var stateTones = map[casework.State]ui.Tone{
	casework.Submitted: ui.Waiting, casework.RGPending: ui.Waiting, casework.RGNegative: ui.Negative, casework.Recovery: ui.Active,
	casework.CGPending: ui.Waiting, casework.CGNegative: ui.Negative, casework.Confirmed: ui.Positive, casework.Reconsideration: ui.Waiting,
	casework.Suspended: ui.Paused, casework.Withdrawn: ui.Paused, casework.Closed: ui.Neutral,
}

// StateTag shows where a case stands.
func StateTag(s casework.State) ui.Tag { return ui.Tag{Text: s.Label(), Tone: stateTones[s]} }

// show sends one tab of the case.
func show(rq *page.Request, f *casework.File, part casework.Part, body ...ui.Component) error {
	title := ""
	for _, t := range tabs {
		if t.part == part {
			title = t.text
		}
	}
	head := []ui.Component{Bar(rq, f, true), steps(rq, f), subNav(f, part)}
	if f.Withheld {
		head = append(head, withheld())
	}
	return rq.Show(ui.Page{Title: title + ": case " + f.Reference, Back: back(rq), Wide: true}, append(head, body...)...)
}

func back(rq *page.Request) string {
	if rq.Actor.AgencyKind == core.CompetentAuthority {
		return "/queue"
	}
	return "/referrals"
}

// withheld says that the sealed parts cannot be opened while nothing can be
// recorded.
func withheld() ui.Component {
	return ui.Banner{Heading: "Some parts cannot be opened just now", Body: []ui.Component{
		ui.Para("Opening them has to be recorded, and the record cannot be written at the moment. Everything else is here. Nothing is lost; your administrator has been told.")}}
}

func subNav(f *casework.File, current casework.Part) ui.Component {
	nav := ui.SubNav{Label: "Parts of the case"}
	for _, t := range tabs {
		if f.Shows[t.part] {
			nav.Items = append(nav.Items, ui.NavItem{Text: t.text, Href: Path(f, t.path), Current: t.part == current})
		}
	}
	return nav
}

// Bar is the head of the case: reference, where it stands, its clock and marks.
func Bar(rq *page.Request, f *casework.File, actions bool) ui.IdentityBar {
	bar := ui.IdentityBar{Caption: f.Kind.Label(), Title: f.Reference, Tags: marks(f), Facts: facts(rq, f), Clock: Clock(f)}
	if actions {
		if first := firstSteps(f); len(first) > 0 {
			bar.Actions = &ui.Buttons{Items: first}
		}
	}
	return bar
}

func marks(f *casework.File) []ui.Component {
	list := []ui.Component{StateTag(f.State)}
	mark := func(when bool, text string, tone ui.Tone) {
		if when {
			list = append(list, ui.Badge{Text: text, Tone: tone})
		}
	}
	mark(f.Child && f.Aged, "Child", ui.Special)
	mark(f.ReviewOf != casework.NoDecision && f.Shows[casework.PartRequests], "Waits for second review", ui.Special)
	mark(!f.InfoRequestedFrom.IsZero() && f.Shows[casework.PartRequests], "Information asked for", ui.Waiting)
	mark(f.AgeDisputed && f.Aged, "Age disputed", ui.Waiting)
	mark(f.AgeContradiction && f.Summary, "Age and date of birth disagree", ui.Waiting)
	if f.Protected {
		text := "No removal"
		if !f.ProtectedTo.IsZero() {
			text += " until " + f.ProtectedTo.Long()
		} else {
			text += " until the decision"
		}
		mark(true, text, ui.Active)
	}
	return list
}

func facts(rq *page.Request, f *casework.File) []ui.Fact {
	age := "Adult"
	if f.AgeGroup == "child" {
		age = "Child"
	}
	if f.Child && f.AgeBasis == "presumed" {
		age = "Presumed a child"
	}
	var list []ui.Fact
	if f.Aged {
		list = append(list, ui.Fact{Label: "Age group", Value: ui.Text(age)})
	}
	list = append(list, ui.Fact{Label: "Submitted", Value: when(f, f.SubmittedAt)}, ui.Fact{Label: "Open for", Value: ui.Text(openFor(f))})
	if f.Shows[casework.PartTimeline] {
		assigned := ui.Component(ui.Muted("Nobody yet"))
		if !f.Assignee.IsZero() {
			assigned = ui.Text(rq.Site.UserName(rq.Context(), f.Assignee))
		}
		list = append(list, ui.Fact{Label: "Assigned to", Value: assigned})
	}
	list = append(list, ui.Fact{Label: "Referred by", Value: ui.Text(rq.Site.AgencyName(rq.Context(), f.ReferringAgency))})
	if f.Round > 1 {
		list = append(list, ui.Fact{Label: "Round", Value: ui.Text(fmt.Sprint(f.Round))})
	}
	return list
}

// openFor is the age of the case: there is no upper limit in law for the
// conclusive decision, so how long it takes is always on the page.
func openFor(f *casework.File) string {
	from, to := core.DateIn(f.SubmittedAt, f.Calendar.Location()), f.Today
	if !f.ClosedAt.IsZero() {
		to = core.DateIn(f.ClosedAt, f.Calendar.Location())
	}
	return count(to.Sub(from), "day")
}

func count(n int, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// Clock is the case's clock as far as it has one.
func Clock(f *casework.File) *ui.Clock {
	if f.State == casework.Suspended {
		return &ui.Clock{Name: "Suspended", State: ui.Stopped, Due: "The time gets back what it stood still"}
	}
	if f.DueAt.IsZero() {
		return nil
	}
	due := core.DateIn(f.DueAt, f.Calendar.Location())
	c := &ui.Clock{Name: f.DueFor.Label(), Left: due.Sub(f.Today), Unit: "day", Due: f.DueFor.Label() + ": " + due.Long()}
	switch f.DueFor {
	case casework.DueRG:
		c.Left, c.Total, c.Unit = int(f.Calendar.WorkingDaysBetween(f.Today, due)), int(f.Rules.RGTarget.Value), ""
	case casework.DueReconsideration:
		c.Left, c.Total, c.Unit = int(f.Calendar.WorkingDaysBetween(f.Today, due)), int(f.Rules.ReconsiderationTarget.Value), ""
	case casework.DueRecoveryEnd:
		c.Total = f.RecoveryUntil.Sub(f.RecoveryFrom)
	case casework.DueReconsiderWindow:
		if c.Left < 0 {
			return nil // nobody is late: the person may still ask, with a reason
		}
		c.Total = f.Rules.ReconsiderationWindow.Value
	}
	return c
}
