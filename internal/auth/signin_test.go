package auth

import (
	"sync"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database/dbtest"
)

func TestFirstSignInGoesThroughCodesAndPassword(t *testing.T) {
	each(t, func(h *house) {
		id, first, err := h.AddUser(ctx, h.admin, NewUser{AgencyID: h.agency, Login: " New.Person ", Name: "New Person", Roles: []core.Role{core.RoleReviewer}})
		must(h.t, err)
		token, err := h.SignIn(ctx, "NEW.person", first, here)
		must(h.t, err)
		if h.stage(token) != StageEnrol {
			h.t.Fatalf("stage %s", h.stage(token))
		}
		token, _, recovery := h.enrol(token)
		if h.stage(token) != StageChange || len(recovery) != recoveryCodes {
			h.t.Fatalf("stage %s, %d recovery codes", h.stage(token), len(recovery))
		}
		if u, err := h.User(ctx, id); err != nil || !u.SignedInAt.IsZero() {
			h.t.Errorf("signed in before the password was changed: %v, %v", u, err)
		}
		token, err = h.ChangePassword(ctx, token, first, "another set of words")
		must(h.t, err)
		if h.stage(token) != StageFull {
			h.t.Fatalf("stage %s", h.stage(token))
		}
		u, err := h.User(ctx, id)
		must(h.t, err)
		if u.MustChange || !u.HasTOTP || !u.SignedInAt.Equal(start) {
			h.t.Errorf("%+v", u)
		}
		_, err = h.SignIn(ctx, "new.person", first, here)
		refused(h.t, err, "auth.failed")
		if n := h.deeds("system", "auth.sign_in"); n != 1 {
			h.t.Errorf("%d sign-ins in the ledger, want 1", n)
		}
	})
}

// Whoever tries must not learn from the answer whether there is an account.
func TestEveryFailedSignInGivesTheSameAnswer(t *testing.T) {
	each(t, func(h *house) {
		try := func(name, word string) string {
			h.t.Helper()
			h.clock.Advance(sourceEvery)
			token, err := h.SignIn(ctx, name, word, here)
			if err == nil || token != "" {
				h.t.Fatalf("%s got in", name)
			}
			return err.Error()
		}
		want := try("nobody.at.all", secret)
		if got := try(login, "not the password"); got != want {
			h.t.Errorf("wrong password: %s", got)
		}
		for range lockAfter {
			try(login, "not the password")
		}
		if got := try(login, secret); got != want {
			h.t.Errorf("locked, right password: %s", got)
		}
		h.clock.Advance(2 * lockMost)
		h.exec(`UPDATE user_account SET active = FALSE WHERE id = $1`, h.user)
		if got := try(login, secret); got != want {
			h.t.Errorf("removed account: %s", got)
		}
		h.exec(`UPDATE user_account SET active = TRUE WHERE id = $1`, h.user)
		h.exec(`UPDATE agency SET active = FALSE WHERE id = $1`, h.agency)
		if got := try(login, secret); got != want {
			h.t.Errorf("removed agency: %s", got)
		}
		if n := h.count(`SELECT count(*) FROM session`); n != 0 {
			h.t.Errorf("%d sessions begun", n)
		}
		// Each is in the ledger, that of an unknown name too.
		if n := h.deeds("denied", "auth.sign_in"); n != 5+lockAfter {
			h.t.Errorf("%d refusals in the ledger", n)
		}
	})
}

