package referral

import (
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

func names(s *sheet) {
	addList(s, list[casework.Name]{prefix: "identity.names", title: "Name", plural: "Names", add: "Add another name",
		at:    func(a *answers) *[]casework.Name { return &a.Identity.Names },
		blank: func(n casework.Name) bool { return n.Given == "" && n.Family == "" },
		item: func(s *sheet, p string, at func(*answers) *casework.Name) []ui.Component {
			return []ui.Component{
				s.secret(p+".given", "Given names", func(a *answers) *core.Secret { return &at(a).Given }),
				s.secret(p+".family", "Family name", func(a *answers) *core.Secret { return &at(a).Family }),
				s.choice(s.f.Select(p+".kind", "What kind of name is it?", nameKinds), func(a *answers) *string { return &at(a).Kind },
					func(code string) string { return labelIn(nameKinds, code) }),
			}
		},
		line: func(n casework.Name) string {
			if n.Kind == "" || n.Kind == "main" {
				return n.Full()
			}
			return n.Full() + " (" + labelIn(nameKinds, n.Kind) + ")"
		}})
	s.put(ui.Heading{Level: 2, Text: "Telephone and e-mail"}, why("To recognise the person, not to contact them. Safe contact is asked later."))
	secrets(s, "identity.phones", "Telephone number", "Telephone numbers", "Add another telephone number", func(a *answers) *[]core.Secret { return &a.Identity.Phones },
		func(s *sheet, p, label string, at func(*answers) *core.Secret) ui.Component {
			return s.secret(p, label, at, form.Type("tel"), form.Width("20"))
		})
	secrets(s, "identity.emails", "E-mail address", "E-mail addresses", "Add another e-mail address", func(a *answers) *[]core.Secret { return &a.Identity.Emails },
		func(s *sheet, p, label string, at func(*answers) *core.Secret) ui.Component {
			return s.secret(p, label, at, form.Type("email"))
		})
}

func about(s *sheet) {
	s.put(contradiction(s.given, s.rules)...)
	if s.track != casework.TrackNotify {
		s.put(s.partial("identity.birthDate", "Date of birth", func(a *answers) *core.PartialDate { return &a.Identity.BirthDate },
			form.Hint("As far as it is known: a year alone is enough. Leave it empty if it is not known.")))
	}
	s.put(s.radios("identity.gender", "Gender", genderOptions(), func(a *answers) *string { return &a.Identity.Gender },
		form.Hint("What the person says of themselves.")),
		s.choice(s.f.Nationality("identity.nationality", "Nationality", form.Hint("Begin to type, then choose. “Not known” is an answer too.")),
			func(a *answers) *string { return &a.Identity.Nationality }, nationalityName),
		s.choice(s.f.Nationality("identity.secondNationality", "Second nationality, if there is one"),
			func(a *answers) *string { return &a.Identity.SecondNationality }, nationalityName))
}

func documents(s *sheet) {
	addList(s, list[casework.IdentityDocument]{prefix: "identity.documents", title: "Document", plural: "Documents", add: "Add a document", none: true,
		at:    func(a *answers) *[]casework.IdentityDocument { return &a.Identity.Documents },
		blank: func(d casework.IdentityDocument) bool { return d == casework.IdentityDocument{} },
		item: func(s *sheet, p string, at func(*answers) *casework.IdentityDocument) []ui.Component {
			return []ui.Component{
				s.choice(s.f.Select(p+".type", "Type of document", documentOptions()), func(a *answers) *string { return &at(a).Type },
					func(code string) string { return documentLabels[code] }),
				s.secret(p+".number", "Number", func(a *answers) *core.Secret { return &at(a).Number }, form.Width("20")),
				s.choice(s.f.Country(p+".country", "Country that issued it"), func(a *answers) *string { return &at(a).Country }, countryName),
			}
		},
		line: func(d casework.IdentityDocument) string {
			return joined(", ", documentLabels[d.Type], d.Number.Reveal(), countryName(d.Country))
		}})
	s.put(ui.Heading{Level: 2, Text: "References of other agencies"})
	secrets(s, "identity.caseNumbers", "Reference", "References of other agencies", "Add another reference", func(a *answers) *[]core.Secret { return &a.Identity.CaseNumbers },
		func(s *sheet, p, label string, at func(*answers) *core.Secret) ui.Component {
			return s.secret(p, label, at, form.Width("20"), form.Hint("For example, of the police, social work or an asylum claim."))
		})
}

func location(s *sheet) {
	s.put(s.radios("facts.currentLocation", "Where is the person now?", nowOptions, func(a *answers) *string { return &a.Facts.CurrentLocation }),
		s.secret("contact.town", "Town or city", func(a *answers) *core.Secret { return &a.Contact.Town }, form.Hint("Optional, as are the next two.")),
		s.text("contact.region", "Region or county", func(a *answers) *string { return &a.Contact.Region }),
		s.secret("contact.address", "Address", func(a *answers) *core.Secret { return &a.Contact.Address }, form.Max(casework.MaxLine)))
}

func contact(s *sheet) {
	at := func(a *answers) *casework.Contact { return &a.Contact }
	phone := s.secret("contact.phone", "Safe telephone number", func(a *answers) *core.Secret { return &at(a).Phone }, form.Type("tel"), form.Width("20"), form.Hint("Needed for calls and text messages."))
	email := s.secret("contact.email", "Safe e-mail address", func(a *answers) *core.Secret { return &at(a).Email }, form.Type("email"), form.Hint("Needed for e-mail."))
	channels := s.checks("contact.channels", "Which ways are safe?", channelOptions, func(a *answers) *[]string { return &at(a).Channels })
	through := s.secret("contact.through", "Through whom?", func(a *answers) *core.Secret { return &at(a).Through }, form.Max(casework.MaxLine), form.Hint("Name, organisation and how to reach them."))
	safe := []form.Option{safeOptions[0], safeOptions[1], safeOptions[2]}
	safe[0].Reveal, safe[1].Reveal = []*form.Field{channels, phone, email}, []*form.Field{through}
	s.put(s.radios("contact.safeToReach", "Is it safe to contact the person?", safe, func(a *answers) *string { return &at(a).SafeToReach }),
		s.secret("contact.hours", "When is it safe?", func(a *answers) *core.Secret { return &at(a).Hours }, form.Max(casework.MaxLine), form.Hint("Optional. For example: weekday mornings only.")),
		s.secret("contact.neverSay", "What must never be left in a message?", func(a *answers) *core.Secret { return &at(a).NeverSay }, form.Max(casework.MaxLine),
			form.Hint("Optional. For example: who is calling, or that it is about exploitation.")),
		s.secret("contact.codeWord", "A word by which they know it is us", func(a *answers) *core.Secret { return &at(a).CodeWord }, form.Width("20"), form.Hint("Optional.")),
		s.choice(s.f.Language("contact.language", "Language they understand best"), func(a *answers) *string { return &at(a).Language }, languageName))
	interpreter := s.f.Checkboxes("contact.interpreter", "Interpreter", []form.Option{{Value: "yes", Label: "An interpreter is needed"}})
	if s.given.Contact.Interpreter {
		interpreter.SetValue("yes")
	}
	s.put(s.bind(interpreter, func(a *answers) []string {
		if a.Contact.Interpreter {
			return []string{"Needed"}
		}
		return nil
	}, func(a *answers) { a.Contact.Interpreter = interpreter.Chose("yes") }),
		s.checks("contact.aids", "What helps them to understand and be understood?", aidOptions, func(a *answers) *[]string { return &at(a).Aids }, form.Hint("Optional.")))
	if s.track == casework.TrackChild {
		s.put(ui.Heading{Level: 2, Text: "Adults responsible for the child"}, why("Leave out anybody who may be involved in the exploitation."))
		secrets(s, "contact.guardians", "Adult", "Adults responsible for the child", "Add another adult", func(a *answers) *[]core.Secret { return &a.Contact.Guardians },
			func(s *sheet, p, label string, at func(*answers) *core.Secret) ui.Component {
				return s.secret(p, label, at, form.Hint("Name, relation and how to reach them."))
			})
	}
}
