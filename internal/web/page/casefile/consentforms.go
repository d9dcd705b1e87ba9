package casefile

import (
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var consentFor = []form.Option{
	{Value: casework.ConsentReferral, Label: "Referral and support", Hint: "The file may be shared with those who support the person"},
	{Value: casework.ConsentPolice, Label: "Sharing with a police investigation", Hint: "The authority may then pass on what the investigation needs. Never a condition of help"},
}

var recordConsent = command{do: casework.CmdRecordConsent, path: "consent/new", title: "Record consent",
	why:    "Consent counts when the person understood what they agreed to, in a language they know. It can be withdrawn at any time.",
	button: ui.Button{Text: "Record consent"}, done: page.Flash("consent-recorded", "The consent is on record."), back: "consent",
	fill: func(s *sheet) error {
		f := s.form
		f.Radios("purpose", "What is the consent for?", consentFor, form.Required("Choose what the consent is for."))
		f.Radios("consent.explained", "Was it explained to the person?", yesNo(), form.Required("Say whether it has been explained to the person."), form.Inline())
		f.Radios("consent.answer", "Did the person agree?", yesNo(), form.Required("Say what the person answered."), form.Inline())
		f.Text("consent.noticeVersion", "Version of the privacy notice that was given", form.Required("Enter the version of the privacy notice that was given."), form.Max(50), form.Width("10"),
			form.Value(s.f.Rules.ConsentNotice.Value.Version))
		f.Language("consent.language", "Language in which it was explained", form.Required("Choose the language in which it was explained."))
		f.Radios("consent.interpreter", "Did an interpreter help?", yesNo(), form.Required("Say whether an interpreter helped."), form.Inline())
		f.Date("consent.on", "On which day?", form.Required("Enter the day on which the person agreed."), form.NotAfter(s.f.Today, "The day must be today or in the past."))
		return nil
	},
	give: func(s *sheet) error {
		get := func(name string) *form.Field { return s.form.Field("consent." + name) }
		return s.rq.Site.Cases.RecordConsent(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, s.form.Field("purpose").Choice(), casework.ConsentGiven{
			Explained: get("explained").Choice(), Answer: get("answer").Choice(), NoticeVersion: get("noticeVersion").Text(), Language: get("language").Choice(),
			Interpreter: get("interpreter").Choice(), On: get("on").Date()})
	}}

func yesNo() []form.Option {
	return []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
}

var withdrawConsent = command{do: casework.CmdWithdrawConsent, path: "consent/withdraw", title: "Record that consent is withdrawn",
	warn:   "Withdrawing an adult’s consent to the referral ends the case as withdrawn. Support is wound down, not cut. A child’s case goes on.",
	button: ui.Button{Text: "Record the withdrawal", Kind: ui.Harmful}, done: page.Flash("consent-withdrawn", "The withdrawal is on record, and sharing has ended."), back: "consent",
	fill: func(s *sheet) error {
		s.form.Radios("purpose", "Which consent is withdrawn?", []form.Option{{Value: casework.ConsentReferral, Label: "Referral and support"},
			{Value: casework.ConsentPolice, Label: "Sharing with a police investigation"}}, form.Required("Choose which consent is withdrawn."), form.Bold())
		return nil
	},
	give: func(s *sheet) error {
		return s.rq.Site.Cases.WithdrawConsent(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, s.form.Field("purpose").Choice())
	}}

var correctAge = command{do: casework.CmdCorrectAge, path: "age", title: "Correct the age",
	why:    "Where there is doubt, the person is a child until it is settled.",
	button: ui.Button{Text: "Record the finding"}, done: page.Flash("age-corrected", "The finding about the age is on record."),
	fill: func(s *sheet) error {
		f := s.form
		f.Radios("finding", "What was found?", []form.Option{{Value: "child", Label: "The person is a child"}, {Value: "adult", Label: "The person is an adult"},
			{Value: "disputed", Label: "The age is disputed", Hint: "The person is treated as a child until it is settled"}}, form.Required("Choose what was found about the age."))
		f.Radios("basis", "What does it rest on?", []form.Option{{Value: "document", Label: "A document"}, {Value: "assessment", Label: "An age assessment"},
			{Value: "person", Label: "What the person says"}}, form.Required("Choose what the finding rests on."))
		f.Textarea("reason", "In your own words", form.Required("Say what the finding rests on."), form.Max(casework.MaxAccount), form.Hint("It is kept as an internal note."))
		if !s.f.LocalAuthority.IsZero() {
			return nil
		}
		choices, err := s.agencies(core.LocalAuthority)
		if err != nil {
			return err
		}
		f.Select("authority", "Local authority that will be told about a child", choices, form.Hint("Not needed for an adult"))
		return nil
	},
	give: func(s *sheet) error {
		a := casework.AgeForm{Finding: s.form.Field("finding").Choice(), Basis: s.form.Field("basis").Choice(), Reason: s.form.Field("reason").Secret()}
		if f := s.form.Field("authority"); f != nil {
			a.Authority = id(f)
		}
		return s.rq.Site.Cases.CorrectAge(s.rq.Context(), s.rq.Actor, s.rq.Purpose, s.f.ID, s.rev, a)
	}}
