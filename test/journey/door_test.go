package journey_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clew/internal/browser"
	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/page"
	"clew/internal/web/webtest"
)

const anAdviser = "adviser@ngo"

// serveDoor serves the site with a neutral page to leave for.
func serveDoor(t *testing.T) (s *webtest.Site, elsewhere string) {
	t.Helper()
	neutral := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "Weather"
		if r.URL.Path == "/before" {
			name = "Before"
		}
		_, _ = w.Write([]byte("<!DOCTYPE html><title>" + name + "</title><h1>" + name + "</h1>"))
	}))
	t.Cleanup(neutral.Close)
	s = webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)), func(p *page.Site) { p.LeaveTo = neutral.URL + "/" })
	return s, neutral.URL + "/"
}

const zebra = "Three men sleep in the back of the zebra car wash."

func pictureFile(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "IMG_0001.png")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// write goes through the door and returns the number.
func write(t *testing.T, ctx context.Context, s *webtest.Site, see func(name string)) string { //nolint:revive // t comes first in tests
	t.Helper()
	browser.Open(t, ctx, s.Server.URL+"/write/en")
	see("door")
	browser.Send(t, ctx, "Continue")
	see("door-error")
	browser.Fill(t, ctx, "#what", zebra)
	browser.Fill(t, ctx, "#where", "Quagga Street")
	browser.Fill(t, ctx, "#when-year", "2024")
	browser.Send(t, ctx, "Continue")
	see("door-check")
	browser.Send(t, ctx, "Change it")
	if got := browser.Get(t, ctx, chromedp.Value(chromedp.CSS("#what"))); got != zebra {
		t.Errorf("after going back the words are %q", got)
	}
	browser.Send(t, ctx, "Continue")
	browser.Do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#photo"), []string{pictureFile(t)}))
	browser.Send(t, ctx, "Send")
	see("door-number")
	number := browser.TextOf(t, ctx, ".door-receipt")
	if !regexp.MustCompile(`^\d{4} \d{4} \d{4} \d{4}$`).MatchString(number) {
		t.Fatalf("the number is %q", number)
	}
	browser.Fill(t, ctx, "#receipt", "1111 2222 3333 4444")
	browser.Send(t, ctx, "I have the number")
	see("door-number-error")
	browser.Fill(t, ctx, "#receipt", number)
	browser.Send(t, ctx, "I have the number")
	see("door-done")
	return number
}

// answered lets the desk answer the only report.
func answered(t *testing.T, s *webtest.Site) {
	t.Helper()
	ctx, adviser := context.Background(), s.Actor(anAdviser)
	list, err := s.Concerns.List(ctx, adviser, core.Protect, concern.Query{Kind: concern.Report})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d reports, %v", len(list), err)
	}
	must(t, s.Concerns.Move(ctx, adviser, core.Protect, list[0].ID, 0, concern.Open, ""))
	must(t, s.Concerns.Reply(ctx, adviser, core.Protect, list[0].ID, "Is anybody hurt?"))
}

func talkAgain(t *testing.T, ctx context.Context, s *webtest.Site, number string, see func(name string)) { //nolint:revive // as above
	t.Helper()
	browser.Open(t, ctx, s.Server.URL+"/write/en/answer")
	see("door-answer")
	browser.Fill(t, ctx, "#receipt", number)
	browser.Send(t, ctx, "Open")
	see("door-talk")
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "Is anybody hurt?") {
		t.Errorf("the answer is not there:\n%s", got)
	}
	browser.Fill(t, ctx, "#text", "One of them limps.")
	browser.Send(t, ctx, "Send message")
	if got := browser.TextOf(t, ctx, "main"); !strings.Contains(got, "One of them limps.") {
		t.Errorf("the message is not there:\n%s", got)
	}
}

func TestSomebodyWritesAndReadsTheAnswer(t *testing.T) {
	s, _ := serveDoor(t)
	ctx := browser.New(t)
	see := func(name string) { look(t, ctx, name) }
	number := write(t, ctx, s, see)
	answered(t, s)
	talkAgain(t, ctx, s, number, see)
	leftNothing(t, ctx, s)
}

