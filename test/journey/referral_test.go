package journey_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"clew/internal/access/accesstest"
	"clew/internal/browser"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

const firstResponder = "first_responder@police"

// walk is somebody's way through a referral in a browser.
type walk struct {
	t   *testing.T
	ctx context.Context
	url string
}

func (w walk) fill(selector, text string) {
	w.t.Helper()
	browser.Fill(w.t, w.ctx, selector, text)
}

func (w walk) click(selector string) {
	w.t.Helper()
	browser.Click(w.t, w.ctx, selector)
}

func (w walk) choose(selector, value string) {
	w.t.Helper()
	browser.Choose(w.t, w.ctx, selector, value)
}

// press presses a button or link and fails the test when the answer is not the
// one expected.
func (w walk) press(text string, status int) {
	w.t.Helper()
	if got := browser.Press(w.t, w.ctx, text); got != status {
		w.t.Fatalf("%s: status %d, want %d: %s", text, got, status, browser.TextOf(w.t, w.ctx, "main"))
	}
}

// on fails the test unless the page has that heading.
func (w walk) on(heading string) {
	w.t.Helper()
	if got := browser.TextOf(w.t, w.ctx, "h1"); got != heading {
		w.t.Fatalf("on %q, want %q: %s", got, heading, browser.TextOf(w.t, w.ctx, "main"))
	}
}

// next saves the page and expects the heading of the one after it.
func (w walk) next(heading string) {
	w.t.Helper()
	w.press("Save and continue", 200)
	w.on(heading)
}

// refused sends the page as it is, which must be refused, and looks at it.
func (w walk) refused(name string) {
	w.t.Helper()
	w.press("Save and continue", 422)
	look(w.t, w.ctx, "referral-"+name+"-error")
}

func (w walk) look(name string) {
	w.t.Helper()
	look(w.t, w.ctx, "referral-"+name)
}

// consents fills in that the person agrees, in Vietnamese through an interpreter.
func (w walk) consents() {
	w.t.Helper()
	w.click("#consent-explained")
	w.click("#consent-answer")
	w.click("#consent-noticeVersion")
	w.choose("select[name='consent.language']", "vie")
	w.click("#consent-interpreter")
	w.fill("#consent-on-day", "11")
	w.fill("#consent-on-month", "3")
	w.fill("#consent-on-year", "2025")
}

// start signs a first responder in and opens a new draft that holds the form.
func start(t *testing.T, form casework.ReferralForm) (walk, string) {
	t.Helper()
	ctx := browser.New(t)
	s := serve(t)
	id, err := s.Cases.StartDraft(t.Context(), s.Actor(firstResponder), core.Identify, form, core.ID{})
	if err != nil {
		t.Fatal(err)
	}
	signIn(t, ctx, s, firstResponder)
	w := walk{t, ctx, s.Server.URL}
	return w, s.Server.URL + "/drafts/" + id.String()
}

// TestReferBeginning is the way from looking for an earlier referral to who the
// person is; each screen is looked at as it comes and as it is when refused.
func TestReferBeginning(t *testing.T) {
	ctx := browser.New(t)
	s := serve(t)
	signIn(t, ctx, s, firstResponder)
	w := walk{t, ctx, s.Server.URL}
	browser.Open(t, ctx, w.url+"/referrals/new")
	w.look("new")
	w.press("Look, then begin", 422)
	w.look("new-error")
	w.fill("#given", "Quynh")
	w.fill("#family", "Testperson")
	w.fill("#born-year", "1996")
	w.press("Look, then begin", 200)
	w.on("Refer somebody")
	w.look("tasks")
	w.press("Where you are referring from", 200)
	w.look("place")
	w.next("Is the person under 18?")
	w.refused("age")
	w.click("#age-stated-2")
	w.next("Consent")
	w.refused("consent")
	w.click("#consent-explained")
	w.click("#consent-answer")
	w.refused("consent-yes")
	w.consents()
	w.next("Names and how they are known")
}

// TestPossibleMatch looks for somebody whom another agency has referred.
func TestPossibleMatch(t *testing.T) {
	ctx := browser.New(t)
	s := serve(t)
	s.World.Refer(caseworktest.Form())
	signIn(t, ctx, s, "first_responder@ngo")
	w := walk{t, ctx, s.Server.URL}
	browser.Open(t, ctx, w.url+"/referrals/new")
	w.fill("#document", "zq 774 1209")
	w.press("Look, then begin", 200)
	w.on("Possible match")
	w.look("possible-match")
	w.press("Begin the referral", 200)
	w.on("Refer somebody")
}

