package store

import (
	"context"
	"database/sql"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/letters"
)

// Letters is the store as the room of letters sees it.
type Letters struct {
	reader
	db *database.DB
}

var _ letters.Store = Letters{}
var _ letters.Tx = (*tx)(nil)

// Letters returns the part of the store that keeps letters.
func (s *Store) Letters() Letters { return Letters{s.reader, s.db} }

// Write runs fn in one transaction.
func (l Letters) Write(ctx context.Context, fn func(t letters.Tx) error) error {
	return l.db.InTx(ctx, func(t *sql.Tx) error { return fn(&tx{reader: reader{t}}) })
}

// AddLetter keeps the letter of a decision.
func (t *tx) AddLetter(ctx context.Context, l casework.Letter) error {
	return t.exec(ctx, "add letter", `INSERT INTO letter (id, case_id, decision_id, kind, language, texts, sealed, served_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.ID, l.CaseID, l.DecisionID, l.Kind, l.Language, wordList(l.Texts), l.Sealed, database.Micros(l.ServedAt))
}

// LetterOf loads the letter of a decision.
func (r reader) LetterOf(ctx context.Context, decision core.ID) (*casework.Letter, error) {
	return one(ctx, r.q, func(s scanner) (l casework.Letter, err error) {
		var texts string
		err = s.Scan(&l.ID, &l.CaseID, &l.DecisionID, &l.Kind, &l.Language, &texts, &l.Sealed, at{&l.ServedAt})
		l.Texts = words(texts)
		return l, err
	}, "letter", `SELECT id, case_id, decision_id, kind, language, texts, sealed, served_at FROM letter WHERE decision_id = $1`, decision)
}

// Issue loads the printed sheet of a letter.
func (r reader) Issue(ctx context.Context, letter core.ID) (*letters.Issue, error) {
	return one(ctx, r.q, func(s scanner) (i letters.Issue, err error) {
		err = s.Scan(&i.LetterID, &i.Sealed, at{&i.At}, &i.By)
		return i, err
	}, "issue", `SELECT letter_id, sealed, issued_at, issued_by FROM letter_issue WHERE letter_id = $1`, letter)
}

// AddIssue keeps a printed sheet, unless one is kept already: the first is the
// one that counts.
func (t *tx) AddIssue(ctx context.Context, i letters.Issue) error {
	return t.exec(ctx, "add issue", `INSERT INTO letter_issue (letter_id, sealed, issued_at, issued_by) VALUES ($1, $2, $3, $4) ON CONFLICT (letter_id) DO NOTHING`,
		i.LetterID, i.Sealed, database.Micros(i.At), i.By)
}

// Approvals lists the wordings that were approved.
func (r reader) Approvals(ctx context.Context) ([]letters.Approval, error) {
	return many(ctx, r.q, func(s scanner) (a letters.Approval, err error) {
		err = s.Scan(&a.Path, &a.Digest, &a.Version, at{&a.At}, &a.By)
		return a, err
	}, "approvals", `SELECT path, digest, version, approved_at, approved_by FROM letter_approval ORDER BY path, digest`)
}

// AddApproval keeps an approval. Somebody who was quicker is a conflict.
func (t *tx) AddApproval(ctx context.Context, a letters.Approval) error {
	return t.swap(ctx, "approve", `INSERT INTO letter_approval (path, digest, version, approved_at, approved_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (path, digest) DO NOTHING`,
		a.Path, a.Digest, a.Version, database.Micros(a.At), a.By)
}

// DropApproval takes an approval back.
func (t *tx) DropApproval(ctx context.Context, path, digest string) error {
	return t.swap(ctx, "take back approval", `DELETE FROM letter_approval WHERE path = $1 AND digest = $2`, path, digest)
}
