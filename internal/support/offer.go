package support

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/safecontact"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// AskSupport opens a referral to support by hand: emergency support before a
// decision, or support anew.
func (s *Service) AskSupport(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, n Needs) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, caseID)
		if err != nil {
			return err
		}
		b, err := s.allow(actor, purpose, access.AskSupport, c.Resource)
		if err != nil {
			return err
		}
		if err := s.mayOpen(ctx, tx, c); err != nil {
			return err
		}
		rules, err := s.rulesOf(c)
		if err != nil {
			return err
		}
		if err := checkNeeds(&n, rules); err != nil {
			return err
		}
		return s.openRequest(ctx, tx, c, b, kindFor(c), n)
	})
	return s.refused(ctx, actor, purpose, access.AskSupport, err)
}

// kindFor is the kind of support a case gets now: before the first decision it is
// for urgent needs.
func kindFor(c *Case) string {
	if c.State == "submitted" || c.State == "rg_pending" {
		return Emergency
	}
	return Recovery
}

func checkNeeds(n *Needs, rules scheme.Rules) error {
	k := &checker{}
	k.words("who", []string{n.Who}, []string{Women, Men, Families})
	if n.Region != "" {
		k.code("region", n.Region, rules.Support.Regions)
	}
	if n.Avoid != "" {
		k.code("avoid", n.Avoid, rules.Support.Regions)
	}
	if n.Region != "" && n.Region == n.Avoid {
		k.add("avoid", "needs.region", "The same region is wished for and to be avoided. Change one of them.")
	}
	k.languages("languages", n.Languages...)
	if n.Dependants < 0 || n.Dependants > 15 {
		k.add("dependants", "range", "Enter how many people depend on them, from 0 to 15.")
	}
	return k.err()
}

// mayOpen says why support cannot be asked for now, if it cannot. Help never
// depends on cooperating with anybody; it does depend on wanting it.
func (s *Service) mayOpen(ctx context.Context, r Reader, c *Case) error {
	switch {
	case !c.Referral:
		return core.E(core.NotNow, "support.no_consent", "A notification without the person's consent opens no support. Support can be asked for once they agree to be referred.")
	case c.Child:
		return core.E(core.NotNow, "support.child", "A child is looked after by the local authority, which has been told. Support for adults opens when they come of age.")
	case !c.Consent:
		return core.E(core.NotNow, "support.no_consent", "The person has not agreed to support. Record their consent first.")
	case !c.Live || c.State == "rg_negative" || c.State == "cg_negative":
		return core.E(core.NotNow, "support.case_closed", "This case is closed or was decided against, so no support opens on it. Ask for a reconsideration, or refer the person again.")
	case !c.SupportAgency.IsZero():
		return core.E(core.Conflict, "support.running", "A provider supports this person already. Nothing else needs to be asked for.")
	}
	requests, err := r.RequestsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(requests, func(q Request) bool { return q.State == RequestOpen }) {
		return core.E(core.Conflict, "support.open_already", "Support has been asked for already, and providers are being asked. See the case's page for how far it is.")
	}
	return nil
}

func (s *Service) openRequest(ctx context.Context, tx Tx, c *Case, b by, kind string, n Needs) error {
	rules, err := s.rulesOf(c)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	r := &Request{ID: s.ids.New(), Rev: 1, Case: c.ID, Person: c.Person, Authority: c.Authority, Kind: kind, State: RequestOpen, Needs: n,
		OpenedAt: now, DueAt: rules.Support.Target.Value.After(now)}
	if err := tx.AddRequest(ctx, r); err != nil {
		return err
	}
	if err := s.event(ctx, tx, c, b, "support_asked", kind); err != nil {
		return err
	}
	if err := s.record(ctx, tx, b, c.ID, "support-request:"+r.ID.String(), r); err != nil {
		return err
	}
	if err := s.enqueue(ctx, tx, jobRequestDue, c.ID, r.ID, "", r.DueAt); err != nil {
		return err
	}
	return s.offerNext(ctx, tx, c, r, rules, false)
}

