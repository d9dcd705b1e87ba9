package casework

import (
	"context"
	"sync"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
	"clew/internal/vault"

	"golang.org/x/time/rate"
)

// RemovalQuery asks about one person: by the case's reference, by a document,
// or by name and date of birth.
type RemovalQuery struct {
	Reference core.Secret
	Document  core.Secret
	Name      core.Secret
	BirthDate core.PartialDate
}

// RemovalAnswer is all that immigration staff ever learn: whether the person is
// protected from removal, and until when. It does not say why, where, or
// whether there is a case.
type RemovalAnswer struct {
	Protected bool
	Until     core.Date // zero while protected: until a decision is made
}

// CheckNonRemoval answers the one question that immigration enforcement may
// ask. It is rate-limited for each user and recorded with a commitment to what
// was asked.
func (s *Service) CheckNonRemoval(ctx context.Context, actor core.Actor, purpose core.Purpose, q RemovalQuery) (RemovalAnswer, error) {
	decision, err := s.require(actor, purpose, access.CheckNonRemoval, access.Whole())
	if err != nil {
		return RemovalAnswer{}, err
	}
	if err := q.check(s.today("")); err != nil {
		return RemovalAnswer{}, err
	}
	if !s.checks.allow(actor) {
		return RemovalAnswer{}, core.E(core.TooMany, "nonremoval.rate", "You have asked many times in a short while. Wait a minute, then ask again.")
	}
	asked := []byte(q.Reference.Reveal() + "\x00" + q.Document.Reveal() + "\x00" + q.Name.Reveal() + "\x00" + q.BirthDate.ISO())
	err = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.CheckNonRemoval, core.ID{}, "", decision.Policies), asked)
	})
	if err != nil {
		return RemovalAnswer{}, err
	}
	cases, err := s.casesForRemoval(ctx, q)
	if err != nil {
		return RemovalAnswer{}, err
	}
	return s.removalAnswer(cases)
}

func (q RemovalQuery) check(today core.Date) error {
	k := &checker{}
	for name, v := range map[string]core.Secret{"reference": q.Reference, "document": q.Document, "name": q.Name} {
		k.text(name, v.Reveal(), MaxShort)
	}
	k.pastDate("birthDate", q.BirthDate, today)
	if q.Reference == "" && q.Document == "" && (q.Name == "" || q.BirthDate.IsZero()) {
		k.add("reference", "nonremoval.empty", "Enter a reference, a document number, or a full name with a date of birth.")
	}
	return core.InvalidFields(k.fields)
}

// casesForRemoval finds every case that any of the given keys points at: a wrong
// extra key must not hide a protected person.
func (s *Service) casesForRemoval(ctx context.Context, q RemovalQuery) ([]Case, error) {
	var found []Case
	if q.Reference != "" {
		c, err := s.store.CaseByReference(ctx, normalReference(q.Reference.Reveal()))
		if err == nil {
			found = append(found, *c)
		} else if core.KindOf(err) != core.NotFound {
			return nil, err
		}
	}
	var any [][]byte
	any = append(any, s.vault.BlindAll(vault.BlindDocument, vault.NormaliseDocument(q.Document.Reveal()))...)
	if q.Name != "" && !q.BirthDate.IsZero() {
		any = append(any, s.vault.BlindAll(vault.BlindNameAndBirthDate, vault.NameAndBirthDate(q.Name.Reveal(), q.BirthDate.ISO()))...)
	}
	if len(any) == 0 {
		return found, nil
	}
	more, err := s.store.FindBlind(ctx, BlindQuery{Groups: [][][]byte{any}, Scope: everywhere, Limit: 50})
	return append(found, more...), err
}

// removalAnswer joins the answers for several cases: protected if any is, until
// the latest day, and without a day if one has none.
func (s *Service) removalAnswer(cases []Case) (RemovalAnswer, error) {
	var a RemovalAnswer
	open := false
	for i := range cases {
		rules, err := s.rulesOf(&cases[i])
		if err != nil {
			return a, err
		}
		yes, until := protected(&cases[i], rules)
		if !yes {
			continue
		}
		a.Protected = true
		open = open || until.IsZero()
		if until.After(a.Until) {
			a.Until = until
		}
	}
	if open {
		a.Until = core.Date{}
	}
	return a, nil
}

// checkLimits bounds how often one user asks a yes-or-no question about
// somebody: so many at once, then one at a time. Without it the answers would
// tell, name by name, who has been referred.
type checkLimits struct {
	burst int
	every time.Duration
	mu    sync.Mutex
	users map[core.ID]*rate.Limiter
}

const maxCheckUsers = 10_000

func (l *checkLimits) allow(a core.Actor) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users == nil || len(l.users) > maxCheckUsers {
		l.users = map[core.ID]*rate.Limiter{}
	}
	lim, ok := l.users[a.UserID]
	if !ok {
		lim = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.users[a.UserID] = lim
	}
	return lim.Allow()
}