func TestSomebodyWritesWithoutJavaScript(t *testing.T) {
	s, _ := serveDoor(t)
	ctx := browser.New(t)
	browser.Do(t, ctx, browser.WithoutJavaScript())
	unseen := func(string) {}
	number := write(t, ctx, s, unseen)
	answered(t, s)
	talkAgain(t, ctx, s, number, unseen)
	browser.Do(t, ctx, browser.WithJavaScript())
	leftNothing(t, ctx, s)
}

func TestTheDoorInArabicAndTheRights(t *testing.T) {
	s, _ := serveDoor(t)
	ctx := browser.New(t)
	for _, path := range []string{"/write/ar", "/write/ar/answer", "/know/ar", "/know/ar/work", "/write/zh-Hans", "/know/ha/child"} {
		browser.Open(t, ctx, s.Server.URL+path)
		look(t, ctx, "door"+strings.ReplaceAll(path, "/", "-"))
	}
	browser.Open(t, ctx, s.Server.URL+"/write/ar")
	browser.Fill(t, ctx, "#when-year", "2091")
	browser.Send(t, ctx, "متابعة")
	look(t, ctx, "door-ar-error")
	browser.Fill(t, ctx, "#what", "رجال ينامون في المغسلة")
	browser.Fill(t, ctx, "#when-year", "2024")
	browser.Send(t, ctx, "متابعة")
	look(t, ctx, "door-ar-check")
}

// leftNothing looks into what the browser keeps of the site.
func leftNothing(t *testing.T, ctx context.Context, s *webtest.Site) { //nolint:revive // as above
	t.Helper()
	browser.Open(t, ctx, s.Server.URL+"/write/en")
	kept := browser.Get(t, ctx, chromedp.Evaluate[string](`[localStorage.length, sessionStorage.length, document.cookie, document.querySelector("#what").value].join("|")`))
	if kept != "0|0||" {
		t.Errorf("the browser keeps %q", kept)
	}
}

// cameBack waits until a page of the history says what is wanted and returns all
// that is on it and in its fields. A page may come from the browser's memory, and
// then no load is heard of: so it is asked again and again.
func cameBack(t *testing.T, ctx context.Context, want string) string { //nolint:revive // as above
	t.Helper()
	const tries, pause = 100, 100 * time.Millisecond
	got := ""
	for range tries {
		now, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("h1").innerText + "|" + document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join("|")`))
		if got = now; err == nil && strings.HasPrefix(got, want) {
			return got
		}
		browser.Do(t, ctx, chromedp.Sleep(pause))
	}
	t.Fatalf("the way back does not lead to %q but to:\n%.300s", want, got)
	return ""
}

// After leaving, the way back shows nothing of what was typed.
func TestLeavingLeavesNothingBehind(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, ctx context.Context){
		"by the button": func(t *testing.T, ctx context.Context) { browser.Click(t, ctx, "[data-leave]") },
		"by Shift": func(t *testing.T, ctx context.Context) {
			browser.Get(t, ctx, chromedp.Evaluate[int](`for (let i = 0; i < 3; i++) for (const type of ["keydown", "keyup"]) document.dispatchEvent(new KeyboardEvent(type, { key: "Shift" })); 1`))
		},
		"without JavaScript": func(t *testing.T, ctx context.Context) { browser.Click(t, ctx, "[data-leave]") },
	} {
		t.Run(name, func(t *testing.T) {
			s, elsewhere := serveDoor(t)
			ctx := browser.New(t)
			scripts := name != "without JavaScript"
			if !scripts {
				browser.Do(t, ctx, browser.WithoutJavaScript())
			}
			browser.Open(t, ctx, elsewhere+"before")
			browser.Open(t, ctx, s.Server.URL+"/write/en")
			browser.Fill(t, ctx, "#what", zebra)
			leave(t, ctx)
			browser.Do(t, ctx, chromedp.WaitVisible(`//h1[text()="Weather"]`))
			if got := browser.Get(t, ctx, chromedp.Location()); got != elsewhere {
				t.Fatalf("left for %s", got)
			}
			browser.Get(t, ctx, chromedp.Evaluate[int](`history.back(); 1`))
			want := "Write to us"
			if scripts { // the page's own entry is gone: the way back leads past it
				want = "Before"
			}
			if got := cameBack(t, ctx, want); strings.Contains(got, "zebra") {
				t.Errorf("the way back shows what was typed:\n%s", got)
			}
			browser.Do(t, ctx, browser.WithJavaScript())
			leftNothing(t, ctx, s)
		})
	}
}

