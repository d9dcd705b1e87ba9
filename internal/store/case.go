package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
)

const caseColumns = `id, rev, reference, kind, state, prior_state, scheme, jurisdiction, person_id, round, earlier_case_id,
referring_agency_id, author_id, authority_id, local_authority_id, support_agency_id, assignee_id,
age_group, child, age_basis, age_disputed, age_contradiction, gender, nationality, second_nationality, facts,
consent_sharing, info_requested_from, review_of, proposer_id, decider_id, reviewer_id,
submitted_at, notified_at, clock_day, due_at, due_for, rg_due_at, rg_decided_at, recovery_from, recovery_until,
recovery_ended_at, cg_decided_at, reconsider_until, suspended_at, closed_at, end_reason, updated_at, consent_police`

const selectCase = `SELECT ` + caseColumns + ` FROM case_file`

// at scans a time kept as microseconds.
type at struct{ t *time.Time }

func (a at) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("scan %T into a time", v)
	}
	*a.t = database.FromMicros(n)
	return nil
}

// dueAt scans a deadline, whose absence is stored as casework.NoDeadline.
type dueAt struct{ t *time.Time }

func (a dueAt) Scan(v any) error {
	if v == int64(casework.NoDeadline) {
		*a.t = time.Time{}
		return nil
	}
	return at(a).Scan(v)
}

func scanCase(r scanner) (casework.Case, error) {
	var c casework.Case
	var facts string
	err := r.Scan(&c.ID, &c.Rev, &c.Reference, &c.Kind, &c.State, &c.Prior, &c.Scheme, &c.Jurisdiction, &c.PersonID, &c.Round, &c.EarlierCaseID,
		&c.ReferringAgency, &c.Author, &c.Authority, &c.LocalAuthority, &c.SupportAgency, &c.Assignee,
		&c.AgeGroup, &c.Child, &c.AgeBasis, &c.AgeDisputed, &c.AgeContradiction, &c.Gender, &c.Nationality, &c.SecondNationality, &facts,
		&c.ConsentSharing, &c.InfoRequestedFrom, &c.ReviewOf, &c.ProposerID, &c.DeciderID, &c.ReviewerID,
		at{&c.SubmittedAt}, at{&c.NotifiedAt}, &c.ClockDay, dueAt{&c.DueAt}, &c.DueFor, at{&c.RGDueAt}, at{&c.RGDecidedAt}, &c.RecoveryFrom, &c.RecoveryUntil,
		at{&c.RecoveryEndedAt}, at{&c.CGDecidedAt}, &c.ReconsiderUntil, at{&c.SuspendedAt}, at{&c.ClosedAt}, &c.EndReason, at{&c.UpdatedAt}, &c.ConsentPolice)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(facts), &c.Facts); err != nil {
		return c, fmt.Errorf("facts of case %s: %w", c.ID, err)
	}
	return c, nil
}

// caseValues are a case's columns in the order of caseColumns, followed by those
// that exist for look-ups only: live, exploitation, exploited_where and
// age_at_exploitation.
func caseValues(c *casework.Case) ([]any, error) {
	facts, err := json.Marshal(c.Facts)
	if err != nil {
		return nil, fmt.Errorf("facts of case %s: %w", c.ID, err)
	}
	m := database.Micros
	return []any{c.ID, c.Rev, c.Reference, string(c.Kind), string(c.State), string(c.Prior), c.Scheme, c.Jurisdiction, c.PersonID, c.Round, c.EarlierCaseID,
		c.ReferringAgency, c.Author, c.Authority, c.LocalAuthority, c.SupportAgency, c.Assignee,
		c.AgeGroup, c.Child, c.AgeBasis, c.AgeDisputed, c.AgeContradiction, c.Gender, c.Nationality, c.SecondNationality, string(facts),
		c.ConsentSharing, c.InfoRequestedFrom, string(c.ReviewOf), c.ProposerID, c.DeciderID, c.ReviewerID,
		m(c.SubmittedAt), m(c.NotifiedAt), c.ClockDay, casework.DueKey(c.DueAt), string(c.DueFor), m(c.RGDueAt), m(c.RGDecidedAt), c.RecoveryFrom, c.RecoveryUntil,
		m(c.RecoveryEndedAt), m(c.CGDecidedAt), c.ReconsiderUntil, m(c.SuspendedAt), m(c.ClosedAt), c.EndReason, m(c.UpdatedAt), c.ConsentPolice,
		c.State.Live(), wordList(c.Facts.Exploitation), c.Facts.ExploitedWhere, c.Facts.AgeAtExploitation}, nil
}

// wordList stores codes so that one of them can be found with LIKE: ",a,b,".
func wordList(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return "," + strings.Join(codes, ",") + ","
}

func words(list string) []string {
	if list = strings.Trim(list, ","); list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

const insertCase = `INSERT INTO case_file (` + caseColumns + `, live, exploitation, exploited_where, age_at_exploitation)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
$27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53)`

// AddCase inserts a new case.
func (t *tx) AddCase(ctx context.Context, c *casework.Case) error {
	values, err := caseValues(c)
	if err != nil {
		return err
	}
	return t.exec(ctx, "add case", insertCase, values...)
}

const updateCase = `UPDATE case_file SET rev = $2, reference = $3, kind = $4, state = $5, prior_state = $6, scheme = $7, jurisdiction = $8, person_id = $9,
round = $10, earlier_case_id = $11, referring_agency_id = $12, author_id = $13, authority_id = $14, local_authority_id = $15, support_agency_id = $16,
assignee_id = $17, age_group = $18, child = $19, age_basis = $20, age_disputed = $21, age_contradiction = $22, gender = $23, nationality = $24,
second_nationality = $25, facts = $26, consent_sharing = $27, info_requested_from = $28, review_of = $29, proposer_id = $30, decider_id = $31,
reviewer_id = $32, submitted_at = $33, notified_at = $34, clock_day = $35, due_at = $36, due_for = $37, rg_due_at = $38, rg_decided_at = $39,
recovery_from = $40, recovery_until = $41, recovery_ended_at = $42, cg_decided_at = $43, reconsider_until = $44, suspended_at = $45, closed_at = $46,
end_reason = $47, updated_at = $48, consent_police = $49, live = $50, exploitation = $51, exploited_where = $52, age_at_exploitation = $53
WHERE id = $1 AND rev = $54`

// SaveCase writes a case that was read at readRev.
func (t *tx) SaveCase(ctx context.Context, c *casework.Case, readRev int) error {
	values, err := caseValues(c)
	if err != nil {
		return err
	}
	return t.swap(ctx, "save case", updateCase, append(values, readRev)...)
}

// Case loads one case.
func (r reader) Case(ctx context.Context, id core.ID) (*casework.Case, error) {
	return one(ctx, r.q, scanCase, "case", selectCase+` WHERE id = $1`, id)
}

// CaseByReference loads the case with the reference.
func (r reader) CaseByReference(ctx context.Context, reference string) (*casework.Case, error) {
	return one(ctx, r.q, scanCase, "case", selectCase+` WHERE reference = $1`, reference)
}
