package edifact

import (
	"bufio"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// unicodeReader reads r as it is, or as UTF-8 when it is UTF-16: told by its
// byte order mark, or by every other one of the first bytes being NUL.
type unicodeReader struct {
	r       io.Reader
	decided bool
	wide    *bufio.Reader // not nil when the input is UTF-16
	big     bool
	half    rune // a high surrogate that waits for its low one
	out     []byte
}

// Read implements io.Reader.
func (u *unicodeReader) Read(p []byte) (int, error) {
	if !u.decided {
		if err := u.decide(); err != nil {
			return 0, err
		}
	}
	if u.wide == nil {
		return u.r.Read(p)
	}
	for len(u.out) == 0 {
		if err := u.decode(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// decide looks at the first bytes.
func (u *unicodeReader) decide() error {
	b := bufio.NewReaderSize(u.r, 4096)
	head, err := b.Peek(64)
	if len(head) == 0 {
		return err
	}
	u.decided = true
	u.r = b
	switch {
	case len(head) < 4:
	case head[0] == 0xFF && head[1] == 0xFE:
		u.wide = b
	case head[0] == 0xFE && head[1] == 0xFF:
		u.wide, u.big = b, true
	case alternates(head, 1):
		u.wide = b
	case alternates(head, 0):
		u.wide, u.big = b, true
	}
	return nil
}

// alternates reports whether the bytes at odd (1) or even (0) places are all NUL
// and the others are not.
func alternates(head []byte, at int) bool {
	for i := 0; i+1 < len(head); i += 2 {
		if head[i+at] != 0 || head[i+1-at] == 0 {
			return false
		}
	}
	return true
}

func (u *unicodeReader) decode() error {
	var pair [2]byte
	for len(u.out) < 4096 {
		if _, err := io.ReadFull(u.wide, pair[:]); err != nil {
			if len(u.out) > 0 {
				return nil
			}
			return io.EOF
		}
		v := rune(pair[0]) | rune(pair[1])<<8
		if u.big {
			v = rune(pair[0])<<8 | rune(pair[1])
		}
		u.put(v)
	}
	return nil
}

func (u *unicodeReader) put(v rune) {
	switch {
	case v == 0xFEFF:
	case u.half != 0:
		u.out = utf8.AppendRune(u.out, utf16.DecodeRune(u.half, v))
		u.half = 0
	case v >= 0xD800 && v < 0xDC00:
		u.half = v
	default:
		u.out = utf8.AppendRune(u.out, v)
	}
}

// isWide reports whether the reader found UTF-16.
func (u *unicodeReader) isWide() bool { return u.wide != nil }
