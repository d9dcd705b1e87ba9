package decision

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/ui"
)

// The buttons of the two steps.
const (
	stepPreview = "preview"
	stepServe   = "serve"
	stepChange  = "change"
)

// desk is one decision while it is being taken.
type desk struct {
	rq    *page.Request
	f     *casework.File
	kind  casework.DecisionKind
	form  *form.Form
	given *casework.DecisionForm
	asked *form.Field // the kind of decision that the form was opened for
	rev   *form.Field
	seen  *form.Field
	note  []ui.Component // what changed meanwhile
}

func decide(rq *page.Request) error {
	f, err := casefile.Open(rq, casework.PartSummary, casework.PartDocuments, casework.PartDecisions)
	if err != nil {
		return err
	}
	kind, cmd := casework.DecisionOf(&f.Case)
	notNow := rq.Site.Cases.MayNow(rq.Actor, rq.Purpose, &f.Case, cmd)
	if notNow != nil && (rq.Method != http.MethodPost || core.KindOf(notNow) != core.NotNow) {
		return notNow
	}
	if f.ReviewOf != casework.NoDecision && rq.Method != http.MethodPost {
		return core.E(core.NotNow, "decision.waiting", "A decision on this case already waits for a second reviewer. Let it be reviewed first.")
	}
	d := &desk{rq: rq, f: f, kind: kind, form: rq.Form()}
	d.ask()
	if rq.Method != http.MethodPost {
		return d.show()
	}
	if err := rq.Read(d.form); err != nil {
		return err
	}
	d.given = d.read()
	return d.step(rq.PostFormValue("step"))
}

// ask puts the questions on the form.
func (d *desk) ask() {
	f := d.form
	for _, e := range elements(d.f) {
		f.Radios(e.name, e.label, e.findings, form.Required("Choose a finding on the "+e.name+"."), form.Hint(e.hint), form.Bold())
		f.Textarea("reasons."+e.name, "What this finding rests on", form.Hint("Optional. It stands in the letter beside the finding."), form.Max(casework.MaxAccount), form.Rows(3))
	}
	f.Checkboxes("indicators", "Indicators you rely on", d.indicators(), form.Hint("From this case"), form.Bold())
	f.Checkboxes("evidence", "Documents you rely on", d.documents(), form.Bold())
	f.Textarea("reasons.reasons", "Reasons", form.Required("Give the reasons. They are part of the letter."), form.Max(casework.MaxAccount), form.Rows(10), form.Bold(),
		form.Hint("The person reads them. Say what you relied on and why, in short sentences and without blame."))
	f.Radios("outcome", "Outcome", d.outcomes(), form.Required("Choose the outcome."), form.Bold())
	d.asked = f.Hidden("kind", string(d.kind))
	d.rev = f.Hidden("rev", strconv.Itoa(d.f.Rev))
	d.seen = f.Hidden("seen", strconv.FormatInt(d.rq.Site.Clock.Now().UnixMicro(), 10))
	f.Buttons(ui.Button{Text: "Preview the letter", Name: "step", Value: stepPreview}, ui.Button{Text: "Cancel", Href: casefile.Path(d.f, ""), Kind: ui.Quiet})
}

// element is one of the three elements of the definition of trafficking, as it is
// asked about.
type element struct {
	name, label, hint string
	findings          []form.Option
}

// elements are act, means and purpose. For a child no means need be found.
func elements(f *casework.File) []element {
	findings := []form.Option{{Value: string(casework.Found), Label: "Found"}, {Value: string(casework.NotFound), Label: "Not found"}}
	means := findings
	if f.WasChild() {
		means = append(slices.Clone(findings), form.Option{Value: string(casework.NotRequired), Label: "Not needed: the person is a child or presumed to be one"})
	}
	return []element{
		{"act", "Act: what was done", "Recruiting, transporting, transferring, harbouring or receiving the person", findings},
		{"means", "Means: how it was done", "Threat, force, deception, abuse of power or of a vulnerable position, payment to somebody who controls the person", means},
		{"purpose", "Purpose: what it was for", "Exploitation, whether or not it had begun", findings},
	}
}

func (d *desk) indicators() []form.Option {
	var out []form.Option
	for _, i := range d.f.Facts.Indicators {
		if ind, ok := d.f.Catalogue.ByCode(i.Code); ok {
			out = append(out, form.Option{Value: i.Code, Label: ind.Label})
		}
	}
	return out
}

func (d *desk) documents() []form.Option {
	var out []form.Option
	for _, doc := range d.f.Documents {
		out = append(out, form.Option{Value: doc.ID.String(), Label: doc.Name.Reveal()})
	}
	return out
}

