package children

import (
	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safeguarding"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

var raised = page.Flash("missing-raised", "The child is reported missing. Everybody with a duty is told now: the local authorities, the police force, the competent authority and who gives support.")

func raise(rq *page.Request) error {
	id, err := rq.ID("id")
	if err != nil {
		return err
	}
	child, rules, err := rq.Site.Children.Child(rq.Context(), rq.Actor, Purpose(rq), access.RaiseMissing, id)
	if err != nil {
		return err
	}
	back := path(id, "")
	if !rq.Site.Policies.Check(rq.Actor, Purpose(rq), access.ViewSafeguarding, child.Resource()).Allowed {
		back = "/cases/" + id.String()
	}
	a := ask{title: "Report a child missing", back: back, form: rq.Form().Buttons(ui.Button{Text: "Report now", Kind: ui.Harmful}, ui.Button{Text: "Cancel", Href: back, Kind: ui.Quiet}), done: raised,
		lead: []ui.Component{ui.Para("If the child is in danger at this moment, ring the police first. Then write what you know; the rest can follow as sightings."),
			ui.Heading{Level: 2, Text: "For everybody who looks"}, ui.Para("The police force sees this part and nothing of the child’s case.")}}
	f := a.form
	name := f.Text("name", "Name the child goes by", form.Required("Enter the name by which the child goes."))
	age := f.Text("age", "Age, or about how old (optional)", form.Width("10"))
	seen := askInstant(rq, f, "lastSeen", "Last seen on", "Last seen at", "")
	where := f.Text("where", "Last seen where", form.Required("Enter where the child was last seen."))
	by := f.Text("by", "Last seen by", form.Hint("Name, and how the police can reach them."), form.Required("Enter who saw the child last."))
	look := f.Textarea("description", "What the child looks like and wears", form.Hint("Also languages, medicine the child needs, anything somebody could recognise."), form.Required("Describe the child so that somebody can recognise them."), form.Max(20000))
	how := f.Textarea("circumstances", "What happened (optional)", form.Hint("What led up to it, what the child took along. Not who exploited the child: that belongs below."), form.Max(20000))
	phone := f.Text("phone", "Phone the child carries (optional)", form.Width("20"))
	forces, err := agencies(rq, core.Police)
	if err != nil {
		return err
	}
	force := f.Select("police", "Police force of the area", forces, form.Required("Choose the police force of the area where the child was last seen."))
	if child.Track != nil && !child.Track.Police.IsZero() {
		force.SetValue(child.Track.Police.String())
	}
	reference := f.Text("reference", "Police reference (optional)", form.Width("20"), form.Hint("If you rang them already."))
	risk := f.Radios("risk", "How great is the risk?", options(rules.MissingRisks), form.Required("Choose how great the risk is."))
	why := f.Textarea("why", "Why you think so (optional)", form.Rows(3), form.Max(20000), form.Hint("From here on: for the local authorities and the competent authority only. It is compared with other children without being shown."))
	adults := f.Textarea("adults", "Adults the child may be with (optional)", form.Rows(2), form.Hint("Full names, one a line."))
	addresses := f.Textarea("addresses", "Addresses (optional)", form.Rows(2), form.Hint("One a line."))
	places := f.Textarea("places", "Other places: shops, hotels, stations (optional)", form.Rows(2), form.Hint("One a line, with the town."))
	phones := f.Textarea("phones", "Phone numbers of others (optional)", form.Rows(2), form.Hint("One a line."))
	a.give = func(int) (string, error) {
		at := seen.at()
		if at.IsZero() {
			return "", nil
		}
		id, err := rq.Site.Children.Raise(rq.Context(), rq.Actor, Purpose(rq), id, safeguarding.MissingForm{LastSeen: at, Risk: risk.Choice(), Police: chosen(force),
			Alert: safeguarding.Alert{Name: name.Secret(), Age: age.Secret(), Description: look.Secret(), LastSeenWhere: where.Secret(), LastSeenBy: by.Secret(), Circumstances: how.Secret(),
				Phone: phone.Secret(), PoliceReference: reference.Secret()},
			Background: safeguarding.Background{Why: why.Secret(), Adults: adults.Secret(), Addresses: addresses.Secret(), Places: places.Secret(), Phones: phones.Secret()}})
		return missingPath(id, ""), err
	}
	return a.run(rq)
}

func openEpisode(rq *page.Request) (*safeguarding.EpisodeView, error) {
	id, err := rq.ID("id")
	if err != nil {
		return nil, err
	}
	return rq.Site.Children.Missing(rq.Context(), rq.Actor, Purpose(rq), id)
}

// episode is the page of a missing child: for police the alert, for those who keep
// or follow the track what lies behind it too.
func episode(rq *page.Request) error {
	v, err := openEpisode(rq)
	if err != nil {
		return err
	}
	back := "/missing"
	if v.Behind {
		back = path(v.Subject.CaseID, "")
	}
	body := []ui.Component{episodeBar(rq, v)}
	if v.Withheld {
		body = append(body, withheld())
	}
	body = append(body, alert(rq, v))
	if v.Behind {
		body = append(body, background(v))
	}
	body = append(body, notes(rq, v)...)
	body = append(body, told(rq, v.Notices, v.Episode.ID)...)
	return rq.Show(ui.Page{Title: "Missing child " + v.Reference, Back: back, Wide: true}, body...)
}

func episodeBar(rq *page.Request, v *safeguarding.EpisodeView) ui.IdentityBar {
	e := &v.Episode
	b := ui.IdentityBar{Caption: "Missing child, episode " + itoa(e.Number), Title: v.Reference, Tags: []ui.Component{episodeTag(e.State), ui.Badge{Text: label(v.Rules.MissingRisks, e.Risk), Tone: ui.Negative}},
		Facts: []ui.Fact{{Label: "Last seen", Value: moment(rq, e.LastSeenAt)}, {Label: "Reported", Value: moment(rq, e.RaisedAt)},
			{Label: "Reported by", Value: ui.Text(rq.Site.AgencyName(rq.Context(), e.RaisedAgency))}, {Label: "Police force", Value: ui.Text(rq.Site.AgencyName(rq.Context(), e.Police))}}}
	if !e.FoundAt.IsZero() {
		b.Facts = append(b.Facts, ui.Fact{Label: "Found", Value: moment(rq, e.FoundAt)})
	}
	if e.State == safeguarding.Found && !e.InterviewDue.IsZero() {
		z := zone(rq)
		day := core.DateIn(e.InterviewDue, z)
		b.Clock = &ui.Clock{Name: "Return interview", Left: day.Sub(core.DateIn(rq.Site.Clock.Now(), z)), Unit: "day", Due: "Return interview: " + ui.Moment{At: e.InterviewDue.In(z)}.Words()}
	}
	var do ui.Buttons
	add := func(when bool, text, rest string, kind ui.ButtonKind) {
		if when {
			do.Items = append(do.Items, ui.Button{Text: text, Href: missingPath(e.ID, rest), Kind: kind})
		}
	}
	gone := e.State == safeguarding.Gone
	add(gone && v.Can[access.RecordFound], "The child was found", "found", ui.Secondary)
	add(gone && v.Can[access.RecordSighting], "Record a sighting", "sighting", ui.Secondary)
	add(e.State == safeguarding.Found && v.Can[access.CloseMissing], "Record the return interview", "interview", ui.Secondary)
	add((e.State == safeguarding.Interviewed || e.State == safeguarding.Found && e.FoundCode == "died") && v.Can[access.CloseMissing], "Close the episode", "close", ui.Secondary)
	if (e.State == safeguarding.Found || e.State == safeguarding.Interviewed) && v.Can[access.RaiseMissing] {
		do.Items = append(do.Items, ui.Button{Text: "Missing again", Href: path(v.Subject.CaseID, "missing"), Kind: ui.Harmful})
	}
	if len(do.Items) > 0 {
		b.Actions = &do
	}
	return b
}

func alert(rq *page.Request, v *safeguarding.EpisodeView) ui.Component {
	a := v.Alert
	list := ui.SummaryList{Title: "Who to look for"}
	add := func(key string, s core.Secret) {
		if s != "" {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: key, Value: prose(s)})
		}
	}
	add("Name", a.Name)
	add("Age", a.Age)
	add("Description", a.Description)
	list.Rows = append(list.Rows, ui.SummaryRow{Key: "Last seen", Value: moment(rq, v.LastSeenAt)})
	add("Where", a.LastSeenWhere)
	add("By", a.LastSeenBy)
	add("What happened", a.Circumstances)
	add("Phone the child carries", a.Phone)
	add("Police reference", a.PoliceReference)
	return list
}

