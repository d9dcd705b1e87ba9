package store_test

import (
	"testing"

	"clew/internal/casework"
	"clew/internal/concern"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/safeguarding"
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

func TestTheRoomsConform(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		fresh := func(t *testing.T) *database.DB {
			if db.Engine() == database.Postgres {
				return dbtest.Postgres(t)
			}
			return dbtest.SQLite(t)
		}
		storetest.RunConcern(t, func(t *testing.T) concern.Store { return store.NewConcerns(fresh(t)) })
		storetest.RunChildren(t, func(t *testing.T) safeguarding.Store { return store.New(fresh(t)) })
	})
}
