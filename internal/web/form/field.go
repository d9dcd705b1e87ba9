package form

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"clew/internal/core"
)

// kind is what sort of question a field is; it is also its template's name.
type kind string

const (
	kindText     kind = "text"
	kindTextarea kind = "textarea"
	kindRadios   kind = "radios"
	kindChecks   kind = "checkboxes"
	kindSelect   kind = "select"
	kindDate     kind = "date"
	kindPartial  kind = "partial-date"
	kindFile     kind = "file"
	kindHidden   kind = "hidden"
)

// Field is one question. Make it with a method of Form; read it after
// Form.Parse; in a template write {{.Field.HTML}}.
type Field struct {
	Name  string // in the request and in field errors
	Label string
	Hint  string
	Error string // empty when the answer is fine

	kind     kind
	values   []string // as typed, cleaned
	required string   // the message when nothing is given
	max      int      // characters
	options  []Option
	heading  headingLevel
	about    bool // a partial date's "about" box

	width        string
	inputType    string
	inputMode    string
	autocomplete string
	rows         int
	inline       bool
	small        bool
	search       bool // a select that becomes a type-ahead
	accept       string
	maxBytes     int64

	number  *bounds
	integer int

	notBefore, notAfter       core.Date
	notBeforeMsg, notAfterMsg string

	parts    [3]string // day, month and year as typed
	badParts [3]bool
	date     core.PartialDate
	upload   *Upload
	parent   *Field // the field one of whose options reveals this one
	parentOn string
	aliases  []string
}

// bounds is what a number may be.
type bounds struct{ least, most int }

// headingLevel is how the label is shown.
type headingLevel uint8

const (
	plainLabel headingLevel = iota
	boldLabel
	pageHeading
)

// Option is one choice of radios, checkboxes or a select.
type Option struct {
	Value  string
	Label  string
	Hint   string
	Reveal []*Field // shown below the option once it is chosen
	Only   bool     // excludes all other choices: "None of these"
	Group  string   // a divider or group heading before this option
	Also   string   // other spellings that a type-ahead understands
}

// Setting changes a field while it is made.
type Setting func(*Field)

// Required makes the field an answer that must be given; msg says how to mend
// its absence: "Enter the family name".
func Required(msg string) Setting { return func(f *Field) { f.required = msg } }

// Hint is help under the label.
func Hint(text string) Setting { return func(f *Field) { f.Hint = text } }

// Max is the longest answer in characters.
func Max(characters int) Setting { return func(f *Field) { f.max = characters } }

// Width is the input's width in characters: 2, 3, 4, 5, 10, 20 or 30.
func Width(characters string) Setting { return func(f *Field) { f.width = characters } }

// Type is the input's type: "email", "tel", "password", "search".
func Type(t string) Setting { return func(f *Field) { f.inputType = t } }

// InputMode is the keyboard a telephone shows: "numeric", "decimal".
func InputMode(m string) Setting { return func(f *Field) { f.inputMode = m } }

// Autocomplete is what the browser may fill in; "off" by default, because the
// person at the keyboard is seldom the person described.
func Autocomplete(token string) Setting { return func(f *Field) { f.autocomplete = token } }

// Rows is the height of a text area.
func Rows(n int) Setting { return func(f *Field) { f.rows = n } }

// Inline puts the choices of radios side by side.
func Inline() Setting { return func(f *Field) { f.inline = true } }

// Small makes radios and checkboxes small, as in a filter.
func Small() Setting { return func(f *Field) { f.small = true } }

// Bold makes the label a small heading; PageHeading makes it the page's first
// heading, for a page with one question.
func Bold() Setting { return func(f *Field) { f.heading = boldLabel } }

// PageHeading makes the label the page's first heading.
func PageHeading() Setting { return func(f *Field) { f.heading = pageHeading } }

// Value is what stands in the field at first.
func Value(v ...string) Setting { return func(f *Field) { f.SetValue(v...) } }

// Alias names the field as an error of a use case does, where that differs from
// its name in the page: "identity.names.0.family".
func Alias(names ...string) Setting {
	return func(f *Field) { f.aliases = append(f.aliases, names...) }
}

