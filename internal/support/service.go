package support

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// Bounds of texts, in characters, and of lists.
const (
	MaxShort = 200
	MaxText  = 20_000
	maxBeds  = 200 // of one place
	pageMax  = 200
)

// Service holds the use cases. It is safe for concurrent use and keeps no state.
type Service struct {
	store    Store
	policies *access.Policies
	vault    *vault.Vault
	schemes  *scheme.Registry
	clock    core.Clock
	ids      *core.IDs
	scheme   string

	calculating chan struct{} // holds the one what-if that runs
}

// New returns the use cases over the given parts. The scheme is the
// installation's: agreements and places go by it, cases by their own.
func New(store Store, policies *access.Policies, v *vault.Vault, schemes *scheme.Registry, clock core.Clock, schemeID string) (*Service, error) {
	if schemeID == "" {
		schemeID = "uk"
	}
	if _, err := schemes.Scheme(schemeID); err != nil {
		return nil, fmt.Errorf("support: %w", err)
	}
	return &Service{store: store, policies: policies, vault: v, schemes: schemes, clock: clock, ids: core.NewIDs(clock), scheme: schemeID, calculating: make(chan struct{}, 1)}, nil
}

var errChanged = core.E(core.Conflict, "support.changed_meanwhile", "Somebody else changed this while you were working on it. Open it again; what you typed is kept here.")

// rules are today's rules of the installation.
func (s *Service) rules() (scheme.Rules, error) {
	sch, err := s.schemes.Scheme(s.scheme)
	if err != nil {
		return scheme.Rules{}, err
	}
	return sch.On(s.today())
}

// rulesOf are the rules of a case: those of the scheme it is under, today,
// because support is given under what holds when it is given.
func (s *Service) rulesOf(c *Case) (scheme.Rules, error) {
	sch, err := s.schemes.Scheme(c.Scheme)
	if err != nil {
		return scheme.Rules{}, err
	}
	return sch.On(s.todayOf(c))
}

func (s *Service) today() core.Date { return core.DateIn(s.clock.Now(), s.zone(s.scheme, "")) }

func (s *Service) todayOf(c *Case) core.Date {
	return core.DateIn(s.clock.Now(), s.zone(c.Scheme, c.Jurisdiction))
}

// zone is the time zone of a jurisdiction; without one, of the scheme's first.
func (s *Service) zone(schemeID, jurisdiction string) *time.Location {
	sch, err := s.schemes.Scheme(schemeID)
	if err != nil {
		return time.UTC
	}
	if jurisdiction == "" && len(sch.Jurisdictions) > 0 {
		jurisdiction = sch.Jurisdictions[0]
	}
	cal, err := sch.Calendar(jurisdiction)
	if err != nil {
		return time.UTC
	}
	return cal.Location()
}

// by is who acts, why, and what lets them.
type by struct {
	actor    core.Actor
	purpose  core.Purpose
	action   access.Action
	policies []string
}

// allow asks access about a resource.
func (s *Service) allow(actor core.Actor, purpose core.Purpose, action access.Action, res access.Resource) (by, error) {
	d, err := s.policies.Require(actor, purpose, action, res)
	return by{actor, purpose, action, d.Policies}, err
}

// refused leaves a trace of somebody reaching for what they may not do. A failure
// to write it does not change the answer.
func (s *Service) refused(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, err error) error {
	if core.KindOf(err) == core.Forbidden {
		b := by{actor: actor, purpose: purpose, action: action}
		_ = s.store.Write(ctx, func(tx Tx) error { return tx.Append(ctx, s.entry(ledger.Denied, b, core.ID{}, ""), nil) })
	}
	return err
}

func (s *Service) entry(kind ledger.Kind, b by, caseID core.ID, object string) ledger.Entry {
	e := ledger.By(b.actor, b.purpose)
	e.ID, e.At, e.Kind, e.Action, e.Case, e.Object, e.Policies = s.ids.New(), s.clock.Now(), kind, b.action.LedgerName(), caseID, object, b.policies
	return e
}

// record appends one ledger entry with a commitment to what was written.
func (s *Service) record(ctx context.Context, tx Tx, b by, caseID core.ID, object string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("support: describe %T for the ledger: %w", content, err)
	}
	return tx.Append(ctx, s.entry(ledger.Write, b, caseID, object), text)
}

