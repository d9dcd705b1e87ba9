package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/safeguarding"
)

var _ safeguarding.Store = (*Store)(nil)
var _ safeguarding.Tx = (*tx)(nil)

// WriteChild runs fn in one transaction.
func (s *Store) WriteChild(ctx context.Context, fn func(tx safeguarding.Tx) error) error {
	return s.db.InTx(ctx, func(t *sql.Tx) error { return fn(InChild(t)) })
}

// InChild returns the transaction t as safeguarding sees it, for a job's handler.
func InChild(t *sql.Tx) safeguarding.Tx { return &tx{reader: reader{t}} }

// childColumns is every column a scope of children may name. Somebody who went
// missing as a child is a child until the episode is closed, and who came of age
// until adult support has taken over (Subject.Resource).
var childColumns = func() map[access.Column]string {
	m := map[access.Column]string{access.ColumnHostAuthority: "child_track.host_authority_id", access.ColumnAlerted: "missing_episode.alerted_id"}
	for c, text := range scopeColumns {
		m[c] = text
	}
	m[access.ColumnChild] = "(case_file.child OR missing_episode.id IS NOT NULL OR child_track.ended_at = 0 AND child_track.ended = 'handing_over')"
	return m
}()

const subjectColumns = `case_file.id, case_file.person_id, case_file.reference, case_file.scheme, case_file.jurisdiction, case_file.clock_day, case_file.state,
case_file.kind, case_file.live, case_file.child, case_file.age_disputed, case_file.age_basis, case_file.gender, case_file.nationality, case_file.consent_sharing,
case_file.submitted_at, case_file.author_id, case_file.assignee_id, case_file.referring_agency_id, case_file.authority_id, case_file.local_authority_id,
case_file.support_agency_id, child_track.case_id, coalesce(child_track.rev, 0), coalesce(child_track.opened_at, 0), child_track.host_authority_id, child_track.police_agency_id,
coalesce(child_track.next_due_at, 0), coalesce(child_track.ended_at, 0), coalesce(child_track.ended, ''), coalesce(child_track.updated_at, 0), missing_episode.id, missing_episode.alerted_id`

const fromSubject = ` FROM case_file LEFT JOIN child_track ON child_track.case_id = case_file.id
LEFT JOIN missing_episode ON missing_episode.case_id = case_file.id AND missing_episode.closed_at = 0`

// subjectFields are the places into which a subject's columns are read.
func subjectFields(s *safeguarding.Subject, t *safeguarding.Track) []any {
	return []any{&s.CaseID, &s.PersonID, &s.Reference, &s.Scheme, &s.Jurisdiction, &s.ClockDay, &s.State, &s.Kind, &s.Live, &s.Child, &s.AgeDisputed, &s.AgeBasis,
		&s.Gender, &s.Nationality, &s.ConsentSharing, at{&s.SubmittedAt}, &s.Author, &s.Assignee, &s.ReferringAgency, &s.Authority, &s.LocalAuthority, &s.SupportAgency,
		&t.CaseID, &t.Rev, at{&t.OpenedAt}, &t.Host, &t.Police, dueAt{&t.NextDue}, at{&t.EndedAt}, &t.Ended, at{&t.Updated}, &s.Missing, &s.Alerted}
}

func scanSubject(r scanner, more ...any) (s safeguarding.Subject, err error) {
	var t safeguarding.Track
	if err := r.Scan(append(subjectFields(&s, &t), more...)...); err != nil {
		return s, err
	}
	if !t.CaseID.IsZero() {
		s.Track, s.Host = &t, t.Host
	}
	return s, nil
}

// Subject loads what safeguarding reads of a case.
func (r reader) Subject(ctx context.Context, caseID core.ID) (*safeguarding.Subject, error) {
	return one(ctx, r.q, func(s scanner) (safeguarding.Subject, error) { return scanSubject(s) }, "case", `SELECT `+subjectColumns+fromSubject+` WHERE case_file.id = $1`, caseID)
}

// noDue sorts a track without a clock after those that have one.
const noDue = math.MaxInt64

func nextDue(t *safeguarding.Track) int64 {
	if t.NextDue.IsZero() {
		return noDue
	}
	return database.Micros(t.NextDue)
}

