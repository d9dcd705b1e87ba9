package support

import (
	"context"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/scheme"
	"clew/internal/vault"
)

// SaveAgreement adds a service agreement (zero id) or changes one. An agreement
// that has ended keeps what ran under it.
func (s *Service) SaveAgreement(ctx context.Context, actor core.Actor, purpose core.Purpose, a Agreement) (core.ID, error) {
	b, err := s.allow(actor, purpose, access.ManageAgreements, access.Whole())
	if err != nil {
		return core.ID{}, s.refused(ctx, actor, purpose, access.ManageAgreements, err)
	}
	rules, err := s.rules()
	if err != nil {
		return core.ID{}, err
	}
	if err := checkAgreement(&a, rules); err != nil {
		return core.ID{}, err
	}
	isNew := a.ID.IsZero()
	if isNew {
		a.ID = s.ids.New()
	}
	readRev := a.Rev
	a.Rev, a.UpdatedAt = readRev+1, s.clock.Now()
	return a.ID, s.store.Write(ctx, func(tx Tx) error {
		if err := checkParent(ctx, tx, &a); err != nil {
			return err
		}
		save := func() error { return tx.SaveAgreement(ctx, &a, readRev) }
		if isNew {
			save = func() error { return tx.AddAgreement(ctx, &a) }
		}
		if err := save(); err != nil {
			return err
		}
		return s.record(ctx, tx, b, core.ID{}, "agreement:"+a.ID.String(), a)
	})
}

func checkAgreement(a *Agreement, rules scheme.Rules) error {
	k := &checker{}
	k.need(!a.Agency.IsZero(), "agency", "Choose the provider.")
	k.need(!a.From.IsZero(), "from", "Enter the first day of the agreement.")
	if !a.Until.IsZero() && a.Until.Before(a.From) {
		k.add("until", "date.order", "The last day is before the first. Enter a later one, or leave it empty.")
	}
	k.need(a.Standards != "", "standards", "Enter the version of the service standards that was agreed.")
	k.text("standards", core.Secret(a.Standards), MaxShort)
	k.need(len(a.Services) > 0, "services", "Choose what the provider gives.")
	k.words("services", a.Services, Services)
	k.need(len(a.Takes) > 0, "takes", "Choose whom the provider takes.")
	k.words("takes", a.Takes, Attributes)
	k.words("regions", a.Regions, scheme.Codes(rules.Support.Regions))
	k.languages("languages", a.Languages...)
	return k.err()
}

// checkParent holds a subcontract inside what it stands on.
func checkParent(ctx context.Context, tx Tx, a *Agreement) error {
	if a.Parent.IsZero() {
		return nil
	}
	k := &checker{}
	parent, err := tx.Agreement(ctx, a.Parent)
	switch {
	case core.KindOf(err) == core.NotFound:
		k.add("parent", "agreement.unknown", "Choose the provider's agreement that this one stands on.")
		return k.err()
	case err != nil:
		return err
	case parent.ID == a.ID || !parent.Parent.IsZero():
		k.add("parent", "agreement.nested", "A subcontract stands on a provider's own agreement, not on another subcontract.")
	case parent.Agency == a.Agency:
		k.add("agency", "agreement.itself", "A provider does not subcontract to itself. Choose another agency.")
	}
	if a.From.Before(parent.From) || !parent.Until.IsZero() && (a.Until.IsZero() || a.Until.After(parent.Until)) {
		k.add("until", "agreement.longer", "A subcontract lies within the agreement it stands on. Choose days within it.")
	}
	return k.err()
}

// Agreements lists all service agreements, for those who manage them.
func (s *Service) Agreements(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Agreement, error) {
	if _, err := s.allow(actor, purpose, access.ManageAgreements, access.Whole()); err != nil {
		return nil, err
	}
	return s.store.Agreements(ctx, core.ID{})
}

