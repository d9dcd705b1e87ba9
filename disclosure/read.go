package disclosure

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Bounds of the CSV reader.
const (
	maxBytes   = 64 << 20
	maxRows    = 2_000_000
	maxColumns = 2_000
)

// Hidden is how a suppressed count is written.
const Hidden = "c"

// FormatError is what is wrong with a file, and where.
type FormatError struct {
	Line   int // 1 is the header; 0 when the whole file is meant
	Column string
	Detail string
}

// Error implements error.
func (e *FormatError) Error() string {
	switch {
	case e.Line == 0:
		return e.Detail
	case e.Column == "":
		return fmt.Sprintf("line %d: %s", e.Line, e.Detail)
	}
	return fmt.Sprintf("line %d, column %q: %s", e.Line, e.Column, e.Detail)
}

var (
	countName  = regexp.MustCompile(`(?i)^(n|count|counts|people|persons|number|freq|frequency|cases)$`)
	personName = regexp.MustCompile(`(?i)^(id|person|person[ _]?id)$`)
	totalName  = regexp.MustCompile(`(?i)^(total|all|grand total)$`)
)

// Form is the layout of a file of counts or records.
type Form int

// The forms.
const (
	Long   Form = iota + 1 // a column for each attribute, and last the count
	Wide                   // the categories of a second attribute are columns
	People                 // one row a person
)

// Input is what a file holds.
type Input struct {
	Form       Form
	Records    *Records
	Dropped    int // records beyond one a person, where the file names persons
	cells      []inputCell
	attributes []string
}

// inputCell is a count with its categories; "" where it is a total.
type inputCell struct {
	line   int
	labels []string
	count  int64
	hidden bool
}

// ReadCSV reads a table of counts or a file of records. The form is told by the
// header: a last column named n, count, people … makes it [Long]; else, when all
// columns but the first hold numbers and the first names rows, it is [Wide]; else
// it is [People], where a first column "person" or "id" tells who a record is
// about, and one record of each is kept. Totals ("Total", "All") may be there and
// must then add up. What is wrong with a file is a *[FormatError].
func ReadCSV(r io.Reader) (*Input, error) {
	in, err := readInput(r)
	if err != nil {
		return nil, err
	}
	for _, c := range in.cells {
		if c.hidden {
			return nil, &FormatError{Line: c.line, Detail: "holds a count that is hidden already: protect the original table"}
		}
	}
	if err := in.gather(); err != nil {
		return nil, err
	}
	return in, in.checkTotals()
}

