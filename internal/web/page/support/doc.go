// Package support is the pages of those who give support: what needs them today,
// offers, places, the people they support and their files; and the service
// agreements, for those who make them.
//
// An address is shown on a place's own page and nowhere else. No page names a
// person: the case's page does, to whoever may see it.
package support

import (
	"clew/internal/access"
	"clew/internal/web/page"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/support", Action: access.GiveSupport, Handle: today},
	{Method: "GET", Path: "/support/offers", Action: access.GiveSupport, Handle: offers},
	{Method: "GET", Path: "/support/offers/{id}", Action: access.GiveSupport, Handle: offer},
	{Method: "POST", Path: "/support/offers/{id}", Action: access.GiveSupport, Handle: accept},
	{Method: "POST", Path: "/support/offers/{id}/decline", Action: access.GiveSupport, Handle: decline},
	{Method: "GET", Path: "/support/places", Action: access.GiveSupport, Handle: places},
	{Method: "GET", Path: "/support/places/new", Action: access.GiveSupport, Handle: addPlace},
	{Method: "POST", Path: "/support/places/new", Action: access.GiveSupport, Handle: addPlace},
	{Method: "GET", Path: "/support/places/{id}", Action: access.GiveSupport, Handle: place},
	{Method: "POST", Path: "/support/places/{id}", Action: access.GiveSupport, Handle: changePlace},
	{Method: "POST", Path: "/support/places/{id}/beds", Action: access.GiveSupport, Handle: addBeds},
	{Method: "POST", Path: "/support/places/{id}/beds/{bed}", Action: access.GiveSupport, Handle: setBed},
	{Method: "GET", Path: "/support/people", Action: access.GiveSupport, Handle: people},
	{Method: "GET", Path: "/support/files/{id}", Handle: overview},
	{Method: "GET", Path: "/support/files/{id}/plan", Handle: plan},
	{Method: "GET", Path: "/support/files/{id}/contacts", Handle: contacts},
	{Method: "GET", Path: "/support/files/{id}/help", Handle: help},
	{Method: "GET", Path: "/support/files/{id}/{step}", Action: access.GiveSupport, Handle: step},
	{Method: "POST", Path: "/support/files/{id}/{step}", Action: access.GiveSupport, Handle: step},
	{Method: "GET", Path: "/support/files/{id}/goals/{goal}", Action: access.GiveSupport, Handle: reviewGoal},
	{Method: "POST", Path: "/support/files/{id}/goals/{goal}", Action: access.GiveSupport, Handle: reviewGoal},
	{Method: "GET", Path: "/support/files/{id}/contacts/{contact}", Action: access.GiveSupport, Handle: recordContact},
	{Method: "POST", Path: "/support/files/{id}/contacts/{contact}", Action: access.GiveSupport, Handle: recordContact},
	{Method: "POST", Path: "/support/files/{id}/tasks/{kind}", Action: access.GiveSupport, Handle: completeTask},
	{Method: "GET", Path: "/cases/{id}/support", Handle: askForSupport},
	{Method: "POST", Path: "/cases/{id}/support", Handle: askForSupport},
	{Method: "GET", Path: "/support/capacity", Action: access.ViewCapacity, Handle: capacity},
	{Method: "GET", Path: "/support/what-if", Action: access.ViewCapacity, Handle: whatIf},
	{Method: "GET", Path: "/agreements", Action: access.ManageAgreements, Handle: agreements},
	{Method: "GET", Path: "/agreements/new", Action: access.ManageAgreements, Handle: addAgreement},
	{Method: "POST", Path: "/agreements/new", Action: access.ManageAgreements, Handle: addAgreement},
	{Method: "GET", Path: "/agreements/{id}", Action: access.ManageAgreements, Handle: changeAgreement},
	{Method: "POST", Path: "/agreements/{id}", Action: access.ManageAgreements, Handle: changeAgreement},
}
