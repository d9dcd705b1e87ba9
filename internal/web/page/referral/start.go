package referral

import (
	"context"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var (
	noMatch = page.Flash("no-match", "No earlier referral was found. The draft is begun with what you typed.")
	begun   = page.Flash("draft-begun", "The draft is begun. Answer in any order; every page is saved.")
)

// search is the questions asked before a new file is made.
type search struct {
	f                              *form.Form
	given, family, document, phone *form.Field
	born                           *form.Field
}

func newSearch(rq *page.Request) *search {
	f := form.New("/referrals/new", rq.CSRF())
	q := &search{f: f,
		given:    f.Text("given", "Given names", form.Max(casework.MaxShort)),
		family:   f.Text("family", "Family name", form.Max(casework.MaxShort)),
		born:     f.PartialDate("born", "Date of birth", form.Hint("As far as it is known.")),
		document: f.Text("document", "Number of a passport or another document", form.Max(casework.MaxShort), form.Width("20")),
		phone:    f.Text("phone", "Telephone number", form.Max(casework.MaxShort), form.Type("tel"), form.Width("20")),
	}
	f.Buttons(ui.Button{Text: "Look, then begin", Name: "do", Value: "look"}, ui.Button{Text: "Begin without looking", Kind: ui.Secondary, Name: "do", Value: "begin"})
	return q
}

// who is the identity that was typed, as far as it was.
func (q *search) who() casework.Identity {
	id := casework.Identity{BirthDate: q.born.PartialDate()}
	if q.given.Text() != "" || q.family.Text() != "" {
		id.Names = []casework.Name{{Given: q.given.Secret(), Family: q.family.Secret(), Kind: "main"}}
	}
	if q.document.Text() != "" {
		id.Documents = []casework.IdentityDocument{{Number: q.document.Secret()}}
	}
	if q.phone.Text() != "" {
		id.Phones = []core.Secret{q.phone.Secret()}
	}
	return id
}

// enough reports whether there is anything by which somebody could be found.
func (q *search) enough() bool {
	named := q.given.Text() != "" || q.family.Text() != ""
	return named && !q.born.PartialDate().IsZero() || q.document.Text() != "" || q.phone.Text() != ""
}

// start explains, looks for an earlier referral, and begins a draft.
func start(rq *page.Request) error {
	q := newSearch(rq)
	if rq.Method != "POST" {
		return showStart(rq, q)
	}
	if err := rq.Read(q.f); err != nil {
		return err
	}
	if !q.f.Valid() {
		return showStart(rq, q)
	}
	if rq.PostFormValue("do") == "begin" {
		return begin(rq, q, begun)
	}
	if !q.enough() {
		q.given.Fail("Enter a name with a date of birth, a document’s number or a telephone number; or begin without looking.")
		return showStart(rq, q)
	}
	match, err := rq.Site.Cases.PossibleMatch(rq.Context(), rq.Actor, rq.Purpose, q.who())
	if err != nil {
		if page.Refused(q.f, err) {
			return showStart(rq, q)
		}
		return err
	}
	if !match {
		return begin(rq, q, noMatch)
	}
	return showMatch(rq, q)
}

func showStart(rq *page.Request, q *search) error {
	return rq.ShowForm(ui.Page{Title: "Refer somebody"}, q.f, ui.Heading{Level: 1, Text: "Refer somebody"}, column{
		ui.Para("Use this when you think that somebody may have been exploited. You do not have to be sure: deciding is the authority’s work. It takes about 15 minutes, and you can stop and come back."),
		ui.Warning("If somebody is in danger now, call the emergency services first."),
		ui.Details{Summary: "What will be asked", Body: []ui.Component{ui.List{Items: []ui.Component{
			ui.Text("Whether the person is under 18, and if not, whether they agree."),
			ui.Text("Who they are, as far as is known."),
			ui.Text("What happened, where, and what you noticed."),
			ui.Text("What they need at once, and how they may safely be reached."),
		}}, ui.Para("An adult who does not agree is notified without a name.")}},
		ui.Heading{Level: 2, Text: "Has the person been referred before?"},
		why("Looking first avoids two files about one person. You are told only whether there may be one: nothing of another agency’s file is shown. What you type here is carried into the draft."),
		laidOut{Form: q.f, Parts: []ui.Component{q.given, q.family, q.born, q.document, q.phone}, Plain: true},
	})
}

// showMatch says that there may be an earlier referral, and nothing of it.
func showMatch(rq *page.Request, q *search) error {
	f := form.New("/referrals/new", rq.CSRF())
	for _, name := range []string{"given", "family", "document", "phone", "born-day", "born-month", "born-year", "born-about"} {
		if v := rq.PostFormValue(name); v != "" {
			f.Hidden(name, v)
		}
	}
	f.Buttons(ui.Button{Text: "Begin the referral", Name: "do", Value: "begin"}, ui.Button{Text: "Do not begin", Href: "/referrals", Kind: ui.Quiet})
	return rq.Show(ui.Page{Title: "Possible match", Back: "/referrals/new"}, ui.Heading{Level: 1, Text: "Possible match"}, column{
		ui.Para("Somebody like this may have been referred before, by your agency or another. No more can be shown here, to protect the person."),
		ui.List{Items: []ui.Component{
			ui.Markup(`If it is your own agency’s case, you find it under <a class="govuk-link" href="/referrals">My referrals</a>.`),
			ui.Text("If something new has happened, or you are not sure, refer: the authority compares the two and links them. Nobody is counted twice."),
		}},
		f})
}

// begin starts a draft with what was typed already.
func begin(rq *page.Request, q *search, said string) error {
	a := answers{Identity: q.who()}
	if rq.Session != nil {
		a.Jurisdiction = rq.Session.Agency.Jurisdiction
	}
	id, err := rq.Site.Cases.StartDraft(rq.Context(), rq.Actor, rq.Purpose, a, core.ID{})
	if err != nil {
		if page.Refused(q.f, err) {
			return showStart(rq, q)
		}
		return err
	}
	return rq.Done(draftPath(id), said)
}

// referAgain begins a new round for the person of an ended case.
func referAgain(rq *page.Request) error {
	return continueCase(rq, rq.Site.Cases.StartAgain)
}

// upgrade begins the referral that a notification becomes.
func upgrade(rq *page.Request) error {
	return continueCase(rq, rq.Site.Cases.StartUpgrade)
}

type starter func(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (core.ID, error)

func continueCase(rq *page.Request, begin starter) error {
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	draft, err := begin(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return err
	}
	return rq.Done(draftPath(draft), begun)
}
