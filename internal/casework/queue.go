package casework

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/ledger"
)

// everywhere is the scope of clew's own look-ups, which show nothing of what
// they find to anybody.
var everywhere = access.Scope{Any: []access.Term{{}}}

// QueueFilter is what a caseworker asks of the queue. Empty fields filter
// nothing.
type QueueFilter struct {
	States       []State
	Deadline     string // "overdue", "today", "week", "" for any
	Child        bool
	Exploitation string
	Nationality  string
	Assigned     string // "me", "nobody", a user's id, "" for anybody
	Review       bool
	All          bool // ended cases too
}

// Page is one page of cases and where the next begins; Next is nil on the last.
type Page struct {
	Cases []Case
	Next  *Cursor
}

// Queue lists the cases the actor may see, least time first. It opens no
// identity.
func (s *Service) Queue(ctx context.Context, actor core.Actor, purpose core.Purpose, f QueueFilter, after Cursor, limit int) (Page, error) {
	if _, err := s.require(actor, purpose, access.ListCases, access.Whole()); err != nil {
		return Page{}, err
	}
	q, err := s.caseQuery(actor, purpose, f)
	if err != nil {
		return Page{}, err
	}
	q.After = after
	return s.page(ctx, q, limit)
}

func (s *Service) page(ctx context.Context, q CaseQuery, limit int) (Page, error) {
	limit = min(max(limit, 1), 200)
	q.Limit = limit + 1
	cases, err := s.store.Cases(ctx, q)
	if err != nil {
		return Page{}, err
	}
	p := Page{Cases: cases}
	if len(cases) > limit {
		p.Cases = cases[:limit]
		last := p.Cases[limit-1]
		p.Next = &Cursor{DueAt: DueKey(last.DueAt), ID: last.ID}
	}
	return p, nil
}

func (s *Service) caseQuery(actor core.Actor, purpose core.Purpose, f QueueFilter) (CaseQuery, error) {
	q := CaseQuery{Scope: s.policies.Scope(actor, purpose), States: f.States, LiveOnly: !f.All, ChildOnly: f.Child, Exploitation: f.Exploitation,
		Nationality: strings.ToUpper(f.Nationality), ReviewOnly: f.Review}
	now := s.clock.Now()
	today := s.today("")
	endOfDay := func(n int) time.Time { return today.AddDays(n + 1).StartIn(s.location(s.scheme, "")) }
	switch f.Deadline {
	case "":
	case "overdue":
		q.DueBefore = now
	case "today":
		q.DueFrom, q.DueBefore = now, endOfDay(0)
	case "week":
		q.DueFrom, q.DueBefore = now, endOfDay(7)
	default:
		return q, core.InvalidFields([]core.Field{{Name: "deadline", Code: "choice.unknown", Msg: "Choose one of the deadlines offered."}})
	}
	switch f.Assigned {
	case "":
	case "me":
		q.Assignee = actor.UserID
	case "nobody":
		q.Unassigned = true
	default:
		id, err := core.ParseID(f.Assigned)
		if err != nil {
			return q, core.InvalidFields([]core.Field{{Name: "assigned", Code: "choice.unknown", Msg: "Choose a caseworker from the list."}})
		}
		q.Assignee = id
	}
	return q, nil
}

// Mine lists the referrals the actor may see, newest first: a first responder's
// "my referrals".
func (s *Service) Mine(ctx context.Context, actor core.Actor, purpose core.Purpose, after Cursor, limit int) (Page, error) {
	if _, err := s.require(actor, purpose, access.ListCases, access.Whole()); err != nil {
		return Page{}, err
	}
	return s.page(ctx, CaseQuery{Scope: s.policies.Scope(actor, purpose), Order: ByNewest, After: after}, limit)
}

// Counts says how much waits in the actor's scope. The figures may be some
// seconds old; At says when they were taken.
func (s *Service) Counts(ctx context.Context, actor core.Actor, purpose core.Purpose) (QueueCounts, error) {
	if _, err := s.require(actor, purpose, access.ListCases, access.Whole()); err != nil {
		return QueueCounts{}, err
	}
	scope := s.policies.Scope(actor, purpose)
	return s.counts.get(fmt.Sprint(scope), s.clock.Now(), func(ctx context.Context) (QueueCounts, error) {
		loc := s.location(s.scheme, "")
		today := s.today("")
		return s.store.CountQueue(ctx, scope, s.clock.Now(), today.StartIn(loc), today.AddDays(1).StartIn(loc))
	})
}

// countCache keeps queue counts for a moment, and counts once for everybody who
// asks at the same time.
type countCache struct {
	mu   sync.Mutex
	kept map[string]*keptCount
}

type keptCount struct {
	mu       sync.Mutex
	counts   QueueCounts
	counting bool
}

const (
	countFor = 10 * time.Second
	maxKept  = 10_000
)

