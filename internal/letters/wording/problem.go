package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong at one line of a file. Line is 0 when the whole
// file is meant.
type Problem struct {
	File string
	Line int
	Msg  string
}

// String returns "file:line: message".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Msg
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
}

// maxProblems bounds how many problems are kept of one load.
const maxProblems = 100

// Problems is everything wrong with the templates, by file and line. It is an
// error.
type Problems []Problem

// Error implements error: one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps *Problems) add(file string, line int, format string, args ...any) {
	if len(*ps) < maxProblems {
		*ps = append(*ps, Problem{file, line, fmt.Sprintf(format, args...)})
	}
}

func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return ps
}
