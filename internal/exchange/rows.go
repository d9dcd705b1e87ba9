package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"clew/internal/core"
	"clew/internal/scheme"
)

// Row is one referral as a file has it.
type Row struct {
	Line     int    // where it begins
	External string // the sender's own number; empty when there is none
	Agency   string // code of the agency that refers; empty: the importer's
	Form     form
	Faults   []core.Field // what could not be read; such a row is not submitted
	// Closed says that the sender has ended the case.
	Closed bool
}

// Reader gives one row after the other, and io.EOF after the last. Other errors
// end the reading.
type Reader interface {
	Next() (Row, error)
	// Notes says what was found out about the file, in sentences.
	Notes() []string
}

// ReadOptions are what varies from file to file.
type ReadOptions struct {
	Format    string            // "csv" or "htcds"; empty: look
	Encoding  string            // one of Encodings; empty: look
	Skip      []string          // columns to leave out
	Defaults  map[string]string // column → text where a record has none
	Directory *Directory
	Rules     scheme.Rules // whose lists know the codes of the case data standard
}

// Open looks at a file and returns its reader.
func Open(r io.Reader, o ReadOptions) (Reader, error) {
	if o.Directory == nil {
		o.Directory = NewDirectory(nil)
	}
	defaults, err := placeDefaults(o.Defaults, o.Directory)
	if err != nil {
		return nil, err
	}
	t, err := openText(r, o.Encoding)
	if err != nil {
		return nil, err
	}
	b := base{directory: o.Directory, defaults: defaults, notes: t.notes}
	if o.Format == "" {
		o.Format = "csv"
		if head, _ := t.r.Peek(sniffSize); bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte{'['}) || bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte{'{'}) {
			o.Format = "htcds"
		}
	}
	switch o.Format {
	case "csv":
		return openCSV(t, b, o.Skip)
	case "htcds":
		return openHTCDS(t, b, o.Rules)
	}
	return nil, core.E(core.Invalid, "import.format", "The formats are csv and htcds.")
}

// base is what both readers have.
type base struct {
	directory *Directory
	defaults  []preset
	notes     []string
}

// Notes implements Reader.
func (b *base) Notes() []string { return b.notes }

// preset is a column with the text that fills it.
type preset struct {
	place
	text string
}

// placeDefaults checks the defaults before the first record is read: a bad one
// would spoil every row.
func placeDefaults(defaults map[string]string, d *Directory) ([]preset, error) {
	var out []preset
	var faults []core.Field
	for _, name := range slices.Sorted(maps.Keys(defaults)) {
		p, ok := findColumn(name)
		if !ok {
			faults = append(faults, core.Field{Name: name, Code: "column.unknown", Msg: "There is no such column. `clew import template` lists them."})
			continue
		}
		var f form
		p.put(&f, defaults[name], d, &faults)
		out = append(out, preset{p, defaults[name]})
	}
	return out, core.InvalidFields(faults)
}

// finish fills what a record left empty.
func (b *base) finish(row *Row) {
	dropEmptyItems(&row.Form)
	for _, d := range b.defaults {
		if d.get(b.directory, &row.Form, d.index) == "" {
			d.put(&row.Form, d.text, b.directory, &row.Faults)
		}
	}
}

// csvRows reads clew's own columns.
type csvRows struct {
	base
	in       csvReader
	places   []place // by position; one without a column is left out
	external int     // position, or -1
	agency   int
}

func openCSV(t *text, b base, skip []string) (*csvRows, error) {
	rows := &csvRows{base: b, external: -1, agency: -1}
	head, _ := t.r.Peek(maxRecord)
	separator, err := findSeparator(head)
	if err != nil {
		return nil, err
	}
	if separator != ',' {
		rows.notes = append(rows.notes, fmt.Sprintf("The columns are separated by %s.", separatorNames[separator]))
	}
	rows.in = csvReader{w: window{r: t.r, line: 1}, separator: separator}
	header, _, fault, err := rows.in.record()
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, core.E(core.Invalid, "import.header", "The first line must name the columns, and it could not be read.")
	}
	return rows, rows.readHeader(header, skip)
}

var separatorNames = map[byte]string{',': "commas", ';': "semicolons", '\t': "tabs", '|': "vertical bars"}

