package disclosure

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// readReferrals reads the referrals of 2023 by five attributes; the file is not
// part of the repository, and tests that need it say so when it is absent.
func readReferrals(tb testing.TB) *Records {
	tb.Helper()
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "nrm", "nrm_leaf_2022q2_2023q4.csv"))
	if err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			tb.Fatalf("reference data required but absent: %v", err)
		}
		tb.Skipf("reference data absent (set CLEW_SHARED_DATA): %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	columns := []string{"first_responder_type", "exploitation_type", "age_at_exploitation", "gender", "nationality"}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	b, err := NewBuilder(columns)
	if err != nil {
		tb.Fatal(err)
	}
	for _, row := range rows[1:] {
		if !strings.HasPrefix(row[at["quarter"]], "2023") {
			continue
		}
		values := make([]string, len(columns))
		for i, name := range columns {
			values[i] = row[at[name]]
		}
		people, err := strconv.ParseInt(row[at["people"]], 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		if err := b.Add(values, people); err != nil {
			tb.Fatal(err)
		}
	}
	return b.Records()
}
