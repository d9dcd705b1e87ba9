package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"clew/internal/core"
	"clew/internal/database"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// keepShown is how long checkpoints stay in the database for showing.
const keepShown = 7 * 24 * time.Hour

// Checkpoint signs the tree as it stands and appends that to the file, unless the
// file's newest checkpoint covers it already. It refuses to sign a tree that does
// not continue that checkpoint. It returns the newest checkpoint of the file.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	if l.signer == nil {
		return Checkpoint{}, errNoSigner
	}
	h, err := readHead(ctx, l.db.Reader())
	if err != nil {
		return Checkpoint{}, database.Explain(err)
	}
	newest, err := l.unchanged(h)
	if err != nil || newest != nil {
		return deref(newest), err
	}
	var made Checkpoint
	err = l.file.append(func(t tail) ([]byte, error) {
		if err := l.continues(ctx, h, t); err != nil {
			return nil, err
		}
		if c := last(t); c != nil && c.N >= h.N {
			made = *c // another process was quicker
			return nil, nil
		}
		made = Checkpoint{Origin: l.signer.Name(), Tree: h.Tree, At: l.clock.Now()}
		err := made.sign(l.signer)
		return []byte(made.Note), err
	})
	if err != nil {
		return Checkpoint{}, err
	}
	return made, l.show(ctx, made)
}

// unchanged returns the file's newest checkpoint when it is of this very tree.
func (l *Log) unchanged(h head) (*Checkpoint, error) {
	t, err := l.file.readLast()
	if err != nil {
		return nil, err
	}
	if c := last(t); c != nil && c.Tree == h.Tree {
		return c, nil
	}
	return nil, nil
}

func deref(c *Checkpoint) Checkpoint {
	if c == nil {
		return Checkpoint{}
	}
	return *c
}

// last returns what the file vouches for: its newest checkpoint, or the tree
// that was accepted after it.
func last(t tail) *Checkpoint {
	switch {
	case t.last == nil:
		return nil
	case t.last.accepted != nil:
		return &Checkpoint{Origin: t.last.accepted.Origin, Tree: t.last.accepted.Now, At: t.last.accepted.At}
	}
	return t.last.checkpoint
}

// StartCheck says whether the database is the one that the newest checkpoint of
// the file was made of, or has grown from it. Its error says what to do; a
// process must not go on without deciding about it.
func (l *Log) StartCheck(ctx context.Context) error {
	t, err := l.file.readLast()
	if err != nil {
		return err
	}
	h, err := readHead(ctx, l.db.Reader())
	if err != nil {
		return database.Explain(err)
	}
	return l.continues(ctx, h, t)
}

// continues proves that the tree contains what the file's newest checkpoint
// vouches for.
func (l *Log) continues(ctx context.Context, h head, t tail) error {
	c := last(t)
	switch {
	case c == nil && h.N == 0:
		return nil
	case c == nil:
		return errNoCheckpoint()
	case c.N > h.N:
		// Another process may have moved on between the two reads.
		if now, err := readHead(ctx, l.db.Reader()); err == nil && now.N > h.N {
			return l.continues(ctx, now, t)
		}
		return errOlder(*c, h)
	}
	if err := l.contains(ctx, h.Tree, c.Tree); err != nil {
		return errRewritten(*c, err)
	}
	return nil
}

// errNoCheckpoint has no innocent case: the empty tree is signed before the first
// entry gets its position.
func errNoCheckpoint() error {
	return core.E(core.Conflict, "ledger.no_checkpoint", "The checkpoint file is missing or empty, but this database holds ledger entries. "+
		"Put the file back, or copy it from another machine that serves the same database. If it is lost, check the database with "+
		"`clew ledger verify`, then run `clew ledger accept-restore --reason \"…\"`, which stays on record.")
}

// contains proves that old is a prefix of now, by the stored hashes of now.
func (l *Log) contains(ctx context.Context, now, old tlog.Tree) error {
	if old.N == now.N {
		if old.Hash != now.Hash {
			return errors.New("the roots differ")
		}
		// Equal roots say nothing about the hashes behind them; reading one does.
		_, err := tlog.TreeHash(now.N, hashesOf(ctx, l.db.Reader(), now))
		return err
	}
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(now.N, old.N, hashesOf(ctx, l.db.Reader(), now))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, now.N, now.Hash, old.N, old.Hash)
}

func errOlder(c Checkpoint, h head) error {
	return core.E(core.Conflict, "ledger.older", fmt.Sprintf("The database holds %d ledger entries, but its checkpoint of %s covers %d: "+
		"it is older than its record, as after restoring a backup. Entries after the backup are missing. Restore a newer backup if there is one; "+
		"check this one with `clew ledger verify`. To go on with it deliberately, run `clew ledger accept-restore --reason \"…\"`, which stays on record.",
		h.N, c.At.Format("2 January 2006 15:04 MST"), c.N))
}

func errRewritten(c Checkpoint, cause error) error {
	return &core.Error{Kind: core.Conflict, Code: "ledger.rewritten", Err: cause, Msg: fmt.Sprintf("The database does not contain what its checkpoint of %s "+
		"(%d entries) vouches for: the record was altered, or the checkpoint file belongs to another database. Keep everything as it is, run "+
		"`clew ledger verify` to find the place, and tell whoever oversees this system.", c.At.Format("2 January 2006 15:04 MST"), c.N)}
}

