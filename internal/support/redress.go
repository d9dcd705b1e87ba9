package support

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/scheme"
)

// What a person chooses about cooperating with an investigation. It is theirs, may
// change at any time, and nothing follows from it: help never depends on
// testifying (Council of Europe Convention, art. 12(6)). It is stored only sealed,
// so that no rule, list or policy can read it.
const (
	CooperationNotAsked  = "not_asked"
	CooperationUndecided = "undecided"
	CooperationYes       = "yes"
	CooperationNo        = "no"
	CooperationStopped   = "stopped"
)

// Cooperations lists them.
var Cooperations = []string{CooperationNotAsked, CooperationUndecided, CooperationYes, CooperationNo, CooperationStopped}

// Redress is a person's links to criminal justice and to compensation, every
// version sealed whole.
type Redress struct {
	CrimeReference  core.Secret `json:"crimeReference,omitempty"`
	SpecialMeasures []string    `json:"specialMeasures,omitempty"` // codes of the scheme
	Cooperation     string      `json:"cooperation,omitempty"`
	ChosenOn        core.Date   `json:"chosenOn,omitzero"`
	OwnWords        core.Secret `json:"ownWords,omitempty"` // about cooperating, as the person put it
	Routes          []string    `json:"routes,omitempty"`   // to compensation, codes of the scheme
	Claims          core.Secret `json:"claims,omitempty"`   // how they stand
}

// RedressVersion is one sealed version.
type RedressVersion struct {
	Case      core.ID
	Person    core.ID
	Version   int
	Sealed    []byte
	WrittenAt time.Time
	WrittenBy core.ID
}

// RedressView is the newest version, for those who work with it.
type RedressView struct {
	Case      core.ID
	Reference string
	Rules     scheme.Rules
	Zone      *time.Location
	Version   int // 0: nothing is written yet
	WrittenAt time.Time
	Redress   Redress
	MayWork   bool
}

// ViewRedress opens the newest version.
func (s *Service) ViewRedress(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID) (*RedressView, error) {
	v := &RedressView{}
	err := s.onCase(ctx, actor, purpose, caseID, access.ViewPapers, func(t *caseTurn) error {
		*v = RedressView{Case: t.c.ID, Reference: t.c.Reference, Rules: t.rules, Zone: s.zone(t.c.Scheme, t.c.Jurisdiction),
			MayWork: s.policies.Check(actor, purpose, access.WorkPapers, t.c.Resource).Allowed}
		last, err := t.tx.LastRedress(ctx, t.c.ID)
		if core.KindOf(err) == core.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		v.Version, v.WrittenAt = last.Version, last.WrittenAt
		if v.Redress, err = open[Redress](ctx, s, t.c.Person, "support_redress", t.c.ID, last.Version, last.Sealed); err != nil {
			return err
		}
		return t.tx.Append(ctx, s.entry(ledger.Read, t.by, t.c.ID, "redress:"+t.c.ID.String()), nil)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// SaveRedress writes a new version; the version is the one that was read.
func (s *Service) SaveRedress(ctx context.Context, actor core.Actor, purpose core.Purpose, caseID core.ID, version int, r Redress) error {
	return s.onCase(ctx, actor, purpose, caseID, access.WorkPapers, func(t *caseTurn) error {
		if err := s.checkRedress(t, &r); err != nil {
			return err
		}
		switch last, err := t.tx.LastRedress(ctx, t.c.ID); {
		case err == nil && last.Version != version:
			return errChanged
		case core.KindOf(err) == core.NotFound && version != 0:
			return errChanged
		case err != nil && core.KindOf(err) != core.NotFound:
			return err
		}
		v := RedressVersion{Case: t.c.ID, Person: t.c.Person, Version: version + 1, WrittenAt: t.now, WrittenBy: t.actor.UserID}
		var err error
		if v.Sealed, err = seal(ctx, s, t.c.Person, "support_redress", t.c.ID, v.Version, r); err != nil {
			return err
		}
		if err := t.tx.AddRedress(ctx, v); err != nil {
			return err
		}
		return s.record(ctx, t.tx, t.by, t.c.ID, "redress:"+t.c.ID.String(), v)
	})
}

func (s *Service) checkRedress(t *caseTurn, r *Redress) error {
	k := &checker{}
	k.text("crimeReference", r.CrimeReference, MaxShort)
	k.text("ownWords", r.OwnWords, MaxText)
	k.text("claims", r.Claims, MaxText)
	k.words("specialMeasures", r.SpecialMeasures, scheme.Codes(t.rules.Redress.SpecialMeasures))
	k.words("routes", r.Routes, scheme.Codes(t.rules.Redress.Routes))
	k.words("cooperation", []string{r.Cooperation}, Cooperations)
	switch r.Cooperation {
	case CooperationNotAsked:
		r.ChosenOn = core.Date{}
	case CooperationUndecided, CooperationYes, CooperationNo, CooperationStopped:
		s.checkPast(k, t.c, "chosenOn", r.ChosenOn)
	}
	return k.err()
}
