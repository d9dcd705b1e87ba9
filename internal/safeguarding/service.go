package safeguarding

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// Service holds the use cases. It is safe for concurrent use and keeps no state.
type Service struct {
	store    Store
	policies *access.Policies
	vault    *vault.Vault
	schemes  *scheme.Registry
	clock    core.Clock
	ids      *core.IDs
}

// New returns the use cases over the given parts.
func New(store Store, policies *access.Policies, v *vault.Vault, schemes *scheme.Registry, clock core.Clock) *Service {
	return &Service{store: store, policies: policies, vault: v, schemes: schemes, clock: clock, ids: core.NewIDs(clock)}
}

// Clock is the clock the use cases go by.
func (s *Service) Clock() core.Clock { return s.clock }

var (
	errNotFound = core.E(core.NotFound, "child.not_found", "There is no such child.")
	errNoTrack  = core.E(core.NotNow, "child.no_track", "This child's track is not open yet. It opens by itself within a minute of the referral.")
	errEnded    = core.E(core.NotNow, "child.track_ended", "This track has ended: the person is an adult now.")
	errChanged  = core.E(core.Conflict, "child.changed_meanwhile", "Somebody else changed this while you were working on it. What they wrote is on the page now; send yours again if it is still right.")
)

// turn is one use case being carried out on one child inside a transaction.
type turn struct {
	s       *Service
	ctx     context.Context
	tx      Tx
	child   *Subject
	actor   core.Actor
	purpose core.Purpose
	action  access.Action
	now     time.Time
	rules   scheme.Rules
	grounds []string // the policies that allowed it
	object  string   // for the ledger: "step:guardian"
	content any      // what the ledger commits to
}

// act carries out a use case: it loads the child, asks access, lets change do the
// work and writes the ledger entry, all in one transaction.
func (s *Service) act(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, change func(t *turn) error) error {
	err := s.store.WriteChild(ctx, func(tx Tx) error {
		return s.actIn(ctx, tx, actor, purpose, action, caseID, change)
	})
	if core.KindOf(err) == core.Forbidden {
		s.recordDenied(ctx, actor, purpose, action, caseID)
	}
	return err
}

func (s *Service) actIn(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, change func(t *turn) error) error {
	child, err := tx.Subject(ctx, caseID)
	if err != nil {
		return err
	}
	grounds, err := s.require(actor, purpose, action, child)
	if err != nil {
		return err
	}
	t, err := s.turn(ctx, tx, actor, purpose, action, child)
	if err != nil {
		return err
	}
	t.grounds = grounds
	if err := change(t); err != nil {
		return err
	}
	return t.record()
}

func (s *Service) turn(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, action access.Action, child *Subject) (*turn, error) {
	rules, err := s.rulesOf(child)
	return &turn{s: s, ctx: ctx, tx: tx, child: child, actor: actor, purpose: purpose, action: action, now: s.clock.Now(), rules: rules}, err
}

// require asks access. What the actor may not see does not exist for them: not
// even whether there is a child with a track.
func (s *Service) require(actor core.Actor, purpose core.Purpose, action access.Action, child *Subject) ([]string, error) {
	asker := s.policies.For(actor, purpose, child.Resource())
	d := asker.Check(action)
	switch {
	case d.Allowed:
		return d.Policies, nil
	case asker.May(access.ViewSafeguarding) || action != access.ViewSafeguarding && asker.May(access.ViewMissing):
		return nil, core.E(core.Forbidden, "access.forbidden", "Your role does not allow this.")
	}
	return nil, errNotFound
}

func (s *Service) may(actor core.Actor, purpose core.Purpose, action access.Action, child *Subject) bool {
	return s.policies.Check(actor, purpose, action, child.Resource()).Allowed
}

// record writes the ledger entry of a turn.
func (t *turn) record() error {
	content, err := json.Marshal(t.content)
	if err != nil {
		return fmt.Errorf("safeguarding: describe the change for the ledger: %w", err)
	}
	return t.tx.Append(t.ctx, t.s.entry(ledger.Write, t.actor, t.purpose, t.action, t.child.CaseID, t.object, t.grounds), content)
}

