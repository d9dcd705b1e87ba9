package support

import (
	"fmt"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/safecontact"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/keyset"
	"clew/internal/web/ui"
)

func filePath(file core.ID, rest string) string {
	p := "/support/files/" + file.String()
	if rest != "" {
		p += "/" + rest
	}
	return p
}

const peoplePage = 50

// people lists whom the provider supports, by their next contact.
func people(rq *page.Request) error {
	ended := rq.URL.Query().Get("show") == "ended"
	var after domain.Cursor
	var err error
	if after.Key, after.ID, err = keyset.Decode(rq.URL.Query().Get("after")); err != nil {
		return err
	}
	list, next, err := rq.Site.Support.Files(rq.Context(), rq.Actor, rq.Purpose, ended, after, peoplePage)
	if err != nil {
		return err
	}
	t := peopleTable(rq, list)
	other := ui.Link{Text: "Support that has ended", Href: "/support/people?show=ended"}
	path := "/support/people?"
	if ended {
		t.Empty, t.Caption = "No support has ended yet.", "Support that has ended"
		other, path = ui.Link{Text: "Everybody you support now", Href: "/support/people"}, "/support/people?show=ended&"
	}
	body := append(frame("People", "/support/people"), t)
	if next != nil {
		body = append(body, ui.Pagination{Next: path + "after=" + keyset.Encode(next.Key, next.ID)})
	}
	return rq.Show(ui.Page{Title: "People you support"}, append(body, ui.List{Plain: true, Items: []ui.Component{other}})...)
}

// openFile opens the file that the path names.
func openFile(rq *page.Request) (*domain.FileView, error) {
	file, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Support.View(rq.Context(), rq.Actor, rq.Purpose, file)
}

// show sends one tab of a file.
func show(rq *page.Request, v *domain.FileView, tab, title string, body ...ui.Component) error {
	bar := ui.IdentityBar{Caption: "Support", Title: "Case " + v.Reference, Tags: []ui.Component{ui.Tag{Text: v.State.Label(), Tone: fileTones[v.State]}}, Facts: facts(v)}
	nav := ui.SubNav{Label: "Support file"}
	for _, t := range []struct{ path, text string }{{"", "Overview"}, {"plan", "Plan"}, {"contacts", "Contacts"}, {"help", "Help given"}} {
		nav.Items = append(nav.Items, ui.NavItem{Text: t.text, Href: filePath(v.ID, t.path), Current: t.path == tab})
	}
	head := []ui.Component{bar, nav}
	if v.State == domain.Ended {
		head = []ui.Component{bar, ui.Inset{Body: []ui.Component{ui.Para("This support has ended. Its notes are sealed; who the person is, is no longer shown.")}}}
		body = nil
	}
	back := "/support/people"
	if rq.Actor.AgencyID != v.Agency {
		back = "/cases/" + v.Case.String()
	}
	return rq.Show(ui.Page{Title: title + ": support of case " + v.Reference, Back: back, Wide: true}, append(head, body...)...)
}

func facts(v *domain.FileView) []ui.Fact {
	f := []ui.Fact{{Label: "Phase", Value: ui.Text(domain.ServiceLabel(v.Phase))}, {Label: "Since", Value: ui.Moment{At: v.StartedAt.In(v.Zone), DateOnly: true}}}
	if v.State == domain.Notice {
		f = append(f, ui.Fact{Label: "Notice until", Value: ui.Text(v.EndsOn.Long())})
	}
	return f
}

func overview(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	var body []ui.Component
	if v.Works {
		body = append(body, todo(rq, v), ui.Para("Who they are stands on the case’s own page."), link("Open the case", "/cases/"+v.Case.String()))
	}
	body = append(body, assessment(v), moveOn(v))
	if v.Works {
		body = append(body, terms(v), stay(v), sharing(v), ending(v))
	}
	return show(rq, v, "", "Overview", body...)
}

// todo is what waits in this file.
func todo(rq *page.Request, v *domain.FileView) ui.Component {
	if len(v.Tasks) == 0 {
		return ui.Group{}
	}
	t := ui.Table{Caption: "To do", Columns: []ui.Column{{Title: "Task"}, {Title: "Since"}, {Title: "Done?"}}}
	for _, k := range v.Tasks {
		done := ui.Component(ui.Muted("Closes when it is done"))
		if k.Kind == domain.TaskWelfareCheck || k.Kind == domain.TaskArrival {
			done = form.New(filePath(v.ID, "tasks/"+k.Kind), rq.CSRF()).Buttons(ui.Button{Text: "Done", Hidden: taskLabel(k.Kind), Kind: ui.Secondary})
		}
		if path := page.PapersTask(casework.TaskKind(k.Kind), v.Case); path != "" {
			done = ui.Link{Text: "Open", Href: path, Hidden: "the page on which this is done: " + taskLabel(k.Kind)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(taskLabel(k.Kind)), ui.Moment{At: k.CreatedAt.In(v.Zone)}, done}, Alert: k.Kind == domain.TaskWelfareCheck})
	}
	return t
}

