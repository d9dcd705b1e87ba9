// Package manifest holds what border messages say, in one vocabulary for
// PAXLST, PNRGOV and CUSRES: flight legs, persons and how they belong together,
// documents, contacts, seats, bags, payments.
//
// Values are as the sender gave them, blanks trimmed; codes are not translated.
// Where a value had to be read (a date, a number), the text it was read from
// stays beside it. The JSON form of a Report is published as Schema.
package manifest

import "clew/edifact"

// Flight is one leg: from one place to the next.
type Flight struct {
	Kind      string        `json:"kind"`    // reported, overflight, booked, crew_list
	Carrier   string        `json:"carrier"` // IATA or ICAO code
	Number    string        `json:"number"`  // without carrier and suffix, leading zeros kept
	Suffix    string        `json:"suffix,omitempty"`
	From      string        `json:"from"`
	To        string        `json:"to"`
	Departure edifact.Local `json:"departure"` // local to From
	Arrival   edifact.Local `json:"arrival"`   // local to To

	DepartureZone    string `json:"departure_zone,omitempty"`
	ArrivalZone      string `json:"arrival_zone,omitempty"`
	Designator       string `json:"designator,omitempty"` // as sent: UA988
	OperatingCarrier string `json:"operating_carrier,omitempty"`
	OperatingNumber  string `json:"operating_number,omitempty"`
	Class            string `json:"class,omitempty"`
	Status           string `json:"status,omitempty"`
	Aircraft         string `json:"aircraft,omitempty"`
	Locator          string `json:"locator,omitempty"`           // of the booking whose leg it is
	DepartureSentAs  string `json:"departure_sent_as,omitempty"` // when it was not plain
	ArrivalSentAs    string `json:"arrival_sent_as,omitempty"`   // when it was not plain
	CarrierStated    bool   `json:"-"`                           // the carrier stands in a field of its own
	// Crossing marks the leg that enters or leaves the country (LOC 125 to 87).
	Crossing         bool   `json:"crossing,omitempty"`
	FinalDestination string `json:"final_destination,omitempty"` // LOC 130
	Travellers       string `json:"travellers,omitempty"`        // as booked on the leg
}

// Person types. A person whose qualifier is unknown has type "unknown" and the
// qualifier in Code.
const (
	Passenger        = "passenger"
	Crew             = "crew"
	TransitPassenger = "transit_passenger"
	TransitCrew      = "transit_crew"
	Unnamed          = "unnamed"
	GroupName        = "group"
	Unknown          = "unknown"
)

// Person is one human being of a message, or the place-holder of a group.
type Person struct {
	N       int    `json:"n"`             // place in the message, from 1
	Type    string `json:"type"`          // see the constants
	Code    string `json:"code"`          // NAD or TIF qualifier as sent
	Age     string `json:"age,omitempty"` // adult, child, infant: as the booking says
	Surname string `json:"surname"`
	Given   string `json:"given"`
	Second  string `json:"second"`
	Title   string `json:"title,omitempty"`

	NameSentAs     string       `json:"name_sent_as,omitempty"` // where it was taken apart
	Sex            string       `json:"sex"`                    // M, F, X, U or empty
	BirthDate      edifact.Date `json:"birth_date"`
	BirthSentAs    string       `json:"birth_sent_as,omitempty"`
	BirthAmbiguous bool         `json:"birth_ambiguous,omitempty"` // could be a hundred years older
	Nationality    string       `json:"nationality"`
	Nationalities  []string     `json:"nationalities,omitempty"` // further ones
	Residence      Place        `json:"residence,omitzero"`
	BirthPlace     Place        `json:"birth_place,omitzero"`
	Address        Address      `json:"address,omitzero"`

	From      string `json:"from"`                // where this person boards
	To        string `json:"to"`                  // where this person's journey ends
	Clearance string `json:"clearance,omitempty"` // where this person clears the border

	Locator  string `json:"locator"` // of the booking; shared by those who travel together
	Ref      string `json:"ref"`     // the sender's own reference of this person
	ABO      string `json:"abo,omitempty"`
	AVF      string `json:"avf,omitempty"`
	Seat     string `json:"seat"`
	Role     string `json:"role,omitempty"`     // crew: CR1 to CR5
	Status   string `json:"status,omitempty"`   // on_board, not_on_board, changed, cancelled, …
	Verified string `json:"verified,omitempty"` // yes, no
	Booked   string `json:"booked,omitempty"`
	Agency   string `json:"agency,omitempty"`

	UnaccompaniedMinor bool `json:"unaccompanied_minor,omitempty"`

	Relations  []Relation    `json:"relations"`
	Documents  []Document    `json:"documents"`
	Contacts   []Contact     `json:"contacts"`
	Seats      []Seat        `json:"seats,omitempty"`
	Bags       []Bags        `json:"bags"`
	Tickets    []Ticket      `json:"tickets,omitempty"`
	Payments   []Payment     `json:"payments,omitempty"`
	Services   []Service     `json:"services,omitempty"`
	References []Reference   `json:"references,omitempty"` // further ones, as sent
	Kept       []edifact.Raw `json:"kept,omitempty"`       // segments that have no field here

	Offset int64 `json:"offset"` // of the segment that begins the person
}

