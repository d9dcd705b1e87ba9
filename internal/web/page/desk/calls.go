package desk

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/safecontact"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var doneSaved = page.Flash("line-saved", "The record was saved.")

// calls lists the line's calls, those that run first, and begins one.
func calls(rq *page.Request) error {
	if err := mayList(rq, access.CountCalls); err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Advice line"}, startForm(rq)}
	waiting, err := due(rq)
	if err != nil {
		return err
	}
	body = append(body, waiting...)
	list, err := rq.Site.Concerns.List(rq.Context(), rq.Actor, purpose(rq), concern.Query{Kind: concern.Call, Before: before(rq), Limit: pageSize})
	if err != nil {
		return err
	}
	body = append(body, ui.Heading{Level: 2, Text: "Calls and chats"}, concernTable(rq, list, "/line/", "No call has been taken yet."), older("/line?before=", list),
		ui.Para(""), ui.Link{Text: "Figures of the line", Href: "/line/figures"})
	return rq.Show(ui.Page{Title: "Advice line"}, body...)
}

// startForm begins a call with one press.
func startForm(rq *page.Request) ui.Component {
	f := form.New("/line", rq.CSRF()).Buttons(ui.Button{Text: "Take a call", Name: "channel", Value: "call"}, ui.Button{Text: "Take a chat", Name: "channel", Value: "chat", Kind: ui.Secondary})
	return f
}

