// Package dbtest gives tests a fresh, migrated database on each engine.
//
// SQLite is always there. PostgreSQL is used when CLEW_TEST_POSTGRES holds a URL
// whose user may create schemas; without it the subtest skips and says so, and
// with CLEW_REQUIRE_POSTGRES set it fails instead.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"clew/internal/database"
)

// Each runs the test once on every engine.
func Each(t *testing.T, run func(t *testing.T, db *database.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// SQLite returns a migrated database in a temporary folder.
func SQLite(t testing.TB) *database.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clew.db")
	if template := sqliteTemplate(); template != nil {
		if err := os.WriteFile(path, template, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Open(t, path)
}

// Postgres returns a migrated database in a schema of its own, dropped at the
// end of the test.
func Postgres(t testing.TB) *database.DB {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// PostgresURL returns the URL of an empty schema of its own, for tests that
// start processes.
func PostgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("CLEW_TEST_POSTGRES")
	if base == "" {
		if os.Getenv("CLEW_REQUIRE_POSTGRES") != "" {
			t.Fatal("CLEW_REQUIRE_POSTGRES is set but CLEW_TEST_POSTGRES holds no URL")
		}
		t.Skip("skipped: set CLEW_TEST_POSTGRES=postgres://… to run this on PostgreSQL too")
	}
	var b [6]byte
	_, _ = rand.Read(b[:])
	schema := "clew_test_" + hex.EncodeToString(b[:])
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.ExecContext(context.Background(), `CREATE SCHEMA `+schema); err != nil {
		t.Fatalf("create schema on CLEW_TEST_POSTGRES: %v", err)
	}
	t.Cleanup(func() {
		_, _ = admin.ExecContext(context.Background(), `DROP SCHEMA `+schema+` CASCADE`)
		_ = admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("CLEW_TEST_POSTGRES is not a URL")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Open opens and migrates source and closes it at the end of the test.
func Open(t testing.TB, source string) *database.DB {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := database.Migrate(ctx, db); err != nil {
		t.Fatal(err)
	}
	return db
}

// sqliteTemplate is a migrated, empty database file: copying it is faster than
// migrating for every test.
var sqliteTemplate = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "clew-dbtest")
	if err != nil {
		return nil
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	ctx := context.Background()
	db, err := database.Open(ctx, path)
	if err != nil {
		return nil
	}
	err = database.Migrate(ctx, db)
	if closeErr := db.Close(); err != nil || closeErr != nil {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return b
})
