package support

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// PermitState is where a permit or leave to remain stands.
type PermitState string

// The states of a permit.
const (
	PermitApplied PermitState = "applied"
	PermitPaused  PermitState = "paused"
	PermitGranted PermitState = "granted"
	PermitRefused PermitState = "refused"
	PermitRenewed PermitState = "renewed" // a newer one has taken its place
	PermitExpired PermitState = "expired"
	PermitEnded   PermitState = "ended" // given up, or taken away before its last day
)

var permitNext = map[PermitState][]PermitState{
	PermitApplied: {PermitPaused, PermitGranted, PermitRefused, PermitEnded},
	PermitPaused:  {PermitApplied, PermitGranted, PermitRefused, PermitEnded},
	PermitGranted: {PermitRenewed, PermitExpired, PermitEnded},
	PermitExpired: {PermitRenewed},
}

// MayBecome reports whether a permit may go from one state to the other.
func (s PermitState) MayBecome(to PermitState) bool { return slices.Contains(permitNext[s], to) }

var permitLabels = map[PermitState]string{PermitApplied: "Applied for", PermitPaused: "Paused", PermitGranted: "Granted", PermitRefused: "Refused",
	PermitRenewed: "Renewed", PermitExpired: "Expired", PermitEnded: "Ended"}

// Label returns the state in plain words.
func (s PermitState) Label() string { return permitLabels[s] }

// The kinds of paper.
const (
	ResidencePermit = "permit"
	ChildLeave      = "child_leave"
)

// PermitKinds lists them.
var PermitKinds = []string{ResidencePermit, ChildLeave}

var permitKindLabels = map[string]string{ResidencePermit: "Residence permit", ChildLeave: "A child’s leave to remain"}

// PermitKindLabel returns a kind in plain words.
func PermitKindLabel(kind string) string { return permitKindLabels[kind] }

// AsylumStates are how far an asylum procedure is, which is all that is known of
// it here: its file stays where it is.
var AsylumStates = []string{"pending", "appeal", "granted", "refused", "withdrawn"}

var asylumLabels = map[string]string{"pending": "being decided", "appeal": "under appeal", "granted": "granted", "refused": "refused", "withdrawn": "withdrawn"}

// AsylumLabel returns the state of an asylum procedure in plain words.
func AsylumLabel(state string) string { return asylumLabels[state] }

// Permit is a residence permit or a child's leave to remain: applied for, decided
// by whoever grants it, and recorded here with its days.
type Permit struct {
	ID        core.ID
	Rev       int
	Case      core.ID
	Person    core.ID
	Kind      string
	Ground    string // of the scheme; "" for a child's leave
	State     PermitState
	Previous  core.ID   // the one it renews
	Evidence  []core.ID // documents of the case
	Asylum    string    // "" when no procedure is linked
	AppliedOn core.Date
	From      core.Date
	Until     core.Date // its last day
	Exception bool      // shorter than the scheme says; the reason is sealed
	ChangedAt time.Time
	ChangedBy core.ID // zero: the clock
	Sealed    []byte
}

// PermitWords is what is stored only sealed.
type PermitWords struct {
	Reference       core.Secret `json:"reference,omitempty"`
	AsylumReference core.Secret `json:"asylumReference,omitempty"`
	Reason          core.Secret `json:"reason,omitempty"` // of the last step: why paused, refused, ended, or shorter
}

// PermitForm is what is known when a permit is applied for.
type PermitForm struct {
	Kind, Ground    string
	AppliedOn       core.Date
	Evidence        []core.ID
	Asylum          string
	Reference       core.Secret
	AsylumReference core.Secret
}

// Grant is a permit's days as they were granted: for a number of months, or until
// a day. A child's leave has neither; its end is computed.
type Grant struct {
	From   core.Date
	Months int
	Until  core.Date
	Reason core.Secret // why it is shorter than the scheme says
}

// TaskPermitExpiring tells provider and authority that a permit ends soon.
const TaskPermitExpiring = "permit_expiring"

const (
	jobPermitExpiring = "support.permit_expiring"
	jobPermitExpired  = "support.permit_expired"
)

// caseTurn is one change of what stands on a case, inside a transaction.
type caseTurn struct {
	by
	tx    Tx
	c     *Case
	now   time.Time
	rules scheme.Rules
}

