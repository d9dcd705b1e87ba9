package ui

import "html/template"

// Filtered is a list with the filter that narrows it: side by side where there
// is room, one under the other on a narrow screen.
type Filtered struct {
	Filter FilterPanel
	Body   []Component
}

// HTML renders both.
func (f Filtered) HTML() (template.HTML, error) { return execute("ui/filtered", f) }
