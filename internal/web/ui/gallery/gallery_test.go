package gallery

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew/internal/browser"
)

// TestEveryPageInTheBrowser holds every component, fine and in error, to what
// every screen must hold. With CLEW_SCREENSHOTS set to a directory it also
// leaves pictures there to look at.
func TestEveryPageInTheBrowser(t *testing.T) {
	server := httptest.NewServer(Handler())
	defer server.Close()
	ctx := browser.New(t)
	pictures := os.Getenv("CLEW_SCREENSHOTS")
	for _, path := range Paths {
		browser.Open(t, ctx, server.URL+path)
		browser.Check(t, ctx)
		if pictures == "" {
			continue
		}
		name := strings.NewReplacer("/", "", "?", "-", "=", "-").Replace(path)
		if name == "" {
			name = "components"
		}
		browser.Screenshot(t, ctx, filepath.Join(pictures, name+"-desktop.png"), browser.Desktop)
		browser.Screenshot(t, ctx, filepath.Join(pictures, name+"-phone.png"), browser.Phone)
	}
}
