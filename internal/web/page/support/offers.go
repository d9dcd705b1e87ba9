package support

import (
	"net/http"
	"strconv"
	"strings"

	"clew/internal/core"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	offerAccepted = page.Flash("support-accepted", "You have accepted. The person’s case is now open to you; start with how they can be reached safely.")
	offerDeclined = page.Flash("support-declined", "You have declined. The next provider is being asked.")
)

func offers(rq *page.Request) error {
	list, err := rq.Site.Support.Offers(rq.Context(), rq.Actor, rq.Purpose, 200)
	if err != nil {
		return err
	}
	return rq.Show(ui.Page{Title: "Offers"}, append(frame("Offers", "/support/offers"),
		ui.Para("Somebody needs a safe place. You see what they need, and learn who they are when you accept."), offerTable(rq, list))...)
}

func offerTable(rq *page.Request, list []domain.OfferView) ui.Table {
	t := ui.Table{Caption: "Offers, least time left first", CaptionHidden: true, Empty: "No offer waits for you.",
		Columns: []ui.Column{{Title: "Needed"}, {Title: "For whom"}, {Title: "Answer by"}}}
	for _, o := range list {
		by := ui.Component(ui.Moment{At: o.AnswerBy.In(rq.Zone())})
		if o.State == domain.OfferLapsed {
			by = ui.Stacked{Main: ui.Tag{Text: "Late", Tone: ui.Negative}, Sub: "Others are being asked too"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: domain.KindLabel(o.Kind), Href: "/support/offers/" + o.ID.String(), Hidden: "offered on " + ui.Moment{At: o.OfferedAt.In(rq.Zone())}.Words()},
			ui.Text(needsLine(o.Needs)), by}, Alert: o.Kind == domain.Emergency})
	}
	return t
}

func needsLine(n domain.Needs) string {
	parts := []string{"Anybody"}
	if n.Who != "" {
		parts[0] = domain.AttributeLabel(n.Who)
	}
	if n.Dependants > 0 {
		parts = append(parts, plural(n.Dependants, "dependant", "dependants"))
	}
	if n.Accessible {
		parts = append(parts, "step-free")
	}
	if len(n.Languages) > 0 {
		parts = append(parts, joined(n.Languages, language))
	}
	return strings.Join(parts, ", ")
}

// answerForms are the two ways to answer an offer.
type answerForms struct {
	yes, no     *form.Form
	bed, reason *form.Field
}

func newAnswerForms(rq *page.Request, v *domain.OfferView) (*answerForms, error) {
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return nil, err
	}
	path := "/support/offers/" + v.ID.String()
	f := &answerForms{yes: form.New(path, rq.CSRF()).Buttons(ui.Button{Text: "Accept and reserve the bed"}),
		no: form.New(path+"/decline", rq.CSRF()).Buttons(ui.Button{Text: "Decline", Kind: ui.Secondary})}
	beds, err := bedOptions(rq, v.Beds)
	if err != nil {
		return nil, err
	}
	f.bed = f.yes.Radios("bed", "Which bed?", beds, form.Required("Choose the bed that you will keep for them."))
	f.reason = f.no.Radios("reason", "Why not?", page.Options(rules.Support.DeclineReasons), form.Required("Choose why you cannot take them."), form.Hint("It helps to ask the right provider next. Nobody holds it against you."))
	return f, nil
}

// bedOptions are free beds as choices, by the name the team knows the place by.
func bedOptions(rq *page.Request, beds []domain.Bed) ([]form.Option, error) {
	names := map[core.ID]string{}
	var out []form.Option
	for _, b := range beds {
		if _, known := names[b.Place]; !known {
			p, err := rq.Site.Support.PlaceName(rq.Context(), rq.Actor, rq.Purpose, b.Place)
			if err != nil {
				return nil, err
			}
			names[b.Place] = p.Reveal()
		}
		o := form.Option{Value: b.ID.String(), Label: names[b.Place] + ", bed " + strconv.Itoa(b.Number)}
		if b.Sleeps > 1 {
			o.Label = names[b.Place] + ", room " + strconv.Itoa(b.Number) + " for " + strconv.Itoa(b.Sleeps)
		}
		out = append(out, o)
	}
	return out, nil
}

