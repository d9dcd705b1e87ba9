package queue

import (
	"fmt"
	"slices"
	"strconv"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/page/keyset"
	"clew/internal/web/ui"
)

// pageSize is how many cases one page of the queue has: what somebody looks
// through before narrowing the list.
const pageSize = 50

// desk is the queue's page being put together: the list, and the forms about it.
type desk struct {
	rq     *page.Request
	filter *filter
	people []form.Option // the caseworkers of the authority
	list   casework.Page
	counts casework.QueueCounts
	views  []casework.SavedView

	assign *form.Form
	to     *form.Field
	picked []string
	save   *form.Form
	name   *form.Field
	find   *form.Form
	jump   *form.Field
}

// newDesk reads the filter from the address and makes the forms.
func newDesk(rq *page.Request) (*desk, error) {
	if rq.Actor.AgencyKind != core.CompetentAuthority {
		return nil, page.ErrNotFound
	}
	d := &desk{rq: rq}
	var err error
	if d.people, err = caseworkers(rq); err != nil {
		return nil, err
	}
	if d.filter, err = newFilter(rq, d.people); err != nil {
		return nil, err
	}
	d.assign = form.New(d.filter.path("/queue/assign"), rq.CSRF()).Buttons(ui.Button{Text: "Assign the selected cases"})
	d.to = d.assign.Select("to", "Assign to", append(slices.Clone(d.people), form.Option{Value: unassign, Label: "Nobody: take them off every desk"}),
		form.Required("Choose who takes the cases."))
	d.save = form.New(d.filter.path("/queue/views"), rq.CSRF()).Buttons(ui.Button{Text: "Save this view", Kind: ui.Secondary})
	d.name = d.save.Text("name", "Name of the view", form.Required("Give the view a name."), form.Width("20"))
	d.find = form.NewSearch("/queue/find").Buttons(ui.Button{Text: "Open the case", Kind: ui.Secondary})
	d.jump = d.find.Text("reference", "Case reference", form.Width("10"), form.Hint("For example ABCD-1234. Spaces and small letters are fine."),
		form.Required("Enter a case reference."))
	return d, nil
}

// caseworkers lists who can be given a case.
func caseworkers(rq *page.Request) ([]form.Option, error) {
	users, err := rq.Site.Auth.Users(rq.Context(), rq.Actor.AgencyID)
	if err != nil {
		return nil, err
	}
	var o []form.Option
	for _, u := range users {
		if u.Active && slices.Contains(u.Roles, core.RoleCaseworker) {
			o = append(o, form.Option{Value: u.ID.String(), Label: u.Name})
		}
	}
	return o, nil
}

func list(rq *page.Request) error {
	d, err := newDesk(rq)
	if err != nil {
		return err
	}
	return d.show(d.filter.Form)
}

// show loads the list and sends the page. The errors are those of the form that
// was refused.
func (d *desk) show(refused *form.Form) error {
	if err := d.load(); err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Queue"}, d.figures(), ui.Para(asOf(d.counts))}
	body = append(body, ui.Details{Summary: "Go to a case by its reference", Open: refused == d.find, Body: []ui.Component{d.find}}, d.savedViews(refused == d.save))
	cases := []ui.Component{d.cases()}
	if d.list.Next != nil || d.rq.URL.Query().Get("after") != "" {
		cases = append(cases, d.pages())
	}
	if len(d.list.Cases) > 0 && d.rq.May(access.ExportQueue) {
		cases = append(cases, d.exportForm())
	}
	body = append(body, ui.Filtered{Filter: d.filter.panel(), Body: cases})
	return d.rq.ShowForm(ui.Page{Title: "Queue", Wide: true}, refused, body...)
}

func (d *desk) load() (err error) {
	ctx, rq := d.rq.Context(), d.rq
	var after casework.Cursor
	if after.DueAt, after.ID, err = keyset.Decode(rq.URL.Query().Get("after")); err != nil {
		return err
	}
	if d.filter.Valid() {
		if d.list, err = rq.Site.Cases.Queue(ctx, rq.Actor, rq.Purpose, d.filter.query(), after, pageSize); err != nil {
			return err
		}
	}
	if d.counts, err = rq.Site.Cases.Counts(ctx, rq.Actor, rq.Purpose); err != nil {
		return err
	}
	d.views, err = rq.Site.Cases.SavedViews(ctx, rq.Actor)
	return err
}

func (d *desk) figures() ui.Figures {
	c := d.counts
	return ui.Figures{
		{Value: count(c.Overdue), Label: "Overdue", Href: "/queue?deadline=overdue", Alert: c.Overdue > 0},
		{Value: count(c.DueToday), Label: "Due today", Href: "/queue?deadline=today"},
		{Value: count(c.Unassigned), Label: "Assigned to nobody", Href: "/queue?assigned=nobody"},
		{Value: count(c.Children), Label: "Children", Href: "/queue?show=" + onlyChildren},
		{Value: count(c.Review), Label: "Second review", Href: "/queue?show=" + onlyReview},
		{Value: count(atWork(c)), Label: "In work", Href: "/queue"},
	}
}

func atWork(c casework.QueueCounts) int {
	n := 0
	for _, s := range InWork {
		n += c.ByState[s]
	}
	return n
}

