package auth

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"clew/internal/core"
	"clew/internal/database/dbtest"

	"pgregory.net/rapid"
)

// believed is what the test knows of one session.
type believed struct {
	stage       Stage
	began, seen time.Time
	stepped     time.Time
	over        bool
}

// journal follows random interleavings of everything that begins, moves and ends
// sessions, with the clock going either way.
type journal struct {
	*house
	sessions map[string]*believed
	password string
	seed     string
	recovery []string
	active   bool
}

func (j *journal) alive(b *believed) bool {
	now := j.clock.Now()
	const skew = 2 * time.Minute
	switch {
	case b.over || !j.active:
		return false
	case now.Sub(b.began) > j.opt.Absolute, b.began.Sub(now) > skew, b.seen.Sub(now) > skew:
		return false
	case b.stage != StageFull && now.Sub(b.began) > pendingFor:
		return false
	}
	// The last use is kept to the minute, so the idle time may look that much longer.
	return now.Sub(b.seen) <= j.opt.Idle+touchEvery
}

func (j *journal) end(but string) {
	for token, b := range j.sessions {
		b.over = b.over || token != but
	}
}

func (j *journal) pick(t *rapid.T) string {
	tokens := slices.Sorted(maps.Keys(j.sessions))
	if len(tokens) == 0 {
		return "none"
	}
	return rapid.SampledFrom(tokens).Draw(t, "session")
}

// move notes that a session goes on under a new token.
func (j *journal) move(from, to string, stage Stage) {
	old := j.sessions[from]
	fresh := *old
	old.over = true
	fresh.stage, fresh.seen = stage, j.clock.Now()
	if old.stage != StageFull {
		fresh.stepped = j.clock.Now()
	}
	j.sessions[to] = &fresh
}

func (j *journal) mayMove(t *rapid.T, token, what string, stages ...Stage) {
	b := j.sessions[token]
	if b == nil || !j.alive(b) || !slices.Contains(stages, b.stage) {
		t.Fatalf("%s passed in a session that does not allow it: %+v", what, b)
	}
}

func (j *journal) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"sign in": func(t *rapid.T) {
			word := rapid.SampledFrom([]string{j.password, "not the password"}).Draw(t, "password")
			token, err := j.SignIn(ctx, login, word, core.NewIDAt(start).String())
			if err != nil {
				return
			}
			if word != j.password || !j.active {
				t.Fatal("in without the password, or without an account")
			}
			stage := StageEnrol
			if j.seed != "" {
				stage = StageCode
			}
			now := j.clock.Now()
			j.sessions[token] = &believed{stage: stage, began: now, seen: now, stepped: now}
		},
		"set up codes": func(t *rapid.T) {
			token := j.pick(t)
			e, err := j.Enrol(ctx, token)
			if err != nil {
				return
			}
			fresh, recovery, err := j.ConfirmEnrol(ctx, token, e.Sealed, j.code(e.Secret))
			if err != nil {
				return
			}
			j.mayMove(t, token, "setting up codes", StageEnrol, StageFull)
			j.seed, j.recovery = e.Secret, recovery
			j.end(token)
			j.move(token, fresh, StageFull)
		},
		"enter a code": func(t *rapid.T) {
			if j.seed == "" {
				return
			}
			token := j.pick(t)
			code := rapid.SampledFrom([]string{j.code(j.seed), j.wrong(j.seed), j.recovery[0]}).Draw(t, "code")
			fresh, err := j.EnterCode(ctx, token, code)
			if err != nil {
				return
			}
			if code == j.wrong(j.seed) {
				t.Fatal("a wrong code passed")
			}
			j.mayMove(t, token, "a code", StageCode)
			j.move(token, fresh, StageFull)
		},
		"confirm": func(t *rapid.T) {
			if j.seed == "" {
				return
			}
			token := j.pick(t)
			if err := j.StepUp(ctx, token, j.code(j.seed)); err == nil {
				j.mayMove(t, token, "a confirmation", StageFull)
				j.sessions[token].stepped = j.clock.Now()
			}
		},
		"change the password": func(t *rapid.T) {
			token := j.pick(t)
			next := madeUpPassword()
			fresh, err := j.ChangePassword(ctx, token, j.password, next)
			if err != nil {
				return
			}
			j.mayMove(t, token, "a change of password", StageFull)
			j.password = next
			j.end(token)
			j.move(token, fresh, StageFull)
		},
		"sign out": func(t *rapid.T) {
			token := j.pick(t)
			if err := j.SignOut(ctx, token); err == nil && j.sessions[token] != nil {
				j.sessions[token].over = true
			}
		},
		"sign out everywhere": func(t *rapid.T) {
			token := j.pick(t)
			if err := j.SignOutEverywhere(ctx, token); err == nil {
				j.mayMove(t, token, "signing out everywhere", StageFull)
				j.end("")
			}
		},
		"remove or bring back the user": func(t *rapid.T) {
			u, err := j.User(ctx, j.user)
			must(j.t, err)
			must(j.t, j.ChangeUser(ctx, j.admin, j.user, u.Rev, u.Name, u.Roles, !j.active))
			if j.active = !j.active; !j.active {
				j.end("")
			}
		},
		"reset the user": func(t *rapid.T) {
			_, err := j.ResetUser(ctx, j.admin, j.user)
			must(j.t, err)
			hash, err := j.hash(ctx, secret)
			must(j.t, err)
			j.exec(`UPDATE user_account SET password = $2, must_change = FALSE WHERE id = $1`, j.user, hash)
			j.password, j.seed = secret, ""
			j.end("")
		},
		"time passes": func(t *rapid.T) {
			minutes := rapid.SampledFrom([]int{1, 1, 5, 20, 59, 180, 900, -1, -30, -600}).Draw(t, "minutes")
			j.clock.Advance(time.Duration(minutes) * time.Minute)
		},
		"": j.check,
	}
}