// TestReferPerson is names, nationality and documents.
func TestReferPerson(t *testing.T) {
	form := caseworktest.Form()
	form.Identity = casework.Identity{}
	w, draft := start(t, form)
	browser.Open(t, w.ctx, draft+"/name")
	w.refused("names")
	w.fill("#identity-names-0-given", "Quynh")
	w.press("Add another name", 200)
	w.fill("#identity-names-1-given", "Linh")
	w.look("names")
	w.press("Remove name 2", 200)
	w.next("About the person")
	w.fill("#identity-birthDate-year", "2031")
	w.refused("about")
	w.fill("#identity-birthDate-year", "2011")
	w.click("#identity-gender")
	w.choose("select[name='identity.nationality']", "VNM")
	w.next("Refer somebody")
	w.look("tasks-contradiction")
	w.press("Local authority for the child", 200)
	w.refused("authority")
	browser.Open(t, w.ctx, draft+"/identity-documents")
	w.press("Add a document", 200)
	w.fill("#identity-documents-0-number", "ZQ7741209")
	w.refused("documents")
	w.choose("select[name='identity.documents.0.type']", "passport")
	w.next("Types of exploitation")
}

// TestReferStory is what happened.
func TestReferStory(t *testing.T) {
	form := caseworktest.Form()
	form.Facts, form.Narrative = casework.Facts{}, casework.Narrative{}
	w, draft := start(t, form)
	browser.Open(t, w.ctx, draft+"/exploitation")
	w.refused("types")
	w.click("#facts-exploitation")
	w.next("Where and when")
	w.refused("where")
	w.click("#facts-exploitedWhere")
	w.press("Add a place", 200)
	w.choose("select[name='narrative.situations.0.country']", "GBR")
	w.fill("#narrative-situations-0-from-year", "2024")
	w.look("where")
	w.next("What was done, how, and what for")
	w.look("elements")
	w.next("In words")
	w.refused("account")
	w.fill("#narrative-account", "She worked in a nail salon without pay.")
	w.next("Indicators you noticed")
	w.look("indicators")
	w.click("input[value='GEN-01']")
	w.fill("#q", "passport")
	w.press("Find", 200)
	w.look("indicators-found")
	w.click("input[value='GEN-03']")
	w.next("Who noticed it, and when")
	w.fill("#seen-GEN-01-on-year", "2031")
	w.refused("seen")
	w.fill("#seen-GEN-01-on-year", "2025")
	w.next("Risks and urgent needs")
}

// TestReferSafety is risks, the police and safe contact.
func TestReferSafety(t *testing.T) {
	w, draft := start(t, caseworktest.Form())
	browser.Open(t, w.ctx, draft+"/risks-and-needs")
	w.click("#facts-stillExploited-2")
	w.look("risks")
	w.next("Others involved")
	w.look("others")
	w.next("Police")
	w.click("#facts-policeReport")
	w.look("police")
	w.next("Where the person is now")
	w.look("location")
	w.next("Safe contact")
	w.click("#contact-safeToReach")
	w.click("#contact-channels")
	w.refused("contact")
	w.fill("#contact-phone", "07700 900123")
	w.next("Your details")
	w.fill("#narrative-referrer-name", "")
	w.refused("responder")
}

