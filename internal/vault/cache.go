package vault

import (
	"container/list"
	"sync"
	"time"

	"clew/internal/core"
)

// keyCache holds the unwrapped keys used last, each for a few seconds only, so
// that another process's shredding is noticed. It is bounded in entries.
type keyCache struct {
	clock core.Clock
	ttl   time.Duration
	size  int

	mu     sync.Mutex
	drops  uint64 // how often drop was called
	recent *list.List
	byID   map[core.ID]*list.Element
}

type cachedKey struct {
	person core.ID
	key    *personKey
	loaded time.Time
}

func newKeyCache(clock core.Clock, ttl time.Duration, size int) *keyCache {
	return &keyCache{clock: clock, ttl: ttl, size: size, recent: list.New(), byID: map[core.ID]*list.Element{}}
}

// get returns the person's key when it is fresh. A clock that stepped backwards
// counts as stale: better one more look than a shredded key in use.
func (c *keyCache) get(person core.ID) (*personKey, bool) {
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byID[person]
	if !ok {
		return nil, false
	}
	entry := el.Value.(*cachedKey)
	if now.Before(entry.loaded) || now.Sub(entry.loaded) >= c.ttl {
		c.remove(el)
		return nil, false
	}
	c.recent.MoveToFront(el)
	return entry.key, true
}

// missing returns those whose key is not at hand, each once, at most as many as
// there is room for.
func (c *keyCache) missing(people []core.ID) []core.ID {
	var missing []core.ID
	seen := map[core.ID]bool{}
	for _, person := range people {
		if len(missing) >= c.size {
			break
		}
		if _, ok := c.get(person); !ok && !seen[person] {
			seen[person] = true
			missing = append(missing, person)
		}
	}
	return missing
}

// ticket is taken before a key is loaded and handed to add.
func (c *keyCache) ticket() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drops
}

// add remembers a key loaded at the given time, unless something was dropped
// since the ticket was taken: the key may be the one that was shredded.
func (c *keyCache) add(person core.ID, key *personKey, loaded time.Time, ticket uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size < 1 || ticket != c.drops {
		return
	}
	if el, ok := c.byID[person]; ok {
		c.remove(el)
	}
	c.byID[person] = c.recent.PushFront(&cachedKey{person, key, loaded})
	for c.recent.Len() > c.size {
		c.remove(c.recent.Back())
	}
}

func (c *keyCache) drop(person core.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	if el, ok := c.byID[person]; ok {
		c.remove(el)
	}
}

func (c *keyCache) remove(el *list.Element) {
	delete(c.byID, c.recent.Remove(el).(*cachedKey).person)
}
