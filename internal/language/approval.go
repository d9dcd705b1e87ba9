package language

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// Approval is an administrator's word that a professional translator has looked
// at one language of one catalogue.
type Approval struct {
	Part, Tag string
	Digest    string // of the words that were approved
	By        core.ID
	At        time.Time
}

// Service keeps approvals. It is safe for concurrent use.
type Service struct {
	db       *database.DB
	policies *access.Policies
	clock    core.Clock
	ids      *core.IDs
}

// New returns the use cases over a migrated database.
func New(db *database.DB, policies *access.Policies, clock core.Clock) *Service {
	return &Service{db: db, policies: policies, clock: clock, ids: core.NewIDs(clock)}
}

// Approve records that the words of the language, as they stand in the
// catalogue today, have been reviewed. The digest is what the administrator saw:
// when the words are others meanwhile, it is a Conflict.
func (s *Service) Approve(ctx context.Context, actor core.Actor, purpose core.Purpose, c *Catalogue, tag, digest string) error {
	decision, err := s.policies.Require(actor, purpose, access.ApproveTranslation, access.Whole())
	if err != nil {
		return err
	}
	if _, ok := Find(tag); !ok || tag == English {
		return core.InvalidFields([]core.Field{{Name: "language", Code: "language.unknown", Msg: "Choose one of the languages that are translated."}})
	}
	if digest != c.Digest(tag) {
		return core.E(core.Conflict, "language.changed", "The words have changed since this page was opened. Have them looked at again.")
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO language_approval (part, tag, digest, approved_by, approved_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (part, tag) DO UPDATE SET digest = excluded.digest, approved_by = excluded.approved_by, approved_at = excluded.approved_at`,
			c.Part, tag, digest, actor.UserID, database.Micros(s.clock.Now()))
		if err != nil {
			return fmt.Errorf("approve translation: %w", database.Explain(err))
		}
		e := ledger.By(actor, purpose)
		e.ID, e.At, e.Kind, e.Action, e.Object, e.Policies = s.ids.New(), s.clock.Now(), ledger.Write, "approve_translation", "catalogue:"+c.Part+"."+tag, decision.Policies
		return ledger.Append(ctx, tx, e, []byte(digest))
	})
}

// Approvals returns every approval, by part and tag. One whose digest is not
// that of the catalogue today no longer holds.
func (s *Service) Approvals(ctx context.Context) ([]Approval, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT part, tag, digest, approved_by, approved_at FROM language_approval ORDER BY part, tag LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("list approvals: %w", database.Explain(err))
	}
	defer func() { _ = rows.Close() }()
	var list []Approval
	for rows.Next() {
		var a Approval
		var at int64
		if err := rows.Scan(&a.Part, &a.Tag, &a.Digest, &a.By, &at); err != nil {
			return nil, fmt.Errorf("read approval: %w", err)
		}
		a.At = database.FromMicros(at)
		list = append(list, a)
	}
	return list, rows.Err()
}

// Reviewed reports whether the words of the language may be shown without the
// remark that nobody has reviewed them: English, or approved as they are today.
func (s *Service) Reviewed(ctx context.Context, c *Catalogue, tag string) (bool, error) {
	if tag == English {
		return true, nil
	}
	all, err := s.Approvals(ctx)
	if err != nil {
		return false, err
	}
	for _, a := range all {
		if a.Part == c.Part && a.Tag == tag {
			return a.Digest == c.Digest(tag), nil
		}
	}
	return false, nil
}
