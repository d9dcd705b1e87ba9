package pairs

import (
	"fmt"
	"net/http"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/page/queue"
	"clew/internal/web/ui"
)

var answered = map[casework.PairState]string{
	casework.PairSame:    page.Flash("pair-same", "The two rounds are linked as one person’s."),
	casework.PairNotSame: page.Flash("pair-not-same", "The two rounds are of two people. clew will not ask again unless what is known of one of them changes."),
	casework.PairLater:   page.Flash("pair-later", "The task waits until the day you gave."),
	casework.PairOpen:    page.Flash("pair-open", "The answer is taken back. The question is open again."),
}

func pair(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	v, err := rq.Site.Cases.Pair(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return err
	}
	if rq.Method == http.MethodPost && !v.May {
		return errNotTheirs
	}
	q := answerForm(rq, v)
	if rq.Method != http.MethodPost {
		return show(rq, v, q)
	}
	if err := rq.Read(q); err != nil {
		return err
	}
	if !q.Valid() {
		return show(rq, v, q)
	}
	state, err := give(rq, v, q)
	switch {
	case err == nil:
		return rq.Done(path(id), answered[state])
	case !page.Refused(q, err):
		return err
	}
	q.Field("rev").SetValue(strconv.Itoa(v.Rev)) // the answer that stands is on the page: the next press means it
	return show(rq, v, q)
}

// answerForm asks for an answer, and offers to take back the one that stands.
func answerForm(rq *page.Request, v *casework.PairView) *form.Form {
	q := form.New(path(v.ID), rq.CSRF())
	until := q.Date("until", "Answer by", form.Hint("For example "+tomorrow(rq).Long()))
	options := []form.Option{
		{Value: string(casework.PairSame), Label: "The same person", Hint: "The rounds are linked, and the person is counted once. Each round keeps its own record."},
		{Value: string(casework.PairNotSame), Label: "Not the same person", Hint: "You are not asked again, unless what is known of one of them changes."},
		{Value: string(casework.PairLater), Label: "Later", Hint: "You need to find something out first.", Reveal: []*form.Field{until}},
	}
	q.Radios("state", "Are these two rounds of one person?", options, form.Required("Choose an answer."), form.Bold())
	q.Textarea("reason", "Why", form.Hint("Optional, except where you answer later: say what you wait for. Kept encrypted with the answer."), form.Max(casework.MaxLine))
	q.Hidden("rev", strconv.Itoa(v.Rev))
	return q.Buttons(ui.Button{Text: "Save the answer"})
}

func tomorrow(rq *page.Request) core.Date {
	return core.DateIn(rq.Site.Clock.Now(), rq.Site.Clock.Now().Location()).AddDays(7)
}

var errNotTheirs = core.E(core.Forbidden, "pair.forbidden", "Only a caseworker of the authority answers whether two rounds are of one person.")

func give(rq *page.Request, v *casework.PairView, q *form.Form) (casework.PairState, error) {
	rev, err := page.Revision(q.Field("rev"))
	if err != nil {
		return "", err
	}
	f := casework.PairForm{State: casework.PairState(q.Field("state").Choice()), Reason: q.Field("reason").Secret(), Until: q.Field("until").Date()}
	return f.State, rq.Site.Cases.AnswerPair(rq.Context(), rq.Actor, rq.Purpose, v.ID, rev, f)
}

func show(rq *page.Request, v *casework.PairView, q *form.Form) error {
	if !v.Elsewhere.IsZero() {
		return elsewhere(rq, v)
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Same person?"}, standing(rq, v), sides(rq, v)}
	left := append([]ui.Component{ui.Heading{Level: 2, Text: "What speaks for one person"}}, reasons(v, true)...)
	right := append([]ui.Component{ui.Heading{Level: 2, Text: "What speaks against"}}, reasons(v, false)...)
	body = append(body, ui.Beside{First: left, Second: right}, weight(v))
	if v.May {
		body = append(body, ui.Heading{Level: 2, Text: "Your answer"}, ui.Measure{q})
		if v.State != casework.PairOpen {
			body = append(body, takeBack(rq, v))
		}
	} else {
		body = append(body, ui.Para("A caseworker of your authority answers this."))
	}
	return rq.ShowForm(ui.Page{Title: "Same person?", Back: "/matches", Wide: true}, q, append(body, history(rq, v)...)...)
}

// standing is the answer as it is now.
func standing(rq *page.Request, v *casework.PairView) ui.Component {
	tones := map[casework.PairState]ui.Tone{casework.PairOpen: ui.Waiting, casework.PairLater: ui.Paused, casework.PairSame: ui.Positive, casework.PairNotSame: ui.Neutral}
	body := []ui.Component{ui.Tag{Text: v.State.Label(), Tone: tones[v.State]}}
	if v.State != casework.PairOpen {
		words := "By " + rq.Site.UserName(rq.Context(), v.AnsweredBy) + ", " + queue.Day(rq, &v.Newer.Case, v.AnsweredAt)
		if v.State == casework.PairLater {
			words += ", to be answered by " + v.Until.Long()
		}
		body = append(body, ui.Para(words))
	}
	return ui.Inset{Body: body}
}

// sides puts what is known of both next to each other, a line for each fact.
func sides(rq *page.Request, v *casework.PairView) ui.Component {
	t := ui.Table{Caption: "What is known of each", RowHeader: true, Columns: []ui.Column{{Title: "What"}, {Title: "Older round"}, {Title: "Newer round"}}}
	older, newer := facts(rq, &v.Older), facts(rq, &v.Newer)
	for i := range older {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(older[i].Key), given(older[i].Value), given(newer[i].Value)}})
	}
	return t
}

