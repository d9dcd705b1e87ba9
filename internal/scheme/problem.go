package scheme

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong at one place of a file. Line and Col count from 1;
// they are 0 when the whole file is meant.
type Problem struct {
	File      string
	Line, Col int
	Msg       string
}

// String returns "file:line:col: message", which editors understand.
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Msg)
}

// maxProblems bounds how many problems are kept of one load.
const maxProblems = 100

// Problems is everything wrong with what was loaded, in the order of the files'
// names and lines. It is an error.
type Problems []Problem

// Error implements error: one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// err returns the problems in order, or nil when there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return ps
}
