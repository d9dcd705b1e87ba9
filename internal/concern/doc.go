// Package concern is the doors through which people arrive: the public's reports,
// made without an account, and the calls and chats of an advice line.
//
// It promises that a report can be read with its receipt or with the desk's key
// and with nothing else that is stored; that nothing is stored from which a
// receipt could be tried cheaply; that a receipt that is wrong, guessed or erased
// gives the same answer for the same work; that floods are slowed without an
// address being kept; that a new report waits in quarantine until somebody at the
// desk has looked; that every report is graded as untested until somebody grades
// it otherwise; that what is typed during a call is kept version by version and
// nobody overwrites a colleague unseen; and that every write has its ledger entry
// in its own transaction.
//
// It refuses to link a concern to a person, a case or a place by itself: what
// follows from one is begun by an adviser and is a job or a draft of another
// room. It keeps no network address, no cookie and no account of who reports.
//
// docs/concern.md has the threat model, and says what is not promised.
package concern
