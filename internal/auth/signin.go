package auth

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"

	"github.com/pquerna/otp/totp"
	"golang.org/x/time/rate"
)

var errFailed = core.E(core.Unauthorized, "auth.failed", "The sign-in name or the password is not right. Check both and try again.")

var errCode = core.InvalidFields([]core.Field{{Name: "code", Code: "auth.code", Msg: "This code is not right, or was used already. Wait for the next one and enter it."}})

// Lock-out: after lockAfter failures in a row, and doubling up to lockMost.
const (
	lockAfter = 5
	lockFirst = time.Minute
	lockMost  = time.Hour
)

// SignIn checks name and password and begins a session. When the account has a
// one-time code, or must set one up or change its password first, the session
// is good for that next step only; see Session.Stage. source is the network
// address asked from; it bounds guessing and is not stored.
func (s *Service) SignIn(ctx context.Context, login, password, source string) (token string, err error) {
	if !s.sources.allow(source) {
		return "", core.E(core.TooMany, "auth.rate", "There were many attempts from here. Wait a minute, then try again.")
	}
	a, err := s.byLogin(ctx, s.db.Reader(), login)
	if core.KindOf(err) == core.NotFound {
		_, _ = s.matches(ctx, absentAccount, password) // as long as a real one takes
		return "", errFailed
	}
	if err != nil {
		return "", err
	}
	right, err := s.matches(ctx, a.password, password)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	if a.LockedUntil.After(now) {
		return "", core.E(core.TooMany, "auth.locked", "This account is locked for a while after several wrong attempts. Try again later, or ask an administrator.")
	}
	if !right || !a.Active {
		return "", s.failed(ctx, a)
	}
	return s.Begin(ctx, a.ID)
}

// absentAccount is compared with when there is no account, so that the answer
// takes as long.
const absentAccount = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Begin starts a session for a user whose identity has been established: by
// SignIn, or by another way of signing in.
func (s *Service) Begin(ctx context.Context, user core.ID) (token string, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		a, err := s.byID(ctx, tx, user)
		if err != nil {
			return err
		}
		var digest []byte
		token, digest = newToken()
		csrf, _ := newToken()
		now := database.Micros(s.clock.Now())
		if _, err := tx.ExecContext(ctx, `UPDATE user_account SET failures = 0, locked_until = 0 WHERE id = $1`, user); err != nil {
			return fmt.Errorf("begin session: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO session (digest, user_id, csrf, stage, created_at, seen_at, stepped_at, ended_at) VALUES ($1, $2, $3, $4, $5, $5, $6, 0)`,
			digest, user, csrf, string(s.firstStage(a)), now, now); err != nil {
			return fmt.Errorf("begin session: %w", err)
		}
		return s.record(ctx, tx, ledger.System, actorOf(a, ""), "auth.sign_in", "user:"+user.String(), nil)
	})
	return token, err
}

func (s *Service) firstStage(a *account) Stage {
	switch {
	case a.HasTOTP:
		return StageCode
	case !s.opt.WithoutTOTP:
		return StageEnrol
	case a.MustChange:
		return StageChange
	}
	return StageFull
}

func (s *Service) failed(ctx context.Context, a *account) error {
	return s.afterFailure(ctx, a, errFailed)
}

// afterFailure counts a failure, locks when there were too many, and returns
// what the person is told.
func (s *Service) afterFailure(ctx context.Context, a *account, told error) error {
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		failures := a.failures + 1
		var until int64
		if failures >= lockAfter {
			wait := min(lockFirst<<min(failures-lockAfter, 10), lockMost)
			until = database.Micros(s.clock.Now().Add(wait))
		}
		if _, err := tx.ExecContext(ctx, `UPDATE user_account SET failures = failures + 1, locked_until = CASE WHEN $2 > locked_until THEN $2 ELSE locked_until END WHERE id = $1`, a.ID, until); err != nil {
			return fmt.Errorf("count failure: %w", err)
		}
		return s.record(ctx, tx, ledger.Denied, actorOf(a, ""), "auth.sign_in", "user:"+a.ID.String(), nil)
	})
	if err != nil {
		return err
	}
	return told
}

