// Package reference finds the labelled reference data that tests measure
// against. The data is not part of the repository.
package reference

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Rows returns the rows of a reference file as maps by column name. Where the
// data is absent the test is skipped, aloud; it fails instead when
// CLEW_REQUIRE_SHARED is set.
func Rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]map[string]string, 0, len(all))
	for _, row := range all[1:] {
		m := make(map[string]string, len(row))
		for i, v := range row {
			m[all[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// Path returns where a reference file lies: in $CLEW_SHARED_DATA, else in
// ../shared/data beside the repository.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			t.Fatalf("reference data is required and absent: %v", err)
		}
		t.Skipf("reference data is absent: %v", err)
	}
	return path
}

// root is the directory of go.mod.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
}
