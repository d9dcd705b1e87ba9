// Package store keeps cases in SQLite or PostgreSQL: it is the SQL behind the
// ports of the work rooms, one text for both engines.
//
// It promises that a write is one transaction, that a row which somebody else
// changed meanwhile is a core.Conflict, and that lists page by key. It knows no
// rule of casework, opens nothing that is sealed, and decides no access: scopes
// come from access and become constant clauses here.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Store implements casework.Store over a database.
type Store struct {
	reader
	db *database.DB
}

// New returns the store over db, which must be migrated.
func New(db *database.DB) *Store { return &Store{reader: reader{db.Reader()}, db: db} }

// Write runs fn in one transaction.
func (s *Store) Write(ctx context.Context, fn func(tx casework.Tx) error) error {
	return s.db.InTx(ctx, func(t *sql.Tx) error { return fn(In(t)) })
}

// In returns the transaction t as casework sees it, for work that already has
// one: a job's handler.
func In(t *sql.Tx) casework.Tx { return &tx{reader: reader{t}} }

// reader reads, inside a transaction or outside.
type reader struct{ q database.Querier }

// tx writes inside a transaction.
type tx struct{ reader }

var _ casework.Store = (*Store)(nil)
var _ casework.Tx = (*tx)(nil)

func (t *tx) exec(ctx context.Context, what, query string, args ...any) error {
	if _, err := t.q.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, database.Explain(err))
	}
	return nil
}

var errChanged = core.E(core.Conflict, "case.changed_meanwhile", "Somebody else changed this while you were working on it.")

// swap runs an update that must hit exactly one row at the revision it was read
// at.
func (t *tx) swap(ctx context.Context, what, query string, args ...any) error {
	res, err := t.q.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, database.Explain(err))
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n != 1 {
		return errChanged
	}
	return nil
}

// one reads a single row; a missing one is core.NotFound.
func one[T any](ctx context.Context, q database.Querier, scan func(scanner) (T, error), what, query string, args ...any) (*T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, core.E(core.NotFound, what+".not_found", "There is no such "+what+".")
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", what, database.Explain(err))
	}
	return &v, nil
}

// many reads all rows.
func many[T any](ctx context.Context, q database.Querier, scan func(scanner) (T, error), what, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", what, err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", what, database.Explain(err))
	}
	return list, nil
}

type scanner interface{ Scan(dest ...any) error }

// Append writes a ledger entry in this transaction.
func (t *tx) Append(ctx context.Context, e ledger.Entry, content []byte) error {
	return ledger.Append(ctx, t.q, e, content)
}

// Enqueue adds a job in this transaction.
func (t *tx) Enqueue(ctx context.Context, j job.Job) error { return job.Enqueue(ctx, t.q, j) }

// ShredTrace removes the ledger's salts and the blind indexes of a case, so that
// nothing is left by which a guess about the person could be confirmed.
func (t *tx) ShredTrace(ctx context.Context, caseID core.ID) error {
	if _, err := ledger.Shred(ctx, t.q, caseID); err != nil {
		return err
	}
	if err := t.exec(ctx, "remove a child's blind indexes", `DELETE FROM child_trace WHERE case_id = $1`, caseID); err != nil {
		return err
	}
	return t.exec(ctx, "remove blind indexes", `DELETE FROM blind_index WHERE case_id = $1`, caseID)
}