// onCase loads a case, asks access and lets change do the work. Permits and
// returns live on after support has ended, so they hang on the case.
func (s *Service) onCase(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, action access.Action, change func(t *caseTurn) error) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		b, err := s.allow(actor, purpose, action, c.Resource)
		if err != nil {
			return err
		}
		rules, err := s.rulesOf(c)
		if err != nil {
			return err
		}
		return change(&caseTurn{by: b, tx: tx, c: c, now: s.clock.Now(), rules: rules})
	})
	return s.refused(ctx, actor, purpose, action, err)
}

// ApplyPermit records that a permit was applied for. When one was granted before,
// the new one renews it.
func (s *Service) ApplyPermit(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, f PermitForm) (id core.ID, err error) {
	err = s.onCase(ctx, actor, purpose, caseID, access.WorkPapers, func(t *caseTurn) error {
		if err := s.checkPermit(ctx, t, &f); err != nil {
			return err
		}
		p := &Permit{ID: s.ids.New(), Rev: 1, Case: t.c.ID, Person: t.c.Person, Kind: f.Kind, Ground: f.Ground, State: PermitApplied, Evidence: f.Evidence,
			Asylum: f.Asylum, AppliedOn: f.AppliedOn, ChangedAt: t.now, ChangedBy: t.actor.UserID}
		earlier, err := t.tx.PermitsOf(ctx, t.c.ID)
		if err != nil {
			return err
		}
		for _, e := range earlier { // the oldest first
			if e.Kind == f.Kind && e.State.MayBecome(PermitRenewed) {
				p.Previous = e.ID
			}
			if e.Kind == f.Kind && e.State.MayBecome(PermitGranted) {
				return core.E(core.Conflict, "permit.open", "An application of this kind is open already. Record what became of it first.")
			}
		}
		if err := s.sealPermit(ctx, p, PermitWords{Reference: f.Reference, AsylumReference: f.AsylumReference}); err != nil {
			return err
		}
		id = p.ID
		if err := t.tx.AddPermit(ctx, p); err != nil {
			return err
		}
		return s.permitDone(ctx, t, p, "permit_applied")
	})
	return id, err
}

func (s *Service) checkPermit(ctx context.Context, t *caseTurn, f *PermitForm) error {
	if !t.c.Referral {
		return core.E(core.NotNow, "permit.no_referral", "There is no referral yet, so there is nothing to apply for.")
	}
	k := &checker{}
	k.words("kind", []string{f.Kind}, PermitKinds)
	switch f.Kind {
	case ResidencePermit:
		k.code("ground", f.Ground, t.rules.Permit.Grounds)
	case ChildLeave:
		f.Ground = ""
		if !t.c.Child {
			k.add("kind", "permit.adult", "This leave is for a child, and the person is an adult. Choose a residence permit.")
		}
	}
	s.checkPast(k, t.c, "appliedOn", f.AppliedOn)
	if f.Asylum != "" {
		k.words("asylum", []string{f.Asylum}, AsylumStates)
	}
	k.text("reference", f.Reference, MaxShort)
	k.text("asylumReference", f.AsylumReference, MaxShort)
	if len(f.Evidence) > 0 {
		known, err := t.tx.DocumentsOf(ctx, t.c.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(f.Evidence, func(id core.ID) bool { return !slices.Contains(known, id) }) {
			k.add("evidence", "unknown", "One of these documents is not in this case. Choose from the case’s documents.")
		}
	}
	return k.err()
}

// PausePermit records that an application waits; ResumePermit, that it goes on.
func (s *Service) PausePermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error {
	return s.stepPermit(ctx, actor, purpose, id, rev, PermitPaused, reason, true)
}

// ResumePermit takes a paused application up again.
func (s *Service) ResumePermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int) error {
	return s.stepPermit(ctx, actor, purpose, id, rev, PermitApplied, "", false)
}

// RefusePermit records a refusal.
func (s *Service) RefusePermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error {
	return s.stepPermit(ctx, actor, purpose, id, rev, PermitRefused, reason, true)
}

// EndPermit records that an application was given up, or that a permit ended
// before its last day.
func (s *Service) EndPermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, reason core.Secret) error {
	return s.stepPermit(ctx, actor, purpose, id, rev, PermitEnded, reason, true)
}

