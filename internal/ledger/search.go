package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

// pageLimit bounds every list of this package.
const pageLimit = 500

// Filter narrows a search; a zero field does not narrow.
type Filter struct {
	Actor, Agency, Case core.ID
	Kind                Kind
	Action              string
	From, To            time.Time // From ≤ At < To
}

// Cursor marks where a page of entries ends. The zero Cursor is the start.
type Cursor struct {
	At time.Time
	ID core.ID
}

// Search returns the entries that match, the newest first, and the cursor of the
// next page (zero when there is none). An entry that was altered into something
// Append cannot have written is an error: it must not be shown as if it were one.
func (l *Log) Search(ctx context.Context, f Filter, after Cursor, limit int) ([]Entry, Cursor, error) {
	limit = min(max(limit, 1), pageLimit)
	query, args := f.query(after, limit+1)
	rows, err := l.db.Reader().QueryContext(ctx, query, args...)
	records, err := scanRecords(rows, err)
	if err != nil {
		return nil, Cursor{}, database.Explain(fmt.Errorf("search ledger: %w", err))
	}
	entries := make([]Entry, len(records))
	for i, r := range records {
		if entries[i], err = r.entry(); err != nil {
			return nil, Cursor{}, errBroken("entry " + r.id + " was altered")
		}
	}
	if len(entries) <= limit {
		return entries, Cursor{}, nil
	}
	last := entries[limit-1]
	return entries[:limit], Cursor{last.At, last.ID}, nil
}

const searchEntries = `SELECT ` + recordColumns + ` FROM ledger_entry WHERE `

// query joins fixed clauses; every value is an argument.
func (f Filter) query(after Cursor, limit int) (string, []any) {
	var clauses []string
	var args []any
	add := func(clause string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			clause = strings.Replace(clause, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		clauses = append(clauses, clause)
	}
	if !f.Actor.IsZero() {
		add("actor = ?", f.Actor)
	}
	if !f.Agency.IsZero() {
		add("agency = ?", f.Agency)
	}
	if !f.Case.IsZero() {
		add("case_id = ?", f.Case)
	}
	if f.Kind != "" {
		add("kind = ?", string(f.Kind))
	}
	if f.Action != "" {
		add("action = ?", f.Action)
	}
	if !f.From.IsZero() {
		add("at >= ?", database.Micros(f.From))
	}
	if !f.To.IsZero() {
		add("at < ?", database.Micros(f.To))
	}
	if !after.ID.IsZero() {
		add("(at, id) < (?, ?)", database.Micros(after.At), after.ID)
	}
	if len(clauses) == 0 {
		clauses = append(clauses, "at > 0")
	}
	args = append(args, limit)
	return searchEntries + strings.Join(clauses, " AND ") + " ORDER BY at DESC, id DESC LIMIT $" + strconv.Itoa(len(args)), args
}

const selectEntry = `SELECT ` + recordColumns + ` FROM ledger_entry WHERE id = $1`

func loadRecord(ctx context.Context, q database.Querier, id core.ID) (record, error) {
	rows, err := q.QueryContext(ctx, selectEntry, id)
	records, err := scanRecords(rows, err)
	if err != nil {
		return record{}, database.Explain(fmt.Errorf("load ledger entry: %w", err))
	}
	if len(records) == 0 {
		return record{}, core.E(core.NotFound, "ledger.not_found", "There is no such entry in the ledger.")
	}
	return records[0], nil
}

// Get returns one entry.
func (l *Log) Get(ctx context.Context, id core.ID) (Entry, error) {
	r, err := loadRecord(ctx, l.db.Reader(), id)
	if err != nil {
		return Entry{}, err
	}
	e, err := r.entry()
	if err != nil {
		return Entry{}, errBroken("entry " + r.id + " was altered")
	}
	return e, nil
}

// ErrShredded means that nobody can tell any more what an entry's content was.
var ErrShredded = errors.New("the entry's salt has been shredded")

// Matches reports whether content is what the entry committed to.
func (l *Log) Matches(ctx context.Context, id core.ID, content []byte) (bool, error) {
	r, err := loadRecord(ctx, l.db.Reader(), id)
	if err != nil {
		return false, err
	}
	if len(r.salt) == 0 {
		return false, ErrShredded
	}
	return string(commit(r.salt, content)) == string(r.commitment), nil
}

// Looker is somebody who has looked at a case.
type Looker struct {
	Actor, Agency core.ID
	First, Last   time.Time
	Times         int
}

// LookersCursor marks where a page of lookers ends.
type LookersCursor struct {
	Last          time.Time
	Actor, Agency core.ID
}

const selectLookers = `SELECT actor, agency, min(at), max(at), count(*) FROM ledger_entry
WHERE case_id = $1 AND kind = 'read' AND actor IS NOT NULL AND agency IS NOT NULL
GROUP BY actor, agency HAVING max(at) < $2 OR (max(at) = $2 AND (actor, agency) > ($3, $4))
ORDER BY max(at) DESC, actor, agency LIMIT $5`

// Lookers returns who has read the case, the latest first, one line for each
// person and agency, and the cursor of the next page (zero when there is none).
// Search with Filter.Case gives each single look.
func (l *Log) Lookers(ctx context.Context, caseID core.ID, after LookersCursor, limit int) ([]Looker, LookersCursor, error) {
	limit = min(max(limit, 1), pageLimit)
	before := int64(1 << 62)
	if !after.Last.IsZero() {
		before = database.Micros(after.Last)
	}
	rows, err := l.db.Reader().QueryContext(ctx, selectLookers, caseID, before, after.Actor.String(), after.Agency.String(), limit+1)
	out, err := scanLookers(rows, err)
	if err != nil {
		return nil, LookersCursor{}, database.Explain(fmt.Errorf("find who looked: %w", err))
	}
	if len(out) <= limit {
		return out, LookersCursor{}, nil
	}
	end := out[limit-1]
	return out[:limit], LookersCursor{end.Last, end.Actor, end.Agency}, nil
}

func scanLookers(rows *sql.Rows, err error) ([]Looker, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []Looker
	for rows.Next() {
		var k Looker
		var first, last int64
		if err := rows.Scan(&k.Actor, &k.Agency, &first, &last, &k.Times); err != nil {
			return nil, err
		}
		k.First, k.Last = database.FromMicros(first), database.FromMicros(last)
		out = append(out, k)
	}
	return out, rows.Err()
}
