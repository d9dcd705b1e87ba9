package exchange

import (
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
)

// The columns that are about the record and not about the referral.
const (
	columnExternal = "external_id"
	columnAgency   = "agency"
)

const notePrefix = "narrative.indicatorNotes."

// noteColumn is the column of the note on one indicator.
func noteColumn(code string) *column {
	c := secret(notePrefix+code, "What was seen, for the indicator "+code+".", "", nil)
	c.set = func(k *cell, f *form, _ int) {
		if !k.limitText(casework.MaxLine) {
			return
		}
		if f.Narrative.IndicatorNotes == nil {
			f.Narrative.IndicatorNotes = map[string]core.Secret{}
		}
		f.Narrative.IndicatorNotes[code] = core.Secret(k.text)
	}
	c.get = func(_ *Directory, f *form, _ int) string { return f.Narrative.IndicatorNotes[code].Reveal() }
	return &c
}

// authorityColumn names the local authority by its code.
func authorityColumn() column {
	return column{name: "age.authority", about: "For a child: the code of the local authority that is told.", example: "",
		set: func(k *cell, f *form, _ int) {
			a, ok := k.agents.ByCode(k.text)
			if !ok || a.Kind != core.LocalAuthority {
				k.fault("agency.unknown", "Write the code of a local authority that is set up in clew.")
				return
			}
			f.Age.Authority = a.ID
		},
		get: func(d *Directory, f *form, _ int) string { return d.byID[f.Age.Authority].Code }}
}

