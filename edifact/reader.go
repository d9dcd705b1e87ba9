package edifact

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

// ErrNoMessage says that the input held no message at all.
var ErrNoMessage = errors.New("edifact: no message in the input")

// Party is a sender or recipient: its identification and the qualifier that
// says whose code it is.
type Party struct {
	ID        string `json:"id"`
	Qualifier string `json:"qualifier,omitempty"`
}

// Interchange is what UNB says (ISO 9735-1), and the text that stood before it.
type Interchange struct {
	Syntax      string // UNOA:4, IATA:1, SIRE:4
	Sender      Party
	Recipient   Party
	Date, Time  string // as sent
	Ref         string
	Application string // APIS, IAPI
	Preamble    string
	Offset      int64
	Delims      Delimiters
}

// Group is what UNG says; empty when there is none.
type Group struct {
	Type, Date, Time, Ref string
	Sender, Recipient     Party
}

// Header is what stands around one message.
type Header struct {
	Interchange Interchange
	Group       Group

	Ref         string // UNH 0062
	Type        string // PAXLST, PNRGOV, CUSRES
	Version     string // D, 13
	Release     string // 05B, 1
	Agency      string // UN, IA
	Association string // IATA
	AccessRef   string // common to the parts of one message
	Part        int    // 1, 2, …; 0 when the message does not say that it is a part
	First, Last bool   // the part's marks C and F
	Offset      int64
}

// Sent returns the date and time of preparation in UNB, as sent, without
// separators: yymmddhhmm.
func (h *Header) Sent() string { return h.Interchange.Date + h.Interchange.Time }

// Sender returns who sent the message: the interchange's sender, else the
// group's.
func (h *Header) Sender() string {
	if h.Interchange.Sender.ID != "" {
		return h.Interchange.Sender.ID
	}
	return h.Group.Sender.ID
}

// Reader walks the messages of a stream. Next moves to a message, Segment gives
// its segments one by one without the envelope.
//
//	r := edifact.NewReader(file)
//	for {
//		h, err := r.Next()
//		if err == io.EOF {
//			break
//		}
//		for seg := r.Segment(); seg != nil; seg = r.Segment() {
//			…
//		}
//	}
type Reader struct {
	s        *Scanner
	ic       Interchange
	group    Group
	header   Header
	log      Log
	peeked   bool // s.Segment() has not been used yet
	inside   bool
	any      bool
	segments int // of this message, UNH included
	messages int // of this interchange
	inGroup  int // messages of this group
	groups   int
	unbOpen  bool
	last     struct {
		tag    string
		offset int64
	}
}

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader { return &Reader{s: NewScanner(r)} }

// Next moves to the next message and returns its header, valid until the next
// call. At the end it returns io.EOF, or ErrNoMessage if there was none.
func (r *Reader) Next() (*Header, error) {
	for r.inside {
		r.Segment()
	}
	for r.scan() {
		seg := r.s.Segment()
		switch seg.Tag {
		case "UNA":
		case "UNB":
			r.beginInterchange(seg)
		case "UNG":
			r.beginGroup(seg)
		case "UNE", "UNZ":
			r.trailer(seg)
		case "UNH":
			r.beginMessage(seg)
			return &r.header, nil
		case "BGM", "MSG", "TDT", "NAD", "SRC":
			r.beginHeadless(seg)
			return &r.header, nil
		default:
			r.log.Note("segment_misplaced", seg, "")
		}
	}
	if err := r.s.Err(); err != nil {
		return nil, err
	}
	if !r.any {
		return nil, ErrNoMessage
	}
	return nil, io.EOF
}

// Segment returns the next segment of the message, or nil at its end. The
// segment is valid until the next call.
func (r *Reader) Segment() *Segment {
	if !r.inside {
		return nil
	}
	if !r.scan() {
		r.end()
		r.log.NoteAt("unt_missing", r.last.tag, r.last.offset, "")
		r.unzMissing()
		return nil
	}
	seg := r.s.Segment()
	switch seg.Tag {
	case "UNT":
		r.segments++
		r.endMessage(seg)
		return nil
	case "UNA", "UNH", "UNB", "UNG", "UNE", "UNZ":
		r.peeked = true
		r.end()
		r.log.Note("unt_missing", seg, "")
		r.drain()
		return nil
	}
	r.segments++
	return seg
}

// Findings returns what was found since the last call. After the last segment
// of a message it holds all that concerns its envelope.
func (r *Reader) Findings() []Finding {
	r.log.Add(r.s.Findings()...)
	f := r.log.counted()
	r.log = Log{}
	return f
}

// Segments returns how many segments the message had so far, its header
// included.
func (r *Reader) Segments() int { return r.segments }

func (r *Reader) scan() bool {
	if r.peeked {
		r.peeked = false
		return true
	}
	if !r.s.Scan() {
		return false
	}
	seg := r.s.Segment()
	r.last.tag, r.last.offset = seg.Tag, seg.Offset
	return true
}

func (r *Reader) beginInterchange(seg *Segment) {
	r.ic = Interchange{
		Syntax:      seg.Element(1),
		Sender:      Party{seg.Get(2, 0), seg.Get(2, 1)},
		Recipient:   Party{seg.Get(3, 0), seg.Get(3, 1)},
		Date:        seg.Get(4, 0),
		Time:        seg.Get(4, 1),
		Ref:         seg.Get(5, 0),
		Application: seg.Get(7, 0),
		Preamble:    UTF8(r.s.Preamble),
		Offset:      seg.Offset,
		Delims:      seg.Delimiters(),
	}
	r.group = Group{}
	r.messages, r.groups, r.unbOpen = 0, 0, true
}

