// Package auth knows who is at the keyboard: accounts with a password and a
// one-time code, sessions, and tokens for machines.
//
// It promises that passwords are kept as argon2id only, session and API tokens
// and recovery codes as digests only, one-time-code seeds sealed by the vault;
// that an unknown name, a wrong password, a locked and a removed account give
// the same answer for the same work; that repeated failures lock an account
// for a while, however many are tried at once and whichever proof is guessed;
// that a code is good once; that a session ends when idle, when old, when its
// account or agency is removed or reset, and everywhere at once when asked; and
// that every change, every sign-in and every refused one is in the ledger.
//
// It decides nothing about cases: that is access. Single sign-on and passkeys
// will be further ways to begin a session; see Begin.
package auth
