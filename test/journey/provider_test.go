package journey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/support/supporttest"
	"clew/internal/web/webtest"
)

const (
	aSupporter = "support_worker@support_provider"
	aCharity   = "support_worker@ngo"
)

// into signs somebody in and returns their way through the pages.
func into(t *testing.T, s *webtest.Site, name string) walk {
	t.Helper()
	w := walk{t: t, ctx: browser.New(t), url: s.Server.URL}
	signIn(t, w.ctx, s, name)
	return w
}

func (w walk) open(path string) {
	w.t.Helper()
	browser.Open(w.t, w.ctx, w.url+path)
}

func (w walk) date(name string, day core.Date) {
	w.t.Helper()
	for part, n := range map[string]int{"day": day.Day, "month": day.Month, "year": day.Year} {
		w.fill(fmt.Sprintf("#%s-%s", name, part), fmt.Sprint(n))
	}
}

// says fails the test unless the page says each text.
func (w walk) says(texts ...string) {
	w.t.Helper()
	got := browser.TextOf(w.t, w.ctx, "main")
	for _, text := range texts {
		if !strings.Contains(got, text) {
			w.t.Errorf("%s does not say %q:\n%s", browser.Get(w.t, w.ctx, chromedp.Location()), text, got)
		}
	}
}

// wrong presses the button, which must be refused with the texts, and looks.
func (w walk) wrong(button, name string, texts ...string) {
	w.t.Helper()
	w.press(button, 422)
	w.says(append(texts, "There is a problem")...)
	look(w.t, w.ctx, name)
}

func (w walk) follow(selector string) {
	w.t.Helper()
	if status := browser.Follow(w.t, w.ctx, selector); status != 200 {
		w.t.Fatalf("%s: status %d", selector, status)
	}
}

// another is somebody else at a desk of their own.
func (w walk) another(s *webtest.Site, name string) walk {
	w.t.Helper()
	o := walk{t: w.t, ctx: browser.Another(w.t, w.ctx), url: w.url}
	signIn(w.t, o.ctx, s, name)
	return o
}

// count is how many elements of the page the selector names.
func count(t *testing.T, w walk, selector string) int {
	t.Helper()
	return browser.Get(t, w.ctx, chromedp.Evaluate[int](fmt.Sprintf("document.querySelectorAll(%q).length", selector)))
}

func (w walk) value(selector string) string {
	w.t.Helper()
	return browser.Get(w.t, w.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).value", selector)))
}

func dayOf(s *webtest.Site) core.Date { return core.DateIn(s.Clock.Now(), time.UTC) }

// pass lets time go by, with its jobs, and signs the person in again.
func (w walk) pass(s *webtest.Site, d time.Duration, name string) {
	w.t.Helper()
	s.World.Clock.Advance(d)
	s.World.RunJobs()
	browser.Do(w.t, w.ctx, browser.WithJavaScript())
	signIn(w.t, w.ctx, s, name)
}

// anOffer is a provider with two beds and an offer that waits for it.
func anOffer(t *testing.T) *webtest.Site {
	t.Helper()
	s := serve(t)
	s.Shelter.Agree(supporttest.Worker)
	s.Shelter.Open(supporttest.Worker, 2)
	s.Shelter.Offered(supporttest.Worker)
	return s
}

