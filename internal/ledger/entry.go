package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
)

// Kind is the sort of deed an entry records.
type Kind string

// The kinds.
const (
	Write  Kind = "write"  // something was changed
	Read   Kind = "read"   // an identity, or a list of them, was shown
	Denied Kind = "denied" // somebody asked and was refused
	System Kind = "system" // the ledger or the operator: restore, rotation, export
)

// Kinds lists every kind.
var Kinds = []Kind{Write, Read, Denied, System}

// Bounds of an entry's parts, in bytes.
const (
	maxAction   = 80
	maxObject   = 120
	maxPolicies = 16
	maxPolicy   = 120
)

// Entry is one deed.
type Entry struct {
	ID     core.ID
	At     time.Time
	Kind   Kind
	Action string // a code: "case.decide_rg"

	Actor  core.ID // the person, or the token's owner
	Agency core.ID
	Token  core.ID // zero when a person acted

	Purpose  core.Purpose
	Case     core.ID  // zero when no case is concerned
	Object   string   // what it was done to, "document:<id>"; never a personal value
	Policies []string // the policies that allowed or refused it

	// Commitment is HMAC-SHA256(salt, content); Append computes it.
	Commitment [sha256.Size]byte
	// Position is the place in the tree from 0, or -1 while it has none.
	Position int64
}

// By returns an entry with who acts and why filled in.
func By(a core.Actor, p core.Purpose) Entry {
	return Entry{Actor: a.UserID, Agency: a.AgencyID, Token: a.TokenID, Purpose: p, Position: -1}
}

const insertEntry = `INSERT INTO ledger_entry (id, seq, at, kind, action, actor, agency, token, purpose, case_id, object, policies, commitment, salt_sum, salt)
VALUES ($1, NULL, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`

// Append records e in the caller's transaction, with a commitment to content and
// never the content itself. The entry must carry an id and a time. An entry that
// breaks the format is a fault of the program, and the write it belongs to must
// not happen.
func Append(ctx context.Context, q database.Querier, e Entry, content []byte) error {
	if err := e.check(); err != nil {
		return err
	}
	var salt [sha256.Size]byte
	_, _ = rand.Read(salt[:]) // never fails: it ends the program instead
	sum, commitment := sha256.Sum256(salt[:]), commit(salt[:], content)
	_, err := q.ExecContext(ctx, insertEntry, e.ID, database.Micros(e.At), string(e.Kind), e.Action, e.Actor, e.Agency, e.Token,
		string(e.Purpose), e.Case, e.Object, strings.Join(e.Policies, "\n"), commitment, sum[:], salt[:])
	if err != nil {
		return fmt.Errorf("append to ledger: %w", err)
	}
	return nil
}

// commit binds to content without telling anything about it: as long as nobody
// has the salt, a guess cannot be confirmed.
func commit(salt, content []byte) []byte {
	mac := hmac.New(sha256.New, salt)
	mac.Write(content)
	return mac.Sum(nil)
}

func (e Entry) check() error {
	switch {
	case e.ID.IsZero() || e.At.IsZero() || database.Micros(e.At) <= 0:
		return malformed("an id and a time")
	case !slices.Contains(Kinds, e.Kind):
		return malformed("a kind")
	case !isCode(e.Action, maxAction):
		return malformed("an action in lower case")
	case !e.Purpose.Valid():
		return malformed("a purpose")
	case e.Object != "" && !isToken(e.Object, maxObject):
		return malformed("an object without spaces, up to 120 bytes")
	case len(e.Policies) > maxPolicies:
		return malformed("at most 16 policies")
	}
	for _, p := range e.Policies {
		if !isToken(p, maxPolicy) || strings.Contains(p, ",") {
			return malformed("policies without spaces and commas")
		}
	}
	return nil
}

func malformed(what string) error {
	return core.E(core.Internal, "ledger.malformed", "A ledger entry needs "+what+".")
}

// isCode reports lower-case letters, digits, '.', '_', '-' and ':'.
func isCode(s string, limit int) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("._-:", rune(c)) {
			return false
		}
	}
	return s != "" && s != absent && len(s) <= limit
}

// isToken reports visible ASCII without spaces: such text cannot hold a line
// break, and hardly a person's words.
func isToken(s string, limit int) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != "" && s != absent && len(s) <= limit
}

const shredCase = `UPDATE ledger_entry SET salt = NULL WHERE case_id = $1 AND salt IS NOT NULL`

// Shred deletes the salts of every entry about the case and returns how many. It
// belongs to the erasure of a person: the entries stay and still verify, but
// nobody can confirm any more what their content was.
func Shred(ctx context.Context, q database.Querier, caseID core.ID) (int, error) {
	result, err := q.ExecContext(ctx, shredCase, caseID)
	if err != nil {
		return 0, fmt.Errorf("shred ledger salts: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
