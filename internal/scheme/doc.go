// Package scheme holds the dated rules of a jurisdiction: clocks, working days,
// grounds, reasons, types, and the catalogue of indicators. A scheme is a file of
// data; the program only says which rules there are and in which unit each is.
//
// It promises that every value knows the day from which it holds and where that
// is written, that a case can always be given the rules of its own day, and that
// a file with an unknown key, a gap, an overlap, a wrong unit or a code used twice
// is refused with file, line and column. It refuses to guess: a day before a
// scheme began has no rules.
//
// It knows nothing of cases, people or databases.
package scheme
