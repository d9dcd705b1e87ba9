package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strings"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
)

const pairColumns = `id, rev, earlier_case, later_case, state, exact, likeness, earlier_version, later_version, raised_at, until, answered_by, answered_at`

// millionth is the unit in which a likeness is kept, so that both engines hold the
// same number.
const millionth = 1e6

func scanPair(r scanner) (p casework.Pair, err error) {
	var likeness int64
	err = r.Scan(&p.ID, &p.Rev, &p.Earlier, &p.Later, &p.State, &p.Exact, &likeness, &p.EarlierVersion, &p.LaterVersion, at{&p.RaisedAt}, &p.Until, &p.AnsweredBy, at{&p.AnsweredAt})
	p.Likeness = float64(likeness) / millionth
	return p, err
}

func pairValues(p casework.Pair) []any {
	return []any{p.ID, p.Rev, p.Earlier, p.Later, string(p.State), p.Exact, int64(p.Likeness * millionth), p.EarlierVersion, p.LaterVersion,
		database.Micros(p.RaisedAt), p.Until, p.AnsweredBy, database.Micros(p.AnsweredAt)}
}

// Pair loads one pair.
func (r reader) Pair(ctx context.Context, id core.ID) (*casework.Pair, error) {
	return one(ctx, r.q, scanPair, "pair", `SELECT `+pairColumns+` FROM person_pair WHERE id = $1`, id)
}

// PairsOf lists the pairs a case is in, oldest first.
func (r reader) PairsOf(ctx context.Context, caseID core.ID) ([]casework.Pair, error) {
	return many(ctx, r.q, scanPair, "pairs", `SELECT `+pairColumns+` FROM person_pair WHERE earlier_case = $1 OR later_case = $1 ORDER BY id`, caseID)
}

// Pairs lists pairs both of whose cases are in the scope, newest first.
func (r reader) Pairs(ctx context.Context, q casework.PairQuery) ([]casework.Pair, error) {
	c := pairClauses(q.Scope, q.State)
	if !q.After.IsZero() {
		c.add("person_pair.id < " + c.arg(q.After))
	}
	limit := c.arg(min(max(q.Limit, 1), 201))
	return many(ctx, r.q, scanPair, "pairs", `SELECT `+pairColumns+` FROM person_pair`+c.where()+` ORDER BY id DESC LIMIT `+limit, c.args...)
}

// CountPairs counts them.
func (r reader) CountPairs(ctx context.Context, scope access.Scope, state casework.PairState) (n int, err error) {
	c := pairClauses(scope, state)
	err = r.q.QueryRowContext(ctx, `SELECT count(*) FROM person_pair`+c.where(), c.args...).Scan(&n)
	return n, wrap("count pairs", err)
}

func pairClauses(scope access.Scope, state casework.PairState) *clauses {
	c := &clauses{}
	c.add("person_pair.state = " + c.arg(string(state)))
	for _, side := range []string{"person_pair.earlier_case", "person_pair.later_case"} {
		c.add("EXISTS (SELECT 1 FROM case_file WHERE case_file.id = " + side + " AND " + c.scopeText(scope) + ")")
	}
	return c
}

// scopeText is a scope as one condition inside another query.
func (c *clauses) scopeText(s access.Scope) string {
	inner := &clauses{args: c.args}
	inner.scope(s)
	c.args = inner.args
	if len(inner.parts) == 0 {
		return "TRUE"
	}
	return strings.Join(inner.parts, " AND ")
}

// AddPair adds a pair. Two processes that find the same one at once add it once:
// the second is a conflict.
func (t *tx) AddPair(ctx context.Context, p casework.Pair) error {
	return t.exec(ctx, "add pair", `INSERT INTO person_pair (`+pairColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, pairValues(p)...)
}

// SavePair writes a pair that was read at readRev.
func (t *tx) SavePair(ctx context.Context, p casework.Pair, readRev int) error {
	return t.swap(ctx, "save pair", `UPDATE person_pair SET rev = $2, earlier_case = $3, later_case = $4, state = $5, exact = $6, likeness = $7, earlier_version = $8,
later_version = $9, raised_at = $10, until = $11, answered_by = $12, answered_at = $13 WHERE id = $1 AND rev = $14`, append(pairValues(p), readRev)...)
}

// PairAnswers lists the answers to a pair, oldest first.
func (r reader) PairAnswers(ctx context.Context, pair core.ID) ([]casework.PairAnswer, error) {
	return many(ctx, r.q, func(s scanner) (a casework.PairAnswer, err error) {
		err = s.Scan(&a.ID, &a.Pair, at{&a.At}, &a.ActorID, &a.AgencyID, &a.State, &a.Until, &a.Reason)
		return a, err
	}, "answers", `SELECT id, pair_id, at, actor_id, agency_id, state, until, reason FROM pair_answer WHERE pair_id = $1 ORDER BY id`, pair)
}

