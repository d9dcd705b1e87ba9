package store

import (
	"context"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
)

// Sections loads the newest version of each sealed section of a case.
func (r reader) Sections(ctx context.Context, caseID core.ID) (map[casework.Section]casework.SealedSection, error) {
	list, err := many(ctx, r.q, func(s scanner) (v casework.SealedSection, err error) {
		err = s.Scan(&v.CaseID, &v.Name, &v.Version, &v.Sealed, at{&v.WrittenAt})
		return v, err
	}, "sections", `SELECT case_id, name, version, sealed, written_at FROM case_section WHERE case_id = $1 ORDER BY name, version`, caseID)
	newest := make(map[casework.Section]casework.SealedSection, len(list))
	for _, v := range list {
		newest[v.Name] = v
	}
	return newest, err
}

// AddSection adds a version of a section.
func (t *tx) AddSection(ctx context.Context, s casework.SealedSection) error {
	return t.exec(ctx, "add section", `INSERT INTO case_section (case_id, name, version, sealed, written_at) VALUES ($1, $2, $3, $4, $5)`,
		s.CaseID, string(s.Name), s.Version, s.Sealed, database.Micros(s.WrittenAt))
}

// Events lists a case's timeline.
func (r reader) Events(ctx context.Context, caseID core.ID) ([]casework.Event, error) {
	return many(ctx, r.q, func(s scanner) (e casework.Event, err error) {
		err = s.Scan(&e.ID, &e.CaseID, at{&e.At}, &e.ActorID, &e.AgencyID, &e.Kind, &e.State, &e.Detail, &e.Shared)
		return e, err
	}, "events", `SELECT id, case_id, at, actor_id, agency_id, kind, state, detail, shared FROM case_event WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddEvent adds a line to a case's timeline.
func (t *tx) AddEvent(ctx context.Context, e casework.Event) error {
	return t.exec(ctx, "add event", `INSERT INTO case_event (id, case_id, at, actor_id, agency_id, kind, state, detail, shared)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.ID, e.CaseID, database.Micros(e.At), e.ActorID, e.AgencyID, e.Kind, string(e.State), e.Detail, e.Shared)
}