func (d *desk) outcomes() []form.Option {
	positive, negative := "Positive: reasonable grounds to believe that the person is a victim", "Negative"
	if d.kind == casework.ConclusiveGrounds {
		positive = "Positive: on the balance of probabilities the person is a victim"
	}
	if d.kind == casework.Reconsidered {
		positive, negative = "Positive: the earlier decision is replaced", "Negative: the earlier decision stays"
	}
	return []form.Option{{Value: string(casework.Positive), Label: positive, Hint: "Served as soon as you confirm the letter"},
		{Value: string(casework.Negative), Label: negative, Hint: "A second reviewer, who is somebody else, must confirm it before it is served"}}
}

// read is what the form says.
func (d *desk) read() *casework.DecisionForm {
	get := d.form.Field
	g := &casework.DecisionForm{Outcome: casework.Outcome(get("outcome").Choice()), Act: casework.Finding(get("act").Choice()), Means: casework.Finding(get("means").Choice()),
		Purpose: casework.Finding(get("purpose").Choice()), Indicators: get("indicators").Choices(),
		Reasons: casework.Reasons{Act: get("reasons.act").Secret(), Means: get("reasons.means").Secret(), Purpose: get("reasons.purpose").Secret(), Reasons: get("reasons.reasons").Secret()}}
	for _, v := range get("evidence").Choices() {
		if id, err := core.ParseID(v); err == nil {
			g.Evidence = append(g.Evidence, id)
		}
	}
	return g
}

// step goes on with what was sent: to the preview, back to the form, or on to
// casework.
func (d *desk) step(step string) error {
	if step == stepChange {
		return d.show()
	}
	if d.form.Valid() {
		err := d.check()
		if err == nil && step != stepServe {
			return d.preview()
		}
		if err == nil {
			err = d.take()
		}
		if err == nil {
			return d.done()
		}
		if err := d.refused(err); err != nil {
			return err
		}
	}
	return d.show()
}

// check finds what is wrong before anything is served. When somebody else was
// quicker, that comes first.
func (d *desk) check() error {
	if d.rev.Text() != strconv.Itoa(d.f.Rev) || d.asked.Text() != string(d.kind) {
		return core.E(core.Conflict, "case.changed_meanwhile", casefile.ChangedMeanwhile)
	}
	return casework.CheckDecision(d.f, d.kind, d.given)
}

func (d *desk) take() error {
	s, ctx, rq := d.rq.Site.Cases, d.rq.Context(), d.rq
	take := map[casework.DecisionKind]func() error{
		casework.ReasonableGrounds: func() error { return s.DecideRG(ctx, rq.Actor, rq.Purpose, d.f.ID, d.f.Rev, *d.given) },
		casework.ConclusiveGrounds: func() error { return s.DecideCG(ctx, rq.Actor, rq.Purpose, d.f.ID, d.f.Rev, *d.given) },
		casework.Reconsidered:      func() error { return s.Reconsider(ctx, rq.Actor, rq.Purpose, d.f.ID, d.f.Rev, *d.given) },
	}[d.kind]
	if take == nil {
		return core.E(core.NotNow, "decision.none", "There is nothing to decide in this case now.")
	}
	return take()
}

var (
	served   = page.Flash("decision-served", "The decision is served. Its letter is ready to print.")
	proposed = page.Flash("decision-proposed", "The decision waits for a second reviewer. Nothing is served yet.")
)

func (d *desk) done() error {
	if d.given.Outcome == casework.Negative {
		return d.rq.Done(casefile.Path(d.f, "decisions"), proposed)
	}
	return d.rq.Done(casefile.Path(d.f, "decisions"), served)
}

// refused puts an error on the form, or returns it when the form cannot mend it.
func (d *desk) refused(err error) error {
	if core.KindOf(err) == core.Conflict {
		d.form.Fail(casefile.ChangedMeanwhile)
		d.clash()
		return nil
	}
	if !page.Refused(d.form, err) {
		return err
	}
	return nil
}

// clash shows what the other person did beside what was typed here. The next
// press of the button means it.
func (d *desk) clash() {
	fresh, err := casefile.Open(d.rq, casework.PartSummary, casework.PartDocuments, casework.PartDecisions)
	if err == nil {
		d.f = fresh
	}
	d.rev.SetValue(strconv.Itoa(d.f.Rev))
	d.note = casefile.Meanwhile(d.rq, d.f, d.seen.Text())
	if other := newest(d.f, d.seen.Text()); other != nil {
		d.note = append(d.note, ui.Heading{Level: 2, Text: "Both versions"}, bothVersions(d.rq, d.f, d.given, other))
	}
	kind, cmd := casework.DecisionOf(&d.f.Case)
	if string(kind) != d.asked.Text() || d.f.ReviewOf != casework.NoDecision || d.rq.Site.Cases.MayNow(d.rq.Actor, d.rq.Purpose, &d.f.Case, cmd) != nil {
		d.note = append(d.note, ui.Para("The decision you were writing has been taken by somebody else, so it cannot be sent any more. What you typed is kept below, so that you can copy it."))
		d.kind = casework.DecisionKind(d.asked.Text())
		d.form.Buttons(ui.Button{Text: "Back to the case", Href: casefile.Path(d.f, "decisions"), Kind: ui.Secondary})
	}
}

