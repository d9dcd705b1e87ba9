package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"clew/match/score"
	"clew/match/table"
)

type matchPairsCmd struct {
	File string `arg:"" help:"CSV with name1,name2 and optional schema, dob1, dob2, gender1, gender2, country1, country2, id1, id2, is_match; - for standard input."`
	Out  string `short:"o" help:"Write the table here instead of to standard output."`
	matchModel
}

// Run scores the pairs one by one, as they are read.
func (c matchPairsCmd) Run(s streams) error {
	model, err := c.load()
	if err != nil {
		return err
	}
	in, err := openRows(c.File, s)
	if err != nil {
		return err
	}
	defer in.close()
	columns, err := pairColumnsOf(in)
	if err != nil {
		return err
	}
	out, err := createOutput(c.Out, s)
	if err != nil {
		return err
	}
	labels, err := scorePairs(model, score.Messages(c.Lang), in, columns, out)
	if err == nil && columns.label >= 0 {
		labels.report(out.notes, model.Threshold)
	}
	if closeErr := out.close(); err == nil {
		err = closeErr
	}
	return err
}

// pairColumns are the indices of the columns; -1 where there is none.
type pairColumns struct {
	name, birth, sex, country, id [2]int
	schema, label                 int
}

func pairColumnsOf(in *rowReader) (pairColumns, error) {
	c := pairColumns{schema: in.Column("schema"), label: in.Column("is_match")}
	for i, n := range []string{"1", "2"} {
		var err error
		if c.name[i], err = in.need("name" + n); err != nil {
			return c, err
		}
		c.birth[i] = in.Column("dob" + n)
		c.sex[i] = in.Column("gender" + n)
		c.country[i] = in.Column("country" + n)
		c.id[i] = in.Column("id" + n)
	}
	return c, nil
}

func (c *pairColumns) record(row []string, i int) score.Record {
	return score.NewRecord(score.Input{
		Schema: table.Field(row, c.schema), Name: table.Field(row, c.name[i]),
		Birth: table.Field(row, c.birth[i]), Sex: table.Field(row, c.sex[i]),
		Countries: splitList(table.Field(row, c.country[i])), Documents: splitList(table.Field(row, c.id[i])),
	})
}

func scorePairs(model *score.Model, words score.Catalogue, in *rowReader, c pairColumns, out *output) (labels, error) {
	var l labels
	if err := out.Write(append(slices.Clone(in.Header()), "score", "reason")); err != nil {
		return l, err
	}
	width := len(in.Header())
	for {
		row, err := in.next()
		if row == nil || err != nil {
			return l, err
		}
		if len(row) <= max(c.name[0], c.name[1]) || len(row) > width {
			in.reject(&table.RowError{Line: in.Line(), Column: 1, Problem: fmt.Sprintf("%d fields where the header has %d", len(row), width)})
			continue
		}
		match, labelled := false, c.label >= 0
		if labelled {
			if match, labelled = parseLabel(table.Field(row, c.label)); !labelled {
				in.reject(&table.RowError{Line: in.Line(), Column: 1, Problem: "is_match is neither true nor false"})
				continue
			}
		}
		a, b := c.record(row, 0), c.record(row, 1)
		result, why := model.Explain(&a, &b)
		if labelled {
			l = append(l, label{result.Score, match})
		}
		for len(row) < width {
			row = append(row, "")
		}
		if err := out.Write(append(row, formatScore(result.Score), words.Join(why))); err != nil {
			return l, err
		}
	}
}

func formatScore(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }

func parseLabel(s string) (match, ok bool) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "y", "t":
		return true, true
	case "false", "0", "no", "n", "f":
		return false, true
	}
	return false, false
}

// label is a score and whether the pair really is one.
type label struct {
	score float64
	match bool
}

type labels []label

// report prints precision, recall and F1 at the threshold, the best F1, and the
// recall at precision 0.95.
func (l labels) report(w io.Writer, threshold float64) {
	m := score.Measure(l.split())
	p, r, f := m.At(threshold)
	fmt.Fprintf(w, "pairs %d, matches %d\n", len(l), m.Matches())
	fmt.Fprintf(w, "at threshold %.4f: precision %.4f recall %.4f F1 %.4f\n", threshold, p, r, f)
	best, at := m.Best()
	fmt.Fprintf(w, "best F1 %.4f at threshold %.4f\n", best, at)
	fmt.Fprintf(w, "recall at precision 0.95: %.4f\n", m.RecallAt(0.95))
}

func (l labels) split() ([]float64, []bool) {
	scores, match := make([]float64, len(l)), make([]bool, len(l))
	for i, x := range l {
		scores[i], match[i] = x.score, x.match
	}
	return scores, match
}
