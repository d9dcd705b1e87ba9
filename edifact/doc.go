// Package edifact reads and writes UN/EDIFACT interchanges (ISO 9735) as
// border agencies really receive them: any service string advice, type-B and
// e-mail wrapping, line breaks inside tokens, missing trailers, wrong counts.
//
// It promises that nothing it is given is lost without a word. Every segment
// keeps its text and the offset of its first byte in the input, every oddity
// gives a Finding that says what was wrong and what was done about it, and an
// error is returned only for input that holds no message at all (ErrNoMessage)
// or for a reader that fails.
//
// Three layers, each usable alone:
//
//   - Scanner splits bytes into segments, elements and components.
//   - Reader walks the envelope (UNB, UNG, UNH, UNT, UNE, UNZ) and gives one
//     message at a time, in the manner of archive/tar.
//   - paxlst, pnrgov and cusres in the folders beside this one give a message
//     its meaning; package reading does so for a file of any of them.
//
// It refuses to guess: an unknown code stays as it was sent, a local time has
// no zone but the one that is named, and text is never translated. Text that is
// not UTF-8 is read as ISO 8859-1 (what UNOC says); the raw bytes stay beside it.
//
// Memory is bounded by one segment in Scanner and Reader (see MaxSegment), and
// time is linear in the input whatever it holds.
package edifact
