package decision

import (
	"clew/internal/casework"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/ui"
)

// preview shows the letter as the person will read it, with everything typed
// carried along, and only then offers to serve it.
func (d *desk) preview() error {
	facts := casework.PreviewLetter(d.f, d.kind, d.given)
	facts.Authority = d.rq.Site.AgencyName(d.rq.Context(), d.f.Authority)
	l, err := d.rq.Site.Letters.Preview(d.rq.Context(), facts)
	if err != nil {
		return err
	}
	f := form.New(casefile.Path(d.f, "decide"), d.rq.CSRF())
	for _, name := range fieldNames {
		f.Hidden(name, "").SetValue(d.rq.PostForm[name]...)
	}
	serve := ui.Button{Text: "Serve the decision", Name: "step", Value: stepServe}
	words := ui.Component(ui.Para("When you serve the decision it takes effect at once, and the clock goes on from today."))
	if d.given.Outcome == casework.Negative {
		serve.Text = "Send to a second reviewer"
		words = ui.Warning("This is a negative decision. A second reviewer, who is somebody else, must confirm it. Until then nothing is served and the letter is not sent.")
	}
	f.Buttons(serve, ui.Button{Text: "Go back and change it", Name: "step", Value: stepChange, Kind: ui.Secondary})
	body := append([]ui.Component{ui.Heading{Level: 1, Text: "Read the letter before it is served"}, words}, page.Standing(l)...)
	return d.rq.Show(ui.Page{Title: "Preview of the letter: case " + d.f.Reference, Back: casefile.Path(d.f, "")}, append(append(body, page.Sheets(l)...), f)...)
}

// fieldNames are the fields of the form, in the order of the page.
var fieldNames = []string{"act", "reasons.act", "means", "reasons.means", "purpose", "reasons.purpose", "indicators", "evidence", "reasons.reasons", "outcome", "kind", "rev", "seen"}
