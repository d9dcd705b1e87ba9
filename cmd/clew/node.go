package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"strings"

	"clew/internal/access"
	"clew/internal/auth"
	"clew/internal/casework"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/evidence"
	"clew/internal/job"
	"clew/internal/language"
	"clew/internal/ledger"
	"clew/internal/letters"
	"clew/internal/letters/wording"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/store"
	"clew/internal/support"
	"clew/internal/vault"
)

// nodeFlags say where an installation keeps what it has and by which rules it
// works.
type nodeFlags struct {
	vaultFlags
	DatabaseURL string `name:"database-url" env:"CLEW_DATABASE_URL" help:"The database: a PostgreSQL URL, or a SQLite file. Default: clew.db in the data folder." placeholder:"URL"`
	Checkpoint  string `type:"path" env:"CLEW_CHECKPOINT" help:"The ledger's checkpoint file. Default: checkpoints.txt in the data folder." placeholder:"FILE"`
	SchemeDir   string `type:"existingdir" env:"CLEW_SCHEME_DIR" help:"Schemes of your own: files that add to the built-in ones or replace them." placeholder:"DIR"`
	LettersDir  string `type:"existingdir" env:"CLEW_LETTERS_DIR" help:"Letters and cards of your own: templates that add to the built-in ones or replace them." placeholder:"DIR"`
	PolicyDir   string `type:"existingdir" env:"CLEW_POLICY_DIR" help:"Memoranda of understanding of your own, as policies." placeholder:"DIR"`
	Scheme      string `default:"uk" env:"CLEW_SCHEME" help:"The scheme of new cases."`
	Desk        string `env:"CLEW_DESK" help:"The code of the agency that answers what the public writes. Default: the first that has an adviser." placeholder:"CODE"`
	Clamd       string `env:"CLEW_CLAMD" help:"A ClamAV daemon that looks at evidence: unix:/path or tcp:host:port." placeholder:"ADDRESS"`
}

func (f nodeFlags) database() (string, error) {
	switch {
	case f.DatabaseURL != "":
		return f.DatabaseURL, nil
	case f.Data != "":
		return dataDir(f.Data).DB(), nil
	}
	return "", core.E(core.Invalid, "node.no_database", "Say where the data is: --data DIR, or --database-url URL with --keys-url and --keyset.")
}

func (f nodeFlags) checkpoints() (string, error) {
	switch {
	case f.Checkpoint != "":
		return f.Checkpoint, nil
	case f.Data != "":
		return dataDir(f.Data).Checkpoints(), nil
	}
	return "", core.E(core.Invalid, "node.no_checkpoint", "Say where the ledger's checkpoints go: --data DIR or --checkpoint FILE. Keep the file on another disk than the database.")
}

func (f nodeFlags) scanner() (casework.Scanner, error) {
	if f.Clamd == "" {
		return nil, nil
	}
	network, address, ok := strings.Cut(f.Clamd, ":")
	if !ok || network != "unix" && network != "tcp" {
		return nil, core.E(core.Invalid, "node.clamd", "Give --clamd as unix:/path/to/socket or tcp:host:port.")
	}
	return evidence.Clamd{Network: network, Address: address}, nil
}

// node is one process of an installation with all its parts.
type node struct {
	db       *database.DB
	vault    *openedVault
	keyset   *vault.Keyset
	ledger   *ledger.Log
	policies *access.Policies
	schemes  *scheme.Registry
	store    *store.Store
	auth     *auth.Service
	cases    *casework.Service
	letters  *letters.Service
	children *safeguarding.Service
	concerns *concern.Service
	spoken   *language.Service
	support  *support.Service
	jobs     *job.Queue
	clock    core.Clock
	log      *slog.Logger
	scheme   string

	cursorSecret []byte // signs the API's cursors; the same in every process
	doorSecret   []byte // makes the keys of what the public writes; the same in every process
	cheapDoor    bool
}

// nodeOptions are what the caller varies, not the operator.
type nodeOptions struct {
	auth  auth.Options
	cheap bool // receipts of the public's reports, as auth.Options.Cheap: the demonstration only
	vault []vault.Option
	log   *slog.Logger
	clock core.Clock // the system's when nil
}

