package ui

import "html/template"

// SummaryList is questions and answers, as on "check your answers".
type SummaryList struct {
	Title  string // with a title the list becomes a card
	Level  int    // the title's heading level; 2 when zero
	Action []Link // the card's own actions
	Rows   []SummaryRow
	Plain  bool // no lines between rows
}

// SummaryRow is one question with its answer. A nil Value shows "Not given".
type SummaryRow struct {
	Key     string
	Value   Component
	Actions []Link
}

// HTML renders the list.
func (s SummaryList) HTML() (template.HTML, error) { return execute("ui/summary-list", s) }

// TaskList is the parts of a long journey, each with how far it is.
type TaskList struct {
	Sections []TaskSection
}

// TaskSection is a group of tasks under a heading; without one the group is bare.
type TaskSection struct {
	Title string
	Tasks []Task
}

// Task is one part. Without Href it cannot be started yet.
type Task struct {
	ID     string
	Title  string
	Hint   string
	Href   string
	Status Component // Tag, or Text for "Completed"
}

// HTML renders the list.
func (t TaskList) HTML() (template.HTML, error) { return execute("ui/task-list", t) }

// Pagination leads to the previous and the next part of a list. An empty
// address leaves that link out.
type Pagination struct {
	Previous, Next           string
	PreviousLabel, NextLabel string // a quieter second line, as "1 to 50"
}

// HTML renders the links.
func (p Pagination) HTML() (template.HTML, error) { return execute("ui/pagination", p) }

// Banner tells what has just happened, or what everybody must know.
type Banner struct {
	Title   string // "Success" or "Important" when empty
	Heading string
	Body    []Component
	Success bool
}

// HTML renders the banner.
func (b Banner) HTML() (template.HTML, error) { return execute("ui/banner", b) }

// Heard returns the banner's title.
func (b Banner) Heard() string {
	switch {
	case b.Title != "":
		return b.Title
	case b.Success:
		return "Success"
	}
	return "Important"
}

// Panel confirms that something is done, with its reference.
type Panel struct {
	Title     string
	Lead      string // "Your reference"
	Reference string
}

// HTML renders the panel.
func (p Panel) HTML() (template.HTML, error) { return execute("ui/panel", p) }

// Inset sets text apart.
type Inset struct{ Body []Component }

// HTML renders the inset.
func (i Inset) HTML() (template.HTML, error) { return execute("ui/inset", i) }

// Warning is a consequence that must not be missed.
type Warning string

// HTML renders the warning.
func (w Warning) HTML() (template.HTML, error) { return execute("ui/warning", string(w)) }

// Details is help that unfolds.
type Details struct {
	Summary string
	Body    []Component
	Open    bool
}

// HTML renders the details.
func (d Details) HTML() (template.HTML, error) { return execute("ui/details", d) }

// Tabs is panels of one thing. Without JavaScript they stand one under the
// other with links to each. IDs must be unique on the page.
type Tabs struct {
	Title  string // the list's heading without JavaScript
	Panels []TabPanel
}

// TabPanel is one tab and what it shows.
type TabPanel struct {
	ID, Label string
	Body      []Component
}

// HTML renders the tabs.
func (t Tabs) HTML() (template.HTML, error) { return execute("ui/tabs", t) }

// Timeline is what happened, newest first.
type Timeline struct {
	Level int // heading level of each entry; 2 when zero
	Items []TimelineItem
}

// TimelineItem is one thing that happened.
type TimelineItem struct {
	Title string
	By    string
	When  Moment
	Key   bool // a decision or another turning point
	Body  []Component
}

// HTML renders the timeline.
func (t Timeline) HTML() (template.HTML, error) { return execute("ui/timeline", t) }

// Card is a box with a heading and a way in.
type Card struct {
	Title  string
	Href   string // makes the title a link
	Level  int    // heading level; 2 when zero
	Body   []Component
	Strong bool
}

// HTML renders the card.
func (c Card) HTML() (template.HTML, error) { return execute("ui/card", c) }

// Cards is a grid of cards.
type Cards []Card

// HTML renders the grid.
func (c Cards) HTML() (template.HTML, error) { return execute("ui/cards", c) }

// Figures is a row of key figures.
type Figures []Figure

// Figure is one number and what it counts. Alert marks one that needs somebody;
// its label must say so too.
type Figure struct {
	Value string
	Label string
	Href  string
	Alert bool
}

// HTML renders the row.
func (f Figures) HTML() (template.HTML, error) { return execute("ui/figures", f) }

// NavItem is one entry of a navigation.
type NavItem struct {
	Text    string
	Href    string
	Current bool
	Count   int    // shown when above zero
	Counted string // what is counted, read aloud: "waiting for you"
}