// Consents lists the consents of a case.
func (r reader) Consents(ctx context.Context, caseID core.ID) ([]casework.Consent, error) {
	return many(ctx, r.q, func(s scanner) (c casework.Consent, err error) {
		err = s.Scan(&c.ID, &c.CaseID, &c.Purpose, &c.Recipient, &c.NoticeVersion, &c.Language, &c.Interpreter, at{&c.GivenAt}, &c.RecordedBy, &c.AgencyID,
			at{&c.WithdrawnAt}, &c.WithdrawnBy)
		return c, err
	}, "consents", `SELECT id, case_id, purpose, recipient, notice_version, language, interpreter, given_at, recorded_by, agency_id, withdrawn_at, withdrawn_by
FROM consent WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddConsent adds a consent.
func (t *tx) AddConsent(ctx context.Context, c casework.Consent) error {
	return t.exec(ctx, "add consent", `INSERT INTO consent (id, case_id, purpose, recipient, notice_version, language, interpreter, given_at, recorded_by, agency_id, withdrawn_at, withdrawn_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, c.ID, c.CaseID, c.Purpose, c.Recipient, c.NoticeVersion, c.Language, c.Interpreter,
		database.Micros(c.GivenAt), c.RecordedBy, c.AgencyID, database.Micros(c.WithdrawnAt), c.WithdrawnBy)
}

// EndConsent marks a consent as withdrawn, once.
func (t *tx) EndConsent(ctx context.Context, id core.ID, when time.Time, by core.ID) error {
	return t.swap(ctx, "end consent", `UPDATE consent SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1 AND withdrawn_at = 0`, id, database.Micros(when), by)
}

const decisionColumns = `id, rev, case_id, kind, outcome, status, act, means, purpose, indicators, evidence, ground, late, sealed, proposer_id, proposed_at, reviewer_id, reviewed_at, served_at`

// Decisions lists the decisions of a case, proposals included.
func (r reader) Decisions(ctx context.Context, caseID core.ID) ([]casework.Decision, error) {
	return many(ctx, r.q, scanDecision, "decisions", `SELECT `+decisionColumns+` FROM decision WHERE case_id = $1 ORDER BY id`, caseID)
}

func scanDecision(s scanner) (casework.Decision, error) {
	var d casework.Decision
	var indicators, evidence string
	err := s.Scan(&d.ID, &d.Rev, &d.CaseID, &d.Kind, &d.Outcome, &d.Status, &d.Act, &d.Means, &d.Purpose, &indicators, &evidence, &d.Ground, &d.Late, &d.Sealed,
		&d.ProposerID, at{&d.ProposedAt}, &d.ReviewerID, at{&d.ReviewedAt}, at{&d.ServedAt})
	if err != nil {
		return d, err
	}
	d.Indicators = words(indicators)
	for _, text := range words(evidence) {
		id, err := core.ParseID(text)
		if err != nil {
			return d, err
		}
		d.Evidence = append(d.Evidence, id)
	}
	return d, nil
}

func decisionValues(d *casework.Decision) []any {
	evidence := make([]string, len(d.Evidence))
	for i, id := range d.Evidence {
		evidence[i] = id.String()
	}
	return []any{d.ID, d.Rev, d.CaseID, string(d.Kind), string(d.Outcome), string(d.Status), string(d.Act), string(d.Means), string(d.Purpose),
		wordList(d.Indicators), wordList(evidence), d.Ground, d.Late, d.Sealed, d.ProposerID, database.Micros(d.ProposedAt), d.ReviewerID,
		database.Micros(d.ReviewedAt), database.Micros(d.ServedAt)}
}

// AddDecision adds a decision.
func (t *tx) AddDecision(ctx context.Context, d casework.Decision) error {
	return t.exec(ctx, "add decision", `INSERT INTO decision (`+decisionColumns+`)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`, decisionValues(&d)...)
}

// SaveDecision writes the review of a decision.
func (t *tx) SaveDecision(ctx context.Context, d casework.Decision, readRev int) error {
	return t.swap(ctx, "save decision", `UPDATE decision SET rev = $2, status = $3, act = $4, means = $5, purpose = $6, sealed = $7, reviewer_id = $8, reviewed_at = $9, served_at = $10
WHERE id = $1 AND rev = $11`, d.ID, d.Rev, string(d.Status), string(d.Act), string(d.Means), string(d.Purpose), d.Sealed, d.ReviewerID,
		database.Micros(d.ReviewedAt), database.Micros(d.ServedAt), readRev)
}

const infoColumns = `id, rev, case_id, agency_id, asked_by, asked_at, due_at, question, answer, answered_by, answered_at`

func scanInfo(s scanner) (r casework.InfoRequest, err error) {
	err = s.Scan(&r.ID, &r.Rev, &r.CaseID, &r.AgencyID, &r.AskedBy, at{&r.AskedAt}, at{&r.DueAt}, &r.Question, &r.Answer, &r.AnsweredBy, at{&r.AnsweredAt})
	return r, err
}

// InfoRequests lists the requests for information of a case.
func (r reader) InfoRequests(ctx context.Context, caseID core.ID) ([]casework.InfoRequest, error) {
	return many(ctx, r.q, scanInfo, "requests", `SELECT `+infoColumns+` FROM info_request WHERE case_id = $1 ORDER BY id`, caseID)
}

// OpenInfoRequests lists the unanswered requests addressed to an agency.
func (r reader) OpenInfoRequests(ctx context.Context, agency, after core.ID, limit int) ([]casework.InfoRequest, error) {
	return many(ctx, r.q, scanInfo, "requests", `SELECT `+infoColumns+` FROM info_request WHERE agency_id = $1 AND answered_at = 0 AND id > $2 ORDER BY id LIMIT $3`,
		agency, after.String(), min(max(limit, 1), 200))
}

// AddInfoRequest adds a request.
func (t *tx) AddInfoRequest(ctx context.Context, r casework.InfoRequest) error {
	return t.exec(ctx, "add request", `INSERT INTO info_request (`+infoColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.ID, r.Rev, r.CaseID, r.AgencyID, r.AskedBy, database.Micros(r.AskedAt), database.Micros(r.DueAt), r.Question, r.Answer, r.AnsweredBy, database.Micros(r.AnsweredAt))
}

// SaveInfoRequest writes the answer to a request.
func (t *tx) SaveInfoRequest(ctx context.Context, r casework.InfoRequest, readRev int) error {
	return t.swap(ctx, "save request", `UPDATE info_request SET rev = $2, answer = $3, answered_by = $4, answered_at = $5 WHERE id = $1 AND rev = $6`,
		r.ID, r.Rev, r.Answer, r.AnsweredBy, database.Micros(r.AnsweredAt), readRev)
}

const taskColumns = `id, rev, case_id, kind, agency_id, assignee_id, due_at, created_at, done_at, done_by, detail`

func scanTask(s scanner) (k casework.Task, err error) {
	err = s.Scan(&k.ID, &k.Rev, &k.CaseID, &k.Kind, &k.AgencyID, &k.Assignee, dueAt{&k.DueAt}, at{&k.CreatedAt}, at{&k.DoneAt}, &k.DoneBy, &k.Detail)
	return k, err
}

// Tasks lists the tasks of a case, done ones included.
func (r reader) Tasks(ctx context.Context, caseID core.ID) ([]casework.Task, error) {
	return many(ctx, r.q, scanTask, "tasks", `SELECT `+taskColumns+` FROM task WHERE case_id = $1 ORDER BY id`, caseID)
}

// Task loads one task.
func (r reader) Task(ctx context.Context, id core.ID) (*casework.Task, error) {
	return one(ctx, r.q, scanTask, "task", `SELECT `+taskColumns+` FROM task WHERE id = $1`, id)
}

// OpenTasks lists an agency's open tasks, most urgent first.
func (r reader) OpenTasks(ctx context.Context, q casework.TaskQuery) ([]casework.Task, error) {
	c := &clauses{}
	c.add("agency_id = " + c.arg(q.Agency))
	c.add("done_at = 0")
	c.kinds("kind IN (", q.Kinds)
	c.kinds("kind NOT IN (", q.NotKinds)
	query := `SELECT ` + taskColumns + ` FROM task` + c.where() + ` ORDER BY due_at, id LIMIT ` + c.arg(min(max(q.Limit, 1), 200))
	return many(ctx, r.q, scanTask, "tasks", query, c.args...)
}

func (c *clauses) kinds(start string, kinds []casework.TaskKind) {
	if len(kinds) == 0 {
		return
	}
	text := start
	for i, k := range kinds {
		if i > 0 {
			text += ", "
		}
		text += c.arg(string(k))
	}
	c.add(text + ")")
}

// AddTask adds a task.
func (t *tx) AddTask(ctx context.Context, k casework.Task) error {
	return t.exec(ctx, "add task", `INSERT INTO task (`+taskColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		k.ID, k.Rev, k.CaseID, string(k.Kind), k.AgencyID, k.Assignee, casework.DueKey(k.DueAt), database.Micros(k.CreatedAt), database.Micros(k.DoneAt), k.DoneBy, k.Detail)
}

// SaveTask writes who does a task, until when, and that it is done.
func (t *tx) SaveTask(ctx context.Context, k casework.Task, readRev int) error {
	return t.swap(ctx, "save task", `UPDATE task SET rev = $2, assignee_id = $3, done_at = $4, done_by = $5, due_at = $6 WHERE id = $1 AND rev = $7`,
		k.ID, k.Rev, k.Assignee, database.Micros(k.DoneAt), k.DoneBy, casework.DueKey(k.DueAt), readRev)
}

// Notes lists the notes of a case.
func (r reader) Notes(ctx context.Context, caseID core.ID) ([]casework.Note, error) {
	return many(ctx, r.q, func(s scanner) (n casework.Note, err error) {
		err = s.Scan(&n.ID, &n.CaseID, &n.AuthorID, &n.AgencyID, at{&n.At}, &n.Shared, &n.Sealed)
		return n, err
	}, "notes", `SELECT id, case_id, author_id, agency_id, at, shared, sealed FROM note WHERE case_id = $1 ORDER BY id`, caseID)
}

// AddNote adds a note.
func (t *tx) AddNote(ctx context.Context, n casework.Note) error {
	return t.exec(ctx, "add note", `INSERT INTO note (id, case_id, author_id, agency_id, at, shared, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.ID, n.CaseID, n.AuthorID, n.AgencyID, database.Micros(n.At), n.Shared, n.Sealed)
}
