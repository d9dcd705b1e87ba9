package vault

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"clew/internal/core"
	"clew/internal/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// keysSchema is the table that remembers which migrations ran.
const keysSchema = "clew_keys_schema"

// SQLKeyStore keeps wrapped keys in a database of its own: a SQLite file or a
// PostgreSQL database that is not the data's.
type SQLKeyStore struct {
	db       *database.DB
	clock    core.Clock
	clearing sync.Mutex
}

// OpenKeyStore opens the key store at source (a path or a PostgreSQL URL) and
// brings its tables up to date. It refuses the database that holds the data: one
// backup would then hold both, and shredding would mean nothing.
func OpenKeyStore(ctx context.Context, source string, clock core.Clock) (*SQLKeyStore, error) {
	db, err := database.Open(ctx, source)
	if err != nil {
		return nil, fmt.Errorf("open key store: %w", err)
	}
	if err := prepareKeyStore(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &SQLKeyStore{db: db, clock: clock}, nil
}

func prepareKeyStore(ctx context.Context, db *database.DB) error {
	var one int
	err := db.Reader().QueryRowContext(ctx, `SELECT 1 FROM clew_schema LIMIT 1`).Scan(&one)
	if err == nil {
		return core.E(core.Invalid, "vault.keys_with_data",
			"This database holds the case data. The keys need a database of their own, with backups of their own.")
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("open key store: %w", err)
	}
	return database.MigrateFS(ctx, db, files, keysSchema)
}

// Close closes the database.
func (s *SQLKeyStore) Close() error { return s.db.Close() }

// Ping reports whether the key store answers.
func (s *SQLKeyStore) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

const (
	insertWrappingKey = `INSERT INTO vault_wrapping_key (id, state) VALUES ($1, 'active') ON CONFLICT (id) DO NOTHING`
	retireWrappingKey = `UPDATE vault_wrapping_key SET state = 'retired' WHERE id = $1`
	insertPersonKey   = `INSERT INTO vault_person_key (person, wrapped, wrapped_by, wrapped_state) VALUES ($1, $2, $3, 'active')`
	selectPersonKey   = `SELECT wrapped FROM vault_person_key WHERE person = $1`
	selectManyKeys    = `SELECT person, wrapped FROM vault_person_key WHERE wrapped IS NOT NULL AND person IN (
$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)`
	shredPersonKey = `UPDATE vault_person_key SET wrapped = NULL, wrapped_by = NULL, wrapped_state = NULL, shredded_at = $2
WHERE person = $1 AND wrapped IS NOT NULL`
	insertShredded = `INSERT INTO vault_person_key (person, shredded_at) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING`
	eachPersonKey  = `SELECT person, wrapped FROM vault_person_key WHERE person > $1 AND wrapped IS NOT NULL ORDER BY person LIMIT $2`
	replaceKey     = `UPDATE vault_person_key SET wrapped = $3, wrapped_by = $4 WHERE person = $1 AND wrapped = $2`
	countByKey     = `SELECT wrapped_by, count(*) FROM vault_person_key GROUP BY wrapped_by`
)

// inTx is the store's only way to write. On SQLite everything that is freed is
// overwritten with zeros; the plain pragma goes further than FAST, which leaves
// whole freed pages alone.
func (s *SQLKeyStore) inTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if s.db.Engine() == database.SQLite {
			if _, err := tx.ExecContext(ctx, `PRAGMA secure_delete = ON`); err != nil {
				return err
			}
		}
		return fn(tx)
	})
}

// Put implements KeyStore.
func (s *SQLKeyStore) Put(ctx context.Context, keys ...WrappedKey) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		var known uint32
		for i, key := range keys {
			by, err := wrappedBy(key.Wrapped)
			if err != nil {
				return err
			}
			if i == 0 || by != known {
				if _, err := tx.ExecContext(ctx, insertWrappingKey, int64(by)); err != nil {
					return err
				}
				known = by
			}
			if _, err := tx.ExecContext(ctx, insertPersonKey, key.Person, key.Wrapped, int64(by)); err != nil {
				return explainKeys(err, errKeyRetired)
			}
		}
		return nil
	})
	return wrapErr("store keys", err)
}

// Get implements KeyStore.
func (s *SQLKeyStore) Get(ctx context.Context, person core.ID) ([]byte, error) {
	var wrapped []byte
	err := s.db.Reader().QueryRowContext(ctx, selectPersonKey, person).Scan(&wrapped)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, errUnknownPerson
	case err != nil:
		return nil, wrapErr("read key", database.Explain(err))
	case wrapped == nil:
		return nil, ErrShredded
	}
	return wrapped, nil
}

// Delete implements KeyStore.
func (s *SQLKeyStore) Delete(ctx context.Context, person core.ID) error {
	now := database.Micros(s.clock.Now())
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, shredPersonKey, person, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertShredded, person, now)
		return err
	})
	if err != nil {
		return wrapErr("delete key", err)
	}
	return s.clearLog(ctx)
}

