package gallery

import (
	"fmt"
	"net/http"
	"time"

	"clew/internal/web/form"
	"clew/internal/web/ui"
)

// at is a moment of the invented case.
func at(day, hour int) ui.Moment {
	return ui.Moment{At: time.Date(2026, 3, day, hour, 5, 0, 0, time.UTC)}
}

func reference(s string) ui.Link { return ui.Link{Text: s, Href: "/case", Ref: true} }

func components() []ui.Component {
	return []ui.Component{
		ui.Heading{Level: 2, Text: "Said once"},
		ui.Banner{Success: true, Heading: "The decision is recorded and the letter is ready", Body: []ui.Component{ui.Para("It was added to the record as entry 4,812.")}},
		ui.Reading{ui.Para("Text that is read, and the questions of a form, stand in a column narrow enough for the eye to find the next line.")},
		ui.Beside{First: []ui.Component{ui.Para("A form stands on the left,")}, Second: []ui.Component{ui.Para("and what it is about on the right.")}},
		ui.Inset{Body: []ui.Component{ui.Para("The recovery period protects the person until 14 April 2026. Nobody may be removed while it runs.")}},
		ui.Warning("You cannot change a decision once it has been served."),
		ui.Details{Summary: "Why we ask for this", Body: []ui.Component{ui.Para("The law asks three things: what was done, how, and why.")}},
		ui.Heading{Level: 2, Text: "States"},
		ui.Group{
			ui.Tag{Text: "Draft", Tone: ui.Neutral}, ui.Tag{Text: "Waiting for a decision", Tone: ui.Waiting}, ui.Tag{Text: "Recovery", Tone: ui.Active},
			ui.Tag{Text: "Confirmed", Tone: ui.Positive}, ui.Tag{Text: "Negative", Tone: ui.Negative}, ui.Tag{Text: "Suspended", Tone: ui.Paused}, ui.Tag{Text: "Second review", Tone: ui.Special},
		},
		ui.Group{ui.Badge{Text: "Child", Tone: ui.Special}, ui.Badge{Text: "Age in doubt", Tone: ui.Waiting}, ui.Badge{Text: "Urgent need", Tone: ui.Negative}, ui.Badge{Text: "Round 2"}},
		ui.Heading{Level: 2, Text: "Clocks"},
		clocks(),
		ui.Heading{Level: 2, Text: "Numbers"},
		figures(),
		ui.Heading{Level: 2, Text: "Lists"},
		ui.List{Items: []ui.Component{ui.Text("passport held by somebody else"), ui.Text("never paid"), ui.Link{Text: "seen in three places", Href: "#places"}}},
		ui.List{Numbered: true, Items: []ui.Component{ui.Text("Record what you saw"), ui.Text("Ask for consent")}},
		ui.SubNav{Label: "Case", Items: caseTabs("Summary")},
		ui.Heading{Level: 2, Text: "Panels"},
		ui.Tabs{Title: "Findings", Panels: []ui.TabPanel{
			{ID: "act", Label: "Act", Body: []ui.Component{ui.Heading{Level: 3, Text: "Act"}, ui.Para("Recruited by an acquaintance and moved between two towns.")}},
			{ID: "means", Label: "Means", Body: []ui.Component{ui.Heading{Level: 3, Text: "Means"}, ui.Para("Debt that grew with every week of work.")}},
			{ID: "purpose", Label: "Purpose", Body: []ui.Component{ui.Heading{Level: 3, Text: "Purpose"}, ui.Para("Forced labour on a farm.")}},
		}},
		ui.SideNav{Label: "Settings", Sections: []ui.NavSection{
			{Title: "People", Items: []ui.NavItem{{Text: "Agencies", Href: "#agencies", Current: true}, {Text: "Users", Href: "#users", Count: 3, Counted: "to approve"}}},
			{Title: "Machine", Items: []ui.NavItem{{Text: "Jobs", Href: "#jobs"}}},
		}},
		ui.Pagination{Previous: "#previous", Next: "#next", PreviousLabel: "1 to 50", NextLabel: "101 to 150"},
		ui.Buttons{Items: []ui.Button{{Text: "Record the decision"}, {Text: "Save", Kind: ui.Secondary}, {Text: "Withdraw", Kind: ui.Harmful}, {Text: "Cancel", Href: "#cancel", Kind: ui.Quiet}}},
	}
}

