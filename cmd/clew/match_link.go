package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"clew/match/link"
	"clew/match/score"
	"clew/match/table"
)

type matchLinkCmd struct {
	File      string  `arg:"" help:"CSV of records; - for standard input."`
	Id        string  `name:"id" required:"" help:"Column that names a record."`
	Fields    string  `required:"" help:"What to compare: given=COLUMN,family=COLUMN,dob=COLUMN,… A + joins columns (dob=year+month+day). given, family, name, dob, sex, postcode, phone, document and the like are compared as such, any other word as text."`
	Truth     string  `help:"Column that names the true person of each record, to measure against."`
	Out       string  `short:"o" help:"Write the clusters here instead of to standard output."`
	Pairs     string  `help:"Also write the matching pairs here."`
	Report    string  `help:"Also write a report in HTML here."`
	Threshold float64 `help:"The chance of a match from which a pair is one." default:"0.5"`
	matchModel
}

// linkField is one of --fields.
type linkField struct {
	link.Field
	columns []int
	names   []string
}

// Run links the records of one file.
func (c matchLinkCmd) Run(ctx context.Context, s streams) error {
	model, err := c.load()
	if err != nil {
		return err
	}
	in, err := openRows(c.File, s)
	if err != nil {
		return err
	}
	defer in.close()
	job, err := c.prepare(in, model, s)
	if err != nil {
		return err
	}
	if err := job.read(in); err != nil {
		return err
	}
	start := time.Now()
	result, err := job.linker.Link(ctx)
	if err != nil {
		return err
	}
	took := time.Since(start)
	notes, err := c.write(job, result, s)
	if err != nil {
		return err
	}
	job.report(notes, result, took)
	return nil
}

// linkJob holds what was read besides the fields.
type linkJob struct {
	cmd       *matchLinkCmd
	linker    *link.Linker
	fields    []linkField
	id, truth int
	ids       []string
	truths    []string
	start     time.Time
}

func (c *matchLinkCmd) prepare(in *rowReader, model *score.Model, s streams) (*linkJob, error) {
	job := &linkJob{cmd: c, truth: -1, start: time.Now()}
	var err error
	if job.id, err = in.need(c.Id); err != nil {
		return nil, err
	}
	if c.Truth != "" {
		if job.truth, err = in.need(c.Truth); err != nil {
			return nil, err
		}
	}
	if job.fields, err = parseFields(c.Fields, in); err != nil {
		return nil, err
	}
	fields := make([]link.Field, len(job.fields))
	for i, f := range job.fields {
		fields[i] = f.Field
	}
	o := link.Options{Threshold: c.Threshold}
	if in.bar != nil {
		o.Progress = func(stage string, done float64) { fmt.Fprintf(s.err, "\r%s %3.0f %% ", stage, done*100) }
	}
	job.linker, err = link.New(model, fields, o)
	return job, err
}

// parseFields reads given=COLUMN,family=COLUMN,dob=COLUMN+COLUMN+COLUMN,… Parts
// of a date given apart (year=, month=, day=) become one date.
func parseFields(spec string, in *rowReader) ([]linkField, error) {
	var out []linkField
	date := map[string]string{}
	for part := range strings.SplitSeq(spec, ",") {
		kind, column, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			column = kind
		}
		switch strings.ToLower(kind) {
		case "year", "birth_year", "by":
			date["y"] = column
			continue
		case "month", "birth_month", "bm":
			date["m"] = column
			continue
		case "day", "birth_day", "bd":
			date["d"] = column
			continue
		}
		f, err := makeField(kind, strings.Split(column, "+"), in)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	if date["y"] != "" && date["m"] != "" && date["d"] != "" {
		f, err := makeField("dob", []string{date["y"], date["m"], date["d"]}, in)
		if err != nil {
			return nil, err
		}
		return append(out, f), nil
	}
	for _, column := range []string{date["y"], date["m"], date["d"]} {
		if column != "" {
			f, err := makeField("number", []string{column}, in)
			if err != nil {
				return nil, err
			}
			f.Kind = link.Exact
			out = append(out, f)
		}
	}
	return out, nil
}

func makeField(kind string, columns []string, in *rowReader) (linkField, error) {
	f := linkField{Field: link.Field{Name: kind, Kind: link.KindOf(kind)}, names: columns}
	for _, c := range columns {
		i, err := in.need(strings.TrimSpace(c))
		if err != nil {
			return f, err
		}
		f.columns = append(f.columns, i)
	}
	return f, nil
}