// columns is every answer of a referral, in the order of a file.
var columns = join(
	[]column{
		short("jurisdiction", "Where the referral is made. Empty: the agency's own.", "england-wales", func(f *form) *string { return &f.Jurisdiction }),
		choice("age.stated", "child, adult or unsure. Whoever may be a child is treated as one.", "adult", func(f *form) *string { return &f.Age.Stated }),
		short("age.reason", "Why the age is unsure.", "", func(f *form) *string { return &f.Age.Reason }),
		authorityColumn(),
		choice("consent.explained", "yes or no: was the referral explained to the person?", "yes", func(f *form) *string { return &f.Consent.Explained }),
		choice("consent.answer", "yes or no. No makes a duty to notify, without identity.", "yes", func(f *form) *string { return &f.Consent.Answer }),
		short("consent.noticeVersion", "Version of the privacy notice that was given.", "2024-1", func(f *form) *string { return &f.Consent.NoticeVersion }),
		language("consent.language", "Language of the explanation.", "vie", func(f *form) *string { return &f.Consent.Language }),
		choice("consent.interpreter", "yes or no.", "yes", func(f *form) *string { return &f.Consent.Interpreter }),
		day("consent.on", "Day on which the person agreed, YYYY-MM-DD.", "2025-03-11", func(f *form) *core.Date { return &f.Consent.On }),
	},
	items("identity.names", 40, func(f *form) *[]casework.Name { return &f.Identity.Names }, []sub[casework.Name]{
		subWords("given", "Given name.", "Quynh", casework.MaxShort, func(n *casework.Name) *core.Secret { return &n.Given }),
		subWords("family", "Family name.", "Testperson", casework.MaxShort, func(n *casework.Name) *core.Secret { return &n.Family }),
		subCode("kind", "main, alias, nickname or birth.", "main", func(n *casework.Name) *string { return &n.Kind }),
	}),
	[]column{
		partial("identity.birthDate", "As far as known: 1996, 1996-07, 1996-07-21, about 1996.", "1996-07-21", func(f *form) *core.PartialDate { return &f.Identity.BirthDate }),
		read("identity.gender", "feminine, masculine, transgender_feminine, transgender_masculine, non_conforming or unspecified.", "feminine", parseGender, func(f *form) string { return f.Identity.Gender }),
		country("identity.nationality", "ISO 3166 code or name; XXX when not known.", "VNM", func(f *form) *string { return &f.Identity.Nationality }),
		country("identity.secondNationality", "ISO 3166 code or name.", "", func(f *form) *string { return &f.Identity.SecondNationality }),
	},
	items("identity.documents", 40, func(f *form) *[]casework.IdentityDocument { return &f.Identity.Documents }, []sub[casework.IdentityDocument]{
		subCode("type", "passport, identity_card, visa, residence_permit, birth_certificate or other.", "passport", func(d *casework.IdentityDocument) *string { return &d.Type }),
		subWords("number", "The document's number.", "ZQ7741209", casework.MaxShort, func(d *casework.IdentityDocument) *core.Secret { return &d.Number }),
		subCountry("country", "Who issued it.", "VNM", func(d *casework.IdentityDocument) *string { return &d.Country }),
	}),
	[]column{
		secrets("identity.phones", "The person's own numbers.", "+44 7700 900123", func(f *form) *[]core.Secret { return &f.Identity.Phones }),
		secrets("identity.emails", "The person's own addresses.", "", func(f *form) *[]core.Secret { return &f.Identity.Emails }),
		secrets("identity.caseNumbers", "Other agencies' references.", "", func(f *form) *[]core.Secret { return &f.Identity.CaseNumbers }),
		secret("narrative.account", "What happened, in words.", "Came for work; the passport was taken.", func(f *form) *core.Secret { return &f.Narrative.Account }),
		secret("narrative.howStarted", "How it began.", "", func(f *form) *core.Secret { return &f.Narrative.HowStarted }),
		secret("narrative.control", "What keeps or kept them there.", "", func(f *form) *core.Secret { return &f.Narrative.Control }),
		secret("narrative.exploiters", "Who is involved.", "", func(f *form) *core.Secret { return &f.Narrative.Exploiters }),
		secret("narrative.othersAtRisk", "Who else may be at risk.", "", func(f *form) *core.Secret { return &f.Narrative.OthersAtRisk }),
		secret("narrative.riskDetail", "Risks, in words.", "", func(f *form) *core.Secret { return &f.Narrative.RiskDetail }),
		secret("narrative.observations", "The responder's professional view.", "", func(f *form) *core.Secret { return &f.Narrative.Observations }),
		secret("narrative.notifyReason", "Duty to notify: why there is no consent.", "", func(f *form) *core.Secret { return &f.Narrative.NotifyReason }),
	},
	items("narrative.situations", 40, func(f *form) *[]casework.Situation { return &f.Narrative.Situations }, []sub[casework.Situation]{
		subCountry("country", "Country of exploitation.", "GBR", func(s *casework.Situation) *string { return &s.Country }),
		subWords("town", "Town.", "Testbury", casework.MaxShort, func(s *casework.Situation) *core.Secret { return &s.Town }),
		subWords("address", "Address.", "", casework.MaxLine, func(s *casework.Situation) *core.Secret { return &s.Address }),
		subPartial("from", "When it began, as far as known.", "2024-05", func(s *casework.Situation) *core.PartialDate { return &s.From }),
		subPartial("until", "When it ended, as far as known.", "about 2025", func(s *casework.Situation) *core.PartialDate { return &s.Until }),
		subFlag("ongoing", "yes while it goes on.", func(s *casework.Situation) *bool { return &s.Ongoing }),
	}),
	[]column{
		secret("narrative.crimeReference", "The police's reference.", "", func(f *form) *core.Secret { return &f.Narrative.CrimeReference }),
		short("narrative.crimeForce", "Which force.", "", func(f *form) *string { return &f.Narrative.CrimeForce }),
		secret("narrative.referrer.name", "Who refers.", "Sam Referrer", func(f *form) *core.Secret { return &f.Narrative.Referrer.Name }),
		short("narrative.referrer.jobTitle", "Their post.", "", func(f *form) *string { return &f.Narrative.Referrer.JobTitle }),
		secret("narrative.referrer.phone", "Work telephone; this or the e-mail address is needed.", "0117 496 0000", func(f *form) *core.Secret { return &f.Narrative.Referrer.Phone }),
		secret("narrative.referrer.email", "Work e-mail address.", "", func(f *form) *core.Secret { return &f.Narrative.Referrer.Email }),
		secret("narrative.referrer.ownReference", "The sender's own reference.", "", func(f *form) *core.Secret { return &f.Narrative.Referrer.OwnReference }),
	},
	contactColumns, factColumns,
	items("facts.indicators", 200, func(f *form) *[]casework.Indicator { return &f.Facts.Indicators }, []sub[casework.Indicator]{
		{"code", "Indicator of the catalogue.", "GEN-01", func(i *casework.Indicator, text string) *core.Error {
			err := parseCode(text, &i.Code)
			i.Code = strings.ToUpper(i.Code)
			return err
		}, func(i *casework.Indicator) string { return i.Code }},
		subCode("observedBy", "me, colleague, person or third_party.", "me", func(i *casework.Indicator) *string { return &i.ObservedBy }),
		subPartial("on", "When, as far as known.", "2025-03", func(i *casework.Indicator) *core.PartialDate { return &i.On }),
	}),
)

