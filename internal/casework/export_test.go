package casework

import (
	"context"

	"clew/internal/core"
	"clew/internal/ledger"
)

// Allowed reports whether the state table lets a command be given in a state, to
// a case of the command's kind.
func Allowed(c Command, s State) bool { return c.allowedFrom(s, table[c].Kind) }

// LeadsTo reports whether the state table lets a command leave a case in a state.
func LeadsTo(c Command, from, to State) bool { return c.leadsTo(from, to) }

// ReplaceIdentity seals a new version of who the person of a case is, with the
// entry that an upgrade leaves.
func (s *Service) ReplaceIdentity(ctx context.Context, id core.ID, who Identity) error {
	return s.store.Write(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, id)
		if err != nil {
			return err
		}
		sections, err := tx.Sections(ctx, id)
		if err != nil {
			return err
		}
		if err := sealSection(ctx, s, tx, c, SectionIdentity, sections[SectionIdentity].Version+1, who); err != nil {
			return err
		}
		if err := tx.AddBlind(ctx, id, s.blindDigests(&who)); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, core.SystemActor(), core.Identify, table[CmdUpgrade].Action, id, "", nil), nil)
	})
}

// MatchJob is the kind of the job that compares a referral with earlier ones.
const MatchJob = jobMatch
