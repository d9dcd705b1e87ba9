package ui

import "html/template"

// Measure keeps what is read or filled in to a width that the eye can follow.
type Measure []Component

// HTML renders each component in turn.
func (m Measure) HTML() (template.HTML, error) { return execute("ui/measure", m) }

// Beside shows two things next to each other where there is room, the first
// above the second on a narrow screen.
type Beside struct{ First, Second []Component }

// HTML renders both.
func (b Beside) HTML() (template.HTML, error) { return execute("ui/beside", b) }
