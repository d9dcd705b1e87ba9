package api

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"clew/internal/casework"
	"clew/internal/core"
)

// A cursor is 8 bytes of sort key, 16 of the last case's id, and 16 of an HMAC
// over them, the list and the agency, so that nobody can walk a list from a place
// that was not given to them.
const (
	cursorBody = 24
	cursorSize = cursorBody + 16
)

// cursorKey keeps the secret it is derived from out of everything else.
func cursorKey(secret []byte) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "clew/api/cursor/1", sha256.Size)
	if err != nil {
		panic("api: derive the key of cursors: " + err.Error()) // only for a length that is not ours
	}
	return key
}

func (s *server) cursorMAC(list string, actor core.Actor, body []byte) []byte {
	h := hmac.New(sha256.New, s.Secret)
	h.Write([]byte(list + "\x00" + actor.AgencyID.String() + "\x00"))
	h.Write(body)
	return h.Sum(nil)[:cursorSize-cursorBody]
}

func (s *server) sealCursor(list string, actor core.Actor, c casework.Cursor) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(c.DueAt))
	body = append(body, c.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(append(body, s.cursorMAC(list, actor, body)...))
}

// openCursor reads a cursor; the empty text is the beginning.
func (s *server) openCursor(list string, actor core.Actor, text string) (casework.Cursor, error) {
	var c casework.Cursor
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != cursorSize || !hmac.Equal(b[cursorBody:], s.cursorMAC(list, actor, b[:cursorBody])) {
		return c, core.InvalidFields([]core.Field{{Name: "cursor", Code: "cursor.invalid", Msg: "This cursor was not given for this list. Begin again without one."}})
	}
	c.DueAt = int64(binary.BigEndian.Uint64(b))
	copy(c.ID[:], b[8:cursorBody])
	return c, nil
}
