package journey_test

import (
	"context"
	"strings"
	"testing"

	"clew/internal/access/accesstest"
	"clew/internal/browser"
	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/web/webtest"
)

// respelt is the form's person as another agency wrote them down.
func respelt() casework.ReferralForm {
	f := caseworktest.Form()
	f.Identity.Names = []casework.Name{{Given: "Quinh Zebra", Family: "Testpersson", Kind: "main"}}
	f.Identity.Documents, f.Identity.Phones = nil, nil
	return f
}

// twoRounds refers somebody twice, in two spellings, and returns the pair's address.
func twoRounds(t *testing.T, s *webtest.Site) (older, newer core.ID, pair string) {
	t.Helper()
	older, newer = s.World.Refer(caseworktest.Form()).CaseID, s.World.Refer(respelt()).CaseID
	pairs, err := s.World.Store.PairsOf(context.Background(), newer)
	must(t, err)
	if len(pairs) != 1 {
		t.Fatalf("%d pairs", len(pairs))
	}
	return older, newer, s.Server.URL + "/matches/" + pairs[0].ID.String()
}

// TestAnAuthoritySaysWhetherTwoRoundsAreOnePersons: from the task to the link, back
// again, and to the other answer.
func TestAnAuthoritySaysWhetherTwoRoundsAreOnePersons(t *testing.T) {
	s := serve(t)
	older, newer, _ := twoRounds(t, s)
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, s.Server.URL+"/matches")
	look(t, ctx, "pairs")
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "2 rounds of 2 people") || strings.Contains(got, "Zebra") {
		t.Errorf("the list says:\n%s", got)
	}
	browser.Open(t, ctx, caseURL(s, newer, "/tasks"))
	browser.Follow(t, ctx, "main a[href^='/matches/']")
	look(t, ctx, "pair")
	for _, want := range []string{"Quynh Zebra Testperson", "Quinh Zebra Testpersson", "Same birth date", "it decides nothing"} {
		if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, want) {
			t.Errorf("the pair does not say %q:\n%s", want, got)
		}
	}
	browser.Press(t, ctx, "Save the answer")
	look(t, ctx, "pair-error")
	browser.Click(t, ctx, "input[name=state][value=later]")
	if status := browser.Press(t, ctx, "Save the answer"); status != 422 {
		t.Errorf("later without a day: status %d", status)
	}
	look(t, ctx, "pair-later-error")
	browser.Click(t, ctx, "input[name=state][value=same]")
	browser.Fill(t, ctx, "#reason", "She recognised the caseworker.")
	browser.Press(t, ctx, "Save the answer")
	if got := flash(t, ctx); !strings.Contains(got, "linked") {
		t.Errorf("after linking: %q", got)
	}
	look(t, ctx, "pair-same")
	browser.Open(t, ctx, caseURL(s, newer, "/rounds"))
	look(t, ctx, "case-rounds-linked")
	olderCase, err := s.World.Store.Case(context.Background(), older)
	must(t, err)
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, olderCase.Reference) {
		t.Errorf("the newer round's page does not lead to the older:\n%s", got)
	}
	browser.Open(t, ctx, s.Server.URL+"/matches?show=same")
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "2 rounds of 1 person") {
		t.Errorf("the count does not follow:\n%s", got)
	}
	browser.Follow(t, ctx, "main a[href^='/matches/']")
	browser.Press(t, ctx, "Take the answer back")
	if got := flash(t, ctx); !strings.Contains(got, "open again") {
		t.Errorf("after taking it back: %q", got)
	}
	browser.Click(t, ctx, "input[name=state][value=not_same]")
	browser.Press(t, ctx, "Save the answer")
	if got := flash(t, ctx); !strings.Contains(got, "two people") {
		t.Errorf("after the other answer: %q", got)
	}
	look(t, ctx, "pair-not-same")
	browser.Open(t, ctx, caseURL(s, newer, "/timeline"))
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "not the same person as another round") {
		t.Errorf("the timeline says:\n%s", got)
	}
}

func TestOfTwoCaseworkersTheSecondIsToldOfTheFirst(t *testing.T) {
	s := serve(t)
	_, _, pair := twoRounds(t, s)
	first := browser.New(t)
	second := browser.Another(t, first)
	for _, ctx := range []context.Context{first, second} {
		signIn(t, ctx, s, aCaseworker)
		browser.Open(t, ctx, pair)
	}
	browser.Click(t, first, "input[name=state][value=same]")
	browser.Press(t, first, "Save the answer")
	browser.Click(t, second, "input[name=state][value=not_same]")
	if status := browser.Press(t, second, "Save the answer"); status != 422 {
		t.Errorf("the second answer: status %d", status)
	}
	if got := browser.TextOf(t, second, "main"); !strings.Contains(got, "Somebody else answered this") {
		t.Errorf("the second is told:\n%s", got)
	}
	look(t, second, "pair-conflict")
}

func TestAnotherAuthorityIsToldOnlyWhomToAsk(t *testing.T) {
	s := serve(t)
	ctx := context.Background()
	older := s.World.Refer(caseworktest.Form()).CaseID
	c, err := s.World.Store.Case(ctx, older)
	must(t, err)
	c.Authority, c.Rev = accesstest.OtherAgencyOf(core.CompetentAuthority).ID, c.Rev+1
	must(t, s.World.Store.Write(ctx, func(tx casework.Tx) error { return tx.SaveCase(ctx, c, c.Rev-1) }))
	newer := s.World.Refer(respelt()).CaseID
	window := browser.New(t)
	signIn(t, window, s, aCaseworker)
	browser.Open(t, window, caseURL(s, newer, "/tasks"))
	browser.Follow(t, window, "main a[href^='/matches/']")
	look(t, window, "pair-elsewhere")
	got := browser.TextOf(t, window, "main")
	if !strings.Contains(got, accesstest.OtherAgencyOf(core.CompetentAuthority).Name) || strings.Contains(got, c.Reference) || strings.Contains(got, "Zebra") {
		t.Errorf("the page says:\n%s", got)
	}
	browser.Press(t, window, "Mark the task as done")
	if got := flash(t, window); got != "The task is marked as done." {
		t.Errorf("after asking: %q", got)
	}
}

func TestSomebodyIsFoundInAnotherSpelling(t *testing.T) {
	s := serve(t)
	twoRounds(t, s)
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, s.Server.URL+"/search")
	browser.Fill(t, ctx, "#name", "Kuinh Zebra Testperson")
	browser.Press(t, ctx, "Search")
	look(t, ctx, "search-alike")
	got := browser.TextOf(t, ctx, "main")
	if !strings.Contains(got, "similar name") || strings.Contains(got, "Testpersson") {
		t.Errorf("the results say:\n%s", got)
	}
}
