package decision

import (
	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/letters"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/ui"
)

// letter shows the letter of a served decision as it was served, ready to print.
func letter(rq *page.Request) error {
	f, err := casefile.Open(rq)
	if err != nil {
		return err
	}
	if !rq.Site.Policies.Check(rq.Actor, rq.Purpose, access.ViewLetter, f.Resource()).Allowed {
		return page.ErrNotFound
	}
	id, err := rq.ID("decision")
	if err != nil {
		return err
	}
	l, err := rq.Site.Letters.Open(rq.Context(), rq.Actor, rq.Purpose, f.ID, id)
	if core.KindOf(err) == core.NotFound {
		l, err = again(rq, id)
	}
	if err != nil {
		return err
	}
	if f, err = casefile.Open(rq, casework.PartSummary); err != nil { // how the person can be reached
		return err
	}
	return rq.Show(ui.Page{Title: "Letter: case " + f.Reference, Back: casefile.Path(f, "decisions")}, letterBody(rq, f, l)...)
}

func letterBody(rq *page.Request, f *casework.File, l *letters.Letter) []ui.Component {
	body := []ui.Component{ui.Heading{Level: 1, Text: "Letter"}, safely(f)}
	buttons := ui.Buttons{Items: []ui.Button{{Text: "Print the letter", Print: true}}}
	if l.Served {
		buttons.Items = append([]ui.Button{{Text: "Download as PDF", Href: rq.URL.Path + ".pdf"}}, ui.Button{Text: "Print this page", Print: true, Kind: ui.Secondary})
	} else {
		body = append(body, ui.Para("No copy of this letter was kept when it was served. It is put together again from the decision, with today’s templates, and may differ from what the person holds."))
	}
	body = append(append(body, page.Standing(l)...), buttons)
	return append(body, page.Sheets(l)...)
}

// again puts the letter of a decision together that was served before letters
// were kept.
func again(rq *page.Request, id core.ID) (*letters.Letter, error) {
	f, err := casefile.Open(rq, casework.PartSummary, casework.PartDocuments, casework.PartDecisions)
	if err != nil {
		return nil, err
	}
	facts, err := casework.LetterOf(f, id)
	if err != nil {
		return nil, err
	}
	facts.Authority = rq.Site.AgencyName(rq.Context(), f.Authority)
	return rq.Site.Letters.Preview(rq.Context(), facts)
}

// letterPDF gives out the letter of a served decision: the first time it is drawn
// and kept, every later time it is that sheet.
func letterPDF(rq *page.Request) error {
	f, err := casefile.Open(rq)
	if err != nil {
		return err
	}
	id, err := rq.ID("decision")
	if err != nil {
		return err
	}
	sheet, err := rq.Site.Letters.Print(rq.Context(), rq.Actor, rq.Purpose, f.ID, id)
	if err != nil {
		return err
	}
	return rq.SendPDF("letter-"+f.Reference+".pdf", sheet.PDF)
}

// safely says how the letter can reach the person without harm.
func safely(f *casework.File) ui.Component {
	words := []ui.Component{ui.Para("A letter in the wrong hands can put somebody in danger. Hand it over in a way that is safe for the person.")}
	if c := f.Contact; c != nil {
		switch c.SafeToReach {
		case "only_through":
			words = append(words, ui.Para("Only through: "+c.Through.Reveal()))
		case "no":
			words = append(words, ui.Para("It is not safe to contact the person directly."))
		}
		if c.NeverSay != "" {
			words = append(words, ui.Para("Never leave in a message: "+c.NeverSay.Reveal()))
		}
	}
	return ui.Inset{Body: words}
}
