package casefile

import (
	"slices"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/web/page"
	"clew/internal/web/page/children"
	"clew/internal/web/page/papers"
	supportpage "clew/internal/web/page/support"
	"clew/internal/web/ui"
)

func summary(rq *page.Request) error {
	f, err := Open(rq, casework.PartSummary)
	if err != nil {
		return err
	}
	panel, err := supportpage.Panel(rq, &f.Case)
	if err != nil {
		return err
	}
	body := slices.Concat(Summary(rq, f), panel, papers.Panel(rq, &f.Case))
	if track := children.Section(rq, f.ID); track != nil {
		body = append([]ui.Component{track}, body...)
	}
	return show(rq, f, casework.PartSummary, body...)
}

// Summary is what is known of the person and what happened, as far as the
// reader may see it.
func Summary(rq *page.Request, f *casework.File) []ui.Component {
	body := append(concerns(f), ended(f)...)
	var missing []string
	put := func(shown bool, title string, part func() ui.Component) {
		if shown {
			body = append(body, part())
		} else {
			missing = append(missing, title)
		}
	}
	put(f.Identity != nil, "who the person is", func() ui.Component { return identity(f) })
	put(f.Narrative != nil, "what happened", func() ui.Component { return account(f) })
	put(f.Contact != nil, "where they are and how to contact them safely", func() ui.Component { return contact(f) })
	if f.Summary {
		body = append(body, circumstances(f), indicators(f), codedFacts(f), referrer(rq, f))
	} else {
		missing = append(missing, "the coded facts")
	}
	if len(missing) > 0 {
		body = append(body, notOpen(f, missing))
	}
	return body
}

// notOpen says calmly which parts exist for others, or cannot be opened just now.
func notOpen(f *casework.File, parts []string) ui.Component {
	words := "What each agency sees is agreed in advance, so that the person can trust it. If you need more to help them, ask the competent authority."
	title := "Not shared with you"
	if f.Withheld {
		title, words = "Withheld just now", "Opening these parts has to be recorded, and that is not possible at the moment."
	}
	list := ui.List{}
	for _, p := range parts {
		list.Items = append(list.Items, ui.Text(strings.ToUpper(p[:1])+p[1:]))
	}
	return ui.Card{Title: title, Body: []ui.Component{list, ui.Para(words)}}
}

// concerns are what must not be overlooked.
func concerns(f *casework.File) []ui.Component {
	var list []ui.Component
	if f.AgeContradiction && f.Summary {
		list = append(list, ui.Warning("The stated age and the date of birth cannot both be right. While there is doubt, treat the person as a child."))
	}
	if f.AgeDisputed && f.Aged {
		list = append(list, ui.Warning("The age is disputed. Until it is settled the person is treated as a child."))
	}
	return list
}

func ended(f *casework.File) []ui.Component {
	if f.ClosedAt.IsZero() {
		return nil
	}
	return []ui.Component{ui.Inset{Body: []ui.Component{ui.Para(f.State.Label() + " on " + core.DateIn(f.ClosedAt, f.Calendar.Location()).Long() + ": " + reason(f, f.EndReason) + ".")}}}
}

func identity(f *casework.File) ui.Component {
	return ui.SummaryList{Title: "Who the person is", Rows: IdentityRows(f.Identity)}
}

// IdentityRows are who a person is, line by line.
func IdentityRows(id *casework.Identity) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "Names", Value: bullets(names(id))}, {Key: "Date of birth", Value: partial(id.BirthDate)},
		{Key: "Gender", Value: line(gender(id.Gender))}, {Key: "Nationality", Value: line(nationality(id.Nationality))}}
	if id.SecondNationality != "" {
		rows = append(rows, ui.SummaryRow{Key: "Second nationality", Value: line(nationality(id.SecondNationality))})
	}
	rows = append(rows, ui.SummaryRow{Key: "Identity documents", Value: bullets(documents(id))},
		ui.SummaryRow{Key: "Telephone", Value: bullets(revealed(id.Phones))}, ui.SummaryRow{Key: "E-mail", Value: bullets(revealed(id.Emails))})
	if len(id.CaseNumbers) > 0 {
		rows = append(rows, ui.SummaryRow{Key: "Other references", Value: bullets(revealed(id.CaseNumbers))})
	}
	return rows
}