// offerNext asks the next provider in the order, when nobody is being asked. When
// nobody is left, the authority is told.
func (s *Service) offerNext(ctx context.Context, tx Tx, c *Case, r *Request, rules scheme.Rules, again bool) error {
	offers, err := tx.OffersOf(ctx, r.ID)
	if err != nil {
		return err
	}
	asked := map[core.ID]bool{}
	for _, o := range offers {
		if o.State == OfferWaiting {
			return nil
		}
		asked[o.Agency] = asked[o.Agency] || !again || o.Declined != "no_place"
	}
	all, err := tx.Candidates(ctx, s.todayOf(c), r.Needs)
	if err != nil {
		return err
	}
	ranked := slices.DeleteFunc(order(all, r.Needs), func(x Ranked) bool { return asked[x.Agency] })
	if len(ranked) == 0 {
		return s.escalate(ctx, tx, c, r)
	}
	within := rules.Support.OfferAnswer.Value
	if r.Kind == Emergency {
		within = rules.Support.EmergencyAnswer.Value
	}
	now := s.clock.Now()
	o := &Offer{ID: s.ids.New(), Rev: 1, Request: r.ID, Case: r.Case, Agency: ranked[0].Agency, State: OfferWaiting, Place: len(offers) + 1,
		Reasons: ranked[0].Reasons, OfferedAt: now, AnswerBy: within.After(now)}
	if err := tx.AddOffer(ctx, o); err != nil {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	if err := s.record(ctx, tx, b, c.ID, "offer:"+o.ID.String(), o); err != nil {
		return err
	}
	return s.enqueue(ctx, tx, JobOfferDue, c.ID, o.ID, "", o.AnswerBy)
}

// escalate tells the authority that nobody has accepted, once.
func (s *Service) escalate(ctx context.Context, tx Tx, c *Case, r *Request) error {
	if r.EscalatedAt.IsZero() {
		readRev := r.Rev
		r.Rev, r.EscalatedAt = readRev+1, s.clock.Now()
		if err := tx.SaveRequest(ctx, r, readRev); err != nil {
			return err
		}
	}
	return s.raise(ctx, tx, c, TaskUnanswered, c.Authority, s.clock.Now(), r.ID.String())
}

// raise adds a task and, when it is new, its ledger entry.
func (s *Service) raise(ctx context.Context, tx Tx, c *Case, kind string, agency core.ID, due time.Time, detail string) error {
	if agency.IsZero() {
		return nil
	}
	t := Task{ID: s.ids.New(), Case: c.ID, Kind: kind, Agency: agency, DueAt: due, CreatedAt: s.clock.Now(), Detail: detail}
	added, err := tx.RaiseTask(ctx, t)
	if err != nil || !added {
		return err
	}
	b, err := s.clockOn(c)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, b, c.ID, "task:"+t.ID.String(), kind)
}

// OfferView is an offer with the needs it is about. It holds no identity.
type OfferView struct {
	Offer
	Kind  string
	Needs Needs
	Open  bool  // nobody has accepted yet
	Beds  []Bed // free ones of the actor's agency that fit
}

// Offers lists what waits for an answer of the actor's agency, least time left
// first.
func (s *Service) Offers(ctx context.Context, actor core.Actor, purpose core.Purpose, limit int) ([]OfferView, error) {
	if _, err := s.allow(actor, purpose, access.ViewOffer, access.Resource{Type: access.Offer, Provider: actor.AgencyID}); err != nil {
		return nil, err
	}
	offers, err := s.store.OffersTo(ctx, actor.AgencyID, []OfferState{OfferWaiting, OfferLapsed}, min(max(limit, 1), pageMax))
	if err != nil {
		return nil, err
	}
	list := make([]OfferView, 0, len(offers))
	for _, o := range offers {
		r, err := s.store.Request(ctx, o.Request)
		if err != nil {
			return nil, err
		}
		list = append(list, OfferView{Offer: o, Kind: r.Kind, Needs: r.Needs, Open: r.State == RequestOpen})
	}
	return list, nil
}

