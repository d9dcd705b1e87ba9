package access

import (
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"

	"clew/internal/core"
)

// recent remembers what was built lately. It holds two generations of at most
// size entries and forgets the older one when the younger is full.
type recent[K comparable, V any] struct {
	size       int
	mu         sync.RWMutex
	young, old map[K]V
}

func newRecent[K comparable, V any](size int) *recent[K, V] {
	return &recent[K, V]{size: size, young: map[K]V{}}
}

// get returns what build gave for the key last time, or asks it.
func (r *recent[K, V]) get(key K, build func() V) V {
	r.mu.RLock()
	v, ok := r.young[key]
	if !ok {
		v, ok = r.old[key]
	}
	r.mu.RUnlock()
	if ok {
		return v
	}
	v = build()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= r.size {
		r.old, r.young = r.young, make(map[K]V, r.size)
	}
	r.young[key] = v
	return v
}

// entities builds what Cedar looks at, which costs more than the answer. It
// holds identifiers and codes, nothing about a person.
type entities struct {
	principals *recent[principalKey, cedar.Entity]
	resources  *recent[Resource, cedar.Entity]
	contexts   map[contextKey]cedar.Record
}

type principalKey struct {
	user, agency core.ID
	kind         core.AgencyKind
	roles        string
}

type contextKey struct {
	purpose core.Purpose
	machine bool
}

// entityCacheSize is about 2 MB of cases when full.
const entityCacheSize = 1024

func newEntities() *entities {
	e := &entities{
		principals: newRecent[principalKey, cedar.Entity](entityCacheSize),
		resources:  newRecent[Resource, cedar.Entity](entityCacheSize),
		contexts:   map[contextKey]cedar.Record{},
	}
	for _, p := range core.Purposes {
		for _, machine := range []bool{false, true} {
			e.contexts[contextKey{p, machine}] = requestContext(p, machine)
		}
	}
	return e
}

func (e *entities) principal(a core.Actor) cedar.Entity {
	return e.principals.get(keyOf(a), func() cedar.Entity { return principalEntity(a) })
}

func (e *entities) resource(r Resource) cedar.Entity {
	return e.resources.get(r, func() cedar.Entity { return resourceEntity(r) })
}

func (e *entities) context(a core.Actor, p core.Purpose) cedar.Record {
	return e.contexts[contextOf(a, p)]
}

func keyOf(a core.Actor) principalKey {
	return principalKey{a.UserID, a.AgencyID, a.AgencyKind, roleList(a.Roles)}
}

func contextOf(a core.Actor, p core.Purpose) contextKey { return contextKey{p, !a.TokenID.IsZero()} }

// roleList tells two lists of roles apart; one role, the usual, costs nothing.
func roleList(roles []core.Role) string {
	if len(roles) == 1 {
		return string(roles[0])
	}
	var b strings.Builder
	for _, r := range roles {
		b.WriteString(string(r))
		b.WriteByte(0)
	}
	return b.String()
}
