package referral

import (
	"net/url"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// perPage is how many referrals stand on one page.
const perPage = 25

// mine lists the drafts first, then what became of each referral. It opens no
// identity: a line names the reference only.
func mine(rq *page.Request) error {
	after, err := cursor(rq.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	list, err := rq.Site.Cases.Mine(rq.Context(), rq.Actor, rq.Purpose, after, perPage)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "My referrals"}}
	first := after.ID.IsZero()
	if first && rq.May(access.CreateReferral) {
		drafts, err := draftTable(rq)
		if err != nil {
			return err
		}
		body = append(body, ui.Buttons{Items: []ui.Button{{Text: "Refer somebody", Href: "/referrals/new"}}}, drafts)
	}
	var pages ui.Pagination
	if !first {
		pages.Previous, pages.PreviousLabel = "/referrals", "Newest first"
	}
	if list.Next != nil {
		pages.Next, pages.NextLabel = "/referrals?"+url.Values{"after": {list.Next.ID.String()}}.Encode(), "Older referrals"
	}
	return rq.Show(ui.Page{Title: "My referrals", Wide: true}, append(body, caseTable(rq, list.Cases), pages)...)
}

// cursor reads where the page begins. A forged place is a page that is not
// there.
func cursor(after string) (casework.Cursor, error) {
	if after == "" {
		return casework.Cursor{}, nil
	}
	id, err := core.ParseID(after)
	if err != nil {
		return casework.Cursor{}, page.ErrNotFound
	}
	return casework.Cursor{ID: id}, nil
}

func draftTable(rq *page.Request) (ui.Component, error) {
	drafts, err := rq.Site.Cases.Drafts(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return nil, err
	}
	rules, _, err := rulesFor(rq, "")
	if err != nil {
		return nil, err
	}
	t := ui.Table{Caption: "Drafts", Empty: "You have no draft at the moment.",
		Columns: []ui.Column{{Title: "Draft"}, {Title: "Begun by"}, {Title: "Last saved"}, {Title: "Kept until"}}}
	for i := range drafts {
		d := &drafts[i]
		until := ui.Component(ui.Moment{At: d.ExpiresAt.In(zone(rq)), DateOnly: true})
		if soon(rq, d, rules.DraftWarningDays) {
			until = ui.Stacked{Main: ui.Tag{Text: "Deleted soon", Tone: ui.Negative}, Sub: d.ExpiresAt.In(zone(rq)).Format("2 January 2006")}
		}
		t.Rows = append(t.Rows, ui.Row{Alert: soon(rq, d, rules.DraftWarningDays), Cells: []ui.Component{
			ui.Stacked{Main: ui.Link{Text: "Draft of " + d.CreatedAt.In(zone(rq)).Format("2 January 2006, 3:04pm"), Href: draftPath(d.ID)}, Sub: draftKind(d)},
			ui.Stacked{Main: ui.Text(rq.Site.UserName(rq.Context(), d.Author)), Sub: sharedWords(d.Shared)},
			ui.Moment{At: d.UpdatedAt.In(zone(rq))}, until,
		}})
	}
	return t, nil
}

func draftKind(d *casework.DraftRow) string {
	switch {
	case !d.UpgradesCase.IsZero():
		return "Turns a notification into a referral"
	case !d.EarlierCaseID.IsZero():
		return "A new round for somebody referred before"
	}
	return ""
}

func sharedWords(on bool) string {
	if on {
		return "Shared with colleagues"
	}
	return ""
}

func caseTable(rq *page.Request, cases []casework.Case) ui.Component {
	t := ui.Table{Caption: "Sent", Empty: "Nothing has been sent yet.",
		Columns: []ui.Column{{Title: "Reference"}, {Title: "Sent"}, {Title: "Where it stands"}, {Title: "Next"}}}
	for i := range cases {
		c := &cases[i]
		kind := c.Kind.Label()
		if c.Round > 1 {
			kind += ", a later round"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{
			ui.Stacked{Main: ui.Link{Text: c.Reference, Href: "/cases/" + c.ID.String(), Ref: true}, Sub: kind},
			ui.Stacked{Main: ui.Moment{At: c.SubmittedAt.In(zone(rq)), DateOnly: true}, Sub: rq.Site.UserName(rq.Context(), c.Author)},
			standing(rq, c), nextFor(rq, c),
		}})
	}
	return t
}

var tones = map[casework.State]ui.Tone{
	casework.Submitted: ui.Waiting, casework.RGPending: ui.Waiting, casework.CGPending: ui.Waiting, casework.Reconsideration: ui.Waiting,
	casework.Recovery: ui.Active, casework.Confirmed: ui.Positive, casework.RGNegative: ui.Negative, casework.CGNegative: ui.Negative,
	casework.Suspended: ui.Paused, casework.Withdrawn: ui.Paused, casework.Closed: ui.Neutral,
}

// standing is the state, and what waits for the reader's own agency.
func standing(rq *page.Request, c *casework.Case) ui.Component {
	g := ui.Group{ui.Tag{Text: c.State.Label(), Tone: tones[c.State]}}
	if c.Child {
		g = append(g, ui.Text(" "), ui.Badge{Text: "Child", Tone: ui.Special})
	}
	if c.InfoRequestedFrom == rq.Actor.AgencyID && !rq.Actor.AgencyID.IsZero() {
		g = append(g, ui.Text(" "), ui.Tag{Text: "Your answer is asked for", Tone: ui.Waiting})
	}
	return g
}

func nextFor(rq *page.Request, c *casework.Case) ui.Component {
	if c.DueAt.IsZero() || c.DueFor == casework.NoClock {
		return ui.Muted("No deadline")
	}
	return ui.Stacked{Main: ui.Text(c.DueFor.Label()), Sub: c.DueAt.In(zone(rq)).Format("2 January 2006")}
}
