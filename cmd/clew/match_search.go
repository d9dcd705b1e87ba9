package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"clew/match/index"
	"clew/match/score"
	"clew/match/table"
)

type matchSearchCmd struct {
	List      string  `required:"" help:"CSV of the list: id,name and optional aliases (parted by ;), dob, gender, nationality, documents, schema; for vehicles plates, vin, make, colour."`
	Queries   string  `required:"" help:"CSV of who to search for: id,name and the same optional columns; - for standard input."`
	Out       string  `short:"o" help:"Write the hits here instead of to standard output."`
	Limit     int     `help:"How many hits a query gets." default:"10"`
	Min       float64 `help:"The least score of a hit; the model's threshold when left out."`
	Threads   int     `help:"How many searches run at a time." default:"1"`
	Calibrate bool    `help:"Take the queries for people who are on no list, and print the scores that keep false alarms at 1 %, 0.1 % and 0.01 % on this list."`
	matchModel
}

// Run reads the list, searches it for every query and tells how fast it was.
func (c matchSearchCmd) Run(s streams) error {
	model, err := c.load()
	if err != nil {
		return err
	}
	if c.Limit < 1 || c.Threads < 1 || c.Min < 0 || c.Min > 1 {
		return fmt.Errorf("--limit and --threads must be at least 1, --min between 0 and 1")
	}
	x, built, err := c.buildIndex(model, s)
	if err != nil {
		return err
	}
	in, err := openRows(c.Queries, s)
	if err != nil {
		return err
	}
	defer in.close()
	out, err := createOutput(c.Out, s)
	if err != nil {
		return err
	}
	run := searchRun{cmd: &c, model: model, index: x, words: score.Messages(c.Lang), out: out}
	err = run.all(in)
	if err == nil {
		run.report(out.notes, built)
	}
	if closeErr := out.close(); err == nil {
		err = closeErr
	}
	return err
}

// entityColumns are the columns of a list or of queries, under the names that
// people give them.
type entityColumns struct {
	id, schema, name, given, middle, family, aliases, birth, sex, country, place, documents int
	plates, chassis, brand, colour                                                          int
}

func entityColumnsOf(in *rowReader) (entityColumns, error) {
	c := entityColumns{
		id: in.Column("id", "entity_id"), schema: in.Column("schema", "type"), name: in.Column("name", "full_name"),
		given: in.Column("given", "first_name", "given_name"), middle: in.Column("middle_name"), family: in.Column("family", "last_name", "surname", "family_name"),
		aliases: in.Column("aliases", "alias"), birth: in.Column("dob", "date_of_birth", "birth_date"), sex: in.Column("gender", "sex"),
		country: in.Column("nationality", "country", "countries", "nationalities"), place: in.Column("place_of_birth"), documents: in.Column("documents", "document", "ids"),
		plates: in.Column("plates", "plate", "registration"), chassis: in.Column("vin", "chassis"), brand: in.Column("make"), colour: in.Column("colour", "color"),
	}
	if c.name < 0 && c.family < 0 && c.plates < 0 && c.chassis < 0 {
		_, err := in.need("name")
		return c, err
	}
	return c, nil
}

// entry reads one row. A row without an id column is known by its line.
func (c *entityColumns) entry(in *rowReader, row []string) index.RawEntry {
	e := index.RawEntry{ID: table.Field(row, c.id), Input: score.Input{
		Schema: table.Field(row, c.schema), Name: table.Field(row, c.name),
		Aliases: splitList(table.Field(row, c.aliases)), Birth: table.Field(row, c.birth), Sex: table.Field(row, c.sex),
		Countries: splitList(table.Field(row, c.country)), Place: table.Field(row, c.place), Documents: splitList(table.Field(row, c.documents)),
	}}
	v := score.Vehicle{Plates: splitList(table.Field(row, c.plates)), Chassis: table.Field(row, c.chassis), Make: table.Field(row, c.brand), Colour: table.Field(row, c.colour)}
	if len(v.Plates) > 0 || v.Chassis != "" || v.Make != "" || v.Colour != "" {
		e.Vehicle = &v
	}
	if e.ID == "" {
		e.ID = strconv.Itoa(in.Line())
	}
	if e.Name == "" {
		e.Given, e.Family = table.Field(row, c.given)+" "+table.Field(row, c.middle), table.Field(row, c.family)
	}
	return e
}

// nextEntry returns the next usable row, false at the end.
func (c *entityColumns) nextEntry(in *rowReader) (index.RawEntry, bool, error) {
	for {
		row, err := in.next()
		if row == nil || err != nil {
			return index.RawEntry{}, false, err
		}
		if len(row) > len(in.Header()) || len(row) <= max(c.name, c.id) {
			in.reject(&table.RowError{Line: in.Line(), Column: 1, Problem: fmt.Sprintf("%d fields where the header has %d", len(row), len(in.Header()))})
			continue
		}
		return c.entry(in, row), true, nil
	}
}

// builtIndex says what building the index took.
type builtIndex struct {
	names, entries int
	took           time.Duration
	bytes          uint64
}