func asOf(c casework.QueueCounts) string {
	return "Counted at " + c.At.Format("15:04:05") + " UTC. The figures are for your whole authority."
}

// count writes a number with a separator, so that thousands are read at once.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// cases is the table, inside the form that assigns from it where that is
// allowed.
func (d *desk) cases() ui.Component {
	may := d.mayAssign()
	t := ui.Table{Caption: d.caption(), Empty: "No case matches. Take a filter away to see more."}
	if may {
		t.Columns = append(t.Columns, ui.Column{Title: "Select", SelectAll: "case"})
	}
	t.Columns = append(t.Columns, ui.Column{Title: "Case"}, ui.Column{Title: "Time left"}, ui.Column{Title: "State"}, ui.Column{Title: "Exploitation"},
		ui.Column{Title: "Referred by"}, ui.Column{Title: "Assigned to"})
	for i := range d.list.Cases {
		t.Rows = append(t.Rows, d.row(&d.list.Cases[i], may))
	}
	if !may {
		return t
	}
	return form.Laid{Form: d.assign, Parts: []ui.Component{t, d.to}}
}

func (d *desk) caption() string {
	if !d.filter.Valid() {
		return "Cases"
	}
	n := len(d.list.Cases)
	switch {
	case d.list.Next != nil:
		return fmt.Sprintf("The next %d cases, least time left first", n)
	case n == 1:
		return "1 case"
	}
	return fmt.Sprintf("%d cases, least time left first", n)
}

// mayAssign asks about a case of the page: whoever may assign one case of their
// authority may assign them all.
func (d *desk) mayAssign() bool {
	return len(d.list.Cases) > 0 && d.rq.Site.Policies.Check(d.rq.Actor, d.rq.Purpose, access.AssignCase, d.list.Cases[0].Resource()).Allowed
}

func (d *desk) row(c *casework.Case, may bool) ui.Row {
	rq := d.rq
	clock := ClockOf(rq, c)
	var cells []ui.Component
	if may {
		id := c.ID.String()
		cells = append(cells, ui.Check{Name: "case", Value: id, Label: "Select " + c.Reference, Checked: slices.Contains(d.picked, id)})
	}
	cells = append(cells, ui.Stacked{Main: CaseLink(c), Sub: about(c)}, clock, state(c), ui.Text(d.exploitation(c)),
		ui.Stacked{Main: ui.Text(rq.Site.AgencyName(rq.Context(), c.ReferringAgency)), Sub: Day(rq, c, c.SubmittedAt)}, d.assignee(c))
	running, ok := clock.(ui.Clock)
	return ui.Row{Cells: cells, Alert: ok && running.Urgency() == "overdue"}
}

// about is what sets a case apart at a glance.
func about(c *casework.Case) string {
	s := c.Kind.Label()
	if c.Round > 1 {
		s += fmt.Sprintf(", round %d", c.Round)
	}
	return s
}

func state(c *casework.Case) ui.Component {
	g := ui.Group{casefile.StateTag(c.State)}
	if c.Child {
		g = append(g, ui.Badge{Text: "Child", Tone: ui.Special})
	}
	if c.ReviewOf != casework.NoDecision {
		g = append(g, ui.Badge{Text: "Second review", Tone: ui.Special})
	}
	if !c.InfoRequestedFrom.IsZero() {
		g = append(g, ui.Badge{Text: "Information asked for", Tone: ui.Waiting})
	}
	return g
}

func (d *desk) exploitation(c *casework.Case) string {
	text := ""
	for i, code := range c.Facts.Exploitation {
		if i > 0 {
			text += ", "
		}
		label := d.filter.labels["exploitation="+code]
		if label == "" {
			label = code // of an earlier list
		}
		text += label
	}
	if text == "" {
		return "Not said"
	}
	return text
}

func (d *desk) assignee(c *casework.Case) ui.Component {
	if c.Assignee.IsZero() {
		return ui.Muted("Nobody yet")
	}
	return ui.Text(d.rq.Site.UserName(d.rq.Context(), c.Assignee))
}

// pages leads on, and back to the beginning: pages follow keys, not numbers, so
// that nothing is skipped while the queue moves.
func (d *desk) pages() ui.Pagination {
	var p ui.Pagination
	if d.rq.URL.Query().Get("after") != "" {
		p.Previous, p.PreviousLabel = d.filter.path("/queue"), "from the beginning"
	}
	if d.list.Next != nil {
		v := d.filter.values()
		v.Set("after", keyset.Encode(d.list.Next.DueAt, d.list.Next.ID))
		p.Next = withQuery("/queue", v)
	}
	return p
}

// find leads from a reference to its case.
func find(rq *page.Request) error {
	d, err := newDesk(rq)
	if err != nil {
		return err
	}
	if err := d.find.Parse(rq.Request); err != nil {
		return err
	}
	if d.find.Valid() {
		c, err := rq.Site.Cases.FindReference(rq.Context(), rq.Actor, rq.Purpose, d.jump.Text())
		if err == nil {
			return rq.Redirect(CasePath(c.ID))
		}
		if core.KindOf(err) != core.NotFound {
			return err
		}
		d.jump.Fail("No case of yours has this reference. Check each letter and digit.")
	}
	return d.show(d.find)
}
