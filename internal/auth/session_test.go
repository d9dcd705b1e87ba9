package auth

import (
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database/dbtest"
)

func TestASessionEnds(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		h.clock.Advance(h.opt.Idle)
		if h.stage(token) != StageFull {
			h.t.Fatal("over while in use")
		}
		h.clock.Advance(h.opt.Idle + time.Second)
		if h.stage(token) != "" {
			h.t.Error("goes on when idle")
		}
		token = h.full()
		for range 30 {
			h.clock.Advance(h.opt.Idle / 2)
			_ = h.stage(token)
		}
		if h.stage(token) != "" {
			h.t.Error("goes on for ever while in use")
		}
	})
}

// full signs in as somebody who has codes set up.
func (h *house) full() string {
	h.t.Helper()
	_, err := h.ResetUser(ctx, h.admin, h.user)
	must(h.t, err)
	hash, err := h.hash(ctx, secret)
	must(h.t, err)
	h.exec(`UPDATE user_account SET password = $2, must_change = FALSE WHERE id = $1`, h.user, hash)
	token, _, _ := h.enrolled()
	return token
}

func TestAPendingSessionIsShort(t *testing.T) {
	each(t, func(h *house) {
		token := h.signIn()
		h.clock.Advance(pendingFor)
		if h.stage(token) != StageEnrol {
			h.t.Error("over too early")
		}
		h.clock.Advance(time.Second)
		if h.stage(token) != "" {
			h.t.Error("a begun sign-in waits for ever")
		}
	})
}

func TestASessionFromTheFutureIsOver(t *testing.T) {
	each(t, func(h *house) {
		h.clock.Advance(48 * time.Hour) // a clock that was wrong
		token := h.full()
		h.clock.Advance(-time.Minute)
		if h.stage(token) != StageFull {
			h.t.Error("a minute between machines ended a session")
		}
		h.clock.Set(start)
		if h.stage(token) != "" {
			h.t.Error("a clock put back made a session two days longer")
		}
	})
}

func TestALockFromTheFutureEnds(t *testing.T) {
	each(t, func(h *house) {
		h.clock.Advance(48 * time.Hour)
		for range lockAfter {
			_, _ = h.SignIn(ctx, login, "not the password", here)
		}
		h.clock.Set(start)
		h.sources = sourceLimits{}
		if _, err := h.SignIn(ctx, login, secret, here); err != nil {
			h.t.Errorf("locked for two days by a clock: %v", err)
		}
	})
}

// Nothing but its own step is open to a session that is not whole.
func TestAPendingSessionCanDoItsStepOnly(t *testing.T) {
	each(t, func(h *house) {
		enrol := h.signIn()
		refused(h.t, h.StepUp(ctx, enrol, secret), "auth.stage")
		refused(h.t, h.SignOutEverywhere(ctx, enrol), "auth.stage")
		_, err := h.EnterCode(ctx, enrol, "000000")
		refused(h.t, err, "auth.stage")
		_, err = h.ChangePassword(ctx, enrol, secret, "another set of words")
		refused(h.t, err, "auth.stage")

		full, seed, recovery := h.enrol(enrol)
		code := h.signIn()
		right := h.nextCode(seed)
		refused(h.t, h.StepUp(ctx, code, right), "auth.stage")
		refused(h.t, h.SignOutEverywhere(ctx, code), "auth.stage")
		_, err = h.Enrol(ctx, code)
		refused(h.t, err, "auth.stage")
		_, _, err = h.ConfirmEnrol(ctx, code, "x", right)
		refused(h.t, err, "auth.stage")
		_, err = h.ChangePassword(ctx, code, secret, "another set of words")
		refused(h.t, err, "auth.stage")

		h.exec(`UPDATE user_account SET must_change = TRUE WHERE id = $1`, h.user)
		change, err := h.EnterCode(ctx, code, recovery[0])
		must(h.t, err)
		refused(h.t, h.StepUp(ctx, change, right), "auth.stage")
		_, err = h.Enrol(ctx, change)
		refused(h.t, err, "auth.stage")
		_, err = h.EnterCode(ctx, change, right)
		refused(h.t, err, "auth.stage")

		_, err = h.EnterCode(ctx, full, right)
		refused(h.t, err, "auth.stage")
		for _, token := range []string{enrol, code, change} {
			if sess, err := h.Session(ctx, token); err == nil && (sess.SteppedUp || sess.Actor.SteppedUp) {
				h.t.Error("a pending session counts as confirmed")
			}
		}
	})
}

