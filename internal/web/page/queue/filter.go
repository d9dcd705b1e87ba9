package queue

import (
	"html/template"
	"net/url"
	"slices"
	"sync"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// InWork are the states in which somebody at the authority has something to do
// or to watch. A decided case stays out of the way until it is asked for.
var InWork = []casework.State{casework.Submitted, casework.RGPending, casework.Recovery, casework.CGPending, casework.Reconsideration, casework.Suspended}

// filter is the questions beside the queue, with the answers of the address.
type filter struct {
	*form.Form
	states, deadline, only, exploitation, nationality, assigned *form.Field

	labels map[string]string // of choices, by "name=value"
}

// The choices of "only".
const (
	onlyChildren = "child"
	onlyReview   = "review"
	onlyEnded    = "ended"
)

var (
	deadlines = []form.Option{{Value: "overdue", Label: "Overdue"}, {Value: "today", Label: "Due today"}, {Value: "week", Label: "Due within a week"}}
	onlyThese = []form.Option{{Value: onlyChildren, Label: "Children only"}, {Value: onlyReview, Label: "Waiting for a second review"},
		{Value: onlyEnded, Label: "Decided and ended ones too"}}
)

// newFilter makes the filter and reads the address of the request.
func newFilter(rq *page.Request, people []form.Option) (*filter, error) {
	f := &filter{Form: form.NewSearch("/queue"), labels: map[string]string{}}
	who := append([]form.Option{{Value: "me", Label: "Me"}, {Value: "nobody", Label: "Nobody yet"}}, people...)
	kinds := exploitationOptions(rq)
	f.deadline = f.Radios("deadline", "Deadline", f.label("deadline", deadlines), form.Small())
	f.only = f.Checkboxes("show", "Show", f.label("show", onlyThese), form.Small())
	f.assigned = f.Select("assigned", "Assigned to", f.label("assigned", who))
	f.states = f.Checkboxes("state", "State", f.label("state", stateOptions()), form.Small())
	f.exploitation = f.Select("exploitation", "Exploitation", f.label("exploitation", kinds))
	f.nationality = f.Nationality("nationality", "Nationality")
	return f, f.Parse(rq.Request)
}

// label remembers what choices are called, for the list of what is chosen.
func (f *filter) label(name string, options []form.Option) []form.Option {
	for _, o := range options {
		f.labels[name+"="+o.Value] = o.Label
	}
	return options
}

func stateOptions() []form.Option {
	var o []form.Option
	for _, s := range casework.States {
		if s != casework.Draft {
			o = append(o, form.Option{Value: string(s), Label: s.Label()})
		}
	}
	return o
}

func exploitationOptions(rq *page.Request) []form.Option {
	rules, _, err := rq.Site.Rules("")
	if err != nil {
		return nil
	}
	o := make([]form.Option, len(rules.ExploitationTypes))
	for i, t := range rules.ExploitationTypes {
		o[i] = form.Option{Value: t.Code, Label: t.Label}
	}
	return o
}

// query is what the filter asks of the use case.
func (f *filter) query() casework.QueueFilter {
	q := casework.QueueFilter{
		Deadline: f.deadline.Choice(), Child: f.only.Chose(onlyChildren), Review: f.only.Chose(onlyReview), All: f.only.Chose(onlyEnded),
		Exploitation: f.exploitation.Choice(), Nationality: f.nationality.Choice(), Assigned: f.assigned.Choice(),
	}
	for _, s := range f.states.Choices() {
		q.States = append(q.States, casework.State(s))
		q.All = q.All || !casework.State(s).Live()
	}
	if len(q.States) == 0 && !q.All {
		q.States = InWork
	}
	return q
}

// values is the filter as it stands in an address, without the page.
func (f *filter) values() url.Values {
	v := url.Values{}
	for _, field := range f.fields() {
		if field.Error == "" {
			for _, choice := range field.Choices() {
				v.Add(field.Name, choice)
			}
		}
	}
	return v
}

func (f *filter) fields() []*form.Field {
	return []*form.Field{f.deadline, f.only, f.assigned, f.states, f.exploitation, f.nationality}
}

// path is an address of the queue with the filter.
func (f *filter) path(base string) string { return withQuery(base, f.values()) }

func withQuery(base string, v url.Values) string {
	if len(v) == 0 {
		return base
	}
	return base + "?" + v.Encode()
}

// panel shows the filter with what is chosen.
func (f *filter) panel() ui.FilterPanel {
	p := ui.FilterPanel{Action: "/queue", ClearAll: "/queue"}
	for _, field := range f.fields() {
		p.Fields = append(p.Fields, f.shown(field))
		if g := f.chosen(field); len(g.Tags) > 0 {
			p.Chosen = append(p.Chosen, g)
		}
	}
	return p
}

// anyNationality is the picker with nothing chosen: some 250 options that are
// the same for everybody, and a fifth of the work of a page.
var anyNationality = sync.OnceValues(func() (template.HTML, error) {
	return form.NewSearch("/queue").Nationality("nationality", "Nationality").HTML()
})

func (f *filter) shown(field *form.Field) ui.Component {
	if field == f.nationality && field.Choice() == "" && field.Error == "" {
		if html, err := anyNationality(); err == nil {
			return ui.Markup(html)
		}
	}
	return field
}

// chosen is one filter's choices, each leading to the queue without it.
func (f *filter) chosen(field *form.Field) ui.FilterGroup {
	g := ui.FilterGroup{Title: field.Label}
	for _, value := range field.Choices() {
		if field.Error != "" {
			break
		}
		without := f.values()
		without[field.Name] = slices.DeleteFunc(slices.Clone(without[field.Name]), func(v string) bool { return v == value })
		g.Tags = append(g.Tags, ui.Link{Text: f.labelOf(field, value), Href: withQuery("/queue", without)})
	}
	return g
}

func (f *filter) labelOf(field *form.Field, value string) string {
	if field == f.nationality {
		c, _ := core.CountryByCode(value)
		return c.Nationality
	}
	return f.labels[field.Name+"="+value]
}
