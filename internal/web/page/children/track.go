package children

import (
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// button is a form of one button, which says aloud what it is about.
func button(rq *page.Request, action, text, _ string) ui.Component {
	return form.New(action, rq.CSRF()).Buttons(ui.Button{Text: text, Kind: ui.Secondary})
}

func open(rq *page.Request) (*safeguarding.View, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Children.Track(rq.Context(), rq.Actor, Purpose(rq), id)
}

// statusTones colour a status; the words say the same.
var statusTones = map[safeguarding.Status]ui.Tone{safeguarding.Waiting: ui.Waiting, safeguarding.Offered: ui.Waiting, safeguarding.Scheduled: ui.Waiting,
	safeguarding.UnderWay: ui.Active, safeguarding.Placed: ui.Active, safeguarding.Left: ui.Waiting, safeguarding.Planned: ui.Active,
	safeguarding.Acknowledged: ui.Positive, safeguarding.Appointed: ui.Positive, safeguarding.Held: ui.Positive, safeguarding.Decided: ui.Positive,
	safeguarding.HandedOver: ui.Positive}

func track(rq *page.Request) error {
	v, err := open(rq)
	if err != nil {
		return err
	}
	body := []ui.Component{bar(rq, v)}
	if v.Withheld {
		body = append(body, withheld())
	}
	if !v.Missing.IsZero() {
		body = append(body, ui.Banner{Title: "Now", Heading: "This child’s missing episode is open", Body: []ui.Component{ui.Link{Text: "Open the report", Href: missingPath(v.Missing, "")}}})
	}
	body = append(body, ui.Heading{Level: 2, Text: "Steps"}, steps(rq, v))
	body = append(body, advocates(rq, v)...)
	body = append(body, carers(rq, v)...)
	body = append(body, episodes(rq, v)...)
	body = append(body, patterns(rq, v)...)
	body = append(body, records(rq, v)...)
	body = append(body, told(rq, v.Notices, core.ID{})...)
	return rq.Show(ui.Page{Title: "Child " + v.Reference, Back: "/children", Wide: true}, body...)
}

func withheld() ui.Component {
	return ui.Banner{Heading: "The words cannot be opened just now", Body: []ui.Component{
		ui.Para("Opening them has to be recorded, and the record cannot be written at the moment. Everything else is here, and nothing is lost.")}}
}

func bar(rq *page.Request, v *safeguarding.View) ui.IdentityBar {
	b := ui.IdentityBar{Caption: "Child’s track", Title: v.Reference, Tags: []ui.Component{ui.Badge{Text: "Child", Tone: ui.Special}}, Facts: []ui.Fact{
		{Label: "Placing authority", Value: ui.Text(rq.Site.AgencyName(rq.Context(), v.LocalAuthority))},
		{Label: "Referred", Value: ui.Moment{At: v.SubmittedAt.In(zone(rq)), DateOnly: true}}}}
	if !v.Host.IsZero() {
		b.Facts = append(b.Facts, ui.Fact{Label: "Host authority", Value: ui.Text(rq.Site.AgencyName(rq.Context(), v.Host))})
	}
	if v.AgeDisputed {
		b.Tags = append(b.Tags, ui.Badge{Text: "Age disputed: treated as a child", Tone: ui.Waiting})
	}
	var actions ui.Buttons
	if v.Can[access.RaiseMissing] && v.Missing.IsZero() {
		actions.Items = append(actions.Items, ui.Button{Text: "Report this child missing", Href: path(v.CaseID, "missing"), Kind: ui.Harmful})
	}
	actions.Items = append(actions.Items, ui.Button{Text: "Open the case", Href: "/cases/" + v.CaseID.String(), Kind: ui.Secondary})
	b.Actions = &actions
	return b
}

func steps(rq *page.Request, v *safeguarding.View) ui.Table {
	t := ui.Table{Caption: "Steps of the track", CaptionHidden: true, RowHeader: true, Columns: []ui.Column{{Title: "Step"}, {Title: "Where it stands"}, {Title: "Due"}, {Title: "What you can record"}}}
	for _, row := range v.Steps {
		clock := ui.Component(ui.Muted("No date"))
		if !row.DueAt.IsZero() {
			clock = due(rq, row.Step.Label(), row.DueAt)
		}
		var can []ui.Component
		for _, m := range safeguarding.Moves {
			if m.Step == row.Step && m.AllowedFrom(row.Status) && v.Can[access.WorkSafeguarding] {
				can = append(can, ui.Link{Text: m.Label, Href: path(v.CaseID, "steps/"+string(m.Act))})
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(row.Step.Label()), ui.Tag{Text: row.Status.Label(), Tone: statusTone(row.Status)}, clock, ui.List{Plain: true, Items: can}}})
	}
	return t
}

func statusTone(s safeguarding.Status) ui.Tone {
	if t, ok := statusTones[s]; ok {
		return t
	}
	return ui.Neutral
}

