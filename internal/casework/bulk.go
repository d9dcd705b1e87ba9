package casework

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/vault"
)

// MaxMany bounds one call of SubmitMany: a transaction of about a second, so
// that other writers wait no longer than that on SQLite.
const MaxMany = 1000

// Handed is what became of one submission handed in with many: a receipt, or why
// not.
type Handed struct {
	Receipt
	Err error
}

// SubmitMany makes a case from each submission, in one transaction and with one
// ledger entry each. A submission that breaks a rule gets its error and stops no
// other. The error is about all of them: no access, no database.
//
// PossibleMatch is never set: the job that follows every referral looks for an
// earlier person and gives the authority a task.
func (s *Service) SubmitMany(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, subs []Submission) ([]Handed, error) {
	m, err := s.prepareMany(ctx, actor, purpose, action, subs)
	if err != nil {
		return nil, err
	}
	if err := m.giveKeys(ctx); err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, func(tx Tx) error { return m.write(ctx, tx) })
	switch kind := core.KindOf(err); {
	case err == nil:
		return m.finish(), nil
	case kind == core.Unavailable || ctx.Err() != nil:
		return nil, err
	}
	return m.oneByOne(ctx)
}

// CheckMany says what SubmitMany would answer, and writes nothing.
func (s *Service) CheckMany(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, subs []Submission) ([]Handed, error) {
	m, err := s.prepareMany(ctx, actor, purpose, action, subs)
	if err != nil {
		return nil, err
	}
	for _, n := range m.born {
		n.c.ID, n.c.Reference = core.ID{}, "" // nobody has been given these
	}
	return m.finish(), nil
}

// many is one call of SubmitMany on its way.
type many struct {
	s        *Service
	actor    core.Actor
	purpose  core.Purpose
	action   access.Action
	policies []string
	subs     []Submission
	out      []Handed
	born     map[int]*newborn // by position; what is missing failed or was there
	twin     map[int]int      // a submission with the key of an earlier one of this call

	authority map[string]core.ID // by jurisdiction
}

