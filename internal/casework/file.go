package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
)

// Law is what applies to one case: the rules of the day its clock started, the
// catalogue and the calendar of its place, and what day it is there.
type Law struct {
	Rules     scheme.Rules
	Catalogue *scheme.Catalogue
	Calendar  *scheme.Calendar
	Today     core.Date
}

// LawOf returns the law of a case.
func (s *Service) LawOf(c *Case) (Law, error) {
	sch, err := s.schemes.Scheme(c.Scheme)
	if err != nil {
		return Law{}, err
	}
	rules, err := s.rulesOf(c)
	if err != nil {
		return Law{}, err
	}
	cal, err := s.calendar(c.Scheme, c.Jurisdiction)
	if err != nil {
		return Law{}, err
	}
	return Law{Rules: rules, Catalogue: sch.Catalogue(), Calendar: cal, Today: s.todayOf(c)}, nil
}

// Part is one part of a file that is opened by itself, so that the record says
// what was read and not more.
type Part string

// The parts.
const (
	PartSummary   Part = "summary" // identity, narrative and contact with the coded facts
	PartTimeline  Part = "timeline"
	PartDocuments Part = "documents"
	PartNotes     Part = "notes"
	PartRequests  Part = "requests"
	PartTasks     Part = "tasks"
	PartRounds    Part = "rounds"
	PartConsent   Part = "consent"
	PartDecisions Part = "decisions"
	PartLookers   Part = "lookers"
)

// File is a case with some of its parts open. Shows says which parts the actor
// may open at all.
type File struct {
	CaseView
	Law
	Shows map[Part]bool
	Aged  bool // the age group may be shown
}

// File opens the parts of a case. Without parts it opens nothing that is sealed:
// where the case stands, whose it is, and what the actor may do.
func (s *Service) File(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, parts ...Part) (*File, error) {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := asked(ctx, s.store, actor, c); err != nil {
		return nil, err
	}
	status, err := s.require(actor, purpose, access.ViewStatus, c.Resource())
	if err != nil {
		return nil, err
	}
	law, err := s.LawOf(c)
	if err != nil {
		return nil, err
	}
	f := &File{CaseView: CaseView{Case: *c, Can: s.can(actor, purpose, c)}, Law: law}
	o := &opening{s: s, v: &f.CaseView, actor: actor, purpose: purpose, policies: status.Policies}
	f.Shows = o.shows()
	if f.Summary = o.allows(access.ViewSummary); !f.Summary {
		f.hideSummary()
	}
	if o.allows(access.ViewNonRemoval) {
		f.Protected, f.ProtectedTo = protected(c, law.Rules)
	}
	f.Aged = f.Summary || o.allows(access.ViewIdentity)
	f.Lookers = f.Shows[PartLookers]
	return f, o.openParts(ctx, f.Shows, parts)
}

func (o *opening) shows() map[Part]bool {
	inside := o.actor.AgencyID == o.v.Authority
	timeline := o.allows(access.ViewTimeline)
	return map[Part]bool{
		PartSummary:   true,
		PartTimeline:  timeline,
		PartDocuments: o.allows(access.ViewDocuments) || o.allows(access.ViewOwnDocuments) || o.v.Can[CmdAddEvidence],
		PartNotes:     o.allows(access.ViewNotes) || o.allows(access.ViewSharedNotes),
		PartRequests:  inside || o.v.Can[CmdAnswerInfo],
		PartTasks:     timeline || o.allows(access.CompleteTask),
		PartRounds:    timeline,
		PartConsent:   timeline || o.v.Can[CmdRecordConsent] || o.v.Can[CmdWithdrawConsent],
		PartDecisions: true,
		PartLookers:   o.allows(access.ViewLookers),
	}
}

// sealedParts are the actions whose sections a part opens.
var sealedParts = map[Part][]access.Action{
	PartSummary:   {access.ViewIdentity, access.ViewNarrative, access.ViewContact},
	PartDocuments: {access.ViewDocuments, access.ViewOwnDocuments},
	PartNotes:     {access.ViewNotes, access.ViewSharedNotes},
	PartRequests:  {access.RequestInfo, access.AnswerInfoRequest},
	PartDecisions: {access.ViewDecision},
}

