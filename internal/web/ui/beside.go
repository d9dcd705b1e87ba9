package ui

import "html/template"

// Measure is Reading by another name.
type Measure = Reading

// Beside shows two things next to each other where there is room, the first
// above the second on a narrow screen: a form and what it is about.
type Beside struct{ First, Second []Component }

// HTML renders both.
func (b Beside) HTML() (template.HTML, error) { return execute("ui/beside", b) }
