package exchange

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func readJSON(t testing.TB, in io.Reader) (rows []Row, err error) {
	t.Helper()
	r, err := Open(in, ReadOptions{Format: "htcds"})
	if err != nil {
		return nil, err
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

func TestObjectsAreFoundInEveryShape(t *testing.T) {
	const a, b = `{"prs_FirstName": "A"}`, `{"prs_FirstName": "B", "x": "]}\"{"}`
	for name, text := range map[string]string{
		"array": "[" + a + "," + b + "]", "array over lines": "[\n  " + a + ",\n  " + b + "\n]\n", "lines": a + "\n" + b + "\n",
		"one after the other": a + b, "wrapped": `{ "Records" : [` + a + "," + b + `], "total": 2}`, "byte-order mark": "\xEF\xBB\xBF[" + a + "," + b + "]",
	} {
		for how, in := range map[string]io.Reader{"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			t.Run(name+", "+how, func(t *testing.T) {
				rows, err := readJSON(t, in)
				if err != nil || len(rows) != 2 {
					t.Fatalf("%d rows, %v", len(rows), err)
				}
				for i, want := range []string{"A", "B"} {
					if got := rows[i].Form.Identity.Names[0].Given.Reveal(); got != want {
						t.Errorf("row %d is %q", i, got)
					}
				}
			})
		}
	}
}

func TestABrokenObjectStopsNoOther(t *testing.T) {
	const good = `{"prs_FirstName": "A"}`
	for name, tc := range map[string]struct {
		text string
		want []string // a code by row, "" for a good one
	}{
		"not JSON inside":         {"[" + good + `, {"prs_FirstName": nope}, ` + good + "]", []string{"", "json.invalid", ""}},
		"no object":               {"[7, " + good + `, "text"]`, []string{"json.not_object", "", "json.not_object"}},
		"never closed, by lines":  {good + "\n" + `{"prs_FirstName": "B` + "\n" + good + "\n" + good + "\n", []string{"", "json.unclosed", "", ""}},
		"never closed, in array":  {"[\n" + good + ",\n" + `{"prs_FirstName": {` + "\n},\n" + good + "\n]\n", []string{"", "json.unclosed", ""}},
		"nested beyond all sense": {"[" + strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000) + "," + good + "]", []string{"json.invalid", ""}},
		"not UTF-8":               {"[{\"prs_FirstName\": \"\xff\"}," + good + "]", []string{"text.encoding", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := readJSON(t, strings.NewReader(tc.text))
			if err != nil || len(rows) != len(tc.want) {
				t.Fatalf("%d rows, want %d; %v", len(rows), len(tc.want), err)
			}
			for i, want := range tc.want {
				got := ""
				if len(rows[i].Faults) > 0 {
					got = rows[i].Faults[0].Code
				}
				if got != want {
					t.Errorf("row %d: %q, want %q", i, got, want)
				}
			}
		})
	}
}

// FuzzHTCDS checks that whatever bytes come, the reading ends, lines go forward,
// and a row is either read or has a coded fault.
func FuzzHTCDS(f *testing.F) {
	for _, seed := range []string{`[{"prs_FirstName":"A","prs_Birthdate":"1990-02-30"}]`, "{\"vic_TypeOfExploitation\":[\"ForcedLabour\"]}\n{", `{"records":[{"hte_Type":"Transit"},7]}`,
		`[{"clew":{"age.stated":"adult","identity.names.39.given":"x"}}`, `{"a":{"b":{"prs_Email":null}}}`, "[]", "{}", "[,]", "]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := readJSON(t, strings.NewReader(string(text)))
		if err != nil && len(rows) > 0 {
			t.Fatalf("reading ended after %d rows: %v", len(rows), err)
		}
		last := 1
		for _, row := range rows {
			if row.Line < last {
				t.Fatalf("line %d after line %d", row.Line, last)
			}
			last = row.Line
			for _, fault := range row.Faults {
				if fault.Code == "" || fault.Msg == "" {
					t.Fatalf("a fault without a code or a message: %+v", fault)
				}
			}
		}
	})
}
