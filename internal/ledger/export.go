package ledger

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"clew/internal/core"
	"clew/internal/database"

	"golang.org/x/mod/sumdb/tlog"
)

// exportHeader is the first line of an export.
const exportHeader = "clew ledger export v1"

// Export writes the leaves of every entry that the newest checkpoint covers, with
// that checkpoint, for verification elsewhere. The form is: the header and the
// public key, a blank line, the checkpoint (two paragraphs), then each leaf as a
// record of tlog.FormatRecord: its position on a line, its text, a blank line.
// No salt is in it. An entry that is missing or was altered ends the export with
// an error: run Verify.
func (l *Log) Export(ctx context.Context, w io.Writer, progress Progress) (Checkpoint, error) {
	shown, err := l.Checkpoints(ctx, 1)
	if err != nil {
		return Checkpoint{}, err
	}
	if len(shown) == 0 {
		return Checkpoint{}, core.E(core.NotNow, "ledger.not_signed_yet", "No checkpoint has been made yet.")
	}
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "%s\n%s\n\n%s\n", exportHeader, l.key, shown[0].Note)
	if err := exportLeaves(ctx, l.db.Reader(), out, shown[0].Tree, progress); err != nil {
		return Checkpoint{}, database.Explain(fmt.Errorf("export ledger: %w", err))
	}
	return shown[0], out.Flush()
}

func exportLeaves(ctx context.Context, q database.Querier, out *bufio.Writer, tree tlog.Tree, progress Progress) error {
	stored, computed := storedTiles{q: q}, frontier{}
	for next := int64(0); next < tree.N; {
		rows, err := q.QueryContext(ctx, selectPlaced, next, tree.N, batchSize)
		records, err := scanRecords(rows, err)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return errBroken(fmt.Sprintf("position %d is missing", next))
		}
		for _, r := range records {
			leaf, leafErr := r.leaf()
			want, known, err := stored.leaf(ctx, next)
			if err != nil {
				return err
			}
			if leafErr != nil || r.seq.Int64 != next || !known || leafHash(leaf) != want {
				return errBroken(fmt.Sprintf("position %d is missing or was altered", next))
			}
			computed.add(want)
			record, err := tlog.FormatRecord(next, leaf)
			if err != nil {
				return err
			}
			if _, err := out.Write(record); err != nil {
				return err
			}
			next++
		}
		if progress != nil {
			progress(next, tree.N)
		}
	}
	if computed.root() != tree.Hash {
		return errBroken("the entries are not those of the checkpoint")
	}
	return nil
}

// VerifyExport computes the tree from an export and compares it with the
// checkpoint inside and with the others given (a zero Witnesses adds none). With
// a key, the export's checkpoint must be signed by it; an empty key takes the one
// in the export itself, which proves only that the export agrees with itself.
// Without stored hashes a place is known only between two checkpoints.
func VerifyExport(r io.Reader, key PublicKey, others Witnesses, progress Progress) (Report, error) {
	in := bufio.NewReaderSize(r, maxLeaf+64)
	c, err := readExportHeader(in, key)
	if err != nil {
		return Report{}, &core.Error{Kind: core.Invalid, Code: "ledger.bad_export", Msg: "This is not an export that can be checked: " + err.Error() + "."}
	}
	report := others.report()
	want := []Checkpoint{c}
	for _, o := range others.want {
		if o.N <= c.N { // later checkpoints cover what the export does not hold
			want = append(want, o)
		}
	}
	a := newAudit(want, &report)
	if err := auditExport(in, a, c.N, progress); err != nil {
		return Report{}, fmt.Errorf("read export: %w", err)
	}
	a.end()
	report.sort()
	return report, nil
}

func readExportHeader(in *bufio.Reader, key PublicKey) (Checkpoint, error) {
	var parts [3]string
	for i := range parts {
		p, err := readParagraph(in, maxNote)
		if err != nil {
			return Checkpoint{}, errors.New("it ends in its header, or the header is not one")
		}
		parts[i] = string(p)
	}
	first, own, _ := strings.Cut(strings.TrimSuffix(parts[0], "\n"), "\n")
	if first != exportHeader {
		return Checkpoint{}, fmt.Errorf("it does not begin with %q", exportHeader)
	}
	if key == "" {
		key = PublicKey(own)
	}
	c, err := ParseCheckpoint([]byte(parts[1]+"\n"+parts[2]), key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("its checkpoint cannot be believed: %w", err)
	}
	return c, nil
}

// auditExport adds the leaves to the audit. A record that is not one is reported
// and ends the reading: nothing after it has a place.
func auditExport(in *bufio.Reader, a *audit, size int64, progress Progress) error {
	for {
		p, err := readParagraph(in, maxLeaf+32)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !isBadParagraph(err) {
			return err
		}
		at := a.tree.size
		leaf, entry, bad := exportRecord(p, err, at)
		if bad != "" {
			a.report.find(Finding{What: Changed, From: at, To: at, Detail: bad})
			return nil
		}
		if at >= size {
			a.report.find(Finding{What: Inserted, From: at, To: at, Entry: entry, Detail: "the export holds more entries than its checkpoint covers"})
			return nil
		}
		a.add(leafHash(leaf))
		if progress != nil && a.tree.size%batchSize == 0 {
			progress(a.tree.size, size)
		}
	}
}

// exportRecord returns the leaf of a record, or what is wrong with it.
func exportRecord(p []byte, err error, want int64) (leaf []byte, entry, bad string) {
	if err != nil {
		return nil, "", err.Error()
	}
	number, leaf, _ := bytes.Cut(p, []byte("\n"))
	if string(number) != strconv.FormatInt(want, 10) {
		return nil, "", "another position stands here"
	}
	e, err := parseLeaf(leaf)
	if err != nil {
		return nil, "", "the entry is " + err.Error()
	}
	return leaf, e.ID.String(), ""
}

var (
	errLongParagraph = errors.New("the record is longer than any entry can be")
	errCutOff        = errors.New("the record is cut off")
)

func isBadParagraph(err error) bool {
	return errors.Is(err, errLongParagraph) || errors.Is(err, errCutOff)
}

// readParagraph returns the lines up to the next blank line, without it.
func readParagraph(in *bufio.Reader, limit int) ([]byte, error) {
	var out []byte
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull) || len(out)+len(line) > limit:
			return nil, errLongParagraph
		case errors.Is(err, io.EOF) && len(out)+len(line) > 0:
			return nil, errCutOff
		case err != nil:
			return nil, err
		case len(line) == 1:
			return out, nil
		}
		out = append(out, line...)
	}
}
