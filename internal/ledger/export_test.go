package ledger

import "io"

// SetFault makes the machine fail at a step of appending to the checkpoint file.
func (l *Log) SetFault(fault func(step string) error) { l.file.fault = fault }

// ReadWitnessesFrom reads a checkpoint file from memory.
func ReadWitnessesFrom(r io.Reader, key PublicKey) (Witnesses, error) { return readWitnesses(r, key) }

// Torn and Findings tell what was found in a checkpoint file.
func (w Witnesses) Torn() int               { return w.torn }
func (w Witnesses) FileFindings() []Finding { return w.findings }
func (w Witnesses) Count() int              { return len(w.want) }

// ParseTailText reads the end of a checkpoint file.
func ParseTailText(key PublicKey, text string, fromStart bool) (found bool, err error) {
	v, err := key.verifier()
	if err != nil {
		return false, err
	}
	t, err := newCheckpointFile("f", key, v).parseTail(text, fromStart)
	return t.last != nil, err
}

// ParseLeaf reads a leaf and returns its text again.
func ParseLeaf(text []byte) ([]byte, Entry, error) {
	e, err := parseLeaf(text)
	return text, e, err
}

// Query exposes the clause list.
func (f Filter) Query(after Cursor, limit int) (string, []any) { return f.query(after, limit) }
