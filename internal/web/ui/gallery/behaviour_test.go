package gallery

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/jba/templatecheck"

	"clew/internal/browser"
)

// TestPageTemplatesAreWellTyped is what every screen's own test does.
func TestPageTemplatesAreWellTyped(t *testing.T) {
	dots := map[string]any{"components": home().Parts, "body": body{}, "form": formPage{}, "question": formPage{}, "queue": queuePage{}}
	for name, tmpl := range pages {
		dot, ok := dots[name]
		if !ok {
			t.Errorf("page %s is not checked", name)
			continue
		}
		if err := templatecheck.CheckHTML(tmpl.Lookup("content"), dot); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// traffic counts what a server is asked and what it sends.
type traffic struct{ bytes, posts atomic.Int64 }

type countingWriter struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (w countingWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.n.Add(int64(n))
	return n, err //nolint:wrapcheck // passed on as it is
}

// start serves the gallery and opens a browser.
func start(t *testing.T) (ctx context.Context, url string, seen *traffic) {
	t.Helper()
	seen = &traffic{}
	handler := Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			seen.posts.Add(1)
		}
		handler.ServeHTTP(countingWriter{w, &seen.bytes}, r)
	}))
	t.Cleanup(server.Close)
	return browser.New(t), server.URL, seen
}

func eval[T any](t *testing.T, ctx context.Context, js string) T { //nolint:revive // t comes first in tests
	t.Helper()
	return browser.Get(t, ctx, chromedp.Evaluate[T](js))
}

func TestAFormWorksWithoutJavaScript(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	browser.Open(t, ctx, url+"/form")
	browser.Fill(t, ctx, "#family", "Łukasiewicz")
	browser.Click(t, ctx, "#contact")
	browser.Fill(t, ctx, "#phone", "07700 900123")
	browser.Fill(t, ctx, "#dob-year", "2009")
	browser.Choose(t, ctx, "#country", "VNM")
	if status := browser.Press(t, ctx, "Save and continue"); status != http.StatusUnprocessableEntity {
		t.Errorf("status %d, want 422", status)
	}
	if title := browser.Get(t, ctx, chromedp.Title()); title != "Error: About the person – clew" {
		t.Errorf("title %q", title)
	}
	for selector, want := range map[string]string{"#family": "Łukasiewicz", "#phone": "07700 900123", "#dob-year": "2009", "#country": "VNM"} {
		if got := browser.Get(t, ctx, chromedp.Value(chromedp.CSS(selector))); got != want {
			t.Errorf("%s: %q was not kept: got %q", selector, want, got)
		}
	}
	if n := eval[int](t, ctx, `document.querySelectorAll(".govuk-error-summary a").length`); n != 7 {
		t.Errorf("%d lines in the error summary, want 7", n)
	}
	broken := eval[[]string](t, ctx, `[...document.querySelectorAll(".govuk-error-summary a")].map((a) => a.getAttribute("href")).filter((h) => !document.querySelector(h))`)
	if len(broken) > 0 {
		t.Errorf("lines that lead nowhere: %v", broken)
	}
	browser.Do(t, ctx, browser.WithJavaScript()) // for axe; the page stays as it was loaded
	browser.Check(t, ctx)
}

func TestTheErrorSummaryTakesTheFocusAndLeadsToTheField(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/question")
	browser.Press(t, ctx, "Continue")
	if got := eval[string](t, ctx, `document.activeElement.className`); !strings.Contains(got, "govuk-error-summary") {
		t.Errorf("the focus is on %q", got)
	}
	browser.Click(t, ctx, ".govuk-error-summary a")
	if got := eval[string](t, ctx, `document.activeElement.id`); got != "age" {
		t.Errorf("the focus is on %q", got)
	}
}

func TestAFollowUpQuestionOpensWithItsOption(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/form")
	shown := func() bool { return eval[bool](t, ctx, `document.querySelector("#phone").checkVisibility()`) }
	if shown() {
		t.Error("shown before it is asked for")
	}
	browser.Click(t, ctx, "#contact")
	if !shown() {
		t.Error("not shown after its option is chosen")
	}
	browser.Click(t, ctx, "#contact-3")
	if shown() {
		t.Error("still shown after another option is chosen")
	}
}

func TestTheCountryPickerFindsOtherSpellings(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/form")
	browser.Do(t, ctx, chromedp.WaitVisible(chromedp.CSS("input#country")),
		chromedp.SendKeys(chromedp.CSS("input#country"), "ivory"),
		chromedp.WaitVisible(chromedp.CSS(".autocomplete__option")))
	browser.Axe(t, ctx)
	browser.Click(t, ctx, ".autocomplete__option")
	if got := eval[string](t, ctx, `document.querySelector("select[name=country]").value`); got != "CIV" {
		t.Errorf("chose %q, want CIV", got)
	}
}

func TestTheBestMatchComesFirst(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/form")
	browser.Do(t, ctx, chromedp.WaitVisible(chromedp.CSS("input#country")),
		chromedp.SendKeys(chromedp.CSS("input#country"), "viet"),
		chromedp.WaitVisible(chromedp.CSS(".autocomplete__option")))
	if got := browser.TextOf(t, ctx, ".autocomplete__option"); !strings.HasPrefix(got, "Vietnam") {
		t.Errorf("first is %q", got)
	}
}

func TestADoubleClickSendsOnce(t *testing.T) {
	ctx, url, seen := start(t)
	browser.Open(t, ctx, url+"/question")
	browser.Do(t, ctx, chromedp.DoubleClick(chromedp.CSS("main button[type=submit]")), chromedp.WaitVisible(chromedp.CSS(".govuk-error-summary")))
	if n := seen.posts.Load(); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestSelectAllChoosesEveryRow(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/queue")
	browser.Do(t, ctx, chromedp.WaitVisible(chromedp.CSS("label[for=case-all]")))
	browser.Click(t, ctx, "label[for=case-all]")
	if n := eval[int](t, ctx, `document.querySelectorAll("input[name=case]:checked").length`); n != 8 {
		t.Errorf("%d rows chosen, want 8", n)
	}
}

func TestOnlyTheLetterIsPrinted(t *testing.T) {
	ctx, url, _ := start(t)
	browser.Open(t, ctx, url+"/letter")
	browser.Do(t, ctx, browser.Paper())
	for _, selector := range []string{".clew-header", ".clew-footer", ".clew-phase", ".govuk-button-group", "main > h1"} {
		if eval[bool](t, ctx, `document.querySelector("`+selector+`").checkVisibility()`) {
			t.Errorf("%s is printed", selector)
		}
	}
	if !eval[bool](t, ctx, `document.querySelector(".clew-letter").checkVisibility()`) {
		t.Error("the letter is not printed")
	}
}

// A first view of any page, with nothing kept from before, stays below what a
// poor line carries in a few seconds. It is a size, so it can be asserted.
func TestFirstViewsStayLight(t *testing.T) {
	const most = 150 * 1024
	for _, path := range []string{"/queue", "/form"} {
		ctx, url, seen := start(t)
		browser.Open(t, ctx, url+path)
		browser.Do(t, ctx, chromedp.Poll[chromedp.Void](`document.readyState === "complete" && document.fonts.status === "loaded"`))
		t.Logf("%s: %d bytes", path, seen.bytes.Load())
		if n := seen.bytes.Load(); n > most {
			t.Errorf("%s: %d bytes over the wire, more than %d", path, n, most)
		}
	}
}