// event adds a line to the case's timeline. It says that support moved, never
// where to or why.
func (s *Service) event(ctx context.Context, tx Tx, c *Case, b by, kind, detail string) error {
	return tx.AddEvent(ctx, Event{ID: s.ids.New(), Case: c.ID, At: s.clock.Now(), Actor: b.actor.UserID, Agency: b.actor.AgencyID, Kind: kind, State: c.State, Detail: detail})
}

// clockOn is clew itself acting on a case, as access allows it.
func (s *Service) clockOn(c *Case) (by, error) {
	return s.allow(core.SystemActor(), core.Identify, access.AdvanceClock, c.Resource)
}

// turn is one change of a support file inside a transaction.
type turn struct {
	by
	tx    Tx
	f     *File
	c     *Case
	now   time.Time
	rules scheme.Rules
	what  string // what the ledger names: "goal:<id>"
	body  any    // what it commits to
}

// on changes a support file: it loads it, asks access, compares rev (0: any), sees
// that it has not ended, lets change do the work, and writes file and ledger.
func (s *Service) on(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, action access.Action, change func(t *turn) error) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		f, err := tx.File(ctx, id)
		if err != nil {
			return err
		}
		b, err := s.allow(actor, purpose, action, f.Resource())
		if err != nil {
			return err
		}
		if f.State == Ended {
			return errEnded
		}
		if rev != 0 && rev != f.Rev {
			return errChanged
		}
		t := &turn{by: b, tx: tx, f: f, now: s.clock.Now(), what: "support:" + f.ID.String()}
		if t.c, err = tx.Case(ctx, f.Case); err != nil {
			return err
		}
		if t.rules, err = s.rulesOf(t.c); err != nil {
			return err
		}
		if err := change(t); err != nil {
			return err
		}
		return s.finish(ctx, t)
	})
	return s.refused(ctx, actor, purpose, action, err)
}

var errEnded = core.E(core.NotNow, "support.ended", "This support has ended, so nothing can be added. If the person needs help again, the authority can ask for support anew.")

func (s *Service) finish(ctx context.Context, t *turn) error {
	next, err := t.tx.NextContact(ctx, t.f.ID)
	if err != nil {
		return err
	}
	readRev := t.f.Rev
	t.f.Rev, t.f.NextAt = readRev+1, next
	if err := t.tx.SaveFile(ctx, t.f, readRev); err != nil {
		return err
	}
	return s.record(ctx, t.tx, t.by, t.c.ID, t.what, struct {
		File *File
		Body any `json:",omitempty"`
	}{t.f, t.body})
}

// seal and open seal the words of a row that belongs to a person.
func seal[T any](ctx context.Context, s *Service, person core.ID, table string, row core.ID, version int, words T) ([]byte, error) {
	return vault.SealJSON(ctx, s.vault, vault.Ref{Person: person, Table: table, Row: row.String(), Field: "words", Version: version}, words)
}

func open[T any](ctx context.Context, s *Service, person core.ID, table string, row core.ID, version int, sealed []byte) (T, error) {
	return vault.OpenJSON[T](ctx, s.vault, vault.Ref{Person: person, Table: table, Row: row.String(), Field: "words", Version: version}, sealed)
}

// checker collects what is wrong with an answer.
type checker struct{ fields []core.Field }

func (k *checker) add(name, code, msg string) {
	k.fields = append(k.fields, core.Field{Name: name, Code: code, Msg: msg})
}

func (k *checker) need(ok bool, name, msg string) {
	if !ok {
		k.add(name, "required", msg)
	}
}

func (k *checker) text(name string, s core.Secret, most int) {
	if utf8.RuneCountInString(s.Reveal()) > most {
		k.add(name, "too_long", fmt.Sprintf("Use %d characters or fewer.", most))
	}
}

func (k *checker) code(name, code string, list []scheme.Code) {
	if !slices.Contains(scheme.Codes(list), code) {
		k.add(name, "required", "Choose one from the list.")
	}
}

func (k *checker) words(name string, chosen, offered []string) {
	for _, w := range chosen {
		if !slices.Contains(offered, w) {
			k.add(name, "unknown", "Choose from the list.")
			return
		}
	}
}

func (k *checker) languages(name string, chosen ...string) {
	for _, code := range chosen {
		if _, ok := core.LanguageByCode(code); code != "" && !ok {
			k.add(name, "language.unknown", "There is no such language in the list. Choose a language from the list.")
			return
		}
	}
}

func (k *checker) err() error { return core.InvalidFields(k.fields) }