// Whoever takes the device next goes through its history and loads each page
// again: there is nothing of ours that a browser would send a second time.
func TestLeavingFromALaterPageLeavesNothingInTheHistory(t *testing.T) {
	s, elsewhere := serveDoor(t)
	ctx := browser.New(t)
	browser.Open(t, ctx, elsewhere+"before")
	unseen := func(string) {}
	number := write(t, ctx, s, unseen)
	talkAgain := func() { // without an answer: what was written is enough to give somebody away
		browser.Open(t, ctx, s.Server.URL+"/write/en/answer")
		browser.Fill(t, ctx, "#receipt", number)
		browser.Send(t, ctx, "Open")
	}
	talkAgain()
	browser.Open(t, ctx, s.Server.URL+"/write/en")
	browser.Fill(t, ctx, "#what", zebra)
	browser.Send(t, ctx, "Continue")
	browser.Click(t, ctx, "[data-leave]")
	browser.Do(t, ctx, chromedp.WaitVisible(`//h1[text()="Weather"]`))
	digits := strings.ReplaceAll(number, " ", "")
	ours := 0
	for _, e := range browser.Get(t, ctx, chromedp.NavigationEntries()).Entries {
		if !strings.HasPrefix(e.URL, s.Server.URL) {
			continue
		}
		ours++
		browser.Do(t, ctx, chromedp.NavigateToHistoryEntry(e.ID), chromedp.Reload())
		got := browser.Get(t, ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((e) => e.value).join("|")`))
		for _, secret := range []string{"zebra", number, digits} {
			if strings.Contains(got, secret) {
				t.Errorf("entry %d (%s) shows %q", ours, e.URL, secret)
			}
		}
	}
	if ours == 0 {
		t.Error("nothing of the site is in the history")
	}
}

// The way back within the door leads to what was typed, as it does without
// scripts.
func TestTheWayBackWithinTheDoorKeepsTheWords(t *testing.T) {
	s, _ := serveDoor(t)
	ctx := browser.New(t)
	browser.Open(t, ctx, s.Server.URL+"/write/en")
	browser.Fill(t, ctx, "#what", zebra)
	browser.Send(t, ctx, "Continue")
	browser.Get(t, ctx, chromedp.Evaluate[int](`history.back(); 1`))
	if got := cameBack(t, ctx, "Write to us"); !strings.Contains(got, zebra) {
		t.Errorf("the way back lost the words:\n%s", got)
	}
	browser.Get(t, ctx, chromedp.Evaluate[int](`history.forward(); 1`))
	if got := cameBack(t, ctx, "Check and send"); !strings.Contains(got, zebra) {
		t.Errorf("the way forward lost the words:\n%s", got)
	}
}

// When the connection is away, what was typed stays.
func TestWithoutAConnectionNothingIsLost(t *testing.T) {
	s, _ := serveDoor(t)
	ctx := browser.New(t)
	browser.Open(t, ctx, s.Server.URL+"/write/en")
	browser.Fill(t, ctx, "#what", zebra)
	s.Server.Close()
	browser.Click(t, ctx, "form button")
	browser.Do(t, ctx, chromedp.WaitVisible(`//p[contains(@class, "govuk-error-message")]`))
	if got := browser.Get(t, ctx, chromedp.Value(chromedp.CSS("#what"))); got != zebra {
		t.Errorf("the words are %q", got)
	}
}
