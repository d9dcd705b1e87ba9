package ui

import "html/template"

// Table shows rows of components. On a narrow screen each row becomes a card
// and each cell carries its column's title.
type Table struct {
	Caption       string
	CaptionHidden bool // read aloud only, when a heading says the same
	Columns       []Column
	Rows          []Row
	RowHeader     bool   // the first cell of a row names the row
	Empty         string // said instead of an empty table
}

// Column is one column.
type Column struct {
	Title     string
	Numeric   bool
	Sort      *Sort
	SelectAll string // the name of the row checkboxes that this column holds
}

// Sort is how a column is sorted and where choosing it leads.
type Sort struct {
	Href string
	Now  Direction
}

// Direction is the order of a sorted column, in the words of aria-sort.
type Direction string

// The directions. The zero Direction is "not sorted by this column".
const (
	Unsorted   Direction = "none"
	Ascending  Direction = "ascending"
	Descending Direction = "descending"
)

// Row is one row, with as many cells as there are columns; a nil cell is empty.
// Alert marks a row that is overdue; a cell must say so in words.
type Row struct {
	Cells []Component
	Alert bool
}

// HTML renders the table, or the Empty sentence when there are no rows.
func (t Table) HTML() (template.HTML, error) { return execute("ui/table", t) }

// Cell is a row's cell with its column, for the template.
type Cell struct {
	Column  Column
	Content Component
	Header  bool
}

// Cells pairs the cells of a row with the columns.
func (t Table) Cells(r Row) []Cell {
	cells := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = Cell{Column: c, Header: t.RowHeader && i == 0}
		if i < len(r.Cells) {
			cells[i].Content = r.Cells[i]
		}
	}
	return cells
}