// ViewOffer shows one offer, with the free beds that fit.
func (s *Service) ViewOffer(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*OfferView, error) {
	o, err := s.store.Offer(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.allow(actor, purpose, access.ViewOffer, o.Resource()); err != nil {
		return nil, err
	}
	r, err := s.store.Request(ctx, o.Request)
	if err != nil {
		return nil, err
	}
	v := &OfferView{Offer: *o, Kind: r.Kind, Needs: r.Needs, Open: r.State == RequestOpen}
	v.Beds, err = s.store.FreeBeds(ctx, o.Agency, r.Needs.Who, r.Needs.Accessible, 1+r.Needs.Dependants, pageMax)
	return v, err
}

// Decline says no to an offer, with a reason. The next provider is asked in the
// same transaction.
func (s *Service) Decline(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, reason string) error {
	return s.answer(ctx, actor, purpose, id, func(tx Tx, o *Offer, r *Request, c *Case, b by, rules scheme.Rules) error {
		k := &checker{}
		k.code("reason", reason, rules.Support.DeclineReasons)
		if err := k.err(); err != nil {
			return err
		}
		o.Declined = reason
		if err := s.closeOffer(ctx, tx, o, OfferDeclined, actor.UserID); err != nil {
			return err
		}
		if err := s.record(ctx, tx, b, c.ID, "offer:"+o.ID.String(), o); err != nil {
			return err
		}
		return s.offerNext(ctx, tx, c, r, rules, false)
	})
}

func (s *Service) closeOffer(ctx context.Context, tx Tx, o *Offer, to OfferState, by core.ID) error {
	if !o.State.MayBecome(to) {
		return fmt.Errorf("support: an offer went from %s to %s, which the state table does not have", o.State, to)
	}
	readRev := o.Rev
	o.Rev, o.State, o.AnsweredAt, o.AnsweredBy = readRev+1, to, s.clock.Now(), by
	return tx.SaveOffer(ctx, o, readRev)
}

var (
	errTaken     = core.E(core.Conflict, "support.taken", "Another provider accepted first. You need do nothing; none of your beds was taken.")
	errNotNeeded = core.E(core.NotNow, "support.not_needed", "This place is no longer needed. You need do nothing.")
	errNotAsked  = core.E(core.NotNow, "support.not_asked", "This person has not agreed to support yet; the authority is asking them. Your answer is still needed: try again when you are told, or decline.")
	errAnswered  = core.E(core.Conflict, "support.answered", "Somebody of your organisation has answered this already.")
)

// answer opens an offer for an answer.
func (s *Service) answer(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, give func(tx Tx, o *Offer, r *Request, c *Case, b by, rules scheme.Rules) error) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		o, err := tx.Offer(ctx, id)
		if err != nil {
			return err
		}
		b, err := s.allow(actor, purpose, access.AnswerOffer, o.Resource())
		if err != nil {
			return err
		}
		r, err := tx.Request(ctx, o.Request)
		if err != nil {
			return err
		}
		switch {
		case o.State == OfferAccepted || o.State == OfferDeclined:
			return errAnswered
		case r.State == RequestAccepted:
			return errTaken
		case r.State != RequestOpen || !o.State.MayBecome(OfferAccepted):
			return errNotNeeded
		}
		c, err := tx.Case(ctx, o.Case)
		if err != nil {
			return err
		}
		rules, err := s.rulesOf(c)
		if err != nil {
			return err
		}
		return give(tx, o, r, c, b, rules)
	})
	return s.refused(ctx, actor, purpose, access.AnswerOffer, err)
}

