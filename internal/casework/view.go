package casework

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/vault"
)

// CaseView is a case as far as the actor may see it. What they may not see is
// absent, and Can says what they may do now.
type CaseView struct {
	Case
	Summary     bool // the coded facts may be shown
	Identity    *Identity
	Narrative   *Narrative
	Contact     *Contact
	Events      []Event
	Consents    []Consent
	Decisions   []DecisionView
	Requests    []InfoRequestView
	Tasks       []Task
	Notes       []NoteView
	Documents   []DocumentView
	Rounds      []Case
	Lookers     bool // the list of who has looked may be shown
	Protected   bool // the non-removal marker stands
	ProtectedTo core.Date
	Can         map[Command]bool
	// Withheld says that identities could not be shown because the access
	// could not be recorded (the disk is full); everything else is there.
	Withheld bool
}

// DecisionView is a decision with its words, where they may be seen.
type DecisionView struct {
	Decision
	Words *Reasons
}

// InfoRequestView is a request for information in words.
type InfoRequestView struct {
	InfoRequest
	Ask, Reply core.Secret
}

// NoteView is a note in words.
type NoteView struct {
	Note
	Text core.Secret
}

// View opens a case for the actor. Every section that holds words about the
// person is opened only when access allows it, and the opening is in the ledger
// before anything is returned.
func (s *Service) View(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*CaseView, error) {
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
	rules, err := s.rulesOf(c)
	if err != nil {
		return nil, err
	}
	v := &CaseView{Case: *c, Can: s.can(actor, purpose, c)}
	o := &opening{s: s, v: v, actor: actor, purpose: purpose, policies: status.Policies}
	if o.allows(access.ViewSummary) {
		v.Summary = true
	} else {
		v.hideSummary()
	}
	if err := o.record(ctx); err != nil {
		return nil, err
	}
	if err := o.open(ctx); err != nil {
		return nil, err
	}
	if o.allows(access.ViewNonRemoval) {
		v.Protected, v.ProtectedTo = protected(c, rules)
	}
	v.Lookers = o.allows(access.ViewLookers)
	return v, nil
}

func (v *CaseView) hideSummary() {
	v.Facts, v.Gender, v.Nationality, v.SecondNationality = Facts{}, "", "", ""
}

// can lists the commands the actor could give now.
func (s *Service) can(actor core.Actor, purpose core.Purpose, c *Case) map[Command]bool {
	can := make(map[Command]bool)
	for cmd, row := range table {
		if cmd.allowedFrom(c.State, c.Kind) && s.may(actor, purpose, row.Action, c) {
			can[cmd] = true
		}
	}
	review := reviewCommands[c.ReviewOf]
	if hadPart(actor, c) {
		review = ""
	}
	for _, cmd := range reviewCommands {
		if cmd != review {
			delete(can, cmd)
		}
	}
	if c.ReviewOf != NoDecision {
		for _, cmd := range []Command{CmdDecideRG, CmdDecideCG, CmdReconsider, CmdEndRecovery} {
			delete(can, cmd)
		}
	}
	return can
}

// opening is one view being put together.
type opening struct {
	s        *Service
	v        *CaseView
	actor    core.Actor
	purpose  core.Purpose
	policies []string
	opened   []string
}

func (o *opening) allows(a access.Action) bool {
	return o.s.may(o.actor, o.purpose, a, &o.v.Case)
}

// sensitive are the sections whose opening is recorded.
var sensitive = []access.Action{access.ViewIdentity, access.ViewNarrative, access.ViewContact, access.ViewDecision, access.ViewNotes, access.ViewSharedNotes}

// record writes which sections are about to be opened. When the entry cannot
// be written because nothing can, identities are withheld and the rest is
// shown: reading goes on.
func (o *opening) record(ctx context.Context) error {
	for _, a := range sensitive {
		if d := o.s.policies.Check(o.actor, o.purpose, a, o.v.Resource()); d.Allowed {
			o.opened = append(o.opened, strings.TrimPrefix(LedgerAction(a), "view_"))
			o.policies = append(o.policies, d.Policies...)
		}
	}
	if len(o.opened) == 0 {
		return nil
	}
	action := access.ViewStatus
	if slices.Contains(o.opened, "identity") {
		action = access.ViewIdentity
	}
	return o.recordOpened(ctx, action)
}

func distinct(list []string) []string {
	slices.Sort(list)
	out := slices.Compact(list)
	const most = 16 // what one ledger entry holds
	return out[:min(len(out), most)]
}

