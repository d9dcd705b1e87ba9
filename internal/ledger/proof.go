package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clew/internal/core"
	"clew/internal/database"

	"golang.org/x/mod/sumdb/tlog"
)

// proofHeader is the first line of a proof.
const proofHeader = "clew ledger proof v1"

// maxProof bounds a proof in bytes: a leaf, a note, and at most 63 hashes.
const maxProof = maxLeaf + maxNote + 64*64

// Proof shows that one entry stands in the ledger. Its text is five parts apart
// by blank lines: the header with the public key and the position, the entry's
// leaf, the checkpoint's text, its signature, and the audit path (RFC 9162
// §2.1.3), one base64 hash a line.
type Proof struct {
	Key        PublicKey
	Position   int64
	Entry      Entry
	Checkpoint Checkpoint

	leaf []byte
	path tlog.RecordProof
}

// Prove returns the proof that the newest checkpoint covers the entry.
func (l *Log) Prove(ctx context.Context, entry core.ID) (Proof, error) {
	r, err := loadRecord(ctx, l.db.Reader(), entry)
	if err != nil {
		return Proof{}, err
	}
	shown, err := l.Checkpoints(ctx, 1)
	if err != nil {
		return Proof{}, err
	}
	if !r.seq.Valid || len(shown) == 0 || r.seq.Int64 >= shown[0].N {
		return Proof{}, core.E(core.NotNow, "ledger.not_signed_yet", "No checkpoint covers this entry yet. Try again in a minute.")
	}
	leaf, err := r.leaf()
	if err != nil {
		return Proof{}, errBroken("entry " + r.id + " was altered")
	}
	h, err := readHead(ctx, l.db.Reader())
	if err != nil {
		return Proof{}, database.Explain(err)
	}
	path, err := tlog.ProveRecord(shown[0].N, r.seq.Int64, hashesOf(ctx, l.db.Reader(), h.Tree))
	if err != nil {
		return Proof{}, database.Explain(fmt.Errorf("prove ledger entry: %w", err))
	}
	// Reading the proof back checks it, so that a broken one is never given out.
	p, err := ParseProof(formatProof(l.key, r.seq.Int64, leaf, shown[0], path), l.key)
	if err != nil {
		return Proof{}, errBroken("entry " + r.id + " is not the one that was recorded")
	}
	return p, nil
}

// Leaf returns the entry's canonical text.
func (p Proof) Leaf() string { return string(p.leaf) }

// Text returns the proof as it is handed on.
func (p Proof) Text() []byte { return formatProof(p.Key, p.Position, p.leaf, p.Checkpoint, p.path) }

func formatProof(key PublicKey, position int64, leaf []byte, c Checkpoint, path tlog.RecordProof) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n%d\n\n%s\n%s\n", proofHeader, key, position, leaf, c.Note)
	for _, h := range path {
		fmt.Fprintln(&b, h)
	}
	return b.Bytes()
}

// ParseProof reads a proof and checks it: the signature under the key, and the
// path from the entry to the signed root. An empty key takes the one in the proof
// itself, which shows only that the proof agrees with itself.
func ParseProof(text []byte, key PublicKey) (Proof, error) {
	p, err := parseProof(text, key)
	if err != nil {
		return Proof{}, &core.Error{Kind: core.Invalid, Code: "ledger.bad_proof", Msg: "The proof does not hold: " + err.Error() + "."}
	}
	return p, nil
}

func parseProof(text []byte, key PublicKey) (Proof, error) {
	parts := strings.SplitN(string(text), "\n\n", 5)
	if len(text) > maxProof || len(parts) != 5 {
		return Proof{}, errors.New("it does not have the five parts of a proof")
	}
	lines := strings.Split(parts[0], "\n")
	if len(lines) != 3 || lines[0] != proofHeader {
		return Proof{}, fmt.Errorf("it does not begin with %q", proofHeader)
	}
	p := Proof{Key: PublicKey(lines[1]), leaf: []byte(parts[1] + "\n")}
	if key != "" && key != p.Key {
		return Proof{}, errors.New("it is signed with another key than the one given")
	}
	var err error
	if p.Position, err = strconv.ParseInt(lines[2], 10, 64); err != nil || p.Position < 0 {
		return Proof{}, errors.New("the position is not a number")
	}
	if p.Entry, err = parseLeaf(p.leaf); err != nil {
		return Proof{}, fmt.Errorf("the entry is %w", err)
	}
	p.Entry.Position = p.Position
	if p.Checkpoint, err = ParseCheckpoint([]byte(parts[2]+"\n\n"+parts[3]+"\n"), p.Key); err != nil {
		return Proof{}, fmt.Errorf("the checkpoint cannot be believed: %w", err)
	}
	if p.path, err = parsePath(parts[4]); err != nil {
		return Proof{}, err
	}
	if !bytes.Equal(p.Text(), text) {
		return Proof{}, errors.New("it is not in the form in which proofs are written")
	}
	if err := tlog.CheckRecord(p.path, p.Checkpoint.N, p.Checkpoint.Hash, p.Position, leafHash(p.leaf)); err != nil {
		return Proof{}, errors.New("the entry is not what stands at this position of the signed ledger")
	}
	return p, nil
}

func parsePath(text string) (tlog.RecordProof, error) {
	var path tlog.RecordProof
	for line := range strings.Lines(text) {
		h, err := tlog.ParseHash(strings.TrimSuffix(line, "\n"))
		if err != nil || len(path) == 63 {
			return nil, errors.New("the path holds something that is not a hash")
		}
		path = append(path, h)
	}
	return path, nil
}
