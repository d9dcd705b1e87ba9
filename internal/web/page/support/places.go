package support

import (
	"strconv"

	"clew/internal/core"
	"clew/internal/scheme"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/keyset"
	"clew/internal/web/ui"
)

type regionList = []scheme.Code

var (
	placeAdded = page.Flash("support-place-added", "The place was added. Its address is sealed with a key of its own.")
	placeSaved = page.Flash("support-place-saved", "The place was saved.")
	bedsAdded  = page.Flash("support-beds-added", "The beds were added.")
	bedSet     = page.Flash("support-bed-set", "The bed was changed.")
)

const placesPage = 50

func places(rq *page.Request) error {
	_, after, err := keyset.Decode(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return err
	}
	list, more, err := rq.Site.Support.Board(rq.Context(), rq.Actor, rq.Purpose, after, placesPage)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Your places and their beds", CaptionHidden: true, RowHeader: true, Empty: "You have no place yet.",
		Columns: []ui.Column{{Title: "Place"}, {Title: "For"}, {Title: "Beds"}}}
	for i := range list {
		p := &list[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Stacked{Main: ui.Link{Text: p.Where.Name.Reveal(), Href: placePath(p.ID)}, Sub: page.Label(rules.Support.Regions, p.Region)},
			ui.Text(joined(p.Attributes, domain.AttributeLabel)), bedTags(p.Beds)}})
	}
	body := append(frame("Places", "/support/places"), ui.Button{Text: "Add a place", Href: "/support/places/new"}, t)
	if more {
		body = append(body, ui.Pagination{Next: "/support/places?after=" + keyset.Encode(0, list[len(list)-1].ID)})
	}
	return rq.Show(ui.Page{Title: "Places", Wide: true}, body...)
}

func placePath(place core.ID) string { return "/support/places/" + place.String() }

// bedTags counts a place's beds by state.
func bedTags(beds []domain.Bed) ui.Component {
	counts := map[domain.BedState]int{}
	for _, b := range beds {
		counts[b.State]++
	}
	var g ui.Group
	for _, s := range domain.BedStates {
		if n := counts[s]; n > 0 {
			g = append(g, ui.Tag{Text: strconv.Itoa(n) + " " + s.Label(), Tone: bedTones[s]})
		}
	}
	if len(g) == 0 {
		return ui.Muted("No beds")
	}
	return g
}

// placeForm is the questions about one place.
type placeForm struct {
	*form.Form
	name, address, directions, region, attributes, beds, sleeps, rev *form.Field
}

func newPlaceForm(rq *page.Request, p *domain.PlaceView) (*placeForm, error) {
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return nil, err
	}
	f := &placeForm{Form: rq.Form()}
	if p == nil {
		p = &domain.PlaceView{}
	}
	f.rev = f.Hidden("rev", strconv.Itoa(p.Rev))
	f.name = f.Text("where.name", "Name", form.Required("Give the place a name by which your team knows it."), form.Hint("Only your organisation sees it."), form.Value(page.Given(p.Where.Name.Reveal())...))
	f.address = f.Textarea("where.address", "Address", form.Required("Enter the address. Only your organisation can ever read it."), form.Rows(3),
		form.Hint("Sealed with a key of its own. No authority, administrator or other provider can read it."), form.Value(page.Given(p.Where.Address.Reveal())...))
	f.directions = f.Textarea("where.directions", "How to get there", form.Rows(3), form.Hint("Optional."), form.Value(page.Given(p.Where.Directions.Reveal())...))
	f.region = f.Select("region", "Region", page.Options(rules.Support.Regions), form.Required("Choose the region."), form.Hint("Coarse on purpose."), form.Value(page.Given(p.Region)...))
	f.attributes = f.Checkboxes("attributes", "For whom is it?", page.Choices(domain.Attributes, domain.AttributeLabel), form.Required("Choose whom the place is for."), form.Value(p.Attributes...))
	return f, nil
}

func (f *placeForm) place() domain.PlaceForm {
	return domain.PlaceForm{Region: f.region.Choice(), Attributes: f.attributes.Choices(),
		Where: domain.Whereabouts{Name: f.name.Secret(), Address: f.address.Secret(), Directions: f.directions.Secret()}}
}

func bedFields(f *form.Form) (beds, sleeps *form.Field) {
	return f.Number("beds", "How many beds or family rooms?", 1, 200, form.Required("Enter how many."), form.Width("3")),
		f.Number("sleeps", "How many of one party does each take?", 1, 20, form.Value("1"), form.Required("Enter how many of one party each takes."), form.Width("2"))
}