func clocks() ui.Component {
	rows := []ui.Row{}
	for _, c := range []ui.Clock{
		{Left: -3, Total: 5, Due: "Was due Wednesday 25 February"},
		{Left: 0, Total: 5, Due: "Due today, Monday 2 March"},
		{Left: 1, Total: 5, Due: "Due Tuesday 3 March"},
		{Left: 4, Total: 5, Due: "Due Friday 6 March"},
		{Left: 4, Total: 5, State: ui.Stopped, Due: "Whereabouts unknown"},
		{Left: 2, Total: 5, State: ui.Met, Due: "Decided 27 February"},
		{Left: 26, Total: 30, Unit: "day", Due: "Recovery ends 28 March"},
	} {
		rows = append(rows, ui.Row{Cells: []ui.Component{c, ui.Text(c.Urgency())}, Alert: c.Urgency() == "overdue"})
	}
	return ui.Table{Caption: "Every clock", CaptionHidden: true, Columns: []ui.Column{{Title: "Time left"}, {Title: "Urgency"}}, Rows: rows}
}

func figures() ui.Figures {
	return ui.Figures{
		{Value: "3", Label: "Overdue", Href: "/queue", Alert: true},
		{Value: "5", Label: "Due today", Href: "/queue"},
		{Value: "41", Label: "Waiting for a first decision", Href: "/queue"},
		{Value: "128", Label: "In recovery", Href: "/queue"},
	}
}

func home() body {
	return body{Title: "What needs you today", Lead: "Monday 2 March 2026", Parts: []ui.Component{
		figures(),
		ui.Cards{
			{Title: "Your next case", Href: "/case", Strong: true, Body: []ui.Component{ui.Para("TW4-7K9F, referred by Wessex Police."), ui.Clock{Name: "First decision", Left: -1, Total: 5, Due: "Was due Friday 27 February"}}},
			{Title: "Waiting for your review", Href: "#review", Body: []ui.Component{ui.Para("2 negative decisions by colleagues wait for a second pair of eyes.")}},
			{Title: "Answers that came in", Href: "#answers", Body: []ui.Component{ui.Para("4 agencies answered your requests for information since Friday.")}},
		},
		ui.Heading{Level: 2, Text: "Since you were last here"},
		timeline(3),
	}}
}

// queuePage is a filter beside a table, inside the form that acts on its rows.
type queuePage struct{ List ui.Filtered }

func queue(w http.ResponseWriter, r *http.Request) {
	table, pages := queueTable(), ui.Pagination{Next: "#next"}
	if r.URL.Query().Get("empty") != "" {
		table.Rows, pages = nil, ui.Pagination{}
	}
	assign := form.New("#assign", csrf).Buttons(ui.Button{Text: "Assign the selected", Kind: ui.Secondary})
	p := page("Queue", queuePage{ui.Filtered{Filter: filter(), Body: []ui.Component{form.Laid{Form: assign, Parts: []ui.Component{table}}, pages}}})
	p.Wide = true
	send(w, http.StatusOK, "queue", p)
}

func filter() ui.FilterPanel {
	f := form.NewSearch("/queue")
	find := f.Text("reference", "Reference", form.Width("10"))
	states := f.Checkboxes("state", "State", []form.Option{{Value: "rg", Label: "Waiting for a first decision"}, {Value: "recovery", Label: "Recovery"}, {Value: "cg", Label: "Waiting for a final decision"}},
		form.Small(), form.Value("rg"))
	who := f.Radios("assigned", "Assigned to", []form.Option{{Value: "me", Label: "Me"}, {Value: "nobody", Label: "Nobody"}, {Value: "all", Label: "Everybody"}}, form.Small(), form.Value("all"))
	return ui.FilterPanel{
		Action: "/queue", ClearAll: "/queue",
		Chosen: []ui.FilterGroup{{Title: "State", Tags: []ui.Link{{Text: "Waiting for a first decision", Href: "/queue"}}}, {Title: "Child", Tags: []ui.Link{{Text: "Children only", Href: "/queue"}}}},
		Fields: []ui.Component{find, states, who},
		Keep:   []ui.HiddenValue{{Name: "sort", Value: "due"}},
	}
}

