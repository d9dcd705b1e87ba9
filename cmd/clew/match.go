package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"clew/match/score"
	"clew/match/table"
)

// matchCmd is the matching engine from the command line. Its columns and
// outputs are a contract: others script against them.
type matchCmd struct {
	Pairs   matchPairsCmd   `cmd:"" help:"Score pairs of records, and measure the scores where labels are given."`
	Search  matchSearchCmd  `cmd:"" help:"Search a list for everybody in a file of queries."`
	Link    matchLinkCmd    `cmd:"" help:"Find which records of a file are the same person."`
	Explain matchExplainCmd `cmd:"" help:"Say why two names would match, or not."`
}

// matchModel is what every subcommand needs to weigh evidence.
type matchModel struct {
	Model string `help:"Model file (YAML or JSON); the built-in one when left out." type:"existingfile"`
	Lang  string `help:"Language of the reasons (${enum})." enum:"en,fr" default:"en"`
}

func (m matchModel) load() (*score.Model, error) {
	if m.Model == "" {
		return score.Default(), nil
	}
	f, err := os.Open(m.Model)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	model, err := score.Load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Model, err)
	}
	return model, nil
}

// openInput opens a file, or the input stream for "-".
func openInput(path string, s streams) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(s.in), nil
	}
	return os.Open(path)
}

// output is where a command's table goes: a file, or the output stream. What the
// command says about the table goes to notes, so that the two never mix.
type output struct {
	*csv.Writer
	notes io.Writer
	file  *os.File
}

func createOutput(path string, s streams) (*output, error) {
	if path == "" || path == "-" {
		return &output{Writer: csv.NewWriter(s.out), notes: s.err}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{Writer: csv.NewWriter(f), notes: s.out, file: f}, nil
}

// close writes what is buffered and reports what could not be written.
func (o *output) close() error {
	o.Flush()
	err := o.Error()
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
	}
	return err
}

// rowReader reads a table and tells of bad rows without stopping.
type rowReader struct {
	*table.Reader
	name   string
	errs   io.Writer
	bad    int
	bar    *progressbar.ProgressBar
	closer io.Closer
}

// mostBadRows is how many bad rows are told one by one.
const mostBadRows = 50

func openRows(path string, s streams) (*rowReader, error) {
	in, err := openInput(path, s)
	if err != nil {
		return nil, err
	}
	r := &rowReader{name: path, errs: s.err, closer: in}
	reader := io.Reader(in)
	if bar := newBar(path, s); bar != nil {
		r.bar = bar
		pr := progressbar.NewReader(in, bar)
		reader = &pr
	}
	if r.Reader, err = table.NewReader(reader); err != nil {
		in.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// newBar returns a progress bar when somebody is looking at a terminal.
func newBar(path string, s streams) *progressbar.ProgressBar {
	f, ok := s.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	size := int64(-1)
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription(path),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
}

// next returns the next good row, or nil at the end.
func (r *rowReader) next() ([]string, error) {
	for {
		row, err := r.Row()
		var bad *table.RowError
		switch {
		case err == nil:
			return row, nil
		case err == io.EOF:
			return nil, nil
		case errors.As(err, &bad):
			r.reject(bad)
		default:
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
	}
}

// reject tells of a row that cannot be used.
func (r *rowReader) reject(bad *table.RowError) {
	if r.bad++; r.bad <= mostBadRows {
		fmt.Fprintf(r.errs, "%s: %v; row left out\n", r.name, bad)
	}
}

// need returns the index of a column that must be there.
func (r *rowReader) need(name string) (int, error) {
	if i := r.Column(name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s: no column %q; the columns are %s (separator %q)", r.name, name, strings.Join(r.Header(), ", "), r.Separator())
}

// close ends the bar and sums up the bad rows.
func (r *rowReader) close() {
	if r.bar != nil {
		_ = r.bar.Finish()
	}
	if r.bad > 0 {
		fmt.Fprintf(r.errs, "%s: %d rows left out\n", r.name, r.bad)
	}
	r.closer.Close()
}

// splitList parts a field that holds several values.
func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}
