package home

import (
	"fmt"
	"strconv"

	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/ledger"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// auditor shows how far the record is signed, and the latest exports.
func auditor(rq *page.Request) ([]ui.Component, error) {
	st, err := rq.Site.Ledger.Status(rq.Context())
	if err != nil {
		return nil, err
	}
	signed := "No checkpoint has been signed yet."
	if !st.Latest.At.IsZero() {
		signed = fmt.Sprintf("The latest checkpoint was signed on %s and covers %d entries.", ui.Moment{At: st.Latest.At.In(rq.Zone())}.Words(), st.Latest.N)
	}
	body := []ui.Component{
		ui.Figures{{Value: strconv.FormatInt(st.Size, 10), Label: "Entries in the record", Href: "/oversight"},
			{Value: strconv.FormatInt(st.Unsigned, 10), Label: "Not yet signed", Href: "/oversight"}},
		ui.Para(signed), ui.Heading{Level: 2, Text: "Latest exports"},
	}
	entries, _, err := rq.Site.Ledger.Search(rq.Context(), ledger.Filter{Action: "export_queue"}, ledger.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	t := ui.Table{Caption: "Latest exports", CaptionHidden: true, Empty: "Nobody has exported anything.", Columns: []ui.Column{{Title: "When"}, {Title: "Who"}, {Title: "Agency"}}}
	for _, e := range entries {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Moment{At: e.At.In(rq.Zone())}, ui.Text(rq.Site.UserName(rq.Context(), e.Actor)), ui.Text(rq.Site.AgencyName(rq.Context(), e.Agency))}})
	}
	return append(body, t, link("Look into the record", "/oversight")), nil
}

// administrator shows what is stuck: jobs, accounts, and memoranda out of date.
func administrator(rq *page.Request) ([]ui.Component, error) {
	dead, err := deadJobs(rq)
	if err != nil {
		return nil, err
	}
	users, err := rq.Site.Auth.Users(rq.Context(), core.ID{})
	if err != nil {
		return nil, err
	}
	now := rq.Site.Clock.Now()
	locked := 0
	for _, u := range users {
		if u.Active && u.LockedUntil.After(now) {
			locked++
		}
	}
	idle := 0
	for _, f := range rq.Site.Policies.Files() {
		if !f.InForce(now) {
			idle++
		}
	}
	return []ui.Component{ui.Figures{
		{Value: strconv.Itoa(dead), Label: "Jobs that failed for good", Href: "/admin/jobs", Alert: dead > 0},
		{Value: strconv.Itoa(locked), Label: "Locked accounts", Href: "/admin/users?show=locked"},
		{Value: strconv.Itoa(idle), Label: "Memoranda not in force", Href: "/admin/policies"},
	}, link("Agencies, users, tokens and jobs", "/admin")}, nil
}

func deadJobs(rq *page.Request) (int, error) {
	counts, err := rq.Site.Operate.JobCounts(rq.Context(), rq.Actor)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, c := range counts {
		if c.State == job.Dead {
			n += c.N
		}
	}
	return n, nil
}