func queueTable() ui.Table {
	t := ui.Table{
		Caption: "Cases by time left", RowHeader: false, Empty: "No case matches. Take a filter away to see more.",
		Columns: []ui.Column{{Title: "Select", SelectAll: "case"}, {Title: "Case", Sort: &ui.Sort{Href: "#case"}}, {Title: "Time left", Sort: &ui.Sort{Href: "#due", Now: ui.Ascending}},
			{Title: "State"}, {Title: "Exploitation"}, {Title: "Referred by"}, {Title: "Assigned to"}},
	}
	kinds := []string{"Forced labour", "Domestic servitude", "Criminal exploitation", "Sexual exploitation, forced labour"}
	people := []string{"Amina Rahman", "Nobody yet", "Tomasz Łukasiewicz", "Nguyễn Thị Hoa"}
	for i := range 8 {
		ref := fmt.Sprintf("TW4-7K%02d", i+10)
		c := ui.Clock{Name: "First decision", Left: i - 2, Total: 5, Due: fmt.Sprintf("%d March", i+1)}
		state := ui.Component(ui.Tag{Text: "First decision", Tone: ui.Waiting})
		if i == 3 {
			state = ui.Group{ui.Tag{Text: "Second review", Tone: ui.Special}, ui.Badge{Text: "Child", Tone: ui.Special}}
		}
		t.Rows = append(t.Rows, ui.Row{Alert: c.Left < 0, Cells: []ui.Component{
			ui.Check{Name: "case", Value: fmt.Sprint(i), Label: "Select " + ref}, ui.Stacked{Main: reference(ref), Sub: "Round 1"}, c, state,
			ui.Text(kinds[i%len(kinds)]), ui.Stacked{Main: ui.Text("Wessex Police"), Sub: "1 March 2026"}, ui.Text(people[i%len(people)]),
		}})
	}
	return t
}

func caseTabs(current string) []ui.NavItem {
	items := []ui.NavItem{{Text: "Summary"}, {Text: "Timeline"}, {Text: "Indicators"}, {Text: "Documents", Count: 2, Counted: "new"}, {Text: "Notes"}, {Text: "Requests"}, {Text: "Who has looked"}}
	for i := range items {
		items[i].Href, items[i].Current = "#"+items[i].Text, items[i].Text == current
	}
	return items
}

func casePage() body {
	return body{Parts: []ui.Component{
		ui.IdentityBar{
			Caption: "Case", Title: "TW4-7K9F",
			Tags:    []ui.Component{ui.Group{ui.Tag{Text: "Waiting for a first decision", Tone: ui.Waiting}, ui.Badge{Text: "Child", Tone: ui.Special}}},
			Clock:   &ui.Clock{Name: "First decision", Left: 1, Total: 5, Due: "Due Tuesday 3 March"},
			Facts:   []ui.Fact{{Label: "Age", Value: ui.Text("16 (stated)")}, {Label: "Nationality", Value: ui.Text("Vietnamese")}, {Label: "Referred by", Value: ui.Text("Wessex Police")}, {Label: "Assigned to", Value: ui.Text("Amina Rahman")}},
			Actions: &ui.Buttons{Items: []ui.Button{{Text: "Decide", Href: "#decide"}, {Text: "Ask for information", Href: "#ask", Kind: ui.Secondary}}},
		},
		ui.SubNav{Label: "Case", Items: caseTabs("Summary")},
		ui.SummaryList{Title: "What happened", Action: []ui.Link{{Text: "Change", Href: "#change", Hidden: "what happened"}}, Rows: []ui.SummaryRow{
			{Key: "Exploitation", Value: ui.Text("Criminal exploitation, forced labour")},
			{Key: "Where", Value: ui.Text("A house in the north; before that a farm")},
			{Key: "When", Value: ui.Text("about March 2025 to 28 February 2026")},
			{Key: "In their words", Value: ui.Prose("They said I owed money for the journey.\nEvery week it was more.\n\nI was not let out alone.")},
			{Key: "Passport"},
		}},
		ui.Heading{Level: 2, Text: "Timeline"},
		timeline(3),
	}}
}

func timeline(level int) ui.Timeline {
	return ui.Timeline{Level: level, Items: []ui.TimelineItem{
		{Title: "Information asked for", By: "Amina Rahman", When: at(2, 9), Body: []ui.Component{ui.Para("Wessex Police were asked for the interview record, by 4 March.")}},
		{Title: "Local authority told", By: "clew", When: at(1, 14), Body: []ui.Component{ui.Para("Because the person may be a child.")}},
		{Title: "Referral submitted", By: "Sergeant P. Doyle, Wessex Police", When: at(1, 14), Key: true},
	}}
}

func tasks() body {
	done, todo := ui.Text("Completed"), ui.Tag{Text: "Not started", Tone: ui.Active}
	return body{Title: "Refer somebody", Lead: "Your answers are saved at every step and encrypted. You can stop and come back.", Parts: []ui.Component{
		ui.TaskList{Sections: []ui.TaskSection{
			{Title: "The person", Tasks: []ui.Task{
				{ID: "age", Title: "Age and consent", Href: "/question", Status: done},
				{ID: "who", Title: "Who they are", Hint: "Names, date of birth, nationality: as far as you know", Href: "/form", Status: ui.Tag{Text: "In progress", Tone: ui.Waiting}},
				{ID: "contact", Title: "Safe contact", Href: "/form", Status: todo},
			}},
			{Title: "What happened", Tasks: []ui.Task{
				{ID: "indicators", Title: "Indicators", Href: "/form", Status: todo},
				{ID: "story", Title: "Circumstances", Href: "/form", Status: ui.Tag{Text: "There is a problem", Tone: ui.Negative}},
			}},
			{Title: "Send", Tasks: []ui.Task{{ID: "send", Title: "Check and send", Status: ui.Text("Cannot start yet")}}},
		}},
	}}
}

