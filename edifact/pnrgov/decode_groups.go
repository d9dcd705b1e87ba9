package pnrgov

import (
	"clew/edifact"
)

// tif begins a traveller of the reservation, or names the traveller of check-in
// data once the itinerary has begun. There it stands after a TRI; one without,
// who is not among the travellers, is a traveller out of place.
func (d *decoder) tif(seg *edifact.Segment) {
	if d.at > inTicket {
		if d.ofCheckIn(seg) {
			d.checkIn(seg)
			return
		}
		d.note("segment_misplaced", seg, "")
	}
	t := d.mem.travellers.New()
	t.Surname, t.Qualifier = get(seg, 1, 0), get(seg, 1, 1)
	t.Given, t.Type, t.Ref, t.Accompanied = get(seg, 2, 0), get(seg, 2, 1), get(seg, 2, 2), get(seg, 2, 3)
	t.Offset = seg.Offset
	d.rec.Travellers = d.mem.party.Append(d.rec.Travellers, t)
	d.rec.accompanied = d.rec.accompanied || t.Accompanied == "1"
	d.at = inTraveller
	for e := 3; e <= seg.Elements(); e++ {
		if given := get(seg, e, 0); given != "" || get(seg, e, 2) != "" {
			d.note("two_persons", seg, "")
			q := d.quarantine("two_persons", seg)
			q.Surname, q.Given = t.Surname, given
		}
	}
}

// ofCheckIn reports whether a TIF after the itinerary's beginning names somebody
// who checked in.
func (d *decoder) ofCheckIn(seg *edifact.Segment) bool {
	leg := d.leg()
	if leg == nil || len(d.rec.Travellers) == 0 {
		return false
	}
	if n := len(leg.CheckIns); d.at == inCheckIn && n > 0 && leg.CheckIns[n-1].HasTRI && !leg.CheckIns[n-1].HasTIF {
		return true
	}
	surname, given := get(seg, 1, 0), get(seg, 2, 0)
	for i := max(0, len(d.rec.Travellers)-maxAlike); i < len(d.rec.Travellers); i++ {
		t := d.rec.Travellers[i]
		if sameName(t.Surname, surname) && sameName(t.Given, given) {
			return true
		}
	}
	return false
}

func (d *decoder) fti(seg *edifact.Segment) {
	t := d.traveller()
	if t == nil {
		d.keep(seg)
		return
	}
	for e := 1; e <= seg.Elements(); e++ {
		if f := (Frequent{get(seg, e, 0), get(seg, e, 1)}); f != (Frequent{}) {
			t.Frequent = d.mem.frequent.Append(t.Frequent, f)
		}
	}
}

func (d *decoder) tkt(seg *edifact.Segment) {
	t := d.traveller()
	if t == nil {
		d.note("segment_misplaced", seg, "")
		d.keep(seg)
		return
	}
	t.Tickets = d.mem.tickets.Append(t.Tickets, Ticket{Number: get(seg, 1, 0), Type: get(seg, 1, 1), Booklets: get(seg, 1, 2)})
	d.at = inTicket
}

func (d *decoder) mon(seg *edifact.Segment) {
	t := d.ticket()
	if t == nil {
		d.keep(seg)
		return
	}
	for e := 1; e <= seg.Elements(); e++ {
		if a := (Amount{get(seg, e, 0), get(seg, e, 1), get(seg, e, 2)}); a != (Amount{}) {
			t.Amounts = d.mem.amounts.Append(t.Amounts, a)
		}
	}
}

func (d *decoder) fop(seg *edifact.Segment) {
	t := d.ticket()
	if t == nil {
		d.keep(seg)
		return
	}
	for e := 1; e <= seg.Elements(); e++ {
		p := Payment{
			Form: get(seg, e, 0), Indicator: get(seg, e, 1), Amount: get(seg, e, 2), Vendor: get(seg, e, 3),
			Account: get(seg, e, 4), Expiry: get(seg, e, 5), Approval: get(seg, e, 6),
		}
		if p != (Payment{}) {
			t.Payments = d.mem.payments.Append(t.Payments, p)
		}
	}
}

func (d *decoder) tvl(seg *edifact.Segment) Leg {
	return Leg{
		DepartureDate: get(seg, 1, 0), DepartureTime: get(seg, 1, 1), ArrivalDate: get(seg, 1, 2), ArrivalTime: get(seg, 1, 3),
		From: get(seg, 2, 0), To: get(seg, 3, 0),
		Carrier: get(seg, 4, 0), OperatingCarrier: get(seg, 4, 1),
		Number: get(seg, 5, 0), Class: get(seg, 5, 1),
		Offset: seg.Offset,
	}
}