func (s *Service) stepPermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to PermitState, reason core.Secret, needed bool) error {
	return s.onPermit(ctx, actor, purpose, id, rev, to, func(_ *caseTurn, _ *Permit, w *PermitWords) error {
		k := &checker{}
		k.need(!needed || reason != "", "reason", "Write the reason as you know it. “None was given” is an answer too.")
		k.text("reason", reason, MaxText)
		w.Reason = reason
		return k.err()
	})
}

// onPermit takes a permit to a state, when its table allows that.
func (s *Service) onPermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, to PermitState, change func(t *caseTurn, p *Permit, w *PermitWords) error) error {
	known, err := s.store.Permit(ctx, id)
	if err != nil {
		return err
	}
	return s.onCase(ctx, actor, purpose, known.Case, access.WorkPapers, func(t *caseTurn) error {
		p, err := t.tx.Permit(ctx, id)
		if err != nil {
			return err
		}
		if rev != 0 && rev != p.Rev {
			return errChanged
		}
		if to == PermitRenewed || to == PermitExpired || !p.State.MayBecome(to) {
			return core.E(core.NotNow, "permit.not_now", fmt.Sprintf("This is %s, so it cannot become %s.", lower(p.State.Label()), lower(to.Label())))
		}
		w, err := s.openPermit(ctx, p)
		if err != nil {
			return err
		}
		if err := change(t, p, &w); err != nil {
			return err
		}
		if err := s.savePermit(ctx, t, p, to, w); err != nil {
			return err
		}
		return s.permitDone(ctx, t, p, "permit_"+string(to))
	})
}

// savePermit writes a permit's new state. Whatever the old one was warned about is
// over.
func (s *Service) savePermit(ctx context.Context, t *caseTurn, p *Permit, to PermitState, w PermitWords) error {
	if p.State == PermitGranted {
		if err := s.closeWarnings(ctx, t, p); err != nil {
			return err
		}
	}
	readRev := p.Rev
	p.Rev, p.State, p.ChangedAt, p.ChangedBy = readRev+1, to, t.now, t.actor.UserID
	if err := s.sealPermit(ctx, p, w); err != nil {
		return err
	}
	return t.tx.SavePermit(ctx, p, readRev)
}

func (s *Service) closeWarnings(ctx context.Context, t *caseTurn, p *Permit) error {
	return closeMarked(ctx, t, TaskPermitExpiring, func(mark string) bool { return warns(p, mark) })
}

// closeMarked closes the open tasks of a kind whose mark fits. The rules of today
// may no longer be those by which a task was raised.
func closeMarked(ctx context.Context, t *caseTurn, kind string, fits func(mark string) bool) error {
	open, err := t.tx.TasksOf(ctx, t.c.ID)
	if err != nil {
		return err
	}
	for _, k := range open {
		if k.Kind != kind || !fits(k.Detail) {
			continue
		}
		if err := t.tx.CloseTasks(ctx, t.c.ID, k.Agency, []string{kind}, k.Detail, t.now, t.actor.UserID); err != nil {
			return err
		}
	}
	return nil
}

// permitDone records a step in the ledger and on the timeline.
func (s *Service) permitDone(ctx context.Context, t *caseTurn, p *Permit, kind string) error {
	if err := s.event(ctx, t.tx, t.c, t.by, kind, ""); err != nil {
		return err
	}
	return s.record(ctx, t.tx, t.by, t.c.ID, "permit:"+p.ID.String(), p)
}

// GrantPermit records a grant and its days. A grant that is shorter than the
// scheme says needs its reason. A child's leave lasts as the scheme has it, from
// the date of birth in the sealed file.
func (s *Service) GrantPermit(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, g Grant) error {
	return s.onPermit(ctx, actor, purpose, id, rev, PermitGranted, func(t *caseTurn, p *Permit, w *PermitWords) error {
		k := &checker{}
		k.need(!g.From.IsZero(), "from", "Enter the first day.")
		k.text("reason", g.Reason, MaxText)
		if p.Kind == ChildLeave {
			if err := s.grantLeave(ctx, t, p, k, g); err != nil {
				return err
			}
		} else {
			grantMonths(k, p, g, t.rules.Permit.MinMonths.Value)
		}
		if err := k.err(); err != nil {
			return err
		}
		w.Reason = g.Reason
		if err := s.renewPrevious(ctx, t, p); err != nil {
			return err
		}
		return s.watchPermit(ctx, t, p)
	})
}

