package journey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/web/webtest"
)

const aReviewer = "reviewer@competent_authority"

// must ends the test when a preparation fails.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fullForm is a referral with indicators and circumstances.
func fullForm(f casework.ReferralForm) casework.ReferralForm {
	f.Facts.Indicators = []casework.Indicator{{Code: "GEN-01", ObservedBy: "me", On: core.PartialDate{Year: 2025, Month: 3}}, {Code: "GEN-02", ObservedBy: "person"}}
	f.Facts.Act, f.Facts.Means, f.Facts.Purpose = []string{"recruited"}, []string{"threat_authorities"}, []string{"labour"}
	f.Facts.Risks, f.Facts.UrgentNeeds = []string{"still_in_contact"}, nil
	f.Narrative.IndicatorNotes = map[string]core.Secret{"GEN-01": "Did not know the address."}
	return f
}

// deskCase is a received case on the caseworker's desk, with a document, notes
// and a question.
func deskCase(t *testing.T, s *webtest.Site, f casework.ReferralForm) core.ID {
	t.Helper()
	ctx := context.Background()
	id := s.World.Refer(f).CaseID
	must(t, s.World.Assign(ctx, s.Actor(aManager), core.Identify, id, 0, s.Users[aCaseworker]))
	_, err := s.World.AddEvidence(ctx, s.Actor(aCaseworker), core.Identify, id, casework.Upload{Name: "pay slip.txt", Content: []byte("Paid 20 for 60 hours\n")})
	must(t, err)
	must(t, s.World.AddNote(ctx, s.Actor(aCaseworker), core.Identify, id, false, "Ask about the debt."))
	must(t, s.World.AddNote(ctx, s.Actor(aCaseworker), core.Identify, id, true, "We have begun to look at this."))
	must(t, s.World.AskInfo(ctx, s.Actor(aCaseworker), core.Identify, id, 0, caseworktest.Responder.AgencyID, "Was the passport found?", core.MustDate(2025, 3, 14)))
	return id
}

func caseURL(s *webtest.Site, id core.ID, rest string) string {
	return s.Server.URL + "/cases/" + id.String() + rest
}

// fillDecision answers the decision's form.
func fillDecision(t *testing.T, ctx context.Context, means, purpose, outcome string) { //nolint:revive // t comes first in tests
	t.Helper()
	for _, answer := range []string{`input[name=act][value=found]`, `input[name=means][value=` + means + `]`, `input[name=purpose][value=` + purpose + `]`,
		`input[name=indicators][value=GEN-01]`, `input[name=outcome][value=` + outcome + `]`} {
		browser.Click(t, ctx, answer)
	}
	browser.Fill(t, ctx, `[name="reasons.reasons"]`, "The account fits the indicators.\nThe pay slip shows wages withheld.")
}

func heading(t *testing.T, ctx context.Context) string { //nolint:revive // as above
	t.Helper()
	return browser.TextOf(t, ctx, "h1")
}

func flash(t *testing.T, ctx context.Context) string { //nolint:revive // as above
	t.Helper()
	return browser.TextOf(t, ctx, ".govuk-notification-banner__heading")
}

func TestEveryPartOfACaseIsAPage(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	for _, part := range []string{"", "timeline", "documents", "notes", "requests", "tasks", "rounds", "consent", "decisions", "looked"} {
		browser.Open(t, ctx, strings.TrimSuffix(caseURL(s, id, "/"+part), "/"))
		look(t, ctx, "case-"+part)
	}
}

// shortPages opens each step's page, sends it empty, and looks at both.
func shortPages(t *testing.T, ctx context.Context, s *webtest.Site, id core.ID, pages [][2]string) { //nolint:revive // t comes first in tests
	t.Helper()
	for _, p := range pages {
		path, button := p[0], p[1]
		name := "step-" + strings.ReplaceAll(path, "/", "-")
		browser.Open(t, ctx, caseURL(s, id, "/"+path))
		look(t, ctx, name)
		if status := browser.Press(t, ctx, button); status != 422 {
			t.Errorf("%s sent empty: status %d, want 422", path, status)
		}
		look(t, ctx, name+"-error")
	}
}

func TestEveryAdditionIsAShortPageThatSaysWhatIsMissing(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	shortPages(t, ctx, s, id, [][2]string{{"requests/new", "Send the question"}, {"notes/new", "Add the note"}, {"documents/new", "Add the file"},
		{"consent/new", "Record consent"}, {"age", "Record the finding"}})
}

func TestEveryEndingIsAShortPageThatSaysWhatIsMissing(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	shortPages(t, ctx, s, id, [][2]string{{"consent/withdraw", "Record the withdrawal"}, {"suspend", "Suspend the case"}, {"withdraw", "Withdraw the case"}, {"close", "Close the case"}})
	browser.Click(t, ctx, `input[name=reason][value=finished]`)
	browser.Press(t, ctx, "Close the case")
	if got := flash(t, ctx); got != "The case is closed." {
		t.Errorf("after closing: %q", got)
	}
	look(t, ctx, "case-closed")
}

