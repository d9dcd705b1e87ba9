// Package paper lays letters and cards out as PDF.
//
// It promises that a document is drawn in every script of its languages: text is
// shaped and ordered as Unicode asks (right to left, joined letters, marks), and
// the typefaces travel inside the file, cut down to the glyphs used. It promises
// that the same document gives the same bytes, that no character vanishes (one
// that no typeface has is drawn as U+FFFD, and Missing names it), and that the
// file is tagged: title, headings, lists, table headers, the language of every
// part and the order of reading are there for a screen reader.
//
// It does not claim conformance with PDF/UA: no checker was run on it. It does
// not hyphenate, and it knows the two shapes that are needed, a sheet and a
// pocket card.
package paper
