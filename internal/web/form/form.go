package form

import (
	"html/template"
	"strings"

	"clew/internal/core"
	"clew/internal/web/ui"
)

// CSRFField is the name of the hidden field with the form token.
const CSRFField = "csrf"

// Form is the questions of one page.
type Form struct {
	Action string // where it is sent
	CSRF   string
	Submit ui.Buttons

	get       bool
	multipart bool
	maxBytes  int64
	fields    []*Field
	byName    map[string]*Field
	problems  []string // about the whole form
}

// New returns an empty form that is posted to action. The token is checked by
// whoever routes requests; see CheckCSRF.
func New(action, csrf string) *Form {
	return &Form{
		Action:   action,
		CSRF:     csrf,
		Submit:   ui.Buttons{Items: []ui.Button{{Text: "Continue"}}},
		maxBytes: maxFormBytes,
		byName:   map[string]*Field{},
	}
}

// NewSearch returns a form whose answers are in the address: searches and
// filters, which change nothing.
func NewSearch(action string) *Form {
	f := New(action, "")
	f.get = true
	return f
}

// Buttons replaces the form's single "Continue".
func (f *Form) Buttons(b ...ui.Button) *Form {
	f.Submit = ui.Buttons{Items: b}
	return f
}

// Default lengths, in characters.
const (
	maxText     = 200
	maxTextarea = 4000
)

// Text adds a single-line field.
func (f *Form) Text(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindText, Name: name, Label: label, max: maxText, inputType: "text", autocomplete: "off"}, s)
}

// Number adds a whole number between least and most; read it with Int.
func (f *Form) Number(name, label string, least, most int, s ...Setting) *Field {
	return f.add(&Field{
		kind: kindText, Name: name, Label: label, max: maxText, inputType: "text", autocomplete: "off", inputMode: "numeric", width: "5",
		number: &bounds{least, most},
	}, s)
}

// Password adds a field whose value is never sent back to the page.
func (f *Form) Password(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindText, Name: name, Label: label, max: maxText, inputType: "password", autocomplete: "current-password"}, s)
}

// Textarea adds a field of several lines that says how many characters fit.
func (f *Form) Textarea(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindTextarea, Name: name, Label: label, max: maxTextarea, rows: 5}, s)
}

// Radios adds a choice of one.
func (f *Form) Radios(name, label string, options []Option, s ...Setting) *Field {
	return f.add(&Field{kind: kindRadios, Name: name, Label: label, options: options}, s)
}

// Checkboxes adds a choice of any.
func (f *Form) Checkboxes(name, label string, options []Option, s ...Setting) *Field {
	return f.add(&Field{kind: kindChecks, Name: name, Label: label, options: options}, s)
}

// Select adds a choice of one from a list.
func (f *Form) Select(name, label string, options []Option, s ...Setting) *Field {
	return f.add(&Field{kind: kindSelect, Name: name, Label: label, options: options}, s)
}

// Date adds a day, month and year that must make a day of the calendar.
func (f *Form) Date(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindDate, Name: name, Label: label}, s)
}

// PartialDate adds a day, month and year, each as far as it is known, and a box
// that says "about".
func (f *Form) PartialDate(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindPartial, Name: name, Label: label}, s)
}

// Hidden adds a value that is sent but not shown, such as a revision.
func (f *Form) Hidden(name, value string) *Field {
	return f.add(&Field{kind: kindHidden, Name: name, values: []string{value}, max: maxText}, nil)
}

// File adds a file of at most maxBytes.
func (f *Form) File(name, label string, maxBytes int64, s ...Setting) *Field {
	f.multipart = true
	f.maxBytes += maxBytes
	return f.add(&Field{kind: kindFile, Name: name, Label: label, maxBytes: maxBytes}, s)
}

// Country adds a country picker: a plain list that becomes a type-ahead. The
// answer is the country's alpha-3 code.
func (f *Form) Country(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindSelect, Name: name, Label: label, options: countryOptions(), search: true}, s)
}

// Nationality adds a picker of nationalities; the answer is the alpha-3 code.
func (f *Form) Nationality(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindSelect, Name: name, Label: label, options: nationalityOptions(), search: true}, s)
}