// Agreement is one service agreement.
func (s *Service) Agreement(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*Agreement, error) {
	if _, err := s.allow(actor, purpose, access.ManageAgreements, access.Whole()); err != nil {
		return nil, err
	}
	return s.store.Agreement(ctx, id)
}

// OwnAgreements are those under which the actor's agency gives support.
func (s *Service) OwnAgreements(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Agreement, error) {
	if _, err := s.allow(actor, purpose, access.GiveSupport, access.Whole()); err != nil {
		return nil, err
	}
	return s.store.Agreements(ctx, actor.AgencyID)
}

// inForce reports whether the agency may take somebody new today.
func (s *Service) inForce(ctx context.Context, r Reader, agency core.ID) (bool, error) {
	list, err := r.Agreements(ctx, agency)
	if err != nil {
		return false, err
	}
	today := s.today()
	for i := range list {
		a := &list[i]
		if !a.InForce(today) || !slices.Contains(a.Services, Accommodation) {
			continue
		}
		if a.Parent.IsZero() {
			return true, nil
		}
		parent, err := r.Agreement(ctx, a.Parent)
		if err != nil {
			return false, err
		}
		if parent.InForce(today) {
			return true, nil
		}
	}
	return false, nil
}

var errAgreementEnded = core.E(core.NotNow, "support.agreement_ended",
	"Your service agreement does not run today, so nobody new can be accepted. Support that runs goes on. Ask the authority about a new agreement.")

// PlaceForm is a place as its provider describes it.
type PlaceForm struct {
	Region     string
	Attributes []string
	Where      Whereabouts
}

func checkPlace(f *PlaceForm, rules scheme.Rules) error {
	k := &checker{}
	k.code("region", f.Region, rules.Support.Regions)
	k.need(len(f.Attributes) > 0, "attributes", "Choose whom the place is for.")
	k.words("attributes", f.Attributes, Attributes)
	k.need(f.Where.Name != "", "where.name", "Give the place a name by which your team knows it.")
	k.text("where.name", f.Where.Name, MaxShort)
	k.need(f.Where.Address != "", "where.address", "Enter the address. Only your organisation can ever read it.")
	k.text("where.address", f.Where.Address, MaxText)
	k.text("where.directions", f.Where.Directions, MaxText)
	return k.err()
}

func placeRef(p *Place) vault.Ref {
	return vault.Ref{Person: p.Key, Table: "support_place", Row: p.ID.String(), Field: "whereabouts", Version: p.Rev}
}

// AddPlace adds a place with beds. Where it is gets a key of its own.
func (s *Service) AddPlace(ctx context.Context, actor core.Actor, purpose core.Purpose, f PlaceForm, beds, sleeps int) (core.ID, error) {
	p := Place{ID: s.ids.New(), Rev: 1, Agency: actor.AgencyID, Region: f.Region, Attributes: f.Attributes, UpdatedAt: s.clock.Now()}
	b, err := s.allow(actor, purpose, access.ManagePlace, p.Resource())
	if err != nil {
		return core.ID{}, s.refused(ctx, actor, purpose, access.ManagePlace, err)
	}
	rules, err := s.rules()
	if err != nil {
		return core.ID{}, err
	}
	if err := checkPlace(&f, rules); err != nil {
		return core.ID{}, err
	}
	if err := checkBeds(beds, sleeps); err != nil {
		return core.ID{}, err
	}
	if p.Key, err = s.vault.NewPerson(ctx); err != nil {
		return core.ID{}, err
	}
	if p.Sealed, err = vault.SealJSON(ctx, s.vault, placeRef(&p), f.Where); err != nil {
		return core.ID{}, err
	}
	return p.ID, s.store.Write(ctx, func(tx Tx) error {
		if err := tx.AddPlace(ctx, &p); err != nil {
			return err
		}
		if err := s.addBeds(ctx, tx, &p, 0, beds, sleeps); err != nil {
			return err
		}
		return s.record(ctx, tx, b, core.ID{}, "place:"+p.ID.String(), p)
	})
}

