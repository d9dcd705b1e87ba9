package manifest

import "clew/edifact"

// AdultAge is the age from which a person counts as an adult when those of one
// booking are told apart: the age of the Convention on the Rights of the Child,
// article 1.
const AdultAge = 18

// maxRelated bounds the adults that one minor is tied to: a school class of
// forty in one booking is no forty relations each.
const maxRelated = 9

// RelateMinors ties each minor to the adults of the same booking, and these to
// the minor. on is the day of the journey.
func RelateMinors(persons []*Person, on edifact.Date) {
	if on.IsZero() {
		return
	}
	var minors []*Person
	byBooking := map[string][]*Person{}
	for _, p := range persons {
		if IsMinor(p, on) && p.Locator != "" {
			minors = append(minors, p)
			byBooking[p.Locator] = nil
		}
	}
	for open, i := len(byBooking), 0; open > 0 && i < len(persons); i++ {
		p := persons[i]
		list, wanted := byBooking[p.Locator]
		if wanted && len(list) < maxRelated && p.Type != GroupName && !IsMinor(p, on) {
			if byBooking[p.Locator] = append(list, p); len(list)+1 == maxRelated {
				open--
			}
		}
	}
	var lists Slab[Relation]
	for _, m := range minors {
		tie(m, byBooking[m.Locator], &lists)
	}
}

func tie(m *Person, adults []*Person, lists *Slab[Relation]) {
	for _, r := range m.Relations {
		lists.Add(r)
	}
	for _, a := range adults {
		if related(m, a.N) {
			continue
		}
		lists.Add(Relation{Kind: MinorWith, N: a.N})
		if len(a.Relations) < 4*maxRelated {
			a.Relations = append(a.Relations, Relation{Kind: AdultWith, N: m.N})
		}
	}
	m.Relations = lists.Take()
}

func related(p *Person, n int) bool {
	for _, r := range p.Relations {
		if r.N == n {
			return true
		}
	}
	return false
}

// IsMinor reports whether the message says that p is under AdultAge on that day:
// by birth date, or as a child or infant of the booking.
func IsMinor(p *Person, on edifact.Date) bool {
	if !p.BirthDate.IsZero() && !on.IsZero() {
		age := p.BirthDate.YearsTo(on)
		return age >= 0 && age < AdultAge
	}
	return p.Age == "child" || p.Age == "infant"
}
