package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"

	"clew/internal/core"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The failures of the machine that people can act on.
const (
	codeFull = "storage.full"
	codeAway = "storage.away"
	codeBusy = "storage.busy"
	codeDup  = "storage.exists"
)

// Explain turns what an engine reports into a *core.Error where a person can do
// something about it: Conflict for a broken uniqueness, Unavailable for a full
// disk, a database that is away or too busy. Other errors, and errors that are
// explained already, come back as they are. The engine's own text stays in Err,
// for the log only.
func Explain(err error) error {
	if err == nil {
		return nil
	}
	var known *core.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	switch {
	case IsDuplicate(err):
		return &core.Error{Kind: core.Conflict, Code: codeDup, Msg: "This exists already.", Err: redact(err)}
	case isFull(err):
		return &core.Error{Kind: core.Unavailable, Code: codeFull, Err: redact(err),
			Msg: "Nothing can be saved because the disk is full. Reading still works. Free some space on the data disk, then try again."}
	case isBusy(err):
		return &core.Error{Kind: core.Unavailable, Code: codeBusy, Msg: "The database is busy. Try again in a moment.", Err: redact(err)}
	case isAway(err):
		return &core.Error{Kind: core.Unavailable, Code: codeAway, Msg: "The database cannot be reached. Try again in a moment; nothing was saved.", Err: redact(err)}
	}
	return redact(err)
}

// redact drops the parts of PostgreSQL's messages that repeat row values.
func redact(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return &pgconn.PgError{Severity: pg.Severity, Code: pg.Code, Message: pg.Code, TableName: pg.TableName, ConstraintName: pg.ConstraintName}
	}
	return err
}

// IsDuplicate reports a broken unique or primary key.
func IsDuplicate(err error) bool {
	if code, ok := sqliteCode(err); ok {
		return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return postgresCode(err) == "23505"
}

func isFull(err error) bool {
	if code, ok := sqliteCode(err); ok {
		primary := code & 0xff
		return primary == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_WRITE || code == sqlite3.SQLITE_IOERR_FSYNC
	}
	return postgresCode(err) == "53100"
}

func isBusy(err error) bool {
	if code, ok := sqliteCode(err); ok {
		return code&0xff == sqlite3.SQLITE_BUSY || code&0xff == sqlite3.SQLITE_LOCKED
	}
	switch postgresCode(err) {
	case "53300", "55P03", "40001", "40P01":
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

func isAway(err error) bool {
	if code, ok := sqliteCode(err); ok {
		return code&0xff == sqlite3.SQLITE_CANTOPEN || code&0xff == sqlite3.SQLITE_IOERR
	}
	if c := postgresCode(err); len(c) == 5 && (c[:2] == "08" || c[:2] == "57") {
		return true
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
}

func mayRetry(err error) bool {
	switch postgresCode(err) {
	case "40001", "40P01":
		return true
	}
	return false
}

func sqliteCode(err error) (int, bool) {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code(), true
	}
	return 0, false
}

func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
