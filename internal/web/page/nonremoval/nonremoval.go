// Package nonremoval is the one question that immigration staff may ask: is
// this person protected from removal?
//
// It answers yes or no, and until when. It never says why, where, or whether
// there is a case, and nothing that is typed stands in an address.
package nonremoval

import (
	"net/http"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area. Access is asked for the purpose that the check exists for,
// whatever else the reader does in clew; the route's own question would be put
// for the purpose of their daily work.
var Routes = []page.Route{
	{Method: "GET", Path: "/non-removal", Handle: ask},
	{Method: "POST", Path: "/non-removal", Handle: ask},
}

// question is the form.
type question struct {
	*form.Form
	reference, document, name, born *form.Field
}

func newQuestion(rq *page.Request) *question {
	q := &question{Form: form.New("/non-removal", rq.CSRF()).Buttons(ui.Button{Text: "Ask"})}
	q.reference = q.Text("reference", "Case reference", form.Width("10"), form.Hint("If the person has shown one, for example ABCD-1234."))
	q.document = q.Text("document", "Document number", form.Width("20"), form.Hint("Of a passport, identity card or visa."))
	q.name = q.Text("name", "Full name", form.Hint("Give the date of birth with it."))
	q.born = q.PartialDate("birthDate", "Date of birth")
	return q
}

func ask(rq *page.Request) error {
	if !rq.Site.Policies.Check(rq.Actor, core.Protect, access.CheckNonRemoval, access.Whole()).Allowed {
		return page.ErrNotFound
	}
	q := newQuestion(rq)
	if rq.Method == http.MethodPost {
		if err := rq.Read(q.Form); err != nil {
			return err
		}
		if q.Valid() {
			a, err := rq.Site.Cases.CheckNonRemoval(rq.Context(), rq.Actor, core.Protect, casework.RemovalQuery{
				Reference: q.reference.Secret(), Document: q.document.Secret(), Name: q.name.Secret(), BirthDate: q.born.PartialDate()})
			if err == nil {
				return answer(rq, a)
			}
			if !page.Refused(q.Form, err) {
				return err
			}
		}
	}
	return rq.ShowForm(ui.Page{Title: "Non-removal check"}, q.Form, ui.Measure{ui.Heading{Level: 1, Text: "Is this person protected from removal?"},
		ui.Para("Nobody may be removed while it is being found out whether they were trafficked. Ask before every removal."),
		ui.Inset{Body: []ui.Component{ui.Para("Fill in one: a reference, a document number, or a full name with the date of birth. More is safer: the answer is yes when any of them fits. Each question is recorded; what you type is not kept.")}},
		q.Form})
}

// answer is the page that is printed and put on file. It looks the same for
// somebody unknown and for somebody whose case has ended.
func answer(rq *page.Request, a casework.RemovalAnswer) error {
	at := ui.Moment{At: rq.Site.Clock.Now().In(location(rq))}
	title, meaning := "No: not protected from removal by this check", "No protection was found for what you asked. Names and numbers can be written in several ways: if you know another, ask again."
	until := "Not protected"
	if a.Protected {
		title, meaning = "Yes: protected from removal", "The person must not be removed. Do not ask the person why."
		until = "Until a decision is made. Ask again before any removal."
		if !a.Until.IsZero() {
			until = "At least until " + a.Until.Long() + ". Ask again before any removal."
		}
	}
	return rq.Show(ui.Page{Title: "Answer"}, ui.Measure{ui.Heading{Level: 1, Text: title}, ui.Para(meaning),
		ui.SummaryList{Rows: []ui.SummaryRow{
			{Key: "Protected", Value: ui.Text(until)},
			{Key: "Answered", Value: at},
			{Key: "Asked by", Value: ui.Text(rq.Session.User.Name + ", " + rq.Session.Agency.Name)},
		}},
		ui.Para("This answer holds for the moment it was given. It says nothing about anybody’s immigration status."),
		ui.Buttons{Items: []ui.Button{{Text: "Print this answer", Print: true}, {Text: "Ask about another person", Href: "/non-removal", Kind: ui.Secondary}}}})
}

// location is the time zone of the reader's agency.
func location(rq *page.Request) *time.Location {
	sch, err := rq.Site.Schemes.Scheme(rq.Site.Scheme)
	if err != nil {
		return time.UTC
	}
	cal, err := sch.Calendar(rq.Session.Agency.Jurisdiction)
	if err != nil {
		return time.UTC
	}
	return cal.Location()
}
