// Package keyset writes where a page of a long list ends, for the address of
// the next page: a number that the list is sorted by, and the last row's id.
//
// It says nothing that the page did not show, so it is not signed; a forged one
// is refused or leads to another place of the same list, never to another list.
package keyset

import (
	"encoding/base64"
	"encoding/binary"

	"clew/internal/core"
)

const size = 8 + 16 // the number, then the id

var errForged = core.E(core.Invalid, "page.cursor", "This address of a later page is not whole. Open the list from its beginning.")

// Encode writes a place. The number must not be negative.
func Encode(n int64, id core.ID) string {
	var b [size]byte
	binary.BigEndian.PutUint64(b[:8], uint64(n)) //nolint:gosec // not negative
	copy(b[8:], id[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Decode reads what Encode wrote; "" is the beginning, with the zero id.
func Decode(s string) (n int64, id core.ID, err error) {
	if s == "" {
		return 0, id, nil
	}
	if len(s) != base64.RawURLEncoding.EncodedLen(size) {
		return 0, id, errForged
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return 0, id, errForged
	}
	n = int64(binary.BigEndian.Uint64(b[:8])) //nolint:gosec // checked below
	copy(id[:], b[8:])
	if _, err := core.ParseID(id.String()); err != nil || id.IsZero() || n < 0 {
		return 0, core.ID{}, errForged
	}
	return n, id, nil
}
