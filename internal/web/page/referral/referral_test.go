package referral_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
)

// must fails the test unless the text has every part.
func must(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("lacks %q:\n%s", p, text)
		}
	}
}

// mustNot fails the test when the text has any of the parts.
func mustNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("has %q:\n%s", p, text)
		}
	}
}

func TestAReferralFromBeginningToReference(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.adult(draft)
	check := v.get(draft + "/check").status(http.StatusOK)
	must(t, check.text("main"), "Quynh Zebra Testperson", "1996", "Vietnamese", "Forced or compulsory work", "The passport was taken.", "Testbury")
	mustNot(t, check.text("title"), "Quynh")
	receipt := v.send(draft)
	ref := strings.TrimPrefix(receipt, "/referrals/sent/")
	must(t, v.get(receipt).status(http.StatusOK).text(".govuk-panel"), ref)
	must(t, v.get("/referrals").status(http.StatusOK).text("main table"), ref)
}

func TestADoubleClickSendsOnceAndLeadsToTheReceipt(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.adult(draft)
	form := v.get(draft + "/check").values()
	first := v.post(draft+"/check", form).leads()
	again := v.post(draft+"/check", form)
	if again.leads() != first {
		t.Errorf("the second click leads to %s, the first to %s", again.to, first)
	}
	must(t, v.follow(again).text(".govuk-notification-banner"), "not sent twice")
	if got := v.get(draft).leads(); got != first {
		t.Errorf("going back to the draft leads to %s, want its receipt", got)
	}
	if n := len(v.get("/referrals").all("a.clew-ref, .clew-ref a, main table tbody tr a")); n != 1 {
		t.Errorf("%d referrals are listed, want 1", n)
	}
	other := visit(t, v.site, "first_responder@ngo")
	other.get(draft).status(http.StatusNotFound)
	other.post(draft+"/check", other.get("/referrals/new").with("rev", "1")).status(http.StatusNotFound)
}

func TestTheReceiptIsOnlyForThoseWhoMaySeeTheCase(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	draft := v.begin()
	v.adult(draft)
	receipt := v.send(draft)
	visit(t, site, "first_responder@ngo").get(receipt).status(http.StatusNotFound)
}

func TestARefusedPageKeepsWhatWasTyped(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	for _, c := range []struct {
		step    string
		typed   []string
		problem string
		anchor  string
		kept    string // selector of an input that still holds what was typed
	}{
		{"age", nil, "Say whether the person is under 18", "#age-stated", "main"},
		{"consent", []string{"consent.explained", "no", "consent.answer", "yes"}, "Consent counts only after an explanation", "#consent-explained", "#consent-answer[checked]"},
		{"name", []string{"identity.phones.0", "07700 900123"}, "Enter at least one name", "#identity-names-0-given", "input[value='07700 900123']"},
		{"name", []string{"identity.names.0.given", strings.Repeat("é", 201)}, "200 characters", "#identity-names-0-given", "#identity-names-0-given[value^='ééé']"},
		{"name", []string{"identity.names.0.given", "ab\u202Ecd"}, "turns text around", "#identity-names-0-given", "#identity-names-0-given[value='abcd']"},
		{"name", []string{"identity.names.0.given", "Jos\xe9"}, "could not be read", "#identity-names-0-given", "#identity-names-0-given[value^='Jos']"},
		{"about-the-person", []string{"identity.birthDate-day", "29", "identity.birthDate-month", "2", "identity.birthDate-year", "2001"}, "calendar", "#identity-birthDate-day", "#identity-birthDate-day[value='29']"},
		{"about-the-person", []string{"identity.birthDate-year", "2031", "identity.gender", "feminine"}, "today or in the past", "#identity-birthDate-day", "#identity-birthDate-year[value='2031']"},
		{"about-the-person", []string{"identity.nationality", "ZZZ"}, "from the list", "#identity-nationality", "main"},
		{"exploitation", []string{"facts.exploitation", "unknown", "facts.moreThanOne", "forged"}, "from the list", "#facts-moreThanOne", "input[value=unknown][checked]"},
		{"what-happened", []string{"narrative.account", strings.Repeat("a", 15001)}, "15000 characters", "#narrative-account", "#narrative-account"},
		{"what-happened", []string{"narrative.observations", "What I saw."}, "in your own words", "#narrative-account", "#narrative-observations"},
		{"safe-contact", []string{"contact.safeToReach", "yes", "contact.channels", "email"}, "e-mail address that is safe", "#contact-email", "input[value=email][checked]"},
	} {
		path := draft + "/" + c.step
		s := v.post(path, v.get(path).status(http.StatusOK).with(c.typed...)).status(http.StatusUnprocessableEntity)
		must(t, s.text(".govuk-error-summary"), c.problem)
		must(t, s.text("title"), "Error: ")
		if len(s.all(".govuk-error-summary a[href='"+c.anchor+"']")) == 0 || len(s.all(c.anchor)) == 0 {
			t.Errorf("%s %q: no link to %s: %s", c.step, c.typed, c.anchor, s.text(".govuk-error-summary"))
		}
		if len(s.all(c.kept)) == 0 {
			t.Errorf("%s %q: nothing matches %s", c.step, c.typed, c.kept)
		}
	}
	two := url.Values{"facts.exploitation": {"unknown", "forced_labour"}}
	for k, list := range v.get(draft + "/exploitation").values() {
		two[k] = append(two[k], list...)
	}
	s := v.post(draft+"/exploitation", two).status(http.StatusUnprocessableEntity)
	must(t, s.text(".govuk-error-summary"), "cannot both be true")
	if n := len(s.all("input[name='facts.exploitation'][checked]")); n != 2 {
		t.Errorf("%d of the two types that contradict each other are still chosen", n)
	}
}

