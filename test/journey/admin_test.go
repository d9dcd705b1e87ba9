package journey_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"clew/internal/browser"
	"clew/internal/core"
	"clew/internal/job"
	"clew/internal/web/webtest"
)

const anAdministrator = "administrator@competent_authority"

// failedJob puts a job into the world that has failed for good.
func failedJob(t *testing.T, s *webtest.Site) {
	t.Helper()
	ctx := context.Background()
	err := s.World.DB.InTx(ctx, func(tx *sql.Tx) error {
		return job.Enqueue(ctx, tx, job.Job{Kind: "letter.send", RunAt: s.World.Clock.Now(), MaxAttempts: 1})
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
}

func TestAnAdministratorLooksAfterAgenciesUsersAndTokens(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdministrator)
	open := func(path string) { browser.Open(t, ctx, s.Server.URL+path) }
	open("/admin")
	look(t, ctx, "admin")
	open("/admin/agencies")
	look(t, ctx, "admin-agencies")
	browser.Press(t, ctx, "Add an agency")
	browser.Press(t, ctx, "Save")
	look(t, ctx, "admin-agency-error")
	browser.Fill(t, ctx, "#name", "Harbour Support")
	browser.Fill(t, ctx, "#code", "harbour-support")
	browser.Choose(t, ctx, "#kind", "support_provider")
	browser.Choose(t, ctx, "#jurisdiction", "england-wales")
	look(t, ctx, "admin-agency")
	browser.Press(t, ctx, "Save")
	browser.Press(t, ctx, "Harbour Support")
	browser.Press(t, ctx, "Save")
	if got := browser.TextOf(t, ctx, ".govuk-notification-banner__heading"); got != "The agency was saved." {
		t.Errorf("after saving: %q", got)
	}

	open("/admin/users?agency=" + s.Actor("caseworker@competent_authority").AgencyID.String())
	look(t, ctx, "admin-users")
	browser.Press(t, ctx, "Add a user")
	browser.Press(t, ctx, "Add the user")
	look(t, ctx, "admin-user-error")
	browser.Fill(t, ctx, "#name", "Amina Rahman")
	browser.Fill(t, ctx, "#login", "amina.rahman@example.org")
	browser.Click(t, ctx, `input[name=roles][value=caseworker]`)
	browser.Press(t, ctx, "Add the user")
	look(t, ctx, "admin-user-password")
	browser.Press(t, ctx, "Go to the account")
	look(t, ctx, "admin-user")
	browser.Press(t, ctx, "Make a new first password")
	look(t, ctx, "admin-user-reset")

	open("/admin/tokens/new")
	browser.Press(t, ctx, "Make the token")
	look(t, ctx, "admin-token-error")
	browser.Fill(t, ctx, "#label", "Case system of North Police")
	browser.Choose(t, ctx, "#agency", s.Actor("first_responder@police").AgencyID.String())
	browser.Choose(t, ctx, "#role", "first_responder")
	browser.Choose(t, ctx, "#purpose", "identify")
	browser.Fill(t, ctx, "#expires-day", "1")
	browser.Fill(t, ctx, "#expires-month", "9")
	browser.Fill(t, ctx, "#expires-year", "2025")
	browser.Press(t, ctx, "Make the token")
	look(t, ctx, "admin-token-secret")
	browser.Press(t, ctx, "All tokens")
	look(t, ctx, "admin-tokens")
}

func TestAnAdministratorSeesPoliciesAndMendsJobsWithoutJavaScript(t *testing.T) {
	s := serve(t)
	failedJob(t, s)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdministrator)
	browser.Open(t, ctx, s.Server.URL+"/admin/policies")
	look(t, ctx, "admin-policies")
	browser.Open(t, ctx, s.Server.URL+"/admin/policies/mou-police.cedar")
	look(t, ctx, "admin-policy")
	browser.Open(t, ctx, s.Server.URL+"/admin/jobs")
	look(t, ctx, "admin-jobs")

	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Open(t, ctx, s.Server.URL+"/admin/jobs")
	browser.Click(t, ctx, "main details summary")
	browser.Press(t, ctx, "Give it up")
	browser.Do(t, ctx, browser.WithJavaScript())
	look(t, ctx, "admin-job-error")
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Click(t, ctx, `input[value=done_by_hand]`)
	browser.Press(t, ctx, "Give it up")
	if got := browser.TextOf(t, ctx, ".govuk-notification-banner__heading"); got != "The job was given up." {
		t.Errorf("after giving up: %q", got)
	}
}
