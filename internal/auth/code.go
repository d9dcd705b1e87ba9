package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/ledger"
	"clew/internal/vault"

	"github.com/pquerna/otp/totp"
)

func wrongCode(field string) error {
	return core.InvalidFields([]core.Field{{Name: field, Code: "auth.code", Msg: "This code is not right, or was used already. Wait for the next one and enter it."}})
}

// typedCode is a code without the spaces and hyphens it is shown with.
func typedCode(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
}

const (
	totpPeriod = 30 // seconds (RFC 6238)
	totpDigits = 6
	// A used step further ahead than this was used before the clock was put back;
	// without the exception nobody could sign in until it is reached again.
	stepsAhead = 20
)

// codeProof is a one-time code or a recovery code, each good once.
func (s *Service) codeProof(ctx context.Context, a *account, code string) (func(*sql.Tx) (bool, error), error) {
	code = typedCode(code)
	if len(code) != totpDigits {
		return func(tx *sql.Tx) (bool, error) {
			return changedOne(tx.ExecContext(ctx, `UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at = 0`,
				a.ID, digestOf(code), database.Micros(s.clock.Now())))
		}, nil
	}
	if !a.HasTOTP {
		return func(*sql.Tx) (bool, error) { return false, nil }, nil
	}
	seed, err := s.vault.Open(ctx, totpRef(a.ID), a.totp)
	if err != nil {
		return nil, fmt.Errorf("open one-time-code seed: %w", err)
	}
	step, right, err := s.totpStep(string(seed), code)
	if err != nil {
		return nil, err
	}
	return func(tx *sql.Tx) (bool, error) {
		if !right {
			return false, nil
		}
		return changedOne(tx.ExecContext(ctx, `UPDATE user_account SET totp_step = $2 WHERE id = $1 AND (totp_step < $2 OR totp_step > $3)`, a.ID, step, step+stepsAhead))
	}, nil
}

// totpStep reports whether the code is that of now, or of the step before or
// after, and which step it is.
func (s *Service) totpStep(seed, code string) (step int64, right bool, err error) {
	now := s.clock.Now()
	for d := int64(-1); d <= 1; d++ {
		at := now.Add(time.Duration(d) * totpPeriod * time.Second)
		want, err := totp.GenerateCode(seed, at)
		if err != nil {
			return 0, false, fmt.Errorf("one-time code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, right = at.Unix()/totpPeriod, true
		}
	}
	return step, right, nil
}

func totpRef(user core.ID) vault.Ref {
	return vault.Ref{Table: "user_account", Row: user.String(), Field: "totp", Version: 1}
}

// Enrolment is a new one-time-code seed on its way into an app.
type Enrolment struct {
	Secret string // base32, for typing; shown once
	Sealed string // the same for the form: only clew makes one, for this session
}

// Enrol makes a seed for the session's user. It counts only when ConfirmEnrol
// has seen a code made from it.
func (s *Service) Enrol(ctx context.Context, token string) (Enrolment, error) {
	sess, err := s.mayEnrol(ctx, token)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "clew", AccountName: sess.User.Login, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make seed: %w", err)
	}
	sealed, err := s.vault.Seal(ctx, enrolRef(token), []byte(key.Secret()))
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: key.Secret(), Sealed: base64.RawURLEncoding.EncodeToString(sealed)}, nil
}

// Enrolling reads back an enrolment that Enrol made for this session.
func (s *Service) Enrolling(ctx context.Context, token, sealed string) (Enrolment, error) {
	if _, err := s.mayEnrol(ctx, token); err != nil {
		return Enrolment{}, err
	}
	secret, err := s.enrolling(ctx, token, sealed)
	return Enrolment{Secret: secret, Sealed: sealed}, err
}

var errEnrolment = core.E(core.NotNow, "auth.enrolment", "This key is no longer good. Open the page again and scan the new picture.")

