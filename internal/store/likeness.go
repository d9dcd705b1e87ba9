package store

import (
	"context"
	"fmt"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/likeness"
)

var _ likeness.Source = (*Store)(nil)

// Positions returns how many positions the ledger has given.
func (s *Store) Positions(ctx context.Context) (int64, error) {
	var n int64
	err := s.q.QueryRowContext(ctx, `SELECT size FROM ledger_head WHERE one = 1`).Scan(&n)
	return n, wrap("read the ledger's size", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, database.Explain(err))
}

// mostWritten is how many entries one look at the ledger takes in.
const mostWritten = 2000

// Written returns the cases that were written to between two positions.
func (s *Store) Written(ctx context.Context, from, to int64) ([]core.ID, int64, error) {
	to = min(to, from+mostWritten)
	cases, err := many(ctx, s.q, scanID, "written cases", `SELECT DISTINCT case_id FROM ledger_entry WHERE seq >= $1 AND seq < $2 AND kind = 'write' AND case_id IS NOT NULL`, from, to)
	return cases, to, err
}

func scanID(r scanner) (id core.ID, err error) {
	err = r.Scan(&id)
	return id, err
}

// newestIdentity joins a case with the version in force of its identity.
const newestIdentity = ` FROM case_file c JOIN case_section s ON s.case_id = c.id AND s.name = 'identity'
WHERE NOT EXISTS (SELECT 1 FROM case_section n WHERE n.case_id = s.case_id AND n.name = s.name AND n.version > s.version)`

func scanIdentity(r scanner) (row likeness.Row, err error) {
	err = r.Scan(&row.Case, &row.Person, &row.Version, &row.Sealed)
	return row, err
}

func scanOwner(r scanner) (row likeness.Row, err error) {
	err = r.Scan(&row.Case, &row.Person)
	return row, err
}

// Identities returns sealed identities in the order of the cases' ids.
func (s *Store) Identities(ctx context.Context, after core.ID, limit int) ([]likeness.Row, error) {
	return many(ctx, s.q, scanIdentity, "identities", `SELECT c.id, c.person_id, s.version, s.sealed`+newestIdentity+` AND c.id > $1 ORDER BY c.id LIMIT $2`, after.String(), limit)
}

// IdentitiesOf returns the sealed identities of some cases.
func (r reader) IdentitiesOf(ctx context.Context, cases []core.ID) ([]likeness.Row, error) {
	var list []likeness.Row
	for part := range chunks(cases) {
		c := &clauses{}
		rows, err := many(ctx, r.q, scanIdentity, "identities", `SELECT c.id, c.person_id, s.version, s.sealed`+newestIdentity+` AND c.id IN (`+c.ids(part)+`)`, c.args...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// Owners returns whose key seals each identity, in the order of the cases' ids.
func (s *Store) Owners(ctx context.Context, after core.ID, limit int) ([]likeness.Row, error) {
	return many(ctx, s.q, scanOwner, "owners", `SELECT id, person_id FROM case_file WHERE id > $1 ORDER BY id LIMIT $2`, after.String(), limit)
}

// CountIdentities counts the cases with an identity.
func (s *Store) CountIdentities(ctx context.Context) (int, error) {
	var n int
	err := s.q.QueryRowContext(ctx, `SELECT count(*) FROM case_section WHERE name = 'identity' AND version = 1`).Scan(&n)
	return n, wrap("count identities", err)
}