func (c *countCache) get(key string, now time.Time, count func(context.Context) (QueueCounts, error)) (QueueCounts, error) {
	c.mu.Lock()
	if c.kept == nil || len(c.kept) > maxKept {
		c.kept = map[string]*keptCount{}
	}
	k, ok := c.kept[key]
	if !ok {
		k = &keptCount{}
		c.kept[key] = k
	}
	c.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.counts.At)
	if !k.counts.At.IsZero() && (k.counting || age >= 0 && age < countFor) {
		return k.counts, nil
	}
	if k.counts.At.IsZero() { // the first one waits
		counts, err := count(context.Background())
		k.counts = counts
		return counts, err
	}
	k.counting = true // later ones get the figures at hand while new ones are counted
	go k.refresh(count)
	return k.counts, nil
}

func (k *keptCount) refresh(count func(context.Context) (QueueCounts, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	counts, err := count(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.counting = false
	if err == nil {
		k.counts = counts
	}
}

// WorkloadOf lists what each caseworker of the actor's authority has on the
// desk.
func (s *Service) WorkloadOf(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Workload, error) {
	if _, err := s.require(actor, purpose, access.ListCases, access.Whole()); err != nil {
		return nil, err
	}
	if actor.AgencyKind != core.CompetentAuthority {
		return nil, errNotFound
	}
	return s.store.Workload(ctx, actor.AgencyID, s.clock.Now())
}

// FindReference finds a case by its reference, if the actor may see it.
func (s *Service) FindReference(ctx context.Context, actor core.Actor, purpose core.Purpose, reference string) (*Case, error) {
	c, err := s.store.CaseByReference(ctx, normalReference(reference))
	if err != nil {
		return nil, err
	}
	if !s.may(actor, purpose, access.ViewStatus, c) {
		return nil, errNotFound
	}
	return c, nil
}

// Export walks every case of a filter, a page at a time, for a CSV file. It
// holds no identity. The export is in the ledger before the first row leaves.
func (s *Service) Export(ctx context.Context, actor core.Actor, purpose core.Purpose, f QueueFilter, each func(*Case) error) error {
	decision, err := s.require(actor, purpose, access.ExportQueue, access.Whole())
	if err != nil {
		return err
	}
	q, err := s.caseQuery(actor, purpose, f)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, access.ExportQueue, core.ID{}, "export:queue", decision.Policies), nil)
	})
	if err != nil {
		return err
	}
	for {
		p, err := s.page(ctx, q, 200)
		if err != nil {
			return err
		}
		for i := range p.Cases {
			if err := each(&p.Cases[i]); err != nil {
				return err
			}
		}
		if p.Next == nil {
			return nil
		}
		q.After = *p.Next
	}
}

// SavedViews lists the actor's saved queue filters.
func (s *Service) SavedViews(ctx context.Context, actor core.Actor) ([]SavedView, error) {
	return s.store.SavedViews(ctx, actor.UserID)
}

// SaveView keeps a queue filter under a name.
func (s *Service) SaveView(ctx context.Context, actor core.Actor, purpose core.Purpose, name, query string) error {
	decision, err := s.require(actor, purpose, access.ListCases, access.Whole())
	if err != nil {
		return err
	}
	k := &checker{}
	k.need(strings.TrimSpace(name) != "", "name", "Give the view a name.")
	k.text("name", name, MaxShort)
	k.text("query", query, MaxLine)
	if err := core.InvalidFields(k.fields); err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx Tx) error {
		if err := tx.AddSavedView(ctx, SavedView{ID: s.ids.New(), UserID: actor.UserID, Name: strings.TrimSpace(name), Query: query}); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.ListCases, core.ID{}, "saved-view", decision.Policies), []byte(query))
	})
}

// DropView removes a saved view of the actor's own.
func (s *Service) DropView(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID) error {
	return s.store.Write(ctx, func(tx Tx) error {
		if err := tx.DropSavedView(ctx, actor.UserID, id); err != nil {
			return err
		}
		return tx.Append(ctx, s.entry(ledger.Write, actor, purpose, access.ListCases, core.ID{}, "saved-view-deleted", nil), nil)
	})
}

// OpenTasks lists what the actor's agency has to do, most urgent first.
func (s *Service) OpenTasks(ctx context.Context, actor core.Actor, purpose core.Purpose, kinds []TaskKind, limit int) ([]TaskView, error) {
	tasks, err := s.store.OpenTasks(ctx, TaskQuery{Agency: actor.AgencyID, Kinds: kinds, Limit: min(max(limit, 1), 200)})
	if err != nil {
		return nil, err
	}
	views := make([]TaskView, 0, len(tasks))
	for _, t := range tasks {
		c, err := s.store.Case(ctx, t.CaseID)
		if err != nil {
			return nil, err
		}
		if s.may(actor, purpose, access.ViewStatus, c) {
			views = append(views, TaskView{Task: t, Case: *c})
		}
	}
	return views, nil
}

// TaskView is a task with the case it is about.
type TaskView struct {
	Task
	Case Case
}
