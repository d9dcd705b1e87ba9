// Package gallery shows every component and every field, fine and in error, on
// a few pages of invented data. Tests look at them in a real browser; engineers
// look at them to choose. It is never part of a running clew.
package gallery

import (
	"embed"
	"net/http"

	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/ui"
)

//go:embed templates/*.html
var files embed.FS

var pages = ui.MustPages(files, "templates")

// csrf stands for a session's token.
const csrf = "gallery-token"

// Paths lists the pages, each of which Handler serves.
var Paths = []string{"/", "/home", "/queue", "/queue?empty=yes", "/case", "/form", "/form?error=yes", "/question", "/question?error=yes", "/tasks", "/check", "/conflict", "/letter", "/receipt"}

// Handler serves the gallery and the assets.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.AssetPrefix, ui.Assets())
	mux.HandleFunc("GET /{$}", show("components", "All components", components()))
	mux.HandleFunc("GET /home", show("body", "What needs you today", home()))
	mux.HandleFunc("GET /queue", queue)
	mux.HandleFunc("GET /case", show("body", "Case TW4-7K9F", casePage()))
	mux.HandleFunc("GET /tasks", show("body", "Refer somebody", tasks()))
	mux.HandleFunc("GET /check", show("body", "Check your answers", check()))
	mux.HandleFunc("GET /conflict", show("body", "Somebody else changed this", conflict()))
	mux.HandleFunc("GET /letter", show("body", "Decision letter", letter()))
	mux.HandleFunc("GET /receipt", show("body", "Referral sent", receipt()))
	mux.HandleFunc("/form", everyField)
	mux.HandleFunc("/question", oneQuestion)
	return mux
}

// body is a page made of components only.
type body struct {
	Title string
	Lead  string
	Parts []ui.Component
}

func page(title string, content any) ui.Page {
	return ui.Page{
		Title: title,
		User:  &ui.User{Name: "Amina Rahman", Role: "Caseworker", Agency: "Northern Competent Authority", AccountHref: "#account", SignOut: "/sign-out"},
		Nav: []ui.NavItem{
			{Text: "Home", Href: "/home"},
			{Text: "Queue", Href: "/queue", Count: 12, Counted: "cases waiting", Current: title == "Queue"},
			{Text: "Refer somebody", Href: "/tasks"},
			{Text: "Oversight", Href: "#oversight"},
		},
		CSRF:        csrf,
		Demo:        true,
		DemoLink:    &ui.Link{Text: "Jump to a case in any state", Href: "#jump"},
		FooterLinks: []ui.Link{{Text: "Accessibility", Href: "#accessibility"}, {Text: "Privacy", Href: "#privacy"}, {Text: "Help, day and night", Href: "#help"}},
		Content:     content,
	}
}

func show(template, title string, content any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, template, page(title, content))
	}
}

