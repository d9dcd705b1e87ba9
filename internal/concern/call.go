package concern

import (
	"context"
	"slices"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/safecontact"
	"clew/internal/vault"
)

// TakeCall opens a record for a call or chat that has just begun.
func (s *Service) TakeCall(ctx context.Context, actor core.Actor, purpose core.Purpose, channel string) (core.ID, error) {
	decision, err := s.policies.Require(actor, purpose, access.TakeCall, access.OwnAgency(actor))
	if err != nil {
		return core.ID{}, err
	}
	if !known(Channels, channel) {
		return core.ID{}, core.InvalidFields([]core.Field{{Name: "channel", Code: "required", Msg: "Choose whether it is a call or a chat."}})
	}
	c := &Concern{ID: s.ids.New(), Rev: 1, Kind: Call, State: Running, Desk: actor.AgencyID, Author: actor.UserID, Channel: channel, Grading: Untested,
		CreatedAt: s.clock.Now(), UpdatedAt: s.clock.Now()}
	if c.PersonID, err = s.vault.NewPerson(ctx); err != nil {
		return core.ID{}, err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := tx.AddConcern(ctx, c); err != nil {
			return err
		}
		return s.trace(ctx, &turn{tx: tx, c: c, kind: "taken", detail: channel}, actor, purpose, access.TakeCall, decision.Policies)
	})
	return c.ID, err
}

// Bounds of a record, in characters.
const (
	maxSaid   = 20_000
	maxAdvice = 8000
	maxShort  = 300
)

func checkRecord(r *Record) error {
	var f []core.Field
	fail := func(name, code, msg string) { f = append(f, core.Field{Name: name, Code: code, Msg: msg}) }
	long := func(name string, text core.Secret, most int, msg string) {
		if utf8.RuneCountInString(text.Reveal()) > most {
			fail(name, "long", msg)
		}
	}
	if r.Caller != "" && !known(CallerTypes, r.Caller) {
		fail("caller", "required", "Choose who is calling from the list.")
	}
	if r.Lang != "" && !slices.ContainsFunc(core.Languages(), func(l core.Language) bool { return l.Code == r.Lang }) {
		fail("lang", "language.unknown", "Choose a language from the list.")
	}
	long("said", r.Said, maxSaid, "Shorten what was said to 20,000 characters or fewer.")
	long("advice", r.Advice, maxAdvice, "Shorten the advice to 8,000 characters or fewer.")
	long("name", r.Name, maxShort, "Shorten the name to 300 characters or fewer.")
	long("place", r.Place, maxShort, "Shorten the place to 300 characters or fewer.")
	if !slices.Contains([]string{"", safecontact.Directly, safecontact.OnlyThrough, safecontact.NotAtAll}, r.Contact.SafeToReach) {
		fail("contact.safeToReach", "required", "Choose whether it is safe to call back.")
	}
	return core.InvalidFields(f)
}

// SaveRecord adds a version of a call's record. rev is that of the record the
// adviser began from: when a colleague has saved meanwhile, it is a Conflict and
// nothing is lost, because the page has the one version and Open the other.
func (s *Service) SaveRecord(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, version int, r Record) (int, error) {
	if err := checkRecord(&r); err != nil {
		return version, err
	}
	saved := version
	err := s.act(ctx, actor, purpose, id, 0, access.WorkConcern, func(t *turn) error {
		if t.c.Kind != Call || t.c.State != Running && t.c.State != Open {
			return errNotNow(t.c.State)
		}
		last, err := lastVersion(ctx, t.tx, id)
		if err != nil {
			return err
		}
		if last != version {
			return ErrChanged
		}
		saved = last + 1
		row := RecordRow{ConcernID: id, Version: saved, Author: actor.UserID, At: s.clock.Now()}
		if row.Sealed, err = vault.SealJSON(ctx, s.vault, s.sealRef(t.c, "concern_record", id.String(), "record", saved), r); err != nil {
			return err
		}
		t.c.Caller, t.c.Lang, t.c.Child, t.c.Danger = r.Caller, r.Lang, r.Child, r.Danger
		t.kind = "saved"
		return t.tx.AddRecord(ctx, row)
	})
	return saved, err
}

func lastVersion(ctx context.Context, r Reader, id core.ID) (int, error) {
	row, err := r.LastRecord(ctx, id)
	if core.KindOf(err) == core.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return row.Version, nil
}

func (s *Service) fillCall(ctx context.Context, f *File) error {
	row, err := s.store.LastRecord(ctx, f.ID)
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	f.RecordVersion, f.RecordBy = row.Version, row.Author
	f.Record, err = vault.OpenJSON[Record](ctx, s.vault, s.sealRef(&f.Concern, "concern_record", f.ID.String(), "record", row.Version), row.Sealed)
	return err
}