func TestSavingForLaterNeedsNoAnswerButKeepsEach(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	path := draft + "/what-happened"
	back := v.post(path, v.get(path).with("narrative.control", "A debt.", "later", "yes"))
	if back.leads() != draft {
		t.Errorf("led to %s", back.to)
	}
	must(t, v.follow(back).text("main"), "is saved")
	must(t, v.get(path).text("#narrative-control"), "A debt.")
	must(t, v.get(draft).text("#what-happened-status"), "To do")
}

func TestRowsAreAddedAndRemovedWithoutScripts(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	path := draft + "/name"
	s := v.post(path, v.get(path).with("identity.names.0.given", "One", "add", "identity.names")).status(http.StatusOK)
	s = v.post(path, s.with("identity.names.1.given", "Two", "add", "identity.names")).status(http.StatusOK)
	if len(s.all(".govuk-error-summary")) != 0 {
		t.Error("adding a row complained about the others")
	}
	s = v.post(path, s.with("identity.names.2.given", "Three", "remove", "identity.names.1")).status(http.StatusOK)
	for i, want := range []string{"One", "Three"} {
		if got := attr(s.all("[name^='identity.names'][name$=given]")[i], "value"); got != want {
			t.Errorf("row %d holds %q, want %q", i, got, want)
		}
	}
	for _, forged := range []string{"identity.names.9", "identity.names.-1", "identity.names.x", "..", "facts"} {
		v.post(path, s.with("remove", forged))
	}
	v.post(path, s.values()).leads()
	must(t, v.get(draft+"/check").text("main"), "One", "Three")
	mustNot(t, v.get(draft+"/check").text("main"), "Two")
}

func TestAnErrorStandsAtItsRowWhenAnEarlierRowIsEmpty(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	path := draft + "/identity-documents"
	s := v.post(path, v.get(path).with("add", "identity.documents"))
	s = v.post(path, s.with("add", "identity.documents"))
	s = v.post(path, s.with("identity.documents.1.number", "ZQ77")).status(http.StatusUnprocessableEntity)
	if len(s.all(".govuk-error-summary a[href='#identity-documents-1-type']")) != 1 {
		t.Errorf("the error is not at the second document: %s", s.text(".govuk-error-summary"))
	}
}