func checkBeds(beds, sleeps int) error {
	k := &checker{}
	if beds < 1 || beds > maxBeds {
		k.add("beds", "range", "Enter a number of beds from 1 to 200.")
	}
	if sleeps < 1 || sleeps > 20 {
		k.add("sleeps", "range", "Enter how many of one party a room takes, from 1 to 20.")
	}
	return k.err()
}

func (s *Service) addBeds(ctx context.Context, tx Tx, p *Place, after, beds, sleeps int) error {
	for i := range beds {
		bed := Bed{ID: s.ids.New(), Rev: 1, Place: p.ID, Agency: p.Agency, Number: after + i + 1, Sleeps: sleeps, State: Free, Since: s.clock.Now()}
		if err := tx.AddBed(ctx, &bed); err != nil {
			return err
		}
	}
	return s.bedFreed(ctx, tx)
}

// ChangePlace changes what a place is.
func (s *Service) ChangePlace(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, f PlaceForm) error {
	return s.onPlace(ctx, actor, purpose, id, rev, func(tx Tx, p *Place, b by) error {
		rules, err := s.rules()
		if err != nil {
			return err
		}
		if err := checkPlace(&f, rules); err != nil {
			return err
		}
		readRev := p.Rev
		p.Rev, p.Region, p.Attributes, p.UpdatedAt = readRev+1, f.Region, f.Attributes, s.clock.Now()
		if p.Sealed, err = vault.SealJSON(ctx, s.vault, placeRef(p), f.Where); err != nil {
			return err
		}
		if err := tx.SavePlace(ctx, p, readRev); err != nil {
			return err
		}
		return s.record(ctx, tx, b, core.ID{}, "place:"+p.ID.String(), p)
	})
}

// AddBeds adds beds to a place.
func (s *Service) AddBeds(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, beds, sleeps int) error {
	if err := checkBeds(beds, sleeps); err != nil {
		return err
	}
	return s.onPlace(ctx, actor, purpose, id, 0, func(tx Tx, p *Place, b by) error {
		have, err := tx.Beds(ctx, []core.ID{p.ID})
		if err != nil {
			return err
		}
		last := 0
		for _, bed := range have {
			last = max(last, bed.Number)
		}
		if last+beds > maxBeds {
			k := &checker{}
			k.add("beds", "range", "A place has 200 beds at most. Add another place.")
			return k.err()
		}
		if err := s.addBeds(ctx, tx, p, last, beds, sleeps); err != nil {
			return err
		}
		return s.record(ctx, tx, b, core.ID{}, "place:"+p.ID.String(), struct{ Beds, Sleeps int }{beds, sleeps})
	})
}

// SetBed takes a bed out of use, or back into it. A bed somebody is in, or that
// is kept for somebody, is left alone.
func (s *Service) SetBed(ctx context.Context, actor core.Actor, purpose core.Purpose, bedID core.ID, to BedState) error {
	bed, err := s.store.Bed(ctx, bedID)
	if err != nil {
		return err
	}
	return s.onPlace(ctx, actor, purpose, bed.Place, 0, func(tx Tx, p *Place, b by) error {
		bed, err := tx.Bed(ctx, bedID)
		if err != nil {
			return err
		}
		byHand := bed.State == Free && to == OutOfUse || bed.State == OutOfUse && to == Free
		if !byHand || !bed.State.MayBecome(to) {
			return core.E(core.NotNow, "bed.not_now", "This bed is "+string(bed.State)+". Only a free bed is taken out of use, and only one out of use is freed; the others follow the people in them.")
		}
		if err := tx.MoveBed(ctx, bedID, bed.State, to, s.clock.Now()); err != nil {
			return err
		}
		if to == Free {
			if err := s.bedFreed(ctx, tx); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, b, core.ID{}, "bed:"+bedID.String(), string(to))
	})
}

