package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
)

const draftColumns = `id, rev, person_id, author_id, agency_id, shared, earlier_case_id, upgrades_case_id, sealed, created_at, updated_at, expires_at, warned_at`

func scanDraft(s scanner) (d casework.DraftRow, err error) {
	err = s.Scan(&d.ID, &d.Rev, &d.PersonID, &d.Author, &d.Agency, &d.Shared, &d.EarlierCaseID, &d.UpgradesCase, &d.Sealed,
		at{&d.CreatedAt}, at{&d.UpdatedAt}, at{&d.ExpiresAt}, at{&d.WarnedAt})
	return d, err
}

// DraftByID loads a draft.
func (r reader) DraftByID(ctx context.Context, id core.ID) (*casework.DraftRow, error) {
	return one(ctx, r.q, scanDraft, "draft", `SELECT `+draftColumns+` FROM draft WHERE id = $1`, id)
}

// Drafts lists a person's drafts and those shared in the agency, oldest first.
func (r reader) Drafts(ctx context.Context, author, agency core.ID) ([]casework.DraftRow, error) {
	return many(ctx, r.q, scanDraft, "drafts", `SELECT `+draftColumns+` FROM draft WHERE author_id = $1 OR (agency_id = $2 AND shared) ORDER BY id LIMIT 200`, author, agency)
}

// AddDraft adds a draft.
func (t *tx) AddDraft(ctx context.Context, d casework.DraftRow) error {
	return t.exec(ctx, "add draft", `INSERT INTO draft (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.ID, d.Rev, d.PersonID, d.Author, d.Agency, d.Shared, d.EarlierCaseID, d.UpgradesCase, d.Sealed,
		database.Micros(d.CreatedAt), database.Micros(d.UpdatedAt), database.Micros(d.ExpiresAt), database.Micros(d.WarnedAt))
}

// SaveDraft writes a draft that was read at readRev.
func (t *tx) SaveDraft(ctx context.Context, d casework.DraftRow, readRev int) error {
	return t.swap(ctx, "save draft", `UPDATE draft SET rev = $2, shared = $3, sealed = $4, updated_at = $5, expires_at = $6, warned_at = $7 WHERE id = $1 AND rev = $8`,
		d.ID, d.Rev, d.Shared, d.Sealed, database.Micros(d.UpdatedAt), database.Micros(d.ExpiresAt), database.Micros(d.WarnedAt), readRev)
}

// DropDraft removes a draft. A draft that is gone already is core.NotFound, so
// that of two submissions one wins.
func (t *tx) DropDraft(ctx context.Context, id core.ID) error {
	res, err := t.q.ExecContext(ctx, `DELETE FROM draft WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("drop draft: %w", database.Explain(err))
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return core.E(core.NotFound, "draft.not_found", "This draft was submitted or deleted already.")
	}
	return nil
}

const documentColumns = `id, owner_id, person_id, author_id, agency_id, at, media_type, size, scan, title`

func scanDocument(s scanner) (d casework.Document, err error) {
	err = s.Scan(&d.ID, &d.OwnerID, &d.PersonID, &d.AuthorID, &d.AgencyID, at{&d.At}, &d.MediaType, &d.Size, &d.Scan, &d.Title)
	return d, err
}

// Documents lists the documents of a draft or case, without their content.
func (r reader) Documents(ctx context.Context, owner core.ID) ([]casework.Document, error) {
	return many(ctx, r.q, scanDocument, "documents", `SELECT `+documentColumns+` FROM document WHERE owner_id = $1 ORDER BY id`, owner)
}

// Document loads a document with its sealed content.
func (r reader) Document(ctx context.Context, id core.ID) (*casework.Document, error) {
	return one(ctx, r.q, func(s scanner) (d casework.Document, err error) {
		err = s.Scan(&d.ID, &d.OwnerID, &d.PersonID, &d.AuthorID, &d.AgencyID, at{&d.At}, &d.MediaType, &d.Size, &d.Scan, &d.Title, &d.Content)
		return d, err
	}, "document", `SELECT `+documentColumns+`, content FROM document WHERE id = $1`, id)
}

