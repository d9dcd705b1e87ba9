package main

import (
	"context"
	"fmt"

	"clew/internal/core"
)

type ledgerAcceptRestoreCmd struct {
	ledgerKeyFlags
	Reason string `required:"" help:"Why an older database is in use. Anybody with the checkpoint file can read it: name no person."`
}

// Run verifies the database first; it accepts only one that is merely older.
func (c ledgerAcceptRestoreCmd) Run(ctx context.Context, io streams) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	log, err := c.signer(ctx, db)
	if err != nil {
		return err
	}
	a, err := log.AcceptRestore(ctx, core.SystemActor(), c.Reason)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "From now on the database with %d entries counts; %d had been signed before. This is on record in the checkpoint file and in the ledger.\n",
		a.Now.N, a.Lost.N)
	return nil
}
