package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/auth"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

// operationTest is one operation as the policy test walks it: a good request, and
// who of the cast is answered.
type operationTest struct {
	method, path string // {id} is a case that the first police force referred
	body         any
	key          bool
	allowed      []string // names or endings of names: "first_responder@police", "first_responder@*"
}

// operationTests lists every operation of the description. One that is missing
// fails the test.
var operationTests = map[string]operationTest{
	"submit-referral": {method: "POST", path: "/api/v1/referrals", key: true, body: referral(),
		allowed: []string{"first_responder@*"}},
	"add-evidence": {method: "POST", path: "/api/v1/cases/{id}/evidence", body: map[string]any{"name": "note.txt", "content": "QSBub3RlLg=="},
		allowed: []string{"first_responder@police", "caseworker@competent_authority"}},
	"get-case": {method: "GET", path: "/api/v1/cases/{id}",
		allowed: []string{"first_responder@police", "*@competent_authority", "officer@police", "auditor@oversight"}},
	"list-cases": {method: "GET", path: "/api/v1/cases",
		allowed: []string{"first_responder@*", "*@competent_authority", "support_worker@*", "safeguarding_lead@local_authority", "officer@police", "officer@prosecution", "auditor@oversight"}},
	"list-queue":        {method: "GET", path: "/api/v1/queue", allowed: []string{"*@competent_authority"}},
	"check-non-removal": {method: "POST", path: "/api/v1/non-removal-checks", body: map[string]any{"document": "ZQ7741209"}, allowed: []string{"immigration_staff@*"}},
	"get-scheme":        {method: "GET", path: "/api/v1/schemes/uk", allowed: []string{"*@*"}},
}

func (o operationTest) allows(name string) bool {
	role, kind, _ := strings.Cut(name, "@")
	return slices.ContainsFunc(o.allowed, func(a string) bool {
		r, k, _ := strings.Cut(a, "@")
		return (r == "*" || r == role) && (k == "*" || k == kind)
	})
}

// described lists the operations of the description: id → method and path.
func described(t *testing.T, w *world) map[string][2]string {
	t.Helper()
	var d struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal([]byte(w.ask(asking{method: "GET", path: "/api/openapi.json"}).body), &d); err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			out[op.OperationID] = [2]string{strings.ToUpper(method), path}
		}
	}
	return out
}

func TestEveryOperationIsAnsweredForWhomItIsMeant(t *testing.T) {
	w := sqliteWorld(t)
	caseID := w.Assigned(caseworktest.Form())
	w.ShareWithPolice(caseID)
	id := caseID.String()
	ops := described(t, w)
	for name, where := range ops {
		if o, ok := operationTests[name]; !ok || o.method != where[0] {
			t.Errorf("the operation %s %s (%s) has no policy test", where[0], where[1], name)
		}
	}
	for name, o := range operationTests {
		if _, ok := ops[name]; !ok {
			t.Errorf("the policy test %s has no operation", name)
		}
		for _, a := range accesstest.Actors() {
			if a.Has(core.RoleAdministrator) || a.IsSystem() {
				continue // neither can have a token: see TestAnAdministratorHasNoToken
			}
			t.Run(name+"/"+a.Name, func(t *testing.T) {
				q := asking{method: o.method, path: strings.ReplaceAll(o.path, "{id}", id), token: w.token(a), purpose: string(a.Purpose), body: o.body}
				if o.key {
					q.headers = map[string]string{"Idempotency-Key": "key-" + a.Name}
				}
				switch status := w.ask(q).StatusCode; {
				case o.allows(a.Name) && status >= 300:
					t.Errorf("answered %d", status)
				case !o.allows(a.Name) && status != http.StatusForbidden && status != http.StatusNotFound:
					t.Errorf("answered %d, and is not meant", status)
				}
			})
		}
	}
}

func TestAnAdministratorHasNoToken(t *testing.T) {
	w := sqliteWorld(t)
	admin := accesstest.Of(core.RoleAdministrator, core.CompetentAuthority)
	_, err := w.auth.BootstrapToken(t.Context(), auth.Token{AgencyID: admin.AgencyID, Role: core.RoleAdministrator, Purpose: core.Administer,
		Label: "test", ExpiresAt: w.Clock.Now().Add(time.Hour)})
	if core.KindOf(err) != core.Invalid {
		t.Errorf("a token for an administrator: %v", err)
	}
}