// openNode opens an installation: it brings the database to the newest version
// and refuses one that is behind its ledger's newest checkpoint.
func openNode(ctx context.Context, f nodeFlags, o nodeOptions) (n *node, err error) {
	if o.log == nil {
		o.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if o.clock == nil {
		o.clock = core.SystemClock{}
	}
	n = &node{clock: o.clock, log: o.log, scheme: f.Scheme, cheapDoor: o.cheap}
	defer func() {
		if err != nil {
			_ = n.Close()
			n = nil
		}
	}()
	if n.schemes, err = scheme.Load(f.SchemeDir); err != nil {
		return n, err
	}
	if n.policies, err = access.New(o.clock, f.PolicyDir); err != nil {
		return n, err
	}
	if n.vault, err = f.open(ctx, o.vault...); err != nil {
		return n, err
	}
	n.keyset = n.vault.Keyset()
	source, err := f.database()
	if err != nil {
		return n, err
	}
	if n.db, err = database.Open(ctx, source); err != nil {
		return n, err
	}
	if err = database.Migrate(ctx, n.db); err != nil {
		return n, err
	}
	if err = n.openLedger(ctx, f); err != nil {
		return n, err
	}
	n.auth = auth.New(n.db, n.vault.Vault, n.policies, o.clock, o.auth)
	return n, n.wire(f)
}

func (n *node) openLedger(ctx context.Context, f nodeFlags) error {
	file, err := f.checkpoints()
	if err != nil {
		return err
	}
	seed, err := n.keyset.Secret(vault.LedgerSeed)
	if err != nil {
		return err
	}
	if n.cursorSecret, err = hkdf.Key(sha256.New, seed, nil, "clew api cursor", sha256.Size); err != nil {
		return err
	}
	if n.doorSecret, err = hkdf.Key(sha256.New, seed, nil, "clew door", sha256.Size); err != nil {
		return err
	}
	if n.ledger, err = ledger.New(n.db, seed, ledger.DefaultOrigin, file, n.clock); err != nil {
		return err
	}
	return n.ledger.StartCheck(ctx)
}

// wire joins casework with its store and gives the queue its handlers.
func (n *node) wire(f nodeFlags) error {
	scanner, err := f.scanner()
	if err != nil {
		return err
	}
	shelf, err := wording.Load(f.LettersDir)
	if err != nil {
		return err
	}
	n.store = store.New(n.db)
	n.letters = letters.New(n.store.Letters(), n.policies, n.vault.Vault, n.schemes, shelf, n.clock)
	n.cases, err = casework.New(n.store, n.policies, n.vault.Vault, n.schemes, n.clock, casework.Options{Scheme: f.Scheme, Staff: n.auth, Scanner: scanner,
		Scribe: n.letters.Scribe(), Likeness: n.store, Log: n.log})
	if err != nil {
		return err
	}
	if n.support, err = support.New(store.NewSupport(n.db), n.policies, n.vault.Vault, n.schemes, n.clock, f.Scheme); err != nil {
		return err
	}
	n.jobs = job.New(n.db, n.clock, job.Options{Log: n.log})
	for _, kind := range casework.JobKinds() {
		n.jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error { return n.cases.RunJob(ctx, store.In(tx), j) })
	}
	n.children = safeguarding.New(n.store, n.policies, n.vault.Vault, n.schemes, n.clock)
	for _, kind := range safeguarding.JobKinds() {
		n.jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			return n.children.RunJob(ctx, store.InChild(tx), j)
		})
	}
	for _, kind := range support.JobKinds() {
		n.jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			return n.support.RunJob(ctx, store.SupportIn(tx), j)
		})
	}
	if err := n.wireConcerns(f); err != nil {
		return err
	}
	const sweep = "auth.sweep"
	n.jobs.Handle(sweep, func(ctx context.Context, _ job.Job) error { return n.auth.Sweep(ctx) })
	n.jobs.Every(sweep, sweepEvery)
	return nil
}

// wireConcerns joins the public's door and the advice line with their store.
func (n *node) wireConcerns(f nodeFlags) error {
	keys, err := concern.NewKeys(n.doorSecret, n.cheapDoor)
	if err != nil {
		return err
	}
	n.spoken = language.New(n.db, n.policies, n.clock)
	n.concerns = concern.New(store.NewConcerns(n.db), n.policies, n.vault.Vault, keys, n.clock, concern.Options{Desk: f.Desk})
	for _, kind := range concern.JobKinds() {
		n.jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			return n.concerns.RunJob(ctx, store.ConcernsIn(tx), j)
		})
	}
	return nil
}

// Close closes what was opened.
func (n *node) Close() error {
	var errs []error
	if n.db != nil {
		errs = append(errs, n.db.Close())
	}
	if n.vault != nil {
		errs = append(errs, n.vault.Close())
	}
	return errors.Join(errs...)
}