// EnterCode takes the one-time code, or a recovery code, of a session that waits
// for it.
func (s *Service) EnterCode(ctx context.Context, token, code string) error {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	if sess.Stage != StageCode {
		return core.E(core.NotNow, "auth.stage", "This session does not wait for a code.")
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return err
	}
	if a.LockedUntil.After(s.clock.Now()) {
		return core.E(core.TooMany, "auth.locked", "This account is locked for a while after several wrong attempts. Try again later, or ask an administrator.")
	}
	next := StageFull
	if a.MustChange {
		next = StageChange
	}
	return s.passCode(ctx, a, code, func(tx *sql.Tx) error { return s.setStage(ctx, tx, token, next) })
}

// passCode checks a one-time or recovery code and runs then in the transaction
// that uses it up.
func (s *Service) passCode(ctx context.Context, a *account, code string, then func(tx *sql.Tx) error) error {
	code = strings.ToUpper(strings.Map(keepCode, code))
	passed := false
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		used, err := s.useCode(ctx, tx, a, code)
		if err != nil || !used {
			return err
		}
		passed = true
		return then(tx)
	})
	if err != nil {
		return err
	}
	if !passed {
		return s.afterFailure(ctx, a, errCode)
	}
	return nil
}

func keepCode(r rune) rune {
	if r == ' ' || r == '-' {
		return -1
	}
	return r
}

// useCode uses up a code: a one-time code is good once, a recovery code too.
func (s *Service) useCode(ctx context.Context, tx *sql.Tx, a *account, code string) (bool, error) {
	if len(code) == 6 {
		step, ok, err := s.totpStep(ctx, a, code)
		if err != nil || !ok {
			return false, err
		}
		return changedOne(tx.ExecContext(ctx, `UPDATE user_account SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, a.ID, step))
	}
	return changedOne(tx.ExecContext(ctx, `UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at = 0`,
		a.ID, digestOf(code), database.Micros(s.clock.Now())))
}

func changedOne(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("use code: %w", database.Explain(err))
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

const totpPeriod = 30 // seconds (RFC 6238)

// totpStep reports whether the code is that of now, or of the step before or
// after, and which step it is.
func (s *Service) totpStep(ctx context.Context, a *account, code string) (step int64, ok bool, err error) {
	if len(a.totp) == 0 {
		return 0, false, nil
	}
	seed, err := s.vault.Open(ctx, totpRef(a.ID), a.totp)
	if err != nil {
		return 0, false, err
	}
	now := s.clock.Now()
	for d := int64(-1); d <= 1; d++ {
		at := now.Add(time.Duration(d) * totpPeriod * time.Second)
		want, err := totp.GenerateCode(string(seed), at)
		if err != nil {
			return 0, false, fmt.Errorf("one-time code: %w", err)
		}
		if want == code {
			return at.Unix() / totpPeriod, true, nil
		}
	}
	return 0, false, nil
}

func totpRef(user core.ID) vault.Ref {
	return vault.Ref{Table: "user_account", Row: user.String(), Field: "totp", Version: 1}
}

// Enrolment is a new one-time-code seed, shown once.
type Enrolment struct {
	Secret string // base32, for typing
	URL    string // otpauth://, for a QR code
}

// Enrol makes a seed for the session's user. It counts only when ConfirmEnrol
// has seen a code made from it.
func (s *Service) Enrol(ctx context.Context, token string) (Enrolment, error) {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "clew", AccountName: sess.User.Login, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make seed: %w", err)
	}
	return Enrolment{Secret: key.Secret(), URL: key.URL()}, nil
}

// ConfirmEnrol keeps a seed after a code made from it, and returns ten recovery
// codes, shown once.
func (s *Service) ConfirmEnrol(ctx context.Context, token, secret, code string) (recovery []string, err error) {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return nil, err
	}
	if sess.Stage != StageEnrol && !sess.SteppedUp {
		return nil, ErrStepUp
	}
	sealed, err := s.vault.Seal(ctx, totpRef(sess.User.ID), []byte(secret))
	if err != nil {
		return nil, err
	}
	probe := &account{User: sess.User, totp: sealed}
	step, ok, err := s.totpStep(ctx, probe, strings.Map(keepCode, code))
	if err != nil || !ok {
		return nil, errCode
	}
	next := StageFull
	if sess.User.MustChange {
		next = StageChange
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE user_account SET totp = $2, totp_step = $3, rev = rev + 1 WHERE id = $1`, sess.User.ID, sealed, step); err != nil {
			return fmt.Errorf("keep seed: %w", err)
		}
		if recovery, err = s.newRecovery(ctx, tx, sess.User.ID); err != nil {
			return err
		}
		if err := s.setStage(ctx, tx, token, next); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.System, sess.Actor, "auth.enrol", "user:"+sess.User.ID.String(), nil)
	})
	return recovery, err
}

