package form

import (
	"html/template"

	"clew/internal/web/ui"
)

// Laid is a form whose fields stand among other components: headings between
// questions, a summary beside them. Fields that are not among the parts, such as
// hidden ones, are left out: list them too.
type Laid struct {
	Form  *Form
	Parts []ui.Component
}

// HTML renders the parts between the form's start and its buttons.
func (l Laid) HTML() (template.HTML, error) { return execute("form/laid", l) }