// grantMonths sets the days of a residence permit.
func grantMonths(k *checker, p *Permit, g Grant, least scheme.Months) {
	p.From, p.Until = g.From, g.Until
	switch {
	case g.From.IsZero():
		return
	case g.Until.IsZero() && g.Months < 1:
		k.add("months", "required", "Enter for how many months, or until which day.")
		return
	case g.Until.IsZero():
		p.Until = g.From.AddMonths(g.Months)
	case !g.Until.After(g.From):
		k.add("until", "permit.ends_before_start", "This day is not after the first day. Enter a later last day, or mend the first.")
		return
	case g.Months > 0 && g.From.AddMonths(g.Months) != g.Until:
		k.add("months", "permit.two_ends", "The months and the last day do not agree. Leave one of them empty.")
		return
	}
	p.Exception = p.Until.Before(g.From.AddMonths(least))
	k.need(!p.Exception || g.Reason != "", "reason", fmt.Sprintf("This is shorter than the %d months of the scheme. Write why.", least))
}

// grantLeave computes a child's leave. It opens the date of birth for that, and
// the ledger says so; the date itself stays where it is.
func (s *Service) grantLeave(ctx context.Context, t *caseTurn, p *Permit, k *checker, g Grant) error {
	if g.From.IsZero() {
		return nil
	}
	born, err := s.birthDate(ctx, t)
	if err != nil {
		return err
	}
	day, exact := born.Date()
	if !exact || born.About {
		k.add("from", "permit.birth_date", "The leave is counted from the child’s date of birth, and no full date is in the file. Ask the authority to record it first.")
		return nil
	}
	p.From, p.Until = g.From, t.rules.ChildLeave.Until(day, g.From)
	if !p.Until.After(p.From) {
		k.add("from", "permit.ends_before_start", "By the date of birth in the file, this leave would end before it starts. Check the first day, or apply for a residence permit.")
	}
	return nil
}

// birthDate opens the date of birth in the file, for somebody who may see it.
func (s *Service) birthDate(ctx context.Context, t *caseTurn) (core.PartialDate, error) {
	b, err := s.allow(t.actor, t.purpose, access.ViewIdentity, t.c.Resource)
	if err != nil {
		return core.PartialDate{}, err
	}
	sealed, version, err := t.tx.IdentitySection(ctx, t.c.ID)
	if err != nil || len(sealed) == 0 {
		return core.PartialDate{}, err
	}
	if err := t.tx.Append(ctx, s.entry(ledger.Read, b, t.c.ID, "birth_date:"+t.c.ID.String()), nil); err != nil {
		return core.PartialDate{}, err
	}
	identity, err := vault.OpenJSON[struct {
		BirthDate core.PartialDate `json:"birthDate,omitzero"`
	}](ctx, s.vault, vault.Ref{Person: t.c.Person, Table: "case_section", Row: t.c.ID.String(), Field: "identity", Version: version}, sealed)
	return identity.BirthDate, err
}

// renewPrevious says of the permit before that a newer one has taken its place.
func (s *Service) renewPrevious(ctx context.Context, t *caseTurn, p *Permit) error {
	if p.Previous.IsZero() {
		return nil
	}
	old, err := t.tx.Permit(ctx, p.Previous)
	if err != nil || !old.State.MayBecome(PermitRenewed) {
		return err
	}
	w, err := s.openPermit(ctx, old)
	if err != nil {
		return err
	}
	if err := s.savePermit(ctx, t, old, PermitRenewed, w); err != nil {
		return err
	}
	return s.permitDone(ctx, t, old, "permit_renewed")
}

// watchPermit sets the clock on a permit's last days.
func (s *Service) watchPermit(ctx context.Context, t *caseTurn, p *Permit) error {
	zone := s.zone(t.c.Scheme, t.c.Jurisdiction)
	for _, days := range t.rules.Permit.Warnings.Value {
		if err := s.enqueue(ctx, t.tx, jobPermitExpiring, t.c.ID, p.ID, warningMark(p, days), p.Until.AddDays(-days).StartIn(zone)); err != nil {
			return err
		}
	}
	return s.enqueue(ctx, t.tx, jobPermitExpired, t.c.ID, p.ID, p.Until.String(), p.Until.AddDays(1).StartIn(zone))
}

