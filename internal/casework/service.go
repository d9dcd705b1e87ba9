package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/likeness"
	"clew/internal/scheme"
	"clew/internal/vault"
	"clew/match/score"
)

// Service holds the use cases. It is safe for concurrent use and keeps no state
// of its own but caches it can rebuild.
type Service struct {
	store    Store
	policies *access.Policies
	vault    *vault.Vault
	schemes  *scheme.Registry
	clock    core.Clock
	ids      *core.IDs
	scheme   string
	staff    Staff
	scan     Scanner
	scribe   Scribe
	counts   countCache
	checks   checkLimits // of the non-removal check
	lookups  checkLimits // of "search before create"
	model    *score.Model
	like     *likeness.Index // nil where this process does not look for likeness
}

// Options are what varies between installations.
type Options struct {
	Scheme  string  // the scheme of new cases; "uk" when empty
	Staff   Staff   // who works where; nil: any user may be assigned, for worlds without accounts
	Scanner Scanner // looks for malware in evidence; nil: none is run, and the document says so
	Scribe  Scribe  // puts the letters of served decisions into words; nil: none is kept

	Likeness likeness.Source // what the likeness index is made from; nil: exact keys only
	Log      *slog.Logger    // ids and codes only; slog.Default()
}

// Staff knows who works where.
type Staff interface {
	// WorksAs reports whether the user has an active account with the role in the
	// agency.
	WorksAs(ctx context.Context, user, agency core.ID, role core.Role) (bool, error)
}

// Scanner looks for malware in a file. An error means that it could not look.
type Scanner interface {
	Scan(ctx context.Context, content []byte) (clean bool, err error)
}

// New returns the use cases over the given parts.
func New(store Store, policies *access.Policies, v *vault.Vault, schemes *scheme.Registry, clock core.Clock, o Options) (*Service, error) {
	if o.Scheme == "" {
		o.Scheme = "uk"
	}
	if _, err := schemes.Scheme(o.Scheme); err != nil {
		return nil, fmt.Errorf("casework: %w", err)
	}
	s := &Service{store: store, policies: policies, vault: v, schemes: schemes, clock: clock, ids: core.NewIDs(clock),
		scheme: o.Scheme, staff: o.Staff, scan: o.Scanner, scribe: o.Scribe, checks: checkLimits{burst: 12, every: 5 * time.Second},
		lookups: checkLimits{burst: 12, every: 30 * time.Second}, model: score.Default()}
	if o.Likeness != nil {
		s.like = s.newLikeness(o.Likeness, o.Log)
	}
	return s, nil
}

// Clock is the clock the use cases go by.
func (s *Service) Clock() core.Clock { return s.clock }

var (
	errNotFound = core.E(core.NotFound, "case.not_found", "There is no such case.")
	errChanged  = core.E(core.Conflict, "case.changed_meanwhile", "Somebody else changed this case while you were working on it. Both versions are shown below.")
)

func errNotNow(cmd Command, c *Case) error {
	return core.E(core.NotNow, "case.not_now", fmt.Sprintf("This step (%s) is not possible while the case is at: %s.", cmd.Label(), c.State.Label()))
}

// turn is one command being carried out on one case inside a transaction.
type turn struct {
	tx       Tx
	c        *Case
	cmd      Command
	actor    core.Actor
	purpose  core.Purpose
	now      time.Time
	rules    scheme.Rules
	policies []string
	detail   string // codes for the timeline
	shared   bool   // the referring agency sees the line
	content  any    // what the ledger commits to, besides the event
}

// act carries out a command: it loads the case, asks access, compares rev (0:
// any), looks at the state table, lets change do the work, and writes the case,
// its timeline and the ledger.
func (s *Service) act(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, cmd Command, change func(t *turn) error) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		return s.actIn(ctx, tx, actor, purpose, caseID, rev, cmd, change)
	})
	if core.KindOf(err) == core.Forbidden {
		s.recordDenied(ctx, actor, purpose, caseID, table[cmd].Action)
	}
	return err
}

func (s *Service) actIn(ctx context.Context, tx Tx, actor core.Actor, purpose core.Purpose, caseID core.ID, rev int, cmd Command, change func(t *turn) error) error {
	c, err := tx.Case(ctx, caseID)
	if err != nil {
		return err
	}
	if cmd == CmdAnswerInfo {
		if err := asked(ctx, tx, actor, c); err != nil {
			return err
		}
	}
	decision, err := s.policies.Require(actor, purpose, table[cmd].Action, c.Resource())
	if err != nil {
		return err
	}
	if rev != 0 && rev != c.Rev {
		return errChanged
	}
	if !cmd.allowedFrom(c.State, c.Kind) {
		return errNotNow(cmd, c)
	}
	rules, err := s.rulesOf(c)
	if err != nil {
		return err
	}
	t := &turn{tx: tx, c: c, cmd: cmd, actor: actor, purpose: purpose, now: s.clock.Now(), rules: rules, policies: decision.Policies}
	from, readRev := c.State, c.Rev
	if err := change(t); err != nil {
		return err
	}
	if !cmd.leadsTo(from, c.State) {
		return fmt.Errorf("casework: %s led from %s to %s, which the state table does not have", cmd, from, c.State)
	}
	return s.finish(ctx, t, readRev)
}

// finish writes what a turn changed: the case, one line of its timeline and one
// ledger entry.
func (s *Service) finish(ctx context.Context, t *turn, readRev int) error {
	t.c.Rev = readRev + 1
	t.c.UpdatedAt = t.now
	if err := t.tx.SaveCase(ctx, t.c, readRev); err != nil {
		return err
	}
	return s.leaveTrace(ctx, t)
}