func names(id *casework.Identity) []string {
	var list []string
	for _, n := range id.Names {
		text := n.Full()
		switch n.Kind {
		case "alias", "nickname":
			text += " (" + n.Kind + ")"
		case "birth":
			text += " (name at birth)"
		}
		list = append(list, text)
	}
	return list
}

var documentTypes = map[string]string{"passport": "Passport", "identity_card": "Identity card", "visa": "Visa", "residence_permit": "Residence permit",
	"birth_certificate": "Birth certificate", "other": "Other document"}

func documents(id *casework.Identity) []string {
	var list []string
	for _, d := range id.Documents {
		text := documentTypes[d.Type] + " " + d.Number.Reveal()
		if d.Country != "" {
			text += ", " + country(d.Country)
		}
		list = append(list, text)
	}
	return list
}

func revealed(list []core.Secret) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Reveal()
	}
	return out
}

func partial(d core.PartialDate) ui.Component {
	if d.IsZero() {
		return nil
	}
	return ui.Text(d.String())
}

func account(f *casework.File) ui.Component {
	n := f.Narrative
	rows := []ui.SummaryRow{{Key: "Account", Value: text(n.Account)}, {Key: "Places and times", Value: bullets(situations(n))}}
	for _, more := range []struct {
		key  string
		text core.Secret
	}{
		{"How it started", n.HowStarted}, {"What kept them there", n.Control}, {"Who did it", n.Exploiters}, {"Others at risk", n.OthersAtRisk},
		{"Risks", n.RiskDetail}, {"The first responder’s view", n.Observations}, {"Why there is no consent", n.NotifyReason},
		{"Crime reference", n.CrimeReference},
	} {
		if more.text != "" {
			rows = append(rows, ui.SummaryRow{Key: more.key, Value: text(more.text)})
		}
	}
	return ui.SummaryList{Title: "What happened", Rows: rows}
}

func situations(n *casework.Narrative) []string {
	var list []string
	for _, s := range n.Situations {
		text := s.Town.Reveal()
		if text != "" && s.Country != "" {
			text += ", "
		}
		text += country(s.Country)
		if s.Address != "" {
			text += " (" + s.Address.Reveal() + ")"
		}
		if !s.From.IsZero() {
			text += ", from " + s.From.String()
		}
		if s.Ongoing {
			text += ", still going on"
		} else if !s.Until.IsZero() {
			text += ", until " + s.Until.String()
		}
		list = append(list, text)
	}
	return list
}

func contact(f *casework.File) ui.Component {
	c := f.Contact
	rows := []ui.SummaryRow{{Key: "Safe to contact", Value: line(answer(c.SafeToReach))}}
	add := func(key string, v ui.Component) {
		if v != nil {
			rows = append(rows, ui.SummaryRow{Key: key, Value: v})
		}
	}
	add("Through whom", text(c.Through))
	add("How", bullets(answersOf(c.Channels)))
	add("Telephone", text(c.Phone))
	add("E-mail", text(c.Email))
	add("When", text(c.Hours))
	add("Never leave in a message", text(c.NeverSay))
	add("Code word", text(c.CodeWord))
	add("Language", line(language(c.Language)))
	if c.Interpreter {
		add("Interpreter", ui.Text("Needed"))
	}
	add("Town", text(c.Town))
	add("Region", line(c.Region))
	add("Address", text(c.Address))
	add("Adults responsible", bullets(revealed(c.Guardians)))
	return ui.SummaryList{Title: "Where they are, and safe contact", Rows: rows}
}