func (s *Service) enrolling(ctx context.Context, token, sealed string) (string, error) {
	const longest = 200
	if len(sealed) > longest {
		return "", errEnrolment
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errEnrolment
	}
	secret, err := s.vault.Open(ctx, enrolRef(token), b)
	if err != nil {
		return "", errEnrolment
	}
	return string(secret), nil
}

// mayEnrol lets through who must set up codes, and who has just confirmed that
// it is them.
func (s *Service) mayEnrol(ctx context.Context, token string) (*Session, error) {
	sess, err := s.at(ctx, token, StageEnrol, StageFull)
	if err != nil {
		return nil, err
	}
	if sess.Stage == StageFull && !sess.SteppedUp {
		return nil, ErrStepUp
	}
	return sess, nil
}

// enrolRef ties a sealed seed to the session it was made for.
func enrolRef(token string) vault.Ref {
	return vault.Ref{Table: "session", Row: fmt.Sprintf("%x", digestOf(token)), Field: "enrolment", Version: 1}
}

// ConfirmEnrol keeps a seed after a code made from it, ends every other session
// of the user, and returns a new token and ten recovery codes, shown once.
func (s *Service) ConfirmEnrol(ctx context.Context, token, sealed, code string) (fresh string, recovery []string, err error) {
	sess, err := s.mayEnrol(ctx, token)
	if err != nil {
		return "", nil, err
	}
	secret, err := s.enrolling(ctx, token, sealed)
	if err != nil {
		return "", nil, err
	}
	step, right, err := s.totpStep(secret, typedCode(code))
	if err != nil {
		return "", nil, err
	}
	if !right {
		return "", nil, wrongCode("code")
	}
	kept, err := s.vault.Seal(ctx, totpRef(sess.User.ID), []byte(secret))
	if err != nil {
		return "", nil, err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		fresh, recovery, err = s.keepSeed(ctx, tx, token, sess, kept, step)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return fresh, recovery, nil
}

func (s *Service) keepSeed(ctx context.Context, tx *sql.Tx, token string, sess *Session, kept []byte, step int64) (string, []string, error) {
	// Of two sessions that both wait to set up codes, the first wins: the other may
	// be somebody who saw the first password on its way.
	set := `UPDATE user_account SET totp = $2, totp_step = $3, rev = rev + 1 WHERE id = $1 AND active`
	if sess.Stage == StageEnrol {
		set += ` AND totp IS NULL`
	}
	ok, err := changedOne(tx.ExecContext(ctx, set, sess.User.ID, kept, step))
	if err != nil {
		return "", nil, fmt.Errorf("keep seed: %w", err)
	}
	if !ok {
		return "", nil, ErrSignedOut
	}
	recovery, err := s.newRecovery(ctx, tx, sess.User.ID)
	if err != nil {
		return "", nil, err
	}
	if err := s.endOtherSessions(ctx, tx, sess.User.ID, token); err != nil {
		return "", nil, err
	}
	a := &account{User: sess.User}
	if err := s.did(ctx, tx, ledger.System, a, "auth.enrol"); err != nil {
		return "", nil, err
	}
	next := StageFull
	if sess.Stage == StageEnrol {
		next = s.stageAfterCode(a)
	}
	fresh, err := s.advance(ctx, tx, token, a, sess.Stage, next)
	return fresh, recovery, err
}

const recoveryCodes = 10

func (s *Service) newRecovery(ctx context.Context, tx *sql.Tx, user core.ID) ([]string, error) {
	if err := s.dropRecovery(ctx, tx, user); err != nil {
		return nil, err
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

func (s *Service) dropRecovery(ctx context.Context, tx *sql.Tx, user core.ID) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_code WHERE user_id = $1`, user); err != nil {
		return fmt.Errorf("drop recovery codes: %w", err)
	}
	return nil
}

// RecoveryLeft counts the recovery codes that a user has not used yet.
func (s *Service) RecoveryLeft(ctx context.Context, user core.ID) (int, error) {
	var n int
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM recovery_code WHERE user_id = $1 AND used_at = 0`, user).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", database.Explain(err))
	}
	return n, nil
}
