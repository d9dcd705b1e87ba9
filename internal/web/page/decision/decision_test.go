package decision_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"clew/internal/casework"
	"clew/internal/casework/caseworktest"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/webtest"
)

const (
	caseworker = "caseworker@competent_authority"
	reviewer   = "reviewer@competent_authority"
	manager    = "manager@competent_authority"
)

func serve(t *testing.T) (*webtest.Site, core.ID) {
	t.Helper()
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	f := caseworktest.Form()
	f.Facts.Indicators = []casework.Indicator{{Code: "GEN-01"}}
	id := s.World.Refer(f).CaseID
	if err := s.World.Assign(context.Background(), s.Actor(manager), core.Identify, id, 0, s.Users[caseworker]); err != nil {
		t.Fatal(err)
	}
	return s, id
}

func read(t *testing.T, res *http.Response, err error) (*html.Node, int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := html.Parse(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc, res.StatusCode
}

func get(t *testing.T, c *http.Client, address string) (*html.Node, int) {
	t.Helper()
	res, err := c.Get(address)
	return read(t, res, err)
}

func post(t *testing.T, c *http.Client, address string, lists ...url.Values) (*html.Node, int) {
	t.Helper()
	all := url.Values{}
	for _, l := range lists {
		for k, v := range l {
			all[k] = v
		}
	}
	res, err := c.PostForm(address, all)
	return read(t, res, err)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hidden(doc *html.Node) url.Values {
	out := url.Values{}
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile("main form input[type=hidden]")) {
		out.Add(attr(n, "name"), attr(n, "value"))
	}
	return out
}

func textOf(doc *html.Node, selector string) string {
	var b strings.Builder
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func answers(outcome string) url.Values {
	purpose := "found"
	if outcome == "negative" {
		purpose = "not_found"
	}
	return url.Values{"act": {"found"}, "means": {"found"}, "purpose": {purpose}, "indicators": {"GEN-01"}, "reasons.reasons": {"The account fits.\nSo does the pay slip."}, "outcome": {outcome}}
}

func TestNothingIsServedBeforeTheLetterWasShown(t *testing.T) {
	s, id := serve(t)
	c, address := s.SignIn(caseworker), s.Server.URL+"/cases/"+id.String()+"/decide"
	form, _ := get(t, c, address)
	preview, status := post(t, c, address, hidden(form), answers("positive"))
	if status != http.StatusOK || !strings.Contains(textOf(preview, ".clew-letter"), "The account fits.") {
		t.Fatalf("preview: status %d\n%s", status, textOf(preview, "main"))
	}
	if v, err := s.World.View(context.Background(), s.Actor(caseworker), core.Identify, id); err != nil || len(v.Decisions) != 0 {
		t.Fatalf("after the preview: %d decisions, %v", len(v.Decisions), err)
	}
	if _, status = post(t, c, address, hidden(preview), url.Values{"step": {"serve"}}); status != http.StatusSeeOther {
		t.Fatalf("serving: status %d", status)
	}
	v, err := s.World.View(context.Background(), s.Actor(caseworker), core.Identify, id)
	if err != nil || v.State != casework.Recovery || v.Decisions[0].Words.Reasons.Reveal() != "The account fits.\nSo does the pay slip." {
		t.Errorf("after serving: %s %v", v.State, err)
	}
}

func TestARefusedDecisionKeepsItsWords(t *testing.T) {
	s, id := serve(t)
	c, address := s.SignIn(caseworker), s.Server.URL+"/cases/"+id.String()+"/decide"
	form, _ := get(t, c, address)
	a := answers("positive")
	a.Set("purpose", "not_found")
	doc, status := post(t, c, address, hidden(form), a)
	if status != http.StatusUnprocessableEntity || !strings.HasPrefix(textOf(doc, "title"), "Error: ") {
		t.Fatalf("status %d, title %q", status, textOf(doc, "title"))
	}
	if cascadia.Query(doc, cascadia.MustCompile(`.govuk-error-summary a[href="#purpose"]`)) == nil {
		t.Error("the summary does not lead to the purpose")
	}
	if !strings.Contains(textOf(doc, "textarea"), "So does the pay slip.") || cascadia.Query(doc, cascadia.MustCompile(`input[name=indicators][checked]`)) == nil {
		t.Error("what was typed or chosen is lost")
	}
}

func TestADecisionNeedsTheTokenAndTheRightPerson(t *testing.T) {
	s, id := serve(t)
	address := s.Server.URL + "/cases/" + id.String() + "/decide"
	if _, status := post(t, s.SignIn(caseworker), address, answers("positive")); status != http.StatusForbidden {
		t.Errorf("without the token: status %d", status)
	}
	for name, want := range map[string]int{reviewer: http.StatusForbidden, manager: http.StatusForbidden, "first_responder@police": http.StatusForbidden, "first_responder@ngo": http.StatusNotFound} {
		if _, status := get(t, s.SignIn(name), address); status != want {
			t.Errorf("%s: status %d, want %d", name, status, want)
		}
	}
}

func TestADecisionOfOneKindIsNeverTakenAsAnother(t *testing.T) {
	s, id := serve(t)
	c, address := s.SignIn(caseworker), s.Server.URL+"/cases/"+id.String()+"/decide"
	form, _ := get(t, c, address)
	if err := s.World.DecideRG(context.Background(), caseworktest.SteppedUp(s.Actor(caseworker)), core.Identify, id, 0, caseworktest.Decision(casework.Positive)); err != nil {
		t.Fatal(err)
	}
	doc, status := post(t, c, address, hidden(form), answers("positive"))
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{"Both versions", "taken by somebody else"} {
		if !strings.Contains(textOf(doc, "main"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	doc, status = post(t, c, address, hidden(doc), answers("positive"), url.Values{"step": {"serve"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(textOf(doc, "textarea"), "The account fits.") {
		t.Errorf("sent again: status %d", status)
	}
	if v, err := s.World.View(context.Background(), s.Actor(caseworker), core.Identify, id); err != nil || len(v.Decisions) != 1 {
		t.Errorf("decisions: %d, %v", len(v.Decisions), err)
	}
}

func TestANegativeDecisionWaitsInTheReviewersInbox(t *testing.T) {
	s, id := serve(t)
	c, address := s.SignIn(caseworker), s.Server.URL+"/cases/"+id.String()+"/decide"
	form, _ := get(t, c, address)
	preview, _ := post(t, c, address, hidden(form), answers("negative"))
	if !strings.Contains(textOf(preview, "main"), "second reviewer") {
		t.Error("the preview does not say that a second reviewer must confirm")
	}
	if _, status := post(t, c, address, hidden(preview), url.Values{"step": {"serve"}}); status != http.StatusSeeOther {
		t.Fatalf("proposing: status %d", status)
	}
	link := cascadia.MustCompile(`a[href="/cases/` + id.String() + `/review"]`)
	own, _ := get(t, c, s.Server.URL+"/reviews")
	if cascadia.Query(own, link) != nil {
		t.Error("the proposer's inbox has the proposal")
	}
	r := s.SignIn(reviewer)
	inbox, _ := get(t, r, s.Server.URL+"/reviews")
	if cascadia.Query(inbox, link) == nil {
		t.Fatal("the reviewer's inbox lacks the proposal")
	}
	answer := s.Server.URL + "/cases/" + id.String() + "/review"
	q, _ := get(t, r, answer)
	if text := textOf(q, "main"); !strings.Contains(text, "The account fits.") || !strings.Contains(text, "nail salon") {
		t.Error("the proposal does not stand beside the case")
	}
	if doc, status := post(t, r, answer, hidden(q), url.Values{"words": {"Typed."}}); status != http.StatusUnprocessableEntity || !strings.Contains(textOf(doc, "textarea"), "Typed.") {
		t.Errorf("without an answer: status %d", status)
	}
	if _, status := post(t, r, answer, hidden(q), url.Values{"answer": {"confirm"}, "words": {"I agree."}}); status != http.StatusSeeOther {
		t.Fatalf("confirming: status %d", status)
	}
	if _, status := get(t, r, answer); status != http.StatusConflict {
		t.Errorf("reviewing again: status %d", status)
	}
}

func TestALetterIsTheAuthoritysAlone(t *testing.T) {
	s, id := serve(t)
	if err := s.World.DecideRG(context.Background(), caseworktest.SteppedUp(s.Actor(caseworker)), core.Identify, id, 0, caseworktest.Decision(casework.Positive)); err != nil {
		t.Fatal(err)
	}
	v, err := s.World.View(context.Background(), s.Actor(caseworker), core.Identify, id)
	if err != nil {
		t.Fatal(err)
	}
	address := s.Server.URL + "/decisions/" + id.String() + "/" + v.Decisions[0].ID.String() + "/letter"
	doc, status := get(t, s.SignIn(caseworker), address)
	if status != http.StatusOK || !strings.Contains(textOf(doc, ".clew-letter"), "Quynh Zebra Testperson") {
		t.Errorf("the caseworker: status %d\n%s", status, textOf(doc, "main"))
	}
	if strings.Contains(textOf(doc, "title"), "Zebra") {
		t.Error("the title names the person")
	}
	if !strings.Contains(textOf(doc, "main"), "The Vietnamese text needs a professional translator’s review") {
		t.Error("staff are not told that the translation awaits review")
	}
	for _, name := range []string{"first_responder@police", "support_worker@ngo", "auditor@oversight"} {
		for _, address := range []string{address, address + ".pdf"} {
			if _, status := get(t, s.SignIn(name), address); status != http.StatusNotFound {
				t.Errorf("%s: status %d", name, status)
			}
		}
	}
	first, again := download(t, s.SignIn(caseworker), address+".pdf"), download(t, s.SignIn(caseworker), address+".pdf")
	if !bytes.Equal(first, again) {
		t.Error("the sheet was given out again with other bytes")
	}
}

// download fetches a sheet and checks that nothing about it stays behind.
func download(t *testing.T, c *http.Client, address string) []byte {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Fatalf("status %d, %.40q", res.StatusCode, b)
	}
	h := res.Header
	if name := h.Get("Content-Disposition"); h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(name, `attachment; filename="letter-`) || strings.Contains(name, "Zebra") {
		t.Errorf("sent as %v", h)
	}
	return b
}