func TestTwoWindowsOnOnePageShowBothVersions(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	path := draft + "/what-happened"
	slow, quick := v.get(path), v.get(path)
	v.post(path, quick.with("narrative.account", "Quick words.")).leads()
	s := v.post(path, slow.with("narrative.account", "Slow words.", "narrative.control", "Only here.")).status(http.StatusConflict)
	must(t, s.text(".clew-versions"), "Quick words.", "Slow words.", "Differs")
	must(t, s.text("#narrative-account"), "Slow words.")
	must(t, v.get(path).text("#narrative-account"), "Quick words.")
	v.post(path, s.values()).leads()
	must(t, v.get(path).text("#narrative-account"), "Slow words.")
	must(t, v.get(path).text("#narrative-control"), "Only here.")
}

func TestTwoWindowsOnDifferentPagesAreNoConflict(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	slow := v.get(draft + "/what-happened")
	v.fill(draft, "age", "age.stated", "unsure")
	v.post(draft+"/what-happened", slow.with("narrative.account", "Words.")).leads()
	must(t, v.get(draft+"/check").text("main"), "Not sure", "Words.")
}

func TestAChangeAfterChecking(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.adult(draft)
	form := v.get(draft + "/check").values()
	v.fill(draft, "what-happened", "narrative.account", "Changed since.")
	s := v.post(draft+"/check", form).status(http.StatusUnprocessableEntity)
	must(t, s.text(".govuk-error-summary"), "changed")
	must(t, s.text("main"), "Changed since.")
	v.post(draft+"/check", s.values()).leads()
}

func TestNothingIncompleteIsSent(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.adult(draft)
	v.fill(draft, "safe-contact", "contact.safeToReach", "no")
	path := draft + "/what-happened"
	v.post(path, v.get(path).with("narrative.account", "", "later", "yes")).leads()
	page := v.get(draft + "/check").status(http.StatusOK)
	must(t, page.text("main"), "Not ready to be sent", "Say in your own words")
	forged := page.values()
	forged.Set("csrf", v.get(path).values().Get("csrf"))
	forged.Set("rev", v.get(path).values().Get("rev"))
	s := v.post(draft+"/check", forged).status(http.StatusUnprocessableEntity)
	for _, a := range s.all(".govuk-error-summary a") {
		if len(s.all(attr(a, "href"))) != 1 {
			t.Errorf("the summary leads nowhere: %s", attr(a, "href"))
		}
	}
	must(t, v.get(draft).status(http.StatusOK).text("#what-happened-status"), "Needs another look")
}

func TestForgedRequestsAndStrangersFindNothing(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	draft := v.begin()
	for _, path := range []string{draft + "/age", draft + "/share", draft + "/delete", draft + "/check", draft + "/evidence", draft + "/indicators", "/referrals/new"} {
		v.post(path, url.Values{"age.stated": {"adult"}, "csrf": {"forged"}}).status(http.StatusForbidden)
	}
	v.get(draft + "/no-such-page").status(http.StatusNotFound)
	v.get("/drafts/forged/age").status(http.StatusNotFound)
	v.get("/referrals?after=forged").status(http.StatusNotFound)
	for _, name := range []string{"first_responder@ngo", "caseworker@competent_authority", "immigration_staff@immigration"} {
		other := visit(t, site, name)
		for _, path := range []string{draft, draft + "/age", draft + "/check", draft + "/evidence", draft + "/indicators", draft + "/indicators/seen", draft + "/delete"} {
			other.get(path).status(http.StatusNotFound)
		}
	}
	visit(t, site, "caseworker@competent_authority").get("/referrals/new").status(http.StatusNotFound)
}