// NotBefore and NotAfter bound a date; msg says how to mend one outside.
func NotBefore(d core.Date, msg string) Setting {
	return func(f *Field) { f.notBefore, f.notBeforeMsg = d, msg }
}

// NotAfter bounds a date from above; msg says how to mend a later one.
func NotAfter(d core.Date, msg string) Setting {
	return func(f *Field) { f.notAfter, f.notAfterMsg = d, msg }
}

// Accept is the kinds of file that the browser offers: ".pdf,.jpg". The server
// looks at the content itself later.
func Accept(list string) Setting { return func(f *Field) { f.accept = list } }

// SetValue puts values in the field, as when a saved draft is opened.
func (f *Field) SetValue(v ...string) *Field {
	f.values = slices.Clone(v)
	return f
}

// SetDate puts a day in a date field.
func (f *Field) SetDate(d core.Date) *Field {
	if d.IsZero() {
		return f
	}
	return f.SetPartialDate(core.PartialDateOf(d))
}

// SetPartialDate puts a date in a date field as far as it is known.
func (f *Field) SetPartialDate(d core.PartialDate) *Field {
	f.date, f.about = d, d.About
	f.parts = [3]string{numberOrEmpty(d.Day), numberOrEmpty(d.Month), numberOrEmpty(d.Year)}
	return f
}

// Text is the answer of a text, text area, hidden, radios or select field; ""
// when the field hangs on an option that is not chosen.
func (f *Field) Text() string {
	if len(f.values) == 0 || !f.applies() {
		return ""
	}
	return f.values[0]
}

// Secret is Text for what must never be printed.
func (f *Field) Secret() core.Secret { return core.Secret(f.Text()) }

// Choice is the chosen value of radios or a select; "" when there is none.
func (f *Field) Choice() string { return f.Text() }

// Choices is the chosen values of checkboxes.
func (f *Field) Choices() []string {
	if !f.applies() {
		return nil
	}
	return slices.Clone(f.values)
}

// Chose reports whether the value is among the chosen.
func (f *Field) Chose(value string) bool { return f.applies() && slices.Contains(f.values, value) }

// Int is the answer of a number field; 0 when there is none.
func (f *Field) Int() int {
	if !f.applies() || f.Error != "" {
		return 0
	}
	return f.integer
}

// SetInt puts a number in a number field.
func (f *Field) SetInt(n int) *Field { return f.SetValue(strconv.Itoa(n)) }

// Date is the answer of a date field; the zero Date when there is none.
func (f *Field) Date() core.Date {
	d, _ := f.PartialDate().Date()
	return d
}

// PartialDate is the answer of a date field as far as it is known.
func (f *Field) PartialDate() core.PartialDate {
	if !f.applies() || f.Error != "" {
		return core.PartialDate{}
	}
	return f.date
}

// File is the file that was sent, or nil.
func (f *Field) File() *Upload {
	if !f.applies() {
		return nil
	}
	return f.upload
}

// Fail sets the field's error unless it has one already: the first is the one
// to mend first.
func (f *Field) Fail(msg string) *Field {
	if f.Error == "" {
		f.Error = msg
	}
	return f
}

// applies reports whether the option that reveals the field is chosen.
func (f *Field) applies() bool {
	return f.parent == nil || f.parent.Chose(f.parentOn)
}

// HTML renders the question with its hint, value and error.
func (f *Field) HTML() (template.HTML, error) { return execute("form/"+string(f.kind), view{f}) }

// ID is the element id of the field: the name without what a selector would trip over.
func (f *Field) ID() string { return strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(f.Name) }

// Anchor is where the error summary's line leads: the first input to mend.
func (f *Field) Anchor() string {
	if f.kind == kindDate || f.kind == kindPartial {
		for i, bad := range f.badParts {
			if bad {
				return "#" + f.ID() + "-" + partNames[i]
			}
		}
		return "#" + f.ID() + "-" + partNames[0]
	}
	return "#" + f.ID()
}
