package pnrgov

import (
	"slices"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// resolver makes persons of one record.
type resolver struct {
	d       *decoder
	mem     *memory
	rec     *Record
	persons []*manifest.Person // the record's part of Message.Persons
	on      edifact.Date       // the day of the journey
	booked  string             // when the booking was made
	infants []infant           // named without a TIF of their own, as far as known
	shared  []manifest.Contact
	split   []manifest.Relation // to the bookings split off, which all persons share
	index   index
	given   givenNames
	read    lastRead
	babies  bool   // a request has shown somebody to be an infant
	carries []bool // whom an infant without a TIF is told to be with
	budget  int    // requests that may still be given to everybody
}

// lastRead is what the last DOCS, INFT and CHLD say: one may refer to a whole
// group, and is read once for all of it.
type lastRead struct {
	docs   *SSR
	text   docsText
	inft   *SSR
	infant Evidence
	named  bool
	chld   *SSR
	born   string // the birth date in its text
}

// resolve makes the persons of all records.
func (d *decoder) resolve() {
	n := 0
	for i := range d.m.Records {
		n += len(d.m.Records[i].Travellers)
	}
	d.m.Persons = make([]*manifest.Person, 0, n)
	r := &resolver{d: d, mem: &d.mem, on: journey(&d.m)}
	for i := range d.m.Records {
		rec := &d.m.Records[i]
		rec.first = len(d.m.Persons)
		d.rec, r.rec = rec, rec
		r.infants, r.given, r.babies = r.infants[:0], givenNames{}, false
		r.resolve()
	}
}

// journey is the day of the flight reported, else the day of preparation.
func journey(m *Message) edifact.Date {
	r := edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}
	if day := r.Read(m.Flight.DepartureDate, "").Date; !day.IsZero() {
		return day
	}
	return edifact.DateReader{Century: edifact.Coming}.Read(m.Header.Interchange.Date, "").Date
}

func (r *resolver) note(code, tag string, offset int64, detail string) {
	r.d.log.NoteAt(code, tag, offset, detail)
}

func (r *resolver) resolve() {
	if len(r.rec.Locators) == 0 {
		r.note("locator_missing", "SRC", r.rec.Offset, "")
	}
	if len(r.rec.Travellers) == 0 {
		r.note("traveller_missing", "SRC", r.rec.Offset, "")
		if len(r.rec.SSRs) == 0 && len(r.rec.Legs) == 0 {
			return
		}
	}
	r.bookingContacts()
	m := &r.d.m
	r.booked = ""
	if len(r.rec.Locators) > 0 {
		r.booked = r.moment(r.rec.Locators[0].Date, r.rec.Locators[0].Time)
	}
	r.index = index{refs: r.index.refs}
	clear(r.index.refs)
	for _, t := range r.rec.Travellers {
		p := r.person(t, len(m.Persons)+1)
		m.Persons = append(m.Persons, p)
		r.persons = m.Persons[r.rec.first:]
		r.enter(p)
	}
	r.persons = m.Persons[r.rec.first:]
	r.index.settle(r.persons)
	r.budget = maxShared
	r.requests()
	r.checkIns()
	if r.index.infants > 0 || r.babies {
		r.infantRelations()
	}
	r.quarantineInfants()
	manifest.RelateMinors(r.persons, r.on)
	r.splits()
	for i, p := range r.persons {
		r.finishName(i)
		r.finish(p)
	}
}

// person makes a person of a traveller, with what stands in the TIF group.
func (r *resolver) person(t *Traveller, n int) *manifest.Person {
	p := r.mem.persons.New()
	p.N, p.Type, p.Code, p.Surname, p.Given = n, manifest.Passenger, t.Type, t.Surname, t.Given
	p.Locator, p.Ref, p.Agency, p.Offset = r.rec.Locator(), t.Ref, r.rec.Office.Agency, t.Offset
	p.Age, p.Booked = ageOf(t.Type), r.booked
	switch {
	case t.Qualifier == "G" || t.Type == "G":
		p.Type = manifest.GroupName
		r.note("group_name", "TIF", t.Offset, "")
	case t.Surname == "" && t.Given == "":
		r.note("name_missing", "TIF", t.Offset, "")
	}
	p.Contacts = r.contacts(r.shared, t.Texts, t.Addresses, "")
	for i := range t.Tickets {
		r.ticket(p, &t.Tickets[i])
	}
	for _, f := range t.Frequent {
		p.References = r.mem.references.Append(p.References, manifest.Reference{Qualifier: "FTI", Value: r.mem.text.Join(":", f.Carrier, f.Number)})
	}
	return p
}

