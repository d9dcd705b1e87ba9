package support

import (
	"strconv"

	"clew/internal/core"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var agreementSaved = page.Flash("support-agreement-saved", "The agreement was saved.")

func agreements(rq *page.Request) error {
	list, err := rq.Site.Support.Agreements(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return err
	}
	day := core.DateIn(rq.Site.Clock.Now(), rq.Zone())
	t := ui.Table{Caption: "Service agreements, the latest first", CaptionHidden: true, RowHeader: true, Empty: "There is no agreement yet.",
		Columns: []ui.Column{{Title: "Provider"}, {Title: "Period"}, {Title: "Gives"}, {Title: "Takes"}, {Title: "State"}}}
	for i := range list {
		a := &list[i]
		state := ui.Tag{Text: "In force", Tone: ui.Positive}
		if !a.InForce(day) {
			state = ui.Tag{Text: "Not in force", Tone: ui.Neutral}
		}
		sub := "Standards " + a.Standards
		if !a.Parent.IsZero() {
			sub = "Subcontractor. " + sub
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Link{Text: rq.Site.AgencyName(rq.Context(), a.Agency), Href: "/agreements/" + a.ID.String()}, Sub: sub},
			ui.Text(period(a)), ui.Text(joined(a.Services, domain.ServiceLabel)), ui.Text(joined(a.Takes, domain.AttributeLabel)), state}})
	}
	return rq.Show(ui.Page{Title: "Service agreements", Wide: true}, ui.Heading{Level: 1, Text: "Service agreements"},
		ui.Para("A provider is offered people while an agreement is in force. When it ends, support that runs goes on."), ui.Button{Text: "Add an agreement", Href: "/agreements/new"}, t)
}

func period(a *domain.Agreement) string {
	if a.Until.IsZero() {
		return "From " + a.From.Long()
	}
	return a.From.Long() + " to " + a.Until.Long()
}

// agreementForm is the questions about one agreement.
type agreementForm struct {
	*form.Form
	agency, parent, from, until, standards, services, regions, languages, takes, rev *form.Field
}

func newAgreementForm(rq *page.Request, a *domain.Agreement) (*agreementForm, error) {
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return nil, err
	}
	providers, err := rq.Site.AgenciesOf(rq.Context(), core.SupportProvider, core.NGO)
	if err != nil {
		return nil, err
	}
	all, err := rq.Site.Support.Agreements(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return nil, err
	}
	var agencies []form.Option
	for _, p := range providers {
		agencies = append(agencies, form.Option{Value: p.ID.String(), Label: p.Name, Also: p.Code})
	}
	var parents []form.Option
	for i := range all {
		if o := &all[i]; o.Parent.IsZero() && o.ID != a.ID {
			parents = append(parents, form.Option{Value: o.ID.String(), Label: rq.Site.AgencyName(rq.Context(), o.Agency) + ", " + period(o)})
		}
	}
	f := &agreementForm{Form: rq.Form().Buttons(ui.Button{Text: "Save"}, ui.Button{Text: "Cancel", Href: "/agreements", Kind: ui.Quiet})}
	f.rev = f.Hidden("rev", strconv.Itoa(a.Rev))
	f.agency = f.Select("agency", "Provider", agencies, form.Required("Choose the provider."), form.Value(page.Given(a.Agency.String())...))
	f.parent = f.Select("parent", "Acts under", parents, form.Hint("Only for a subcontractor: the provider's agreement it stands on."), form.Value(page.Given(a.Parent.String())...))
	f.from = f.Date("from", "First day", form.Required("Enter the first day of the agreement."))
	f.until = f.Date("until", "Last day", form.Hint("Leave empty when no end is agreed."))
	f.standards = f.Text("standards", "Version of the service standards", form.Required("Enter the version of the service standards that was agreed."), form.Width("10"), form.Value(page.Given(a.Standards)...))
	f.services = f.Checkboxes("services", "What the provider gives", page.Choices(domain.Services, domain.ServiceLabel), form.Required("Choose what the provider gives."), form.Value(a.Services...))
	f.takes = f.Checkboxes("takes", "Whom the provider takes", page.Choices(domain.Attributes, domain.AttributeLabel), form.Required("Choose whom the provider takes."), form.Value(a.Takes...))
	f.regions = f.Checkboxes("regions", "Regions", page.Options(rules.Support.Regions), form.Small(), form.Value(a.Regions...))
	f.languages = f.Text("languages", "Languages", form.Hint("Names or codes, with commas: Vietnamese, Albanian."), form.Value(page.Given(joined(a.Languages, language))...))
	if !a.From.IsZero() {
		f.from.SetDate(a.From)
	}
	if !a.Until.IsZero() {
		f.until.SetDate(a.Until)
	}
	return f, nil
}

func addAgreement(rq *page.Request) error {
	return saveAgreement(rq, "Add an agreement", &domain.Agreement{})
}

func changeAgreement(rq *page.Request) error {
	agreement, err := rq.ID("id")
	if err != nil {
		return err
	}
	a, err := rq.Site.Support.Agreement(rq.Context(), rq.Actor, rq.Purpose, agreement)
	if err != nil {
		return err
	}
	return saveAgreement(rq, "Change an agreement", a)
}

func saveAgreement(rq *page.Request, title string, a *domain.Agreement) error {
	f, err := newAgreementForm(rq, a)
	if err != nil {
		return err
	}
	if rq.Method == "POST" {
		if err := rq.Read(f.Form); err != nil {
			return err
		}
		if next := f.read(a); f.Valid() {
			_, err := rq.Site.Support.SaveAgreement(rq.Context(), rq.Actor, rq.Purpose, next)
			if err == nil {
				return rq.Done("/agreements", agreementSaved)
			}
			if err := refused(f.Form, err); err != nil {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: title, Back: "/agreements"}, f.Form, ui.Reading{ui.Heading{Level: 1, Text: title}, f})
}

// read takes the agreement off the form. A language that does not exist is said
// where it was typed.
func (f *agreementForm) read(a *domain.Agreement) domain.Agreement {
	rev, _ := strconv.Atoi(f.rev.Text())
	next := domain.Agreement{ID: a.ID, Rev: rev, Agency: id(f.agency), Parent: id(f.parent), From: f.from.Date(), Until: f.until.Date(), Standards: f.standards.Text(),
		Services: f.services.Choices(), Regions: f.regions.Choices(), Takes: f.takes.Choices()}
	for _, name := range splitWords(f.languages.Text()) {
		l, ok := core.FindLanguage(name)
		if !ok {
			f.languages.Fail("One of these languages is not in the list. Check how it is written; separate languages by commas.")
			break
		}
		next.Languages = append(next.Languages, l.Code)
	}
	return next
}
