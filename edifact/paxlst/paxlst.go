// Package paxlst reads and writes PAXLST, the passenger and crew list message
// of UN/EDIFACT (D.02B to D.15B, as the WCO/IATA/ICAO guidelines on advance
// passenger information use it), and the older US-EDIFACT form 001:000.
//
// It promises that every NAD that begins a person, and every PDT, comes out as
// exactly one person or one quarantined person. It reads by context, not by a
// fixed order of segments: unknown codes are kept as sent and reported, and no
// oddity of a header or a flight rejects the message.
//
// It refuses to guess a relation: PAXLST names none. Persons who share a booking
// (RFF+AVF) and of whom one is a minor on the day of the journey are tied as
// minor_with and adult_with, which says that and no more.
package paxlst

import (
	"io"

	"clew/edifact"
	"clew/edifact/decoding"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// Message is one PAXLST message.
type Message struct {
	Header      edifact.Header
	Code        string // BGM 1001: 745, 250, 266, 336, 655
	Function    string // BGM 1004: CP, XR, CLOB, …
	Status      string // what the function says of the persons listed
	Transaction string // RFF+TN
	Revision    string // of the transaction
	References  []manifest.Reference
	Parties     []Party
	Flights     []manifest.Flight
	Persons     []*manifest.Person
	Quarantined []manifest.Quarantined
	Counts      []Count
	Kept        []edifact.Raw // segments with no field here
}

// Party is who sent the list and how to reach them.
type Party struct {
	Role     string // NAD qualifier, or the CTA function
	ID       string
	Name     string
	Contacts []manifest.Contact
}

// Count is a CNT segment: 42 passengers, 41 crew, of the whole flight and not of
// this message only.
type Count struct {
	Qualifier string
	Value     string
}

// messages is how a PAXLST is found and read.
var messages = decoding.Type[Message]{Name: "PAXLST", Body: read}

// Option changes how a message is read.
type Option = decoding.Option

// Decoder reads the PAXLST messages of a stream one by one with its method
// Decode; messages of other types are passed over.
type Decoder = decoding.Decoder[Message]

// Dialects uses s in place of the built-in dialects.
func Dialects(s *profile.Set) Option { return decoding.Dialects(s) }

// Decode reads the first PAXLST message of r. The error is edifact.ErrNoMessage
// when r holds none, or the error of r.
func Decode(r io.Reader, opts ...Option) (Message, []edifact.Finding, error) {
	return messages.First(r, opts)
}

// NewDecoder returns a Decoder of r.
func NewDecoder(r io.Reader, opts ...Option) *Decoder { return messages.Decoder(r, opts) }

// Read reads the message whose header r.Next has just returned.
func Read(r *edifact.Reader, h *edifact.Header, opts ...Option) (Message, []edifact.Finding) {
	return messages.Read(r, h, opts)
}
