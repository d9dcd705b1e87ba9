// Package index finds, among millions of names, those that could belong to the
// person asked for, and scores them with package score.
//
// It promises that a search sees every change that was finished before it
// began, that searches and changes never wait for one another, that the same
// content gives the same hits whatever the order in which it came, and that a
// search takes bounded time whatever the list holds: a name that thousands
// share is one name to it, and where it looks at only some of their bearers it
// says so (Hits.Bounded).
//
// What it finds is not everything that a comparison of every pair would find:
// words further apart than two letters or a shared consonant key are not looked
// up. Recall is measured in the tests and stated in docs/match.md.
//
// It refuses to persist anything unless told to (Snapshot).
package index