func codedFacts(f *casework.File) ui.Component {
	x := f.Facts
	return ui.SummaryList{Title: "Coded facts", Rows: []ui.SummaryRow{
		{Key: "Type of exploitation", Value: bullets(exploitation(f, x.Exploitation))},
		{Key: "Where it happened", Value: line(answer(x.ExploitedWhere))},
		{Key: "Age when it happened", Value: line(answer(x.AgeAtExploitation))},
		{Key: "Gender", Value: line(gender(f.Gender))},
		{Key: "Nationality", Value: line(nationality(f.Nationality))},
		{Key: "Where the person is now", Value: line(answer(x.CurrentLocation))},
		{Key: "Still being exploited", Value: line(answer(x.StillExploited))},
		{Key: "Risks", Value: bullets(labels(f.Rules.Risks, x.Risks))},
		{Key: "Urgent needs", Value: bullets(labels(f.Rules.UrgentNeeds, x.UrgentNeeds))},
		{Key: "Support wanted", Value: line(answer(x.SupportWanted))},
		{Key: "Reported to the police", Value: line(answer(x.PoliceReport))},
		{Key: "Willing to help an investigation", Value: line(answer(x.WillingToAssist))},
	}}
}

func circumstances(f *casework.File) ui.Component {
	means := "Means"
	if f.Child {
		means = "Means (not needed for a child)"
	}
	return ui.SummaryList{Title: "Circumstances", Rows: []ui.SummaryRow{
		{Key: "Act", Value: bullets(labels(f.Rules.Acts, f.Facts.Act))},
		{Key: means, Value: bullets(labels(f.Rules.Means, f.Facts.Means))},
		{Key: "Purpose", Value: bullets(labels(f.Rules.Purposes, f.Facts.Purpose))},
	}}
}

var weightWords = map[scheme.Weight]string{scheme.Strong: "Strong", scheme.Medium: "Medium", scheme.Weak: "Weak"}

func indicators(f *casework.File) ui.Component {
	t := ui.Table{Caption: "Indicators", RowHeader: true, Empty: "No indicators were recorded.",
		Columns: []ui.Column{{Title: "What was observed"}, {Title: "Weight"}, {Title: "By whom"}, {Title: "When"}}}
	for _, i := range f.Facts.Indicators {
		ind, _ := f.Catalogue.ByCode(i.Code)
		main := ui.Stacked{Main: ui.Text(indicatorLabel(f, i.Code)), Sub: i.Code}
		if f.Narrative != nil && f.Narrative.IndicatorNotes[i.Code] != "" {
			main.Sub = f.Narrative.IndicatorNotes[i.Code].Reveal()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{main, line(weightWords[ind.Weight]), line(answer(i.ObservedBy)), partial(i.On)}})
	}
	return t
}

func referrer(rq *page.Request, f *casework.File) ui.Component {
	rows := []ui.SummaryRow{{Key: "Agency", Value: line(rq.Site.AgencyName(rq.Context(), f.ReferringAgency))}}
	if n := f.Narrative; n != nil {
		rows = append(rows, ui.SummaryRow{Key: "Name", Value: text(n.Referrer.Name)}, ui.SummaryRow{Key: "Job", Value: line(n.Referrer.JobTitle)},
			ui.SummaryRow{Key: "Telephone", Value: text(n.Referrer.Phone)}, ui.SummaryRow{Key: "E-mail", Value: text(n.Referrer.Email)},
			ui.SummaryRow{Key: "Their own reference", Value: text(n.Referrer.OwnReference)})
	}
	if !f.LocalAuthority.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "Local authority", Value: line(rq.Site.AgencyName(rq.Context(), f.LocalAuthority))})
	}
	if !f.SupportAgency.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "Support", Value: line(rq.Site.AgencyName(rq.Context(), f.SupportAgency))})
	}
	return ui.SummaryList{Title: "Who referred", Rows: rows}
}
