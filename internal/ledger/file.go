package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"clew/internal/core"

	"golang.org/x/mod/sumdb/note"
)

// fileHeader is the first line of a checkpoint file; the public key is the second.
const fileHeader = "clew ledger checkpoints v1"

// tornMark closes a record that a crash left unfinished: the file is only ever
// appended to, so it cannot be cut off.
const tornMark = "torn"

// signaturePrefix begins the signature lines of a note (an em dash and a space).
const signaturePrefix = "— "

// checkpointFile is the append-only file of signed records outside the database:
// checkpoints, and acceptances of a restored backup. Records are separated by
// blank lines, in the order in which they were appended.
type checkpointFile struct {
	path   string
	key    PublicKey
	verify note.Verifier
	// fault, when set, is asked before each step; tests break the machine with it.
	fault func(step string) error
}

func newCheckpointFile(path string, key PublicKey, v note.Verifier) *checkpointFile {
	return &checkpointFile{path: path, key: key, verify: v, fault: func(string) error { return nil }}
}

// signed is one record of the file; one of the two is set.
type signed struct {
	checkpoint *Checkpoint
	accepted   *Acceptance
}

// openSigned reads a record and checks its signature.
func openSigned(text []byte, v note.Verifier) (signed, error) {
	body, err := openNote(text, v)
	if err != nil {
		return signed{}, err
	}
	if strings.HasPrefix(body, acceptHeader+"\n") {
		a, err := parseAcceptance(body)
		return signed{accepted: &a}, err
	}
	c, err := openCheckpoint(text, v)
	return signed{checkpoint: &c}, err
}

// tail is what the end of the file says.
type tail struct {
	exists bool
	last   *signed // nil when nothing was signed yet
	clean  bool    // the file ends after a whole record
}

// tailBytes is how much of the file's end is read: several records of the largest
// size.
const tailBytes = 4 * maxNote

func (f *checkpointFile) readTail(r io.ReadSeeker) (tail, error) {
	if err := f.checkHeader(r); err != nil {
		return tail{}, err
	}
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return tail{}, err
	}
	from := max(0, size-tailBytes)
	if _, err := r.Seek(from, io.SeekStart); err != nil {
		return tail{}, err
	}
	text, err := io.ReadAll(io.LimitReader(r, tailBytes))
	if err != nil {
		return tail{}, err
	}
	return f.parseTail(string(text), from == 0)
}

// mayBeTorn is how many paragraphs a crash can leave of one record.
const mayBeTorn = 2

// parseTail finds the last whole record from the end.
func (f *checkpointFile) parseTail(text string, fromStart bool) (tail, error) {
	parts := paragraphs(text)
	if fromStart {
		parts = parts[1:] // the header
	}
	t := tail{exists: true, clean: endsWhole(text, parts)}
	skip := 0
	if !t.clean {
		skip = mayBeTorn
	}
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == tornMark {
			skip = mayBeTorn
			continue
		}
		if i > 0 && isSignature(parts[i]) {
			if s, err := openSigned([]byte(parts[i-1]+"\n\n"+parts[i]+"\n"), f.verify); err == nil {
				t.last = &s
				return t, nil
			}
		}
		if skip == 0 {
			return tail{}, f.garbled("its last record is not signed by this ledger's key, or was altered")
		}
		skip--
	}
	if !fromStart {
		return tail{}, f.garbled("its end holds no whole record")
	}
	return t, nil
}

// paragraphs splits text at its blank lines.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Trim(p, "\n"); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// endsWhole reports that nothing unfinished stands at the end.
func endsWhole(text string, parts []string) bool {
	if !strings.HasSuffix(text, "\n\n") {
		return false
	}
	return len(parts) == 0 || isSignature(parts[len(parts)-1]) || parts[len(parts)-1] == tornMark
}

func isSignature(paragraph string) bool { return strings.HasPrefix(paragraph, signaturePrefix) }

func (f *checkpointFile) garbled(why string) error {
	return core.E(core.Internal, "ledger.file_damaged", "The checkpoint file "+filepath.Base(f.path)+" is damaged: "+why+
		". Put back a copy of it; see the runbook on the ledger.")
}

func (f *checkpointFile) checkHeader(r io.ReadSeeker) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	key, err := readFileHeader(bufio.NewReader(r))
	if err != nil {
		return f.garbled(err.Error())
	}
	if key != f.key {
		return core.E(core.Conflict, "ledger.other_key", "The checkpoint file "+filepath.Base(f.path)+
			" was signed with another key. Use the keyset it belongs to, or name another file.")
	}
	return nil
}

// readFileHeader reads the first paragraph and returns the public key in it.
func readFileHeader(r *bufio.Reader) (PublicKey, error) {
	var lines [3]string
	for i := range lines {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return "", errors.New("it does not begin with the header and the public key")
		}
		lines[i] = strings.TrimSuffix(string(line), "\n")
	}
	if lines[0] != fileHeader || lines[2] != "" {
		return "", errors.New("it does not begin with the header and the public key")
	}
	if _, err := PublicKey(lines[1]).verifier(); err != nil {
		return "", errors.New("its public key is not one")
	}
	return PublicKey(lines[1]), nil
}

// readLast returns what the end of the file says, without changing it.
func (f *checkpointFile) readLast() (tail, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return tail{}, nil
	}
	if err != nil {
		return tail{}, fmt.Errorf("open checkpoint file: %w", err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || info.Size() == 0 {
		return tail{}, err
	}
	return f.readTail(file)
}

// append adds what decide makes of the newest record. Only one process at a time
// is between the reading and the writing. A nil result adds nothing.
func (f *checkpointFile) append(decide func(tail) ([]byte, error)) (err error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open checkpoint file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := lockFile(file); err != nil {
		return fmt.Errorf("lock checkpoint file: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read checkpoint file: %w", err)
	}
	if info.Size() == 0 {
		if err := f.begin(file); err != nil {
			return err
		}
	}
	t, err := f.readTail(file)
	if err != nil {
		return err
	}
	record, err := decide(t)
	if err != nil || record == nil {
		return err
	}
	return f.write(file, t, record)
}

func (f *checkpointFile) begin(file *os.File) error {
	header := fileHeader + "\n" + string(f.key) + "\n\n"
	if _, err := file.WriteString(header); err != nil {
		return fmt.Errorf("begin checkpoint file: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("begin checkpoint file: %w", err)
	}
	return syncDir(filepath.Dir(f.path))
}

func (f *checkpointFile) write(file *os.File, t tail, record []byte) error {
	var b bytes.Buffer
	if !t.clean {
		b.WriteString("\n\n" + tornMark + "\n\n")
	}
	b.Write(record)
	b.WriteString("\n")
	if err := f.fault("write"); err != nil {
		_, _ = file.Write(b.Bytes()[:b.Len()/2])
		return err
	}
	if _, err := file.Write(b.Bytes()); err != nil {
		return fmt.Errorf("append checkpoint: %w", err)
	}
	if err := f.fault("sync"); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("append checkpoint: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