// SideNav is a navigation at the side; SubNav one across, inside a case.
type SideNav struct {
	Label    string
	Sections []NavSection
}

// NavSection is a group of entries; without a title the group is bare.
type NavSection struct {
	Title string
	Items []NavItem
}

// HTML renders the navigation.
func (s SideNav) HTML() (template.HTML, error) { return execute("ui/side-nav", s) }

// SubNav is a navigation across the page, inside a case.
type SubNav struct {
	Label string
	Items []NavItem
}

// HTML renders the navigation.
func (s SubNav) HTML() (template.HTML, error) { return execute("ui/sub-nav", s) }

// IdentityBar is the head of a case page: whose case, which, where it stands.
type IdentityBar struct {
	Caption string // "Case"
	Title   string // the reference, or the name where it may be seen
	Tags    []Component
	Facts   []Fact
	Clock   *Clock
	Actions *Buttons
}

// Fact is a short labelled value.
type Fact struct {
	Label string
	Value Component
}

// HTML renders the bar.
func (i IdentityBar) HTML() (template.HTML, error) { return execute("ui/identity-bar", i) }

// Buttons is a group of buttons and links.
type Buttons struct{ Items []Button }

// HTML renders the group.
func (b Buttons) HTML() (template.HTML, error) { return execute("ui/buttons", b) }

// Button is a submit button, or with Href a link: one that looks like a button
// when Kind says so, else a plain one.
type Button struct {
	Text        string
	Href        string
	Kind        ButtonKind
	Name, Value string // sent with the form
	FormAction  string // another address for the same form
	Print       bool   // prints the page; shown only with JavaScript
	Hidden      string // read aloud after the text, so that each of several buttons says what it is about
}

// ButtonKind is how much a button asks for attention.
type ButtonKind string

// The kinds of button.
const (
	Primary   ButtonKind = ""
	Secondary ButtonKind = "secondary"
	Harmful   ButtonKind = "warning" // cannot be taken back
	Quiet     ButtonKind = "link"
)

// HTML renders the button by itself.
func (b Button) HTML() (template.HTML, error) { return execute("ui/button", b) }

// ErrorSummary lists what needs mending, at the top of the page, each line a
// link to its field. Without items it shows nothing.
type ErrorSummary struct {
	Items []ErrorItem
}

// ErrorItem is one line. Href is "#" and the field's id; empty for a line about
// the whole form.
type ErrorItem struct {
	Text, Href string
}

// HTML renders the summary.
func (e ErrorSummary) HTML() (template.HTML, error) { return execute("ui/error-summary", e) }

// Versions puts two versions of the same thing side by side after two people
// changed it at once.
type Versions struct {
	Yours, Theirs string // headings: "Your version", "Saved by Amina at 14:02"
	Rows          []VersionRow
}

// VersionRow is one field in both versions.
type VersionRow struct {
	Field         string
	Yours, Theirs string
}

// Differs reports whether the two versions disagree.
func (v VersionRow) Differs() bool { return v.Yours != v.Theirs }

// HTML renders both versions.
func (v Versions) HTML() (template.HTML, error) { return execute("ui/versions", v) }

// FilterPanel holds the fields that narrow a list, and what is chosen now. It
// is a plain GET form.
type FilterPanel struct {
	Action   string
	Chosen   []FilterGroup
	ClearAll string // address without any filter
	Fields   []Component
	Keep     []HiddenValue // sort order and the like
}

// FilterGroup is what is chosen of one filter.
type FilterGroup struct {
	Title string
	Tags  []Link // each leads to the list without that choice
}

// HiddenValue is sent with a form but not shown.
type HiddenValue struct{ Name, Value string }

// HTML renders the panel.
func (f FilterPanel) HTML() (template.HTML, error) { return execute("ui/filter", f) }

// Letter is a sheet that prints by itself: only it remains on paper. Two letters
// on a page print on a sheet each.
type Letter struct {
	Lang  string // of the words, as BCP 47 has it
	Dir   string // "ltr" or "rtl"
	Title Line
	Parts []LetterPart
}

// LetterPart is a heading, a paragraph, a list, or a table of rows with headers.
type LetterPart struct {
	Heading Line
	Text    Line
	Items   []Line
	Rows    []LetterRow
}

// LetterRow is one row of a letter's table.
type LetterRow struct{ Head, Text Line }

// Line is words, some of which may be in another language.
type Line []LineRun

// LineRun is a piece of a line. Apart sets it off from the words around it, so
// that it is not torn up by a line of the other direction.
type LineRun struct {
	Text  string
	Lang  string
	Dir   string
	Apart bool
}

// Plain is a line in the language of its letter.
func Plain(text string) Line { return Line{{Text: text}} }

// HTML renders the sheet.
func (l Letter) HTML() (template.HTML, error) { return execute("ui/letter", l) }