// AddPairAnswer adds an answer.
func (t *tx) AddPairAnswer(ctx context.Context, a casework.PairAnswer) error {
	return t.exec(ctx, "add answer", `INSERT INTO pair_answer (id, pair_id, at, actor_id, agency_id, state, until, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, a.Pair, database.Micros(a.At), a.ActorID, a.AgencyID, string(a.State), a.Until, a.Reason)
}

// CasesByID loads those of the cases that are in the scope, in the order of ids.
func (r reader) CasesByID(ctx context.Context, ids []core.ID, scope access.Scope) ([]casework.Case, error) {
	var list []casework.Case
	for part := range chunks(ids) {
		query, args := casesByIDQuery(part, scope)
		cases, err := many(ctx, r.q, scanCase, "cases", query, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, cases...)
	}
	return list, nil
}

// casesByIDQuery takes up each case by its key. CROSS JOIN keeps SQLite to that
// order: it would rather walk the scope's whole authority in search of the ids.
func casesByIDQuery(ids []core.ID, scope access.Scope) (string, []any) {
	c := &clauses{}
	wanted := make([]string, len(ids))
	for i, id := range ids {
		wanted[i] = "(CAST(" + c.arg(id) + " AS TEXT))"
	}
	c.add("id = asked.column1")
	c.scope(scope)
	return "SELECT " + caseColumns + " FROM (VALUES " + strings.Join(wanted, ", ") + ") AS asked CROSS JOIN case_file" + c.where() + " ORDER BY id", c.args
}

// mostArguments bounds one list of arguments.
const mostArguments = 500

func chunks(ids []core.ID) iter.Seq[[]core.ID] { return slices.Chunk(ids, mostArguments) }

// ids adds the arguments of an IN list.
func (c *clauses) ids(list []core.ID) string {
	in := make([]string, len(list))
	for i, id := range list {
		in[i] = c.arg(id)
	}
	return strings.Join(in, ", ")
}

// Placed returns the ledger's position of the newest entry about the case that is
// one of the actions, and false while it has none.
func (r reader) Placed(ctx context.Context, caseID core.ID, actions []string) (int64, bool, error) {
	c := &clauses{}
	c.add("case_id = " + c.arg(caseID))
	in := make([]string, len(actions))
	for i, a := range actions {
		in[i] = c.arg(a)
	}
	c.add("kind = 'write'")
	c.add("action IN (" + strings.Join(in, ", ") + ")")
	var seq sql.NullInt64
	err := r.q.QueryRowContext(ctx, `SELECT seq FROM ledger_entry`+c.where()+` ORDER BY at DESC, id DESC LIMIT 1`, c.args...).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq.Int64, seq.Valid, wrap("find the entry's position", err)
}

const maxRounds = 50

// Rounds lists the other rounds of the case's person, oldest first.
func (r reader) Rounds(ctx context.Context, c *casework.Case) ([]casework.Case, error) {
	return many(ctx, r.q, scanCase, "rounds", selectCase+` WHERE id <> $1 AND id IN (SELECT case_id FROM linked_round
WHERE person_group = (SELECT person_group FROM linked_round WHERE case_id = $1)) ORDER BY id LIMIT $2`, c.ID, maxRounds)
}

// Adjoining lists the rounds that a case is linked with directly: by being
// referred again, or by an answer.
func (r reader) Adjoining(ctx context.Context, caseID core.ID) ([]core.ID, error) {
	return many(ctx, r.q, scanID, "adjoining rounds", `SELECT later_case FROM person_pair WHERE earlier_case = $1 AND state = 'same'
UNION SELECT earlier_case FROM person_pair WHERE later_case = $1 AND state = 'same'
UNION SELECT id FROM case_file WHERE earlier_case_id = $1
UNION SELECT earlier_case_id FROM case_file WHERE id = $1 AND earlier_case_id IS NOT NULL`, caseID)
}

// TakeLinks lets no other transaction change groups until this one ends.
func (t *tx) TakeLinks(ctx context.Context) error {
	return t.exec(ctx, "take the links", `UPDATE linked_turn SET turn = turn + 1 WHERE one = 1`)
}

// SetGroup makes the cases one person's rounds; a single one is nobody else's.
func (t *tx) SetGroup(ctx context.Context, cases []core.ID) error {
	for part := range chunks(cases) {
		c := &clauses{}
		if err := t.exec(ctx, "clear group", `DELETE FROM linked_round WHERE case_id IN (`+c.ids(part)+`)`, c.args...); err != nil {
			return err
		}
	}
	if len(cases) < 2 {
		return nil
	}
	group := slices.MinFunc(cases, func(a, b core.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range cases {
		if err := t.exec(ctx, "set group", `INSERT INTO linked_round (case_id, person_group) VALUES ($1, $2)`, id, group); err != nil {
			return err
		}
	}
	return nil
}

// CountPeople counts the rounds of a scope and the people they are of.
func (r reader) CountPeople(ctx context.Context, scope access.Scope) (n casework.PeopleCount, err error) {
	c := &clauses{}
	c.scope(scope)
	var linked, groups int
	err = r.q.QueryRowContext(ctx, `SELECT count(*) FROM case_file`+c.where(), c.args...).Scan(&n.Rounds)
	if err != nil {
		return n, wrap("count rounds", err)
	}
	err = r.q.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT linked_round.person_group) FROM linked_round JOIN case_file ON case_file.id = linked_round.case_id`+c.where(), c.args...).Scan(&linked, &groups)
	n.People = n.Rounds - linked + groups
	return n, wrap("count people", err)
}