func advocates(rq *page.Request, v *safeguarding.View) []ui.Component {
	t := ui.Table{Caption: "Who speaks for the child", CaptionHidden: true, RowHeader: true, Empty: "Nobody is written down yet who speaks for this child.",
		Columns: []ui.Column{{Title: "Who"}, {Title: "Next action"}, {Title: "By"}, {Title: "Outcome"}}}
	for _, a := range v.Advocacy {
		result := ui.Component(ui.Group{ui.Tag{Text: a.State.Label(), Tone: ui.Positive}, prose(a.Result.Text)})
		if a.State == safeguarding.ActionOpen {
			result = ui.Muted("Open")
			if v.Can[access.WorkSafeguarding] {
				result = ui.Link{Text: "Record the outcome", Href: path(v.CaseID, "advocacy/"+a.ID.String())}
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Group{ui.Text(label(v.Rules.AdvocateRoles, a.Role)), prose(a.Who)}, prose(a.Text), ui.Text(a.Due.Long()), result}})
	}
	body := []ui.Component{ui.Heading{Level: 2, Text: "Who speaks for the child"}, t}
	if v.Can[access.WorkSafeguarding] {
		body = append(body, ui.Button{Text: "Add who speaks for the child, and what they do next", Href: path(v.CaseID, "advocacy"), Kind: ui.Secondary})
	}
	return body
}

func carers(rq *page.Request, v *safeguarding.View) []ui.Component {
	t := ui.Table{Caption: "Adults presented as carers", CaptionHidden: true, RowHeader: true, Empty: "No adult was presented as belonging to this child.",
		Columns: []ui.Column{{Title: "Adult"}, {Title: "Presented"}, {Title: "Known of them"}, {Title: "Checked"}}}
	for _, c := range v.Carers {
		known := ui.List{Plain: true}
		for _, s := range []core.Secret{core.Secret(c.BirthDate.String()), c.Phone, c.Document, c.Text} {
			if s != "" {
				known.Items = append(known.Items, ui.Text(s.Reveal()))
			}
		}
		tones := map[safeguarding.CarerState]ui.Tone{safeguarding.Presented: ui.Waiting, safeguarding.CarerTrue: ui.Positive, safeguarding.CarerFalse: ui.Negative}
		checked := ui.Group{ui.Tag{Text: c.State.Label(), Tone: tones[c.State]}, prose(c.Found.Text)}
		if v.Can[access.WorkSafeguarding] {
			checked = append(checked, ui.Link{Text: "Record what was found", Href: path(v.CaseID, "carers/"+c.ID.String())})
		}
		t.Rows = append(t.Rows, ui.Row{Alert: c.State == safeguarding.CarerFalse, Cells: []ui.Component{ui.Text(c.Name.Reveal()), ui.Text(label(v.Rules.CarerRelations, c.Relation)), known, checked}})
	}
	body := []ui.Component{ui.Heading{Level: 2, Text: "Adults presented as carers"}, t}
	if v.Can[access.WorkSafeguarding] {
		body = append(body, ui.Button{Text: "Add an adult", Href: path(v.CaseID, "carers"), Kind: ui.Secondary})
	}
	return body
}

func episodes(rq *page.Request, v *safeguarding.View) []ui.Component {
	t := ui.Table{Caption: "Missing episodes", CaptionHidden: true, RowHeader: true, Empty: "This child was not reported missing.",
		Columns: []ui.Column{{Title: "Episode"}, {Title: "Where it stands"}, {Title: "Last seen"}, {Title: "Found"}, {Title: "How it ended"}}}
	for _, e := range slices.Backward(v.Episodes) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: "Episode " + itoa(e.Number), Href: missingPath(e.ID, "")}, episodeTag(e.State), moment(rq, e.LastSeenAt), moment(rq, e.FoundAt),
			ui.Text(labelOf(v.Rules.MissingEndings, e.Ending))}})
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Missing episodes"}, t}
}

// patterns say what this child has in common with others; to whoever may not see
// the other child they say whom to ask.
func patterns(rq *page.Request, v *safeguarding.View) []ui.Component {
	t := ui.Table{Caption: "What this child has in common with others", CaptionHidden: true, RowHeader: true, Empty: "No phone number, address, adult or place of this track has come up with another child.",
		Columns: []ui.Column{{Title: "In common"}, {Title: "With"}}}
	for _, p := range v.Patterns {
		var what []ui.Component
		for _, k := range p.Kinds {
			what = append(what, ui.Text(k.Label()))
		}
		with := ui.Component(ui.Text("A child whose track you cannot see. Ask " + rq.Site.AgencyName(rq.Context(), p.Ask) + "."))
		if !p.CaseID.IsZero() {
			with = ui.Link{Text: p.Reference, Href: path(p.CaseID, ""), Ref: true}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.List{Items: what, Plain: true}, with}})
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "In common with other children"}, t}
}

