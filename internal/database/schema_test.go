package database_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	"clew/internal/database"
	"clew/internal/database/dbtest"

	"github.com/google/go-cmp/cmp"
)

// TestTheTwoSchemasAgree compares every table, column, type and nullability,
// and the names of all indexes, as each engine itself reports them.
func TestTheTwoSchemasAgree(t *testing.T) {
	lite, postgres := dbtest.SQLite(t), dbtest.Postgres(t)
	liteColumns := texts(t, lite, `SELECT m.name || '.' || c.name || ' ' || lower(c.type) || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'clew_schema'`)
	postgresColumns := texts(t, postgres, `SELECT table_name || '.' || column_name || ' ' || lower(data_type) || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'clew_schema'`)
	for i, c := range postgresColumns {
		postgresColumns[i] = strings.Replace(c, " bytea", " blob", 1)
	}
	if diff := cmp.Diff(set(liteColumns), set(postgresColumns)); diff != "" {
		t.Errorf("columns differ (- SQLite, + PostgreSQL):\n%s", diff)
	}
	liteIndexes := texts(t, lite, `SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
	postgresIndexes := texts(t, postgres, `SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()
		AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'`)
	if diff := cmp.Diff(set(liteIndexes), set(postgresIndexes)); diff != "" {
		t.Errorf("indexes differ (- SQLite, + PostgreSQL):\n%s", diff)
	}
	if len(liteColumns) == 0 {
		t.Error("no columns were compared")
	}
}

func texts(t *testing.T, db *database.DB, query string) []string {
	t.Helper()
	rows, err := db.Reader().QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// TestLibcIsTheOneSQLiteWasTestedWith holds modernc.org/libc at the version
// that modernc.org/sqlite's own go.mod names; another one corrupts memory.
func TestLibcIsTheOneSQLiteWasTestedWith(t *testing.T) {
	ours, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sqliteVersion, libcVersion := required(string(ours), "modernc.org/sqlite"), required(string(ours), "modernc.org/libc")
	const knownSQLite, knownLibc = "v1.61.1", "v1.79.0"
	if sqliteVersion != knownSQLite || libcVersion != knownLibc {
		t.Errorf("sqlite %s with libc %s; known good: %s with %s. Look up libc in the new sqlite's go.mod, require exactly that, and change this line.",
			sqliteVersion, libcVersion, knownSQLite, knownLibc)
	}
}

func required(mod, path string) string {
	for line := range strings.Lines(mod) {
		f := strings.Fields(line)
		if len(f) > 0 && f[0] == "require" {
			f = f[1:]
		}
		if len(f) >= 2 && f[0] == path {
			return f[1]
		}
	}
	return ""
}
