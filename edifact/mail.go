package edifact

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
)

// mailReader reads r as it is, or, when it is a mail (RFC 5322), with the bodies
// decoded that are sent as quoted-printable or base64 (RFC 2045). Headers, the
// lines between parts, and what cannot be decoded stay as they are: nothing a
// mail holds is lost to its form.
type mailReader struct {
	r        *bufio.Reader
	decided  bool
	isMail   bool
	decoded  bool // an encoded body was met
	mode     mailMode
	encoding string // of the body: base64, quoted-printable, or another
	head     []byte // the open header
	borders  []string
	carry    []byte // of an encoded body, what waits for the bytes that follow it
	out      bytes.Buffer
	qp       *bufio.Reader
	err      error
}

type mailMode uint8

const (
	inMailHead mailMode = iota
	inMailBody
	inPlainMail // neither encoded nor of parts: nothing to be done
)

const (
	// maxMailHead bounds one header; a longer one is no header.
	maxMailHead = 64 << 10
	// maxBorders bounds the multiparts inside each other.
	maxBorders = 16
	// mailLine is how much of a line is looked at at once.
	mailLine = 4096
)

func newMailReader(r io.Reader) *mailReader {
	return &mailReader{r: bufio.NewReaderSize(r, mailLine)}
}

// Read implements io.Reader.
func (m *mailReader) Read(p []byte) (int, error) {
	if !m.decided {
		head, err := m.r.Peek(64)
		if len(head) == 0 {
			return 0, err
		}
		m.decided, m.isMail = true, beginsMail(head)
	}
	for m.isMail && m.mode != inPlainMail && m.err == nil && m.out.Len() < mailLine {
		line, err := m.r.ReadSlice('\n')
		if len(line) > 0 {
			m.line(line)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			m.flush()
			m.err = err
		}
	}
	switch {
	case m.out.Len() > 0:
		return m.out.Read(p)
	case m.err != nil:
		return 0, m.err
	}
	return m.r.Read(p)
}

// beginsMail reports whether text begins with a header field, or with the line
// that mailboxes put before it.
func beginsMail(text []byte) bool {
	if bytes.HasPrefix(text, []byte("From ")) {
		return true
	}
	name, rest, _ := bytes.Cut(text, []byte(":"))
	if len(name) < 2 || len(rest) == 0 || rest[0] != ' ' && rest[0] != '\r' && rest[0] != '\n' || bytes.HasPrefix(name, []byte("UN")) {
		return false
	}
	for _, c := range name {
		if !isAlnum(c) && c != '-' {
			return false
		}
	}
	return true
}

// line takes one line, or a piece of a long one.
func (m *mailReader) line(line []byte) {
	if m.mode == inMailHead {
		m.headLine(line)
		return
	}
	if border, last := m.border(line); border {
		m.flush()
		if m.encoding == "base64" {
			m.out.WriteByte('\n') // the encoding has swallowed the end of the line before
		}
		m.out.Write(line)
		m.encoding = ""
		if !last {
			m.mode, m.head = inMailHead, m.head[:0]
		}
		return
	}
	switch m.encoding {
	case "base64":
		m.base64(line)
	case "quoted-printable":
		m.quoted(line)
	default:
		m.out.Write(line)
	}
}

// headLine takes a line of a header; an empty one ends it.
func (m *mailReader) headLine(line []byte) {
	m.out.Write(line)
	if len(bytes.TrimRight(line, "\r\n")) > 0 && len(m.head) < maxMailHead {
		if !bytes.HasPrefix(line, []byte("From ")) {
			m.head = append(m.head, line...)
		}
		return
	}
	m.mode = inMailBody
	// What textproto could read of a malformed header is used.
	h, _ := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(m.head), strings.NewReader("\r\n\r\n")))).ReadMIMEHeader()
	m.encoding = strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding")))
	m.decoded = m.decoded || m.encoding == "base64" || m.encoding == "quoted-printable"
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if border := params["boundary"]; border != "" && strings.HasPrefix(kind, "multipart/") && len(m.borders) < maxBorders {
		m.borders = append(m.borders, "--"+border)
		m.encoding = "" // of a multipart, only its parts are encoded
	}
	if !m.decoded && len(m.borders) == 0 {
		m.mode = inPlainMail
	}
}

// border reports whether a line stands between parts, and whether it ends them.
func (m *mailReader) border(line []byte) (border, last bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return false, false
	}
	text := strings.TrimRight(string(line), " \t\r\n")
	for _, b := range m.borders {
		if text == b || text == b+"--" {
			return true, text != b
		}
	}
	return false, false
}

// base64 decodes a line; what is over when its characters are taken by fours
// waits for the next. A line that is no base64 is kept.
func (m *mailReader) base64(line []byte) {
	text := append(m.carry, bytes.TrimRight(line, "\r\n\t ")...)
	whole := len(text) / 4 * 4
	plain, err := base64.StdEncoding.AppendDecode(m.out.AvailableBuffer(), text[:whole])
	if err != nil {
		m.flush()
		m.out.Write(line)
		return
	}
	m.out.Write(plain)
	m.carry = append(m.carry[:0], text[whole:]...)
}

// quoted decodes a line, or a piece of one: then an escape that is not whole, and
// blanks that may end the line, wait for what follows.
func (m *mailReader) quoted(line []byte) {
	text := append(m.carry, line...)
	m.carry = nil
	if end := len(text); text[end-1] != '\n' {
		end = len(bytes.TrimRight(text, " \t"))
		if i := bytes.LastIndexByte(text[:end], '='); i >= 0 && i >= end-2 {
			end = i
		}
		if len(text)-end < mailLine {
			m.carry = append([]byte(nil), text[end:]...)
			text = text[:end]
		}
	}
	if m.qp == nil {
		m.qp = bufio.NewReaderSize(nil, mailLine)
	}
	m.qp.Reset(bytes.NewReader(text))
	plain, err := io.ReadAll(quotedprintable.NewReader(m.qp))
	if err != nil {
		plain = text
	}
	m.out.Write(plain)
}

// flush gives out what waits for bytes that do not come.
func (m *mailReader) flush() {
	m.out.Write(m.carry)
	m.carry = m.carry[:0]
}
