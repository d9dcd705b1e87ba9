package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/api"
	"clew/internal/auth"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

// world is the API over a world of cases.
type world struct {
	*caseworktest.World
	t       *testing.T
	auth    *auth.Service
	handler http.Handler
	log     *bytes.Buffer
}

func newWorld(t *testing.T, db *database.DB, change func(*api.Parts)) *world {
	t.Helper()
	w := &world{World: caseworktest.New(t, db), t: t, log: &bytes.Buffer{}}
	w.auth = auth.New(db, w.Vault, w.Policies, w.Clock, auth.Options{Cheap: true})
	parts := api.Parts{Cases: w.Service, Auth: w.auth, Policies: w.Policies, Schemes: w.Schemes, Scheme: "uk", Clock: w.Clock,
		Log: slog.New(slog.NewJSONHandler(w.log, nil)), Secret: []byte("a secret of this test")}
	if change != nil {
		change(&parts)
	}
	w.handler = api.New(parts)
	return w
}

func sqliteWorld(t *testing.T) *world { return newWorld(t, dbtest.SQLite(t), nil) }

// token makes a token for a member of the cast.
func (w *world) token(a accesstest.Actor) string {
	w.t.Helper()
	secret, err := w.auth.BootstrapToken(context.Background(), auth.Token{AgencyID: a.AgencyID, Role: a.Roles[0], Purpose: a.Purpose,
		Label: "test", ExpiresAt: w.Clock.Now().Add(24 * time.Hour)})
	if err != nil {
		w.t.Fatalf("token of %s: %v", a.Name, err)
	}
	return secret
}

// answer is what the API said.
type answer struct {
	t *testing.T
	*http.Response
	body string
}

func (a answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Fatalf("%d is not JSON: %v\n%s", a.StatusCode, err, a.body)
	}
	return v
}

func (a answer) text(name string) string {
	a.t.Helper()
	s, _ := a.json()[name].(string)
	return s
}

// want checks the status, and that a failure is a problem document.
func (a answer) want(status int, code string) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("status %d, want %d\n%s", a.StatusCode, status, a.body)
	}
	if status < 400 {
		return a
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		a.t.Errorf("a failure of type %q", ct)
	}
	if got := a.text("code"); code != "" && got != code {
		a.t.Errorf("code %q, want %q\n%s", got, code, a.body)
	}
	if a.text("requestId") == "" || a.text("requestId") != a.Header.Get("X-Request-Id") {
		a.t.Errorf("the problem does not name the request: %s", a.body)
	}
	return a
}

// fields are the codes by field of a problem.
func (a answer) fields() map[string]string {
	out := map[string]string{}
	list, _ := a.json()["errors"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		out[m["field"].(string)] = m["code"].(string)
		if m["message"] == "" {
			a.t.Errorf("an error without a message: %v", m)
		}
	}
	return out
}

type asking struct {
	method, path, token, purpose string
	body                         any
	headers                      map[string]string
}

func (w *world) ask(q asking) answer {
	w.t.Helper()
	var body io.Reader
	switch b := q.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	case []byte:
		body = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r := httptest.NewRequest(q.method, q.path, body)
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	if q.purpose != "" {
		r.Header.Set("Clew-Purpose", q.purpose)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range q.headers {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	res := rec.Result()
	text, _ := io.ReadAll(res.Body)
	return answer{w.t, res, string(text)}
}

// by asks as a member of the cast, with a token made for it.
func (w *world) by(a accesstest.Actor, token, method, path string, body any) answer {
	return w.ask(asking{method: method, path: path, token: token, purpose: string(a.Purpose), body: body})
}

// referral is a complete adult referral as a client sends it.
func referral() map[string]any {
	return map[string]any{
		"jurisdiction": "england-wales",
		"age":          map[string]any{"stated": "adult"},
		"consent":      map[string]any{"explained": "yes", "answer": "yes", "noticeVersion": "2024-1", "language": "vie", "interpreter": "yes", "on": "2025-03-11"},
		"identity": map[string]any{"names": []any{map[string]any{"given": "Quynh Zebra", "family": "Testperson", "kind": "main"}}, "birthDate": "1996-07-21",
			"gender": "feminine", "nationality": "VNM", "documents": []any{map[string]any{"type": "passport", "number": "ZQ7741209", "country": "VNM"}},
			"phones": []any{"+44 7700 900123"}},
		"narrative": map[string]any{"account": "Came for work; the passport was taken.", "situations": []any{map[string]any{"country": "GBR", "from": "2024-05"}},
			"indicatorNotes": map[string]any{"GEN-01": "Seen twice."}, "referrer": map[string]any{"name": "Sam Referrer", "phone": "0117 496 0000"}},
		"contact": map[string]any{"safeToReach": "only_through", "through": "Outreach worker", "language": "vie"},
		"facts":   map[string]any{"exploitation": []any{"forced_labour"}, "exploitedWhere": "domestic", "indicators": []any{map[string]any{"code": "GEN-01", "observedBy": "me"}}},
	}
}

// at changes one property of a referral, by its path.
func at(r map[string]any, path string, v any) map[string]any {
	parts := strings.Split(path, ".")
	m := r
	for _, p := range parts[:len(parts)-1] {
		m = m[p].(map[string]any)
	}
	if v == nil {
		delete(m, parts[len(parts)-1])
	} else {
		m[parts[len(parts)-1]] = v
	}
	return r
}

var (
	responder  = accesstest.Of(core.RoleFirstResponder, core.Police)
	stranger   = accesstest.Elsewhere(core.RoleFirstResponder, core.Police)
	caseworker = accesstest.Of(core.RoleCaseworker, core.CompetentAuthority)
	border     = accesstest.Of(core.RoleImmigrationStaff, core.Immigration)
)

func (w *world) submit(token, key string, body any) answer {
	return w.ask(asking{method: "POST", path: "/api/v1/referrals", token: token, purpose: "identify", body: body, headers: map[string]string{"Idempotency-Key": key}})
}
