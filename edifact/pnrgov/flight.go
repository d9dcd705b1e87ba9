package pnrgov

import (
	"strconv"
	"strings"

	"clew/edifact"
	"clew/edifact/manifest"
)

// Flights returns the flight reported and then the legs of each record.
func (m *Message) Flights() []manifest.Flight {
	n := 1
	for i := range m.Records {
		n += len(m.Records[i].Legs)
	}
	list := make([]manifest.Flight, 0, n)
	if f := &m.Flight; f.Carrier != "" || f.Number != "" || f.From != "" {
		list = append(list, f.flight("reported", ""))
	}
	for i := range m.Records {
		rec := &m.Records[i]
		for j := range rec.Legs {
			list = append(list, rec.Legs[j].flight("booked", rec.Locator()))
		}
	}
	return list
}

// flight makes the common form of a leg. A missing arrival date is the day of
// departure, as the guide says.
func (l *Leg) flight(kind, locator string) manifest.Flight {
	f := manifest.Flight{
		Kind: kind, Carrier: l.Carrier, From: l.From, To: l.To, Designator: l.Carrier + l.Number,
		OperatingCarrier: l.OperatingCarrier, OperatingNumber: l.OperatingNumber,
		Class: l.Class, Status: l.Status, Aircraft: l.Aircraft, Locator: locator, Travellers: l.Count,
	}
	n := 0
	for n < len(l.Number) && l.Number[n] >= '0' && l.Number[n] <= '9' {
		n++
	}
	f.Number, f.Suffix = l.Number[:n], l.Number[n:]
	if n == 0 {
		f.Number, f.Suffix = l.Number, ""
	}
	f.Departure = local(l.DepartureDate, l.DepartureTime)
	arrival, clock := l.ArrivalDate, l.ArrivalTime
	if len(arrival) == 4 && clock == "" {
		arrival, clock = "", arrival // the empty date is left out altogether
	}
	if arrival == "" && clock != "" {
		arrival = l.DepartureDate
	}
	f.Arrival = local(arrival, clock)
	if f.Departure.HasTime {
		f.DepartureZone = "local to " + l.From
	}
	if f.Arrival.HasTime {
		f.ArrivalZone = "local to " + l.To
	}
	return f
}

func local(date, clock string) edifact.Local {
	if date == "" {
		return edifact.Local{}
	}
	if len(clock) > 4 {
		clock = clock[:4]
	}
	return edifact.DateReader{Order: edifact.DayFirst, Century: edifact.Coming}.Read(date+clock, "").Local
}

// maxTags bounds the tags that one run can stand for, maxMessageTags those of a
// message, maxTagLength the tag itself: a count is cheap to write and costly to
// spell out.
const (
	maxTags        = 99
	maxMessageTags = 100_000
	maxTagLength   = 64
)

// bags makes the common form of a TBD.
func (r *resolver) bags(b *Bags, leg *Leg) manifest.Bags {
	out := manifest.Bags{Flight: r.flight(leg), Weight: b.Weight, Pool: pool(b.Pool)}
	switch b.Unit {
	case "700":
		out.Unit = "kg"
	case "701":
		out.Unit = "lb"
	default:
		out.Unit = b.Unit
	}
	runs := b.runs()
	for _, t := range b.Tags {
		n, err := strconv.Atoi(t.Count)
		if !runs || err != nil || n < 1 || n > maxTags || len(t.Number) > maxTagLength || r.d.expanded+n > maxMessageTags {
			n = 1
		}
		r.d.expanded += n - 1
		tag := r.mem.text.Join("", t.Carrier, strings.TrimSpace(t.Number))
		for i := range n {
			out.Tags = r.mem.strings.Append(out.Tags, r.mem.text.NextTag(tag, i))
		}
	}
	n, err := strconv.Atoi(b.Count)
	out.Count, out.Stated = n, err == nil && n >= 0
	if !out.Stated {
		out.Count = len(out.Tags)
	}
	return out
}

// runs reports whether the numbers behind the tags say how many follow in
// sequence. From some systems they number the tags: then there are as many tags
// as bags already, and the numbers do not add up to them.
func (b *Bags) runs() bool {
	stated, err := strconv.Atoi(b.Count)
	if err != nil || stated != len(b.Tags) {
		return true
	}
	sum := 0
	for _, t := range b.Tags {
		n, err := strconv.Atoi(t.Count)
		if err != nil {
			return false
		}
		sum += n
	}
	return sum == stated
}

func pool(code string) string {
	switch code {
	case "HP":
		return "head"
	case "MP":
		return "member"
	}
	return ""
}
