// Package likeness keeps, in the memory of each process, an index of who the
// people of all cases are, and finds those who are like somebody described.
//
// It is built from the sealed identities when a process starts and kept current
// by following the ledger's positions. A position is given after the commit, by
// one integrator at a time, and never before all lower ones can be read: whoever
// follows them misses no transaction, however late it commits (docs/adr/
// likeness-follows-positions.md). Nothing has to be announced between processes;
// what is announced inside one (Wake) only saves the wait for the next look.
//
// It promises that
//   - until it is whole it finds nothing and says so, rather than something and
//     be silent about the rest;
//   - whoever is told that a position is followed sees every identity written up
//     to there, in every process;
//   - a person whose key was destroyed leaves it: at once where that happened, by
//     the ledger elsewhere, and by a look at the key store where neither knew.
//
// It refuses to write anything: what it knows is gone when the process ends. It
// decides no access and shows nobody: it answers with the ids of cases, and the
// rooms above open the vault anew for whatever they show.
package likeness
