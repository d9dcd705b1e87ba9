package journey_test

import (
	"context"
	"testing"
	"time"

	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/support"
)

// TestPapersFromApplicationToRenewal: with evidence, paused, resumed, granted for less
// than usual with its reason, told before it ends, renewed.
func TestPapersFromApplicationToRenewal(t *testing.T) {
	s, caseID, _ := housed(t)
	_, err := s.World.AddEvidence(context.Background(), s.Actor(aCaseworker), core.Identify, caseID, casework.Upload{Name: "pay slip.txt", Content: []byte("Paid 20 for 60 hours\n")})
	must(t, err)
	papers := "/cases/" + caseID.String() + "/papers"
	w := into(t, s, aCaseworker)
	w.open(papers)
	look(t, w.ctx, "papers-none")
	w.press("Record an application", 200)
	w.wrong("Record the application", "papers-apply-error", "Choose what is applied for.", "Enter the day.")
	w.click("input[name=kind][value=permit]")
	w.press("Record the application", 422)
	w.says("Choose the ground.")
	w.click("input[name=ground][value=personal_situation]")
	w.click("input[name=evidence]")
	w.date("appliedOn", dayOf(s).AddDays(1))
	w.fill("#reference", "ZZ/1")
	w.choose("select[name=asylum]", "pending")
	w.press("Record the application", 422)
	w.says("has not come yet")
	if got := w.value("#reference"); got != "ZZ/1" {
		t.Errorf("what was typed is lost: %q", got)
	}
	w.date("appliedOn", dayOf(s))
	w.press("Record the application", 200)
	w.says("pay slip.txt", "ZZ/1", "Applied for")
	look(t, w.ctx, "papers-applied")

	w.step("pause")
	w.wrong("Record", "papers-pause-error", "Write the reason as you know it.")
	w.fill("#reason", "The form is with the lawyer.")
	w.press("Record", 200)
	w.says("Paused")
	w.step("resume")
	w.press("Record", 200)
	w.step("grant")
	w.wrong("Record", "papers-grant-error", "Enter the first day.")
	w.date("from", dayOf(s))
	w.date("until", dayOf(s).AddDays(-1))
	w.press("Record", 422)
	w.says("This day is not after the first day.")
	w.date("until", dayOf(s).AddMonths(4))
	w.wrong("Record", "papers-grant-short", "This is shorter than the")
	w.fill("#reason", "So granted by the office.")
	w.press("Record", 200)
	w.says("Granted", "So granted by the office.")

	w.pass(s, dayOf(s).AddMonths(4).AddDays(-89).StartIn(time.UTC).Sub(s.Clock.Now()), aCaseworker)
	look(t, w.ctx, "papers-home-expiring")
	w.follow(`main a[href$="/papers"]`)
	w.says("A permit ends soon")
	look(t, w.ctx, "papers-expiring")
	w.press("Record an application", 200)
	w.click("input[name=kind][value=permit]")
	w.click("input[name=ground][value=cooperation]")
	w.date("appliedOn", dayOf(s))
	w.press("Record the application", 200)
	w.step("grant")
	w.date("from", dayOf(s))
	w.fill("#months", "12")
	w.press("Record", 200)
	w.says("Renewed")
	look(t, w.ctx, "papers-renewed")
	w.press("A copy for the person, to print", 200)
	look(t, w.ctx, "papers-copy")
}

// TestPapersRefused by whoever decides, as the provider records it.
func TestPapersRefused(t *testing.T) {
	s, caseID, _ := housed(t)
	_, err := s.Support.ApplyPermit(context.Background(), s.Actor(aSupporter), core.Protect, caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: "compensation", AppliedOn: dayOf(s)})
	must(t, err)
	w := into(t, s, aSupporter)
	w.open("/cases/" + caseID.String())
	w.press("Open the papers", 200)
	w.step("refuse")
	w.wrong("Record", "papers-refuse-error", "Write the reason as you know it.")
	w.fill("#reason", "None was given.")
	w.press("Record", 200)
	w.says("Refused")
	look(t, w.ctx, "papers-refused")
}

// step follows the link to a step of the papers or the return on the page.
func (w walk) step(name string) {
	w.t.Helper()
	w.follow(`main a[href$="/` + name + `"]`)
}

