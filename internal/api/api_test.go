package api_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/api"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
)

func TestAReferralIsSubmittedOnceUnderOneKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, nil)
		token := w.token(responder)
		first := w.submit(token, "key-00000001", referral()).want(http.StatusCreated, "")
		if first.text("reference") == "" || first.text("kind") != "referral" || first.Header.Get("Idempotent-Replay") != "" ||
			first.Header.Get("Location") != "/api/v1/cases/"+first.text("caseId") {
			t.Fatalf("receipt: %s", first.body)
		}
		again := w.submit(token, "key-00000001", referral()).want(http.StatusOK, "")
		if again.body != first.body || again.Header.Get("Idempotent-Replay") != "true" {
			t.Errorf("the second time: %s\nthe first: %s", again.body, first.body)
		}
		w.submit(token, "key-00000001", at(referral(), "narrative.account", "Something else.")).want(http.StatusConflict, "submit.key_reused")
		other := w.submit(token, "key-00000002", referral()).want(http.StatusCreated, "")
		if other.json()["possibleMatch"] != true {
			t.Error("the same person again is no possible match")
		}
		if repeat := w.submit(token, "key-00000002", referral()); repeat.body != other.body {
			t.Errorf("a repeat differs: %s, first %s", repeat.body, other.body)
		}
		w.RunJobs()
		if late := w.submit(token, "key-00000001", referral()); late.body != first.body {
			t.Errorf("a repeat after another referral differs: %s", late.body)
		}
	})
}

func TestWhatIsWrongIsToldByFieldAndNeverRepeated(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	const said = "Xerxes-Unrepeatable"
	long := strings.Repeat("x", 201)
	for _, tc := range []struct {
		name   string
		body   any
		status int
		field  string
		code   string
	}{
		{"a required property is missing", at(referral(), "facts.exploitation", nil), 422, "facts.exploitation", "required"},
		{"an unknown property", at(referral(), "facts.favouriteColour", said), 422, "facts.favouriteColour", "property.unknown"},
		{"an unknown property that is somebody's name", at(referral(), "facts."+said, "x"), 422, "facts", "property.unknown"},
		{"a choice that is none", at(referral(), "age.stated", said), 422, "age.stated", "choice.unknown"},
		{"too long", at(referral(), "narrative.crimeForce", said+long), 422, "narrative.crimeForce", "text.long"},
		{"not text", at(referral(), "narrative.account", 7), 422, "narrative.account", "type.wrong"},
		{"an unknown country", at(referral(), "identity.nationality", said), 422, "identity.nationality", "country.unknown"},
		{"a date that can be two", at(referral(), "identity.birthDate", "03/04/1996"), 422, "identity.birthDate", "date.unreadable"},
		{"a birth in the future", at(referral(), "identity.birthDate", "2031-01-01"), 422, "identity.birthDate", "date.future"},
		{"29 February of a common year", at(referral(), "identity.birthDate", "2001-02-29"), 422, "identity.birthDate", ""},
		{"consent without explanation", at(referral(), "consent.explained", "no"), 422, "consent.explained", "consent.uninformed"},
		{"a type that is not in the scheme", at(referral(), "facts.exploitation", []any{said}), 422, "facts.exploitation", "choice.unknown"},
		{"types that contradict", at(referral(), "facts.exploitation", []any{"forced_labour", "unknown"}), 422, "facts.exploitation", "exploitation.contradiction"},
		{"a bidi override", at(referral(), "narrative.account", said+"\u202e"), 422, "narrative.account", "text.control"},
		{"an unknown local authority", at(at(referral(), "age.stated", "child"), "age.authority", said), 422, "age.authority", "agency.unknown"},
		{"somebody else's earlier case", at(referral(), "earlierCase", "0195f3c0-0000-7000-8000-000000000001"), 422, "earlierCase", "case.not_found"},
		{"a bidi override in another reference", at(referral(), "identity.caseNumbers", []any{said + "\u202e"}), 422, "identity.caseNumbers.0", "text.control"},
		{"a name of no kind", at(referral(), "identity.names", []any{map[string]any{"given": "Ana", "kind": said}}), 422, "identity.names.0.kind", "choice.unknown"},
		{"words where a coded answer belongs", at(referral(), "facts.lastContact", said), 422, "facts.lastContact", "choice.unknown"},
		{"no JSON", `{"age": ` + said, 400, "", ""},
		{"nothing", nil, 400, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := w.submit(token, "key-of-a-bad-one", tc.body)
			a.t = t
			a.want(tc.status, "")
			if code, ok := a.fields()[tc.field]; tc.field != "" && (!ok || tc.code != "" && code != tc.code) {
				t.Errorf("fields %v, want %s: %s", a.fields(), tc.field, tc.code)
			}
			if strings.Contains(a.body, said) {
				t.Errorf("the answer repeats what was sent: %s", a.body)
			}
		})
	}
	if strings.Contains(w.log.String(), said) {
		t.Error("the log repeats what was sent")
	}
}

