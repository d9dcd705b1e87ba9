package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/job"
	"clew/internal/ledger"
)

// Concerns implements concern.Store over a database.
type Concerns struct {
	concernReader
	db *database.DB
}

// NewConcerns returns the store of concerns over db, which must be migrated.
func NewConcerns(db *database.DB) *Concerns {
	return &Concerns{concernReader: concernReader{db.Reader()}, db: db}
}

// Write runs fn in one transaction.
func (s *Concerns) Write(ctx context.Context, fn func(tx concern.Tx) error) error {
	return s.db.InTx(ctx, func(t *sql.Tx) error { return fn(ConcernsIn(t)) })
}

// ConcernsIn returns the transaction t as concern sees it, for a job's handler.
func ConcernsIn(t *sql.Tx) concern.Tx {
	return &concernTx{concernReader: concernReader{t}, w: tx{reader{t}}}
}

type concernReader struct{ q database.Querier }

// concernTx writes inside a transaction.
type concernTx struct {
	concernReader
	w tx
}

var (
	_ concern.Store = (*Concerns)(nil)
	_ concern.Tx    = (*concernTx)(nil)
)

const concernColumns = `id, rev, kind, state, desk_id, passed_to_id, person_id, author_id, lang, channel, caller, outcome, child, danger, unread,
grading_scheme, grading_code, grading_text, created_at, updated_at, closed_at`

func scanConcern(s scanner) (c concern.Concern, err error) {
	err = s.Scan(&c.ID, &c.Rev, &c.Kind, &c.State, &c.Desk, &c.PassedTo, &c.PersonID, &c.Author, &c.Lang, &c.Channel, &c.Caller, &c.Outcome, &c.Child, &c.Danger, &c.Unread,
		&c.Grading.Scheme, &c.Grading.Code, &c.Grading.Text, at{&c.CreatedAt}, at{&c.UpdatedAt}, at{&c.ClosedAt})
	return c, err
}

// Concern loads a concern.
func (r concernReader) Concern(ctx context.Context, id core.ID) (*concern.Concern, error) {
	return one(ctx, r.q, scanConcern, "concern", `SELECT `+concernColumns+` FROM concern WHERE id = $1`, id)
}

// Concerns lists concerns, the newest first.
func (r concernReader) Concerns(ctx context.Context, q concern.Query) ([]concern.Concern, error) {
	c := &clauses{}
	var scope []string
	if !q.Scope.Desk.IsZero() {
		scope = append(scope, "desk_id = "+c.arg(q.Scope.Desk))
	}
	if !q.Scope.PassedTo.IsZero() {
		scope = append(scope, "passed_to_id = "+c.arg(q.Scope.PassedTo))
	}
	if len(scope) == 0 {
		return nil, nil
	}
	c.add("(" + strings.Join(scope, " OR ") + ")")
	c.add("kind = " + c.arg(string(q.Kind)))
	if len(q.States) > 0 {
		in := make([]string, len(q.States))
		for i, s := range q.States {
			in[i] = c.arg(string(s))
		}
		c.add("state IN (" + strings.Join(in, ", ") + ")")
	}
	if !q.Before.IsZero() {
		c.add("id < " + c.arg(q.Before))
	}
	query := `SELECT ` + concernColumns + ` FROM concern` + c.where() + ` ORDER BY id DESC LIMIT ` + c.arg(q.Limit)
	return many(ctx, r.q, scanConcern, "concerns", query, c.args...)
}

const reportColumns = `concern_id, locator, receipt_slot, desk_slot, confirmed_at`

func scanReport(s scanner) (r concern.ReportRow, err error) {
	err = s.Scan(&r.ConcernID, &r.Locator, &r.ReceiptSlot, &r.DeskSlot, at{&r.ConfirmedAt})
	return r, err
}

// Report loads what a report has besides its concern.
func (r concernReader) Report(ctx context.Context, id core.ID) (*concern.ReportRow, error) {
	return one(ctx, r.q, scanReport, "report", `SELECT `+reportColumns+` FROM concern_report WHERE concern_id = $1`, id)
}

