package children

import (
	"strconv"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

var stepDone = page.Flash("child-step", "Recorded on the child’s track.")

// step is the page of one act: its questions come from the state table.
func step(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	m, ok := safeguarding.MoveOf(safeguarding.Act(rq.PathValue("act")))
	if !ok {
		return page.ErrNotFound
	}
	if _, _, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.WorkSafeguarding, id); err != nil {
		return err
	}
	v, err := open(rq)
	if err != nil {
		return err
	}
	row := v.Step(m.Step)
	if rq.Method == "GET" && !m.AllowedFrom(row.Status) {
		return core.E(core.NotNow, "child.step_not_now", m.Step.Label()+" is at “"+row.Status.Label()+"”; this is not possible now.")
	}
	a := ask{title: m.Label, back: path(id, ""), form: rq.Form().Buttons(ui.Button{Text: "Record"}, ui.Button{Text: "Cancel", Href: path(id, ""), Kind: ui.Quiet}), rev: row.Rev, done: stepDone}
	if m.Step == safeguarding.Age {
		a.lead = []ui.Component{ui.Inset{Body: []ui.Component{ui.Para("Whatever is found, this person is treated as a child until the competent authority has looked at the finding. Nothing is taken away meanwhile.")}}}
	}
	fields := map[safeguarding.Ask]*form.Field{}
	for _, q := range m.Asks {
		if fields[q.Ask], err = question(rq, a.form, v, m, q); err != nil {
			return err
		}
	}
	a.give = func(rev int) (string, error) {
		f := safeguarding.StepForm{Act: m.Act}
		for what, field := range fields {
			fill(&f, what, field)
		}
		return path(id, ""), rq.Site.Children.Take(rq.Context(), rq.Actor, Purpose(rq), id, rev, f)
	}
	return a.run(rq)
}

func question(rq *page.Request, f *form.Form, v *safeguarding.View, m *safeguarding.Move, q safeguarding.Question) (*form.Field, error) {
	var set []form.Setting
	if q.Hint != "" {
		set = append(set, form.Hint(q.Hint))
	}
	if q.Missing != "" {
		set = append(set, form.Required(q.Missing))
	}
	name := string(q.Ask)
	optional := q.Label
	if q.Missing == "" {
		optional += " (optional)"
	}
	switch q.Ask {
	case safeguarding.AskDay, safeguarding.AskNext:
		return f.Date(name, optional, set...), nil
	case safeguarding.AskCode:
		return f.Radios(name, optional, options(m.Codes(v.Rules)), set...), nil
	case safeguarding.AskHost:
		list, err := agencies(rq, core.LocalAuthority)
		return f.Select(name, optional, list, set...), err
	case safeguarding.AskPolice:
		list, err := agencies(rq, core.Police)
		field := f.Select(name, optional, list, set...)
		if v.Track != nil && !v.Track.Police.IsZero() {
			field.SetValue(v.Track.Police.String())
		}
		return field, err
	case safeguarding.AskWhere:
		return f.Textarea(name, optional, append(set, form.Rows(2))...), nil
	}
	return f.Textarea(name, optional, append(set, form.Rows(map[safeguarding.Ask]int{safeguarding.AskWho: 2, safeguarding.AskText: 5}[q.Ask]), form.Max(20000))...), nil
}

func fill(f *safeguarding.StepForm, what safeguarding.Ask, field *form.Field) {
	switch what {
	case safeguarding.AskDay:
		f.Day = field.Date()
	case safeguarding.AskNext:
		f.Next = field.Date()
	case safeguarding.AskCode:
		f.Code = field.Choice()
	case safeguarding.AskHost:
		f.Host = chosen(field)
	case safeguarding.AskPolice:
		f.Police = chosen(field)
	case safeguarding.AskWho:
		f.Who = field.Secret()
	case safeguarding.AskWhere:
		f.Where = field.Secret()
	case safeguarding.AskText:
		f.Text = field.Secret()
	}
}

var carerAdded = page.Flash("carer-added", "The adult is on the child’s track. If other children were shown the same adult, you and the authority are told.")

func carer(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	_, rules, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.WorkSafeguarding, id)
	if err != nil {
		return err
	}
	a := ask{title: "An adult presented as belonging to the child", back: path(id, ""), form: rq.Form().Buttons(ui.Button{Text: "Add"}, ui.Button{Text: "Cancel", Href: path(id, ""), Kind: ui.Quiet}), done: carerAdded,
		lead: []ui.Component{ui.Para("Write down what was said, not what you believe. Names, numbers and documents are compared with other children’s tracks without being shown.")}}
	name := a.form.Text("name", "Name as it was given", form.Required("Enter the adult’s name, as it was given."))
	relation := a.form.Radios("relation", "How was the adult presented?", options(rules.CarerRelations), form.Required("Choose how the adult was presented."))
	born := a.form.PartialDate("born", "Date of birth, if known (optional)")
	phone := a.form.Text("phone", "Phone number (optional)", form.Width("20"))
	document := a.form.Text("document", "Number of a passport or identity card (optional)", form.Width("20"))
	text := a.form.Textarea("text", "Anything else that was said (optional)")
	a.give = func(int) (string, error) {
		_, err := rq.Site.Children.AddCarer(rq.Context(), rq.Actor, Purpose(rq), id, safeguarding.CarerForm{Relation: relation.Choice(), CarerWords: safeguarding.CarerWords{
			Name: name.Secret(), BirthDate: born.PartialDate(), Phone: phone.Secret(), Document: document.Secret(), Text: text.Secret()}})
		return path(id, ""), err
	}
	return a.run(rq)
}

