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
	out := csv.NewWriter(w)
	if form == Wide && len(r.Attributes) == 2 {
		r.writeWide(out)
	} else {
		r.writeLong(out)
	}
	out.Flush()
	if err := out.Error(); err != nil {
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

// The csv writer keeps its first error; WriteCSV asks for it.

func (r *Release) writeWide(out *csv.Writer) {
	header := []string{r.Attributes[0] + ` \ ` + r.Attributes[1]}
	out.Write(append(append(header, r.Categories[1]...), TotalName))
	for i := range len(r.Categories[0]) + 1 {
		line := []string{r.label(i*r.stride[0], 0)}
		for j := range len(r.Categories[1]) + 1 {
			line = append(line, r.text(i*r.stride[0]+j*r.stride[1]))
		}
		out.Write(line)
	}
}

func (r *Release) writeLong(out *csv.Writer) {
	out.Write(append(append([]string{}, r.Attributes...), "people"))
	place := make([]int, len(r.Attributes))
	for {
		cell := 0
		for i, p := range place {
			cell += p * r.stride[i]
		}
		line := make([]string, 0, len(place)+1)
		for i := range place {
			line = append(line, r.label(cell, i))
		}
		out.Write(append(line, r.text(cell)))
		if !next(place, r.Categories) {
			return
		}
	}
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
	header := append([]string{}, r.Attributes...)
	if form != People {
		header = append(header, "people")
	}
	out.Write(header)
	for _, row := range r.Rows {
		line := make([]string, 0, len(header))
		for j, v := range row.Values {
			name := ""
			if v != Blank {
				name = r.Categories[j][v]
			}
			line = append(line, name)
		}
		if form != People {
			out.Write(append(line, strconv.FormatInt(row.People, 10)))
			continue
		}
		for range row.People {
			out.Write(line)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}