func offer(rq *page.Request) error {
	v, f, err := openOffer(rq)
	if err != nil {
		return err
	}
	return showOffer(rq, v, f, f.yes)
}

func openOffer(rq *page.Request) (*domain.OfferView, *answerForms, error) {
	offerID, err := rq.ID("id")
	if err != nil {
		return nil, nil, err
	}
	v, err := rq.Site.Support.ViewOffer(rq.Context(), rq.Actor, rq.Purpose, offerID)
	if err != nil {
		return nil, nil, err
	}
	f, err := newAnswerForms(rq, v)
	return v, f, err
}

func showOffer(rq *page.Request, v *domain.OfferView, f *answerForms, given *form.Form) error {
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return err
	}
	title := "Offer: " + strings.ToLower(domain.KindLabel(v.Kind))
	body := ui.Reading{ui.Heading{Level: 1, Text: title}, needsList(v, rules.Support.Regions), whyYou(v), answerBy(rq, v)}
	switch {
	case !v.Open || !v.State.MayBecome(domain.OfferAccepted):
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para(v.State.Label() + ". You need do nothing.")}})
	case len(v.Beds) == 0:
		body = append(body, ui.Inset{Body: []ui.Component{ui.Para("None of your free beds fits just now. Free one on the board, or decline so that somebody else is asked.")}},
			ui.Heading{Level: 2, Text: "Decline"}, f.no)
	default:
		body = append(body, ui.Heading{Level: 2, Text: "Accept"}, f.yes, ui.Heading{Level: 2, Text: "Or decline"}, f.no)
	}
	return rq.ShowForm(ui.Page{Title: title, Back: "/support/offers"}, given, body)
}

func needsList(v *domain.OfferView, regions regionList) ui.Component {
	n := v.Needs
	yesNo := map[bool]string{true: "Yes", false: "No"}
	anywhere := func(code string) string {
		if code == "" {
			return "Any"
		}
		return page.Label(regions, code)
	}
	rows := []ui.SummaryRow{{Key: "For whom", Value: ui.Text(needsLine(domain.Needs{Who: n.Who}))}, {Key: "People who depend on them", Value: ui.Text(strconv.Itoa(n.Dependants))},
		{Key: "Step-free place", Value: ui.Text(yesNo[n.Accessible])}, {Key: "Region wished for", Value: ui.Text(anywhere(n.Region))},
		{Key: "Languages", Value: line(joined(n.Languages, language))}}
	if n.Avoid != "" {
		rows = append(rows, ui.SummaryRow{Key: "Not safe for them", Value: ui.Text(page.Label(regions, n.Avoid))})
	}
	return ui.SummaryList{Title: "What is needed", Rows: rows}
}

// whyYou says why this provider is asked at this place in the order.
func whyYou(v *domain.OfferView) ui.Component {
	l := ui.List{}
	for _, code := range v.Reasons {
		t := domain.ReasonText(code)
		l.Items = append(l.Items, ui.Text(strings.ToUpper(t[:1])+t[1:]))
	}
	return ui.Details{Summary: "Why you are asked", Body: []ui.Component{ui.Para("You are number " + strconv.Itoa(v.Place) + " to be asked. Providers are asked by where a bed fits, then by language, then by how many beds are free."), l}}
}

func answerBy(rq *page.Request, v *domain.OfferView) ui.Component {
	words := "Please answer by " + ui.Moment{At: v.AnswerBy.In(rq.Zone())}.Words() + ". After that the next provider is asked as well, and the first yes counts."
	if v.State == domain.OfferLapsed {
		words = "The time to answer has passed and others are being asked. If you can take them, say so: the first yes counts."
	}
	return ui.Para(words)
}