// ReportByLocator finds the report of a receipt.
func (r concernReader) ReportByLocator(ctx context.Context, locator []byte) (*concern.ReportRow, error) {
	return one(ctx, r.q, scanReport, "report", `SELECT `+reportColumns+` FROM concern_report WHERE locator = $1`, locator)
}

// Messages lists the messages of a report in their order.
func (r concernReader) Messages(ctx context.Context, id core.ID) ([]concern.MessageRow, error) {
	return many(ctx, r.q, func(s scanner) (m concern.MessageRow, err error) {
		err = s.Scan(&m.ConcernID, &m.N, &m.FromDesk, &m.Author, &m.Sealed, at{&m.At})
		return m, err
	}, "messages", `SELECT concern_id, n, from_desk, author_id, sealed, at FROM concern_message WHERE concern_id = $1 ORDER BY n LIMIT 1000`, id)
}

// Photo loads the picture of a report.
func (r concernReader) Photo(ctx context.Context, id core.ID) (*concern.PhotoRow, error) {
	return one(ctx, r.q, func(s scanner) (p concern.PhotoRow, err error) {
		err = s.Scan(&p.ConcernID, &p.MediaType, &p.Size, &p.Sealed)
		return p, err
	}, "picture", `SELECT concern_id, media_type, size, sealed FROM concern_photo WHERE concern_id = $1`, id)
}

// PhotoHead loads what is said about a picture, without it.
func (r concernReader) PhotoHead(ctx context.Context, id core.ID) (*concern.PhotoRow, error) {
	return one(ctx, r.q, func(s scanner) (p concern.PhotoRow, err error) {
		err = s.Scan(&p.ConcernID, &p.MediaType, &p.Size)
		return p, err
	}, "picture", `SELECT concern_id, media_type, size FROM concern_photo WHERE concern_id = $1`, id)
}

func scanRecord(s scanner) (r concern.RecordRow, err error) {
	err = s.Scan(&r.ConcernID, &r.Version, &r.Author, &r.Sealed, at{&r.At})
	return r, err
}

// LastRecord loads the newest version of a call's record.
func (r concernReader) LastRecord(ctx context.Context, id core.ID) (*concern.RecordRow, error) {
	return one(ctx, r.q, scanRecord, "record", `SELECT concern_id, version, author_id, sealed, at FROM concern_record WHERE concern_id = $1 ORDER BY version DESC LIMIT 1`, id)
}

// Record loads one version of a call's record.
func (r concernReader) Record(ctx context.Context, id core.ID, version int) (*concern.RecordRow, error) {
	return one(ctx, r.q, scanRecord, "record", `SELECT concern_id, version, author_id, sealed, at FROM concern_record WHERE concern_id = $1 AND version = $2`, id, version)
}

// Events lists what happened to a concern, oldest first.
func (r concernReader) Events(ctx context.Context, id core.ID) ([]concern.Event, error) {
	return many(ctx, r.q, func(s scanner) (e concern.Event, err error) {
		err = s.Scan(&e.ID, &e.ConcernID, at{&e.At}, &e.Actor, &e.Kind, &e.Detail)
		return e, err
	}, "events", `SELECT id, concern_id, at, actor_id, kind, detail FROM concern_event WHERE concern_id = $1 ORDER BY id LIMIT 1000`, id)
}

const followUpColumns = `id, rev, concern_id, desk_id, sealed, due_at, reminded_at, done_at, done_by, author_id, created_at`

func scanFollowUp(s scanner) (f concern.FollowUp, err error) {
	err = s.Scan(&f.ID, &f.Rev, &f.ConcernID, &f.Desk, &f.Sealed, at{&f.DueAt}, at{&f.RemindedAt}, at{&f.DoneAt}, &f.DoneBy, &f.Author, at{&f.CreatedAt})
	return f, err
}

