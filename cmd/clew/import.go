package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"clew/internal/core"
	"clew/internal/exchange"
	"clew/internal/scheme"
	"clew/internal/vault"
)

type importCmd struct {
	Referrals importReferralsCmd `cmd:"" help:"Import referrals from a file: CSV with clew's columns, or HTCDS-shaped JSON."`
	Template  importTemplateCmd  `cmd:"" help:"Write a CSV file to begin with: every column and one example."`
}

type importReferralsCmd struct {
	nodeFlags
	File       string            `arg:"" help:"The file, or - for standard input."`
	Format     string            `enum:",csv,htcds" default:"" help:"csv or htcds. Default: look at the file."`
	Encoding   string            `enum:",utf-8,utf-16,windows-1252" default:"" help:"utf-8, utf-16 or windows-1252. Default: look at the file."`
	Agency     string            `help:"The agency that refers, for rows that name none." placeholder:"CODE"`
	As         string            `name:"as" help:"The sign-in name of who answers for the import. Default: clew itself." placeholder:"LOGIN"`
	Default    map[string]string `mapsep:"none" help:"What a column holds where a record is silent. May be given many times." placeholder:"COLUMN=TEXT"`
	SkipColumn []string          `name:"skip-column" sep:"none" help:"A column of the file to leave out. May be given many times." placeholder:"COLUMN"`
	DryRun     bool              `help:"Check every row and write nothing."`
	Report     string            `type:"path" help:"Write what is wrong to this CSV file: line, field, code, message." placeholder:"FILE"`
	Batch      int               `default:"200" help:"Rows in one transaction, up to 1000."`
}

// statusSomeFailed is the exit status when some rows could not be imported.
const statusSomeFailed = 3

// Run imports the file and says how many rows became what.
func (c importReferralsCmd) Run(ctx context.Context, io streams) error {
	in, size, err := c.openFile(io)
	if err != nil {
		return err
	}
	defer in.Close()
	n, err := openNode(ctx, c.nodeFlags, nodeOptions{vault: []vault.Option{vault.WithCache(4096, vault.CacheTTL)}})
	if err != nil {
		return err
	}
	defer func() { _ = n.Close() }()
	o, err := c.options(ctx, n)
	if err != nil {
		return err
	}
	counted := &countingReader{r: in}
	rows, err := c.open(n, counted, o.Directory, io)
	if err != nil {
		return err
	}
	problems, err := newProblems(c.Report, io.err)
	if err != nil {
		return err
	}
	o.Report = problems.add
	show := progress(io.err, "importing, bytes")
	o.Progress = func(exchange.Summary) { show(int(counted.n.Load()), size) }
	sum, err := exchange.Import(ctx, n.cases, rows, o)
	err = errors.Join(err, problems.close())
	if !c.DryRun {
		err = errors.Join(err, n.settleLedger())
	}
	c.print(io.out, sum)
	return c.outcome(sum, err)
}

// outcome is the error that gives the exit status.
func (c importReferralsCmd) outcome(sum exchange.Summary, err error) error {
	switch {
	case err != nil && sum.Made+sum.Repeated > 0:
		return fmt.Errorf("stopped before the end; run the same command again to go on: %w", err)
	case err != nil:
		return err
	case sum.Rows == 0:
		return core.E(core.Invalid, "import.empty", "The file holds no rows.")
	case sum.Failed == 0:
		return nil
	}
	return &exitError{statusSomeFailed, fmt.Errorf("%s could not be imported", count(sum.Failed, "row", "rows"))}
}

