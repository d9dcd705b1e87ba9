package store

import (
	"context"
	"math"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/support"
)

const fileColumns = `id, rev, case_id, request_id, person_id, agency_id, authority_id, kind, phase, state, notes_shared, started_at, notice_at, ends_on, end_reason, ended_at, next_at`

func scanFile(s scanner) (f support.File, err error) {
	err = s.Scan(&f.ID, &f.Rev, &f.Case, &f.Request, &f.Person, &f.Agency, &f.Authority, &f.Kind, &f.Phase, &f.State, &f.Shared, at{&f.StartedAt}, at{&f.NoticeAt},
		&f.EndsOn, &f.EndReason, at{&f.EndedAt}, next{&f.NextAt})
	return f, err
}

// File loads one support file.
func (s supportReader) File(ctx context.Context, id core.ID) (*support.File, error) {
	return one(ctx, s.r.q, scanFile, "support", `SELECT `+fileColumns+` FROM support_file WHERE id = $1`, id)
}

// FileOf loads the newest support file of a case.
func (s supportReader) FileOf(ctx context.Context, caseID core.ID) (*support.File, error) {
	return one(ctx, s.r.q, scanFile, "support", `SELECT `+fileColumns+` FROM support_file WHERE case_id = $1 ORDER BY id DESC LIMIT 1`, caseID)
}

// Files lists an agency's support files by what comes next. Every state is walked
// by itself, so that each page is read off the index.
func (s supportReader) Files(ctx context.Context, agency core.ID, ended bool, after support.Cursor, limit int) ([]support.File, error) {
	const page = `SELECT ` + fileColumns + ` FROM support_file WHERE agency_id = $1 AND state = $2 AND (next_at, id) > ($3, $4) ORDER BY next_at, id LIMIT $5`
	states := []support.FileState{support.Running, support.Notice}
	if ended {
		states = []support.FileState{support.Ended}
	}
	var merged []support.File
	for _, state := range states {
		list, err := many(ctx, s.r.q, scanFile, "support files", page, agency, string(state), after.Key, after.ID.String(), limit)
		if err != nil {
			return nil, err
		}
		merged = mergeFiles(merged, list)
	}
	return merged[:min(len(merged), limit)], nil
}

