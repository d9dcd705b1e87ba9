package casework_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/letters"
	"clew/internal/letters/wording"
)

// letterText is the English of a letter as one text, by the shipped templates.
func letterText(t *testing.T, f casework.LetterFacts) string {
	t.Helper()
	shelf, err := wording.Load("")
	if err != nil {
		t.Fatal(err)
	}
	written, err := letters.NewScribe(shelf).WriteLetter(f)
	if err != nil {
		t.Fatal(err)
	}
	var texts []wording.Document
	if err := json.Unmarshal(written.Content, &texts); err != nil {
		t.Fatal(err)
	}
	return texts[len(texts)-1].Reveal()
}

// desk is a world with a case on the caseworker's desk.
type desk struct {
	t  *testing.T
	w  *caseworktest.World
	id core.ID
}

func newDesk(t *testing.T, f casework.ReferralForm) desk {
	t.Helper()
	w := caseworktest.New(t, dbtest.SQLite(t))
	return desk{t, w, w.Assigned(f)}
}

func (d desk) decideRG(o casework.Outcome) {
	d.t.Helper()
	d.ok(d.w.DecideRG(context.Background(), caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, d.id, 0, caseworktest.Decision(o)))
}

func (d desk) review(a casework.ReviewAnswer) {
	d.t.Helper()
	d.ok(d.w.Review(context.Background(), caseworktest.SteppedUp(caseworktest.Reviewer.Actor), core.Identify, d.id, 0, casework.ReviewForm{Answer: a, Words: "The reviewer’s words.",
		Findings: casework.Findings{Act: casework.Found, Means: casework.Found, Purpose: casework.Found}}))
}

func (d desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) file() *casework.File {
	d.t.Helper()
	f, err := d.w.File(context.Background(), caseworktest.Caseworker.Actor, core.Identify, d.id, casework.PartDecisions)
	d.ok(err)
	return f
}

// letter is the letter of the newest decision.
func (d desk) letter() string {
	d.t.Helper()
	f := d.file()
	l, err := casework.LetterOf(f, f.Decisions[len(f.Decisions)-1].ID)
	d.ok(err)
	return letterText(d.t, l)
}

func says(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("the letter does not say %q:\n%s", s, text)
		}
	}
}

func saysNot(t *testing.T, text string, never ...string) {
	t.Helper()
	for _, s := range never {
		if strings.Contains(text, s) {
			t.Errorf("the letter says %q:\n%s", s, text)
		}
	}
}

func TestAPositiveLetterGivesThePeriodOfItsDay(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Positive)
	says(t, d.letter(), "There are reasonable grounds", "period of 30 days, from 12 March 2025 to 11 April 2025", "Nobody may remove you", "Help never depends on giving evidence", "Written statement of 13 December 2022")
}

func TestTheServedLetterIsThePreview(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	form := caseworktest.Decision(casework.Positive)
	preview := letterText(t, casework.PreviewLetter(d.file(), casework.ReasonableGrounds, &form))
	d.decideRG(casework.Positive)
	d.w.Clock.Advance(20 * 24 * time.Hour)
	if got := d.letter(); got != preview {
		t.Errorf("served:\n%s\npreview:\n%s", got, preview)
	}
}

func TestANegativeLetterTellsOfTheRightToANewLook(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Negative)
	if _, err := casework.LetterOf(d.file(), d.file().Decisions[0].ID); core.KindOf(err) != core.NotFound {
		t.Errorf("a proposal has a letter: %v", err)
	}
	d.review(casework.Confirm)
	text := d.letter()
	says(t, text, "We did not find reasonable grounds", "again: until 11 April 2025", "a second person", "Being late alone is no reason to refuse", "The account is consistent")
	saysNot(t, text, "The reviewer’s words", "recovery and reflection period")
}

func TestAnOverturnedLetterRestsOnTheReviewersWords(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Negative)
	d.review(casework.Overturn)
	text := d.letter()
	says(t, text, "There are reasonable grounds", "The reviewer’s words", "What it was for")
	saysNot(t, text, "The account is consistent", "we did not find this part")
}

func TestAChildsLetterNeedsNoMeans(t *testing.T) {
	d := newDesk(t, caseworktest.ChildForm())
	form := caseworktest.Decision(casework.Positive)
	form.Means = casework.NotRequired
	says(t, letterText(t, casework.PreviewLetter(d.file(), casework.ReasonableGrounds, &form)), "this part is not needed")
}

func TestASecondNegativeLetterOpensNoSecondWindow(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Negative)
	d.review(casework.Confirm)
	d.ok(d.w.RequestReconsideration(context.Background(), caseworktest.Caseworker.Actor, core.Identify, d.id, 0, casework.ReconsiderationForm{Request: "Please look again."}))
	form := caseworktest.Decision(casework.Negative)
	text := letterText(t, casework.PreviewLetter(d.file(), casework.Reconsidered, &form))
	says(t, text, "You asked us to look at our decision again", "reasonable grounds", "ends the procedure")
	saysNot(t, text, "You can ask for a new look")
}

func TestAConfirmedLetterNamesTheGroundsToStay(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Positive)
	form := caseworktest.Decision(casework.Positive)
	says(t, letterText(t, casework.PreviewLetter(d.file(), casework.ConclusiveGrounds, &form)), "You are recognised as a victim", "permission to stay", "Nothing of this happens by itself")
}

func TestAnEarlyEndNamesItsGround(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	d.decideRG(casework.Positive)
	d.ok(d.w.EndRecovery(context.Background(), caseworktest.SteppedUp(caseworktest.Caseworker.Actor), core.Identify, d.id, 0,
		casework.DecisionForm{Ground: "public_order", Reasons: casework.Reasons{Reasons: "What was done."}}))
	d.review(casework.Confirm)
	says(t, d.letter(), "ends early", "Threat to public order", "second person", "What was done.", "We will still decide")
}

func TestAPartThatIsNotTheirsIsNotThere(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	for _, part := range []casework.Part{casework.PartTimeline, casework.PartTasks, casework.PartRounds, casework.PartLookers} {
		_, err := d.w.File(context.Background(), caseworktest.Responder.Actor, core.Identify, d.id, part)
		if core.KindOf(err) != core.NotFound {
			t.Errorf("%s for the first responder: %v", part, err)
		}
	}
}

func TestMayNowTellsNotYoursFromNotNow(t *testing.T) {
	d := newDesk(t, caseworktest.Form())
	f := d.file()
	if err := d.w.MayNow(caseworktest.Caseworker.Actor, core.Identify, &f.Case, casework.CmdResume); core.KindOf(err) != core.NotNow {
		t.Errorf("resuming what is not suspended: %v", err)
	}
	if err := d.w.MayNow(caseworktest.Reviewer.Actor, core.Identify, &f.Case, casework.CmdSuspend); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reviewer who suspends: %v", err)
	}
	if err := d.w.MayNow(caseworktest.Caseworker.Actor, core.Identify, &f.Case, casework.CmdSuspend); err != nil {
		t.Errorf("a caseworker who suspends: %v", err)
	}
}
