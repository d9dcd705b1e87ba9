package casework

import (
	"context"
	"fmt"
	"slices"

	"clew/internal/core"
)

// mostLinked bounds one person's rounds: more are not a person but a mistake that
// was linked on and on.
const mostLinked = 200

// relink brings groups up to date after a pair was answered. An
// answer that contradicts another is refused: of A, B and C nobody can be the same
// as B and as C when those two are not the same.
func (s *Service) relink(ctx context.Context, tx Tx, p *Pair) error {
	if err := tx.TakeLinks(ctx); err != nil {
		return err
	}
	group, err := s.regroup(ctx, tx, p.Earlier)
	if err != nil {
		return err
	}
	together := slices.Contains(group, p.Later)
	switch {
	case p.State == PairNotSame && together:
		return core.E(core.NotNow, "pair.linked_otherwise", "These two rounds are linked through other rounds, or because one was referred again from the other. Take that back first.")
	case together:
		return s.contradiction(ctx, tx, group)
	}
	_, err = s.regroup(ctx, tx, p.Later)
	return err
}

func (s *Service) contradiction(ctx context.Context, tx Tx, group []core.ID) error {
	for _, id := range group {
		pairs, err := tx.PairsOf(ctx, id)
		if err != nil {
			return err
		}
		for _, other := range pairs {
			if other.State == PairNotSame && slices.Contains(group, other.Earlier) && slices.Contains(group, other.Later) {
				older, err := tx.Case(ctx, other.Earlier)
				if err != nil {
					return err
				}
				newer, err := tx.Case(ctx, other.Later)
				if err != nil {
					return err
				}
				return core.E(core.NotNow, "pair.contradicts", fmt.Sprintf("This would make %s and %s one person, and they were answered to be two. Take that answer back first, if it was wrong.",
					older.Reference, newer.Reference))
			}
		}
	}
	return nil
}

// linkReferredAgain puts a round that was referred again with the person's others.
func (s *Service) linkReferredAgain(ctx context.Context, tx Tx, c *Case) error {
	if c.EarlierCaseID.IsZero() {
		return nil
	}
	if err := tx.TakeLinks(ctx); err != nil {
		return err
	}
	_, err := s.regroup(ctx, tx, c.ID)
	return err
}

// regroup finds all rounds that are linked with a case, directly or through others,
// and makes them one group. The rounds themselves stay as they are: a number that
// changed there would tell the agency that referred the newer one what only the
// authority may know.
func (s *Service) regroup(ctx context.Context, tx Tx, start core.ID) ([]core.ID, error) {
	group := []core.ID{start}
	for i := 0; i < len(group); i++ {
		near, err := tx.Adjoining(ctx, group[i])
		if err != nil {
			return nil, err
		}
		for _, id := range near {
			if !slices.Contains(group, id) {
				group = append(group, id)
			}
		}
		if len(group) > mostLinked {
			return nil, core.E(core.NotNow, "pair.too_many", "So many rounds would be one person's that something must be wrong. Look at the rounds of both cases first.")
		}
	}
	return group, tx.SetGroup(ctx, group)
}
