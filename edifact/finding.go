package edifact

import (
	"cmp"
	"slices"
	"strconv"
)

// Severity says how much a finding should worry the reader of the result.
type Severity uint8

// Info is a habit of the sender that changed nothing; Warning is a doubt about
// what was read; Error means that something could not be read and was set aside.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"info", "warning", "error"}

// String returns the name that stands in JSON.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return "error"
}

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; an unknown name is Error.
func (s *Severity) UnmarshalText(b []byte) error {
	*s = Error
	for i, name := range severityNames {
		if name == string(b) {
			*s = Severity(i)
		}
	}
	return nil
}

// Finding is one oddity of a message: where it stands, what is wrong, and what
// was done about it (its mend). Text never repeats a name or a number of a
// person; the segment at Offset has it.
type Finding struct {
	Severity Severity `json:"severity"`
	Segment  string   `json:"segment"` // the tag, or "" for the interchange as a whole
	Offset   int64    `json:"offset"`  // of the segment's first byte in the input
	Code     string   `json:"code"`    // stable; listed in Codes
	Text     string   `json:"text"`    // one sentence, then "; " and the mend
}

// A Code is one kind of finding: its severity, what is wrong, and the mend.
type Code struct {
	Name     string
	Severity Severity
	Problem  string
	Mend     string

	text string // both, as a finding without detail says it
}

// find makes a finding of a code that the catalogue holds. detail, when given,
// follows the problem in brackets; it holds codes and counts, never a name.
func find(code, segment string, offset int64, detail string) Finding {
	c := codes[code]
	text := c.text
	if detail != "" {
		text = c.Problem + " (" + UTF8(detail[:min(len(detail), maxDetail)]) + "); " + c.Mend
	}
	return Finding{Severity: c.Severity, Segment: segment, Offset: offset, Code: code, Text: text}
}

// maxDetail bounds what of the input a finding repeats.
const maxDetail = 80

// NewFinding makes the finding of code at seg. Codes that the catalogue does
// not hold are refused by a panic: they are a mistake in the calling code.
func NewFinding(code string, seg *Segment, detail string) Finding {
	if _, ok := codes[code]; !ok {
		panic("edifact: no finding code " + code)
	}
	if seg == nil {
		return find(code, "", 0, detail)
	}
	return find(code, seg.Tag, seg.Offset, detail)
}

// FindingAt is NewFinding for a segment that is no longer at hand.
func FindingAt(code, tag string, offset int64, detail string) Finding {
	return NewFinding(code, &Segment{Tag: tag, Offset: offset}, detail)
}

// Codes lists every code that this package and those beside it can report, in
// the order of the documentation.
func Codes() []Code { return append([]Code(nil), catalogue...) }

var codes = func() map[string]Code {
	m := make(map[string]Code, len(catalogue))
	for _, c := range catalogue {
		c.text = c.Problem + "; " + c.Mend
		m[c.Name] = c
	}
	return m
}()

