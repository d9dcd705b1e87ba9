package form

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
)

//go:embed templates/*.html
var templateFiles embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
})

func execute(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}

// view is a field as its template sees it. It decides; the template only writes.
type view struct{ f *Field }

func (v view) ID() string           { return v.f.ID() }
func (v view) Name() string         { return v.f.Name }
func (v view) Label() string        { return v.f.Label }
func (v view) Hint() string         { return v.f.Hint }
func (v view) Error() string        { return v.f.Error }
func (v view) Max() int             { return v.f.max }
func (v view) Rows() int            { return v.f.rows }
func (v view) Width() string        { return v.f.width }
func (v view) Type() string         { return v.f.inputType }
func (v view) InputMode() string    { return v.f.inputMode }
func (v view) Autocomplete() string { return v.f.autocomplete }
func (v view) Accept() string       { return v.f.accept }
func (v view) Inline() bool         { return v.f.inline }
func (v view) Small() bool          { return v.f.small }
func (v view) Search() bool         { return v.f.search }
func (v view) About() bool          { return v.f.about }
func (v view) IsHeading() bool      { return v.f.heading == pageHeading }
func (v view) IsBold() bool         { return v.f.heading == boldLabel }

// Value is what stands in the input. A password is never sent back.
func (v view) Value() string {
	if v.f.inputType == "password" || len(v.f.values) == 0 {
		return ""
	}
	return v.f.values[0]
}

// Values is all that a hidden field carries.
func (v view) Values() []string { return v.f.values }

// Described lists the elements that describe the input: hint, count, error.
func (v view) Described() string {
	var ids []string
	if v.f.kind == kindTextarea && v.f.max > 0 {
		ids = append(ids, v.ID()+"-info")
	}
	if v.f.Hint != "" {
		ids = append(ids, v.ID()+"-hint")
	}
	if v.f.Error != "" {
		ids = append(ids, v.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// datePart is one of the three inputs of a date.
type datePart struct {
	ID, Name, Label, Value, Width string
	Bad                           bool
}

// Parts is the inputs of a date.
func (v view) Parts() []datePart {
	labels, widths := [3]string{"Day", "Month", "Year"}, [3]string{"2", "2", "4"}
	anyBad := slices.Contains(v.f.badParts[:], true)
	parts := make([]datePart, len(partNames))
	for i, p := range partNames {
		parts[i] = datePart{
			ID: v.ID() + "-" + p, Name: v.f.Name + "-" + p, Label: labels[i], Value: v.f.parts[i], Width: widths[i],
			Bad: v.f.Error != "" && (v.f.badParts[i] || !anyBad),
		}
	}
	return parts
}

// choice is one option as its template sees it.
type choice struct {
	Option
	ID, Name string
	Chosen   bool
	Divider  string
}

// RevealID is the element id of what the option reveals.
func (c choice) RevealID() string { return "conditional-" + c.ID }

// Choices is the options with their ids; the first has the field's own id, so
// that the error summary leads to it.
func (v view) Choices() []choice {
	out := make([]choice, len(v.f.options))
	for i, o := range v.f.options {
		id := v.ID()
		if i > 0 {
			id = fmt.Sprintf("%s-%d", id, i+1)
		}
		out[i] = choice{Option: o, ID: id, Name: v.f.Name, Chosen: slices.Contains(v.f.values, o.Value)}
		if i == 0 && o.Group != "" || i > 0 && o.Group != v.f.options[i-1].Group {
			out[i].Divider = o.Group
		}
	}
	return out
}

// Groups is a select's options by their group.
func (v view) Groups() []choiceGroup {
	var out []choiceGroup
	for _, c := range v.Choices() {
		if n := len(out); n == 0 || out[n-1].Name != c.Group {
			out = append(out, choiceGroup{Name: c.Group})
		}
		last := &out[len(out)-1]
		last.Choices = append(last.Choices, c)
	}
	return out
}

// choiceGroup is options under one heading.
type choiceGroup struct {
	Name    string
	Choices []choice
}
