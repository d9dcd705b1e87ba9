package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"clew/internal/core"
	"clew/internal/database"

	"golang.org/x/mod/sumdb/note"
)

// batchSize bounds one integration: a transaction of some tens of milliseconds,
// so that writers hardly wait for it on SQLite.
const batchSize = 2000

// Log places entries in the tree and signs it. Several processes may have one
// over the same database.
type Log struct {
	db     *database.DB
	signer note.Signer
	key    PublicKey
	verify note.Verifier
	file   *checkpointFile
	clock  core.Clock
	ids    *core.IDs
}

// DefaultOrigin is the ledger's name where an installation gives none. The key
// tells installations apart in any case.
const DefaultOrigin = "clew/ledger"

// New returns the ledger of db. The seed (32 bytes, from the keyset) makes the
// signing key, origin names the ledger, and file is where checkpoints are
// appended; it is made at the first one. Processes on one machine share a file;
// each machine has its own (see docs/ledger.md).
func New(db *database.DB, seed []byte, origin, file string, clock core.Clock) (*Log, error) {
	signer, key, err := NewSigner(origin, seed)
	if err != nil {
		return nil, err
	}
	v, err := key.verifier()
	if err != nil {
		return nil, err
	}
	return &Log{db: db, signer: signer, key: key, verify: v, clock: clock, ids: core.NewIDs(clock), file: newCheckpointFile(file, key, v)}, nil
}

// Open returns the ledger of db for reading, proving and exporting, with the
// public key only. Integrate and Checkpoint refuse.
func Open(db *database.DB, key PublicKey, file string) (*Log, error) {
	v, err := key.verifier()
	if err != nil {
		return nil, err
	}
	return &Log{db: db, key: key, verify: v, file: newCheckpointFile(file, key, v)}, nil
}

var errNoSigner = core.E(core.Forbidden, "ledger.no_signer", "This needs the ledger's signing key, which is in the keyset.")

// PublicKey returns the key that verifies this ledger.
func (l *Log) PublicKey() PublicKey { return l.key }

// errBroken tells that what is stored contradicts itself.
func errBroken(what string) error {
	return core.E(core.Internal, "ledger.broken", "The tamper-evident record does not hold together: "+what+". Run `clew ledger verify` and keep everything as it is.")
}

const (
	// Taking the turn is the compare-and-set: of several integrators one gets it,
	// the others find the head moved and leave the work to it.
	takeTurn = `UPDATE ledger_head SET turn = turn + 1 WHERE one = 1 AND turn = $1`
	setHead  = `UPDATE ledger_head SET size = $1, root = $2 WHERE one = 1`

	// The plus keeps SQLite from walking all waiting entries for each one it places:
	// the row must be found by its id.
	placeEntries = `UPDATE ledger_entry SET seq = $1 + place.n
FROM (SELECT pick, row_number() OVER (ORDER BY pick) - 1 AS n
      FROM (SELECT id AS pick FROM ledger_entry WHERE seq IS NULL ORDER BY id LIMIT $2) AS batch) AS place
WHERE id = place.pick AND +seq IS NULL RETURNING ` + recordColumns
)

var errTurnTaken = errors.New("another process is integrating")

// Integrate gives every committed entry its position and returns how many there
// were. When another process is doing the same, it leaves the work to that one.
func (l *Log) Integrate(ctx context.Context) (int, error) {
	if l.signer == nil {
		return 0, errNoSigner
	}
	total := 0
	for {
		n, err := l.integrateBatch(ctx)
		total += n
		if errors.Is(err, errTurnTaken) {
			return total, nil
		}
		if err != nil {
			return total, fmt.Errorf("integrate ledger: %w", err)
		}
		if n < batchSize {
			return total, nil
		}
	}
}

func (l *Log) integrateBatch(ctx context.Context) (int, error) {
	// Looking first keeps an idle integrator from writing every second.
	var waiting bool
	if err := l.db.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE seq IS NULL)`).Scan(&waiting); err != nil || !waiting {
		return 0, database.Explain(err)
	}
	if err := l.begin(ctx); err != nil {
		return 0, err
	}
	n := 0
	err := l.db.InTx(ctx, func(tx *sql.Tx) error {
		var err error
		n, err = grow(ctx, tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// begin signs the empty tree before the first entry is placed, so that a database
// with positions and without a checkpoint file is always a lost file.
func (l *Log) begin(ctx context.Context) error {
	h, err := readHead(ctx, l.db.Reader())
	if err != nil || h.N > 0 {
		return database.Explain(err)
	}
	_, err = l.Checkpoint(ctx)
	return err
}

// grow places one batch and moves the head.
func grow(ctx context.Context, tx *sql.Tx) (int, error) {
	old, err := readHead(ctx, tx)
	if err != nil {
		return 0, err
	}
	if n, err := affected(tx.ExecContext(ctx, takeTurn, old.turn)); err != nil || n != 1 {
		return 0, errors.Join(err, errTurnTaken)
	}
	records, err := place(ctx, tx, old.N)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	g := newGrowth(old.N, hashesOf(ctx, tx, old.Tree))
	for i, r := range records {
		if r.seq.Int64 != old.N+int64(i) {
			return 0, errBroken("positions are taken already")
		}
		leaf, err := r.leaf()
		if err != nil {
			return 0, errBroken("entry " + r.id + " was altered before it had its position")
		}
		if err := g.add(leaf); err != nil {
			return 0, fmt.Errorf("grow ledger tree: %w", err)
		}
	}
	return len(records), commitGrowth(ctx, tx, g, old.N)
}

func place(ctx context.Context, tx *sql.Tx, from int64) ([]record, error) {
	rows, err := tx.QueryContext(ctx, placeEntries, from, batchSize)
	records, err := scanRecords(rows, err)
	if err != nil {
		return nil, fmt.Errorf("place ledger entries: %w", err)
	}
	slices.SortFunc(records, func(a, b record) int { return int(a.seq.Int64 - b.seq.Int64) })
	return records, nil
}

func commitGrowth(ctx context.Context, tx *sql.Tx, g *growth, oldSize int64) error {
	root, err := treeHash(g)
	if err != nil {
		return err
	}
	if err := g.save(ctx, tx, oldSize); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, setHead, g.size, root[:]); err != nil {
		return fmt.Errorf("move ledger head: %w", err)
	}
	return nil
}

func scanRecords(rows *sql.Rows, err error) ([]record, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []record
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Run integrates and signs every interval until ctx ends, and once more at the
// end. What goes wrong is logged and tried again.
func (l *Log) Run(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			l.round(last)
			return
		case <-ticker.C:
			l.round(ctx)
		}
	}
}

func (l *Log) round(ctx context.Context) {
	if _, err := l.Integrate(ctx); err != nil && ctx.Err() == nil {
		slog.Error("ledger entries could not be integrated, trying again", "error", err.Error())
		return
	}
	if _, err := l.Checkpoint(ctx); err != nil && ctx.Err() == nil {
		slog.Error("no ledger checkpoint could be made, trying again", "error", err.Error())
	}
}