// FollowUps lists the follow-ups of a concern.
func (r concernReader) FollowUps(ctx context.Context, id core.ID) ([]concern.FollowUp, error) {
	return many(ctx, r.q, scanFollowUp, "follow-ups", `SELECT `+followUpColumns+` FROM concern_follow_up WHERE concern_id = $1 ORDER BY id LIMIT 500`, id)
}

// FollowUp loads a follow-up.
func (r concernReader) FollowUp(ctx context.Context, id core.ID) (*concern.FollowUp, error) {
	return one(ctx, r.q, scanFollowUp, "follow-up", `SELECT `+followUpColumns+` FROM concern_follow_up WHERE id = $1`, id)
}

// OpenFollowUps lists what a desk has still to do.
func (r concernReader) OpenFollowUps(ctx context.Context, desk, after core.ID, limit int) ([]concern.FollowUp, error) {
	return many(ctx, r.q, scanFollowUp, "follow-ups", `SELECT `+followUpColumns+` FROM concern_follow_up WHERE desk_id = $1 AND done_at = 0 AND id > $2 ORDER BY id LIMIT $3`,
		desk, after.String(), limit)
}

const articleColumns = `id, version, lang, title, body, words, active, author_id, at`

func scanArticle(s scanner) (a concern.Article, err error) {
	err = s.Scan(&a.ID, &a.Version, &a.Lang, &a.Title, &a.Body, &a.Words, &a.Active, &a.Author, at{&a.At})
	return a, err
}

// Article loads the newest version of an article.
func (r concernReader) Article(ctx context.Context, id core.ID) (*concern.Article, error) {
	return one(ctx, r.q, scanArticle, "article", `SELECT `+articleColumns+` FROM advice_article WHERE id = $1 AND newest`, id)
}

// ArticleVersion loads one version of an article.
func (r concernReader) ArticleVersion(ctx context.Context, id core.ID, version int) (*concern.Article, error) {
	return one(ctx, r.q, scanArticle, "article", `SELECT `+articleColumns+` FROM advice_article WHERE id = $1 AND version = $2`, id, version)
}