// ageOf reads the traveller type.
func ageOf(code string) string {
	switch code {
	case "A", "ADT":
		return "adult"
	case "C", "CH", "CHD", "CNN":
		return "child"
	case "IN", "INF", "INS", "IS":
		return "infant"
	}
	return ""
}

// moment is a date and a time of PNRGOV in ISO form, or "".
func (r *resolver) moment(date, clock string) string {
	if len(clock) > 4 {
		clock = clock[:4] // seconds
	}
	return edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}.Read(date+clock, "").String()
}

func (r *resolver) ticket(p *manifest.Person, t *Ticket) {
	out := manifest.Ticket{Number: t.Number, Type: t.Type}
	for _, a := range t.Amounts {
		if a.Type == "T" || out.Total == "" {
			out.Total, out.Currency = a.Value, a.Currency
		}
	}
	for _, s := range t.Stamps {
		if s.Qualifier == "710" {
			out.Issued = edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}.Read(s.Date, "").Date
		}
	}
	if out.Number != "" || out.Total != "" {
		p.Tickets = r.mem.ticketed.Append(p.Tickets, out)
	}
	for _, f := range t.Payments {
		pay := manifest.Payment{Form: f.Form, Amount: f.Amount, Vendor: f.Vendor, Account: f.Account, Expiry: f.Expiry}
		for _, text := range t.Texts {
			if len(text.Subject) > 1 && text.Subject[1] == "43" {
				pay.Payer, pay.Address, pay.Phone = line(text, 0), line(text, 1), line(text, 2)
			}
		}
		p.Payments = r.mem.paid.Append(p.Payments, pay)
	}
	p.Contacts = r.contacts(p.Contacts, nil, t.Addresses, "payer")
}

func line(t Text, i int) string {
	if i < len(t.Lines) {
		return strings.TrimSpace(t.Lines[i])
	}
	return ""
}

// byRef returns the person with that reference, or nil.
func (r *resolver) byRef(ref string) *manifest.Person {
	if i := r.index.ref(r.persons, ref); i >= 0 {
		return r.persons[i]
	}
	return nil
}

// only returns the record's only person, or nil when there are more.
func (r *resolver) only() *manifest.Person {
	if r.index.only < 0 || len(r.persons) == 0 {
		return nil
	}
	return r.persons[r.index.only]
}

// maxShared bounds, for one record, how often what names nobody (a request without
// a reference, a contact of the booking) is given to a person.
const maxShared = 10_000

// requests gives every SSR to whom it concerns: by where it stands, by
// reference, else to all or to the only one.
func (r *resolver) requests() {
	for i := range r.rec.SSRs {
		r.request(&r.rec.SSRs[i], nil, nil)
	}
	for i := range r.rec.Travellers {
		t := r.rec.Travellers[i]
		for j := range t.SSRs {
			r.request(&t.SSRs[j], r.persons[i], nil)
		}
	}
	for i := range r.rec.Legs {
		leg := &r.rec.Legs[i]
		for j := range leg.SSRs {
			r.request(&leg.SSRs[j], nil, leg)
		}
	}
}

func (r *resolver) request(s *SSR, owner *manifest.Person, leg *Leg) {
	if isSeat(s.Code) {
		r.seats(s, owner, leg)
		return
	}
	named := false
	for _, detail := range s.Details {
		if detail.Ref == "" {
			continue
		}
		if p := r.byRef(detail.Ref); p != nil {
			named = true
			r.apply(s, p, leg, owner != p)
		} else {
			r.note("reference_unmatched", "SSR", s.Offset, s.Code)
		}
	}
	switch {
	case named:
	case owner != nil:
		r.apply(s, owner, leg, false)
	case r.only() != nil:
		r.apply(s, r.only(), leg, false)
	case s.Code == "DOCS" || s.Code == "INFT":
		r.apply(s, nil, leg, false)
	case r.budget >= len(r.persons):
		r.budget -= len(r.persons)
		for _, p := range r.persons {
			r.apply(s, p, leg, false)
		}
	default:
		r.note("reference_unmatched", "SSR", s.Offset, s.Code)
	}
}