// TestAProviderFromAnOfferToAPlan: what is needed and not who, a bed, the person,
// what they need, what they want.
func TestAProviderFromAnOfferToAPlan(t *testing.T) {
	s := anOffer(t)
	w := into(t, s, aSupporter)
	look(t, w.ctx, "provider-home")
	w.open("/support/offers")
	look(t, w.ctx, "provider-offers")
	browser.Follow(t, w.ctx, "tbody a")
	if page := browser.Get(t, w.ctx, chromedp.OuterHTML(chromedp.CSS("html"))); strings.Contains(page, "Quynh") || strings.Contains(page, "Testperson") || strings.Contains(page, "/cases/") {
		t.Error("an offer says who it is about before anybody accepted")
	}
	w.wrong("Accept and reserve the bed", "provider-offer-error", "Choose the bed that you will keep for them.")
	w.click("#bed")
	w.press("Accept and reserve the bed", 200)
	if got := flash(t, w.ctx); !strings.Contains(got, "You have accepted") {
		t.Errorf("after accepting: %q", got)
	}
	look(t, w.ctx, "provider-file-new")
	file := strings.TrimPrefix(strings.SplitN(browser.Get(t, w.ctx, chromedp.Location()), "?", 2)[0], w.url)

	w.press("They have arrived", 200)
	w.date("on", dayOf(s).AddDays(1))
	w.wrong("Save", "provider-arrive-error", "has not come yet")
	w.date("on", dayOf(s))
	w.press("Save", 200)
	w.open(file + "/assessment")
	w.wrong("Save", "provider-assessment-error", "Choose how high the risk is.", "Write what threatens the person")
	w.click("input[name=risk][value=high]")
	w.fill("#safety", "A man waits at the station.")
	w.fill("#health", "Needs a dentist.")
	w.choose("select[name=interpreter]", "vie")
	w.press("Save", 200)
	w.says("A man waits at the station.", "Vietnamese")

	w.open(file + "/goal")
	w.wrong("Add the goal", "provider-goal-error", "Choose what the goal is about.", "Enter the day")
	w.choose("select[name=area]", "language")
	w.fill("#goal", "I want to read my letters.")
	w.date("reviewOn", dayOf(s).AddDays(-1))
	w.press("Add the goal", 422)
	w.says("This day is past.")
	w.date("reviewOn", dayOf(s).AddDays(14))
	w.press("Add the goal", 200)
	look(t, w.ctx, "provider-plan")
	browser.Follow(t, w.ctx, `main a[href*="/goals/"]`)
	w.wrong("Save", "provider-review-error", "Choose how it stands.")
	w.click("input[name=state][value=open]")
	w.fill("#review", "Reads short ones already.")
	w.date("reviewOn", dayOf(s).AddDays(28))
	w.press("Save", 200)
	w.says("Reads short ones already.", dayOf(s).AddDays(28).Long())

	w.open(file + "/move-on")
	w.wrong("Save", "provider-move-on-error", "Write where they will live")
	w.fill("#home", "A room with the cousin.")
	w.press("Save", 200)
	look(t, w.ctx, "provider-file")
}

// housed is a person in a bed, and the address of their file.
func housed(t *testing.T) (*webtest.Site, core.ID, string) {
	t.Helper()
	s := serve(t)
	caseID, file := s.Shelter.Housed()
	must(t, s.Support.Arrive(context.Background(), s.Actor(aSupporter), core.Protect, file, dayOf(s)))
	return s, caseID, "/support/files/" + file.String()
}

// TestAProviderReachesSomebodySafely: the terms, a contact that nobody records, one
// that was made, a message that would harm and one that does not, help and money.
func TestAProviderReachesSomebodySafely(t *testing.T) {
	s, _, file := housed(t)
	w := into(t, s, aSupporter)
	w.open(file + "/terms")
	w.click("input[name=safeToReach][value=yes]")
	w.wrong("Save", "provider-terms-error", "Choose at least one safe way")
	w.click("input[name=channels][value=text]")
	w.click("input[name=channels][value=worker]")
	w.fill("#phone", "+44 7700 900123")
	w.fill("#hours", "weekdays 9:00-17:00")
	w.fill("#neverSay", "police")
	w.press("Save", 200)

	w.open(file + "/reach")
	w.wrong("Check and record", "provider-reach-empty", "Choose how.")
	w.click("input[name=channel][value=text]")
	w.choose("select[name=language]", "vie")
	w.fill("#words", "The police ask for you.")
	w.wrong("Check and record", "provider-reach-unsafe", "must never be said")
	if got := w.value("#words"); got != "The police ask for you." {
		t.Errorf("the words are lost: %q", got)
	}
	w.fill("#words", "Hen gap ngay mai.")
	w.press("Check and record", 200)
	look(t, w.ctx, "provider-contacts")

	w.open(file + "/contact")
	w.wrong("Plan it", "provider-contact-error", "Enter the day.", "Enter the time")
	w.date("at", dayOf(s).AddDays(1))
	w.fill("#clock", "half past two")
	w.click("input[name=channel][value=worker]")
	w.press("Plan it", 422)
	w.says("Enter the time as hours and minutes")
	w.fill("#clock", "14:30")
	w.press("Plan it", 200)
	w.says("Planned")
	w.pass(s, 4*24*time.Hour, aSupporter)
	look(t, w.ctx, "provider-home-missed")
	w.open(file + "/contacts")
	w.says("Nobody recorded it")
	browser.Follow(t, w.ctx, `tbody a[href*="/contacts/"]`)
	w.wrong("Save", "provider-record-error", "Choose what came of it.")
	w.click("input[name=state][value=made]")
	w.fill("#result", "Came after all.")
	w.press("Save", 200)
	w.says("Came after all.")

	w.open(file + "/payment")
	w.fill("#currency", "")
	w.wrong("Record", "provider-payment-error", "Choose what it is for.", "Enter the amount.", "three letters")
	w.click("input[name=kind][value=travel]")
	w.fill("#currency", "GBP")
	w.fill("#amount", "a lot")
	w.press("Record", 422)
	w.says("Enter an amount such as")
	w.fill("#amount", "39.50")
	w.press("Record", 200)
	w.says("GBP 39.50")
	w.open(file + "/activity")
	w.wrong("Record", "provider-activity-error", "Choose what was done.", "Write what was done.")
	w.click("input[name=kind][value=legal_advice]")
	w.fill("#words", "Two hours with the lawyer.")
	w.press("Record", 200)
	look(t, w.ctx, "provider-help")
}