// check looks at every token there ever was.
func (j *journal) check(t *rapid.T) {
	for token, b := range j.sessions {
		sess, err := j.Session(ctx, token)
		if err != nil {
			if core.KindOf(err) != core.Unauthorized {
				t.Fatal(err)
			}
			continue
		}
		if !j.alive(b) {
			t.Fatalf("a session that is over answers: %+v", b)
		}
		if sess.Stage != b.stage {
			t.Fatalf("at %s, should be at %s", sess.Stage, b.stage)
		}
		if ago := j.clock.Now().Sub(b.stepped); sess.SteppedUp && (b.stage != StageFull || ago > j.opt.StepUp || ago < -2*time.Minute) {
			t.Fatalf("counts as confirmed after %v at %s", ago, b.stage)
		}
		if now := j.clock.Now(); now.After(b.seen) {
			b.seen = now
		}
	}
}

func TestNoInterleavingRevivesASession(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t), Options{})
	rapid.Check(t, func(t *rapid.T) {
		h.exec(`DELETE FROM session`)
		h.exec(`UPDATE user_account SET totp = NULL, totp_step = 0, failures = 0, locked_until = 0, active = TRUE, rev = 1`)
		hash, err := h.hash(ctx, secret)
		must(h.t, err)
		h.exec(`UPDATE user_account SET password = $2, must_change = FALSE WHERE id = $1`, h.user, hash)
		h.clock.Set(start)
		j := &journal{house: h, sessions: map[string]*believed{}, password: secret, active: true}
		t.Repeat(j.actions())
	})
}

// The same code at once in many sessions, and signing out everywhere meanwhile.
func TestACodeAtOnceInManySessions(t *testing.T) {
	each(t, func(h *house) {
		_, seed, _ := h.enrolled()
		const many = 8
		tokens := make([]string, many)
		for i := range tokens {
			tokens[i] = h.signIn()
		}
		code := h.nextCode(seed)
		var mu sync.Mutex
		var passed []string
		var wg sync.WaitGroup
		for _, token := range tokens {
			wg.Go(func() {
				if fresh, err := h.EnterCode(ctx, token, code); err == nil {
					mu.Lock()
					defer mu.Unlock()
					passed = append(passed, fresh)
				}
			})
		}
		wg.Wait()
		if len(passed) != 1 {
			h.t.Fatalf("one code passed %d times", len(passed))
		}
		must(h.t, h.SignOutEverywhere(ctx, passed[0]))
		for _, token := range append(tokens, passed...) {
			if h.stage(token) != "" {
				h.t.Error("a session goes on")
			}
		}
	})
}
