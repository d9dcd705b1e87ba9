package exchange

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

type readRecord struct {
	line  int
	cells []string
	code  string
}

func readCSV(t testing.TB, in io.Reader, separator byte) []readRecord {
	t.Helper()
	c := csvReader{w: window{r: bufio.NewReaderSize(in, maxRecord+64<<10), line: 1}, separator: separator}
	var out []readRecord
	for {
		cells, line, fault, err := c.record()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		r := readRecord{line: line, cells: cells}
		if fault != nil {
			r.code = fault.Code
		}
		out = append(out, r)
	}
}

func TestABrokenRecordCostsOneLine(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []readRecord
	}{
		"plain":             {"a,b\nc,d\n", []readRecord{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"no last line feed": {"a,b\nc,", []readRecord{{1, []string{"a", "b"}, ""}, {2, []string{"c", ""}, ""}}},
		"empty lines":       {"\n\r\na\n \n", []readRecord{{3, []string{"a"}, ""}}},
		"carriage returns":  {"a,\"b\"\r\n\"c\"\r\n", []readRecord{{1, []string{"a", "b"}, ""}, {2, []string{"c"}, ""}}},
		"lines in a cell":   {"\"a\nb\r\nc\",d\ne,f\n", []readRecord{{1, []string{"a\nb\nc", "d"}, ""}, {4, []string{"e", "f"}, ""}}},
		"doubled marks":     {`"a ""b""",""""` + "\n", []readRecord{{1, []string{`a "b"`, `"`}, ""}}},
		"a mark inside":     {"5\" pipe,b\n", []readRecord{{1, []string{`5" pipe`, "b"}, ""}}},
		"text after a mark": {"\"a\"b,c\nd,e\n", []readRecord{{1, nil, "csv.quote"}, {2, []string{"d", "e"}, ""}}},
		"a mark left open":  {"a,b\n\"c,d\ne,f\ng,h\n", []readRecord{{1, []string{"a", "b"}, ""}, {2, nil, "csv.quote_open"}, {3, []string{"e", "f"}, ""}, {4, []string{"g", "h"}, ""}}},
	} {
		for how, in := range map[string]io.Reader{"whole": strings.NewReader(tc.text), "byte by byte": iotest.OneByteReader(strings.NewReader(tc.text))} {
			t.Run(name+", "+how, func(t *testing.T) {
				got := readCSV(t, in, ',')
				if !slices.EqualFunc(got, tc.want, sameRecord) {
					t.Errorf("got  %+v\nwant %+v", got, tc.want)
				}
			})
		}
	}
}

func sameRecord(a, b readRecord) bool {
	return a.line == b.line && a.code == b.code && slices.Equal(a.cells, b.cells)
}

// endless gives n bytes of one cell and then more lines.
func endless(n int) io.Reader {
	return io.MultiReader(strings.NewReader("a,b\n\"open"), io.LimitReader(repeat('x'), int64(n)), strings.NewReader("\nlast,one\n"))
}

type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

func TestARecordWithoutEndIsBoundedAndTheRestIsRead(t *testing.T) {
	got := readCSV(t, endless(8*maxRecord), ',')
	want := []readRecord{{1, []string{"a", "b"}, ""}, {2, nil, "csv.quote_open"}, {3, []string{"last", "one"}, ""}}
	if !slices.EqualFunc(got, want, sameRecord) {
		t.Errorf("got %d records, the last on line %d", len(got), got[len(got)-1].line)
	}
}

// FuzzCSV checks that reading never fails otherwise than by a coded fault, never
// stands still, and agrees with the standard library on what that accepts.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\nb\",\"\"\"\"\r\n", "a;b\n\"c;d\ne;f", "\xff\xfe\x00", "\"\"\"x\"\"\"x\n\"\"\"x", ",,,\n\n,", "a\r", "\"a\"\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := readCSV(t, strings.NewReader(string(text)), ',')
		lines, last := strings.Count(string(text), "\n")+1, 0
		for _, r := range got {
			if r.line <= last || r.line > lines {
				t.Fatalf("line %d after line %d of %d", r.line, last, lines)
			}
			last = r.line
		}
		standard := csv.NewReader(strings.NewReader(string(text)))
		standard.FieldsPerRecord = -1
		want, err := standard.ReadAll()
		if err != nil || strings.Contains(string(text), "\r") {
			return // the standard library is stricter about stray marks, and reads carriage returns its own way
		}
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && strings.TrimSpace(r[0]) == "" })
		if len(got) != len(want) {
			t.Fatalf("%d records, the standard library reads %d", len(got), len(want))
		}
		for i := range want {
			if got[i].code != "" || !slices.Equal(got[i].cells, want[i]) {
				t.Fatalf("record %d: %+v, the standard library reads %q", i, got[i], want[i])
			}
		}
	})
}
