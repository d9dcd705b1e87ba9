package ui

// Page is everything around and inside one screen. Only Title is required.
type Page struct {
	Title string // of the page alone; never a person's name
	Lang  string // "en" when empty
	Dir   string // "ltr" when empty
	Error bool   // the form was refused: the title is prefixed with "Error: "

	User        *User // nil when nobody is signed in
	Nav         []NavItem
	Breadcrumbs []Link
	Back        string // address of the back link
	Flash       *Banner
	CSRF        string // for the sign-out form in the header

	Demo     bool
	DemoLink *Link // to the "jump to" page

	Home        string // "/" when empty
	Service     string // "clew" when empty
	FooterText  string
	FooterLinks []Link

	Wide      bool // queues and comparisons use the whole window
	Cacheable bool // the page is the same for everybody and may be kept; else no-store

	Content any // what the page's own template is given
}

// User is who is signed in, as the header shows it.
type User struct {
	Name, Role, Agency string
	AccountHref        string
	SignOut            string // address the sign-out form posts to
}

const (
	serviceName = "clew"
	footerText  = "clew coordinates the response to trafficking in persons. Everything done here is recorded and can be checked."
)

// FullTitle is the browser's title: errors first, so that they are heard first.
func (p Page) FullTitle() string {
	title := p.Title + " – " + p.Service
	if p.Title == "" {
		title = p.Service
	}
	if p.Error {
		return "Error: " + title
	}
	return title
}

// withDefaults fills what the page left out.
func (p Page) withDefaults() Page {
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	set(&p.Lang, "en")
	set(&p.Dir, "ltr")
	set(&p.Home, "/")
	set(&p.Service, serviceName)
	set(&p.FooterText, footerText)
	return p
}
