// Package page is what every screen stands on: the signed-in request, the way a
// page and a refused form are shown, and the one table that turns an error's
// kind into a status and a sentence.
//
// A screen is a Handler in a package of its area (page/referral, page/queue, …),
// one file a screen. It reads, calls a use case, renders, and returns its
// errors; it decides nothing.
package page
