package browser

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core, unchanged; see axe/LICENSE.
//
//go:embed axe/axe.min.js
var axeSource string

// violation is one rule that a page breaks, as axe reports it.
type violation struct {
	ID     string `json:"id"`
	Help   string `json:"help"`
	Impact string `json:"impact"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axeRun asks for every rule of WCAG 2.0 to 2.2, levels A and AA, and for axe's
// best practices.
const axeRun = `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then((r) => r.violations)`

// axePatience ends a check that can never finish, as when scripts are off.
const axePatience = 30 * time.Second

// Axe fails the test for each accessibility violation of the open page. It needs
// scripts; see WithoutJavaScript.
func Axe(t testing.TB, ctx context.Context) { //nolint:revive // t comes first in tests
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, axePatience)
	defer cancel()
	Do(t, ctx, chromedp.Evaluate[chromedp.Void](axeSource))
	for _, v := range Get(t, ctx, chromedp.Evaluate[[]violation](axeRun, chromedp.EvalAwaitPromise)) {
		t.Errorf("%s: axe %s (%s): %s%s", Get(t, ctx, chromedp.Location()), v.ID, v.Impact, v.Help, v.where())
	}
}

// where lists the first elements that break the rule.
func (v violation) where() string {
	var b strings.Builder
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n  and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s\n  %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n  "))
	}
	return b.String()
}

// widest finds what reaches past the window, innermost first.
const widest = `(() => {
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= width) return [];
	return [...document.querySelectorAll("body *")]
		.filter((e) => e.getBoundingClientRect().right > width + 0.5)
		.reverse().slice(0, 3).map((e) => e.outerHTML.slice(0, 160));
})()`

// NoSidewaysScroll fails the test when the open page is wider than 320 pixels.
// The window is as wide as before when it returns.
func NoSidewaysScroll(t testing.TB, ctx context.Context) { //nolint:revive // as above
	t.Helper()
	before := Get(t, ctx, chromedp.Evaluate[int](`window.innerWidth`))
	Do(t, ctx, Width(Phone))
	scrolls := Get(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > document.documentElement.clientWidth`))
	if scrolls {
		t.Errorf("%s scrolls sideways at %d px:\n  %s", Get(t, ctx, chromedp.Location()), Phone,
			strings.Join(Get(t, ctx, chromedp.Evaluate[[]string](widest)), "\n  "))
	}
	Do(t, ctx, Width(before))
}

// Screenshot writes the whole page as PNG, as it is at that width. The window is
// as wide as before when it returns.
func Screenshot(t testing.TB, ctx context.Context, path string, width int) { //nolint:revive // as above
	t.Helper()
	const best = 100 // PNG rather than JPEG
	before := Get(t, ctx, chromedp.Evaluate[int](`window.innerWidth`))
	Do(t, ctx, Width(width))
	defer Do(t, ctx, Width(before))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, Get(t, ctx, chromedp.FullScreenshot(best)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Check is what every screen must hold: no accessibility violation at the
// desktop's width and at the telephone's, and no sideways scrolling.
func Check(t testing.TB, ctx context.Context) { //nolint:revive // as above
	t.Helper()
	Do(t, ctx, Width(Desktop))
	Axe(t, ctx)
	Do(t, ctx, Width(Phone))
	Axe(t, ctx)
	NoSidewaysScroll(t, ctx)
	Do(t, ctx, Width(Desktop))
}