// clearLog empties SQLite's write-ahead log, where pages as they were before a
// write may stand. PostgreSQL has no such command: there, what was freed stays in
// pages, log and base backups until they are reused, and is made worthless by
// retiring the wrapping key (docs/runbooks/keys.md).
func (s *SQLKeyStore) clearLog(ctx context.Context) error {
	if s.db.Engine() != database.SQLite {
		return nil
	}
	s.clearing.Lock()
	defer s.clearing.Unlock()
	// A reader or a checkpoint of another process may be in the way for a moment.
	for attempt := range clearAttempts {
		cleared, err := s.checkpoint(ctx)
		if err != nil {
			return wrapErr("clear the key store's log", database.Explain(err))
		}
		if cleared {
			return nil
		}
		select {
		case <-ctx.Done():
			return errLogInUse
		case <-time.After(time.Duration(attempt+1) * 2 * time.Millisecond):
		}
	}
	return errLogInUse
}

// clearAttempts with their growing pauses add up to about two seconds.
const clearAttempts = 45

var errLogInUse = core.E(core.Unavailable, "vault.shred_unfinished",
	"The change is saved, but the key store's log could not be cleared because it is in use. Do it again.")

func (s *SQLKeyStore) checkpoint(ctx context.Context) (cleared bool, err error) {
	var busy, logged, moved int
	err = s.db.Reader().QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &logged, &moved)
	return busy == 0, err
}

// GetMany implements KeyStore.
func (s *SQLKeyStore) GetMany(ctx context.Context, people []core.ID) ([]WrappedKey, error) {
	if len(people) > getManySize {
		return nil, fmt.Errorf("read %d keys at once: at most %d", len(people), getManySize)
	}
	args := make([]any, getManySize) // what is not used is NULL and equals nothing
	for i, person := range people {
		args[i] = person
	}
	return s.list(ctx, selectManyKeys, args...)
}

// Each implements KeyStore.
func (s *SQLKeyStore) Each(ctx context.Context, after core.ID, limit int) ([]WrappedKey, error) {
	return s.list(ctx, eachPersonKey, after.String(), limit)
}

func (s *SQLKeyStore) list(ctx context.Context, query string, args ...any) ([]WrappedKey, error) {
	rows, err := s.db.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, wrapErr("list keys", database.Explain(err))
	}
	defer rows.Close()
	var keys []WrappedKey
	for rows.Next() {
		var key WrappedKey
		if err := rows.Scan(&key.Person, &key.Wrapped); err != nil {
			return nil, wrapErr("list keys", err)
		}
		keys = append(keys, key)
	}
	return keys, wrapErr("list keys", database.Explain(rows.Err()))
}

// Replace implements KeyStore.
func (s *SQLKeyStore) Replace(ctx context.Context, keys ...Rewrapped) (int, error) {
	var replaced int
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		replaced = 0 // the transaction may run again
		for _, key := range keys {
			n, err := replaceOne(ctx, tx, key)
			if err != nil {
				return err
			}
			replaced += n
		}
		return nil
	})
	if err != nil {
		return 0, wrapErr("replace keys", err)
	}
	return replaced, s.clearLog(ctx)
}

func replaceOne(ctx context.Context, tx *sql.Tx, key Rewrapped) (int, error) {
	by, err := wrappedBy(key.New)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, insertWrappingKey, int64(by)); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, replaceKey, key.Person, key.Old, key.New, int64(by))
	if err != nil {
		return 0, explainKeys(err, errKeyRetired)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Retire implements KeyStore.
func (s *SQLKeyStore) Retire(ctx context.Context, keyID uint32) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, insertWrappingKey, int64(keyID)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, retireWrappingKey, int64(keyID))
		return explainKeys(err, errKeyInUse)
	})
	return wrapErr("retire wrapping key", err)
}

// Usage implements KeyStore.
func (s *SQLKeyStore) Usage(ctx context.Context) (Usage, error) {
	rows, err := s.db.Reader().QueryContext(ctx, countByKey)
	if err != nil {
		return Usage{}, wrapErr("count keys", database.Explain(err))
	}
	defer rows.Close()
	u := Usage{ByKey: map[uint32]int{}}
	for rows.Next() {
		var by sql.NullInt64
		var n int
		if err := rows.Scan(&by, &n); err != nil {
			return Usage{}, wrapErr("count keys", err)
		}
		if !by.Valid {
			u.Shredded = n
			continue
		}
		u.Live += n
		u.ByKey[uint32(by.Int64)] = n
	}
	return u, wrapErr("count keys", database.Explain(rows.Err()))
}

// explainKeys turns the two constraints of the tables into the errors they mean.
func explainKeys(err error, foreign *core.Error) error {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case database.IsDuplicate(err):
		return errKeyExists
	case errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
		errors.As(err, &pg) && pg.Code == "23503":
		return foreign
	}
	return err
}

func wrapErr(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
