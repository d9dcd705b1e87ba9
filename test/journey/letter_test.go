package journey_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/web/webtest"

	"github.com/chromedp/chromedp"
)

// fetched is what the address gives to somebody who is signed in.
func fetched(t *testing.T, s *webtest.Site, name, address string) []byte {
	t.Helper()
	res, err := s.SignIn(name).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", address, res.StatusCode, err)
	}
	return b
}

// TestALetterIsReadServedPrintedAndPrintedAgain: in Arabic, from the preview to
// the second print.
func TestALetterIsReadServedPrintedAndPrintedAgain(t *testing.T) {
	s := serve(t)
	form := caseworktest.Form()
	form.Contact.Language = "ara"
	id := deskCase(t, s, fullForm(form))
	ctx := browser.New(t)
	signIn(t, ctx, s, aCaseworker)
	browser.Open(t, ctx, caseURL(s, id, "/decide"))
	fillDecision(t, ctx, "found", "found", "positive")
	browser.Press(t, ctx, "Preview the letter")
	preview := browser.TextOf(t, ctx, ".clew-letter[lang=ar]")
	look(t, ctx, "letter-preview-arabic")
	browser.Press(t, ctx, "Serve the decision")
	browser.Press(t, ctx, "Letter of this decision")
	look(t, ctx, "letter-arabic")
	if got := browser.TextOf(t, ctx, ".clew-letter[lang=ar]"); got != preview {
		t.Errorf("served:\n%s\npreviewed:\n%s", got, preview)
	}
	if got := browser.Get(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".clew-letter[lang=ar]")).direction`)); got != "rtl" {
		t.Errorf("the Arabic runs %s", got)
	}
	address := browser.Get(t, ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("a")].find(a => a.textContent.trim() === "Download as PDF").href`))
	first := fetched(t, s, aCaseworker, address)
	again := fetched(t, s, aReviewer, address)
	if !bytes.HasPrefix(first, []byte("%PDF-")) || !bytes.Equal(first, again) {
		t.Errorf("the sheet of %d bytes came again as %d others", len(first), len(again))
	}
	if strings.Contains(address, "Zebra") {
		t.Error("the address names the person")
	}
}

// TestCardsAreThereForWhoMeetsPeople.
func TestCardsAreThereForWhoMeetsPeople(t *testing.T) {
	s := serve(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, "first_responder@police")
	browser.Open(t, ctx, s.Server.URL+"/cards")
	look(t, ctx, "cards")
	for _, path := range []string{"/cards/rights/uk/ar", "/cards/pocket/uk/zh"} {
		browser.Open(t, ctx, s.Server.URL+path)
		look(t, ctx, "card"+strings.ReplaceAll(path, "/", "-"))
	}
	admin := browser.Another(t, ctx)
	signIn(t, admin, s, "administrator@competent_authority")
	browser.Open(t, admin, s.Server.URL+"/admin/letters")
	look(t, admin, "admin-letters")
	browser.Open(t, admin, s.Server.URL+"/admin/letters/any/ru/rights_card")
	look(t, admin, "admin-letter")
}
