package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
)

// clauses gathers conditions and their arguments. Only constant texts go in;
// every value is an argument.
type clauses struct {
	parts []string
	args  []any
}

// arg adds an argument and returns its "$n".
func (c *clauses) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *clauses) add(text string) { c.parts = append(c.parts, text) }

func (c *clauses) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

// scopeColumns is every column a scope may name, by the text that goes into
// the query: nothing else can get there.
var scopeColumns = func() map[access.Column]string {
	m := make(map[access.Column]string, len(access.Columns))
	for _, c := range access.Columns {
		m[c] = "case_file." + string(c)
	}
	return m
}()

// scope turns an access scope into one condition on the table of cases.
func (c *clauses) scope(s access.Scope) { c.scopeIn(s, scopeColumns) }

// scopeIn is scope over the columns of another list.
func (c *clauses) scopeIn(s access.Scope, columns map[access.Column]string) {
	if s.Empty() {
		c.add("FALSE")
		return
	}
	if slices.ContainsFunc(s.Any, func(t access.Term) bool { return len(t.All) == 0 }) {
		return // a term without conditions is every case
	}
	terms := make([]string, 0, len(s.Any))
	for _, t := range s.Any {
		matches := make([]string, 0, len(t.All))
		for _, m := range t.All {
			matches = append(matches, c.match(m, columns))
		}
		terms = append(terms, "("+strings.Join(matches, " AND ")+")")
	}
	c.add("(" + strings.Join(terms, " OR ") + ")")
}

func (c *clauses) match(m access.Match, columns map[access.Column]string) string {
	column, known := columns[m.Column]
	if !known {
		return "FALSE"
	}
	switch m.Column.Form() {
	case access.FormFlag:
		if m.Not {
			return "NOT " + column
		}
		return column
	case access.FormWords:
		in := make([]string, len(m.Words))
		for i, w := range m.Words {
			in[i] = c.arg(w)
		}
		not := ""
		if m.Not {
			not = " NOT"
		}
		return column + not + " IN (" + strings.Join(in, ", ") + ")"
	}
	if m.Not {
		return "(" + column + " IS NULL OR " + column + " <> " + c.arg(m.ID) + ")"
	}
	return column + " = " + c.arg(m.ID)
}

// Cases lists one page of cases.
func (r reader) Cases(ctx context.Context, q casework.CaseQuery) ([]casework.Case, error) {
	query, args := caseQuery(q)
	return many(ctx, r.q, scanCase, "cases", query, args...)
}

// caseQuery is the query of one page and its arguments. By the clock it first
// finds the page in an index that holds all that narrows a queue, then reads
// those rows.
func caseQuery(q casework.CaseQuery) (string, []any) {
	c := &clauses{}
	c.scope(q.Scope)
	c.filter(q)
	if !q.After.ID.IsZero() {
		c.after(q)
	}
	limit := c.arg(min(max(q.Limit, 1), 1000))
	if q.Order == casework.ByNewest {
		return selectCase + c.where() + " ORDER BY id DESC LIMIT " + limit, c.args
	}
	return selectCase + " WHERE id IN (SELECT id FROM case_file" + c.where() + " ORDER BY due_at, id LIMIT " + limit + ") ORDER BY due_at, id", c.args
}

func (c *clauses) after(q casework.CaseQuery) {
	if q.Order == casework.ByNewest {
		c.add("id < " + c.arg(q.After.ID))
		return
	}
	due := c.arg(q.After.DueAt)
	c.add("(due_at, id) > (" + due + ", " + c.arg(q.After.ID) + ")")
}

func (c *clauses) filter(q casework.CaseQuery) {
	switch {
	case q.LiveOnly && inWork(q.States):
		c.add(atWork)
	case q.LiveOnly:
		c.add("live = TRUE")
	}
	if len(q.States) > 0 {
		in := make([]string, len(q.States))
		for i, s := range q.States {
			in[i] = c.arg(string(s))
		}
		c.add("state IN (" + strings.Join(in, ", ") + ")")
	}
	if q.Kind != "" {
		c.add("kind = " + c.arg(string(q.Kind)))
	}
	if q.ChildOnly {
		c.add("child")
	}
	if q.Exploitation != "" {
		c.add("exploitation LIKE " + c.arg("%,"+escapeLike(q.Exploitation)+",%") + ` ESCAPE '\'`)
	}
	if q.Nationality != "" {
		n := c.arg(q.Nationality)
		c.add("(nationality = " + n + " OR second_nationality = " + n + ")")
	}
	if !q.Assignee.IsZero() {
		c.add("assignee_id = " + c.arg(q.Assignee))
	}
	if q.Unassigned {
		c.add("assignee_id IS NULL")
	}
	if q.ReviewOnly {
		c.add("review_of <> ''")
	}
	if !q.DueFrom.IsZero() {
		c.add("due_at >= " + c.arg(database.Micros(q.DueFrom)))
	}
	if !q.DueBefore.IsZero() {
		c.add("due_at < " + c.arg(database.Micros(q.DueBefore)))
	}
}

// atWork holds for a case that is neither decided nor ended. It stands word for
// word in the index case_file_work.
const atWork = `live = TRUE AND state NOT IN ('rg_negative', 'cg_negative', 'confirmed')`