// Whoever put a token into somebody's browser must be left with nothing when
// that somebody completes the sign-in.
func TestEachStepHasANewToken(t *testing.T) {
	each(t, func(h *house) {
		planted := h.signIn()
		before, err := h.Session(ctx, planted)
		must(h.t, err)
		full, seed, _ := h.enrol(planted)
		after, err := h.Session(ctx, full)
		must(h.t, err)
		if h.stage(planted) != "" || full == planted || before.CSRF == after.CSRF {
			h.t.Error("the old token lives on")
		}
		planted = h.signIn()
		full, err = h.EnterCode(ctx, planted, h.nextCode(seed))
		must(h.t, err)
		if h.stage(planted) != "" || h.stage(full) != StageFull {
			h.t.Error("the old token lives on")
		}
	})
}

// A session may end between the moment it was looked at and the transaction that
// moves it on.
func TestASessionThatEndedMeanwhileGoesNowhere(t *testing.T) {
	each(t, func(h *house) {
		token, seed, _ := h.enrolled()
		waiting := h.signIn()
		a, err := h.byID(ctx, h.db.Reader(), h.user)
		must(h.t, err)
		must(h.t, h.SignOutEverywhere(ctx, token))
		code := h.nextCode(seed)
		for name, then := range map[string]func(tx *sql.Tx) error{
			"the code":         func(tx *sql.Tx) error { _, err := h.advance(ctx, tx, waiting, a, StageCode, StageFull); return err },
			"the confirmation": func(tx *sql.Tx) error { return h.stepped(ctx, tx, token, a) },
			"the password": func(tx *sql.Tx) error {
				_, err := h.storePassword(ctx, tx, token, a, StageFull, a.password)
				return err
			},
		} {
			proof, err := h.codeProof(ctx, a, code)
			must(h.t, err)
			err = h.try(ctx, trial{account: a, action: "auth.code", proof: proof, then: then, wrong: wrongCode("code"), locked: errLocked})
			if !errors.Is(err, ErrSignedOut) { // and the code is not used up: each finds it good
				h.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestStepUp(t *testing.T) {
	each(t, func(h *house) {
		token, seed, _ := h.enrolled()
		stepped := func() bool {
			sess, err := h.Session(ctx, token)
			must(h.t, err)
			return sess.SteppedUp && sess.Actor.SteppedUp
		}
		if !stepped() {
			h.t.Error("a fresh sign-in does not count")
		}
		h.clock.Advance(h.opt.StepUp + time.Second)
		if stepped() {
			h.t.Error("counts for ever")
		}
		refused(h.t, h.StepUp(ctx, token, secret), "auth.code") // codes are set up: a password is not enough
		must(h.t, h.StepUp(ctx, token, h.code(seed)))
		if !stepped() {
			h.t.Error("a confirmation does not count")
		}
		h.clock.Set(start.Add(-time.Hour))
		if h.stage(token) != "" {
			h.t.Error("a session an hour from the future")
		}
		if n := h.deeds("system", "auth.step_up"); n != 1 {
			h.t.Errorf("%d confirmations in the ledger", n)
		}
	})
}

func TestStepUpByPasswordWithoutCodes(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{WithoutTOTP: true})
	token := h.signIn()
	h.clock.Advance(h.opt.StepUp + time.Second)
	refused(t, h.StepUp(ctx, token, "not the password"), "auth.failed")
	must(t, h.StepUp(ctx, token, secret))
	must(t, h.SignOut(ctx, token))
	refused(t, h.StepUp(ctx, token, secret), "auth.signed_out")
}

func TestSigningOut(t *testing.T) {
	each(t, func(h *house) {
		one, seed, _ := h.enrolled()
		two, err := h.EnterCode(ctx, h.signIn(), h.nextCode(seed))
		must(h.t, err)
		must(h.t, h.SignOut(ctx, one))
		must(h.t, h.SignOut(ctx, one))
		must(h.t, h.SignOut(ctx, "never a session"))
		if h.stage(one) != "" || h.stage(two) != StageFull {
			h.t.Error("the wrong session ended")
		}
		if n := h.deeds("system", "auth.sign_out"); n != 1 {
			h.t.Errorf("%d sign-outs in the ledger", n)
		}
		three, err := h.EnterCode(ctx, h.signIn(), h.nextCode(seed))
		must(h.t, err)
		waiting := h.signIn()
		must(h.t, h.SignOutEverywhere(ctx, two))
		for _, token := range []string{two, three, waiting} {
			if h.stage(token) != "" {
				h.t.Error("signed out everywhere but here")
			}
		}
		refused(h.t, h.SignOutEverywhere(ctx, two), "auth.signed_out")
	})
}

func TestForgedTokens(t *testing.T) {
	each(t, func(h *house) {
		for _, token := range []string{"", "x", strings.Repeat("x", 101), "' OR 1=1 --", "\x00\xff"} {
			_, err := h.Session(ctx, token)
			refused(h.t, err, "auth.signed_out")
		}
	})
}

func TestRemovedUsersAndAgenciesAreOut(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		u, err := h.User(ctx, h.user)
		must(h.t, err)
		must(h.t, h.ChangeUser(ctx, h.admin, h.user, u.Rev, u.Name, u.Roles, false))
		if h.stage(token) != "" {
			h.t.Error("a removed user goes on")
		}
		must(h.t, h.ChangeUser(ctx, h.admin, h.user, u.Rev+1, u.Name, u.Roles, true))
		if h.stage(token) != "" {
			h.t.Error("a session came back with its user")
		}
		token = h.full()
		a, err := h.Agency(ctx, h.agency)
		must(h.t, err)
		elsewhere := h.admin
		elsewhere.AgencyID = core.NewIDAt(start)
		a.Active = false
		_, err = h.SaveAgency(ctx, elsewhere, *a)
		must(h.t, err)
		if h.stage(token) != "" {
			h.t.Error("a user of a removed agency goes on")
		}
		a.Active, a.Rev = true, a.Rev+1
		_, err = h.SaveAgency(ctx, elsewhere, *a)
		must(h.t, err)
		if h.stage(token) != "" {
			h.t.Error("a session came back with its agency")
		}
		h.exec(`DELETE FROM agency WHERE id = $1`, h.agency)
		if h.stage(token) != "" {
			h.t.Error("a session without an agency")
		}
		h.exec(`DELETE FROM user_account WHERE id = $1`, h.user)
		if h.stage(token) != "" {
			h.t.Error("a session without a user")
		}
	})
}

func TestRolesChangeInTheMiddleOfASession(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		u, err := h.User(ctx, h.user)
		must(h.t, err)
		must(h.t, h.ChangeUser(ctx, h.admin, h.user, u.Rev, u.Name, []core.Role{core.RoleReviewer}, true))
		sess, err := h.Session(ctx, token)
		must(h.t, err)
		if sess.Actor.Has(core.RoleCaseworker) || !sess.Actor.Has(core.RoleReviewer) {
			h.t.Errorf("roles %v", sess.Actor.Roles)
		}
	})
}

