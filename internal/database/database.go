package database

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the "sqlite" driver
)

// Engine names one of the two databases.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Querier is what *sql.DB, *sql.Conn and *sql.Tx share: the rooms that own
// tables take one, so that a query runs inside or outside a transaction.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// DB is an open database. Reads go to Reader; every write goes through InTx.
type DB struct {
	engine Engine
	source string
	read   *sql.DB
	write  *sql.DB
}

// Busy and pool limits. They bound waiting, not correctness.
const (
	busyTimeout   = 10 * time.Second
	postgresConns = 24
)

// Open opens source: a "postgres://" or "postgresql://" URL, or the path of a
// SQLite file, which is created (mode 0600) when it is missing. It does not
// migrate; see Migrate.
func Open(ctx context.Context, source string) (*DB, error) {
	if strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://") {
		return openPostgres(ctx, source)
	}
	return openSQLite(ctx, source)
}

func openPostgres(ctx context.Context, source string) (*DB, error) {
	config, err := pgx.ParseConfig(source)
	if err != nil {
		// The driver's own text may repeat the password.
		return nil, fmt.Errorf("open PostgreSQL: the database URL is not valid")
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(onDisksWithoutArms))
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, Explain(fmt.Errorf("open PostgreSQL: %w", err))
	}
	return &DB{engine: Postgres, source: source, read: pool, write: pool}, nil
}

// onDisksWithoutArms tells the planner that a page out of order costs hardly more
// than the next one. PostgreSQL's own figure is for turning disks: with it, a
// queue of 200,000 cases is read whole rather than found in its index.
func onDisksWithoutArms(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET random_page_cost = 1.1")
	return err
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteName(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	// One writer: SQLite has one anyway, and a queue in Go is fairer than its
	// busy loop.
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteName(path, "_query_only=true"))
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	read.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	db := &DB{engine: SQLite, source: path, read: read, write: write}
	if err := write.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, Explain(fmt.Errorf("open SQLite %s: %w", filepath.Base(path), err))
	}
	return db, nil
}

func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sqliteName(path, extra string) string {
	pragmas := []string{
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(FAST)", "temp_store(MEMORY)",
		"cache_size(-65536)", "mmap_size(268435456)", fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
	}
	query := make([]string, 0, len(pragmas)+1)
	for _, p := range pragmas {
		query = append(query, "_pragma="+url.QueryEscape(p))
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(append(query, extra), "&")
}

// Close closes the database.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		if readErr := db.read.Close(); err == nil {
			err = readErr
		}
	}
	return err
}

// Engine says which database this is.
func (db *DB) Engine() Engine { return db.engine }

// Source is what Open was given. It may hold a password: never print it.
func (db *DB) Source() string { return db.source }

// Reader is for queries outside a write transaction. On SQLite its connections
// cannot write.
func (db *DB) Reader() *sql.DB { return db.read }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return Explain(db.read.PingContext(ctx)) }

const txAttempts = 4

// InTx runs fn in one write transaction and commits when it returns nil. When
// the engine asks for it (serialization failure, deadlock) fn is run again, so
// it must not act outside the transaction. A nil result means the write is
// durable.
func (db *DB) InTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.inTxOnce(ctx, fn)
		if err == nil || attempt == txAttempts || !mayRetry(err) {
			return Explain(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt*attempt) * 5 * time.Millisecond):
		}
	}
}

func (db *DB) inTxOnce(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
