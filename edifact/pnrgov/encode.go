package pnrgov

import (
	"io"

	"clew/edifact"
)

// Encode writes m as an interchange of its own, with the separators of its
// header. Persons are not written: the records they were made of are.
func Encode(out io.Writer, m *Message) error {
	h := m.Header
	h.Type = "PNRGOV"
	if h.Version == "" {
		h.Version, h.Release, h.Agency = "13", "1", "IA"
	}
	if h.Interchange.Syntax == "" {
		h.Interchange.Syntax = "IATA:1"
	}
	e := encoder{edifact.NewWriter(h.Interchange.Delims)}
	e.Begin(&h)
	function := m.Function
	if function == "" {
		function = "22"
	}
	e.Segment("MSG").Element("", function).End()
	e.office(&m.Office)
	if f := &m.Flight; f.Number != "" || f.From != "" {
		e.tvl(f)
	}
	if m.Stated != "" {
		e.Segment("EQN").Element(m.Stated).End()
	}
	e.raws(m.Kept)
	for i := range m.Records {
		e.record(&m.Records[i])
	}
	e.Finish()
	_, err := e.WriteTo(out)
	return err
}

type encoder struct{ *edifact.Writer }

func (e encoder) raws(list []edifact.Raw) {
	for _, k := range list {
		e.Raw(k)
	}
}

func (e encoder) record(r *Record) {
	e.Segment("SRC").End()
	e.locators(r.Locators)
	e.ssrs(r.SSRs)
	e.stamps(r.Stamps)
	e.texts(r.Texts)
	e.office(&r.Office)
	e.addresses(r.Addresses)
	e.raws(r.Kept)
	for _, t := range r.Travellers {
		e.traveller(t)
	}
	for i := range r.Legs {
		e.leg(&r.Legs[i])
	}
	for _, s := range r.Splits {
		e.Segment("EQN").Element(s.Count).End()
		e.locators(s.Locators)
	}
	e.raws(r.Other)
	e.raws(r.History)
}

func (e encoder) locators(list []Locator) {
	if len(list) == 0 {
		return
	}
	e.Segment("RCI")
	for _, l := range list {
		e.Element(l.Carrier, l.Code, l.Type, l.Date, l.Time)
	}
	e.End()
}

func (e encoder) ssrs(list []SSR) {
	for i := range list {
		s := &list[i]
		e.Segment("SSR").Element(s.Code, s.Status, s.Quantity, s.Carrier, "", "", s.From, s.To, s.Text)
		for _, d := range s.Details {
			e.Element(d.Data, d.Unit, d.Ref, d.Characteristic)
		}
		e.End()
	}
}

func (e encoder) stamps(list []Stamp) {
	if len(list) == 0 {
		return
	}
	e.Segment("DAT")
	for _, s := range list {
		e.Element(s.Qualifier, s.Date, s.Time)
	}
	e.End()
}

// texts writes each line as one component; the subject keeps its components.
func (e encoder) texts(list []Text) {
	for _, t := range list {
		e.Segment("IFT").Element(t.Subject...)
		for _, line := range t.Lines {
			e.Element(line)
		}
		e.End()
	}
}

func (e encoder) office(o *Office) {
	elements := o.Elements
	if elements == nil && o.System != "" {
		elements = [][]string{{o.System, o.Location}, {o.IATANumber, o.OfficeID}, nil, nil, nil, {o.Country, o.Currency}}
	}
	if elements == nil {
		return
	}
	e.Segment("ORG")
	for _, comps := range elements {
		e.Element(comps...)
	}
	e.End()
}

func (e encoder) addresses(list []Address) {
	for _, a := range list {
		e.Segment("ADD").Element().Element(a.Purpose, a.Street, a.City, a.Region, a.Subentity, a.Country, a.Postcode, a.Text).End()
	}
}

func (e encoder) traveller(t *Traveller) {
	e.Segment("TIF").Element(t.Surname, t.Qualifier).Element(t.Given, t.Type, t.Ref, t.Accompanied).End()
	for _, f := range t.Frequent {
		e.Segment("FTI").Element(f.Carrier, f.Number).End()
	}
	e.texts(t.Texts)
	e.raws(t.Kept)
	e.ssrs(t.SSRs)
	e.addresses(t.Addresses)
	for i := range t.Tickets {
		e.ticket(&t.Tickets[i])
	}
}

func (e encoder) ticket(t *Ticket) {
	e.Segment("TKT").Element(t.Number, t.Type, t.Booklets).End()
	if len(t.Amounts) > 0 {
		e.Segment("MON")
		for _, a := range t.Amounts {
			e.Element(a.Type, a.Value, a.Currency)
		}
		e.End()
	}
	e.raws(t.Kept)
	e.stamps(t.Stamps)
	if len(t.Payments) > 0 {
		e.Segment("FOP")
		for _, p := range t.Payments {
			e.Element(p.Form, p.Indicator, p.Amount, p.Vendor, p.Account, p.Expiry, p.Approval)
		}
		e.End()
	}
	e.texts(t.Texts)
	e.addresses(t.Addresses)
}

func (e encoder) tvl(l *Leg) {
	e.Segment("TVL").Element(l.DepartureDate, l.DepartureTime, l.ArrivalDate, l.ArrivalTime).
		Element(l.From).Element(l.To).Element(l.Carrier, l.marketing()).Element(l.Number, l.Class).End()
}

// marketing is the operating carrier where the TVL itself names it.
func (l *Leg) marketing() string {
	if l.operating == operatingTRA {
		return ""
	}
	return l.OperatingCarrier
}

func (e encoder) leg(l *Leg) {
	e.tvl(l)
	switch {
	case l.OperatingNumber == "":
	case l.operating == operatingTRA:
		e.Segment("TRA").Element(l.OperatingCarrier).Element(l.OperatingNumber, l.OperatingClass).End()
	default:
		e.Segment("TVL").Element().Element().Element().Element().Element(l.OperatingNumber, l.OperatingClass).End()
	}
	if l.Count != "" || l.Status != "" {
		e.Segment("RPI").Element(l.Count).Element(l.Status).End()
	}
	if l.Aircraft != "" {
		e.Segment("APD").Element(l.Aircraft).End()
	}
	e.ssrs(l.SSRs)
	e.locators(l.Locators)
	e.texts(l.Texts)
	e.raws(l.Kept)
	for i := range l.CheckIns {
		e.checkIn(&l.CheckIns[i])
	}
}

func (e encoder) checkIn(c *CheckIn) {
	e.stamps(c.Stamps)
	e.office(&c.Office)
	if c.HasTRI {
		e.Segment("TRI").Element().Element(c.Sequence, "", "", c.Ref).End()
	}
	if c.HasTIF {
		e.Segment("TIF").Element(c.Surname).Element(c.Given, c.Type, c.TIFRef).End()
	}
	if c.Seat != "" || c.Cabin != "" {
		e.Segment("SSD").Element(c.Seat).Element().Element().Element().Element(c.Cabin).End()
	}
	if b := c.Bags; b != nil {
		e.Segment("TBD").Element().Element(b.Count, b.Weight, b.Unit).Element().Element(b.Pool, b.PoolRef)
		for _, t := range b.Tags {
			e.Element(t.Carrier, t.Number, t.Count, t.To, t.Rest)
		}
		e.End()
	}
	e.raws(c.Kept)
}
