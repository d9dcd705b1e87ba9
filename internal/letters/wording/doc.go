// Package wording turns templates into the words of letters and cards: one file
// a kind of text and language, merged with values into a document that a screen
// or a printer lays out.
//
// It promises that a template which is loaded can be merged: every merge field
// was checked against the fields its kind declares, and a mistake is told with
// file and line. It promises that English is there for every kind, and that a
// text is known by its digest, so that an approval of one wording is never taken
// for an approval of another. It holds no number of law and no name: both come
// as values.
//
// It does not judge a translation, decide access, or keep anything.
package wording
