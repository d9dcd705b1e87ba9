package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clew/internal/core"
)

// Checkpoint is a signed statement that the ledger had this size and this root at
// this time. Its text is a C2SP checkpoint (https://c2sp.org/tlog-checkpoint): the
// origin, the size and the root each on a line, here followed by one extension
// line with the time, then a blank line and the signature.
type Checkpoint struct {
	Origin string
	tlog.Tree
	At time.Time
	// Note is the signed text as it stands in the file.
	Note string
}

const timeKey = "time "

// maxNote bounds a signed note in bytes.
const maxNote = 4 << 10

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s%s\n", c.Origin, c.N, c.Hash, timeKey, c.At.UTC().Format(time.RFC3339))
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return Checkpoint{}, errors.New("a checkpoint has four lines")
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != lines[1] {
		return Checkpoint{}, errors.New("the size is not a number")
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, errors.New("the root is not a hash")
	}
	at, err := time.Parse(timeKey+time.RFC3339, lines[3])
	if err != nil {
		return Checkpoint{}, errors.New("the time is not a time")
	}
	c := Checkpoint{Origin: lines[0], Tree: tlog.Tree{N: n, Hash: hash}, At: at.UTC()}
	if c.text() != text {
		return Checkpoint{}, errors.New("it is not in the form in which checkpoints are written")
	}
	return c, nil
}

// NewSigner makes the ledger's signing key from a 32-byte seed and the origin,
// which names this ledger among all others: "clew.example.org/ledger".
func NewSigner(origin string, seed []byte) (note.Signer, PublicKey, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, "", fmt.Errorf("the ledger's key seed has %d bytes, not %d", len(seed), ed25519.SeedSize)
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", core.E(core.Invalid, "ledger.bad_origin", "The ledger's name must not be empty or hold spaces or plus signs.")
	}
	// A signer key is the verifier key's id with the seed in the place of the
	// public key: "PRIVATE+KEY+name+id+base64(1 ‖ seed)".
	id := strings.Split(public, "+")[1]
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	signer, err := note.NewSigner("PRIVATE+KEY+" + origin + "+" + id + "+" + secret)
	if err != nil {
		return nil, "", core.E(core.Invalid, "ledger.bad_origin", "The ledger's name must not be empty or hold spaces or plus signs.")
	}
	return signer, PublicKey(public), nil
}

// PublicKey is what verifies a checkpoint, in the note package's form:
// "origin+id+base64". It is not secret; keep a copy where nobody who runs the
// database can change it.
type PublicKey string

// Origin returns the ledger's name, which the key begins with.
func (k PublicKey) Origin() string {
	origin, _, _ := strings.Cut(string(k), "+")
	return origin
}

func (k PublicKey) verifier() (note.Verifier, error) {
	v, err := note.NewVerifier(string(k))
	if err != nil {
		return nil, core.E(core.Invalid, "ledger.bad_public_key", "This is not the public key of a ledger: it looks like name+1a2b3c4d+letters.")
	}
	return v, nil
}

// errBadSignature is what people are told; the cause is on their side of the file.
var errBadSignature = errors.New("it is not signed by this ledger's key, or was altered after it was signed")

// openNote returns the text of a signed note if the key signed it.
func openNote(signed []byte, v note.Verifier) (string, error) {
	if len(signed) > maxNote {
		return "", errBadSignature
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return "", errBadSignature
	}
	// One signature has one text: spare bits of its last letter must be zero.
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return "", errBadSignature
	}
	return n.Text, nil
}

// ParseCheckpoint opens a signed checkpoint.
func ParseCheckpoint(signed []byte, key PublicKey) (Checkpoint, error) {
	v, err := key.verifier()
	if err != nil {
		return Checkpoint{}, err
	}
	return openCheckpoint(signed, v)
}

func openCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	text, err := openNote(signed, v)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := parseCheckpoint(text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, errors.New("it belongs to another ledger")
	}
	c.Note = string(bytes.Clone(signed))
	return c, nil
}

func (c *Checkpoint) sign(signer note.Signer) error {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	c.Note = string(signed)
	return err
}