// Accept says yes with a bed. The first yes wins; whoever comes second is told and
// loses nothing. From this moment, and not before, the provider knows who it is.
func (s *Service) Accept(ctx context.Context, actor core.Actor, purpose core.Purpose, id, bedID core.ID) (file core.ID, err error) {
	err = s.answer(ctx, actor, purpose, id, func(tx Tx, o *Offer, r *Request, c *Case, b by, rules scheme.Rules) error {
		switch ok, err := s.inForce(ctx, tx, o.Agency); {
		case err != nil:
			return err
		case !ok:
			return errAgreementEnded
		}
		if !c.SupportAgency.IsZero() {
			return errTaken
		}
		if !c.Consent && c.WasChild && c.Live {
			return errNotAsked
		}
		if !c.Consent || !c.Live {
			return errNotNeeded
		}
		// The referral first: whoever loses the race for it must not hold a bed.
		if err := s.closeRequest(ctx, tx, r, RequestAccepted, "", o.Agency); err != nil {
			return lost(err, errTaken)
		}
		bed, err := s.bedFor(ctx, tx, o, r, bedID)
		if err != nil {
			return err
		}
		if err := s.closeOffer(ctx, tx, o, OfferAccepted, actor.UserID); err != nil {
			return lost(err, errAnswered)
		}
		file, err = s.begin(ctx, tx, o, r, c, b, bed, rules)
		return err
	})
	return file, err
}

// lost turns the conflict of whoever came second into words.
func lost(err error, words *core.Error) error {
	if core.KindOf(err) == core.Conflict {
		return words
	}
	return err
}

var errBedTaken = &core.Error{Kind: core.Conflict, Code: "bed.taken", Msg: "This bed was taken a moment ago.",
	Fields: []core.Field{{Name: "bed", Code: "bed.taken", Msg: "This bed was taken a moment ago. Choose another one; the list shows what is free now."}}}

