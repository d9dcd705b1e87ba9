// Package language is the languages in which clew speaks to people who have no
// account, and the catalogues of what it says in them.
//
// A catalogue is one part of the site or of the letters (the public's door, the
// rights pages): one file a language, embedded by the room that says it. It is
// loaded whole or not at all: every text in every language, with the same
// blanks. Every text that is not English says in its file that a professional
// translator has to look at it, until an administrator approves what stands
// there today. An approval holds for those words: change one and it is gone.
//
// It translates nothing, and it decides nothing about who reads what.
package language
