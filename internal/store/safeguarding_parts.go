package store

import (
	"context"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/safeguarding"
)

const episodeColumns = `missing_episode.id, missing_episode.rev, missing_episode.case_id, missing_episode.number, missing_episode.state, missing_episode.risk, missing_episode.last_seen_at,
missing_episode.raised_at, missing_episode.raised_by, missing_episode.raised_agency_id, missing_episode.alerted_id, missing_episode.found_at, missing_episode.found_code,
missing_episode.interview_due_at, missing_episode.interviewed_at, missing_episode.closed_at, missing_episode.ending, missing_episode.alert, missing_episode.background`

func episodeFields(e *safeguarding.Episode) []any {
	return []any{&e.ID, &e.Rev, &e.CaseID, &e.Number, &e.State, &e.Risk, at{&e.LastSeenAt}, at{&e.RaisedAt}, &e.RaisedBy, &e.RaisedAgency, &e.Police, at{&e.FoundAt}, &e.FoundCode,
		at{&e.InterviewDue}, at{&e.InterviewedAt}, at{&e.ClosedAt}, &e.Ending, &e.Alert, &e.Background}
}

func scanEpisode(s scanner) (e safeguarding.Episode, err error) {
	err = s.Scan(episodeFields(&e)...)
	return e, err
}

// Episode loads a missing episode.
func (r reader) Episode(ctx context.Context, id core.ID) (*safeguarding.Episode, error) {
	return one(ctx, r.q, scanEpisode, "episode", `SELECT `+episodeColumns+` FROM missing_episode WHERE id = $1`, id)
}

// Episodes lists the times a child was missing.
func (r reader) Episodes(ctx context.Context, caseID core.ID) ([]safeguarding.Episode, error) {
	return many(ctx, r.q, scanEpisode, "episodes", `SELECT `+episodeColumns+` FROM missing_episode WHERE case_id = $1 ORDER BY id`, caseID)
}

// OpenEpisodes lists children who are missing, or found and not yet listened to,
// newest first.
func (r reader) OpenEpisodes(ctx context.Context, q safeguarding.EpisodeQuery) ([]safeguarding.MissingLine, error) {
	c := &clauses{}
	c.add("missing_episode.closed_at = 0")
	c.scopeIn(q.Scope, childColumns)
	if !q.Before.IsZero() {
		c.add("missing_episode.id < " + c.arg(q.Before))
	}
	query := `SELECT ` + subjectColumns + `, ` + episodeColumns + fromSubject + c.where() + ` ORDER BY missing_episode.id DESC LIMIT ` + c.arg(min(max(q.Limit, 1), 500))
	return many(ctx, r.q, func(s scanner) (v safeguarding.MissingLine, err error) {
		v.Subject, err = scanSubject(s, episodeFields(&v.Episode)...)
		return v, err
	}, "missing children", query, c.args...)
}

