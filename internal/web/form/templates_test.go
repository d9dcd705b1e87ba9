package form

import (
	"strings"
	"testing"

	"github.com/jba/templatecheck"
)

// TestEveryTemplateIsWellTyped checks each template against the type it is
// given, branches never taken in a test included.
func TestEveryTemplateIsWellTyped(t *testing.T) {
	whole := map[string]any{"form/start": formView{}, "form/whole": formView{}, "form/laid": Laid{}, "form/select-options": choiceGroup{}}
	for _, tmpl := range templates().Templates() {
		name := tmpl.Name()
		if strings.HasSuffix(name, ".html") {
			continue
		}
		var dot any = view{}
		if v, ok := whole[name]; ok {
			dot = v
		}
		if err := templatecheck.CheckHTML(tmpl, dot); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
