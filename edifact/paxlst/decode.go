package paxlst

import (
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// group is where in the message the decoder stands.
type group uint8

const (
	inHeader group = iota
	inParty
	inFlight
	inPerson
	inDocument
	inTrailer
)

// decoder holds one message while it is read.
type decoder struct {
	m    Message
	p    *profile.Profile
	log  edifact.Log
	at   group
	legs manifest.Legs
	ref  edifact.Date // the journey's day, to which birth dates are compared
	sent edifact.Date
	us   bool // US-EDIFACT 001:000

	person *manifest.Person // the open one, nil when none is
	tags   bool             // a bag count was read from FTX

	countAt  int64
	crew     int
	born     bool                       // a birth date was read
	expanded int                        // tags spelt out from counts
	parted   int                        // joined persons of the current segment
	spare    manifest.Slab[edifact.Raw] // what is kept with the message
	slabs    struct {
		persons     manifest.Slab[manifest.Person]
		list        manifest.Slab[*manifest.Person]
		quarantined manifest.Arena[manifest.Quarantined]
		documents   manifest.Slab[manifest.Document]
		contacts    manifest.Slab[manifest.Contact]
		references  manifest.Slab[manifest.Reference]
		bags        manifest.Slab[manifest.Bags]
		strings     manifest.Slab[string]
		kept        manifest.Slab[edifact.Raw]
		text        manifest.Texts
	}
}

func read(r *edifact.Reader, h *edifact.Header, p *profile.Profile) (Message, []edifact.Finding) {
	d := &decoder{p: p}
	d.m.Header = *h
	d.us = h.Version == "001"
	sent := edifact.DateReader{Century: edifact.Coming}.Read(h.Interchange.Date, "")
	d.sent, d.ref = sent.Date, sent.Date
	for seg := r.Segment(); seg != nil; seg = r.Segment() {
		d.segment(seg)
	}
	d.finish(h)
	d.log.Add(r.Findings()...)
	d.log.Merge(&d.legs.Log)
	return d.m, d.log.Findings()
}

func (d *decoder) note(code string, seg *edifact.Segment, detail string) {
	d.log.Note(code, seg, detail)
}

// segment gives one segment to its reader. A segment that the input's end cut is
// not applied: half a date is another date.
func (d *decoder) segment(seg *edifact.Segment) {
	if seg.Cut {
		d.cut(seg)
		return
	}
	switch seg.Tag {
	case "NAD":
		d.nad(seg)
	case "ATT":
		d.att(seg)
	case "DTM":
		d.dtm(seg)
	case "LOC":
		d.loc(seg)
	case "NAT":
		d.nat(seg)
	case "RFF":
		d.rff(seg)
	case "DOC":
		d.doc(seg)
	case "MEA":
		d.mea(seg)
	case "FTX":
		d.ftx(seg)
	case "GEI":
		d.gei(seg)
	case "COM":
		d.com(seg)
	case "EMP":
		d.emp(seg)
	case "BGM":
		d.bgm(seg)
	case "TDT":
		d.tdt(seg)
	case "CNT":
		d.cnt(seg)
	case "PDT":
		d.pdt(seg)
	case "CTA":
		d.cta(seg)
	case "UNS":
	case "QTY", "CPI", "GID", "AUT", "EQD", "TSR", "PAC":
		d.keep(seg)
	default:
		d.note("segment_unknown", seg, "")
		d.keep(seg)
	}
}

// cut sets aside a segment that is not whole. A person it begins is quarantined.
func (d *decoder) cut(seg *edifact.Segment) {
	role := d.p.NAD[strings.TrimSpace(seg.Get(1, 0))]
	begins := seg.Tag == "PDT" || seg.Tag == "NAD" && role != "party" && (role != "" || d.at >= inFlight)
	if !begins {
		return
	}
	d.endPerson()
	d.note("person_cut", seg, "")
	d.quarantine("person_cut", seg, seg.Text)
}

// maxQuarantinedText bounds what is kept of one unreadable segment.
const maxQuarantinedText = 64 << 10

func (d *decoder) quarantine(reason string, seg *edifact.Segment, text string) *manifest.Quarantined {
	d.m.Quarantined = d.slabs.quarantined.Append(d.m.Quarantined, manifest.Quarantined{
		Reason: reason, Segment: seg.Tag, Offset: seg.Offset,
		Text: edifact.UTF8(text[:min(len(text), maxQuarantinedText)]),
	})
	return &d.m.Quarantined[len(d.m.Quarantined)-1]
}

// keep keeps a segment that has no field, with the person it belongs to.
func (d *decoder) keep(seg *edifact.Segment) {
	if d.person != nil {
		d.slabs.kept.Add(seg.Raw())
		return
	}
	d.spare.Add(seg.Raw())
}

// owned reports whether a person is open to take seg; if not, seg is kept with
// the message.
func (d *decoder) owned(seg *edifact.Segment) bool {
	if d.person != nil {
		return true
	}
	d.note("orphan", seg, "")
	d.keep(seg)
	return false
}

func get(seg *edifact.Segment, e, c int) string { return strings.TrimSpace(seg.Get(e, c)) }

func (d *decoder) bgm(seg *edifact.Segment) {
	d.m.Code = get(seg, 1, 0)
	d.m.Function = get(seg, 2, 0)
	kind, known := d.p.BGM[d.m.Code]
	if !known {
		d.note("bgm_unknown", seg, d.m.Code)
	}
	if d.m.Function == "" {
		return
	}
	status, known := d.p.Function[d.m.Code+"+"+d.m.Function]
	if !known {
		status, known = d.p.Function[d.m.Function]
	}
	if !known {
		d.note("function_unknown", seg, d.m.Code+"+"+d.m.Function)
	}
	if !strings.HasPrefix(kind, "crew list") {
		d.m.Status = status
	}
}

func (d *decoder) rff(seg *edifact.Segment) {
	qualifier, value := get(seg, 1, 0), get(seg, 1, 1)
	role, known := d.p.RFF[qualifier]
	if !known {
		d.note("reference_unknown", seg, qualifier)
	}
	if d.person == nil {
		if role == "message" && d.m.Transaction == "" {
			d.m.Transaction, d.m.Revision = value, get(seg, 1, 4)
			return
		}
		d.m.References = append(d.m.References, manifest.Reference{Qualifier: qualifier, Value: value})
		return
	}
	p := d.person
	switch {
	case role == "locator" && p.AVF == "":
		p.AVF, p.Locator = value, value
	case role == "person" && p.ABO == "":
		p.ABO, p.Ref = value, value
	case role == "seat" && p.Seat == "":
		p.Seat = value
	default:
		ref := manifest.Reference{Qualifier: qualifier, Value: value}
		if doc := d.slabs.documents.Last(); doc != nil && d.at == inDocument && (role == "document" || !known) {
			doc.References = append(doc.References, ref)
			return
		}
		d.slabs.references.Add(ref)
	}
}

func (d *decoder) com(seg *edifact.Segment) {
	for e := 1; e <= seg.Elements(); e++ {
		value, code := get(seg, e, 0), get(seg, e, 1)
		if value == "" && code == "" {
			continue
		}
		kind := d.p.COM[code]
		if kind == "" {
			kind = "other"
			if code != "" {
				d.note("qualifier_unknown", seg, code)
			}
		}
		c := manifest.Contact{Type: kind, Value: value}
		switch {
		case d.person != nil:
			d.slabs.contacts.Add(c)
		case len(d.m.Parties) > 0:
			party := &d.m.Parties[len(d.m.Parties)-1]
			party.Contacts = append(party.Contacts, c)
		default:
			d.m.Parties = append(d.m.Parties, Party{Contacts: []manifest.Contact{c}})
		}
	}
}

// cta is the reporting party in US-EDIFACT, and a contact's name elsewhere.
func (d *decoder) cta(seg *edifact.Segment) {
	if d.person != nil {
		d.keep(seg)
		return
	}
	name := get(seg, 2, 1)
	if name == "" {
		name = get(seg, 2, 0)
	}
	d.m.Parties = append(d.m.Parties, Party{Role: get(seg, 1, 0), Name: name})
	party := &d.m.Parties[len(d.m.Parties)-1]
	for e := 3; e <= seg.Elements(); e++ {
		if v := get(seg, e, 0); v != "" {
			party.Contacts = append(party.Contacts, manifest.Contact{Type: d.p.COM[get(seg, e, 1)], Value: v})
		}
	}
	d.at = inParty
}

func (d *decoder) cnt(seg *edifact.Segment) {
	d.m.Counts = append(d.m.Counts, Count{get(seg, 1, 0), get(seg, 1, 1)})
	d.countAt = seg.Offset
	d.at = inTrailer
}

// finish closes the last person and looks at the message as a whole.
func (d *decoder) finish(h *edifact.Header) {
	d.endPerson()
	d.m.Persons = d.slabs.list.Take()
	d.m.Kept = d.spare.Take()
	d.m.Flights = d.legs.Take()
	if d.m.Code == "" && !d.us {
		d.log.NoteAt("bgm_missing", "UNH", h.Offset, "")
	}
	if len(d.m.Flights) == 0 && len(d.m.Persons) > 0 {
		d.log.NoteAt("flight_missing", "UNH", h.Offset, "")
	}
	d.compareCounts()
	if d.born {
		manifest.RelateMinors(d.m.Persons, d.ref)
	}
}

// compareCounts reports counts of the flight that this message alone does not
// reach: the other parts have the rest, or somebody is missing.
func (d *decoder) compareCounts() {
	for _, c := range d.m.Counts {
		have := len(d.m.Persons) + len(d.m.Quarantined) - d.crew
		if c.Qualifier == "41" {
			have = d.crew
		}
		if n, err := strconv.Atoi(c.Value); (c.Qualifier == "41" || c.Qualifier == "42") && (err != nil || n != have) {
			d.log.NoteAt("count_differs", "CNT", d.countAt, c.Qualifier+": "+strconv.Itoa(have)+" here")
		}
	}
}