func records(rq *page.Request, v *safeguarding.View) []ui.Component {
	if len(v.Records) == 0 {
		return nil
	}
	line := ui.Timeline{Level: 3}
	for _, r := range slices.Backward(v.Records) {
		m, _ := safeguarding.MoveOf(r.Act)
		item := ui.TimelineItem{Title: r.Step.Label() + ": " + m.To.Label(), By: rq.Site.UserName(rq.Context(), r.ActorID), When: ui.Moment{At: r.At.In(zone(rq))}, Key: r.Act == safeguarding.ActDecide}
		list := ui.SummaryList{Plain: true}
		add := func(key string, c ui.Component) {
			if c != nil {
				list.Rows = append(list.Rows, ui.SummaryRow{Key: key, Value: c})
			}
		}
		for _, q := range m.Asks {
			add(q.Label, answer(rq, v.Rules, m, q.Ask, &r))
		}
		if len(list.Rows) > 0 {
			item.Body = []ui.Component{list}
		}
		line.Items = append(line.Items, item)
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Record"}, line}
}

func answer(rq *page.Request, rules scheme.ChildRules, m *safeguarding.Move, a safeguarding.Ask, r *safeguarding.RecordView) ui.Component {
	day := func(d core.Date) ui.Component {
		if d.IsZero() {
			return nil
		}
		return ui.Text(d.Long())
	}
	switch a {
	case safeguarding.AskDay:
		return day(r.On)
	case safeguarding.AskNext:
		return day(r.Next)
	case safeguarding.AskCode:
		return ui.Text(label(m.Codes(rules), r.Code))
	case safeguarding.AskHost:
		if !r.Agency.IsZero() {
			return ui.Text(rq.Site.AgencyName(rq.Context(), r.Agency))
		}
	case safeguarding.AskWho:
		return prose(r.Who)
	case safeguarding.AskWhere:
		return prose(r.Where)
	case safeguarding.AskText:
		return prose(r.Text)
	}
	return nil
}

// told is who was told, and who has confirmed. About one episode, or all.
func told(rq *page.Request, notices []safeguarding.Notice, about core.ID) []ui.Component {
	t := ui.Table{Caption: "Who was told", CaptionHidden: true, RowHeader: true, Columns: []ui.Column{{Title: "Agency"}, {Title: "What"}, {Title: "Told"}, {Title: "Confirmed"}}}
	for _, n := range slices.Backward(notices) {
		if !about.IsZero() && n.SubjectID != about {
			continue
		}
		confirmed := ui.Component(ui.Tag{Text: "Not yet", Tone: ui.Waiting})
		if !n.AcknowledgedAt.IsZero() {
			confirmed = ui.Stacked{Main: moment(rq, n.AcknowledgedAt), Sub: rq.Site.UserName(rq.Context(), n.AcknowledgedBy)}
		}
		what := n.Kind.Label()
		if silent, err := core.ParseID(n.Detail); n.Kind == safeguarding.NoticeMissingUnheard && err == nil {
			what = "Not confirmed by " + rq.Site.AgencyName(rq.Context(), silent)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(rq.Site.AgencyName(rq.Context(), n.AgencyID)), ui.Text(what), moment(rq, n.CreatedAt), confirmed}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Who was told"}, t}
}

// Section is what the case's own page says about the child's track; nothing where
// there is none for the reader. Who cares for the child may report it missing.
func Section(rq *page.Request, caseID core.ID) ui.Component {
	s, err := rq.Site.Children.Summary(rq.Context(), rq.Actor, Purpose(rq), caseID)
	if err != nil {
		return report(rq, caseID)
	}
	list := ui.SummaryList{Title: "The child’s track", Action: []ui.Link{{Text: "Open the track", Href: path(caseID, "")}}}
	if !s.Missing.IsZero() {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Missing", Value: ui.Group{ui.Badge{Text: "Missing episode open", Tone: ui.Negative}, ui.Link{Text: "Open the report", Href: missingPath(s.Missing, "")}}})
	}
	for _, row := range s.Steps {
		if row.Status != safeguarding.NotNeeded {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: row.Step.Label(), Value: ui.Tag{Text: row.Status.Label(), Tone: statusTone(row.Status)}})
		}
	}
	return list
}

func report(rq *page.Request, caseID core.ID) ui.Component {
	child, _, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.RaiseMissing, caseID)
	switch {
	case err != nil:
		return nil
	case !child.Missing.IsZero():
		return ui.Card{Title: "This child’s missing episode is open", Strong: true, Body: []ui.Component{ui.Link{Text: "Open the report", Href: missingPath(child.Missing, "")}}}
	}
	return ui.Card{Title: "If you do not know where this child is", Body: []ui.Component{ui.Button{Text: "Report this child missing", Href: path(caseID, "missing"), Kind: ui.Harmful}}}
}
