package home

import (
	"slices"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/page/children"
	"clew/internal/web/page/queue"
	supportpage "clew/internal/web/page/support"
	"clew/internal/web/ui"
)

// responder shows what a first responder has begun, is asked, and has sent.
func responder(rq *page.Request) ([]ui.Component, error) {
	body := []ui.Component{ui.Button{Text: "Refer somebody", Href: "/referrals/new"}}
	drafts, err := rq.Site.Cases.Drafts(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return nil, err
	}
	if len(drafts) > 0 {
		body = append(body, ui.Heading{Level: 2, Text: "Not sent yet"}, draftTable(rq, drafts))
	}
	questions, err := asked(rq)
	if err != nil {
		return nil, err
	}
	body = append(body, questions...)
	p, err := rq.Site.Cases.Mine(rq.Context(), rq.Actor, rq.Purpose, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	return append(body, ui.Heading{Level: 2, Text: "Latest referrals"}, latest(rq, p.Cases), link("All referrals of your agency", "/referrals")), nil
}

// asked shows the questions that the reader's agency owes an answer to.
func asked(rq *page.Request) ([]ui.Component, error) {
	const most = 200
	list, err := rq.Site.Cases.Asked(rq.Context(), rq.Actor, rq.Purpose, most)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "You are asked for information"},
		ui.Para("The competent authority asked your agency a question about " + plural(len(list), "case", "cases") + ". The clock goes on while it waits."),
		caseTable(rq, list[:min(len(list), shortList)], "Cases with an open question", "")}, nil
}

// draftTable lists drafts, those that are deleted first at the top.
func draftTable(rq *page.Request, drafts []casework.DraftRow) ui.Table {
	slices.SortFunc(drafts, func(a, b casework.DraftRow) int { return a.ExpiresAt.Compare(b.ExpiresAt) })
	t := ui.Table{Caption: "Referrals not sent yet", CaptionHidden: true, Columns: []ui.Column{{Title: "Begun"}, {Title: "By"}, {Title: "Deleted unless sent"}}}
	for _, d := range drafts[:min(len(drafts), shortList)] {
		begun := ui.Link{Text: core.DateIn(d.CreatedAt, rq.Zone()).Long(), Href: "/drafts/" + d.ID.String(), Hidden: "continue this referral"}
		gone := ui.Component(ui.Text(core.DateIn(d.ExpiresAt, rq.Zone()).Long()))
		if !d.WarnedAt.IsZero() {
			gone = ui.Group{gone, ui.Badge{Text: "Soon", Tone: ui.Waiting}}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{begun, ui.Text(rq.Site.UserName(rq.Context(), d.Author)), gone}})
	}
	return t
}

func latest(rq *page.Request, cases []casework.Case) ui.Table {
	t := ui.Table{Caption: "Latest referrals", CaptionHidden: true, Empty: "Your agency has not referred anybody yet.",
		Columns: []ui.Column{{Title: "Reference"}, {Title: "State"}, {Title: "Referred"}}}
	for i := range cases[:min(len(cases), shortList)] {
		c := &cases[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{queue.CaseLink(c), casefile.StateTag(c.State), ui.Text(queue.Day(rq, c, c.SubmittedAt))}})
	}
	return t
}

// safeguarding leads to the children of the area. What is urgent about them stands
// first on the page already, and there is nothing else to see to when it does not.
func safeguarding(rq *page.Request) ([]ui.Component, error) {
	told, err := children.Urgent(rq)
	if err != nil {
		return nil, err
	}
	var body []ui.Component
	if len(told) == 0 {
		body = append(body, ui.Para("No child waits to be seen to."))
	}
	body = append(body, ui.Button{Text: "Every child’s track", Href: "/children"})
	rest, err := taskList(rq, []casework.TaskKind{casework.TaskTurnsEighteen, casework.TaskConsentAtAge})
	return append(append(body, rest...), link("All children in your care", "/referrals")), err
}

// support shows the people entrusted to a support provider, and what is to do.
func support(rq *page.Request) ([]ui.Component, error) {
	if !rq.May(access.GiveSupport) {
		return []ui.Component{ui.Para("Nothing needs you today. People are entrusted to support providers only.")}, nil
	}
	questions, err := asked(rq)
	if err != nil {
		return nil, err
	}
	body, err := supportpage.Today(rq)
	return append(questions, body...), err
}

// officer shows the referrals that may be investigated.
func officer(rq *page.Request) ([]ui.Component, error) {
	if !rq.May(access.ListCases) {
		return []ui.Component{ui.Para("Nothing needs you today. Cases reach you only where a memorandum and the person’s consent allow it.")}, nil
	}
	return cases(rq, nil, "Cases you may investigate", "No case is open to you. A case is, once the person agrees to share it.")
}

func cases(rq *page.Request, body []ui.Component, title, empty string) ([]ui.Component, error) {
	p, err := rq.Site.Cases.Mine(rq.Context(), rq.Actor, rq.Purpose, casework.Cursor{}, shortList)
	if err != nil {
		return nil, err
	}
	t := latest(rq, p.Cases)
	t.Caption, t.Empty = title, empty
	return append(body, ui.Heading{Level: 2, Text: title}, t, link("All of them", "/referrals")), nil
}

// immigration has one question, so the page has one button.
func immigration(*page.Request) ([]ui.Component, error) {
	return []ui.Component{ui.Heading{Level: 2, Text: "Before a removal"},
		ui.Para("Ask whether the person is protected from removal. The answer is yes or no, and until when; nothing else about anybody is shown here."),
		ui.Button{Text: "Check before a removal", Href: "/non-removal"}}, nil
}

func statistician(*page.Request) ([]ui.Component, error) {
	return []ui.Component{ui.Para("Nothing needs you today. Published figures come from protected tables; nobody’s single case is shown to a statistician.")}, nil
}
