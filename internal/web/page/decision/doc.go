// Package decision holds the screens by which a decision is taken, reviewed by a
// second person and put into a letter.
//
// Deciding has two steps: the form, and the letter as the person will read it.
// Nothing is served without the letter having been shown. The second reviewer
// reads the proposal beside the case and confirms, overturns or sends it back.
// What a decision must have, and who may take it, casework says.
package decision

import "clew/internal/web/page"

// Routes of the area. Whoever decides confirms first that it is them.
var Routes = []page.Route{
	{Method: "GET", Path: "/cases/{id}/decide", Access: page.SteppedUp, Handle: decide},
	{Method: "POST", Path: "/cases/{id}/decide", Access: page.SteppedUp, Handle: decide},
	{Method: "GET", Path: "/reviews", Handle: inbox},
	{Method: "GET", Path: "/cases/{id}/review", Access: page.SteppedUp, Handle: review},
	{Method: "POST", Path: "/cases/{id}/review", Access: page.SteppedUp, Handle: review},
	{Method: "GET", Path: "/decisions/{id}/{decision}/letter", Handle: letter},
	{Method: "GET", Path: "/decisions/{id}/{decision}/letter.pdf", Handle: letterPDF},
}
