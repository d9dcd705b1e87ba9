package support

import (
	"clew/internal/access"
	"clew/internal/casework"
	domain "clew/internal/support"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Panel is how far support of a case is, on the case's own page, for the
// authority: asked, offered, accepted by whom, ended. It holds no word of the
// file and no place. Nothing for whoever may not see it.
func Panel(rq *page.Request, c *casework.Case) ([]ui.Component, error) {
	if !rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ViewSupportState, c.Resource()).Allowed {
		return nil, nil
	}
	st, err := rq.Site.Support.StateOf(rq.Context(), rq.Actor, rq.Purpose, c.ID)
	if err != nil {
		return nil, err
	}
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return nil, err
	}
	list := ui.SummaryList{Title: "Support", Rows: []ui.SummaryRow{{Key: "State", Value: stateOf(rq, st)}}}
	if n := len(st.Requests); n > 0 && st.Requests[n-1].State == domain.RequestOpen {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Asked so far", Value: askedSoFar(rq, st.Offers, rules.Support.DeclineReasons)})
	}
	if f := st.File; f != nil && f.State != domain.Ended {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Given by", Value: ui.Text(rq.Site.AgencyName(rq.Context(), f.Agency))},
			ui.SummaryRow{Key: "Support notes", Value: notes(rq, f)})
	}
	if st.Can {
		list.Action = []ui.Link{{Text: "Ask for support", Href: "/cases/" + c.ID.String() + "/support"}}
	}
	return []ui.Component{list}, nil
}

func stateOf(rq *page.Request, st *domain.State) ui.Component {
	if f := st.File; f != nil {
		tag := ui.Tag{Text: f.State.Label(), Tone: fileTones[f.State]}
		switch f.State {
		case domain.Notice:
			return ui.Stacked{Main: tag, Sub: domain.ServiceLabel(f.Phase) + "; ends on " + f.EndsOn.Long() + " at the earliest"}
		case domain.Running:
			return ui.Stacked{Main: tag, Sub: domain.ServiceLabel(f.Phase) + " since " + ui.Moment{At: f.StartedAt.In(rq.Zone()), DateOnly: true}.Words()}
		}
		if n := len(st.Requests); n == 0 || st.Requests[n-1].State != domain.RequestOpen {
			return tag
		}
	}
	if n := len(st.Requests); n > 0 {
		r := st.Requests[n-1]
		switch {
		case r.State == domain.RequestOpen && !r.EscalatedAt.IsZero():
			return ui.Stacked{Main: ui.Tag{Text: "Nobody has accepted", Tone: ui.Negative}, Sub: domain.KindLabel(r.Kind) + " asked for on " + ui.Moment{At: r.OpenedAt.In(rq.Zone())}.Words()}
		case r.State == domain.RequestOpen:
			return ui.Stacked{Main: ui.Tag{Text: "Being offered", Tone: ui.Waiting}, Sub: domain.KindLabel(r.Kind) + " asked for on " + ui.Moment{At: r.OpenedAt.In(rq.Zone())}.Words()}
		case r.State == domain.RequestWithdrawn:
			return ui.Text("No longer needed")
		}
	}
	return ui.Muted("Not asked for")
}

func askedSoFar(rq *page.Request, offers []domain.Offer, reasons regionList) ui.Component {
	if len(offers) == 0 {
		return ui.Muted("Nobody: no place fits just now")
	}
	l := ui.List{Plain: true}
	for _, o := range offers {
		words := rq.Site.AgencyName(rq.Context(), o.Agency)
		if o.Declined != "" {
			words += ": " + page.Label(reasons, o.Declined)
		}
		l.Items = append(l.Items, ui.Group{ui.Tag{Text: o.State.Label(), Tone: offerTones[o.State]}, ui.Text(" " + words)})
	}
	return l
}

// notes leads to the support notes where the person lets the authority read them.
func notes(rq *page.Request, f *domain.File) ui.Component {
	if !rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ViewSupportFile, f.Resource()).Allowed {
		return ui.Muted("The person has not agreed that the authority reads them")
	}
	return ui.Link{Text: "Read the support notes", Href: filePath(f.ID, "")}
}
