package api

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"clew/internal/core"
)

// caller is who asks, from the token. It travels from the middleware to the
// operation in the request's context, because the library between them offers no
// other way, and becomes an argument there.
type caller struct {
	actor   core.Actor
	purpose core.Purpose
}

// visit is what is known of one request for its log line.
type visit struct {
	id     string
	caller caller
	failed error
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

func requestID(ctx context.Context) string { return visitOf(ctx).id }
func callerOf(ctx context.Context) caller  { return visitOf(ctx).caller }

// noteFailure keeps an internal error for the log.
func noteFailure(ctx context.Context, err error, status int) {
	if status == http.StatusInternalServerError {
		visitOf(ctx).failed = err
	}
}

var clientID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// attend gives each request an id, a log line without anything personal, and an
// answer whatever happens.
func (s *server) attend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := s.Clock.Now()
		v := &visit{id: r.Header.Get("X-Request-Id")}
		if !clientID.MatchString(v.id) {
			v.id = s.ids.New().String()
		}
		w.Header().Set("X-Request-Id", v.id)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		answer := &answered{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				v.failed = fmt.Errorf("the handler panicked") // its value may hold anything
				if answer.status == 0 {
					problemOf(v.failed).write(answer, v.id)
				}
			}
			s.log(r, v, answer.status, s.Clock.Now().Sub(started))
		}()
		next.ServeHTTP(answer, r)
	})
}

// answered remembers the status.
type answered struct {
	http.ResponseWriter
	status int
}

func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (s *server) log(r *http.Request, v *visit, status int, took time.Duration) {
	attrs := []any{"request", v.id, "method", r.Method, "operation", r.Pattern, "status", status, "took", took,
		"token", v.caller.actor.TokenID.String(), "agency", v.caller.actor.AgencyID.String()}
	if v.failed != nil {
		s.Log.Error("api request failed", append(attrs, slog.String("error", v.failed.Error()))...)
		return
	}
	s.Log.Info("api request", attrs...)
}

// identify lets a request through when its token is good, its purpose is the
// token's, and it has not asked too often.
func (s *server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		if err := s.admit(w, r, v); err != nil {
			noteFailure(r.Context(), err, problemOf(err).Status)
			problemOf(err).write(w, v.id)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) admit(w http.ResponseWriter, r *http.Request, v *visit) error {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	actor, purpose, err := s.Auth.ByToken(r.Context(), strings.TrimSpace(secret))
	if err != nil {
		return err
	}
	v.caller = caller{actor, purpose}
	if err := s.tokens.take(w.Header(), actor.TokenID); err != nil {
		return err
	}
	switch declared := core.Purpose(r.Header.Get("Clew-Purpose")); {
	case declared == "":
		return core.InvalidFields([]core.Field{{Name: "Clew-Purpose", Code: "required", Msg: "Declare the purpose of the request in this header."}})
	case declared != purpose:
		return core.E(core.Forbidden, "purpose.not_the_tokens", "This token is for another purpose than the one declared.")
	}
	return nil
}

// tokenLimits counts the requests of each token in this process.
type tokenLimits struct {
	clock core.Clock
	l     Limits
	mu    sync.Mutex
	of    map[core.ID]*rate.Limiter
}

// maxTokens bounds the memory; when it is reached everybody starts anew.
const maxTokens = 10_000

func newTokenLimits(l Limits, clock core.Clock) *tokenLimits {
	if l.PerSecond <= 0 {
		l.PerSecond = 20
	}
	if l.Burst <= 0 {
		l.Burst = 100
	}
	return &tokenLimits{clock: clock, l: l, of: map[core.ID]*rate.Limiter{}}
}

// take counts a request and says in the headers what is left
// (draft-ietf-httpapi-ratelimit-headers).
func (t *tokenLimits) take(h http.Header, token core.ID) error {
	t.mu.Lock()
	lim, ok := t.of[token]
	if !ok {
		if len(t.of) >= maxTokens {
			clear(t.of)
		}
		lim = rate.NewLimiter(rate.Limit(t.l.PerSecond), t.l.Burst)
		t.of[token] = lim
	}
	t.mu.Unlock()
	now := t.clock.Now()
	allowed := lim.AllowN(now, 1)
	left := max(0, int(lim.TokensAt(now)))
	window := int(math.Ceil(float64(t.l.Burst) / t.l.PerSecond))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"token";q=%d;w=%d`, t.l.Burst, window))
	h.Set("RateLimit", fmt.Sprintf(`"token";r=%d;t=%d`, left, int(math.Ceil(1/t.l.PerSecond))))
	if !allowed {
		return core.E(core.TooMany, "api.rate", "This token has asked too often. Wait, then go on more slowly.")
	}
	return nil
}
