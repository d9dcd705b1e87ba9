package papers

import (
	"slices"
	"strconv"

	"clew/internal/casework"
	"clew/internal/core"
	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

func papersPath(caseID core.ID, rest string) string {
	return "/cases/" + caseID.String() + "/papers" + rest
}

// tabs is the way round the papers of a case.
func tabs(caseID core.ID, current string) ui.SubNav {
	nav := ui.SubNav{Label: "Papers and ways on"}
	for _, p := range []struct{ text, path string }{{"Permits and leave", papersPath(caseID, "")}, {"Justice and compensation", papersPath(caseID, "/redress")},
		{"Voluntary return", returnPath(caseID)}} {
		nav.Items = append(nav.Items, ui.NavItem{Text: p.text, Href: p.path, Current: p.text == current})
	}
	return nav
}

func openPapers(rq *page.Request) (*domain.Papers, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Support.Papers(rq.Context(), rq.Actor, rq.Purpose, id)
}

func overview(rq *page.Request) error {
	v, err := openPapers(rq)
	if err != nil {
		return err
	}
	body := []ui.Component{ui.Heading{Level: 1, Text: "Permits and leave"}, tabs(v.Case, "Permits and leave"), ui.Para("Case " + v.Reference + ".")}
	if len(v.Warnings) > 0 {
		day := core.DateIn(v.Warnings[0].DueAt, v.Zone)
		body = append(body, ui.Warning("A permit ends soon: its last day is "+day.Long()+". Talk with the person about applying for a new one."))
	}
	if v.MayWork {
		body = append(body, ui.Button{Text: "Record an application", Href: papersPath(v.Case, "/apply")})
	}
	if len(v.Permits) == 0 {
		body = append(body, ui.Para("Nothing has been applied for."))
	}
	known, err := documents(rq, v)
	if err != nil {
		return err
	}
	for i := range v.Permits {
		body = append(body, permitCard(v, &v.Permits[i], known))
	}
	if len(v.Permits) > 0 {
		body = append(body, ui.List{Plain: true, Items: []ui.Component{ui.Link{Text: "A copy for the person, to print", Href: papersPath(v.Case, "/copy")}}})
	}
	return rq.Show(ui.Page{Title: "Permits and leave", Back: "/cases/" + v.Case.String()}, body...)
}

// permitCard is one permit with what can be done next.
func permitCard(v *domain.Papers, p *domain.PermitView, known []casework.DocumentView) ui.Component {
	list := ui.SummaryList{Title: domain.PermitKindLabel(p.Kind) + ", applied for on " + p.AppliedOn.Long(), Rows: permitRows(v, p)}
	add := func(key string, s core.Secret) {
		if s != "" {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: key, Value: ui.Prose(s.Reveal())})
		}
	}
	add("Reference", p.Words.Reference)
	if p.Asylum != "" {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Asylum procedure", Value: ui.Stacked{Main: ui.Text("Linked: " + domain.AsylumLabel(p.Asylum)), Sub: p.Words.AsylumReference.Reveal()}})
	}
	if len(p.Evidence) > 0 {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: "Evidence", Value: evidence(v.Case, p.Evidence, known)})
	}
	add("Reason", p.Words.Reason)
	if v.MayWork {
		for _, name := range stepNames {
			if s := permitSteps[name]; p.State.MayBecome(s.to) {
				list.Action = append(list.Action, ui.Link{Text: s.link, Href: papersPath(v.Case, "/permits/"+p.ID.String()+"/"+name), Hidden: "of the application of " + p.AppliedOn.Long()})
			}
		}
	}
	return list
}

// documents are those of the case that the reader may open; a page without
// evidence opens none.
func documents(rq *page.Request, v *domain.Papers) ([]casework.DocumentView, error) {
	if !slices.ContainsFunc(v.Permits, func(p domain.PermitView) bool { return len(p.Evidence) > 0 }) {
		return nil, nil
	}
	return documentsOf(rq, v.Case)
}

func documentsOf(rq *page.Request, caseID core.ID) ([]casework.DocumentView, error) {
	f, err := rq.Site.Cases.File(rq.Context(), rq.Actor, rq.Purpose, caseID, casework.PartDocuments)
	switch core.KindOf(err) {
	case core.NotFound, core.Forbidden:
		return nil, nil // a provider works with papers and sees no documents
	}
	if err != nil {
		return nil, err
	}
	return f.Documents, nil
}

