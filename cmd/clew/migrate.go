package main

import (
	"context"
	"fmt"
	"os"

	"clew/internal/core"
	"clew/internal/database"
)

type migrateCmd struct {
	Data        string `help:"The installation's folder." type:"path" placeholder:"DIR"`
	DatabaseURL string `name:"database-url" env:"CLEW_DATABASE_URL" help:"The database: a PostgreSQL URL, or a SQLite file. Default: clew.db in the data folder." placeholder:"URL"`
}

// Run brings the tables to this version's form. serve does the same at start;
// this is for operators who want it done, and seen, before.
func (c migrateCmd) Run(ctx context.Context, io streams) error {
	source := c.DatabaseURL
	if source == "" && c.Data != "" {
		source = dataDir(c.Data).DB()
	}
	if source == "" {
		return core.E(core.Invalid, "migrate.no_database", "Say where the data is: --data DIR or --database-url URL.")
	}
	if !isPostgres(source) {
		if _, err := os.Stat(source); err != nil {
			return core.E(core.NotFound, "migrate.no_database", "There is no database at "+source+". `clew serve` makes one when it starts.")
		}
	}
	db, err := database.Open(ctx, source)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	before, err := database.Version(ctx, db)
	if err != nil {
		return err
	}
	if err := database.Migrate(ctx, db); err != nil {
		return err
	}
	after, err := database.Version(ctx, db)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "Version %d before, %d now.\n", before, after)
	return nil
}