// inWork reports whether only states of cases at work are asked for.
func inWork(states []casework.State) bool {
	for _, s := range states {
		if !s.Live() || s == casework.RGNegative || s == casework.CGNegative || s == casework.Confirmed {
			return false
		}
	}
	return len(states) > 0
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// CountQueue counts the cases of a scope that are at work. A decided case waits
// for nobody: what runs on it is the person's time to ask for reconsideration.
func (r reader) CountQueue(ctx context.Context, scope access.Scope, now, _, tomorrow time.Time) (casework.QueueCounts, error) {
	type row struct {
		state casework.State
		n     [7]int
	}
	query, args := countQuery(scope, now, tomorrow)
	rows, err := many(ctx, r.q, func(s scanner) (v row, err error) {
		err = s.Scan(&v.state, &v.n[0], &v.n[1], &v.n[2], &v.n[3], &v.n[4], &v.n[5], &v.n[6])
		return v, err
	}, "queue counts", query, args...)
	counts := casework.QueueCounts{ByState: map[casework.State]int{}, At: now}
	for _, v := range rows {
		counts.ByState[v.state] = v.n[0]
		counts.Live += v.n[0]
		counts.Overdue += v.n[1]
		counts.DueToday += v.n[2]
		counts.Children += v.n[3]
		counts.Unassigned += v.n[4]
		counts.Review += v.n[5]
		counts.InfoRequested += v.n[6]
	}
	return counts, err
}

func countQuery(scope access.Scope, now, tomorrow time.Time) (string, []any) {
	c := &clauses{}
	nowArg, tomorrowArg := c.arg(database.Micros(now)), c.arg(database.Micros(tomorrow))
	c.scope(scope)
	c.add(atWork)
	return `SELECT state, count(*), coalesce(sum(CASE WHEN due_at < ` + nowArg + ` THEN 1 ELSE 0 END), 0),
coalesce(sum(CASE WHEN due_at >= ` + nowArg + ` AND due_at < ` + tomorrowArg + ` THEN 1 ELSE 0 END), 0),
coalesce(sum(CASE WHEN child THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN assignee_id IS NULL THEN 1 ELSE 0 END), 0),
coalesce(sum(CASE WHEN review_of <> '' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN info_requested_from IS NULL THEN 0 ELSE 1 END), 0)
FROM case_file` + c.where() + ` GROUP BY state`, c.args
}

const workloadQuery = `SELECT assignee_id, count(*), coalesce(sum(CASE WHEN due_at < $2 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE authority_id = $1 AND ` + atWork + ` GROUP BY assignee_id ORDER BY 2 DESC`

// Workload counts the cases at work of an authority by assignee.
func (r reader) Workload(ctx context.Context, authority core.ID, now time.Time) ([]casework.Workload, error) {
	return many(ctx, r.q, func(s scanner) (w casework.Workload, err error) {
		err = s.Scan(&w.Assignee, &w.Live, &w.Overdue)
		return w, err
	}, "workload", workloadQuery, authority, database.Micros(now))
}

// FindBlind finds cases whose blind indexes match every group, newest first. It
// walks the rarest group in the order of the index and asks the others about each
// case, so that common names stop early.
func (r reader) FindBlind(ctx context.Context, q casework.BlindQuery) ([]casework.Case, error) {
	if len(q.Groups) == 0 || slices.ContainsFunc(q.Groups, func(g [][]byte) bool { return len(g) == 0 }) {
		return nil, nil
	}
	groups, err := r.rarestFirst(ctx, q.Groups)
	if err != nil {
		return nil, err
	}
	c := &clauses{}
	distinct := "DISTINCT " // two keys in use may give a case two digests
	if len(groups[0]) == 1 {
		distinct = ""
	}
	from := ` FROM (SELECT ` + distinct + `case_id AS found FROM blind_index WHERE digest IN (` + c.list(groups[0]) + `)) b JOIN case_file ON case_file.id = b.found`
	for _, group := range groups[1:] {
		c.add("EXISTS (SELECT 1 FROM blind_index o WHERE o.case_id = b.found AND o.digest IN (" + c.list(group) + "))")
	}
	c.scope(q.Scope)
	if !q.Not.IsZero() {
		c.add("b.found <> " + c.arg(q.Not))
	}
	query := `SELECT ` + caseColumns + from + c.where() + " ORDER BY b.found DESC LIMIT " + c.arg(min(max(q.Limit, 1), 200))
	return many(ctx, r.q, scanCase, "matches", query, c.args...)
}

// list adds the arguments of an IN list.
func (c *clauses) list(digests [][]byte) string {
	in := make([]string, len(digests))
	for i, d := range digests {
		in[i] = c.arg(d)
	}
	return strings.Join(in, ", ")
}

// countMost bounds the counting of a group: beyond it, common is common.
const countMost = 3000

// rarestFirst sorts groups by how many cases each matches.
func (r reader) rarestFirst(ctx context.Context, groups [][][]byte) ([][][]byte, error) {
	if len(groups) == 1 {
		return groups, nil
	}
	type counted struct {
		group [][]byte
		n     int
	}
	list := make([]counted, len(groups))
	for i, g := range groups {
		c := &clauses{}
		query := `SELECT count(*) FROM (SELECT 1 FROM blind_index WHERE digest IN (` + c.list(g) + `) LIMIT ` + c.arg(countMost) + `) few`
		list[i].group = g
		if err := r.q.QueryRowContext(ctx, query, c.args...).Scan(&list[i].n); err != nil {
			return nil, fmt.Errorf("count matches: %w", database.Explain(err))
		}
	}
	slices.SortStableFunc(list, func(a, b counted) int { return a.n - b.n })
	sorted := make([][][]byte, len(list))
	for i, c := range list {
		sorted[i] = c.group
	}
	return sorted, nil
}

// AddBlind adds the blind indexes of a case.
func (t *tx) AddBlind(ctx context.Context, caseID core.ID, digests []casework.BlindDigest) error {
	for _, d := range digests {
		if err := t.exec(ctx, "add blind index", `INSERT INTO blind_index (digest, case_id, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, d.Digest, caseID, d.Kind); err != nil {
			return err
		}
	}
	return nil
}
