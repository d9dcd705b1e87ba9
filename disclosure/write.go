package disclosure

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// WriteCSV writes a released table with all its totals, [Wide] when asked and the
// table has two attributes, else [Long]. Hidden counts are written as [Hidden].
func (r *Release) WriteCSV(w io.Writer, form Form) error {
	lines := r.long()
	if form == Wide && len(r.Attributes) == 2 {
		lines = r.wide()
	}
	if err := csv.NewWriter(w).WriteAll(lines); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (r *Release) text(cell int) string {
	if !r.Known(cell) {
		return Hidden
	}
	return strconv.FormatInt(r.counts[cell], 10)
}

func (r *Release) wide() [][]string {
	header := []string{r.Attributes[0] + ` \ ` + r.Attributes[1]}
	lines := [][]string{append(append(header, r.Categories[1]...), TotalName)}
	for i := range len(r.Categories[0]) + 1 {
		line := []string{r.label(i*r.stride[0], 0)}
		for j := range len(r.Categories[1]) + 1 {
			line = append(line, r.text(i*r.stride[0]+j*r.stride[1]))
		}
		lines = append(lines, line)
	}
	return lines
}

func (r *Release) long() [][]string {
	lines := [][]string{append(append([]string{}, r.Attributes...), "people")}
	place := make([]int, len(r.Attributes))
	for more := true; more; more = next(place, r.Categories) {
		cell := 0
		for i, p := range place {
			cell += p * r.stride[i]
		}
		line := make([]string, 0, len(place)+1)
		for i := range place {
			line = append(line, r.label(cell, i))
		}
		lines = append(lines, append(line, r.text(cell)))
	}
	return lines
}

// next counts up, the last attribute fastest; false after the last cell.
func next(place []int, categories [][]string) bool {
	for i := len(place) - 1; i >= 0; i-- {
		if place[i]++; place[i] <= len(categories[i]) {
			return true
		}
		place[i] = 0
	}
	return false
}

// WriteCSV writes records, blanks empty: one row a kind of record with the number
// of people, or one row a person when form is [People].
func (r *Records) WriteCSV(w io.Writer, form Form) error {
	out := csv.NewWriter(w)
	if err := r.writeRows(out, form); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

func (r *Records) writeRows(out *csv.Writer, form Form) error {
	header := append([]string{}, r.Attributes...)
	if form != People {
		header = append(header, "people")
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range r.Rows {
		line, times := make([]string, 0, len(header)), row.People
		for j, v := range row.Values {
			name := ""
			if v != Blank {
				name = r.Categories[j][v]
			}
			line = append(line, name)
		}
		if form != People {
			line, times = append(line, strconv.FormatInt(row.People, 10)), 1
		}
		for range times {
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}
