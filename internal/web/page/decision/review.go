package decision

import (
	"net/http"
	"slices"
	"strconv"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/ui"
)

// inbox lists the decisions that wait for a second reviewer, without those the
// reader proposed.
func inbox(rq *page.Request) error {
	if !rq.May(access.ListCases) || rq.Actor.AgencyKind != core.CompetentAuthority {
		return page.ErrNotFound
	}
	const most = 200
	tasks, err := rq.Site.Cases.OpenTasks(rq.Context(), rq.Actor, rq.Purpose, []casework.TaskKind{casework.TaskSecondReview}, most)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: "Decisions that wait for a second reviewer", CaptionHidden: true, RowHeader: true, Empty: "No decision waits for you.",
		Columns: []ui.Column{{Title: "Case"}, {Title: "Decision"}, {Title: "Proposed by"}, {Title: "Waiting since"}, {Title: "Clock"}}}
	for _, task := range tasks {
		c := &task.Case
		if rq.Site.Cases.MayNow(rq.Actor, rq.Purpose, c, c.ReviewOf.Review()) != nil {
			continue
		}
		law, err := rq.Site.Cases.LawOf(c)
		if err != nil {
			return err
		}
		clock := ui.Component(ui.Muted("No deadline"))
		if k := casefile.Clock(&casework.File{CaseView: casework.CaseView{Case: *c}, Law: law}); k != nil {
			clock = *k
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: c.Reference, Href: "/cases/" + c.ID.String() + "/review", Ref: true}, ui.Text(c.ReviewOf.Label()),
			ui.Text(rq.Site.UserName(rq.Context(), c.ProposerID)), ui.Moment{At: task.CreatedAt.In(law.Calendar.Location())}, clock}})
	}
	return rq.Show(ui.Page{Title: "Second reviews", Wide: true}, ui.Heading{Level: 1, Text: "Second reviews"},
		ui.Para("A negative decision, or the early end of a recovery period, is not served before a second person has confirmed it. Your own proposals are not listed."), t)
}

func review(rq *page.Request) error {
	f, err := casefile.Open(rq, casework.PartSummary, casework.PartDocuments, casework.PartDecisions)
	if err != nil {
		return err
	}
	err = reviewable(rq, f)
	if kind := core.KindOf(err); err != nil && (rq.Method != http.MethodPost || kind == core.Forbidden || kind == core.NotFound) {
		return err
	}
	form := reviewForm(rq, f)
	if rq.Method != http.MethodPost {
		return showReview(rq, f, form)
	}
	if err := rq.Read(form); err != nil {
		return err
	}
	if form.Valid() {
		err := giveReview(rq, f, form)
		if err == nil {
			return rq.Done(casefile.Path(f, "decisions"), reviewed[casework.ReviewAnswer(form.Field("answer").Choice())])
		}
		if core.KindOf(err) != core.Conflict && !page.Refused(form, err) {
			return err
		}
		if core.KindOf(err) == core.Conflict {
			form.Fail(casefile.ChangedMeanwhile)
			form.Field("rev").SetValue(strconv.Itoa(f.Rev))
			return showReview(rq, f, form, casefile.Meanwhile(rq, f, form.Field("seen").Text())...)
		}
	}
	return showReview(rq, f, form)
}

// reviewable says why there is nothing to review, or not for this reader.
func reviewable(rq *page.Request, f *casework.File) error {
	cmd := f.ReviewOf.Review()
	if cmd == "" {
		cmd = casework.CmdReviewRG
	}
	if err := rq.Site.Cases.MayNow(rq.Actor, rq.Purpose, &f.Case, cmd); err != nil {
		return err
	}
	if f.ReviewOf == casework.NoDecision {
		return core.E(core.NotNow, "review.none", "No decision on this case waits for a second reviewer.")
	}
	return nil
}

var reviewed = map[casework.ReviewAnswer]string{
	casework.Confirm:  page.Flash("review-confirmed", "The decision is confirmed and served. Its letter is ready to print."),
	casework.Overturn: page.Flash("review-overturned", "The decision is overturned. The other outcome is served, and its letter is ready to print."),
	casework.SendBack: page.Flash("review-returned", "The decision went back to the caseworker. Nothing is served."),
}

func reviewForm(rq *page.Request, f *casework.File) *form.Form {
	confirm, overturn := "Confirm: the negative decision is served", "Overturn: a positive decision is served instead"
	if f.ReviewOf == casework.EndOfRecovery {
		confirm, overturn = "Confirm: the recovery period ends today", "Overturn: the recovery period goes on"
	}
	q := rq.Form()
	q.Radios("answer", "Your answer", []form.Option{
		{Value: string(casework.Confirm), Label: confirm}, {Value: string(casework.Overturn), Label: overturn, Hint: "Your words become the reasons of the letter", Reveal: newFindings(q, f)},
		{Value: string(casework.SendBack), Label: "Send back: something is missing", Hint: "Nothing is served; the caseworker decides anew"},
	}, form.Required("Choose whether you confirm, overturn or send back the decision."), form.Bold())
	q.Textarea("words", "In your own words", form.Required("Give your reasons in a sentence or more."), form.Max(casework.MaxAccount), form.Rows(6))
	q.Hidden("rev", strconv.Itoa(f.Rev))
	q.Hidden("seen", strconv.FormatInt(rq.Site.Clock.Now().UnixMicro(), 10))
	return q.Buttons(ui.Button{Text: "Send my answer"}, ui.Button{Text: "Cancel", Href: casefile.Path(f, ""), Kind: ui.Quiet})
}

// newFindings asks who overturns a decision for findings that carry the other
// one.
func newFindings(q *form.Form, f *casework.File) []*form.Field {
	if f.ReviewOf == casework.EndOfRecovery {
		return nil
	}
	var asked []*form.Field
	for _, e := range elements(f) {
		asked = append(asked, q.Radios("findings."+e.name, e.label, e.findings, form.Required("Choose a finding on the "+e.name+". A positive decision needs it."), form.Inline()))
	}
	return asked
}

func giveReview(rq *page.Request, f *casework.File, q *form.Form) error {
	rev, err := page.Revision(q.Field("rev"))
	if err != nil {
		return err
	}
	found := func(name string) casework.Finding {
		if field := q.Field("findings." + name); field != nil {
			return casework.Finding(field.Choice())
		}
		return ""
	}
	return rq.Site.Cases.Review(rq.Context(), rq.Actor, rq.Purpose, f.ID, rev, casework.ReviewForm{
		Answer: casework.ReviewAnswer(q.Field("answer").Choice()), Words: q.Field("words").Secret(),
		Findings: casework.Findings{Act: found("act"), Means: found("means"), Purpose: found("purpose")}})
}

// showReview puts the proposal and the answer beside the case.
func showReview(rq *page.Request, f *casework.File, q *form.Form, note ...ui.Component) error {
	left := append([]ui.Component{ui.Heading{Level: 2, Text: "The proposal"}}, note...)
	for _, d := range slices.Backward(f.Decisions) {
		if d.Status == casework.Proposed {
			left = append(left, casefile.Decision(rq, f, d))
			break
		}
	}
	left = append(left, ui.Heading{Level: 2, Text: "Your review"}, q)
	right := append([]ui.Component{ui.Heading{Level: 2, Text: "The case"}}, casefile.Summary(rq, f)...)
	return rq.ShowForm(ui.Page{Title: "Second review: case " + f.Reference, Back: "/reviews", Wide: true}, q,
		casefile.Bar(rq, f, false), ui.Beside{First: left, Second: right})
}
