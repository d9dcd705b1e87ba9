package decision

import (
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/page"
	"clew/internal/web/page/casefile"
	"clew/internal/web/ui"
)

// letter shows the letter of a served decision, ready to print.
func letter(rq *page.Request) error {
	f, err := casefile.Open(rq, casework.PartSummary, casework.PartDocuments, casework.PartDecisions)
	if err != nil {
		return err
	}
	id, err := rq.ID("decision")
	if err != nil {
		return err
	}
	l, err := casework.LetterOf(f, id)
	if err != nil {
		return err
	}
	return rq.Show(ui.Page{Title: "Letter: case " + f.Reference, Back: casefile.Path(f, "decisions")}, ui.Heading{Level: 1, Text: "Letter"},
		safely(f), ui.Buttons{Items: []ui.Button{{Text: "Print the letter", Print: true}}}, sheet(rq, f, l))
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

// sheet lays a letter out.
func sheet(rq *page.Request, f *casework.File, l casework.Letter) ui.Letter {
	s := ui.Letter{Sender: rq.Site.AgencyName(rq.Context(), f.Authority), Date: l.Date.Long(), Reference: l.Reference, Title: l.Title, Recipient: recipient(f)}
	for _, p := range l.Parts {
		if p.Title != "" {
			s.Body = append(s.Body, ui.Heading{Level: 3, Text: p.Title})
		}
		for _, text := range p.Paragraphs {
			s.Body = append(s.Body, ui.Prose(text.Reveal()))
		}
		if len(p.Items) > 0 {
			s.Body = append(s.Body, items(p.Items))
		}
	}
	if len(l.Sources) > 0 {
		list := ui.List{}
		for _, src := range l.Sources {
			list.Items = append(list.Items, ui.Text(src))
		}
		s.Body = append(s.Body, ui.Heading{Level: 3, Text: "Where these rules stand"}, list)
	}
	return s
}

func items(texts []core.Secret) ui.List {
	var l ui.List
	for _, t := range texts {
		l.Items = append(l.Items, ui.Text(t.Reveal()))
	}
	return l
}

// recipient is the person's own name where it may be seen.
func recipient(f *casework.File) string {
	if f.Identity != nil && len(f.Identity.Names) > 0 {
		return f.Identity.Names[0].Full()
	}
	return "To the person concerned"
}
