package support_test

import (
	"testing"

	"clew/internal/database"
	"clew/internal/database/dbtest"
)

func sqlite(t testing.TB) *database.DB {
	t.Helper()
	return dbtest.SQLite(t)
}