const (
	showCheckpoint = `INSERT INTO ledger_checkpoint (size, at, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	hideOld        = `DELETE FROM ledger_checkpoint WHERE at < $1 AND size < $2`
	selectShown    = `SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT $1`
)

// show puts the checkpoint where the oversight page finds it.
func (l *Log) show(ctx context.Context, c Checkpoint) error {
	if c.Note == "" {
		return nil
	}
	return l.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, showCheckpoint, c.N, database.Micros(c.At), c.Note); err != nil {
			return fmt.Errorf("store checkpoint: %w", err)
		}
		_, err := tx.ExecContext(ctx, hideOld, database.Micros(c.At.Add(-keepShown)), c.N)
		return err
	})
}

// Status is what the oversight page and `clew ledger status` show.
type Status struct {
	Size     int64      // entries with a position
	Pending  int64      // entries committed but without a position yet
	Unsigned int64      // entries that no checkpoint covers: the window, Pending included
	Latest   Checkpoint // the newest one; its zero value when there is none
	Root     tlog.Hash
	Key      PublicKey
}

const selectStatus = `SELECT size, root, (SELECT count(*) FROM ledger_entry WHERE seq IS NULL) FROM ledger_head WHERE one = 1`

// Status tells how large the ledger is and how much of it is not yet signed.
func (l *Log) Status(ctx context.Context) (Status, error) {
	s := Status{Key: l.key}
	var root []byte
	if err := l.db.Reader().QueryRowContext(ctx, selectStatus).Scan(&s.Size, &root, &s.Pending); err != nil {
		return Status{}, database.Explain(fmt.Errorf("read ledger status: %w", err))
	}
	copy(s.Root[:], root)
	shown, err := l.Checkpoints(ctx, 1)
	if err != nil {
		return Status{}, err
	}
	if len(shown) > 0 {
		s.Latest = shown[0]
	}
	s.Unsigned = s.Pending + s.Size - s.Latest.N
	return s, nil
}

// Checkpoints returns up to limit of the checkpoints of the last days, the newest
// first. Those whose signature does not hold are left out.
func (l *Log) Checkpoints(ctx context.Context, limit int) ([]Checkpoint, error) {
	rows, err := l.db.Reader().QueryContext(ctx, selectShown, min(max(limit, 1), pageLimit))
	if err != nil {
		return nil, database.Explain(fmt.Errorf("read checkpoints: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var out []Checkpoint
	for rows.Next() {
		var signed string
		if err := rows.Scan(&signed); err != nil {
			return nil, fmt.Errorf("read checkpoints: %w", err)
		}
		if c, err := openCheckpoint([]byte(signed), l.verify); err == nil {
			out = append(out, c)
		}
	}
	return out, rows.Err()
}

// AcceptRestore records in the checkpoint file that the database, which StartCheck
// found older than its record or without one, is to be used from now on, and
// appends an entry about it. It refuses a database that contradicts an earlier
// part of the record: that is no backup.
func (l *Log) AcceptRestore(ctx context.Context, actor core.Actor, reason string) (Acceptance, error) {
	if l.signer == nil {
		return Acceptance{}, errNoSigner
	}
	if err := checkReason(reason); err != nil {
		return Acceptance{}, err
	}
	if err := l.acceptable(ctx); err != nil {
		return Acceptance{}, err
	}
	h, err := readHead(ctx, l.db.Reader())
	if err != nil {
		return Acceptance{}, database.Explain(err)
	}
	a := Acceptance{Origin: l.signer.Name(), At: l.clock.Now(), Now: h.Tree, Reason: reason}
	err = l.file.append(func(t tail) ([]byte, error) {
		if l.continues(ctx, h, t) == nil {
			return nil, core.E(core.NotNow, "ledger.nothing_to_accept", "The database agrees with its newest checkpoint: there is nothing to accept.")
		}
		if c := last(t); c != nil {
			a.Lost = c.Tree
		}
		return note.Sign(&note.Note{Text: a.text()}, l.signer)
	})
	if err != nil {
		return Acceptance{}, err
	}
	return a, l.recordAcceptance(ctx, actor, a)
}

func (l *Log) recordAcceptance(ctx context.Context, actor core.Actor, a Acceptance) error {
	e := By(actor, core.Administer)
	e.ID, e.At, e.Kind, e.Action = l.ids.New(), a.At, System, "ledger.accept_restore"
	e.Object = fmt.Sprintf("checkpoint:%d:%d", a.Lost.N, a.Now.N)
	return l.db.InTx(ctx, func(tx *sql.Tx) error {
		// Checkpoints of entries that are gone would be shown as the newest.
		if _, err := tx.ExecContext(ctx, `DELETE FROM ledger_checkpoint WHERE size > $1`, a.Now.N); err != nil {
			return fmt.Errorf("accept restore: %w", err)
		}
		return Append(ctx, tx, e, []byte(a.text()))
	})
}

// acceptable refuses a database that is not merely older: one that contradicts
// itself, or a checkpoint over no more entries than it has.
func (l *Log) acceptable(ctx context.Context) error {
	w, err := ReadWitnesses(l.file.path, l.key)
	if core.KindOf(err) == core.NotFound {
		w, err = Witnesses{Key: l.key}, nil
	}
	if err != nil {
		return err
	}
	h, err := readHead(ctx, l.db.Reader())
	if err != nil {
		return database.Explain(err)
	}
	w.want = slices.DeleteFunc(w.want, func(c Checkpoint) bool { return c.N > h.N })
	report, err := Verify(ctx, l.db, w, nil)
	if err != nil {
		return err
	}
	if first, bad := report.First(); bad {
		return core.E(core.Conflict, "ledger.not_a_backup", "This database is not merely older than its record, it contradicts it: "+
			first.String()+". It cannot be accepted; restore a backup that `clew ledger verify` finds whole.")
	}
	return nil
}