func TestANegativeDecisionIsConfirmedByASecondPerson(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	look(t, ctx, "decide")
	browser.Press(t, ctx, "Preview the letter")
	look(t, ctx, "decide-error")
	fillDecision(t, ctx, "found", "not_found", "negative")
	browser.Press(t, ctx, "Preview the letter")
	look(t, ctx, "decide-preview-negative")
	browser.Press(t, ctx, "Go back and change it")
	if got := browser.Get(t, ctx, chromedp.Value(chromedp.CSS(`[name="reasons.reasons"]`))); !strings.Contains(got, "wages withheld") {
		t.Errorf("after going back the reasons are %q", got)
	}
	browser.Press(t, ctx, "Preview the letter")
	browser.Press(t, ctx, "Send to a second reviewer")
	if got := flash(t, ctx); !strings.Contains(got, "second reviewer") {
		t.Errorf("after proposing: %q", got)
	}
	look(t, ctx, "case-decisions-proposed")

	second := browser.Another(t, ctx)
	signIn(t, second, s, aReviewer)
	browser.Open(t, second, s.Server.URL+"/reviews")
	look(t, second, "reviews")
	browser.Follow(t, second, "tbody a")
	look(t, second, "review")
	browser.Press(t, second, "Send my answer")
	look(t, second, "review-error")
	browser.Click(t, second, `input[name=answer][value=confirm]`)
	browser.Fill(t, second, "#words", "I agree: nothing shows what it was for.")
	browser.Press(t, second, "Send my answer")
	look(t, second, "case-decisions-served")
	browser.Press(t, second, "Letter of this decision")
	look(t, second, "letter-negative")
	if got := browser.TextOf(t, second, ".clew-letter[lang=en]"); !strings.Contains(got, "until 11 April 2025") {
		t.Errorf("the letter does not say until when a new look may be asked for:\n%s", got)
	}
}

func TestALateRequestForAReconsiderationSaysWhy(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := context.Background()
	must(t, s.World.DecideRG(ctx, caseworktest.SteppedUp(s.Actor(aCaseworker)), core.Identify, id, 0, caseworktest.Decision(casework.Negative)))
	must(t, s.World.Review(ctx, caseworktest.SteppedUp(s.Actor(aReviewer)), core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "I agree."}))
	s.World.Clock.Advance(40 * 24 * time.Hour)
	ctx = browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, "/reconsideration"))
	look(t, ctx, "reconsideration")
	browser.Fill(t, ctx, "#request", "They did not ask me about the debt.")
	browser.Press(t, ctx, "Ask for a reconsideration")
	look(t, ctx, "reconsideration-late-error")
	browser.Fill(t, ctx, "#lateReason", "I was in hospital.")
	browser.Press(t, ctx, "Ask for a reconsideration")
	if got := flash(t, ctx); got != "The reconsideration is asked for." {
		t.Errorf("after asking: %q", got)
	}
	look(t, ctx, "case-decisions-reconsideration")
}

func TestAPositiveDecisionOpensRecoveryAndLeadsToTheSecond(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	decidePositively(t, ctx, s, id, "found")
	look(t, ctx, "case-decisions-recovery")
	browser.Press(t, ctx, "Letter of this decision")
	look(t, ctx, "letter-positive")

	shortPages(t, ctx, s, id, [][2]string{{"recovery/extend", "Extend the period"}, {"recovery/end", "Send to a second reviewer"}})
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	fillDecision(t, ctx, "found", "not_found", "negative")
	browser.Press(t, ctx, "Preview the letter")
	look(t, ctx, "decide-too-early")
	decidePositively(t, ctx, s, id, "found")
	browser.Open(t, ctx, caseURL(s, id, ""))
	look(t, ctx, "case-confirmed")
}

func decidePositively(t *testing.T, ctx context.Context, s *webtest.Site, id core.ID, means string) { //nolint:revive // as above
	t.Helper()
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	fillDecision(t, ctx, means, "found", "positive")
	browser.Press(t, ctx, "Preview the letter")
	look(t, ctx, "decide-preview-positive")
	browser.Press(t, ctx, "Serve the decision")
	if got := flash(t, ctx); !strings.Contains(got, "served") {
		t.Errorf("after serving: %q", got)
	}
}