// TestPapersOfAReturnFromTheWishToAYearAfter: nobody suggests it, a high risk holds
// it until somebody else has looked, and four times somebody asks how they are.
func TestPapersOfAReturnFromTheWishToAYearAfter(t *testing.T) {
	s, caseID, _ := housed(t)
	page := "/cases/" + caseID.String() + "/return"
	w := into(t, s, aSupporter)
	w.open(page)
	look(t, w.ctx, "return-none")
	w.press("Record that the person asked to return", 200)
	w.wrong("Record the wish", "return-request-error", "only when the person asked for it", "Enter who listened")
	w.click("input[name=ownWish]")
	w.fill("#adviserName", "Adviser Zoe")
	w.choose("select[name=adviser]", accesstest.AgencyOf(core.NGO).ID.String())
	w.date("on", dayOf(s))
	w.choose("select[name=language]", "vie")
	w.click("input[name=interpreter]")
	w.fill("#wish", "I want to be with my mother.")
	w.press("Record the wish", 200)
	look(t, w.ctx, "return-requested")
	w.step("assess")
	w.wrong("Record", "return-assess-error", "Choose how high the risk is.", "Write what was found")
	w.click("input[name=grade][value=high]")
	w.fill("#words", "The recruiter lives next door.")
	w.press("Record", 200)
	w.says("assessed as high")
	look(t, w.ctx, "return-held")
	if n := count(t, w, `main a[href$="/prepare"], main a[href$="/lift"]`); n != 0 {
		t.Errorf("%d links lead past the hold for whoever set it", n)
	}

	other := w.another(s, aCaseworker)
	other.open(page)
	other.step("lift")
	other.wrong("Record", "return-lift-error", "Write what has changed")
	other.fill("#reason", "She goes to another town.")
	other.press("Record", 200)

	w.open(page)
	w.step("prepare")
	w.date("travelOn", dayOf(s).AddDays(-1))
	w.fill("#partner", "A shelter")
	w.wrong("Record", "return-prepare-error", "This day is past.")
	w.date("travelOn", dayOf(s))
	w.press("Record", 200)
	w.step("travel")
	w.wrong("Record", "return-travel-error", "Enter the day.")
	w.date("on", dayOf(s))
	left := dayOf(s)
	w.press("Record", 200)
	for _, month := range []int{1, 3, 6, 12} {
		w.pass(s, left.AddMonths(month).StartIn(time.UTC).Add(10*time.Hour).Sub(s.Clock.Now()), aSupporter)
		if month == 1 {
			look(t, w.ctx, "return-home-due")
		}
		w.follow(`main a[href$="/return"]`)
		w.says("A follow-up after the journey is due.")
		w.step("follow-up")
		if month == 1 {
			w.wrong("Record", "return-follow-up-error", "Choose a follow-up", "Write how the person is")
		}
		w.click("#month")
		w.date("on", dayOf(s))
		w.fill("#words", "She is well.")
		w.press("Record", 200)
	}
	look(t, w.ctx, "return-followed-up")
	w.step("close")
	w.fill("#reason", "A year has passed.")
	w.press("Record", 200)
	w.says("A year has passed.")
}

// TestPapersOfAReturnThatThePersonTakesBack, while a hold stands.
func TestPapersOfAReturnThatThePersonTakesBack(t *testing.T) {
	s, caseID, _ := housed(t)
	_, err := s.Support.RequestReturn(context.Background(), s.Actor(aSupporter), core.Protect, caseID, support.Interview{OwnWish: true, Adviser: accesstest.AgencyOf(core.NGO).ID,
		AdviserName: "Adviser Zoe", On: dayOf(s), Language: "vie", Wish: "Home."})
	must(t, err)
	w := into(t, s, aSupporter)
	w.open("/cases/" + caseID.String() + "/return")
	w.step("hold")
	w.wrong("Record", "return-hold-error", "Write what makes the return unsafe.")
	w.fill("#reason", "A threat came in.")
	w.press("Record", 200)
	w.step("withdraw")
	look(t, w.ctx, "return-withdraw")
	w.press("Record", 200)
	w.says("Withdrawn")
}

// TestPapersNeverDependOnCooperating: the choice is recorded, and every step is as
// open as before.
func TestPapersNeverDependOnCooperating(t *testing.T) {
	s, caseID, _ := housed(t)
	_, err := s.Support.ApplyPermit(context.Background(), s.Actor(aSupporter), core.Protect, caseID, support.PermitForm{Kind: support.ResidencePermit, Ground: "personal_situation", AppliedOn: dayOf(s)})
	must(t, err)
	w := into(t, s, aSupporter)
	papers := "/cases/" + caseID.String() + "/papers"
	links := func() int { w.open(papers); return count(t, w, `main a[href*="/permits/"]`) }
	before := links()
	w.open(papers + "/redress")
	w.wrong("Save", "redress-error", "Choose what the person has said.")
	w.click("input[name=cooperation][value=no]")
	w.date("chosenOn", dayOf(s))
	w.fill("#ownWords", "I am afraid.")
	w.click("input[name=routes][value=wages]")
	w.press("Save", 200)
	look(t, w.ctx, "redress")
	if after := links(); after != before || before == 0 {
		t.Errorf("%d steps before the person said no, %d after", before, after)
	}
}

// TestPapersOfAChild: the leave is computed from the date of birth in the file.
func TestPapersOfAChild(t *testing.T) {
	s := serve(t)
	caseID := s.World.Assigned(caseworktest.ChildForm())
	w := into(t, s, aCaseworker)
	w.open("/cases/" + caseID.String() + "/papers/apply")
	w.click("input[name=kind][value=child_leave]")
	w.date("appliedOn", dayOf(s))
	w.press("Record the application", 200)
	w.step("grant")
	look(t, w.ctx, "papers-child-grant")
	w.date("from", dayOf(s))
	w.press("Record", 200)
	w.says("3 May 2027") // seventeen and a half
	look(t, w.ctx, "papers-child")
}