func addPlace(rq *page.Request) error {
	f, err := newPlaceForm(rq, nil)
	if err != nil {
		return err
	}
	f.beds, f.sleeps = bedFields(f.Form)
	f.Buttons(ui.Button{Text: "Add the place"}, ui.Button{Text: "Cancel", Href: "/support/places", Kind: ui.Quiet})
	if rq.Method == "POST" {
		if err := rq.Read(f.Form); err != nil {
			return err
		}
		if f.Valid() {
			place, err := rq.Site.Support.AddPlace(rq.Context(), rq.Actor, rq.Purpose, f.place(), f.beds.Int(), f.sleeps.Int())
			if err == nil {
				return rq.Done(placePath(place), placeAdded)
			}
			if err := refused(f.Form, err); err != nil {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Add a place", Back: "/support/places"}, f.Form, ui.Reading{ui.Heading{Level: 1, Text: "Add a place"}, f})
}

func openPlace(rq *page.Request) (*domain.PlaceView, *placeForm, error) {
	placeID, err := rq.ID("id")
	if err != nil {
		return nil, nil, err
	}
	p, err := rq.Site.Support.ViewPlace(rq.Context(), rq.Actor, rq.Purpose, placeID)
	if err != nil {
		return nil, nil, err
	}
	f, err := newPlaceForm(rq, p)
	if err == nil {
		f.Buttons(ui.Button{Text: "Save"})
	}
	return p, f, err
}

func place(rq *page.Request) error {
	p, f, err := openPlace(rq)
	if err != nil {
		return err
	}
	return showPlace(rq, p, f, f.Form, newBeds(rq, p))
}

func newBeds(rq *page.Request, p *domain.PlaceView) *form.Form {
	f := form.New(placePath(p.ID)+"/beds", rq.CSRF()).Buttons(ui.Button{Text: "Add beds", Kind: ui.Secondary})
	bedFields(f)
	return f
}

func showPlace(rq *page.Request, p *domain.PlaceView, f *placeForm, given, beds *form.Form) error {
	t := ui.Table{Caption: "Beds", CaptionHidden: true, RowHeader: true, Columns: []ui.Column{{Title: "Bed"}, {Title: "Takes"}, {Title: "State"}, {Title: "Change"}}}
	for _, b := range p.Beds {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text("Bed " + strconv.Itoa(b.Number)), ui.Text(strconv.Itoa(b.Sleeps)), ui.Tag{Text: b.State.Label(), Tone: bedTones[b.State]}, bedButton(rq, p, b)}})
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Place"}, ui.Heading{Level: 2, Text: "Beds"}, t,
		ui.Details{Summary: "Add beds", Open: given == beds, Body: []ui.Component{beds}}, ui.Heading{Level: 2, Text: "What and where it is"}, ui.Reading{f}}
	return rq.ShowForm(ui.Page{Title: "Place", Back: "/support/places"}, given, body...)
}

// bedButton takes a free bed out of use or puts one back. The others follow the
// people in them.
func bedButton(rq *page.Request, p *domain.PlaceView, b domain.Bed) ui.Component {
	to := map[domain.BedState]domain.BedState{domain.Free: domain.OutOfUse, domain.OutOfUse: domain.Free}[b.State]
	if to == "" {
		return ui.Muted("Follows the person")
	}
	words := map[domain.BedState]string{domain.OutOfUse: "Take out of use", domain.Free: "Put back into use"}
	f := form.New(placePath(p.ID)+"/beds/"+b.ID.String(), rq.CSRF()).Buttons(ui.Button{Text: words[to], Hidden: "bed " + strconv.Itoa(b.Number), Kind: ui.Secondary})
	f.Hidden("to", string(to))
	return f
}

func changePlace(rq *page.Request) error {
	p, f, err := openPlace(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(f.Form); err != nil {
		return err
	}
	if f.Valid() {
		rev, _ := strconv.Atoi(f.rev.Text())
		err := rq.Site.Support.ChangePlace(rq.Context(), rq.Actor, rq.Purpose, p.ID, max(rev, 1), f.place())
		if err == nil {
			return rq.Done(placePath(p.ID), placeSaved)
		}
		f.rev.SetValue(strconv.Itoa(p.Rev)) // what changed is said; the next press means it
		if err := refused(f.Form, err); err != nil {
			return err
		}
	}
	return showPlace(rq, p, f, f.Form, newBeds(rq, p))
}

func addBeds(rq *page.Request) error {
	p, f, err := openPlace(rq)
	if err != nil {
		return err
	}
	add := newBeds(rq, p)
	if err := rq.Read(add); err != nil {
		return err
	}
	if add.Valid() {
		err := rq.Site.Support.AddBeds(rq.Context(), rq.Actor, rq.Purpose, p.ID, add.Field("beds").Int(), add.Field("sleeps").Int())
		if err == nil {
			return rq.Done(placePath(p.ID), bedsAdded)
		}
		if err := refused(add, err); err != nil {
			return err
		}
	}
	return showPlace(rq, p, f, add, add)
}

func setBed(rq *page.Request) error {
	p, f, err := openPlace(rq)
	if err != nil {
		return err
	}
	bed, err := rq.ID("bed")
	if err != nil {
		return err
	}
	set := rq.Form()
	to := set.Hidden("to", "")
	if err := rq.Read(set); err != nil {
		return err
	}
	err = rq.Site.Support.SetBed(rq.Context(), rq.Actor, rq.Purpose, bed, domain.BedState(to.Text()))
	if err == nil {
		return rq.Done(placePath(p.ID), bedSet)
	}
	if err := refused(set, err); err != nil {
		return err
	}
	return showPlace(rq, p, f, set, newBeds(rq, p))
}