// catalogue is every finding there is. The names are part of the contract of
// `clew screen parse`; problems and mends are wording.
var catalogue = []Code{
	// The transport.
	{"text_before", Info, "text stands before the interchange", "kept as the preamble, not read", ""},
	{"text_after", Info, "text stands after the interchange", "not read", ""},
	{"utf16", Info, "the input is UTF-16", "read as such; offsets count the decoded text", ""},
	{"mail_decoded", Info, "the input is a mail with an encoded body", "decoded; offsets count the decoded text", ""},
	{"una_missing", Info, "no service string advice", "separators taken from the UNB segment", ""},
	{"una_malformed", Warning, "the service string advice is not six characters long", "separators taken from the UNB segment", ""},
	{"una_mismatch", Warning, "the service string advice and the UNB segment disagree", "separators taken from the UNB segment", ""},
	{"curly_quote", Warning, "typographic quotation marks stand as terminators", "read as terminators where a tag follows", ""},
	{"line_terminated", Warning, "segments end with a line break only", "line breaks read as terminators", ""},
	{"line_break", Info, "line breaks stand inside segments", "dropped, blanks kept", ""},
	{"control_bytes", Warning, "NUL or other control bytes stand inside segments", "dropped", ""},
	{"non_ascii", Info, "bytes outside ASCII", "kept; read as UTF-8 where valid, else as ISO 8859-1", ""},
	{"empty_segments", Info, "terminators follow each other", "empty segments skipped", ""},
	{"release_missing", Warning, "a terminator stands inside a value without its release character", "joined with what follows", ""},
	{"terminator_missing", Warning, "the terminator between two persons is missing", "parted where the second tag begins", ""},
	{"segment_too_long", Error, "a segment is longer than the bound", "cut at the bound, the rest skipped to the next terminator", ""},
	{"truncated", Error, "the input ends inside a segment", "the incomplete segment is not applied; a person begun in it is quarantined", ""},
	// The envelope.
	{"unb_missing", Warning, "no interchange header (UNB)", "read without sender and recipient", ""},
	{"unh_missing", Warning, "no message header (UNH)", "type taken from the first segment", ""},
	{"unh_malformed", Warning, "the message header does not name a message type", "type taken from the first segment", ""},
	{"unt_missing", Warning, "the message has no trailer (UNT)", "ended at the next header or the end of input", ""},
	{"unt_count", Warning, "UNT states another number of segments than were read", "all segments read are kept", ""},
	{"unt_ref", Info, "UNT repeats another reference than UNH", "taken as the end of this message", ""},
	{"unz_missing", Warning, "the interchange has no trailer (UNZ)", "ended at the end of input", ""},
	{"unz_count", Info, "UNZ states another number of messages or groups than were read", "all messages read are kept", ""},
	{"unz_ref", Info, "UNZ repeats another reference than UNB", "taken as the end of this interchange", ""},
	{"une_count", Info, "UNE states another number of messages than were read", "all messages read are kept", ""},
	{"not_ours", Info, "a message of a type that is not read here", "listed without content", ""},
	// Parts of a message.
	{"part_repeated", Warning, "a part came twice", "the first is kept, the second left out", ""},
	{"part_disorder", Info, "parts came out of order", "put in order", ""},
	{"part_missing", Error, "a part is missing", "the other parts are kept; the message is not complete", ""},
	{"part_conflict", Warning, "parts of one message disagree", "the first part's value is kept", ""},
	// Codes and structure.
	{"bgm_missing", Warning, "no BGM segment", "function left empty", ""},
	{"bgm_unknown", Info, "an unknown document code in BGM", "kept as sent", ""},
	{"function_unknown", Info, "an unknown message function in BGM", "kept as sent", ""},
	{"segment_unknown", Info, "a segment that this message does not have", "kept raw", ""},
	{"segment_misplaced", Info, "a segment where its group does not allow it", "kept with the nearest group", ""},
	{"qualifier_unknown", Info, "an unknown qualifier", "the segment is kept raw", ""},
	{"reference_unknown", Info, "an unknown reference qualifier", "kept raw with its owner", ""},
	{"carrier_missing", Info, "the flight names no carrier", "taken from the flight designator", ""},
	{"carrier_mismatch", Warning, "carrier and flight designator disagree", "the stated carrier is kept, the designator beside it", ""},
	{"designator_unread", Warning, "a flight designator of unknown form", "kept whole as the number", ""},
	{"location_unknown", Warning, "a location qualifier that names no end of a leg", "placed by its date, else in the free end", ""},
	{"leg_incomplete", Warning, "a leg without departure or arrival", "kept with what is known", ""},
	{"flight_missing", Warning, "no flight in the message", "persons kept without one", ""},
	{"count_differs", Info, "the count states another number than this message holds", "kept as evidence of the whole flight", ""},
	{"eqn_differs", Info, "EQN states another number of records than were read", "all records read are kept", ""},
	// Persons.
	{"nad_unknown", Warning, "an unknown NAD qualifier after the flight", "kept as a person, qualifier as sent", ""},
	{"name_missing", Warning, "a person without a name", "kept, the name empty", ""},
	{"name_misplaced", Warning, "the name stands in another element than the standard's", "read from there", ""},
	{"name_unsplit", Info, "the name has one component only", "kept whole as the surname", ""},
	{"two_persons", Error, "one segment names more than one person", "the first is read, each further one quarantined", ""},
	{"person_cut", Error, "the segment that begins a person is cut", "quarantined with its text", ""},
	{"orphan", Warning, "person data before any person", "kept raw with the message", ""},
	{"sex_unknown", Warning, "an unknown sex code", "kept raw, sex left empty", ""},
	{"date_label", Info, "a date whose length is not what its format code says", "read by its length", ""},
	{"date_form", Warning, "a date of an unusual form", "read by its form", ""},
	{"date_invalid", Error, "a date that no calendar has", "left empty, text kept raw", ""},
	{"date_empty", Info, "an empty date", "left empty", ""},
	{"date_blank", Info, "blanks inside a date", "read without them", ""},
	{"birth_century", Info, "a birth date without century that fits a child and a person past a hundred", "read as the child, flagged", ""},
	{"birth_future", Warning, "a birth date after the journey", "kept as sent", ""},
	{"document_empty", Info, "a document without type and number", "kept with what is known", ""},
	{"bags_differ", Warning, "the stated number of bags is not the number of tags", "both kept", ""},
	{"number_invalid", Warning, "a number that is none", "kept raw", ""},
	{"gei_unknown", Info, "an unknown processing indicator", "kept raw", ""},
	// Reservations.
	{"src_missing", Warning, "reservation data before any SRC", "a record begun there", ""},
	{"locator_missing", Warning, "a record without locator", "kept without one", ""},
	{"traveller_missing", Warning, "a record without travellers", "kept empty", ""},
	{"traveller_ref_repeated", Warning, "two travellers of a record share a reference", "both kept; data by that reference goes to the first", ""},
	{"group_name", Info, "a TIF that names a group", "kept as a person of type group", ""},
	{"docs_form", Warning, "a DOCS text of unusual form", "read from its birth date outwards", ""},
	{"docs_unmatched", Warning, "a DOCS that belongs to none of the travellers", "kept as evidence with the record", ""},
	{"docs_moved", Warning, "a DOCS under another traveller than it names", "given to the one it names", ""},
	{"infant_without_tif", Warning, "an infant is named that has no TIF of its own", "quarantined, with the adult named", ""},
	{"infant_without_adult", Warning, "an infant that no adult of the record is tied to", "kept, relation left open", ""},
	{"checkin_unmatched", Warning, "check-in data of somebody who is not in the record", "kept with the leg", ""},
	{"reference_unmatched", Info, "a traveller reference that no TIF of the record has", "kept with its segment", ""},
	{"findings_limited", Warning, "more findings than are listed", "the rest is counted only", ""},
	// Replies.
	{"reply_empty", Warning, "a reply without a code", "kept with an empty code", ""},
	{"reply_ref_missing", Warning, "a reply without a reference to a person", "kept with an empty reference", ""},
	{"reply_unknown", Info, "an unknown reply code", "kept as sent", ""},
}