// evidence lists the documents of an application: by name and linked those that
// the reader may open, the others by their number.
func evidence(caseID core.ID, ids []core.ID, known []casework.DocumentView) ui.Component {
	list, closed := ui.List{Plain: true}, 0
	for _, id := range ids {
		i := slices.IndexFunc(known, func(d casework.DocumentView) bool { return d.ID == id })
		if i < 0 {
			closed++
			continue
		}
		list.Items = append(list.Items, ui.Link{Text: known[i].Name.Reveal(), Href: "/cases/" + caseID.String() + "/documents/" + id.String()})
	}
	switch {
	case closed == 1:
		list.Items = append(list.Items, ui.Muted("A document that you may not open"))
	case closed > 1:
		list.Items = append(list.Items, ui.Muted(strconv.Itoa(closed)+" documents that you may not open"))
	}
	return list
}

// evidenceField offers the documents of the case that the reader may open.
func evidenceField(f *form.Form, known []casework.DocumentView) *form.Field {
	if len(known) == 0 {
		return nil
	}
	options := make([]form.Option, len(known))
	for i, d := range known {
		options[i] = form.Option{Value: d.ID.String(), Label: d.Name.Reveal()}
	}
	return f.Checkboxes("evidence", "Evidence that goes with it", options, form.Hint("Optional. Documents of the case that you may open."), form.Small())
}

// chosen are the documents that were ticked.
func chosen(f *form.Field) (ids []core.ID) {
	if f == nil {
		return nil
	}
	for _, c := range f.Choices() {
		if id, err := core.ParseID(c); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// permitRows are the facts that the person's own copy has too.
func permitRows(v *domain.Papers, p *domain.PermitView) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "State", Value: ui.Tag{Text: p.State.Label(), Tone: tones[p.State]}}}
	if p.Ground != "" {
		rows = append(rows, ui.SummaryRow{Key: "Ground", Value: ui.Text(page.Label(v.Rules.Permit.Grounds, p.Ground))})
	}
	if !p.From.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: "First day", Value: ui.Text(p.From.Long())}, ui.SummaryRow{Key: "Last day", Value: ui.Text(p.Until.Long())})
	}
	return rows
}

// personsCopy is what the person takes along: no reference of another procedure,
// and nobody's notes.
func personsCopy(rq *page.Request) error {
	v, err := openPapers(rq)
	if err != nil {
		return err
	}
	body := ui.Reading{ui.Heading{Level: 1, Text: "Your papers"}, ui.Para("This is your own copy. Keep it where only you find it. Ask us before the last day comes near: we help with a new application.")}
	for i := range v.Permits {
		p := &v.Permits[i]
		body = append(body, ui.SummaryList{Title: domain.PermitKindLabel(p.Kind) + ", applied for on " + p.AppliedOn.Long(), Rows: permitRows(v, p)})
	}
	return rq.Show(ui.Page{Title: "Your papers", Back: papersPath(v.Case, "")}, body)
}

var applicationSaved = page.Flash("papers-applied", "The application was recorded.")

