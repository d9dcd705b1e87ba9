package mse

import (
	"errors"
	"strings"
	"testing"
)

func TestReadCSVForms(t *testing.T) {
	want := []Cell{{0b001, 2}, {0b011, 1}, {0b110, 1}}
	for name, text := range map[string]string{
		"one row a history":                "A,B,C,n\n1,0,0,2\n1,1,0,1\n0,1,1,1\n",
		"rows of one history add up":       "A,B,C,n\n1,0,0,1\n1,1,0,1\n1,0,0,1\n0,1,1,1\n",
		"zero counts are dropped":          "A,B,C,n\n1,0,0,2\n1,1,0,1\n0,1,1,1\n1,1,1,0\n0,0,0,0\n",
		"a count told by its values":       "A,B,C,seen\n1,0,0,2\n1,1,0,1\n0,1,1,1\n",
		"counts that a spreadsheet wrote":  "A,B,C,n\n1,0,0,2.0\n1,1,0,1.0\n0,1,1,1.0\n",
		"one row a person":                 "A,B,C\n1,0,0\n1,0,0\n1,1,0\n0,1,1\n",
		"one row a person, named":          "person,A,B,C\nx-1,1,0,0\nx-2,1,0,0\nx-3,1,1,0\nx-4,0,1,1\n",
		"row numbers without a name":       ",A,B,C,n\n1,1,0,0,2\n2,1,1,0,1\n3,0,1,1,1\n",
		"memberships in one column":        "person,lists\n1,A\n2,A\n3,A;B\n4,B | C\n",
		"byte order mark, spaces, CR":      "\uFEFFA, B ,C,n\r\n1, 0,0,2\r\n1,1,0,1\r\n0,1,1,1\r\n",
		"quoted labels and a quoted count": "\"A\",\"B\",\"C\",\"n\"\n1,0,0,\"2\"\n1,1,0,1\n0,1,1,1\n",
	} {
		t.Run(name, func(t *testing.T) {
			table, err := ReadCSV(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(table.Lists(), ""); got != "ABC" {
				t.Errorf("lists %q", got)
			}
			if got := table.Cells(); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
				t.Errorf("cells %v, want %v", got, want)
			}
			if table.Observed() != 4 {
				t.Errorf("observed %d, want 4", table.Observed())
			}
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, message string }{
		"an empty file":              {"", "the file is empty"},
		"a header alone":             {"A,B,C,n\n", "a header but no rows"},
		"a header of lists alone":    {"person,lists\n", "a header but no rows"},
		"a negative count":           {"A,B,C,n\n1,0,0,-3\n", `line 2, column "n": a count of people cannot be negative`},
		"a fraction":                 {"A,B,C,n\n1,0,0,3\n1,1,0,2.5\n", `line 3, column "n": a count of people must be a whole number`},
		"a negative fraction":        {"A,B,C,n\n1,0,0,-2.5\n", "whole number"},
		"not a number":               {"A,B,C,n\n1,0,0,NaN\n", "whole number"},
		"infinity":                   {"A,B,C,n\n1,0,0,Inf\n", "whole number"},
		"words for a count":          {"A,B,C,n\n1,0,0,many\n", `column "n": must be a whole number`},
		"a count beyond all bounds":  {"A,B,C,n\n1,0,0,9000000000000000000\n", "too large"},
		"counts that overflow":       {"A,B,C,n\n1,0,0,1000000000000\n0,1,0,1000000000000\n", "more than"},
		"a column not 0 or 1":        {"A,B,C,n\n1,2,0,3\n", `line 2, column "B": must be 0 or 1`},
		"a blank membership":         {"A,B,C,n\n1,,0,3\n", `column "B": must be 0 or 1`},
		"a row too short":            {"A,B,C,n\n1,0,3\n", "line 2: has 3 columns, the header has 4"},
		"somebody on no list":        {"A,B,C,n\n0,0,0,7\n", "line 2: is on no list"},
		"a person on no list":        {"A,B,C\n1,0,0\n0,0,0\n", "line 3: is on no list"},
		"a person with no name":      {"person,lists\n1,A\n2,;\n", "names no list"},
		"a formula for a label":      {"=HYPERLINK(1),B,C,n\n1,0,0,3\n", "a spreadsheet would run as a formula"},
		"another formula":            {"A,@SUM(A1),C,n\n1,0,0,3\n", "a spreadsheet would run as a formula"},
		"a label twice":              {"A,B,A,n\n1,0,0,3\n", `two lists are named "A"`},
		"a label without a name":     {"A,,C,n\n1,0,0,3\n", "list 2 has no name"},
		"a label with a colon":       {"A,B:C,D,n\n1,0,0,3\n", "colon"},
		"a quote that does not end":  {"A,B,C,n\n1,0,\"0,3\n", "line"},
		"only a count":               {"n\n3\n", "names no list"},
		"two hundred columns":        {strings.Repeat("x,", 200) + "n\n", "at most 10 lists"},
		"more named lists than bits": {"person,lists\n1," + manyLists(40) + "\n", "at most 10"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCSV(strings.NewReader(c.text))
			if err == nil {
				t.Fatal("read without an error")
			}
			if !strings.Contains(err.Error(), c.message) {
				t.Errorf("error %q does not say %q", err, c.message)
			}
		})
	}
}

func manyLists(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = strings.Repeat("l", i+1)
	}
	return strings.Join(names, ";")
}

func TestCheckRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		lists  int
		cells  []Cell
		reason Reason
		detail string
	}{
		"one list":            {1, []Cell{{1, 5}}, TooFewLists, "1 lists"},
		"two lists":           {2, []Cell{{1, 5}, {2, 5}, {3, 1}}, TooFewLists, "2 lists"},
		"a list with nobody":  {3, []Cell{{1, 5}, {2, 5}, {3, 1}}, EmptyList, `list "C" has nobody`},
		"two identical lists": {3, []Cell{{1, 5}, {6, 5}, {7, 1}}, DuplicateLists, `lists "B" and "C"`},
		"nobody at all":       {3, nil, EmptyList, `list "A"`},
		"twenty lists":        {20, []Cell{{1, 5}}, TooManyLists, "1048575 possible histories and 190 pairs, so 2^190 models"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := NewTable(strings.Split("ABCDEFGHIJKLMNOPQRST"[:c.lists], ""), c.cells)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Estimate(t.Context(), table, Options{})
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("error %v is no refusal", err)
			}
			if refusal.Reason != c.reason || !strings.Contains(refusal.Detail, c.detail) {
				t.Errorf("refused for %s: %s; want %s: %s", refusal.Reason, refusal.Detail, c.reason, c.detail)
			}
		})
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"A,B,C,n\n1,0,0,2\n1,1,0,1\n0,1,1,1\n", "A,B,C\n1,0,0\n0,1,1\n", "person,lists\n1,A;B\n2,C\n",
		"", "n\n", "=1+1,B,C,n\n1,0,0,1\n", "A,B,C,n\n1,0,0,-1\n", "A,B,C,n\n1,0,0,1e300\n", "\uFEFFA,B\n1,1\n", "id,A,B,C,count\n7,1,0,0,3\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		var sum int64
		for _, c := range table.Cells() {
			if c.Count <= 0 || c.History == 0 || int(c.History) >= 1<<len(table.Lists()) {
				t.Fatalf("impossible cell %+v of %d lists", c, len(table.Lists()))
			}
			sum += c.Count
		}
		if sum != table.Observed() || sum > maxTotal {
			t.Fatalf("cells add up to %d, observed %d", sum, table.Observed())
		}
	})
}

func FuzzReadResamples(f *testing.F) {
	table, err := NewTable([]string{"A", "B", "C"}, []Cell{{1, 2}, {3, 1}, {6, 1}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"mask_1,mask_3,mask_6\n2,1,1\n", "x,mask_1\n0.5,4\n", "mask_9\n4\n", "mask_1,mask_1\n2,2\n", "mask_1\n-4\n", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		resamples, err := ReadResamples(strings.NewReader(text), table)
		if err != nil {
			return
		}
		for _, cells := range resamples {
			var sum int64
			for _, c := range cells {
				if c.Count < 0 || c.History == 0 || c.History > 7 {
					t.Fatalf("impossible cell %+v", c)
				}
				sum += c.Count
			}
			if sum != 4 {
				t.Fatalf("a resample of %d people out of 4", sum)
			}
		}
	})
}
