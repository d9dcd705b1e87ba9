package auth

import (
	"sync"
	"time"

	"clew/internal/core"
)

// sourceLimits slows guessing from one network address: ten failures at once,
// then one every three seconds. A sign-in that succeeds gives its turn back, so
// that an office behind one address is not kept waiting in the morning. Each
// process counts for itself; the lock on the account counts for all.
type sourceLimits struct {
	mu   sync.Mutex
	from map[string]*bucket
}

type bucket struct {
	turns float64
	at    time.Time
}

const (
	sourceBurst = 10
	sourceEvery = 3 * time.Second
	maxSources  = 50_000
)

// take uses up one turn of the source, or reports that none is left.
func (l *sourceLimits) take(source string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(core.Network(source), now)
	b.refill(now)
	if b.turns < 1 {
		return false
	}
	b.turns--
	return true
}

// giveBack returns a turn.
func (l *sourceLimits) giveBack(source string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.from[core.Network(source)]; ok {
		b.turns = min(b.turns+1, sourceBurst)
	}
}

func (l *sourceLimits) bucket(key string, now time.Time) *bucket {
	if b, ok := l.from[key]; ok {
		return b
	}
	if l.from == nil {
		l.from = map[string]*bucket{}
	}
	if len(l.from) >= maxSources {
		l.forget(now)
	}
	b := &bucket{turns: sourceBurst, at: now}
	l.from[key] = b
	return b
}

// forget drops the sources that have all their turns again; when none has, all
// of them: the memory is bounded, and the locks on accounts hold.
func (l *sourceLimits) forget(now time.Time) {
	for key, b := range l.from {
		if b.refill(now); b.turns >= sourceBurst {
			delete(l.from, key)
		}
	}
	if len(l.from) >= maxSources {
		clear(l.from)
	}
}

func (b *bucket) refill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.turns = min(b.turns+float64(passed)/float64(sourceEvery), sourceBurst)
	}
	b.at = now // also when the clock was put back
}
