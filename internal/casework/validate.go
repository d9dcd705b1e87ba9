package casework

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clew/internal/core"
	"clew/internal/safecontact"
	"clew/internal/scheme"
)

// Bounds on what can be typed, in characters. They stop abuse, not people: the
// longest account is about 2,400 words.
const (
	MaxShort   = 200
	MaxLine    = 500
	MaxAccount = 15000
	maxList    = 40
)

// checker collects what is wrong with a form.
type checker struct {
	fields []core.Field
}

// add notes what is wrong with a field, once.
func (k *checker) add(name, code, msg string) {
	if f := (core.Field{Name: name, Code: code, Msg: msg}); !slices.Contains(k.fields, f) {
		k.fields = append(k.fields, f)
	}
}

func (k *checker) need(ok bool, name, msg string) {
	if !ok {
		k.add(name, "required", msg)
	}
}

// text checks one piece of free text: its length, its encoding, and that it
// cannot be read otherwise than it was typed (Unicode bidi overrides).
func (k *checker) text(name, v string, limit int) {
	if v == "" {
		return
	}
	if !utf8.ValidString(v) {
		k.add(name, "text.encoding", "This text has characters that cannot be read. Type it again, or paste it as plain text.")
		return
	}
	if n := utf8.RuneCountInString(v); n > limit {
		k.add(name, "text.long", fmt.Sprintf("Use %d characters or fewer; this has %d.", limit, n))
	}
	if strings.ContainsFunc(v, unsafeRune) {
		k.add(name, "text.control", "This text has hidden control characters that change how it reads. Type it again, or paste it as plain text.")
	}
}

// texts checks a list of free texts, each by its position.
func (k *checker) texts(name string, list []core.Secret, limit int) {
	if len(list) > maxList {
		k.add(name, "list.long", fmt.Sprintf("Use %d or fewer.", maxList))
		return
	}
	for i, v := range list {
		k.text(fmt.Sprintf("%s.%d", name, i), v.Reveal(), limit)
	}
}

// unsafeRune reports control characters and the bidirectional overrides and
// isolates that make text read differently from how it is stored (UTS #55).
func unsafeRune(r rune) bool {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return false
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return unicode.IsControl(r)
}

func (k *checker) choice(name, v string, allowed ...string) {
	if v != "" && !slices.Contains(allowed, v) {
		k.add(name, "choice.unknown", "Choose one of the answers offered.")
	}
}

func (k *checker) choices(name string, v []string, allowed []string) {
	if len(v) > maxList {
		k.add(name, "choice.many", fmt.Sprintf("Choose %d or fewer.", maxList))
	}
	for _, one := range v {
		if !slices.Contains(allowed, one) {
			k.add(name, "choice.unknown", "Choose from the answers offered.")
			return
		}
	}
}

func (k *checker) pastDate(name string, d core.PartialDate, today core.Date) {
	if d.IsFuture(today) {
		k.add(name, "date.future", "The date must be today or in the past.")
	}
}

func (k *checker) country(name, v string) {
	if v == "" {
		return
	}
	if _, ok := core.CountryByCode(v); !ok {
		k.add(name, "country.unknown", "Choose a country or nationality from the list.")
	}
}

// Validate checks a whole referral against the rules of the day and returns
// what stands in the way of submitting it; nothing when it may be submitted.
func Validate(f *ReferralForm, rules scheme.Rules, cat *scheme.Catalogue, today core.Date) []core.Field {
	var all []core.Field
	for _, step := range StepsFor(f.Track(today, rules.AdultAge.Value)) {
		all = append(all, ValidateStep(step, f, rules, cat, today)...)
	}
	return all
}

// ValidateStep checks the answers of one page. It is called when the page is
// left, and again for every page at submission.
func ValidateStep(step Step, f *ReferralForm, rules scheme.Rules, cat *scheme.Catalogue, today core.Date) []core.Field {
	k := &checker{}
	if check, ok := stepChecks[step]; ok {
		check(k, f, rules, cat, today)
	}
	return k.fields
}

