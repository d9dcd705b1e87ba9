package ui

import (
	"testing"

	"github.com/jba/templatecheck"
)

// TestEveryTemplateIsWellTyped checks each template against the type it is
// given, branches never taken in a test included.
func TestEveryTemplateIsWellTyped(t *testing.T) {
	cases := map[string]any{
		"ui/layout":        Page{},
		"ui/para":          "",
		"ui/prose":         [][]string{},
		"ui/heading":       Heading{},
		"ui/list":          List{},
		"ui/link":          Link{},
		"ui/group":         Group{},
		"ui/beside":        Beside{},
		"ui/stacked":       Stacked{},
		"ui/muted":         "",
		"ui/moment":        Moment{},
		"ui/tag":           Tag{},
		"ui/badge":         Badge{},
		"ui/check":         Check{},
		"ui/body":          []Component{},
		"ui/reading":       Reading{},
		"ui/summary-list":  SummaryList{},
		"ui/task-list":     TaskList{},
		"ui/pagination":    Pagination{},
		"ui/banner":        Banner{},
		"ui/panel":         Panel{},
		"ui/inset":         Inset{},
		"ui/warning":       "",
		"ui/details":       Details{},
		"ui/tabs":          Tabs{},
		"ui/timeline":      Timeline{},
		"ui/card":          Card{},
		"ui/cards":         Cards{},
		"ui/figures":       Figures{},
		"ui/side-nav":      SideNav{},
		"ui/sub-nav":       SubNav{},
		"ui/identity-bar":  IdentityBar{},
		"ui/buttons":       Buttons{},
		"ui/button":        Button{},
		"ui/error-summary": ErrorSummary{},
		"ui/versions":      Versions{},
		"ui/filter":        FilterPanel{},
		"ui/filtered":      Filtered{},
		"ui/letter":        Letter{},
		"ui/line-chart":    drawnChart{},
		"ui/line":          Line{},
		"ui/table":         Table{},
		"ui/clock":         Clock{},
		"ui/list-items":    []Component{},
		"ui/summary-rows":  SummaryList{},
		"ui/card-title":    Card{},
		"ui/nav-count":     NavItem{},
		"ui/table-column":  Column{},
		"ui/sort-mark":     &Sort{},
		"ui/table-cell":    Cell{},
		"ui/table-value":   Cell{},
		"ui/clock-sign":    "",
	}
	for _, tmpl := range library().pristine.Templates() {
		name := tmpl.Name()
		if name == "ui" || name == "content" || tmpl.Tree == nil || isFile(name) {
			continue
		}
		dot, ok := cases[name]
		if !ok {
			t.Errorf("template %s is not checked: add its type here", name)
			continue
		}
		if err := templatecheck.CheckHTML(tmpl, dot); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// isFile tells a file's own (empty) template from the ones defined in it.
func isFile(name string) bool { return len(name) > 5 && name[len(name)-5:] == ".html" }