func (s *Service) onPlace(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, rev int, change func(tx Tx, p *Place, b by) error) error {
	err := s.store.Write(ctx, func(tx Tx) error {
		p, err := tx.Place(ctx, id)
		if err != nil {
			return err
		}
		b, err := s.allow(actor, purpose, access.ManagePlace, p.Resource())
		if err != nil {
			return err
		}
		if rev != 0 && rev != p.Rev {
			return errChanged
		}
		return change(tx, p, b)
	})
	return s.refused(ctx, actor, purpose, access.ManagePlace, err)
}

// PlaceView is a place with its beds and, for its provider, where it is.
type PlaceView struct {
	Place
	Where Whereabouts
	Beds  []Bed
}

// Board is one page of the actor's own places with their beds.
func (s *Service) Board(ctx context.Context, actor core.Actor, purpose core.Purpose, after core.ID, limit int) (list []PlaceView, more bool, err error) {
	if _, err := s.allow(actor, purpose, access.ViewPlace, access.Resource{Type: access.Place, Provider: actor.AgencyID}); err != nil {
		return nil, false, err
	}
	limit = min(max(limit, 1), pageMax)
	places, err := s.store.Places(ctx, actor.AgencyID, after, limit+1)
	if err != nil {
		return nil, false, err
	}
	if len(places) > limit {
		places, more = places[:limit], true
	}
	keys := make([]core.ID, len(places))
	ids := make([]core.ID, len(places))
	for i, p := range places {
		keys[i], ids[i] = p.Key, p.ID
	}
	if err := s.vault.Warm(ctx, keys...); err != nil {
		return nil, false, err
	}
	beds, err := s.store.Beds(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for i := range places {
		v := PlaceView{Place: places[i]}
		if v.Where, err = vault.OpenJSON[Whereabouts](ctx, s.vault, placeRef(&v.Place), v.Sealed); err != nil {
			return nil, false, err
		}
		v.Where.Address, v.Where.Directions = "", "" // the board needs names; an address is opened one by one
		for _, b := range beds {
			if b.Place == v.ID {
				v.Beds = append(v.Beds, b)
			}
		}
		list = append(list, v)
	}
	return list, more, nil
}

// ViewPlace opens a place with where it is. The opening is in the ledger before
// anything is returned.
func (s *Service) ViewPlace(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (*PlaceView, error) {
	p, err := s.store.Place(ctx, id)
	if err != nil {
		return nil, err
	}
	b, err := s.allow(actor, purpose, access.ViewAddress, p.Resource())
	if err != nil {
		return nil, s.refused(ctx, actor, purpose, access.ViewAddress, err)
	}
	v := &PlaceView{Place: *p}
	if v.Where, err = vault.OpenJSON[Whereabouts](ctx, s.vault, placeRef(p), p.Sealed); err != nil {
		return nil, err
	}
	if v.Beds, err = s.store.Beds(ctx, []core.ID{id}); err != nil {
		return nil, err
	}
	return v, s.opened(ctx, b, core.ID{}, "place:"+id.String())
}

// PlaceName is the name by which the provider's team knows a place.
func (s *Service) PlaceName(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) (core.Secret, error) {
	p, err := s.store.Place(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := s.allow(actor, purpose, access.ViewPlace, p.Resource()); err != nil {
		return "", err
	}
	where, err := vault.OpenJSON[Whereabouts](ctx, s.vault, placeRef(p), p.Sealed)
	return where.Name, err
}

// FreeBeds lists the free beds of the actor's agency.
func (s *Service) FreeBeds(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Bed, error) {
	if _, err := s.allow(actor, purpose, access.ViewPlace, access.Resource{Type: access.Place, Provider: actor.AgencyID}); err != nil {
		return nil, err
	}
	return s.store.FreeBeds(ctx, actor.AgencyID, "", false, 1, pageMax)
}