func TestLockGrowsAndEnds(t *testing.T) {
	each(t, func(h *house) {
		fail := func() { _, _ = h.SignIn(ctx, login, "not the password", core.NewIDAt(start).String()) }
		wait := lockFirst
		for range lockAfter {
			fail()
		}
		for range 8 {
			if _, err := h.SignIn(ctx, login, secret, "a"); err == nil {
				h.t.Fatal("in while locked")
			}
			h.sources.giveBack("a")
			h.clock.Advance(wait - time.Microsecond)
			u, err := h.User(ctx, h.user)
			must(h.t, err)
			if !u.LockedUntil.After(h.clock.Now()) || u.LockedUntil.After(h.clock.Now().Add(time.Second)) {
				h.t.Fatalf("locked until %v at %v, want a lock of %v", u.LockedUntil, h.clock.Now(), wait)
			}
			h.clock.Advance(time.Second)
			fail()
			wait = min(2*wait, lockMost)
		}
		h.clock.Advance(lockMost + time.Second)
		if _, err := h.SignIn(ctx, login, secret, here); err != nil {
			h.t.Errorf("after the lock: %v", err)
		}
		if n := h.count(`SELECT failures FROM user_account WHERE id = $1`, h.user); n != 0 {
			h.t.Errorf("%d failures kept", n)
		}
	})
}

// A hundred guesses at once are no more than five one after the other: once five
// are counted, even the right one fails.
func TestGuessesAtOnceShareTheLock(t *testing.T) {
	each(t, func(h *house) {
		const guesses = 40
		var wg sync.WaitGroup
		for i := range guesses {
			wg.Go(func() {
				_, _ = h.SignIn(ctx, login, "guess after guess", core.NewIDAt(start.Add(time.Duration(i)*time.Second)).String())
			})
		}
		wg.Wait()
		if n := h.count(`SELECT failures FROM user_account WHERE id = $1`, h.user); n != lockAfter {
			h.t.Errorf("%d failures counted, want the %d that lock", n, lockAfter)
		}
		if n := h.deeds("denied", "auth.sign_in"); n != guesses {
			h.t.Errorf("%d refusals in the ledger, want %d", n, guesses)
		}
		_, err := h.SignIn(ctx, login, secret, here)
		refused(h.t, err, "auth.failed")
	})
}

// Who knows the password must not win any number of guesses at the code with it.
func TestARightPasswordDoesNotForgiveWrongCodes(t *testing.T) {
	each(t, func(h *house) {
		_, seed, _ := h.enrolled()
		tried := 0
		for range 2 * lockAfter {
			token, err := h.SignIn(ctx, login, secret, here)
			if err != nil {
				break
			}
			_, err = h.EnterCode(ctx, token, h.wrong(seed))
			refused(h.t, err, "auth.code")
			tried++
		}
		if tried != lockAfter {
			h.t.Errorf("%d codes could be tried, want %d", tried, lockAfter)
		}
	})
}

func TestALockHoldsForEveryProof(t *testing.T) {
	each(t, func(h *house) {
		full, seed, recovery := h.enrolled()
		waiting := h.signIn()
		for range lockAfter {
			_, _ = h.SignIn(ctx, login, "not the password", here)
		}
		right := h.nextCode(seed)
		_, err := h.EnterCode(ctx, waiting, right)
		refused(h.t, err, "auth.locked")
		_, err = h.EnterCode(ctx, waiting, recovery[0])
		refused(h.t, err, "auth.locked")
		refused(h.t, h.StepUp(ctx, full, right), "auth.locked")
		_, err = h.ChangePassword(ctx, full, secret, "another set of words")
		refused(h.t, err, "auth.locked")
		h.clock.Advance(lockFirst)
		// None of them was used up by the refusal.
		if _, err := h.EnterCode(ctx, waiting, recovery[0]); err != nil {
			h.t.Errorf("after the lock: %v", err)
		}
	})
}

func TestWrongProofsAreCountedEverywhere(t *testing.T) {
	each(t, func(h *house) {
		full, seed, _ := h.enrolled()
		for range lockAfter - 2 {
			refused(h.t, h.StepUp(ctx, full, h.wrong(seed)), "auth.code")
		}
		_, err := h.ChangePassword(ctx, full, "not the password", "another set of words")
		refused(h.t, err, "auth.failed")
		_, err = h.ChangePassword(ctx, full, "not the password", "another set of words")
		refused(h.t, err, "auth.failed")
		refused(h.t, h.StepUp(ctx, full, h.nextCode(seed)), "auth.locked")
	})
}

