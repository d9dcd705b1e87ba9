package api

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/safecontact"
)

// reader turns what was sent into a form and gathers what cannot be read.
type reader struct {
	fields []core.Field
}

func (k *reader) fault(name, code, msg string) {
	k.fields = append(k.fields, core.Field{Name: name, Code: code, Msg: msg})
}

func (k *reader) partial(name, text string) core.PartialDate {
	d, err := core.ParsePartialDate(text)
	var e *core.Error
	if errors.As(err, &e) {
		k.fault(name, e.Code, e.Msg)
	}
	return d
}

func (k *reader) day(name, text string) core.Date {
	if text == "" {
		return core.Date{}
	}
	d, err := core.ParseDate(text)
	if err != nil {
		k.fault(name, "date.unreadable", "Write the day as YYYY-MM-DD.")
	}
	return d
}

func (k *reader) country(name, text string) string {
	if text == "" {
		return ""
	}
	c, ok := core.FindCountry(text)
	if !ok {
		k.fault(name, "country.unknown", "Write an ISO 3166-1 code, such as VNM.")
	}
	return c.Code
}

func (k *reader) language(name, text string) string {
	if text == "" {
		return ""
	}
	l, ok := core.FindLanguage(text)
	if !ok {
		k.fault(name, "language.unknown", "Write an ISO 639 code, such as vie.")
	}
	return l.Code
}

// secrets bounds each item of a list whose items have no rule of their own.
func (k *reader) secrets(name string, list []string) []core.Secret {
	var out []core.Secret
	for i, item := range list {
		if utf8.RuneCountInString(item) > casework.MaxLine {
			k.fault(fmt.Sprintf("%s.%d", name, i), "text.long", fmt.Sprintf("Use %d characters or fewer.", casework.MaxLine))
		}
		out = append(out, core.Secret(item))
	}
	return out
}

// form is the referral as casework takes it. What stands in the way is an Invalid
// error.
func (s *server) form(ctx context.Context, actor core.Actor, r *Referral) (casework.ReferralForm, error) {
	k := &reader{}
	f := casework.ReferralForm{
		Jurisdiction: r.Jurisdiction,
		Age:          casework.Age{Stated: r.Age.Stated, Reason: r.Age.Reason},
		Consent: casework.ConsentGiven{Explained: r.Consent.Explained, Answer: r.Consent.Answer, NoticeVersion: r.Consent.NoticeVersion,
			Language: k.language("consent.language", r.Consent.Language), Interpreter: r.Consent.Interpreter, On: k.day("consent.on", r.Consent.On)},
		Identity:  k.identity(&r.Identity),
		Narrative: k.narrative(&r.Narrative),
		Contact:   k.contact(&r.Contact),
		Facts:     k.facts(&r.Facts),
	}
	if err := s.agencies(ctx, actor, r, &f, k); err != nil {
		return f, err
	}
	return f, core.InvalidFields(k.fields)
}

// agencies finds the local authority that was named and the jurisdiction that was
// not.
func (s *server) agencies(ctx context.Context, actor core.Actor, r *Referral, f *casework.ReferralForm, k *reader) error {
	if r.Age.Authority != "" {
		a, err := s.Auth.AgencyByCode(ctx, r.Age.Authority)
		switch {
		case core.KindOf(err) == core.NotFound, err == nil && (a.Kind != core.LocalAuthority || !a.Active):
			k.fault("age.authority", "agency.unknown", "Write the code of a local authority, as the scheme lists them.")
		case err != nil:
			return err
		default:
			f.Age.Authority = a.ID
		}
	}
	if f.Jurisdiction == "" {
		a, err := s.Auth.Agency(ctx, actor.AgencyID)
		if err != nil {
			return err
		}
		f.Jurisdiction = a.Jurisdiction
	}
	return nil
}

