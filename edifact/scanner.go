package edifact

import (
	"errors"
	"io"
	"strings"
)

// MaxSegment is the longest segment that is kept, in bytes. What goes past it
// is cut with a finding: a missing terminator must not eat the memory.
const MaxSegment = 4 << 20

// blockSize is how much is read at once.
const blockSize = 64 << 10

// maxPreamble is how much of the text before an interchange is kept.
const maxPreamble = 4 << 10

// Scanner splits a stream into segments. It skips what stands around
// interchanges (type-B addresses, mail headers and footers), learns each
// interchange's separators, and drops line breaks inside segments.
//
// The zero Scanner is not usable; NewScanner makes one.
type Scanner struct {
	// Preamble is the text that stood before the current interchange, at most
	// 4 KiB of it: the type-B addresses, for one.
	Preamble string

	r       io.Reader
	wide    *unicodeReader
	mail    *mailReader
	scratch []byte
	block   string // what has been read and not yet consumed starts at pos
	pos     int
	base    int64 // offset of block[0]
	eof     bool
	err     error

	delims      *Delimiters
	table       classTable
	inside      bool // between the start of an interchange and its end
	seg         Segment
	findings    []Finding
	noted       map[string]bool // codes that are reported once an interchange
	lastHead    string          // how the last interchange began, "" when that is not worth keeping
	lastOpening opening
	began       bool // a first interchange was found
	opened      bool // an interchange has just begun
}

// NewScanner returns a Scanner that reads from r.
func NewScanner(r io.Reader) *Scanner {
	m := newMailReader(r)
	u := &unicodeReader{r: m}
	return &Scanner{r: u, wide: u, mail: m, scratch: make([]byte, blockSize), noted: map[string]bool{}}
}

// Scan moves to the next segment and reports whether there is one.
func (s *Scanner) Scan() bool {
	for {
		if !s.inside && !s.seek() {
			return false
		}
		if s.next() {
			if s.seg.Tag == "UNZ" {
				s.end()
			}
			return true
		}
		if s.inside {
			return false
		}
	}
}

// Segment returns the current segment. It is valid until the next Scan.
func (s *Scanner) Segment() *Segment { return &s.seg }

// Err returns the first error of the reader, if it was not io.EOF.
func (s *Scanner) Err() error { return s.err }

// Findings returns what was found since the last call.
func (s *Scanner) Findings() []Finding {
	f := s.findings
	s.findings = nil
	return f
}

// end ends the interchange after UNZ: what follows up to the next UNA, UNB or
// UNH is not read. It never waits for more input, so it can
// only report the text that has already arrived.
func (s *Scanner) end() {
	s.inside = false
	rest := s.block[s.pos:]
	offset := s.base + int64(s.pos)
	if i := findStart(rest); i >= 0 {
		rest = rest[:i]
	} else if s.eof || len(rest) > startLen {
		s.pos = len(s.block) - min(startLen, len(rest))
	}
	s.around(rest, offset, "text_after")
}

// fill reads on, keeping block[pos:]. It reads at least as much as it keeps, so
// that a long segment costs linear time.
func (s *Scanner) fill() bool {
	if s.eof {
		return false
	}
	keep := s.block[s.pos:]
	need := max(1, len(keep))
	if len(s.scratch) < need {
		s.scratch = make([]byte, need)
	}
	n, err := io.ReadAtLeast(s.r, s.scratch, need)
	if err != nil {
		s.eof = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			s.err = err
		}
	}
	if keep == "" {
		s.block = string(s.scratch[:n])
	} else {
		s.block = keep + string(s.scratch[:n])
	}
	s.base += int64(s.pos)
	s.pos = 0
	return n > 0
}

// seek moves to the next interchange and learns its separators.
func (s *Scanner) seek() bool {
	var preamble strings.Builder
	start := s.base + int64(s.pos)
	for {
		i := findStart(s.block[s.pos:])
		if i >= 0 {
			s.keep(&preamble, s.block[s.pos:s.pos+i])
			s.pos += i
			break
		}
		// A start may be cut by the block's end: keep its longest form.
		if rest := len(s.block) - s.pos; rest > startLen {
			s.keep(&preamble, s.block[s.pos:len(s.block)-startLen])
			s.pos = len(s.block) - startLen
		}
		if !s.fill() {
			return false
		}
	}
	for len(s.block)-s.pos < headLen && s.fill() {
	}
	s.Preamble = strings.Trim(preamble.String(), filling)
	clear(s.noted)
	s.around(s.Preamble, start, "text_before")
	if s.wide.isWide() {
		s.note("utf16", "", 0, "")
	}
	if s.mail.decoded {
		s.note("mail_decoded", "", 0, "")
	}
	s.start(s.opening())
	return true
}

func (s *Scanner) keep(b *strings.Builder, text string) {
	if room := maxPreamble - b.Len(); room > 0 {
		b.WriteString(text[:min(room, len(text))])
	}
}

// around reports text outside an interchange, if there is any worth it.
func (s *Scanner) around(text string, offset int64, code string) {
	if strings.Trim(text, filling) != "" {
		s.note(code, "", offset, "")
	}
}

