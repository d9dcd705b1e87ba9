package auth

import (
	"strings"
	"testing"
	"time"

	"clew/internal/core"
)

func TestACodeIsGoodOnce(t *testing.T) {
	each(t, func(h *house) {
		token, seed, _ := h.enrolled()
		// The code that set codes up is used, for every purpose.
		refused(h.t, h.StepUp(ctx, token, h.code(seed)), "auth.code")
		code := h.nextCode(seed)
		if _, err := h.EnterCode(ctx, h.signIn(), code); err != nil {
			h.t.Fatal(err)
		}
		_, err := h.EnterCode(ctx, h.signIn(), code)
		refused(h.t, err, "auth.code")
		refused(h.t, h.StepUp(ctx, token, code), "auth.code")
	})
}

func TestACodeMayBeOneStepEarlyOrLate(t *testing.T) {
	each(t, func(h *house) {
		_, seed, _ := h.enrolled()
		h.clock.Advance(10 * time.Minute)
		code := h.code(seed)
		waiting := h.signIn()
		h.clock.Advance(2 * totpPeriod * time.Second)
		_, err := h.EnterCode(ctx, waiting, code)
		refused(h.t, err, "auth.code")
		h.clock.Advance(-totpPeriod * time.Second)
		if _, err := h.EnterCode(ctx, waiting, code[:3]+" "+code[3:]); err != nil {
			h.t.Errorf("one step late: %v", err)
		}
	})
}

func TestRecoveryCodesAreGoodOnceEach(t *testing.T) {
	each(t, func(h *house) {
		token, _, recovery := h.enrolled()
		for i, c := range recovery {
			if i%2 == 1 {
				c = strings.ToLower(strings.ReplaceAll(c, "-", " "))
			}
			if _, err := h.EnterCode(ctx, h.signIn(), c); err != nil {
				h.t.Fatalf("recovery code %d: %v", i, err)
			}
			_, err := h.EnterCode(ctx, h.signIn(), c)
			refused(h.t, err, "auth.code")
			left, err := h.RecoveryLeft(ctx, h.user)
			if err != nil || left != recoveryCodes-1-i {
				h.t.Errorf("%d left, %v", left, err)
			}
		}
		// New codes take the place of the old ones.
		_, _, again := h.enrol(token)
		if len(again) != recoveryCodes || again[0] == recovery[0] {
			h.t.Error("no new recovery codes")
		}
	})
}

func TestSomebodyElsesRecoveryCodeIsWrong(t *testing.T) {
	each(t, func(h *house) {
		_, _, recovery := h.enrolled()
		_, first, err := h.Bootstrap(ctx, NewUser{AgencyID: h.agency, Login: "other", Name: "Other", Roles: []core.Role{core.RoleReviewer}}, false)
		must(h.t, err)
		token, err := h.SignIn(ctx, "other", first, here)
		must(h.t, err)
		h.enrol(token)
		token, err = h.SignIn(ctx, "other", first, here)
		must(h.t, err)
		_, err = h.EnterCode(ctx, token, recovery[0])
		refused(h.t, err, "auth.code")
	})
}

func TestASeedIsClewsOwnAndOfThisSession(t *testing.T) {
	each(t, func(h *house) {
		one, two := h.signIn(), h.signIn()
		e, err := h.Enrol(ctx, one)
		must(h.t, err)
		for name, sealed := range map[string]string{"another session's": e.Sealed, "the seed itself": e.Secret, "nothing": "", "too long": strings.Repeat("A", 300), "no base64": "%%%"} {
			if _, _, err := h.ConfirmEnrol(ctx, two, sealed, h.code(e.Secret)); err == nil {
				h.t.Errorf("%s was taken", name)
			}
			if _, err := h.Enrolling(ctx, two, sealed); err == nil {
				h.t.Errorf("%s was read", name)
			}
		}
		again, err := h.Enrolling(ctx, one, e.Sealed)
		if err != nil || again != e {
			h.t.Errorf("the same page again: %v", err)
		}
		_, _, err = h.ConfirmEnrol(ctx, one, e.Sealed, h.wrong(e.Secret))
		refused(h.t, err, "auth.code")
	})
}

// Somebody who read the first password on its way must not replace the codes
// that its owner has set up meanwhile.
func TestTheFirstToSetUpCodesWins(t *testing.T) {
	each(t, func(h *house) {
		thief := h.signIn()
		e, err := h.Enrol(ctx, thief)
		must(h.t, err)
		h.enrolled()
		if h.stage(thief) != "" {
			h.t.Error("the other session goes on")
		}
		// Even if it had been looked at before the other was done.
		h.exec(`UPDATE session SET ended_at = 0 WHERE digest = $1`, digestOf(thief))
		_, _, err = h.ConfirmEnrol(ctx, thief, e.Sealed, h.code(e.Secret))
		refused(h.t, err, "auth.signed_out")
	})
}

func TestSettingUpAgainNeedsAFreshConfirmation(t *testing.T) {
	each(t, func(h *house) {
		token, seed, _ := h.enrolled()
		h.clock.Advance(h.opt.StepUp + time.Second)
		_, err := h.Enrol(ctx, token)
		refused(h.t, err, "auth.step_up")
		_, _, err = h.ConfirmEnrol(ctx, token, "x", "000000")
		refused(h.t, err, "auth.step_up")
		must(h.t, h.StepUp(ctx, token, h.code(seed)))
		fresh, again, _ := h.enrol(token)
		if again == seed || h.stage(fresh) != StageFull {
			h.t.Errorf("stage %s", h.stage(fresh))
		}
		_, err = h.EnterCode(ctx, h.signIn(), h.nextCode(seed))
		refused(h.t, err, "auth.code")
	})
}

// A clock that was far ahead for a while must not shut people out until it is
// that late again; one that is a little ahead must not make a code good twice.
func TestCodesWhenTheClockIsPutBack(t *testing.T) {
	each(t, func(h *house) {
		_, seed, _ := h.enrolled()
		h.clock.Advance(365 * 24 * time.Hour)
		if _, err := h.EnterCode(ctx, h.signIn(), h.code(seed)); err != nil {
			h.t.Fatal(err)
		}
		h.clock.Set(start.Add(time.Hour))
		code := h.code(seed)
		if _, err := h.EnterCode(ctx, h.signIn(), code); err != nil {
			h.t.Errorf("after the clock was put back: %v", err)
		}
		h.clock.Advance(-totpPeriod * time.Second)
		_, err := h.EnterCode(ctx, h.signIn(), code)
		refused(h.t, err, "auth.code")
	})
}