// Relations between persons of a message.
const (
	InfantOf  = "infant_of"  // N is the adult on whose lap
	AdultOf   = "adult_of"   // N is the infant
	MinorWith = "minor_with" // N is an adult of the same booking
	AdultWith = "adult_with" // N is a minor of the same booking
	SplitInto = "split_into" // Locator is the booking split off
)

// Relation ties a person to another of the same message, or to a booking.
type Relation struct {
	Kind    string `json:"kind"`
	N       int    `json:"n,omitempty"`
	Locator string `json:"locator,omitempty"`
}

// Place is a code, or a name, or both.
type Place struct {
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// Address is a postal address, split as far as the sender split it.
type Address struct {
	Kind     string `json:"kind,omitempty"`
	Street   string `json:"street,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"region,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
}

// Document is a travel document, a visa or a licence.
type Document struct {
	Type        string        `json:"type"`
	Number      string        `json:"number"`
	Issuer      string        `json:"issuer"` // the issuing state
	Expiry      edifact.Date  `json:"expiry"`
	Issued      edifact.Date  `json:"issued"`
	Nationality string        `json:"nationality,omitempty"`
	Place       string        `json:"place,omitempty"` // of issue, in words
	ExpirySent  string        `json:"expiry_sent_as,omitempty"`
	IssuedSent  string        `json:"issued_sent_as,omitempty"`
	Verified    string        `json:"verified,omitempty"`
	Codes       string        `json:"codes,omitempty"` // code list and agency: 110:111
	AppliesTo   string        `json:"applies_to,omitempty"`
	References  []Reference   `json:"references,omitempty"`
	Kept        []edifact.Raw `json:"kept,omitempty"`
}

// Contact is a way to reach somebody. Scope tells whose it is.
type Contact struct {
	Type  string `json:"type"` // phone, fax, email, address, other
	Value string `json:"value"`
	Use   string `json:"use,omitempty"`   // mobile, home, business, agency, destination, …
	Scope string `json:"scope,omitempty"` // booking, payer; empty is the person
}

// Seat is a seat on a leg.
type Seat struct {
	Flight string `json:"flight,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Number string `json:"number"`
	Cabin  string `json:"cabin,omitempty"`
}

// Bags are checked bags on a leg, or on the journey where no leg is named.
type Bags struct {
	Flight string   `json:"flight,omitempty"`
	Count  int      `json:"count"`            // as stated, else the number of tags
	Weight string   `json:"weight,omitempty"` // as stated
	Unit   string   `json:"unit,omitempty"`   // kg, lb
	Tags   []string `json:"tags,omitempty"`
	Pool   string   `json:"pool,omitempty"` // head or member of a pool

	Stated bool `json:"-"`
}

// Ticket is a ticket and what it cost.
type Ticket struct {
	Number   string       `json:"number"`
	Type     string       `json:"type,omitempty"`
	Issued   edifact.Date `json:"issued,omitzero"`
	Total    string       `json:"total,omitempty"`
	Currency string       `json:"currency,omitempty"`
}

// Payment is a form of payment and who paid.
type Payment struct {
	Form    string `json:"form"` // CC, CA, …
	Amount  string `json:"amount,omitempty"`
	Vendor  string `json:"vendor,omitempty"`
	Account string `json:"account,omitempty"`
	Expiry  string `json:"expiry,omitempty"` // MMYY as sent
	Payer   string `json:"payer,omitempty"`
	Address string `json:"payer_address,omitempty"`
	Phone   string `json:"payer_phone,omitempty"`
}

// Service is a special service request: UMNR, INFT, WCHR, …
type Service struct {
	Code   string `json:"code"`
	Status string `json:"status,omitempty"`
	Text   string `json:"text,omitempty"`
	Flight string `json:"flight,omitempty"`
}

// Reference is a qualifier and a value that have no field of their own.
type Reference struct {
	Qualifier string `json:"qualifier"`
	Value     string `json:"value"`
}

// Quarantined is a person who could not be read, or whom a message names only
// in passing: the raw text, why, and what could be made of it.
type Quarantined struct {
	Reason    string       `json:"reason"` // a finding code
	Segment   string       `json:"segment"`
	Offset    int64        `json:"offset"`
	Text      string       `json:"text"` // the segment as sent
	Surname   string       `json:"surname,omitempty"`
	Given     string       `json:"given,omitempty"`
	BirthDate edifact.Date `json:"birth_date,omitzero"`
	Age       string       `json:"age,omitempty"`
	Locator   string       `json:"locator,omitempty"`
	Relations []Relation   `json:"relations,omitempty"`
}

// Reply is what a government says of one person, or of the message as a whole.
type Reply struct {
	Ref  string `json:"ref"` // the person's reference; of the message for a reply to the whole
	Code string `json:"code"`
}

// Report is one message, flat: the object that `clew screen parse --json`
// prints.
type Report struct {
	File        string            `json:"file"`
	Type        string            `json:"type"`
	Version     string            `json:"version"`
	Function    string            `json:"function"`
	Flights     []Flight          `json:"flights"`
	Persons     []*Person         `json:"persons"`
	Quarantined []Quarantined     `json:"quarantined"`
	Findings    []edifact.Finding `json:"findings"`
	Replies     []Reply           `json:"cusres"`
}