func TestWhatWasTypedComesBackToWhoTypedIt(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		h.clock.Advance(h.opt.Idle + time.Minute)
		typed := url.Values{"reasons": {"Line one\nline two"}, "indicators": {"GEN-01", "GEN-02"}, formToken: {"of a session"}}
		held, err := h.HoldForm(ctx, token, "/cases/x/decide", typed)
		must(h.t, err)
		path, form, err := h.HeldForm(ctx, h.user, held)
		must(h.t, err)
		if path != "/cases/x/decide" || form.Get("reasons") != "Line one\nline two" || len(form["indicators"]) != 2 || form.Has(formToken) {
			h.t.Errorf("%s %v", path, form)
		}
		_, _, err = h.HeldForm(ctx, h.admin.UserID, held)
		refused(h.t, err, "form.not_held")
		_, _, err = h.HeldForm(ctx, h.user, "forged")
		refused(h.t, err, "form.not_held")
		h.clock.Advance(heldFor)
		if _, _, err := h.HeldForm(ctx, h.user, held); err != nil {
			h.t.Errorf("within a day: %v", err)
		}
		h.clock.Advance(time.Second)
		_, _, err = h.HeldForm(ctx, h.user, held)
		refused(h.t, err, "form.not_held")
	})
}

func TestWhatIsNotHeld(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		_, err := h.HoldForm(ctx, "never a session", "/cases/x", url.Values{"a": {"b"}})
		refused(h.t, err, "auth.signed_out")
		for _, path := range []string{"/sign-in", "/sign-in/password?next=/account", "/sign-in/set-up", "/confirm?next=/x", "/sign-out", "/account/sign-out-everywhere"} {
			_, err = h.HoldForm(ctx, token, path, url.Values{"password": {secret}})
			refused(h.t, err, "form.not_held")
		}
		if n := h.count(`SELECT count(*) FROM held_form`); n != 0 {
			h.t.Errorf("%d forms held", n)
		}
		for range heldMost + 5 {
			h.clock.Advance(time.Second)
			_, err = h.HoldForm(ctx, token, "/confirmations", url.Values{"a": {"b"}})
			must(h.t, err)
		}
		if n := h.count(`SELECT count(*) FROM held_form`); n != heldMost {
			h.t.Errorf("%d forms held, want %d", n, heldMost)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(h *house) {
		token, _, _ := h.enrolled()
		_, err := h.HoldForm(ctx, token, "/cases/x", url.Values{"a": {"b"}})
		must(h.t, err)
		must(h.t, h.Sweep(ctx))
		if h.stage(token) != StageFull || h.count(`SELECT count(*) FROM held_form`) != 1 {
			h.t.Error("swept what is needed")
		}
		h.clock.Advance(h.opt.Absolute + heldFor + time.Minute)
		must(h.t, h.Sweep(ctx))
		if n := h.count(`SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM held_form)`); n != 0 {
			h.t.Errorf("%d rows left", n)
		}
	})
}