func TestWithoutAGoodTokenNothingIsAnswered(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	get := asking{method: "GET", path: "/api/v1/cases", token: token, purpose: "identify"}
	w.ask(get).want(http.StatusOK, "")
	for name, change := range map[string]func(*asking){
		"none": func(q *asking) { q.token = "" }, "a wrong one": func(q *asking) { q.token = "clew_wrong" }, "rubbish": func(q *asking) { q.token = strings.Repeat("x", 5000) },
	} {
		t.Run(name, func(t *testing.T) {
			q := get
			change(&q)
			if a := w.ask(q).want(http.StatusUnauthorized, "auth.token"); a.Header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 does not say how to sign in")
			}
		})
	}
	without := get
	without.purpose = ""
	if a := w.ask(without).want(http.StatusUnprocessableEntity, "input.invalid"); a.fields()["Clew-Purpose"] != "required" {
		t.Errorf("no purpose: %s", a.body)
	}
	other := get
	other.purpose = "investigate"
	w.ask(other).want(http.StatusForbidden, "purpose.not_the_tokens")
	w.Clock.Advance(48 * 3600e9)
	w.ask(get).want(http.StatusUnauthorized, "auth.token")
}

func TestACaseIsToldToItsAgencyAndDoesNotExistForOthers(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	id := w.submit(token, "key-00000001", referral()).text("caseId")
	w.RunJobs()
	a := w.by(responder, token, "GET", "/api/v1/cases/"+id, nil).want(http.StatusOK, "")
	if a.text("state") != "rg_pending" || a.json()["deadline"] == nil || a.text("id") != id {
		t.Errorf("status: %s", a.body)
	}
	for _, personal := range []string{"Zebra", "ZQ7741209", "900123", "passport"} {
		if strings.Contains(a.body, personal) {
			t.Errorf("the status names the person: %s", a.body)
		}
	}
	w.by(stranger, w.token(stranger), "GET", "/api/v1/cases/"+id, nil).want(http.StatusNotFound, "case.not_found")
	w.by(responder, token, "GET", "/api/v1/cases/not-an-id", nil).want(http.StatusNotFound, "case.not_found")
	mine := w.by(caseworker, w.token(caseworker), "GET", "/api/v1/cases/"+id, nil).want(http.StatusOK, "")
	if mine.json()["summary"] == nil {
		t.Errorf("the authority does not see the coded facts: %s", mine.body)
	}
}

func TestListsGoOnByCursorAndOnlyByTheirOwn(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	for i := range 7 {
		w.submit(token, fmt.Sprintf("key-%08d", i), referral()).want(http.StatusCreated, "")
	}
	w.RunJobs()
	walk := func(who accesstest.Actor, token, path string) (seen map[string]bool, first string) {
		t.Helper()
		seen = map[string]bool{}
		next := ""
		for range 10 {
			a := w.by(who, token, "GET", path+next, nil).want(http.StatusOK, "")
			for _, c := range a.json()["cases"].([]any) {
				id := c.(map[string]any)["id"].(string)
				if seen[id] {
					t.Errorf("%s twice in %s", id, path)
				}
				seen[id] = true
			}
			cursor := a.text("next")
			if cursor == "" {
				return seen, first
			}
			if first == "" {
				first = cursor
			}
			next = "&cursor=" + cursor
		}
		t.Fatal("the list has no end")
		return nil, ""
	}
	seen, cursor := walk(responder, token, "/api/v1/cases?limit=3")
	if len(seen) != 7 {
		t.Errorf("%d of 7 cases", len(seen))
	}
	authority := w.token(caseworker)
	if queue, _ := walk(caseworker, authority, "/api/v1/queue?limit=2"); len(queue) != 7 {
		t.Errorf("%d of 7 cases in the queue", len(queue))
	}
	forged := cursor[:len(cursor)-2] + "AA"
	for name, q := range map[string]asking{
		"of another list":   {path: "/api/v1/queue?cursor=" + cursor, token: authority},
		"of another agency": {path: "/api/v1/cases?cursor=" + cursor, token: w.token(stranger)},
		"forged":            {path: "/api/v1/cases?cursor=" + forged, token: token},
		"rubbish":           {path: "/api/v1/cases?cursor=%3Cscript%3E", token: token},
	} {
		q.method, q.purpose = "GET", "identify"
		if a := w.ask(q).want(http.StatusUnprocessableEntity, ""); a.fields()["cursor"] != "cursor.invalid" {
			t.Errorf("a cursor %s: %s", name, a.body)
		}
	}
	w.by(responder, token, "GET", "/api/v1/cases?limit=1000", nil).want(http.StatusUnprocessableEntity, "input.invalid")
	w.by(responder, token, "GET", "/api/v1/cases?surname=x", nil).want(http.StatusUnprocessableEntity, "input.invalid")
	if a := w.by(caseworker, authority, "GET", "/api/v1/queue?deadline=overdue", nil).want(http.StatusOK, ""); len(a.json()["cases"].([]any)) != 0 {
		t.Errorf("overdue on the first day: %s", a.body)
	}
}

