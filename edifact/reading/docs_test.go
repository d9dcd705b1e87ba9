package reading_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew/edifact"
)

// docsPage is the component's page, which lists every finding code and every
// sample.
func docsPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "edifact.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocsListEveryFindingCode(t *testing.T) {
	page := docsPage(t)
	for _, c := range edifact.Codes() {
		if row := fmt.Sprintf("| `%s` | %s | %s | %s |", c.Name, c.Severity, c.Problem, c.Mend); !strings.Contains(page, row) {
			t.Errorf("docs/edifact.md lacks\n%s", row)
		}
	}
}

// TestDocsTableOfSamplesIsTrue compares the table of samples with what is read.
func TestDocsTableOfSamplesIsTrue(t *testing.T) {
	dir, rows := samples(t)
	page := docsPage(t)
	for _, row := range rows {
		rep := sampleReport(t, dir, row["file"])
		var codes []string
		for _, f := range rep.Findings {
			if !slices.Contains(codes, f.Code) {
				codes = append(codes, f.Code)
			}
		}
		slices.Sort(codes)
		line := fmt.Sprintf("| %s | %d | %d | %d | %d | %s |", strings.TrimSuffix(row["file"], ".edi"),
			len(rep.Flights), len(rep.Persons), len(rep.Quarantined), len(rep.Replies), strings.Join(codes, ", "))
		if !strings.Contains(page, line) {
			t.Errorf("docs/edifact.md lacks\n%s", line)
		}
	}
}
