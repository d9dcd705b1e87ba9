package store_test

import (
	"testing"

	"clew/internal/casework"
	"clew/internal/database/dbtest"
	"clew/internal/store"
	"clew/internal/store/storetest"
	"clew/internal/support"
)

func TestSQLiteConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) casework.Store { return store.New(dbtest.SQLite(t)) })
}

func TestPostgresConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) casework.Store { return store.New(dbtest.Postgres(t)) })
}

func TestSupportConformsOnSQLite(t *testing.T) {
	storetest.RunSupport(t, func(t *testing.T) support.Store { return store.NewSupport(dbtest.SQLite(t)) })
}

func TestSupportConformsOnPostgres(t *testing.T) {
	storetest.RunSupport(t, func(t *testing.T) support.Store { return store.NewSupport(dbtest.Postgres(t)) })
}