func TestEvidenceIsAddedInEitherForm(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	path := "/api/v1/cases/" + w.submit(token, "key-00000001", referral()).text("caseId") + "/evidence"
	w.RunJobs()
	send := func(body any, contentType string) answer {
		return w.ask(asking{method: "POST", path: path, token: token, purpose: "identify", body: body, headers: map[string]string{"Content-Type": contentType}})
	}
	encoded := base64.StdEncoding.EncodeToString([]byte("A note that was found."))
	if a := send(map[string]any{"name": "note.txt", "content": encoded}, "application/json").want(http.StatusCreated, ""); a.text("documentId") == "" {
		t.Errorf("no document: %s", a.body)
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	file, _ := parts.CreateFormFile("file", "scan.pdf")
	_, _ = file.Write([]byte("%PDF-1.4\n%the rest\n"))
	_ = parts.Close()
	send(form.Bytes(), parts.FormDataContentType()).want(http.StatusCreated, "")
	for name, a := range map[string]answer{
		"file.type":   send(map[string]any{"name": "x.txt", "content": base64.StdEncoding.EncodeToString([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"))}, "application/json"),
		"file.base64": send(map[string]any{"name": "x.txt", "content": "###"}, "application/json"),
		"file.form":   send("hello", "text/html"),
		"file.empty":  send(map[string]any{"name": "x.txt", "content": ""}, "application/json"),
	} {
		found := false
		for _, code := range a.want(http.StatusUnprocessableEntity, "").fields() {
			found = found || code == name
		}
		if !found {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	send(bytes.Repeat([]byte("x"), 36<<20), "application/json").want(http.StatusRequestEntityTooLarge, "input.large")
	other := w.token(stranger)
	w.ask(asking{method: "POST", path: path, token: other, purpose: "identify", body: "hello", headers: map[string]string{"Content-Type": "text/html"}}).want(http.StatusNotFound, "case.not_found")
}

func TestImmigrationLearnsYesOrNoAndNothingElse(t *testing.T) {
	w := sqliteWorld(t)
	id := w.Assigned(caseworktest.Form())
	token := w.token(border)
	ask := func(body any) answer { return w.by(border, token, "POST", "/api/v1/non-removal-checks", body) }
	byDocument := map[string]any{"document": "zq 774-1209"}
	if a := ask(byDocument).want(http.StatusOK, ""); a.json()["protected"] == nil {
		t.Errorf("no answer: %s", a.body)
	}
	if err := w.DecideRG(t.Context(), caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, id, 0, caseworktest.Decision("positive")); err != nil {
		t.Fatal(err)
	}
	a := ask(byDocument).want(http.StatusOK, "")
	if a.json()["protected"] != true || a.text("until") != "2025-04-11" || len(a.json()) != 2 {
		t.Errorf("the answer: %s", a.body)
	}
	if a := ask(map[string]any{"name": "Nobody Known", "birthDate": "1990-01-01"}).want(http.StatusOK, ""); a.json()["protected"] != false {
		t.Errorf("a stranger is protected: %s", a.body)
	}
	if a := ask(map[string]any{}).want(http.StatusUnprocessableEntity, ""); a.fields()["reference"] == "" {
		t.Errorf("an empty question: %s", a.body)
	}
	w.by(border, token, "GET", "/api/v1/cases/"+id.String(), nil).want(http.StatusNotFound, "case.not_found")
}

func TestATokenThatAsksTooOftenWaits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), func(p *api.Parts) { p.Limits = api.Limits{PerSecond: 1, Burst: 3} })
	token := w.token(responder)
	ask := func() answer { return w.by(responder, token, "GET", "/api/v1/cases", nil) }
	for left := 2; left >= 0; left-- {
		a := ask().want(http.StatusOK, "")
		if got := a.Header.Get("RateLimit"); got != fmt.Sprintf(`"token";r=%d;t=1`, left) {
			t.Errorf("RateLimit %q with %d left", got, left)
		}
	}
	if a := ask().want(http.StatusTooManyRequests, "api.rate"); a.Header.Get("Retry-After") == "" {
		t.Error("a 429 does not say when to come back")
	}
	w.by(stranger, w.token(stranger), "GET", "/api/v1/cases", nil).want(http.StatusOK, "")
	w.Clock.Advance(1e9)
	ask().want(http.StatusOK, "")
}

func TestASchemeListsWhatAReferralMayHold(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	a := w.by(responder, token, "GET", "/api/v1/schemes/current", nil).want(http.StatusOK, "")
	if a.text("id") != "uk" || !strings.Contains(a.body, `"forced_labour"`) || !strings.Contains(a.body, `"GEN-01"`) || !strings.Contains(a.body, accesstest.AgencyOf(core.LocalAuthority).Code) {
		t.Errorf("the scheme: %.500s", a.body)
	}
	w.by(responder, token, "GET", "/api/v1/schemes/nowhere", nil).want(http.StatusNotFound, "scheme.not_found")
}

func TestWhatHasNoOperationIsAProblemToo(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	w.by(responder, token, "GET", "/api/v1/nothing", nil).want(http.StatusNotFound, "api.no_operation")
	w.by(responder, token, "DELETE", "/api/v1/referrals", nil).want(http.StatusNotFound, "api.no_operation")
	a := w.ask(asking{method: "GET", path: "/api/openapi.json"}).want(http.StatusOK, "")
	if !strings.Contains(a.body, `"openapi":"3.1.0"`) || !strings.Contains(a.body, "submit-referral") {
		t.Errorf("the description: %.300s", a.body)
	}
}

func TestARequestKeepsTheIDItCameWith(t *testing.T) {
	w := sqliteWorld(t)
	q := asking{method: "GET", path: "/api/v1/cases", headers: map[string]string{"X-Request-Id": "client-4711"}}
	if a := w.ask(q); a.Header.Get("X-Request-Id") != "client-4711" || !strings.Contains(w.log.String(), "client-4711") {
		t.Errorf("the id %q", a.Header.Get("X-Request-Id"))
	}
	q.headers["X-Request-Id"] = "Jane Roe, born 1990"
	if a := w.ask(q); strings.Contains(a.Header.Get("X-Request-Id"), "Jane") || strings.Contains(w.log.String(), "Jane") {
		t.Error("a request id that is a sentence was taken")
	}
}

func TestTheDescriptionIsTheCommittedOne(t *testing.T) {
	want, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := api.Description()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/openapi.yaml is not what the program does: run `clew openapi > docs/openapi.yaml` and read the difference")
	}
}

func TestTheSameKeyAtTheSameMomentSubmitsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, nil)
		token := w.token(responder)
		const clients = 8
		answers := make(chan answer, clients)
		for range clients {
			go func() { answers <- w.submit(token, "key-of-a-double-click", referral()) }()
		}
		made := 0
		bodies := map[string]bool{}
		for range clients {
			a := <-answers
			if a.StatusCode == http.StatusCreated {
				made++
			}
			bodies[a.body] = true
		}
		if made != 1 || len(bodies) != 1 {
			t.Errorf("%d made, %d different receipts: %v", made, len(bodies), bodies)
		}
	})
}

// A person may be referred anew after any decision, and while a case is open it
// is added to instead.
func TestAnEarlierRoundIsLinkedWhenItHasItsDecision(t *testing.T) {
	w := sqliteWorld(t)
	token := w.token(responder)
	for state, code := range map[casework.State]string{casework.Confirmed: "", casework.RGNegative: "", casework.Closed: "", casework.Recovery: "case.open"} {
		t.Run(string(state), func(t *testing.T) {
			earlier := w.In(state)
			a := w.submit(token, "again-after-"+string(state), at(referral(), "earlierCase", earlier.String()))
			a.t = t
			if code != "" {
				a.want(http.StatusUnprocessableEntity, "")
				if got := a.fields()["earlierCase"]; got != code {
					t.Errorf("earlierCase: %q, want %q", got, code)
				}
				return
			}
			a.want(http.StatusCreated, "")
			c, err := w.Store.Case(t.Context(), earlier)
			if err != nil {
				t.Fatal(err)
			}
			rounds, err := w.Store.Rounds(t.Context(), c)
			if err != nil || len(rounds) != 1 || rounds[0].Round != 2 {
				t.Errorf("rounds: %+v, %v", rounds, err)
			}
		})
	}
}
