// Package auth knows who is at the keyboard: accounts with a password and a
// one-time code, sessions, and tokens for machines.
//
// It promises that passwords are kept as argon2id only, session and API tokens
// and recovery codes as digests only, one-time-code seeds sealed by the vault;
// that a wrong name and a wrong password look the same and take the same time;
// that repeated failures lock an account for a while; that a session ends when
// idle, when old, and everywhere at once when asked; and that every change and
// every sign-in is in the ledger.
//
// It decides nothing about cases: that is access. Single sign-on and passkeys
// will be further ways to begin a session; see Begin.
package auth