func given(c ui.Component) ui.Component {
	if c == nil {
		return ui.Muted("Not given")
	}
	return c
}

// factKeys are the lines of the comparison, the same for both sides.
var factKeys = []string{"Names", "Date of birth", "Gender", "Nationality", "Second nationality", "Identity documents", "Telephone", "E-mail", "Other references"}

func facts(rq *page.Request, s *casework.PairSide) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "Case", Value: queue.CaseLink(&s.Case)}, {Key: "Where it stands", Value: casefile.StateTag(s.State)},
		{Key: "Referred", Value: ui.Stacked{Main: ui.Text(queue.Day(rq, &s.Case, s.SubmittedAt)), Sub: rq.Site.AgencyName(rq.Context(), s.ReferringAgency)}}}
	known := map[string]ui.Component{}
	switch {
	case s.Identity != nil:
		for _, r := range casefile.IdentityRows(s.Identity) {
			known[r.Key] = r.Value
		}
	case s.Erased:
		for _, k := range factKeys {
			known[k] = ui.Muted("Erased")
		}
	}
	for _, k := range factKeys {
		rows = append(rows, ui.SummaryRow{Key: k, Value: known[k]})
	}
	return rows
}

func reasons(v *casework.PairView, speaksFor bool) []ui.Component {
	list := ui.List{}
	for _, r := range v.Reasons {
		if r.Weight > 0 != speaksFor {
			continue
		}
		item := ui.Group{ui.Text(capital(r.Text))}
		if len(r.Details) > 0 {
			details := ui.List{}
			for _, d := range r.Details {
				details.Items = append(details.Items, ui.Text(capital(d)))
			}
			item = append(item, details)
		}
		list.Items = append(list.Items, item)
	}
	if len(list.Items) == 0 {
		return []ui.Component{ui.Para("Nothing that was compared.")}
	}
	return []ui.Component{list}
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// weight says how strongly it speaks in all, and what that is worth.
func weight(v *casework.PairView) ui.Component {
	if v.Older.Identity == nil || v.Newer.Identity == nil {
		return ui.Para("One of the two was erased, so nothing can be compared any more.")
	}
	// No evidence on paper is ever certain: the figure is never shown as 1.
	return ui.Para(fmt.Sprintf("Taken together: %s (%.3f of 1). This weighs only what is written above; it decides nothing, and you may know more.", lower(queue.Likely(v.Score)), min(v.Score, 0.999)))
}

func lower(s string) string { return string(s[0]|0x20) + s[1:] }

// takeBack undoes the answer that stands.
func takeBack(rq *page.Request, v *casework.PairView) *form.Form {
	q := form.New(path(v.ID)+"/take-back", rq.CSRF())
	q.Hidden("rev", strconv.Itoa(v.Rev))
	return q.Buttons(ui.Button{Text: "Take the answer back", Kind: ui.Secondary})
}

func undo(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	v, err := rq.Site.Cases.Pair(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return err
	}
	if !v.May {
		return errNotTheirs
	}
	sent := takeBack(rq, v)
	if err := rq.Read(sent); err != nil {
		return err
	}
	rev, err := page.Revision(sent.Field("rev"))
	if err != nil {
		return err
	}
	err = rq.Site.Cases.AnswerPair(rq.Context(), rq.Actor, rq.Purpose, id, rev, casework.PairForm{State: casework.PairOpen})
	if err == nil {
		return rq.Done(path(id), answered[casework.PairOpen])
	}
	q := answerForm(rq, v)
	if !page.Refused(q, err) {
		return err
	}
	return show(rq, v, q)
}

func history(rq *page.Request, v *casework.PairView) []ui.Component {
	if len(v.History) == 0 {
		return nil
	}
	t := ui.Timeline{Level: 3}
	for i := len(v.History) - 1; i >= 0; i-- {
		h := &v.History[i]
		title := h.State.Label()
		if h.State == casework.PairOpen {
			title = "Answer taken back"
		}
		item := ui.TimelineItem{Title: title, By: rq.Site.UserName(rq.Context(), h.ActorID), When: ui.Moment{At: h.At.In(queue.Zone(rq, &v.Newer.Case))}, Key: h.State == casework.PairSame}
		if h.Words != "" {
			item.Body = []ui.Component{ui.Prose(h.Words.Reveal())}
		}
		t.Items = append(t.Items, item)
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "Answers so far"}, t}
}

// elsewhere is a pair whose other round is another authority's.
func elsewhere(rq *page.Request, v *casework.PairView) error {
	name := rq.Site.AgencyName(rq.Context(), v.Elsewhere)
	body := ui.Measure{
		ui.Para("The person of this case may have been referred to another authority too."),
		ui.SummaryList{Rows: []ui.SummaryRow{{Key: "Your case", Value: queue.CaseLink(&v.Newer.Case)}, {Key: "Whom to ask", Value: ui.Text(name)}}},
		ui.Para("Neither authority sees the other’s case. Ask a manager there and give them your case’s reference; they have the same question on their list. Add what you find out as a note, then mark the task as done.")}
	if !v.Task.IsZero() {
		body = append(body, form.New("/cases/"+v.Newer.ID.String()+"/tasks/"+v.Task.String(), rq.CSRF()).Buttons(ui.Button{Text: "Mark the task as done", Kind: ui.Secondary}))
	}
	return rq.Show(ui.Page{Title: "Same person?", Back: "/matches"}, ui.Heading{Level: 1, Text: "Same person?"}, body)
}
