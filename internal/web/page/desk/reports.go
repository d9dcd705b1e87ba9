package desk

import (
	"net/http"
	"slices"
	"strconv"

	"clew/internal/access"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// views are the parts of the list of reports.
var views = []struct {
	name, text string
	states     []concern.State
}{
	{"new", "New", []concern.State{concern.Quarantined}},
	{"open", "Open", []concern.State{concern.Open}},
	{"closed", "Closed", []concern.State{concern.Closed}},
	{"discarded", "Discarded", []concern.State{concern.Discarded}},
}

// reports lists what the public wrote, a part at a time, the newest first.
func reports(rq *page.Request) error {
	if err := mayList(rq, access.ListConcerns); err != nil {
		return err
	}
	desk := rq.Actor.Has(core.RoleAdviser)
	view := rq.URL.Query().Get("view")
	i := slices.IndexFunc(views, func(v struct {
		name, text string
		states     []concern.State
	}) bool {
		return v.name == view
	})
	q := concern.Query{Kind: concern.Report, Before: before(rq), Limit: pageSize}
	nav := ui.SubNav{Label: "Reports"}
	if i < 0 {
		i = 0
	}
	title := "What the public wrote"
	if desk {
		q.States = views[i].states
		for k, v := range views {
			nav.Items = append(nav.Items, ui.NavItem{Text: v.text, Href: "/desk?view=" + v.name, Current: k == i})
		}
	} else {
		title = "What was passed to you"
	}
	list, err := rq.Site.Concerns.List(rq.Context(), rq.Actor, purpose(rq), q)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: title}}
	if desk {
		body = append(body, nav, ui.Para("Nobody has checked what is written here. New reports wait apart until one of you has looked."))
	}
	body = append(body, concernTable(rq, list, "/desk/", "There is nothing here."))
	return rq.Show(ui.Page{Title: title}, append(body, older("/desk?view="+views[i].name+"&before=", list))...)
}

const pageSize = 50

func before(rq *page.Request) core.ID {
	id, err := core.ParseID(rq.URL.Query().Get("before"))
	if err != nil {
		return core.ID{}
	}
	return id
}

// older leads to the next page of a list.
func older(path string, list []concern.Concern) ui.Component {
	if len(list) < pageSize {
		return ui.Group{}
	}
	return ui.Pagination{Next: path + list[len(list)-1].ID.String(), NextLabel: "Older ones"}
}

func concernTable(rq *page.Request, list []concern.Concern, path, empty string) ui.Table {
	t := ui.Table{Caption: "Newest first", CaptionHidden: true, RowHeader: true, Empty: empty,
		Columns: []ui.Column{{Title: "Number"}, {Title: "State"}, {Title: "Came in"}, {Title: "Language"}, {Title: "From"}}}
	for i := range list {
		c := &list[i]
		from := c.Grading.Text
		if c.Kind == concern.Call {
			if from = concern.Label(concern.CallerTypes, c.Caller); from == "" {
				from = "Not asked yet"
			}
		}
		t.Rows = append(t.Rows, ui.Row{Alert: c.Danger && c.State != concern.Closed && c.State != concern.Discarded,
			Cells: []ui.Component{ui.Link{Text: short(c), Href: path + c.ID.String(), Ref: true}, tags(c), moment(rq, c.CreatedAt), ui.Text(languageName(c.Lang)), ui.Text(from)}})
	}
	return t
}

// report is one report with its messages, and what can be done with it.
func report(rq *page.Request) error {
	f, err := open(rq)
	if err != nil {
		return err
	}
	return showReport(rq, f, newDeeds(rq, f))
}

func open(rq *page.Request) (*concern.File, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Concerns.Open(rq.Context(), rq.Actor, purpose(rq), id)
}

func showReport(rq *page.Request, f *concern.File, d *deeds) error {
	if f.Kind == concern.Call {
		return rq.Redirect("/line/" + f.ID.String())
	}
	status := http.StatusOK
	if d.failed != nil {
		status = http.StatusUnprocessableEntity
	}
	body := []ui.Component{}
	if d.failed != nil {
		body = append(body, d.failed.Errors())
	}
	body = append(body, ui.Heading{Level: 1, Text: "Report " + short(&f.Concern)}, tags(&f.Concern),
		ui.Beside{First: written(rq, f), Second: d.shown()})
	return rq.ShowStatus(status, ui.Page{Title: "Report", Back: "/desk", Error: d.failed != nil}, body...)
}

