package disclosure

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestReadCSVForms(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		form  Form
		total int64
	}{
		"long":                  {"nationality,gender,people\nA,F,3\nA,M,9\nB,F,0\nB,M,12\n", Long, 24},
		"long with totals":      {"nationality,gender,people\nA,F,3\nA,M,9\nA,Total,12\nTotal,F,3\nTotal,M,9\nTotal,Total,12\n", Long, 12},
		"wide":                  {"nationality \\ gender,F,M\nA,3,9\nB,0,12\n", Wide, 24},
		"wide with totals":      {"nationality,F,M,Total\nA,3,9,12\nB,0,12,12\nTotal,3,21,24\n", Wide, 24},
		"people":                {"nationality,gender\nA,F\nA,F\nB,M\n", People, 3},
		"people with a name":    {"person,nationality,gender\n1,A,F\n1,A,M\n2,B,M\n", People, 2},
		"byte order mark, CRLF": {"\uFEFFnationality,gender,n\r\nA,F,3.0\r\n", Long, 3},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := ReadCSV(strings.NewReader(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if in.Form != c.form || in.Records.Total() != c.total {
				t.Errorf("form %d with %d people, want %d with %d", in.Form, in.Records.Total(), c.form, c.total)
			}
			if len(in.Records.Attributes) != 2 {
				t.Errorf("attributes %v", in.Records.Attributes)
			}
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, message string }{
		"an empty file":                 {"", "the file is empty"},
		"a header alone":                {"a,b,n\n", "a header but no rows"},
		"a negative count":              {"a,b,n\nx,y,-1\n", `line 2, column "n": a count of people cannot be negative`},
		"a fraction":                    {"a,b,n\nx,y,1.5\n", "must be a whole number"},
		"not a number":                  {"a,b,n\nx,y,many\n", "must be a whole number"},
		"too large":                     {"a,b,n\nx,y,9000000000000000\n", "too large"},
		"row totals that do not add up": {"a,b,n\nx,y,3\nx,z,4\nx,Total,8\n", "line 4: the totals do not add up: the total of a=x is 8, its parts are 7 together"},
		"grand totals that do not":      {"a,F,M,Total\nx,1,2,3\nTotal,1,2,4\n", "line 3: the totals do not add up: the total of everybody is 4, its parts are 3"},
		"a total of what is not there":  {"a,b,n\nx,y,3\nq,Total,8\n", "the totals do not add up"},
		"a formula in a label":          {"a,b,n\n=1+1,y,3\n", "a spreadsheet would run as a formula"},
		"a formula in the header":       {"+a,b,n\nx,y,3\n", "a spreadsheet would run as a formula"},
		"a cell told twice":             {"a,b,n\nx,y,3\nx,y,4\n", "line 3: tells a cell that an earlier line has told"},
		"a blank category":              {"a,b,n\n,y,3\n", `line 2, column "a": is blank`},
		"a blank in a record":           {"a,b\nx,y\nx,\n", `line 3, column "b": is blank`},
		"a hidden count":                {"a,b,n\nx,y,c\n", "hidden already"},
		"rows of unequal length":        {"a,b,n\nx,y\n", "wrong number of fields"},
		"a column without a name":       {"a,,F\nx,1,2\n", "without a name"},
		"only a name":                   {"id\n1\n", "names no attribute"},
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

func TestReleasesAreReadBack(t *testing.T) {
	table := tableOf(t, [][]int64{{20, 3, 9}, {30, 25, 2}, {41, 16, 33}})
	r, err := Suppress(table, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []Form{Long, Wide} {
		var b bytes.Buffer
		if err := r.WriteCSV(&b, form); err != nil {
			t.Fatal(err)
		}
		back, err := ReadRelease(bytes.NewReader(b.Bytes()), 1)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back.counts, r.counts) || !slices.Equal(back.Suppressed, r.Suppressed) {
			t.Errorf("form %d: read back\n%v %v\nwrote\n%v %v", form, back.counts, back.Suppressed, r.counts, r.Suppressed)
		}
	}
	if _, err := ReadRelease(strings.NewReader("a,b\nx,y\nx,y\n"), 1); err == nil {
		t.Error("records were read as a published table")
	}
}

func TestRecordsAreWrittenInBothForms(t *testing.T) {
	in, err := ReadCSV(strings.NewReader("nationality,gender,people\nA,F,2\nB,M,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for form, want := range map[Form]string{
		Long:   "nationality,gender,people\nA,F,2\nB,M,1\n",
		People: "nationality,gender\nA,F\nA,F\nB,M\n",
	} {
		var b bytes.Buffer
		if err := in.Records.WriteCSV(&b, form); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("form %d wrote %q, want %q", form, b.String(), want)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"nationality,gender,people\nA,F,3\nA,Total,3\n", "a,F,M,Total\nx,1,2,3\nTotal,1,2,3\n", "person,a\n1,x\n1,y\n", "a,b\nx,y\n",
		"", "a,n\n=1,2\n", "a,n\nx,-1\n", "a,b,n\nx,y,c\n", "\uFEFFa,n\nx,1e3\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, row := range in.Records.Rows {
			if row.People <= 0 || len(row.Values) != len(in.Records.Attributes) {
				t.Fatalf("impossible row %+v", row)
			}
		}
		table, err := Crosstab(in.Records, in.Records.Attributes...)
		if err != nil {
			return
		}
		if err := table.checkTotals(); err != nil {
			t.Fatal(err)
		}
		if grand := table.Count(table.Cells() - 1); grand != in.Records.Total() {
			t.Fatalf("the table has %d people, the records %d", grand, in.Records.Total())
		}
	})
}

func FuzzReadRelease(f *testing.F) {
	for _, seed := range []string{"a,b,n\nx,y,c\nx,z,9\nx,Total,12\n", "a,F,M,Total\nx,c,2,3\nTotal,1,2,3\n", "a,n\nTotal,4\n", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadRelease(strings.NewReader(text), 1)
		if err != nil {
			return
		}
		if len(r.counts) > 200 {
			return // the attack is bounded, but not to what a fuzzer waits for
		}
		if exposed, err := Attack(5, r); err == nil {
			for _, e := range exposed {
				if e.Lower > e.Upper {
					t.Fatalf("impossible bounds %+v", e)
				}
			}
		}
	})
}
