package reading

import (
	"cmp"
	"slices"
	"strconv"

	"clew/edifact"
	"clew/edifact/manifest"
)

// Item is a report and what is needed to put it together with other parts.
type Item struct {
	manifest.Report
	Sender    string
	AccessRef string
	Part      int
	Last      bool
	Offset    int64
	Sent      edifact.Date // the day the message was prepared
}

func (i *Item) isPart() bool { return i.Part > 0 && i.AccessRef != "" }

// Joiner puts the parts of messages together: those that have the same sender,
// type and access reference. It keeps what waits for further parts.
type Joiner struct {
	open map[joinKey]*joining
	keys []joinKey
}

type joinKey struct{ sender, kind, ref string }

type joining struct {
	parts map[int]Item
	last  int // the number of the last part, 0 while unknown
	found []edifact.Finding
	high  int
}

// NewJoiner returns an empty Joiner.
func NewJoiner() *Joiner { return &Joiner{open: map[joinKey]*joining{}} }

// Add takes a report and returns those that are now complete: the report itself
// when it is no part, the whole message when it was the last part missing.
func (j *Joiner) Add(it Item) []manifest.Report {
	if !it.isPart() {
		return []manifest.Report{it.Report}
	}
	key := joinKey{it.Sender, it.Type, it.AccessRef}
	s := j.open[key]
	if s == nil {
		s = &joining{parts: map[int]Item{}}
		j.open[key] = s
		j.keys = append(j.keys, key)
	}
	detail := "part " + strconv.Itoa(it.Part)
	switch _, twice := s.parts[it.Part]; {
	case twice:
		s.found = append(s.found, edifact.FindingAt("part_repeated", "UNH", it.Offset, detail))
		return nil
	case it.Part < s.high:
		s.found = append(s.found, edifact.FindingAt("part_disorder", "UNH", it.Offset, detail))
	}
	s.parts[it.Part] = it
	s.high = max(s.high, it.Part)
	if it.Last {
		s.last = it.Part
	}
	if s.last == 0 || len(s.parts) < s.last {
		return nil
	}
	delete(j.open, key)
	return []manifest.Report{s.join()}
}

// Rest returns what is still incomplete, each with a finding that says so.
func (j *Joiner) Rest() []manifest.Report {
	var out []manifest.Report
	for _, key := range j.keys {
		s := j.open[key]
		if s == nil {
			continue
		}
		delete(j.open, key)
		var detail string
		switch {
		case s.last == 0 && len(s.parts) == s.high:
			detail = "the last, after part " + strconv.Itoa(s.high)
		case s.last == 0:
			detail = strconv.Itoa(s.high-len(s.parts)) + " before part " + strconv.Itoa(s.high) + ", and the last"
		default:
			detail = strconv.Itoa(s.last-len(s.parts)) + " before part " + strconv.Itoa(s.last)
		}
		s.found = append(s.found, edifact.FindingAt("part_missing", "UNH", 0, detail))
		out = append(out, s.join())
	}
	return out
}

// join makes one report of the parts, in their order. Persons are numbered
// anew, and their relations with them; then a minor of one part is tied to the
// adults of the same booking in another, as within a part.
func (s *joining) join() manifest.Report {
	numbers := make([]int, 0, len(s.parts))
	for n := range s.parts {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out manifest.Report
	var sent edifact.Date
	legs := map[manifest.Flight]bool{}
	for i, n := range numbers {
		it := s.parts[n]
		part := it.Report
		if i == 0 {
			out, sent = part, it.Sent
			out.Persons = slices.Clip(out.Persons)
			for _, f := range part.Flights {
				legs[f] = true
			}
			continue
		}
		if part.Function != out.Function || !sameFlights(out.Flights, part.Flights) {
			s.found = append(s.found, edifact.FindingAt("part_conflict", "UNH", it.Offset, "part "+strconv.Itoa(n)))
		}
		shift := len(out.Persons)
		for k := range part.Persons {
			part.Persons[k].N += shift
			shiftRelations(part.Persons[k].Relations, shift)
		}
		for k := range part.Quarantined {
			shiftRelations(part.Quarantined[k].Relations, shift)
		}
		for _, f := range part.Flights {
			if !legs[f] {
				legs[f] = true
				out.Flights = append(out.Flights, f)
			}
		}
		out.Persons = append(out.Persons, part.Persons...)
		out.Quarantined = append(out.Quarantined, part.Quarantined...)
		out.Replies = append(out.Replies, part.Replies...)
		out.Findings = append(out.Findings, part.Findings...)
	}
	manifest.RelateMinors(out.Persons, journey(out.Flights, sent))
	slices.SortStableFunc(s.found, func(a, b edifact.Finding) int { return cmp.Compare(a.Offset, b.Offset) })
	out.Findings = append(out.Findings, s.found...)
	return out.Filled()
}

// journey is the day of the first departure reported, else of the first arrival,
// else the day of preparation.
func journey(flights []manifest.Flight, sent edifact.Date) edifact.Date {
	var arrival edifact.Date
	for i := range flights {
		f := &flights[i]
		if f.Kind == "booked" {
			continue
		}
		if !f.Departure.Date.IsZero() {
			return f.Departure.Date
		}
		if arrival.IsZero() {
			arrival = f.Arrival.Date
		}
	}
	if arrival.IsZero() {
		return sent
	}
	return arrival
}

func shiftRelations(list []manifest.Relation, by int) {
	for i := range list {
		if list[i].N > 0 {
			list[i].N += by
		}
	}
}

// sameFlights compares the flights reported; bookings differ from part to part.
func sameFlights(a, b []manifest.Flight) bool {
	reported := func(list []manifest.Flight) (out []manifest.Flight) {
		for _, f := range list {
			if f.Kind != "booked" {
				out = append(out, f)
			}
		}
		return out
	}
	return slices.Equal(reported(a), reported(b))
}