// MaxFindings bounds the findings of one message: a hostile message must not
// cost more memory in findings than it has bytes.
const MaxFindings = 5000

// Log collects the findings of one message.
type Log struct {
	list    []Finding
	dropped int
}

// Add adds findings, counting only those past MaxFindings.
func (l *Log) Add(fs ...Finding) {
	for _, f := range fs {
		if len(l.list) >= MaxFindings {
			l.dropped++
			continue
		}
		l.list = append(l.list, f)
	}
}

// Note adds the finding of code at seg.
func (l *Log) Note(code string, seg *Segment, detail string) {
	if len(l.list) >= MaxFindings {
		l.dropped++
		return
	}
	l.list = append(l.list, NewFinding(code, seg, detail))
}

// NoteAt is Note for a segment that is no longer at hand.
func (l *Log) NoteAt(code, tag string, offset int64, detail string) {
	if len(l.list) >= MaxFindings {
		l.dropped++
		return
	}
	l.list = append(l.list, FindingAt(code, tag, offset, detail))
}

// Merge adds what o has collected.
func (l *Log) Merge(o *Log) {
	l.Add(o.list...)
	l.dropped += o.dropped
}

// Findings returns what was collected, in the order of the input.
func (l *Log) Findings() []Finding {
	slices.SortStableFunc(l.list, func(a, b Finding) int { return cmp.Compare(a.Offset, b.Offset) })
	return l.counted()
}

// counted returns the findings, with a last one for those that are not listed.
func (l *Log) counted() []Finding {
	if l.dropped > 0 {
		l.list = append(l.list, find("findings_limited", "", 0, count(l.dropped)))
	}
	return l.list
}

func count(n int) string { return strconv.Itoa(n) }
