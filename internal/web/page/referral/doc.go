// Package referral holds the screens by which somebody is referred: looking
// before a new file is made, a task list of short pages that are saved one by
// one, evidence, check answers, the receipt, and what became of each referral.
//
// Every page is one step of casework. It shows the saved answers, keeps what is
// typed when something is wrong, and never loses a word to a second browser:
// when the same page was saved meanwhile, both versions are shown. The pages
// decide nothing; casework says which steps there are and what an answer may be.
package referral