// bedFor reserves the chosen bed.
func (s *Service) bedFor(ctx context.Context, tx Tx, o *Offer, r *Request, id core.ID) (*Bed, error) {
	k := &checker{}
	bed, err := tx.Bed(ctx, id)
	switch {
	case core.KindOf(err) == core.NotFound || err == nil && bed.Agency != o.Agency:
		k.add("bed", "required", "Choose one of your free beds.")
		return nil, k.err()
	case err != nil:
		return nil, err
	}
	p, err := tx.Place(ctx, bed.Place)
	if err != nil {
		return nil, err
	}
	n := r.Needs
	switch {
	case n.Who != "" && !slices.Contains(p.Attributes, n.Who):
		k.add("bed", "bed.unfit", "This place is not for them. Choose a bed in a place for "+strings.ToLower(AttributeLabel(n.Who))+".")
	case n.Accessible && !slices.Contains(p.Attributes, Accessible):
		k.add("bed", "bed.unfit", "They need a step-free place. Choose a bed in one.")
	case bed.Sleeps < 1+n.Dependants:
		k.add("bed", "bed.small", fmt.Sprintf("This room takes %d. Choose one that takes %d.", bed.Sleeps, 1+n.Dependants))
	case bed.State != Free:
		return nil, errBedTaken
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	if err := tx.MoveBed(ctx, bed.ID, Free, Reserved, s.clock.Now()); err != nil {
		return nil, lost(err, errBedTaken)
	}
	return bed, nil
}

// begin opens the support file and the case to the provider.
func (s *Service) begin(ctx context.Context, tx Tx, o *Offer, r *Request, c *Case, b by, bed *Bed, rules scheme.Rules) (core.ID, error) {
	now := s.clock.Now()
	f := &File{ID: s.ids.New(), Rev: 1, Case: c.ID, Request: r.ID, Person: c.Person, Agency: o.Agency, Authority: c.Authority, Kind: r.Kind,
		Phase: Accommodation, State: Running, StartedAt: now}
	if err := tx.AddFile(ctx, f); err != nil {
		return f.ID, lost(err, errTaken)
	}
	stay := &Stay{ID: s.ids.New(), Rev: 1, File: f.ID, Person: c.Person, Bed: bed.ID, Place: bed.Place, Agency: o.Agency, State: StayReserved, ReservedAt: now}
	if err := tx.AddStay(ctx, stay); err != nil {
		return f.ID, lost(err, errPersonHoused)
	}
	if err := tx.SetSupportAgency(ctx, c, o.Agency, now); err != nil {
		return f.ID, err
	}
	if err := s.takenOver(ctx, tx, c); err != nil {
		return f.ID, err
	}
	if err := s.takeBackOffers(ctx, tx, r.ID); err != nil {
		return f.ID, err
	}
	if err := tx.CloseTasks(ctx, c.ID, c.Authority, []string{TaskUnanswered}, "", now, b.actor.UserID); err != nil {
		return f.ID, err
	}
	if err := s.enqueue(ctx, tx, jobArrivalDue, c.ID, stay.ID, "", rules.Support.Arrival.Value.After(now)); err != nil {
		return f.ID, err
	}
	if err := s.event(ctx, tx, c, b, "support_accepted", r.Kind); err != nil {
		return f.ID, err
	}
	return f.ID, s.record(ctx, tx, b, c.ID, "support:"+f.ID.String(), f)
}

var errPersonHoused = core.E(core.Conflict, "stay.person_housed", "This person has a bed already. End that stay first, or move them from there.")

func (s *Service) closeRequest(ctx context.Context, tx Tx, r *Request, to RequestState, reason string, by core.ID) error {
	if !r.State.MayBecome(to) {
		return errTaken
	}
	readRev := r.Rev
	r.Rev, r.State, r.ClosedAt, r.ClosedReason, r.AcceptedBy = readRev+1, to, s.clock.Now(), reason, by
	return tx.SaveRequest(ctx, r, readRev)
}

// takeBackOffers tells everybody who is still asked that they need do nothing.
func (s *Service) takeBackOffers(ctx context.Context, tx Tx, request core.ID) error {
	offers, err := tx.OffersOf(ctx, request)
	if err != nil {
		return err
	}
	for i := range offers {
		if !offers[i].State.MayBecome(OfferTaken) {
			continue
		}
		if err := s.closeOffer(ctx, tx, &offers[i], OfferTaken, core.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// coarse reads the coarse needs off a referral. Of the sealed contact section it
// takes the language and whether a region is named; nothing else leaves it.
func (s *Service) coarse(ctx context.Context, r Reader, c *Case, rules scheme.Rules) (Needs, error) {
	n := Needs{Who: map[string]string{"feminine": Women, "masculine": Men}[c.Gender]}
	if slices.Contains(c.UrgentNeeds, "children") {
		n.Who, n.Dependants = Families, 1 // one at least; the provider is told more when it has accepted
	}
	sealed, version, err := r.ContactSection(ctx, c.ID)
	if err != nil || len(sealed) == 0 {
		return n, err
	}
	contact, err := vault.OpenJSON[struct {
		safecontact.Terms
		Region string `json:"region"`
	}](ctx, s.vault, contactRef(c, version), sealed)
	if err != nil {
		return n, err
	}
	if contact.Language != "" {
		n.Languages = []string{contact.Language}
	}
	for _, region := range rules.Support.Regions {
		if strings.EqualFold(region.Label, strings.TrimSpace(contact.Region)) {
			n.Region = region.Code
		}
	}
	return n, nil
}

func contactRef(c *Case, version int) vault.Ref {
	return vault.Ref{Person: c.Person, Table: "case_section", Row: c.ID.String(), Field: "contact", Version: version}
}

func (s *Service) enqueue(ctx context.Context, tx Tx, kind string, caseID, id core.ID, mark string, at time.Time) error {
	p, err := json.Marshal(payload{Case: caseID, ID: id, Mark: mark})
	if err != nil {
		return fmt.Errorf("support: job payload: %w", err)
	}
	return tx.Enqueue(ctx, job.Job{ID: s.ids.New(), Kind: kind, Key: id.String() + ":" + mark, RunAt: at, Payload: p, Case: caseID})
}
