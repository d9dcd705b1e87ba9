// Package norm turns what people write about a person, an organisation, a
// vessel or a vehicle into a form that can be compared: names in any script,
// dates of birth with their precision, document numbers, telephone numbers,
// e-mail addresses and number plates.
//
// It promises that the same input always gives the same output, that no input
// makes it panic or take more than time linear in a bounded length, and that
// nothing is thrown away silently: what a token was before, and which role it
// plays (name, particle, honorific, initial, legal form), stays visible.
//
// It refuses to decide whether two things are the same; that is package score.
// It does no input or output. The tables in tables/ name the published
// standard that each was written from.
package norm