const recoveryCodes = 10

func (s *Service) newRecovery(ctx context.Context, tx *sql.Tx, user core.ID) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_code WHERE user_id = $1`, user); err != nil {
		return nil, fmt.Errorf("recovery codes: %w", err)
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		var b [10]byte
		_, _ = rand.Read(b[:])
		text := base32.StdEncoding.EncodeToString(b[:]) // 16 characters, 80 bits
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		if _, err := tx.ExecContext(ctx, `INSERT INTO recovery_code (user_id, digest, used_at) VALUES ($1, $2, 0)`, user, digestOf(text)); err != nil {
			return nil, fmt.Errorf("recovery codes: %w", err)
		}
	}
	return codes, nil
}

// ChangePassword sets a new password and ends every other session of the user.
func (s *Service) ChangePassword(ctx context.Context, token, old, new string) error {
	sess, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	if sess.Stage != StageFull && sess.Stage != StageChange {
		return core.E(core.NotNow, "auth.stage", "Finish signing in first.")
	}
	a, err := s.byID(ctx, s.db.Reader(), sess.User.ID)
	if err != nil {
		return err
	}
	right, err := s.matches(ctx, a.password, old)
	if err != nil {
		return err
	}
	if !right {
		return s.afterFailure(ctx, a, core.InvalidFields([]core.Field{{Name: "old", Code: "auth.failed", Msg: "This is not your present password."}}))
	}
	if err := core.InvalidFields(checkPassword("new", new, a.Login)); err != nil {
		return err
	}
	hash, err := s.hash(ctx, new)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE user_account SET password = $2, must_change = FALSE, rev = rev + 1 WHERE id = $1`, a.ID, hash); err != nil {
			return fmt.Errorf("change password: %w", err)
		}
		if err := s.endSessions(ctx, tx, a.ID, digestOf(token)); err != nil {
			return err
		}
		if err := s.setStage(ctx, tx, token, StageFull); err != nil {
			return err
		}
		return s.record(ctx, tx, ledger.System, sess.Actor, "auth.password", "user:"+a.ID.String(), nil)
	})
}

// sourceLimits slows guessing from one network address: ten at once, then one
// every three seconds.
type sourceLimits struct {
	mu   sync.Mutex
	from map[string]*rate.Limiter
}

const (
	sourceBurst = 10
	sourceRate  = 1.0 / 3
	maxSources  = 50_000
)

func (l *sourceLimits) allow(source string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.from == nil || len(l.from) > maxSources {
		l.from = map[string]*rate.Limiter{}
	}
	lim, ok := l.from[source]
	if !ok {
		lim = rate.NewLimiter(sourceRate, sourceBurst)
		l.from[source] = lim
	}
	return lim.Allow()
}