// mergeFiles joins two sorted lists into one.
func mergeFiles(a, b []support.File) []support.File {
	out := make([]support.File, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if before(&a[0], &b[0]) {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func before(a, b *support.File) bool {
	ka, kb := support.NextKey(a.NextAt), support.NextKey(b.NextAt)
	return ka < kb || ka == kb && a.ID.String() < b.ID.String()
}

// AddFile adds a support file; a second one that runs for a case is a conflict.
func (t *supportTx) AddFile(ctx context.Context, f *support.File) error {
	return t.exec(ctx, "add support file", `INSERT INTO support_file (`+fileColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		f.ID, f.Rev, f.Case, f.Request, f.Person, f.Agency, f.Authority, f.Kind, f.Phase, string(f.State), f.Shared, database.Micros(f.StartedAt), database.Micros(f.NoticeAt),
		f.EndsOn, f.EndReason, database.Micros(f.EndedAt), support.NextKey(f.NextAt))
}

// SaveFile writes how support stands.
func (t *supportTx) SaveFile(ctx context.Context, f *support.File, readRev int) error {
	return t.swap(ctx, "save support file", `UPDATE support_file SET rev = $2, kind = $3, phase = $4, state = $5, notes_shared = $6, notice_at = $7, ends_on = $8, end_reason = $9,
ended_at = $10, next_at = $11 WHERE id = $1 AND rev = $12`, f.ID, f.Rev, f.Kind, f.Phase, string(f.State), f.Shared, database.Micros(f.NoticeAt), f.EndsOn, f.EndReason,
		database.Micros(f.EndedAt), support.NextKey(f.NextAt), readRev)
}

const stayColumns = `id, rev, file_id, person_id, bed_id, place_id, agency_id, state, reserved_at, arrived_on, left_on`

func scanStay(s scanner) (y support.Stay, err error) {
	err = s.Scan(&y.ID, &y.Rev, &y.File, &y.Person, &y.Bed, &y.Place, &y.Agency, &y.State, at{&y.ReservedAt}, &y.ArrivedOn, &y.LeftOn)
	return y, err
}

// Stay loads one stay.
func (s supportReader) Stay(ctx context.Context, id core.ID) (*support.Stay, error) {
	return one(ctx, s.r.q, scanStay, "stay", `SELECT `+stayColumns+` FROM support_stay WHERE id = $1`, id)
}

// StaysOf lists the stays of a support file.
func (s supportReader) StaysOf(ctx context.Context, file core.ID) ([]support.Stay, error) {
	return many(ctx, s.r.q, scanStay, "stays", `SELECT `+stayColumns+` FROM support_stay WHERE file_id = $1 ORDER BY id`, file)
}

// Overlapping lists other stays of a bed, or of a person, that share a night with
// the days given; until zero is open.
func (s supportReader) Overlapping(ctx context.Context, bed, person core.ID, from, until core.Date, not core.ID) ([]support.Stay, error) {
	column, id := "bed_id", bed
	if bed.IsZero() {
		column, id = "person_id", person
	}
	last := "9999-12-31"
	if !until.IsZero() {
		last = until.String()
	}
	return many(ctx, s.r.q, scanStay, "stays", `SELECT `+stayColumns+` FROM support_stay
WHERE `+column+` = $1 AND id <> $2 AND arrived_on IS NOT NULL AND arrived_on < $4 AND (left_on IS NULL OR left_on > $3) ORDER BY id`, id, not.String(), from.String(), last)
}

// AddStay adds a stay; a second one that is live, of the bed or the person, is a
// conflict.
func (t *supportTx) AddStay(ctx context.Context, y *support.Stay) error {
	return t.exec(ctx, "add stay", `INSERT INTO support_stay (`+stayColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		y.ID, y.Rev, y.File, y.Person, y.Bed, y.Place, y.Agency, string(y.State), database.Micros(y.ReservedAt), y.ArrivedOn, y.LeftOn)
}

// SaveStay writes how a stay stands.
func (t *supportTx) SaveStay(ctx context.Context, y *support.Stay, readRev int) error {
	return t.swap(ctx, "save stay", `UPDATE support_stay SET rev = $2, state = $3, arrived_on = $4, left_on = $5 WHERE id = $1 AND rev = $6`,
		y.ID, y.Rev, string(y.State), y.ArrivedOn, y.LeftOn, readRev)
}

// Section loads the newest version of a sealed section.
func (s supportReader) Section(ctx context.Context, file core.ID, name string) (*support.Section, error) {
	return one(ctx, s.r.q, func(r scanner) (v support.Section, err error) {
		err = r.Scan(&v.File, &v.Name, &v.Version, &v.Sealed, at{&v.WrittenAt}, &v.WrittenBy)
		return v, err
	}, "section", `SELECT file_id, name, version, sealed, written_at, written_by FROM support_section WHERE file_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1`, file, name)
}

// AddSection adds a version of a section.
func (t *supportTx) AddSection(ctx context.Context, v support.Section) error {
	return t.exec(ctx, "add section", `INSERT INTO support_section (file_id, name, version, sealed, written_at, written_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.File, v.Name, v.Version, v.Sealed, database.Micros(v.WrittenAt), v.WrittenBy)
}

const goalColumns = `id, rev, file_id, area, state, review_on, sealed, created_at, changed_at, changed_by`

func scanGoal(s scanner) (g support.Goal, err error) {
	err = s.Scan(&g.ID, &g.Rev, &g.File, &g.Area, &g.State, &g.ReviewOn, &g.Sealed, at{&g.CreatedAt}, at{&g.ChangedAt}, &g.ChangedBy)
	return g, err
}

// Goal loads one goal.
func (s supportReader) Goal(ctx context.Context, id core.ID) (*support.Goal, error) {
	return one(ctx, s.r.q, scanGoal, "goal", `SELECT `+goalColumns+` FROM support_goal WHERE id = $1`, id)
}

// Goals lists the goals of a file.
func (s supportReader) Goals(ctx context.Context, file core.ID) ([]support.Goal, error) {
	return many(ctx, s.r.q, scanGoal, "goals", `SELECT `+goalColumns+` FROM support_goal WHERE file_id = $1 ORDER BY id`, file)
}

// AddGoal adds a goal.
func (t *supportTx) AddGoal(ctx context.Context, g *support.Goal) error {
	return t.exec(ctx, "add goal", `INSERT INTO support_goal (`+goalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		g.ID, g.Rev, g.File, g.Area, string(g.State), g.ReviewOn, g.Sealed, database.Micros(g.CreatedAt), database.Micros(g.ChangedAt), g.ChangedBy)
}

// SaveGoal writes how a goal stands.
func (t *supportTx) SaveGoal(ctx context.Context, g *support.Goal, readRev int) error {
	return t.swap(ctx, "save goal", `UPDATE support_goal SET rev = $2, state = $3, review_on = $4, sealed = $5, changed_at = $6, changed_by = $7 WHERE id = $1 AND rev = $8`,
		g.ID, g.Rev, string(g.State), g.ReviewOn, g.Sealed, database.Micros(g.ChangedAt), g.ChangedBy, readRev)
}

const contactColumns = `id, rev, file_id, planned_at, channel, state, recorded_at, recorded_by, sealed`

func scanContact(s scanner) (k support.Contact, err error) {
	err = s.Scan(&k.ID, &k.Rev, &k.File, at{&k.PlannedAt}, &k.Channel, &k.State, at{&k.RecordedAt}, &k.RecordedBy, &k.Sealed)
	return k, err
}

// Contact loads one contact.
func (s supportReader) Contact(ctx context.Context, id core.ID) (*support.Contact, error) {
	return one(ctx, s.r.q, scanContact, "contact", `SELECT `+contactColumns+` FROM support_contact WHERE id = $1`, id)
}

// Contacts lists the contacts of a file, the latest planned first.
func (s supportReader) Contacts(ctx context.Context, file core.ID, limit int) ([]support.Contact, error) {
	return many(ctx, s.r.q, scanContact, "contacts", `SELECT `+contactColumns+` FROM support_contact WHERE file_id = $1 ORDER BY planned_at DESC, id DESC LIMIT $2`, file, limit)
}

// NextContact is when the next contact of a file is planned; zero when none is.
func (s supportReader) NextContact(ctx context.Context, file core.ID) (time.Time, error) {
	list, err := many(ctx, s.r.q, func(r scanner) (t time.Time, err error) { return t, r.Scan(next{&t}) }, "next contact",
		`SELECT COALESCE(MIN(planned_at), $2) FROM support_contact WHERE file_id = $1 AND state = 'planned'`, file, int64(math.MaxInt64))
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0], nil
}

// AddContact adds a contact.
func (t *supportTx) AddContact(ctx context.Context, k *support.Contact) error {
	return t.exec(ctx, "add contact", `INSERT INTO support_contact (`+contactColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		k.ID, k.Rev, k.File, database.Micros(k.PlannedAt), k.Channel, string(k.State), database.Micros(k.RecordedAt), k.RecordedBy, k.Sealed)
}

// SaveContact writes what came of a contact.
func (t *supportTx) SaveContact(ctx context.Context, k *support.Contact, readRev int) error {
	return t.swap(ctx, "save contact", `UPDATE support_contact SET rev = $2, state = $3, recorded_at = $4, recorded_by = $5, sealed = $6 WHERE id = $1 AND rev = $7`,
		k.ID, k.Rev, string(k.State), database.Micros(k.RecordedAt), k.RecordedBy, k.Sealed, readRev)
}

// Payments lists the allowances of a file, the latest first.
func (s supportReader) Payments(ctx context.Context, file core.ID, limit int) ([]support.Payment, error) {
	return many(ctx, s.r.q, func(r scanner) (p support.Payment, err error) {
		err = r.Scan(&p.ID, &p.File, &p.Kind, &p.Amount, &p.Currency, &p.PaidOn, at{&p.RecordedAt}, &p.RecordedBy, &p.Sealed)
		return p, err
	}, "payments", `SELECT id, file_id, kind, amount, currency, paid_on, recorded_at, recorded_by, sealed FROM support_payment WHERE file_id = $1 ORDER BY paid_on DESC, id DESC LIMIT $2`, file, limit)
}

// AddPayment adds an allowance.
func (t *supportTx) AddPayment(ctx context.Context, p *support.Payment) error {
	return t.exec(ctx, "add payment", `INSERT INTO support_payment (id, file_id, kind, amount, currency, paid_on, recorded_at, recorded_by, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.File, p.Kind, p.Amount, p.Currency, p.PaidOn, database.Micros(p.RecordedAt), p.RecordedBy, p.Sealed)
}

// Activities lists the help given, the latest first.
func (s supportReader) Activities(ctx context.Context, file core.ID, limit int) ([]support.Activity, error) {
	return many(ctx, s.r.q, func(r scanner) (a support.Activity, err error) {
		err = r.Scan(&a.ID, &a.File, &a.Kind, &a.On, at{&a.RecordedAt}, &a.RecordedBy, &a.Sealed)
		return a, err
	}, "activities", `SELECT id, file_id, kind, on_day, recorded_at, recorded_by, sealed FROM support_activity WHERE file_id = $1 ORDER BY on_day DESC, id DESC LIMIT $2`, file, limit)
}

// AddActivity adds help that was given.
func (t *supportTx) AddActivity(ctx context.Context, a *support.Activity) error {
	return t.exec(ctx, "add activity", `INSERT INTO support_activity (id, file_id, kind, on_day, recorded_at, recorded_by, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.ID, a.File, a.Kind, a.On, database.Micros(a.RecordedAt), a.RecordedBy, a.Sealed)
}
