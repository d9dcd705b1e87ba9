// Package front holds the pages that anybody may read: what clew is, how use is
// recorded, accessibility; and, in the demonstration, who can sign in.
package front

import (
	"clew/internal/auth"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/{$}", Access: page.Public, Handle: first},
	{Method: "GET", Path: "/about/record", Access: page.Public, Handle: record},
	{Method: "GET", Path: "/about/accessibility", Access: page.Public, Handle: accessibility},
	{Method: "GET", Path: "/demo", Access: page.Public, Handle: demo},
}

func first(rq *page.Request) error {
	if rq.Session != nil && rq.Session.Stage == auth.StageFull {
		return rq.Redirect("/home")
	}
	body := []ui.Component{ui.Reading{
		ui.Heading{Level: 1, Text: "From the first sign to a decision, without losing the thread"},
		lead("clew helps a country answer trafficking in persons. It carries somebody who may have been trafficked from the first indicator to a decision, and through the time after it."),
	}}
	if rq.Site.Demo != nil {
		body = append(body, demoSignIns(rq)...)
	} else {
		body = append(body, ui.Buttons{Items: []ui.Button{{Text: "Sign in", Href: "/sign-in"}}})
	}
	body = append(body, ui.Reading{
		ui.Heading{Level: 2, Text: "What happens to a referral"},
		ui.List{Numbered: true, Items: []ui.Component{
			ui.Text("A first responder records what was seen and said: with the person’s consent, or for a child without it."),
			ui.Text("The competent authority decides within working days whether there are reasonable grounds."),
			ui.Text("A positive decision opens the recovery period: support goes on and nobody is removed."),
			ui.Text("The authority decides conclusively. A second person looks at a negative decision before it is served, and again if the person asks."),
		}},
		ui.Heading{Level: 2, Text: "What you can rely on"},
		ui.List{Items: []ui.Component{
			ui.Text("Everybody sees what they may, and nothing else."),
			ui.Text("Every change, and every look at an identity, is on a record that cannot be rewritten unnoticed."),
			ui.Text("Names and stories are encrypted, each person’s with a key of their own."),
		}}})
	return rq.Show(ui.Page{Title: ""}, body...)
}

func demo(rq *page.Request) error {
	if rq.Site.Demo == nil {
		return page.ErrNotFound
	}
	t := ui.Table{Caption: "A case in every state", CaptionHidden: true, RowHeader: true, Empty: "There is no case yet.", Columns: []ui.Column{{Title: "Case"}, {Title: "Best seen as"}}}
	for _, c := range rq.Site.Demo.Cases {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Link{Text: c.Title, Href: c.Path}, ui.Text(c.Login)}})
	}
	return rq.Show(ui.Page{Title: "Jump to a case"}, ui.Heading{Level: 1, Text: "Jump to a case"},
		ui.Para("One case in every state, in the demonstration only. What you see behind a link is what the policy lets you see: sign in as somebody else to compare."), t)
}

func record(rq *page.Request) error {
	return rq.Show(ui.Page{Title: "How your use is recorded"}, ui.Reading{ui.Heading{Level: 1, Text: "How your use is recorded"},
		ui.Para("Every change, and every time somebody opens an identity, is written into a record that cannot be altered afterwards without being noticed: who, for which agency, for which purpose, under which policy, and when. It holds no names and no words about the person."),
		ui.Para("Independent oversight reads the record and can prove that it is whole. A person whose file is held may ask who has looked at it.")})
}

func accessibility(rq *page.Request) error {
	return rq.Show(ui.Page{Title: "Accessibility"}, ui.Reading{ui.Heading{Level: 1, Text: "Accessibility"},
		ui.Para("clew is built to meet WCAG 2.2 at level AA. It works without JavaScript, with a keyboard alone, with a screen reader, and on a screen 320 pixels wide. If something is in your way, tell your administrator; it is treated as a fault.")})
}
