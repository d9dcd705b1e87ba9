package core

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ID is a UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then a
// counter and randomness, so that ids made by one process sort by time.
// The zero ID means "none".
type ID [16]byte

// IDs makes identifiers. Construct it with NewIDs; it is safe for concurrent use.
type IDs struct {
	clock Clock
	mu    sync.Mutex
	last  uint64 // milliseconds<<12 | counter, strictly increasing
}

// NewIDs returns a maker of identifiers that reads the time from clock.
func NewIDs(clock Clock) *IDs { return &IDs{clock: clock} }

// New returns a fresh identifier. When the clock stands still or steps
// backwards, identifiers still increase (RFC 9562 §6.2, method 1 and 3).
func (g *IDs) New() ID {
	g.mu.Lock()
	now := uint64(g.clock.Now().UnixMilli()) << 12
	if now <= g.last {
		now = g.last + 1
	}
	g.last = now
	g.mu.Unlock()
	return newID(now)
}

// NewIDAt returns an identifier for the given time with random counter bits;
// it is meant for data that is loaded with times of its own.
func NewIDAt(t time.Time) ID {
	var r [2]byte
	mustRead(r[:])
	return newID(uint64(t.UnixMilli())<<12 | uint64(r[0]&0x0f)<<8 | uint64(r[1]))
}

func newID(stamp uint64) ID {
	var id ID
	ms := stamp >> 12
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = 0x70 | byte(stamp>>8)&0x0f
	id[7] = byte(stamp)
	mustRead(id[8:])
	id[8] = id[8]&0x3f | 0x80
	return id
}

// mustRead fills b with randomness. crypto/rand.Read never returns an error
// since Go 1.24; it ends the program instead.
func mustRead(b []byte) { _, _ = rand.Read(b) }

// ErrBadID is returned when text is not a UUID.
var ErrBadID = errors.New("not an identifier")

// ParseID reads the canonical 36-character form.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, ErrBadID
	}
	compact := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(compact)); err != nil {
		return ID{}, ErrBadID
	}
	return id, nil
}

// IsZero reports whether the id is absent.
func (id ID) IsZero() bool { return id == ID{} }

// Time returns the millisecond the identifier was made.
func (id ID) Time() time.Time {
	var ms int64
	for i := range 6 {
		ms = ms<<8 | int64(id[i])
	}
	return time.UnixMilli(ms).UTC()
}

// String returns the canonical form, or "" for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
	return string(b[:])
}

// MarshalText implements encoding.TextMarshaler; the zero ID is empty text.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	v, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// Value stores the id as text, the same on both engines; the zero ID is NULL.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan reads what Value wrote.
func (id *ID) Scan(v any) error {
	switch x := v.(type) {
	case nil:
		*id = ID{}
		return nil
	case string:
		return id.UnmarshalText([]byte(x))
	case []byte:
		return id.UnmarshalText(x)
	}
	return fmt.Errorf("scan %T into core.ID", v)
}
