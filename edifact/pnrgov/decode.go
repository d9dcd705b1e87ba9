package pnrgov

import (
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// level is where in the message the decoder stands.
type level uint8

const (
	inHeader level = iota
	inRecord
	inTraveller
	inTicket
	inLeg
	inCheckIn
	inSplit
	inOther
	inHistory
)

type decoder struct {
	m        Message
	p        *profile.Profile
	log      edifact.Log
	at       level
	rec      *Record
	pending  CheckIn // dates and office that stand before the next TRI
	hasNext  bool    // pending holds something
	statedAt int64
	fresh    bool // the record has no segment yet
	expanded int  // bag tags spelt out from counts
	mem      memory
}

func read(r *edifact.Reader, h *edifact.Header, p *profile.Profile) (Message, []edifact.Finding) {
	d := &decoder{p: p}
	d.m.Header = *h
	for seg := r.Segment(); seg != nil; seg = r.Segment() {
		d.segment(seg)
	}
	d.settle()
	if n, err := strconv.Atoi(d.m.Stated); d.m.Stated != "" && (err != nil || n != len(d.m.Records)) {
		d.log.NoteAt("eqn_differs", "EQN", d.statedAt,
			d.m.Stated+" stated, "+strconv.Itoa(len(d.m.Records))+" read")
	}
	d.resolve()
	d.log.Add(r.Findings()...)
	return d.m, d.log.Findings()
}

func (d *decoder) note(code string, seg *edifact.Segment, detail string) {
	d.log.Note(code, seg, detail)
}

func get(seg *edifact.Segment, e, c int) string { return strings.TrimSpace(seg.Get(e, c)) }

// segment gives one segment to its reader. A segment that the input's end cut is
// not applied; a traveller it begins is quarantined.
func (d *decoder) segment(seg *edifact.Segment) {
	if seg.Cut {
		d.cut(seg)
		return
	}
	switch {
	case seg.Tag == "SRC":
		d.begin(seg)
		return
	case d.rec == nil:
		d.header(seg)
		return
	}
	d.fresh = false
	switch {
	case d.at == inHistory || seg.Tag == "ABI" || seg.Tag == "LTS":
		d.at = inHistory
		d.rec.History = d.mem.raws.Append(d.rec.History, seg.Raw())
	case d.at == inOther && seg.Tag != "EQN":
		d.rec.Other = d.mem.raws.Append(d.rec.Other, seg.Raw())
	default:
		d.body(seg)
	}
}

func (d *decoder) cut(seg *edifact.Segment) {
	if seg.Tag != "TIF" || d.at > inTicket {
		return
	}
	d.note("person_cut", seg, "")
	d.quarantine("person_cut", seg)
}

// maxQuarantinedText bounds what is kept of one unreadable segment.
const maxQuarantinedText = 64 << 10

func (d *decoder) quarantine(reason string, seg *edifact.Segment) *manifest.Quarantined {
	q := manifest.Quarantined{
		Reason: reason, Segment: seg.Tag, Offset: seg.Offset,
		Text: edifact.UTF8(seg.Text[:min(len(seg.Text), maxQuarantinedText)]),
	}
	if d.rec != nil {
		q.Locator = d.rec.Locator()
	}
	d.m.Quarantined = d.mem.quarantined.Append(d.m.Quarantined, q)
	return &d.m.Quarantined[len(d.m.Quarantined)-1]
}

// begin begins a record.
func (d *decoder) begin(seg *edifact.Segment) {
	d.settle()
	if n := len(d.m.Records); n > 0 && d.fresh {
		// Nothing stood in the last one: it was no record.
		d.note("traveller_missing", seg, "")
		d.m.Records = d.m.Records[:n-1]
	}
	d.fresh = true
	d.m.Records = d.mem.records.Append(d.m.Records, Record{Offset: seg.Offset})
	d.rec = &d.m.Records[len(d.m.Records)-1]
	d.at = inRecord
}

// settle puts check-in data that no TRI followed with its leg.
func (d *decoder) settle() {
	if !d.hasNext {
		return
	}
	if leg := d.leg(); leg != nil {
		leg.CheckIns = d.mem.checkIns.Append(leg.CheckIns, d.pending)
	}
	d.pending, d.hasNext = CheckIn{}, false
}

func (d *decoder) header(seg *edifact.Segment) {
	switch seg.Tag {
	case "MSG":
		d.m.Function = get(seg, 1, 1)
		if d.m.Function == "" {
			d.m.Function = get(seg, 1, 0)
		}
	case "ORG":
		d.m.Office = d.office(seg)
	case "TVL":
		if d.m.Flight.Number == "" && d.m.Flight.From == "" {
			d.m.Flight = d.tvl(seg)
			return
		}
		d.m.Kept = d.mem.raws.Append(d.m.Kept, seg.Raw())
	case "EQN":
		d.m.Stated, d.statedAt = get(seg, 1, 0), seg.Offset
	case "RCI", "TIF", "SSR", "TKT":
		d.note("src_missing", seg, "")
		d.begin(seg)
		d.segment(seg)
	default:
		d.m.Kept = d.mem.raws.Append(d.m.Kept, seg.Raw())
	}
}

// body reads a segment of a record.
func (d *decoder) body(seg *edifact.Segment) {
	switch seg.Tag {
	case "RCI":
		d.rci(seg)
	case "SSR":
		d.ssr(seg)
	case "DAT":
		d.dat(seg)
	case "IFT":
		d.ift(seg)
	case "ORG":
		d.org(seg)
	case "ADD":
		d.add(seg)
	case "TIF":
		d.tif(seg)
	case "FTI":
		d.fti(seg)
	case "TKT":
		d.tkt(seg)
	case "MON":
		d.mon(seg)
	case "FOP":
		d.fop(seg)
	case "TVL":
		d.addLeg(seg)
	case "TRA":
		d.tra(seg)
	case "RPI", "APD":
		d.legDetail(seg)
	case "TRI", "SSD", "TBD":
		d.checkIn(seg)
	case "EQN":
		d.at = inSplit
		d.rec.Splits = d.mem.splits.Append(d.rec.Splits, Split{Count: get(seg, 1, 0)})
	case "MSG":
		d.at = inOther
		d.rec.Other = d.mem.raws.Append(d.rec.Other, seg.Raw())
	case "REF", "FAR", "EBD", "PTK", "TXD", "SAC", "CRI", "PRD", "ODI", "DUM", "NAD":
		d.keep(seg)
	default:
		d.note("segment_unknown", seg, "")
		d.keep(seg)
	}
}

func (d *decoder) traveller() *Traveller {
	if n := len(d.rec.Travellers); n > 0 && (d.at == inTraveller || d.at == inTicket) {
		return d.rec.Travellers[n-1]
	}
	return nil
}

func (d *decoder) ticket() *Ticket {
	if t := d.traveller(); t != nil && d.at == inTicket {
		return &t.Tickets[len(t.Tickets)-1]
	}
	return nil
}

func (d *decoder) leg() *Leg {
	if d.rec == nil || len(d.rec.Legs) == 0 || d.at != inLeg && d.at != inCheckIn {
		return nil
	}
	return &d.rec.Legs[len(d.rec.Legs)-1]
}

// keep keeps a segment that has no field with what it stands under.
func (d *decoder) keep(seg *edifact.Segment) {
	list := &d.rec.Kept
	switch d.at {
	case inTraveller:
		list = &d.traveller().Kept
	case inTicket:
		list = &d.ticket().Kept
	case inLeg:
		list = &d.leg().Kept
	case inCheckIn:
		leg := d.leg()
		list = &leg.CheckIns[len(leg.CheckIns)-1].Kept
	}
	*list = d.mem.raws.Append(*list, seg.Raw())
}

func (d *decoder) rci(seg *edifact.Segment) {
	list := d.locators()
	for e := 1; e <= seg.Elements(); e++ {
		l := Locator{Carrier: get(seg, e, 0), Code: get(seg, e, 1), Type: get(seg, e, 2), Date: get(seg, e, 3), Time: get(seg, e, 4)}
		if len(l.Type) == 6 && isDigits(l.Type) && l.Time == "" {
			// Some leave the type's empty component out.
			l.Type, l.Date, l.Time = "", l.Type, l.Date
		}
		if l != (Locator{}) {
			*list = d.mem.locators.Append(*list, l)
		}
	}
}

// locators are those of what an RCI stands under.
func (d *decoder) locators() *[]Locator {
	leg := d.leg()
	switch {
	case d.at == inSplit:
		return &d.rec.Splits[len(d.rec.Splits)-1].Locators
	case leg != nil:
		return &leg.Locators
	}
	return &d.rec.Locators
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (d *decoder) ssr(seg *edifact.Segment) {
	s := SSR{
		Code: get(seg, 1, 0), Status: get(seg, 1, 1), Quantity: get(seg, 1, 2), Carrier: get(seg, 1, 3),
		From: get(seg, 1, 6), To: get(seg, 1, 7), Text: seg.From(1, 8), Offset: seg.Offset,
	}
	for e := 2; e <= seg.Elements(); e++ {
		s.Details = d.mem.details.Append(s.Details, Detail{get(seg, e, 0), get(seg, e, 1), get(seg, e, 2), get(seg, e, 3)})
	}
	list := &d.rec.SSRs
	if leg, t := d.leg(), d.traveller(); leg != nil {
		list = &leg.SSRs
	} else if t != nil {
		list = &t.SSRs
	}
	*list = d.mem.ssrs.Append(*list, s)
}

// stamps adds the dates of a DAT to list.
func (d *decoder) stamps(list *[]Stamp, seg *edifact.Segment) {
	for e := 1; e <= seg.Elements(); e++ {
		if s := (Stamp{get(seg, e, 0), get(seg, e, 1), get(seg, e, 2)}); s != (Stamp{}) {
			*list = d.mem.stamps.Append(*list, s)
		}
	}
}

func (d *decoder) dat(seg *edifact.Segment) {
	switch t := d.ticket(); {
	case t != nil:
		d.stamps(&t.Stamps, seg)
	case d.at == inLeg || d.at == inCheckIn:
		d.settle()
		d.pending.Stamps = nil
		d.stamps(&d.pending.Stamps, seg)
		d.hasNext = len(d.pending.Stamps) > 0
	default:
		d.stamps(&d.rec.Stamps, seg)
	}
}

func (d *decoder) ift(seg *edifact.Segment) {
	var t Text
	for c := 0; c < seg.Components(1); c++ {
		t.Subject = d.mem.strings.Append(t.Subject, get(seg, 1, c))
	}
	for e := 2; e <= seg.Elements(); e++ {
		t.Lines = d.mem.strings.Append(t.Lines, seg.Element(e)) // a colon in a text is a colon
	}
	list := &d.rec.Texts
	switch tr, tk, leg := d.traveller(), d.ticket(), d.leg(); {
	case tk != nil:
		list = &tk.Texts
	case tr != nil:
		list = &tr.Texts
	case leg != nil:
		list = &leg.Texts
	}
	*list = d.mem.texts.Append(*list, t)
}

func (d *decoder) office(seg *edifact.Segment) Office {
	o := Office{
		System: get(seg, 1, 0), Location: get(seg, 1, 1), IATANumber: get(seg, 2, 0), OfficeID: get(seg, 2, 1),
		Country: get(seg, 6, 0), Currency: get(seg, 6, 1),
	}
	for _, v := range [...]string{o.System, o.OfficeID, o.IATANumber} {
		if v != "" {
			o.Agency = v
		}
	}
	for e := 1; e <= seg.Elements(); e++ {
		var comps []string
		for c := 0; c < seg.Components(e); c++ {
			comps = d.mem.strings.Append(comps, seg.Get(e, c))
		}
		o.Elements = d.mem.elements.Append(o.Elements, comps)
	}
	return o
}

func (d *decoder) org(seg *edifact.Segment) {
	switch {
	case d.at == inLeg || d.at == inCheckIn:
		d.pending.Office, d.hasNext = d.office(seg), true
	case d.at == inRecord && d.rec.Office.Elements == nil:
		d.rec.Office = d.office(seg)
	default:
		d.keep(seg)
	}
}

func (d *decoder) add(seg *edifact.Segment) {
	list := d.addresses()
	if list == nil {
		d.keep(seg)
		return
	}
	for e := 2; e <= seg.Elements(); e++ {
		a := Address{
			Purpose: get(seg, e, 0), Street: get(seg, e, 1), City: get(seg, e, 2), Region: get(seg, e, 3),
			Subentity: get(seg, e, 4), Country: get(seg, e, 5), Postcode: get(seg, e, 6), Text: strings.TrimSpace(seg.From(e, 7)),
		}
		if a != (Address{}) {
			*list = d.mem.addresses.Append(*list, a)
		}
	}
}

// addresses are those of what an ADD stands under; nil where it has none.
func (d *decoder) addresses() *[]Address {
	switch tr, tk := d.traveller(), d.ticket(); {
	case tk != nil:
		return &tk.Addresses
	case tr != nil:
		return &tr.Addresses
	case d.at == inRecord:
		return &d.rec.Addresses
	}
	return nil
}