// change is the link to a step, for whoever may take it.
func change(v *domain.FileView, text, to, hidden string) []ui.Link {
	if !v.Works {
		return nil
	}
	return []ui.Link{{Text: text, Href: filePath(v.ID, to), Hidden: hidden}}
}

func assessment(v *domain.FileView) ui.Component {
	a := v.Assessment
	risk := map[string]string{"standard": "Standard", "high": "High"}[a.Risk]
	rows := []ui.SummaryRow{{Key: "Risk", Value: line(risk)}, {Key: "Safety", Value: text(a.Safety)}, {Key: "Health", Value: text(a.Health)}, {Key: "Mental health", Value: text(a.Mind)},
		{Key: "Legal", Value: text(a.Legal)}, {Key: "Interpreter", Value: line(language(a.Interpreter))}, {Key: "Dependants", Value: text(a.Dependants)}}
	return ui.SummaryList{Title: "Needs and risks", Rows: rows, Action: change(v, "Write", "assessment", "the assessment of needs and risks")}
}

func moveOn(v *domain.FileView) ui.Component {
	m := v.MoveOn
	rows := []ui.SummaryRow{{Key: "Where they will live", Value: text(m.Home)}, {Key: "What they will live on", Value: text(m.Income)}, {Key: "Who is there for them", Value: text(m.People)}, {Key: "Staying safe", Value: text(m.Safety)}}
	return ui.SummaryList{Title: "Moving on", Rows: rows, Action: change(v, "Write", "move-on", "the plan for moving on")}
}

// terms shows how the person may be reached: never the number itself, which
// stands where a message has passed the check.
func terms(v *domain.FileView) ui.Component {
	t := v.Terms
	safe := map[string]string{safecontact.Directly: "Yes, directly", safecontact.OnlyThrough: "Only through somebody else", safecontact.NotAtAll: "No", "": "Not yet asked"}[t.SafeToReach]
	rows := []ui.SummaryRow{{Key: "Safe to contact", Value: ui.Text(safe)}, {Key: "How", Value: line(joined(t.Open(), safecontact.ChannelLabel))}, {Key: "When", Value: text(t.Hours)},
		{Key: "Never say or leave", Value: text(t.NeverSay)}, {Key: "Language", Value: line(language(t.Language))}}
	if t.Through != "" {
		rows = append(rows, ui.SummaryRow{Key: "Through whom", Value: text(t.Through)})
	}
	actions := append(change(v, "Reach them", "reach", ""), change(v, "Change", "terms", "how they may be reached")...)
	return ui.SummaryList{Title: "Safe contact", Rows: rows, Action: actions}
}

func stay(v *domain.FileView) ui.Component {
	s := ui.SummaryList{Title: "Where they stay"}
	switch {
	case v.Stay == nil:
		s.Rows = []ui.SummaryRow{{Key: "Bed", Value: ui.Text("None: support outside the house")}}
	case v.Stay.State == domain.StayReserved:
		s.Rows = []ui.SummaryRow{{Key: "Bed", Value: ui.Text("Reserved, not yet there")}}
		s.Action = change(v, "They have arrived", "arrive", "")
	default:
		s.Rows = []ui.SummaryRow{{Key: "Bed", Value: ui.Text("There since " + v.Stay.ArrivedOn.Long())}}
		s.Action = change(v, "Move to another bed", "move", "")
	}
	if v.Stay != nil {
		s.Rows = append(s.Rows, ui.SummaryRow{Key: "Place", Value: ui.Link{Text: "Open the place", Href: placePath(v.Stay.Place)}})
	}
	s.Action = append(s.Action, change(v, "Change phase", "phase", "")...)
	return s
}

func sharing(v *domain.FileView) ui.Component {
	words := "No. The authority sees that support runs and nothing that is written here."
	if v.Shared {
		words = "Yes, at the person’s own wish. They can take it back at any time."
	}
	return ui.SummaryList{Title: "May the authority read these notes?", Rows: []ui.SummaryRow{{Key: "The person’s answer", Value: ui.Text(words)}}, Action: change(v, "Change", "share", "whether the authority may read")}
}

func ending(v *domain.FileView) ui.Component {
	s := ui.SummaryList{Title: "Ending"}
	if v.State == domain.Notice {
		s.Rows = []ui.SummaryRow{{Key: "Notice", Value: ui.Text("Support ends on " + v.EndsOn.Long() + " at the earliest: " + page.Label(v.Rules.Support.EndReasons, v.EndReason))}}
		s.Action = append(change(v, "End support", "end", ""), change(v, "Take the notice back", "take-back", "")...)
		return s
	}
	s.Rows = []ui.SummaryRow{{Key: "Notice", Value: ui.Text("None. Support goes on until it is ended with a reason and notice.")}}
	s.Action = change(v, "Give notice", "notice", "")
	return s
}

