package admin

import (
	"strconv"
	"time"

	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/operate"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/keyset"
	"clew/internal/web/ui"
)

var (
	jobRetried   = page.Flash("admin-job-retried", "The job tries again now.")
	jobDiscarded = page.Flash("admin-job-discarded", "The job was given up.")
)

// deadPage is how many failed jobs one page shows.
const deadPage = 25

// jobs shows what clew does by itself, and what failed for good.
func jobs(rq *page.Request) error { return showJobs(rq, core.ID{}, nil) }

// showJobs sends the page. refused, when it is not nil, is the discard form of
// one of the jobs with what is wrong about it.
func showJobs(rq *page.Request, of core.ID, refused *form.Form) error {
	at, id, err := keyset.Decode(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	counts, err := rq.Site.Operate.JobCounts(rq.Context(), rq.Actor)
	if err != nil {
		return err
	}
	dead, next, err := rq.Site.Operate.DeadJobs(rq.Context(), rq.Actor, job.Cursor{EndedAt: time.UnixMicro(at), ID: id}, deadPage)
	if err != nil {
		return err
	}
	body := append(frame("Jobs", "/admin/jobs"), ui.Heading{Level: 2, Text: "Failed for good"})
	if len(dead) == 0 {
		body = append(body, ui.Para("No job has failed for good."))
	}
	for _, j := range dead {
		f := refused
		if j.ID != of || refused == nil {
			f, _ = discardForm(rq, j.ID)
		}
		body = append(body, deadJob(rq, j, f))
	}
	body = append(body, jobPages(rq, next), ui.Heading{Level: 2, Text: "All jobs"}, jobTable(rq, counts))
	if refused == nil {
		return rq.Show(ui.Page{Title: "Jobs"}, body...)
	}
	return rq.ShowForm(ui.Page{Title: "Jobs"}, refused, body...)
}

// deadJob says what failed and why, by code, and what can be done.
func deadJob(rq *page.Request, j job.Job, discard *form.Form) ui.Component {
	about := ui.Component(ui.Muted("None"))
	if !j.Case.IsZero() {
		about = ui.Text(j.Case.String())
	}
	retry := form.New("/admin/jobs/"+j.ID.String()+"/retry", rq.CSRF()).Buttons(ui.Button{Text: "Try again", Kind: ui.Secondary})
	return ui.Card{Title: j.Kind, Level: 3, Body: []ui.Component{
		ui.SummaryList{Plain: true, Rows: []ui.SummaryRow{
			{Key: "Error", Value: ui.Text(j.LastError)},
			{Key: "Tried", Value: ui.Text(times(j.Attempts))},
			{Key: "Gave up", Value: ui.Moment{At: j.EndedAt.UTC()}},
			{Key: "Case id", Value: about},
		}}, retry, ui.Details{Summary: "Give this job up", Open: discard != nil && !discard.Valid(), Body: []ui.Component{discard}}}}
}

func times(n int) string {
	if n == 1 {
		return "Once"
	}
	return strconv.Itoa(n) + " times"
}

// discardForm asks why a job is given up. Its fields carry the job's id, so that
// several stand on one page.
func discardForm(rq *page.Request, id core.ID) (*form.Form, *form.Field) {
	f := form.New("/admin/jobs/"+id.String()+"/discard", rq.CSRF()).Buttons(ui.Button{Text: "Give it up", Kind: ui.Harmful})
	var options []form.Option
	for _, r := range operate.DiscardReasons {
		options = append(options, form.Option{Value: r.Code, Label: r.Label})
	}
	return f, f.Radios("reason-"+id.String(), "Why is it given up?", options, form.Small(), form.Alias("reason"), form.Required("Choose why the job is given up."))
}

func jobTable(rq *page.Request, counts []job.Count) ui.Table {
	t := ui.Table{Caption: "Jobs by kind and state", CaptionHidden: true, RowHeader: true, Empty: "No job was ever made.",
		Columns: []ui.Column{{Title: "Kind"}, {Title: "State"}, {Title: "Number", Numeric: true}, {Title: "Earliest due"}}}
	for _, c := range counts {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(c.Kind), jobState(c.State), ui.Text(strconv.Itoa(c.N)), ui.Moment{At: c.Oldest.UTC()}}})
	}
	return t
}

func jobState(s job.State) ui.Component {
	switch s {
	case job.Waiting:
		return ui.Tag{Text: "Waiting", Tone: ui.Waiting}
	case job.Running:
		return ui.Tag{Text: "Running", Tone: ui.Active}
	case job.Dead:
		return ui.Tag{Text: "Failed for good", Tone: ui.Negative}
	}
	return ui.Tag{Text: "Done", Tone: ui.Neutral}
}

func retryJob(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if err := rq.Site.Operate.RetryJob(rq.Context(), rq.Actor, id); err != nil {
		return err
	}
	return rq.Done("/admin/jobs", jobRetried)
}

func discardJob(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	f, reason := discardForm(rq, id)
	if err := rq.Read(f); err != nil {
		return err
	}
	if f.Valid() {
		err := rq.Site.Operate.DiscardJob(rq.Context(), rq.Actor, id, reason.Choice())
		if err == nil {
			return rq.Done("/admin/jobs", jobDiscarded)
		}
		if !page.Refused(f, err) {
			return err
		}
	}
	return showJobs(rq, id, f)
}

func jobPages(rq *page.Request, next job.Cursor) ui.Pagination {
	var p ui.Pagination
	if rq.URL.Query().Get("after") != "" {
		p.Previous, p.PreviousLabel = "/admin/jobs", "from the latest"
	}
	if !next.ID.IsZero() {
		p.Next = "/admin/jobs?after=" + keyset.Encode(next.EndedAt.UnixMicro(), next.ID)
	}
	return p
}
