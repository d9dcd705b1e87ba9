package ledger

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clew/internal/core"
	"clew/internal/database"

	"golang.org/x/mod/sumdb/tlog"
)

// leafHeader is the first line of a leaf and the version of its form. A later
// form gets another line; leaves of this one stay readable for ever.
const leafHeader = "clew ledger entry v1"

// absent stands for a field that is empty.
const absent = "-"

// maxLeaf bounds a leaf in bytes; the bounds of the fields keep it under 4 KiB.
const maxLeaf = 4 << 10

var leafKeys = [...]string{"id", "at", "kind", "action", "actor", "agency", "token", "purpose", "case", "object", "policies", "commitment", "salt"}

// errNotCanonical means that what is stored cannot have been written by Append.
var errNotCanonical = errors.New("not in the form in which entries are written")

// record is an entry as it stands in the database, before anybody believes it.
type record struct {
	id, kind, action, purpose, object, policies string
	seq                                         sql.NullInt64
	at                                          int64
	actor, agency, token, caseID                sql.NullString
	commitment, saltSum, salt                   []byte
}

const recordColumns = `id, seq, at, kind, action, actor, agency, token, purpose, case_id, object, policies, commitment, salt_sum, salt`

func scanRecord(rows *sql.Rows) (record, error) {
	var r record
	err := rows.Scan(&r.id, &r.seq, &r.at, &r.kind, &r.action, &r.actor, &r.agency, &r.token, &r.purpose, &r.caseID,
		&r.object, &r.policies, &r.commitment, &r.saltSum, &r.salt)
	return r, err
}

// entry reads the record, and refuses everything that Append would not have
// written in exactly this way: two texts for one entry would leave room to alter
// a row without altering its leaf.
func (r record) entry() (Entry, error) {
	e := Entry{At: database.FromMicros(r.at), Kind: Kind(r.kind), Action: r.action, Purpose: core.Purpose(r.purpose), Object: r.object, Position: -1}
	if r.seq.Valid {
		e.Position = r.seq.Int64
	}
	var err error
	if e.ID, err = core.ParseID(r.id); err != nil || e.ID.String() != r.id {
		return Entry{}, errNotCanonical
	}
	for _, f := range []struct {
		to   *core.ID
		from sql.NullString
	}{{&e.Actor, r.actor}, {&e.Agency, r.agency}, {&e.Token, r.token}, {&e.Case, r.caseID}} {
		if !f.from.Valid {
			continue
		}
		if *f.to, err = core.ParseID(f.from.String); err != nil || f.to.IsZero() || f.to.String() != f.from.String {
			return Entry{}, errNotCanonical
		}
	}
	if r.policies != "" {
		e.Policies = strings.Split(r.policies, "\n")
	}
	if len(r.commitment) != sha256.Size || len(r.saltSum) != sha256.Size || e.check() != nil {
		return Entry{}, errNotCanonical
	}
	copy(e.Commitment[:], r.commitment)
	return e, nil
}

// leaf returns the record's canonical text: the header, then one "key value"
// line for each field, in fixed order. The salt's own hash is part of it, so that
// a salt can be deleted but not replaced.
func (r record) leaf() ([]byte, error) {
	e, err := r.entry()
	if err != nil {
		return nil, err
	}
	if len(r.salt) > 0 {
		if sum := sha256.Sum256(r.salt); !bytes.Equal(sum[:], r.saltSum) {
			return nil, errNotCanonical
		}
	}
	return e.leaf(r.saltSum), nil
}

func (e Entry) leaf(saltSum []byte) []byte {
	b := make([]byte, 0, 640)
	b = append(b, leafHeader...)
	b = append(b, '\n')
	values := [...]string{e.ID.String(), strconv.FormatInt(database.Micros(e.At), 10), string(e.Kind), e.Action, e.Actor.String(), e.Agency.String(),
		e.Token.String(), string(e.Purpose), e.Case.String(), e.Object, strings.Join(e.Policies, ","),
		base64.StdEncoding.EncodeToString(e.Commitment[:]), base64.StdEncoding.EncodeToString(saltSum)}
	for i, v := range values {
		if v == "" {
			v = absent
		}
		b = append(append(append(append(b, leafKeys[i]...), ' '), v...), '\n')
	}
	return b
}

// parseLeaf reads what leaf wrote, and nothing else: the text of the result is
// the text that was given.
func parseLeaf(text []byte) (Entry, error) {
	if len(text) > maxLeaf {
		return Entry{}, fmt.Errorf("longer than %d bytes", maxLeaf)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != len(leafKeys)+2 || lines[0] != leafHeader || lines[len(lines)-1] != "" {
		return Entry{}, fmt.Errorf("not a %q", leafHeader)
	}
	var values [len(leafKeys)]string
	for i, key := range leafKeys {
		value, ok := strings.CutPrefix(lines[i+1], key+" ")
		if !ok {
			return Entry{}, fmt.Errorf("no line %q", key)
		}
		if value != absent {
			values[i] = value
		}
	}
	r := record{id: values[0], kind: values[2], action: values[3], purpose: values[7], object: values[9], policies: strings.ReplaceAll(values[10], ",", "\n"),
		actor: maybe(values[4]), agency: maybe(values[5]), token: maybe(values[6]), caseID: maybe(values[8])}
	r.at, _ = strconv.ParseInt(values[1], 10, 64)
	r.commitment, _ = base64.StdEncoding.DecodeString(values[11])
	r.saltSum, _ = base64.StdEncoding.DecodeString(values[12])
	e, err := r.entry()
	if err != nil || !bytes.Equal(e.leaf(r.saltSum), text) {
		return Entry{}, errNotCanonical
	}
	return e, nil
}

func maybe(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

func leafHash(leaf []byte) tlog.Hash { return tlog.RecordHash(leaf) }
