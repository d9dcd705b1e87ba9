package referral

import (
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

func types(s *sheet) {
	var options []form.Option
	for _, t := range s.rules.ExploitationTypes {
		if t.Child && !t.Adult && !couldBeChild(s) && !slices.Contains(s.given.Facts.Exploitation, t.Code) {
			continue
		}
		options = append(options, form.Option{Value: t.Code, Label: t.Label})
	}
	s.put(s.checks("facts.exploitation", "What kind of exploitation do you suspect?", options, func(a *answers) *[]string { return &a.Facts.Exploitation }),
		s.radios("facts.moreThanOne", "Was the person exploited more than once, by different people or in different places?", yesNoUnknown,
			func(a *answers) *string { return &a.Facts.MoreThanOne }, form.Inline()))
}

// couldBeChild reports whether the exploitation may have been that of a child.
func couldBeChild(s *sheet) bool {
	return s.track == casework.TrackChild || s.given.Facts.AgeAtExploitation != "adult"
}

func where(s *sheet) {
	s.put(s.radios("facts.exploitedWhere", "Where did it happen?", whereOptions, func(a *answers) *string { return &a.Facts.ExploitedWhere }),
		ui.Heading{Level: 2, Text: "Places and times"})
	anonymous := s.track == casework.TrackNotify
	addList(s, list[casework.Situation]{prefix: "narrative.situations", title: "Place", plural: "Places and times", add: "Add a place", none: true,
		at:    func(a *answers) *[]casework.Situation { return &a.Narrative.Situations },
		blank: func(v casework.Situation) bool { return v == casework.Situation{} },
		item: func(s *sheet, p string, at func(*answers) *casework.Situation) []ui.Component {
			body := []ui.Component{s.choice(s.f.Country(p+".country", "Country"), func(a *answers) *string { return &at(a).Country }, countryName)}
			if !anonymous {
				body = append(body, s.secret(p+".town", "Town or city", func(a *answers) *core.Secret { return &at(a).Town }),
					s.secret(p+".address", "Address or description of the place", func(a *answers) *core.Secret { return &at(a).Address }, form.Max(casework.MaxLine)))
			}
			ongoing := s.f.Checkboxes(p+".ongoing", "Still going on", []form.Option{{Value: "yes", Label: "This is still going on"}}, form.Small())
			if at(s.given).Ongoing {
				ongoing.SetValue("yes")
			}
			return append(body,
				s.partial(p+".from", "From", func(a *answers) *core.PartialDate { return &at(a).From }, form.Hint("A year alone is enough.")),
				s.partial(p+".until", "Until", func(a *answers) *core.PartialDate { return &at(a).Until }),
				s.bind(ongoing, nil, func(a *answers) { at(a).Ongoing = ongoing.Chose("yes") }))
		},
		line: func(v casework.Situation) string {
			if anonymous { // what was typed before the answer was no is not sent
				v.Town, v.Address = "", ""
			}
			return situationWords(v)
		}})
}

func situationWords(v casework.Situation) string {
	until := dateWords(v.Until)
	if v.Ongoing {
		until = "now"
	}
	when := joined(" to ", dateWords(v.From), until)
	return joined(", ", v.Address.Reveal(), v.Town.Reveal(), countryName(v.Country), when)
}

func elements(s *sheet) {
	child := ""
	if s.track == casework.TrackChild {
		child = " For a child, nothing needs to be chosen here: how it was done does not matter in law."
	}
	s.put(s.checks("facts.act", "What was done?", codeOptions(s.rules.Acts), func(a *answers) *[]string { return &a.Facts.Act }, form.Bold(), form.Hint("The act.")),
		s.checks("facts.means", "How was it done?", codeOptions(s.rules.Means), func(a *answers) *[]string { return &a.Facts.Means }, form.Bold(), form.Hint("The means."+child)),
		s.checks("facts.purpose", "What was it for?", codeOptions(s.rules.Purposes), func(a *answers) *[]string { return &a.Facts.Purpose }, form.Bold(), form.Hint("The purpose.")))
}

func account(s *sheet) {
	n := func(a *answers) *casework.Narrative { return &a.Narrative }
	if s.track == casework.TrackNotify {
		s.put(ui.Warning("Leave out names, addresses and anything else that points at one person: this is a notification without identity."))
	}
	s.put(
		s.long("narrative.account", "What happened, as far as you know?", casework.MaxAccount, func(a *answers) *core.Secret { return &n(a).Account }, form.Rows(10),
			form.Hint("Use the person’s own words where you can, and say which words are theirs.")),
		s.long("narrative.howStarted", "How did it begin?", casework.MaxAccount, func(a *answers) *core.Secret { return &n(a).HowStarted }, form.Rows(4), form.Hint("Optional, as are the next two.")),
		s.long("narrative.control", "What keeps or kept them there, or how did they leave?", casework.MaxAccount, func(a *answers) *core.Secret { return &n(a).Control }, form.Rows(4)),
		s.long("narrative.observations", "Your own professional view", casework.MaxAccount, func(a *answers) *core.Secret { return &n(a).Observations }, form.Rows(4)))
}

func risks(s *sheet) {
	last := s.radios("facts.lastContact", "When was the exploiter last in contact?", lastContact, func(a *answers) *string { return &a.Facts.LastContact })
	s.put(
		s.radios("facts.stillExploited", "Is the person still being exploited?", []form.Option{
			{Value: "yes", Label: "Yes", Hint: "If somebody is in danger now, call the emergency services first."},
			{Value: "no", Label: "No", Reveal: []*form.Field{last}}, {Value: "unknown", Label: "Not known"},
		}, func(a *answers) *string { return &a.Facts.StillExploited }),
		s.checks("facts.risks", "Risks", codeOptions(s.rules.Risks), func(a *answers) *[]string { return &a.Facts.Risks }, form.Hint("Choose all that apply. Leave empty if you see none.")),
		s.checks("facts.urgentNeeds", "What is needed at once?", codeOptions(s.rules.UrgentNeeds), func(a *answers) *[]string { return &a.Facts.UrgentNeeds }, form.Hint("Choose all that apply.")))
	if s.track != casework.TrackNotify {
		s.put(s.radios("facts.supportWanted", "Does the person want support?", supportOptions, func(a *answers) *string { return &a.Facts.SupportWanted }))
	}
	s.put(s.long("narrative.riskDetail", "Anything else about risks", casework.MaxAccount, func(a *answers) *core.Secret { return &a.Narrative.RiskDetail }, form.Rows(4), form.Hint("Optional.")))
}

func others(s *sheet) {
	detail := s.long("narrative.othersAtRisk", "Who, as far as is known?", casework.MaxAccount, func(a *answers) *core.Secret { return &a.Narrative.OthersAtRisk }, form.Rows(4),
		form.Hint("Each person needs a referral of their own, brothers and sisters too."))
	s.put(s.radios("facts.othersAtRisk", "Are other people being exploited or at risk?", []form.Option{
		{Value: "yes", Label: "Yes", Reveal: []*form.Field{detail}}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "Not known"},
	}, func(a *answers) *string { return &a.Facts.OthersAtRisk }),
		s.long("narrative.exploiters", "Who is behind it?", casework.MaxAccount, func(a *answers) *core.Secret { return &a.Narrative.Exploiters }, form.Rows(6),
			form.Hint("Optional. Names, nicknames, what they look like, telephones, vehicles, places: whatever is known.")))
}

func police(s *sheet) {
	var reveal []*form.Field
	if s.track != casework.TrackNotify { // a crime reference leads to the person
		reveal = []*form.Field{
			s.secret("narrative.crimeReference", "Crime reference", func(a *answers) *core.Secret { return &a.Narrative.CrimeReference }, form.Width("20"), form.Hint("Optional.")),
			s.text("narrative.crimeForce", "Police force", func(a *answers) *string { return &a.Narrative.CrimeForce }, form.Hint("Optional.")),
		}
	}
	s.put(s.radios("facts.policeReport", "Do the police know?", []form.Option{
		{Value: "yes", Label: "Yes", Reveal: reveal}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "Not known"},
	}, func(a *answers) *string { return &a.Facts.PoliceReport }),
		s.radios("facts.willingToAssist", "Would the person talk to the police?", yesNoUnknown, func(a *answers) *string { return &a.Facts.WillingToAssist },
			form.Hint("Do not press for an answer. Help is given whatever it is.")))
}