// value joins the columns of a field; a date's with dashes, its parts padded.
func (f *linkField) value(row []string) string {
	if len(f.columns) == 1 {
		return table.Field(row, f.columns[0])
	}
	var parts []string
	for i, c := range f.columns {
		v := table.Field(row, c)
		if v == "NA" {
			v = ""
		}
		if f.Kind == link.Birth {
			v = fmt.Sprintf("%0*s", 2+2*max(0, 1-i), v)
		}
		if v != "" {
			parts = append(parts, v)
		}
	}
	if f.Kind == link.Birth {
		return strings.Join(parts, "-")
	}
	return strings.Join(parts, " ")
}

// febrlTruth is the form of record names in FEBRL files, where the entity is the
// number: rec-12-org, rec-12-dup-0.
var febrlTruth = regexp.MustCompile(`^(rec-\d+)-(org|dup-\d+)$`)

func (j *linkJob) read(in *rowReader) error {
	values := make([]string, len(j.fields))
	for {
		row, err := in.next()
		if err != nil {
			return err
		}
		if row == nil {
			return nil
		}
		if len(row) > len(in.Header()) || len(row) <= j.id {
			in.reject(&table.RowError{Line: in.Line(), Column: 1, Problem: fmt.Sprintf("%d fields where the header has %d", len(row), len(in.Header()))})
			continue
		}
		for i := range j.fields {
			values[i] = j.fields[i].value(row)
		}
		j.linker.Add(values)
		j.ids = append(j.ids, table.Field(row, j.id))
		if j.truth >= 0 {
			t := table.Field(row, j.truth)
			if m := febrlTruth.FindStringSubmatch(t); m != nil {
				t = m[1]
			}
			j.truths = append(j.truths, t)
		}
	}
}

// write writes clusters, and pairs and report when wanted. It returns where to
// tell about them.
func (c *matchLinkCmd) write(j *linkJob, r *link.Result, s streams) (io.Writer, error) {
	out, err := createOutput(c.Out, s)
	if err != nil {
		return nil, err
	}
	err = out.Write([]string{"id", "cluster_id", "cluster_size", "score"})
	best := r.Best()
	for i := 0; err == nil && i < len(j.ids); i++ {
		cluster := r.Cluster[i]
		err = out.Write([]string{j.ids[i], strconv.Itoa(int(cluster)), strconv.Itoa(int(r.Size[cluster])), formatScore(best[i])})
	}
	if closeErr := out.close(); err == nil {
		err = closeErr
	}
	if err == nil && c.Pairs != "" {
		err = j.writePairs(r)
	}
	if err == nil && c.Report != "" {
		err = j.writeReport(r)
	}
	return out.notes, err
}

func (j *linkJob) writePairs(r *link.Result) error {
	f, err := os.Create(j.cmd.Pairs)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	err = w.Write([]string{"id1", "id2", "score", "weight"})
	for _, e := range r.Edges {
		if err == nil {
			err = w.Write([]string{j.ids[e.A], j.ids[e.B], formatScore(e.Score()), strconv.FormatFloat(float64(e.Weight), 'f', 2, 32)})
		}
	}
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (j *linkJob) report(w io.Writer, r *link.Result, took time.Duration) {
	linked := 0
	for _, size := range r.Size {
		if size > 1 {
			linked++
		}
	}
	fmt.Fprintf(w, "records %d, clusters %d, of two or more %d, matching pairs %d\n", len(j.ids), len(r.Size), linked, len(r.Edges))
	fmt.Fprintf(w, "compared %d pairs; blocking misses an estimated %.2f %% of true pairs\n", r.Pairs, r.Missed*100)
	for i := range r.Blocks {
		b := &r.Blocks[i]
		fmt.Fprintf(w, "  %-45s %10d pairs, covers %5.1f %% of likely matches", b.Name, b.Pairs, b.Covered*100)
		if b.Skipped > 0 {
			fmt.Fprintf(w, ", %d pairs in large blocks left out", b.Skipped)
		}
		fmt.Fprintln(w)
	}
	if r.Refused > 0 {
		fmt.Fprintf(w, "kept %d chains apart\n", r.Refused)
	}
	if j.truth >= 0 {
		q := r.Measure(j.truths)
		fmt.Fprintf(w, "true pairs %d, found %d, right %d\n", q.TruePairs, q.FoundPairs, q.RightPairs)
		fmt.Fprintf(w, "precision %.4f recall %.4f F1 %.4f, blocking recall %.4f\n", q.Precision(), q.Recall(), q.F1(), q.BlockingRecall())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(w, "linked in %.2f s (%.2f s with reading), memory %.1f MiB from the system\n", took.Seconds(), time.Since(j.start).Seconds(), float64(m.Sys)/(1<<20))
}