// TestAProviderEndsSupportWithNotice: no silent end and no early one, and nothing of
// the person afterwards.
func TestAProviderEndsSupportWithNotice(t *testing.T) {
	s, caseID, file := housed(t)
	w := into(t, s, aSupporter)
	w.open(file + "/share")
	look(t, w.ctx, "provider-share")
	w.click("input[name=shared][value=yes]")
	w.press("Save", 200)
	w.says("at the person’s own wish")
	w.open(file + "/move")
	look(t, w.ctx, "provider-move")
	w.open(file + "/notice")
	w.wrong("Give notice", "provider-notice-error", "Choose why support ends.")
	w.choose("select[name=reason]", "goals_met")
	w.date("endsOn", dayOf(s).AddDays(2))
	w.press("Give notice", 422)
	w.says("at the earliest")
	w.date("endsOn", dayOf(s).AddDays(15))
	w.press("Give notice", 200)
	w.open(file + "/end")
	w.wrong("End support", "provider-end-early", "The notice runs until")
	w.open(file + "/take-back")
	look(t, w.ctx, "provider-take-back")
	w.pass(s, 15*24*time.Hour, aSupporter)
	look(t, w.ctx, "provider-home-end")
	w.open(file + "/end")
	w.press("End support", 200)
	w.says("This support has ended.")
	look(t, w.ctx, "provider-ended")
	w.open("/cases/" + caseID.String())
	if got := heading(t, w.ctx); got != "Page not found" {
		t.Errorf("the case of somebody no longer supported is titled %q", got)
	}
}

// TestAProviderKeepsItsPlaces: a place without an address, a bed out of use.
func TestAProviderKeepsItsPlaces(t *testing.T) {
	s := anOffer(t)
	w := into(t, s, aSupporter)
	w.open("/support/places")
	look(t, w.ctx, "provider-places")
	w.open("/support/places/new")
	w.wrong("Add the place", "provider-place-error", "Enter the address.", "Choose the region.", "Enter how many.")
	w.fill("#where-name", "Okapi flat")
	w.fill("#where-address", "9 Nowhere Street")
	w.choose("select[name=region]", "north")
	w.click("input[name=attributes][value=women]")
	w.fill("#beds", "2")
	w.press("Add the place", 200)
	look(t, w.ctx, "provider-place")
	browser.Follow(t, w.ctx, `form[action*="/beds/"] button`)
	w.says("Out of use")
	w.open("/support/people")
	look(t, w.ctx, "provider-people")
}

// TestWithoutScriptsAProviderTakesAndReaches: the same forms, plainly.
func TestWithoutScriptsAProviderTakesAndReaches(t *testing.T) {
	s := anOffer(t)
	w := into(t, s, aSupporter)
	browser.Do(t, w.ctx, browser.WithoutJavaScript())
	w.open("/support/offers")
	browser.Follow(t, w.ctx, "tbody a")
	w.press("Accept and reserve the bed", 422)
	w.says("Choose the bed that you will keep for them.")
	w.click("#bed")
	w.press("Accept and reserve the bed", 200)
	file := strings.SplitN(browser.Get(t, w.ctx, chromedp.Location()), "?", 2)[0]
	browser.Open(t, w.ctx, file+"/terms")
	w.click("input[name=safeToReach][value=yes]")
	w.click("input[name=channels][value=text]")
	w.fill("#phone", "+44 7700 900123")
	w.fill("#neverSay", "police")
	w.press("Save", 200)
	browser.Open(t, w.ctx, file+"/reach")
	w.click("input[name=channel][value=text]")
	w.choose("select[name=language]", "vie")
	w.fill("#words", "The police.")
	w.press("Check and record", 422)
	w.says("must never be said")
	w.fill("#words", "Hen gap.")
	w.press("Check and record", 200)
	browser.Do(t, w.ctx, browser.WithJavaScript())
	look(t, w.ctx, "provider-noscript")
}