// newest is the decision that somebody made since the form was opened.
func newest(f *casework.File, seen string) *casework.DecisionView {
	micro, _ := strconv.ParseInt(seen, 10, 64)
	if len(f.Decisions) == 0 {
		return nil
	}
	last := &f.Decisions[len(f.Decisions)-1]
	if last.ProposedAt.UnixMicro() < micro || last.Words == nil {
		return nil
	}
	return last
}

func bothVersions(rq *page.Request, f *casework.File, mine *casework.DecisionForm, theirs *casework.DecisionView) ui.Versions {
	v := ui.Versions{Yours: "What you typed", Theirs: "Sent by " + rq.Site.UserName(rq.Context(), theirs.ProposerID)}
	row := func(field, a, b string) {
		v.Rows = append(v.Rows, ui.VersionRow{Field: field, Yours: a, Theirs: b})
	}
	row("Outcome", outcomeWords[mine.Outcome], outcomeWords[theirs.Outcome])
	row("Act", findingWords[mine.Act], findingWords[theirs.Act])
	row("Means", findingWords[mine.Means], findingWords[theirs.Means])
	row("Purpose", findingWords[mine.Purpose], findingWords[theirs.Purpose])
	row("Indicators", indicatorWords(f, mine.Indicators), indicatorWords(f, theirs.Indicators))
	row("Reasons", mine.Reasons.Reasons.Reveal(), theirs.Words.Reasons.Reveal())
	return v
}

func indicatorWords(f *casework.File, codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = code
		if ind, ok := f.Catalogue.ByCode(code); ok {
			words[i] = ind.Label
		}
	}
	return strings.Join(words, "; ")
}

var (
	outcomeWords = map[casework.Outcome]string{casework.Positive: "Positive", casework.Negative: "Negative"}
	findingWords = map[casework.Finding]string{casework.Found: "Found", casework.NotFound: "Not found", casework.NotRequired: "Not needed for a child"}
)

func (d *desk) title() string {
	if d.kind == casework.Reconsidered {
		return "Reconsider the decision"
	}
	return d.kind.Label()
}

func (d *desk) show() error {
	head := []ui.Component{casefile.Bar(d.rq, d.f, false)}
	left := append([]ui.Component{ui.Heading{Level: 2, Text: d.title()}}, d.standard()...)
	left = append(left, d.note...)
	left = append(left, d.laid())
	right := append([]ui.Component{ui.Heading{Level: 2, Text: "The case"}}, casefile.Summary(d.rq, d.f)...)
	return d.rq.ShowForm(ui.Page{Title: d.title() + ": case " + d.f.Reference, Back: casefile.Path(d.f, ""), Wide: true}, d.form,
		append(head, ui.Beside{First: left, Second: right})...)
}

// standard is the test to apply, from the rules of the case's day.
func (d *desk) standard() []ui.Component {
	switch d.kind {
	case casework.ReasonableGrounds:
		std := d.f.Rules.RGStandard
		return []ui.Component{ui.Inset{Body: []ui.Component{ui.Para("The test: " + std.Value + "."), ui.Para("Source: " + std.Source + ".")}}}
	case casework.ConclusiveGrounds:
		return []ui.Component{ui.Inset{Body: []ui.Component{ui.Para("The test: the balance of probabilities. It is more likely than not that the person is a victim of trafficking.")}}}
	case casework.Reconsidered:
		return append([]ui.Component{ui.Para("You had no part in the earlier decision. Look at everything anew, with what the person says now.")}, d.request()...)
	}
	return nil
}

func (d *desk) request() []ui.Component {
	for _, dec := range slices.Backward(d.f.Decisions) {
		if dec.Status == "requested" && dec.Words != nil {
			return []ui.Component{ui.Inset{Body: []ui.Component{ui.Heading{Level: 3, Text: "What the person says"}, ui.Prose(dec.Words.Request.Reveal())}}}
		}
	}
	return nil
}

// laid is the form, without the questions that have nothing to choose from.
func (d *desk) laid() form.Laid {
	l := form.Laid{Form: d.form}
	for _, name := range fieldNames {
		if name == "indicators" && len(d.f.Facts.Indicators) == 0 || name == "evidence" && len(d.f.Documents) == 0 {
			continue
		}
		l.Parts = append(l.Parts, d.form.Field(name))
	}
	return l
}
