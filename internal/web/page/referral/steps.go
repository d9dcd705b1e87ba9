package referral

import (
	"fmt"
	"slices"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

// step is one page of the journey.
type step struct {
	id      casework.Step
	section string
	title   string // in the task list and as the page's heading
	why     string // why we ask
	build   func(*sheet)
}

// The headings of the task list.
const (
	sectionBegin   = "Before anything else"
	sectionPerson  = "The person"
	sectionStory   = "What happened"
	sectionSafety  = "Risk and safety"
	sectionSending = "Sending it"
)

// steps is every page, in casework's order.
var steps = []step{
	{casework.StepPlace, sectionBegin, "Where you are referring from", "The rules, and the authority that decides, follow from the place.", place},
	{casework.StepAge, sectionBegin, "Is the person under 18?", "A child is protected at once and is not asked for consent. You do not have to be sure.", age},
	{casework.StepAuthority, sectionBegin, "Local authority for the child", "Its safeguarding team is told the moment you send the referral.", authority},
	{casework.StepConsent, sectionBegin, "Consent", "An adult decides. Without an explanation there is no consent, so the two are asked separately.", consent},
	{casework.StepNotify, sectionBegin, "Notification without identity", "The authority is told that somebody may have been exploited, and nothing by which the person could be found.", notify},
	{casework.StepName, sectionPerson, "Names and how they are known", "So that the same person is not treated as two, and nobody has to tell their story again.", names},
	{casework.StepAbout, sectionPerson, "About the person", "", about},
	{casework.StepDocuments, sectionPerson, "Identity documents and references", "A number finds earlier papers without asking the person again. Leave this empty if there are none.", documents},
	{casework.StepTypes, sectionStory, "Types of exploitation", "Choose all that you suspect. It can be corrected later.", types},
	{casework.StepWhere, sectionStory, "Where and when", "Rough answers are useful: a country and a year are enough.", where},
	{casework.StepElements, sectionStory, "What was done, how, and what for", "These are the three parts of the definition the authority decides on. Choose only what you have reason to believe.", elements},
	{casework.StepAccount, sectionStory, "In words", "The person should not have to tell it twice. Write what they told you or what you saw; do not ask for more now.", account},
	{casework.StepIndicators, sectionStory, "Indicators you noticed", "One sign alone proves nothing; together they show where to look.", indicatorQuestions},
	{casework.StepRisks, sectionSafety, "Risks and urgent needs", "What cannot wait is seen to before any decision.", risks},
	{casework.StepExploiters, sectionSafety, "Others involved", "Somebody else may need protection too.", others},
	{casework.StepPolice, sectionSafety, "Police", "Help never depends on what is answered here.", police},
	{casework.StepLocation, sectionSafety, "Where the person is now", "Only those who support or decide see this.", location},
	{casework.StepContact, sectionSafety, "Safe contact", "A message that reaches the wrong person can put somebody in danger.", contact},
	{casework.StepResponder, sectionSending, "Your details", "So that the authority can come back to you.", responder},
	{casework.StepEvidence, sectionSending, "Evidence", "Send what you have. The referral need not wait for it; more can be added later.", nil},
}

func stepBy(id casework.Step) (*step, bool) {
	i := slices.IndexFunc(steps, func(s step) bool { return s.id == id })
	if i < 0 {
		return nil, false
	}
	return &steps[i], true
}

func place(s *sheet) {
	var options []form.Option
	for _, j := range jurisdictions(s.rq.Site, s.given.Jurisdiction) {
		options = append(options, form.Option{Value: j, Label: jurisdictionLabel(j)})
	}
	s.put(s.radios("jurisdiction", "Where is the referral made?", options, func(a *answers) *string { return &a.Jurisdiction }),
		s.secret("narrative.referrer.ownReference", "Your own reference, if you have one", func(a *answers) *core.Secret { return &a.Narrative.Referrer.OwnReference },
			form.Hint("Your file number, so that you find it again. Do not use a name."), form.Width("20")))
}

func age(s *sheet) {
	s.put(s.radios("age.stated", "Is the person under 18 now?", ageOptions, func(a *answers) *string { return &a.Age.Stated }),
		s.radios("age.reason", "What does that rest on?", codeOptions(s.rules.AgeEvidence), func(a *answers) *string { return &a.Age.Reason }, form.Hint("Optional.")),
		s.radios("facts.ageAtExploitation", "How old was the person when it happened?", ageThen, func(a *answers) *string { return &a.Facts.AgeAtExploitation },
			form.Hint("Optional. Some types of exploitation are only possible for a child.")))
}

func authority(s *sheet) {
	agencies, err := s.rq.Site.AgenciesOf(s.rq.Context(), core.LocalAuthority)
	if err != nil {
		s.f.Fail("The list of local authorities could not be loaded. Try again in a moment.")
	}
	options := make([]form.Option, len(agencies))
	for i, a := range agencies {
		options[i] = form.Option{Value: a.ID.String(), Label: a.Name}
	}
	if s.given.Age.Stated != "child" {
		s.put(ui.Inset{Body: []ui.Component{ui.Para("The person is treated as a child because the age is in doubt. No consent is asked: protecting a child does not depend on it.")}})
	}
	f := s.f.Select("age.authority", "Which local authority is the child in now?", options,
		form.Hint("If you do not know, choose the one where you met the child."), form.Value(present(idText(s.given.Age.Authority))...))
	s.put(s.bind(f, func(a *answers) []string { return line(labelIn(options, idText(a.Age.Authority))) }, func(a *answers) {
		a.Age.Authority, _ = core.ParseID(f.Choice())
	}))
}

func idText(id core.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func consent(s *sheet) {
	n := s.rules.ConsentNotice.Value
	versions := []form.Option{{Value: n.Version, Label: "Version " + n.Version}}
	if v := s.given.Consent.NoticeVersion; v != "" && v != n.Version {
		versions = append(versions, form.Option{Value: v, Label: "Version " + v + ", as recorded before"})
	}
	explained := s.radios("consent.explained", "Was the referral explained to the person?", yesNo, func(a *answers) *string { return &a.Consent.Explained },
		form.Hint("What it is for, who will see it, that they can say no, and that they can change their mind."))
	version := s.radios("consent.noticeVersion", "Which version of the notice was given?", versions, func(a *answers) *string { return &a.Consent.NoticeVersion })
	language := s.choice(s.f.Language("consent.language", "In which language was it explained?"), func(a *answers) *string { return &a.Consent.Language }, languageName)
	interpreter := s.radios("consent.interpreter", "Did an interpreter help?", yesNo, func(a *answers) *string { return &a.Consent.Interpreter }, form.Inline())
	on := s.day("consent.on", "On which day did they agree?", func(a *answers) *core.Date { return &a.Consent.On }, form.Hint(fmt.Sprintf("For example, %d %d %d.", s.rules.Day.Day, s.rules.Day.Month, s.rules.Day.Year)))
	s.put(notice(n.Title, n.Text, n.Languages), explained,
		s.radios("consent.answer", "Does the person agree to be referred?", []form.Option{
			{Value: "yes", Label: "Yes", Reveal: []*form.Field{version, language, interpreter, on}},
			{Value: "no", Label: "No, or they could not be asked safely", Hint: "The authority is notified without a name. Help with safety does not depend on the answer."},
		}, func(a *answers) *string { return &a.Consent.Answer }))
}

// notice is the text that was or should be given, to be read out.
func notice(title string, text []string, languages []string) ui.Component {
	body := []ui.Component{ui.Heading{Level: 3, Text: title}}
	for _, p := range text {
		body = append(body, ui.Para(p))
	}
	var names []string
	for _, code := range languages {
		names = append(names, languageName(code))
	}
	slices.Sort(names)
	body = append(body, ui.Para("To be offered in: "+joined(", ", names...)+"."))
	return ui.Details{Summary: "The notice, to read out or explain", Body: body}
}

func notify(s *sheet) {
	s.put(ui.Inset{Body: []ui.Component{
		ui.Para("No name, date of birth, contact, document or place is sent, even if you have typed one before. Only gender, nationality and what happened in general are."),
		ui.Para("Leave names, addresses and anything else that points at one person out of your words as well."),
		ui.Para("If the person changes their mind later, you can turn this notification into a referral. They are counted once."),
	}},
		s.long("narrative.notifyReason", "Why is there no consent?", casework.MaxAccount, func(a *answers) *core.Secret { return &a.Narrative.NotifyReason },
			form.Hint("Optional. For example: afraid of the exploiter, wants advice first, could not be asked safely."), form.Rows(4)))
}

func responder(s *sheet) {
	if s.given.Narrative.Referrer.Name == "" && s.rq.Session != nil {
		s.given.Narrative.Referrer.Name = core.Secret(s.rq.Session.User.Name)
	}
	r := func(a *answers) *casework.Referrer { return &a.Narrative.Referrer }
	s.put(s.secret("narrative.referrer.name", "Your name", func(a *answers) *core.Secret { return &r(a).Name }, form.Autocomplete("name")),
		s.text("narrative.referrer.jobTitle", "Your role", func(a *answers) *string { return &r(a).JobTitle }, form.Hint("Optional."), form.Autocomplete("organization-title")),
		s.secret("narrative.referrer.phone", "Work telephone", func(a *answers) *core.Secret { return &r(a).Phone }, form.Type("tel"), form.Width("20"), form.Autocomplete("tel"),
			form.Hint("A telephone number or an e-mail address is enough. A team’s number is best: somebody answers when you are away.")),
		s.secret("narrative.referrer.email", "Work e-mail", func(a *answers) *core.Secret { return &r(a).Email }, form.Type("email"), form.Autocomplete("email")))
}