// ReadRelease reads a table as it was published: counts may be hidden ([Hidden]),
// and are if they are not there at all. base is what its counts were rounded to, 1
// if they were not.
func ReadRelease(r io.Reader, base int64) (*Release, error) {
	in, err := readInput(r)
	if err != nil {
		return nil, err
	}
	if in.Form == People {
		return nil, &FormatError{Detail: "is a file of records, not a published table"}
	}
	categories := make([][]string, len(in.attributes))
	for _, c := range in.cells {
		for i, label := range c.labels {
			if label != "" && !slices.Contains(categories[i], label) {
				categories[i] = append(categories[i], label)
			}
		}
	}
	t, err := newTable(in.attributes, categories)
	if err != nil {
		return nil, &FormatError{Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
	}
	out := newRelease(t)
	out.Base = base
	out.Suppressed = make([]bool, len(t.counts))
	for i := range out.Suppressed {
		out.Suppressed[i] = true
	}
	for _, c := range in.cells {
		labels := slices.Clone(c.labels)
		for i, label := range labels {
			if label == "" {
				labels[i] = TotalName
			}
		}
		cell, ok := t.Cell(labels...)
		if ok && !c.hidden {
			out.counts[cell], out.Suppressed[cell] = c.count, false
		}
	}
	return out, nil
}

func readInput(r io.Reader) (*Input, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	records := csv.NewReader(limited)
	var rows [][]string
	var lines []int
	for {
		row, err := records.Read()
		if limited.N <= 0 || len(rows) > maxRows {
			return nil, &FormatError{Detail: "the file is too large"}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := records.FieldPos(0)
		for i := range row {
			row[i] = strings.TrimSpace(strings.TrimPrefix(row[i], "\uFEFF"))
		}
		rows, lines = append(rows, row), append(lines, line)
	}
	switch {
	case len(rows) == 0:
		return nil, &FormatError{Detail: "the file is empty: it needs a header line"}
	case len(rows) == 1:
		return nil, &FormatError{Detail: "the file has a header but no rows"}
	case len(rows[0]) > maxColumns:
		return nil, &FormatError{Line: 1, Detail: "has too many columns"}
	}
	in := &Input{Form: formOf(rows)}
	var err error
	switch in.Form {
	case Long:
		err = in.readLong(rows, lines)
	case Wide:
		err = in.readWide(rows, lines)
	default:
		err = in.readPeople(rows, lines)
	}
	if err != nil {
		return nil, err
	}
	return in, in.checkNames()
}

func csvError(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &FormatError{Line: parse.Line, Detail: parse.Err.Error()}
	}
	return fmt.Errorf("read table: %w", err)
}

// formOf tells the form by header and values.
func formOf(rows [][]string) Form {
	header := rows[0]
	if len(header) >= 2 && countName.MatchString(header[len(header)-1]) {
		return Long
	}
	if len(header) < 2 || personName.MatchString(header[0]) {
		return People
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if seen[row[0]] {
			return People
		}
		seen[row[0]] = true
		for _, v := range row[1:] {
			if _, err := strconv.ParseFloat(v, 64); err != nil && v != Hidden {
				return People
			}
		}
	}
	return Wide
}

// parseCount reads a count of people or the mark of a hidden one.
func parseCount(s string) (n int64, hidden bool, err error) {
	if s == Hidden {
		return 0, true, nil
	}
	n, err = strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		if f, ferr := strconv.ParseFloat(s, 64); ferr == nil && f >= 0 && f < MaxCount && f == float64(int64(f)) {
			return int64(f), false, nil
		}
		return 0, false, errors.New("a count of people must be a whole number, 0 or more")
	case n < 0:
		return 0, false, errors.New("a count of people cannot be negative")
	case n > MaxCount:
		return 0, false, errors.New("the count is too large")
	}
	return n, false, nil
}

func (in *Input) readLong(rows [][]string, lines []int) error {
	last := len(rows[0]) - 1
	in.attributes = rows[0][:last]
	for i, row := range rows[1:] {
		n, hidden, err := parseCount(row[last])
		if err != nil {
			return &FormatError{Line: lines[i+1], Column: rows[0][last], Detail: err.Error()}
		}
		labels := slices.Clone(row[:last])
		for j, label := range labels {
			if label == "" {
				return &FormatError{Line: lines[i+1], Column: rows[0][j], Detail: "is blank: name the category, such as \"unknown\""}
			}
			if totalName.MatchString(label) {
				labels[j] = ""
			}
		}
		in.cells = append(in.cells, inputCell{lines[i+1], labels, n, hidden})
	}
	return nil
}

