package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
)

// Stage is how far a sign-in has come.
type Stage string

// The stages.
const (
	StageFull   Stage = "full"   // signed in
	StageCode   Stage = "code"   // waits for the one-time code
	StageEnrol  Stage = "enrol"  // must set up one-time codes first
	StageChange Stage = "change" // must choose a password first
)

// Session is somebody at a keyboard.
type Session struct {
	User      User
	Agency    core.Agency
	Actor     core.Actor
	Stage     Stage
	CSRF      string
	SteppedUp bool // confirmed the sign-in again a short while ago
}

// What is missing when a request is Unauthorized.
var (
	ErrSignedOut = core.E(core.Unauthorized, "auth.signed_out", "Sign in to go on.")
	ErrStepUp    = core.E(core.Unauthorized, "auth.step_up", "Confirm that it is you, then go on.")
)

var errStage = core.E(core.NotNow, "auth.stage", "This is not the next step of signing in. Sign in again.")

// IsStepUp reports whether err asks for a fresh confirmation, and not for a
// whole new sign-in.
func IsStepUp(err error) bool {
	var e *core.Error
	return errors.As(err, &e) && e.Code == ErrStepUp.Code
}

type sessionRow struct {
	user             core.ID
	csrf             string
	stage            Stage
	created, seen    time.Time
	stepped, endedAt time.Time
}

const longestToken = 100

func (s *Service) sessionRow(ctx context.Context, token string) (*sessionRow, error) {
	if token == "" || len(token) > longestToken {
		return nil, ErrSignedOut
	}
	var r sessionRow
	var created, seen, stepped, ended int64
	err := s.db.Reader().QueryRowContext(ctx, `SELECT user_id, csrf, stage, created_at, seen_at, stepped_at, ended_at FROM session WHERE digest = $1`, digestOf(token)).
		Scan(&r.user, &r.csrf, &r.stage, &created, &seen, &stepped, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrSignedOut
	}
	if err != nil {
		return nil, fmt.Errorf("load session: %w", database.Explain(err))
	}
	r.created, r.seen, r.stepped, r.endedAt = database.FromMicros(created), database.FromMicros(seen), database.FromMicros(stepped), database.FromMicros(ended)
	return &r, nil
}

// pendingFor is how long a sign-in may take from the password to its last step.
const pendingFor = 30 * time.Minute

// over reports whether a session has ended. One that seems to come from the
// future has: the clock was put back, and its age cannot be told.
func (s *Service) over(r *sessionRow) bool {
	now := s.clock.Now()
	age, aged := since(now, r.created)
	idle, idled := since(now, r.seen)
	return !r.endedAt.IsZero() || !aged || !idled || idle > s.opt.Idle || age > s.opt.Absolute || r.stage != StageFull && age > pendingFor
}