func TestAnExpiredSessionLosesNothingTyped(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	draft := v.begin()
	path := draft + "/risks-and-needs"
	typed := v.get(path).values()
	typed["facts.risks"] = []string{"threat_to_life", "missing"}
	typed.Set("narrative.riskDetail", "First line.\nSecond “line”.")
	site.World.Clock.Advance(13 * time.Hour)
	away := v.post(path, typed)
	must(t, away.leads(), "/sign-in")
	next, err := url.Parse(away.to)
	if err != nil {
		t.Fatal(err)
	}
	back := visit(t, site, responder)
	kept := back.get(next.Query().Get("next")).status(http.StatusOK)
	back.post(attr(kept.all("main form")[0], "action"), kept.every()).leads()
	page := back.get(path).status(http.StatusOK)
	must(t, page.text("#narrative-riskDetail"), "First line.\nSecond “line”.")
	if n := len(page.all("input[name='facts.risks'][checked]")); n != 2 {
		t.Errorf("%d of 2 risks came back", n)
	}
}

func TestADraftIsDeletedOnlyAfterAQuestion(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	ask := v.get(draft + "/delete").status(http.StatusOK)
	must(t, ask.text("main"), "cannot be undone")
	v.get(draft).status(http.StatusOK)
	if to := v.post(draft+"/delete", ask.values()).leads(); to != "/referrals" {
		t.Errorf("led to %s", to)
	}
	v.get(draft).status(http.StatusNotFound)
	v.post(draft+"/age", ask.values()).status(http.StatusNotFound)
}

func TestADraftNearItsEndSaysSo(t *testing.T) {
	site := newSite(t)
	draft := visit(t, site, responder).begin()
	site.World.Clock.Advance(22 * 24 * time.Hour)
	site.World.RunJobs()
	v := visit(t, site, responder)
	must(t, v.get(draft).text(".govuk-warning-text"), "will be deleted on 9 April 2025")
	must(t, v.get("/referrals").text("main table"), "Deleted soon")
	v.fill(draft, "place")
	if v.get(draft).text(".govuk-warning-text") != "" {
		t.Error("a draft that was just saved still warns")
	}
}

func TestASharedDraftIsOpenToColleaguesOnly(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	draft := v.begin()
	colleague := colleague(t, site)
	colleague.get(draft).status(http.StatusNotFound)
	v.post(draft+"/share", v.get(draft).values()).leads()
	must(t, colleague.get(draft).status(http.StatusOK).text("main"), "began this draft and shared it")
	visit(t, site, "first_responder@ngo").get(draft).status(http.StatusNotFound)
	unshare := colleague.post(draft+"/share", colleague.get(draft).values())
	if unshare.leads() != "/referrals" {
		t.Errorf("the colleague is led to %s after closing the draft to themselves", unshare.to)
	}
	colleague.get(draft).status(http.StatusNotFound)
}

func TestTheChildTrackAsksNoConsent(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	if to := v.fill(draft, "age", "age.stated", "unsure"); to != draft+"/local-authority" {
		t.Errorf("doubt about the age leads to %s", to)
	}
	list := v.get(draft).text("main")
	must(t, list, "Local authority")
	mustNot(t, list, "Consent")
	if to := v.get(draft + "/consent").leads(); to != draft {
		t.Errorf("consent for a child leads to %s", to)
	}
	v.fill(draft, "local-authority", "age.authority", accesstest.AgencyOf(core.LocalAuthority).ID.String())
	v.fill(draft, "name", "identity.names.0.given", "Linh")
	v.fill(draft, "about-the-person", "identity.gender", "feminine", "identity.nationality", "VNM")
	v.fill(draft, "identity-documents")
	v.rest(draft)
	must(t, v.get(v.send(draft)).text("main"), accesstest.AgencyOf(core.LocalAuthority).Name)
}

func TestADateOfBirthThatContradictsTheAgeIsToldKindly(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.fill(draft, "age", "age.stated", "adult")
	if to := v.fill(draft, "about-the-person", "identity.birthDate-year", "2011", "identity.gender", "feminine", "identity.nationality", "VNM"); to != draft {
		t.Errorf("leads to %s, want the task list, which explains", to)
	}
	must(t, v.get(draft).text("main"), "do not agree", "protected as a child", "Local authority for the child")
	must(t, v.get(draft+"/check").text("main"), "do not agree")
	path := draft + "/about-the-person"
	v.fill(draft, "age", "age.stated", "child")
	s := v.post(path, v.get(path).with("identity.birthDate-year", "1990")).status(http.StatusUnprocessableEntity)
	must(t, s.text(".govuk-error-summary"), "makes the person an adult")
}

