package main

import (
	"context"
	"fmt"
	"os"

	"clew/internal/core"
	"clew/internal/ledger"
)

type ledgerVerifyCmd struct {
	ledgerFlags
	Export    string `type:"path" help:"Check this export instead of a database." placeholder:"FILE"`
	PublicKey string `help:"The ledger's public key, as kept elsewhere. Default: the one in the checkpoint file." placeholder:"KEY"`
}

// Run exits with 0 only when nothing is wrong.
func (c ledgerVerifyCmd) Run(ctx context.Context, io streams) error {
	report, err := c.report(ctx, io)
	if err != nil {
		return err
	}
	trust(io, c.PublicKey)
	printReport(io, report)
	if first, bad := report.First(); bad {
		return core.E(core.Conflict, "ledger.not_whole", "The record is not whole. The first place: "+first.String()+
			". Keep everything as it is; docs/runbooks/ledger.md says what to do.")
	}
	return nil
}

func (c ledgerVerifyCmd) report(ctx context.Context, io streams) (ledger.Report, error) {
	if c.Export != "" {
		return c.export(io)
	}
	db, err := c.open(ctx)
	if err != nil {
		return ledger.Report{}, err
	}
	defer db.Close()
	if c.checkpoints() == "" {
		return ledger.Report{}, core.E(core.Invalid, "ledger.no_file", "Say where the checkpoints are: --data DIR or --checkpoint FILE.")
	}
	w, err := ledger.ReadWitnesses(c.checkpoints(), ledger.PublicKey(c.PublicKey))
	if err != nil {
		return ledger.Report{}, err
	}
	return ledger.Verify(ctx, db, w, progress64(io, "entries"))
}

func (c ledgerVerifyCmd) export(io streams) (ledger.Report, error) {
	var w ledger.Witnesses
	key := ledger.PublicKey(c.PublicKey)
	if c.Checkpoint != "" {
		var err error
		if w, err = ledger.ReadWitnesses(c.Checkpoint, key); err != nil {
			return ledger.Report{}, err
		}
		key = w.Key
	}
	f, err := os.Open(c.Export)
	if err != nil {
		return ledger.Report{}, fmt.Errorf("open export: %w", err)
	}
	defer f.Close()
	return ledger.VerifyExport(f, key, w, progress64(io, "entries"))
}

func printReport(io streams, r ledger.Report) {
	fmt.Fprintf(io.out, "%d entries computed anew, %d checkpoints compared, %d entries signed.\n", r.Entries, r.Checkpoints, r.Signed)
	if r.Pending > 0 || r.Entries > r.Signed {
		fmt.Fprintf(io.out, "Not signed yet: %d.\n", r.Pending+r.Entries-r.Signed)
	}
	if r.Shredded > 0 {
		fmt.Fprintf(io.out, "Can no longer be matched with their content (shredded): %d.\n", r.Shredded)
	}
	if r.Torn > 0 {
		fmt.Fprintf(io.out, "Records of the checkpoint file that a crash left unfinished: %d.\n", r.Torn)
	}
	for _, a := range r.Accepted {
		fmt.Fprintf(io.out, "On %s a database of %d entries was accepted where %d had been signed: %s\n",
			a.At.Format("2 January 2006 15:04 MST"), a.Now.N, a.Lost.N, a.Reason)
	}
	for _, f := range r.Findings {
		fmt.Fprintln(io.out, "!", f)
	}
	if r.More > 0 {
		fmt.Fprintf(io.out, "! and %d more\n", r.More)
	}
	if r.OK() {
		fmt.Fprintln(io.out, "Nothing was changed, removed, reordered or inserted.")
	}
}