func (o *opening) open(ctx context.Context) error {
	steps := []func(context.Context) error{o.openTimeline, o.openDecisions, o.openRequests, o.openNotes, o.openDocuments}
	if !o.v.Withheld {
		steps = append([]func(context.Context) error{o.openSections}, steps...)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (o *opening) openSections(ctx context.Context) error {
	identity, narrative, contact := o.allows(access.ViewIdentity), o.allows(access.ViewNarrative), o.allows(access.ViewContact)
	if !identity && !narrative && !contact {
		return nil
	}
	c := &o.v.Case
	sections, err := o.s.store.Sections(ctx, c.ID)
	if err != nil {
		return err
	}
	if identity {
		v, err := openSection[Identity](ctx, o.s, c, sections, SectionIdentity)
		if err != nil {
			return err
		}
		o.v.Identity = &v
	}
	if narrative {
		v, err := openSection[Narrative](ctx, o.s, c, sections, SectionNarrative)
		if err != nil {
			return err
		}
		o.v.Narrative = &v
	}
	if contact {
		v, err := openSection[Contact](ctx, o.s, c, sections, SectionContact)
		if err != nil {
			return err
		}
		o.v.Contact = &v
	}
	return nil
}

func (o *opening) openTimeline(ctx context.Context) error {
	if !o.allows(access.ViewTimeline) {
		return nil
	}
	events, err := o.s.store.Events(ctx, o.v.ID)
	if err != nil {
		return err
	}
	inside := o.actor.AgencyID == o.v.Authority || o.actor.AgencyKind == core.Oversight
	for _, e := range events {
		if e.Shared || inside {
			o.v.Events = append(o.v.Events, e)
		}
	}
	if o.v.Consents, err = o.s.store.Consents(ctx, o.v.ID); err != nil {
		return err
	}
	tasks, err := o.s.store.Tasks(ctx, o.v.ID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.AgencyID == o.actor.AgencyID || o.actor.AgencyKind == core.Oversight {
			o.v.Tasks = append(o.v.Tasks, t)
		}
	}
	return o.openRounds(ctx)
}

// openRounds lists the person's other rounds, as far as each may be seen, and
// numbers all of them in the order they came: what a round's own row says is what
// was known when it was referred.
func (o *opening) openRounds(ctx context.Context) error {
	rounds, err := o.s.store.Rounds(ctx, &o.v.Case)
	if err != nil {
		return err
	}
	number := map[core.ID]int{}
	all := append(slices.Clone(rounds), o.v.Case)
	slices.SortFunc(all, func(a, b Case) int {
		return cmp.Or(a.SubmittedAt.Compare(b.SubmittedAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	for i := range all {
		number[all[i].ID] = i + 1
	}
	o.v.Round = number[o.v.ID]
	for _, r := range rounds {
		r.Round = number[r.ID]
		if o.s.may(o.actor, o.purpose, access.ViewStatus, &r) {
			o.v.Rounds = append(o.v.Rounds, r)
		}
	}
	return nil
}

// openDecisions shows the outcome of what was served to everybody who sees the
// case, proposals to the authority only, and the words where access allows.
func (o *opening) openDecisions(ctx context.Context) error {
	list, err := o.s.store.Decisions(ctx, o.v.ID)
	if err != nil {
		return err
	}
	words := o.allows(access.ViewDecision) && !o.v.Withheld
	for _, d := range list {
		if d.ServedAt.IsZero() && !words {
			continue
		}
		view := DecisionView{Decision: d}
		if words {
			reasons, err := vault.OpenJSON[Reasons](ctx, o.s.vault, decisionRef(&o.v.Case, &d), d.Sealed)
			if err != nil {
				return err
			}
			view.Words = &reasons
		}
		view.Sealed = nil
		o.v.Decisions = append(o.v.Decisions, view)
	}
	return nil
}

func (o *opening) openRequests(ctx context.Context) error {
	inside := o.actor.AgencyID == o.v.Authority
	if !inside && !o.v.Can[CmdAnswerInfo] {
		return nil
	}
	list, err := o.s.store.InfoRequests(ctx, o.v.ID)
	if err != nil || o.v.Withheld {
		return err
	}
	for _, r := range list {
		if !inside && r.AgencyID != o.actor.AgencyID {
			continue
		}
		view := InfoRequestView{InfoRequest: r}
		if view.Ask, err = o.s.openText(ctx, o.v.PersonID, "info_request", r.ID, "question", r.Question); err != nil {
			return err
		}
		if view.Reply, err = o.s.openText(ctx, o.v.PersonID, "info_request", r.ID, "answer", r.Answer); err != nil {
			return err
		}
		o.v.Requests = append(o.v.Requests, view)
	}
	return nil
}

func (o *opening) openNotes(ctx context.Context) error {
	internal, shared := o.allows(access.ViewNotes), o.allows(access.ViewSharedNotes)
	if o.v.Withheld || !internal && !shared {
		return nil
	}
	list, err := o.s.store.Notes(ctx, o.v.ID)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.Shared && !shared || !n.Shared && !internal {
			continue
		}
		text, err := o.s.openText(ctx, o.v.PersonID, "note", n.ID, "text", n.Sealed)
		if err != nil {
			return err
		}
		o.v.Notes = append(o.v.Notes, NoteView{Note: n, Text: text})
	}
	return nil
}

func (o *opening) openDocuments(ctx context.Context) error {
	all, own := o.allows(access.ViewDocuments), o.allows(access.ViewOwnDocuments)
	if o.v.Withheld || !all && !own {
		return nil
	}
	var err error
	o.v.Documents, err = o.s.documentViews(ctx, o.v.ID, func(d *Document) bool { return all || d.AgencyID == o.actor.AgencyID })
	return err
}

// Status is the part of a case that the API tells the agency that referred it.
func (s *Service) Status(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*Case, error) {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.require(actor, purpose, access.ViewStatus, c.Resource()); err != nil {
		return nil, err
	}
	return c, nil
}