func (s *Service) entry(kind ledger.Kind, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, object string, grounds []string) ledger.Entry {
	return ledger.Entry{ID: s.ids.New(), At: s.clock.Now(), Kind: kind, Action: action.LedgerName(), Actor: actor.UserID, Agency: actor.AgencyID,
		Token: actor.TokenID, Purpose: purpose, Case: caseID, Object: object, Policies: grounds}
}

func (s *Service) recordDenied(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID) {
	_ = s.store.WriteChild(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Denied, actor, purpose, action, caseID, "", nil), nil)
	})
}

// recordRead writes what is about to be opened. It reports false when nothing can
// be written just now: then words are withheld, and the rest is shown.
func (s *Service) recordRead(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, object string, grounds []string) (bool, error) {
	err := s.store.WriteChild(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, action, caseID, object, grounds), nil)
	})
	if core.KindOf(err) == core.Unavailable {
		return false, nil
	}
	return err == nil, err
}

// rulesOf are the rules of the day on which the case's clock started.
func (s *Service) rulesOf(c *Subject) (scheme.Rules, error) {
	sch, err := s.schemes.Scheme(c.Scheme)
	if err != nil {
		return scheme.Rules{}, err
	}
	return sch.On(c.ClockDay)
}

func (s *Service) calendar(c *Subject) (*scheme.Calendar, error) {
	sch, err := s.schemes.Scheme(c.Scheme)
	if err != nil {
		return nil, err
	}
	return sch.Calendar(c.Jurisdiction)
}

func (s *Service) location(c *Subject) *time.Location {
	if cal, err := s.calendar(c); err == nil {
		return cal.Location()
	}
	return time.UTC
}

func (s *Service) today(c *Subject) core.Date { return core.DateIn(s.clock.Now(), s.location(c)) }

// ref is the place of a sealed value: a row written once, or its second sealed
// field.
func ref(person core.ID, table string, row core.ID, field string, version int) vault.Ref {
	return vault.Ref{Person: person, Table: table, Row: row.String(), Field: field, Version: version}
}

func seal[T any](t *turn, table string, row core.ID, field string, value T) ([]byte, error) {
	return sealVersion(t, table, row, field, 1, value)
}

// sealVersion seals a field that may be written again: each time is a version.
func sealVersion[T any](t *turn, table string, row core.ID, field string, version int, value T) ([]byte, error) {
	b, err := vault.SealJSON(t.ctx, t.s.vault, ref(t.child.PersonID, table, row, field, version), value)
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s: %w", field, table, err)
	}
	return b, nil
}

// open opens a sealed value; one that was never written is the zero value.
func open[T any](ctx context.Context, s *Service, person core.ID, table string, row core.ID, field string, version int, sealed []byte) (T, error) {
	var zero T
	if len(sealed) == 0 {
		return zero, nil
	}
	return vault.OpenJSON[T](ctx, s.vault, ref(person, table, row, field, version), sealed)
}

// checker gathers what is wrong with a form.
type checker struct{ fields []core.Field }

func (k *checker) fail(field, code, msg string) {
	k.fields = append(k.fields, core.Field{Name: field, Code: code, Msg: msg})
}

func (k *checker) need(ok bool, field, msg string) {
	if !ok {
		k.fail(field, "needed", msg)
	}
}

const (
	maxLine = 300
	maxText = 20_000
)

func (k *checker) text(field string, s core.Secret, most int) {
	if len([]rune(s.Reveal())) > most {
		k.fail(field, "too_long", fmt.Sprintf("Shorten this to %d characters.", most))
	}
}

func (k *checker) choice(field, code string, list []scheme.Code) {
	if _, ok := scheme.ByCode(list, code); code != "" && !ok {
		k.fail(field, "choice.unknown", "Choose one of the list.")
	}
}

func (k *checker) err() error { return core.InvalidFields(k.fields) }

// agency checks that an id is an active agency of the kind.
func (k *checker) agency(ctx context.Context, r Reader, field string, id core.ID, kind core.AgencyKind, msg string) error {
	if id.IsZero() {
		return nil
	}
	a, err := r.Agency(ctx, id)
	if err != nil && core.KindOf(err) != core.NotFound {
		return err
	}
	if err != nil || !a.Active || a.Kind != kind {
		k.fail(field, "agency.unknown", msg)
	}
	return nil
}

// blank reports whether nothing but space was typed.
func blank(s core.Secret) bool { return strings.TrimSpace(s.Reveal()) == "" }
