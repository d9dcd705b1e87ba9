package table

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readAll returns the rows joined for comparison, and the bad rows.
func readAll(t testing.TB, in string) (rows, bad []string) {
	r, err := NewReader(strings.NewReader(in))
	if err != nil {
		return nil, []string{err.Error()}
	}
	rows = append(rows, strings.Join(r.Header(), "|"))
	for range 1 << 20 {
		row, err := r.Row()
		var rowErr *RowError
		switch {
		case err == io.EOF:
			return rows, bad
		case errors.As(err, &rowErr):
			bad = append(bad, rowErr.Error())
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, strings.Join(row, "|"))
		}
	}
	t.Fatal("reading does not end")
	return nil, nil
}

func TestSeparatorsAndEncodings(t *testing.T) {
	const plain = "id,name\n1,José Müller\n2,\"a, b\"\n"
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	big, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(plain)
	latin, _ := charmap.Windows1252.NewEncoder().String(plain)
	for name, in := range map[string]string{
		"plain": plain, "BOM": "\ufeff" + plain, "UTF-16": utf16, "UTF-16 without mark": big, "Latin-1": latin, "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolon": "id;name\n1;José Müller\n2;a, b\n", "tab": "id\tname\n1\tJosé Müller\n2\ta, b\n", "bar": "id|name\n1|José Müller\n2|a, b\n", "blank lines": "\n\nid,name\n\n1,José Müller\n\n2,\"a, b\"",
	} {
		rows, bad := readAll(t, in)
		if got := fmt.Sprint(rows, bad); got != "[id|name 1|José Müller 2|a, b] []" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBadRowsAreNamedAndReadingGoesOn(t *testing.T) {
	for _, c := range []struct{ in, rows, bad string }{
		{"id,name\n1,\"Anna\"x\n2,Bo\n", "[id|name 2|Bo]", "[line 2, column 9: text after a closing quote]"},
		{"id,name\n1,\"Anna\n2,Bo\n3,Cy\n", "[id|name 2|Bo 3|Cy]", "[line 2, column 3: a quote opens here and never closes]"},
		{"id,name\n1,\"two\nlines\"\n2,Bo\n", "[id|name 1|two\nlines 2|Bo]", "[]"},
		{"id,name\n1,\"say \"\"hi\"\"\"\n", "[id|name 1|say \"hi\"]", "[]"},
		{"id,name\n1," + strings.Repeat("x", maxLine+1) + "\n2,Bo\n", "[id|name 2|Bo]", "[line 2, column 1: the row is longer than 1048576 bytes]"},
		{"", "[]", "[" + ErrEmpty.Error() + "]"},
	} {
		rows, bad := readAll(t, c.in)
		if fmt.Sprint(rows) != c.rows || fmt.Sprint(bad) != c.bad {
			t.Errorf("%.40q: %v %v", c.in, rows, bad)
		}
	}
}

func TestColumnsAreFoundByAnyOfTheirNames(t *testing.T) {
	r, err := NewReader(strings.NewReader(" ID , Full_Name\n1, x \n"))
	if err != nil {
		t.Fatal(err)
	}
	row, _ := r.Row()
	if got := Field(row, r.Column("name", "full_name")); got != "x" || r.Column("dob") != -1 || Field(row, 9) != "" {
		t.Errorf("got %q", got)
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{"id,name\n1,\"a\nb\"\n", "a;b\n\"", "\xff\xfea\x00", "\ufeffx\ty\n1\t2", "a,b\n\"x\"y\n1,2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { readAll(t, s) })
}
