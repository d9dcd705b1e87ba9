package paxlst

import (
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// tdt begins a transport. 20 is the flight reported, 34 one that only overflies;
// a designator that ends in MCL is a master crew list, not a flight.
func (d *decoder) tdt(seg *edifact.Segment) {
	d.endPerson()
	d.at = inFlight
	f := manifest.Flight{Kind: "reported", Designator: get(seg, 2, 0)}
	stated := get(seg, 5, 0)
	if d.us {
		stated = get(seg, 4, 0)
	}
	switch q := get(seg, 1, 0); q {
	case "20", "":
	case "34":
		f.Kind = "overflight"
	default:
		d.note("qualifier_unknown", seg, q)
	}
	var codes []string
	f.Carrier, f.Number, f.Suffix, codes = manifest.Designator(f.Designator, stated, d.p.CarrierFrom)
	f.CarrierStated = stated != ""
	for _, code := range codes {
		d.note(code, seg, "")
	}
	if f.Suffix == "MCL" {
		f.Kind = "crew_list"
	}
	d.legs.Begin(f, seg)
}

// loc reads a place by its qualifier and the group it stands in: a person's
// qualifier after a document is still the person's.
func (d *decoder) loc(seg *edifact.Segment) {
	q := get(seg, 1, 0)
	code, name := get(seg, 2, 0), get(seg, 2, 3)
	if d.us {
		code = usPlace(code)
	}
	if d.person == nil {
		d.flightLoc(seg, q, code, name)
		return
	}
	if role := d.p.DocumentLOC[q]; role == "issuer" {
		d.issuer(seg, code, name)
		return
	}
	p := d.person
	switch d.p.PersonLOC[q] {
	case "clearance":
		p.Clearance = either(code, name)
	case "from":
		p.From = either(code, name)
	case "to":
		p.To = either(code, name)
	case "residence":
		p.Residence = manifest.Place{Code: code, Name: name}
	case "birth":
		p.BirthPlace = manifest.Place{Code: code, Name: name}
		if third := get(seg, 3, 3); name == "" {
			p.BirthPlace.Name = third
		}
	default:
		d.note("qualifier_unknown", seg, q)
		d.keep(seg)
	}
}

func either(code, name string) string {
	if code == "" {
		return name
	}
	return code
}

func (d *decoder) flightLoc(seg *edifact.Segment, q, code, name string) {
	if !d.legs.IsOpen() {
		d.note("orphan", seg, "")
		d.keep(seg)
		return
	}
	if code = either(code, name); code == "" {
		d.note("qualifier_unknown", seg, q)
		return
	}
	d.legs.Place(d.p.FlightLOC[q], code, seg)
}

func (d *decoder) issuer(seg *edifact.Segment, code, name string) {
	doc := d.slabs.documents.Last()
	if doc == nil {
		d.note("segment_misplaced", seg, "")
		d.keep(seg)
		return
	}
	doc.Issuer, doc.Place = code, name
}

// usPlace takes the country off a place code of US-EDIFACT: NZAKL is AKL.
func usPlace(code string) string {
	if len(code) == 5 {
		return code[2:]
	}
	return code
}

// dtm reads a date by its qualifier.
func (d *decoder) dtm(seg *edifact.Segment) {
	q, value, format := get(seg, 1, 0), seg.Get(1, 1), get(seg, 1, 2)
	zone := ""
	if seg.Components(1) < 2 && seg.Elements() > 1 { // DTM+136+020131+2200+M10
		value = get(seg, 2, 0) + get(seg, 3, 0)
		zone = get(seg, 4, 0)
	}
	switch role := d.p.DTM[q]; role {
	case "departure", "arrival", "both":
		d.time(seg, role, value, format, zone)
	case "birth":
		if d.owned(seg) {
			d.birth(seg, value, format)
		}
	case "expiry", "issued":
		d.documentDate(seg, role, value, format)
	default:
		if q != "" {
			d.note("qualifier_unknown", seg, q)
		}
		d.keep(seg)
	}
}

func (d *decoder) time(seg *edifact.Segment, role, value, format, zone string) {
	if d.person != nil || !d.legs.IsOpen() {
		d.note("segment_misplaced", seg, "")
		d.keep(seg)
		return
	}
	r := edifact.DateReader{Century: edifact.Coming}
	p := d.date(seg, r, value, format)
	sent := ""
	if p.Codes[0] != "" {
		sent = edifact.UTF8(value)
	}
	d.legs.Time(role, p.Local, zone, sent)
}

// date reads a date and reports what was odd about it.
func (d *decoder) date(seg *edifact.Segment, r edifact.DateReader, value, format string) edifact.ParsedDate {
	if len(value) == 10 && format == "" { // the usual length of a moment, unlabelled
		format = "201"
	}
	p := r.Read(value, format)
	for _, code := range p.Codes {
		if code != "" {
			d.note(code, seg, "")
		}
	}
	return p
}

func (d *decoder) birth(seg *edifact.Segment, value, format string) {
	r := edifact.DateReader{Century: edifact.Recent, Reference: d.ref}
	p := d.date(seg, r, value, format)
	person := d.person
	person.BirthSentAs = strings.TrimSpace(value)
	person.BirthDate = p.Date
	if p.Date.IsZero() || d.ref.IsZero() {
		return
	}
	if d.ref.Before(p.Date) {
		d.note("birth_future", seg, "")
	}
	if age := p.Date.YearsTo(d.ref); p.TwoDigit && age <= 18 {
		person.BirthAmbiguous = true
		d.note("birth_century", seg, "")
	}
}

func (d *decoder) documentDate(seg *edifact.Segment, role, value, format string) {
	if !d.owned(seg) {
		return
	}
	doc := d.slabs.documents.Last()
	if doc == nil {
		d.note("segment_misplaced", seg, "")
		d.keep(seg)
		return
	}
	if role == "expiry" {
		doc.Expiry = d.date(seg, edifact.DateReader{Century: edifact.Coming, Reference: d.ref}, value, format).Date
		doc.ExpirySent = strings.TrimSpace(value)
		return
	}
	doc.Issued = d.date(seg, edifact.DateReader{Century: edifact.Recent, Reference: d.ref}, value, format).Date
	doc.IssuedSent = strings.TrimSpace(value)
}