func plan(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	var body []ui.Component
	if v.Works {
		body = append(body, ui.Button{Text: "Add a goal", Href: filePath(v.ID, "goal")})
	}
	if len(v.Goals) == 0 {
		body = append(body, ui.Para("No goal has been written yet. Begin with what the person wants."))
	}
	for _, g := range v.Goals {
		rows := []ui.SummaryRow{{Key: "Goal", Value: text(g.Words.Goal)}, {Key: "Steps", Value: text(g.Words.Steps)}, {Key: "How it goes", Value: text(g.Words.Review)},
			{Key: "State", Value: ui.Tag{Text: g.State.Label(), Tone: goalTones[g.State]}}}
		card := ui.SummaryList{Title: page.Label(v.Rules.Support.GoalAreas, g.Area), Rows: rows}
		if g.State == domain.GoalOpen {
			card.Rows = append(card.Rows, ui.SummaryRow{Key: "Look at it on", Value: ui.Text(g.ReviewOn.Long())})
			card.Action = change(v, "Look at it together", "goals/"+g.ID.String(), "on "+g.ReviewOn.Long())
		}
		body = append(body, card)
	}
	return show(rq, v, "plan", "Plan", body...)
}

func contacts(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Contacts, the latest first", CaptionHidden: true, Empty: "No contact is planned or made yet.", Columns: []ui.Column{{Title: "When"}, {Title: "How"}, {Title: "State"}, {Title: "About"}, {Title: "Record"}}}
	for _, k := range v.Contacts {
		state := ui.Component(ui.Tag{Text: k.State.Label(), Tone: contactTones[k.State]})
		if k.State == domain.ContactMissed && k.RecordedBy.IsZero() {
			state = ui.Stacked{Main: state, Sub: "Nobody recorded it"}
		}
		about := ui.Group{}
		for _, words := range []core.Secret{k.Words.About, k.Words.Result} {
			if c := text(words); c != nil {
				about = append(about, c)
			}
		}
		record := ui.Component(ui.Muted("Nothing to do"))
		if v.Works && (k.State == domain.ContactPlanned || k.State == domain.ContactMissed) {
			record = ui.Link{Text: "Record", Href: filePath(v.ID, "contacts/"+k.ID.String()), Hidden: "what came of the contact on " + ui.Moment{At: k.PlannedAt.In(v.Zone)}.Words()}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Moment{At: k.PlannedAt.In(v.Zone)}, ui.Text(safecontact.ChannelLabel(k.Channel)), state, about, record}, Alert: k.State == domain.ContactMissed})
	}
	var body []ui.Component
	if v.Works {
		body = append(body, ui.Buttons{Items: []ui.Button{{Text: "Plan a contact", Href: filePath(v.ID, "contact")}, {Text: "Reach them now", Href: filePath(v.ID, "reach"), Kind: ui.Secondary}}})
	}
	return show(rq, v, "contacts", "Contacts", append(body, t)...)
}

func help(rq *page.Request) error {
	v, err := openFile(rq)
	if err != nil {
		return err
	}
	var body []ui.Component
	if v.Works {
		body = append(body, ui.Buttons{Items: []ui.Button{{Text: "Record help", Href: filePath(v.ID, "activity")}, {Text: "Record an allowance", Href: filePath(v.ID, "payment"), Kind: ui.Secondary}}})
	}
	given := ui.Table{Caption: "Help given, the latest first", Empty: "No help is recorded yet.", Columns: []ui.Column{{Title: "Day"}, {Title: "What"}, {Title: "Words"}}}
	for _, a := range v.Activities {
		given.Rows = append(given.Rows, ui.Row{Cells: []ui.Component{ui.Text(a.On.Long()), ui.Text(page.Label(v.Rules.Support.Activities, a.Kind)), text(a.Words)}})
	}
	paid := ui.Table{Caption: "Allowances, the latest first", Empty: "No allowance is recorded yet.", Columns: []ui.Column{{Title: "Day"}, {Title: "For"}, {Title: "Amount", Numeric: true}}}
	for _, p := range v.Payments {
		paid.Rows = append(paid.Rows, ui.Row{Cells: []ui.Component{ui.Text(p.PaidOn.Long()), ui.Stacked{Main: ui.Text(page.Label(v.Rules.Support.Allowances, p.Kind)), Sub: p.Note.Reveal()}, ui.Text(money(p.Amount, p.Currency))}})
	}
	return show(rq, v, "help", "Help given", append(body, given, paid)...)
}

func money(amount int64, currency string) string {
	return fmt.Sprintf("%s %d.%02d", currency, amount/100, amount%100)
}

// amount reads "12.50" or "12" in the smallest unit; ok is false for anything
// else.
func amount(s string) (int64, bool) {
	whole, cents, found := cut(s)
	n, err := strconv.ParseInt(whole, 10, 32)
	if err != nil || n < 0 {
		return 0, false
	}
	if !found {
		return n * 100, true
	}
	c, err := strconv.ParseInt(cents, 10, 32)
	if err != nil || len(cents) != 2 || c < 0 {
		return 0, false
	}
	return n*100 + c, true
}