// apply gives one SSR to one person; p is nil when nobody is named. sure says
// that a reference names the person.
func (r *resolver) apply(s *SSR, p *manifest.Person, leg *Leg, sure bool) {
	switch s.Code {
	case "DOCS":
		r.docs(s, p, sure)
		return
	case "INFT":
		r.inft(s, p)
	case "DOCO":
		r.doco(s, p)
		return
	case "DOCA":
		r.doca(s, p)
		return
	case "CTCE", "CTCM", "CTCR":
		r.ctc(s, p)
		return
	case "UMNR":
		p.UnaccompaniedMinor = true
		if p.Age == "" || p.Age == "adult" {
			p.Age = "child"
		}
	case "CHLD":
		r.chld(s, p)
	case "TKNE", "TKNA", "TKNM", "TKNO":
		r.tkne(s, p)
		return
	}
	if p == nil || len(p.Services) >= maxServices {
		return
	}
	service := manifest.Service{Code: s.Code, Status: s.Status, Text: strings.TrimSpace(s.Text)}
	if leg != nil {
		service.Flight = r.flight(leg)
	}
	p.Services = r.mem.services.Append(p.Services, service)
}

// maxServices bounds the services of one person: a request without a reference
// goes to everybody of the booking.
const maxServices = 200

// maxEach bounds the documents, seats, tickets and contacts of one person; the
// record keeps every request there is.
const maxEach = 99

// checkIns gives check-in data to the travellers.
func (r *resolver) checkIns() {
	for i := range r.rec.Legs {
		leg := &r.rec.Legs[i]
		for j := range leg.CheckIns {
			c := &leg.CheckIns[j]
			p := r.checkedIn(c)
			if p == nil {
				if c.HasTIF || c.HasTRI {
					r.note("checkin_unmatched", "TVL", leg.Offset, "")
				}
				continue
			}
			if c.Seat != "" || c.Cabin != "" {
				r.addSeat(p, manifest.Seat{Flight: r.flight(leg), From: leg.From, To: leg.To, Number: c.Seat, Cabin: c.Cabin})
			}
			if c.Bags != nil {
				p.Bags = r.mem.baggage.Append(p.Bags, r.bags(c.Bags, leg))
			}
		}
	}
}

// checkedIn finds the traveller of a check-in: by the reference in its TIF, by
// the name there, then by the reference in TRI. Departure control systems number
// passengers their own way, so a reference must not contradict the name.
func (r *resolver) checkedIn(c *CheckIn) *manifest.Person {
	if p := r.byRef(c.TIFRef); p != nil && (c.Surname == "" || sameName(p.Surname, c.Surname)) {
		return p
	}
	if c.HasTIF {
		for _, i := range r.index.alike(r.persons, c.Surname) {
			if sameName(r.rec.Travellers[i].Given, c.Given) {
				return r.persons[i]
			}
		}
	}
	if p := r.byRef(c.Ref); p != nil && !c.HasTIF {
		return p
	}
	if !c.HasTIF {
		return r.only()
	}
	return nil
}

// finish fills what depends on everything else.
func (r *resolver) finish(p *manifest.Person) {
	if r.d.m.Flight.From != "" {
		p.Clearance = r.d.m.Flight.To
	}
	if n := len(r.rec.Legs); n > 0 {
		p.From, p.To = r.rec.Legs[0].From, r.rec.Legs[n-1].To
	} else {
		p.From, p.To = r.d.m.Flight.From, r.d.m.Flight.To
	}
	if len(p.Relations) == 0 {
		p.Relations = r.split
	} else {
		for _, split := range r.split {
			p.Relations = r.mem.relations.Append(p.Relations, split)
		}
	}
	p.Seat = r.seat(p)
}

// maxSplits bounds the bookings split off that each person is tied to; the
// record keeps all of them.
const maxSplits = 20

// splits makes the relations to the bookings split off.
func (r *resolver) splits() {
	r.split = nil
	for _, s := range r.rec.Splits {
		for _, l := range s.Locators {
			if len(r.split) < maxSplits {
				r.split = append(r.split, manifest.Relation{Kind: manifest.SplitInto, Locator: l.Code})
			}
		}
	}
	r.split = slices.Clip(r.split)
}

// flight is the designator of a leg.
func (r *resolver) flight(l *Leg) string {
	if l.designator == "" {
		l.designator = r.mem.text.Join("", l.Carrier, l.Number)
	}
	return l.designator
}
