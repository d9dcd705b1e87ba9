package demo

import (
	"container/heap"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/job"
	"clew/internal/letters"
	"clew/internal/letters/wording"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/vault"
)

// Parts is what the demonstration is built into.
type Parts struct {
	DB      *database.DB
	Auth    *auth.Service
	Vault   *vault.Vault
	Schemes *scheme.Registry
	Now     time.Time // where the story ends
	Seed    uint64
}

// years is how far back the story begins.
const years = 3

// Build makes the country and people, and tells progress after each stretch. A
// database that holds cases already is left as it is.
func Build(ctx context.Context, p Parts, people int, progress func(done, total int)) error {
	c, err := found(ctx, p.Auth)
	if err != nil {
		return err
	}
	if populated, err := hasCases(ctx, p.DB); err != nil || populated {
		return err
	}
	s, err := newSimulation(p, c)
	if err != nil {
		return err
	}
	for range people {
		s.plan()
	}
	s.at(p.Now.Add(-2*time.Hour), s.leaveForReview)
	s.planMissing()
	if people >= withTwins {
		s.planTwins()
	}
	return s.run(ctx, people, progress)
}

// withTwins is how many people a country needs before some of them come twice.
const withTwins = 100

func hasCases(ctx context.Context, db *database.DB) (bool, error) {
	list, err := store.New(db).Cases(ctx, casework.CaseQuery{Scope: access.Scope{Any: []access.Term{{}}}, Limit: 1})
	return len(list) > 0, err
}

// simulation winds a clock from event to event. Everything goes through the use
// cases; only the transaction is larger than usual.
type simulation struct {
	parts   Parts
	country *country
	rand    *rand.Rand
	clock   *core.FixedClock
	store   *stretch
	cases   *casework.Service

	childStore *childStretch
	children   *safeguarding.Service
	minors     []*life // children whose track is open, in the order of their referral
	events     events
	seq        int
	started    time.Time
	done       int     // people who have arrived
	desks      []*life // everybody whose case was assigned, in that order
	shelter    *shelter
}

func newSimulation(p Parts, c *country) (*simulation, error) {
	s := &simulation{parts: p, country: c, rand: rand.New(rand.NewPCG(p.Seed, 2014)), started: p.Now.AddDate(-years, 0, 0)}
	s.clock = core.NewFixedClock(s.started)
	s.store = &stretch{sim: s}
	policies, err := access.New(s.clock, "")
	if err != nil {
		return nil, err
	}
	shelf, err := wording.Load("")
	if err != nil {
		return nil, err
	}
	s.childStore = &childStretch{sim: s}
	s.children = safeguarding.New(s.childStore, policies, p.Vault, p.Schemes, s.clock)
	if s.cases, err = casework.New(s.store, policies, p.Vault, p.Schemes, s.clock, casework.Options{Scheme: "uk", Scribe: letters.NewScribe(shelf)}); err != nil {
		return nil, err
	}
	s.shelter = newShelter(s, p)
	s.shelter.support, err = support.New(s.shelter.store, policies, p.Vault, p.Schemes, s.clock, "uk")
	return s, err
}

// event is something that happens at a time.
type event struct {
	at  time.Time
	seq int
	do  func(ctx context.Context) error
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if !e[i].at.Equal(e[j].at) {
		return e[i].at.Before(e[j].at)
	}
	return e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push adds x, an event.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop removes the last event.
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// at plans something; what would happen after the story's end does not.
func (s *simulation) at(t time.Time, do func(ctx context.Context) error) {
	if t.After(s.parts.Now) {
		return
	}
	s.seq++
	heap.Push(&s.events, event{t, s.seq, do})
}

// stretchSize is how many events share one transaction.
const stretchSize = 400

func (s *simulation) run(ctx context.Context, people int, progress func(done, total int)) error {
	for len(s.events) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.parts.DB.InTx(ctx, func(tx *sql.Tx) error {
			s.store.Tx, s.childStore.Tx = store.In(tx), store.InChild(tx)
			s.shelter.store.Tx = store.SupportIn(tx)
			for range stretchSize {
				if len(s.events) == 0 {
					return nil
				}
				e := heap.Pop(&s.events).(event)
				if e.at.After(s.clock.Now()) {
					s.clock.Set(e.at)
				}
				if err := e.do(ctx); err != nil {
					return fmt.Errorf("on %s: %w", e.at.Format(time.DateOnly), err)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("build the demonstration: %w", err)
		}
		progress(s.done, people)
	}
	return nil
}

// stretch is the store of the simulation: every use case's transaction is a part
// of the present one, and a job that falls due before the story's end becomes
// an event.
type stretch struct {
	casework.Tx
	sim *simulation
}

// Write runs fn in the present transaction.
func (s *stretch) Write(_ context.Context, fn func(tx casework.Tx) error) error { return fn(s) }

// Enqueue plans the job.
func (s *stretch) Enqueue(ctx context.Context, j job.Job) error {
	return s.sim.enqueue(ctx, s.Tx.Enqueue, j)
}

// enqueue plans a job of the rooms that take part. What other rooms do is theirs:
// it waits for them in the queue.
func (s *simulation) enqueue(ctx context.Context, keep func(context.Context, job.Job) error, j job.Job) error {
	switch {
	case slices.Contains(support.JobKinds(), j.Kind):
		return s.shelter.enqueue(ctx, j, keep)
	case j.RunAt.After(s.parts.Now):
		return keep(ctx, j)
	case slices.Contains(casework.JobKinds(), j.Kind):
		s.at(j.RunAt, func(ctx context.Context) error { return s.cases.RunJob(ctx, s.store, j) })
	case slices.Contains(safeguarding.JobKinds(), j.Kind):
		s.at(j.RunAt, func(ctx context.Context) error { return s.children.RunJob(ctx, s.childStore, j) })
	default:
		return keep(ctx, j)
	}
	return nil
}
