package support

import (
	"slices"
	"time"

	"clew/internal/access"
	"clew/internal/core"
)

// Who somebody is for a place: coarse, because it is read before acceptance.
const (
	Women    = "women"
	Men      = "men"
	Families = "families"
	Children = "children"
	// Accessible is an attribute of places and providers besides whom they take.
	Accessible = "accessible"
)

// Attributes lists what places and agreements can have.
var Attributes = []string{Women, Men, Families, Children, Accessible}

var attributeLabels = map[string]string{Women: "Women", Men: "Men", Families: "Families", Children: "Children", Accessible: "Step-free and accessible"}

// AttributeLabel returns an attribute in plain words.
func AttributeLabel(a string) string { return attributeLabels[a] }

// The services of an agreement, which are also the phases of support.
const (
	Accommodation = "accommodation"
	Outreach      = "outreach"
	Resettlement  = "resettlement"
)

// Services lists the services.
var Services = []string{Accommodation, Outreach, Resettlement}

var serviceLabels = map[string]string{Accommodation: "Safe accommodation", Outreach: "Outreach", Resettlement: "Resettlement"}

// ServiceLabel returns a service in plain words.
func ServiceLabel(s string) string { return serviceLabels[s] }

// Agreement is a service agreement with a provider, or a subcontract under one.
type Agreement struct {
	ID        core.ID
	Rev       int
	Agency    core.ID
	Parent    core.ID   // the provider's agreement that a subcontractor acts under
	From      core.Date // first day
	Until     core.Date // last day; zero: until further notice
	Standards string    // the version of the service standards: "2024-2"
	Services  []string
	Regions   []string
	Languages []string // ISO 639-3
	Takes     []string // Attributes
	UpdatedAt time.Time
}

// InForce reports whether the agreement holds on the day. A subcontract holds no
// longer than what it stands on.
func (a *Agreement) InForce(day core.Date) bool {
	return !day.Before(a.From) && (a.Until.IsZero() || !day.After(a.Until))
}

// Place is an accommodation unit. Its name and address are sealed with a key of
// its own.
type Place struct {
	ID         core.ID
	Rev        int
	Agency     core.ID // who runs it
	Key        core.ID // the vault's person of this place alone
	Region     string
	Attributes []string
	Sealed     []byte // Whereabouts
	UpdatedAt  time.Time
}

// Resource is what the policies see of the place.
func (p *Place) Resource() access.Resource {
	return access.Resource{Type: access.Place, ID: p.ID, Provider: p.Agency}
}

// Whereabouts is what only the provider knows of a place. It is stored only
// sealed.
type Whereabouts struct {
	Name       core.Secret `json:"name"`
	Address    core.Secret `json:"address"`
	Directions core.Secret `json:"directions,omitempty"`
}

// Bed is one bed, or one family room, of a place.
type Bed struct {
	ID     core.ID
	Rev    int
	Place  core.ID
	Agency core.ID
	Number int
	Sleeps int // how many of one party it takes
	State  BedState
	Since  time.Time
}

// BedState is where a bed stands. The zero state is invalid.
type BedState string

// The states of a bed.
const (
	Free     BedState = "free"
	Reserved BedState = "reserved"
	Occupied BedState = "occupied"
	OutOfUse BedState = "out_of_use"
)

// BedStates lists them as the board shows them.
var BedStates = []BedState{Free, Reserved, Occupied, OutOfUse}

var bedLabels = map[BedState]string{Free: "Free", Reserved: "Reserved", Occupied: "Occupied", OutOfUse: "Out of use"}

// Label returns the state in plain words.
func (s BedState) Label() string { return bedLabels[s] }

var bedNext = map[BedState][]BedState{
	Free:     {Reserved, OutOfUse},
	Reserved: {Occupied, Free},
	Occupied: {Free},
	OutOfUse: {Free},
}

// MayBecome reports whether a bed may go from one state to the other.
func (s BedState) MayBecome(to BedState) bool { return slices.Contains(bedNext[s], to) }

// Stay is one person in one bed.
type Stay struct {
	ID         core.ID
	Rev        int
	File       core.ID
	Person     core.ID
	Bed        core.ID
	Place      core.ID
	Agency     core.ID
	State      StayState
	ReservedAt time.Time
	ArrivedOn  core.Date
	LeftOn     core.Date // the day somebody else may arrive
}

// StayState is where a stay stands.
type StayState string

// The states of a stay.
const (
	StayReserved StayState = "reserved"
	StayHere     StayState = "here"
	StayLeft     StayState = "left"
	StayGivenUp  StayState = "given_up" // never arrived
)

var stayNext = map[StayState][]StayState{
	StayReserved: {StayHere, StayGivenUp},
	StayHere:     {StayLeft},
}

// MayBecome reports whether a stay may go from one state to the other.
func (s StayState) MayBecome(to StayState) bool { return slices.Contains(stayNext[s], to) }
