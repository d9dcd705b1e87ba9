package mse

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

// Bounds of the CSV readers. A table of ten lists has at most 1,023 rows; a file
// with one row a person may be long.
const (
	maxBytes   = 64 << 20
	maxRows    = 2_000_000
	maxColumns = 32
)

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
	countName  = regexp.MustCompile(`(?i)^(n|count|counts|freq|frequency|number|people|persons|cases|total)$`)
	personName = regexp.MustCompile(`(?i)^(id|person|person[ _]?id|case|case[ _]?id|ref|reference|record|record[ _]?id|row|no)$`)
	listsName  = regexp.MustCompile(`(?i)^(lists|memberships|sources)$`)
)

// ReadCSV reads capture histories in one of three forms, told apart by the header:
//
//   - one row a history: a 0/1 column for each list, and last the number of
//     people ("n", "count", "frequency" … or any column that is not all 0 and 1);
//   - one row a person: a 0/1 column for each list, and perhaps a first column
//     that names the person ("id", "person", "case" …), which is not kept;
//   - one row a person, with the lists in one column "lists", separated by ; or |.
//
// What is wrong with a file is a *[FormatError].
func ReadCSV(r io.Reader) (*Table, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	records := csv.NewReader(limited)
	records.ReuseRecord = true
	records.FieldsPerRecord = -1
	header, err := records.Read()
	if errors.Is(err, io.EOF) {
		return nil, &FormatError{Detail: "the file is empty: it needs a header line with the names of the lists"}
	}
	if err != nil {
		return nil, csvError(err)
	}
	header = slices.Clone(header)
	for i := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(header[i], "\uFEFF"))
	}
	if len(header) > maxColumns {
		lists := len(header) - 1
		return nil, refuse(TooManyLists, "about %d lists have 2^%d possible histories and 2^%d models of pairs alone; at most %d lists can be used", lists, lists, lists*(lists-1)/2, MaxLists)
	}
	p := newCSVParser(header)
	for row := 0; ; row++ {
		record, err := records.Read()
		if limited.N <= 0 {
			return nil, &FormatError{Detail: fmt.Sprintf("the file is larger than %d MB", maxBytes>>20)}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvError(err)
		}
		if row >= maxRows {
			return nil, &FormatError{Detail: fmt.Sprintf("the file has more than %d rows", maxRows)}
		}
		line, _ := records.FieldPos(0)
		if err := p.row(line, record); err != nil {
			return nil, err
		}
	}
	return p.table()
}

func csvError(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &FormatError{Line: parse.Line, Detail: parse.Err.Error()}
	}
	return fmt.Errorf("read capture histories: %w", err)
}

// csvParser gathers rows. Whether the last column counts people can be known
// only when all rows are read, so rows are kept by their text until then.
type csvParser struct {
	header []string
	named  bool           // lists are named in one column
	at     int            // of that column
	index  map[string]int // list name to number, for the named form
	first  int            // first list column: 1 after a person's name
	counts bool           // the last column is known to count
	rows   map[rawRow]int64
	line   map[rawRow]int
	cells  map[History]int64
}

// rawRow is a row of the 0/1 forms: the leading columns, and the last as given.
type rawRow struct {
	lead History
	last int64
}

func newCSVParser(header []string) *csvParser {
	p := &csvParser{header: header, rows: map[rawRow]int64{}, line: map[rawRow]int{}, cells: map[History]int64{}, index: map[string]int{}}
	if i := slices.IndexFunc(header, listsName.MatchString); i >= 0 && len(header) <= 3 {
		p.named, p.at = true, i
		return p
	}
	// A first column without a name holds the row numbers that statistical programs write.
	if len(header) > 1 && (header[0] == "" || personName.MatchString(header[0])) {
		p.first = 1
	}
	p.counts = countName.MatchString(header[len(header)-1])
	return p
}