// Articles lists articles in which every word occurs, the newest first.
func (r concernReader) Articles(ctx context.Context, words []string, lang string, all bool, limit int) ([]concern.Article, error) {
	c := &clauses{}
	c.add("newest")
	if !all {
		c.add("active")
	}
	if lang != "" {
		c.add("lang = " + c.arg(lang))
	}
	for _, w := range words {
		c.add("folded LIKE " + c.arg("%"+likeEscaper.Replace(w)+"%") + ` ESCAPE '!'`)
	}
	query := `SELECT ` + articleColumns + ` FROM advice_article` + c.where() + ` ORDER BY id DESC LIMIT ` + c.arg(limit)
	return many(ctx, r.q, scanArticle, "articles", query, c.args...)
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Figures counts the concerns of a desk by month, caller and outcome.
func (r concernReader) Figures(ctx context.Context, desk core.ID, kind concern.Kind, from, until time.Time) ([]concern.Figure, error) {
	return many(ctx, r.q, func(s scanner) (f concern.Figure, err error) {
		err = s.Scan(&f.Month, &f.Caller, &f.Outcome, &f.N)
		return f, err
	}, "figures", `SELECT month, caller, outcome, COUNT(*) FROM concern WHERE desk_id = $1 AND kind = $2 AND created_at >= $3 AND created_at < $4
		GROUP BY month, caller, outcome ORDER BY month, caller, outcome LIMIT 5000`, desk, string(kind), database.Micros(from), database.Micros(until))
}

// Desk finds the agency that answers what the public writes.
func (r concernReader) Desk(ctx context.Context, code string) (*core.Agency, error) {
	if code != "" {
		return one(ctx, r.q, scanAgency, "desk", `SELECT `+agencyColumns+` FROM agency WHERE code = $1 AND active`, code)
	}
	return one(ctx, r.q, scanAgency, "desk", `SELECT `+agencyColumns+` FROM agency WHERE active AND EXISTS
		(SELECT 1 FROM user_account u WHERE u.agency_id = agency.id AND u.active AND ' ' || u.roles || ' ' LIKE '% adviser %') ORDER BY id LIMIT 1`)
}

// Agency loads an agency.
func (r concernReader) Agency(ctx context.Context, id core.ID) (*core.Agency, error) {
	return one(ctx, r.q, scanAgency, "agency", `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, id)
}

// Waiting counts what waits at a desk.
func (r concernReader) Waiting(ctx context.Context, desk core.ID) (concern.Waiting, error) {
	w, err := one(ctx, r.q, func(s scanner) (w concern.Waiting, err error) {
		err = s.Scan(&w.Quarantined, &w.Unread, &w.Running, &w.Due)
		return w, err
	}, "desk", `SELECT (SELECT COUNT(*) FROM concern WHERE desk_id = $1 AND kind = 'report' AND state = 'quarantined'),
		(SELECT COUNT(*) FROM concern WHERE desk_id = $1 AND kind = 'report' AND state = 'open' AND unread),
		(SELECT COUNT(*) FROM concern WHERE desk_id = $1 AND kind = 'call' AND state = 'running'),
		(SELECT COUNT(*) FROM concern_follow_up WHERE desk_id = $1 AND done_at = 0 AND reminded_at > 0)`, desk)
	if err != nil {
		return concern.Waiting{}, err
	}
	return *w, nil
}

// AddConcern adds a concern.
func (t *concernTx) AddConcern(ctx context.Context, c *concern.Concern) error {
	return t.w.exec(ctx, "add concern", `INSERT INTO concern (`+concernColumns+`, month) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		c.ID, c.Rev, string(c.Kind), string(c.State), c.Desk, c.PassedTo, c.PersonID, c.Author, c.Lang, c.Channel, c.Caller, c.Outcome, c.Child, c.Danger, c.Unread,
		c.Grading.Scheme, c.Grading.Code, c.Grading.Text, database.Micros(c.CreatedAt), database.Micros(c.UpdatedAt), database.Micros(c.ClosedAt), c.CreatedAt.UTC().Format("2006-01"))
}

// SaveConcern writes a concern that was read at readRev.
func (t *concernTx) SaveConcern(ctx context.Context, c *concern.Concern, readRev int) error {
	return t.w.swap(ctx, "save concern", `UPDATE concern SET rev = $2, state = $3, passed_to_id = $4, lang = $5, caller = $6, outcome = $7, child = $8, danger = $9, unread = $10,
		grading_scheme = $11, grading_code = $12, grading_text = $13, updated_at = $14, closed_at = $15 WHERE id = $1 AND rev = $16`,
		c.ID, c.Rev, string(c.State), c.PassedTo, c.Lang, c.Caller, c.Outcome, c.Child, c.Danger, c.Unread,
		c.Grading.Scheme, c.Grading.Code, c.Grading.Text, database.Micros(c.UpdatedAt), database.Micros(c.ClosedAt), readRev)
}

// AddReport adds what a report has besides its concern.
func (t *concernTx) AddReport(ctx context.Context, r concern.ReportRow) error {
	return t.w.exec(ctx, "add report", `INSERT INTO concern_report (`+reportColumns+`) VALUES ($1, $2, $3, $4, $5)`,
		r.ConcernID, r.Locator, r.ReceiptSlot, r.DeskSlot, database.Micros(r.ConfirmedAt))
}

// ConfirmReport says when the receipt was typed back, the first time.
func (t *concernTx) ConfirmReport(ctx context.Context, id core.ID, when time.Time) error {
	return t.w.exec(ctx, "confirm report", `UPDATE concern_report SET confirmed_at = $2 WHERE concern_id = $1 AND confirmed_at = 0`, id, database.Micros(when))
}

// AddMessage adds a message.
func (t *concernTx) AddMessage(ctx context.Context, m concern.MessageRow) error {
	return t.w.exec(ctx, "add message", `INSERT INTO concern_message (concern_id, n, from_desk, author_id, sealed, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ConcernID, m.N, m.FromDesk, m.Author, m.Sealed, database.Micros(m.At))
}

// AddPhoto adds the picture of a report.
func (t *concernTx) AddPhoto(ctx context.Context, p concern.PhotoRow) error {
	return t.w.exec(ctx, "add picture", `INSERT INTO concern_photo (concern_id, media_type, size, sealed) VALUES ($1, $2, $3, $4)`, p.ConcernID, p.MediaType, p.Size, p.Sealed)
}

// AddRecord adds a version of a call's record.
func (t *concernTx) AddRecord(ctx context.Context, r concern.RecordRow) error {
	return t.w.exec(ctx, "add record", `INSERT INTO concern_record (concern_id, version, author_id, sealed, at) VALUES ($1, $2, $3, $4, $5)`,
		r.ConcernID, r.Version, r.Author, r.Sealed, database.Micros(r.At))
}

// AddEvent adds a line of what happened.
func (t *concernTx) AddEvent(ctx context.Context, e concern.Event) error {
	return t.w.exec(ctx, "add event", `INSERT INTO concern_event (id, concern_id, at, actor_id, kind, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.ID, e.ConcernID, database.Micros(e.At), e.Actor, e.Kind, e.Detail)
}

// AddFollowUp adds a follow-up.
func (t *concernTx) AddFollowUp(ctx context.Context, f concern.FollowUp) error {
	return t.w.exec(ctx, "add follow-up", `INSERT INTO concern_follow_up (`+followUpColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		f.ID, f.Rev, f.ConcernID, f.Desk, f.Sealed, database.Micros(f.DueAt), database.Micros(f.RemindedAt), database.Micros(f.DoneAt), f.DoneBy, f.Author, database.Micros(f.CreatedAt))
}

// SaveFollowUp writes a follow-up that was read at readRev.
func (t *concernTx) SaveFollowUp(ctx context.Context, f concern.FollowUp, readRev int) error {
	return t.w.swap(ctx, "save follow-up", `UPDATE concern_follow_up SET rev = $2, reminded_at = $3, done_at = $4, done_by = $5 WHERE id = $1 AND rev = $6`,
		f.ID, f.Rev, database.Micros(f.RemindedAt), database.Micros(f.DoneAt), f.DoneBy, readRev)
}

// AddArticle adds a version of an article, which is the newest from now on.
func (t *concernTx) AddArticle(ctx context.Context, a concern.Article, folded string) error {
	if err := t.w.exec(ctx, "replace article", `UPDATE advice_article SET newest = FALSE WHERE id = $1 AND newest`, a.ID); err != nil {
		return err
	}
	return t.w.exec(ctx, "add article", `INSERT INTO advice_article (id, version, newest, lang, title, body, words, folded, active, author_id, at) VALUES ($1, $2, TRUE, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.ID, a.Version, a.Lang, a.Title, a.Body, a.Words, folded, a.Active, a.Author, database.Micros(a.At))
}

// Erase removes every sealed row of a concern.
func (t *concernTx) Erase(ctx context.Context, id core.ID) error {
	for _, query := range []string{`DELETE FROM concern_report WHERE concern_id = $1`, `DELETE FROM concern_message WHERE concern_id = $1`,
		`DELETE FROM concern_photo WHERE concern_id = $1`, `DELETE FROM concern_record WHERE concern_id = $1`, `DELETE FROM concern_follow_up WHERE concern_id = $1`} {
		if err := t.w.exec(ctx, "erase concern", query, id); err != nil {
			return err
		}
	}
	return nil
}

// Append writes a ledger entry in this transaction.
func (t *concernTx) Append(ctx context.Context, e ledger.Entry, content []byte) error {
	return t.w.Append(ctx, e, content)
}

// Enqueue adds a job in this transaction.
func (t *concernTx) Enqueue(ctx context.Context, j job.Job) error { return t.w.Enqueue(ctx, j) }
