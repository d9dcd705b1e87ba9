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

// Tab opens a second tab in the same browser for the same person.
func Tab(t testing.TB, ctx context.Context) context.Context { //nolint:revive // as above
	t.Helper()
	return open(t, ctx)
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
	// Not a bounded step: the first action starts the browser, which lives as long
	// as the context it is started with.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(Desktop, 900)); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
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

// stepPatience is how long one step may take on the slowest machine: an element that
// never comes ends the test with the page it was looked for on, not the time limit.
const stepPatience = 45 * time.Second

// step runs one step of a journey with a bound, and when it fails ends the test
// with the step's name and what the page shows.
func step[T any](t testing.TB, ctx context.Context, name string, run func(context.Context) (T, error)) T { //nolint:revive // as above
	t.Helper()
	bounded, cancel := context.WithTimeout(ctx, stepPatience)
	defer cancel()
	v, err := run(bounded)
	if err != nil {
		t.Fatalf("%s: %v\nThe page shows:\n%s", name, err, shown(ctx))
	}
	return v
}

// shown is what a person reads on the open page, cut to a length for a log.
func shown(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	if len(text) > 4000 {
		text = text[:4000] + "…"
	}
	return text
}

// Do runs actions one after the other and ends the test when one fails.
func Do(t testing.TB, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) { //nolint:revive // as above
	t.Helper()
	step(t, ctx, "drive the browser", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, chromedp.Do(ctx, actions...)
	})
}

// Get runs one action and returns what it gives.
func Get[T any](t testing.TB, ctx context.Context, action chromedp.Action[T]) T { //nolint:revive // as above
	t.Helper()
	return step(t, ctx, "drive the browser", func(ctx context.Context) (T, error) { return chromedp.Run(ctx, action) })
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
	Do(t, ctx, settled(byCSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// byCSS and byXPath are JavaScript that finds the first such element.
func byCSS(selector string) string { return fmt.Sprintf("document.querySelector(%q)", selector) }

func byXPath(query string) string {
	return fmt.Sprintf("document.evaluate(%q, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue", query)
}

// settled waits until an element stands still in the window and nothing covers
// it. A click goes to a point of the window: one that is aimed while the page is
// still being laid out, after a change of width or when a typeface arrives, lands
// beside the element. It asks from outside because timers rest with scripts off.
func settled(element string) chromedp.Action[chromedp.Void] {
	const every = 40 * time.Millisecond
	where := fmt.Sprintf(`(e => {
		if (!e || document.readyState !== "complete" || document.fonts.status !== "loaded") return "";
		let r = e.getClientRects()[0];
		if (!r) return "";
		if (r.top < 0 || r.bottom > innerHeight) { e.scrollIntoView({block: "center", behavior: "instant"}); return ""; }
		const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
		if (!hit || !(e.contains(hit) || hit.contains(e) || (e.labels && [...e.labels].some(l => l.contains(hit))))) return "";
		return [r.left, r.top, r.width, r.height, innerWidth].join();
	})(%s)`, element)
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for last := ""; ; {
			at, err := chromedp.Run(ctx, chromedp.Evaluate[string](where))
			if err == nil && at != "" && at == last {
				return nil
			}
			last = at
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait until it can be clicked: %w", ctx.Err())
			case <-time.After(every):
			}
		}
	})
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
	return status(t, ctx, "follow "+selector, settled(byCSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// Press is Follow for the button or link that shows the text.
func Press(t testing.TB, ctx context.Context, text string) int { //nolint:revive // as above
	t.Helper()
	query := fmt.Sprintf(`(//button|//a|//summary)[normalize-space(.)=%s]`, xpathString(text))
	return status(t, ctx, fmt.Sprintf("press %q", text), settled(byXPath(query)), chromedp.Click(query))
}

// Send presses the button that shows the text on a page that may put the answer in
// its own place, and waits until what was shown before is gone. With scripts off
// the answer is a document of its own; Send does not mind.
func Send(t testing.TB, ctx context.Context, text string) { //nolint:revive // as above
	t.Helper()
	const every = 40 * time.Millisecond
	query := fmt.Sprintf(`//button[normalize-space(.)=%s]`, xpathString(text))
	Do(t, ctx, settled(byXPath(query)))
	Get(t, ctx, chromedp.Evaluate[int](`document.querySelector("main").dataset.before = "yes"; 1`))
	step(t, ctx, fmt.Sprintf("send with %q", text), func(ctx context.Context) (int, error) {
		if err := chromedp.Do(ctx, chromedp.Click(query)); err != nil {
			return 0, err //nolint:wrapcheck // step says what failed
		}
		for {
			fresh, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(m => document.readyState === "complete" && m !== null && !m.dataset.before)(document.querySelector("main"))`))
			if err == nil && fresh {
				return 0, nil
			}
			select {
			case <-ctx.Done():
				return 0, fmt.Errorf("wait for the answer: %w", ctx.Err())
			case <-time.After(every):
			}
		}
	})
}

func status(t testing.TB, ctx context.Context, name string, still, click chromedp.Action[chromedp.Void]) int { //nolint:revive // as above
	t.Helper()
	return step(t, ctx, name, func(ctx context.Context) (int, error) {
		if err := chromedp.Do(ctx, still); err != nil {
			return 0, err //nolint:wrapcheck // step says what failed
		}
		resp, err := chromedp.RunResponse(ctx, click)
		if err != nil {
			return 0, err //nolint:wrapcheck // step says what failed
		}
		return int(resp.Status), nil
	})
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
