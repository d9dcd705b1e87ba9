// Package ledger keeps an append-only record of who did what to which case.
//
// An entry is never changed or removed; a correction is a new entry. Entries are
// the leaves of a Merkle tree (RFC 6962, golang.org/x/mod/sumdb/tlog). A signed
// checkpoint of the tree (C2SP tlog-checkpoint, a signed note) is appended to a
// file outside the database, so that whoever can write to the database cannot
// rewrite the record without being found out.
//
// It promises:
//   - [Append] is part of the caller's transaction: no write without its entry;
//   - an entry that a checkpoint covers cannot be changed, removed, reordered, nor
//     another inserted before it, without [Log.Verify] naming the place;
//   - [Log.StartCheck] tells a database that is older than, or differs from, the
//     newest checkpoint of the file;
//   - a proof made by [Log.Prove] and an export made by [Log.Export] are checked
//     with nothing but the public key.
//
// It refuses: to store content. An entry holds a salted commitment to it; the
// salt can be deleted ([Shred]), and with it the last means to confirm a guess.
// It never stores a name in clear, and it does not decide access.
//
// What it does not promise: entries are placed in the tree after their commit
// (docs/adr on why), so entries written since the last checkpoint can be altered
// by somebody who controls the database. [Log.Status] counts them.
package ledger
