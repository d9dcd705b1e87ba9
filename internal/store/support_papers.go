package store

import (
	"context"
	"fmt"
	"strings"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

const permitColumns = `id, rev, case_id, person_id, kind, ground, state, previous_id, evidence, asylum, applied_on, from_on, until_on, exception, changed_at, changed_by, sealed`

func scanPermit(s scanner) (p support.Permit, err error) {
	var evidence string
	err = s.Scan(&p.ID, &p.Rev, &p.Case, &p.Person, &p.Kind, &p.Ground, &p.State, &p.Previous, &evidence, &p.Asylum, &p.AppliedOn, &p.From, &p.Until, &p.Exception,
		at{&p.ChangedAt}, &p.ChangedBy, &p.Sealed)
	for word := range strings.FieldsSeq(evidence) {
		id, bad := core.ParseID(word)
		if bad != nil && err == nil {
			err = fmt.Errorf("evidence of permit %s: %w", p.ID, bad)
		}
		p.Evidence = append(p.Evidence, id)
	}
	return p, err
}

// Permit loads one permit.
func (s supportReader) Permit(ctx context.Context, id core.ID) (*support.Permit, error) {
	return one(ctx, s.r.q, scanPermit, "permit", `SELECT `+permitColumns+` FROM support_permit WHERE id = $1`, id)
}

// PermitsOf lists the permits of a case.
func (s supportReader) PermitsOf(ctx context.Context, caseID core.ID) ([]support.Permit, error) {
	return many(ctx, s.r.q, scanPermit, "permits", `SELECT `+permitColumns+` FROM support_permit WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddPermit adds a permit; a second open application of the kind is a conflict.
func (t *supportTx) AddPermit(ctx context.Context, p *support.Permit) error {
	evidence := make([]string, len(p.Evidence))
	for i, id := range p.Evidence {
		evidence[i] = id.String()
	}
	return t.exec(ctx, "add permit", `INSERT INTO support_permit (`+permitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		p.ID, p.Rev, p.Case, p.Person, p.Kind, p.Ground, string(p.State), p.Previous, strings.Join(evidence, " "), p.Asylum, p.AppliedOn, p.From, p.Until, p.Exception,
		database.Micros(p.ChangedAt), p.ChangedBy, p.Sealed)
}

// SavePermit writes a permit's step.
func (t *supportTx) SavePermit(ctx context.Context, p *support.Permit, readRev int) error {
	return t.swap(ctx, "save permit", `UPDATE support_permit SET rev = $2, state = $3, from_on = $4, until_on = $5, exception = $6, changed_at = $7, changed_by = $8, sealed = $9
WHERE id = $1 AND rev = $10`, p.ID, p.Rev, string(p.State), p.From, p.Until, p.Exception, database.Micros(p.ChangedAt), p.ChangedBy, p.Sealed, readRev)
}

const returnColumns = `id, rev, case_id, person_id, state, adviser_id, interview_on, language, interpreter, risk, best_interests_on, travel_on, followed, held_at, held_by,
changed_at, changed_by, sealed`

func scanReturn(s scanner) (r support.Return, err error) {
	err = s.Scan(&r.ID, &r.Rev, &r.Case, &r.Person, &r.State, &r.Adviser, &r.InterviewOn, &r.Language, &r.Interpreter, &r.Risk, &r.BestInterestsOn, &r.TravelOn, &r.Followed,
		at{&r.HeldAt}, &r.HeldBy, at{&r.ChangedAt}, &r.ChangedBy, &r.Sealed)
	return r, err
}

// Return loads one voluntary return.
func (s supportReader) Return(ctx context.Context, id core.ID) (*support.Return, error) {
	return one(ctx, s.r.q, scanReturn, "return", `SELECT `+returnColumns+` FROM support_return WHERE id = $1`, id)
}

// ReturnsOf lists the voluntary returns of a case.
func (s supportReader) ReturnsOf(ctx context.Context, caseID core.ID) ([]support.Return, error) {
	return many(ctx, s.r.q, scanReturn, "returns", `SELECT `+returnColumns+` FROM support_return WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddReturn adds a voluntary return; a second one that is open is a conflict.
func (t *supportTx) AddReturn(ctx context.Context, r *support.Return) error {
	return t.exec(ctx, "add return", `INSERT INTO support_return (`+returnColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		r.ID, r.Rev, r.Case, r.Person, string(r.State), r.Adviser, r.InterviewOn, r.Language, r.Interpreter, r.Risk, r.BestInterestsOn, r.TravelOn, r.Followed,
		database.Micros(r.HeldAt), r.HeldBy, database.Micros(r.ChangedAt), r.ChangedBy, r.Sealed)
}

// SaveReturn writes a return's step.
func (t *supportTx) SaveReturn(ctx context.Context, r *support.Return, readRev int) error {
	return t.swap(ctx, "save return", `UPDATE support_return SET rev = $2, state = $3, risk = $4, best_interests_on = $5, travel_on = $6, followed = $7, held_at = $8, held_by = $9,
changed_at = $10, changed_by = $11, sealed = $12 WHERE id = $1 AND rev = $13`, r.ID, r.Rev, string(r.State), r.Risk, r.BestInterestsOn, r.TravelOn, r.Followed,
		database.Micros(r.HeldAt), r.HeldBy, database.Micros(r.ChangedAt), r.ChangedBy, r.Sealed, readRev)
}

// LastRedress loads the newest sealed version of a case's redress.
func (s supportReader) LastRedress(ctx context.Context, caseID core.ID) (*support.RedressVersion, error) {
	return one(ctx, s.r.q, func(sc scanner) (v support.RedressVersion, err error) {
		err = sc.Scan(&v.Case, &v.Version, &v.Person, &v.Sealed, at{&v.WrittenAt}, &v.WrittenBy)
		return v, err
	}, "redress", `SELECT case_id, version, person_id, sealed, written_at, written_by FROM support_redress WHERE case_id = $1 ORDER BY version DESC LIMIT 1`, caseID)
}

// AddRedress adds a version; one that is there already is a conflict.
func (t *supportTx) AddRedress(ctx context.Context, v support.RedressVersion) error {
	return t.exec(ctx, "add redress", `INSERT INTO support_redress (case_id, version, person_id, sealed, written_at, written_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.Case, v.Version, v.Person, v.Sealed, database.Micros(v.WrittenAt), v.WrittenBy)
}

// IdentitySection loads the newest sealed identity of a case; none is empty.
func (s supportReader) IdentitySection(ctx context.Context, caseID core.ID) ([]byte, int, error) {
	return s.section(ctx, caseID, string(casework.SectionIdentity))
}

// DocumentsOf lists the documents of a case by their ids alone.
func (s supportReader) DocumentsOf(ctx context.Context, caseID core.ID) ([]core.ID, error) {
	return many(ctx, s.r.q, func(sc scanner) (id core.ID, err error) { err = sc.Scan(&id); return id, err }, "documents",
		`SELECT id FROM document WHERE owner_id = $1 ORDER BY id`, caseID)
}

// AgencyKind says what kind of agency it is.
func (s supportReader) AgencyKind(ctx context.Context, agency core.ID) (core.AgencyKind, error) {
	kind, err := one(ctx, s.r.q, func(sc scanner) (k core.AgencyKind, err error) { err = sc.Scan(&k); return k, err }, "agency",
		`SELECT kind FROM agency WHERE id = $1 AND active`, agency)
	if err != nil {
		return "", err
	}
	return *kind, nil
}