func accept(rq *page.Request) error {
	v, f, err := openOffer(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(f.yes); err != nil {
		return err
	}
	bed := id(f.bed)
	if sent, err := core.ParseID(rq.PostForm.Get("bed")); err == nil && bed.IsZero() {
		// It was free when the page was opened and is no choice now: the use case says
		// what became of it.
		if f, err = newAnswerForms(rq, v); err != nil {
			return err
		}
		bed = sent
	}
	if !bed.IsZero() {
		file, err := rq.Site.Support.Accept(rq.Context(), rq.Actor, rq.Purpose, v.ID, bed)
		if err == nil {
			return rq.Done(filePath(file, ""), offerAccepted)
		}
		if err := refused(f.yes, err); err != nil {
			return err
		}
	}
	return showOffer(rq, v, f, f.answered(rq, v))
}

// answered is the form whose errors stand on the page: when no bed is left to
// choose, they have no field to lead to.
func (f *answerForms) answered(rq *page.Request, v *domain.OfferView) *form.Form {
	if v.Open && len(v.Beds) > 0 {
		return f.yes
	}
	plain := rq.Form()
	for _, e := range f.yes.Errors().Items {
		plain.Fail(e.Text)
	}
	return plain
}

func decline(rq *page.Request) error {
	v, f, err := openOffer(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(f.no); err != nil {
		return err
	}
	if f.no.Valid() {
		err := rq.Site.Support.Decline(rq.Context(), rq.Actor, rq.Purpose, v.ID, f.reason.Choice())
		if err == nil {
			return rq.Done("/support/offers", offerDeclined)
		}
		if err := refused(f.no, err); err != nil {
			return err
		}
	}
	return showOffer(rq, v, f, f.no)
}

var supportAsked = page.Flash("support-asked", "Support has been asked for. Providers with a place that fits are being asked.")

// askForSupport lets the authority ask for support by hand.
func askForSupport(rq *page.Request) error {
	caseID, err := rq.ID("id")
	if err != nil {
		return err
	}
	n, rules, err := rq.Site.Support.NeedsOf(rq.Context(), rq.Actor, rq.Purpose, caseID)
	if err != nil {
		return err
	}
	back := "/cases/" + caseID.String()
	f := rq.Form().Buttons(ui.Button{Text: "Ask for support"}, ui.Button{Text: "Cancel", Href: back, Kind: ui.Quiet})
	who := f.Radios("who", "For whom is the place?", page.Choices([]string{domain.Women, domain.Men, domain.Families}, domain.AttributeLabel), form.Required("Choose for whom the place is."), form.Value(page.Given(n.Who)...))
	dependants := f.Number("dependants", "How many people depend on them and come too?", 0, 15, form.Value(strconv.Itoa(n.Dependants)), form.Width("2"))
	accessible := f.Checkboxes("accessible", "Access", []form.Option{{Value: "yes", Label: "They need a step-free place"}})
	region := f.Select("region", "Region they wish for", page.Options(rules.Support.Regions), form.Hint("Leave empty for any."), form.Value(page.Given(n.Region)...))
	avoid := f.Select("avoid", "Region that is not safe for them", page.Options(rules.Support.Regions), form.Hint("Leave empty when none is known."))
	lang := f.Language("languages", "Language they understand best", form.Value(n.Languages...))
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
		if f.Valid() {
			n = domain.Needs{Who: who.Choice(), Accessible: accessible.Chose("yes"), Region: region.Choice(), Avoid: avoid.Choice(), Languages: page.Given(lang.Choice()), Dependants: dependants.Int()}
			err := rq.Site.Support.AskSupport(rq.Context(), rq.Actor, rq.Purpose, caseID, n)
			if err == nil {
				return rq.Done(back, supportAsked)
			}
			if err := refused(f, err); err != nil {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Ask for support", Back: back}, f, ui.Reading{ui.Heading{Level: 1, Text: "Ask for support"},
		ui.Para("Providers are shown these needs and nothing else. Who the person is they learn when they accept."), f})
}