var stepChecks = map[Step]func(*checker, *ReferralForm, scheme.Rules, *scheme.Catalogue, core.Date){
	StepPlace: func(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
		k.need(f.Jurisdiction != "", "jurisdiction", "Choose where the referral is made.")
		k.text("narrative.referrer.ownReference", f.Narrative.Referrer.OwnReference.Reveal(), MaxShort)
	},
	StepAge: func(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
		k.need(f.Age.Stated != "", "age.stated", "Say whether the person is under 18. Choose “not sure” if there is any doubt.")
		k.choice("age.stated", f.Age.Stated, "child", "adult", "unsure")
		k.text("age.reason", f.Age.Reason, MaxShort)
		k.choice("facts.ageAtExploitation", f.Facts.AgeAtExploitation, "adult", "child", "both", "unknown")
	},
	StepAuthority: func(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
		k.need(!f.Age.Authority.IsZero(), "age.authority", "Choose the local authority that will be told about the child.")
	},
	StepConsent:    checkConsent,
	StepNotify:     checkNotify,
	StepName:       checkName,
	StepAbout:      checkAbout,
	StepDocuments:  checkDocuments,
	StepTypes:      checkTypes,
	StepWhere:      checkWhere,
	StepElements:   checkElements,
	StepAccount:    checkAccount,
	StepIndicators: checkIndicators,
	StepRisks:      checkRisks,
	StepExploiters: func(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
		k.text("narrative.exploiters", f.Narrative.Exploiters.Reveal(), MaxAccount)
		k.text("narrative.othersAtRisk", f.Narrative.OthersAtRisk.Reveal(), MaxAccount)
		k.choice("facts.othersAtRisk", f.Facts.OthersAtRisk, "yes", "no", "unknown")
	},
	StepPolice: func(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
		k.choice("facts.policeReport", f.Facts.PoliceReport, "yes", "no", "unknown")
		k.choice("facts.willingToAssist", f.Facts.WillingToAssist, "yes", "no", "unknown")
		k.text("narrative.crimeReference", f.Narrative.CrimeReference.Reveal(), MaxShort)
		k.text("narrative.crimeForce", f.Narrative.CrimeForce, MaxShort)
	},
	StepLocation:  checkLocation,
	StepContact:   checkContact,
	StepResponder: checkResponder,
}

func checkConsent(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, today core.Date) {
	c := f.Consent
	k.need(c.Explained != "", "consent.explained", "Say whether the referral has been explained to the person.")
	k.choice("consent.explained", c.Explained, "yes", "no")
	k.need(c.Answer != "", "consent.answer", "Say what the person answered.")
	k.choice("consent.answer", c.Answer, "yes", "no")
	if c.Explained == "no" && c.Answer == "yes" {
		k.add("consent.explained", "consent.uninformed", "Consent counts only after an explanation. Explain the referral first, or record that the person does not consent.")
	}
	if c.Answer != "yes" {
		return
	}
	k.need(c.NoticeVersion != "", "consent.noticeVersion", "Choose the version of the privacy notice that was given.")
	k.need(c.Language != "", "consent.language", "Choose the language in which it was explained.")
	if _, ok := core.LanguageByCode(c.Language); c.Language != "" && !ok {
		k.add("consent.language", "language.unknown", "Choose a language from the list.")
	}
	k.need(c.Interpreter != "", "consent.interpreter", "Say whether an interpreter helped.")
	k.choice("consent.interpreter", c.Interpreter, "yes", "no")
	k.need(!c.On.IsZero(), "consent.on", "Enter the day on which the person agreed.")
	if c.On.After(today) {
		k.add("consent.on", "date.future", "The day must be today or in the past.")
	}
}

func checkNotify(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	k.text("narrative.notifyReason", f.Narrative.NotifyReason.Reveal(), MaxAccount)
}

