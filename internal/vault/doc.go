// Package vault keeps what identifies a person unreadable to anybody who has
// only the database, and makes it unreadable to everybody once it must be.
//
// Each person has a data key of their own (256 bits). Every identifying value is
// sealed with it by AES-256-GCM and bound to the table, row, field and version
// where it is stored, so that a sealed value moved elsewhere does not open. The
// data keys are wrapped by a [Keyset], which lives outside every database, and
// the wrapped keys live in a [KeyStore] apart from the data.
//
// It promises:
//   - a copy of the data alone (file, log, backup) shows no identity;
//   - a copy of the data and of the key store without the keyset shows none;
//   - after [Vault.Shred] nothing about the person can be opened again, in old
//     backups of the data either; other processes notice within [CacheTTL];
//   - values that must be found again are found by [Keyset.Blind], a keyed
//     fingerprint that tells equal from unequal and nothing else;
//   - no key and no plaintext appears in an error, a log line or a %v.
//
// It refuses: to open a value under any other [Ref] than the one it was sealed
// for, to overwrite a person's key, to bring a shredded person back, to forget a
// wrapping key that still wraps something, and to read a keyset file that others
// on the machine can read.
//
// It does not hide how many people there are, how long a value is, or that two
// records carry the same blind index. It decides no access; that is package
// access. docs/vault.md has the formats, docs/runbooks/keys.md the operator's part.
package vault