func (in *Input) readWide(rows [][]string, lines []int) error {
	header := rows[0]
	first := header[0]
	if first == "" {
		first = "row"
	}
	in.attributes = []string{first, "column"}
	if a, b, ok := strings.Cut(first, `\`); ok {
		in.attributes = []string{strings.TrimSpace(a), strings.TrimSpace(b)}
	}
	label := func(s string) string {
		if totalName.MatchString(s) {
			return ""
		}
		return s
	}
	for i, row := range rows[1:] {
		for j, v := range row[1:] {
			n, hidden, err := parseCount(v)
			if err != nil {
				return &FormatError{Line: lines[i+1], Column: header[j+1], Detail: err.Error()}
			}
			if row[0] == "" || header[j+1] == "" {
				return &FormatError{Line: lines[i+1], Detail: "has a row or a column without a name"}
			}
			in.cells = append(in.cells, inputCell{lines[i+1], []string{label(row[0]), label(header[j+1])}, n, hidden})
		}
	}
	return nil
}

func (in *Input) readPeople(rows [][]string, lines []int) error {
	header := rows[0]
	from := 0
	if personName.MatchString(header[0]) {
		from = 1
	}
	in.attributes = header[from:]
	var contributions []Contribution
	for i, row := range rows[1:] {
		person := strconv.Itoa(i)
		if from == 1 {
			person = row[0]
		}
		for j, v := range row[from:] {
			if v == "" {
				return &FormatError{Line: lines[i+1], Column: in.attributes[j], Detail: "is blank: name the category, such as \"unknown\""}
			}
		}
		contributions = append(contributions, Contribution{person, row[from:]})
	}
	if len(in.attributes) == 0 {
		return &FormatError{Line: 1, Detail: "names no attribute"}
	}
	var err error
	in.Records, in.Dropped, err = BoundContributions(in.attributes, contributions, 1, nil)
	if err != nil {
		return &FormatError{Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
	}
	return nil
}

// checkNames refuses labels that a spreadsheet would run, and cells told twice.
func (in *Input) checkNames() error {
	for _, a := range in.attributes {
		if err := checkLabel(a); err != nil {
			return &FormatError{Line: 1, Column: a, Detail: err.Error()}
		}
	}
	seen := make(map[string]bool, len(in.cells))
	for _, c := range in.cells {
		for _, label := range c.labels {
			if label == "" {
				continue
			}
			if err := checkLabel(label); err != nil {
				return &FormatError{Line: c.line, Detail: err.Error()}
			}
		}
		key := strings.Join(c.labels, "\x00")
		if seen[key] {
			return &FormatError{Line: c.line, Detail: "tells a cell that an earlier line has told"}
		}
		seen[key] = true
	}
	return nil
}

// gather makes records of the cells that are no totals.
func (in *Input) gather() error {
	if in.Records != nil {
		return nil
	}
	b, err := NewBuilder(in.attributes)
	if err != nil {
		return &FormatError{Line: 1, Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
	}
	for _, c := range in.cells {
		if slices.Contains(c.labels, "") {
			continue
		}
		// A category of nobody must keep its place in the table.
		for i, label := range c.labels {
			if _, err := b.category(i, label); err != nil {
				return &FormatError{Line: c.line, Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
			}
		}
		if err := b.Add(c.labels, c.count); err != nil {
			return &FormatError{Line: c.line, Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
		}
	}
	in.Records = b.Records()
	return nil
}

// checkTotals compares the totals that the file gives with the sums of its cells.
func (in *Input) checkTotals() error {
	c, err := newCoder(in.Records)
	if err != nil {
		return &FormatError{Detail: strings.TrimPrefix(err.Error(), "disclosure: ")}
	}
	sums := map[subset]map[uint64]int64{}
	for _, cell := range in.cells {
		if !slices.Contains(cell.labels, "") {
			continue
		}
		var s subset
		code, known := uint64(0), true
		for j, label := range cell.labels {
			if label == "" {
				continue
			}
			s |= 1 << j
			v := slices.Index(in.Records.Categories[j], label)
			known = known && v >= 0
			code += c.radix[j] * uint64(v+1)
		}
		if sums[s] == nil {
			sums[s] = in.Records.marginal(c, s)
		}
		sum := int64(0)
		if known {
			sum = sums[s][code]
		}
		if sum != cell.count {
			return &FormatError{Line: cell.line, Detail: fmt.Sprintf("the totals do not add up: the total of %s is %d, its parts are %d together", in.describe(cell), cell.count, sum)}
		}
	}
	return nil
}

func (in *Input) describe(c inputCell) string {
	var parts []string
	for i, label := range c.labels {
		if label != "" {
			parts = append(parts, in.attributes[i]+"="+label)
		}
	}
	if len(parts) == 0 {
		return "everybody"
	}
	return strings.Join(parts, ", ")
}