func (k *reader) identity(r *Identity) casework.Identity {
	id := casework.Identity{BirthDate: k.partial("identity.birthDate", r.BirthDate), Gender: r.Gender,
		Nationality:       k.country("identity.nationality", r.Nationality),
		SecondNationality: k.country("identity.secondNationality", r.SecondNationality),
		Phones:            k.secrets("identity.phones", r.Phones), Emails: k.secrets("identity.emails", r.Emails),
		CaseNumbers: k.secrets("identity.caseNumbers", r.CaseNumbers)}
	for _, n := range r.Names {
		id.Names = append(id.Names, casework.Name{Given: core.Secret(n.Given), Family: core.Secret(n.Family), Kind: n.Kind})
	}
	for i, d := range r.Documents {
		id.Documents = append(id.Documents, casework.IdentityDocument{Type: d.Type, Number: core.Secret(d.Number),
			Country: k.country(fmt.Sprintf("identity.documents.%d.country", i), d.Country)})
	}
	return id
}

func (k *reader) narrative(r *Narrative) casework.Narrative {
	n := casework.Narrative{Account: core.Secret(r.Account), HowStarted: core.Secret(r.HowStarted), Control: core.Secret(r.Control),
		Exploiters: core.Secret(r.Exploiters), OthersAtRisk: core.Secret(r.OthersAtRisk), RiskDetail: core.Secret(r.RiskDetail),
		Observations: core.Secret(r.Observations), NotifyReason: core.Secret(r.NotifyReason),
		CrimeReference: core.Secret(r.CrimeReference), CrimeForce: r.CrimeForce,
		Referrer: casework.Referrer{Name: core.Secret(r.Referrer.Name), JobTitle: r.Referrer.JobTitle, Phone: core.Secret(r.Referrer.Phone),
			Email: core.Secret(r.Referrer.Email), OwnReference: core.Secret(r.Referrer.OwnReference)}}
	for code, note := range r.IndicatorNotes {
		if n.IndicatorNotes == nil {
			n.IndicatorNotes = map[string]core.Secret{}
		}
		n.IndicatorNotes[code] = core.Secret(note)
	}
	for i, p := range r.Situations {
		at := fmt.Sprintf("narrative.situations.%d.", i)
		n.Situations = append(n.Situations, casework.Situation{Country: k.country(at+"country", p.Country), Town: core.Secret(p.Town),
			Address: core.Secret(p.Address), From: k.partial(at+"from", p.From), Until: k.partial(at+"until", p.Until), Ongoing: p.Ongoing})
	}
	return n
}

func (k *reader) contact(r *Contact) casework.Contact {
	c := casework.Contact{Town: core.Secret(r.Town), Region: r.Region, Address: core.Secret(r.Address), Terms: safecontact.Terms{SafeToReach: r.SafeToReach,
		Channels: r.Channels, Phone: core.Secret(r.Phone), Email: core.Secret(r.Email), Through: core.Secret(r.Through), Hours: core.Secret(r.Hours),
		NeverSay: core.Secret(r.NeverSay), CodeWord: core.Secret(r.CodeWord), Language: k.language("contact.language", r.Language),
		Interpreter: r.Interpreter}, Guardians: k.secrets("contact.guardians", r.Guardians)}
	for _, aid := range k.secrets("contact.aids", r.Aids) {
		c.Aids = append(c.Aids, aid.Reveal())
	}
	return c
}

func (k *reader) facts(r *Facts) casework.Facts {
	f := casework.Facts{Exploitation: r.Exploitation, ExploitedWhere: r.ExploitedWhere, MoreThanOne: r.MoreThanOne, Act: r.Act, Means: r.Means,
		Purpose: r.Purpose, Risks: r.Risks, UrgentNeeds: r.UrgentNeeds, OthersAtRisk: r.OthersAtRisk, StillExploited: r.StillExploited,
		LastContact: r.LastContact, PoliceReport: r.PoliceReport, WillingToAssist: r.WillingToAssist, SupportWanted: r.SupportWanted,
		AgeAtExploitation: r.AgeAtExploitation, CurrentLocation: r.CurrentLocation}
	for i, ind := range r.Indicators {
		f.Indicators = append(f.Indicators, casework.Indicator{Code: ind.Code, ObservedBy: ind.ObservedBy,
			On: k.partial(fmt.Sprintf("facts.indicators.%d.on", i), ind.On)})
	}
	return f
}