// Language adds a language picker; the answer is the ISO 639-3 code.
func (f *Form) Language(name, label string, s ...Setting) *Field {
	return f.add(&Field{kind: kindSelect, Name: name, Label: label, options: languageOptions(), search: true}, s)
}

func (f *Form) add(field *Field, settings []Setting) *Field {
	for _, set := range settings {
		set(field)
	}
	if f.byName[field.Name] != nil {
		panic("form: two fields named " + field.Name)
	}
	f.byName[field.Name] = field
	f.fields = append(f.fields, field)
	for _, o := range field.options {
		for _, revealed := range o.Reveal {
			revealed.parent, revealed.parentOn = field, o.Value
		}
	}
	return field
}

// Field returns the field of that name, or nil.
func (f *Form) Field(name string) *Field { return f.byName[name] }

// Fields are the form's questions in order, without those that hang on an option.
func (f *Form) Fields() []*Field { return f.view().Fields }

// Fail adds a problem with the whole form to the error summary.
func (f *Form) Fail(msg string) { f.problems = append(f.problems, msg) }

// SetErrors puts the field errors of a use case where they belong. An error
// whose field is not on the page stands in the summary without a link. It
// reports whether err had any.
func (f *Form) SetErrors(err error) bool {
	fields := core.FieldsOf(err)
	for _, e := range fields {
		if field := f.find(e.Name); field != nil {
			field.Fail(e.Msg)
		} else {
			f.Fail(e.Msg)
		}
	}
	return len(fields) > 0
}

// find returns the field an error names: by name or alias, or by the longest
// part of a dotted name, so that "places.0.country" finds "places.0".
func (f *Form) find(name string) *Field {
	for name != "" {
		for _, field := range f.fields {
			if field.named(name) {
				return field
			}
		}
		cut := strings.LastIndexByte(name, '.')
		if cut < 0 {
			return nil
		}
		name = name[:cut]
	}
	return nil
}

func (f *Field) named(name string) bool {
	if f.kind == kindHidden {
		return false // there is nothing to link to
	}
	if f.Name == name {
		return true
	}
	for _, a := range f.aliases {
		if a == name {
			return true
		}
	}
	return false
}

// Valid reports whether nothing is wrong.
func (f *Form) Valid() bool { return len(f.Errors().Items) == 0 }

// Errors is the summary for the top of the page, in the order of the fields.
func (f *Form) Errors() ui.ErrorSummary {
	var s ui.ErrorSummary
	for _, p := range f.problems {
		s.Items = append(s.Items, ui.ErrorItem{Text: p})
	}
	for _, field := range f.ordered() {
		if field.Error != "" && field.applies() {
			s.Items = append(s.Items, ui.ErrorItem{Text: field.Error, Href: field.Anchor()})
		}
	}
	return s
}

// ordered is the fields as they stand on the page: revealed ones after the
// field that reveals them.
func (f *Form) ordered() []*Field {
	out := make([]*Field, 0, len(f.fields))
	for _, field := range f.fields {
		if field.parent == nil {
			out = field.withRevealed(out)
		}
	}
	return out
}

func (f *Field) withRevealed(out []*Field) []*Field {
	out = append(out, f)
	for _, o := range f.options {
		for _, r := range o.Reveal {
			out = r.withRevealed(out)
		}
	}
	return out
}

// Start renders the opening tag with the token; End closes it. Between them a
// page places its fields as it likes.
func (f *Form) Start() (template.HTML, error) { return execute("form/start", f.view()) }

// End closes what Start opened.
func (f *Form) End() template.HTML { return "</form>" }

// HTML renders the whole form: every field in order, then the buttons. The error
// summary is not part of it, because it belongs above the page's heading.
func (f *Form) HTML() (template.HTML, error) { return execute("form/whole", f.view()) }

// formView is what the templates of a whole form see.
type formView struct {
	Action    string
	CSRF      string
	CSRFName  string
	Get       bool
	Multipart bool
	Fields    []*Field
	Submit    ui.Buttons
}

func (f *Form) view() formView {
	v := formView{Action: f.Action, CSRF: f.CSRF, CSRFName: CSRFField, Get: f.get, Multipart: f.multipart, Submit: f.Submit}
	for _, field := range f.fields {
		if field.parent == nil {
			v.Fields = append(v.Fields, field)
		}
	}
	return v
}