func send(w http.ResponseWriter, status int, template string, p ui.Page) {
	if err := ui.Render(w, status, pages[template], p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// formPage is a page with one form.
type formPage struct {
	Title string
	Form  *form.Form
}

// Today is the day of the gallery's invented data.
var Today = core.MustDate(2026, 3, 2)

// Fields builds a form with one field of every kind.
func Fields() *form.Form {
	f := form.New("/form", csrf)
	f.Text("family", "Family name", form.Required("Enter the family name, or “unknown”"), form.Max(100),
		form.Hint("As it is written in the document, if there is one"))
	f.Textarea("what", "What did you see or hear?", form.Required("Enter what you saw or heard"), form.Max(500),
		form.Hint("Why we ask: the decision rests on what you observed yourself. Use the person’s own words where you can."))
	phone := f.Text("phone", "Safe telephone number", form.Required("Enter the safe telephone number"), form.Type("tel"), form.Width("20"))
	f.Radios("contact", "May the person be contacted?", []form.Option{
		{Value: "phone", Label: "Yes, by telephone", Reveal: []*form.Field{phone}},
		{Value: "worker", Label: "Only through their support worker", Hint: "We will not leave messages"},
		{Value: "no", Label: "No"},
	}, form.Required("Choose whether the person may be contacted"))
	f.Radios("interpreter", "Is an interpreter needed?", []form.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}},
		form.Inline(), form.Required("Choose whether an interpreter is needed"))
	f.Checkboxes("kind", "What kind of exploitation?", []form.Option{
		{Value: "labour", Label: "Forced labour", Hint: "Work under threat, or for no pay"},
		{Value: "domestic", Label: "Domestic servitude"},
		{Value: "criminal", Label: "Criminal exploitation"},
		{Value: "unknown", Label: "Not known yet", Only: true, Group: "or"},
	}, form.Required("Choose at least one kind, or “Not known yet”"))
	f.Select("region", "Where are you?", []form.Option{{Value: "n", Label: "North"}, {Value: "s", Label: "South"}}, form.Required("Choose where you are"))
	f.Country("country", "Country of birth", form.Required("Choose a country"), form.Hint("Begin to type, then choose from the list"))
	f.Language("language", "Language", form.Required("Choose a language"))
	f.Date("met", "When did you meet the person?", form.Required("Enter the day you met the person"),
		form.Hint("For example, 27 3 2025"), form.NotAfter(Today, "The day you met the person must be today or earlier"))
	f.PartialDate("dob", "Date of birth", form.Required("Enter the date of birth as far as it is known"),
		form.Hint("As far as it is known: a year alone is enough"), form.NotAfter(Today, "The date of birth must be in the past"))
	f.File("evidence", "A photograph or document", 25<<20, form.Accept(".pdf,.jpg,.png"), form.Required("Choose a file"),
		form.Hint("PDF, JPEG or PNG, up to 25 MB. We take out where and when a photograph was made."))
	f.Hidden("rev", "7")
	f.Buttons(ui.Button{Text: "Save and continue"}, ui.Button{Text: "Save and come back later", Kind: ui.Secondary, Name: "later", Value: "yes"}, ui.Button{Text: "Cancel", Href: "/", Kind: ui.Quiet})
	return f
}

func everyField(w http.ResponseWriter, r *http.Request) {
	f := Fields()
	answer(w, r, "form", page("About the person", formPage{"About the person", f}), f)
}

func oneQuestion(w http.ResponseWriter, r *http.Request) {
	f := form.New("/question", csrf)
	f.Radios("age", "How old is the person?", []form.Option{
		{Value: "adult", Label: "18 or older"},
		{Value: "child", Label: "Under 18", Hint: "The local authority is told at once"},
		{Value: "doubt", Label: "Not sure", Hint: "We treat the person as a child until it is known"},
	}, form.PageHeading(), form.Required("Choose how old the person is"))
	p := page("How old is the person?", formPage{"", f})
	p.Back = "/tasks"
	answer(w, r, "question", p, f)
}

// answer shows the form empty, or after it was sent (or asked to show errors),
// with what is wrong.
func answer(w http.ResponseWriter, r *http.Request, template string, p ui.Page, f *form.Form) {
	if r.Method == http.MethodGet && r.URL.Query().Get("error") == "" {
		send(w, http.StatusOK, template, p)
		return
	}
	sent := r
	if r.Method == http.MethodGet { // as if it had been sent empty
		sent = r.Clone(r.Context())
		sent.Method, sent.Body = http.MethodPost, http.NoBody
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err := f.Parse(sent); err != nil {
		f.Fail("What was sent could not be read. Send it again.")
	}
	if f.Valid() {
		http.Redirect(w, r, "/receipt", http.StatusSeeOther)
		return
	}
	p.Error = true
	status := http.StatusUnprocessableEntity
	if r.Method == http.MethodGet {
		status = http.StatusOK
	}
	send(w, status, template, p)
}
