package admin_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const administrator = "administrator@competent_authority"

func site(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
}

func TestAgenciesAreAddedAndChanged(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	token := pagetest.Get(t, s, c, "/admin/agencies/new").Want(http.StatusOK).Token()
	good := url.Values{"csrf": {token}, "name": {"Harbour Support"}, "code": {"harbour"}, "kind": {"support_provider"}, "jurisdiction": {"scotland"}, "may": {"active"}}
	pagetest.Post(t, s, c, "/admin/agencies/new", url.Values{"csrf": {token}, "name": {"Harbour"}}).
		Want(http.StatusUnprocessableEntity, "Error: Add an agency", "Choose what kind of agency it is.", `value="Harbour"`)
	pagetest.Post(t, s, c, "/admin/agencies/new", good).Want(http.StatusSeeOther)
	pagetest.Post(t, s, c, "/admin/agencies/new", good).Want(http.StatusUnprocessableEntity, "Another agency has this code.", `value="harbour"`)
	pagetest.Get(t, s, c, "/admin/agencies").Want(http.StatusOK, "Harbour Support", "harbour")

	a, err := s.Auth.AgencyByCode(context.Background(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	path := "/admin/agencies/" + a.ID.String()
	rev := pagetest.Get(t, s, c, path).Want(http.StatusOK, `value="Harbour Support"`).Attribute("input[name=rev]", "value")
	good.Set("rev", rev)
	good.Set("name", "Harbour and Hope")
	pagetest.Post(t, s, c, path, good).Want(http.StatusSeeOther)
	good.Set("name", "A stale change")
	pagetest.Post(t, s, c, path, good).Want(http.StatusUnprocessableEntity, "Somebody else changed this agency meanwhile.", `value="A stale change"`)
	pagetest.Get(t, s, c, "/admin/agencies").Want(http.StatusOK, "Harbour and Hope").Not("A stale change")
}

func TestAFirstPasswordIsShownOnceAndWorks(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	form := pagetest.Get(t, s, c, "/admin/users/new")
	v := url.Values{"csrf": {form.Token()}, "agency": {s.Actor(administrator).AgencyID.String()}, "name": {"Amina Rahman"}, "login": {"amina"}, "roles": {"caseworker", "reviewer"}}
	made := pagetest.Post(t, s, c, "/admin/users/new", v).Want(http.StatusOK, "First password", "It is shown only now.")
	password := strings.TrimSpace(made.All("dd")[0].FirstChild.Data)
	if made.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page with the password may be kept")
	}
	if _, err := s.Auth.SignIn(context.Background(), "amina", password, "test"); err != nil {
		t.Errorf("sign in with the password shown: %v", err)
	}
	pagetest.Post(t, s, c, "/admin/users/new", v).Want(http.StatusUnprocessableEntity, "Another account has this sign-in name.", `value="Amina Rahman"`)
	pagetest.Get(t, s, c, "/admin/users?agency="+v.Get("agency")).Want(http.StatusOK, "Amina Rahman", "Caseworker, Second reviewer", "First password").Not(password)
}

func TestRolesThatHaveNoWorkThereAreRefused(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	v := url.Values{"csrf": {pagetest.Get(t, s, c, "/admin/users/new").Token()}, "agency": {s.Actor("first_responder@police").AgencyID.String()},
		"name": {"Sam"}, "login": {"sam.police"}, "roles": {"caseworker"}}
	pagetest.Post(t, s, c, "/admin/users/new", v).Want(http.StatusUnprocessableEntity, "has no work in this kind of agency", `value="sam.police"`)
	v["roles"] = []string{"administrator", "first_responder"}
	pagetest.Post(t, s, c, "/admin/users/new", v).Want(http.StatusUnprocessableEntity, "Choose either “Administrator” or the others, not both.")
	v["roles"] = nil
	pagetest.Post(t, s, c, "/admin/users/new", v).Want(http.StatusUnprocessableEntity, "Choose at least one role.")
}

func TestAnAccountIsChangedResetAndTakenAway(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	who := s.Users["first_responder@police"]
	path := "/admin/users/" + who.String()
	page := pagetest.Get(t, s, c, path).Want(http.StatusOK, "Test first_responder@police")
	v := url.Values{"csrf": {page.Token()}, "rev": {page.Attribute("input[name=rev]", "value")}, "name": {"Sam Doyle"}, "roles": {"first_responder", "officer"}, "active": {"yes"}}
	pagetest.Post(t, s, c, path, v).Want(http.StatusSeeOther)
	pagetest.Post(t, s, c, path, v).Want(http.StatusUnprocessableEntity, "Somebody else changed this account meanwhile.")
	pagetest.Post(t, s, c, path+"/reset", url.Values{"csrf": {page.Token()}}).Want(http.StatusOK, "A new first password was made")

	officer := s.SignIn("officer@police")
	other := pagetest.Get(t, s, c, "/admin/users/"+s.Users["officer@police"].String())
	v = url.Values{"csrf": {page.Token()}, "rev": {other.Attribute("input[name=rev]", "value")}, "name": {"Gone"}, "roles": {"officer"}, "active": {"no"}}
	pagetest.Post(t, s, c, "/admin/users/"+s.Users["officer@police"].String(), v).Want(http.StatusSeeOther)
	pagetest.Get(t, s, officer, "/home").Want(http.StatusSeeOther) // to sign in
	own := pagetest.Get(t, s, c, "/admin/users/"+s.Users[administrator].String())
	v = url.Values{"csrf": {page.Token()}, "rev": {own.Attribute("input[name=rev]", "value")}, "name": {"Me"}, "roles": {"administrator"}, "active": {"no"}}
	pagetest.Post(t, s, c, "/admin/users/"+s.Users[administrator].String(), v).Want(http.StatusUnprocessableEntity, "You cannot remove your own account.")
}

func TestATokenIsShownOnceAndRevoked(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	v := url.Values{"csrf": {pagetest.Get(t, s, c, "/admin/tokens/new").Token()}, "label": {"North Police system"}, "agency": {s.Actor("first_responder@police").AgencyID.String()},
		"role": {"first_responder"}, "purpose": {"identify"}, "expires-day": {"1"}, "expires-month": {"9"}, "expires-year": {"2025"}}
	made := pagetest.Post(t, s, c, "/admin/tokens/new", v).Want(http.StatusOK, "clew_")
	secret := strings.TrimSpace(made.All("dd")[0].FirstChild.Data)
	if _, _, err := s.Auth.ByToken(context.Background(), secret); err != nil {
		t.Fatalf("the token does not work: %v", err)
	}
	list := pagetest.Get(t, s, c, "/admin/tokens").Want(http.StatusOK, "North Police system").Not(secret)
	revoke := list.Attribute(`form[action$="/revoke"]`, "action")
	pagetest.Post(t, s, c, revoke, url.Values{"csrf": {v.Get("csrf")}}).Want(http.StatusSeeOther)
	if _, _, err := s.Auth.ByToken(context.Background(), secret); core.KindOf(err) != core.Unauthorized {
		t.Errorf("a revoked token: %v", err)
	}
	v.Set("expires-year", "2031")
	pagetest.Post(t, s, c, "/admin/tokens/new", v).Want(http.StatusUnprocessableEntity, "Choose a last day within the next year.", `value="2031"`)
}

func TestPoliciesAreShownWithTheirText(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	pagetest.Get(t, s, c, "/admin/policies").Want(http.StatusOK, "Referral and investigation by police forces", "From 1 April 2009", "In force")
	pagetest.Get(t, s, c, "/admin/policies/mou-police.cedar").Want(http.StatusOK, "follow_own_referral")
	pagetest.Get(t, s, c, "/admin/policies/none.cedar").Want(http.StatusNotFound)
	pagetest.Get(t, s, c, "/admin/policies/..%2f..%2fgo.mod").Want(http.StatusNotFound)
}

// failed adds a job that has failed for good, and returns its id.
func failed(t *testing.T, s *webtest.Site) core.ID {
	t.Helper()
	ctx := context.Background()
	id := core.NewIDAt(s.World.Clock.Now())
	err := s.World.DB.InTx(ctx, func(tx *sql.Tx) error {
		return job.Enqueue(ctx, tx, job.Job{ID: id, Kind: "letter.send", RunAt: s.World.Clock.Now(), MaxAttempts: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	q := job.New(s.World.DB, s.World.Clock, job.Options{})
	q.HandleTx("letter.send", func(context.Context, *sql.Tx, job.Job) error {
		return core.E(core.Unavailable, "letter.printer", "The printer is away.")
	})
	s.World.Clock.Advance(time.Second)
	if _, err := q.RunDue(ctx); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAFailedJobIsRetriedOrGivenUpWithAReason(t *testing.T) {
	s := site(t)
	id := failed(t, s)
	c := s.SignIn(administrator)
	pagetest.Get(t, s, c, "/home").Want(http.StatusOK, "Jobs that failed for good")
	page := pagetest.Get(t, s, c, "/admin/jobs").Want(http.StatusOK, "letter.send", "letter.printer", "Failed for good")
	path, token := "/admin/jobs/"+id.String(), url.Values{"csrf": {page.Token()}}
	pagetest.Post(t, s, c, path+"/discard", token).Want(http.StatusUnprocessableEntity, "Error: Jobs", "Choose why the job is given up.")
	pagetest.Post(t, s, c, path+"/retry", token).Want(http.StatusSeeOther)
	pagetest.Post(t, s, c, path+"/retry", token).Want(http.StatusNotFound)

	other := failed(t, s)
	v := url.Values{"csrf": {page.Token()}, "reason-" + other.String(): {"done_by_hand"}}
	pagetest.Post(t, s, c, "/admin/jobs/"+other.String()+"/discard", v).Want(http.StatusSeeOther)
	pagetest.Get(t, s, c, "/admin/jobs").Want(http.StatusOK, "No job has failed for good.")
	pagetest.Get(t, s, c, "/admin/jobs?after=forged").Want(http.StatusUnprocessableEntity)
}

func TestEveryPostNeedsTheFormTokenAndAnAdministrator(t *testing.T) {
	s := site(t)
	id := s.Users["officer@police"].String()
	posts := []string{"/admin/agencies/new", "/admin/agencies/" + s.Actor(administrator).AgencyID.String(), "/admin/users/new", "/admin/users/" + id, "/admin/users/" + id + "/reset",
		"/admin/tokens/new", "/admin/tokens/" + id + "/revoke", "/admin/jobs/" + id + "/retry", "/admin/jobs/" + id + "/discard"}
	c, caseworker := s.SignIn(administrator), s.SignIn("caseworker@competent_authority")
	for _, path := range posts {
		pagetest.Post(t, s, c, path, url.Values{"csrf": {"forged"}}).Want(http.StatusForbidden)
		pagetest.Post(t, s, caseworker, path, url.Values{}).Want(http.StatusNotFound)
	}
	for _, path := range []string{"/admin", "/admin/agencies", "/admin/users", "/admin/tokens", "/admin/policies", "/admin/jobs"} {
		pagetest.Get(t, s, c, path).Want(http.StatusOK)
		pagetest.Get(t, s, caseworker, path).Want(http.StatusNotFound)
	}
}

func TestATranslationIsApprovedAndTheApprovalTakenBack(t *testing.T) {
	s := site(t)
	c := s.SignIn(administrator)
	const path = "/admin/letters/any/ro/rg_positive"
	pagetest.Get(t, s, c, "/admin/letters").Want(http.StatusOK, "Romanian", "Hausa", "Needs a professional translator’s review", "Source text").Not("Approved</")
	page := pagetest.Get(t, s, c, path).Want(http.StatusOK, "Există motive rezonabile", "There are reasonable grounds")
	form := url.Values{"csrf": {page.Token()}, "digest": {page.Attribute("input[name=digest]", "value")}, "step": {"approve"}}
	pagetest.Post(t, s, c, path, form).Want(http.StatusUnprocessableEntity, "Tick the box")
	form.Set("checked", "yes")
	changed := url.Values{"csrf": form["csrf"], "checked": {"yes"}, "step": {"approve"}, "digest": {"of another text"}}
	pagetest.Post(t, s, c, path, changed).Want(http.StatusUnprocessableEntity, "This text has changed")
	pagetest.Post(t, s, c, path, form).Want(http.StatusSeeOther)
	pagetest.Get(t, s, c, path+"?done=text-approved").Want(http.StatusOK, "The translation is approved.", "Take the approval back", "Approved")
	form.Set("step", "withdraw")
	pagetest.Post(t, s, c, path, form).Want(http.StatusSeeOther)
	pagetest.Get(t, s, c, path).Want(http.StatusOK, "Approve this translation").Not("Take the approval back")
	pagetest.Get(t, s, c, "/admin/letters/any/ro/nothing").Want(http.StatusNotFound)
}
