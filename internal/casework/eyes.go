package casework

import (
	"context"
	"slices"

	"clew/internal/core"
)

// freshEyes refuses somebody who had a part in the decision that is looked at
// again, or in an earlier look at the same one. Access compares with the newest
// decision only: without this, who took the first decision could take the third.
func (s *Service) freshEyes(ctx context.Context, t *turn) error {
	list, err := t.tx.Decisions(ctx, t.c.ID)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(list) {
		if d.ServedAt.IsZero() || d.Kind == EndOfRecovery {
			continue // a request, a proposal, or about something else
		}
		if t.actor.UserID == d.ProposerID || t.actor.UserID == d.ReviewerID {
			return errPart
		}
		if d.Kind != Reconsidered {
			return nil // the decision that the reconsiderations are about
		}
	}
	return nil
}

var errPart = core.E(core.Forbidden, "reconsider.part", "You had a part in the decision that is looked at again. A reconsideration, and its second review, are for somebody who had none.")

// hadPart reports whether the actor had a part in the newest decision, where the
// case waits for the second review of a reconsideration.
func hadPart(actor core.Actor, c *Case) bool {
	return c.ReviewOf == Reconsidered && (actor.UserID == c.DeciderID || actor.UserID == c.ReviewerID)
}

// checkEvidence refuses documents that are not of the case: an identifier in a
// form proves nothing.
func (s *Service) checkEvidence(ctx context.Context, t *turn, relied []core.ID) error {
	if len(relied) == 0 {
		return nil
	}
	documents, err := t.tx.Documents(ctx, t.c.ID)
	if err != nil {
		return err
	}
	for _, id := range relied {
		if !slices.ContainsFunc(documents, func(d Document) bool { return d.ID == id }) {
			return core.InvalidFields([]core.Field{{Name: "evidence", Code: "evidence.unknown", Msg: "Choose documents of this case."}})
		}
	}
	return nil
}

// lapse takes back a proposal that the case goes on without: it will never be
// served, and no reviewer is asked for it any more.
func (s *Service) lapse(ctx context.Context, t *turn) error {
	if t.c.ReviewOf == NoDecision {
		return nil
	}
	d, err := s.proposedDecision(ctx, t)
	if err != nil {
		return err
	}
	t.c.ReviewOf, t.c.ProposerID = NoDecision, core.ID{}
	if err := s.reseal(ctx, t, d, func(*Reasons) { d.Status = Returned }); err != nil {
		return err
	}
	return s.closeTasks(ctx, t, TaskSecondReview)
}