func (p *csvParser) row(line int, record []string) error {
	if len(record) != len(p.header) {
		return &FormatError{Line: line, Detail: fmt.Sprintf("has %d columns, the header has %d", len(record), len(p.header))}
	}
	if p.named {
		return p.namedRow(line, record[p.at])
	}
	var raw rawRow
	last := len(record) - 1
	for j := p.first; j < last; j++ {
		switch strings.TrimSpace(record[j]) {
		case "1":
			raw.lead |= 1 << (j - p.first)
		case "0":
		default:
			return &FormatError{Line: line, Column: p.header[j], Detail: "must be 0 or 1: is the person on this list?"}
		}
	}
	n, err := wholeNumber(strings.TrimSpace(record[last]))
	if err != nil {
		return &FormatError{Line: line, Column: p.header[last], Detail: err.Error()}
	}
	raw.last = n
	if _, ok := p.rows[raw]; !ok {
		p.line[raw] = line
	}
	p.rows[raw]++
	return nil
}

// wholeNumber reads a count of people.
func wholeNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err == nil && n < 0:
		return 0, errors.New("a count of people cannot be negative")
	case err == nil && n > maxTotal:
		return 0, errors.New("the count is too large")
	case err == nil:
		return n, nil
	}
	if f, ferr := strconv.ParseFloat(s, 64); ferr == nil && f == f {
		if f >= 0 && f < maxTotal && f == float64(int64(f)) {
			return int64(f), nil // "12.0", as some spreadsheets write
		}
		return 0, errors.New("a count of people must be a whole number, 0 or more")
	}
	return 0, errors.New("must be a whole number: how many people have this history (or 0 and 1 throughout, for one row a person)")
}

func (p *csvParser) namedRow(line int, lists string) error {
	var h History
	for name := range strings.FieldsFuncSeq(lists, func(r rune) bool { return r == ';' || r == '|' }) {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		j, ok := p.index[name]
		if !ok {
			j = len(p.index)
			if j >= 31 {
				return refuse(TooManyLists, "more than 30 lists are named; at most %d can be used together", MaxLists)
			}
			p.index[name] = j
		}
		h |= 1 << j
	}
	if h == 0 {
		return &FormatError{Line: line, Column: p.header[p.at], Detail: "names no list: whoever no list saw cannot be in the table"}
	}
	p.cells[h]++
	return nil
}

// table decides what the last column was and builds the table.
func (p *csvParser) table() (*Table, error) {
	if p.named {
		names := make([]string, len(p.index))
		for name, j := range p.index {
			names[j] = name
		}
		return p.build(names)
	}
	if len(p.rows) == 0 {
		return nil, &FormatError{Detail: "the file has a header but no rows"}
	}
	for raw := range p.rows {
		p.counts = p.counts || raw.last > 1
	}
	last := len(p.header) - 1
	lists := p.header[p.first:]
	if p.counts {
		lists = p.header[p.first:last]
	}
	if len(lists) == 0 {
		return nil, &FormatError{Line: 1, Detail: "names no list"}
	}
	for raw, times := range p.rows {
		h, n := raw.lead, raw.last*times
		if !p.counts {
			h, n = raw.lead|History(raw.last)<<(last-p.first), times
		}
		if h == 0 && n > 0 {
			return nil, &FormatError{Line: p.line[raw], Detail: "is on no list: whoever no list saw cannot be in the table"}
		}
		if n < 0 || n > maxTotal {
			return nil, &FormatError{Line: p.line[raw], Detail: "the count is too large"}
		}
		p.cells[h] += n
	}
	return p.build(lists)
}

func (p *csvParser) build(lists []string) (*Table, error) {
	if len(lists) == 0 {
		return nil, &FormatError{Detail: "the file has a header but no rows"}
	}
	cells := make([]Cell, 0, len(p.cells))
	for h, n := range p.cells {
		cells = append(cells, Cell{h, n})
	}
	t, err := NewTable(lists, cells)
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		return nil, &FormatError{Detail: strings.TrimPrefix(err.Error(), "mse: ")}
	}
	return t, err
}