func check() body {
	change := func(what string) []ui.Link { return []ui.Link{{Text: "Change", Href: "#change-" + what, Hidden: what}} }
	return body{Title: "Check your answers", Parts: []ui.Component{
		ui.SummaryList{Rows: []ui.SummaryRow{
			{Key: "Age", Value: ui.Text("Under 18"), Actions: change("age")},
			{Key: "Names", Value: ui.List{Plain: true, Items: []ui.Component{ui.Text("Nguyễn Thị Hoa"), ui.Text("Hoa")}}, Actions: change("names")},
			{Key: "Date of birth", Value: ui.Text("about 2009"), Actions: change("dob")},
			{Key: "Safe contact", Actions: []ui.Link{{Text: "Add", Href: "#add", Hidden: "safe contact"}, {Text: "Skip", Href: "#skip", Hidden: "safe contact"}}},
		}},
		ui.Buttons{Items: []ui.Button{{Text: "Send the referral"}}},
	}}
}

func conflict() body {
	return body{Title: "Somebody else changed this meanwhile", Lead: "Nothing of yours is lost. Compare the two versions, then save yours again or keep theirs.", Parts: []ui.Component{
		ui.Versions{Yours: "Your version", Theirs: "Saved by Tomasz Łukasiewicz at 9:41am", Rows: []ui.VersionRow{
			{Field: "Act", Yours: "Recruited by a cousin in 2024.", Theirs: "Recruited by an acquaintance in 2024 and moved between two towns."},
			{Field: "Means", Yours: "Debt bondage", Theirs: "Debt bondage"},
			{Field: "Reasons", Yours: "", Theirs: "The account is consistent."},
		}},
		ui.Buttons{Items: []ui.Button{{Text: "Save my version"}, {Text: "Keep theirs", Kind: ui.Secondary}}},
	}}
}

func letter() body {
	return body{Title: "Decision letter", Parts: []ui.Component{
		ui.Buttons{Items: []ui.Button{{Text: "Print", Print: true}, {Text: "Back to the case", Href: "/case", Kind: ui.Quiet}}},
		ui.Letter{Lang: "en", Dir: "ltr", Title: ui.Plain("Our first decision: there are reasonable grounds"), Parts: []ui.LetterPart{
			{Rows: []ui.LetterRow{{Head: ui.Plain("Date"), Text: ui.Plain("2 March 2026")}, {Head: ui.Plain("Reference"), Text: ui.Line{{Text: "TW4-7K9F", Apart: true}}},
				{Head: ui.Plain("From"), Text: ui.Plain("Northern Competent Authority")}}},
			{Text: ui.Plain("We looked at what you and others told us. We believe there are reasonable grounds to think that you are a victim of trafficking.")},
			{Heading: ui.Plain("What this means for you")},
			{Items: []ui.Line{ui.Plain("You have at least 30 days to rest and recover."), ui.Plain("During this time nobody may remove you from the country.")}},
		}},
		ui.Letter{Lang: "ar", Dir: "rtl", Title: ui.Plain("قرارنا الأول: توجد أسباب معقولة"), Parts: []ui.LetterPart{
			{Rows: []ui.LetterRow{{Head: ui.Plain("التاريخ"), Text: ui.Plain("2 مارس 2026")}, {Head: ui.Plain("المرجع"), Text: ui.Line{{Text: "TW4-7K9F", Apart: true}}}}},
			{Text: ui.Plain("نظرنا في كل ما أُبلغنا به عنك.")},
			{Text: ui.Line{{Text: "The reasons, as the caseworker wrote them.", Lang: "en", Dir: "ltr", Apart: true}}},
			{Items: []ui.Line{ui.Plain("لديك 30 يومًا على الأقل للراحة والتعافي.")}},
		}},
	}}
}

func receipt() body {
	return body{Parts: []ui.Component{
		ui.Panel{Title: "Referral sent", Lead: "Your reference", Reference: "TW4-7K9F"},
		ui.Heading{Level: 2, Text: "What happens next"},
		ui.Para("The competent authority decides within 5 working days. You will see the result under “My referrals”."),
	}}
}