func apply(rq *page.Request) error {
	v, err := openPapers(rq)
	if err != nil {
		return err
	}
	if !v.MayWork {
		return page.ErrNotFound
	}
	f := rq.Form()
	ground := f.Radios("ground", "Ground", page.Options(v.Rules.Permit.Grounds), form.Required("Choose the ground."))
	kinds := []form.Option{{Value: domain.ResidencePermit, Label: domain.PermitKindLabel(domain.ResidencePermit), Reveal: []*form.Field{ground}}}
	if v.Child {
		kinds = append(kinds, form.Option{Value: domain.ChildLeave, Label: domain.PermitKindLabel(domain.ChildLeave)})
	}
	kind := f.Radios("kind", "What is applied for?", kinds, form.Required("Choose what is applied for."))
	on := f.Date("appliedOn", "Applied on", form.Required("Enter the day."))
	reference := f.Text("reference", "Reference of the application", form.Hint("Optional. It is sealed."), form.Width("20"), form.Max(domain.MaxShort))
	asylum := f.Select("asylum", "An asylum procedure runs beside it", page.Choices(domain.AsylumStates, domain.AsylumLabel), form.Hint("Optional: how far it is."))
	asylumReference := f.Text("asylumReference", "Reference of the asylum procedure", form.Hint("Optional. It is sealed; the file itself is never here."), form.Width("20"), form.Max(domain.MaxShort))
	known, err := documentsOf(rq, v.Case)
	if err != nil {
		return err
	}
	proof := evidenceField(f, known)
	f.Buttons(ui.Button{Text: "Record the application"}, ui.Button{Text: "Cancel", Href: papersPath(v.Case, ""), Kind: ui.Quiet})
	return answer(rq, f, sheet{title: "Record an application", why: "What the person told anybody about the investigation is no condition of a permit for their personal situation.", back: papersPath(v.Case, ""), done: applicationSaved},
		func() error {
			_, err := rq.Site.Support.ApplyPermit(rq.Context(), rq.Actor, rq.Purpose, v.Case, domain.PermitForm{Kind: kind.Choice(), Ground: ground.Choice(), AppliedOn: on.Date(),
				Evidence: chosen(proof), Reference: reference.Secret(), Asylum: asylum.Choice(), AsylumReference: asylumReference.Secret()})
			return err
		})
}

// step is a short page for one step of a permit.
type step struct {
	to          domain.PermitState
	link, title string
	fill        func(rq *page.Request, f *form.Form, p *domain.PermitView) func(rev int) error
}

var stepNames = []string{"grant", "pause", "resume", "refuse", "end"}

var permitSteps = map[string]step{
	"grant":  {to: domain.PermitGranted, link: "Record a grant", title: "Record a grant", fill: fillGrant},
	"pause":  {to: domain.PermitPaused, link: "Pause", title: "Record that the application waits", fill: reasoned((*domain.Service).PausePermit)},
	"resume": {to: domain.PermitApplied, link: "Resume", title: "The application goes on", fill: fillResume},
	"refuse": {to: domain.PermitRefused, link: "Record a refusal", title: "Record a refusal", fill: reasoned((*domain.Service).RefusePermit)},
	"end":    {to: domain.PermitEnded, link: "End", title: "Record an early end", fill: reasoned((*domain.Service).EndPermit)},
}

var stepSaved = page.Flash("papers-saved", "It was recorded.")

func permitStep(rq *page.Request) error {
	v, err := openPapers(rq)
	if err != nil {
		return err
	}
	id, err := rq.ID("permit")
	if err != nil {
		return err
	}
	s, known := permitSteps[rq.PathValue("step")]
	var p *domain.PermitView
	for i := range v.Permits {
		if v.Permits[i].ID == id {
			p = &v.Permits[i]
		}
	}
	if p == nil || !known || !v.MayWork {
		return page.ErrNotFound
	}
	f := rq.Form()
	give := s.fill(rq, f, p)
	rev := f.Hidden("rev", strconv.Itoa(p.Rev))
	f.Buttons(ui.Button{Text: "Record"}, ui.Button{Text: "Cancel", Href: papersPath(v.Case, ""), Kind: ui.Quiet})
	return answer(rq, f, sheet{title: s.title, why: "Case " + v.Reference + ".", back: papersPath(v.Case, ""), done: stepSaved}, func() error { return atRev(rev, give) })
}

func fillGrant(rq *page.Request, f *form.Form, p *domain.PermitView) func(rev int) error {
	from := f.Date("from", "First day", form.Required("Enter the first day."))
	reason := func() *form.Field {
		return f.Textarea("reason", "If it is shorter than usual, why?", form.Rows(3), form.Hint("Optional."))
	}
	if p.Kind == domain.ChildLeave {
		return func(rev int) error {
			return rq.Site.Support.GrantPermit(rq.Context(), rq.Actor, rq.Purpose, p.ID, rev, domain.Grant{From: from.Date()})
		}
	}
	months := f.Number("months", "For how many months?", 1, 120, form.Hint("Or enter the last day below."))
	until := f.Date("until", "Last day")
	why := reason()
	return func(rev int) error {
		return rq.Site.Support.GrantPermit(rq.Context(), rq.Actor, rq.Purpose, p.ID, rev, domain.Grant{From: from.Date(), Months: months.Int(), Until: until.Date(), Reason: why.Secret()})
	}
}

