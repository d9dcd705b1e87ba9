package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"
)

type ledgerCmd struct {
	Status        ledgerStatusCmd        `cmd:"" help:"Say how large the tamper-evident record is and how much of it is signed."`
	Verify        ledgerVerifyCmd        `cmd:"" help:"Compute the whole record anew and compare it with its signed checkpoints."`
	Prove         ledgerProveCmd         `cmd:"" help:"Print the proof that one entry stands in the record."`
	VerifyProof   ledgerVerifyProofCmd   `cmd:"" help:"Check a proof, without the database."`
	Export        ledgerExportCmd        `cmd:"" help:"Write the record into a file, for checking elsewhere."`
	AcceptRestore ledgerAcceptRestoreCmd `cmd:"" help:"Go on with a database that is older than its checkpoint, and put that on record."`
}

// ledgerFlags say where the record and its checkpoints are.
type ledgerFlags struct {
	Data        string `help:"The installation's folder." type:"path" placeholder:"DIR"`
	DatabaseURL string `name:"database-url" env:"CLEW_DATABASE_URL" help:"The database: a PostgreSQL URL, or a SQLite file. Default: clew.db in the data folder." placeholder:"URL"`
	Checkpoint  string `type:"path" env:"CLEW_CHECKPOINT" help:"The checkpoint file. Default: checkpoints.txt in the data folder." placeholder:"FILE"`
}

func (f ledgerFlags) checkpoints() string {
	if f.Checkpoint == "" && f.Data != "" {
		return dataDir(f.Data).Checkpoints()
	}
	return f.Checkpoint
}

// open opens a database that exists: a missing file must not become an empty
// record.
func (f ledgerFlags) open(ctx context.Context) (*database.DB, error) {
	source := f.DatabaseURL
	if source == "" && f.Data != "" {
		source = dataDir(f.Data).DB()
	}
	if source == "" {
		return nil, core.E(core.Invalid, "ledger.no_database", "Say where the record is: --data DIR, or --database-url URL and --checkpoint FILE.")
	}
	if _, err := os.Stat(source); !isPostgres(source) && err != nil {
		return nil, core.E(core.NotFound, "ledger.no_database", "There is no database at "+source+".")
	}
	return database.Open(ctx, source)
}

// key is the public key to believe: the one given, else the checkpoint file's own.
func (f ledgerFlags) key(given string) (ledger.PublicKey, error) {
	if given != "" {
		return ledger.PublicKey(given), nil
	}
	if f.checkpoints() == "" {
		return "", core.E(core.Invalid, "ledger.no_key", "Give the ledger's public key with --public-key, or a checkpoint file with --checkpoint.")
	}
	return ledger.FilePublicKey(f.checkpoints())
}

// ledgerKeyFlags add the keyset, for the commands that sign.
type ledgerKeyFlags struct {
	ledgerFlags
	Keyset string `type:"path" help:"The keyset's file. Default: CLEW_KEYSET, CLEW_KEYSET_FILE, or keys/keyset.age in the data folder." placeholder:"FILE"`
	Origin string `help:"The ledger's name, when there is no checkpoint file yet to tell it." placeholder:"NAME"`
}

// signer opens the ledger with its signing key.
func (f ledgerKeyFlags) signer(ctx context.Context, db *database.DB) (*ledger.Log, error) {
	if f.checkpoints() == "" {
		return nil, core.E(core.Invalid, "ledger.no_file", "Say where the checkpoints are: --data DIR or --checkpoint FILE.")
	}
	seed, err := f.seed(ctx)
	if err != nil {
		return nil, err
	}
	origin := cmp.Or(f.Origin, ledger.DefaultOrigin)
	if key, err := ledger.FilePublicKey(f.checkpoints()); err == nil {
		origin = key.Origin()
	}
	return ledger.New(db, seed, origin, f.checkpoints(), core.SystemClock{})
}

func (f ledgerKeyFlags) seed(ctx context.Context) ([]byte, error) {
	source, err := vaultFlags{Data: f.Data, Keyset: f.Keyset}.source()
	if err != nil {
		return nil, err
	}
	keyset, err := source.Open(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return nil, core.E(core.NotFound, "vault.no_keyset", "There is no keyset at "+source.Path()+". Only the keyset's holder can sign.")
	}
	if err != nil {
		return nil, err
	}
	return keyset.Secret(vault.LedgerSeed)
}

// trust says how far the key that was used can be believed.
func trust(io streams, given string) {
	if given == "" {
		fmt.Fprintln(io.err, "Note: the public key was taken from the file that was checked. Give the copy you keep elsewhere with --public-key.")
	}
}

func progress64(io streams, what string) ledger.Progress {
	show := progress(io.err, what)
	return func(done, total int64) { show(int(done), int(total)) }
}
