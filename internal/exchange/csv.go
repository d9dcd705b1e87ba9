package exchange

import (
	"bytes"
	"strings"

	"clew/internal/core"
)

// maxCells bounds the cells of a record.
const maxCells = 2000

// csvReader reads RFC 4180 records with any one-byte separator. Unlike
// encoding/csv it bounds a record and goes on with the next line after one that
// is broken, so that a stray quotation mark costs one record and not the rest of
// the file.
type csvReader struct {
	w         window
	separator byte
}

// record returns the next record and the line where it begins. A record that
// breaks the format is an error with a code; the one after it can be read.
func (c *csvReader) record() (cells []string, line int, fault *core.Error, err error) {
	for {
		var used int
		line = c.w.line
		found, err := c.w.next(func(b []byte, eof bool) outcome {
			var o outcome
			cells, used, o, fault = scanRecord(b, c.separator, eof)
			return o
		})
		if err != nil {
			return nil, line, nil, err
		}
		if found != complete {
			if fault == nil {
				fault = core.E(core.Invalid, "csv.quote_open", "A quotation mark is opened on this line and not closed within a record's length.")
			}
			return nil, line, fault, c.w.skipLine()
		}
		if err := c.w.take(used); err != nil {
			return nil, line, nil, err
		}
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue // an empty line
		}
		return cells, line, nil, nil
	}
}

// scanRecord reads one record at the start of b.
func scanRecord(b []byte, separator byte, eof bool) (cells []string, used int, o outcome, fault *core.Error) {
	for i := 0; ; {
		if len(cells) == maxCells {
			return nil, 0, broken, core.E(core.Invalid, "csv.many", "This line has far too many cells.")
		}
		var cell string
		var end int
		if i < len(b) && b[i] == '"' {
			cell, end, o = scanQuoted(b, i, separator, eof)
		} else {
			cell, end, o = scanPlain(b, i, separator, eof)
		}
		switch o {
		case needMore:
			return nil, 0, needMore, nil
		case broken:
			return nil, 0, broken, core.E(core.Invalid, "csv.quote", "There is text after a closing quotation mark. Write a quotation mark inside a cell twice.")
		}
		cells = append(cells, cell)
		if end >= len(b) {
			return cells, len(b), complete, nil
		}
		i = end + 1
		if b[end] == '\n' {
			return cells, i, complete, nil
		}
	}
}

// scanPlain reads a cell without quotation marks and returns where its separator
// or line feed is.
func scanPlain(b []byte, i int, separator byte, eof bool) (string, int, outcome) {
	end := i
	for end < len(b) && b[end] != separator && b[end] != '\n' {
		end++
	}
	if end == len(b) && !eof {
		return "", 0, needMore
	}
	cell := b[i:end]
	if end == len(b) || b[end] == '\n' {
		cell = bytes.TrimSuffix(cell, []byte{'\r'})
	}
	return string(cell), end, complete
}

// scanQuoted reads a quoted cell; i is at its first mark.
func scanQuoted(b []byte, i int, separator byte, eof bool) (string, int, outcome) {
	doubled := false
	at := i + 1
	for {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return "", 0, needMore
		}
		at += n
		if at+1 < len(b) && b[at+1] == '"' {
			doubled = true
			at += 2
			continue
		}
		break
	}
	if at+1 >= len(b) && !eof {
		return "", 0, needMore
	}
	cell := string(b[i+1 : at])
	if doubled {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	cell = strings.ReplaceAll(cell, "\r\n", "\n")
	end := at + 1
	if end+1 < len(b) && b[end] == '\r' && b[end+1] == '\n' || end+1 == len(b) && b[end] == '\r' && eof {
		end++
	} else if end+1 == len(b) && b[end] == '\r' {
		return "", 0, needMore
	}
	if end < len(b) && b[end] != separator && b[end] != '\n' {
		return "", 0, broken
	}
	return cell, end, complete
}
