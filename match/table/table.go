// Package table reads delimited text as people save it: with a comma, a
// semicolon, a tab or a bar between fields, in UTF-8 with or without a mark,
// in UTF-16 or in Windows' Latin alphabet.
//
// It promises to find and name what is wrong with a row (line and column) and
// to go on with the next one, and to hold no more than one row and its look
// ahead in memory. It refuses rows and fields past its bounds.
package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds of one row.
const (
	maxLine   = 1 << 20 // bytes
	maxFields = 1 << 12
	maxSpan   = 64 // lines that a quoted field may go over
	peekSize  = 1 << 16
)

// RowError says what is wrong with one row; reading goes on after it.
type RowError struct {
	Line, Column int // from 1; the column is in characters
	Problem      string
}

// Error implements error.
func (e *RowError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Reader reads rows by the names of their columns.
type Reader struct {
	in        *bufio.Reader
	separator byte
	header    []string
	column    map[string]int
	pending   []string // lines read ahead of a quote that never closed
	line      int      // number of the last line read
	rowLine   int
}

// ErrEmpty says that there is not even a header.
var ErrEmpty = errors.New("the file is empty: a header row with column names is needed")

// NewReader reads the header. Encoding and separator are found from the
// beginning of the input.
func NewReader(in io.Reader) (*Reader, error) {
	raw := bufio.NewReaderSize(in, peekSize)
	start, err := raw.Peek(peekSize)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, fmt.Errorf("read: %w", err)
	}
	r := &Reader{in: bufio.NewReaderSize(decode(raw, start), peekSize)}
	first, _ := r.in.Peek(peekSize / 4)
	r.separator = separatorOf(string(first))
	for {
		r.header, err = r.Row()
		var bad *RowError
		if err == io.EOF {
			return nil, ErrEmpty
		}
		if errors.As(err, &bad) {
			return nil, fmt.Errorf("the header cannot be read: %w", err)
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(strings.Join(r.header, "")) != "" {
			break
		}
	}
	r.column = make(map[string]int, len(r.header))
	for i, name := range r.header {
		name = strings.TrimSpace(name)
		r.header[i] = name
		if _, twice := r.column[strings.ToLower(name)]; !twice {
			r.column[strings.ToLower(name)] = i
		}
	}
	return r, nil
}

// decode picks the encoding: by byte-order mark, by the zero bytes of UTF-16,
// else UTF-8 if the beginning is valid, else Windows-1252.
func decode(in io.Reader, start []byte) io.Reader {
	switch {
	case strings.HasPrefix(string(start), "\xff\xfe"), strings.HasPrefix(string(start), "\xfe\xff"):
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case strings.HasPrefix(string(start), "\xef\xbb\xbf"):
		return transform.NewReader(in, unicode.UTF8BOM.NewDecoder())
	case len(start) > 3 && start[1] == 0 && start[3] == 0:
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case len(start) > 3 && start[0] == 0 && start[2] == 0:
		return transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	}
	if validStart(start) {
		return in
	}
	return transform.NewReader(in, charmap.Windows1252.NewDecoder())
}

// validStart allows for a character cut in two by the end of the look ahead.
func validStart(b []byte) bool {
	for i := 0; i < utf8.UTFMax && len(b) > 0; i++ {
		if utf8.Valid(b) {
			return true
		}
		b = b[:len(b)-1]
	}
	return len(b) == 0
}

// separatorOf picks the character that stands most often in the first line,
// outside quotes.
func separatorOf(start string) byte {
	line, _, _ := strings.Cut(strings.TrimLeft(start, "\r\n"), "\n")
	best, most := byte(','), 0
	for _, sep := range []byte{',', ';', '\t', '|'} {
		n, quoted := 0, false
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == '"':
				quoted = !quoted
			case line[i] == sep && !quoted:
				n++
			}
		}
		if n > most {
			best, most = sep, n
		}
	}
	return best
}

// Header returns the column names in their order.
func (r *Reader) Header() []string { return r.header }