func (c importReferralsCmd) print(w io.Writer, s exchange.Summary) {
	made := "imported"
	if c.DryRun {
		made = "could be imported (nothing was written)"
	}
	fmt.Fprintf(w, "%s: %d %s, %d were there already, %d with errors.\n", count(s.Rows, "row", "rows"), s.Made, made, s.Repeated, s.Failed)
	if c.Report != "" && s.Failed > 0 {
		fmt.Fprintf(w, "What is wrong stands in %s.\n", c.Report)
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c importReferralsCmd) openFile(s streams) (io.ReadCloser, int, error) {
	if c.File == "-" {
		return io.NopCloser(s.in), 0, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, fmt.Errorf("open the file to import: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = core.E(core.Invalid, "import.folder", "This is a folder. Name one file.")
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, int(info.Size()), nil
}

// options finds the agencies and who answers for the import.
func (c importReferralsCmd) options(ctx context.Context, n *node) (exchange.Options, error) {
	o := exchange.Options{Batch: c.Batch, DryRun: c.DryRun, User: core.SystemActor().UserID}
	agencies, err := n.auth.Agencies(ctx)
	if err != nil {
		return o, err
	}
	o.Directory = exchange.NewDirectory(agencies)
	if c.Agency != "" {
		a, ok := o.Directory.ByCode(c.Agency)
		if !ok {
			return o, core.E(core.NotFound, "agency.not_found", "There is no active agency with this code.")
		}
		o.Agency = a
	}
	if c.As == "" {
		return o, nil
	}
	users, err := n.auth.Users(ctx, core.ID{})
	if err != nil {
		return o, err
	}
	for _, u := range users {
		if u.Login == c.As && u.Active {
			o.User = u.ID
			return o, nil
		}
	}
	return o, core.E(core.NotFound, "user.not_found", "There is no active account with this sign-in name.")
}

func (c importReferralsCmd) open(n *node, in io.Reader, d *exchange.Directory, s streams) (exchange.Reader, error) {
	rules, err := rulesToday(n.schemes, n.scheme, n.clock)
	if err != nil {
		return nil, err
	}
	rows, err := exchange.Open(in, exchange.ReadOptions{Format: c.Format, Encoding: c.Encoding, Skip: c.SkipColumn, Defaults: c.Default, Directory: d, Rules: rules})
	if err != nil {
		return nil, err
	}
	for _, note := range rows.Notes() {
		fmt.Fprintln(s.err, "Note:", note)
	}
	return rows, nil
}

func rulesToday(schemes *scheme.Registry, id string, clock core.Clock) (scheme.Rules, error) {
	s, err := schemes.Scheme(id)
	if err != nil {
		return scheme.Rules{}, err
	}
	cal, err := s.Calendar("")
	if err != nil {
		return scheme.Rules{}, err
	}
	return s.On(core.DateIn(clock.Now(), cal.Location()))
}

// settleLedger places every new entry in the tree and signs it, so that an import
// is covered by a checkpoint before the command says that it is done.
func (n *node) settleLedger() error {
	ctx := context.Background()
	for {
		placed, err := n.ledger.Integrate(ctx)
		if err != nil {
			return err
		}
		if placed == 0 {
			_, err := n.ledger.Checkpoint(ctx)
			return err
		}
	}
}

// problems writes what is wrong to a report file, or the first of it to the
// error stream.
type problems struct {
	file   *os.File
	report *exchange.ReportWriter
	err    io.Writer
	told   int
}

// maxTold is how many problems are shown where there is no report.
const maxTold = 20

func newProblems(name string, errs io.Writer) (*problems, error) {
	p := &problems{err: errs}
	if name == "" {
		return p, nil
	}
	var err error
	if p.file, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	p.report, err = exchange.NewReportWriter(p.file)
	return p, err
}

func (p *problems) add(b exchange.Problem) error {
	p.told++
	switch {
	case p.report != nil:
		return p.report.Add(b)
	case p.told <= maxTold && b.Field != "":
		fmt.Fprintf(p.err, "line %d: %s: %s (%s)\n", b.Line, b.Field, b.Msg, b.Code)
	case p.told <= maxTold:
		fmt.Fprintf(p.err, "line %d: %s (%s)\n", b.Line, b.Msg, b.Code)
	}
	return nil
}

func (p *problems) close() error {
	if p.report == nil {
		if p.told > maxTold {
			fmt.Fprintf(p.err, "… and %d more. With --report FILE, all of them go to a file.\n", p.told-maxTold)
		}
		return nil
	}
	return errors.Join(p.report.Flush(), p.file.Close())
}

// countingReader counts what was read of a file, for the progress bar.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
