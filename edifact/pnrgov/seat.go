package pnrgov

import (
	"strings"

	"clew/edifact/manifest"
)

// isSeat reports whether a request is for a seat (AIRIMP codes).
func isSeat(code string) bool {
	switch code {
	case "SEAT", "NSST", "NSSA", "NSSB", "NSSR", "NSSW", "SMST", "SMSA", "SMSB", "SMSR", "SMSW", "RQST":
		return true
	}
	return false
}

// seats gives each detail's seat to the traveller it refers to.
func (r *resolver) seats(s *SSR, owner *manifest.Person, leg *Leg) {
	if s.Text != "" {
		r.textSeats(s, owner, leg)
	}
	for _, detail := range s.Details {
		if detail.Data == "" {
			continue
		}
		p := r.byRef(detail.Ref)
		if p == nil && detail.Ref == "" {
			if p = owner; p == nil {
				p = r.only()
			}
		}
		if p == nil {
			r.note("reference_unmatched", "SSR", s.Offset, s.Code)
			continue
		}
		r.addSeat(p, r.seatOn(s, leg, detail.Data))
	}
}

// seatsInText reads seats from the text of a request: .03BN03AN as AIRIMP has
// it, 15A, 15A/15B. N and S after a seat say smoking or not.
func seatsInText(text string) []string {
	var list []string
	for i := 0; i < len(text) && len(list) < maxEach; {
		start := i
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		if n := i - start; n == 0 || n > 3 || i == len(text) || text[i] < 'A' || text[i] > 'Z' {
			i = max(i, start+1)
			continue
		}
		i++
		list = append(list, text[start:i])
		if i < len(text) && (text[i] == 'N' || text[i] == 'S') {
			i++
		}
	}
	return list
}

// textSeats gives the seats that stand in a request's text to the travellers it
// refers to, when there are as many of one as of the other. Without references
// only the seat of a single traveller is certain; others stay a request.
func (r *resolver) textSeats(s *SSR, owner *manifest.Person, leg *Leg) {
	numbers := seatsInText(s.Text)
	var to []*manifest.Person
	for _, d := range s.Details {
		if p := r.byRef(d.Ref); p != nil {
			to = append(to, p)
		}
	}
	if len(to) == 0 && owner != nil {
		to = append(to, owner)
	}
	if only := r.only(); len(to) == 0 && only != nil {
		to = append(to, only)
	}
	if len(numbers) == 0 || len(to) != len(numbers) {
		if len(numbers) > 0 {
			r.note("reference_unmatched", "SSR", s.Offset, s.Code)
		}
		return
	}
	for i, p := range to {
		r.addSeat(p, r.seatOn(s, leg, numbers[i]))
	}
}

// seatOn is a seat on the leg of a request.
func (r *resolver) seatOn(s *SSR, leg *Leg, number string) manifest.Seat {
	if leg == nil {
		return manifest.Seat{From: s.From, To: s.To, Number: number}
	}
	return manifest.Seat{Flight: r.flight(leg), From: leg.From, To: leg.To, Number: number}
}

// addSeat adds a seat on a leg, or what is new about a seat that is known.
func (r *resolver) addSeat(p *manifest.Person, s manifest.Seat) {
	for i := range p.Seats {
		have := &p.Seats[i]
		if have.Flight == s.Flight && have.From == s.From && have.To == s.To &&
			(strings.TrimLeft(have.Number, "0") == strings.TrimLeft(s.Number, "0") || s.Number == "") {
			if s.Cabin != "" {
				have.Cabin = s.Cabin
			}
			return
		}
	}
	if len(p.Seats) < maxEach {
		p.Seats = r.mem.seats.Append(p.Seats, s)
	}
}

// seat is the seat on the flight reported, else the first that is not masked.
func (r *resolver) seat(p *manifest.Person) string {
	f, first := &r.d.m.Flight, ""
	for _, s := range p.Seats {
		if s.Number == "" || strings.Trim(s.Number, "X") == "" {
			continue
		}
		if s.Flight == f.Carrier+f.Number && s.From == f.From && s.To == f.To {
			return s.Number
		}
		if first == "" {
			first = s.Number
		}
	}
	return first
}
