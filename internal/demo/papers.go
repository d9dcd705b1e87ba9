package demo

import (
	"context"
	"time"

	"clew/internal/core"
	"clew/internal/support"
)

// papers is what some of those who moved in apply or ask for: every third one a
// permit, which is short and so ends soon; every eleventh one to go home, where the
// risk is found to be high.
func (h *shelter) papers(ctx context.Context, worker core.Actor, file core.ID) error {
	f, err := h.store.File(ctx, file)
	if err != nil {
		return err
	}
	h.arrived++
	switch {
	case h.arrived%11 == 4:
		h.plan(h.hours(48, 400), func(ctx context.Context) error { return h.wishToReturn(ctx, worker, f.Case) })
	case h.arrived%3 == 1:
		h.plan(h.hours(24, 200), func(ctx context.Context) error { return h.permit(ctx, worker, f.Case) })
	}
	return nil
}

// permit applies, and hears the answer some days later.
func (h *shelter) permit(ctx context.Context, worker core.Actor, caseID core.ID) error {
	rules, err := h.support.Rules()
	if err != nil {
		return err
	}
	grounds := rules.Permit.Grounds
	id, err := h.support.ApplyPermit(ctx, worker, core.Protect, caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: grounds[h.arrived%len(grounds)].Code,
		AppliedOn: h.today(), Reference: "RP 0417"})
	if err != nil {
		return step(err)
	}
	h.plan(h.hours(100, 400), func(ctx context.Context) error {
		from := h.today()
		return step(h.support.GrantPermit(ctx, worker, core.Protect, id, 0, support.Grant{From: from, Until: from.AddDays(70), Reason: "Until the hearing; they may renew it after that."}))
	})
	return nil
}

// wishToReturn is the recorded talk and what the assessment of the risk finds.
func (h *shelter) wishToReturn(ctx context.Context, worker core.Actor, caseID core.ID) error {
	id, err := h.support.RequestReturn(ctx, worker, core.Protect, caseID, support.Interview{OwnWish: true, Adviser: h.sim.country.actors["adviser"].AgencyID,
		AdviserName: "Ada Voss", On: h.today(), Language: "eng", Wish: "I miss my mother. I want to be home for the winter."})
	if err != nil {
		return step(err)
	}
	h.plan(20*time.Hour, func(ctx context.Context) error {
		return step(h.support.AssessReturn(ctx, worker, core.Protect, id, 0, support.ReturnRisk{Grade: support.RiskHigh,
			Words: "Those who recruited them live two streets from the family and know the day they left."}))
	})
	return nil
}
