package cusres

import (
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

type decoder struct {
	m     Message
	p     *profile.Profile
	log   edifact.Log
	legs  manifest.Legs
	reply *Reply // the open one
	slabs struct {
		replies    manifest.Slab[Reply]
		references manifest.Slab[manifest.Reference]
		codes      manifest.Slab[Code]
		texts      manifest.Slab[Text]
		kept       manifest.Slab[edifact.Raw] // with the reply
		spare      manifest.Slab[edifact.Raw] // with the message
	}
}

func read(r *edifact.Reader, h *edifact.Header, p *profile.Profile) (Message, []edifact.Finding) {
	d := &decoder{p: p}
	d.m.Header = *h
	for seg := r.Segment(); seg != nil; seg = r.Segment() {
		if !seg.Cut { // half a code is another code
			d.segment(seg)
		}
	}
	d.end()
	d.m.Replies = d.slabs.replies.Take()
	d.m.Kept = d.slabs.spare.Take()
	d.m.Flights = d.legs.Take()
	if d.m.Code == "" {
		d.log.NoteAt("bgm_missing", "UNH", h.Offset, "")
	}
	d.log.Add(r.Findings()...)
	d.log.Merge(&d.legs.Log)
	return d.m, d.log.Findings()
}

func (d *decoder) note(code string, seg *edifact.Segment, detail string) {
	d.log.Note(code, seg, detail)
}

func (d *decoder) keep(seg *edifact.Segment) {
	if d.reply != nil {
		d.slabs.kept.Add(seg.Raw())
		return
	}
	d.slabs.spare.Add(seg.Raw())
}

func get(seg *edifact.Segment, e, c int) string { return strings.TrimSpace(seg.Get(e, c)) }

func (d *decoder) segment(seg *edifact.Segment) {
	switch seg.Tag {
	case "BGM":
		d.bgm(seg)
	case "RFF":
		d.rff(seg)
	case "DTM":
		d.dtm(seg)
	case "LOC":
		d.loc(seg)
	case "ERP":
		d.erp(seg)
	case "ERC":
		d.erc(seg)
	case "FTX":
		d.ftx(seg)
	case "NAD", "COM", "TDT", "GIS", "CNT", "DOC", "TOD", "MOA", "TAX", "UNS", "PAC", "GEI", "STS":
		d.keep(seg)
	default:
		d.note("segment_unknown", seg, "")
		d.keep(seg)
	}
}

func (d *decoder) bgm(seg *edifact.Segment) {
	d.m.Code, d.m.Number = get(seg, 1, 0), get(seg, 2, 0)
	switch d.m.Code {
	case "962", "132", "312":
	default:
		d.note("bgm_unknown", seg, d.m.Code)
	}
}

func (d *decoder) rff(seg *edifact.Segment) {
	q, value := get(seg, 1, 0), get(seg, 1, 1)
	role := d.p.RFF[q]
	ref := manifest.Reference{Qualifier: q, Value: value}
	switch {
	case d.reply != nil && role == "locator" && d.reply.AVF == "":
		d.reply.AVF = value
	case d.reply != nil && role == "person" && d.reply.ABO == "":
		d.reply.ABO = value
	case d.reply != nil:
		d.slabs.references.Add(ref)
	case role == "flight":
		d.flight(seg, value)
	case role == "message" && d.m.Transaction == "":
		d.m.Transaction = value
	default:
		if role == "" {
			d.note("reference_unknown", seg, q)
		}
		d.m.References = append(d.m.References, ref)
	}
}

func (d *decoder) flight(seg *edifact.Segment, designator string) {
	f := manifest.Flight{Kind: "reported", Designator: designator}
	f.Carrier, f.Number, f.Suffix, _ = manifest.Designator(designator, "", d.p.CarrierFrom)
	d.legs.Begin(f, seg)
}

func (d *decoder) dtm(seg *edifact.Segment) {
	role := d.p.DTM[get(seg, 1, 0)]
	if d.reply != nil || !d.legs.IsOpen() || role != "departure" && role != "arrival" {
		d.keep(seg)
		return
	}
	value := seg.Get(1, 1)
	p := edifact.DateReader{Century: edifact.Coming}.Read(value, get(seg, 1, 2))
	sent := ""
	for _, code := range p.Codes {
		if code != "" {
			d.note(code, seg, "")
			sent = edifact.UTF8(value)
		}
	}
	d.legs.Time(role, p.Local, "", sent)
}

func (d *decoder) loc(seg *edifact.Segment) {
	if d.reply != nil || !d.legs.IsOpen() {
		d.keep(seg)
		return
	}
	d.legs.Place(d.p.FlightLOC[get(seg, 1, 0)], get(seg, 2, 0), seg)
}

func (d *decoder) end() {
	if d.reply == nil {
		return
	}
	r := d.reply
	r.References, r.Codes = d.slabs.references.Take(), d.slabs.codes.Take()
	r.Texts, r.Kept = d.slabs.texts.Take(), d.slabs.kept.Take()
	if len(r.Codes) == 0 {
		d.log.NoteAt("reply_empty", "ERP", d.reply.Offset, "")
	}
	if d.reply.Ref() == "" && d.reply.Level == "2" {
		d.log.NoteAt("reply_ref_missing", "ERP", d.reply.Offset, "")
	}
	d.reply = nil
}

func (d *decoder) erp(seg *edifact.Segment) {
	d.end()
	d.legs.End()
	d.reply = d.slabs.replies.Add(Reply{Level: get(seg, 1, 0), Offset: seg.Offset})
	if d.reply.Level == "" {
		d.reply.Level = get(seg, 2, 0)
	}
}

// erc adds a code. One that stands before any ERP answers the whole message.
func (d *decoder) erc(seg *edifact.Segment) {
	if d.reply == nil {
		d.note("segment_misplaced", seg, "")
		d.reply = d.slabs.replies.Add(Reply{Level: "1", Offset: seg.Offset})
	}
	code := Code{Value: get(seg, 1, 0)}
	if list := get(seg, 1, 1); list != "" || get(seg, 1, 2) != "" {
		code.List = list + ":" + get(seg, 1, 2)
	}
	if Meaning(d.p, code.Value) == "" {
		d.note("reply_unknown", seg, code.Value)
	}
	d.slabs.codes.Add(code)
}

func (d *decoder) ftx(seg *edifact.Segment) {
	if d.reply == nil {
		d.keep(seg)
		return
	}
	d.slabs.texts.Add(Text{Subject: get(seg, 1, 0), Value: text(seg)})
}

// text is the free text of an FTX; a colon in it is a colon.
func text(seg *edifact.Segment) string {
	if seg.Components(4) < 2 {
		return seg.Get(4, 0)
	}
	parts := make([]string, seg.Components(4))
	for c := range parts {
		parts[c] = seg.Get(4, c)
	}
	return strings.Join(parts, ":")
}
