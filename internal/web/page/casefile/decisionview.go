package casefile

import (
	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var findingWords = map[casework.Finding]string{casework.Found: "Found", casework.NotFound: "Not found", casework.NotRequired: "Not needed for a child"}

var statusTags = map[casework.DecisionStatus]ui.Tag{
	casework.Proposed: {Text: "Waits for a second reviewer", Tone: ui.Waiting}, casework.Served: {Text: "Served", Tone: ui.Active},
	casework.Overturned: {Text: "Overturned by the second reviewer", Tone: ui.Special}, casework.Returned: {Text: "Sent back, not served", Tone: ui.Neutral},
	"requested": {Text: "Asked for", Tone: ui.Waiting},
}

// Decision shows one decision as far as the reader may see it.
func Decision(rq *page.Request, f *casework.File, d casework.DecisionView) ui.Component {
	list := ui.SummaryList{Title: d.Kind.Label() + ", " + moment(f, d.ProposedAt).Words(), Rows: []ui.SummaryRow{{Key: "Status", Value: statusTags[d.Status]}}}
	add := func(key string, v ui.Component) {
		if v != nil {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: key, Value: v})
		}
	}
	if d.Status != "requested" {
		add("Outcome", line(OutcomeWords(&d.Decision)))
	}
	add("Served", when(f, d.ServedAt))
	if d.Words != nil {
		words(rq, f, &d, add)
	}
	if !d.ServedAt.IsZero() && rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ViewLetter, f.Resource()).Allowed {
		list.Action = []ui.Link{{Text: "Letter", Hidden: "of this decision", Href: "/decisions/" + f.ID.String() + "/" + d.ID.String() + "/letter"}}
	}
	return list
}

// words adds the findings and the reasons.
func words(rq *page.Request, f *casework.File, d *casework.DecisionView, add func(string, ui.Component)) {
	finding := func(what string, v casework.Finding, why core.Secret) {
		if v == "" {
			return
		}
		if why == "" {
			add(what, ui.Text(findingWords[v]))
			return
		}
		add(what, blocks([]ui.Component{ui.Text(findingWords[v]), ui.Prose(why.Reveal())}))
	}
	add("What the person says", text(d.Words.Request))
	add("Why it came late", text(d.Words.LateReason))
	finding("Act", d.Act, d.Words.Act)
	finding("Means", d.Means, d.Words.Means)
	finding("Purpose", d.Purpose, d.Words.Purpose)
	if p := d.Words.Proposed; p != nil {
		add("The caseworker had found", bullets([]string{"Act: " + findingWords[p.Act], "Means: " + findingWords[p.Means], "Purpose: " + findingWords[p.Purpose]}))
	}
	if d.Ground != "" {
		add("Ground", line(label(f.Rules.EndEarlyGrounds, d.Ground)))
	}
	add("Relies on", bullets(reliedOn(f, d)))
	add("Reasons", text(d.Words.Reasons))
	by := "Decided by"
	if d.Status == "requested" {
		by = "Recorded by"
	}
	add(by, line(rq.Site.UserName(rq.Context(), d.ProposerID)))
	add("Second reviewer", line(rq.Site.UserName(rq.Context(), d.ReviewerID)))
	add("The second reviewer’s words", text(d.Words.Review))
}

func reliedOn(f *casework.File, d *casework.DecisionView) []string {
	var list []string
	for _, code := range d.Indicators {
		list = append(list, indicatorLabel(f, code))
	}
	for _, id := range d.Evidence {
		name := "A document"
		for _, doc := range f.Documents {
			if doc.ID == id {
				name = doc.Name.Reveal()
			}
		}
		list = append(list, name)
	}
	return list
}
