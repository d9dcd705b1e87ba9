// Package database opens the two engines clew runs on and hides what differs
// between them: SQLite (embedded, one file) and PostgreSQL.
//
// It promises one SQL text for both: `$n` arguments, ids as TEXT, times as
// BIGINT microseconds since 1970 UTC, civil days as TEXT 'YYYY-MM-DD', flags as
// BOOLEAN, bytes as BLOB. It promises that a write transaction which returns
// nil is on disk (SQLite: WAL with synchronous=FULL; PostgreSQL: its default
// synchronous_commit), and that failures of the machine come out as
// core.Unavailable with a sentence an operator can act on.
//
// It holds no query of its own beyond migrations: SQL belongs to the rooms that
// own the tables (store, ledger, job, auth).
package database