func checkName(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	if len(f.Identity.Names) > maxList {
		k.add("identity.names", "list.long", fmt.Sprintf("Use %d names or fewer.", maxList))
		return
	}
	named := false
	for i, n := range f.Identity.Names {
		k.choice(fmt.Sprintf("identity.names.%d.kind", i), n.Kind, "main", "alias", "nickname", "birth")
		k.text(fmt.Sprintf("identity.names.%d.given", i), n.Given.Reveal(), MaxShort)
		k.text(fmt.Sprintf("identity.names.%d.family", i), n.Family.Reveal(), MaxShort)
		named = named || strings.TrimSpace(n.Full()) != ""
	}
	k.need(named, "identity.names.0.given", "Enter at least one name the person is known by, even a nickname.")
	k.texts("identity.phones", f.Identity.Phones, MaxShort)
	k.texts("identity.emails", f.Identity.Emails, MaxShort)
	k.texts("identity.caseNumbers", f.Identity.CaseNumbers, MaxShort)
}

func checkAbout(k *checker, f *ReferralForm, rules scheme.Rules, _ *scheme.Catalogue, today core.Date) {
	id := f.Identity
	k.pastDate("identity.birthDate", id.BirthDate, today)
	if !id.BirthDate.IsZero() && id.BirthDate.Latest().Before(today.AddMonths(-12*120)) {
		k.add("identity.birthDate", "date.old", "This would make the person more than 120 years old. Check the year.")
	}
	k.need(id.Gender != "", "identity.gender", "Choose a gender, or “not known”.")
	if id.Gender != "" && !core.Gender(id.Gender).Valid() {
		k.add("identity.gender", "choice.unknown", "Choose one of the answers offered.")
	}
	k.need(id.Nationality != "", "identity.nationality", "Choose a nationality, or “not known”.")
	k.country("identity.nationality", id.Nationality)
	k.country("identity.secondNationality", id.SecondNationality)
	if id.SecondNationality != "" && id.SecondNationality == id.Nationality {
		k.add("identity.secondNationality", "nationality.twice", "This is the same as the first nationality. Leave it empty.")
	}
	if f.Age.Stated == "child" && f.AgeContradiction(today, rules.AdultAge.Value) {
		k.add("identity.birthDate", "age.contradiction", "This date of birth makes the person an adult, but the age answer says under 18. Correct one of them, or choose “not sure” for the age.")
	}
}

var documentTypes = []string{"passport", "identity_card", "visa", "residence_permit", "birth_certificate", "other"}

// DocumentTypes lists the kinds of identity document, in the order of the list.
func DocumentTypes() []string { return slices.Clone(documentTypes) }

func checkDocuments(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	if len(f.Identity.Documents) > maxList {
		k.add("identity.documents", "list.long", fmt.Sprintf("Use %d documents or fewer.", maxList))
		return
	}
	for i, d := range f.Identity.Documents {
		at := fmt.Sprintf("identity.documents.%d.", i)
		k.need(d.Type != "", at+"type", "Choose the type of document.")
		k.choice(at+"type", d.Type, documentTypes...)
		k.need(d.Number != "", at+"number", "Enter the document's number, or remove the document.")
		k.text(at+"number", d.Number.Reveal(), MaxShort)
		k.country(at+"country", d.Country)
	}
}

func checkTypes(k *checker, f *ReferralForm, rules scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	types := f.Facts.Exploitation
	k.need(len(types) > 0, "facts.exploitation", "Choose at least one type of exploitation. “Not known” is an answer too.")
	for _, code := range types {
		t, ok := rules.ExploitationType(code)
		if !ok {
			k.add("facts.exploitation", "choice.unknown", "Choose from the types offered.")
			return
		}
		for _, other := range t.ContradictsWith {
			if slices.Contains(types, other) {
				o, _ := rules.ExploitationType(other)
				k.add("facts.exploitation", "exploitation.contradiction",
					fmt.Sprintf("“%s” and “%s” cannot both be true. Keep the one that fits.", t.Label, o.Label))
				return
			}
		}
	}
}