func background(v *safeguarding.EpisodeView) ui.Component {
	b := v.Background
	list := ui.SummaryList{Title: "For the local authorities and the competent authority only"}
	for _, row := range []struct {
		key string
		s   core.Secret
	}{{"Why this grade", b.Why}, {"Adults the child may be with", b.Adults}, {"Addresses", b.Addresses}, {"Places", b.Places}, {"Phone numbers", b.Phones}} {
		if row.s != "" {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: row.key, Value: prose(row.s)})
		}
	}
	if len(list.Rows) == 0 {
		list.Rows = []ui.SummaryRow{{Key: "Known so far", Value: ui.Muted("Nothing was written down")}}
	}
	return list
}

func notes(rq *page.Request, v *safeguarding.EpisodeView) []ui.Component {
	if len(v.Notes) == 0 {
		return nil
	}
	line := ui.Timeline{Level: 3}
	for i := len(v.Notes) - 1; i >= 0; i-- {
		n := &v.Notes[i]
		item := ui.TimelineItem{Title: n.Kind.Label(), By: rq.Site.UserName(rq.Context(), n.ActorID) + ", " + rq.Site.AgencyName(rq.Context(), n.AgencyID), When: ui.Moment{At: n.When.In(zone(rq))}, Key: n.Kind == safeguarding.NoteFound}
		if n.Code != "" {
			codes := v.Rules.FoundStates
			if n.Kind == safeguarding.NoteClosed {
				codes = v.Rules.MissingEndings
			}
			item.Body = append(item.Body, ui.Para(labelOf(codes, n.Code)))
		}
		for _, s := range []core.Secret{n.Where, n.Who, n.Text} {
			if s != "" {
				item.Body = append(item.Body, prose(s))
			}
		}
		line.Items = append(line.Items, item)
	}
	return []ui.Component{ui.Heading{Level: 2, Text: "What happened since"}, line}
}