var contactColumns = []column{
	secret("contact.town", "Where the person is now.", "Testbury", func(f *form) *core.Secret { return &f.Contact.Town }),
	short("contact.region", "Region.", "", func(f *form) *string { return &f.Contact.Region }),
	secret("contact.address", "Address.", "", func(f *form) *core.Secret { return &f.Contact.Address }),
	choice("contact.safeToReach", "yes, only_through or no. No if in doubt.", "only_through", func(f *form) *string { return &f.Contact.SafeToReach }),
	codes("contact.channels", "call, text, email, post, worker.", "", func(f *form) *[]string { return &f.Contact.Channels }),
	secret("contact.phone", "Number that is safe to use.", "", func(f *form) *core.Secret { return &f.Contact.Phone }),
	secret("contact.email", "Address that is safe to use.", "", func(f *form) *core.Secret { return &f.Contact.Email }),
	secret("contact.through", "Whom to go through.", "Outreach worker", func(f *form) *core.Secret { return &f.Contact.Through }),
	secret("contact.hours", "When.", "", func(f *form) *core.Secret { return &f.Contact.Hours }),
	secret("contact.neverSay", "What must never be left in a message.", "", func(f *form) *core.Secret { return &f.Contact.NeverSay }),
	secret("contact.codeWord", "Code word.", "", func(f *form) *core.Secret { return &f.Contact.CodeWord }),
	language("contact.language", "Language the person speaks.", "vie", func(f *form) *string { return &f.Contact.Language }),
	flag("contact.interpreter", "yes or no: an interpreter is needed.", func(f *form) *bool { return &f.Contact.Interpreter }),
	list("contact.aids", "Help to communicate.", "", strings.TrimSpace, func(f *form) *[]string { return &f.Contact.Aids }),
	secrets("contact.guardians", "Child: the adults responsible.", "", func(f *form) *[]core.Secret { return &f.Contact.Guardians }),
}

var factColumns = []column{
	codes("facts.exploitation", "Codes of the scheme's types.", "forced_labour", func(f *form) *[]string { return &f.Facts.Exploitation }),
	choice("facts.exploitedWhere", "domestic, overseas, both or unknown.", "domestic", func(f *form) *string { return &f.Facts.ExploitedWhere }),
	choice("facts.moreThanOne", "yes, no or unknown: more than one situation.", "", func(f *form) *string { return &f.Facts.MoreThanOne }),
	codes("facts.act", "Codes of the scheme's acts.", "recruited", func(f *form) *[]string { return &f.Facts.Act }),
	codes("facts.means", "Codes of the scheme's means.", "debt", func(f *form) *[]string { return &f.Facts.Means }),
	codes("facts.purpose", "Codes of the scheme's purposes.", "labour", func(f *form) *[]string { return &f.Facts.Purpose }),
	codes("facts.risks", "Codes of the scheme's risks.", "", func(f *form) *[]string { return &f.Facts.Risks }),
	codes("facts.urgentNeeds", "Codes of the scheme's urgent needs.", "", func(f *form) *[]string { return &f.Facts.UrgentNeeds }),
	choice("facts.othersAtRisk", "yes, no or unknown.", "", func(f *form) *string { return &f.Facts.OthersAtRisk }),
	choice("facts.stillExploited", "yes, no or unknown.", "", func(f *form) *string { return &f.Facts.StillExploited }),
	choice("facts.lastContact", "week, month, three_months, six_months, year, longer or unknown: when the exploiter was last in contact.", "", func(f *form) *string { return &f.Facts.LastContact }),
	choice("facts.policeReport", "yes, no or unknown.", "", func(f *form) *string { return &f.Facts.PoliceReport }),
	choice("facts.willingToAssist", "yes, no or unknown; never a condition of help.", "", func(f *form) *string { return &f.Facts.WillingToAssist }),
	choice("facts.supportWanted", "yes, no or later.", "yes", func(f *form) *string { return &f.Facts.SupportWanted }),
	choice("facts.ageAtExploitation", "adult, child, both or unknown.", "adult", func(f *form) *string { return &f.Facts.AgeAtExploitation }),
	choice("facts.currentLocation", "safe, still_there, detained or unknown.", "safe", func(f *form) *string { return &f.Facts.CurrentLocation }),
}

func parseGender(text string, f *form) *core.Error {
	g, ok := core.ParseGender(strings.ReplaceAll(strings.TrimSpace(text), " ", "_"))
	if !ok {
		return core.E(core.Invalid, "choice.unknown", "Write one of the genders of the template, or unspecified.")
	}
	f.Identity.Gender = string(g)
	return nil
}

func subFlag[T any](name, about string, at func(item *T) *bool) sub[T] {
	return sub[T]{name, about, "", func(item *T, text string) *core.Error {
		switch codeOf(text) {
		case "yes":
			*at(item) = true
		case "no":
			*at(item) = false
		default:
			return core.E(core.Invalid, "choice.unknown", "Write yes or no.")
		}
		return nil
	}, func(item *T) string {
		if *at(item) {
			return "yes"
		}
		return ""
	}}
}

func join(parts ...[]column) []column {
	var out []column
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

var columnsByName = func() map[string]*column {
	m := make(map[string]*column, len(columns))
	for i := range columns {
		m[strings.ToLower(columns[i].name)] = &columns[i]
	}
	return m
}()

// dropEmptyItems takes out what a file left blank between the items it filled.
func dropEmptyItems(f *form) {
	f.Identity.Names = filled(f.Identity.Names)
	f.Identity.Documents = filled(f.Identity.Documents)
	f.Narrative.Situations = filled(f.Narrative.Situations)
	f.Facts.Indicators = filled(f.Facts.Indicators)
}

func filled[T comparable](list []T) []T {
	var zero T
	out := list[:0]
	for _, item := range list {
		if item != zero {
			out = append(out, item)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