func checkCarer(rq *page.Request) error {
	v, err := openToWork(rq)
	if err != nil {
		return err
	}
	for _, c := range v.Carers {
		if c.ID.String() != rq.PathValue("carer") {
			continue
		}
		a := ask{title: "What was found about this adult", back: path(v.CaseID, ""), rev: c.Rev, done: stepDone,
			form: rq.Form().Buttons(ui.Button{Text: "Record"}, ui.Button{Text: "Cancel", Href: path(v.CaseID, ""), Kind: ui.Quiet}),
			lead: []ui.Component{ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Name", Value: ui.Text(c.Name.Reveal())}, {Key: "Presented", Value: ui.Text(label(v.Rules.CarerRelations, c.Relation))}}}}}
		state := a.form.Radios("state", "What was found?", []form.Option{{Value: string(safeguarding.CarerTrue), Label: safeguarding.CarerTrue.Label()},
			{Value: string(safeguarding.CarerFalse), Label: safeguarding.CarerFalse.Label(), Hint: "The relation is not as it was said, or the adult is a danger to the child."}}, form.Required("Choose what was found."))
		text := a.form.Textarea("text", "What it rests on", form.Required("Enter what the finding rests on."), form.Max(20000))
		a.give = func(rev int) (string, error) {
			return path(v.CaseID, ""), rq.Site.Children.CheckCarer(rq.Context(), rq.Actor, Purpose(rq), c.ID, rev, safeguarding.CheckForm{State: safeguarding.CarerState(state.Choice()), Words: safeguarding.Words{Text: text.Secret()}})
		}
		return a.run(rq)
	}
	return page.ErrNotFound
}

// openToWork opens a track for somebody who may change it.
func openToWork(rq *page.Request) (*safeguarding.View, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	if _, _, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.WorkSafeguarding, id); err != nil {
		return nil, err
	}
	return open(rq)
}

var advocacyDone = page.Flash("child-advocacy", "It is on the list of who speaks for the child.")

func advocacy(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	_, rules, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.WorkSafeguarding, id)
	if err != nil {
		return err
	}
	a := ask{title: "Who speaks for the child, and what they do next", back: path(id, ""), form: rq.Form().Buttons(ui.Button{Text: "Add"}, ui.Button{Text: "Cancel", Href: path(id, ""), Kind: ui.Quiet}), done: advocacyDone}
	role := a.form.Radios("role", "Who speaks for the child?", options(rules.AdvocateRoles), form.Required("Choose who speaks for the child."))
	who := a.form.Textarea("who", "Name, and how to reach them", form.Rows(2), form.Required("Enter their name and how to reach them."))
	text := a.form.Textarea("text", "What they do next", form.Required("Enter what they do next."), form.Max(20000))
	day := a.form.Date("due", "By when", form.Required("Enter the day by which it is done."))
	a.give = func(int) (string, error) {
		return path(id, ""), rq.Site.Children.AddAdvocacy(rq.Context(), rq.Actor, Purpose(rq), id, safeguarding.AdvocacyForm{Role: role.Choice(), Due: day.Date(), Words: safeguarding.Words{Who: who.Secret(), Text: text.Secret()}})
	}
	return a.run(rq)
}

func outcome(rq *page.Request) error {
	v, err := openToWork(rq)
	if err != nil {
		return err
	}
	for _, line := range v.Advocacy {
		if line.ID.String() != rq.PathValue("action") {
			continue
		}
		a := ask{title: "What came of it", back: path(v.CaseID, ""), rev: line.Rev, done: stepDone, form: rq.Form().Buttons(ui.Button{Text: "Record"}, ui.Button{Text: "Cancel", Href: path(v.CaseID, ""), Kind: ui.Quiet}),
			lead: []ui.Component{ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Who", Value: prose(line.Who)}, {Key: "Was to do", Value: prose(line.Text)}, {Key: "By", Value: ui.Text(line.Due.Long())}}}}}
		state := a.form.Radios("state", "Was it done?", []form.Option{{Value: string(safeguarding.ActionDone), Label: "Yes"}, {Value: string(safeguarding.ActionDropped), Label: "No"}}, form.Required("Choose whether it was done."))
		text := a.form.Textarea("text", "What came of it for the child", form.Required("Enter what came of it for the child."), form.Max(20000))
		a.give = func(rev int) (string, error) {
			return path(v.CaseID, ""), rq.Site.Children.EndAdvocacy(rq.Context(), rq.Actor, Purpose(rq), line.ID, rev, safeguarding.OutcomeForm{State: safeguarding.ActionState(state.Choice()), Words: safeguarding.Words{Text: text.Secret()}})
		}
		return a.run(rq)
	}
	return page.ErrNotFound
}