// findSeparator picks the separator under which the first line names the most
// known columns. What is unknown is not repeated: a file without a header begins
// with somebody's name.
func findSeparator(head []byte) (byte, error) {
	best, most := byte(0), 0
	for _, s := range []byte{',', ';', '\t', '|'} {
		cells, _, o, _ := scanRecord(head, s, true)
		known := 0
		for _, c := range cells {
			if knownColumn(c) {
				known++
			}
		}
		if o == complete && known > most {
			best, most = s, known
		}
	}
	if most == 0 {
		return 0, core.E(core.Invalid, "import.header", "The first line names no column that clew knows. Begin the file with the names that `clew import template` writes.")
	}
	return best, nil
}

func knownColumn(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	_, ok := findColumn(name)
	return ok || name == columnExternal || name == columnAgency
}

func (c *csvRows) readHeader(header, skip []string) error {
	var faults []core.Field
	seen := map[string]bool{}
	fault := func(i int, code, msg string) {
		faults = append(faults, core.Field{Name: fmt.Sprintf("column %d", i+1), Code: code, Msg: msg})
	}
	c.places = make([]place, len(header))
	for i, name := range header {
		name = strings.TrimSpace(name)
		key := strings.ToLower(name)
		p, known := findColumn(name)
		switch {
		case name == "" || slices.ContainsFunc(skip, func(s string) bool { return strings.EqualFold(s, name) }):
			continue
		case key == columnExternal:
			c.external = i
		case key == columnAgency:
			c.agency = i
		case known:
			c.places[i] = p
			key = p.name
		default:
			fault(i, "column.unknown", fmt.Sprintf("clew has no column %q. Correct its name, or leave it out with --skip-column.", shorten(name)))
			continue
		}
		if seen[key] {
			fault(i, "column.twice", "This column is there twice.")
		}
		seen[key] = true
	}
	return core.InvalidFields(faults)
}

func shorten(name string) string {
	if r := []rune(strings.ToValidUTF8(name, "?")); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return strings.ToValidUTF8(name, "?")
}

// Next implements Reader.
func (c *csvRows) Next() (Row, error) {
	cells, line, fault, err := c.in.record()
	if err != nil {
		return Row{}, err
	}
	row := Row{Line: line}
	if fault == nil && len(cells) != len(c.places) {
		cells, fault = trimCells(cells, len(c.places))
	}
	if fault != nil {
		row.Faults = []core.Field{{Code: fault.Code, Msg: fault.Msg}}
		return row, nil
	}
	for i, p := range c.places {
		c.takeCell(&row, i, p, cells[i])
	}
	c.finish(&row)
	return row, nil
}

func (c *csvRows) takeCell(row *Row, i int, p place, cell string) {
	cell = strings.TrimSpace(unguard(cell))
	if cell == "" {
		return
	}
	name := p.name
	if i == c.external {
		name = columnExternal
	}
	if !utf8.ValidString(cell) {
		row.Faults = append(row.Faults, core.Field{Name: name, Code: "text.encoding",
			Msg: "This cell is not UTF-8. Save the file as “CSV UTF-8”, or say --encoding windows-1252 if that is what it is."})
		return
	}
	switch {
	case i == c.external:
		row.External = cell
	case i == c.agency:
		row.Agency = cell
	case p.column != nil:
		p.put(&row.Form, cell, c.directory, &row.Faults)
	}
}

// trimCells forgives empty cells at the end of a line, which spreadsheets add.
// Any other difference may have moved every answer, so nothing of it is believed.
func trimCells(cells []string, want int) ([]string, *core.Error) {
	for len(cells) > want && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != want {
		return nil, core.E(core.Invalid, "csv.columns", fmt.Sprintf("This line has %d cells and the header %d.", len(cells), want))
	}
	return cells, nil
}

// guarded are the beginnings by which a spreadsheet takes a cell for a formula.
const guarded = "=+-@\t\r'"

// guard makes a cell harmless in a spreadsheet; unguard takes that back.
func guard(cell string) string {
	if cell != "" && strings.IndexByte(guarded, cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(guarded, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// drained reports whether the error is the end of a file.
func drained(err error) bool { return errors.Is(err, io.EOF) }
