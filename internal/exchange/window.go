package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxRecord bounds one record, in bytes: all the words of the longest form, many
// times over.
const maxRecord = 1 << 20

// window looks at a stream record by record without holding more of it than one
// record. It counts lines.
type window struct {
	r    *bufio.Reader
	line int // of the next byte, from 1
}

// outcome is what a scan of the bytes at hand found.
type outcome uint8

const (
	needMore outcome = iota // the record goes on after the bytes at hand
	complete
	broken
)

// next gives scan the bytes at hand, more of them each time it asks, until it
// has found a record's end or the bound is reached; then the record counts as
// broken. It takes nothing off the stream. A clean end of the stream is io.EOF.
func (w *window) next(scan func(b []byte, eof bool) outcome) (outcome, error) {
	size := max(w.r.Buffered(), 1)
	for {
		b, err := w.r.Peek(min(size, maxRecord))
		eof := errors.Is(err, io.EOF)
		if err != nil && !eof && !errors.Is(err, bufio.ErrBufferFull) {
			return broken, err
		}
		if len(b) == 0 {
			return complete, io.EOF
		}
		switch found := scan(b, eof); {
		case found != needMore:
			return found, nil
		case eof || size >= maxRecord:
			return broken, nil
		}
		size = max(2*len(b), 4<<10)
	}
}

// take moves on by n bytes.
func (w *window) take(n int) error {
	for n > 0 {
		part, err := w.r.Peek(min(n, maxRecord))
		if err != nil && len(part) == 0 {
			return err
		}
		w.line += bytes.Count(part, []byte{'\n'})
		if _, err := w.r.Discard(len(part)); err != nil {
			return err
		}
		n -= len(part)
	}
	return nil
}

// skipLine moves on to the beginning of the next line.
func (w *window) skipLine() error {
	for {
		b, err := w.r.Peek(max(w.r.Buffered(), 1))
		if len(b) == 0 {
			return err
		}
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return w.take(i + 1)
		}
		if err := w.take(len(b)); err != nil {
			return err
		}
	}
}