// lower is a label inside a sentence.
func lower(label string) string { return strings.ToLower(label) }

func warningMark(p *Permit, days int) string { return fmt.Sprintf("%s:%d", p.Until, days) }

// warns reports whether a mark is of the permit's present last day.
func warns(p *Permit, mark string) bool { return strings.HasPrefix(mark, p.Until.String()+":") }

// permitExpiring tells the provider and the authority.
func (s *Service) permitExpiring(ctx context.Context, tx Tx, j payload) error {
	p, err := tx.Permit(ctx, j.ID)
	if err != nil || p.State != PermitGranted || !warns(p, j.Mark) {
		return err
	}
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	due := p.Until.StartIn(s.zone(c.Scheme, c.Jurisdiction))
	for _, agency := range []core.ID{c.SupportAgency, c.Authority} {
		if err := s.raise(ctx, tx, c, TaskPermitExpiring, agency, due, j.Mark); err != nil {
			return err
		}
	}
	return nil
}

// permitExpired ends a permit whose last day is over.
func (s *Service) permitExpired(ctx context.Context, tx Tx, j payload) error {
	p, err := tx.Permit(ctx, j.ID)
	if err != nil || p.State != PermitGranted || p.Until.String() != j.Mark {
		return err
	}
	c, err := tx.Case(ctx, p.Case)
	if err != nil {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	w, err := s.openPermit(ctx, p)
	if err != nil {
		return err
	}
	t := &caseTurn{by: b, tx: tx, c: c, now: s.clock.Now()}
	if err := s.savePermit(ctx, t, p, PermitExpired, w); err != nil {
		return err
	}
	return s.permitDone(ctx, t, p, "permit_expired")
}

func (s *Service) sealPermit(ctx context.Context, p *Permit, w PermitWords) (err error) {
	p.Sealed, err = seal(ctx, s, p.Person, "support_permit", p.ID, p.Rev, w)
	return err
}

func (s *Service) openPermit(ctx context.Context, p *Permit) (PermitWords, error) {
	return open[PermitWords](ctx, s, p.Person, "support_permit", p.ID, p.Rev, p.Sealed)
}

// PermitView is a permit as those who work with it see it.
type PermitView struct {
	Permit
	Words PermitWords
}

// Papers is what stands on a case about papers and ways on, as far as the reader
// may see it.
type Papers struct {
	Case      core.ID
	Reference string
	Child     bool
	Zone      *time.Location
	Rules     scheme.Rules
	Permits   []PermitView // the newest first
	Warnings  []Task       // open ones of the reader's agency
	MayWork   bool
}

// Papers opens the permits of a case, for those who work with them.
func (s *Service) Papers(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*Papers, error) {
	v := &Papers{}
	err := s.onCase(ctx, actor, purpose, caseID, access.ViewPapers, func(t *caseTurn) error {
		list, err := t.tx.PermitsOf(ctx, t.c.ID)
		if err != nil {
			return err
		}
		*v = Papers{Case: t.c.ID, Reference: t.c.Reference, Child: t.c.Child, Zone: s.zone(t.c.Scheme, t.c.Jurisdiction), Rules: t.rules,
			MayWork: s.policies.Check(actor, purpose, access.WorkPapers, t.c.Resource).Allowed}
		for i := range slices.Backward(list) {
			w, err := s.openPermit(ctx, &list[i])
			if err != nil {
				return err
			}
			v.Permits = append(v.Permits, PermitView{list[i], w})
		}
		if v.Warnings, err = s.ownTasks(ctx, t, TaskPermitExpiring); err != nil {
			return err
		}
		return t.tx.Append(ctx, s.entry(ledger.Read, t.by, t.c.ID, "papers:"+t.c.ID.String()), nil)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// ownTasks are the open tasks of a kind that the actor's agency has on a case.
func (s *Service) ownTasks(ctx context.Context, t *caseTurn, kind string) ([]Task, error) {
	list, err := t.tx.TasksOf(ctx, t.c.ID)
	return slices.DeleteFunc(list, func(k Task) bool { return k.Kind != kind || k.Agency != t.actor.AgencyID }), err
}
