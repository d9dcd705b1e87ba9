package ui

import "html/template"

// Measure keeps what is read or filled in to a width that the eye can follow.
type Measure []Component

// HTML renders each component in turn.
func (m Measure) HTML() (template.HTML, error) { return execute("ui/measure", m) }
