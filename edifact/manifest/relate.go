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
	byBooking := map[string][]int{}
	for i := range persons {
		if IsMinor(persons[i], on) && persons[i].Locator != "" {
			byBooking[persons[i].Locator] = nil
		}
	}
	if len(byBooking) == 0 {
		return
	}
	for i := range persons {
		p := persons[i]
		list, wanted := byBooking[p.Locator]
		if wanted && !IsMinor(p, on) && len(list) < maxRelated && p.Type != GroupName {
			byBooking[p.Locator] = append(list, i)
		}
	}
	for i := range persons {
		if p := persons[i]; IsMinor(p, on) {
			tie(persons, i, byBooking[p.Locator])
		}
	}
}

func tie(persons []*Person, minor int, adults []int) {
	m := persons[minor]
	for _, a := range adults {
		if related(m, persons[a].N) {
			continue
		}
		m.Relations = append(m.Relations, Relation{Kind: MinorWith, N: persons[a].N})
		if len(persons[a].Relations) < 4*maxRelated {
			persons[a].Relations = append(persons[a].Relations, Relation{Kind: AdultWith, N: m.N})
		}
	}
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
