package pnrgov

import (
	"clew/edifact"
	"clew/edifact/manifest"
)

// memory holds what the lists of a message are made of. A booking is many short
// lists; an allocation each would cost more than reading them.
type memory struct {
	// What Records hold.
	records    manifest.Arena[Record]
	locators   manifest.Arena[Locator]
	ssrs       manifest.Arena[SSR]
	details    manifest.Arena[Detail]
	stamps     manifest.Arena[Stamp]
	texts      manifest.Arena[Text]
	elements   manifest.Arena[[]string]
	addresses  manifest.Arena[Address]
	travellers manifest.Slab[Traveller]
	party      manifest.Arena[*Traveller]
	frequent   manifest.Arena[Frequent]
	tickets    manifest.Arena[Ticket]
	amounts    manifest.Arena[Amount]
	payments   manifest.Arena[Payment]
	legs       manifest.Arena[Leg]
	checkIns   manifest.Arena[CheckIn]
	bags       manifest.Slab[Bags]
	tags       manifest.Arena[BagTag]
	splits     manifest.Arena[Split]
	raws       manifest.Arena[edifact.Raw]
	strings    manifest.Arena[string]

	// What Persons hold.
	persons     manifest.Slab[manifest.Person]
	quarantined manifest.Arena[manifest.Quarantined]
	seats       manifest.Arena[manifest.Seat]
	contacts    manifest.Arena[manifest.Contact]
	documents   manifest.Arena[manifest.Document]
	ticketed    manifest.Arena[manifest.Ticket]
	paid        manifest.Arena[manifest.Payment]
	services    manifest.Arena[manifest.Service]
	references  manifest.Arena[manifest.Reference]
	relations   manifest.Arena[manifest.Relation]
	baggage     manifest.Arena[manifest.Bags]
	infants     manifest.Arena[infant]
	text        manifest.Texts
}