func fillResume(rq *page.Request, _ *form.Form, p *domain.PermitView) func(rev int) error {
	return func(rev int) error {
		return rq.Site.Support.ResumePermit(rq.Context(), rq.Actor, rq.Purpose, p.ID, rev)
	}
}

// reasoned is a step that only asks why.
func reasoned(do reasonedStep) func(*page.Request, *form.Form, *domain.PermitView) func(int) error {
	return func(rq *page.Request, f *form.Form, p *domain.PermitView) func(int) error {
		reason := f.Textarea("reason", "Reason", form.Rows(3), form.Required("Write the reason as you know it. “None was given” is an answer too."))
		return func(rev int) error {
			return do(rq.Site.Support, rq.Context(), rq.Actor, rq.Purpose, p.ID, rev, reason.Secret())
		}
	}
}

var redressSaved = page.Flash("papers-redress", "It was saved.")

var cooperationLabels = map[string]string{domain.CooperationNotAsked: "Nobody has asked", domain.CooperationUndecided: "Not decided yet", domain.CooperationYes: "Wants to",
	domain.CooperationNo: "Does not want to", domain.CooperationStopped: "Wanted to, and has stopped"}

func redress(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	v, err := rq.Site.Support.ViewRedress(rq.Context(), rq.Actor, rq.Purpose, id)
	if err != nil {
		return err
	}
	if !v.MayWork {
		return page.ErrNotFound
	}
	f, r := rq.Form(), v.Redress
	area := func(name, title string, now core.Secret, hint string) *form.Field {
		return f.Textarea(name, title, form.Rows(3), form.Hint(hint), form.Value(page.Given(now.Reveal())...))
	}
	crime := f.Text("crimeReference", "Crime reference", form.Hint("Optional."), form.Width("20"), form.Max(domain.MaxShort), form.Value(page.Given(r.CrimeReference.Reveal())...))
	measures := f.Checkboxes("specialMeasures", "Measures that protect them as a witness", page.Options(v.Rules.Redress.SpecialMeasures), form.Value(r.SpecialMeasures...))
	on := f.Date("chosenOn", "They said so on", form.Hint("Leave empty when nobody has asked."))
	if !r.ChosenOn.IsZero() {
		on.SetDate(r.ChosenOn)
	}
	cooperation := f.Radios("cooperation", "Cooperating with an investigation", page.Choices(domain.Cooperations, func(c string) string { return cooperationLabels[c] }),
		form.Hint("The person’s own choice. No help and no permit for their personal situation depends on it."), form.Required("Choose what the person has said."), form.Value(page.Given(r.Cooperation)...))
	words := area("ownWords", "As they put it", r.OwnWords, "Optional.")
	routes := f.Checkboxes("routes", "Ways to compensation that were begun", page.Options(v.Rules.Redress.Routes), form.Value(r.Routes...))
	claims := area("claims", "How these stand", r.Claims, "Optional.")
	version := f.Hidden("rev", strconv.Itoa(v.Version+1)) // one more, so that it is never 0
	f.Buttons(ui.Button{Text: "Save"}, ui.Button{Text: "Cancel", Href: papersPath(v.Case, ""), Kind: ui.Quiet})
	return answer(rq, f, sheet{title: "Justice and compensation", why: "Case " + v.Reference + ". Everything here is sealed, every version.", back: "/cases/" + v.Case.String(),
		next: papersPath(v.Case, "/redress"), done: redressSaved, nav: tabs(v.Case, "Justice and compensation")}, func() error {
		return atRev(version, func(rev int) error {
			return rq.Site.Support.SaveRedress(rq.Context(), rq.Actor, rq.Purpose, v.Case, rev-1, domain.Redress{CrimeReference: crime.Secret(), SpecialMeasures: measures.Choices(),
				Cooperation: cooperation.Choice(), ChosenOn: on.Date(), OwnWords: words.Secret(), Routes: routes.Choices(), Claims: claims.Secret()})
		})
	})
}