func checkWhere(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, today core.Date) {
	k.choice("facts.exploitedWhere", f.Facts.ExploitedWhere, "domestic", "overseas", "both", "unknown")
	k.choice("facts.moreThanOne", f.Facts.MoreThanOne, "yes", "no", "unknown")
	k.need(f.Facts.ExploitedWhere != "", "facts.exploitedWhere", "Say where the exploitation happened. “Not known” is an answer too.")
	if len(f.Narrative.Situations) > maxList {
		k.add("narrative.situations", "list.long", fmt.Sprintf("Use %d places or fewer.", maxList))
		return
	}
	for i, sit := range f.Narrative.Situations {
		at := fmt.Sprintf("narrative.situations.%d.", i)
		k.country(at+"country", sit.Country)
		k.text(at+"town", sit.Town.Reveal(), MaxShort)
		k.text(at+"address", sit.Address.Reveal(), MaxLine)
		k.pastDate(at+"from", sit.From, today)
		k.pastDate(at+"until", sit.Until, today)
		if !sit.From.IsZero() && !sit.Until.IsZero() && sit.Until.DefinitelyBefore(sit.From) {
			k.add(at+"until", "date.order", "The end is before the beginning. Check both dates.")
		}
	}
}

// lastContacts are the answers to when the exploiter was last in contact.
var lastContacts = []string{"week", "month", "three_months", "six_months", "year", "longer", "unknown"}

// checkAnswers holds every single answer among the coded facts to its list: they
// are stored in clear, so nothing else may stand there.
func checkAnswers(k *checker, f *Facts) {
	k.choice("facts.exploitedWhere", f.ExploitedWhere, "domestic", "overseas", "both", "unknown")
	k.choice("facts.moreThanOne", f.MoreThanOne, "yes", "no", "unknown")
	k.choice("facts.othersAtRisk", f.OthersAtRisk, "yes", "no", "unknown")
	k.choice("facts.stillExploited", f.StillExploited, "yes", "no", "unknown")
	k.choice("facts.lastContact", f.LastContact, lastContacts...)
	k.choice("facts.policeReport", f.PoliceReport, "yes", "no", "unknown")
	k.choice("facts.willingToAssist", f.WillingToAssist, "yes", "no", "unknown")
	k.choice("facts.supportWanted", f.SupportWanted, "yes", "no", "later")
	k.choice("facts.ageAtExploitation", f.AgeAtExploitation, "adult", "child", "both", "unknown")
	k.choice("facts.currentLocation", f.CurrentLocation, "safe", "still_there", "detained", "unknown")
}

func checkElements(k *checker, f *ReferralForm, rules scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	k.choices("facts.act", f.Facts.Act, scheme.Codes(rules.Acts))
	k.choices("facts.means", f.Facts.Means, scheme.Codes(rules.Means))
	k.choices("facts.purpose", f.Facts.Purpose, scheme.Codes(rules.Purposes))
}

func checkAccount(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	k.need(f.Narrative.Account != "", "narrative.account", "Say in your own words what happened, as far as you know. A few lines are enough.")
	k.text("narrative.account", f.Narrative.Account.Reveal(), MaxAccount)
	k.text("narrative.howStarted", f.Narrative.HowStarted.Reveal(), MaxAccount)
	k.text("narrative.control", f.Narrative.Control.Reveal(), MaxAccount)
	k.text("narrative.observations", f.Narrative.Observations.Reveal(), MaxAccount)
}

func checkIndicators(k *checker, f *ReferralForm, _ scheme.Rules, cat *scheme.Catalogue, today core.Date) {
	if len(f.Facts.Indicators) > 200 {
		k.add("facts.indicators", "list.long", "Choose 200 indicators or fewer.")
		return
	}
	for i, ind := range f.Facts.Indicators {
		at := fmt.Sprintf("facts.indicators.%d.", i)
		if _, ok := cat.ByCode(ind.Code); !ok {
			k.add(at+"code", "indicator.unknown", "Choose indicators from the catalogue.")
		}
		k.choice(at+"observedBy", ind.ObservedBy, "me", "colleague", "person", "third_party")
		k.pastDate(at+"on", ind.On, today)
	}
	for code, note := range f.Narrative.IndicatorNotes {
		k.text("narrative.indicatorNotes."+code, note.Reveal(), MaxLine)
	}
}