func (r *Reader) beginGroup(seg *Segment) {
	r.group = Group{
		Type:      seg.Get(1, 0),
		Sender:    Party{seg.Get(2, 0), seg.Get(2, 1)},
		Recipient: Party{seg.Get(3, 0), seg.Get(3, 1)},
		Date:      seg.Get(4, 0),
		Time:      seg.Get(4, 1),
		Ref:       seg.Get(5, 0),
	}
	r.groups++
	r.inGroup = 0
}

func (r *Reader) begin(seg *Segment) {
	if !r.unbOpen {
		r.ic = Interchange{Preamble: UTF8(r.s.Preamble), Offset: seg.Offset, Delims: seg.Delimiters()}
		r.group = Group{}
		r.messages = 0
		if !r.any || r.segments == 0 {
			r.log.Note("unb_missing", seg, "")
		}
	}
	r.header = Header{Interchange: r.ic, Group: r.group, Offset: seg.Offset}
	r.inside, r.any = true, true
	r.messages++
	r.inGroup++
}

func (r *Reader) beginMessage(seg *Segment) {
	r.begin(seg)
	h := &r.header
	h.Ref = seg.Get(1, 0)
	h.Type, h.Version, h.Release = strings.TrimSpace(seg.Get(2, 0)), seg.Get(2, 1), seg.Get(2, 2)
	h.Agency, h.Association = seg.Get(2, 3), seg.Get(2, 4)
	h.AccessRef = seg.Get(3, 0)
	r.readPart(seg)
	r.segments = 1
	if len(h.Type) != 6 {
		r.log.Note("unh_malformed", seg, "")
		h.Type = r.typeWithin(seg.Text)
	}
}

// typeWithin finds the type of a message whose header does not name one where it
// should: anywhere in the header, in the group's, or by the first segment.
func (r *Reader) typeWithin(header string) string {
	for _, name := range typeNames {
		if strings.Contains(header, name) {
			return name
		}
	}
	if len(r.group.Type) == 6 || !r.scan() {
		return r.group.Type
	}
	r.peeked = true
	if seg := r.s.Segment(); seg.Tag == "MSG" || seg.Tag == "BGM" {
		return typeOf(seg)
	}
	return ""
}

// readPart reads S010: 01:C first, 02 middle, 03:F last. Some senders leave the
// access reference out and put the part in its place.
func (r *Reader) readPart(seg *Segment) {
	h := &r.header
	seq, mark := seg.Get(4, 0), seg.Get(4, 1)
	if seq == "" && (seg.Get(3, 1) == "C" || seg.Get(3, 1) == "F") {
		seq, mark, h.AccessRef = seg.Get(3, 0), seg.Get(3, 1), ""
	}
	if n, err := strconv.Atoi(seq); err == nil && n > 0 && n < 10000 {
		h.Part = n
	}
	h.First = mark == "C" || h.Part == 1
	h.Last = mark == "F"
}

// beginHeadless begins a message that has lost its UNH: seg is its first
// segment and is given again by Segment.
func (r *Reader) beginHeadless(seg *Segment) {
	r.begin(seg)
	r.segments = 0
	r.peeked = true
	r.header.Type = typeOf(seg)
	r.log.Note("unh_missing", seg, "")
}

// typeOf tells a message's type by its first segment.
func typeOf(seg *Segment) string {
	switch seg.Tag {
	case "MSG", "SRC":
		return "PNRGOV"
	case "TDT", "NAD":
		return "PAXLST"
	}
	switch seg.Get(1, 0) {
	case "962", "132", "312", "961", "963":
		return "CUSRES"
	}
	return "PAXLST"
}

func (r *Reader) end() { r.inside = false }

// endMessage compares UNT with what was read, then reads the trailers after it.
func (r *Reader) endMessage(unt *Segment) {
	r.end()
	if n, err := strconv.Atoi(strings.TrimSpace(unt.Get(1, 0))); err != nil || n != r.segments {
		r.log.Note("unt_count", unt, unt.Get(1, 0)+" stated, "+count(r.segments)+" read")
	}
	if ref := unt.Get(2, 0); ref != r.header.Ref {
		r.log.Note("unt_ref", unt, "")
	}
	r.drain()
}

// drain reads the trailers that follow a message, so that what they say is
// found before the message is handed over.
func (r *Reader) drain() {
	for r.unbOpen || r.group.Type != "" {
		if !r.scan() {
			r.unzMissing()
			return
		}
		seg := r.s.Segment()
		if seg.Tag != "UNE" && seg.Tag != "UNZ" {
			r.peeked = true
			return
		}
		r.trailer(seg)
	}
}

func (r *Reader) unzMissing() {
	if r.unbOpen {
		r.log.NoteAt("unz_missing", r.last.tag, r.last.offset, "")
		r.unbOpen = false
	}
}

func (r *Reader) trailer(seg *Segment) {
	stated := strings.TrimSpace(seg.Get(1, 0))
	if seg.Tag == "UNE" {
		if stated != count(r.inGroup) {
			r.log.Note("une_count", seg, stated+" stated, "+count(r.inGroup)+" read")
		}
		r.group = Group{}
		return
	}
	read := r.messages
	if r.groups > 0 {
		read = r.groups
	}
	if stated != count(read) {
		r.log.Note("unz_count", seg, stated+" stated, "+count(read)+" read")
	}
	if seg.Get(2, 0) != r.ic.Ref {
		r.log.Note("unz_ref", seg, "")
	}
	r.unbOpen, r.group = false, Group{}
}
