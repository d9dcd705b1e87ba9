// Package arch_test holds the import arrows of the house: they point down, and
// never sideways between two work rooms. docs/architecture.md draws the picture.
package arch_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// pkg is what `go list` tells about a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// rooms is every room and what it may import of ours. A room is found by the
// longest matching prefix; subpackages belong to their room. "libraries" stands
// for match, edifact, mse and disclosure.
var rooms = map[string][]string{
	"cmd/clew": {"*"},

	"internal/web":      {"internal/concern", "internal/casework", "internal/letters", "internal/operate", "internal/safeguarding", "internal/support", lowest},
	"internal/api":      {"internal/casework", "internal/exchange", lowest},
	"internal/store":    {"internal/concern", "internal/casework", "internal/letters", "internal/safeguarding", "internal/support", lowest},
	"internal/exchange": {"internal/casework", lowest},
	"internal/demo":     {"internal/concern", "internal/safeguarding", "internal/support", "internal/casework", "internal/letters", "internal/store", "internal/web", lowest},

	"internal/letters":      {"internal/casework", lowest},
	"internal/casework":     {"internal/evidence", "match", lowest},
	"internal/support":      {lowest},
	"internal/operate":      {lowest},
	"internal/safeguarding": {lowest},
	"internal/concern":      {lowest},

	"internal/access":      {"internal/core"},
	"internal/auth":        {"internal/access", "internal/core", "internal/database", "internal/ledger", "internal/vault"},
	"internal/ledger":      {"internal/core", "internal/database"},
	"internal/vault":       {"internal/core", "internal/database"},
	"internal/job":         {"internal/core", "internal/database"},
	"internal/scheme":      {"internal/core"},
	"internal/evidence":    {"internal/core"},
	"internal/safecontact": {"internal/core"},
	"internal/likeness":    {"internal/core", "match"},
	"internal/language":    {"internal/access", "internal/core", "internal/database", "internal/ledger"},
	"internal/database":    {"internal/core"},
	"internal/core":        {},
	"internal/browser":     {},

	"match":      {},
	"edifact":    {},
	"mse":        {},
	"disclosure": {},
}

const lowest = "the rooms everybody may stand on"

var everybody = []string{"internal/access", "internal/auth", "internal/ledger", "internal/vault", "internal/scheme", "internal/job",
	"internal/evidence", "internal/safecontact", "internal/language", "internal/likeness", "internal/database", "internal/core"}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "clew/") && !testSupport(p.ImportPath) {
			all = append(all, p)
		}
	}
}

// testSupport reports packages that only tests import.
func testSupport(path string) bool {
	last := path[strings.LastIndex(path, "/")+1:]
	return strings.HasSuffix(last, "test") || strings.HasPrefix(path, "clew/test/") || strings.Contains(path, "/gallery")
}

func roomOf(path string) string {
	path = strings.TrimPrefix(path, "clew/")
	best := ""
	for r := range rooms {
		if (path == r || strings.HasPrefix(path, r+"/")) && len(r) > len(best) {
			best = r
		}
	}
	return best
}

func TestArrowsPointDown(t *testing.T) {
	packages := list(t)
	if len(packages) < 20 {
		t.Fatalf("only %d packages were seen", len(packages))
	}
	for _, p := range packages {
		from := roomOf(p.ImportPath)
		if from == "" {
			t.Errorf("%s is in no room: give it one in rooms and in docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, "clew/") || testSupport(imported) {
				continue
			}
			if to := roomOf(imported); to != from && !may(from, to) {
				t.Errorf("%s imports %s: %s may not stand on %s", p.ImportPath, imported, from, to)
			}
		}
	}
}

func may(from, to string) bool {
	for _, allowed := range rooms[from] {
		if allowed == "*" || allowed == to {
			return true
		}
		if allowed == lowest {
			for _, r := range everybody {
				if r == to {
					return true
				}
			}
		}
	}
	return false
}

// TestLibrariesStandAlone: anybody can use them, measure them and fuzz them.
func TestLibrariesStandAlone(t *testing.T) {
	for _, p := range list(t) {
		switch roomOf(p.ImportPath) {
		case "match", "edifact", "mse", "disclosure":
		default:
			continue
		}
		for _, dep := range p.Deps {
			if dep == "database/sql" || dep == "net/http" || strings.HasPrefix(dep, "clew/internal/") {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
}

// TestOnlyOwnersHoldSQL: SQL stands in the store and in the rooms that own
// tables.
func TestOnlyOwnersHoldSQL(t *testing.T) {
	owners := map[string]bool{"internal/store": true, "internal/ledger": true, "internal/job": true, "internal/auth": true,
		"internal/vault": true, "internal/database": true, "internal/operate": true, "internal/demo": true, "cmd/clew": true, "internal/core": true, "internal/language": true}
	for _, p := range list(t) {
		room := roomOf(p.ImportPath)
		for _, imported := range p.Imports {
			if imported == "database/sql" && !owners[room] {
				t.Errorf("%s imports database/sql", p.ImportPath)
			}
		}
	}
}

// TestForbiddenNames: a package is named for what happens in it.
func TestForbiddenNames(t *testing.T) {
	for _, p := range list(t) {
		switch p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:] {
		case "util", "utils", "common", "helpers", "models", "types":
			t.Errorf("%s says nothing about what is in it", p.ImportPath)
		}
	}
}