func (c *matchSearchCmd) buildIndex(model *score.Model, s streams) (*index.Index, builtIndex, error) {
	in, err := openRows(c.List, s)
	if err != nil {
		return nil, builtIndex{}, err
	}
	defer in.close()
	columns, err := entityColumnsOf(in)
	if err != nil {
		return nil, builtIndex{}, err
	}
	before := heap()
	b, start, built := index.NewBuilder(model), time.Now(), builtIndex{}
	for {
		e, ok, err := columns.nextEntry(in)
		if err != nil {
			b.Finish()
			return nil, built, err
		}
		if !ok {
			break
		}
		built.names += 1 + len(e.Aliases)
		b.Add(e)
	}
	x := b.Finish()
	built.took, built.entries = time.Since(start), x.Len()
	built.bytes = heap()
	built.bytes -= min(before, built.bytes)
	return x, built, nil
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// searchRun searches for every query.
type searchRun struct {
	cmd     *matchSearchCmd
	model   *score.Model
	index   *index.Index
	words   score.Catalogue
	out     *output
	took    []time.Duration
	bounded int
	best    []float64
}

// answered is one query's rows of output and what its search took.
type answered struct {
	rows    [][]string
	took    time.Duration
	best    float64
	bounded bool
}

// searchBatch is how many queries are read before their answers are written.
const searchBatch = 256

func (r *searchRun) all(in *rowReader) error {
	columns, err := entityColumnsOf(in)
	if err != nil {
		return err
	}
	if err := r.out.Write([]string{"query_id", "rank", "list_id", "score", "reason"}); err != nil {
		return err
	}
	for more := true; more; {
		var batch []index.RawEntry
		for len(batch) < searchBatch {
			e, ok, err := columns.nextEntry(in)
			if err != nil {
				return err
			}
			if !ok {
				more = false
				break
			}
			batch = append(batch, e)
		}
		if err := r.batch(batch); err != nil {
			return err
		}
	}
	return nil
}

func (r *searchRun) batch(queries []index.RawEntry) error {
	answers := make([]answered, len(queries))
	var wg sync.WaitGroup
	for w := range min(r.cmd.Threads, len(queries)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(queries); i += r.cmd.Threads {
				answers[i] = r.one(&queries[i])
			}
		}()
	}
	wg.Wait()
	for i := range answers {
		r.took = append(r.took, answers[i].took)
		r.best = append(r.best, answers[i].best)
		if answers[i].bounded {
			r.bounded++
		}
		for _, row := range answers[i].rows {
			if err := r.out.Write(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// one searches for one query. The time counted is that of reading the name and
// of the search; the reasons are made afterwards, for the hits alone.
func (r *searchRun) one(raw *index.RawEntry) answered {
	o := index.Options{Limit: r.cmd.Limit, Min: r.cmd.Min}
	if r.cmd.Calibrate {
		o.Min = min(0.5, r.model.Threshold)
	}
	start := time.Now()
	q := score.NewRecord(raw.Input)
	hits := r.index.Search(&q, o)
	a := answered{took: time.Since(start), bounded: hits.Bounded}
	for i := range hits.Hits {
		h := &hits.Hits[i]
		a.best = max(a.best, h.Score)
		_, why := r.model.Explain(&q, &h.Entry().Record)
		a.rows = append(a.rows, []string{raw.ID, strconv.Itoa(i + 1), h.ID, formatScore(h.Score), r.words.Join(why)})
	}
	return a
}

func (r *searchRun) report(w io.Writer, built builtIndex) {
	fmt.Fprintf(w, "list: %d entries, %d names, read and indexed in %.2f s (%.0f names/s), %.1f MiB (%.0f bytes a name)\n",
		built.entries, built.names, built.took.Seconds(), float64(built.names)/built.took.Seconds(), float64(built.bytes)/(1<<20), float64(built.bytes)/float64(max(built.names, 1)))
	total := time.Duration(0)
	for _, t := range r.took {
		total += t
	}
	slices.Sort(r.took)
	at := func(share float64) float64 {
		if len(r.took) == 0 {
			return 0
		}
		return float64(r.took[min(len(r.took)-1, int(share*float64(len(r.took))))].Microseconds()) / 1000
	}
	perSecond := 0.0
	if total > 0 {
		perSecond = float64(len(r.took)) * float64(r.cmd.Threads) / total.Seconds()
	}
	fmt.Fprintf(w, "searches: %d, %.0f searches/s on %d thread(s), p50 %.3f ms, p99 %.3f ms, max %.3f ms\n", len(r.took), perSecond, r.cmd.Threads, at(0.5), at(0.99), at(1))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(w, "memory: %.1f MiB in use, %.1f MiB from the system\n", float64(m.HeapAlloc)/(1<<20), float64(m.Sys)/(1<<20))
	if r.bounded > 0 {
		fmt.Fprintf(w, "bounded: %d searches looked at only some of very many entries alike\n", r.bounded)
	}
	if r.cmd.Calibrate {
		for _, g := range score.Calibrate(r.best, 0.01, 0.001, 0.0001) {
			fmt.Fprintf(w, "false alarms %g %%: score from %.5f\n", g.Rate*100, g.Score)
		}
	}
}
