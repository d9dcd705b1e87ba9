package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
)

// Submitter is the use cases that an import goes through.
type Submitter interface {
	SubmitMany(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, subs []casework.Submission) ([]casework.Handed, error)
	CheckMany(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, subs []casework.Submission) ([]casework.Handed, error)
}

// Options say for whom and how to import.
type Options struct {
	Agency    core.Agency // refers where a row names nobody; zero: every row must
	Directory *Directory
	User      core.ID // who answers for the import; zero: clew itself
	Batch     int     // rows in one transaction; 200 when 0
	DryRun    bool    // check and write nothing
	// Report is told every problem, Progress where the import stands after each
	// batch. Both may be nil.
	Report   func(Problem) error
	Progress func(Summary)
}

// Problem is why a row, or one cell of it, could not be imported. It holds
// nothing of what the row says.
type Problem struct {
	Line             int
	Field, Code, Msg string
}

// Summary counts rows.
type Summary struct {
	Rows, Made, Repeated, Failed int
	Matches                      int // of those made: may have been referred before
}

const defaultBatch = 200

// Import submits every row of the reader that can be submitted. A row that cannot
// be goes to Report and stops no other. Rows that were imported before are
// counted as repeated, so an import that was stopped is simply run again. The
// error, when there is one, ended the import; the summary says how far it came.
func Import(ctx context.Context, to Submitter, rows Reader, o Options) (Summary, error) {
	if o.Batch <= 0 {
		o.Batch = defaultBatch
	}
	o.Batch = min(o.Batch, casework.MaxMany)
	if o.User.IsZero() {
		o.User = core.SystemActor().UserID
	}
	in := &importer{to: to, o: o}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan batch, 1)
	go in.read(ctx, rows, batches)
	var failed error
	for b := range batches {
		if failed = b.err; failed == nil {
			failed = in.submit(ctx, b.rows)
		}
		if failed != nil {
			stop() // the reading ends at its next batch
			break
		}
		if o.Progress != nil {
			o.Progress(in.sum)
		}
	}
	if failed == nil {
		failed = context.Cause(ctx)
	}
	return in.sum, failed
}

// batch is some rows, read ahead while earlier ones are written.
type batch struct {
	rows []Row
	err  error
}

type importer struct {
	to  Submitter
	o   Options
	sum Summary
}

func (in *importer) read(ctx context.Context, rows Reader, out chan<- batch) {
	defer close(out)
	for {
		b := batch{rows: make([]Row, 0, in.o.Batch)}
		for len(b.rows) < in.o.Batch && b.err == nil {
			var row Row
			if row, b.err = rows.Next(); b.err == nil {
				b.rows = append(b.rows, row)
			}
		}
		end := b.err
		if drained(end) {
			b.err = nil
		}
		if len(b.rows) > 0 || b.err != nil {
			select {
			case out <- b:
			case <-ctx.Done():
				return
			}
		}
		if end != nil {
			return
		}
	}
}

// submit hands a batch over, the rows of each agency together.
func (in *importer) submit(ctx context.Context, rows []Row) error {
	groups := map[core.ID]*group{}
	var order []*group
	for i := range rows {
		row := &rows[i]
		agency := in.agencyOf(row)
		in.sum.Rows++
		if len(row.Faults) > 0 {
			if err := in.refuse(row.Line, row.Faults); err != nil {
				return err
			}
			continue
		}
		g := groups[agency.ID]
		if g == nil {
			g = &group{agency: agency}
			groups[agency.ID], order = g, append(order, g)
		}
		sub, err := submissionOf(row, agency)
		if err != nil {
			return err
		}
		g.lines, g.subs = append(g.lines, row.Line), append(g.subs, sub)
	}
	for _, g := range order {
		if err := in.hand(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

type group struct {
	agency core.Agency
	lines  []int
	subs   []casework.Submission
}

// agencyOf finds who refers, and adds a fault to the row when that cannot be
// said.
func (in *importer) agencyOf(row *Row) core.Agency {
	agency := in.o.Agency
	fault := func(code, msg string) {
		row.Faults = append(row.Faults, core.Field{Name: columnAgency, Code: code, Msg: msg})
	}
	if row.Agency != "" {
		a, ok := in.o.Directory.ByCode(row.Agency)
		if !ok {
			fault("agency.unknown", "There is no such agency. Write its code in clew.")
			return core.Agency{}
		}
		agency = a
	}
	switch {
	case agency.ID.IsZero():
		fault("required", "Say which agency refers: a column agency, or --agency.")
	case !agency.FirstResponder:
		fault("agency.no_first_responder", "This agency may not refer.")
	}
	if row.Closed {
		row.Faults = append(row.Faults, core.Field{Name: "cas_Status", Code: "case.closed", Msg: "The sender has closed this case. Only open ones are imported."})
	}
	if row.Form.Jurisdiction == "" {
		row.Form.Jurisdiction = agency.Jurisdiction
	}
	return agency
}

// submissionOf gives a row its idempotency key: by the sender's number where
// there is one, so that a changed row is noticed, else by its content.
func submissionOf(row *Row, agency core.Agency) (casework.Submission, error) {
	content, err := json.Marshal(row.Form)
	if err != nil {
		return casework.Submission{}, fmt.Errorf("import line %d: %w", row.Line, err)
	}
	digest := sha256.Sum256(content)
	key := "import:content:" + string(digest[:])
	if row.External != "" {
		key = "import:external:" + row.External
	}
	return casework.Submission{Form: row.Form, IdempotencyKey: key, Digest: digest[:]}, nil
}

func (in *importer) hand(ctx context.Context, g *group) error {
	actor := core.Actor{UserID: in.o.User, AgencyID: g.agency.ID, AgencyKind: g.agency.Kind, Roles: []core.Role{core.RoleFirstResponder}}
	submit := in.to.SubmitMany
	if in.o.DryRun {
		submit = in.to.CheckMany
	}
	handed, err := submit(ctx, actor, core.Identify, access.ImportReferrals, g.subs)
	switch core.KindOf(err) {
	case 0:
	case core.Forbidden, core.NotFound: // this agency may not; others may
		for _, line := range g.lines {
			if err := in.refuse(line, []core.Field{{Name: columnAgency, Code: "agency.not_allowed", Msg: "The policies in force do not let this agency refer."}}); err != nil {
				return err
			}
		}
		return nil
	default:
		return err
	}
	for i, h := range handed {
		switch {
		case h.Err != nil:
			if err := in.refuse(g.lines[i], faultsOf(h.Err)); err != nil {
				return err
			}
		case h.Repeated:
			in.sum.Repeated++
		default:
			in.sum.Made++
			if h.PossibleMatch {
				in.sum.Matches++
			}
		}
	}
	return nil
}

// faultsOf is what a use case said, by field.
func faultsOf(err error) []core.Field {
	if fields := core.FieldsOf(err); len(fields) > 0 {
		return fields
	}
	e := asError(err)
	if e.Code == "submit.key_reused" {
		return []core.Field{{Name: columnExternal, Code: "import.changed",
			Msg: "This number was imported before and the record says something else now. Correct the case in clew, or give the record a new number."}}
	}
	return []core.Field{{Code: e.Code, Msg: e.Msg}}
}

func (in *importer) refuse(line int, fields []core.Field) error {
	in.sum.Failed++
	if in.o.Report == nil {
		return nil
	}
	for _, f := range fields {
		if err := in.o.Report(Problem{line, f.Name, f.Code, f.Msg}); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}