// TestReferSending adds a file, checks the answers and sends them.
func TestReferSending(t *testing.T) {
	w, draft := start(t, caseworktest.Form())
	browser.Open(t, w.ctx, draft+"/evidence")
	w.press("Add this file", 422)
	w.look("evidence-error")
	file := filepath.Join(t.TempDir(), "statement.txt")
	if err := os.WriteFile(file, []byte("What she said on the day."), 0o600); err != nil {
		t.Fatal(err)
	}
	browser.Do(t, w.ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	w.press("Add this file", 200)
	if got := browser.TextOf(t, w.ctx, "main table"); !strings.Contains(got, "statement.txt") {
		t.Errorf("the files added are %q", got)
	}
	w.look("evidence")
	browser.Open(t, w.ctx, draft)
	w.look("tasks-done")
	w.press("Delete this draft", 200)
	w.look("delete")
	browser.Open(t, w.ctx, draft+"/check")
	w.look("check")
	w.press("Send the referral", 200)
	w.on("Referral sent")
	w.look("receipt")
	browser.Open(t, w.ctx, w.url+"/referrals")
	w.look("mine")
}

// TestReferIncomplete looks at "check your answers" when something is missing.
func TestReferIncomplete(t *testing.T) {
	form := caseworktest.Form()
	form.Narrative.Account, form.Contact.SafeToReach = "", ""
	w, draft := start(t, form)
	browser.Open(t, w.ctx, draft+"/check")
	w.look("check-missing")
}

// TestReferChild is a referral of somebody whose age is in doubt: no consent is
// asked, and the local authority is.
func TestReferChild(t *testing.T) {
	form := caseworktest.ChildForm()
	form.Age = casework.Age{}
	w, draft := start(t, form)
	browser.Open(t, w.ctx, draft+"/age")
	w.click("#age-stated-3")
	w.next("Local authority for the child")
	w.look("authority")
	w.choose("#age-authority", accesstest.AgencyOf(core.LocalAuthority).ID.String())
	w.next("Names and how they are known")
	browser.Open(t, w.ctx, draft+"/check")
	w.press("Send the referral", 200)
	w.look("receipt-child")
}

// TestNotify is an adult who does not agree: nothing that names them is asked.
func TestNotify(t *testing.T) {
	form := caseworktest.NotifyForm()
	form.Consent = casework.ConsentGiven{}
	w, draft := start(t, form)
	browser.Open(t, w.ctx, draft+"/consent")
	w.click("#consent-explained")
	w.click("#consent-answer-2")
	w.next("Notification without identity")
	w.look("notify")
	w.next("About the person")
	w.look("notify-about")
	browser.Open(t, w.ctx, draft+"/check")
	w.look("notify-check")
	w.press("Send the notification", 200)
	w.on("Notification sent")
	w.look("notify-receipt")

	// A week later the person agrees: the notification becomes a referral, with the
	// same reference, and counts once.
	reference := browser.TextOf(t, w.ctx, ".clew-ref")
	if status := browser.Follow(t, w.ctx, "main a[href^='/cases/']"); status != 200 {
		t.Fatalf("the case of the notification: status %d", status)
	}
	w.press("Turn this notification into a referral", 200)
	w.on("Refer somebody")
	w.look("upgrade-tasks")
	upgraded, _, _ := strings.Cut(browser.Get(t, w.ctx, chromedp.Location()), "?")
	browser.Open(t, w.ctx, upgraded+"/consent")
	w.consents()
	w.next("Names and how they are known")
	w.fill("#identity-names-0-given", "Quynh")
	w.press("Save and continue", 200)
	browser.Open(t, w.ctx, upgraded+"/check")
	w.look("upgrade-check-missing")
	browser.Open(t, w.ctx, upgraded+"/safe-contact")
	w.click("#contact-safeToReach-3")
	w.next("Your details")
	browser.Open(t, w.ctx, upgraded+"/check")
	w.press("Send the referral", 200)
	w.on("Referral sent")
	w.look("upgrade-receipt")
	if got := browser.TextOf(t, w.ctx, ".clew-ref"); got != reference {
		t.Errorf("the referral has the reference %s, the notification had %s", got, reference)
	}
}

// TestTwoBrowsers writes the same page of a draft in two windows.
func TestTwoBrowsers(t *testing.T) {
	w, draft := start(t, caseworktest.Form())
	browser.Open(t, w.ctx, draft+"/what-happened")
	second := w
	second.ctx = browser.Tab(t, w.ctx)
	browser.Open(t, second.ctx, draft+"/what-happened")
	second.fill("#narrative-account", "The second window was quicker.")
	second.press("Save and continue", 200)
	w.fill("#narrative-account", "The first window took longer.")
	w.press("Save and continue", 409)
	w.look("conflict")
	for _, want := range []string{"The second window was quicker.", "The first window took longer."} {
		if !strings.Contains(browser.TextOf(t, w.ctx, "main"), want) {
			t.Errorf("the page with both versions lacks %q", want)
		}
	}
	w.press("Save my version", 200)
	browser.Open(t, w.ctx, draft+"/check")
	if !strings.Contains(browser.TextOf(t, w.ctx, "main"), "The first window took longer.") {
		t.Error("the version that was chosen is not the one kept")
	}
}

// TestReferWithoutJavaScript takes the whole way with scripts turned off.
func TestReferWithoutJavaScript(t *testing.T) {
	ctx := browser.New(t)
	s := serve(t)
	signIn(t, ctx, s, firstResponder)
	w := walk{t, ctx, s.Server.URL}
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Open(t, ctx, w.url+"/referrals/new")
	w.press("Begin without looking", 200)
	w.press("Where you are referring from", 200)
	w.next("Is the person under 18?")
	w.click("#age-stated-3")
	w.next("Local authority for the child")
	w.choose("#age-authority", accesstest.AgencyOf(core.LocalAuthority).ID.String())
	w.next("Names and how they are known")
	w.fill("#identity-names-0-given", "Quynh")
	w.press("Add another name", 200)
	w.fill("#identity-names-1-given", "Linh")
	w.press("Remove name 1", 200)
	w.next("About the person")
	w.click("#identity-gender")
	w.choose("#identity-nationality", "VNM")
	w.next("Identity documents and references")
	w.next("Types of exploitation")
	w.click("#facts-exploitation")
	w.next("Where and when")
	w.click("#facts-exploitedWhere")
	w.next("What was done, how, and what for")
	w.next("In words")
	w.fill("#narrative-account", "Works at night and is never alone.")
	w.next("Indicators you noticed")
	w.fill("#q", "passport")
	w.press("Find", 200)
	w.click("input[value='GEN-03']")
	w.next("Who noticed it, and when")
	w.next("Risks and urgent needs")
	w.next("Others involved")
	w.next("Police")
	w.next("Where the person is now")
	w.next("Safe contact")
	w.click("#contact-safeToReach-3")
	w.next("Your details")
	w.fill("#narrative-referrer-phone", "0117 496 0000")
	w.next("Evidence")
	w.next("Refer somebody")
	w.press("Check your answers and send", 200)
	browser.Do(t, ctx, browser.WithJavaScript())
	w.look("check-without-javascript")
	browser.Do(t, ctx, browser.WithoutJavaScript())
	w.press("Send the referral", 200)
	w.on("Referral sent")
}
