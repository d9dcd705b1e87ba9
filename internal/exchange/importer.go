package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
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
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	in := &importer{to: to, rows: rows, o: o}
	failed := in.run(ctx)
	stop()
	// What is under way either lands or is rolled back; only then is it known.
	for len(in.flying) > 0 {
		failed = errors.Join(failed, tell(o.Report, in.land().problems))
	}
	return in.sum, failed
}

// importer keeps up to two batches under way, so that one is checked while the
// other is written; they land in the order of the file. A key that both hold is
// settled by the database.
type importer struct {
	to     Submitter
	rows   Reader
	o      Options
	flying []chan *batch
	sum    Summary
}

const atOnce = 2

func (in *importer) run(ctx context.Context) error {
	lists := make(chan rowList, 1)
	go readAhead(ctx, in.rows, in.o.Batch, lists)
	var unread error // the file failed; what was read of it still lands
	for ahead := true; ahead || len(in.flying) > 0; {
		if ahead && len(in.flying) < atOnce {
			select {
			case list, more := <-lists:
				if ahead = more; len(list.rows) > 0 {
					in.launch(ctx, list.rows)
				}
				unread = errors.Join(unread, list.err)
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			continue
		}
		done := in.land()
		if err := errors.Join(done.err, tell(in.o.Report, done.problems)); err != nil {
			return err
		}
		if in.o.Progress != nil {
			in.o.Progress(in.sum)
		}
	}
	return errors.Join(unread, context.Cause(ctx))
}

func (in *importer) launch(ctx context.Context, rows []Row) {
	result := make(chan *batch, 1)
	in.flying = append(in.flying, result)
	go func() {
		b := &batch{to: in.to, o: in.o}
		b.submit(ctx, rows)
		result <- b
	}()
}

// land waits for the oldest batch and counts it.
func (in *importer) land() *batch {
	done := <-in.flying[0]
	in.flying = in.flying[1:]
	in.sum.add(done.sum)
	return done
}

// rowList is what was read in one go.
type rowList struct {
	rows []Row
	err  error
}

func send(ctx context.Context, out chan<- rowList, list rowList) bool {
	select {
	case out <- list:
		return true
	case <-ctx.Done():
		return false
	}
}

// readAhead reads while earlier rows are written.
func readAhead(ctx context.Context, rows Reader, n int, out chan<- rowList) {
	defer close(out)
	for {
		list := rowList{rows: make([]Row, 0, n)}
		var err error
		for len(list.rows) < n && err == nil {
			var row Row
			if row, err = rows.Next(); err == nil {
				list.rows = append(list.rows, row)
			}
		}
		if len(list.rows) > 0 && !send(ctx, out, list) {
			return
		}
		if err != nil && !drained(err) {
			send(ctx, out, rowList{err: err})
		}
		if err != nil {
			return
		}
	}
}

func (s *Summary) add(b Summary) {
	s.Rows += b.Rows
	s.Made += b.Made
	s.Repeated += b.Repeated
	s.Failed += b.Failed
}

func tell(report func(Problem) error, problems []Problem) error {
	if report == nil {
		return nil
	}
	for _, p := range problems {
		if err := report(p); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}

// batch is some rows on their way, and what became of them.
type batch struct {
	to       Submitter
	o        Options
	sum      Summary
	problems []Problem
	err      error
}

// submit hands the rows over, those of each agency together.
func (in *batch) submit(ctx context.Context, rows []Row) {
	groups := map[core.ID]*group{}
	var order []*group
	for i := range rows {
		row := &rows[i]
		agency := in.agencyOf(row)
		in.sum.Rows++
		if len(row.Faults) > 0 {
			in.refuse(row.Line, row.Faults)
			continue
		}
		g := groups[agency.ID]
		if g == nil {
			g = &group{agency: agency}
			groups[agency.ID], order = g, append(order, g)
		}
		sub, err := submissionOf(row, agency)
		if err != nil {
			in.err = err
			return
		}
		g.lines, g.subs = append(g.lines, row.Line), append(g.subs, sub)
	}
	for _, g := range order {
		if err := in.hand(ctx, g); err != nil {
			in.err = errors.Join(in.err, err)
			return
		}
	}
}

type group struct {
	agency core.Agency
	lines  []int
	subs   []casework.Submission
}

// agencyOf finds who refers, and adds a fault to the row when that cannot be
// said.
func (in *batch) agencyOf(row *Row) core.Agency {
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

func (in *batch) hand(ctx context.Context, g *group) error {
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
			in.refuse(line, []core.Field{{Name: columnAgency, Code: "agency.not_allowed", Msg: "The policies in force do not let this agency refer."}})
		}
		return nil
	default:
		return err
	}
	for i, h := range handed {
		switch {
		case h.Err != nil:
			in.refuse(g.lines[i], faultsOf(h.Err))
		case h.Repeated:
			in.sum.Repeated++
		default:
			in.sum.Made++
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

func (in *batch) refuse(line int, fields []core.Field) {
	in.sum.Failed++
	for _, f := range fields {
		in.problems = append(in.problems, Problem{line, f.Name, f.Code, f.Msg})
	}
}
