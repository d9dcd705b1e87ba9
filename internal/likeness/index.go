package likeness

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"clew/internal/core"
	"clew/match/index"
	"clew/match/score"
)

// Row is the newest sealed identity of a case.
type Row struct {
	Case    core.ID
	Person  core.ID // the owner of the key
	Version int
	Sealed  []byte // empty where only the owner was asked for
}

// Source is what the index is made from. It reads what is committed.
type Source interface {
	// Positions returns how many positions the ledger has given.
	Positions(ctx context.Context) (int64, error)
	// Written returns the cases that entries in [from, to) wrote to, each once, and
	// the position up to which that is true: to, unless there are too many for one
	// answer.
	Written(ctx context.Context, from, to int64) (cases []core.ID, until int64, err error)
	// Identities returns up to limit identities in the order of the cases' ids.
	Identities(ctx context.Context, after core.ID, limit int) ([]Row, error)
	// IdentitiesOf returns the identities of the given cases.
	IdentitiesOf(ctx context.Context, cases []core.ID) ([]Row, error)
	// Owners is Identities without what is sealed.
	Owners(ctx context.Context, after core.ID, limit int) ([]Row, error)
	// CountIdentities says how many cases have an identity, for showing progress.
	CountIdentities(ctx context.Context) (int, error)
}

// Keys knows whose key still exists.
type Keys interface {
	Living(ctx context.Context, people ...core.ID) (map[core.ID]bool, error)
	Warm(ctx context.Context, people ...core.ID) error
}

// ErrDamaged says that what is sealed for a case is not what was stored.
var ErrDamaged = errors.New("the sealed identity is damaged")

// Open reads what a sealed identity says. A person whose key is gone is
// core.NotFound, a value that cannot be read ErrDamaged; any other error is the
// machine's, and the index tries again.
type Open func(ctx context.Context, r Row) (score.Input, error)

// Index is the index of one process. It is safe for concurrent use.
type Index struct {
	model  *score.Model
	source Source
	keys   Keys
	open   Open
	log    *slog.Logger
	wake   chan struct{}

	whole atomic.Pointer[index.Index] // nil until it is built

	mu    sync.Mutex // held by whatever changes the index
	known map[core.ID]int32
	swept core.ID // how far the look at the keys has come

	followed, behind, built, total, unreadable atomic.Int64
}

// New returns an empty index; Run builds it.
func New(model *score.Model, source Source, keys Keys, open Open, log *slog.Logger) *Index {
	if log == nil {
		log = slog.Default()
	}
	return &Index{model: model, source: source, keys: keys, open: open, log: log, wake: make(chan struct{}, 1)}
}

// Model is the model that weighs.
func (x *Index) Model() *score.Model { return x.model }

// Status is how far the index is, in numbers that are about nobody.
type Status struct {
	Whole      bool
	People     int   // in the index
	Built      int   // identities read so far, while it is built
	Total      int   // identities there are, when the building began
	Followed   int64 // positions of the ledger
	Behind     int64 // positions given and not yet followed, at the last look
	Unreadable int64 // identities that could not be opened
}

// Status returns how far the index is.
func (x *Index) Status() Status {
	s := Status{Built: int(x.built.Load()), Total: int(x.total.Load()), Followed: x.followed.Load(), Behind: x.behind.Load(), Unreadable: x.unreadable.Load()}
	if v := x.whole.Load(); v != nil {
		s.Whole, s.People = true, v.Len()
	}
	return s
}

// Whole reports whether the index is built.
func (x *Index) Whole() bool { return x.whole.Load() != nil }

// Follows reports whether everything up to and with the position is in the index.
func (x *Index) Follows(position int64) bool { return x.Whole() && x.followed.Load() > position }

// Hit is a case whose person is like the one asked for.
type Hit struct {
	Case  core.ID
	Score float64
}

// Search finds up to limit cases of people like q, best first, who score at least
// the least. It reports false while the index is not built.
func (x *Index) Search(q *score.Record, limit int, least float64) ([]Hit, bool) {
	v := x.whole.Load()
	if v == nil {
		return nil, false
	}
	found := v.Search(q, index.Options{Limit: limit, Min: least})
	hits := make([]Hit, 0, len(found.Hits))
	for i := range found.Hits {
		h := &found.Hits[i]
		weighed := h.Score
		if weighed == 1 {
			weighed = Weigh(x.model, q, &h.Entry().Record).Score
		}
		if weighed >= least {
			hits = append(hits, Hit{Case: caseOf(h.ID), Score: weighed})
		}
	}
	return hits, true
}

// Weigh compares two records by their evidence alone. Compare gives 1 to a record
// and itself, which is right for a list and wrong here: two people of whom nothing
// but a common name is known are not certainly one because it is the same name.
func Weigh(m *score.Model, a, b *score.Record) score.Result {
	r := m.Compare(a, b)
	if r.Score < 1 {
		return r
	}
	name := score.NoName
	for _, it := range r.Evidence() {
		if it.Class == score.ByName {
			name = score.NameEvidence{Distance: r.NameDistance, Weight: it.Weight, Level: it.Level}
		}
	}
	return m.WithName(name, a, b)
}

// Least returns the score that keeps false alarms at a rate for a list as long as
// this one: that of the next longer list measured, see docs/match.md.
func (x *Index) Least(rate float64) float64 {
	n := 0
	if v := x.whole.Load(); v != nil {
		n = v.Len()
	}
	return Least(x.model, n, rate)
}

// Least returns the score that keeps false alarms at a rate for a list of n people;
// beyond the longest list measured, that of the longest.
func Least(m *score.Model, n int, rate float64) float64 {
	least, size := m.Threshold, -1
	for _, g := range m.Guidance {
		long, better := g.ListNames >= n, size < n && g.ListNames > size
		if g.Rate == rate && (better || long && g.ListNames < size) {
			least, size = g.Score, g.ListNames
		}
	}
	return least
}

// key is a case's id as the index keeps it: half as long as in text.
func key(id core.ID) string { return string(id[:]) }

func caseOf(key string) (id core.ID) {
	copy(id[:], key)
	return id
}

// Forget takes a case out at once, because its person's key was destroyed here.
func (x *Index) Forget(id core.ID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
}

func (x *Index) drop(id core.ID) {
	delete(x.known, id)
	if v := x.whole.Load(); v != nil {
		v.Remove(key(id))
	}
}
