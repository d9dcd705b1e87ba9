package store

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

// Support implements support.Store over a database.
type Support struct {
	supportReader
	db *database.DB
}

// NewSupport returns the store of support over db, which must be migrated.
func NewSupport(db *database.DB) *Support {
	return &Support{supportReader: supportReader{reader{db.Reader()}}, db: db}
}

// Write runs fn in one transaction.
func (s *Support) Write(ctx context.Context, fn func(tx support.Tx) error) error {
	return s.db.InTx(ctx, func(t *sql.Tx) error { return fn(SupportIn(t)) })
}

// SupportIn returns the transaction t as support sees it, for a job's handler.
func SupportIn(t *sql.Tx) support.Tx {
	base := tx{reader: reader{t}}
	return &supportTx{supportReader: supportReader{base.reader}, tx: base}
}

// supportReader reads, inside a transaction or outside.
type supportReader struct{ r reader }

// supportTx writes inside a transaction.
type supportTx struct {
	supportReader
	tx
}

var _ support.Store = (*Support)(nil)
var _ support.Tx = (*supportTx)(nil)

// next scans a time whose absence sorts last.
type next struct{ t *time.Time }

func (n next) Scan(v any) error {
	if v == int64(math.MaxInt64) {
		*n.t = time.Time{}
		return nil
	}
	return at(n).Scan(v)
}

// Case loads what support knows of a case.
func (s supportReader) Case(ctx context.Context, id core.ID) (*support.Case, error) {
	c, err := s.r.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	return &support.Case{ID: c.ID, Rev: c.Rev, Reference: c.Reference, Scheme: c.Scheme, Jurisdiction: c.Jurisdiction, ClockDay: c.ClockDay, Person: c.PersonID,
		Authority: c.Authority, LocalAuthority: c.LocalAuthority, SupportAgency: c.SupportAgency, State: string(c.State), Live: c.State.Live(),
		Referral: c.Kind == casework.Referral, Child: c.Child, WasChild: c.AgeGroup == "child", Consent: c.ConsentSharing, Gender: c.Gender, UrgentNeeds: c.Facts.UrgentNeeds,
		SupportWanted: c.Facts.SupportWanted, RecoveryUntil: c.RecoveryUntil, Resource: c.Resource()}, nil
}

// ContactSection loads the newest sealed contact section of a case; none is empty.
func (s supportReader) ContactSection(ctx context.Context, caseID core.ID) ([]byte, int, error) {
	return s.section(ctx, caseID, "contact")
}

// section loads the newest version of a sealed section of a case; none is empty.
func (s supportReader) section(ctx context.Context, caseID core.ID, name string) ([]byte, int, error) {
	list, err := many(ctx, s.r.q, func(r scanner) (v casework.SealedSection, err error) {
		err = r.Scan(&v.Version, &v.Sealed)
		return v, err
	}, name+" section", `SELECT version, sealed FROM case_section WHERE case_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1`, caseID, name)
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	return list[0].Sealed, list[0].Version, nil
}

// SetSupportAgency opens or closes the case to a provider.
func (t *supportTx) SetSupportAgency(ctx context.Context, c *support.Case, agency core.ID, when time.Time) error {
	err := t.swap(ctx, "set support agency", `UPDATE case_file SET support_agency_id = $2, rev = rev + 1, updated_at = $3 WHERE id = $1 AND rev = $4`,
		c.ID, agency, database.Micros(when), c.Rev)
	if err == nil {
		c.Rev, c.SupportAgency = c.Rev+1, agency
	}
	return err
}

// AddEvent adds a line to a case's timeline.
func (t *supportTx) AddEvent(ctx context.Context, e support.Event) error {
	return t.tx.AddEvent(ctx, casework.Event{ID: e.ID, CaseID: e.Case, At: e.At, ActorID: e.Actor, AgencyID: e.Agency, Kind: e.Kind, State: casework.State(e.State), Detail: e.Detail})
}

const selectTask = `SELECT id, case_id, kind, agency_id, due_at, created_at, detail FROM task`

func scanSupportTask(s scanner) (t support.Task, err error) {
	err = s.Scan(&t.ID, &t.Case, &t.Kind, &t.Agency, at{&t.DueAt}, at{&t.CreatedAt}, &t.Detail)
	return t, err
}

// supportKinds is the kinds of support's tasks as SQL has them; they are
// constants of the program.
var supportKinds = "'" + strings.Join(support.TaskKinds, "', '") + "'"

// OpenTasks lists an agency's open tasks of support, most urgent first.
func (s supportReader) OpenTasks(ctx context.Context, agency core.ID, limit int) ([]support.Task, error) {
	return many(ctx, s.r.q, scanSupportTask, "tasks", selectTask+` WHERE agency_id = $1 AND done_at = 0 AND kind IN (`+supportKinds+`) ORDER BY due_at, id LIMIT $2`, agency, limit)
}

// TasksOf lists the open tasks of support of a case.
func (s supportReader) TasksOf(ctx context.Context, caseID core.ID) ([]support.Task, error) {
	return many(ctx, s.r.q, scanSupportTask, "tasks", selectTask+` WHERE case_id = $1 AND done_at = 0 AND kind IN (`+supportKinds+`) ORDER BY due_at, id`, caseID)
}

// RaiseTask adds a task unless the same one is open.
func (t *supportTx) RaiseTask(ctx context.Context, k support.Task) (bool, error) {
	present, err := many(ctx, t.tx.q, scanSupportTask, "tasks", selectTask+` WHERE case_id = $1 AND done_at = 0 AND kind = $2 AND agency_id = $3 AND detail = $4`,
		k.Case, k.Kind, k.Agency, k.Detail)
	if err != nil || len(present) > 0 {
		return false, err
	}
	return true, t.AddTask(ctx, casework.Task{ID: k.ID, Rev: 1, CaseID: k.Case, Kind: casework.TaskKind(k.Kind), AgencyID: k.Agency, DueAt: k.DueAt, CreatedAt: k.CreatedAt, Detail: k.Detail})
}

// CloseTasks marks open tasks of a case as done.
func (t *supportTx) CloseTasks(ctx context.Context, caseID, agency core.ID, kinds []string, detail string, when time.Time, by core.ID) error {
	for _, kind := range kinds {
		err := t.exec(ctx, "close tasks", `UPDATE task SET rev = rev + 1, done_at = $1, done_by = $2
WHERE case_id = $3 AND done_at = 0 AND kind = $4 AND (CAST($5 AS TEXT) IS NULL OR agency_id = $5) AND ($6 = '' OR detail = $6)`,
			database.Micros(when), by, caseID, kind, agency, detail)
		if err != nil {
			return err
		}
	}
	return nil
}