func TestAResetDuringASignInWins(t *testing.T) {
	each(t, func(h *house) {
		a, err := h.byLogin(ctx, h.db.Reader(), login) // as SignIn reads it before the slow hash
		must(h.t, err)
		_, err = h.ResetUser(ctx, h.admin, h.user)
		must(h.t, err)
		proof, err := h.passwordProof(ctx, a, secret)
		must(h.t, err)
		err = h.try(ctx, trial{account: a, action: "auth.sign_in", proof: proof, wrong: errFailed, locked: errFailed})
		refused(h.t, err, "auth.failed")
	})
}

func TestOneSourceIsSlowedAndGetsTurnsBack(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{WithoutTOTP: true})
	for range 3 * sourceBurst { // an office in the morning
		h.signIn()
	}
	for range sourceBurst {
		_, err := h.SignIn(ctx, "nobody", "not the password", here)
		refused(t, err, "auth.failed")
	}
	_, err := h.SignIn(ctx, login, secret, here)
	refused(t, err, "auth.rate")
	if _, err := h.SignIn(ctx, login, secret, "198.51.100.1"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	h.clock.Advance(sourceEvery)
	if _, err := h.SignIn(ctx, login, secret, here); err != nil {
		t.Errorf("after waiting: %v", err)
	}
}

func TestSourcesAreForgottenWhenThereAreTooMany(t *testing.T) {
	var l sourceLimits
	for i := range maxSources + 10 {
		l.take(core.NewIDAt(start.Add(time.Duration(i)*time.Second)).String(), start)
	}
	if len(l.from) > maxSources {
		t.Errorf("%d sources kept", len(l.from))
	}
	l.take("busy", start)
	for range sourceBurst {
		l.take("busy", start.Add(-time.Hour)) // the clock was put back
	}
	if l.take("busy", start.Add(-time.Hour)) {
		t.Error("a clock put back gave turns")
	}
}

func TestBeginIsForActiveAccountsOnly(t *testing.T) {
	each(t, func(h *house) {
		token, err := h.Begin(ctx, h.user)
		must(h.t, err)
		if h.stage(token) != StageEnrol {
			h.t.Errorf("stage %s", h.stage(token))
		}
		h.exec(`UPDATE agency SET active = FALSE WHERE id = $1`, h.agency)
		_, err = h.Begin(ctx, h.user)
		refused(h.t, err, "auth.failed")
		h.exec(`UPDATE agency SET active = TRUE WHERE id = $1`, h.agency)
		h.exec(`UPDATE user_account SET active = FALSE WHERE id = $1`, h.user)
		_, err = h.Begin(ctx, h.user)
		refused(h.t, err, "auth.failed")
		_, err = h.Begin(ctx, core.NewIDAt(start))
		refused(h.t, err, "user.not_found")
	})
}

func TestAnOlderHashIsRenewedAtSignIn(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{WithoutTOTP: true})
	dearer := cost{memory: 128, passes: 1}
	h.cost = dearer
	h.signIn()
	a, err := h.byLogin(ctx, h.db.Reader(), login)
	must(t, err)
	if kept, err := parseHash(a.password); err != nil || kept.cost != dearer {
		t.Errorf("%v, %v", kept.cost, err)
	}
	h.signIn()
}

func TestChangingThePassword(t *testing.T) {
	each(t, func(h *house) {
		full, seed, _ := h.enrolled()
		other, err := h.EnterCode(ctx, h.signIn(), h.nextCode(seed))
		must(h.t, err)
		_, err = h.ChangePassword(ctx, full, secret, secret+" ")
		refused(h.t, err, "password.same")
		_, err = h.ChangePassword(ctx, full, secret, "short")
		refused(h.t, err, "password.short")
		h.clock.Advance(h.opt.StepUp + time.Minute)
		fresh, err := h.ChangePassword(ctx, full, secret, "another set of words")
		must(h.t, err)
		if h.stage(other) != "" || h.stage(full) != "" {
			h.t.Error("an older session goes on after the password was changed")
		}
		sess, err := h.Session(ctx, fresh)
		must(h.t, err)
		if sess.SteppedUp {
			h.t.Error("a password stood in for the code")
		}
	})
}