// written is what the report says, and how it came.
func written(rq *page.Request, f *concern.File) []ui.Component {
	rows := []ui.SummaryRow{{Key: "What", Value: ui.Prose(f.Words.What.Reveal())}, {Key: "Where", Value: text(f.Words.Where)}, {Key: "When", Value: ui.Text(f.Words.When.String())},
		{Key: "Language", Value: ui.Text(languageName(f.Lang))}, {Key: "Came in", Value: moment(rq, f.CreatedAt)},
		{Key: "Grading", Value: ui.Text(f.Grading.Text + " (" + f.Grading.Scheme + ", " + f.Grading.Code + ")")}}
	if f.Words.When.IsZero() {
		rows[2].Value = nil
	}
	if f.Words.What == "" {
		rows[0].Value = ui.Muted("Erased")
	}
	number := "Typed back: they can read an answer"
	if f.ConfirmedAt.IsZero() {
		number = "Not typed back: they may not be able to read an answer"
	}
	rows = append(rows, ui.SummaryRow{Key: "Their number", Value: ui.Text(number)})
	if f.Photo != nil {
		rows = append(rows, ui.SummaryRow{Key: "Picture", Value: ui.Link{Text: "Download the picture (" + strconv.Itoa(max(1, f.Photo.Size>>10)) + " KB)", Href: "/desk/" + f.ID.String() + "/picture"}})
	}
	if !f.PassedTo.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "Passed to", Value: ui.Text(rq.Site.AgencyName(rq.Context(), f.PassedTo))})
	}
	return []ui.Component{ui.SummaryList{Rows: rows}, ui.Heading{Level: 2, Text: "Messages"}, messages(rq, f), ui.Heading{Level: 2, Text: "What happened"}, happened(rq, f)}
}

func text(s core.Secret) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Prose(s.Reveal())
}

func messages(rq *page.Request, f *concern.File) ui.Component {
	if len(f.Messages) == 0 {
		return ui.Para("There are none yet.")
	}
	t := ui.Timeline{Level: 3}
	for _, m := range f.Messages {
		by := "Whoever wrote the report"
		if m.FromDesk {
			by = rq.Site.UserName(rq.Context(), m.Author)
		}
		t.Items = append(t.Items, ui.TimelineItem{Title: by, When: ui.Moment{At: m.At.In(location(rq))}, Body: []ui.Component{ui.Prose(m.Text.Reveal())}})
	}
	return t
}

var eventLabels = map[string]string{"filed": "The report came in", "confirmed": "The number was typed back", "wrote": "A message came in", "replied": "An answer was written", "noted": "The message was read",
	"moved": "Moved", "graded": "Graded", "passed": "Passed to the police", "handed_on": "Handed on", "follow_up": "A follow-up was agreed", "followed_up": "A follow-up was done",
	"reminded": "A follow-up came due", "taken": "The call was taken", "saved": "The record was saved", "erased": "The words were erased"}

func happened(rq *page.Request, f *concern.File) ui.Component {
	t := ui.Timeline{Level: 3}
	for i := len(f.Events) - 1; i >= 0; i-- {
		e := f.Events[i]
		if e.Kind == "saved" && i < len(f.Events)-1 && f.Events[i+1].Kind == "saved" {
			continue // every pause in typing saves: the last of a row is enough
		}
		t.Items = append(t.Items, ui.TimelineItem{Title: eventLabels[e.Kind] + detail(rq, e), By: rq.Site.UserName(rq.Context(), e.Actor), When: ui.Moment{At: e.At.In(location(rq))}})
	}
	return t
}

func detail(rq *page.Request, e concern.Event) string {
	word, rest, _ := cut(e.Detail)
	switch e.Kind {
	case "moved":
		reason := concern.Label(concern.Outcomes, rest)
		if reason == "" {
			reason = concern.Label(concern.Discards, rest)
		}
		if reason != "" {
			reason = " (" + reason + ")"
		}
		return ": " + concern.State(word).Label() + reason
	case "handed_on":
		return ": " + handedLabels[concern.Handed(word)]
	case "passed":
		if id, err := core.ParseID(word); err == nil {
			return ": " + rq.Site.AgencyName(rq.Context(), id)
		}
	case "graded":
		for _, g := range concern.Gradings {
			if g.Code == rest {
				return ": " + g.Text
			}
		}
	}
	return ""
}

var handedLabels = map[concern.Handed]string{concern.HandedReferral: "a referral was begun", concern.HandedIntelligence: "to intelligence", concern.HandedSafeguarding: "to child safeguarding"}

// picture sends the picture as a download: it is not shown within the page,
// because nobody has looked at what is on it.
func picture(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	mediaType, content, err := rq.Site.Concerns.Picture(rq.Context(), rq.Actor, purpose(rq), id)
	if err != nil {
		return err
	}
	ui.SetSecurityHeaders(rq.W.Header())
	h := rq.W.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", `attachment; filename="picture.`+map[string]string{"image/png": "png", "image/jpeg": "jpg"}[mediaType]+`"`)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "no-store")
	_, err = rq.W.Write(content)
	return err
}
