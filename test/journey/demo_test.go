package journey_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/browser"

	"github.com/chromedp/chromedp"
)

// demonstration builds and starts the real binary's demonstration and returns
// its address and password.
func demonstration(t *testing.T, people string) (base, password string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "clew")
	if out, err := exec.Command("go", "build", "-o", binary, "clew/cmd/clew").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "demo", "--people", people, "--addr", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, p, ok := strings.Cut(lines.Text(), "the password is: "); ok {
			password = p
		}
		if _, rest, ok := strings.Cut(lines.Text(), "Open "); ok {
			base = strings.Fields(rest)[0]
			break
		}
	}
	if base == "" || password == "" {
		t.Fatal("the demonstration did not say where it is")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return base, password
}

// TestTheDemonstrationScreenshots takes the way a newcomer takes: the front
// page, signing in, a case in every state. With CLEW_SCREENSHOTS it leaves the
// pictures of the README there.
func TestTheDemonstrationScreenshots(t *testing.T) {
	ctx := browser.New(t)
	base, password := demonstration(t, "400")
	picture := func(name string) {
		browser.Check(t, ctx)
		if dir := os.Getenv("CLEW_SCREENSHOTS"); dir != "" {
			browser.Do(t, ctx, browser.Width(browser.Desktop))
			if err := os.WriteFile(filepath.Join(dir, name+".png"), browser.Get(t, ctx, chromedp.CaptureScreenshot()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	in := func(login, path string) {
		browser.Open(t, ctx, base+"/sign-in")
		browser.Fill(t, ctx, "#login", login)
		browser.Fill(t, ctx, "#password", password)
		browser.Press(t, ctx, "Sign in")
		browser.Open(t, ctx, base+path)
	}
	browser.Open(t, ctx, base+"/")
	picture("front")
	browser.Open(t, ctx, base+"/demo")
	picture("demo")
	in("manager", "/queue")
	picture("queue")
	browser.Follow(t, ctx, `tbody a[href^="/cases/"]`)
	picture("case")
	browser.Press(t, ctx, "Sign out")
	in("responder", "/referrals/new")
	browser.Press(t, ctx, "Begin without looking")
	picture("referral")
}