func (o *opening) openParts(ctx context.Context, shows map[Part]bool, parts []Part) error {
	if slices.ContainsFunc(parts, func(p Part) bool { return !shows[p] }) {
		return errNotFound
	}
	if err := o.recordParts(ctx, parts); err != nil {
		return err
	}
	steps := map[Part]func(context.Context) error{
		PartTimeline: o.openTimeline, PartDocuments: o.openDocuments, PartNotes: o.openNotes, PartRequests: o.openRequests,
		PartTasks: o.openTasks, PartRounds: o.openRounds, PartConsent: o.openConsents, PartDecisions: o.openDecisions,
	}
	if !o.v.Withheld {
		steps[PartSummary] = o.openSections
	}
	for _, p := range parts {
		step, ok := steps[p]
		if !ok {
			continue
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// recordParts writes into the ledger what is about to be opened.
func (o *opening) recordParts(ctx context.Context, parts []Part) error {
	action := access.ViewStatus
	for _, p := range parts {
		for _, a := range sealedParts[p] {
			d := o.s.policies.Check(o.actor, o.purpose, a, o.v.Resource())
			if !d.Allowed {
				continue
			}
			name := LedgerAction(a)
			if p != PartSummary {
				name = string(p)
			}
			if name == "view_identity" {
				action = access.ViewIdentity
			}
			o.opened = append(o.opened, strings.TrimPrefix(name, "view_"))
			o.policies = append(o.policies, d.Policies...)
		}
		if p == PartRequests { // reviewers and managers read what they may not ask
			o.opened = append(o.opened, string(p))
		}
	}
	if len(o.opened) == 0 {
		return nil
	}
	slices.Sort(o.opened)
	o.opened = slices.Compact(o.opened)
	return o.recordOpened(ctx, action)
}

// openTasks shows an agency its own tasks, and all of them to oversight.
func (o *opening) openTasks(ctx context.Context) error {
	tasks, err := o.s.store.Tasks(ctx, o.v.ID)
	if err != nil {
		return err
	}
	o.v.Tasks = nil
	for _, t := range tasks {
		if t.AgencyID == o.actor.AgencyID || o.actor.AgencyKind == core.Oversight {
			o.v.Tasks = append(o.v.Tasks, t)
		}
	}
	return nil
}

func (o *opening) openConsents(ctx context.Context) error {
	var err error
	o.v.Consents, err = o.s.store.Consents(ctx, o.v.ID)
	return err
}

// recordOpened writes what is opened. When nothing can be written the sealed
// parts are withheld instead, and reading the rest goes on.
func (o *opening) recordOpened(ctx context.Context, action access.Action) error {
	entry := o.s.entry(ledger.Read, o.actor, o.purpose, action, o.v.ID, "sections:"+strings.Join(o.opened, ","), distinct(o.policies))
	err := o.s.store.Write(ctx, func(tx Tx) error { return tx.Append(ctx, entry, nil) })
	if core.KindOf(err) == core.Unavailable {
		o.v.Withheld = true
		return nil
	}
	return err
}

// MayNow says whether the actor may give the command to the case as it stands:
// nil, that it is not theirs to give, or that it is not possible now.
func (s *Service) MayNow(actor core.Actor, purpose core.Purpose, c *Case, cmd Command) error {
	if _, err := s.policies.Require(actor, purpose, table[cmd].Action, c.Resource()); err != nil {
		return err
	}
	if !cmd.allowedFrom(c.State, c.Kind) {
		return errNotNow(cmd, c)
	}
	if cmd == CmdReviewReconsideration && hadPart(actor, c) {
		return errPart
	}
	return nil
}

// Review is the command by which a second reviewer answers a proposed decision
// of the kind.
func (k DecisionKind) Review() Command { return reviewCommands[k] }

// DecisionOf is the decision that the state of a case calls for, and the command
// that takes it; none where nothing is to be decided.
func DecisionOf(c *Case) (DecisionKind, Command) {
	switch c.State {
	case RGPending:
		return ReasonableGrounds, CmdDecideRG
	case Recovery, CGPending:
		return ConclusiveGrounds, CmdDecideCG
	case Reconsideration:
		return Reconsidered, CmdReconsider
	}
	return NoDecision, CmdDecideRG
}

// CheckDecision says what stands in the way of a decision, before it is taken:
// for the preview of its letter. Taking it checks the same again.
func CheckDecision(f *File, kind DecisionKind, form *DecisionForm) error {
	if err := tooEarly(&f.Case, kind, form.Outcome, f.Rules); err != nil {
		return err
	}
	return core.InvalidFields(checkDecision(kind, form, &f.Case, f.Rules, f.Catalogue))
}

// tooEarly refuses a negative conclusive decision while the recovery period runs.
func tooEarly(c *Case, kind DecisionKind, outcome Outcome, rules scheme.Rules) error {
	if kind == ConclusiveGrounds && outcome == Negative && c.State == Recovery && rules.CG.NegativeNotBeforeRecoveryEnds.Value {
		return core.E(core.NotNow, "cg.too_early", fmt.Sprintf("A negative conclusive-grounds decision is not possible before the recovery period ends on %s.", c.RecoveryUntil.Long()))
	}
	return nil
}
