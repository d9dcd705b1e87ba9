package queue

import (
	"encoding/base64"
	"encoding/binary"

	"clew/internal/casework"
	"clew/internal/core"
)

const cursorBytes = 8 + 16 // the deadline in microseconds, then the case's id

var errCursor = core.E(core.Invalid, "queue.cursor", "This address of a later page is not whole. Open the queue from its beginning.")

// encodeCursor writes where a page ends for the address of the next one. It
// says nothing that the page before did not show, so it is not signed.
func encodeCursor(c casework.Cursor) string {
	var b [cursorBytes]byte
	binary.BigEndian.PutUint64(b[:8], uint64(c.DueAt)) //nolint:gosec // a deadline is never negative
	copy(b[8:], c.ID[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// decodeCursor reads what encodeCursor wrote; "" is the beginning.
func decodeCursor(s string) (casework.Cursor, error) {
	if s == "" {
		return casework.Cursor{}, nil
	}
	if len(s) != base64.RawURLEncoding.EncodedLen(cursorBytes) {
		return casework.Cursor{}, errCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return casework.Cursor{}, errCursor
	}
	c := casework.Cursor{DueAt: int64(binary.BigEndian.Uint64(b[:8]))} //nolint:gosec // checked below
	copy(c.ID[:], b[8:])
	if _, err := core.ParseID(c.ID.String()); err != nil || c.DueAt < 0 || c.ID.IsZero() {
		return casework.Cursor{}, errCursor
	}
	return c, nil
}