// addLeg adds a leg of the itinerary. A TVL that holds a flight number only is
// the operating flight of the leg before it (releases up to 13.1).
func (d *decoder) addLeg(seg *edifact.Segment) {
	next := d.tvl(seg)
	if leg := d.leg(); leg != nil && next.From == "" && next.To == "" && next.DepartureDate == "" && next.Number != "" {
		leg.OperatingNumber, leg.OperatingClass, leg.operating = next.Number, next.Class, operatingTVL
		if next.Carrier != "" {
			leg.OperatingCarrier = next.Carrier
		}
		return
	}
	d.settle()
	d.rec.Legs = d.mem.legs.Append(d.rec.Legs, next)
	d.at = inLeg
}

// tra is the operating flight from release 14.1 on.
func (d *decoder) tra(seg *edifact.Segment) {
	leg := d.leg()
	if leg == nil {
		d.keep(seg)
		return
	}
	leg.operating = operatingTRA
	leg.OperatingCarrier, leg.OperatingNumber = get(seg, 1, 0), get(seg, 2, 0)
	leg.OperatingClass = get(seg, 2, 1)
}

func (d *decoder) legDetail(seg *edifact.Segment) {
	leg := d.leg()
	switch {
	case leg == nil:
		d.keep(seg)
	case seg.Tag == "APD":
		leg.Aircraft = get(seg, 1, 0)
	default:
		leg.Count, leg.Status = get(seg, 1, 0), get(seg, 2, 0)
	}
}

// checkIn reads TRI, TIF, SSD and TBD of a leg.
func (d *decoder) checkIn(seg *edifact.Segment) {
	leg := d.leg()
	if leg == nil {
		d.note("segment_misplaced", seg, "")
		d.keep(seg)
		return
	}
	c := d.openCheckIn(leg, seg.Tag)
	switch seg.Tag {
	case "TRI":
		c.HasTRI, c.Sequence, c.Ref = true, get(seg, 2, 0), get(seg, 2, 3)
	case "TIF":
		c.HasTIF = true
		c.Surname, c.Given, c.Type, c.TIFRef = get(seg, 1, 0), get(seg, 2, 0), get(seg, 2, 1), get(seg, 2, 2)
	case "SSD":
		c.Seat, c.Cabin = get(seg, 1, 0), get(seg, 5, 0)
	case "TBD":
		c.Bags = d.bagsOf(seg)
	}
}

// openCheckIn returns the check-in that a segment of tag belongs to: a new one at
// each TRI, at a second TIF, and after dates or an office.
func (d *decoder) openCheckIn(leg *Leg, tag string) *CheckIn {
	n := len(leg.CheckIns)
	if !d.hasNext && d.at == inCheckIn && n > 0 && tag != "TRI" {
		if c := &leg.CheckIns[n-1]; tag != "TIF" || !c.HasTIF {
			return c
		}
	}
	leg.CheckIns = d.mem.checkIns.Append(leg.CheckIns, d.pending)
	d.pending, d.hasNext = CheckIn{}, false
	d.at = inCheckIn
	return &leg.CheckIns[n]
}

func (d *decoder) bagsOf(seg *edifact.Segment) *Bags {
	b := d.mem.bags.New()
	b.Count, b.Weight, b.Unit = get(seg, 2, 0), get(seg, 2, 1), get(seg, 2, 2)
	from := 5
	for e := 3; e <= 4; e++ {
		switch v := get(seg, e, 0); v {
		case "HP", "MP":
			b.Pool, b.PoolRef = v, get(seg, e, 1)
		case "":
		default:
			from = min(from, e)
		}
	}
	for e := from; e <= seg.Elements(); e++ {
		t := BagTag{get(seg, e, 0), get(seg, e, 1), get(seg, e, 2), get(seg, e, 3), get(seg, e, 4)}
		if t != (BagTag{}) {
			b.Tags = d.mem.tags.Append(b.Tags, t)
		}
	}
	return b
}

// Locator returns the record's first locator, or "".
func (r *Record) Locator() string {
	if len(r.Locators) == 0 {
		return ""
	}
	return r.Locators[0].Code
}
