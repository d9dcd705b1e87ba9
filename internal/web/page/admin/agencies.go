package admin

import (
	"net/http"
	"slices"

	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var agencySaved = page.Flash("admin-agency-saved", "The agency was saved.")

func agencies(rq *page.Request) error {
	list, err := rq.Site.Auth.Agencies(rq.Context())
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Agencies by name", CaptionHidden: true, RowHeader: true, Empty: "There is no agency yet.",
		Columns: []ui.Column{{Title: "Agency"}, {Title: "Kind"}, {Title: "May refer"}, {Title: "State"}, {Title: "Users"}}}
	for _, a := range list {
		state := ui.Tag{Text: "Active", Tone: ui.Positive}
		if !a.Active {
			state = ui.Tag{Text: "Inactive", Tone: ui.Neutral}
		}
		refers := "No"
		if a.FirstResponder {
			refers = "Yes"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{
			ui.Stacked{Main: ui.Link{Text: a.Name, Href: "/admin/agencies/" + a.ID.String()}, Sub: a.Code}, ui.Text(a.Kind.Label()), ui.Text(refers), state,
			ui.Link{Text: "Users", Href: "/admin/users?agency=" + a.ID.String(), Hidden: "of " + a.Name}}})
	}
	return rq.Show(ui.Page{Title: "Agencies"}, append(frame("Agencies", "/admin/agencies"), ui.Button{Text: "Add an agency", Href: "/admin/agencies/new"}, t)...)
}

// agencyForm is the questions about one agency.
type agencyForm struct {
	*form.Form
	name, code, kind, jurisdiction, may *form.Field
	rev                                 *form.Field
}

func newAgencyForm(rq *page.Request, a core.Agency) *agencyForm {
	f := &agencyForm{Form: rq.Form().Buttons(ui.Button{Text: "Save"}, ui.Button{Text: "Cancel", Href: "/admin/agencies", Kind: ui.Quiet})}
	var kinds, places []form.Option
	for _, k := range core.AgencyKinds {
		kinds = append(kinds, form.Option{Value: string(k), Label: k.Label()})
	}
	for _, j := range jurisdictions(rq) {
		places = append(places, form.Option{Value: j, Label: j})
	}
	f.rev = f.Hidden("rev", "0")
	f.rev.SetInt(a.Rev)
	f.name = f.Text("name", "Name", form.Required("Enter the agency's name."), form.Value(given(a.Name)...))
	f.code = f.Text("code", "Short code", form.Width("20"), form.Hint("Small letters, digits and hyphens, such as north-police. It names the agency on the command line."), form.Value(given(a.Code)...))
	f.kind = f.Select("kind", "Kind", kinds, form.Hint("Policies go by it: it decides what people of this agency may see."), form.Required("Choose what kind of agency it is."), form.Value(given(string(a.Kind))...))
	f.jurisdiction = f.Select("jurisdiction", "Whose working days count", places, form.Required("Choose the jurisdiction whose working days count."), form.Value(given(a.Jurisdiction)...))
	f.may = f.Checkboxes("may", "What it does", []form.Option{{Value: "refer", Label: "It refers: a first responder organisation"}, {Value: "active", Label: "It uses clew",
		Hint: "Without this nobody of the agency can sign in, and its machines are refused."}}, form.Value(flags(a)...))
	return f
}

func given(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func flags(a core.Agency) []string {
	var on []string
	if a.FirstResponder {
		on = append(on, "refer")
	}
	if a.Active {
		on = append(on, "active")
	}
	return on
}

// jurisdictions lists every place whose working days some scheme knows.
func jurisdictions(rq *page.Request) []string {
	var list []string
	for _, id := range rq.Site.Schemes.IDs() {
		if sch, err := rq.Site.Schemes.Scheme(id); err == nil {
			list = append(list, sch.Jurisdictions...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func addAgency(rq *page.Request) error {
	return saveAgency(rq, "Add an agency", core.Agency{Active: true})
}

func changeAgency(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	a, err := rq.Site.Auth.Agency(rq.Context(), id)
	if err != nil {
		return err
	}
	return saveAgency(rq, "Change an agency", *a)
}

func saveAgency(rq *page.Request, title string, a core.Agency) error {
	f := newAgencyForm(rq, a)
	if rq.Method == http.MethodPost {
		if err := rq.Read(f.Form); err != nil {
			return err
		}
		if f.Valid() {
			a.Rev = number(f.rev)
			a.Name, a.Code, a.Kind, a.Jurisdiction = f.name.Text(), f.code.Text(), core.AgencyKind(f.kind.Choice()), f.jurisdiction.Choice()
			a.FirstResponder, a.Active = f.may.Chose("refer"), f.may.Chose("active")
			_, err := rq.Site.Auth.SaveAgency(rq.Context(), rq.Actor, a)
			if err == nil {
				return rq.Done("/admin/agencies", agencySaved)
			}
			if !page.Refused(f.Form, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: title, Back: "/admin/agencies"}, f.Form, ui.Measure{ui.Heading{Level: 1, Text: title}, f})
}
