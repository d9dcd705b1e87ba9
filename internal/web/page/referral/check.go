package referral

import (
	"net/http"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var alreadySent = page.Flash("referral-already-sent", "This draft was sent already. It was not sent twice.")

// check shows every answer on one page and sends the referral.
func check(rq *page.Request) error {
	f := rq.Form()
	rev := f.Hidden("rev", "")
	if rq.Method == http.MethodPost {
		if err := rq.Read(f); err != nil {
			return err
		}
	}
	d, err := openDraft(rq)
	if err != nil {
		return fromSubmitted(rq, err)
	}
	if rq.Method != http.MethodPost {
		return showCheck(rq, d, f, nil)
	}
	return send(rq, d, f, rev.Text())
}

func send(rq *page.Request, d *casework.OpenDraft, f *form.Form, rev string) error {
	read, err := strconv.Atoi(rev)
	if err != nil || read < 1 {
		read = -1 // a forged revision is never the draft's
	}
	r, err := rq.Site.Cases.SubmitDraft(rq.Context(), rq.Actor, rq.Purpose, d.ID, read)
	switch core.KindOf(err) {
	case 0:
		return rq.Redirect("/referrals/sent/" + r.Reference)
	case core.NotFound:
		return fromSubmitted(rq, err)
	case core.Conflict:
		return showCheck(rq, d, f, []ui.ErrorItem{{Text: "The draft was changed by somebody else, or in another window, after you opened this page. These are the answers as they are now: look once more, then send."}})
	case core.Invalid:
		return showCheck(rq, d, f, unplaced(rq, d, err))
	case core.NotNow, core.Unavailable, core.TooMany:
		return showCheck(rq, d, f, []ui.ErrorItem{{Text: page.Sentence(err)}})
	}
	return err
}

// unplaced is what casework refuses that no page of this referral asks about;
// the rest stands beside its page.
func unplaced(rq *page.Request, d *casework.OpenDraft, err error) []ui.ErrorItem {
	list, bad := progressOf(rq, &d.Form)
	if bad == nil && !ready(list) {
		return nil
	}
	var items []ui.ErrorItem
	for _, field := range core.FieldsOf(err) {
		items = append(items, ui.ErrorItem{Text: field.Msg})
	}
	return items
}

// showCheck sends the page; errors make it a refused form.
func showCheck(rq *page.Request, d *casework.OpenDraft, f *form.Form, errors []ui.ErrorItem) error {
	list, err := progressOf(rq, &d.Form)
	if err != nil {
		return err
	}
	refused := rq.Method == http.MethodPost
	if refused {
		for _, p := range list {
			for _, field := range p.problems {
				errors = append(errors, ui.ErrorItem{Text: field.Msg, Href: "#" + rowID("check."+string(p.step.id))})
			}
		}
	}
	cards, err := summaries(rq, d, list)
	if err != nil {
		return err
	}
	rules, _, err := rulesFor(rq, d.Form.Jurisdiction)
	if err != nil {
		return err
	}
	var body []ui.Component
	if len(errors) > 0 {
		body = append(body, ui.ErrorSummary{Items: errors})
	}
	body = append(body, ui.Heading{Level: 1, Text: "Check your answers"})
	body = append(body, contradiction(&d.Form, rules)...)
	body = append(body, cards...)
	body = append(body, column{sendPart(d, f, list)})
	status := http.StatusOK
	if refused {
		status = http.StatusUnprocessableEntity
	}
	return rq.ShowStatus(status, ui.Page{Title: "Check your answers", Back: draftPath(d.ID), Error: len(errors) > 0}, body...)
}

func sendPart(d *casework.OpenDraft, f *form.Form, list []progress) ui.Component {
	missing := 0
	for _, p := range list {
		if len(p.problems) > 0 {
			missing++
		}
	}
	later := ui.Button{Text: "Save and come back later", Href: draftPath(d.ID), Kind: ui.Quiet}
	if missing > 0 {
		parts := "One part still needs an answer. It is"
		if missing > 1 {
			parts = strconv.Itoa(missing) + " parts still need an answer. They are"
		}
		return ui.Group{ui.Heading{Level: 2, Text: "Not ready to be sent"}, ui.Inset{Body: []ui.Component{ui.Para(parts + " marked above and in the task list.")}},
			ui.Buttons{Items: []ui.Button{{Text: "Back to the task list", Href: draftPath(d.ID)}}}}
	}
	f.Field("rev").SetValue(strconv.Itoa(d.Rev))
	text, button := "By sending, you say that this is right as far as you know. The authority is told at once.", "Send the referral"
	if isNotification(list) {
		text, button = "What you send holds no name, no contact and no place. The authority is told at once.", "Send the notification"
	}
	f.Buttons(ui.Button{Text: button}, later)
	return ui.Group{ui.Heading{Level: 2, Text: "Send"}, ui.Para(text), f}
}

func isNotification(list []progress) bool {
	for _, p := range list {
		if p.step.id == casework.StepNotify {
			return true
		}
	}
	return false
}

// summaries is a card for each step with what was answered.
func summaries(rq *page.Request, d *casework.OpenDraft, list []progress) ([]ui.Component, error) {
	var body []ui.Component
	section := ""
	for _, p := range list {
		rows, err := rowsOf(rq, d, p.step)
		if err != nil {
			return nil, err
		}
		for _, field := range p.problems {
			rows = append(rows, ui.SummaryRow{Key: "Something is missing", Value: ui.Stacked{Main: ui.Tag{Text: "To answer", Tone: ui.Negative}, Sub: field.Msg}})
		}
		if len(rows) == 0 {
			rows = []ui.SummaryRow{{Key: "Answers"}}
		}
		if p.step.section != section {
			section = p.step.section
			body = append(body, ui.Heading{Level: 2, Text: section})
		}
		body = append(body, anchor("check."+string(p.step.id)), ui.SummaryList{Title: p.step.title, Level: 3, Rows: rows,
			Action: []ui.Link{{Text: "Change", Href: stepPath(d.ID, p.step.id) + "?from=check", Hidden: p.step.title}}})
	}
	return body, nil
}

func rowsOf(rq *page.Request, d *casework.OpenDraft, st *step) ([]ui.SummaryRow, error) {
	if st.id == casework.StepEvidence {
		var lines []string
		for _, doc := range d.Documents {
			lines = append(lines, doc.Name.Reveal())
		}
		return rowOf("Files", lines), nil
	}
	s, err := newSheet(rq, d, st, nil)
	if err != nil {
		return nil, err
	}
	var rows []ui.SummaryRow
	for _, q := range s.questions {
		rows = append(rows, rowOf(q.label, q.show(&d.Form))...)
	}
	return rows, nil
}

func rowOf(key string, lines []string) []ui.SummaryRow {
	switch len(lines) {
	case 0:
		return nil
	case 1:
		return []ui.SummaryRow{{Key: key, Value: ui.Prose(lines[0])}}
	}
	items := make([]ui.Component, len(lines))
	for i, l := range lines {
		items[i] = ui.Text(l)
	}
	return []ui.SummaryRow{{Key: key, Value: ui.List{Plain: true, Items: items}}}
}

// receipt is what the first responder takes away.
func receipt(rq *page.Request) error {
	c, err := rq.Site.Cases.FindReference(rq.Context(), rq.Actor, rq.Purpose, rq.PathValue("reference"))
	if err != nil {
		return err
	}
	title, next := "Referral sent", afterReferral(rq, c)
	if c.Kind == casework.DutyToNotify {
		title, next = "Notification sent", afterNotification()
	}
	facts := []ui.SummaryRow{
		{Key: "Sent", Value: ui.Moment{At: c.SubmittedAt.In(zone(rq))}},
		{Key: "By", Value: ui.Text(joined(", ", rq.Site.UserName(rq.Context(), c.Author), rq.Site.AgencyName(rq.Context(), c.ReferringAgency)))},
		{Key: "Decided by", Value: ui.Text(rq.Site.AgencyName(rq.Context(), c.Authority))},
	}
	if c.Child && !c.LocalAuthority.IsZero() {
		facts = append(facts, ui.SummaryRow{Key: "Also told", Value: ui.Text(rq.Site.AgencyName(rq.Context(), c.LocalAuthority))})
	}
	return rq.Show(ui.Page{Title: title}, column{
		ui.Panel{Title: title, Lead: "Your reference", Reference: c.Reference},
		ui.SummaryList{Rows: facts},
		ui.Heading{Level: 2, Text: "What happens next"},
		ui.List{Numbered: true, Items: next},
		ui.Buttons{Items: []ui.Button{{Text: "Open the case", Href: "/cases/" + c.ID.String()}, {Text: "Print this page", Print: true},
			{Text: "Refer somebody else", Href: "/referrals/new", Kind: ui.Quiet}}},
	})
}

func afterReferral(rq *page.Request, c *casework.Case) []ui.Component {
	var list []ui.Component
	if c.Child {
		list = append(list, ui.Text("The local authority’s safeguarding team has been told. If the child is in danger now, call them and the police as well."))
	}
	first := "The authority takes the first decision: whether there are reasonable grounds."
	if !c.RGDueAt.IsZero() {
		first = "The authority takes the first decision, whether there are reasonable grounds, by " + c.RGDueAt.In(zone(rq)).Format("2 January 2006") + "."
	}
	return append(list,
		ui.Text(first),
		ui.Text("Support does not have to wait for the decision. What you marked as needed at once is seen to first."),
		ui.Markup(`You follow what happens under <a class="govuk-link" href="/referrals">My referrals</a>. The authority may ask you a question there.`),
		ui.Text("Tell the person the reference only if it is safe for them to have it."))
}

func afterNotification() []ui.Component {
	return []ui.Component{
		ui.Text("The authority knows that somebody may have been exploited, and not who. Nobody will look for the person because of it."),
		ui.Text("Help with safety, health and advice does not depend on consent. Tell the person where to find it."),
		ui.Text("If they agree later, open the case and turn the notification into a referral. It keeps this reference."),
	}
}