func TestAnAdultWhoDoesNotAgreeIsNotifiedWithoutIdentity(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	draft := v.begin()
	v.adult(draft)
	v.adultPlace(draft)
	if to := v.fill(draft, "consent", "consent.explained", "yes", "consent.answer", "no"); to != draft+"/duty-to-notify" {
		t.Errorf("a refusal leads to %s", to)
	}
	list := v.get(draft).text("main")
	mustNot(t, list, "Names", "Identity documents", "Where the person is now", "Safe contact")
	mustNot(t, v.get(draft+"/about-the-person").text("main"), "Date of birth")
	mustNot(t, v.get(draft+"/check").text("main"), "Quynh", "1996", "Testbury", "Factory Lane", "CR/77")
	v.fill(draft, "duty-to-notify", "narrative.notifyReason", "Afraid.")
	receipt := v.get(v.send(draft)).status(http.StatusOK)
	must(t, receipt.text("main"), "Notification sent", "turn the notification into a referral")
	caseID := strings.TrimPrefix(attr(receipt.all("main a[href^='/cases/']")[0], "href"), "/cases/")
	v.post("/cases/"+caseID+"/upgrade", url.Values{"csrf": {"forged"}}).status(http.StatusForbidden)
	fresh := v.post("/cases/"+caseID+"/upgrade", receipt.csrf()).leads()
	must(t, v.get(fresh).status(http.StatusOK).text("main"), "turns an earlier notification into a referral")
	check := v.get(fresh + "/check").text("main")
	must(t, check, "What happened, as far as you know?", "Forced or compulsory work")
	mustNot(t, check, "Quynh", "Testbury", "Factory Lane", "CR/77")
	other := visit(t, site, "first_responder@ngo")
	other.post("/cases/"+caseID+"/upgrade", other.get("/referrals/new").csrf()).status(http.StatusNotFound)
}

func TestANewRoundIsLinkedAndCopiesNothing(t *testing.T) {
	site := newSite(t)
	v := visit(t, site, responder)
	ctx := context.Background()
	author := site.Actor(responder)
	id, err := site.Cases.StartDraft(ctx, author, core.Identify, caseworktest.Form(), core.ID{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := site.Cases.SubmitDraft(ctx, author, core.Identify, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	token := v.get("/referrals/new").csrf()
	v.post("/cases/"+r.CaseID.String()+"/refer-again", token).status(http.StatusConflict) // it has not ended
	if err := site.Cases.WithdrawConsent(ctx, author, core.Identify, r.CaseID, 0, casework.ConsentReferral); err != nil {
		t.Fatal(err)
	}
	draft := v.post("/cases/"+r.CaseID.String()+"/refer-again", token).leads()
	must(t, v.get(draft).text("main"), "new round")
	mustNot(t, v.get(draft+"/check").text("main"), "Quynh", "nail salon")
	other := visit(t, site, "first_responder@ngo")
	other.post("/cases/"+r.CaseID.String()+"/refer-again", other.get("/referrals/new").csrf()).status(http.StatusNotFound)
}

func TestTheDayIsTheOneWhereTheReaderWorks(t *testing.T) {
	site := newSite(t)
	site.World.Clock.Set(time.Date(2025, time.July, 14, 23, 30, 0, 0, time.UTC)) // 15 July in London
	v := visit(t, site, responder)
	draft := v.begin()
	path := draft + "/consent"
	on := func(day string) *sheet {
		return v.post(path, v.get(path).with("consent.explained", "yes", "consent.answer", "yes", "consent.noticeVersion", "2026-1", "consent.language", "vie",
			"consent.interpreter", "no", "consent.on-day", day, "consent.on-month", "7", "consent.on-year", "2025"))
	}
	must(t, on("16").status(http.StatusUnprocessableEntity).text(".govuk-error-summary"), "today or in the past")
	on("15").leads()
}
