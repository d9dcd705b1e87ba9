package casework

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"clew/internal/core"
)

// mostPairs is how many unanswered pairs one referral may raise at a time. The
// rest are not lost: each answer lets the next likely one in.
const mostPairs = 5

// How long a comparison waits for the index: until the ledger has been followed, or
// while the whole index is being built.
const (
	waitForLedger = 2 * time.Second
	waitForIndex  = 15 * time.Second
)

// raiseMatches looks for earlier people when a referral came in, or its identity
// changed. Exact keys are looked at once. Likeness waits until this process has
// followed the ledger past the referral: of two referrals that come in together the
// one with the later position then finds the other, in whichever process.
func (s *Service) raiseMatches(ctx context.Context, tx Tx, p jobPayload) error {
	c, err := tx.Case(ctx, p.Case)
	if err != nil || c.Kind != Referral {
		return err
	}
	rows, err := tx.IdentitiesOf(ctx, []core.ID{c.ID})
	if err != nil || len(rows) == 0 {
		return err
	}
	identity, err := s.openIdentity(ctx, rows[0])
	if err != nil {
		return err // an erased person is not looked for: not found ends the job
	}
	wait, err := s.waitForLikeness(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if wait > 0 {
		if err := s.enqueue(ctx, tx, jobMatch, c, s.clock.Now().Add(wait), again(p.Mark)); err != nil {
			return err
		}
	}
	found, err := s.alike(ctx, tx, &identity, look{self: c.ID, least: s.least(taskRate, taskFloor)})
	if err != nil {
		return err
	}
	return s.raisePairs(ctx, tx, c, rows[0].Version, found)
}

// CompareAgain has a referral compared with earlier ones once more.
func (s *Service) CompareAgain(ctx context.Context, tx Tx, id core.ID, at time.Time) error {
	c, err := tx.Case(ctx, id)
	if err != nil {
		return err
	}
	return s.enqueue(ctx, tx, jobMatch, c, at, "again")
}

// again is the mark of a comparison that waits. The running job still holds its own
// key, so two marks take turns.
func again(mark string) string {
	if base, ok := strings.CutSuffix(mark, "~a"); ok {
		return base + "~b"
	}
	return strings.TrimSuffix(mark, "~b") + "~a"
}

// identityActions are the entries by which an identity comes in.
var identityActions = []string{LedgerAction(table[CmdSubmit].Action), LedgerAction(table[CmdUpgrade].Action)}

// waitForLikeness says how long to wait until the index is as far as the case; 0
// when it is, or when this process has none.
func (s *Service) waitForLikeness(ctx context.Context, tx Tx, id core.ID) (time.Duration, error) {
	switch {
	case s.like == nil:
		return 0, nil
	case !s.like.Whole():
		return waitForIndex, nil
	}
	position, placed, err := tx.Placed(ctx, id, identityActions)
	if err != nil || placed && s.like.Follows(position) {
		return 0, err
	}
	s.like.Wake()
	return waitForLedger, nil
}

// raisePairs asks the authority about the most likely ones, unless it was asked
// before.
func (s *Service) raisePairs(ctx context.Context, tx Tx, c *Case, version int, found []candidate) error {
	if len(found) == 0 {
		return nil
	}
	known, err := tx.PairsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	rounds, err := tx.Rounds(ctx, c)
	if err != nil {
		return err
	}
	room := mostPairs
	for _, p := range known {
		if p.State == PairOpen {
			room--
		}
	}
	for i := range found {
		f := &found[i]
		linked := slices.ContainsFunc(rounds, func(r Case) bool { return r.ID == f.c.ID })
		if linked || room <= 0 {
			continue
		}
		raised, err := s.raisePair(ctx, tx, c, version, f, known)
		if err != nil {
			return err
		}
		if raised {
			room--
		}
	}
	return nil
}

// raisePair asks about one pair. One that was answered "not the same" is asked
// about again only when an identity has changed since.
func (s *Service) raisePair(ctx context.Context, tx Tx, c *Case, version int, f *candidate, known []Pair) (bool, error) {
	p := Pair{ID: s.ids.New(), Rev: 1, Earlier: c.ID, Later: f.c.ID, EarlierVersion: version, LaterVersion: f.version}
	earlier, later := c, &f.c
	if bytes.Compare(c.ID[:], f.c.ID[:]) > 0 {
		p.Earlier, p.Later, p.EarlierVersion, p.LaterVersion = f.c.ID, c.ID, f.version, version
		earlier, later = &f.c, c
	}
	p.State, p.Exact, p.Likeness, p.RaisedAt = PairOpen, f.exact, f.result.Score, s.clock.Now()
	i := slices.IndexFunc(known, func(k Pair) bool { return k.Earlier == p.Earlier && k.Later == p.Later })
	if i < 0 {
		if err := tx.AddPair(ctx, p); err != nil {
			return false, err
		}
		return true, s.askAuthorities(ctx, tx, earlier, later, &p)
	}
	was := known[i]
	if was.State != PairNotSame || was.EarlierVersion == p.EarlierVersion && was.LaterVersion == p.LaterVersion {
		return false, nil
	}
	p.ID, p.Rev = was.ID, was.Rev+1
	if err := tx.SavePair(ctx, p, was.Rev); err != nil {
		return false, err
	}
	return true, s.askAuthorities(ctx, tx, earlier, later, &p)
}

// askAuthorities gives the task to the authority of the newer round. Where the
// older one is another authority's, that one gets a task of its own: neither sees
// the other's case, and both know whom to ask.
func (s *Service) askAuthorities(ctx context.Context, tx Tx, earlier, later *Case, p *Pair) error {
	if err := s.addTask(ctx, tx, later, s.pairTask(later, p)); err != nil {
		return err
	}
	if earlier.Authority == later.Authority {
		return nil
	}
	return s.addTask(ctx, tx, earlier, s.pairTask(earlier, p))
}
