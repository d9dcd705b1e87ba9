package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// Lock-out: after lockAfter failures in a row, and doubling up to lockMost. A
// wrong code counts like a wrong password, and only a whole sign-in or a
// confirmed one clears the count: else a known password would give any number
// of guesses at the code.
const (
	lockAfter = 5
	lockFirst = time.Minute
	lockMost  = time.Hour
)

var errLocked = core.E(core.TooMany, "auth.locked", "This account is locked for a while after several wrong attempts. Try again later, or ask an administrator.")

// trial is one attempt to show who one is.
type trial struct {
	account *account
	action  string                         // for the ledger
	proof   func(tx *sql.Tx) (bool, error) // whether it is right; uses it up when it is good once
	then    func(tx *sql.Tx) error         // what follows in the same transaction
	wrong   error                          // what is told when the proof is wrong
	locked  error                          // and when the account is locked, removed, or changed meanwhile
}

// try decides a trial in one transaction, so that the lock holds however many
// attempts run at once: they take turns at the account's row, and after the
// failure that locks it not even the right proof passes.
func (s *Service) try(ctx context.Context, t trial) error {
	var told error
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		told = nil // the transaction may run again
		open, err := s.mayTry(ctx, tx, t.account)
		if err != nil {
			return err
		}
		if !open {
			told = t.locked
			return s.did(ctx, tx, ledger.Denied, t.account, t.action)
		}
		right, err := t.proof(tx)
		if err != nil {
			return err
		}
		if !right {
			told = t.wrong
			return s.countFailure(ctx, tx, t.account, t.action)
		}
		return t.then(tx)
	})
	if err != nil {
		return err
	}
	return told
}

// mayTry takes the account's row and reports whether it is as it was when the
// proof was looked at, active, and not locked. A lock that ends later than any
// lock can was set before the clock was put back, and does not count.
func (s *Service) mayTry(ctx context.Context, tx *sql.Tx, a *account) (bool, error) {
	now := s.clock.Now()
	ok, err := changedOne(tx.ExecContext(ctx,
		`UPDATE user_account SET failures = failures WHERE id = $1 AND password = $2 AND active AND NOT (locked_until > $3 AND locked_until <= $4)`,
		a.ID, a.password, database.Micros(now), database.Micros(now.Add(lockMost))))
	if err != nil {
		return false, fmt.Errorf("look at the lock: %w", err)
	}
	return ok, nil
}

func (s *Service) countFailure(ctx context.Context, tx *sql.Tx, a *account, action string) error {
	var failures int
	err := tx.QueryRowContext(ctx, `UPDATE user_account SET failures = failures + 1 WHERE id = $1 RETURNING failures`, a.ID).Scan(&failures)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("count failure: %w", err)
	}
	if failures >= lockAfter {
		until := s.clock.Now().Add(min(lockFirst<<min(failures-lockAfter, 10), lockMost))
		if _, err := tx.ExecContext(ctx, `UPDATE user_account SET locked_until = $2 WHERE id = $1`, a.ID, database.Micros(until)); err != nil {
			return fmt.Errorf("lock account: %w", err)
		}
	}
	return s.did(ctx, tx, ledger.Denied, a, action)
}

// clearFailures forgets the failures of somebody who has shown all they must.
func (s *Service) clearFailures(ctx context.Context, tx *sql.Tx, user core.ID) error {
	if _, err := tx.ExecContext(ctx, `UPDATE user_account SET failures = 0, locked_until = 0 WHERE id = $1`, user); err != nil {
		return fmt.Errorf("clear failures: %w", err)
	}
	return nil
}