// filling is what may stand around an interchange without a word: blanks, line
// breaks, the transmission controls of type-B lines, byte order marks.
const filling = " \t\r\n\x00\x01\x02\x03\x04\x1a\x1b\xef\xbb\xbf"

// opening learns how the interchange at pos begins. One that begins like the
// last, byte for byte up to its syntax identifier, has the same separators if
// the terminator is where it should be.
func (s *Scanner) opening() opening {
	text := s.block[s.pos:]
	if n := len(s.lastHead); n > 0 && strings.HasPrefix(text, s.lastHead) {
		near := text[n:min(len(text), n+512)]
		if i := strings.IndexByte(near, s.lastOpening.delims.Terminator); i >= 0 && s.tagFollows(s.pos+n+i+1) {
			return s.lastOpening
		}
	}
	o := open(text)
	s.lastHead = ""
	if end := o.skip + 9; end <= len(text) && !o.delims.curly && strings.HasPrefix(text[o.skip:], "UNB") {
		s.lastHead, s.lastOpening = text[:end], o
	}
	return o
}

// start begins an interchange at pos.
func (s *Scanner) start(o opening) {
	if s.delims == nil || *s.delims != o.delims {
		d := o.delims
		s.delims, s.table = &d, classes(&d)
	}
	offset := s.base + int64(s.pos)
	for _, code := range o.found {
		s.note(code, "UNA", offset, "")
	}
	s.pos += o.skip
	s.inside, s.began, s.opened = true, true, true
}

// note adds a finding once an interchange.
func (s *Scanner) note(code, tag string, offset int64, detail string) {
	if !s.noted[code] {
		s.noted[code] = true
		s.findings = append(s.findings, find(code, tag, offset, detail))
	}
}

// startLen is the most bytes that findStart needs to recognise a start.
const startLen = 80

// findStart returns where an interchange begins in text: UNA followed by UNB,
// UNG or UNH, one of these alone, or the first segment of a message that has
// lost them.
func findStart(text string) int {
	for from := 0; ; {
		i := indexTag(text, from)
		if i < 0 {
			return -1
		}
		if isStart(text[i:]) && (i == 0 || !isAlnum(text[i-1])) {
			return i
		}
		from = i + 1
	}
}

// indexTag returns where one of the tags that can begin a message stands.
func indexTag(text string, from int) int {
	for i := from; i+3 < len(text); i++ {
		switch text[i] {
		case 'U':
			if text[i+1] == 'N' {
				return i
			}
		case 'B':
			if text[i+1] == 'G' && text[i+2] == 'M' {
				return i
			}
		case 'M':
			if text[i+1] == 'S' && text[i+2] == 'G' {
				return i
			}
		case 'T':
			if text[i+1] == 'D' && text[i+2] == 'T' {
				return i
			}
		case 'N':
			if text[i+1] == 'A' && text[i+2] == 'D' {
				return i
			}
		case 'S':
			if text[i+1] == 'R' && text[i+2] == 'C' {
				return i
			}
		}
	}
	return -1
}

// isStart reports whether an interchange or a message begins text.
func isStart(text string) bool {
	if len(text) < 6 {
		return false
	}
	at := 3
	for at < len(text)-1 && at < 6 && text[at] == ' ' {
		at++
	}
	sep, rest := text[at], text[at+1:]
	if isAlnum(sep) || sep >= 0x80 || isSpace(sep) || len(rest) < 2 {
		return text[:3] == "UNA" && !isAlnum(text[3]) && nextService(text, 3) > 0
	}
	switch text[:3] {
	case "UNA":
		return nextService(text, 3) > 0
	case "UNB":
		// A syntax identifier follows: UNOA to UNOY, IATA, IATB, SIRE.
		rest = strings.TrimLeft(rest[:min(len(rest), 8)], "\r\n\x00")
		return len(rest) >= 2 && isUpper(rest[0]) && isUpper(rest[1])
	case "UNG", "UNH":
		return namesType(text)
	case "BGM":
		return sep == '+' && isDigit(rest[0]) && isDigit(rest[1])
	case "MSG":
		return sep == '+' && rest[0] == ':' && isDigit(rest[1])
	case "TDT":
		return sep == '+' && (rest[:2] == "20" || rest[:2] == "34")
	case "NAD":
		return sep == '+' && (rest[:2] == "FL" || rest[:2] == "FM" || rest[:2] == "DD" || rest[:2] == "MS")
	case "SRC":
		rest = strings.TrimLeft(rest, " \r\n")
		return sep == '\'' && strings.HasPrefix(rest, "RCI+")
	}
	return false
}

// typeNames are the messages that are read here.
var typeNames = [...]string{"PAXLST", "PNRGOV", "CUSRES"}

// namesType reports whether a message type stands near the beginning of text:
// without it "UNH" in running text would pass for a header.
func namesType(text string) bool {
	near := text[:min(len(text), startLen)]
	if strings.IndexByte(near, 'P') < 0 && strings.IndexByte(near, 'C') < 0 {
		return false
	}
	if strings.ContainsAny(near, "\r\n\x00") {
		near = strings.Map(dropBreaks, near)
	}
	for _, name := range typeNames {
		if strings.Contains(near, name) {
			return true
		}
	}
	return false
}