// Session returns the session of a token. A session that is over, or whose user
// or agency was removed, is Unauthorized.
func (s *Service) Session(ctx context.Context, token string) (*Session, error) {
	r, err := s.sessionRow(ctx, token)
	if err != nil {
		return nil, err
	}
	if s.over(r) {
		return nil, ErrSignedOut
	}
	a, agency, err := s.whose(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.touch(ctx, token, r); err != nil && core.KindOf(err) != core.Unavailable {
		return nil, err
	}
	sess := &Session{User: a.User, Agency: *agency, Actor: actorOf(a, agency.Kind), Stage: r.stage, CSRF: r.csrf}
	ago, known := since(s.clock.Now(), r.stepped)
	sess.SteppedUp = r.stage == StageFull && known && ago <= s.opt.StepUp
	sess.Actor.SteppedUp = sess.SteppedUp
	return sess, nil
}

// whose finds the active account and agency of a session.
func (s *Service) whose(ctx context.Context, r *sessionRow) (*account, *core.Agency, error) {
	a, err := s.byID(ctx, s.db.Reader(), r.user)
	if core.KindOf(err) == core.NotFound {
		return nil, nil, ErrSignedOut
	}
	if err != nil {
		return nil, nil, err
	}
	agency, err := s.Agency(ctx, a.AgencyID)
	if core.KindOf(err) == core.NotFound {
		return nil, nil, ErrSignedOut
	}
	if err != nil {
		return nil, nil, err
	}
	if !a.Active || !agency.Active {
		return nil, nil, ErrSignedOut
	}
	return a, agency, nil
}

// at returns the session of a token that must be at one of the stages.
func (s *Service) at(ctx context.Context, token string, stages ...Stage) (*Session, error) {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(stages, sess.Stage) {
		return nil, errStage
	}
	return sess, nil
}

// touchEvery keeps a busy session from writing on every page.
const touchEvery = time.Minute

func (s *Service) touch(ctx context.Context, token string, r *sessionRow) error {
	now := s.clock.Now()
	if now.Sub(r.seen) < touchEvery {
		return nil
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE session SET seen_at = $2 WHERE digest = $1 AND seen_at < $2`, digestOf(token), database.Micros(now))
		return err
	})
}

// advance takes a session from one stage to the next under a new token and form
// token. Arriving at StageFull from another stage is a sign-in.
func (s *Service) advance(ctx context.Context, tx *sql.Tx, token string, a *account, from, to Stage) (string, error) {
	fresh, digest := newToken()
	csrf, _ := newToken()
	ok, err := changedOne(tx.ExecContext(ctx, `UPDATE session SET digest = $2, csrf = $3, stage = $4 WHERE digest = $1 AND stage = $5 AND ended_at = 0`,
		digestOf(token), digest, csrf, string(to), string(from)))
	if err != nil {
		return "", fmt.Errorf("session stage: %w", err)
	}
	if !ok {
		return "", ErrSignedOut
	}
	if to != StageFull || from == StageFull {
		return fresh, nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE session SET stepped_at = $2 WHERE digest = $1`, digest, database.Micros(s.clock.Now())); err != nil {
		return "", fmt.Errorf("session stage: %w", err)
	}
	return fresh, s.arrived(ctx, tx, a)
}

// SignOut ends one session. Ending one that is over, or never was, is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	r, err := s.sessionRow(ctx, token)
	if core.KindOf(err) == core.Unauthorized {
		return nil
	}
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		ended, err := changedOne(tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE digest = $1 AND ended_at = 0`, digestOf(token), database.Micros(s.clock.Now())))
		if err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
		if !ended {
			return nil
		}
		a, err := s.byID(ctx, tx, r.user)
		if err != nil {
			return err
		}
		return s.did(ctx, tx, ledger.System, a, "auth.sign_out")
	})
}

// SignOutEverywhere ends every session of the user whose session this is.
func (s *Service) SignOutEverywhere(ctx context.Context, token string) error {
	sess, err := s.at(ctx, token, StageFull)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.endSessions(ctx, tx, sess.User.ID); err != nil {
			return err
		}
		return s.did(ctx, tx, ledger.System, &account{User: sess.User}, "auth.sign_out_everywhere")
	})
}

func (s *Service) endSessions(ctx context.Context, tx *sql.Tx, user core.ID) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE user_id = $1 AND ended_at = 0`, user, database.Micros(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

func (s *Service) endOtherSessions(ctx context.Context, tx *sql.Tx, user core.ID, but string) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE user_id = $1 AND ended_at = 0 AND digest <> $3`,
		user, database.Micros(s.clock.Now()), digestOf(but))
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}

func (s *Service) endSessionsOfAgency(ctx context.Context, tx *sql.Tx, agency core.ID) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE ended_at = 0 AND user_id IN (SELECT id FROM user_account WHERE agency_id = $1)`,
		agency, database.Micros(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("end sessions of agency: %w", err)
	}
	return nil
}

// Sweep removes sessions and held forms that are long over. It runs as a
// scheduled job.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM held_form WHERE created_at < $1`, database.Micros(now.Add(-heldFor))); err != nil {
			return fmt.Errorf("sweep held forms: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE created_at < $1`, database.Micros(now.Add(-s.opt.Absolute-heldFor))); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		return nil
	})
}
