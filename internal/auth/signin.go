package auth

import (
	"context"
	"database/sql"
	"fmt"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// errFailed is the one answer of a sign-in that did not succeed, so that it does
// not tell which names have an account, nor that a guess was right.
var errFailed = core.E(core.Unauthorized, "auth.failed",
	"The sign-in name or the password is not right, or the account is locked for a while after several wrong attempts. Check both, or try again later.")

var errRate = core.E(core.TooMany, "auth.rate", "There were many attempts from here. Wait a minute, then try again.")

// SignIn checks name and password and begins a session. When the account has a
// one-time code, or must set one up or change its password first, the session
// is good for that next step only; see Session.Stage. source is the network
// address asked from; it bounds guessing and is not stored.
func (s *Service) SignIn(ctx context.Context, login, password, source string) (token string, err error) {
	if !s.sources.take(source, s.clock.Now()) {
		return "", errRate
	}
	a, err := s.byLogin(ctx, s.db.Reader(), login)
	if core.KindOf(err) == core.NotFound {
		// As much work as for an account, down to the entry in the ledger.
		a, err = &account{password: s.absent}, nil
	}
	if err != nil {
		return "", err
	}
	right, err := s.matches(ctx, a.password, password)
	if err != nil {
		return "", err
	}
	err = s.try(ctx, trial{account: a, action: "auth.sign_in", wrong: errFailed, locked: errFailed,
		proof: func(tx *sql.Tx) (bool, error) {
			if !right {
				return false, nil
			}
			return s.agencyActive(ctx, tx, a.AgencyID)
		},
		then: func(tx *sql.Tx) error {
			token, err = s.begin(ctx, tx, a)
			return err
		}})
	if err != nil {
		return "", err
	}
	s.sources.giveBack(source)
	s.renewHash(ctx, a, password)
	return token, nil
}

func (s *Service) agencyActive(ctx context.Context, q database.Querier, id core.ID) (bool, error) {
	agency, err := s.agency(ctx, q, id)
	if core.KindOf(err) == core.NotFound {
		return false, nil
	}
	return err == nil && agency.Active, err
}

// renewHash brings a password's hash to today's cost. That it can be done only
// now, when the password is known, and that the old hash serves until another
// time, is why nothing is told when it fails.
func (s *Service) renewHash(ctx context.Context, a *account, password string) {
	if !s.outdated(a.password) {
		return
	}
	fresh, err := s.hash(ctx, password)
	if err != nil {
		return
	}
	_ = s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE user_account SET password = $3 WHERE id = $1 AND password = $2`, a.ID, a.password, fresh)
		return err
	})
}

// Begin starts a session for a user whose identity has been established by
// another way of signing in than SignIn: single sign-on, a passkey. What the
// account still has to show is the session's stage, as after SignIn.
func (s *Service) Begin(ctx context.Context, user core.ID) (token string, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		a, err := s.byID(ctx, tx, user)
		if err != nil {
			return err
		}
		active, err := s.agencyActive(ctx, tx, a.AgencyID)
		if err != nil {
			return err
		}
		if !a.Active || !active {
			return errFailed
		}
		token, err = s.begin(ctx, tx, a)
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (s *Service) begin(ctx context.Context, tx *sql.Tx, a *account) (string, error) {
	token, digest := newToken()
	csrf, _ := newToken()
	now := database.Micros(s.clock.Now())
	stage := s.firstStage(a)
	if _, err := tx.ExecContext(ctx, `INSERT INTO session (digest, user_id, csrf, stage, created_at, seen_at, stepped_at, ended_at) VALUES ($1, $2, $3, $4, $5, $5, $5, 0)`,
		digest, a.ID, csrf, string(stage), now); err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	if stage == StageFull {
		return token, s.arrived(ctx, tx, a)
	}
	if stage != StageCode { // there is no other proof to wait for
		if err := s.clearFailures(ctx, tx, a.ID); err != nil {
			return "", err
		}
	}
	return token, s.did(ctx, tx, ledger.System, a, "auth.sign_in_begun")
}

// arrived notes that somebody is signed in.
func (s *Service) arrived(ctx context.Context, tx *sql.Tx, a *account) error {
	if err := s.clearFailures(ctx, tx, a.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE user_account SET signed_in_at = $2 WHERE id = $1`, a.ID, database.Micros(s.clock.Now())); err != nil {
		return fmt.Errorf("note sign-in: %w", err)
	}
	return s.did(ctx, tx, ledger.System, a, "auth.sign_in")
}

func (s *Service) firstStage(a *account) Stage {
	switch {
	case a.HasTOTP:
		return StageCode
	case !s.opt.WithoutTOTP:
		return StageEnrol
	}
	return s.stageAfterCode(a)
}

