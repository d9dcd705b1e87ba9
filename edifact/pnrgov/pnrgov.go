// Package pnrgov reads and writes PNRGOV, the IATA PADIS message by which
// carriers give booking data to governments (releases 10.1 to 17.1).
//
// It promises that every TIF of a reservation comes out as exactly one person or
// one quarantined person, and that nobody is lost between an adult and the
// infant on their lap: an infant who is only named in an INFT or in a DOCS comes
// out as a quarantined person tied to the adult.
//
// A message is read twice over: once into Records, which hold the segments'
// values as sent and can be written again, and from these into Persons, which
// say who travels. Persons are created from TIF only; a DOCS that fits none of
// them stays with its record as evidence.
package pnrgov

import (
	"io"

	"clew/edifact"
	"clew/edifact/decoding"
	"clew/edifact/manifest"
	"clew/edifact/profile"
)

// Message is one PNRGOV message.
type Message struct {
	Header      edifact.Header
	Function    string // MSG 1225: 22 push, 141 update
	Office      Office // who sends
	Flight      Leg    // the flight that is reported
	Stated      string // EQN: the number of records
	Records     []Record
	Persons     []*manifest.Person // of all records, in order
	Quarantined []manifest.Quarantined
	Kept        []edifact.Raw
}

// Office is an ORG segment: the system, its place, the agency behind it.
type Office struct {
	System, Location     string // 1A, MUC
	IATANumber, OfficeID string // of the travel agency
	Agency               string // IATANumber, else OfficeID, else System
	Country, Currency    string
	Elements             [][]string // all of it, as sent
}

// Locator is one reference of an RCI segment.
type Locator struct {
	Carrier, Code, Type string
	Date, Time          string // as sent, DDMMYY
}

// Stamp is one date of a DAT segment: 700 last change, 710 ticketed, 2 check-in.
type Stamp struct{ Qualifier, Date, Time string }

// Text is an IFT segment.
type Text struct {
	Subject []string // 4, 28, "", YY
	Lines   []string
}

// SSR is a special service request (C056 to C059).
type SSR struct {
	Code, Status, Quantity, Carrier string
	From, To                        string
	Text                            string
	Details                         []Detail
	Offset                          int64
}

// Detail is one passenger's share of an SSR.
type Detail struct{ Data, Unit, Ref, Characteristic string }

// Address is one address of an ADD segment.
type Address struct {
	Purpose                         string // 700 contact, 702 …, E, M, H
	Street, City, Region, Subentity string
	Country, Postcode, Text         string
}

// Record is one passenger name record: an SRC group.
type Record struct {
	Locators   []Locator
	SSRs       []SSR
	Stamps     []Stamp
	Texts      []Text
	Office     Office
	Addresses  []Address
	Travellers []*Traveller
	Legs       []Leg
	Splits     []Split
	Other      []edifact.Raw // products other than flights: the MSG group
	History    []edifact.Raw // ABI, SAC and LTS with what stands between them
	Evidence   []Evidence
	Kept       []edifact.Raw
	Offset     int64

	first       int  // index of its first person in Message.Persons
	accompanied bool // a traveller is marked as accompanied by an infant
}

// Split says that travellers were moved to another booking.
type Split struct {
	Count    string
	Locators []Locator
}

// Evidence is a DOCS that no traveller of the record can be told to own.
type Evidence struct {
	Surname, Given, Second string
	Sex                    string
	BirthDate              edifact.Date
	Document               manifest.Document
	Offset                 int64
}

// Traveller is a TIF group of the reservation.
type Traveller struct {
	Surname, Qualifier string // qualifier: I individual, G group
	Given              string
	Type               string // A, C, IN, …
	Ref                string
	Accompanied        string // 1: by an infant
	Frequent           []Frequent
	Texts              []Text
	SSRs               []SSR
	Addresses          []Address
	Tickets            []Ticket
	Kept               []edifact.Raw
	Offset             int64
}

// Frequent is a frequent flyer number.
type Frequent struct{ Carrier, Number string }

// Ticket is a TKT group.
type Ticket struct {
	Number, Type, Booklets string
	Amounts                []Amount
	Stamps                 []Stamp
	Payments               []Payment
	Texts                  []Text
	Addresses              []Address
	Kept                   []edifact.Raw
}

// Amount is one sum of a MON segment: B base, T total.
type Amount struct{ Type, Value, Currency string }

// Payment is one form of payment of an FOP segment.
type Payment struct {
	Form, Indicator, Amount, Vendor, Account, Expiry, Approval string
}

// Leg is a TVL group: a flight of the itinerary, or the flight reported.
type Leg struct {
	DepartureDate, DepartureTime string // DDMMYY, HHMM
	ArrivalDate, ArrivalTime     string
	From, To                     string
	Carrier, OperatingCarrier    string
	Number, Class                string
	OperatingNumber              string
	OperatingClass               string
	Count, Status                string // RPI
	Aircraft                     string // APD
	SSRs                         []SSR
	Texts                        []Text
	Locators                     []Locator
	CheckIns                     []CheckIn
	Kept                         []edifact.Raw
	Offset                       int64

	operating  operatingForm
	designator string // as resolver.flight makes it
}

// operatingForm is how the operating flight was told, so that it is written so.
type operatingForm uint8

const (
	operatingNone operatingForm = iota
	operatingTVL                // a second TVL, up to 13.1
	operatingTRA                // a TRA segment, from 14.1
)

// CheckIn is a TRI group: what happened at the desk for one traveller.
type CheckIn struct {
	Stamps   []Stamp
	Office   Office
	HasTRI   bool
	Sequence string // SIN-168
	Ref      string
	Surname  string
	Given    string
	Type     string
	TIFRef   string
	HasTIF   bool
	Seat     string
	Cabin    string
	Bags     *Bags
	Kept     []edifact.Raw
}

// Bags is a TBD segment.
type Bags struct {
	Count, Weight, Unit string // unit 700 kilograms, 701 pounds
	Pool, PoolRef       string // HP head, MP member
	Tags                []BagTag
}

// BagTag is a run of tags in sequence.
type BagTag struct{ Carrier, Number, Count, To, Rest string }

// messages is how a PNRGOV is found and read.
var messages = decoding.Type[Message]{Name: "PNRGOV", Body: read}

// Option changes how a message is read.
type Option = decoding.Option

// Decoder reads the PNRGOV messages of a stream one by one with its method
// Decode; messages of other types are passed over.
type Decoder = decoding.Decoder[Message]

// Dialects uses s in place of the built-in dialects.
func Dialects(s *profile.Set) Option { return decoding.Dialects(s) }

// Decode reads the first PNRGOV message of r. The error is edifact.ErrNoMessage
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