func due(rq *page.Request) ([]ui.Component, error) {
	const most = 50
	list, err := rq.Site.Concerns.DueFollowUps(rq.Context(), rq.Actor, purpose(rq), core.ID{}, most)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := ui.Table{Caption: "Follow-ups", CaptionHidden: true, Columns: []ui.Column{{Title: "By"}, {Title: "Where"}, {Title: "State"}}}
	for _, u := range list {
		state := ui.Tag{Text: "Agreed", Tone: ui.Neutral}
		if !u.RemindedAt.IsZero() {
			state = ui.Tag{Text: "Due", Tone: ui.Negative}
		}
		t.Rows = append(t.Rows, ui.Row{Alert: !u.RemindedAt.IsZero(), Cells: []ui.Component{ui.Moment{At: u.DueAt.In(location(rq)), DateOnly: true},
			ui.Link{Text: "Open", Hidden: "what the follow-up is about", Href: "/desk/" + u.ConcernID.String()}, state}})
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Follow-ups"}, t}, nil
}

func takeCall(rq *page.Request) error {
	f := form.New("/line", rq.CSRF())
	channel := f.Hidden("channel", "")
	if err := rq.Read(f); err != nil {
		return err
	}
	id, err := rq.Site.Concerns.TakeCall(rq.Context(), rq.Actor, purpose(rq), channel.Text())
	if core.KindOf(err) == core.Forbidden {
		return page.ErrNotFound
	}
	if err != nil {
		return err
	}
	return rq.Redirect("/line/" + id.String())
}

// record is the form that is filled in while a call runs.
type record struct {
	*form.Form
	version                                  *form.Field
	caller, lang, danger, child, name, place *form.Field
	said, advice, articles                   *form.Field
	safe, channels, phone, through, hours    *form.Field
	neverSay, codeWord                       *form.Field
	clash                                    []ui.Component
}

func newRecord(rq *page.Request, f *concern.File) *record {
	q := &record{Form: form.New("/line/"+f.ID.String(), rq.CSRF()).Buttons(ui.Button{Text: "Save"})}
	yes := func(label string) []form.Option { return []form.Option{{Value: "yes", Label: label}} }
	q.said = q.Textarea("said", "What is said", form.Bold(), form.Rows(10), form.Max(20_000))
	q.danger = q.Checkboxes("danger", "Danger", yes("Somebody is in danger now"), form.Small())
	q.child = q.Checkboxes("child", "Child", yes("It is about a child"), form.Small())
	q.caller = q.Select("caller", "Who is calling", options(concern.CallerTypes))
	q.lang = q.Language("lang", "Language")
	q.name = q.Text("name", "What to call them", form.Hint("They need not say. Any name will do."), form.Width("20"))
	q.place = q.Text("place", "Town or place", form.Width("20"))
	q.advice = q.Textarea("advice", "What you advised", form.Bold(), form.Rows(5), form.Max(8000))
	q.articles = q.Text("articles", "Articles you used", form.Hint("Their numbers, with spaces between."), form.Alias("record.articles"))
	q.safe = q.Radios("contact.safeToReach", "Is it safe to call back?", []form.Option{{Value: safecontact.Directly, Label: "Yes"}, {Value: safecontact.OnlyThrough, Label: "Only through somebody else"}, {Value: safecontact.NotAtAll, Label: "No"}}, form.Inline())
	var ways []form.Option
	for _, c := range safecontact.Channels {
		ways = append(ways, form.Option{Value: c, Label: safecontact.ChannelLabel(c)})
	}
	q.channels = q.Checkboxes("contact.channels", "How", ways, form.Small())
	q.phone = q.Text("contact.phone", "Telephone", form.Type("tel"), form.Width("20"))
	q.through = q.Text("contact.through", "Through whom", form.Width("30"))
	q.hours = q.Text("contact.hours", "At which hours", form.Width("20"))
	q.neverSay = q.Text("contact.neverSay", "What must never be said or left in a message")
	q.codeWord = q.Text("contact.codeWord", "Code word", form.Width("10"))
	q.version = q.Hidden("version", strconv.Itoa(f.RecordVersion))
	q.put(f.Record)
	return q
}

// put fills the form from a record.
func (q *record) put(r concern.Record) {
	flag := func(f *form.Field, on bool) {
		if on {
			f.SetValue("yes")
		}
	}
	flag(q.danger, r.Danger)
	flag(q.child, r.Child)
	for _, p := range []struct {
		f *form.Field
		v string
	}{{q.said, r.Said.Reveal()}, {q.caller, r.Caller}, {q.lang, r.Lang}, {q.name, r.Name.Reveal()}, {q.place, r.Place.Reveal()}, {q.advice, r.Advice.Reveal()},
		{q.safe, r.Contact.SafeToReach}, {q.phone, r.Contact.Phone.Reveal()}, {q.through, r.Contact.Through.Reveal()}, {q.hours, r.Contact.Hours.Reveal()},
		{q.neverSay, r.Contact.NeverSay.Reveal()}, {q.codeWord, r.Contact.CodeWord.Reveal()}} {
		if p.v != "" {
			p.f.SetValue(p.v)
		}
	}
	q.channels.SetValue(r.Contact.Channels...)
	var ids []string
	for _, id := range r.Articles {
		ids = append(ids, id.String())
	}
	q.articles.SetValue(strings.Join(ids, " "))
}

// take reads the form into a record.
func (q *record) take(channel string) concern.Record {
	r := concern.Record{Channel: channel, Caller: q.caller.Choice(), Lang: q.lang.Choice(), Danger: q.danger.Chose("yes"), Child: q.child.Chose("yes"),
		Name: q.name.Secret(), Place: q.place.Secret(), Said: q.said.Secret(), Advice: q.advice.Secret(),
		Contact: safecontact.Terms{SafeToReach: q.safe.Choice(), Channels: q.channels.Choices(), Phone: q.phone.Secret(), Through: q.through.Secret(), Hours: q.hours.Secret(),
			NeverSay: q.neverSay.Secret(), CodeWord: q.codeWord.Secret(), Language: q.lang.Choice()}}
	for word := range strings.FieldsSeq(q.articles.Text()) {
		id, err := core.ParseID(word)
		if err != nil {
			q.articles.Fail("Enter the numbers of articles as the articles' pages show them.")
			break
		}
		r.Articles = append(r.Articles, id)
	}
	return r
}

// call is the record of one call, while it runs and afterwards.
func call(rq *page.Request) error {
	f, err := open(rq)
	if err != nil {
		return err
	}
	if f.Kind != concern.Call {
		return rq.Redirect("/desk/" + f.ID.String())
	}
	q := newRecord(rq, f)
	if rq.Method == http.MethodPost {
		if done, err := q.save(rq, f); done || err != nil {
			return err
		}
	}
	return showCall(rq, f, q, newDeeds(rq, f))
}

// save takes the form in. A script that saves in the background gets a word and
// the new version, a browser the page.
func (q *record) save(rq *page.Request, f *concern.File) (done bool, err error) {
	if err := rq.Read(q.Form); err != nil {
		return false, err
	}
	quiet := rq.Header.Get("X-Autosave") != ""
	version, err := strconv.Atoi(q.version.Text())
	if err != nil {
		return false, errUnread
	}
	r := q.take(f.Channel)
	if q.Valid() {
		saved, err := rq.Site.Concerns.SaveRecord(rq.Context(), rq.Actor, purpose(rq), f.ID, version, r)
		switch {
		case err == nil && quiet:
			return true, said(rq, http.StatusOK, saved, "Saved at "+rq.Site.Clock.Now().In(location(rq)).Format("15:04")+".")
		case err == nil:
			return true, rq.Done("/line/"+f.ID.String(), doneSaved)
		case core.KindOf(err) == core.Conflict:
			q.collide(rq, f, r)
		case !page.Refused(q.Form, err):
			return false, err
		}
	}
	if quiet {
		return true, said(rq, http.StatusConflict, version, "Not saved yet. Press Save to see why.")
	}
	return false, nil
}

func said(rq *page.Request, status, version int, words string) error {
	h := rq.W.Header()
	ui.SetSecurityHeaders(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Version", strconv.Itoa(version))
	rq.W.WriteHeader(status)
	_, err := io.WriteString(rq.W, words)
	return err
}

// collide shows both versions after two people typed at once. The next press
// takes what stands in the form.
func (q *record) collide(rq *page.Request, f *concern.File, mine concern.Record) {
	q.Fail("A colleague saved this call while you were typing. Both versions are shown; what stands in the form is yours. Put in what is missing and save again.")
	q.version.SetValue(strconv.Itoa(f.RecordVersion))
	theirs := f.Record
	row := func(name, a, b string) ui.VersionRow { return ui.VersionRow{Field: name, Yours: a, Theirs: b} }
	q.clash = []ui.Component{ui.Versions{Yours: "What you typed", Theirs: "Saved by " + rq.Site.UserName(rq.Context(), f.RecordBy), Rows: []ui.VersionRow{
		row("What is said", mine.Said.Reveal(), theirs.Said.Reveal()), row("What you advised", mine.Advice.Reveal(), theirs.Advice.Reveal()),
		row("Who is calling", concern.Label(concern.CallerTypes, mine.Caller), concern.Label(concern.CallerTypes, theirs.Caller)),
		row("What to call them", mine.Name.Reveal(), theirs.Name.Reveal()), row("Town or place", mine.Place.Reveal(), theirs.Place.Reveal()),
		row("Telephone", mine.Contact.Phone.Reveal(), theirs.Contact.Phone.Reveal()), row("Never say", mine.Contact.NeverSay.Reveal(), theirs.Contact.NeverSay.Reveal())}}}
}

func showCall(rq *page.Request, f *concern.File, q *record, d *deeds) error {
	refused := d.failed
	if len(q.Errors().Items) > 0 {
		refused = q.Form
	}
	status, body := http.StatusOK, []ui.Component{}
	if refused != nil {
		status, body = http.StatusUnprocessableEntity, append(body, refused.Errors())
	}
	body = append(body, ui.Heading{Level: 1, Text: concern.Label(concern.Channels, f.Channel) + " " + short(&f.Concern)}, tags(&f.Concern))
	body = append(body, q.clash...)
	first := []ui.Component{ui.Heading{Level: 2, Text: "Record"}}
	if f.MayWork && (f.State == concern.Running || f.State == concern.Open) {
		first = append(first, savedLine(), ui.Para("Look things up: "), ui.Link{Text: "Search the line’s advice", Href: "/advice"}, q.Form)
	} else {
		first = append(first, recordSummary(f))
	}
	second := append(d.shown(), ui.Heading{Level: 2, Text: "What happened"}, happened(rq, f))
	body = append(body, ui.Beside{First: first, Second: second})
	return rq.ShowStatus(status, ui.Page{Title: "Call", Back: "/line", Error: refused != nil, Wide: true}, body...)
}

// savedLine is where the script says that it has saved.
func savedLine() ui.Component {
	script, err := ui.AssetPath("call.js")
	if err != nil {
		return ui.Group{}
	}
	return ui.Markup(`<p class="govuk-body" role="status" data-saved data-offline="Not saved: the connection is away. It is tried again." data-refused="Not saved: you may have been signed out. Press Save: you can sign in again, and what you typed is kept.">What you type is saved when you press Save, or with Ctrl and S.</p><script type="module" src="` + script + `"></script>`)
}

func recordSummary(f *concern.File) ui.Component {
	r := f.Record
	return ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Who called", Value: ui.Text(concern.Label(concern.CallerTypes, r.Caller))}, {Key: "Language", Value: ui.Text(languageName(r.Lang))},
		{Key: "What was said", Value: text(r.Said)}, {Key: "Advice", Value: text(r.Advice)}, {Key: "Place", Value: text(r.Place)}}}
}