// AddTrack opens a child's track.
func (t *tx) AddTrack(ctx context.Context, k *safeguarding.Track) error {
	return t.exec(ctx, "add track", `INSERT INTO child_track (case_id, rev, opened_at, host_authority_id, police_agency_id, next_due_at, ended_at, ended, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, k.CaseID, k.Rev, database.Micros(k.OpenedAt), k.Host, k.Police, nextDue(k), database.Micros(k.EndedAt), k.Ended, database.Micros(k.Updated))
}

// SaveTrack writes a track that was read at readRev.
func (t *tx) SaveTrack(ctx context.Context, k *safeguarding.Track, readRev int) error {
	return t.swap(ctx, "save track", `UPDATE child_track SET rev = $2, host_authority_id = $3, police_agency_id = $4, next_due_at = $5, ended_at = $6, ended = $7, updated_at = $8
WHERE case_id = $1 AND rev = $9`, k.CaseID, k.Rev, k.Host, k.Police, nextDue(k), database.Micros(k.EndedAt), k.Ended, database.Micros(k.Updated), readRev)
}

// TrackSteps lists the steps of a track.
func (r reader) TrackSteps(ctx context.Context, caseID core.ID) ([]safeguarding.StepRow, error) {
	return many(ctx, r.q, func(s scanner) (v safeguarding.StepRow, err error) {
		err = s.Scan(&v.CaseID, &v.Step, &v.Status, &v.Rev, at{&v.DueAt}, at{&v.Changed})
		return v, err
	}, "steps", `SELECT case_id, step, status, rev, due_at, changed_at FROM child_step WHERE case_id = $1 ORDER BY step`, caseID)
}

// AddStep adds a step to a track.
func (t *tx) AddStep(ctx context.Context, s safeguarding.StepRow) error {
	return t.exec(ctx, "add step", `INSERT INTO child_step (case_id, step, status, rev, due_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.CaseID, string(s.Step), string(s.Status), s.Rev, database.Micros(s.DueAt), database.Micros(s.Changed))
}

// SaveStep writes a step that was read at readRev.
func (t *tx) SaveStep(ctx context.Context, s safeguarding.StepRow, readRev int) error {
	return t.swap(ctx, "save step", `UPDATE child_step SET status = $3, rev = $4, due_at = $5, changed_at = $6 WHERE case_id = $1 AND step = $2 AND rev = $7`,
		s.CaseID, string(s.Step), string(s.Status), s.Rev, database.Micros(s.DueAt), database.Micros(s.Changed), readRev)
}

// TrackRecords lists what was recorded on a track.
func (r reader) TrackRecords(ctx context.Context, caseID core.ID) ([]safeguarding.Record, error) {
	return many(ctx, r.q, func(s scanner) (v safeguarding.Record, err error) {
		err = s.Scan(&v.ID, &v.CaseID, &v.Step, &v.Act, &v.On, &v.Next, &v.Code, &v.Agency, at{&v.At}, &v.ActorID, &v.AgencyID, &v.Sealed)
		return v, err
	}, "records", `SELECT id, case_id, step, act, on_day, next_day, code, other_id, at, actor_id, agency_id, sealed FROM child_record WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddTrackRecord adds a record.
func (t *tx) AddTrackRecord(ctx context.Context, v safeguarding.Record) error {
	return t.exec(ctx, "add record", `INSERT INTO child_record (id, case_id, step, act, on_day, next_day, code, other_id, at, actor_id, agency_id, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, v.ID, v.CaseID, string(v.Step), string(v.Act), v.On, v.Next, v.Code, v.Agency, database.Micros(v.At), v.ActorID, v.AgencyID, v.Sealed)
}

// ChildTracks lists one page of tracks that run, least time left first.
func (r reader) ChildTracks(ctx context.Context, q safeguarding.TrackQuery) ([]safeguarding.TrackLine, error) {
	c := &clauses{}
	c.scopeIn(q.Scope, childColumns)
	c.add("case_file.live")
	c.add("child_track.ended_at = 0")
	if !q.After.ID.IsZero() {
		due := c.arg(q.After.Due)
		c.add("(child_track.next_due_at, child_track.case_id) > (" + due + ", " + c.arg(q.After.ID) + ")")
	}
	query := `SELECT ` + subjectColumns + `, coalesce(child_step.status, ''), child_track.next_due_at` + fromSubject +
		` LEFT JOIN child_step ON child_step.case_id = case_file.id AND child_step.step = 'notify'` + c.where() +
		` ORDER BY child_track.next_due_at, child_track.case_id LIMIT ` + c.arg(min(max(q.Limit, 1), 500))
	return many(ctx, r.q, func(s scanner) (v safeguarding.TrackLine, err error) {
		v.Subject, err = scanSubject(s, &v.Notify, &v.Due)
		return v, err
	}, "tracks", query, c.args...)
}

const traceShare = `SELECT mine.kind, mine.source_id, mine.source, other.source, other.source_id, other.case_id
FROM child_trace mine JOIN child_trace other ON other.digest = mine.digest AND other.case_id <> mine.case_id
WHERE mine.case_id = $1 GROUP BY mine.kind, mine.source_id, mine.source, other.source, other.source_id, other.case_id
ORDER BY other.case_id, mine.kind, mine.source_id, other.source_id LIMIT 500`

// SharedTraces finds what other children have in common with this one.
func (r reader) SharedTraces(ctx context.Context, caseID core.ID) ([]safeguarding.Shared, error) {
	list, err := many(ctx, r.q, func(s scanner) (v safeguarding.Shared, err error) {
		err = s.Scan(&v.Kind, &v.SourceID, &v.Source, &v.OtherSource, &v.OtherSourceID, &v.Other.CaseID)
		return v, err
	}, "shared traces", traceShare, caseID)
	if err != nil {
		return nil, err
	}
	seen := map[core.ID]*safeguarding.Subject{}
	for i := range list {
		id := list[i].Other.CaseID
		if seen[id] == nil {
			if seen[id], err = r.Subject(ctx, id); err != nil {
				return nil, err
			}
		}
		list[i].Other = *seen[id]
	}
	return list, nil
}

// AddTraces adds blind indexes; one that is there already is no error.
func (t *tx) AddTraces(ctx context.Context, traces []safeguarding.Trace) error {
	for _, v := range traces {
		if err := t.exec(ctx, "add trace", `INSERT INTO child_trace (digest, source_id, case_id, source, kind, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			v.Digest, v.SourceID, v.CaseID, string(v.Source), string(v.Kind), database.Micros(v.At)); err != nil {
			return err
		}
	}
	return nil
}

const noticeColumns = `child_notice.id, child_notice.rev, child_notice.told, child_notice.agency_id, child_notice.case_id, child_notice.subject_id, child_notice.kind,
child_notice.detail, child_notice.created_at, child_notice.due_at, child_notice.level, child_notice.acknowledged_at, child_notice.acknowledged_by`

func noticeFields(n *safeguarding.Notice) []any {
	return []any{&n.ID, &n.Rev, &n.Key, &n.AgencyID, &n.CaseID, &n.SubjectID, &n.Kind, &n.Detail, at{&n.CreatedAt}, at{&n.DueAt}, &n.Level, at{&n.AcknowledgedAt}, &n.AcknowledgedBy}
}

func scanNotice(s scanner) (n safeguarding.Notice, err error) {
	err = s.Scan(noticeFields(&n)...)
	return n, err
}

// Notice loads a notice.
func (r reader) Notice(ctx context.Context, id core.ID) (*safeguarding.Notice, error) {
	return one(ctx, r.q, scanNotice, "notice", `SELECT `+noticeColumns+` FROM child_notice WHERE id = $1`, id)
}

// NoticesOf lists the notices about a child.
func (r reader) NoticesOf(ctx context.Context, caseID core.ID) ([]safeguarding.Notice, error) {
	return many(ctx, r.q, scanNotice, "notices", `SELECT `+noticeColumns+` FROM child_notice WHERE case_id = $1 ORDER BY id`, caseID)
}

// OpenNotices lists an agency's inbox: urgent first, then oldest.
func (r reader) OpenNotices(ctx context.Context, q safeguarding.NoticeQuery) ([]safeguarding.NoticeView, error) {
	c := &clauses{}
	c.add("child_notice.agency_id = " + c.arg(q.Agency))
	c.add("child_notice.acknowledged_at = 0")
	c.scopeIn(q.Scope, childColumns)
	query := `SELECT ` + noticeColumns + `, case_file.reference` + fromSubject + ` JOIN child_notice ON child_notice.case_id = case_file.id` + c.where() +
		` ORDER BY child_notice.urgent DESC, child_notice.id LIMIT ` + c.arg(min(max(q.Limit, 1), 500))
	return many(ctx, r.q, func(s scanner) (v safeguarding.NoticeView, err error) {
		err = s.Scan(append(noticeFields(&v.Notice), &v.Reference)...)
		return v, err
	}, "inbox", query, c.args...)
}

// AddNotice puts a notice into an agency's inbox, unless the same was told already.
func (t *tx) AddNotice(ctx context.Context, n safeguarding.Notice) (bool, error) {
	res, err := t.q.ExecContext(ctx, `INSERT INTO child_notice (id, rev, told, agency_id, case_id, subject_id, kind, detail, urgent, created_at, due_at, level, acknowledged_at, acknowledged_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (told) DO NOTHING`, n.ID, n.Rev, n.Key, n.AgencyID, n.CaseID, n.SubjectID, string(n.Kind), n.Detail,
		n.Kind.Urgent(), database.Micros(n.CreatedAt), database.Micros(n.DueAt), n.Level, database.Micros(n.AcknowledgedAt), n.AcknowledgedBy)
	if err != nil {
		return false, fmt.Errorf("add notice: %w", database.Explain(err))
	}
	added, err := res.RowsAffected()
	return added == 1, err
}

// SaveNotice writes a notice that was read at readRev.
func (t *tx) SaveNotice(ctx context.Context, n safeguarding.Notice, readRev int) error {
	return t.swap(ctx, "save notice", `UPDATE child_notice SET rev = $2, due_at = $3, level = $4, acknowledged_at = $5, acknowledged_by = $6 WHERE id = $1 AND rev = $7`,
		n.ID, n.Rev, database.Micros(n.DueAt), n.Level, database.Micros(n.AcknowledgedAt), n.AcknowledgedBy, readRev)
}
