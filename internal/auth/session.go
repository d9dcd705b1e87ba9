package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"
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

func (s *Service) sessionRow(ctx context.Context, token string) (*sessionRow, error) {
	if token == "" || len(token) > 100 {
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

func (s *Service) over(r *sessionRow) bool {
	now := s.clock.Now()
	return !r.endedAt.IsZero() || now.Sub(r.seen) > s.opt.Idle || now.Sub(r.created) > s.opt.Absolute
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
	a, err := s.byID(ctx, s.db.Reader(), r.user)
	if core.KindOf(err) == core.NotFound {
		return nil, ErrSignedOut
	}
	if err != nil {
		return nil, err
	}
	agency, err := s.Agency(ctx, a.AgencyID)
	if err != nil {
		return nil, err
	}
	if !a.Active || !agency.Active {
		return nil, ErrSignedOut
	}
	if err := s.touch(ctx, token, r); err != nil && core.KindOf(err) != core.Unavailable {
		return nil, err
	}
	sess := &Session{User: a.User, Agency: *agency, Actor: actorOf(a, agency.Kind), Stage: r.stage, CSRF: r.csrf}
	sess.SteppedUp = r.stage == StageFull && s.clock.Now().Sub(r.stepped) <= s.opt.StepUp
	sess.Actor.SteppedUp = sess.SteppedUp
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

func (s *Service) setStage(ctx context.Context, tx *sql.Tx, token string, stage Stage) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET stage = $2, stepped_at = $3 WHERE digest = $1`, digestOf(token), string(stage), database.Micros(s.clock.Now()))
	if err != nil {
		return fmt.Errorf("session stage: %w", err)
	}
	return nil
}

// StepUp confirms the sign-in again: by one-time code where the account has
// one, else by password.
func (s *Service) StepUp(ctx context.Context, token, proof string) error {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return err
	}
	if a.LockedUntil.After(s.clock.Now()) {
		return core.E(core.TooMany, "auth.locked", "This account is locked for a while after several wrong attempts. Try again later, or ask an administrator.")
	}
	if a.HasTOTP {
		return s.passCode(ctx, a, proof, func(tx *sql.Tx) error { return s.setStage(ctx, tx, token, StageFull) })
	}
	right, err := s.matches(ctx, a.password, proof)
	if err != nil {
		return err
	}
	if !right {
		return s.afterFailure(ctx, a, core.InvalidFields([]core.Field{{Name: "proof", Code: "auth.failed", Msg: "This is not your password. Try again."}}))
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error { return s.setStage(ctx, tx, token, StageFull) })
}

// SignOut ends one session.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE digest = $1 AND ended_at = 0`, digestOf(token), database.Micros(s.clock.Now()))
		return err
	})
}

// SignOutEverywhere ends every session of the user whose session this is.
func (s *Service) SignOutEverywhere(ctx context.Context, token string) error {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.endSessions(ctx, tx, sess.User.ID, nil); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.System, sess.Actor, "auth.sign_out_everywhere", "user:"+sess.User.ID.String(), nil)
	})
}

func (s *Service) endSessions(ctx context.Context, tx *sql.Tx, user core.ID, but []byte) error {
	if but == nil {
		but = []byte{}
	}
	_, err := tx.ExecContext(ctx, `UPDATE session SET ended_at = $2 WHERE user_id = $1 AND ended_at = 0 AND digest <> $3`, user, database.Micros(s.clock.Now()), but)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// heldFor is how long a form typed in an expired session is kept.
const heldFor = 24 * time.Hour

// HoldForm keeps what was typed in a session that ended meanwhile, sealed, for
// the same user to go on with after signing in again. It fails when the token
// never was a session.
func (s *Service) HoldForm(ctx context.Context, token, path string, form url.Values) (held string, err error) {
	r, err := s.sessionRow(ctx, token)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(form)
	if err != nil {
		return "", fmt.Errorf("hold form: %w", err)
	}
	held, digest := newToken()
	sealed, err := s.vault.Seal(ctx, heldRef(digest), body)
	if err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO held_form (digest, user_id, path, sealed, created_at) VALUES ($1, $2, $3, $4, $5)`,
			digest, r.user, path, sealed, database.Micros(s.clock.Now()))
		return err
	})
	return held, err
}

// HeldForm returns a held form to the user who typed it.
func (s *Service) HeldForm(ctx context.Context, user core.ID, held string) (path string, form url.Values, err error) {
	digest := digestOf(held)
	var sealed []byte
	var created int64
	err = s.db.Reader().QueryRowContext(ctx, `SELECT path, sealed, created_at FROM held_form WHERE digest = $1 AND user_id = $2`, digest, user).Scan(&path, &sealed, &created)
	if errors.Is(err, sql.ErrNoRows) || err == nil && s.clock.Now().Sub(database.FromMicros(created)) > heldFor {
		return "", nil, core.E(core.NotFound, "form.not_held", "Nothing is kept under this link any more.")
	}
	if err != nil {
		return "", nil, fmt.Errorf("load held form: %w", database.Explain(err))
	}
	body, err := s.vault.Open(ctx, heldRef(digest), sealed)
	if err != nil {
		return "", nil, err
	}
	if err := json.Unmarshal(body, &form); err != nil {
		return "", nil, fmt.Errorf("read held form: %w", err)
	}
	return path, form, nil
}

func heldRef(digest []byte) vault.Ref {
	return vault.Ref{Table: "held_form", Row: fmt.Sprintf("%x", digest), Field: "form", Version: 1}
}

// Sweep removes sessions and held forms that are long over. It runs as a
// scheduled job.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM held_form WHERE created_at < $1`, database.Micros(now.Add(-heldFor))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE created_at < $1`, database.Micros(now.Add(-s.opt.Absolute-heldFor)))
		return err
	})
}
