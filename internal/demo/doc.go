// Package demo makes a country that does not exist: agencies of every kind,
// people with a sign-in for each role, and cases over three years that went
// through the same commands real ones do, under a clock that is wound forward.
//
// The marginals (nationality, exploitation, age, gender, who referred, outcomes)
// follow the published counts of the United Kingdom's National Referral
// Mechanism; see marginals.go for the source. Every name is put together at
// random and belongs to nobody.
package demo
