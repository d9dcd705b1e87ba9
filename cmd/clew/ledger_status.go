package main

import (
	"context"
	"fmt"

	"clew/internal/ledger"
)

type ledgerStatusCmd struct {
	ledgerFlags
	PublicKey string `help:"The ledger's public key, as kept elsewhere." placeholder:"KEY"`
}

// Run prints the size, the window that no checkpoint covers, and whether the
// database continues its checkpoint file.
func (c ledgerStatusCmd) Run(ctx context.Context, io streams) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := c.key(c.PublicKey)
	if err != nil {
		return err
	}
	log, err := ledger.Open(db, key, c.checkpoints())
	if err != nil {
		return err
	}
	s, err := log.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "entries     %d\n", s.Size+s.Pending)
	fmt.Fprintf(io.out, "not signed  %d (%d of them without a position yet)\n", s.Unsigned, s.Pending)
	if s.Latest.Note == "" {
		fmt.Fprintln(io.out, "checkpoint  none yet")
	} else {
		fmt.Fprintf(io.out, "checkpoint  %d entries, %s\n", s.Latest.N, s.Latest.At.Format("2006-01-02 15:04:05 MST"))
	}
	fmt.Fprintf(io.out, "root        %s\npublic key  %s\n", s.Latest.Hash, s.Key)
	return log.StartCheck(ctx)
}