func checkRisks(k *checker, f *ReferralForm, rules scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	k.choices("facts.risks", f.Facts.Risks, scheme.Codes(rules.Risks))
	k.choices("facts.urgentNeeds", f.Facts.UrgentNeeds, scheme.Codes(rules.UrgentNeeds))
	k.choice("facts.lastContact", f.Facts.LastContact, lastContacts...)
	k.choice("facts.stillExploited", f.Facts.StillExploited, "yes", "no", "unknown")
	k.choice("facts.supportWanted", f.Facts.SupportWanted, "yes", "no", "later")
	k.text("narrative.riskDetail", f.Narrative.RiskDetail.Reveal(), MaxAccount)
}

func checkLocation(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	k.text("contact.town", f.Contact.Town.Reveal(), MaxShort)
	k.text("contact.region", f.Contact.Region, MaxShort)
	k.text("contact.address", f.Contact.Address.Reveal(), MaxLine)
	k.choice("facts.currentLocation", f.Facts.CurrentLocation, "safe", "still_there", "detained", "unknown")
}

func checkContact(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	c := f.Contact
	k.need(c.SafeToReach != "", "contact.safeToReach", "Say whether it is safe to contact the person. Choose “no” if in doubt.")
	k.choice("contact.safeToReach", c.SafeToReach, "yes", "only_through", "no")
	k.choices("contact.channels", c.Channels, safecontact.Channels)
	if c.SafeToReach == "yes" {
		k.need(len(c.Channels) > 0, "contact.channels", "Choose at least one safe way to make contact.")
	}
	if c.SafeToReach == "only_through" {
		k.need(c.Through != "", "contact.through", "Say whom to go through.")
	}
	if slices.Contains(c.Channels, "call") || slices.Contains(c.Channels, "text") {
		k.need(c.Phone != "", "contact.phone", "Enter the phone number that is safe to use.")
	}
	if slices.Contains(c.Channels, "email") {
		k.need(c.Email != "", "contact.email", "Enter the e-mail address that is safe to use.")
	}
	k.text("contact.phone", c.Phone.Reveal(), MaxShort)
	k.text("contact.email", c.Email.Reveal(), MaxShort)
	k.text("contact.through", c.Through.Reveal(), MaxLine)
	k.text("contact.hours", c.Hours.Reveal(), MaxLine)
	k.text("contact.neverSay", c.NeverSay.Reveal(), MaxLine)
	k.text("contact.codeWord", c.CodeWord.Reveal(), MaxShort)
	k.texts("contact.guardians", c.Guardians, MaxShort)
	aids := make([]core.Secret, len(c.Aids))
	for i, aid := range c.Aids {
		aids[i] = core.Secret(aid)
	}
	k.texts("contact.aids", aids, MaxShort)
	if _, ok := core.LanguageByCode(c.Language); c.Language != "" && !ok {
		k.add("contact.language", "language.unknown", "Choose a language from the list.")
	}
}

func checkResponder(k *checker, f *ReferralForm, _ scheme.Rules, _ *scheme.Catalogue, _ core.Date) {
	r := f.Narrative.Referrer
	k.need(r.Name != "", "narrative.referrer.name", "Enter your name, so that the authority can come back to you.")
	k.need(r.Phone != "" || r.Email != "", "narrative.referrer.phone", "Enter a work phone number or e-mail address.")
	k.text("narrative.referrer.name", r.Name.Reveal(), MaxShort)
	k.text("narrative.referrer.jobTitle", r.JobTitle, MaxShort)
	k.text("narrative.referrer.phone", r.Phone.Reveal(), MaxShort)
	k.text("narrative.referrer.email", r.Email.Reveal(), MaxShort)
}
