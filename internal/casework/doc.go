// Package casework is the identification procedure: from a first responder's
// draft through consent, the reasonable-grounds and conclusive-grounds
// decisions, recovery and reconsideration, to the end of a case.
//
// Every use case takes the actor and the purpose, asks access, checks the state
// table, changes state, writes the ledger and enqueues what follows, all in one
// transaction. There is no other way to write. A case the actor may not see
// does not exist for them.
//
// It promises that no number of law stands here (they come from scheme, by the
// day the clock started), that nothing about a person is stored in clear, and
// that a decision which must be looked at twice is not in force before somebody
// else has.
//
// Sources: Council of Europe Convention on Action against Trafficking in Human
// Beings (CETS 197) articles 4, 10–14; Palermo Protocol article 3.
package casework