func (s *Service) leaveTrace(ctx context.Context, t *turn) error {
	event := Event{ID: s.ids.New(), CaseID: t.c.ID, At: t.now, ActorID: t.actor.UserID, AgencyID: t.actor.AgencyID,
		Kind: string(t.cmd), State: t.c.State, Detail: t.detail, Shared: t.shared}
	if err := t.tx.AddEvent(ctx, event); err != nil {
		return err
	}
	content, err := json.Marshal(struct {
		Event   Event
		Rev     int
		Content any `json:",omitempty"`
	}{event, t.c.Rev, t.content})
	if err != nil {
		return fmt.Errorf("casework: describe the change for the ledger: %w", err)
	}
	return t.tx.Append(ctx, s.entry(ledger.Write, t.actor, t.purpose, table[t.cmd].Action, t.c.ID, "", t.policies), content)
}

func (s *Service) entry(kind ledger.Kind, actor core.Actor, purpose core.Purpose, action access.Action, caseID core.ID, object string, policies []string) ledger.Entry {
	return ledger.Entry{ID: s.ids.New(), At: s.clock.Now(), Kind: kind, Action: LedgerAction(action), Actor: actor.UserID, Agency: actor.AgencyID,
		Token: actor.TokenID, Purpose: purpose, Case: caseID, Object: object, Policies: policies}
}

// recordDenied leaves a trace of somebody reaching for what they may not do. A
// failure to write it does not change the answer.
func (s *Service) recordDenied(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, action access.Action) {
	_ = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Denied, actor, purpose, action, caseID, "", nil), nil)
	})
}

// require asks access about something that is not one case.
func (s *Service) require(actor core.Actor, purpose core.Purpose, action access.Action, res access.Resource) (access.Decision, error) {
	return s.policies.Require(actor, purpose, action, res)
}

// may reports whether access allows the action on the case.
func (s *Service) may(actor core.Actor, purpose core.Purpose, action access.Action, c *Case) bool {
	return s.policies.Check(actor, purpose, action, c.Resource()).Allowed
}

// sealSection seals a new version of a section and adds it to the transaction.
func sealSection[T any](ctx context.Context, s *Service, tx Tx, c *Case, name Section, version int, value T) error {
	ref := vault.Ref{Person: c.PersonID, Table: "case_section", Row: c.ID.String(), Field: string(name), Version: version}
	sealed, err := vault.SealJSON(ctx, s.vault, ref, value)
	if err != nil {
		return fmt.Errorf("seal %s: %w", name, err)
	}
	return tx.AddSection(ctx, SealedSection{CaseID: c.ID, Name: name, Version: version, Sealed: sealed, WrittenAt: s.clock.Now()})
}

// openSection opens the newest version of a section; a section that was never
// written is the zero value.
func openSection[T any](ctx context.Context, s *Service, c *Case, sections map[Section]SealedSection, name Section) (T, error) {
	var zero T
	sec, ok := sections[name]
	if !ok {
		return zero, nil
	}
	ref := vault.Ref{Person: c.PersonID, Table: "case_section", Row: c.ID.String(), Field: string(name), Version: sec.Version}
	return vault.OpenJSON[T](ctx, s.vault, ref, sec.Sealed)
}

// sealText and openText seal the words of a row other than a section.
func (s *Service) sealText(ctx context.Context, person core.ID, table string, row core.ID, field string, text core.Secret) ([]byte, error) {
	return s.vault.Seal(ctx, vault.Ref{Person: person, Table: table, Row: row.String(), Field: field, Version: 1}, []byte(text.Reveal()))
}

func (s *Service) openText(ctx context.Context, person core.ID, table string, row core.ID, field string, sealed []byte) (core.Secret, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := s.vault.Open(ctx, vault.Ref{Person: person, Table: table, Row: row.String(), Field: field, Version: 1}, sealed)
	return core.Secret(b), err
}

var commandLabels = map[Command]string{
	CmdSubmit: "submit", CmdReceive: "receive", CmdAssign: "assign", CmdRequestInfo: "ask for information", CmdAnswerInfo: "answer a request",
	CmdDecideRG: "decide reasonable grounds", CmdReviewRG: "second review", CmdExtendRecovery: "extend the recovery period",
	CmdEndRecovery: "end the recovery period early", CmdReviewEndRecovery: "second review", CmdFinishRecovery: "recovery period ends",
	CmdDecideCG: "decide conclusive grounds", CmdReviewCG: "second review", CmdRequestReconsideration: "ask for reconsideration",
	CmdReconsider: "reconsider", CmdReviewReconsideration: "second review", CmdSuspend: "suspend", CmdResume: "resume",
	CmdWithdraw: "withdraw", CmdClose: "close", CmdUpgrade: "turn the notification into a referral", CmdRecordConsent: "record consent",
	CmdWithdrawConsent: "withdraw consent", CmdCorrectAge: "correct the age", CmdEditFacts: "correct the coded facts",
	CmdAddNote: "add a note", CmdAddSharedNote: "add a shared note", CmdAddEvidence: "add evidence", CmdReferAgain: "refer again",
}

// Label returns the command in plain words.
func (c Command) Label() string { return commandLabels[c] }

// LedgerAction is the action as ledger entries name it: "viewIdentity" is
// "view_identity".
func LedgerAction(a access.Action) string { return a.LedgerName() }
