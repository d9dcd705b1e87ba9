package database

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	goosedb "github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const schemaTable = "clew_schema"

// Migrate brings clew's tables to the newest version. It only goes forward, is
// safe to run from several processes at once, and does nothing when there is
// nothing to do.
func Migrate(ctx context.Context, db *DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return MigrateFS(ctx, db, files, schemaTable)
}

// MigrateFS applies the numbered goose files in files, remembered in the table
// named versions. Rooms with a database of their own use it.
func MigrateFS(ctx context.Context, db *DB, files fs.FS, versions string) error {
	provider, err := newProvider(db, files, versions)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", Explain(err))
	}
	return nil
}

// Version returns the number of the newest migration that clew's tables have
// had; 0 when they have had none.
func Version(ctx context.Context, db *DB) (int64, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	provider, err := newProvider(db, files, schemaTable)
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", Explain(err))
	}
	return version, nil
}

func newProvider(db *DB, files fs.FS, versions string) (*goose.Provider, error) {
	dialect := goosedb.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler))}
	if db.engine == Postgres {
		dialect = goosedb.DialectPostgres
		files = postgresText{files}
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db.write, files, options...)
}

// postgresText serves migration files with the one type name that differs:
// SQLite's BLOB is PostgreSQL's BYTEA.
type postgresText struct{ fs.FS }

func (p postgresText) ReadFile(name string) ([]byte, error) {
	b, err := fs.ReadFile(p.FS, name)
	return bytes.ReplaceAll(b, []byte(" BLOB"), []byte(" BYTEA")), err
}

func (p postgresText) Open(name string) (fs.File, error) {
	f, err := p.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	_ = f.Close()
	b, err := p.ReadFile(name)
	return &textFile{Reader: bytes.NewReader(b), info: info}, err
}

type textFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *textFile) Stat() (fs.FileInfo, error) { return sized{f.info, f.Size()}, nil }
func (*textFile) Close() error                 { return nil }

type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }

// Micros is how a time is stored: microseconds since 1970 UTC; the zero time is
// stored as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros reads what Micros stored.
func FromMicros(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMicro(v).UTC()
}