func TestAChildNeedsNoMeans(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.ChildForm()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, ""))
	look(t, ctx, "case-child")
	decidePositively(t, ctx, s, id, "not_required")
	browser.Press(t, ctx, "Letter of this decision")
	if got := browser.TextOf(t, ctx, ".clew-letter[lang=en]"); !strings.Contains(got, "this part is not needed") {
		t.Errorf("the child's letter says of the means:\n%s", got)
	}

	lead := browser.Another(t, ctx)
	signIn(t, lead, s, "safeguarding_lead@local_authority")
	browser.Open(t, lead, caseURL(s, id, ""))
	look(t, lead, "case-safeguarding")
	browser.Open(t, lead, caseURL(s, id, "/tasks"))
	look(t, lead, "case-safeguarding-tasks")
	browser.Press(t, lead, "Confirm on the child’s track")
	look(t, lead, "case-safeguarding-track")
	browser.Follow(t, lead, `a[href$="/steps/acknowledge"]`)
	browser.Fill(t, lead, "#who", "Ada Worker, 01632 960000")
	browser.Press(t, lead, "Record")
	s.World.RunJobs()
	browser.Open(t, lead, caseURL(s, id, "/tasks"))
	if got := browser.TextOf(t, lead, "main"); strings.Contains(got, "Confirm on the child’s track") {
		t.Errorf("after the child's track was taken on the tasks are:\n%s", got)
	}
}

func TestTheFirstResponderSeesWhatIsSharedAndAnswers(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, "first_responder@police")
	browser.Open(t, ctx, caseURL(s, id, ""))
	look(t, ctx, "case-responder")
	if got := browser.TextOf(t, ctx, "main"); strings.Contains(got, "Zebra") || !strings.Contains(got, "Not shared with you") {
		t.Errorf("the first responder reads:\n%s", got)
	}
	browser.Open(t, ctx, caseURL(s, id, "/requests"))
	look(t, ctx, "case-responder-requests")
	browser.Press(t, ctx, "Answer")
	browser.Press(t, ctx, "Send the answer")
	look(t, ctx, "answer-error")
	browser.Fill(t, ctx, "#answer", "No. The employer has it.")
	browser.Press(t, ctx, "Send the answer")
	if got := flash(t, ctx); got != "The answer is sent." {
		t.Errorf("after the answer: %q", got)
	}
}

func TestTwoBrowsersLoseNothing(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	first := browser.New(t)
	second := browser.Another(t, first)
	signIn(t, first, s, aCaseworker)
	signIn(t, second, s, aCaseworker)

	browser.Open(t, first, caseURL(s, id, "/facts"))
	browser.Open(t, second, caseURL(s, id, "/facts"))
	browser.Click(t, first, `input[name="facts.exploitation"][value=sexual_other]`)
	browser.Press(t, first, "Save")
	browser.Click(t, second, `details:has([name="facts.indicators"]) summary`)
	browser.Click(t, second, `input[name="facts.indicators"][value=GEN-03]`)
	if status := browser.Press(t, second, "Save"); status != 422 {
		t.Errorf("the second save: status %d", status)
	}
	look(t, second, "facts-conflict")
	if !browser.Get(t, second, chromedp.Evaluate[bool](`document.querySelector('input[name="facts.indicators"][value=GEN-03]').checked`)) {
		t.Error("what the second person chose was lost")
	}
	browser.Press(t, second, "Save my version")

	browser.Open(t, first, caseURL(s, id, "/decide"))
	browser.Open(t, second, caseURL(s, id, "/decide"))
	fillDecision(t, first, "found", "found", "positive")
	fillDecision(t, second, "found", "not_found", "negative")
	browser.Press(t, first, "Preview the letter")
	browser.Press(t, first, "Serve the decision")
	browser.Press(t, second, "Preview the letter")
	look(t, second, "decide-conflict")
	got := browser.TextOf(t, second, "main")
	for _, want := range []string{"What changed meanwhile", "Both versions", "What you typed"} {
		if !strings.Contains(got, want) {
			t.Errorf("the conflict does not show %q", want)
		}
	}
}

func TestATypedDecisionOutlivesItsConfirmation(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	fillDecision(t, ctx, "found", "found", "positive")
	s.World.Clock.Advance(15 * time.Minute)
	browser.Press(t, ctx, "Preview the letter")
	if got := heading(t, ctx); got != "Confirm that it is you" {
		t.Fatalf("after a quarter of an hour: %q", got)
	}
	browser.Fill(t, ctx, "#proof", webtest.Password)
	browser.Press(t, ctx, "Confirm")
	browser.Press(t, ctx, "Send what I typed")
	if got := heading(t, ctx); got != "Read the letter before it is served" {
		t.Errorf("after confirming: %q", got)
	}
}

func TestACaseIsDecidedWithoutScripts(t *testing.T) {
	s := serve(t)
	id := deskCase(t, s, fullForm(caseworktest.Form()))
	ctx := browser.New(t)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	fillDecision(t, ctx, "found", "found", "positive")
	browser.Press(t, ctx, "Preview the letter")
	browser.Press(t, ctx, "Serve the decision")
	if got := flash(t, ctx); !strings.Contains(got, "served") {
		t.Errorf("after serving: %q", got)
	}
}
