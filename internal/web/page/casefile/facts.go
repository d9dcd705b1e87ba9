package casefile

import (
	"slices"
	"strings"

	"clew/internal/casework"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var editFacts = command{do: casework.CmdEditFacts, path: "facts", title: "Correct the coded facts",
	why:    "Coded facts are what decisions rest on and what is counted. Change what is wrong; the earlier version stays in the record.",
	button: ui.Button{Text: "Save"}, done: page.Flash("facts-saved", "The coded facts are saved."),
	fill: func(s *sheet) error {
		x, r := s.f.Facts, s.f.Rules
		var types []form.Option
		for _, t := range r.ExploitationTypes {
			types = append(types, form.Option{Value: t.Code, Label: t.Label})
		}
		s.form.Checkboxes("facts.exploitation", "Types of exploitation", types, form.Value(x.Exploitation...), form.Bold(), form.Small())
		s.form.Checkboxes("facts.act", "Act: what was done", options(r.Acts), form.Value(x.Act...), form.Bold(), form.Small())
		s.form.Checkboxes("facts.means", "Means: how", options(r.Means), form.Value(x.Means...), form.Bold(), form.Small(), form.Hint("Not needed for a child"))
		s.form.Checkboxes("facts.purpose", "Purpose: what for", options(r.Purposes), form.Value(x.Purpose...), form.Bold(), form.Small())
		s.form.Checkboxes("facts.indicators", "Indicators", indicatorOptions(s.f), form.Value(indicatorCodes(x.Indicators)...), form.Bold())
		s.form.Checkboxes("facts.risks", "Risks", options(r.Risks), form.Value(x.Risks...), form.Bold())
		s.form.Checkboxes("facts.urgentNeeds", "Urgent needs", options(r.UrgentNeeds), form.Value(x.UrgentNeeds...), form.Bold())
		s.fold = []string{"facts.indicators", "facts.risks", "facts.urgentNeeds"}
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.EditFacts(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, typedFacts(s))
	},
	clash: clashOfFacts,
}

// clashOfFacts shows both versions of the facts, and lets the person choose.
func clashOfFacts(s *sheet) []ui.Component {
	mine, theirs := factRows(s.f, typedFacts(s)), factRows(s.f, s.f.Facts)
	v := ui.Versions{Yours: "Your version", Theirs: "Saved now"}
	for i := range mine {
		v.Rows = append(v.Rows, ui.VersionRow{Field: mine[i].Field, Yours: mine[i].Yours, Theirs: theirs[i].Yours})
	}
	s.form.Buttons(ui.Button{Text: "Save my version"}, ui.Button{Text: "Keep what is saved now", Href: Path(s.f, ""), Kind: ui.Secondary})
	return []ui.Component{ui.Heading{Level: 2, Text: "Both versions"}, v,
		ui.Para("Your answers are still in the form below. Change them if something of the other version should stay, then save; or keep what is saved now.")}
}

// typedFacts are the facts with what the form says in place.
func typedFacts(s *sheet) casework.Facts {
	x := s.f.Facts
	get := func(name string) []string { return s.form.Field("facts." + name).Choices() }
	x.Exploitation, x.Act, x.Means, x.Purpose = get("exploitation"), get("act"), get("means"), get("purpose")
	x.Risks, x.UrgentNeeds = get("risks"), get("urgentNeeds")
	var seen []casework.Indicator
	for _, code := range get("indicators") {
		i := slices.IndexFunc(x.Indicators, func(i casework.Indicator) bool { return i.Code == code })
		if i >= 0 {
			seen = append(seen, x.Indicators[i]) // who observed it and when stays
			continue
		}
		seen = append(seen, casework.Indicator{Code: code})
	}
	x.Indicators = seen
	return x
}

func factRows(f *casework.File, x casework.Facts) []ui.VersionRow {
	var seen []string
	for _, i := range x.Indicators {
		seen = append(seen, indicatorLabel(f, i.Code))
	}
	row := func(field string, list []string) ui.VersionRow {
		list = slices.Clone(list)
		slices.Sort(list)
		return ui.VersionRow{Field: field, Yours: strings.Join(list, "; ")}
	}
	return []ui.VersionRow{row("Types of exploitation", exploitation(f, x.Exploitation)), row("Act", labels(f.Rules.Acts, x.Act)), row("Means", labels(f.Rules.Means, x.Means)),
		row("Purpose", labels(f.Rules.Purposes, x.Purpose)), row("Indicators", seen), row("Risks", labels(f.Rules.Risks, x.Risks)), row("Urgent needs", labels(f.Rules.UrgentNeeds, x.UrgentNeeds))}
}

func indicatorCodes(list []casework.Indicator) []string {
	out := make([]string, len(list))
	for i, ind := range list {
		out[i] = ind.Code
	}
	return out
}

// indicatorOptions is the whole catalogue by category.
func indicatorOptions(f *casework.File) []form.Option {
	var out []form.Option
	for _, c := range f.Catalogue.Categories() {
		for _, i := range f.Catalogue.In(c.Code) {
			out = append(out, form.Option{Value: i.Code, Label: i.Label, Group: c.Label})
		}
	}
	return out
}
