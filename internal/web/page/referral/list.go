package referral

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"clew/internal/core"
	"clew/internal/web/ui"
)

// maxRows bounds a repeated question on one page; casework has the same bound.
const maxRows = 40

// list is a question that may be answered several times.
type list[T any] struct {
	prefix string // of its fields and of casework's field errors: "identity.names"
	title  string // of one item: "Name"
	plural string // in the summary: "Names"
	add    string // the button: "Add another name"
	none   bool   // begins without a row
	bare   bool   // one field an item: no box around it
	at     func(*answers) *[]T
	blank  func(T) bool
	item   func(s *sheet, prefix string, at func(*answers) *T) []ui.Component
	line   func(T) string
}

// addList puts a repeated question on the page. Rows are added and removed by
// ordinary submit buttons, so it needs no script.
func addList[T any](s *sheet, l list[T]) {
	saved := *l.at(s.given)
	n := s.counts(l.prefix, len(saved))
	if !l.none {
		n = max(n, 1)
	}
	n = min(n, maxRows)
	for len(saved) < n {
		saved = append(saved, *new(T))
	}
	*l.at(s.given) = saved[:n]
	s.takes = append(s.takes, func(a *answers) { *l.at(a) = make([]T, n) })
	s.put(s.f.Hidden(l.prefix+".count", strconv.Itoa(n)))
	s.quiet = true
	for i := range n {
		prefix := fmt.Sprintf("%s.%d", l.prefix, i)
		body := append([]ui.Component{anchor(prefix)}, l.item(s, prefix, func(a *answers) *T { return &(*l.at(a))[i] })...)
		if n > 1 || l.none {
			body = append(body, ui.Buttons{Items: []ui.Button{{Text: fmt.Sprintf("Remove %s %d", strings.ToLower(l.title), i+1), Kind: ui.Secondary,
				Name: "remove", Value: prefix, FormAction: s.here("")}}})
		}
		if l.bare {
			s.put(body...)
			continue
		}
		s.put(ui.Card{Title: fmt.Sprintf("%s %d", l.title, i+1), Body: body})
	}
	s.quiet = false
	s.takes = append(s.takes, func(a *answers) { s.keep(l.prefix, keepGiven(l.at(a), l.blank)) })
	if n < maxRows {
		s.put(ui.Buttons{Items: []ui.Button{{Text: l.add, Kind: ui.Secondary, Name: "add", Value: l.prefix, FormAction: s.here(fmt.Sprintf("%s.%d", l.prefix, n))}}})
	}
	s.questions = append(s.questions, question{nil, l.plural, func(a *answers) []string {
		var lines []string
		for _, item := range *l.at(a) {
			if !l.blank(item) {
				lines = append(lines, l.line(item))
			}
		}
		return lines
	}})
}

// here is the page's own address; with the name of a row, the place of that row.
func (s *sheet) here(row string) string {
	to := s.rq.URL.RequestURI()
	if row != "" {
		to += "#" + rowID(row)
	}
	return to
}

func (s *sheet) keep(prefix string, rows []int) { s.kept[prefix] = rows }

// keepGiven drops blank items and says which rows stayed.
func keepGiven[T any](items *[]T, blank func(T) bool) []int {
	var rows []int
	kept := (*items)[:0]
	for i, item := range *items {
		if !blank(item) {
			kept, rows = append(kept, item), append(rows, i)
		}
	}
	*items = kept
	if len(kept) == 0 {
		*items = nil
	}
	return rows
}

// secrets is a list of single lines, such as telephone numbers.
func secrets(s *sheet, prefix, title, plural, add string, at func(*answers) *[]core.Secret, field func(s *sheet, prefix, label string, at func(*answers) *core.Secret) ui.Component) {
	addList(s, list[core.Secret]{prefix: prefix, title: title, plural: plural, add: add, bare: true, at: at,
		blank: func(v core.Secret) bool { return v == "" },
		item: func(s *sheet, p string, at func(*answers) *core.Secret) []ui.Component {
			label := title
			if i := p[strings.LastIndexByte(p, '.')+1:]; i != "0" {
				n, _ := strconv.Atoi(i)
				label = fmt.Sprintf("%s %d", title, n+1)
			}
			return []ui.Component{field(s, p, label, at)}
		},
		line: func(v core.Secret) string { return v.Reveal() }})
}

// postedCounts reads how many rows each list had on the page that was sent.
func postedCounts(values url.Values) func(string, int) int {
	return func(prefix string, saved int) int {
		n, err := strconv.Atoi(values.Get(prefix + ".count"))
		if err != nil || n < 0 || n > maxRows {
			return saved
		}
		return n
	}
}

// changeRows carries out "add another" and "remove" on what was sent, and
// reports whether it was either.
func changeRows(values url.Values) bool {
	if prefix := values.Get("add"); prefix != "" {
		n, _ := strconv.Atoi(values.Get(prefix + ".count"))
		values.Set(prefix+".count", strconv.Itoa(n+1))
		return true
	}
	row := values.Get("remove")
	if row == "" {
		return false
	}
	cut := max(0, strings.LastIndexByte(row, '.'))
	prefix := row[:cut]
	gone, err := strconv.Atoi(strings.TrimPrefix(row[cut:], "."))
	n, _ := strconv.Atoi(values.Get(prefix + ".count"))
	if err != nil || gone < 0 || gone >= n {
		return true // a forged row: the page is shown as it was
	}
	closeGap(values, prefix, gone)
	values.Set(prefix+".count", strconv.Itoa(n-1))
	return true
}

// closeGap renames the fields of the rows after the one that goes.
func closeGap(values url.Values, prefix string, gone int) {
	moved := url.Values{}
	for name, list := range values {
		rest, ok := strings.CutPrefix(name, prefix+".")
		if !ok {
			continue
		}
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		i, err := strconv.Atoi(digits)
		if err != nil || i < gone {
			continue
		}
		delete(values, name)
		if i > gone {
			moved[fmt.Sprintf("%s.%d%s", prefix, i-1, rest[len(digits):])] = list
		}
	}
	for name, list := range moved {
		values[name] = list
	}
}
