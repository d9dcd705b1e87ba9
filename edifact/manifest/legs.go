package manifest

import (
	"strings"

	"clew/edifact"
)

// Legs builds flight legs from the transport, location and date segments of a
// message, whatever their order. Places come in pairs (from, to); a place that
// is reached and left again ends one leg and begins the next.
type Legs struct {
	Log edifact.Log // what was odd about them

	list      Slab[Flight]
	departure edifact.Date // of the first leg that has one
	arrival   edifact.Date // likewise

	open    Flight
	isOpen  bool
	touched bool // the open leg has a place or a time
	last    end
	from    string // the role of the place at each end
	to      string
	stop    bool   // the open leg ends at a stop: the next leg begins there
	limbo   string // a place whose qualifier names no end, until a date says which
	limboAt edifact.Finding
	spare   []string // such places that no date has placed
	legs    int      // legs of this transport
	tag     string
	offset  int64
}

type end uint8

const (
	nowhere end = iota
	fromEnd
	toEnd
	pointEnd // the to end of a pair of further places
)

// Begin starts a transport: base holds carrier and number, which every leg of
// it shares.
func (b *Legs) Begin(base Flight, seg *edifact.Segment) {
	b.End()
	b.open = base
	b.isOpen, b.touched, b.legs = true, false, 0
	b.last, b.stop = nowhere, false
	b.tag, b.offset = seg.Tag, seg.Offset
}

// IsOpen reports whether a transport has begun.
func (b *Legs) IsOpen() bool { return b.isOpen }

// End closes the last leg.
func (b *Legs) End() {
	if !b.isOpen {
		return
	}
	b.settle(nowhere)
	if b.touched || b.legs == 0 {
		b.push()
	}
	b.isOpen, b.spare = false, nil
}

// Take closes the last leg and returns all.
func (b *Legs) Take() []Flight {
	b.End()
	return b.list.Take()
}

// Day is the day of the first departure among the legs that are closed, else of
// the first arrival.
func (b *Legs) Day() edifact.Date {
	if b.departure.IsZero() {
		return b.arrival
	}
	return b.departure
}

// base returns the open leg without places and times.
func (b *Legs) base() Flight {
	f := b.open
	f.From, f.To, f.Crossing = "", "", false
	f.Departure, f.Arrival = edifact.Local{}, edifact.Local{}
	f.DepartureZone, f.ArrivalZone = "", ""
	f.DepartureSentAs, f.ArrivalSentAs, f.FinalDestination = "", "", ""
	return f
}

// maxSpare bounds the places that wait for an end that lacks one.
const maxSpare = 2

// useSpare fills the ends that lack a place with those that no date has placed.
func (b *Legs) useSpare() {
	for _, end := range [...]*string{&b.open.From, &b.open.To} {
		if *end == "" && len(b.spare) > 0 && b.spare[0] != b.open.From && b.spare[0] != b.open.To {
			*end, b.spare = b.spare[0], b.spare[1:]
		}
	}
}

func (b *Legs) push() {
	b.useSpare()
	if b.open.From == "" || b.open.To == "" {
		b.Log.NoteAt("leg_incomplete", b.tag, b.offset, "")
	}
	b.open.Crossing = b.from == "departure" && b.to == "arrival" && b.open.Kind != "crew_list"
	zone(&b.open.DepartureZone, b.open.Departure, b.open.From)
	zone(&b.open.ArrivalZone, b.open.Arrival, b.open.To)
	b.list.Add(b.open)
	if b.departure.IsZero() {
		b.departure = b.open.Departure.Date
	}
	if b.arrival.IsZero() {
		b.arrival = b.open.Arrival.Date
	}
	b.legs++
	b.open, b.touched, b.last = b.base(), false, nowhere
	b.from, b.to = "", ""
}

// zone names the place a time is local to, unless the sender named the zone.
func zone(z *string, t edifact.Local, place string) {
	if *z == "" && t.HasTime && place != "" {
		*z = "local to " + place
	}
}

// next begins a new leg after the open one.
func (b *Legs) next() {
	at := b.open.To
	chained := b.stop
	b.push()
	b.stop = false
	if chained {
		b.open.From = at
	}
}

// Place adds a place whose role is departure, arrival, point, stop, final or
// unknown.
func (b *Legs) Place(role, code string, seg *edifact.Segment) {
	b.settle(nowhere)
	b.touched = true
	switch role {
	case "departure":
		if b.open.From != "" {
			b.next()
		}
		b.open.From, b.last, b.from = code, fromEnd, role
	case "arrival", "stop":
		if b.open.To != "" {
			b.next()
		}
		b.open.To, b.last, b.to = code, toEnd, role
		b.stop = role == "stop"
	case "point":
		b.point(code)
	case "final":
		if b.open.From != "" && b.open.To == "" {
			b.open.To, b.last = code, toEnd
		} else {
			b.open.FinalDestination = code
		}
	default:
		b.limbo = code
		b.limboAt = edifact.NewFinding("location_unknown", seg, seg.Get(1, 0))
	}
}

