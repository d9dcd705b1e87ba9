package pnrgov

import (
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// resolver makes persons of one record.
type resolver struct {
	d       *decoder
	rec     *Record
	persons []manifest.Person // the record's part of Message.Persons
	on      edifact.Date      // the day of the journey
	infants []infant          // named without a TIF of their own, as far as known
	shared  []manifest.Contact
	index   index
	budget  int // requests that may still be given to everybody
}

// index finds persons of a record without walking it: a record can hold a group
// of hundreds, and a hostile one far more.
type index struct {
	byRef     map[string]int
	bySurname map[string][]int // at most maxAlike a name
	only      int              // the only person, -1 when there are several
	adult     int              // the only adult, -1 likewise
	infants   int
	infant    int // the last infant
}

// maxAlike bounds the persons of one surname that are compared with each other.
const maxAlike = 99

func (r *resolver) buildIndex() {
	x := &r.index
	x.byRef = make(map[string]int, len(r.persons))
	x.bySurname = make(map[string][]int, len(r.persons))
	people, adults := 0, 0
	for i := range r.persons {
		p := &r.persons[i]
		if p.Ref != "" {
			if _, twice := x.byRef[p.Ref]; twice {
				r.note("traveller_ref_repeated", "TIF", p.Offset, "")
			} else {
				x.byRef[p.Ref] = i
			}
		}
		if p.Type == manifest.GroupName {
			continue
		}
		if key := compact(p.Surname); len(x.bySurname[key]) < maxAlike {
			x.bySurname[key] = append(x.bySurname[key], i)
		}
		people++
		x.only = i
		switch p.Age {
		case "infant":
			x.infants++
			x.infant = i
		case "child":
		default:
			adults++
			x.adult = i
		}
	}
	if people != 1 {
		x.only = -1
	}
	if adults != 1 {
		x.adult = -1
	}
}

// resolve makes the persons of all records.
func (d *decoder) resolve() {
	n := 0
	for i := range d.m.Records {
		n += len(d.m.Records[i].Travellers)
	}
	d.m.Persons = make([]manifest.Person, 0, n)
	on := journey(&d.m)
	for i := range d.m.Records {
		rec := &d.m.Records[i]
		rec.first = len(d.m.Persons)
		d.rec = rec
		r := &resolver{d: d, rec: rec, on: on}
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
	r.d.log.Add(edifact.FindingAt(code, tag, offset, detail))
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
	for i := range r.rec.Travellers {
		m.Persons = append(m.Persons, r.person(&r.rec.Travellers[i], len(m.Persons)+1))
	}
	r.persons = m.Persons[r.rec.first:]
	r.buildIndex()
	r.budget = maxShared
	r.requests()
	for i := range r.rec.Travellers {
		r.finishName(i)
	}
	r.checkIns()
	r.infantRelations()
	r.quarantineInfants()
	manifest.RelateMinors(r.persons, r.on)
	for i := range r.persons {
		r.finish(&r.persons[i])
	}
}

// person makes a person of a traveller, with what stands in the TIF group.
func (r *resolver) person(t *Traveller, n int) manifest.Person {
	p := manifest.Person{
		N: n, Type: manifest.Passenger, Code: t.Type, Surname: t.Surname, Given: t.Given,
		Locator: r.rec.Locator(), Ref: t.Ref, Agency: r.rec.Office.Agency, Offset: t.Offset,
	}
	switch {
	case t.Qualifier == "G" || t.Type == "G":
		p.Type = manifest.GroupName
		r.note("group_name", "TIF", t.Offset, "")
	case t.Surname == "" && t.Given == "":
		r.note("name_missing", "TIF", t.Offset, "")
	}
	p.Age = ageOf(t.Type)
	if len(r.rec.Locators) > 0 {
		p.Booked = r.moment(r.rec.Locators[0].Date, r.rec.Locators[0].Time)
	}
	p.Contacts = r.shared
	if own := r.contacts(t.Texts, t.Addresses, ""); len(own) > 0 {
		p.Contacts = append(append(make([]manifest.Contact, 0, len(r.shared)+len(own)), r.shared...), own...)
	}
	for i := range t.Tickets {
		r.ticket(&p, &t.Tickets[i])
	}
	for _, f := range t.Frequent {
		p.References = append(p.References, manifest.Reference{Qualifier: "FTI", Value: f.Carrier + ":" + f.Number})
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
		p.Tickets = append(p.Tickets, out)
	}
	for _, f := range t.Payments {
		pay := manifest.Payment{Form: f.Form, Amount: f.Amount, Vendor: f.Vendor, Account: f.Account, Expiry: f.Expiry}
		for _, text := range t.Texts {
			if len(text.Subject) > 1 && text.Subject[1] == "43" {
				pay.Payer, pay.Address, pay.Phone = line(text, 0), line(text, 1), line(text, 2)
			}
		}
		p.Payments = append(p.Payments, pay)
	}
	if more := r.contacts(nil, t.Addresses, "payer"); len(more) > 0 {
		p.Contacts = append(p.Contacts[:len(p.Contacts):len(p.Contacts)], more...)
	}
}

func line(t Text, i int) string {
	if i < len(t.Lines) {
		return strings.TrimSpace(t.Lines[i])
	}
	return ""
}

// byRef returns the person with that reference, or nil.
func (r *resolver) byRef(ref string) *manifest.Person {
	if i, ok := r.index.byRef[ref]; ok && ref != "" {
		return &r.persons[i]
	}
	return nil
}

// only returns the record's only person, or nil when there are more.
func (r *resolver) only() *manifest.Person {
	if r.index.only < 0 || len(r.persons) == 0 {
		return nil
	}
	return &r.persons[r.index.only]
}

// maxShared bounds, for one record, how often a request without a reference is
// given to a person.
const maxShared = 10_000

// requests gives every SSR to whom it concerns: by where it stands, by
// reference, else to all or to the only one.
func (r *resolver) requests() {
	for i := range r.rec.SSRs {
		r.request(&r.rec.SSRs[i], nil, nil)
	}
	for i := range r.rec.Travellers {
		t := &r.rec.Travellers[i]
		for j := range t.SSRs {
			r.request(&t.SSRs[j], &r.persons[i], nil)
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
		for i := range r.persons {
			r.apply(s, &r.persons[i], leg, false)
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
		doco(s, p)
		return
	case "DOCA":
		doca(s, p)
		return
	case "CTCE", "CTCM", "CTCR":
		ctc(s, p)
		return
	case "UMNR":
		p.UnaccompaniedMinor = true
		if p.Age == "" || p.Age == "adult" {
			p.Age = "child"
		}
	case "CHLD":
		r.chld(s, p)
	case "TKNE", "TKNA", "TKNM", "TKNO":
		tkne(s, p)
		return
	}
	if p == nil || len(p.Services) >= maxServices {
		return
	}
	service := manifest.Service{Code: s.Code, Status: s.Status, Text: strings.TrimSpace(s.Text)}
	if leg != nil {
		service.Flight = leg.Carrier + leg.Number
	}
	p.Services = append(p.Services, service)
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
				addSeat(p, manifest.Seat{Flight: leg.Carrier + leg.Number, From: leg.From, To: leg.To, Number: c.Seat, Cabin: c.Cabin})
			}
			if c.Bags != nil {
				p.Bags = append(p.Bags, r.bags(c.Bags, leg))
			}
		}
	}
}

// checkedIn finds the traveller of a check-in: by the reference in its TIF, by
// the name there, then by the reference in TRI. Departure control systems number
// passengers their own way, so a reference must not contradict the name.
func (r *resolver) checkedIn(c *CheckIn) *manifest.Person {
	if p := r.byRef(c.TIFRef); p != nil && (c.Surname == "" || compact(p.Surname) == compact(c.Surname)) {
		return p
	}
	if c.HasTIF {
		for _, i := range r.index.bySurname[compact(c.Surname)] {
			if compact(r.rec.Travellers[i].Given) == compact(c.Given) {
				return &r.persons[i]
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
	for _, s := range r.rec.Splits {
		for _, l := range s.Locators {
			p.Relations = append(p.Relations, manifest.Relation{Kind: manifest.SplitInto, Locator: l.Code})
		}
	}
	p.Seat = r.seat(p)
}
