// Package browser drives a headless Chromium in tests: journeys through the
// pages as a person takes them, and what must hold on every page (no
// accessibility violation, no sideways scrolling, no script error).
//
// Nothing but tests imports it, so neither the driver nor axe-core is part of
// the clew binary.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The environment variables that decide whether a browser test runs.
const (
	envBrowser = "CLEW_BROWSER"         // the browser's path, when it is not found by name
	envRequire = "CLEW_REQUIRE_BROWSER" // a missing browser fails the test instead of skipping it
)

// patience is how long one journey may take before it counts as hung. It only
// frees a stuck machine; no test measures anything with it.
const patience = 8 * time.Minute

// The widths that pages are looked at.
const (
	Desktop = 1280
	Phone   = 320 // WCAG 2.2, success criterion 1.4.10
)

// New starts a browser of its own with one tab and returns the tab. A script
// error or a breach of the content security policy fails the test.
func New(t testing.TB) context.Context {
	t.Helper()
	path := find(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-GB"),
	)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancelAllocator)
	return open(t, ctx)
}

// Another opens a tab in the same browser for another person: it shares no
// cookies with the first.
func Another(t testing.TB, ctx context.Context) context.Context { //nolint:revive // t comes first in tests
	t.Helper()
	return open(t, ctx, chromedp.WithNewBrowserContext())
}

func open(t testing.TB, ctx context.Context, opts ...chromedp.ContextOption) context.Context { //nolint:revive // as above
	t.Helper()
	faults := &faultList{}
	ctx, cancel := chromedp.NewContext(ctx, append(opts, chromedp.WithListener(faults.hear))...)
	t.Cleanup(func() {
		cancel()
		for _, f := range faults.all() {
			t.Errorf("in the browser: %s", f)
		}
	})
	Do(t, ctx, chromedp.EmulateViewport(Desktop, 900))
	return ctx
}

// find returns the browser's path, or skips.
func find(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(envBrowser); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const why = "no Chromium found: install it or name it in " + envBrowser
	if os.Getenv(envRequire) != "" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// faultList collects what goes wrong inside pages.
type faultList struct {
	mu     sync.Mutex
	faults []string
}

func (l *faultList) hear(ev any) {
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		l.add("uncaught exception: " + text)
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
			l.add(e.Entry.Text)
		}
	}
}

func (l *faultList) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, s)
}

func (l *faultList) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

// Do runs actions one after the other and ends the test when one fails.
func Do(t testing.TB, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) { //nolint:revive // as above
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatalf("drive the browser: %v", err)
	}
}

// Get runs one action and returns what it gives.
func Get[T any](t testing.TB, ctx context.Context, action chromedp.Action[T]) T { //nolint:revive // as above
	t.Helper()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatalf("drive the browser: %v", err)
	}
	return v
}

// Open goes to an address and waits until it is loaded.
func Open(t testing.TB, ctx context.Context, url string) { //nolint:revive // as above
	t.Helper()
	Do(t, ctx, chromedp.Navigate(url))
}

// Fill types into the input that the CSS selector names, in place of what stood there.
func Fill(t testing.TB, ctx context.Context, selector, text string) { //nolint:revive // as above
	t.Helper()
	Do(t, ctx,
		chromedp.WaitVisible(chromedp.CSS(selector)),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).value = ""`, selector)),
		chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Click clicks the element that the CSS selector names, such as a checkbox.
func Click(t testing.TB, ctx context.Context, selector string) { //nolint:revive // as above
	t.Helper()
	Do(t, ctx, chromedp.Click(chromedp.CSS(selector)))
}

// Choose picks the option with that value in the select that the CSS selector
// names, with scripts or without.
func Choose(t testing.TB, ctx context.Context, selector, value string) { //nolint:revive // as above
	t.Helper()
	js := fmt.Sprintf(`((select, value) => {
		select.value = value;
		select.dispatchEvent(new Event("change", {bubbles: true}));
		return select.value === value;
	})(document.querySelector(%q), %q)`, selector, value)
	if !Get(t, ctx, chromedp.Evaluate[bool](js)) {
		t.Fatalf("%s has no option %q", selector, value)
	}
}

// Follow clicks what leads to another page, and waits until that is loaded. It
// returns the status of the answer.
func Follow(t testing.TB, ctx context.Context, selector string) int { //nolint:revive // as above
	t.Helper()
	resp, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		t.Fatalf("follow %s: %v", selector, err)
	}
	return int(resp.Status)
}

// Press is Follow for the button or link that shows the text.
func Press(t testing.TB, ctx context.Context, text string) int { //nolint:revive // as above
	t.Helper()
	query := fmt.Sprintf(`(//button|//a|//summary)[normalize-space(.)=%s]`, xpathString(text))
	resp, err := chromedp.RunResponse(ctx, chromedp.Click(query))
	if err != nil {
		t.Fatalf("press %q: %v", text, err)
	}
	return int(resp.Status)
}

// xpathString quotes text for XPath 1.0, which has no escapes.
func xpathString(s string) string {
	if !strings.Contains(s, `"`) {
		return `"` + s + `"`
	}
	return "concat(\"" + strings.ReplaceAll(s, `"`, `", '"', "`) + "\")"
}

// TextOf returns the visible text of the element that the CSS selector names.
func TextOf(t testing.TB, ctx context.Context, selector string) string { //nolint:revive // as above
	t.Helper()
	return strings.TrimSpace(Get(t, ctx, chromedp.Text(chromedp.CSS(selector))))
}

// Width sets the window's width in CSS pixels.
func Width(width int) chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(int64(width), 900)
}

// WithoutJavaScript turns scripts off for pages opened from now on. Axe needs
// them: turn them on again with WithJavaScript before a check; the open page
// stays as it is.
func WithoutJavaScript() chromedp.Action[chromedp.Void] { return scripts(false) }

// WithJavaScript turns scripts on again.
func WithJavaScript() chromedp.Action[chromedp.Void] { return scripts(true) }

func scripts(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err //nolint:wrapcheck // the caller says what failed
	})
}

// Paper shows the page as it prints.
func Paper() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err //nolint:wrapcheck // the caller says what failed
	})
}