// prepareMany asks access and checks every submission; it writes nothing.
func (s *Service) prepareMany(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, subs []Submission) (*many, error) {
	decision, err := s.require(actor, purpose, action, access.Whole())
	if err != nil {
		return nil, err
	}
	if len(subs) > MaxMany {
		return nil, core.E(core.TooLarge, "submit.many", "Too many referrals at once. Send them in smaller groups.")
	}
	m := &many{s: s, actor: actor, purpose: purpose, action: action, policies: decision.Policies, subs: slices.Clone(subs),
		out: make([]Handed, len(subs)), born: map[int]*newborn{}, twin: map[int]int{}, authority: map[string]core.ID{}}
	first := map[string]int{}
	for i := range m.subs {
		if m.subs[i], err = s.marked(m.subs[i]); err != nil {
			return nil, err
		}
		if before, twice := first[m.subs[i].IdempotencyKey]; twice && m.subs[i].IdempotencyKey != "" {
			m.twin[i] = before
			continue
		}
		first[m.subs[i].IdempotencyKey] = i
		if err := m.prepare(ctx, i); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// prepare settles what can be settled about one submission before the write. Its
// own fault stays with it; the returned error is everybody's.
func (m *many) prepare(ctx context.Context, i int) error {
	sub := m.subs[i]
	if sub.IdempotencyKey != "" {
		receipt, done, err := m.s.repeated(ctx, m.s.store, m.actor, sub)
		if done || err != nil {
			return m.settle(i, receipt, err)
		}
	}
	if err := m.s.checkEarlier(ctx, m.actor, m.purpose, sub.EarlierCaseID); err != nil {
		return m.settle(i, Receipt{}, err)
	}
	n, err := m.s.buildCase(ctx, m.actor, sub.Form, core.ID{}, sub.EarlierCaseID, m.authorityFor)
	if err != nil {
		return m.settle(i, Receipt{}, err)
	}
	m.born[i] = n
	return nil
}

// authorityFor looks each jurisdiction's authority up once.
func (m *many) authorityFor(ctx context.Context, jurisdiction string) (core.ID, error) {
	if id, ok := m.authority[jurisdiction]; ok {
		return id, nil
	}
	id, err := m.s.authorityFor(ctx, jurisdiction)
	if err == nil {
		m.authority[jurisdiction] = id
	}
	return id, err
}

// settle writes down one outcome, unless the error concerns everybody.
func (m *many) settle(i int, r Receipt, err error) error {
	switch core.KindOf(err) {
	case core.Internal, core.Unavailable:
		return err
	}
	m.out[i] = Handed{r, err}
	return nil
}

// giveKeys makes a person with a key of their own for every new case: before the
// transaction, because data without a key is lost and a key without data is not.
func (m *many) giveKeys(ctx context.Context) error {
	if len(m.born) == 0 {
		return nil
	}
	people, err := m.s.vault.NewPersons(ctx, len(m.born))
	if err != nil {
		return err
	}
	next := 0
	for _, i := range m.order() {
		m.born[i].c.PersonID = people[next]
		next++
	}
	return m.s.vault.Warm(ctx, people...)
}

// order is the positions of the new cases, first to last.
func (m *many) order() []int {
	list := make([]int, 0, len(m.born))
	for i := range m.subs {
		if m.born[i] != nil {
			list = append(list, i)
		}
	}
	return list
}

func (m *many) write(ctx context.Context, tx Tx) error {
	for _, i := range m.order() {
		n, sub := m.born[i], m.subs[i]
		if sub.IdempotencyKey != "" {
			if err := tx.AddSubmitted(ctx, m.actor.AgencyID, sub.IdempotencyKey, sub.Digest, n.c.ID, n.c.SubmittedAt); err != nil {
				return err
			}
		}
		if err := m.s.addCase(ctx, tx, m.actor, m.purpose, n, m.policies); err != nil {
			return err
		}
	}
	return nil
}

// finish gives every submission its outcome; a twin gets that of the first.
func (m *many) finish() []Handed {
	for i, n := range m.born {
		m.out[i] = Handed{Receipt: n.receipt()}
	}
	for i, before := range m.twin {
		m.out[i] = m.out[before]
		m.out[i].Repeated = true
		if m.out[i].Err == nil && !hmac.Equal(m.subs[i].Digest, m.subs[before].Digest) {
			m.out[i] = Handed{Err: errKeyReused}
		}
	}
	return m.out
}

// oneByOne is the way out when the common transaction failed, most likely because
// another process submitted one of the keys meanwhile: each on its own, so that
// only the one concerned is affected.
func (m *many) oneByOne(ctx context.Context) ([]Handed, error) {
	for _, i := range m.order() {
		receipt, err := m.s.submit(ctx, m.actor, m.purpose, m.subs[i], m.policies)
		if settled := m.settle(i, receipt, err); settled != nil {
			return nil, settled
		}
	}
	m.born = nil
	return m.finish(), nil
}

var errKeyReused = core.E(core.Conflict, "submit.key_reused", "This idempotency key was used for a different referral. Use a new key for a new referral.")

// marked hides the idempotency key and the request's digest before they are
// stored: a sender's own case number may identify a person, and a plain digest of
// a short record could be found by guessing.
func (s *Service) marked(sub Submission) (Submission, error) {
	if sub.IdempotencyKey == "" {
		return sub, nil
	}
	key, err := s.markKey()
	if err != nil {
		return sub, err
	}
	sub.IdempotencyKey = hex.EncodeToString(markOf(key, "key", []byte(sub.IdempotencyKey)))
	sub.Digest = markOf(key, "digest", sub.Digest)
	return sub, nil
}

// markKey comes from the ledger's seed because that one is never rotated: a key
// that was used before must be known again for as long as the database lives.
func (s *Service) markKey() ([]byte, error) {
	seed, err := s.vault.Keyset().Secret(vault.LedgerSeed)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, seed, nil, "clew/casework/idempotency/1", sha256.Size)
}

func markOf(key []byte, what string, value []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(what))
	h.Write([]byte{0})
	h.Write(value)
	return h.Sum(nil)
}
