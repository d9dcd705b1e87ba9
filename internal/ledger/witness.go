package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"clew/internal/core"

	"golang.org/x/mod/sumdb/note"
)

// Witnesses are the signed statements that a verification compares with.
type Witnesses struct {
	Key      PublicKey
	want     []Checkpoint
	accepted []Acceptance
	torn     int
	findings []Finding
}

func (w Witnesses) report() Report {
	return Report{Accepted: w.accepted, Torn: w.torn, Findings: slices.Clone(w.findings)}
}

// Newest returns the checkpoint over the most entries, if there is one.
func (w Witnesses) Newest() (Checkpoint, bool) {
	var newest Checkpoint
	for _, c := range w.want {
		if c.N >= newest.N {
			newest = c
		}
	}
	return newest, len(w.want) > 0
}

// FilePublicKey returns the public key that a checkpoint file names as its own.
func FilePublicKey(path string) (PublicKey, error) {
	f, err := openCheckpoints(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	key, err := readFileHeader(bufio.NewReader(f))
	if err != nil {
		return "", notCheckpoints(err)
	}
	return key, nil
}

func notCheckpoints(err error) error {
	return core.E(core.Invalid, "ledger.not_checkpoints", "This is not a checkpoint file: "+err.Error()+".")
}

func openCheckpoints(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, core.E(core.NotFound, "ledger.no_file", "There is no checkpoint file "+path+".")
	}
	if err != nil {
		return nil, fmt.Errorf("open checkpoint file: %w", err)
	}
	return f, nil
}

// ReadWitnesses reads a checkpoint file. With a key, every record must be signed
// by it; an empty key takes the one in the file's own header, which proves only
// that the file agrees with itself. Records that cannot be believed become
// findings, so that the others still count.
func ReadWitnesses(path string, key PublicKey) (Witnesses, error) {
	f, err := openCheckpoints(path)
	if err != nil {
		return Witnesses{}, err
	}
	defer func() { _ = f.Close() }()
	w, err := readWitnesses(f, key)
	if err != nil {
		return Witnesses{}, fmt.Errorf("read checkpoint file %s: %w", filepath.Base(path), err)
	}
	return w, nil
}

func readWitnesses(r io.Reader, key PublicKey) (Witnesses, error) {
	in := bufio.NewReaderSize(r, maxNote)
	inFile, err := readFileHeader(in)
	if err != nil {
		return Witnesses{}, notCheckpoints(err)
	}
	if key == "" {
		key = inFile
	}
	v, err := key.verifier()
	if err != nil {
		return Witnesses{}, err
	}
	w := &witnessReader{verify: v, line: 4, out: Witnesses{Key: key}}
	if err := w.read(in); err != nil {
		return Witnesses{}, err
	}
	return w.out, nil
}

// witnessReader reads the records one after the other. What it cannot explain
// waits for the mark that says a crash left it.
type witnessReader struct {
	verify note.Verifier
	out    Witnesses
	line   int // of the paragraph being read
	open   []paragraph
}

type paragraph struct {
	line int
	text string
}

func (w *witnessReader) read(in *bufio.Reader) error {
	var b strings.Builder
	first, unfinished := w.line, false
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil // too long for a record: it will not be believed
		}
		if err != nil && err != io.EOF {
			return err
		}
		if text := string(line); text != "\n" && text != "" && b.Len() < maxNote {
			b.WriteString(text)
		}
		if string(line) == "\n" || err == io.EOF {
			unfinished = b.Len() > 0 && err == io.EOF
			w.paragraph(paragraph{first, strings.TrimSuffix(b.String(), "\n")})
			b.Reset()
			first = w.line + 1
		}
		w.line++
		if err == io.EOF {
			w.end(unfinished)
			return nil
		}
	}
}

func (w *witnessReader) paragraph(p paragraph) {
	switch {
	case p.text == "":
	case p.text == tornMark:
		w.out.torn++
		w.doubt(max(0, len(w.open)-mayBeTorn))
		w.open = nil
	case isSignature(p.text) && len(w.open) > 0 && w.take(p):
	default:
		w.open = append(w.open, p)
		if len(w.open) > mayBeTorn {
			w.doubt(1)
		}
	}
}

// take believes the record that p signs, if it does.
func (w *witnessReader) take(p paragraph) bool {
	body := w.open[len(w.open)-1]
	s, err := openSigned([]byte(body.text+"\n\n"+p.text+"\n"), w.verify)
	if err != nil {
		return false
	}
	w.doubt(len(w.open) - 1)
	w.open = nil
	if a := s.accepted; a != nil {
		w.out.accepted = append(w.out.accepted, *a)
		// Checkpoints over entries that the accepted backup lacked count no more.
		w.out.want = slices.DeleteFunc(w.out.want, func(c Checkpoint) bool { return c.N > a.Now.N })
		w.out.want = append(w.out.want, Checkpoint{Origin: a.Origin, Tree: a.Now, At: a.At})
		return true
	}
	c := *s.checkpoint
	c.Note = "" // there may be millions
	w.out.want = append(w.out.want, c)
	return true
}

// doubt reports the first n paragraphs that nothing explained.
func (w *witnessReader) doubt(n int) {
	for _, p := range w.open[:n] {
		if len(w.out.findings) < maxFindings {
			w.out.findings = append(w.out.findings, Finding{What: BadFile, From: -1, To: -1,
				Detail: fmt.Sprintf("line %d of the checkpoint file is not part of a record that this ledger's key signed", p.line)})
		}
	}
	w.open = w.open[n:]
}

// end judges what is left: an unfinished record at the end is what a crash
// leaves, a whole one that does not verify is not.
func (w *witnessReader) end(unfinished bool) {
	n := len(w.open)
	if n == 0 {
		return
	}
	if !unfinished && isSignature(w.open[n-1].text) {
		w.doubt(n)
		return
	}
	w.out.torn++
	w.doubt(max(0, n-mayBeTorn))
}