// figures counts the line's calls of the last twelve months, as they are.
func figures(rq *page.Request) error {
	if err := mayList(rq, access.CountCalls); err != nil {
		return err
	}
	now := rq.Site.Clock.Now()
	const months = 12
	list, err := rq.Site.Concerns.CallFigures(rq.Context(), rq.Actor, purpose(rq), time.Date(now.Year(), now.Month()-months+1, 1, 0, 0, 0, 0, time.UTC), now.Add(time.Second))
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Calls and chats by month, caller and outcome", RowHeader: true, Empty: "No call has been taken yet.",
		Columns: []ui.Column{{Title: "Month"}, {Title: "Who called"}, {Title: "How it ended"}, {Title: "Calls", Numeric: true}}}
	total := 0
	for _, g := range list {
		total += g.N
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(g.Month), orMuted(concern.Label(concern.CallerTypes, g.Caller), "Not asked"),
			orMuted(concern.Label(concern.Outcomes, g.Outcome), "Not closed yet"), ui.Text(strconv.Itoa(g.N))}})
	}
	return rq.Show(ui.Page{Title: "Figures of the line", Back: "/line"}, ui.Heading{Level: 1, Text: "Figures of the line"},
		ui.Figures{{Value: strconv.Itoa(total), Label: fmt.Sprintf("calls and chats in the last %d months", months)}},
		ui.Warning("These are your own line’s figures as they are. A small number can point to one person: do not give them to anybody outside the line."), t)
}

func orMuted(words, otherwise string) ui.Component {
	if words == "" {
		return ui.Muted(otherwise)
	}
	return ui.Text(words)
}
