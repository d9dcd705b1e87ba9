package paxlst

import (
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// bags returns the person's bags, making room for them at need.
func (d *decoder) bags() *manifest.Bags {
	if b := d.slabs.bags.Last(); b != nil {
		return b
	}
	return d.slabs.bags.Add(manifest.Bags{})
}

// mea reads the number (CT) and the weight (WT) of checked bags. The number
// stands in the second component, or, from some senders, in the first.
func (d *decoder) mea(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	unit, value := get(seg, 3, 0), get(seg, 3, 1)
	switch q := get(seg, 1, 0); q {
	case "CT":
		if value == "" {
			value = unit
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			d.note("number_invalid", seg, "")
			d.keep(seg)
			return
		}
		b := d.bags()
		b.Count, b.Stated = n, true
	case "WT":
		if value == "" {
			value, unit = unit, ""
		}
		b := d.bags()
		b.Weight = value
		switch unit {
		case "KGM", "":
			b.Unit = "kg"
		case "LBR":
			b.Unit = "lb"
		default:
			b.Unit = unit
		}
	default:
		d.note("qualifier_unknown", seg, q)
		d.keep(seg)
	}
}

// maxTags bounds the tags that one FTX can stand for, maxMessageTags those that
// a message can, maxTagLength the tag itself: a count is cheap to write and costly
// to spell out.
const (
	maxTags        = 99
	maxMessageTags = 100_000
	maxTagLength   = 64
)

// ftx reads bag tags: FTX+BAG+++tag:count stands for count tags in sequence.
func (d *decoder) ftx(seg *edifact.Segment) {
	if !d.owned(seg) {
		return
	}
	if q := get(seg, 1, 0); q != "BAG" {
		d.keep(seg)
		return
	}
	tag := get(seg, 4, 0)
	if tag == "" || tag == "NULL" {
		return
	}
	n := 1
	stated := get(seg, 4, 1)
	if stated != "" {
		v, err := strconv.Atoi(stated)
		if err != nil || v < 1 || v > maxTags || len(tag) > maxTagLength || d.expanded+v > maxMessageTags {
			d.note("number_invalid", seg, "")
		} else {
			n = v
		}
	}
	b := d.bags()
	d.expanded += n - 1
	for i := range n {
		d.slabs.strings.Add(d.slabs.text.NextTag(tag, i))
	}
	if !b.Stated && stated != "" {
		// Without MEA the last count that an FTX states is the number stated.
		b.Count, d.tags = n, true
	}
}

func (d *decoder) endBags() {
	tags := d.slabs.strings.Take()
	b := d.slabs.bags.Last()
	if b == nil {
		return
	}
	b.Tags = tags
	stated := b.Stated || d.tags
	if !stated {
		b.Count = len(tags)
	}
	if stated && len(tags) > 0 && len(tags) != b.Count {
		d.log.NoteAt("bags_differ", "NAD", d.person.Offset,
			strconv.Itoa(b.Count)+" stated, "+strconv.Itoa(len(tags))+" tags")
	}
	b.Stated = stated
}

// pdt is a person in US-EDIFACT 001:000, all in one segment:
// PDT+P/number:expiry:issuer+surname:given:second:birth:sex+PAX+from:to.
func (d *decoder) pdt(seg *edifact.Segment) {
	role := manifest.Passenger
	code := get(seg, 3, 0)
	switch code {
	case "CRW":
		role = manifest.Crew
	case "ITI":
		role = manifest.TransitPassenger
	case "PAX", "":
	default:
		d.note("nad_unknown", seg, code)
		role = manifest.Unknown
	}
	d.begin(role, code, seg)
	p := d.person
	p.Surname, p.Given, p.Second = get(seg, 2, 0), get(seg, 2, 1), get(seg, 2, 2)
	if p.Surname == "" {
		d.note("name_missing", seg, "")
	}
	if v := seg.Get(2, 3); v != "" {
		d.birth(seg, v, "")
	}
	if sex, known := d.p.Sex[get(seg, 2, 4)]; known {
		p.Sex = sex
	} else if get(seg, 2, 4) != "" {
		d.note("sex_unknown", seg, "")
	}
	p.From, p.To = usPlace(get(seg, 4, 0)), usPlace(get(seg, 4, 1))
	kind, number, parted := strings.Cut(get(seg, 1, 0), "/")
	if !parted {
		kind, number = "", kind
	}
	if number == "" && kind == "" {
		return
	}
	doc := manifest.Document{Type: kind, Number: number, Issuer: get(seg, 1, 2), ExpirySent: get(seg, 1, 1)}
	if doc.ExpirySent != "" {
		r := edifact.DateReader{Century: edifact.Coming, Reference: d.ref}
		doc.Expiry = d.date(seg, r, doc.ExpirySent, "").Date
	}
	d.slabs.documents.Add(doc)
}