func (s *Service) stageAfterCode(a *account) Stage {
	if a.MustChange {
		return StageChange
	}
	return StageFull
}

// EnterCode takes the one-time code, or a recovery code, of a session that waits
// for it. The session goes on under a new token: whoever put the old one into
// somebody's browser is left with nothing.
func (s *Service) EnterCode(ctx context.Context, token, code string) (fresh string, err error) {
	sess, err := s.at(ctx, token, StageCode)
	if err != nil {
		return "", err
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return "", err
	}
	proof, err := s.codeProof(ctx, a, code)
	if err != nil {
		return "", err
	}
	err = s.try(ctx, trial{account: a, action: "auth.code", proof: proof, wrong: wrongCode("code"), locked: errLocked,
		then: func(tx *sql.Tx) error {
			fresh, err = s.advance(ctx, tx, token, a, StageCode, s.stageAfterCode(a))
			return err
		}})
	return onlyIf(err, fresh)
}

// StepUp confirms the sign-in again: by one-time code where the account has
// one, else by password.
func (s *Service) StepUp(ctx context.Context, token, proof string) error {
	sess, err := s.at(ctx, token, StageFull)
	if err != nil {
		return err
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return err
	}
	t := trial{account: a, action: "auth.step_up", wrong: wrongCode("proof"), locked: errLocked,
		then: func(tx *sql.Tx) error { return s.stepped(ctx, tx, token, a) }}
	if a.HasTOTP {
		t.proof, err = s.codeProof(ctx, a, proof)
	} else {
		t.proof, err = s.passwordProof(ctx, a, proof)
		t.wrong = wrongPassword("proof")
	}
	if err != nil {
		return err
	}
	return s.try(ctx, t)
}

func (s *Service) stepped(ctx context.Context, tx *sql.Tx, token string, a *account) error {
	ok, err := changedOne(tx.ExecContext(ctx, `UPDATE session SET stepped_at = $2 WHERE digest = $1 AND stage = $3 AND ended_at = 0`,
		digestOf(token), database.Micros(s.clock.Now()), string(StageFull)))
	if err != nil {
		return fmt.Errorf("step up: %w", err)
	}
	if !ok {
		return ErrSignedOut
	}
	if err := s.clearFailures(ctx, tx, a.ID); err != nil {
		return err
	}
	return s.did(ctx, tx, ledger.System, a, "auth.step_up")
}

func (s *Service) passwordProof(ctx context.Context, a *account, password string) (func(*sql.Tx) (bool, error), error) {
	right, err := s.matches(ctx, a.password, password)
	return func(*sql.Tx) (bool, error) { return right, nil }, err
}

func wrongPassword(field string) error {
	return core.InvalidFields([]core.Field{{Name: field, Code: "auth.failed", Msg: "This is not your present password. Try again."}})
}

// ChangePassword sets a new password, ends every other session of the user, and
// goes on under a new token. It does not count as a fresh confirmation for
// somebody who is signed in already: the code would be got round by it.
func (s *Service) ChangePassword(ctx context.Context, token, old, fresh string) (newToken string, err error) {
	sess, err := s.at(ctx, token, StageFull, StageChange)
	if err != nil {
		return "", err
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return "", err
	}
	proof, err := s.passwordProof(ctx, a, old)
	if err != nil {
		return "", err
	}
	fields := checkPassword("new", fresh, a.Login)
	if canonical(old) == canonical(fresh) {
		fields = []core.Field{{Name: "new", Code: "password.same", Msg: "Choose a password that is not the present one."}}
	}
	hash := ""
	if len(fields) == 0 {
		if hash, err = s.hash(ctx, fresh); err != nil {
			return "", err
		}
	}
	err = s.try(ctx, trial{account: a, action: "auth.password", proof: proof, wrong: wrongPassword("old"), locked: errLocked,
		then: func(tx *sql.Tx) error {
			if err := core.InvalidFields(fields); err != nil {
				return err
			}
			newToken, err = s.storePassword(ctx, tx, token, a, sess.Stage, hash)
			return err
		}})
	return onlyIf(err, newToken)
}

func (s *Service) storePassword(ctx context.Context, tx *sql.Tx, token string, a *account, stage Stage, hash string) (string, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE user_account SET password = $2, must_change = FALSE, rev = rev + 1 WHERE id = $1`, a.ID, hash); err != nil {
		return "", fmt.Errorf("change password: %w", err)
	}
	if err := s.endOtherSessions(ctx, tx, a.ID, token); err != nil {
		return "", err
	}
	if err := s.did(ctx, tx, ledger.System, a, "auth.password"); err != nil {
		return "", err
	}
	return s.advance(ctx, tx, token, a, stage, StageFull)
}

func onlyIf(err error, token string) (string, error) {
	if err != nil {
		return "", err
	}
	return token, nil
}