// AddEpisode adds an episode. A second one of the same child while one is open is
// refused by the database.
func (t *tx) AddEpisode(ctx context.Context, e *safeguarding.Episode) error {
	return t.exec(ctx, "add episode", `INSERT INTO missing_episode (id, rev, case_id, number, state, risk, last_seen_at, raised_at, raised_by, raised_agency_id, alerted_id, found_at, found_code,
interview_due_at, interviewed_at, closed_at, ending, alert, background) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		e.ID, e.Rev, e.CaseID, e.Number, string(e.State), e.Risk, database.Micros(e.LastSeenAt), database.Micros(e.RaisedAt), e.RaisedBy, e.RaisedAgency, e.Police,
		database.Micros(e.FoundAt), e.FoundCode, database.Micros(e.InterviewDue), database.Micros(e.InterviewedAt), database.Micros(e.ClosedAt), e.Ending, e.Alert, e.Background)
}

// SaveEpisode writes an episode that was read at readRev.
func (t *tx) SaveEpisode(ctx context.Context, e *safeguarding.Episode, readRev int) error {
	return t.swap(ctx, "save episode", `UPDATE missing_episode SET rev = $2, state = $3, found_at = $4, found_code = $5, interview_due_at = $6, interviewed_at = $7, closed_at = $8, ending = $9
WHERE id = $1 AND rev = $10`, e.ID, e.Rev, string(e.State), database.Micros(e.FoundAt), e.FoundCode, database.Micros(e.InterviewDue), database.Micros(e.InterviewedAt),
		database.Micros(e.ClosedAt), e.Ending, readRev)
}

// EpisodeNotes lists what was recorded about an episode.
func (r reader) EpisodeNotes(ctx context.Context, episode core.ID) ([]safeguarding.EpisodeNote, error) {
	return many(ctx, r.q, func(s scanner) (n safeguarding.EpisodeNote, err error) {
		err = s.Scan(&n.ID, &n.EpisodeID, &n.CaseID, &n.Kind, at{&n.When}, at{&n.At}, &n.ActorID, &n.AgencyID, &n.Code, &n.Sealed)
		return n, err
	}, "episode notes", `SELECT id, episode_id, case_id, kind, happened_at, at, actor_id, agency_id, code, sealed FROM missing_note WHERE episode_id = $1 ORDER BY id`, episode)
}

// AddEpisodeNote adds a line to an episode.
func (t *tx) AddEpisodeNote(ctx context.Context, n safeguarding.EpisodeNote) error {
	return t.exec(ctx, "add episode note", `INSERT INTO missing_note (id, episode_id, case_id, kind, happened_at, at, actor_id, agency_id, code, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		n.ID, n.EpisodeID, n.CaseID, string(n.Kind), database.Micros(n.When), database.Micros(n.At), n.ActorID, n.AgencyID, n.Code, n.Sealed)
}

const carerColumns = `id, rev, case_id, relation, state, created_at, actor_id, agency_id, checked_at, checked_by, sealed, finding`

func scanCarer(s scanner) (c safeguarding.Carer, err error) {
	err = s.Scan(&c.ID, &c.Rev, &c.CaseID, &c.Relation, &c.State, at{&c.CreatedAt}, &c.ActorID, &c.AgencyID, at{&c.CheckedAt}, &c.CheckedBy, &c.Sealed, &c.Finding)
	return c, err
}

// Carers lists the adults who were presented as carers of a child.
func (r reader) Carers(ctx context.Context, caseID core.ID) ([]safeguarding.Carer, error) {
	return many(ctx, r.q, scanCarer, "carers", `SELECT `+carerColumns+` FROM child_carer WHERE case_id = $1 ORDER BY id`, caseID)
}

// Carer loads one link.
func (r reader) Carer(ctx context.Context, id core.ID) (*safeguarding.Carer, error) {
	return one(ctx, r.q, scanCarer, "carer", `SELECT `+carerColumns+` FROM child_carer WHERE id = $1`, id)
}

// AddCarer adds a link.
func (t *tx) AddCarer(ctx context.Context, c *safeguarding.Carer) error {
	return t.exec(ctx, "add carer", `INSERT INTO child_carer (`+carerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		c.ID, c.Rev, c.CaseID, c.Relation, string(c.State), database.Micros(c.CreatedAt), c.ActorID, c.AgencyID, database.Micros(c.CheckedAt), c.CheckedBy, c.Sealed, c.Finding)
}

// SaveCarer writes what was found about a link that was read at readRev.
func (t *tx) SaveCarer(ctx context.Context, c *safeguarding.Carer, readRev int) error {
	return t.swap(ctx, "save carer", `UPDATE child_carer SET rev = $2, state = $3, checked_at = $4, checked_by = $5, finding = $6 WHERE id = $1 AND rev = $7`,
		c.ID, c.Rev, string(c.State), database.Micros(c.CheckedAt), c.CheckedBy, c.Finding, readRev)
}

const advocacyColumns = `id, rev, case_id, role, state, due_day, created_at, actor_id, agency_id, ended_at, ended_by, sealed, outcome`

func scanAdvocacy(s scanner) (a safeguarding.Advocacy, err error) {
	err = s.Scan(&a.ID, &a.Rev, &a.CaseID, &a.Role, &a.State, &a.Due, at{&a.CreatedAt}, &a.ActorID, &a.AgencyID, at{&a.EndedAt}, &a.EndedBy, &a.Sealed, &a.Outcome)
	return a, err
}

// Advocacies lists who speaks for a child and what they do next.
func (r reader) Advocacies(ctx context.Context, caseID core.ID) ([]safeguarding.Advocacy, error) {
	return many(ctx, r.q, scanAdvocacy, "advocacy", `SELECT `+advocacyColumns+` FROM child_advocacy WHERE case_id = $1 ORDER BY id`, caseID)
}

// Advocacy loads one line.
func (r reader) Advocacy(ctx context.Context, id core.ID) (*safeguarding.Advocacy, error) {
	return one(ctx, r.q, scanAdvocacy, "advocacy", `SELECT `+advocacyColumns+` FROM child_advocacy WHERE id = $1`, id)
}

// AddAdvocacy adds a line.
func (t *tx) AddAdvocacy(ctx context.Context, a *safeguarding.Advocacy) error {
	return t.exec(ctx, "add advocacy", `INSERT INTO child_advocacy (`+advocacyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.ID, a.Rev, a.CaseID, a.Role, string(a.State), a.Due, database.Micros(a.CreatedAt), a.ActorID, a.AgencyID, database.Micros(a.EndedAt), a.EndedBy, a.Sealed, a.Outcome)
}

// SaveAdvocacy writes the outcome of a line that was read at readRev.
func (t *tx) SaveAdvocacy(ctx context.Context, a *safeguarding.Advocacy, readRev int) error {
	return t.swap(ctx, "save advocacy", `UPDATE child_advocacy SET rev = $2, state = $3, ended_at = $4, ended_by = $5, outcome = $6 WHERE id = $1 AND rev = $7`,
		a.ID, a.Rev, string(a.State), database.Micros(a.EndedAt), a.EndedBy, a.Outcome, readRev)
}