// Separator returns the character between fields.
func (r *Reader) Separator() byte { return r.separator }

// Column returns the index of a column by name, ignoring case, or -1.
func (r *Reader) Column(names ...string) int {
	for _, n := range names {
		if i, ok := r.column[strings.ToLower(n)]; ok {
			return i
		}
	}
	return -1
}

// Line returns the line on which the last row began.
func (r *Reader) Line() int { return r.rowLine }

// Row returns the next row that is not blank. The error is io.EOF at the end, a
// *RowError when this row is unreadable, anything else is final.
func (r *Reader) Row() ([]string, error) {
	for {
		line, err := r.next()
		if err != nil {
			return nil, err
		}
		r.rowLine = r.line
		if line == "" {
			continue
		}
		if len(line) > maxLine {
			return nil, &RowError{r.line, 1, fmt.Sprintf("the row is longer than %d bytes", maxLine)}
		}
		return r.parse(line)
	}
}

// Field returns a row's field, or "" when the row is too short or i is -1.
func Field(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// next returns the next line without its end.
func (r *Reader) next() (string, error) {
	if len(r.pending) > 0 {
		line := r.pending[0]
		r.pending = r.pending[1:]
		r.line++
		return line, nil
	}
	var b strings.Builder
	for {
		chunk, err := r.in.ReadSlice('\n')
		if b.Len() <= maxLine {
			b.Write(chunk)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && (err != io.EOF || b.Len() == 0) {
			if err != io.EOF {
				err = fmt.Errorf("read after line %d: %w", r.line, err)
			}
			return "", err
		}
		r.line++
		return strings.TrimRight(b.String(), "\r\n"), nil
	}
}

// parse splits a line, reading on while a quoted field is open. When a quote
// never closes, the lines read ahead are given back.
func (r *Reader) parse(line string) ([]string, error) {
	first := r.line
	var ahead []string
	for {
		fields, column, problem := split(line, r.separator)
		switch {
		case problem == "":
			return fields, nil
		case problem != openQuote:
			r.giveBack(ahead, first)
			return nil, &RowError{first, column, problem}
		}
		more, err := r.next()
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == nil {
			ahead = append(ahead, more)
			line += "\n" + more
		}
		if err == io.EOF || len(ahead) > maxSpan || len(line) > maxLine {
			r.giveBack(ahead, first)
			return nil, &RowError{first, column, "a quote opens here and never closes"}
		}
	}
}

func (r *Reader) giveBack(ahead []string, first int) {
	r.pending = append(ahead, r.pending...)
	r.line = first
}

const openQuote = "open quote"

// split parses one row. column is where the problem is.
func split(line string, sep byte) (fields []string, column int, problem string) {
	for i := 0; ; {
		if len(fields) == maxFields {
			return nil, columnOf(line, i), fmt.Sprintf("more than %d fields", maxFields)
		}
		if i < len(line) && line[i] == '"' {
			value, end := quoted(line, i+1)
			if end < 0 {
				return nil, columnOf(line, i), openQuote
			}
			if end < len(line) && line[end] != sep {
				return nil, columnOf(line, end), "text after a closing quote"
			}
			fields = append(fields, value)
			i = end
		} else {
			end := strings.IndexByte(line[i:], sep)
			if end < 0 {
				return append(fields, line[i:]), 0, ""
			}
			fields = append(fields, line[i:i+end])
			i += end
		}
		if i >= len(line) {
			return fields, 0, ""
		}
		i++ // over the separator
	}
}

// quoted returns the value of a quoted field and the index after its closing
// quote, or -1.
func quoted(line string, i int) (string, int) {
	var b strings.Builder
	for {
		end := strings.IndexByte(line[i:], '"')
		if end < 0 {
			return "", -1
		}
		b.WriteString(line[i : i+end])
		i += end + 1
		if i < len(line) && line[i] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		return b.String(), i
	}
}

func columnOf(line string, i int) int {
	return utf8.RuneCountInString(line[:min(i, len(line))]) + 1
}
