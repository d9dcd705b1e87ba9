package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"clew/internal/core"
	"clew/internal/ledger"
)

type ledgerExportCmd struct {
	ledgerFlags
	File      string `arg:"" type:"path" help:"The file to write; it must not exist."`
	PublicKey string `help:"The ledger's public key, as kept elsewhere." placeholder:"KEY"`
}

// Run writes every signed entry. What it could not finish it removes.
func (c ledgerExportCmd) Run(ctx context.Context, io streams) error {
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
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return core.E(core.Conflict, "ledger.export_exists", "There is a file "+c.File+" already. Nothing was written.")
	}
	if err != nil {
		return fmt.Errorf("make export: %w", err)
	}
	checkpoint, err := log.Export(ctx, f, progress64(io, "entries"))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(c.File)
		return err
	}
	fmt.Fprintf(io.out, "%d entries, signed on %s. Check with: clew ledger verify --export %s --public-key %s\n",
		checkpoint.N, checkpoint.At.Format("2 January 2006 15:04 MST"), c.File, key)
	return nil
}
