// Package queue holds the screens of the competent authority's desk: the queue
// by time left on the clock, assigning from it, its export, saved views, the
// workload, and the search for a case.
//
// It shows coded facts and references only. No page of it opens an identity,
// and nothing personal is ever part of an address.
package queue

import (
	"clew/internal/access"
	"clew/internal/web/page"
)

// Routes of the area.
var Routes = []page.Route{
	{Method: "GET", Path: "/queue", Action: access.ListCases, Handle: list},
	{Method: "GET", Path: "/queue/find", Action: access.ListCases, Handle: find},
	{Method: "POST", Path: "/queue/assign", Action: access.ListCases, Handle: assign},
	{Method: "POST", Path: "/queue/export", Action: access.ExportQueue, Handle: export},
	{Method: "POST", Path: "/queue/views", Action: access.ListCases, Handle: saveView},
	{Method: "POST", Path: "/queue/views/{id}/delete", Action: access.ListCases, Handle: dropView},
	{Method: "GET", Path: "/queue/workload", Action: access.ListCases, Handle: workload},
	{Method: "GET", Path: "/search", Action: access.SearchPersons, Handle: search},
	{Method: "POST", Path: "/search", Action: access.SearchPersons, Handle: search},
}