// AddDocument adds a document.
func (t *tx) AddDocument(ctx context.Context, d casework.Document) error {
	return t.exec(ctx, "add document", `INSERT INTO document (`+documentColumns+`, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		d.ID, d.OwnerID, d.PersonID, d.AuthorID, d.AgencyID, database.Micros(d.At), d.MediaType, d.Size, d.Scan, d.Title, d.Content)
}

// DropDocument removes a document.
func (t *tx) DropDocument(ctx context.Context, id core.ID) error {
	return t.exec(ctx, "drop document", `DELETE FROM document WHERE id = $1`, id)
}

// MoveDocuments hands a draft's documents to its case.
func (t *tx) MoveDocuments(ctx context.Context, from, to core.ID) error {
	return t.exec(ctx, "move documents", `UPDATE document SET owner_id = $2 WHERE owner_id = $1`, from, to)
}

// SavedViews lists a person's saved queue filters by name.
func (r reader) SavedViews(ctx context.Context, user core.ID) ([]casework.SavedView, error) {
	return many(ctx, r.q, func(s scanner) (v casework.SavedView, err error) {
		err = s.Scan(&v.ID, &v.UserID, &v.Name, &v.Query)
		return v, err
	}, "saved views", `SELECT id, user_id, name, query FROM saved_view WHERE user_id = $1 ORDER BY name LIMIT 100`, user)
}

// AddSavedView keeps a view; one of the same name is replaced.
func (t *tx) AddSavedView(ctx context.Context, v casework.SavedView) error {
	return t.exec(ctx, "save view", `INSERT INTO saved_view (id, user_id, name, query) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, name) DO UPDATE SET query = excluded.query`, v.ID, v.UserID, v.Name, v.Query)
}

// DropSavedView removes a person's view.
func (t *tx) DropSavedView(ctx context.Context, user, id core.ID) error {
	return t.exec(ctx, "drop view", `DELETE FROM saved_view WHERE id = $1 AND user_id = $2`, id, user)
}

// Submitted finds what an idempotency key submitted before.
func (r reader) Submitted(ctx context.Context, agency core.ID, key string) (caseID core.ID, digest []byte, err error) {
	err = r.q.QueryRowContext(ctx, `SELECT case_id, digest FROM idempotency WHERE agency_id = $1 AND idem_key = $2`, agency, key).Scan(&caseID, &digest)
	if errors.Is(err, sql.ErrNoRows) {
		return caseID, nil, core.E(core.NotFound, "submit.key_new", "This key was not used before.")
	}
	if err != nil {
		return caseID, nil, fmt.Errorf("look up idempotency key: %w", database.Explain(err))
	}
	return caseID, digest, nil
}

// AddSubmitted remembers what an idempotency key submitted.
func (t *tx) AddSubmitted(ctx context.Context, agency core.ID, key string, digest []byte, caseID core.ID, when time.Time) error {
	return t.exec(ctx, "remember idempotency key", `INSERT INTO idempotency (agency_id, idem_key, digest, case_id, created_at) VALUES ($1, $2, $3, $4, $5)`,
		agency, key, digest, caseID, database.Micros(when))
}

const agencyColumns = `id, rev, kind, name, code, jurisdiction, first_responder, active`

func scanAgency(s scanner) (a core.Agency, err error) {
	err = s.Scan(&a.ID, &a.Rev, &a.Kind, &a.Name, &a.Code, &a.Jurisdiction, &a.FirstResponder, &a.Active)
	return a, err
}

// Agency loads an agency.
func (r reader) Agency(ctx context.Context, id core.ID) (*core.Agency, error) {
	return one(ctx, r.q, scanAgency, "agency", `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, id)
}

// Agencies lists the active agencies of a kind, or of every kind, by name.
func (r reader) Agencies(ctx context.Context, kind core.AgencyKind) ([]core.Agency, error) {
	return many(ctx, r.q, scanAgency, "agencies", `SELECT `+agencyColumns+` FROM agency WHERE active AND ($1 = '' OR kind = $1) ORDER BY name, id LIMIT 5000`, string(kind))
}