// TestTwoTabsTakeTheSameBed: one has it; the other is told, and what is still free
// stands there to choose.
func TestTwoTabsTakeTheSameBed(t *testing.T) {
	s := anOffer(t)
	s.Shelter.Offered(supporttest.Worker)
	offers, err := s.Support.Offers(context.Background(), s.Actor(aSupporter), core.Protect, 10)
	must(t, err)
	if len(offers) != 2 {
		t.Fatalf("%d offers", len(offers))
	}
	one := into(t, s, aSupporter)
	two := walk{t: t, ctx: browser.Tab(t, one.ctx), url: one.url}
	for i, w := range []walk{one, two} {
		w.open("/support/offers/" + offers[i].ID.String())
		w.click("#bed")
	}
	one.press("Accept and reserve the bed", 200)
	two.wrong("Accept and reserve the bed", "provider-bed-taken", "This bed was taken a moment ago. Choose another one")
	two.click("#bed")
	two.press("Accept and reserve the bed", 200)
	if got := flash(t, two.ctx); !strings.Contains(got, "You have accepted") {
		t.Errorf("with the other bed: %q", got)
	}
}

// TestTwoProvidersSayYesToTheSamePerson: the first yes counts.
func TestTwoProvidersSayYesToTheSamePerson(t *testing.T) {
	s := anOffer(t)
	s.Shelter.Agree(supporttest.Charity)
	s.Shelter.Open(supporttest.Charity, 1)
	s.World.Clock.Advance(24*time.Hour + time.Second)
	s.World.RunJobs()
	provider := into(t, s, aSupporter)
	charity := provider.another(s, aCharity)
	for _, w := range []walk{provider, charity} {
		w.open("/support/offers")
		browser.Follow(t, w.ctx, "tbody a")
		w.click("#bed")
	}
	look(t, provider.ctx, "provider-offer-late")
	charity.press("Accept and reserve the bed", 200)
	provider.wrong("Accept and reserve the bed", "provider-lost", "Another provider accepted first", "You need do nothing")
	beds, err := s.Support.FreeBeds(context.Background(), s.Actor(aSupporter), core.Protect)
	if err != nil || len(beds) != 2 {
		t.Errorf("who came second has %d free beds, want both: %v", len(beds), err)
	}
}

// TestAnAuthoritySeesPlacesInNumbersAndAsksByHand: capacity, what if, agreements, and
// how far support of a case is.
func TestAnAuthoritySeesPlacesInNumbersAndAsksByHand(t *testing.T) {
	s, caseID, _ := housed(t)
	w := into(t, s, aManager)
	w.open("/support/capacity")
	look(t, w.ctx, "capacity")
	w.press("Compare recovery periods", 200)
	w.fill("#periods", "none")
	w.wrong("Compare", "what-if-error", "Enter periods between 1 and 730 days")
	if got := w.value("#periods"); got != "none" {
		t.Errorf("what was typed is lost: %q", got)
	}
	w.fill("#periods", "30, 90")
	w.fill("#years", "1")
	w.press("Compare", 200)
	look(t, w.ctx, "what-if")
	w.open("/agreements")
	look(t, w.ctx, "agreements")
	w.open("/agreements/new")
	w.wrong("Save", "agreement-error", "Choose the provider.", "Enter the first day of the agreement.")
	w.open("/cases/" + caseID.String())
	w.says("Given by")
}

// TestAnAuthorityAsksForSupport when nobody has yet.
func TestAnAuthorityAsksForSupport(t *testing.T) {
	s := anOffer(t)
	f := caseworktest.Form()
	f.Facts.SupportWanted = "no" // they have thought again since
	id := s.World.Assigned(f)
	must(t, s.World.DecideRG(context.Background(), caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, id, 0, caseworktest.Decision(casework.Positive)))
	s.World.RunJobs()
	w := into(t, s, aCaseworker)
	w.open("/cases/" + id.String() + "/support")
	w.fill("#dependants", "many")
	w.wrong("Ask for support", "ask-support-error")
	w.fill("#dependants", "0")
	w.click("input[name=who][value=women]")
	w.press("Ask for support", 200)
	w.says("Being offered")
	look(t, w.ctx, "case-support-asked")
}
