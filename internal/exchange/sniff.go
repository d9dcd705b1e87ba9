package exchange

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"clew/internal/core"
)

// sniffSize is how much of a file is looked at to tell what it is.
const sniffSize = 8 << 10

// Encodings are the names that Open takes; empty means: look.
var Encodings = []string{"utf-8", "utf-16", "windows-1252"}

// text is a file as UTF-8 with line feeds, and what was said about it.
type text struct {
	r     *bufio.Reader
	notes []string
}

// openText tells how a file is encoded, and says so where it is not plain UTF-8.
func openText(r io.Reader, encodingName string) (*text, error) {
	b := bufio.NewReaderSize(r, sniffSize)
	head, err := b.Peek(sniffSize)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, err
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, core.E(core.Invalid, "import.empty", "The file is empty.")
	}
	if what := notText(head); what != "" {
		return nil, core.E(core.Invalid, "import.not_text", "This is "+what+", not a text file. Save it as “CSV UTF-8” or export it as JSON.")
	}
	t := &text{}
	decoder := t.decoder(head, encodingName)
	var in io.Reader = b
	if decoder != nil {
		in = decoder.NewDecoder().Reader(b)
	}
	t.r = bufio.NewReaderSize(in, maxRecord+64<<10)
	return t, t.afterDecoding()
}

// decoder picks how to turn the file into UTF-8, nil when it is that already.
func (t *text) decoder(head []byte, name string) encoding.Encoding {
	switch {
	case name == "windows-1252":
		t.note("The file was read as Windows-1252, as you said.")
		return charmap.Windows1252
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		t.note("The file is UTF-16, as Excel's “Unicode text” is. It was read as that.")
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case name == "utf-16", looksLikeUTF16(head, 1):
		t.note("The file is UTF-16 without a byte-order mark. It was read as little-endian.")
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case looksLikeUTF16(head, 0):
		t.note("The file is UTF-16 without a byte-order mark. It was read as big-endian.")
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

func (t *text) note(s string) { t.notes = append(t.notes, s) }

// afterDecoding drops a byte-order mark and turns the line ends of old Macs into
// line feeds.
func (t *text) afterDecoding() error {
	if head, _ := t.r.Peek(3); bytes.Equal(head, []byte("\xEF\xBB\xBF")) {
		if _, err := t.r.Discard(3); err != nil {
			return err
		}
	}
	head, _ := t.r.Peek(sniffSize)
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		t.note("The lines end in carriage returns alone, as on old Macintoshes. They were read as lines.")
		t.r = bufio.NewReaderSize(&carriageReturns{t.r}, maxRecord+64<<10)
	}
	return nil
}

// looksLikeUTF16 reports that nearly every byte at the parity is zero, as in
// UTF-16 text of mostly ASCII.
func looksLikeUTF16(head []byte, parity int) bool {
	n, zero := 0, 0
	for i := parity; i < len(head); i += 2 {
		n++
		if head[i] == 0 {
			zero++
		}
	}
	return n >= 8 && zero*10 >= n*7
}

var signatures = []struct{ start, what string }{
	{"PK\x03\x04", "an Excel workbook or another ZIP file"}, {"\xD0\xCF\x11\xE0", "an old Excel or Word file"}, {"%PDF-", "a PDF"},
	{"\x1F\x8B", "a compressed file"}, {"\x89PNG", "a picture"}, {"\xFF\xD8\xFF", "a picture"}, {"SQLite format 3", "a database"},
}

// notText names a file that is not text at all.
func notText(head []byte) string {
	for _, s := range signatures {
		if strings.HasPrefix(string(head), s.start) {
			return s.what
		}
	}
	return ""
}

// carriageReturns reads CR as LF.
type carriageReturns struct{ r io.Reader }

func (c *carriageReturns) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