var (
	sightingDone  = page.Flash("missing-sighting", "The sighting is recorded, and everybody who looks is told.")
	foundDone     = page.Flash("missing-found", "Recorded that the child was found. Everybody who looked is told. The return interview has its clock.")
	interviewDone = page.Flash("missing-interview", "The return interview is recorded.")
	closedDone    = page.Flash("missing-closed", "The episode is closed.")
)

// onEpisode prepares a form page about an episode, for those who may do it.
func onEpisode(rq *page.Request, action access.Action, title, press, done string) (*safeguarding.EpisodeView, *ask, error) {
	v, err := openEpisode(rq)
	if err != nil {
		return nil, nil, err
	}
	if !v.Can[action] {
		return nil, nil, core.E(core.Forbidden, "access.forbidden", "Your role does not allow this.")
	}
	back := missingPath(v.Episode.ID, "")
	return v, &ask{title: title, back: back, rev: v.Episode.Rev, done: done, form: rq.Form().Buttons(ui.Button{Text: press}, ui.Button{Text: "Cancel", Href: back, Kind: ui.Quiet})}, nil
}

func sighting(rq *page.Request) error {
	v, a, err := onEpisode(rq, access.RecordSighting, "Somebody saw the child", "Record the sighting", sightingDone)
	if err != nil {
		return err
	}
	when := askInstant(rq, a.form, "when", "Seen on", "Seen at", "")
	where := a.form.Text("where", "Where", form.Required("Enter where the child was seen."))
	who := a.form.Text("who", "By whom", form.Hint("And how they can be reached."), form.Required("Enter who saw the child."))
	text := a.form.Textarea("text", "What was seen (optional)", form.Hint("Who was with the child, how the child seemed, which way they went."), form.Max(20000))
	a.give = func(int) (string, error) {
		at := when.at()
		if at.IsZero() {
			return "", nil
		}
		return a.back, rq.Site.Children.Sight(rq.Context(), rq.Actor, Purpose(rq), v.Episode.ID, safeguarding.SightingForm{When: at, Words: safeguarding.Words{Where: where.Secret(), Who: who.Secret(), Text: text.Secret()}})
	}
	return a.run(rq)
}

