package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"clew/internal/core"
	"clew/internal/ledger"
)

type ledgerProveCmd struct {
	ledgerFlags
	Entry     string `arg:"" help:"The entry's id."`
	PublicKey string `help:"The ledger's public key, as kept elsewhere." placeholder:"KEY"`
}

// Run prints the proof and nothing else, so that it can go into a file.
func (c ledgerProveCmd) Run(ctx context.Context, io streams) error {
	id, err := core.ParseID(c.Entry)
	if err != nil {
		return core.E(core.Invalid, "ledger.bad_id", "An entry's id has 36 characters, like 01900000-0000-7000-8000-000000000001.")
	}
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
	proof, err := log.Prove(ctx, id)
	if err != nil {
		return err
	}
	_, err = io.out.Write(proof.Text())
	return err
}

type ledgerVerifyProofCmd struct {
	File      string `arg:"" help:"The proof, or - for the standard input."`
	PublicKey string `help:"The ledger's public key, as kept elsewhere. Default: the one in the proof." placeholder:"KEY"`
}

// maxProofFile is far above the size of any proof.
const maxProofFile = 1 << 20

// Run says what was proved.
func (c ledgerVerifyProofCmd) Run(s streams) error {
	text, err := c.read(s.in)
	if err != nil {
		return err
	}
	p, err := ledger.ParseProof(text, ledger.PublicKey(c.PublicKey))
	if err != nil {
		return err
	}
	trust(s, c.PublicKey)
	fmt.Fprintf(s.out, "Entry %s stands at position %d of the record of %s, as signed on %s over %d entries:\n%s",
		p.Entry.ID, p.Position, p.Checkpoint.Origin, p.Checkpoint.At.Format("2 January 2006 15:04 MST"), p.Checkpoint.N, p.Leaf())
	return nil
}

func (c ledgerVerifyProofCmd) read(in io.Reader) ([]byte, error) {
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("open proof: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxProofFile))
	if err != nil {
		return nil, fmt.Errorf("read proof: %w", err)
	}
	return text, nil
}
