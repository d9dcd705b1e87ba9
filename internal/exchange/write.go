package exchange

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"clew/internal/casework"
)

// Writer writes referrals as CSV in the form that Open reads. Cells that a
// spreadsheet would run as formulas are made harmless, and reading undoes that.
type Writer struct {
	out       *csv.Writer
	places    []place
	directory *Directory
}

// NewWriter writes the header for referrals like the given ones: as many columns
// for repeated answers as the longest has.
func NewWriter(w io.Writer, d *Directory, like ...casework.ReferralForm) (*Writer, error) {
	out := &Writer{out: csv.NewWriter(w), directory: d}
	notes := map[string]bool{}
	for i := range like {
		for code := range like[i].Narrative.IndicatorNotes {
			notes[code] = true
		}
	}
	for i := range columns {
		c := &columns[i]
		if c.count == nil {
			out.places = append(out.places, place{c, 0, c.name})
		}
	}
	for _, name := range repeatedNames {
		out.addItems(name, like)
	}
	for _, code := range slices.Sorted(maps.Keys(notes)) {
		out.places = append(out.places, place{noteColumn(code), 0, notePrefix + code})
	}
	header := []string{columnExternal, columnAgency}
	for _, p := range out.places {
		header = append(header, p.name)
	}
	return out, out.out.Write(header)
}

// repeatedNames are the repeated parts of a referral.
var repeatedNames = func() []string {
	var names []string
	for _, c := range columns {
		if name, _, ok := strings.Cut(c.name, ".#."); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}()

func (w *Writer) addItems(name string, like []casework.ReferralForm) {
	var subs []*column
	for i := range columns {
		if strings.HasPrefix(columns[i].name, name+".#.") {
			subs = append(subs, &columns[i])
		}
	}
	most := 1
	for i := range like {
		most = max(most, subs[0].count(&like[i]))
	}
	for i := range min(most, subs[0].limit) {
		for _, c := range subs {
			w.places = append(w.places, place{c, i, strings.Replace(c.name, "#", strconv.Itoa(i), 1)})
		}
	}
}

// Write adds one referral.
func (w *Writer) Write(external, agency string, f *casework.ReferralForm) error {
	row := []string{guard(external), guard(agency)}
	for _, p := range w.places {
		row = append(row, guard(p.get(w.directory, f, p.index)))
	}
	return w.out.Write(row)
}

// Flush writes what is held back.
func (w *Writer) Flush() error {
	w.out.Flush()
	return w.out.Error()
}

// Template writes a CSV file to begin with: the header and one example.
func Template(w io.Writer) error {
	out := csv.NewWriter(w)
	header, example := []string{columnExternal, columnAgency}, []string{"2025-0001", ""}
	for _, c := range columns {
		header = append(header, strings.Replace(c.name, "#", "0", 1))
		example = append(example, guard(c.example))
	}
	if err := out.WriteAll([][]string{header, example}); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	return nil
}

// ColumnDoc explains one column.
type ColumnDoc struct{ Name, About, Example string }

// Columns explains every column, in the order of the template.
func Columns() []ColumnDoc {
	docs := []ColumnDoc{
		{columnExternal, "The sender's own number. The same number is imported once; without one, the same content is.", "2025-0001"},
		{columnAgency, "Code of the agency that refers. Empty: the one of --agency.", ""},
	}
	for _, c := range columns {
		about := c.about
		if c.limit > 0 {
			about += fmt.Sprintf(" Numbered 0 to %d.", c.limit-1)
		}
		docs = append(docs, ColumnDoc{strings.Replace(c.name, "#", "0", 1), about, c.example})
	}
	return append(docs, ColumnDoc{notePrefix + "GEN-01", "What was seen, for the indicator of that code.", ""})
}

// ReportWriter writes problems as CSV: line, field, code, message.
type ReportWriter struct{ out *csv.Writer }

// NewReportWriter writes the header.
func NewReportWriter(w io.Writer) (*ReportWriter, error) {
	r := &ReportWriter{csv.NewWriter(w)}
	return r, r.out.Write([]string{"line", "field", "code", "message"})
}

// Add writes one problem.
func (r *ReportWriter) Add(p Problem) error {
	return r.out.Write([]string{strconv.Itoa(p.Line), guard(p.Field), guard(p.Code), guard(p.Msg)})
}

// Flush writes what is held back.
func (r *ReportWriter) Flush() error {
	r.out.Flush()
	return r.out.Error()
}
