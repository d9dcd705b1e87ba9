package children

import (
	"strconv"
	"time"

	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

const pageSize = 25

// Urgent is what stands first on everybody's home page who has a duty: children
// who are missing, and what the agency was told and has not confirmed. It is
// nothing for those whose work has nothing to do with children.
func Urgent(rq *page.Request) ([]ui.Component, error) {
	if !Follows(rq) {
		return nil, nil
	}
	const few = 10
	p, err := rq.Site.Children.MissingChildren(rq.Context(), rq.Actor, Purpose(rq), core.ID{}, few)
	if err != nil {
		return nil, err
	}
	notices, err := rq.Site.Children.Inbox(rq.Context(), rq.Actor, Purpose(rq), few+1)
	if err != nil {
		return nil, err
	}
	var body []ui.Component
	if len(p.Children) > 0 {
		body = append(body, ui.Heading{Level: 2, Text: "Missing children"}, missingTable(rq, p.Children))
		if !p.Next.IsZero() {
			body = append(body, ui.List{Plain: true, Items: []ui.Component{ui.Link{Text: "All missing children", Href: "/missing"}}})
		}
	}
	if len(notices) > 0 {
		body = append(body, ui.Heading{Level: 2, Text: "You were told"}, inbox(rq, notices[:min(len(notices), few)]))
	}
	if len(notices) > few {
		body = append(body, ui.Para("There is more. Confirm these, and the next will be shown."))
	}
	return body, nil
}

func missingTable(rq *page.Request, lines []safeguarding.MissingLine) ui.Table {
	t := ui.Table{Caption: "Children who are missing, or were found and are not listened to yet", CaptionHidden: true, RowHeader: true, Empty: "No child is missing.",
		Columns: []ui.Column{{Title: "Child"}, {Title: "Where it stands"}, {Title: "Last seen"}, {Title: "Risk"}}}
	for i := range lines {
		l := &lines[i]
		rules, err := rq.Site.Children.Choices(&l.Subject)
		risk := l.Risk
		if err == nil {
			risk = label(rules.MissingRisks, l.Risk)
		}
		t.Rows = append(t.Rows, ui.Row{Alert: l.Episode.State == safeguarding.Gone, Cells: []ui.Component{
			ui.Link{Text: l.Reference, Href: missingPath(l.Episode.ID, ""), Ref: true, Hidden: "missing child"},
			episodeTag(l.Episode.State), moment(rq, l.LastSeenAt), ui.Text(risk)}})
	}
	return t
}

func episodeTag(s safeguarding.EpisodeState) ui.Tag {
	tones := map[safeguarding.EpisodeState]ui.Tone{safeguarding.Gone: ui.Negative, safeguarding.Found: ui.Waiting, safeguarding.Interviewed: ui.Active, safeguarding.Closed: ui.Neutral}
	return ui.Tag{Text: s.Label(), Tone: tones[s]}
}

// inbox lists notices, each with a button that confirms it.
func inbox(rq *page.Request, notices []safeguarding.NoticeView) ui.Table {
	t := ui.Table{Caption: "What your agency was told about children and has not confirmed", CaptionHidden: true, RowHeader: true,
		Columns: []ui.Column{{Title: "What"}, {Title: "Child"}, {Title: "Told"}, {Title: "Confirm"}}}
	for i := range notices {
		n := &notices[i]
		what := n.Kind.Label()
		if n.Kind == safeguarding.NoticeStep {
			what += ": " + detail(n.Detail)
		}
		if silent, err := core.ParseID(n.Detail); n.Kind == safeguarding.NoticeMissingUnheard && err == nil {
			what = rq.Site.AgencyName(rq.Context(), silent) + " has not confirmed that a child is missing: ring them"
		}
		told := moment(rq, n.CreatedAt)
		if n.Kind == safeguarding.NoticeChild && rq.Site.Clock.Now().Sub(n.CreatedAt) < 24*time.Hour {
			told = ui.Group{told, ui.Badge{Text: "Day one", Tone: ui.Special}}
		}
		if n.Level > 0 {
			told = ui.Group{told, ui.Badge{Text: "Passed on for want of an answer", Tone: ui.Negative}}
		}
		t.Rows = append(t.Rows, ui.Row{Alert: n.Kind.Urgent(), Cells: []ui.Component{ui.Text(what), ui.Link{Text: n.Reference, Href: leadsTo(&n.Notice), Ref: true}, told, confirm(rq, n)}})
	}
	return t
}

// confirm is the button of one notice. That an authority knows of a child, it
// confirms on the track, with the name of who answers for the child.
func confirm(rq *page.Request, n *safeguarding.NoticeView) ui.Component {
	if n.Kind == safeguarding.NoticeChild {
		return ui.Link{Text: "Confirm on the track", Href: path(n.CaseID, "steps/"+string(safeguarding.ActAcknowledge)), Hidden: "that you know of the child " + n.Reference}
	}
	return button(rq, "/notices/"+n.ID.String(), "Confirm", n.Kind.Label()+", child "+n.Reference)
}

// detail is a notice's code in words.
func detail(code string) string {
	if code == "advocacy" {
		return "what somebody was to do for the child"
	}
	return safeguarding.Step(code).Label()
}

// list is the safeguarding lead's own page.
func list(rq *page.Request) error {
	if !Follows(rq) {
		return page.ErrNotFound
	}
	after, err := cursor(rq)
	if err != nil {
		return err
	}
	p, err := rq.Site.Children.Children(rq.Context(), rq.Actor, Purpose(rq), after, pageSize)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Children"}}
	if after.ID.IsZero() {
		first, err := Urgent(rq)
		if err != nil {
			return err
		}
		body = append(body, first...)
		if len(first) == 0 {
			body = append(body, ui.Para("No child is missing, and nothing waits to be confirmed."))
		}
	}
	body = append(body, ui.Heading{Level: 2, Text: "Every child’s track, what is due first at the top"}, trackTable(rq, p.Children))
	if p.Next != nil {
		body = append(body, ui.Pagination{Next: "/children?due=" + strconv.FormatInt(p.Next.Due, 10) + "&id=" + p.Next.ID.String()})
	}
	return rq.Show(ui.Page{Title: "Children", Wide: true}, body...)
}

func cursor(rq *page.Request) (safeguarding.TrackCursor, error) {
	var c safeguarding.TrackCursor
	text := rq.URL.Query().Get("id")
	if text == "" {
		return c, nil
	}
	var err error
	if c.ID, err = core.ParseID(text); err != nil {
		return c, page.ErrNotFound
	}
	if c.Due, err = strconv.ParseInt(rq.URL.Query().Get("due"), 10, 64); err != nil {
		return c, page.ErrNotFound
	}
	return c, nil
}

func trackTable(rq *page.Request, lines []safeguarding.TrackLine) ui.Table {
	t := ui.Table{Caption: "Children", CaptionHidden: true, RowHeader: true, Empty: "No child is on a track that you may see.",
		Columns: []ui.Column{{Title: "Child"}, {Title: "Next due"}, {Title: "Referred"}, {Title: "Authority"}}}
	for i := range lines {
		l := &lines[i]
		var marks ui.Group
		if l.Notify == safeguarding.Waiting {
			marks = append(marks, ui.Badge{Text: "Not confirmed yet", Tone: ui.Waiting})
		}
		if !l.Missing.IsZero() {
			marks = append(marks, ui.Badge{Text: "Missing episode open", Tone: ui.Negative})
		}
		ref := ui.Group{ui.Link{Text: l.Reference, Href: path(l.CaseID, ""), Ref: true}, marks}
		next := ui.Component(ui.Muted("Nothing has a date"))
		if k := l.Track; k != nil && !k.NextDue.IsZero() {
			next = due(rq, "Next step", k.NextDue)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ref, next, ui.Moment{At: l.SubmittedAt.In(zone(rq)), DateOnly: true}, ui.Text(rq.Site.AgencyName(rq.Context(), l.LocalAuthority))}})
	}
	return t
}

// due is a clock in days.
func due(rq *page.Request, name string, at time.Time) ui.Component {
	z := zone(rq)
	day := core.DateIn(at, z)
	return ui.Clock{Name: name, Left: day.Sub(core.DateIn(rq.Site.Clock.Now(), z)), Unit: "day", Due: ui.Moment{At: at.In(z)}.Words()}
}

// missingList is every missing child the reader has a duty for.
func missingList(rq *page.Request) error {
	if !Follows(rq) {
		return page.ErrNotFound
	}
	var before core.ID
	if text := rq.URL.Query().Get("before"); text != "" {
		var err error
		if before, err = core.ParseID(text); err != nil {
			return page.ErrNotFound
		}
	}
	p, err := rq.Site.Children.MissingChildren(rq.Context(), rq.Actor, Purpose(rq), before, pageSize)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Missing children"}, missingTable(rq, p.Children)}
	if !p.Next.IsZero() {
		body = append(body, ui.Pagination{Next: "/missing?before=" + p.Next.String()})
	}
	return rq.Show(ui.Page{Title: "Missing children", Back: "/home", Wide: true}, body...)
}
