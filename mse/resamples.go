package mse

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

var maskName = regexp.MustCompile(`^mask_([0-9]{1,10})$`)

// maxResampleRows bounds a file of resamples.
const maxResampleRows = 200_000

// ReadResamples reads resamples to replay: a column mask_k for each history, k
// the number whose bit j is set for list j of the table, and one row a resample.
// Other columns are left alone. Resamples must have the people of the table.
func ReadResamples(r io.Reader, t *Table) ([][]Cell, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	records := csv.NewReader(limited)
	records.ReuseRecord = true
	header, err := records.Read()
	if errors.Is(err, io.EOF) {
		return nil, &FormatError{Detail: "the file of resamples is empty"}
	}
	if err != nil {
		return nil, csvError(err)
	}
	masks, err := resampleHeader(header, len(t.lists))
	if err != nil {
		return nil, err
	}
	var resamples [][]Cell
	for {
		record, err := records.Read()
		if limited.N <= 0 || len(resamples) >= maxResampleRows {
			return nil, &FormatError{Detail: "the file of resamples is too large"}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := records.FieldPos(0)
		cells, err := resampleRow(line, record, masks, t.total)
		if err != nil {
			return nil, err
		}
		resamples = append(resamples, cells)
	}
	if len(resamples) == 0 {
		return nil, &FormatError{Detail: "the file of resamples has a header but no rows"}
	}
	return resamples, nil
}

// resampleHeader maps columns to histories; 0 marks a column that is not one.
func resampleHeader(header []string, lists int) ([]History, error) {
	masks := make([]History, len(header))
	found := make(map[History]bool)
	for i, name := range header {
		m := maskName.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		k, err := strconv.ParseUint(m[1], 10, 32)
		if err != nil || k == 0 || k >= 1<<lists {
			return nil, &FormatError{Line: 1, Column: name, Detail: fmt.Sprintf("is not a history of %d lists", lists)}
		}
		if found[History(k)] {
			return nil, &FormatError{Line: 1, Column: name, Detail: "occurs twice"}
		}
		masks[i] = History(k)
		found[History(k)] = true
	}
	if len(found) == 0 {
		return nil, &FormatError{Line: 1, Detail: "has no column mask_k that names a history"}
	}
	return masks, nil
}

func resampleRow(line int, record []string, masks []History, total int64) ([]Cell, error) {
	var cells []Cell
	var sum int64
	for i, h := range masks {
		if h == 0 {
			continue
		}
		n, err := wholeNumber(record[i])
		if err != nil {
			return nil, &FormatError{Line: line, Column: fmt.Sprintf("mask_%d", h), Detail: err.Error()}
		}
		cells = append(cells, Cell{h, n})
		sum += n
	}
	if sum != total {
		return nil, &FormatError{Line: line, Detail: fmt.Sprintf("has %d people, the table has %d", sum, total)}
	}
	return cells, nil
}
