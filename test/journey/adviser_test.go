package journey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/concern"
	"clew/internal/concern/concerntest"
	"clew/internal/core"
	"clew/internal/web/webtest"
)

// aReport is a new report at the desk, and an article.
func aReport(t *testing.T, s *webtest.Site) core.ID {
	t.Helper()
	ctx := context.Background()
	d := s.Concerns.Begin(concerntest.Words(), "en")
	must(t, s.Concerns.FileReport(ctx, core.SystemActor(), core.Identify, concern.Sent{Draft: d, Proof: concerntest.Work(d), Address: "192.0.2.9"}))
	_, err := s.Concerns.SaveAdvice(ctx, s.Actor(anAdministrator), core.Administer, concern.Article{Lang: "en", Title: "The employer keeps the passport", Words: "documents", Body: "It is theirs.", Active: true})
	must(t, err)
	return d.ID
}

func TestAnAdviserLooksAtAReportAndAnswers(t *testing.T) {
	s := serve(t)
	id := aReport(t, s)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdviser)
	look(t, ctx, "adviser-home")
	browser.Open(t, ctx, s.Server.URL+"/desk")
	look(t, ctx, "desk")
	browser.Follow(t, ctx, "tbody a")
	look(t, ctx, "desk-report-new")
	browser.Press(t, ctx, "Look into it")
	look(t, ctx, "desk-report")
	browser.Click(t, ctx, `details:has(form[action$="/reply"]) summary`)
	browser.Press(t, ctx, "Write the answer")
	look(t, ctx, "desk-reply-error")
	browser.Fill(t, ctx, "#text", "Is anybody hurt?")
	browser.Press(t, ctx, "Write the answer")
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "Is anybody hurt?") {
		t.Errorf("the answer is not on the page:\n%s", got)
	}
	f, err := s.Concerns.Open(context.Background(), s.Actor(anAdviser), core.Protect, id)
	must(t, err)
	if len(f.Messages) != 1 || f.State != concern.Open {
		t.Errorf("the report stands at %s with %d messages", f.State, len(f.Messages))
	}
}

func TestACallIsKeptWhileItIsTyped(t *testing.T) {
	s := serve(t)
	aReport(t, s)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdviser)
	browser.Open(t, ctx, s.Server.URL+"/line")
	look(t, ctx, "line")
	browser.Press(t, ctx, "Take a call")
	look(t, ctx, "call")
	browser.Fill(t, ctx, "#said", "They keep my passport.")
	browser.Do(t, ctx, chromedp.WaitVisible(`//*[@data-saved][contains(., "Saved at")]`))
	list, err := s.Concerns.List(context.Background(), s.Actor(anAdviser), core.Protect, concern.Query{Kind: concern.Call})
	must(t, err)
	open := func() *concern.File {
		f, err := s.Concerns.Open(context.Background(), s.Actor(anAdviser), core.Protect, list[0].ID)
		must(t, err)
		return f
	}
	f := open()
	if f.Record.Said != "They keep my passport." {
		t.Errorf("kept: version %d", f.RecordVersion)
	}
	// A colleague saves meanwhile: both versions are shown, and neither is lost.
	_, err = s.Concerns.SaveRecord(context.Background(), s.Actor(anAdviser), core.Protect, f.ID, f.RecordVersion, concern.Record{Said: "There are two more."})
	must(t, err)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Fill(t, ctx, "#place", "Testbury")
	if status := browser.Press(t, ctx, "Save"); status != 422 {
		t.Errorf("the second save: status %d", status)
	}
	got := browser.TextOf(t, ctx, "main")
	for _, want := range []string{"There are two more.", "They keep my passport.", "Both versions"} {
		if !strings.Contains(got, want) {
			t.Errorf("the conflict does not show %q", want)
		}
	}
	browser.Do(t, ctx, browser.WithJavaScript())
	look(t, ctx, "call-conflict")
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Press(t, ctx, "Save")
	if f := open(); f.Record.Place != "Testbury" || f.Record.Said != "They keep my passport." {
		t.Errorf("after the second save: version %d", f.RecordVersion)
	}
	browser.Do(t, ctx, browser.WithJavaScript())
	browser.Open(t, ctx, s.Server.URL+"/advice?words=passport")
	look(t, ctx, "advice")
	browser.Follow(t, ctx, "tbody a")
	look(t, ctx, "advice-article")
	browser.Open(t, ctx, s.Server.URL+"/line/figures")
	look(t, ctx, "line-figures")
}

// The session ends in the middle of a call: the script says so, and Save leads
// through the sign-in to what was typed.
func TestACallOutlivesTheSession(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdviser)
	browser.Open(t, ctx, s.Server.URL+"/line")
	browser.Press(t, ctx, "Take a call")
	s.World.Clock.Advance(24 * time.Hour)
	browser.Fill(t, ctx, "#said", "They keep my passport.")
	browser.Do(t, ctx, chromedp.WaitVisible(`//*[@data-saved][starts-with(., "Not saved: you may have been signed out")]`))
	browser.Press(t, ctx, "Save")
	browser.Fill(t, ctx, "#login", webtest.Login(anAdviser))
	browser.Fill(t, ctx, "#password", webtest.Password)
	browser.Press(t, ctx, "Sign in")
	browser.Press(t, ctx, "Send what I typed")
	list, err := s.Concerns.List(context.Background(), s.Actor(anAdviser), core.Protect, concern.Query{Kind: concern.Call})
	must(t, err)
	f, err := s.Concerns.Open(context.Background(), s.Actor(anAdviser), core.Protect, list[0].ID)
	must(t, err)
	if f.Record.Said != "They keep my passport." {
		t.Errorf("what was typed is lost: version %d", f.RecordVersion)
	}
}

func TestAnAdministratorKeepsAdviceAndLanguages(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, anAdministrator)
	browser.Open(t, ctx, s.Server.URL+"/admin/advice/new")
	browser.Press(t, ctx, "Save")
	look(t, ctx, "admin-advice-error")
	browser.Fill(t, ctx, "#title", "Wages are not paid")
	browser.Fill(t, ctx, "#body", "Work has to be paid.")
	browser.Press(t, ctx, "Save")
	look(t, ctx, "admin-advice")
	browser.Open(t, ctx, s.Server.URL+"/admin/languages")
	look(t, ctx, "admin-languages")
	browser.Press(t, ctx, "Approve Writing to the desk in Arabic")
	if got := flash(t, ctx); !strings.Contains(got, "approved") {
		t.Errorf("after approving: %q", got)
	}
}
