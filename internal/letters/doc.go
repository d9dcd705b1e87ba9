// Package letters is where decisions become letters, and the rules of a scheme
// become cards that a person can keep: words from the templates of wording, laid
// out by paper.
//
// It promises that a letter is given out again exactly as it was served: its
// words are kept with the decision, sealed, and the printed sheet is kept from
// the first time it leaves the house. Changed templates change later letters
// only. Every opening and every issue is in the ledger. A translation that no
// professional has approved is never served without the English beside it, and
// staff are told.
//
// It does not send anything and does not decide how a person can be reached
// safely; it judges no translation itself; and it puts no name into a title, a
// file name or an address.
package letters