func (b *Legs) point(code string) {
	switch {
	case b.open.From != "" && b.open.To != "":
		b.next()
		if b.open.From != "" {
			b.open.To, b.last = code, pointEnd
			return
		}
		b.open.From, b.last = code, fromEnd
	case b.open.From == "" && b.open.To == "":
		b.open.From, b.last = code, fromEnd
	case b.open.From == "":
		b.next()
		b.open.From, b.last = code, fromEnd
	default:
		b.open.To, b.last = code, pointEnd
	}
}

// settle places the location whose qualifier named no end: where its date says,
// else it waits for an end that lacks a place.
func (b *Legs) settle(by end) {
	if b.limbo == "" {
		return
	}
	code := b.limbo
	b.limbo = ""
	b.Log.Add(b.limboAt)
	switch {
	case by == fromEnd && b.open.From == "":
		b.open.From, b.last = code, fromEnd
	case by == toEnd && b.open.To == "":
		b.open.To, b.last = code, toEnd
	case by == nowhere && len(b.spare) < maxSpare:
		b.spare = append(b.spare, code)
	}
}

// Time adds a time whose role is departure, arrival or both (that of the place
// it follows).
func (b *Legs) Time(role string, t edifact.Local, zone, sent string) {
	if role == "departure" {
		b.settle(fromEnd)
	} else if role == "arrival" {
		b.settle(toEnd)
	}
	b.touched = true
	if role == "both" {
		role = "departure"
		if b.last == toEnd || b.last == pointEnd {
			role = "arrival"
		}
	}
	if role == "departure" {
		if b.last == pointEnd && (!b.open.Departure.Date.IsZero() || !b.open.Arrival.Date.IsZero()) {
			b.stop = true // reached and left again
			b.next()
			b.last = fromEnd
		}
		b.open.Departure, b.open.DepartureZone, b.open.DepartureSentAs = t, zone, sent
		return
	}
	if b.last == fromEnd && b.open.To == "" && b.open.Departure.Date.IsZero() && b.legs == 0 && b.open.From != "" && role == "arrival" {
		// The only place so far has an arrival time: it is the arrival.
		b.open.From, b.open.To, b.last = "", b.open.From, toEnd
	}
	b.open.Arrival, b.open.ArrivalZone, b.open.ArrivalSentAs = t, zone, sent
}

// Designator parts a flight designator (UA988, TK0334A) and the carrier that is
// stated beside it. It returns finding codes for what did not agree.
func Designator(designator, stated, believe string) (carrier, number, suffix string, codes []string) {
	d := strings.ToUpper(strings.ReplaceAll(designator, " ", ""))
	stated = strings.TrimSpace(stated)
	prefix := d[:prefixLen(d)]
	if stated != "" && strings.HasPrefix(d, stated) && len(d) > len(stated) {
		prefix = stated
	}
	number, suffix = splitNumber(d[len(prefix):])
	if number == "" && d != "" {
		number, suffix, prefix = d, "", ""
		codes = append(codes, "designator_unread")
	}
	carrier = stated
	switch {
	case stated == "":
		carrier = prefix
		if prefix != "" {
			codes = append(codes, "carrier_missing")
		}
	case prefix != "" && prefix != stated:
		codes = append(codes, "carrier_mismatch")
		if believe == "designator" {
			carrier = prefix
		}
	}
	return carrier, number, suffix, codes
}

// prefixLen is how many characters of d are a carrier: three letters (ICAO) or
// two characters with a letter among them (IATA), before a digit.
func prefixLen(d string) int {
	letter := func(i int) bool { return i < len(d) && d[i] >= 'A' && d[i] <= 'Z' }
	digit := func(i int) bool { return i < len(d) && d[i] >= '0' && d[i] <= '9' }
	switch {
	case letter(0) && letter(1) && letter(2) && digit(3):
		return 3
	case (letter(0) || letter(1)) && (letter(0) || digit(0)) && (letter(1) || digit(1)) && digit(2):
		return 2
	}
	return 0
}

func splitNumber(d string) (number, suffix string) {
	n := 0
	for n < len(d) && d[n] >= '0' && d[n] <= '9' {
		n++
	}
	return d[:n], d[n:]
}