func found(rq *page.Request) error {
	v, a, err := onEpisode(rq, access.RecordFound, "The child was found", "Record", foundDone)
	if err != nil {
		return err
	}
	when := askInstant(rq, a.form, "when", "Found on", "Found at", "")
	where := a.form.Text("where", "Where", form.Required("Enter where the child was found."))
	how := a.form.Radios("code", "How is the child?", options(v.Rules.FoundStates), form.Required("Choose how the child was found."))
	who := a.form.Text("who", "Who is with the child now (optional)")
	text := a.form.Textarea("text", "What is known (optional)", form.Hint("Do not question the child now: somebody independent listens at the return interview."), form.Max(20000))
	a.give = func(rev int) (string, error) {
		at := when.at()
		if at.IsZero() {
			return "", nil
		}
		return a.back, rq.Site.Children.RecordFound(rq.Context(), rq.Actor, Purpose(rq), v.Episode.ID, rev, safeguarding.SightingForm{When: at, Code: how.Choice(),
			Words: safeguarding.Words{Where: where.Secret(), Who: who.Secret(), Text: text.Secret()}})
	}
	return a.run(rq)
}

func interview(rq *page.Request) error {
	v, a, err := onEpisode(rq, access.CloseMissing, "Return interview", "Record the interview", interviewDone)
	if err != nil {
		return err
	}
	a.lead = []ui.Component{ui.Para("Somebody who is independent of the placement listens to the child: why the child left, where the child was, with whom, and what would make it safe to stay. The child need not answer.")}
	when := askInstant(rq, a.form, "when", "Held on", "Held at", "")
	who := a.form.Text("who", "Who listened", form.Required("Enter who listened to the child."))
	talked := a.form.Radios("talked", "Did the child want to talk?", []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No", Hint: "Write below what was offered. The child can talk later."}}, form.Required("Choose whether the child wanted to talk."))
	text := a.form.Textarea("text", "What the child said, or what was offered", form.Hint("In the child’s own words where you can."), form.Required("Enter what the child said, or what was offered."), form.Max(20000))
	where := a.form.Textarea("where", "Where the child was (optional)", form.Rows(2))
	adults := a.form.Textarea("adults", "Adults the child named (optional)", form.Rows(2), form.Hint("Full names, one a line. Compared with other children without being shown."))
	addresses := a.form.Textarea("addresses", "Addresses (optional)", form.Rows(2), form.Hint("One a line."))
	places := a.form.Textarea("places", "Other places (optional)", form.Rows(2), form.Hint("One a line, with the town."))
	phones := a.form.Textarea("phones", "Phone numbers (optional)", form.Rows(2), form.Hint("One a line."))
	a.give = func(rev int) (string, error) {
		at := when.at()
		if at.IsZero() {
			return "", nil
		}
		return a.back, rq.Site.Children.Interview(rq.Context(), rq.Actor, Purpose(rq), v.Episode.ID, rev, safeguarding.InterviewForm{When: at, Declined: talked.Choice() == "no",
			Words:      safeguarding.Words{Who: who.Secret(), Text: text.Secret(), Where: where.Secret()},
			Background: safeguarding.Background{Adults: adults.Secret(), Addresses: addresses.Secret(), Places: places.Secret(), Phones: phones.Secret()}})
	}
	return a.run(rq)
}

func closeEpisode(rq *page.Request) error {
	v, a, err := onEpisode(rq, access.CloseMissing, "Close the episode", "Close the episode", closedDone)
	if err != nil {
		return err
	}
	how := a.form.Radios("code", "How did it end?", options(v.Rules.MissingEndings), form.Required("Choose how it ended."))
	text := a.form.Textarea("text", "What changes for the child", form.Hint("So that it does not happen again: placement, phone, visits, who checks."), form.Required("Enter what changes for the child."), form.Max(20000))
	a.give = func(rev int) (string, error) {
		return a.back, rq.Site.Children.CloseEpisode(rq.Context(), rq.Actor, Purpose(rq), v.Episode.ID, rev, safeguarding.CloseForm{Code: how.Choice(), Words: safeguarding.Words{Text: text.Secret()}})
	}
	return a.run(rq)
}
